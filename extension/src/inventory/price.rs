//! What a ticket type costs: the price that it takes over from its event, and what is added to it.

use admit_core::inventory::TicketTypeView;
use admit_core::order::{item_charge, totals};
use admit_core::{Error, Result};
use uuid::Uuid;

use super::config;
use crate::call::Call;
use crate::database::{Database, arguments};

/// The event's own price of a pass of so many days, or of a ticket.
///
/// # Errors
/// `invalid_request` when the event has none: then the ticket type needs one of its own.
pub fn of_event(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid, pass_days: Option<i32>) -> Result<i64> {
    let mut rows = database.read(
        "SELECT CASE WHEN $3::integer IS NULL THEN ticket_price_cents \
         ELSE (pass_prices_cents ->> $3::text)::bigint END \
         FROM admit.event WHERE tenant_id = $1 AND event_id = $2",
        arguments![call.tenant_id, event_id, pass_days],
    )?;
    rows.only("event")?;
    rows.optional(1)?.ok_or_else(|| {
        Error::invalid(match pass_days {
            None => "price_cents is needed: the event has no ticket_price_cents".to_owned(),
            Some(days) => format!("price_cents is needed: the event's pass_prices_cents has none for {days} days"),
        })
    })
}

/// Fills in the fees and taxes that one of each type costs besides its price, by the rules in force now.
pub fn add_fees(
    database: &mut Database<'_, '_>,
    call: &Call,
    event_id: Uuid,
    items: &mut [TicketTypeView],
) -> Result<()> {
    let config = config::now(database, call, event_id)?;
    for item in items {
        // A price that the fees lift above what may be charged cannot be bought, but can be read.
        let sums = item_charge(&config.fees, item.price_cents, 1).and_then(|charge| totals(&[charge])).ok();
        item.fees_cents = sums.map(|sums| sums.fees_cents);
        item.tax_cents = sums.map(|sums| sums.tax_cents);
    }
    Ok(())
}
