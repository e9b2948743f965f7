//! The fake over real sockets: state machines, idempotency, faults, order and signatures.

mod client;
mod endpoint;
mod faults;
mod idempotency;
mod midtrans;
mod stripe;
mod webhooks;
mod xendit;
