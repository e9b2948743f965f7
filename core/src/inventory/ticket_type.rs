//! Ticket types and shared pools: what is sold, to whom, when, and how many of it there are.

use jiff::Timestamp;
use uuid::Uuid;

use super::EventTime;
use crate::message::{answers, requests, words};
use crate::venue::Status;
use crate::{Error, ErrorCode, Result};

/// Tickets of one type and order at most.
pub const ORDER_MAX: i32 = 100;
/// Places of a pool at most.
pub const TOTAL_MAX: i64 = 100_000_000;
/// Shared pools that one type draws on at most.
pub const SHARED_POOLS_MAX: usize = 4;

words! {
    /// Who is offered a ticket type.
    pub enum Offer {
        /// Everybody.
        Public => "public",
        /// Whoever knows its id.
        Hidden => "hidden",
        /// Staff alone sells it.
        Staff => "staff",
    }
}

requests! {
    /// Creates a ticket type.
    pub struct TicketTypeCreate {
        /// The event.
        pub event_id: Uuid,
        /// 1 to 200 characters.
        pub name: String,
        /// At most 5,000 characters.
        pub description: Option<String>,
        /// Price of one in minor units of the event's currency, without fees and taxes; 0 is free. When
        /// absent the event's ticket_price_cents, or its pass_prices_cents for so many pass_days.
        pub price_cents: Option<i64>,
        /// How many there are; no limit of its own when absent.
        pub total: Option<i64>,
        /// Shared pools that it draws on as well.
        pub pool_ids: Option<Vec<Uuid>>,
        /// At most this many in one order, 1 to 100; 10 when absent.
        pub order_max: Option<i32>,
        /// At most this many for one wallet; no limit when absent.
        pub wallet_max: Option<i32>,
        /// When the sale opens; at once when absent.
        pub sale_starts_at: Option<EventTime>,
        /// When the sale closes; with the event's end when absent.
        pub sale_ends_at: Option<EventTime>,
        /// public, hidden or staff; public when absent.
        pub offer: Option<Offer>,
        /// Zones that it opens, such as GA or VIP; at most 16.
        pub zones: Option<Vec<String>>,
        /// From when it admits; with the event's start when absent.
        pub valid_from: Option<EventTime>,
        /// Until when it admits; to the event's end when absent.
        pub valid_until: Option<EventTime>,
        /// Makes it a pass: it admits on so many days of the event, 1 to 366.
        pub pass_days: Option<i32>,
        /// Areas of the event's layout that its seats are in, at most 50; places without seats
        /// when absent.
        pub seat_areas: Option<Vec<String>>,
    }

    /// Changes a ticket type; absent fields stay as they are.
    pub struct TicketTypeUpdate {
        /// The ticket type.
        pub ticket_type_id: Uuid,
        /// 1 to 200 characters.
        pub name: Option<String>,
        /// At most 5,000 characters.
        pub description: Option<String>,
        /// Price of one; orders that exist keep theirs.
        pub price_cents: Option<i64>,
        /// How many there are; not less than are held and sold. A type without a limit gets one by it, and none loses its own.
        pub total: Option<i64>,
        /// At most this many in one order.
        pub order_max: Option<i32>,
        /// At most this many for one wallet; only where there was a limit from the beginning.
        pub wallet_max: Option<i32>,
        /// When the sale opens.
        pub sale_starts_at: Option<EventTime>,
        /// When the sale closes.
        pub sale_ends_at: Option<EventTime>,
        /// public, hidden or staff.
        pub offer: Option<Offer>,
        /// Zones that it opens.
        pub zones: Option<Vec<String>>,
        /// From when it admits.
        pub valid_from: Option<EventTime>,
        /// Until when it admits.
        pub valid_until: Option<EventTime>,
        /// active, inactive or archived; an archived type stays archived.
        pub status: Option<Status>,
    }

    /// Reads a ticket type with its availability.
    pub struct TicketTypeGet {
        /// The ticket type.
        pub ticket_type_id: Uuid,
    }

    /// Lists an event's ticket types with their availability.
    pub struct TicketTypeList {
        /// The event.
        pub event_id: Uuid,
    }

    /// Creates a pool of places that several ticket types share.
    pub struct PoolCreate {
        /// The event.
        pub event_id: Uuid,
        /// 1 to 200 characters.
        pub name: String,
        /// How many places there are.
        pub total: i64,
    }

    /// Changes a shared pool.
    pub struct PoolUpdate {
        /// The pool.
        pub pool_id: Uuid,
        /// 1 to 200 characters.
        pub name: Option<String>,
        /// How many places there are; not less than are held and sold.
        pub total: Option<i64>,
    }

    /// Lists an event's pools: shared ones, each type's own, and the event's capacity.
    pub struct PoolList {
        /// The event.
        pub event_id: Uuid,
    }
}

