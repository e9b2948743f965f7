//! The Postgres side of admit: SQL-callable functions that lock, load, let `core` decide, and
//! store. The SQL that declares them is `sql/admit--<version>.sql`.

mod alert;
mod approval;
mod branding;
mod call;
mod credential;
mod database;
mod device;
mod dispatch;
mod event;
mod fee;
mod function;
mod guess;
mod idempotency;
mod inventory;
mod journal;
mod key;
mod ledger;
mod migrate;
mod offline;
mod order;
mod page;
mod payment;
mod payout;
mod policy;
mod proof;
mod raise;
mod receipt;
mod report;
mod scan;
mod settings;
mod staff;
mod tenant;
mod tick;
mod ticket;
mod venue;
mod verify;
mod wallet;

use pgrx::prelude::*;

pgrx::pg_module_magic!();

/// Runs once when the library is loaded.
#[pg_guard]
#[allow(non_snake_case, reason = "Postgres looks the function up by this name")]
pub extern "C-unwind" fn _PG_init() {
    settings::define();
    tick::worker::register();
}
