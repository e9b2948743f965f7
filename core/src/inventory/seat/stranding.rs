//! Whether seats picked by hand leave a single seat.

use std::ops::Range;

use super::contiguous::best_stretch;
use super::spot::{Spot, Step, is_single, spots};
use super::{EventSeat, Seat};

/// The first free seat that taking the seats at the indices `chosen` would leave without a free
/// neighbour, though it need not be: the same row has as many free seats side by side that leave
/// none. Each stretch of free seats that is chosen from is judged by itself.
///
/// It is the rule that [`choose`](super::choose) keeps, so what that gives without filters passes.
/// Indices that are out of bounds, doubled or not free have no effect.
pub fn strands_single<'a>(seats: &[EventSeat<'a>], chosen: &[usize]) -> Option<&'a Seat> {
    let before = spots(seats, |_| true);
    let mut chosen: Vec<usize> = chosen.to_vec();
    chosen.retain(|index| before.get(*index).is_some_and(|spot| spot.free));
    chosen.sort_unstable();
    let mut after = before.clone();
    for index in &chosen {
        after[*index].take();
    }
    let beside = chosen.iter().flat_map(|index| [(*index, index.checked_sub(1)), (*index, Some(index + 1))]);
    let mut left = beside.filter_map(|(taken, beside)| Some((taken, beside?)));
    left.find(|(taken, beside)| {
        let free = free_around(&before, *taken);
        free.contains(beside) && is_single(&after, *beside) && is_avoidable(&before, &after, free)
    })
    .and_then(|(_, beside)| seats.get(beside))
    .map(|stranded| stranded.seat)
}

/// The free neighbours around the free seat at `index`, itself included.
fn free_around(spots: &[Spot], index: usize) -> Range<usize> {
    grow(spots, index, |spot| spot.step == Step::Neighbour, |spot| spot.free)
}

/// The widest range around `index` whose seats but the first are `joined` to the one before and
/// whose other seats are all `within`.
fn grow(spots: &[Spot], index: usize, joined: impl Fn(&Spot) -> bool, within: impl Fn(&Spot) -> bool) -> Range<usize> {
    let mut range = index..index + 1;
    while range.start > 0 && joined(&spots[range.start]) && within(&spots[range.start - 1]) {
        range.start -= 1;
    }
    while spots.get(range.end).is_some_and(|next| joined(next) && within(next)) {
        range.end += 1;
    }
    range
}

/// Whether as many seats as are taken of the stretch `free` could be taken of its row without
/// leaving a single one, all else being taken as it is.
fn is_avoidable(before: &[Spot], after: &[Spot], free: Range<usize>) -> bool {
    let row = grow(before, free.start, |spot| spot.step < Step::Row, |_| true);
    let taken = after[free.clone()].iter().filter(|spot| !spot.free).count();
    let mut spots = after[row.clone()].to_vec();
    spots[free.start - row.start..free.end - row.start].copy_from_slice(&before[free]);
    best_stretch(&spots, 0..spots.len(), taken).is_some_and(|stretch| !stretch.strands)
}
