//! Reserved seating: which seats a venue has, which free ones are best, what a client draws.
//!
//! A [`SeatLayout`] is expanded once into seats in layout order. Everything else takes the seats
//! of an event in that order, each with its state; an index is always one into that list. Two
//! seats are neighbours when they are of one block and their positions follow each other: labels
//! do not matter, because odd and even sides count in twos and aisles leave no gap in numbers.

mod choose;
mod contiguous;
mod expand;
mod layout;
mod map;
mod message;
mod quality;
mod split;
mod spot;
mod stranding;

#[cfg(test)]
mod tests;

pub use choose::{
    ATTEMPTS_MAX, Choice, QUANTITY_MAX, SPREAD_ALLOWANCE, SPREAD_MAX, SeatRequest, choices, choose, choose_spread,
};
pub use contiguous::STRANDING_ALLOWANCE;
pub use layout::{
    Direction, LayoutRow, LayoutSection, NAME_LENGTH_MAX, NUMBER_MAX, RANK_MAX, ROWS_MAX, RowNumbering, SEATS_MAX,
    SEATS_PER_ROW_MAX, SECTIONS_MAX, SeatLayout,
};
pub use map::{SeatCounts, SeatMap, SeatMapArea, SeatMapBlock, SeatMapRow, SeatMapSection, seat_map};
pub use message::*;
pub use quality::{QUALITY_BASE_MAX, ROW_STEP, SECTION_STEP};
pub use stranding::strands_single;

use crate::message::{answers, words};

words! {
    /// What may be done with a seat of an event.
    pub enum SeatState {
        /// Free.
        Available => "available",
        /// Kept for somebody who has not paid yet.
        Held => "held",
        /// Sold.
        Sold => "sold",
        /// Not for sale.
        Blocked => "blocked",
    }
}

answers! {
    /// One seat of a layout; (section, row, label) is unique within it.
    pub struct Seat {
        /// The section's name.
        pub section: String,
        /// The row's name, unique within the section.
        pub row: String,
        /// The seat's label, unique within the row.
        pub label: String,
        /// What prices go by.
        pub area: String,
        /// 1 is best; sections may share a rank.
        pub section_rank: i32,
        /// Place of the row in its section; 1 is best.
        pub row_rank: i32,
        /// Place in the row from the left, from 1; places without a seat are counted.
        pub position: i32,
        /// Number of the block within the row from the left, from 1.
        pub block: i32,
        /// Lower is better; the formula is at [`SECTION_STEP`].
        pub quality: i32,
        /// What is special about it.
        pub attributes: SeatAttributes,
    }

    /// What is special about a seat.
    pub struct SeatAttributes {
        /// For guests in a wheelchair.
        pub accessible: bool,
        /// Something stands in the way of the view.
        pub restricted_view: bool,
    }
}

/// A seat of an event in its present state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventSeat<'a> {
    /// The seat.
    pub seat: &'a Seat,
    /// Its state as the asking buyer sees it: `available` is what the buyer may take, so a seat
    /// held for this buyer may be passed as available and one above a price limit as blocked.
    pub state: SeatState,
}

impl EventSeat<'_> {
    /// Whether the buyer may take it.
    pub fn is_free(&self) -> bool {
        self.state == SeatState::Available
    }
}
