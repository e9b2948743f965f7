//! Whether a ticket type can be bought: by whom, when, how many at once.

use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::Offer;
use crate::event::{EventStatus, Visibility};
use crate::venue::Status;
use crate::{Error, ErrorCode, Result};

/// A pool that a type draws on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct SalePool {
    /// The pool.
    pub pool_id: Uuid,
    /// How many buckets it has.
    pub buckets: i16,
    /// As of when: buckets of another generation do not match.
    pub generation: i32,
}

/// A ticket type as a sale looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SaleType {
    /// Its id.
    pub ticket_type_id: Uuid,
    /// Its name.
    pub name: String,
    /// Price of one in minor units.
    pub price_cents: i64,
    /// At most this many in one order.
    pub order_max: i32,
    /// At most this many for one wallet.
    pub wallet_max: Option<i32>,
    /// When the sale opens.
    pub sale_starts_at: Option<Timestamp>,
    /// When the sale closes; with the event's end when absent.
    pub sale_ends_at: Option<Timestamp>,
    /// Who is offered it.
    pub offer: Offer,
    /// Zones that it opens.
    pub zones: Vec<String>,
    /// From when it admits.
    pub valid_from: Option<Timestamp>,
    /// Until when it admits.
    pub valid_until: Option<Timestamp>,
    /// On how many days it admits, for a pass.
    pub pass_days: Option<i32>,
    /// Areas of the event's layout that its seats are in; none for places without seats.
    pub seat_areas: Vec<String>,
    /// Whether it is in use.
    pub status: Status,
    /// The pools that it draws on, by id.
    pub pools: Vec<SalePool>,
}

/// The event of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaleEvent {
    /// Whether it is in use.
    pub status: EventStatus,
    /// Whether it is shown.
    pub visibility: Visibility,
    /// When it ends.
    pub ends_at: Timestamp,
}

impl SaleEvent {
    /// Why no ticket of the event is sold at `now`, whatever its types say: nobody would be admitted.
    pub fn closed_because(&self, now: Timestamp) -> Option<&'static str> {
        match self.status {
            EventStatus::Cancelled => Some("the event is cancelled"),
            EventStatus::Inactive | EventStatus::Archived => Some("the event is not active"),
            EventStatus::Active => (now >= self.ends_at).then_some("the event is over"),
        }
    }

    /// Refuses whatever leads to a sale while no ticket of the event is sold.
    ///
    /// # Errors
    /// `not_on_sale`
    pub fn require_selling(&self, now: Timestamp) -> Result<()> {
        match self.closed_because(now) {
            Some(reason) => Err(Error::new(ErrorCode::NotOnSale, format!("{reason}: nothing is sold for it"))),
            None => Ok(()),
        }
    }
}

impl SaleType {
    /// When the sale closes.
    pub fn closes_at(&self, event: &SaleEvent) -> Timestamp {
        self.sale_ends_at.unwrap_or(event.ends_at)
    }

    /// Whether it is on sale at `now` to guests. The instant of opening is in, that of closing out.
    pub fn is_on_sale(&self, event: &SaleEvent, now: Timestamp) -> bool {
        self.status == Status::Active
            && event.closed_because(now).is_none()
            && self.offer != Offer::Staff
            && event.visibility != Visibility::Private
            && self.sale_starts_at.is_none_or(|opens_at| opens_at <= now)
            && now < self.closes_at(event)
    }

    /// Checks that `quantity` can be bought at `now`. Staff sells what guests are not offered, but
    /// nothing that is out of use, before the sale opens or after it.
    ///
    /// # Errors
    /// `not_found` for what the buyer is not offered, `not_on_sale` with the time that it depends
    /// on, `limit_exceeded` above the type's limits.
    pub fn require_on_sale(&self, event: &SaleEvent, now: Timestamp, quantity: i32, staff: bool) -> Result<()> {
        let offered = self.offer != Offer::Staff && event.visibility != Visibility::Private;
        if !staff && !offered {
            return Err(Error::not_found("ticket type"));
        }
        let closed = |detail: String| Err(Error::new(ErrorCode::NotOnSale, detail));
        let name = &self.name;
        event.require_selling(now)?;
        if self.status != Status::Active {
            return closed(format!("{name} is not sold any more, or not yet"));
        }
        if let Some(opens_at) = self.sale_starts_at.filter(|opens_at| *opens_at > now) {
            return closed(format!("the sale of {name} opens at {opens_at}"));
        }
        if now >= self.closes_at(event) {
            return closed(format!("the sale of {name} closed at {}", self.closes_at(event)));
        }
        if quantity > self.order_max {
            return Err(Error::new(
                ErrorCode::LimitExceeded,
                format!("at most {} of {name} can be bought at once", self.order_max),
            ));
        }
        self.require_within_wallet_max(quantity)
    }

