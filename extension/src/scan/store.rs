//! Storing a decision in one statement, and the answer that follows from what is stored.

use admit_core::journal::Entry;
use admit_core::scan::{Decision, Outcome, ScanAnswer, ScanBody, ScanKind, answer, receipt_content};
use admit_core::{Error, ErrorCode, Result};

use super::Asked;
use super::resolve::Ready;
use crate::call::Call;
use crate::database::{Argument, Database};
use crate::journal::{Fact, entry_arguments};
use crate::key::sign_receipt;

/// Writes wallet, presence, journal and scan, and answers.
pub fn store(
    database: &mut Database<'_, '_>,
    call: &Call,
    asked: &Asked<'_>,
    ready: &Ready,
    decision: Decision,
) -> Result<ScanAnswer> {
    let config = &ready.config;
    let mut body = ScanBody::new(&asked.input, &decision, call.now, config.receipt_key);
    body.request.clone_from(&call.request);
    body.device_id = asked.device_id.filter(|device_id| call.actor.id != Some(*device_id));
    let Decision { outcome, presence, charged_cents, legs, ticket, .. } = decision;
    let fact = Fact {
        action: match outcome {
            Outcome::Admitted => "scan.admitted",
            Outcome::Denied => "scan.denied",
        },
        event_id: Some(config.scan.event_id),
        gate_id: Some(config.scan.gate_id),
        wallet_id: ready.holder.wallet_id,
        money: Some((config.scan.currency, legs)),
        body,
    };
    let entry = fact.into_entry(call)?;
    let hash = entry.hash();
    let admitted = outcome == Outcome::Admitted;
    let passage = admitted && !asked.input.kind.is_sale();
    let mut arguments = entry_arguments(&entry, &hash)?;
    arguments.extend([asked.scanner_id.datum(), asked.nonce.datum(), ready.digest.datum()]);
    if admitted && charged_cents > 0 {
        arguments.push(charged_cents.datum());
    }
    if let (Some(ticket), true) = (&ticket, passage) {
        // Only entries are uses: leaving is none.
        let use_number = (asked.input.kind == ScanKind::Entry).then_some(presence.entries);
        arguments.extend([use_number.datum(), ticket.ticket_id.datum()]);
    }
    if passage {
        arguments.extend([
            presence.entries.datum(),
            presence.inside.datum(),
            presence.admitted_at.datum(),
            presence.gate_id.datum(),
            presence.last_day.datum(),
            presence.day_entries.datum(),
        ]);
    }
    let text = match ticket.filter(|_| passage) {
        Some(ticket) => {
            arguments.extend([ticket.state.as_str().datum(), ticket.days_used.datum(), ticket.last_step.datum()]);
            include_str!("../../../sql/statements/scan_store_ticket.sql")
        }
        None => statement(passage, !ready.known_presence, admitted && charged_cents > 0),
    };
    database.point(text, &arguments)?;
    let mut answered = answer(&entry, &entry.body)?;
    if let Some(key_id) = entry.body.receipt_key {
        let content = receipt_content(&entry, &hash);
        answered.receipt = Some(sign_receipt(database, call.tenant_id, key_id, &content)?);
    }
    Ok(answered)
}

/// The storing statement: only the rows that change are written. The wallet's lock makes it safe
/// to know beforehand whether the wallet has a presence at the event.
fn statement(passage: bool, first: bool, charged: bool) -> &'static str {
    match (passage, first, charged) {
        (false, _, false) => include_str!("../../../sql/statements/scan_store_denied.sql"),
        (false, _, true) => include_str!("../../../sql/statements/scan_store_sale.sql"),
        (true, true, true) => include_str!("../../../sql/statements/scan_store_first_passage.sql"),
        (true, true, false) => include_str!("../../../sql/statements/scan_store_first_free_passage.sql"),
        (true, false, true) => include_str!("../../../sql/statements/scan_store_passage.sql"),
        (true, false, false) => include_str!("../../../sql/statements/scan_store_free_passage.sql"),
    }
}

/// The answer of a stored scan: the same bytes as the first time, since both are made of the
/// journal entry and signatures are deterministic (RFC 8032).
pub fn answer_of(database: &mut Database<'_, '_>, entry: &Entry) -> Result<ScanAnswer> {
    let body = body_of(entry)?;
    let mut answered = answer(entry, &body)?;
    if let Some(key_id) = body.receipt_key {
        let content = receipt_content(entry, &entry.hash());
        answered.receipt = Some(sign_receipt(database, entry.tenant_id, key_id, &content)?);
    }
    Ok(answered)
}

/// The body of a scan's journal entry.
pub fn body_of(entry: &Entry) -> Result<ScanBody> {
    serde_json::from_value(entry.body.clone())
        .map_err(|_| Error::new(ErrorCode::Internal, "a stored scan cannot be read"))
}
