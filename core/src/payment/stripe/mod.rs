//! Stripe: the signature of its webhooks, what its events report, the requests that it gets and
//! what its answers mean.

pub mod account;
mod amount;
pub mod answer;
pub mod list;
pub mod method;
mod object;
mod read;
pub mod request;
mod signature;

pub use amount::amount;
pub use read::read_notice;
pub use signature::{TOLERANCE_SECONDS, verify_signature};