answers! {
    /// A ticket type.
    pub struct TicketTypeView {
        /// Its id.
        pub ticket_type_id: Uuid,
        /// Its event.
        pub event_id: Uuid,
        /// Its name.
        pub name: String,
        /// Its description.
        pub description: Option<String>,
        /// Price of one in minor units, without fees and taxes.
        pub price_cents: i64,
        /// Fees that one costs besides, by the rules in force now, in minor units; `null` when the sum
        /// is above what may be charged.
        pub fees_cents: Option<i64>,
        /// Taxes on both, in the same way.
        pub tax_cents: Option<i64>,
        /// The event's currency.
        pub currency: String,
        /// How many there are.
        pub total: Option<i64>,
        /// How many are held by buyers who have not paid.
        pub held: i64,
        /// How many are sold.
        pub sold: i64,
        /// How many can be bought now, over all its pools and free seats; `null` without any limit.
        pub available: Option<i64>,
        /// Shared pools that it draws on.
        pub pool_ids: Vec<Uuid>,
        /// At most this many in one order.
        pub order_max: i32,
        /// At most this many for one wallet.
        pub wallet_max: Option<i32>,
        /// When the sale opens.
        pub sale_starts_at: Option<Timestamp>,
        /// When the sale closes.
        pub sale_ends_at: Timestamp,
        /// Whether it can be bought now, if any are left.
        pub on_sale: bool,
        /// Who is offered it.
        pub offer: String,
        /// Zones that it opens.
        pub zones: Vec<String>,
        /// From when it admits.
        pub valid_from: Option<Timestamp>,
        /// Until when it admits.
        pub valid_until: Option<Timestamp>,
        /// On how many days it admits, for a pass.
        pub pass_days: Option<i32>,
        /// Areas of the event's layout that its seats are in.
        pub seat_areas: Vec<String>,
        /// Whether it is in use.
        pub status: String,
        /// When it was created.
        pub created_at: Timestamp,
        /// When it was last changed.
        pub updated_at: Timestamp,
    }

    /// An event's ticket types.
    pub struct TicketTypePage {
        /// In the order of their creation.
        pub items: Vec<TicketTypeView>,
    }

    /// A pool of places.
    pub struct PoolView {
        /// Its id; the ticket type's or the event's for their own pools.
        pub pool_id: Uuid,
        /// Its event.
        pub event_id: Uuid,
        /// ticket_type, shared or event.
        pub kind: String,
        /// Its name.
        pub name: String,
        /// How many places there are; `null` without a limit.
        pub total: Option<i64>,
        /// How many are free; `null` without a limit.
        pub available: Option<i64>,
        /// How many are held.
        pub held: i64,
        /// How many are sold.
        pub sold: i64,
    }

    /// An event's pools.
    pub struct PoolPage {
        /// By kind and creation.
        pub items: Vec<PoolView>,
    }
}

/// Checks a pool's size.
///
/// # Errors
/// `invalid_amount` when it is out of bounds.
pub fn pool_total(total: i64) -> Result<i64> {
    if (1..=TOTAL_MAX).contains(&total) {
        return Ok(total);
    }
    Err(Error::new(ErrorCode::InvalidAmount, format!("total must be between 1 and {TOTAL_MAX}")))
}

/// Checks how many of a type one order and one wallet may have.
///
/// # Errors
/// `invalid_request` names the field and its bounds.
pub fn purchase_limits(order_max: Option<i32>, wallet_max: Option<i32>) -> Result<()> {
    if order_max.is_some_and(|most| !(1..=ORDER_MAX).contains(&most)) {
        return Err(Error::invalid(format!("order_max must be between 1 and {ORDER_MAX}")));
    }
    if wallet_max.is_some_and(|most| !(1..=1_000_000).contains(&most)) {
        return Err(Error::invalid("wallet_max must be between 1 and 1000000"));
    }
    Ok(())
}

/// Seat areas as they are stored: trimmed, each once, all of them `known` to the layout.
///
/// # Errors
/// `invalid_request` for too many, or names the area that the layout does not have.
pub fn seat_areas(asked: Vec<String>, known: &[String]) -> Result<Vec<String>> {
    if asked.len() > 50 {
        return Err(Error::invalid("seat_areas must have at most 50 areas"));
    }
    let mut areas: Vec<String> = Vec::with_capacity(asked.len());
    for area in asked.iter().map(|area| area.trim()) {
        if !known.iter().any(|name| name == area) {
            let known = known.join(", ");
            return Err(Error::invalid(format!("seat_areas must name areas of the event's layout: {known}")));
        }
        if !areas.iter().any(|name| name == area) {
            areas.push(area.to_owned());
        }
    }
    Ok(areas)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seat_areas_are_the_layouts() {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let known = words(&["balcony", "stalls"]);
        assert_eq!(seat_areas(words(&["stalls", " stalls "]), &known), Ok(words(&["stalls"])));
        assert!(seat_areas(words(&["Stalls"]), &known).is_err());
        assert!(seat_areas(vec!["stalls".to_owned(); 51], &known).is_err());
    }
}
