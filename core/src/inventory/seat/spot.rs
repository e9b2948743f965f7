//! The seats of an event with only what choosing needs, so that names are compared once.

use super::EventSeat;

/// How a seat lies to the one before it in layout order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// They are neighbours.
    Neighbour,
    /// An aisle, or a place without a seat, is between them.
    Gap,
    /// It begins a row of the same section.
    Row,
    /// It begins a section.
    Section,
}

/// One seat.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub quality: i32,
    pub step: Step,
    /// Nobody has it.
    pub free: bool,
    /// It is free and as the buyer wants it.
    pub wanted: bool,
}

impl Spot {
    /// Somebody takes it.
    pub fn take(&mut self) {
        self.free = false;
        self.wanted = false;
    }
}

/// One spot for each seat; `wanted` is asked of free seats only.
pub(super) fn spots(seats: &[EventSeat], wanted: impl Fn(&EventSeat) -> bool) -> Vec<Spot> {
    let mut before: Option<&EventSeat> = None;
    let spot = |now| {
        let step = before.map_or(Step::Section, |before| step(before, now));
        before = Some(now);
        let free = now.is_free();
        Spot { quality: now.seat.quality, step, free, wanted: free && wanted(now) }
    };
    seats.iter().map(spot).collect()
}

fn step(before: &EventSeat, now: &EventSeat) -> Step {
    let (before, now) = (before.seat, now.seat);
    if before.section != now.section {
        Step::Section
    } else if before.row != now.row {
        Step::Row
    } else if before.block != now.block || before.position + 1 != now.position {
        Step::Gap
    } else {
        Step::Neighbour
    }
}

/// Whether the seat at `index` is free and a neighbour of the one before it.
fn free_neighbour(spots: &[Spot], index: usize) -> bool {
    spots.get(index).is_some_and(|spot| spot.free && spot.step == Step::Neighbour)
}

/// Whether the seat left of `index` is its neighbour and free.
fn free_left(spots: &[Spot], index: usize) -> bool {
    let neighbour = spots.get(index).is_some_and(|spot| spot.step == Step::Neighbour);
    neighbour && index.checked_sub(1).and_then(|left| spots.get(left)).is_some_and(|left| left.free)
}

/// Whether taking the neighbouring seats `first..=last` leaves a free seat beside them that then
/// has no free neighbour.
pub(super) fn strands(spots: &[Spot], first: usize, last: usize) -> bool {
    let single_left = free_left(spots, first) && !free_left(spots, first - 1);
    let single_right = free_neighbour(spots, last + 1) && !free_neighbour(spots, last + 2);
    single_left || single_right
}

/// Whether the seat at `index` is free while none of its neighbours is.
pub(super) fn is_single(spots: &[Spot], index: usize) -> bool {
    spots.get(index).is_some_and(|spot| spot.free) && !free_left(spots, index) && !free_neighbour(spots, index + 1)
}
