use super::*;

const URL: (&str, &str) = ("ADMIT_DATABASE_URL", "postgres://shim:hunter2@db.example:5432/admit");

fn read(variables: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    Config::read(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
}

#[test]
fn defaults_are_valid() -> Result<(), Vec<String>> {
    let config = read(&[URL])?;
    assert_eq!((config.listen.as_str(), config.pool_size, config.tick), ("127.0.0.1:8080", 16, None));
    assert_eq!(config.public_tenants.of_host("anything:8080"), Some(1));
    assert!(config.cors_origins.is_empty() && !config.hsts && config.threads > 0);
    Ok(())
}

#[test]
fn all_problems_are_told_at_once() {
    let problems = read(&[
        ("ADMIT_POOL_SIZE", "0"),
        ("ADMIT_RATE_PER_IP", "fast"),
        ("ADMIT_LISTEN", "8080"),
        ("ADMIT_CORS_ORIGINS", "https://a.example/path"),
        ("ADMIT_DATABASE_CA_FILE", "/does/not/exist"),
    ])
    .err()
    .unwrap_or_default();
    for name in ["DATABASE_URL", "POOL_SIZE", "RATE_PER_IP", "LISTEN", "CORS_ORIGINS", "DATABASE_CA_FILE"] {
        assert!(problems.iter().any(|problem| problem.starts_with(&format!("ADMIT_{name} must be "))), "{problems:?}");
    }
    assert_eq!(problems.len(), 6);
}

#[test]
fn no_secret_is_shown() -> Result<(), Vec<String>> {
    assert!(!format!("{:?}", read(&[URL])?).contains("hunter2"));
    for wrong in ["postgres//shim:hunter2@db/admit?sslmode=disable", "hunter2", "password=hunter2 hots=db"] {
        let problems = read(&[("ADMIT_DATABASE_URL", wrong)]).err().unwrap_or_default();
        assert!(!problems.is_empty() && !format!("{problems:?}").contains("hunter2"), "{problems:?}");
    }
    Ok(())
}

#[test]
fn the_password_comes_from_its_file() -> Result<(), Vec<String>> {
    let path = std::env::temp_dir().join(format!("admit-shim-password-{}", std::process::id()));
    assert!(std::fs::write(&path, "s3cret\n").is_ok());
    let config =
        read(&[("ADMIT_DATABASE_URL", "host=db user=shim"), ("ADMIT_DATABASE_PASSWORD_FILE", &path.to_string_lossy())]);
    assert!(std::fs::remove_file(&path).is_ok());
    assert_eq!(config?.database.get_password(), Some("s3cret".as_bytes()));
    Ok(())
}

#[test]
fn several_hosts_find_the_primary() -> Result<(), Vec<String>> {
    use tokio_postgres::config::TargetSessionAttrs;
    let one = read(&[URL])?.database;
    let two = read(&[("ADMIT_DATABASE_URL", "host=a,b user=shim")])?.database;
    assert_eq!(one.get_target_session_attrs(), TargetSessionAttrs::Any);
    assert_eq!(two.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
    Ok(())
}

#[test]
fn hosts_name_tenants() -> Result<(), String> {
    let tenants = PublicTenants::parse("tickets.example.org=2, [::1]=3")?;
    assert_eq!(tenants.of_host("Tickets.Example.org:443"), Some(2));
    assert_eq!(tenants.of_host("[::1]:8080"), Some(3));
    assert_eq!(tenants.of_host("other.example"), None);
    for wrong in ["*", "*=0", "*=x", "=1"] {
        assert!(PublicTenants::parse(wrong).is_err(), "{wrong}");
    }
    Ok(())
}

#[test]
fn help_names_every_variable_and_misspelt_ones_are_found() {
    let text = help();
    assert!(VARIABLES.iter().all(|variable| text.contains(variable.name)));
    let names = ["ADMIT_LOG", "ADMIT_POOLSIZE", "PATH"].map(str::to_owned);
    assert_eq!(unknown(names.into_iter()), ["ADMIT_POOLSIZE"]);
}

#[test]
fn the_readme_lists_every_variable() {
    let readme = include_str!("../../../README.md");
    let rows = readme.lines().skip_while(|line| *line != "| variable | default | meaning |").skip(2);
    let rows: Vec<&str> = rows.take_while(|line| line.starts_with('|')).collect();
    let expected: Vec<String> = VARIABLES
        .iter()
        .map(|Variable { name, default, help }| match *default {
            "" => format!("| `{name}` | none | {help} |"),
            default => format!("| `{name}` | `{default}` | {help} |"),
        })
        .collect();
    assert_eq!(rows, expected);
}
