//! What callers ask of seats and what they are told.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Seat, SeatLayout, SeatMapArea, SeatMapSection, SeatRequest};
use crate::message::{answers, requests};
use crate::{Error, Result};

/// Seats that are blocked or freed at once at most.
pub const BLOCK_MAX: usize = 2_000;

requests! {
    /// A seat as people call it.
    #[derive(PartialEq, Eq, Hash)]
    pub struct SeatName {
        /// The section's name.
        pub section: String,
        /// The row's name.
        pub row: String,
        /// The seat's label.
        pub label: String,
    }

    /// Which seats will do for a buyer who picks none; absent filters let every seat pass.
    #[derive(Default)]
    pub struct SeatWish {
        /// Only this section.
        pub section: Option<String>,
        /// Only this area.
        pub area: Option<String>,
        /// `true`: only accessible seats; `false`: none of them.
        pub accessible: Option<bool>,
        /// `true`: only seats with restricted view; `false`: none of them.
        pub restricted_view: Option<bool>,
        /// Whether seats that are not side by side are of no use; `false` when absent.
        pub together: Option<bool>,
    }

    /// Describes a venue's seats. A layout never changes: events are sold by it.
    pub struct SeatLayoutCreate {
        /// The venue.
        pub venue_id: Uuid,
        /// 1 to 200 characters.
        pub name: String,
        /// Its sections with their rows and seats.
        pub layout: SeatLayout,
    }

    /// Reads a layout with its description.
    pub struct SeatLayoutGet {
        /// The layout.
        pub layout_id: Uuid,
    }

    /// Lists a venue's layouts without their descriptions.
    pub struct SeatLayoutList {
        /// The venue.
        pub venue_id: Uuid,
    }

    /// Seats an event by a layout; another one replaces it while no seat is held or sold, and what
    /// was blocked is free again.
    pub struct SeatingSet {
        /// The event.
        pub event_id: Uuid,
        /// A layout of the event's venue.
        pub layout_id: Uuid,
        /// Whether buyers who pick seats may leave a single free one though they need not; `true`
        /// when absent.
        pub single_seats: Option<bool>,
    }

    /// Reads an event's seats with their states.
    pub struct SeatMapGet {
        /// The event.
        pub event_id: Uuid,
    }

    /// Takes free seats out of the sale: all that are named, or none.
    pub struct SeatBlock {
        /// The event.
        pub event_id: Uuid,
        /// 1 to 2,000 seats; or give the section.
        pub seats: Option<Vec<SeatName>>,
        /// Every seat of this section.
        pub section: Option<String>,
        /// Only these rows of the section.
        pub rows: Option<Vec<String>>,
    }

    /// Puts blocked seats back on sale; those among the named that are not blocked stay as they are.
    pub struct SeatUnblock {
        /// The event.
        pub event_id: Uuid,
        /// 1 to 2,000 seats; or give the section.
        pub seats: Option<Vec<SeatName>>,
        /// Every seat of this section.
        pub section: Option<String>,
        /// Only these rows of the section.
        pub rows: Option<Vec<String>>,
    }
}

answers! {
    /// A layout of seats.
    pub struct SeatLayoutView {
        /// Its id.
        pub layout_id: Uuid,
        /// Its venue.
        pub venue_id: Uuid,
        /// Its name.
        pub name: String,
        /// How many seats it has.
        pub seat_count: i32,
        /// What prices go by, by name.
        pub areas: Vec<String>,
        /// Its description; `null` in lists.
        pub layout: Option<serde_json::Value>,
        /// When it was described.
        pub created_at: Timestamp,
    }

    /// A venue's layouts.
    pub struct SeatLayoutPage {
        /// In the order of their creation.
        pub items: Vec<SeatLayoutView>,
    }

    /// How an event is seated.
    pub struct SeatingView {
        /// The event.
        pub event_id: Uuid,
        /// The layout.
        pub layout_id: Uuid,
        /// How many seats there are.
        pub seat_count: i32,
        /// Whether buyers may leave a single free seat though they need not.
        pub single_seats: bool,
    }

    /// An event's seats with their states.
    pub struct EventSeatMap {
        /// The event.
        pub event_id: Uuid,
        /// The layout.
        pub layout_id: Uuid,
        /// Whether buyers may leave a single free seat though they need not.
        pub single_seats: bool,
        /// As of when.
        pub as_of: Timestamp,
        /// In layout order.
        pub sections: Vec<SeatMapSection>,
        /// By name.
        pub areas: Vec<SeatMapArea>,
    }

    /// Seats that are blocked now, or free again.
    pub struct SeatsChanged {
        /// The event.
        pub event_id: Uuid,
        /// How many were changed.
        pub changed: i32,
    }
}

