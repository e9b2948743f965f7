//! What a ticket's or wallet's holder did at an event: read where a scan comes late, or is taken back.

use admit_core::Result;
use admit_core::policy::Calendar;
use admit_core::scan::Admission;
use jiff::Timestamp;
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};

/// A holder's passages at an event.
#[derive(Default)]
pub struct Passages {
    /// Admissions that count, in the order of their times.
    pub admissions: Vec<Admission>,
    /// When the holder left.
    pub exits: Vec<Timestamp>,
}

/// Reads the passages of a ticket, or of a wallet at an event.
pub fn read(
    database: &mut Database<'_, '_>,
    call: &Call,
    ticket_id: Option<Uuid>,
    wallet_id: Option<Uuid>,
    event_id: Uuid,
    calendar: &Calendar,
) -> Result<Passages> {
    let mut rows = match ticket_id {
        Some(ticket_id) => database.point_read(
            include_str!("../../../sql/statements/scan_past_ticket.sql"),
            arguments![call.tenant_id, ticket_id],
        )?,
        None => database.point_read(
            include_str!("../../../sql/statements/scan_past_wallet.sql"),
            arguments![call.tenant_id, wallet_id, event_id],
        )?,
    };
    let mut passages = Passages::default();
    while rows.next() {
        let at: Timestamp = rows.get(3)?;
        if rows.get(4)? {
            passages.exits.push(at);
            continue;
        }
        let admission = Admission {
            scan_id: rows.get(1)?,
            admitted_at: at,
            day: calendar.day(at),
            gate_id: rows.optional(2)?,
            number: rows.optional(5)?.unwrap_or_default(),
            code_step: rows.optional(6)?,
            is_override: rows.get(7)?,
        };
        passages.admissions.push(admission);
    }
    passages.admissions.sort_by_key(|admission| admission.admitted_at);
    Ok(passages)
}
