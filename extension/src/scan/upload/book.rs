//! Writing an upload: a handful of statements, however many scans it has.

use std::collections::HashMap;

use admit_core::Result;
use admit_core::journal::Entry;
use admit_core::scan::{Presence, ScanBody, Verdict};
use jiff::Timestamp;
use uuid::Uuid;

use super::subject::{PresenceState, Subjects};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::{Position, entry_arguments_at};

/// A scan that is written.
pub struct Booked {
    /// Its journal entry.
    pub entry: Entry<ScanBody>,
    /// The device's number for it.
    pub nonce: Uuid,
    /// Fingerprint of what was asked.
    pub digest: i64,
    /// The ticket that passed, and which of its entries it was; none for an exit.
    pub ticket_use: Option<(Uuid, Option<i32>)>,
}

/// A conflict that is written.
pub struct Conflict {
    /// The scan that does not count.
    pub scan_id: Uuid,
    /// The scan that does.
    pub other_scan_id: Option<Uuid>,
    /// In one word.
    pub verdict: Verdict,
    /// What the rules say against it.
    pub reason: Option<&'static str>,
}

/// Writes the journal and the scans.
pub fn scans(database: &mut Database<'_, '_>, call: &Call, device_id: Uuid, booked: &[Booked]) -> Result<()> {
    let mut ords = Vec::with_capacity(booked.len());
    let mut free = Columns::default();
    let mut place = None;
    for scan in booked {
        let (hash, position) = (scan.entry.hash(), Position::next());
        ords.push(position.ord);
        place = Some((position.lineage, position.xid));
        if scan.entry.legs.is_empty() {
            free.push(&scan.entry, position.ord, &hash)?;
        } else {
            let arguments = entry_arguments_at(position, &scan.entry, &hash)?;
            database.write(include_str!("../../../../sql/statements/journal_append.sql"), &arguments)?;
        }
    }
    let Some((lineage, xid)) = place else { return Ok(()) };
    free.store(database, call, lineage, xid)?;
    database.write(
        include_str!("../../../../sql/statements/upload_scans.sql"),
        arguments![
            call.tenant_id,
            device_id,
            lineage,
            xid,
            booked.iter().map(|scan| scan.nonce).collect::<Vec<_>>(),
            ords,
            booked.iter().map(|scan| scan.digest).collect::<Vec<_>>(),
            booked.iter().map(|scan| scan.ticket_use.map(|used| used.0)).collect::<Vec<_>>(),
            booked.iter().map(|scan| scan.ticket_use.and_then(|used| used.1)).collect::<Vec<_>>(),
        ],
    )?;
    Ok(())
}

/// The columns of entries that move no money.
#[derive(Default)]
struct Columns {
    ord: Vec<i32>,
    entry_id: Vec<Uuid>,
    event_id: Vec<Option<Uuid>>,
    gate_id: Vec<Option<Uuid>>,
    wallet_id: Vec<Option<Uuid>>,
    action: Vec<String>,
    body: Vec<String>,
    /// In hexadecimal digits: there are no arrays of bytes.
    hash: Vec<String>,
}

impl Columns {
    fn push(&mut self, entry: &Entry<ScanBody>, ord: i32, hash: &[u8; 32]) -> Result<()> {
        self.ord.push(ord);
        self.entry_id.push(entry.entry_id);
        self.event_id.push(entry.event_id);
        self.gate_id.push(entry.gate_id);
        self.wallet_id.push(entry.wallet_id);
        self.action.push(entry.action.clone());
        self.body.push(crate::journal::body_text(entry)?);
        self.hash.push(data_encoding::HEXLOWER.encode(hash));
        Ok(())
    }

    fn store(self, database: &mut Database<'_, '_>, call: &Call, lineage: i64, xid: i64) -> Result<()> {
        database.write(
            include_str!("../../../../sql/statements/upload_journal.sql"),
            arguments![
                call.tenant_id,
                lineage,
                xid,
                call.now,
                call.actor.id,
                call.actor.kind.as_str(),
                self.ord,
                self.entry_id,
                self.event_id,
                self.gate_id,
                self.wallet_id,
                self.action,
                self.body,
                self.hash,
            ],
        )?;
        Ok(())
    }
}

