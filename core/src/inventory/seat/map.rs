//! The seat map as clients draw it.

use std::collections::BTreeMap;

use super::{EventSeat, Seat, SeatState};
use crate::message::answers;

impl SeatState {
    /// The character that stands for it in a seat map.
    pub fn letter(self) -> char {
        match self {
            Self::Available => 'a',
            Self::Held => 'h',
            Self::Sold => 's',
            Self::Blocked => 'b',
        }
    }
}

answers! {
    /// The seats of an event with their states.
    pub struct SeatMap {
        /// In layout order.
        pub sections: Vec<SeatMapSection>,
        /// By name.
        pub areas: Vec<SeatMapArea>,
    }

    /// A section of a seat map.
    pub struct SeatMapSection {
        /// Its name.
        pub section: String,
        /// What prices go by.
        pub area: String,
        /// Its seats by state.
        pub counts: SeatCounts,
        /// In layout order.
        pub rows: Vec<SeatMapRow>,
    }

    /// A row of a seat map.
    pub struct SeatMapRow {
        /// Its name.
        pub row: String,
        /// The seats' labels from the left.
        pub labels: Vec<String>,
        /// One character for each label: `a` available, `h` held, `s` sold, `b` blocked.
        pub states: String,
        /// Where the seats stand, from the left.
        pub blocks: Vec<SeatMapBlock>,
        /// Labels of the seats for guests in a wheelchair.
        pub accessible: Vec<String>,
        /// Labels of the seats with something in the way of the view.
        pub restricted_view: Vec<String>,
    }

    /// Seats side by side, without an aisle or a missing seat between them.
    pub struct SeatMapBlock {
        /// Place of the first seat in the row, from 1; places without a seat are counted.
        pub position: i32,
        /// How many seats.
        pub count: i64,
    }

    /// An area of a seat map, over all its sections.
    pub struct SeatMapArea {
        /// What prices go by.
        pub area: String,
        /// Its seats by state.
        pub counts: SeatCounts,
    }

    /// Seats by state.
    #[derive(Default)]
    pub struct SeatCounts {
        /// Free.
        pub available: i64,
        /// Kept for somebody who has not paid yet.
        pub held: i64,
        /// Sold.
        pub sold: i64,
        /// Not for sale.
        pub blocked: i64,
    }
}

impl SeatCounts {
    fn add(&mut self, state: SeatState) {
        let count = match state {
            SeatState::Available => &mut self.available,
            SeatState::Held => &mut self.held,
            SeatState::Sold => &mut self.sold,
            SeatState::Blocked => &mut self.blocked,
        };
        *count += 1;
    }
}

/// Draws the seats of an event, given in layout order.
pub fn seat_map(seats: &[EventSeat]) -> SeatMap {
    let mut areas: BTreeMap<&str, SeatCounts> = BTreeMap::new();
    for now in seats {
        areas.entry(&now.seat.area).or_default().add(now.state);
    }
    let areas = areas.into_iter().map(|(area, counts)| SeatMapArea { area: area.to_owned(), counts }).collect();
    let sections = seats.chunk_by(|before, now| before.seat.section == now.seat.section).filter_map(section).collect();
    SeatMap { sections, areas }
}

fn section(seats: &[EventSeat]) -> Option<SeatMapSection> {
    let first = seats.first()?.seat;
    let mut counts = SeatCounts::default();
    for now in seats {
        counts.add(now.state);
    }
    let rows = seats.chunk_by(|before, now| before.seat.row == now.seat.row).filter_map(row).collect();
    Some(SeatMapSection { section: first.section.clone(), area: first.area.clone(), counts, rows })
}

fn row(seats: &[EventSeat]) -> Option<SeatMapRow> {
    let labels = |listed: fn(&Seat) -> bool| {
        seats.iter().map(|now| now.seat).filter(|seat| listed(seat)).map(|seat| seat.label.clone()).collect()
    };
    Some(SeatMapRow {
        row: seats.first()?.seat.row.clone(),
        labels: labels(|_| true),
        states: seats.iter().map(|now| now.state.letter()).collect(),
        blocks: seats.chunk_by(|before, now| before.seat.block == now.seat.block).filter_map(block).collect(),
        accessible: labels(|seat| seat.attributes.accessible),
        restricted_view: labels(|seat| seat.attributes.restricted_view),
    })
}

fn block(seats: &[EventSeat]) -> Option<SeatMapBlock> {
    let first = seats.first()?.seat;
    Some(SeatMapBlock { position: first.position, count: i64::try_from(seats.len()).ok()? })
}
