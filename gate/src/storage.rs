//! Files that survive whatever ends the program: they are replaced whole, or only grow by whole lines.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// Only the gate's user may read what it stores: tokens open doors.
const MODE: u32 = 0o600;

/// A file beside another one, with an ending of its own.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Reads a JSON file; none when there is no such file.
pub fn load<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Failure> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(path, &error)),
    };
    serde_json::from_slice(&text).map(Some).map_err(|error| unusable(path, &error))
}

/// Replaces a file by a JSON document, all of it or nothing.
pub fn store(path: &Path, document: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_vec(document).map_err(|error| unusable(path, &error))?;
    replace(path, &text).map_err(|error| unusable(path, &error))
}

/// Removes a file that may not be there.
pub fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unusable(path, &error)),
        _ => Ok(()),
    }
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let new = beside(path, ".new");
    // One that a killed program left may be of another mode.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&new)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// A file of JSON lines.
#[derive(Debug)]
pub struct Lines {
    path: PathBuf,
    file: File,
}

impl Lines {
    /// Opens the file and reads its lines. What a killed program left of a line is cut off: nobody was told of it.
    pub fn open<T: DeserializeOwned>(path: PathBuf) -> Result<(Self, Vec<T>), Failure> {
        let open = || -> io::Result<(File, Vec<u8>)> {
            let file = OpenOptions::new().append(true).create(true).mode(MODE).open(&path)?;
            let content = fs::read(&path)?;
            let whole = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            if whole < content.len() {
                file.set_len(u64::try_from(whole).unwrap_or_default())?;
                file.sync_all()?;
            }
            Ok((file, content[..whole].to_vec()))
        };
        let (file, content) = open().map_err(|error| unusable(&path, &error))?;
        let lines = content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let lines = lines.map(serde_json::from_slice).collect::<Result<_, _>>();
        let lines = lines.map_err(|error| unusable(&path, &error))?;
        Ok((Self { path, file }, lines))
    }

    /// Adds lines, and returns when they are on the disk.
    pub fn append<'a, T: Serialize + 'a>(&mut self, lines: impl IntoIterator<Item = &'a T>) -> Result<(), Failure> {
        let mut text = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut text, line).map_err(|error| unusable(&self.path, &error))?;
            text.push(b'\n');
        }
        let written = self.file.write_all(&text).and_then(|()| self.file.sync_data());
        written.map_err(|error| unusable(&self.path, &error))
    }

    /// Replaces all lines.
    pub fn rewrite<T: Serialize>(&mut self, lines: &[T]) -> Result<(), Failure> {
        let mut text = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut text, line).map_err(|error| unusable(&self.path, &error))?;
            text.push(b'\n');
        }
        let reopened = replace(&self.path, &text).and_then(|()| OpenOptions::new().append(true).open(&self.path));
        self.file = reopened.map_err(|error| unusable(&self.path, &error))?;
        Ok(())
    }
}

/// Keeps other programs away from a gate's files until it is dropped.
pub fn lock(path: &Path) -> Result<File, Failure> {
    let path = beside(path, ".lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(MODE).open(&path);
    let file = file.map_err(|error| unusable(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(Failure::Usage(
            "another admit-gate works with this state: wait for its end, or give this one another --state".to_owned(),
        )),
        Err(fs::TryLockError::Error(error)) => Err(unusable(&path, &error)),
    }
}

fn unusable(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::Storage(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn files_are_replaced_whole_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        assert_eq!(load::<u32>(&path).unwrap(), None);
        fs::write(beside(&path, ".new"), "left by a killed program").unwrap();
        store(&path, &7).unwrap();
        assert_eq!(load::<u32>(&path).unwrap(), Some(7));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, MODE);
        fs::write(&path, "{").unwrap();
        assert!(matches!(load::<u32>(&path), Err(Failure::Storage(_))));
    }

    #[test]
    fn half_a_line_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue");
        let (mut lines, none) = Lines::open::<u32>(path.clone()).unwrap();
        assert_eq!(none, Vec::<u32>::new());
        lines.append(&[1, 23]).unwrap();
        fs::write(&path, "1\n23\n4").unwrap();
        let (mut lines, two) = Lines::open::<u32>(path.clone()).unwrap();
        assert_eq!(two, [1, 23]);
        lines.append(&[5]).unwrap();
        lines.rewrite(&[23, 5]).unwrap();
        lines.append(&[6]).unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "23\n5\n6\n");
    }

    #[test]
    fn one_program_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let first = lock(&path).unwrap();
        assert!(matches!(lock(&path), Err(Failure::Usage(_))));
        drop(first);
        assert!(lock(&path).is_ok());
    }
}
