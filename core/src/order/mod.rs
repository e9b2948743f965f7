//! Orders: what a buyer takes, what it costs, and what became of it.

pub mod document;
mod item;
mod message;
mod number;
mod receipt;
mod refund_request;
mod total;

pub use item::StoredItem;
pub use message::*;
pub use number::{order_number, read_order_number};
pub use receipt::*;
pub use refund_request::*;
pub use total::{ItemCharge, Totals, item_charge, order_legs, totals, unit_shares};