/// Presence as columns.
#[derive(Default)]
struct PresenceColumns {
    entries: Vec<i32>,
    inside: Vec<bool>,
    admitted_at: Vec<Option<Timestamp>>,
    gate_id: Vec<Option<Uuid>>,
    last_day: Vec<Option<i32>>,
    day_entries: Vec<i32>,
    annulled: Vec<i32>,
}

impl PresenceColumns {
    fn push(&mut self, presence: &Presence) {
        self.entries.push(presence.entries);
        self.inside.push(presence.inside);
        self.admitted_at.push(presence.admitted_at);
        self.gate_id.push(presence.gate_id);
        self.last_day.push(presence.last_day);
        self.day_entries.push(presence.day_entries);
        self.annulled.push(presence.annulled);
    }
}

/// Writes wallets, presence and tickets that changed.
pub fn subjects(database: &mut Database<'_, '_>, call: &Call, subjects: &Subjects) -> Result<()> {
    let wallets: Vec<_> = subjects.wallets.iter().filter(|(_, wallet)| wallet.changed).collect();
    if !wallets.is_empty() {
        database.point(
            include_str!("../../../../sql/statements/upload_wallets.sql"),
            arguments![
                call.tenant_id,
                wallets.iter().map(|(wallet_id, _)| **wallet_id).collect::<Vec<_>>(),
                wallets.iter().map(|(_, wallet)| wallet.balance_cents).collect::<Vec<_>>(),
            ],
        )?;
    }
    presences(database, call, &subjects.presences)?;
    tickets(database, call, subjects)
}

fn presences(
    database: &mut Database<'_, '_>,
    call: &Call,
    presences: &HashMap<(Uuid, Uuid), PresenceState>,
) -> Result<()> {
    let changed: Vec<_> = presences.iter().filter(|(_, known)| known.changed).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let mut columns = PresenceColumns::default();
    changed.iter().for_each(|(_, known)| columns.push(&known.presence));
    database.point(
        include_str!("../../../../sql/statements/upload_presences.sql"),
        arguments![
            call.tenant_id,
            changed.iter().map(|((wallet_id, _), _)| *wallet_id).collect::<Vec<_>>(),
            changed.iter().map(|((_, event_id), _)| *event_id).collect::<Vec<_>>(),
            columns.entries,
            columns.inside,
            columns.admitted_at,
            columns.gate_id,
            columns.last_day,
            columns.day_entries,
            columns.annulled,
        ],
    )?;
    Ok(())
}

fn tickets(database: &mut Database<'_, '_>, call: &Call, subjects: &Subjects) -> Result<()> {
    let changed: Vec<_> = subjects.tickets.values().filter(|ticket| ticket.changed).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let mut columns = PresenceColumns::default();
    changed.iter().for_each(|ticket| columns.push(&ticket.presence));
    database.point(
        include_str!("../../../../sql/statements/upload_tickets.sql"),
        arguments![
            call.tenant_id,
            changed.iter().map(|ticket| ticket.facts.ticket_id).collect::<Vec<_>>(),
            columns.entries,
            columns.inside,
            columns.admitted_at,
            columns.gate_id,
            columns.last_day,
            columns.day_entries,
            columns.annulled,
            changed.iter().map(|ticket| ticket.facts.state.as_str().to_owned()).collect::<Vec<_>>(),
            changed.iter().map(|ticket| ticket.facts.days_used).collect::<Vec<_>>(),
            changed.iter().map(|ticket| ticket.facts.last_step).collect::<Vec<_>>(),
        ],
    )?;
    Ok(())
}

/// Writes what staff should look at.
pub fn conflicts(database: &mut Database<'_, '_>, call: &Call, conflicts: &[Conflict]) -> Result<()> {
    if conflicts.is_empty() {
        return Ok(());
    }
    database.point(
        include_str!("../../../../sql/statements/upload_conflicts.sql"),
        arguments![
            call.tenant_id,
            call.now,
            conflicts.iter().map(|conflict| conflict.scan_id).collect::<Vec<_>>(),
            conflicts.iter().map(|conflict| conflict.other_scan_id).collect::<Vec<_>>(),
            conflicts.iter().map(|conflict| conflict.verdict.as_str().to_owned()).collect::<Vec<_>>(),
            conflicts.iter().map(|conflict| conflict.reason.map(str::to_owned)).collect::<Vec<_>>(),
        ],
    )?;
    Ok(())
}
