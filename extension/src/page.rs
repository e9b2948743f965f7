//! Keyset paging by id, newest first.

use admit_core::{Error, Result};
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
        let limit = limit.unwrap_or(LIMIT_DEFAULT);
        let limit = usize::try_from(limit).ok().filter(|_| (1..=LIMIT_MAX).contains(&limit));
        let limit = limit.ok_or_else(|| Error::invalid(format!("limit must be between 1 and {LIMIT_MAX}")))?;
        let after = cursor
            .map(|cursor| {
                Uuid::try_parse(cursor).map_err(|_| Error::invalid("cursor must be the next_cursor of an earlier page"))
            })
            .transpose()?;
        Ok(Self { limit, after })
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
