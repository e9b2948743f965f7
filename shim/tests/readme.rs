//! The README's table of variables is the shim's own list.

use admit_shim::config::VARIABLES;

#[test]
fn the_readme_lists_every_variable_with_its_default_and_meaning() {
    let readme = include_str!("../../README.md");
    let found: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `ADMIT_")).collect();
    let expected: Vec<String> = VARIABLES
        .iter()
        .map(|variable| {
            let default =
                if variable.default.is_empty() { "none".to_owned() } else { format!("`{}`", variable.default) };
            format!("| `{}` | {default} | {} |", variable.name, variable.help)
        })
        .collect();
    assert_eq!(found, expected, "expected:\n{}", expected.join("\n"));
}