impl SeatName {
    /// The name of a seat.
    pub fn of(seat: &Seat) -> Self {
        Self { section: seat.section.clone(), row: seat.row.clone(), label: seat.label.clone() }
    }
}

impl std::fmt::Display for SeatName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} / {} / {}", self.section, self.row, self.label)
    }
}

impl SeatWish {
    /// The request for so many seats.
    pub fn request(&self, quantity: i32) -> SeatRequest {
        SeatRequest {
            quantity,
            section: self.section.clone(),
            area: self.area.clone(),
            accessible: self.accessible,
            restricted_view: self.restricted_view,
            together: self.together,
        }
    }
}

/// Indices of the seats that a list or a section and its rows name, rising.
///
/// # Errors
/// `invalid_request` for both or neither, too many, doubles; `not_found` for unknown names.
pub fn named_seats(
    seats: &[Seat],
    index_of: impl Fn(&SeatName) -> Option<i32>,
    list: Option<&[SeatName]>,
    section: Option<&str>,
    rows: Option<&[String]>,
) -> Result<Vec<i32>> {
    let mut indices = match (list, section) {
        (Some(list), None) if rows.is_none() => picked_seats(list, BLOCK_MAX, index_of)?,
        (None, Some(section)) => {
            let known = |row: &String| seats.iter().any(|seat| seat.section == section && seat.row == *row);
            if !rows.unwrap_or_default().iter().all(known) {
                return Err(Error::not_found("row of the section"));
            }
            let within = |seat: &Seat| seat.section == section && rows.is_none_or(|rows| rows.contains(&seat.row));
            (0..).zip(seats).filter(|(_, seat)| within(seat)).map(|(index, _)| index).collect()
        }
        _ => return Err(Error::invalid("give either seats or section, with rows for some of its rows")),
    };
    if indices.is_empty() {
        return Err(Error::not_found("section or row of the event's layout"));
    }
    indices.sort_unstable();
    Ok(indices)
}

/// Indices of 1 to `most` seats in the order in which they are named.
///
/// # Errors
/// `invalid_request` for none, too many or doubles; `not_found` for unknown names.
pub fn picked_seats(names: &[SeatName], most: usize, index_of: impl Fn(&SeatName) -> Option<i32>) -> Result<Vec<i32>> {
    if names.is_empty() || names.len() > most {
        return Err(Error::invalid(format!("seats must name 1 to {most} seats")));
    }
    let mut seen = std::collections::HashSet::with_capacity(names.len());
    let mut indices = Vec::with_capacity(names.len());
    for name in names {
        let index = index_of(name).ok_or_else(|| Error::not_found("seat of the event's layout"))?;
        if !seen.insert(index) {
            return Err(Error::invalid(format!("seats names {name} twice")));
        }
        indices.push(index);
    }
    Ok(indices)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats() -> Vec<Seat> {
        let layout = serde_json::json!({"sections": [{"name": "Stalls", "area": "stalls", "rows": [
            {"name": "A", "numbered": {"count": 3}}, {"name": "B", "numbered": {"count": 2}}]}]});
        let layout: SeatLayout = serde_json::from_value(layout).unwrap_or_else(|error| panic!("{error}"));
        layout.expand().unwrap_or_default()
    }

    fn name(row: &str, label: &str) -> SeatName {
        SeatName { section: "Stalls".to_owned(), row: row.to_owned(), label: label.to_owned() }
    }

    #[test]
    fn seats_are_named_by_list_section_or_row() {
        let seats = seats();
        let index = |wanted: &SeatName| {
            seats.iter().position(|seat| SeatName::of(seat) == *wanted).and_then(|index| i32::try_from(index).ok())
        };
        let named = |list: Option<&[SeatName]>, section, rows| named_seats(&seats, index, list, section, rows).ok();
        let row_b = "B".to_owned();
        assert_eq!(named(None, Some("Stalls"), Some(std::slice::from_ref(&row_b))), Some(vec![3, 4]));
        assert_eq!(named(None, Some("Stalls"), None), Some(vec![0, 1, 2, 3, 4]));
        assert_eq!(named(Some(&[name("B", "1"), name("A", "2")]), None, None), Some(vec![1, 3]));
        assert_eq!(named(None, Some("Balcony"), None), None);
        assert_eq!(named(None, None, None), None);
        assert_eq!(named(Some(&[name("A", "1"), name("A", "1")]), None, None), None);
        assert_eq!(named(Some(&[name("A", "9")]), None, None), None);
        assert_eq!(named(Some(&[name("A", "1")]), Some("Stalls"), None), None);
    }
}
