//! How good a seat is.

/// How much one section rank weighs: more than any two rows or places of one section differ.
///
/// The quality of a seat, lower is better, is
///
/// `base + ROW_STEP * (row_rank - 1) + distance`
///
/// where `base` is the section's `quality_base` or `SECTION_STEP * (section_rank - 1)`, and
/// `distance` is that from the middle of the seat's block in half seats: 0, 2, 4, … with an odd
/// number of seats, 1, 3, 5, … with an even one.
pub const SECTION_STEP: i32 = 10_000;

/// How much one row further back weighs: as much as three seats further from the middle.
pub const ROW_STEP: i32 = 6;

/// The largest `quality_base` of a section.
pub const QUALITY_BASE_MAX: i32 = 10_000_000;

/// Quality of the seat at `place` (from 0) of a block with `block_seats` seats, by the formula
/// at [`SECTION_STEP`].
pub(super) fn quality(base: i32, row_rank: i32, place: i32, block_seats: i32) -> i32 {
    base + ROW_STEP * (row_rank - 1) + (2 * place - (block_seats - 1)).abs()
}
