//! Keyset paging, newest first: by id where admit makes the ids, else by time and id.

use admit_core::{Error, Result};
use jiff::Timestamp;
use uuid::Uuid;

/// Items a page without a limit.
const LIMIT_DEFAULT: i64 = 50;
/// Items a page at most.
const LIMIT_MAX: i64 = 200;

/// A page asked for.
pub struct Page {
    /// How many items.
    limit: usize,
    /// Items older than this one.
    pub after: Option<Uuid>,
}

impl Page {
    /// Checks limit and cursor.
    ///
    /// # Errors
    /// `invalid_request` for a limit out of bounds or a cursor that is not ours.
    pub fn of(limit: Option<i64>, cursor: Option<&str>) -> Result<Self> {
        let after = cursor.map(|cursor| Uuid::try_parse(cursor).map_err(|_| not_ours())).transpose()?;
        Ok(Self { limit: bounded(limit)?, after })
    }

    /// How many rows to read: one more than the page, to know whether it is the last.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(LIMIT_MAX) + 1
    }

    /// Cuts the extra row off and says where the next page starts.
    pub fn cut<T>(&self, mut items: Vec<T>, id: impl Fn(&T) -> Uuid) -> (Vec<T>, Option<String>) {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let next = items.last().filter(|_| more).map(|item| id(item).to_string());
        (items, next)
    }
}

/// A page of what has ids that callers chose, which say nothing of when it was made.
pub struct TimedPage {
    /// How many items.
    limit: usize,
    /// Items older than this time and id.
    pub after: Option<(Timestamp, Uuid)>,
}

impl TimedPage {
    /// Checks limit and cursor.
    ///
    /// # Errors
    /// `invalid_request` for a limit out of bounds or a cursor that is not ours.
    pub fn of(limit: Option<i64>, cursor: Option<&str>) -> Result<Self> {
        let after = cursor.map(|cursor| moment(cursor).ok_or_else(not_ours)).transpose()?;
        Ok(Self { limit: bounded(limit)?, after })
    }

    /// How many rows to read: one more than the page, to know whether it is the last.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(LIMIT_MAX) + 1
    }

    /// Cuts the extra row off and says where the next page starts.
    pub fn cut<T>(&self, mut items: Vec<T>, made: impl Fn(&T) -> (Timestamp, Uuid)) -> (Vec<T>, Option<String>) {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let next = items.last().filter(|_| more).map(|item| {
            let (created_at, id) = made(item);
            format!("{}.{id}", created_at.as_microsecond())
        });
        (items, next)
    }
}

/// The time and id of a cursor such as `1795280195000000.8f942aea-03b5-4c96-9717-4e444291fda1`.
fn moment(cursor: &str) -> Option<(Timestamp, Uuid)> {
    let (microsecond, id) = cursor.split_once('.')?;
    let created_at = Timestamp::from_microsecond(microsecond.parse().ok()?).ok()?;
    Some((created_at, Uuid::try_parse(id).ok()?))
}

fn bounded(limit: Option<i64>) -> Result<usize> {
    let limit = limit.unwrap_or(LIMIT_DEFAULT);
    let limit = usize::try_from(limit).ok().filter(|_| (1..=LIMIT_MAX).contains(&limit));
    limit.ok_or_else(|| Error::invalid(format!("limit must be between 1 and {LIMIT_MAX}")))
}

fn not_ours() -> Error {
    Error::invalid("cursor must be the next_cursor of an earlier page")
}
