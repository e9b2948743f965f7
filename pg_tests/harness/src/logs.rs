//! What the tests' children write: kept where a run has failed, forgotten where it has not.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::checks::Failure;

/// This run's folder, once something was written.
static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// This run's folder: in `ADMIT_LOGS`, or in the ignored folder of the checkout that the program or the shell
/// stands in.
pub fn folder() -> Result<&'static Path, Failure> {
    if let Some(folder) = FOLDER.get() {
        return Ok(folder);
    }
    let named = std::env::var_os("ADMIT_LOGS").map(PathBuf::from);
    let logs = named.or_else(checkout_logs).ok_or("there is no checkout here: set ADMIT_LOGS to a folder for logs")?;
    let folder = logs.join(format!("harness-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    Ok(FOLDER.get_or_init(|| folder))
}

fn checkout_logs() -> Option<PathBuf> {
    let places = [std::env::current_exe(), std::env::current_dir()];
    let is_checkout = |folder: &&Path| folder.join("scripts/env.sh").is_file();
    let mut checkouts = places.iter().flatten().filter_map(|place| place.ancestors().find(is_checkout));
    checkouts.next().map(|checkout| checkout.join(".admit/logs"))
}

/// The end of a run: its logs go when all held, else it says where they are.
pub fn end(all_held: bool) {
    match FOLDER.get() {
        Some(folder) if all_held => drop(std::fs::remove_dir_all(folder)),
        Some(folder) => eprintln!("admit-harness: what the shims said is in {}", folder.display()),
        None => {}
    }
}
