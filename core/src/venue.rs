//! Venues and their gates.

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};
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
