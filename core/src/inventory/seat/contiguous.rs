//! The best seats side by side.

use std::ops::Range;

use super::quality::ROW_STEP;
use super::spot::{Spot, Step, strands};

/// How much worse, for each seat, another row of the same section may be for the choice to go
/// there rather than leave a single seat: as much as two rows further back.
pub const STRANDING_ALLOWANCE: i32 = 2 * ROW_STEP;

/// Seats side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Index of the leftmost.
    pub first: usize,
    /// Sum of the seats' quality.
    pub quality: i64,
    /// Whether it leaves a single seat beside it.
    pub strands: bool,
}

/// The best of the stretches seen, separately for those that leave a single seat.
#[derive(Default)]
struct Best {
    clean: Option<Stretch>,
    stranding: Option<Stretch>,
}

impl Best {
    fn see(&mut self, stretch: Option<Stretch>) {
        let Some(stretch) = stretch else { return };
        let best = if stretch.strands { &mut self.stranding } else { &mut self.clean };
        *best = better(*best, Some(stretch));
    }

    /// Of a row: one that leaves a single seat only if there is no other.
    fn of_row(&self) -> Option<Stretch> {
        self.clean.or(self.stranding)
    }

    /// Of a section, having seen the best of each row.
    fn of_section(&self, quantity: usize) -> Option<Stretch> {
        let allowance = i64::from(STRANDING_ALLOWANCE) * i64::try_from(quantity).unwrap_or(i64::MAX);
        match (self.clean, self.stranding) {
            (Some(clean), Some(stranding)) if clean.quality - stranding.quality > allowance => Some(stranding),
            (clean, stranding) => clean.or(stranding),
        }
    }
}

/// The one with the lower quality, the earlier one of equals.
fn better(earlier: Option<Stretch>, later: Option<Stretch>) -> Option<Stretch> {
    match (earlier, later) {
        (Some(earlier), Some(later)) if later.quality < earlier.quality => Some(later),
        (earlier, later) => earlier.or(later),
    }
}

/// The best `quantity` wanted neighbours within `range`, outside of which nothing counts but whether
/// a seat beside the choice is left single.
///
/// A stretch that leaves a single seat counts only where its row has none that does not, and
/// where no other row of its section has one at most [`STRANDING_ALLOWANCE`] a seat worse. Of
/// what counts, the lowest sum of quality wins, then the first in layout order.
pub(super) fn best_stretch(spots: &[Spot], range: Range<usize>, quantity: usize) -> Option<Stretch> {
    let mut best = None;
    let mut section = Best::default();
    let mut row = Best::default();
    let (mut length, mut quality) = (0_usize, 0_i64);
    for (index, spot) in spots.iter().enumerate().take(range.end).skip(range.start) {
        if spot.step >= Step::Row {
            section.see(std::mem::take(&mut row).of_row());
        }
        if spot.step == Step::Section {
            best = better(best, std::mem::take(&mut section).of_section(quantity));
        }
        if spot.step != Step::Neighbour || !spot.wanted {
            (length, quality) = (0, 0);
        }
        if !spot.wanted {
            continue;
        }
        length += 1;
        quality += i64::from(spot.quality);
        if length > quantity {
            quality -= i64::from(spots[index - quantity].quality);
        }
        if length >= quantity {
            let first = index + 1 - quantity;
            row.see(Some(Stretch { first, quality, strands: strands(spots, first, index) }));
        }
    }
    section.see(row.of_row());
    better(best, section.of_section(quantity))
}
