//! Best available: choosing seats for a buyer who picks none.

use std::iter;
use std::ops::Range;

use super::EventSeat;
use super::contiguous::{STRANDING_ALLOWANCE, best_stretch};
use super::split::best_split;
use super::spot::{Spot, spots};
use crate::message::requests;
use crate::{Error, Result};

/// Seats that are chosen at once at most.
pub const QUANTITY_MAX: i32 = 100;

/// Attempts that are answered at most.
pub const ATTEMPTS_MAX: usize = 64;

/// Candidates that buyers are spread over at most.
pub const SPREAD_MAX: usize = 8;

/// How much worse than the best, for each seat, a candidate may be for buyers to be spread over
/// it: as much as two rows further back.
pub const SPREAD_ALLOWANCE: i32 = STRANDING_ALLOWANCE;

requests! {
    /// What the best seats are chosen for; absent filters let every seat pass.
    pub struct SeatRequest {
        /// How many seats, 1 to 100.
        pub quantity: i32,
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
}

impl SeatRequest {
    /// Whether a seat passes the filters.
    pub fn wants(&self, seat: &EventSeat) -> bool {
        let seat = seat.seat;
        self.accessible.is_none_or(|accessible| accessible == seat.attributes.accessible)
            && self.restricted_view.is_none_or(|restricted| restricted == seat.attributes.restricted_view)
            && self.area.as_ref().is_none_or(|area| *area == seat.area)
            && self.section.as_ref().is_none_or(|section| *section == seat.section)
    }

    fn quantity(&self) -> Result<usize> {
        let quantity = usize::try_from(self.quantity).ok().filter(|_| (1..=QUANTITY_MAX).contains(&self.quantity));
        quantity.ok_or_else(|| Error::invalid(format!("quantity must be between 1 and {QUANTITY_MAX}")))
    }
}

/// Seats chosen for a buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Their indices, rising.
    pub indices: Vec<usize>,
    /// Over how many places without neighbours between them they are spread; 1 is side by side.
    pub stretches: usize,
    /// Sum of their quality; lower is better.
    pub quality: i64,
}

impl Choice {
    fn of(stretches: &[Range<usize>], quality: i64) -> Self {
        Self { indices: stretches.iter().cloned().flatten().collect(), stretches: stretches.len(), quality }
    }

    /// Whether it makes little difference to a buyer which of the two is got.
    fn is_nearly(&self, best: &Self) -> bool {
        let allowance = i64::from(SPREAD_ALLOWANCE) * i64::try_from(best.indices.len()).unwrap_or(i64::MAX);
        self.stretches == best.stretches && self.quality - best.quality <= allowance
    }
}

/// Chooses seats for `request` from the `seats` of an event in layout order.
///
/// Seats side by side come first: of each row the best ones that leave no single free seat beside
/// them, or the best of all where each would; another row of the section that leaves none is
/// preferred when it is at most [`STRANDING_ALLOWANCE`] a seat worse. A free seat counts as single
/// whatever the filters say of it. Then the lowest sum of quality wins, then layout order. If no
/// row has room and `together` is not asked for, the seats are divided over as few stretches as
/// there can be, over as few rows that follow each other as there can be, best quality first.
///
/// Attempt 0 is the best choice; attempt n is what is best when the seats of all attempts before
/// are gone, so different attempts share no seat. None when there is nothing left, and from
/// attempt [`ATTEMPTS_MAX`] on.
///
/// # Errors
/// `invalid_request` when the quantity is out of its bounds.
pub fn choose(seats: &[EventSeat], request: &SeatRequest, attempt: usize) -> Result<Option<Choice>> {
    Ok(candidates(seats, request)?.nth(attempt))
}

/// The same as [`choose`] with the attempts in another order for each `salt`, so that buyers who
/// come at the same time do not all start with the same seats: the best candidate and those after
/// it that are nearly as good (as many stretches, at most [`SPREAD_ALLOWANCE`] a seat worse,
/// [`SPREAD_MAX`] in all) are gone round from a different one. Over the attempts every buyer
/// still sees each candidate once. Salt 0 changes nothing.
///
/// # Errors
/// `invalid_request` when the quantity is out of its bounds.
pub fn choose_spread(seats: &[EventSeat], request: &SeatRequest, salt: u64, attempt: usize) -> Result<Option<Choice>> {
    Ok(choices(seats, request, salt)?.nth(attempt))
}

/// All attempts of [`choose_spread`], each worked out when it is asked for.
///
/// # Errors
/// `invalid_request` when the quantity is out of its bounds.
pub fn choices(seats: &[EventSeat], request: &SeatRequest, salt: u64) -> Result<impl Iterator<Item = Choice>> {
    let mut candidates = candidates(seats, request)?;
    let mut near: Vec<Choice> = Vec::new();
    let mut next = None;
    while near.len() < SPREAD_MAX && next.is_none() {
        let Some(candidate) = candidates.next() else { break };
        match near.first() {
            Some(best) if !candidate.is_nearly(best) => next = Some(candidate),
            _ => near.push(candidate),
        }
    }
    let start = u64::try_from(near.len()).ok().and_then(|count| salt.checked_rem(count));
    near.rotate_left(start.and_then(|start| usize::try_from(start).ok()).unwrap_or(0));
    Ok(near.into_iter().chain(next).chain(candidates))
}

/// The choices in the order of the attempts.
fn candidates(seats: &[EventSeat], request: &SeatRequest) -> Result<impl Iterator<Item = Choice>> {
    let quantity = request.quantity()?;
    let together = request.together.unwrap_or(false);
    let mut spots = spots(seats, |seat| request.wants(seat));
    let next = move || {
        let choice = best(&mut spots, quantity, together)?;
        for index in &choice.indices {
            spots[*index].take();
        }
        Some(choice)
    };
    Ok(iter::from_fn(next).take(ATTEMPTS_MAX))
}

fn best(spots: &mut [Spot], quantity: usize, together: bool) -> Option<Choice> {
    if let Some(found) = best_stretch(spots, 0..spots.len(), quantity) {
        let stretch = found.first..found.first + quantity;
        return Some(Choice::of(&[stretch], found.quality));
    }
    if together {
        return None;
    }
    best_split(spots, quantity).map(|split| Choice::of(&split.stretches, split.quality))
}
