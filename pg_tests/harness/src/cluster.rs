//! The cluster under test, through the command that keeps it.

use std::process::Command;

use crate::checks::Failure;

/// The cluster's command with these words; gives what it prints.
pub fn run(words: &[&str]) -> Result<String, Failure> {
    let command = std::env::var("ADMIT_CLUSTER").map_err(|_| "ADMIT_CLUSTER is not set")?;
    let mut parts = command.split_whitespace();
    let program = parts.next().ok_or("ADMIT_CLUSTER is empty")?;
    let output = Command::new(program).args(parts).args(words).output()?;
    if !output.status.success() {
        return Err(format!("{command} {words:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Kills every process of the server at once, without any chance to write.
pub fn kill() -> Result<(), Failure> {
    let folder = run(&["datadir"])?;
    let pid_file = std::fs::read_to_string(format!("{folder}/postmaster.pid"))?;
    let postmaster = pid_file.lines().next().ok_or("postmaster.pid is empty")?.to_owned();
    let children = children_of(&postmaster);
    // A child may have ended by itself, so kill's own status says nothing.
    Command::new("kill").arg("-9").arg(&postmaster).args(&children).output()?;
    for _ in 0..100 {
        if is_gone(&postmaster) {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Err("the server could not be killed".into())
}

/// State and parent of a process, from /proc.
fn state_and_parent(id: &str) -> Option<(String, String)> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // They come after the name in brackets.
    let mut words = stat.rsplit_once(')')?.1.split_whitespace().map(str::to_owned);
    Some((words.next()?, words.next()?))
}

fn is_gone(id: &str) -> bool {
    state_and_parent(id).is_none_or(|(state, _)| state == "Z")
}

fn children_of(parent: &str) -> Vec<String> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let is_child = |id: &String| state_and_parent(id).is_some_and(|(_, of)| of == parent);
    processes.flatten().filter_map(|entry| entry.file_name().into_string().ok()).filter(is_child).collect()
}
