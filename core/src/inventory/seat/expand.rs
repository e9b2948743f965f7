//! From a layout's description to its seats; what is wrong with it is found on the way.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::layout::{
    Direction, LayoutRow, LayoutSection, NAME_LENGTH_MAX, NUMBER_MAX, RANK_MAX, ROWS_MAX, RowNumbering, SEATS_MAX,
    SEATS_PER_ROW_MAX, SECTIONS_MAX, SeatLayout,
};
use super::quality::{QUALITY_BASE_MAX, SECTION_STEP, quality};
use super::{Seat, SeatAttributes};
use crate::{Error, Result};

impl SeatLayout {
    /// The seats in layout order: sections and rows as listed, seats from the left. The same
    /// layout gives the same seats, and (section, row, label) is unique.
    ///
    /// # Errors
    /// `invalid_request` names the field that is out of its bounds, doubled or unknown.
    pub fn expand(&self) -> Result<Vec<Seat>> {
        within("sections", self.sections.len(), SECTIONS_MAX)?;
        let mut names = HashSet::new();
        let mut seats = Vec::new();
        for (section, rank) in self.sections.iter().zip(1..) {
            let path = format!("sections[{}]", rank - 1);
            let frame = Frame::of(section, rank, &path)?;
            if !names.insert(frame.section) {
                return Err(Error::invalid(format!("{path}.name is the name of another section")));
            }
            expand_section(section, &frame, &path, &mut seats)?;
        }
        Ok(seats)
    }
}

/// What all seats of a section share.
struct Frame<'a> {
    section: &'a str,
    area: &'a str,
    rank: i32,
    quality_base: i32,
}

impl<'a> Frame<'a> {
    fn of(section: &'a LayoutSection, rank_by_order: i32, path: &str) -> Result<Self> {
        let rank = bounded(|| format!("{path}.rank"), section.rank.unwrap_or(rank_by_order), 1, RANK_MAX)?;
        let quality_base = section.quality_base.unwrap_or(SECTION_STEP * (rank - 1));
        Ok(Self {
            section: name(|| format!("{path}.name"), &section.name)?,
            area: name(|| format!("{path}.area"), &section.area)?,
            rank,
            quality_base: bounded(|| format!("{path}.quality_base"), quality_base, 0, QUALITY_BASE_MAX)?,
        })
    }
}

fn expand_section(section: &LayoutSection, frame: &Frame, path: &str, seats: &mut Vec<Seat>) -> Result<()> {
    within(&format!("{path}.rows"), section.rows.len(), ROWS_MAX)?;
    let mut names = HashSet::new();
    for (row, row_rank) in section.rows.iter().zip(1..) {
        let path = format!("{path}.rows[{}]", row_rank - 1);
        let row_name = name(|| format!("{path}.name"), &row.name)?;
        if !names.insert(row_name) {
            return Err(Error::invalid(format!("{path}.name is the name of another row of the section")));
        }
        expand_row(row, row_name, row_rank, frame, &path, seats)?;
        if seats.len() > SEATS_MAX {
            return Err(Error::invalid(format!("sections must have {SEATS_MAX} seats in all at most")));
        }
    }
    Ok(())
}

fn expand_row(
    row: &LayoutRow,
    row_name: &str,
    row_rank: i32,
    frame: &Frame,
    path: &str,
    seats: &mut Vec<Seat>,
) -> Result<()> {
    let labels = labels(row, path)?;
    let marks = marks(row, &labels, path)?;
    let blocks = blocks(&marks);
    if blocks.is_empty() {
        return Err(Error::invalid(format!("{path}.missing must leave a seat in the row")));
    }
    let places = blocks.iter().zip(1..).flat_map(|(&size, block)| (0..size).map(move |place| (block, size, place)));
    let present = labels.into_iter().zip(&marks).zip(1..).filter(|((_, mark), _)| !mark.missing);
    seats.extend(present.zip(places).map(|(((label, mark), position), (block, size, place))| Seat {
        section: frame.section.to_owned(),
        row: row_name.to_owned(),
        label: label.into_owned(),
        area: frame.area.to_owned(),
        section_rank: frame.rank,
        row_rank,
        position,
        block,
        quality: quality(frame.quality_base, row_rank, place, size),
        attributes: SeatAttributes { accessible: mark.accessible, restricted_view: mark.restricted_view },
    }));
    Ok(())
}

