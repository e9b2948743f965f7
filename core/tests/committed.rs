//! What is committed beside the code says the same as the code.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use admit_core::ErrorCode;

/// A file or folder of the repository.
fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The rows of the README's table with these columns, without the table's head.
fn table(columns: &str) -> Vec<String> {
    let readme = read("README.md");
    let rows = readme.lines().skip_while(|line| *line != columns).skip(2);
    rows.take_while(|line| line.starts_with('|')).map(str::to_owned).collect()
}

#[test]
fn the_install_script_is_what_the_generator_prints() {
    let printed = Command::new(env!("CARGO_BIN_EXE_admit-install-sql")).output().unwrap();
    assert!(printed.status.success());
    let printed = String::from_utf8(printed.stdout).unwrap();
    let path = format!("sql/admit--{}.sql", env!("CARGO_PKG_VERSION"));
    let committed = read(&path);
    let first = printed.lines().zip(committed.lines()).position(|(printed, committed)| printed != committed);
    assert!(
        printed == committed,
        "{path} differs from line {}: cargo run -q -p admit-core --features schema --bin admit-install-sql > {path}",
        first.unwrap_or_else(|| printed.lines().count().min(committed.lines().count())) + 1
    );
}

#[test]
fn the_control_file_installs_that_version() {
    let expected = format!("default_version = '{}'", env!("CARGO_PKG_VERSION"));
    assert!(read("extension/admit.control").lines().any(|line| line == expected), "{expected}");
}

#[test]
fn the_readme_lists_every_error() {
    let row =
        |code: &ErrorCode| format!("| {} | {} | {} | {} |", code.name(), code.sqlstate(), code.status(), code.title());
    let expected: Vec<String> = ErrorCode::ALL.iter().map(row).collect();
    assert_eq!(table("| name | SQLSTATE | HTTP | title |"), expected);
}

#[test]
fn the_readme_draws_the_life_of_a_ticket() {
    let drawn = admit_core::ticket::diagram();
    assert!(read("README.md").contains(&format!("```mermaid\n{drawn}```")), "README.md should have\n{drawn}");
}
