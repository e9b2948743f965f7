//! Events: when people come in, by which rules, and how many of them.

mod cancellation;

pub use cancellation::*;

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};
use crate::money::Currency;
use crate::venue::Status;
use crate::{Error, Result};

words! {
    /// Where an event is.
    pub enum EventStatus {
        /// In use.
        Active => "active",
        /// Paused: scans are denied.
        Inactive => "inactive",
        /// Ended for good; kept for the records.
        Archived => "archived",
        /// Called off: nothing is sold, and what was paid goes back.
        Cancelled => "cancelled",
    }

    /// Whether an event is shown to buyers.
    pub enum Visibility {
        /// Listed for everybody.
        Public => "public",
        /// Not listed; whoever knows it may buy.
        Unlisted => "unlisted",
        /// Only staff sells.
        Private => "private",
    }
}

requests! {
    /// Creates an event. Fee fields become a version of the event's fee schedule; an absent
    /// one leaves that fee to the venue's and the platform's schedules.
    pub struct EventCreate {
        /// The venue.
        pub venue_id: Uuid,
        /// 1 to 200 characters.
        pub name: String,
        /// At most 5,000 characters.
        pub description: Option<String>,
        /// The currency of everything sold at the event; the tenant's when absent.
        pub currency: Option<Currency>,
        /// IANA time zone; the venue's when absent.
        pub time_zone: Option<String>,
        /// When entry opens.
        pub starts_at: Timestamp,
        /// When entry closes.
        pub ends_at: Timestamp,
        /// Mode B: entry needs a pass. Mode A (`false`, the default): pay per scan.
        pub requires_pass: Option<bool>,
        /// Prices of passes by days, e.g. `{"1": 5000, "3": 12000}`, in minor units: those of ticket types
        /// with `pass_days` that are made without a price.
        pub pass_prices_cents: Option<std::collections::BTreeMap<String, i64>>,
        /// Price of a single-event ticket in minor units: that of ticket types that are made without one.
        pub ticket_price_cents: Option<i64>,
        /// How many people may be inside; no limit when absent.
        pub capacity: Option<i32>,
        /// Whether somebody who left may come back; `false` when absent.
        pub reentry_allowed: Option<bool>,
        /// Entries per wallet at most; no limit when absent.
        pub entries_max: Option<i32>,
        /// Whether exits are scanned: then entering while inside is refused; `true` when absent.
        pub exit_scans: Option<bool>,
        /// A second entry scan of a wallet within this time is a duplicate; 5,000 when absent.
        pub duplicate_window_ms: Option<i64>,
        /// Account that promoter shares go to; the venue's when absent.
        pub promoter_account_id: Option<Uuid>,
        /// Account that ticket sales go to; the venue's when absent.
        pub organizer_account_id: Option<Uuid>,
        /// Whether the event is shown: public, unlisted or private; public when absent.
        pub visibility: Option<Visibility>,
        /// Guests must be at least this old, in years; no restriction when absent.
        pub age_min: Option<i32>,
        /// How long places are held for a buyer, in seconds, 30 to 86,400; 600 when absent.
        pub hold_seconds: Option<i32>,
        /// How long a hold may live with all its extensions, in seconds; three times `hold_seconds`
        /// when absent.
        pub hold_seconds_max: Option<i32>,
        /// How long an unpaid order keeps its places, in seconds, 60 to 604,800; 1,800 when absent.
        pub payment_seconds: Option<i32>,
        /// Venue fee of the first entry, in minor units.
        pub entry_fee_cents: Option<i64>,
        /// Venue fee of each later entry, in minor units.
        pub venue_reentry_fee_cents: Option<i64>,
        /// Platform fee of the first entry, in minor units.
        pub platform_entry_fee_cents: Option<i64>,
        /// Platform fee of each later entry, in minor units.
        pub platform_reentry_fee_cents: Option<i64>,
        /// Platform fee of sales and entries, in percent, such as `"2.5"`.
        pub platform_fee_percentage: Option<rust_decimal::Decimal>,
    }

    /// Changes an event; absent fields stay as they are. Fees are changed by `fee.set`.
    pub struct EventUpdate {
        /// The event.
        pub event_id: Uuid,
        /// 1 to 200 characters.
        pub name: Option<String>,
        /// At most 5,000 characters.
        pub description: Option<String>,
        /// IANA time zone.
        pub time_zone: Option<String>,
        /// When entry opens.
        pub starts_at: Option<Timestamp>,
        /// When entry closes.
        pub ends_at: Option<Timestamp>,
        /// Mode B.
        pub requires_pass: Option<bool>,
        /// Prices of passes by days, in minor units; ticket types that exist keep theirs.
        pub pass_prices_cents: Option<std::collections::BTreeMap<String, i64>>,
        /// Price of a single-event ticket in minor units; ticket types that exist keep theirs.
        pub ticket_price_cents: Option<i64>,
        /// How many people may be inside.
        pub capacity: Option<i32>,
        /// Whether somebody who left may come back.
        pub reentry_allowed: Option<bool>,
        /// Entries per wallet at most.
        pub entries_max: Option<i32>,
        /// Whether exits are scanned.
        pub exit_scans: Option<bool>,
        /// Duplicate window in milliseconds.
        pub duplicate_window_ms: Option<i64>,
        /// Account that promoter shares go to.
        pub promoter_account_id: Option<Uuid>,
        /// Account that ticket sales go to.
        pub organizer_account_id: Option<Uuid>,
        /// public, unlisted or private.
        pub visibility: Option<Visibility>,
        /// Guests must be at least this old, in years.
        pub age_min: Option<i32>,
        /// How long places are held for a buyer, in seconds.
        pub hold_seconds: Option<i32>,
        /// How long a hold may live with all its extensions, in seconds.
        pub hold_seconds_max: Option<i32>,
        /// How long an unpaid order keeps its places, in seconds.
        pub payment_seconds: Option<i32>,
        /// active, inactive or archived; an archived event stays archived. See event.cancel for calling it off.
        pub status: Option<Status>,
    }

    /// Reads an event.
    pub struct EventGet {
        /// The event.
        pub event_id: Uuid,
    }

    /// Lists events, newest first.
    pub struct EventList {
        /// Only this venue's.
        pub venue_id: Option<Uuid>,
        /// Only these.
        pub status: Option<EventStatus>,
        /// Events a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// An event.
    pub struct EventView {
        /// Its id.
        pub event_id: Uuid,
        /// Its venue.
        pub venue_id: Uuid,
        /// Its name.
        pub name: String,
        /// Its description.
        pub description: Option<String>,
        /// Its currency.
        pub currency: String,
        /// Its time zone.
        pub time_zone: String,
        /// When entry opens.
        pub starts_at: Timestamp,
        /// When entry closes.
        pub ends_at: Timestamp,
        /// Mode B.
        pub requires_pass: bool,
        /// Prices of passes by days, in minor units.
        pub pass_prices_cents: Option<serde_json::Value>,
        /// Price of a single-event ticket in minor units.
        pub ticket_price_cents: Option<i64>,
        /// How many people may be inside.
        pub capacity: Option<i32>,
        /// Whether somebody who left may come back.
        pub reentry_allowed: bool,
        /// Entries per wallet at most.
        pub entries_max: Option<i32>,
        /// Whether exits are scanned.
        pub exit_scans: bool,
        /// Duplicate window in milliseconds.
        pub duplicate_window_ms: i64,
        /// Account of promoter shares.
        pub promoter_account_id: Option<Uuid>,
        /// Account of ticket sales.
        pub organizer_account_id: Option<Uuid>,
        /// Whether the event is shown.
        pub visibility: String,
        /// Guests must be at least this old, in years.
        pub age_min: Option<i32>,
        /// How long places are held for a buyer, in seconds.
        pub hold_seconds: i32,
        /// How long a hold may live with all its extensions, in seconds.
        pub hold_seconds_max: i32,
        /// How long an unpaid order keeps its places, in seconds.
        pub payment_seconds: i32,
        /// active, inactive, archived or cancelled.
        pub status: String,
        /// When it was created.
        pub created_at: Timestamp,
        /// When it was last changed.
        pub updated_at: Timestamp,
    }

    /// A page of events.
    pub struct EventPage {
        /// Newest first.
        pub items: Vec<EventView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}

/// How long places stay with a buyer, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaleTimes {
    /// Of a hold.
    pub hold_seconds: i32,
    /// Of a hold with all its extensions.
    pub hold_seconds_max: i32,
    /// Of an order that is not paid yet.
    pub payment_seconds: i32,
}

impl SaleTimes {
    /// What was asked for, in place of what is known or of the defaults.
    ///
    /// # Errors
    /// `invalid_request` names the field and its bounds.
    pub fn check(
        hold: Option<i32>,
        hold_max: Option<i32>,
        payment: Option<i32>,
        known: Option<(i32, i32, i32)>,
    ) -> Result<Self> {
        let hold_seconds = hold.or(known.map(|known| known.0)).unwrap_or(600);
        let hold_seconds_max = hold_max.or(known.map(|known| known.1.max(hold_seconds))).unwrap_or(3 * hold_seconds);
        let payment_seconds = payment.or(known.map(|known| known.2)).unwrap_or(1_800);
        if !(30..=86_400).contains(&hold_seconds) {
            return Err(Error::invalid("hold_seconds must be between 30 and 86400"));
        }
        if !(hold_seconds..=604_800).contains(&hold_seconds_max) {
            return Err(Error::invalid("hold_seconds_max must be between hold_seconds and 604800"));
        }
        if !(60..=604_800).contains(&payment_seconds) {
            return Err(Error::invalid("payment_seconds must be between 60 and 604800"));
        }
        Ok(Self { hold_seconds, hold_seconds_max, payment_seconds })
    }
}
