//! Inventory: ticket types, pools of places in buckets, and holds.
//!
//! Lock order: hold, buckets by pool and number, seats, quotas by type and wallet. A transaction that
//! looks beyond its own bucket locks all buckets of its pools in that order.

pub mod bucket;
pub mod config;
mod function;
pub mod hold;
pub mod late;
pub mod pool;
mod price;
pub mod reserve;
pub mod seat;
pub mod ticket_type;
pub mod waiting;