    /// Checks that a wallet with `taken` in all is within its limit.
    ///
    /// # Errors
    /// `limit_exceeded` names the limit.
    pub fn require_within_wallet_max(&self, taken: i32) -> Result<()> {
        match self.wallet_max {
            Some(most) if taken > most => Err(Error::new(
                ErrorCode::LimitExceeded,
                format!("one wallet can have at most {most} of {}, those on hold included", self.name),
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap_or_default()
    }

    fn sale() -> (SaleType, SaleEvent) {
        let sale = SaleType {
            ticket_type_id: Uuid::nil(),
            name: "Standing".to_owned(),
            price_cents: 2_000,
            order_max: 4,
            wallet_max: Some(6),
            sale_starts_at: Some(at(100)),
            sale_ends_at: Some(at(200)),
            offer: Offer::Public,
            zones: Vec::new(),
            valid_from: None,
            valid_until: None,
            pass_days: None,
            seat_areas: Vec::new(),
            status: Status::Active,
            pools: Vec::new(),
        };
        (sale, SaleEvent { status: EventStatus::Active, visibility: Visibility::Public, ends_at: at(1_000) })
    }

    #[test]
    fn the_opening_instant_is_in_and_the_closing_one_out() {
        let (sale, event) = sale();
        let open =
            |second| (sale.is_on_sale(&event, at(second)), sale.require_on_sale(&event, at(second), 1, false).is_ok());
        assert_eq!([99, 100, 199, 200].map(open), [(false, false), (true, true), (true, true), (false, false)]);
        let without_end = SaleType { sale_ends_at: None, ..sale };
        assert!(without_end.is_on_sale(&event, at(999)));
        assert!(!without_end.is_on_sale(&event, at(1_000)));
    }

    #[test]
    fn guests_do_not_find_what_staff_alone_sells() {
        let (sale, event) = sale();
        let staff_only = SaleType { offer: Offer::Staff, ..sale.clone() };
        let code = |result: Result<()>| result.map_err(|error| error.code);
        assert_eq!(code(staff_only.require_on_sale(&event, at(150), 1, false)), Err(ErrorCode::NotFound));
        assert_eq!(code(staff_only.require_on_sale(&event, at(150), 1, true)), Ok(()));
        let private = SaleEvent { visibility: Visibility::Private, ..event };
        assert_eq!(code(sale.require_on_sale(&private, at(150), 1, false)), Err(ErrorCode::NotFound));
        assert_eq!(code(sale.require_on_sale(&event, at(150), 5, true)), Err(ErrorCode::LimitExceeded));
        let inactive = SaleEvent { status: EventStatus::Inactive, ..event };
        assert_eq!(code(sale.require_on_sale(&inactive, at(150), 1, true)), Err(ErrorCode::NotOnSale));
        let cancelled = SaleEvent { status: EventStatus::Cancelled, ..event };
        assert_eq!(code(sale.require_on_sale(&cancelled, at(150), 1, true)), Err(ErrorCode::NotOnSale));
    }

    #[test]
    fn an_event_out_of_use_or_over_sells_nothing() {
        let (sale, event) = sale();
        let for_ever = SaleType { sale_ends_at: Some(at(9_000)), ..sale };
        let sells = |event: SaleEvent, second| {
            let listed = for_ever.is_on_sale(&event, at(second));
            assert_eq!(listed, for_ever.require_on_sale(&event, at(second), 1, false).is_ok());
            assert_eq!(listed, event.require_selling(at(second)).is_ok());
            listed
        };
        assert!(sells(event, 999));
        assert!(!sells(event, 1_000));
        for status in [EventStatus::Inactive, EventStatus::Archived, EventStatus::Cancelled] {
            assert!(!sells(SaleEvent { status, ..event }, 999));
        }
    }

    #[test]
    fn a_wallets_limit_counts_what_it_has() {
        let (sale, _) = sale();
        assert!(sale.require_within_wallet_max(6).is_ok());
        assert!(sale.require_within_wallet_max(7).is_err());
    }
}
