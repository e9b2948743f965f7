//! When ticket types admit and which zones they open, read once a backend and revision.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use admit_core::Result;
use admit_core::scan::TicketFacts;
use jiff::Timestamp;
use uuid::Uuid;

use super::config::current_revision;
use crate::call::Call;
use crate::database::{Database, arguments};

/// Terms of more types than this are not kept; the cache starts again.
const KEPT_MAX: usize = 8192;

/// What a ticket's type says of all its tickets.
#[derive(Debug, Clone)]
struct TicketTerms {
    /// The tenant's revision that they belong to.
    revision: Uuid,
    pass_days: Option<i32>,
    valid_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    zones: Arc<[String]>,
}

thread_local! {
    static KEPT: RefCell<HashMap<(i32, Uuid), TicketTerms>> = RefCell::default();
}

/// Completes the facts of a locked ticket: the kept terms, if they belong to `revision`, or what is read now.
pub fn complete(database: &mut Database<'_, '_>, call: &Call, revision: Uuid, facts: &mut TicketFacts) -> Result<()> {
    let key = (call.tenant_id, facts.ticket_type_id);
    let kept = KEPT.with_borrow(|kept| kept.get(&key).filter(|terms| terms.revision == revision).cloned());
    let terms = match kept {
        Some(terms) => terms,
        None => read(database, call, revision, facts.ticket_type_id)?,
    };
    facts.pass_days = terms.pass_days;
    facts.valid_from = terms.valid_from;
    facts.valid_until = terms.valid_until;
    facts.zones = terms.zones;
    Ok(())
}

fn read(database: &mut Database<'_, '_>, call: &Call, revision: Uuid, ticket_type_id: Uuid) -> Result<TicketTerms> {
    let mut rows = database.point_read(
        include_str!("../../../sql/statements/scan_ticket_terms.sql"),
        arguments![call.tenant_id, ticket_type_id],
    )?;
    rows.only("ticket type")?;
    let terms = TicketTerms {
        revision,
        pass_days: rows.optional(1)?,
        valid_from: rows.optional(2)?,
        valid_until: rows.optional(3)?,
        zones: rows.get::<Vec<String>>(4)?.into(),
    };
    // A change may have been committed in between: then it is used, but not kept.
    if current_revision(database, call.tenant_id)? == revision {
        KEPT.with_borrow_mut(|kept| {
            if kept.len() >= KEPT_MAX {
                kept.clear();
            }
            kept.insert((call.tenant_id, ticket_type_id), terms.clone());
        });
    }
    Ok(terms)
}
