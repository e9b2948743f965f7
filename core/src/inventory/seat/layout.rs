//! How the seats of a venue are described.

use crate::message::{requests, words};

/// Sections a layout has at most.
pub const SECTIONS_MAX: usize = 200;

/// Rows a section has at most.
pub const ROWS_MAX: usize = 500;

/// Places a row has at most, those without a seat counted.
pub const SEATS_PER_ROW_MAX: usize = 500;

/// Seats a layout has at most.
pub const SEATS_MAX: usize = 100_000;

/// Characters a name, an area or a label has at most.
pub const NAME_LENGTH_MAX: usize = 40;

/// The largest number that a row may start with.
pub const NUMBER_MAX: i32 = 100_000;

/// The last rank that a section may have.
pub const RANK_MAX: i32 = 200;

words! {
    /// Where a row's numbers start, seen by the guests who face the stage.
    pub enum Direction {
        /// The first number is the leftmost seat.
        LeftToRight => "left_to_right",
        /// The first number is the rightmost seat.
        RightToLeft => "right_to_left",
    }
}

requests! {
    /// The seats of a venue. Names, areas and labels have 1 to 40 characters and no control
    /// characters; spaces around them are dropped.
    pub struct SeatLayout {
        /// 1 to 200 sections in the order of maps and lists; 100,000 seats in all at most.
        pub sections: Vec<LayoutSection>,
    }

    /// A section of a layout.
    pub struct LayoutSection {
        /// Unique within the layout.
        pub name: String,
        /// What prices go by, such as `stalls`; sections may share one.
        pub area: String,
        /// 1 is best, 200 at most; sections may share one; the place in the list when absent.
        pub rank: Option<i32>,
        /// Quality of the best seat there may be in it, 0 to 10,000,000, lower is better;
        /// worked out from the rank when absent.
        pub quality_base: Option<i32>,
        /// 1 to 500 rows, the best one first.
        pub rows: Vec<LayoutRow>,
    }

    /// A row of a section: either `numbered` or `labels`. The other lists name seats by label.
    pub struct LayoutRow {
        /// Unique within the section.
        pub name: String,
        /// Seats with rising numbers.
        pub numbered: Option<RowNumbering>,
        /// 1 to 500 labels from the left, unique within the row.
        pub labels: Option<Vec<String>>,
        /// Places without a seat: seats on both sides of one are no neighbours.
        #[serde(default)]
        pub missing: Vec<String>,
        /// Seats with an aisle to their right: seats on both sides of it are no neighbours.
        #[serde(default)]
        pub aisle_right_of: Vec<String>,
        /// Seats for guests in a wheelchair.
        #[serde(default)]
        pub accessible: Vec<String>,
        /// Seats with something in the way of the view.
        #[serde(default)]
        pub restricted_view: Vec<String>,
    }

    /// The numbers of a row.
    pub struct RowNumbering {
        /// How many places, 1 to 500, missing ones counted.
        pub count: i32,
        /// The first number, 0 to 100,000; 1 when absent.
        pub first: Option<i32>,
        /// 1, or 2 for the odd or the even side of a hall; 1 when absent.
        pub step: Option<i32>,
        /// Where the numbers start; `left_to_right` when absent.
        pub direction: Option<Direction>,
    }
}
