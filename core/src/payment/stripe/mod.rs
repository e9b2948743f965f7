//! Stripe's webhooks: their signature, and what their events report.

mod object;
mod read;
mod signature;

pub use read::read_notice;
pub use signature::{TOLERANCE_SECONDS, verify_signature};
