//! Taking a mistaken scan back.

use admit_core::fee::{Action, Legs};
use admit_core::journal::Entry;
use admit_core::scan::{Presence, RecordedUse, ScanAnnul, ScanAnnulled, ScanBody, Undone, undo};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::config::{self, GateConfig};
use super::{past, place, store};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::{Fact, append, entry_of};

/// An admitted scan, with what locks were taken for.
struct Admitted {
    entry: Entry,
    body: ScanBody,
    event_id: Uuid,
    gate_id: Uuid,
}

/// `scan.annul`
pub fn annul(database: &mut Database<'_, '_>, call: &Call, request: ScanAnnul) -> Result<ScanAnnulled> {
    let reason = required_text("reason", &request.reason, 500)?;
    let mut scan = find(database, call, request.scan_id)?;
    let balance_cents = lock_wallet(database, call, &scan)?;
    let present = lock_presence(database, call, &scan)?;
    remember(database, call, request.scan_id, scan.event_id)?;
    let revision = config::current_revision(database, call.tenant_id)?;
    let config = config::load(database, call, revision, scan.event_id, scan.gate_id)?;
    let mut inside = None;
    if let Some(present) = present {
        // With a network the time of booking is what is kept, however late the device sent the scan.
        let offline = scan.body.offline.as_ref().and(scan.body.scanned_at);
        let scanned_at = offline.unwrap_or(scan.entry.recorded_at);
        if scan.body.action != Action::Exit {
            scan.body.prior = last_before(database, call, &scan, &config)?;
        }
        let undone = undo(&scan.body, scanned_at, present, &config.scan.calendar)?;
        move_place(database, call, &config, undone.occupancy)?;
        restore(database, call, &scan, &undone)?;
        inside = Some(undone.presence.inside);
    }
    let returned_cents: i64 = scan.body.charges.iter().map(|charge| charge.1).sum();
    if returned_cents > 0 {
        database.point(
            "UPDATE admit.wallet SET balance_cents = balance_cents + $3 WHERE tenant_id = $1 AND wallet_id = $2",
            arguments![call.tenant_id, scan.entry.wallet_id, returned_cents],
        )?;
    }
    let entry = record(database, call, &scan, &reason)?;
    Ok(ScanAnnulled {
        scan_id: request.scan_id,
        entry_id: entry.entry_id,
        returned_cents,
        balance_cents: balance_cents.map(|balance_cents| balance_cents + returned_cents),
        inside,
        annulled_at: call.now,
    })
}

fn find(database: &mut Database<'_, '_>, call: &Call, scan_id: Uuid) -> Result<Admitted> {
    let mut rows = database
        .read(include_str!("../../../sql/statements/receipt_entry.sql"), arguments![call.tenant_id, scan_id])?;
    rows.only("scan")?;
    let entry = entry_of(&rows)?;
    call.require_scope("scan", rows.optional(14)?, entry.event_id)?;
    match entry.action.as_str() {
        "scan.admitted" => {}
        "scan.denied" => {
            return Err(Error::new(ErrorCode::Conflict, "a denied scan changed nothing: there is nothing to annul"));
        }
        _ => return Err(Error::not_found("scan")),
    }
    let (Some(event_id), Some(gate_id)) = (entry.event_id, entry.gate_id) else {
        return Err(Error::new(ErrorCode::Internal, "a stored scan has no event or gate"));
    };
    Ok(Admitted { body: store::body_of(&entry)?, entry, event_id, gate_id })
}

/// Locks the wallet that paid, or that passed without a ticket; gives its balance.
fn lock_wallet(database: &mut Database<'_, '_>, call: &Call, scan: &Admitted) -> Result<Option<i64>> {
    if scan.body.ticket_id.is_some() && scan.entry.legs.is_empty() {
        return Ok(None);
    }
    let mut rows = database.point(
        "SELECT balance_cents FROM admit.wallet WHERE tenant_id = $1 AND wallet_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, scan.entry.wallet_id],
    )?;
    rows.only("wallet")?;
    rows.get(1).map(Some)
}

