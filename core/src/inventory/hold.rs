//! Holds: places kept for a buyer until a time.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::ORDER_MAX;
use super::seat::{SeatName, SeatWish};
use crate::message::{answers, requests, words};
use crate::{Error, ErrorCode, Result};

/// Ticket types in one hold at most.
pub const LINES_MAX: usize = 20;

words! {
    /// Where a hold is. It only moves down this list, and ends in one of the last three.
    pub enum HoldState {
        /// Its places are kept until it expires.
        Open => "open",
        /// An order that is not paid yet has taken it over.
        Ordered => "ordered",
        /// Its places are sold.
        Sold => "sold",
        /// Given back by its buyer.
        Released => "released",
        /// Given back because its time was over.
        Expired => "expired",
    }
}

requests! {
    /// So many tickets of one type.
    pub struct HoldLine {
        /// The ticket type.
        pub ticket_type_id: Uuid,
        /// How many.
        pub quantity: i32,
        /// The seats, for a type with seats: as many as `quantity`, all or none. The best that are free
        /// when absent.
        pub seats: Option<Vec<SeatName>>,
        /// Which seats will do when none are named.
        pub seat_wish: Option<SeatWish>,
    }

    /// Holds places: all that were asked for or, if `partial`, as many as there are. The same
    /// hold_id gives the same hold. `request_in_progress` says that somebody works on the last places: try
    /// again, there may be some.
    pub struct HoldCreate {
        /// What is held; all of one event.
        pub lines: Vec<HoldLine>,
        /// A new UUID that makes it safe to try again; the Idempotency-Key header when absent.
        pub hold_id: Option<Uuid>,
        /// The buyer's wallet; only for callers that are no wallet themselves.
        pub wallet_id: Option<Uuid>,
        /// Whether fewer places than asked for will do; `false` when absent.
        pub partial: Option<bool>,
    }

    /// Reads a hold.
    pub struct HoldGet {
        /// The hold.
        pub hold_id: Uuid,
    }

    /// Keeps a hold for another while, up to the event's limit.
    pub struct HoldExtend {
        /// The hold.
        pub hold_id: Uuid,
    }

    /// Gives a hold's places back at once.
    pub struct HoldRelease {
        /// The hold.
        pub hold_id: Uuid,
    }

    /// Lists an event's holds, newest first.
    pub struct HoldList {
        /// The event.
        pub event_id: Uuid,
        /// Only these.
        pub state: Option<HoldState>,
        /// Holds a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// So many held tickets of one type.
    pub struct HeldLine {
        /// The ticket type.
        pub ticket_type_id: Uuid,
        /// How many are held.
        pub quantity: i32,
        /// Their seats, if the type has seats.
        pub seats: Vec<SeatName>,
    }

    /// A hold.
    pub struct HoldView {
        /// Its id.
        pub hold_id: Uuid,
        /// Its event.
        pub event_id: Uuid,
        /// The buyer's wallet.
        pub wallet_id: Uuid,
        /// open, ordered, sold, released or expired.
        pub state: String,
        /// What is held.
        pub lines: Vec<HeldLine>,
        /// Until when.
        pub expires_at: Timestamp,
        /// Since when.
        pub created_at: Timestamp,
    }

    /// A page of holds.
    pub struct HoldPage {
        /// Newest first.
        pub items: Vec<HoldView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}

impl HoldLine {
    /// So many tickets of a type, wherever their seats may be.
    pub fn of(ticket_type_id: Uuid, quantity: i32) -> Self {
        Self { ticket_type_id, quantity, seats: None, seat_wish: None }
    }

    /// What a fingerprint of the request needs of its seats; nothing where none are asked for.
    pub fn seat_bytes(&self) -> Vec<u8> {
        match (&self.seats, &self.seat_wish) {
            (None, None) => Vec::new(),
            asked => serde_json::to_vec(&asked).unwrap_or_default(),
        }
    }
}

/// The lines as they are held: sorted by ticket type.
///
/// # Errors
/// `invalid_request` for no lines, too many, the same type or the same seat twice; `invalid_amount` for a
/// quantity out of bounds.
pub fn check_lines(mut lines: Vec<HoldLine>) -> Result<Vec<HoldLine>> {
    if lines.is_empty() || lines.len() > LINES_MAX {
        return Err(Error::invalid(format!("lines must have 1 to {LINES_MAX} ticket types")));
    }
    if lines.iter().any(|line| !(1..=ORDER_MAX).contains(&line.quantity)) {
        return Err(Error::new(ErrorCode::InvalidAmount, format!("quantity must be between 1 and {ORDER_MAX}")));
    }
    for line in &lines {
        match (&line.seats, &line.seat_wish) {
            (Some(_), Some(_)) => return Err(Error::invalid("give either seats or seat_wish")),
            (Some(seats), None) if i32::try_from(seats.len()) != Ok(line.quantity) => {
                return Err(Error::invalid("seats must name as many seats as quantity says"));
            }
            _ => {}
        }
    }
    let mut named = std::collections::HashSet::new();
    if let Some(name) = lines.iter().filter_map(|line| line.seats.as_ref()).flatten().find(|name| !named.insert(*name))
    {
        return Err(Error::invalid(format!("seats names {name} twice")));
    }
    lines.sort_by_key(|line| line.ticket_type_id);
    if lines.windows(2).any(|pair| pair[0].ticket_type_id == pair[1].ticket_type_id) {
        return Err(Error::invalid("lines must name each ticket type once"));
    }
    Ok(lines)
}

/// Fingerprint of what was asked, to tell a repeated request from another one with the same id.
pub fn request_digest(parts: &[&[u8]]) -> i64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    i64::from_be_bytes([digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: u128, quantity: i32) -> HoldLine {
        HoldLine::of(Uuid::from_u128(id), quantity)
    }

    #[test]
    fn lines_are_sorted_and_bounded() {
        let sorted = check_lines(vec![line(2, 1), line(1, 100)]).unwrap_or_default();
        assert_eq!(sorted.iter().map(|line| line.quantity).collect::<Vec<_>>(), [100, 1]);
        for bad in [vec![], vec![line(1, 0)], vec![line(1, -1)], vec![line(1, 101)], vec![line(1, 1), line(1, 2)]] {
            assert!(check_lines(bad).is_err());
        }
        assert!(check_lines((0..21).map(|id| line(id, 1)).collect()).is_err());
    }

    #[test]
    fn a_seat_is_named_by_one_line() {
        let seat = |label: &str| SeatName { section: "S".into(), row: "A".into(), label: label.into() };
        let naming = |id, label| HoldLine { seats: Some(vec![seat(label)]), ..line(id, 1) };
        assert!(check_lines(vec![naming(1, "1"), naming(2, "2")]).is_ok());
        assert!(check_lines(vec![naming(1, "1"), naming(2, "1")]).is_err());
    }

    #[test]
    fn a_digest_depends_on_where_parts_end() {
        assert_ne!(request_digest(&[b"ab", b"c"]), request_digest(&[b"a", b"bc"]));
    }
}
