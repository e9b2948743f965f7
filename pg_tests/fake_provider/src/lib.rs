//! A fake payment provider: Stripe, Midtrans and Xendit in one process, over real HTTP, with
//! their wire formats and signatures, and with delay, order, loss, doubling and failure to order.
//!
//! Test clients point the providers' base URL at [`Server::url`]; what buyers and banks do, and
//! what goes wrong, is said through the control API under `/_control`. The state is in memory,
//! ids are counters: runs are alike. Keys are `sk_test_…`, `SB-Mid-server-…` and
//! `xnd_development_…`; nothing else about them is checked.
//!
//! The README of the crate has the control API in a table.

mod answer;
mod clock;
mod control;
mod exchange;
mod fault;
mod idempotency;
mod journal;
mod midtrans;
mod object;
mod provider;
mod request;
mod server;
mod stripe;
mod webhook;
mod world;
mod xendit;

pub use server::Server;
