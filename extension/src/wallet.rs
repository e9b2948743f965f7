//! Wallets and their sessions.

mod session;
mod state;

pub use session::{logout, open, recover, recovery, refresh};
pub use state::{freeze, get, history, link, lookup, unfreeze};
