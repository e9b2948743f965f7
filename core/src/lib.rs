//! What admit decides: commands, fees, scans, tokens and proofs.
//!
//! Nothing here reads a clock, draws randomness, does I/O or knows Postgres: callers pass the
//! time and random bytes in, so every decision can be tested and replayed.

mod message;

pub mod approval;
pub mod branding;
pub mod credential;
pub mod device;
pub mod error;
pub mod event;
pub mod fee;
pub mod inventory;
pub mod invoice;
pub mod journal;
pub mod jws;
pub mod ledger;
pub mod money;
pub mod offline;
pub mod order;
pub mod payment;
pub mod payout;
pub mod policy;
pub mod qr;
pub mod receipt;
pub mod registry;
pub mod report;
pub mod scan;
pub mod sealed;
pub mod staff;
pub mod tenant;
pub mod ticket;
pub mod totp;
pub mod venue;
pub mod venue_code;
pub mod wallet;
pub mod zone;

pub use error::{Error, ErrorCode, Result};