/// The labels of all places from the left.
fn labels<'a>(row: &'a LayoutRow, path: &str) -> Result<Vec<Cow<'a, str>>> {
    match (&row.numbered, &row.labels) {
        (Some(numbered), None) => numbers(numbered, &format!("{path}.numbered")),
        (None, Some(labels)) => {
            within(&format!("{path}.labels"), labels.len(), SEATS_PER_ROW_MAX)?;
            let label = |(index, label): (usize, &'a String)| {
                name(|| format!("{path}.labels[{index}]"), label).map(Cow::Borrowed)
            };
            labels.iter().enumerate().map(label).collect()
        }
        _ => Err(Error::invalid(format!("{path} must have either numbered or labels"))),
    }
}

fn numbers<'a>(numbered: &RowNumbering, path: &str) -> Result<Vec<Cow<'a, str>>> {
    let count_max = i32::try_from(SEATS_PER_ROW_MAX).unwrap_or(i32::MAX);
    let count = bounded(|| format!("{path}.count"), numbered.count, 1, count_max)?;
    let first = bounded(|| format!("{path}.first"), numbered.first.unwrap_or(1), 0, NUMBER_MAX)?;
    let step = bounded(|| format!("{path}.step"), numbered.step.unwrap_or(1), 1, 2)?;
    let mut labels: Vec<_> = (0..count).map(|place| Cow::Owned((first + step * place).to_string())).collect();
    if numbered.direction == Some(Direction::RightToLeft) {
        labels.reverse();
    }
    Ok(labels)
}

/// What the row's lists say of one place.
#[derive(Clone, Copy, Default)]
struct Mark {
    missing: bool,
    aisle_right: bool,
    accessible: bool,
    restricted_view: bool,
}

/// The part of a mark that a list sets.
type Field = fn(&mut Mark) -> &mut bool;

fn marks(row: &LayoutRow, labels: &[Cow<str>], path: &str) -> Result<Vec<Mark>> {
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(labels.len());
    for (index, label) in labels.iter().enumerate() {
        if places.insert(label, index).is_some() {
            return Err(Error::invalid(format!("{path}.labels[{index}] is the label of another seat of the row")));
        }
    }
    let mut marks = vec![Mark::default(); labels.len()];
    let lists: [(&str, &[String], Field); 4] = [
        ("missing", &row.missing, |mark| &mut mark.missing),
        ("aisle_right_of", &row.aisle_right_of, |mark| &mut mark.aisle_right),
        ("accessible", &row.accessible, |mark| &mut mark.accessible),
        ("restricted_view", &row.restricted_view, |mark| &mut mark.restricted_view),
    ];
    for (list_name, list, field) in lists {
        for (index, label) in list.iter().enumerate() {
            let wrong = |problem: &str| Error::invalid(format!("{path}.{list_name}[{index}] {problem}"));
            let mark = places.get(label.trim()).and_then(|place| marks.get_mut(*place));
            let mark = mark.ok_or_else(|| wrong("is no label of the row"))?;
            if std::mem::replace(field(mark), true) {
                return Err(wrong("is listed twice"));
            }
            if mark.missing && (mark.accessible || mark.restricted_view) {
                return Err(wrong("is a missing seat"));
            }
        }
    }
    Ok(marks)
}

/// How many seats each block has, from the left.
fn blocks(marks: &[Mark]) -> Vec<i32> {
    let mut sizes = Vec::new();
    let mut joined = false;
    for mark in marks {
        if !mark.missing {
            match sizes.last_mut() {
                Some(size) if joined => *size += 1,
                _ => sizes.push(1),
            }
        }
        joined = !mark.missing && !mark.aisle_right;
    }
    sizes
}

fn name(field: impl Fn() -> String, text: &str) -> Result<&str> {
    let name = text.trim();
    if (1..=NAME_LENGTH_MAX).contains(&name.chars().count()) && !name.contains(char::is_control) {
        return Ok(name);
    }
    Err(Error::invalid(format!("{} must have 1 to {NAME_LENGTH_MAX} characters and no control characters", field())))
}

fn bounded(field: impl Fn() -> String, number: i32, min: i32, max: i32) -> Result<i32> {
    if (min..=max).contains(&number) {
        return Ok(number);
    }
    Err(Error::invalid(format!("{} must be between {min} and {max}", field())))
}

fn within(field: &str, length: usize, length_max: usize) -> Result<()> {
    if (1..=length_max).contains(&length) {
        return Ok(());
    }
    Err(Error::invalid(format!("{field} must have 1 to {length_max} items")))
}
