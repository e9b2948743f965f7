//! Codes that a venue puts up: posters and cards whose QR code leads guests, staff and vendors to the
//! wallet of an event. They admit nobody and move no money.

use jiff::Timestamp;
use uuid::Uuid;

use crate::credential::{crockford, crockford_bytes};
use crate::message::{answers, requests, words};
use crate::payment::outgoing::return_url;
use crate::qr::{Paper, PictureFormat, QrUse};
use crate::{Error, Result};

/// Symbols of a code: 128 random bits in Crockford's base32.
const SYMBOLS: usize = 26;
/// A longer address makes the modules too small.
const BASE_BYTES_MAX: usize = 200;
/// How often one code is on a sheet at most.
const COPIES_MAX: i32 = 1_000;

words! {
    /// Whom a code is for.
    pub enum VenueCodeKind {
        /// Guests.
        Entry => "entry",
        /// Guests of honour.
        Vip => "vip",
        /// The venue's own people.
        Staff => "staff",
        /// People of bars and stands.
        Vendor => "vendor",
    }

    /// Whether a code can be visited.
    pub enum VenueCodeState {
        /// It can.
        Active => "active",
        /// Its time is over.
        Expired => "expired",
        /// It was revoked.
        Revoked => "revoked",
    }
}

requests! {
    /// Sets where the codes of the tenant lead to.
    pub struct VenueCodeConfigure {
        /// Address of the client that opens wallets: a whole https address of at most 200 bytes,
        /// without ? and #. Without one a QR code holds the code alone.
        pub link_base_url: Option<String>,
    }

    /// Makes a code of a venue.
    pub struct VenueCodeCreate {
        /// The venue.
        pub venue_id: Uuid,
        /// Whom it is for: entry, vip, staff or vendor.
        pub kind: VenueCodeKind,
        /// What is printed under it, such as Main door. 1 to 100 characters.
        pub label: String,
        /// The event that it leads to; the venue's current or next one when absent.
        pub event_id: Option<Uuid>,
        /// The gate where it hangs.
        pub gate_id: Option<Uuid>,
        /// Until when it can be visited; for ever when absent.
        pub expires_at: Option<Timestamp>,
    }

    /// Lists the codes of a venue, newest first.
    pub struct VenueCodeList {
        /// The venue.
        pub venue_id: Uuid,
        /// Only of this event.
        pub event_id: Option<Uuid>,
        /// Only these.
        pub kind: Option<VenueCodeKind>,
        /// Only these.
        pub state: Option<VenueCodeState>,
        /// Codes a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Reads a code with its scans.
    pub struct VenueCodeGet {
        /// The code.
        pub venue_code_id: Uuid,
    }

    /// Ends a code at once and for good.
    pub struct VenueCodeRevoke {
        /// The code.
        pub venue_code_id: Uuid,
    }

    /// Draws the QR code of an active code.
    pub struct VenueCodeQr {
        /// The code.
        pub venue_code_id: Uuid,
        /// svg or png; svg when absent.
        pub format: Option<PictureFormat>,
        /// The picture's side in pixels, 128 to 2,048; 512 when absent.
        pub size_pixels: Option<i32>,
        /// screen (error correction M) or print (Q); print when absent.
        pub purpose: Option<QrUse>,
    }

    /// Makes a printable sheet of a venue's active codes: of all, or of those that are named. At most 50.
    pub struct VenueCodeSheet {
        /// The venue.
        pub venue_id: Uuid,
        /// Only this code.
        pub venue_code_id: Option<Uuid>,
        /// Only of this event.
        pub event_id: Option<Uuid>,
        /// Only these.
        pub kind: Option<VenueCodeKind>,
        /// How often each is printed, 1 to 1,000; once when absent. A sheet has at most 50 pages.
        pub copies: Option<i32>,
        /// a4 or letter; a4 when absent.
        pub paper: Option<Paper>,
        /// Columns, 1 to 5; 2 when absent.
        pub columns: Option<i32>,
        /// Rows, 1 to 8; 3 when absent.
        pub rows: Option<i32>,
    }

    /// Takes a code that was visited and counts it. GET is for browsers, which are sent on to its link.
    pub struct VenueCodeVisit {
        /// Its 26 symbols; case and hyphens do not matter.
        pub code: String,
    }
}

answers! {
    /// Where the codes of the tenant lead to.
    pub struct VenueCodeLink {
        /// Address of the client that opens wallets.
        pub link_base_url: Option<String>,
    }

    /// A code of a venue. The same shape in lists and alone.
    pub struct VenueCodeView {
        /// Its id.
        pub venue_code_id: Uuid,
        /// Its venue.
        pub venue_id: Uuid,
        /// The event that it leads to; `null` for the venue's current or next one.
        pub event_id: Option<Uuid>,
        /// The gate where it hangs.
        pub gate_id: Option<Uuid>,
        /// Whom it is for: entry, vip, staff or vendor.
        pub kind: String,
        /// What is printed under it.
        pub label: String,
        /// active, expired or revoked.
        pub state: String,
        /// Its 26 symbols.
        pub code: String,
        /// What its QR code holds; `null` without an address of a client: then the code alone.
        pub link: Option<String>,
        /// How often it was visited.
        pub scans: i64,
        /// Its first visit.
        pub first_scan_at: Option<Timestamp>,
        /// Its last visit.
        pub last_scan_at: Option<Timestamp>,
        /// Until when it can be visited.
        pub expires_at: Option<Timestamp>,
        /// When it was revoked.
        pub revoked_at: Option<Timestamp>,
        /// When it was made.
        pub created_at: Timestamp,
    }

    /// A page of codes.
    pub struct VenueCodePage {
        /// Newest first.
        pub items: Vec<VenueCodeView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }

    /// What a client needs to open a wallet where a code leads to.
    pub struct VenueCodeVisited {
        /// Whom the code is for: entry, vip, staff or vendor.
        pub kind: String,
        /// The venue.
        pub venue_id: Uuid,
        /// The venue's name.
        pub venue_name: String,
        /// The code's event, else the venue's current or next one; `null` when there is none.
        pub event_id: Option<Uuid>,
        /// The event's name.
        pub event_name: Option<String>,
        /// The gate where the code hangs.
        pub gate_id: Option<Uuid>,
        /// Where a browser is sent; `null` without an address of a client.
        pub link: Option<String>,
    }
}

/// A code of 128 random bits.
pub fn code(random: &[u8; 16]) -> String {
    crockford(random)
}

/// A code as it is stored, of what was typed or scanned; none when it can be none of ours.
pub fn normalized(text: &str) -> Option<String> {
    if text.len() > 2 * SYMBOLS {
        return None;
    }
    let symbols: String = text.chars().filter(|symbol| *symbol != '-').collect();
    if symbols.len() != SYMBOLS {
        return None;
    }
    crockford_bytes(&symbols).map(|bytes| crockford(&bytes))
}

/// A code as people read it, in groups.
pub fn grouped(code: &str) -> String {
    let groups = [code.get(0..5), code.get(5..10), code.get(10..15), code.get(15..20), code.get(20..)];
    groups.into_iter().flatten().collect::<Vec<_>>().join("-")
}

/// The address of a client as it is stored: without the slashes at its end.
///
/// # Errors
/// `invalid_request`
pub fn link_base(text: &str) -> Result<String> {
    let address = return_url("link_base_url", text.trim(), true)?;
    let address = address.trim_end_matches('/');
    if address.len() > BASE_BYTES_MAX || address.contains(['?', '#', '"', '<', '>', '\\']) {
        return Err(Error::invalid(format!("link_base_url must have at most {BASE_BYTES_MAX} bytes and no ? or #")));
    }
    Ok(address.to_owned())
}

/// Where a code leads to: the wallet of its event at its venue, or of whatever is on there.
pub fn link(base: &str, event_id: Option<Uuid>, venue_id: Uuid, code: &str) -> String {
    match event_id {
        Some(event_id) => format!("{base}/wallet/{event_id}/{venue_id}?code={code}"),
        None => format!("{base}/wallet/{venue_id}?code={code}"),
    }
}

/// How often each code is on a sheet.
///
/// # Errors
/// `invalid_request`
pub fn copies(asked: Option<i32>) -> Result<usize> {
    let copies = asked.unwrap_or(1);
    let counted = usize::try_from(copies).ok().filter(|_| (1..=COPIES_MAX).contains(&copies));
    counted.ok_or_else(|| Error::invalid(format!("copies must be 1 to {COPIES_MAX}")))
}

/// A code's state at this time.
pub fn state(now: Timestamp, expires_at: Option<Timestamp>, revoked_at: Option<Timestamp>) -> VenueCodeState {
    match (revoked_at, expires_at) {
        (Some(_), _) => VenueCodeState::Revoked,
        (None, Some(expires_at)) if expires_at <= now => VenueCodeState::Expired,
        _ => VenueCodeState::Active,
    }
}

#[cfg(test)]
mod tests;
