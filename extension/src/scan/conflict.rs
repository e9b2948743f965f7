//! What uploads left for staff to look at.

use admit_core::scan::{ConflictList, ConflictPage, ConflictResolve, ConflictView, Reason, Verdict};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;

use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::journal::{Fact, append};
use crate::page::Page;

/// `scan_conflict.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: ConflictList) -> Result<ConflictPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    if let Some(event_id) = request.event_id {
        crate::venue::require_event(database, call, event_id)?;
    }
    let rows = database.read(
        include_str!("../../../sql/statements/scan_conflict_list.sql"),
        arguments![
            call.tenant_id,
            page.after,
            page.fetch(),
            request.event_id,
            request.device_id,
            request.resolved,
            call.actor.venue_id,
            call.actor.event_id,
        ],
    )?;
    let (items, next_cursor) = page.cut(rows.collect(view)?, |item| item.scan_id);
    Ok(ConflictPage { items, next_cursor })
}

/// `scan_conflict.resolve`
pub fn resolve(database: &mut Database<'_, '_>, call: &Call, request: ConflictResolve) -> Result<ConflictView> {
    let note = required_text("note", &request.note, 500)?;
    let mut rows = database.write(
        include_str!("../../../sql/statements/scan_conflict_lock.sql"),
        arguments![call.tenant_id, request.scan_id],
    )?;
    rows.only("conflict")?;
    let mut conflict = view(&rows)?;
    call.require_scope("conflict", rows.optional(14)?, conflict.event_id)?;
    if conflict.resolved_at.is_some() {
        return Err(Error::new(ErrorCode::Conflict, "the conflict was resolved already"));
    }
    database.write(
        "UPDATE admit.scan_conflict SET resolved_at = $3, note = $4 WHERE tenant_id = $1 AND scan_id = $2",
        arguments![call.tenant_id, request.scan_id, call.now, note.as_str()],
    )?;
    let body = json!({"note": note, "scan_id": request.scan_id});
    append(
        database,
        call,
        Fact {
            action: "scan_conflict.resolved",
            event_id: conflict.event_id,
            gate_id: conflict.gate_id,
            wallet_id: conflict.wallet_id,
            money: None,
            body,
        },
    )?;
    conflict.resolved_at = Some(call.now);
    conflict.note = Some(note);
    Ok(conflict)
}

fn view(row: &Rows<'_>) -> Result<ConflictView> {
    let verdict = Verdict::from_word(&row.get::<String>(3)?);
    let reason: Option<String> = row.optional(4)?;
    Ok(ConflictView {
        scan_id: row.get(1)?,
        other_scan_id: row.optional(2)?,
        verdict: verdict.ok_or_else(|| Error::new(ErrorCode::Internal, "a stored verdict cannot be read"))?,
        reason: reason.and_then(|word| Reason::from_word(&word)),
        event_id: row.optional(5)?,
        gate_id: row.optional(6)?,
        device_id: row.optional(7)?,
        ticket_id: row.optional(8)?,
        wallet_id: row.optional(9)?,
        scanned_at: row.get(10)?,
        detected_at: row.get(11)?,
        resolved_at: row.optional(12)?,
        note: row.optional(13)?,
    })
}
