//! Midtrans: its HTTP notifications, the requests that it gets and what its answers mean.

pub mod answer;
mod read;
pub mod request;
mod signature;

pub use read::{read_notice, read_status};
pub use signature::verify_signature;
