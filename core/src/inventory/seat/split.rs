//! Seats in several places, for a party that finds none side by side.

use std::cmp::Reverse;
use std::ops::Range;

use super::contiguous::best_stretch;
use super::spot::{Spot, Step};

/// Wanted neighbours, as many as there are.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: usize,
    length: usize,
    quality: i64,
    /// Number of the row within the layout.
    row: usize,
    /// Number of the section within the layout.
    section: usize,
}

impl Run {
    fn indices(&self) -> Range<usize> {
        self.first..self.first + self.length
    }
}

/// The stretches of a choice, each as the indices of its seats.
pub(super) struct Split {
    pub stretches: Vec<Range<usize>>,
    /// Sum of the seats' quality.
    pub quality: i64,
}

/// Divides `quantity` seats over as few stretches as there can be, when no stretch has room for
/// all of them; of those ways the one over the fewest rows that follow each other, within one
/// section if that is possible; then the one with the lowest sum of quality.
///
/// Within the rows found, the longest stretches are filled and the best seats of another take
/// the rest, by the rules of [`best_stretch`].
pub(super) fn best_split(spots: &mut [Spot], quantity: usize) -> Option<Split> {
    let runs = runs(spots);
    let mut lengths = Lengths::new(quantity);
    for run in &runs {
        lengths.add(run);
    }
    let stretches = lengths.fewest_stretches()?;
    let mut windows = Windows { narrowest: usize::MAX, found: Vec::new() };
    for section in runs.chunk_by(|before, now| before.section == now.section) {
        windows.look_at(section, quantity, stretches);
    }
    if windows.found.is_empty() {
        windows.look_at(&runs, quantity, stretches);
    }
    let splits = windows.found.into_iter().filter_map(|window| fill(spots, window, quantity, stretches));
    splits.min_by_key(|split| (split.quality, split.stretches.first().map(|stretch| stretch.start)))
}

fn runs(spots: &[Spot]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let (mut row, mut section) = (0, 0);
    let mut joined = false;
    for (first, spot) in spots.iter().enumerate() {
        row += usize::from(spot.step >= Step::Row);
        section += usize::from(spot.step == Step::Section);
        let quality = i64::from(spot.quality);
        match runs.last_mut() {
            Some(run) if spot.wanted && joined && spot.step == Step::Neighbour => {
                run.length += 1;
                run.quality += quality;
            }
            _ if spot.wanted => runs.push(Run { first, length: 1, quality, row, section }),
            _ => {}
        }
        joined = spot.wanted;
    }
    runs
}

/// How many runs there are of each length.
struct Lengths {
    quantity: usize,
    /// By length, from 0; runs of more seats than are asked for count as of so many.
    counts: Vec<usize>,
}

impl Lengths {
    fn new(quantity: usize) -> Self {
        Self { quantity, counts: vec![0; quantity + 1] }
    }

    fn add(&mut self, run: &Run) {
        self.counts[run.length.min(self.quantity)] += 1;
    }

    fn remove(&mut self, run: &Run) {
        self.counts[run.length.min(self.quantity)] -= 1;
    }

    /// How many of the runs are needed at least; none when all together are too few.
    fn fewest_stretches(&self) -> Option<usize> {
        let (mut left, mut stretches) = (self.quantity, 0);
        for (length, count) in self.counts.iter().enumerate().skip(1).rev() {
            let needed = left.div_ceil(length).min(*count);
            stretches += needed;
            left = left.saturating_sub(needed * length);
            if left == 0 {
                return Some(stretches);
            }
        }
        None
    }
}

/// The narrowest windows of rows with room for all.
struct Windows<'a> {
    /// Rows from the first to the last.
    narrowest: usize,
    found: Vec<&'a [Run]>,
}

impl<'a> Windows<'a> {
    /// Moves a window over `runs`: what has room stays so when it is widened, so each end needs
    /// to move only forward.
    fn look_at(&mut self, runs: &'a [Run], quantity: usize, stretches: usize) {
        let mut lengths = Lengths::new(quantity);
        let mut start = 0;
        for (end, last) in runs.iter().enumerate() {
            lengths.add(last);
            if runs.get(end + 1).is_some_and(|next| next.row == last.row) {
                continue;
            }
            while lengths.fewest_stretches().is_some_and(|fewest| fewest <= stretches) {
                let row = runs[start].row;
                self.keep(&runs[start..=end], last.row - row + 1);
                while start <= end && runs[start].row == row {
                    lengths.remove(&runs[start]);
                    start += 1;
                }
            }
        }
    }

    fn keep(&mut self, window: &'a [Run], rows: usize) {
        if rows < self.narrowest {
            self.narrowest = rows;
            self.found.clear();
        }
        if rows == self.narrowest {
            self.found.push(window);
        }
    }
}

/// Takes all but one of the stretches whole, the longest first, and the rest beside them.
fn fill(spots: &mut [Spot], window: &[Run], quantity: usize, stretches: usize) -> Option<Split> {
    let range = window.first()?.first..window.last()?.indices().end;
    let mut longest = window.to_vec();
    longest.sort_by_key(|run| (Reverse(run.length), run.quality, run.first));
    longest.truncate(stretches.saturating_sub(1));
    let whole: usize = longest.iter().map(|run| run.length).sum();
    let rest = quantity.checked_sub(whole)?;
    let set_wanted = |spots: &mut [Spot], wanted| {
        for run in &longest {
            spots[run.indices()].iter_mut().for_each(|spot| (spot.free, spot.wanted) = (wanted, wanted));
        }
    };
    set_wanted(spots, false);
    let last = best_stretch(spots, range, rest);
    set_wanted(spots, true);
    let last = last?;
    let mut found: Vec<_> = longest.iter().map(Run::indices).collect();
    found.push(last.first..last.first + rest);
    found.sort_by_key(|stretch| stretch.start);
    let quality = last.quality + longest.iter().map(|run| run.quality).sum::<i64>();
    Some(Split { stretches: found, quality })
}
