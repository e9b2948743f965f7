//! Taking in the scans of an upload one after the other, each on what those before it left.

use std::collections::HashMap;

use admit_core::device::DevicePlacement;
use admit_core::scan::{
    Admission, Decision, Judgement, OfflineRecord, Outcome, Presence, Reason, ScanBody, ScanKind, UploadedScan,
    Verdict, answer,
};
use admit_core::ticket::TicketState;
use admit_core::{ErrorCode, Result};
use jiff::Timestamp;
use uuid::Uuid;

use super::book::{self, Booked, Conflict};
use super::pasts::Pasts;
use super::room::Room;
use super::subject::{Subject, Subjects};
use super::{Arrived, Door, Doors, MALFORMED};
use crate::call::Call;
use crate::database::Database;
use crate::journal::Fact;

/// An upload under way.
pub struct Intake<'a> {
    device_id: Uuid,
    pub(super) device: &'a DevicePlacement,
    revision: Uuid,
    doors: Doors,
    pub(super) subjects: Subjects,
    pub(super) room: Room,
    pub(super) pasts: Pasts,
    /// When the holder of a ticket or wallet left an event, by this upload.
    pub(super) exits: HashMap<(Uuid, Uuid), Vec<Timestamp>>,
    booked: Vec<Booked>,
    conflicts: Vec<Conflict>,
}

