//! When ticket types admit, read once a backend, revision and day.

use std::cell::RefCell;
use std::collections::HashMap;

use admit_core::Result;
use admit_core::scan::TicketFacts;
use jiff::Timestamp;
use uuid::Uuid;

use super::config::current_revision;
use crate::call::Call;
use crate::database::{Database, arguments};

/// Terms of more types than this are not kept; the cache starts again.
const KEPT_MAX: usize = 8192;

/// What a ticket's type says of all its tickets, and today at its event.
#[derive(Debug, Clone, Copy)]
struct TicketTerms {
    /// The tenant's revision that they belong to.
    revision: Uuid,
    pass_days: Option<i32>,
    valid_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    /// Today in the event's time zone, in days since 2000-01-01, with its first moment and that of the next day.
    today: i32,
    today_from: Timestamp,
    today_until: Timestamp,
}

thread_local! {
    static KEPT: RefCell<HashMap<(i32, Uuid), TicketTerms>> = RefCell::default();
}

/// Completes the facts of a ticket that was locked by its code: the kept terms, if they belong to `revision`
/// and to this day, or what is read now.
pub fn complete(database: &mut Database<'_, '_>, call: &Call, revision: Uuid, facts: &mut TicketFacts) -> Result<()> {
    let key = (call.tenant_id, facts.ticket_type_id);
    let kept = KEPT.with_borrow(|kept| kept.get(&key).copied());
    let holds =
        |terms: &TicketTerms| terms.revision == revision && (terms.today_from..terms.today_until).contains(&call.now);
    let terms = match kept.filter(holds) {
        Some(terms) => terms,
        None => read(database, call, revision, facts.ticket_type_id)?,
    };
    facts.pass_days = terms.pass_days;
    facts.valid_from = terms.valid_from;
    facts.valid_until = terms.valid_until;
    facts.today = terms.today;
    Ok(())
}

fn read(database: &mut Database<'_, '_>, call: &Call, revision: Uuid, ticket_type_id: Uuid) -> Result<TicketTerms> {
    let mut rows = database.point_read(
        include_str!("../../../sql/statements/scan_ticket_terms.sql"),
        arguments![call.tenant_id, ticket_type_id, call.now],
    )?;
    rows.only("ticket type")?;
    let terms = TicketTerms {
        revision,
        pass_days: rows.optional(1)?,
        valid_from: rows.optional(2)?,
        valid_until: rows.optional(3)?,
        today: rows.get(4)?,
        today_from: rows.get(5)?,
        today_until: rows.get(6)?,
    };
    // A change may have been committed in between: then it is used, but not kept.
    if current_revision(database, call.tenant_id)? == revision {
        KEPT.with_borrow_mut(|kept| {
            if kept.len() >= KEPT_MAX {
                kept.clear();
            }
            kept.insert((call.tenant_id, ticket_type_id), terms);
        });
    }
    Ok(terms)
}
