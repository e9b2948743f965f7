//! Midtrans' HTTP notifications, and its answer to a question for a transaction's status.

mod read;
mod signature;

pub use read::{read_notice, read_status};
pub use signature::verify_signature;
