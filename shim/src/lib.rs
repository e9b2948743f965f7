//! admit over HTTP. Every route is one call of `admit.dispatch`: no business rule, no SQL beyond the
//! few calls, no authority of its own.
//!
//! A request's way: `server` → `front` → `routes` → `request` → `call` → `database`, and back.

mod app;
mod caching;
mod call;
mod database;
mod documents;
mod effect;
mod front;
mod health;
mod limits;
mod live;
mod manifest;
mod metrics;
mod openapi;
mod problem;
mod representation;
mod request;
mod request_log;
mod routes;
mod schema;
mod server;
mod timers;
mod trace;
mod webhook;

pub mod config;

pub use server::serve;
