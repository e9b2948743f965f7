//! Xendit's webhooks, and its answers to questions for a payment request or a refund.

mod read;
mod token;

pub use read::{read_notice, read_payment_request, read_refund};
pub use token::verify_token;
