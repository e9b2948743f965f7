//! Who let in whoever is denied for it: read only then.

use admit_core::Result;
use admit_core::scan::{AdmittedBy, Decision, Reason};
use jiff::Timestamp;
use uuid::Uuid;

use super::resolve::Ready;
use crate::call::Call;
use crate::database::{Database, arguments};

/// Names who admitted the use that denies this one.
pub fn name(database: &mut Database<'_, '_>, call: &Call, ready: &Ready, decision: &mut Decision) -> Result<()> {
    if !decision.reason().is_some_and(Reason::is_repetition) {
        return Ok(());
    }
    let ticket_id = decision.ticket.as_ref().map(|ticket| ticket.ticket_id);
    let Some(prior) = &mut decision.prior else { return Ok(()) };
    let (wallet_id, event_id) = (ready.holder.wallet_id, ready.config.scan.event_id);
    prior.admitted_by = admitted_by(database, call, ticket_id, wallet_id, event_id, prior.admitted_at)?;
    Ok(())
}

/// The admission of a ticket, or of a wallet at an event, that the rows of presence tell of.
pub fn admitted_by(
    database: &mut Database<'_, '_>,
    call: &Call,
    ticket_id: Option<Uuid>,
    wallet_id: Option<Uuid>,
    event_id: Uuid,
    admitted_at: Timestamp,
) -> Result<Option<AdmittedBy>> {
    let mut rows = match ticket_id {
        Some(ticket_id) => database.point_read(
            include_str!("../../../sql/statements/scan_prior_ticket.sql"),
            arguments![call.tenant_id, ticket_id, admitted_at],
        )?,
        None => database.point_read(
            include_str!("../../../sql/statements/scan_prior_wallet.sql"),
            arguments![call.tenant_id, wallet_id, admitted_at, event_id],
        )?,
    };
    if !rows.next() {
        return Ok(None);
    }
    Ok(Some(AdmittedBy {
        actor_id: rows.optional(3)?,
        actor_kind: rows.get(2)?,
        device_id: rows.optional(4)?,
        scan_id: rows.get(1)?,
    }))
}
