//! The README's table of errors is the catalogue.

use admit_core::ErrorCode;

#[test]
fn the_readme_lists_every_error() {
    let readme = include_str!("../../README.md");
    let found: Vec<&str> = readme.lines().filter(|line| line.contains("| TK0")).collect();
    let expected: Vec<String> = ErrorCode::ALL
        .iter()
        .map(|code| format!("| {} | {} | {} | {} |", code.name(), code.sqlstate(), code.status(), code.title()))
        .collect();
    assert_eq!(found, expected);
}
