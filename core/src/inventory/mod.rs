//! Inventory: ticket types, the pools of capacity that they draw on, seats, and holds.

pub mod bucket;
mod event_time;
mod hold;
mod sale;
pub mod seat;
mod ticket_type;
pub mod waiting;

pub use event_time::EventTime;
pub use hold::*;
pub use sale::{SaleEvent, SalePool, SaleType};
pub use ticket_type::*;
