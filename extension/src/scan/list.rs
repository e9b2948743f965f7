//! Listing scans.

use admit_core::Result;
use admit_core::scan::{ScanList, ScanPage, answer};

use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::{entry_columns, entry_of};
use crate::page::Page;

/// `scan.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: ScanList) -> Result<ScanPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let action = request.outcome.map(|outcome| format!("scan.{}", outcome.as_str()));
    let rows = database.read(
        concat!(
            "SELECT ",
            entry_columns!(),
            " FROM admit.journal AS j \
             LEFT JOIN admit.event AS e ON e.tenant_id = j.tenant_id AND e.event_id = j.event_id \
             WHERE j.tenant_id = $1 AND j.action IN ('scan.admitted', 'scan.denied') \
               AND ($2::uuid IS NULL OR j.entry_id < $2) AND ($4::uuid IS NULL OR j.event_id = $4) \
               AND ($5::uuid IS NULL OR j.gate_id = $5) AND ($6::uuid IS NULL OR j.wallet_id = $6) \
               AND ($7::text IS NULL OR j.action = $7) AND ($8::uuid IS NULL OR e.venue_id = $8) \
               AND ($9::uuid IS NULL OR j.event_id = $9) \
             ORDER BY j.entry_id DESC LIMIT $3"
        ),
        arguments![
            call.tenant_id,
            page.after,
            page.fetch(),
            request.event_id,
            request.gate_id,
            request.wallet_id,
            action,
            call.actor.venue_id,
            call.actor.event_id,
        ],
    )?;
    let items = rows.collect(|row| {
        let entry = entry_of(row)?;
        answer(&entry, &super::store::body_of(&entry)?)
    })?;
    let (items, next_cursor) = page.cut(items, |item| item.scan_id);
    Ok(ScanPage { items, next_cursor })
}