/// The presence that the scan changed, with its ticket locked; none for a sale.
fn lock_presence(database: &mut Database<'_, '_>, call: &Call, scan: &Admitted) -> Result<Option<Presence>> {
    if scan.body.action.is_sale() {
        return Ok(None);
    }
    let mut rows = match scan.body.ticket_id {
        Some(ticket_id) => database.point(
            include_str!("../../../sql/statements/scan_annul_lock_ticket.sql"),
            arguments![call.tenant_id, ticket_id],
        )?,
        None => database.point(
            include_str!("../../../sql/statements/scan_annul_presence.sql"),
            arguments![call.tenant_id, scan.entry.wallet_id, scan.event_id],
        )?,
    };
    rows.only("presence")?;
    Ok(Some(Presence {
        entries: rows.get(1)?,
        inside: rows.get(2)?,
        admitted_at: rows.optional(3)?,
        gate_id: rows.optional(4)?,
        last_day: rows.optional(5)?,
        day_entries: rows.get(6)?,
        annulled: rows.get(7)?,
    }))
}

/// The last of the holder's other admissions. It may have arrived after the scan, and the one that was the last then
/// may count no longer.
fn last_before(
    database: &mut Database<'_, '_>,
    call: &Call,
    scan: &Admitted,
    config: &GateConfig,
) -> Result<Option<RecordedUse>> {
    let calendar = &config.scan.calendar;
    let passages = past::read(database, call, scan.body.ticket_id, scan.entry.wallet_id, scan.event_id, calendar)?;
    let mut others = passages.admissions.into_iter().filter(|admission| admission.scan_id != scan.entry.entry_id);
    Ok(others.next_back().map(|last| RecordedUse(last.admitted_at, last.gate_id, last.number)))
}

/// A scan is taken back once.
fn remember(database: &mut Database<'_, '_>, call: &Call, scan_id: Uuid, event_id: Uuid) -> Result<()> {
    let stored = database.write(
        "INSERT INTO admit.scan_annulment (tenant_id, scan_id, event_id, annulled_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT DO NOTHING RETURNING 1",
        arguments![call.tenant_id, scan_id, event_id, call.now],
    )?;
    if stored.is_empty() {
        return Err(Error::new(ErrorCode::Conflict, "the scan was annulled already"));
    }
    Ok(())
}

fn move_place(database: &mut Database<'_, '_>, call: &Call, config: &GateConfig, occupancy: i32) -> Result<()> {
    let pools = place::pools(&config.scan);
    match occupancy {
        -1 => place::give_places(database, call.tenant_id, &pools),
        1 if !place::take_places(database, call.tenant_id, &pools)? => Err(Error::new(
            ErrorCode::Conflict,
            "the event or venue is full: whoever left cannot be counted as inside again",
        )),
        _ => Ok(()),
    }
}

fn restore(database: &mut Database<'_, '_>, call: &Call, scan: &Admitted, undone: &Undone) -> Result<()> {
    let Presence { inside, admitted_at, gate_id, last_day, day_entries, annulled, .. } = undone.presence;
    match scan.body.ticket_id {
        Some(ticket_id) => database.point(
            include_str!("../../../sql/statements/scan_annul_ticket.sql"),
            arguments![
                call.tenant_id,
                ticket_id,
                inside,
                admitted_at,
                gate_id,
                last_day,
                day_entries,
                annulled,
                undone.days
            ],
        ),
        None => database.point(
            include_str!("../../../sql/statements/scan_annul_wallet.sql"),
            arguments![
                call.tenant_id,
                scan.entry.wallet_id,
                scan.event_id,
                inside,
                admitted_at,
                gate_id,
                last_day,
                day_entries,
                annulled,
            ],
        ),
    }
    .map(|_| ())
}

fn record(database: &mut Database<'_, '_>, call: &Call, scan: &Admitted, reason: &str) -> Result<Entry> {
    let mut body = json!({"action": scan.body.action, "reason": reason, "scan_id": scan.entry.entry_id});
    if let (Some(ticket_id), Some(fields)) = (scan.body.ticket_id, body.as_object_mut()) {
        fields.insert("ticket_id".to_owned(), json!(ticket_id));
    }
    let back: Legs = scan.entry.legs.iter().map(|(account, amount)| (*account, -amount)).collect();
    append(
        database,
        call,
        Fact {
            action: "scan.annulled",
            event_id: Some(scan.event_id),
            gate_id: Some(scan.gate_id),
            wallet_id: scan.entry.wallet_id,
            money: scan.entry.currency.map(|currency| (currency, back)),
            body,
        },
    )
}
