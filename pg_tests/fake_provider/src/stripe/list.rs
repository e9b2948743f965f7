//! Lists: newest first, in pages.
//!
//! Source: Stripe's API reference "Pagination".

use serde_json::{Value, json};

use super::desk::Desk;
use super::parameters::Parameters;
use super::problem::Problem;
use super::store::Kind;
use crate::object::Object;

const LIMIT_DEFAULT: i64 = 10;
const LIMIT_MAX: i64 = 100;

/// Lists objects of a kind; `filters` are parameters that must be equal to the field of the name.
pub(crate) fn list(desk: &Desk<'_>, kind: Kind, parameters: &Parameters, filters: &[&str]) -> Result<Value, Problem> {
    list_where(desk, kind, parameters, filters, |_| true)
}

/// The same, of the objects for which `fits` holds.
pub(crate) fn list_where(
    desk: &Desk<'_>,
    kind: Kind,
    parameters: &Parameters,
    filters: &[&str],
    fits: impl Fn(&Object) -> bool,
) -> Result<Value, Problem> {
    let mut allowed = vec!["limit", "starting_after", "ending_before", "created"];
    allowed.extend(filters);
    parameters.only(&allowed)?;
    let created = Created::read(parameters)?;
    let mut wanted = Vec::new();
    for name in filters {
        if let Some(text) = parameters.text(name)? {
            wanted.push((*name, text));
        }
    }
    let objects: Vec<&Object> = desk
        .stripe
        .store
        .newest_first(kind, desk.account.as_deref())
        .filter(|object| wanted.iter().all(|(name, text)| object.text(name) == *text))
        .filter(|object| created.contains(object.integer("created")) && fits(object))
        .collect();
    page(&objects, kind, parameters)
}

fn page(objects: &[&Object], kind: Kind, parameters: &Parameters) -> Result<Value, Problem> {
    let limit = parameters.integer("limit")?.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Problem::parameter("limit", "parameter_invalid_integer", "limit must be 1 to 100"));
    }
    let limit = usize::try_from(limit).unwrap_or_default();
    let position = |name: &str| -> Result<Option<usize>, Problem> {
        let Some(id) = parameters.text(name)? else { return Ok(None) };
        let position = objects.iter().position(|object| object.text("id") == id);
        position.map(Some).ok_or_else(|| Problem::no_such(kind.word(), id, Some(name)))
    };
    let (rows, more) = match (position("starting_after")?, position("ending_before")?) {
        (_, Some(before)) => {
            let start = before.saturating_sub(limit);
            (&objects[start..before], start > 0)
        }
        (after, None) => {
            let start = after.map_or(0, |after| after + 1);
            let end = objects.len().min(start + limit);
            (&objects[start..end], end < objects.len())
        }
    };
    let data: Vec<Value> = rows.iter().map(|object| object.value()).collect();
    Ok(json!({"object": "list", "data": data, "has_more": more, "url": kind.list_path()}))
}

/// The `created` filter: a second, or bounds.
struct Created {
    from: i64,
    to: i64,
}

impl Created {
    fn read(parameters: &Parameters) -> Result<Self, Problem> {
        let mut created = Self { from: i64::MIN, to: i64::MAX };
        let Some(bounds) = parameters.child("created") else { return Ok(created) };
        if let Ok(Some(second)) = parameters.integer("created") {
            return Ok(Self { from: second, to: second });
        }
        bounds.only(&["gt", "gte", "lt", "lte"])?;
        if let Some(second) = bounds.integer("gt")? {
            created.from = created.from.max(second.saturating_add(1));
        }
        if let Some(second) = bounds.integer("gte")? {
            created.from = created.from.max(second);
        }
        if let Some(second) = bounds.integer("lt")? {
            created.to = created.to.min(second.saturating_sub(1));
        }
        if let Some(second) = bounds.integer("lte")? {
            created.to = created.to.min(second);
        }
        Ok(created)
    }

    fn contains(&self, second: i64) -> bool {
        (self.from..=self.to).contains(&second)
    }
}
