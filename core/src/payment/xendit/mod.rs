//! Xendit: its webhooks, the requests that it gets and what its answers mean.

pub mod answer;
mod read;
pub mod request;
mod session;
mod token;

pub use read::{read_notice, read_payment_request, read_refund};
pub use session::read_session;
pub use token::verify_token;
