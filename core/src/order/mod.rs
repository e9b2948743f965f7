//! Orders: what a buyer takes, what it costs, and what became of it.

mod message;
mod number;
mod total;

pub use message::*;
pub use number::order_number;
pub use total::{ItemCharge, Totals, item_charge, order_legs, totals, unit_fee_shares, unit_shares};
