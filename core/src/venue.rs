//! Venues, their gates, and events.

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};
use crate::money::Currency;
use crate::{Error, Result};

words! {
    /// Whether an object is in use.
    pub enum Status {
        /// In use.
        Active => "active",
        /// Paused: scans are denied.
        Inactive => "inactive",
        /// Ended for good; kept for the records.
        Archived => "archived",
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

    /// What happens at a gate.
    pub enum GateType {
        /// People enter and leave.
        Door => "door",
        /// Food and drink are sold.
        Concession => "concession",
        /// Merchandise is sold.
        Merchandise => "merchandise",
    }
}

requests! {
    /// Creates a venue with its ledger account.
    pub struct VenueCreate {
        /// 1 to 200 characters.
        pub name: String,
        /// Postal address, at most 500 characters.
        pub address: Option<String>,
        /// Free word such as club, festival, arena; at most 40 characters.
        pub venue_type: Option<String>,
        /// How many people may be inside over all events; no limit when absent.
        pub capacity: Option<i32>,
        /// Id of the NFC tag at the venue, at most 100 characters.
        pub nfc_tag_id: Option<String>,
        /// IANA time zone; UTC when absent.
        pub time_zone: Option<String>,
        /// Entry fee of the venue's events that set none, in minor units.
        pub default_entry_fee_cents: Option<i64>,
    }

    /// Changes a venue; absent fields stay as they are.
    pub struct VenueUpdate {
        /// The venue.
        pub venue_id: Uuid,
        /// 1 to 200 characters.
        pub name: Option<String>,
        /// Postal address.
        pub address: Option<String>,
        /// Free word.
        pub venue_type: Option<String>,
        /// How many people may be inside.
        pub capacity: Option<i32>,
        /// Id of the NFC tag.
        pub nfc_tag_id: Option<String>,
        /// IANA time zone.
        pub time_zone: Option<String>,
        /// Entry fee of the venue's events that set none, in minor units.
        pub default_entry_fee_cents: Option<i64>,
        /// active, inactive or archived; an archived venue stays archived.
        pub status: Option<Status>,
    }

    /// Reads a venue.
    pub struct VenueGet {
        /// The venue.
        pub venue_id: Uuid,
    }

    /// Lists venues.
    pub struct VenueList {
        /// Only these.
        pub status: Option<Status>,
        /// Venues a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Creates a gate (entry point, bar, stand).
    pub struct GateCreate {
        /// The venue.
        pub venue_id: Uuid,
        /// 1 to 200 characters.
        pub name: String,
        /// What happens there.
        pub gate_type: GateType,
        /// Account that vendor shares and sales go to; the venue's when absent.
        pub vendor_account_id: Option<Uuid>,
        /// Id of the NFC tag at the gate.
        pub nfc_tag_id: Option<String>,
    }

    /// Changes a gate; absent fields stay as they are.
    pub struct GateUpdate {
        /// The gate.
        pub gate_id: Uuid,
        /// 1 to 200 characters.
        pub name: Option<String>,
        /// Account that vendor shares and sales go to.
        pub vendor_account_id: Option<Uuid>,
        /// Id of the NFC tag.
        pub nfc_tag_id: Option<String>,
        /// active, inactive or archived.
        pub status: Option<Status>,
    }

    /// Lists a venue's gates.
    pub struct GateList {
        /// The venue.
        pub venue_id: Uuid,
    }

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
        /// Prices of passes by days, e.g. `{"1": 5000, "3": 12000}`, in minor units.
        pub pass_prices_cents: Option<std::collections::BTreeMap<String, i64>>,
        /// Price of a single-event ticket in minor units.
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
        /// Prices of passes by days, in minor units.
        pub pass_prices_cents: Option<std::collections::BTreeMap<String, i64>>,
        /// Price of a single-event ticket in minor units.
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
        /// active, inactive or archived; an archived event stays archived.
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
        pub status: Option<Status>,
        /// Events a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// A venue.
    pub struct VenueView {
        /// Its id.
        pub venue_id: Uuid,
        /// Its name.
        pub name: String,
        /// Its address.
        pub address: Option<String>,
        /// Its type.
        pub venue_type: Option<String>,
        /// How many people may be inside.
        pub capacity: Option<i32>,
        /// Its NFC tag.
        pub nfc_tag_id: Option<String>,
        /// Its time zone.
        pub time_zone: String,
        /// Entry fee of events that set none, in minor units.
        pub default_entry_fee_cents: Option<i64>,
        /// The ledger account of the venue's money.
        pub account_id: Uuid,
        /// Whether it is in use.
        pub status: String,
        /// When it was created.
        pub created_at: Timestamp,
        /// When it was last changed.
        pub updated_at: Timestamp,
    }

    /// A page of venues.
    pub struct VenuePage {
        /// Newest first.
        pub items: Vec<VenueView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }

    /// A gate.
    pub struct GateView {
        /// Its id.
        pub gate_id: Uuid,
        /// Its venue.
        pub venue_id: Uuid,
        /// Its name.
        pub name: String,
        /// What happens there.
        pub gate_type: String,
        /// Account of vendor shares and sales.
        pub vendor_account_id: Option<Uuid>,
        /// Its NFC tag.
        pub nfc_tag_id: Option<String>,
        /// Whether it is in use.
        pub status: String,
    }

    /// A venue's gates.
    pub struct GatePage {
        /// By creation.
        pub items: Vec<GateView>,
    }

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
        /// Whether it is in use.
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

/// The trimmed text when it has 1 to `length_max` characters.
///
/// # Errors
/// `invalid_request` names the field.
pub fn required_text(name: &str, text: &str, length_max: usize) -> Result<String> {
    let trimmed = text.trim();
    if (1..=length_max).contains(&trimmed.chars().count()) && !trimmed.contains('\0') {
        return Ok(trimmed.to_owned());
    }
    Err(Error::invalid(format!("{name} must have 1 to {length_max} characters")))
}

/// The trimmed text when there is one; empty counts as absent.
///
/// # Errors
/// `invalid_request` names the field when it is longer than `length_max`.
pub fn optional_text(name: &str, text: Option<&str>, length_max: usize) -> Result<Option<String>> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => required_text(name, text, length_max).map(Some),
    }
}

/// The capacity when it is 1 to 10,000,000.
///
/// # Errors
/// `invalid_request` when it is out of bounds.
pub fn capacity(capacity: Option<i32>) -> Result<Option<i32>> {
    match capacity {
        Some(people) if !(1..=10_000_000).contains(&people) => {
            Err(Error::invalid("capacity must be between 1 and 10000000"))
        }
        other => Ok(other),
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