impl<'a> Intake<'a> {
    /// Nothing is taken in yet.
    pub fn new(
        device_id: Uuid,
        device: &'a DevicePlacement,
        revision: Uuid,
        doors: Doors,
        subjects: Subjects,
        room: Room,
        arrived: &[Arrived<'_>],
    ) -> Self {
        let mut exits: HashMap<(Uuid, Uuid), Vec<Timestamp>> = HashMap::new();
        for scan in arrived.iter().filter(|scan| scan.left()) {
            if let (Some(holder_id), Some(event_id)) = (subjects.holder_id(scan), scan.event_id) {
                exits.entry((holder_id, event_id)).or_default().push(scan.time.at);
            }
        }
        let (booked, conflicts) = (Vec::new(), Vec::new());
        let pasts = Pasts::default();
        Self { device_id, device, revision, doors, subjects, room, pasts, exits, booked, conflicts }
    }

    /// Judges one scan and remembers what it changes.
    pub fn take(&mut self, database: &mut Database<'_, '_>, call: &Call, scan: &Arrived<'_>) -> Result<UploadedScan> {
        let config = scan.event_id.and_then(|event_id| self.doors.get(&(event_id, scan.gate_id)).cloned());
        let (Some(config), None) = (config, &scan.malformed) else {
            return self.book_malformed(call, scan, scan.malformed.as_deref());
        };
        let mut subject = self.subjects.of(scan)?;
        if self.device.revoked {
            subject.wallet = Err(Reason::DeviceRevoked);
        }
        if let Some(key_id) = subject.key_id
            && crate::key::is_revoked(database, call.tenant_id, self.revision, key_id)?
        {
            subject.wallet = Err(Reason::KeyRevoked);
        }
        let judgement = match self.weigh(database, call, scan, &config.scan, &subject) {
            // A price that cannot be charged stops no other scan.
            Err(error) if error.code == ErrorCode::InvalidAmount => {
                return self.book_malformed(call, scan, Some(&error.detail));
            }
            judgement => judgement?,
        };
        self.book(call, scan, &config, &subject, judgement)
    }

    /// Remembers a judged scan.
    fn book(
        &mut self,
        call: &Call,
        scan: &Arrived<'_>,
        config: &Door,
        subject: &Subject,
        judgement: Judgement,
    ) -> Result<UploadedScan> {
        let Judgement { verdict, decision, other_scan_id, displaces } = judgement;
        let mut body = ScanBody::new(&scan.input, &decision, call.now, config.receipt_key);
        body.offline = Some(record(scan, verdict, other_scan_id));
        let admitted = decision.outcome == Outcome::Admitted;
        let fact = Fact {
            action: action(admitted, scan.sent.outcome),
            event_id: Some(config.scan.event_id),
            gate_id: Some(config.scan.gate_id),
            wallet_id: subject.wallet_id,
            money: Some((config.scan.currency, decision.legs.clone())),
            body,
        };
        let entry_id = self.push(call, scan, fact, &decision)?;
        if admitted && scan.input.kind == ScanKind::Entry {
            let admission = Admission {
                scan_id: entry_id,
                admitted_at: scan.time.at,
                day: config.scan.calendar.day(scan.time.at),
                gate_id: Some(config.scan.gate_id),
                number: decision.presence.entries,
                code_step: decision.ticket.as_ref().and_then(|ticket| ticket.code_step),
                is_override: false,
            };
            self.pasts.add(subject, config.scan.event_id, admission, other_scan_id.filter(|_| displaces));
        }
        if admitted {
            self.change(scan, config.scan.event_id, subject, &decision, entry_id);
        }
        if displaces && let Some(loser) = other_scan_id {
            let reason = Some(Reason::Duplicate.as_str());
            let conflict =
                Conflict { scan_id: loser, other_scan_id: Some(entry_id), verdict: Verdict::Duplicate, reason };
            self.conflicts.push(conflict);
        }
        if verdict != Verdict::Success {
            let reason = decision.reason().map(Reason::as_str);
            self.conflicts.push(Conflict { scan_id: entry_id, other_scan_id, verdict, reason });
        }
        self.verdict(scan, verdict, other_scan_id)
    }

    /// Remembers a scan that contradicts itself, or names no event.
    fn book_malformed(&mut self, call: &Call, scan: &Arrived<'_>, error: Option<&str>) -> Result<UploadedScan> {
        let mut body = ScanBody::malformed(&scan.input, call.now, MALFORMED);
        body.offline = Some(record(scan, Verdict::Error, None));
        let fact = Fact {
            action: "scan.conflict",
            event_id: scan.event_id,
            gate_id: scan.known_gate_id,
            wallet_id: None,
            money: None,
            body,
        };
        let entry_id = self.push_entry(call, scan, fact, None)?;
        let reason = Some(MALFORMED.as_str());
        self.conflicts.push(Conflict { scan_id: entry_id, other_scan_id: None, verdict: Verdict::Error, reason });
        let mut verdict = self.verdict(scan, Verdict::Error, None)?;
        verdict.error = error.map(str::to_owned);
        Ok(verdict)
    }

    fn push(&mut self, call: &Call, scan: &Arrived<'_>, fact: Fact<ScanBody>, decision: &Decision) -> Result<Uuid> {
        let passed = decision.outcome == Outcome::Admitted && !scan.input.kind.is_sale();
        let number = (scan.input.kind == ScanKind::Entry).then_some(decision.presence.entries);
        let ticket = decision.ticket.as_ref().filter(|_| passed);
        self.push_entry(call, scan, fact, ticket.map(|ticket| (ticket.ticket_id, number)))
    }

    fn push_entry(
        &mut self,
        call: &Call,
        scan: &Arrived<'_>,
        mut fact: Fact<ScanBody>,
        ticket_use: Option<(Uuid, Option<i32>)>,
    ) -> Result<Uuid> {
        fact.body.request.clone_from(&call.request);
        fact.body.device_id = (call.actor.id != Some(self.device_id)).then_some(self.device_id);
        let entry = fact.into_entry(call)?;
        let entry_id = entry.entry_id;
        self.booked.push(Booked { entry, nonce: scan.sent.nonce, digest: scan.digest, ticket_use });
        Ok(entry_id)
    }

    /// What an admission changes.
    fn change(&mut self, scan: &Arrived<'_>, event_id: Uuid, subject: &Subject, decision: &Decision, entry_id: Uuid) {
        let passage = !scan.input.kind.is_sale();
        if let (Some(wallet_id), true) = (subject.wallet_id, decision.charged_cents > 0)
            && let Some(wallet) = self.subjects.wallets.get_mut(&wallet_id)
        {
            wallet.balance_cents -= decision.charged_cents;
            wallet.changed = true;
        }
        if let Some(used) = decision.ticket.as_ref().filter(|_| passage) {
            if let Some(known) = self.subjects.tickets.get_mut(&used.ticket_id) {
                let expired = known.facts.state == TicketState::Expired && used.state == TicketState::Active;
                known.facts.state = if expired { TicketState::Expired } else { used.state };
                known.facts.days_used = used.days_used;
                known.facts.last_step = used.last_step;
                known.last_scan_id = last_scan(known.last_scan_id, &known.presence, decision, scan, entry_id);
                known.presence = decision.presence;
                known.changed = true;
            }
        } else if let (Some(wallet_id), true) = (subject.wallet_id, passage) {
            let known = self.subjects.presences.entry((wallet_id, event_id)).or_default();
            known.last_scan_id = last_scan(known.last_scan_id, &known.presence, decision, scan, entry_id);
            known.presence = decision.presence;
            known.changed = true;
        }
    }

    /// What the device is told of the scan that was remembered last.
    fn verdict(&self, scan: &Arrived<'_>, verdict: Verdict, other_scan_id: Option<Uuid>) -> Result<UploadedScan> {
        let last = self.booked.last();
        let answered = last.map(|booked| answer(&booked.entry, &booked.entry.body)).transpose()?;
        Ok(UploadedScan {
            nonce: scan.sent.nonce,
            verdict,
            repeated: false,
            scan_id: answered.as_ref().map(|answered| answered.scan_id),
            reason: answered.as_ref().and_then(|answered| answered.reason),
            rule: answered.as_ref().and_then(|answered| answered.rule),
            other_scan_id,
            prior: answered.as_ref().and_then(|answered| answered.prior.clone()),
            entry_number: answered.as_ref().and_then(|answered| answered.entry_number),
            charged_cents: answered.as_ref().map(|answered| answered.charged_cents).unwrap_or_default(),
            scanned_at: Some(scan.time.at),
            error: None,
        })
    }

    /// Writes everything.
    pub fn store(self, database: &mut Database<'_, '_>, call: &Call) -> Result<()> {
        book::subjects(database, call, &self.subjects)?;
        self.room.store(database, call)?;
        book::scans(database, call, self.device_id, &self.booked)?;
        book::conflicts(database, call, &self.conflicts)
    }
}

/// The admission of this upload that the presence after a passage tells of.
fn last_scan(
    known: Option<Uuid>,
    before: &Presence,
    decision: &Decision,
    scan: &Arrived<'_>,
    entry_id: Uuid,
) -> Option<Uuid> {
    if scan.input.kind != ScanKind::Entry || decision.presence.admitted_at == before.admitted_at {
        return known;
    }
    Some(entry_id).filter(|_| decision.presence.admitted_at == Some(scan.time.at))
}

fn action(admitted: bool, by_device: Outcome) -> &'static str {
    match (admitted, by_device) {
        (true, _) => "scan.admitted",
        (false, Outcome::Denied) => "scan.denied",
        (false, Outcome::Admitted) => "scan.conflict",
    }
}

fn record(scan: &Arrived<'_>, verdict: Verdict, other_scan_id: Option<Uuid>) -> OfflineRecord {
    OfflineRecord {
        clock_offset_ms: scan.time.clock_offset_ms,
        clock_suspect: scan.time.suspect,
        device_outcome: scan.sent.outcome,
        device_reason: scan.sent.reason,
        device_scanned_at: scan.sent.scanned_at,
        other_scan_id,
        verdict,
    }
}
