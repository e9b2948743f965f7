//! The bundled background workers: one a database named in `admit.databases`.

use std::time::Duration;

use pgrx::bgworkers::{BackgroundWorker, BackgroundWorkerBuilder, BgWorkerStartTime, SignalWakeFlags};
use pgrx::{pg_guard, pg_sys};

use crate::database::connect;
use crate::settings::{DATABASES, TICK_INTERVAL_MS};

/// Databases served at most: each takes a worker slot.
const WORKERS_MAX: usize = 8;
/// How soon a worker that died is started again.
const RESTART_SECONDS: u64 = 5;

/// Registers the workers; only possible while the server starts.
pub fn register() {
    // SAFETY: reads a flag that is set while shared_preload_libraries are loaded.
    #[allow(unsafe_code, reason = "pgrx does not wrap this flag")]
    let preloading = unsafe { pg_sys::process_shared_preload_libraries_in_progress };
    if !preloading {
        return;
    }
    let databases = DATABASES.get().and_then(|names| names.into_string().ok()).unwrap_or_default();
    for name in databases.split(',').map(str::trim).filter(|name| !name.is_empty()).take(WORKERS_MAX) {
        BackgroundWorkerBuilder::new(&format!("admit tick {name}"))
            .set_type("admit tick")
            .set_library("admit")
            .set_function("admit_worker_main")
            .set_extra(name)
            // Only a primary does background work: workers start when recovery has ended.
            .set_start_time(BgWorkerStartTime::RecoveryFinished)
            .set_restart_time(Some(Duration::from_secs(RESTART_SECONDS)))
            .enable_spi_access()
            .load();
    }
}

/// Body of a worker: a round, a pause, until the server stops.
#[pg_guard]
#[unsafe(no_mangle)]
#[allow(unsafe_code, reason = "Postgres looks the function up by its unmangled name")]
pub extern "C-unwind" fn admit_worker_main(_argument: pg_sys::Datum) {
    BackgroundWorker::attach_signal_handlers(SignalWakeFlags::SIGHUP | SignalWakeFlags::SIGTERM);
    let database = BackgroundWorker::get_extra();
    BackgroundWorker::connect_worker_to_spi(Some(database), None);
    loop {
        let pause = Duration::from_millis(u64::try_from(TICK_INTERVAL_MS.get()).unwrap_or(200));
        if !BackgroundWorker::wait_latch(Some(pause)) || BackgroundWorker::sigterm_received() {
            return;
        }
        if BackgroundWorker::sighup_received() {
            reload();
        }
        BackgroundWorker::transaction(|| {
            // The database may not have the extension, or not yet; then there is nothing to do.
            let _ = connect(|database| {
                let mut rows = database.read(
                    "SELECT pg_catalog.to_regprocedure('admit.tick(integer)') IS NOT NULL \
                     AND pg_catalog.to_regclass('admit.seal') IS NOT NULL",
                    &[],
                )?;
                rows.only("answer")?;
                if rows.get::<bool>(1)? {
                    database.run_script("SELECT count(*) FROM admit.tick()")?;
                }
                Ok::<(), admit_core::Error>(())
            });
        });
    }
}

/// Reads the configuration again after SIGHUP.
fn reload() {
    // SAFETY: this is what every background process does on SIGHUP, outside a transaction.
    #[allow(unsafe_code, reason = "pgrx does not wrap ProcessConfigFile")]
    unsafe {
        pg_sys::ProcessConfigFile(pg_sys::GucContext::PGC_SIGHUP);
    }
}
