//! Who let in whoever is denied for it: read only then.

use admit_core::Result;
use admit_core::scan::{AdmittedBy, Decision, Reason};

use super::resolve::Ready;
use crate::call::Call;
use crate::database::{Database, arguments};

/// Names who admitted the use that denies this one.
pub fn name(database: &mut Database<'_, '_>, call: &Call, ready: &Ready, decision: &mut Decision) -> Result<()> {
    if !decision.reason().is_some_and(Reason::is_repetition) {
        return Ok(());
    }
    let Some(prior) = &mut decision.prior else { return Ok(()) };
    let mut rows = match &decision.ticket {
        Some(ticket) => database.point_read(
            include_str!("../../../sql/statements/scan_prior_ticket.sql"),
            arguments![call.tenant_id, ticket.ticket_id, prior.admitted_at],
        )?,
        None => database.point_read(
            include_str!("../../../sql/statements/scan_prior_wallet.sql"),
            arguments![call.tenant_id, ready.holder.wallet_id, prior.admitted_at, ready.config.scan.event_id],
        )?,
    };
    if rows.next() {
        prior.admitted_by = Some(AdmittedBy {
            actor_id: rows.optional(3)?,
            actor_kind: rows.get(2)?,
            device_id: rows.optional(4)?,
            scan_id: rows.get(1)?,
        });
    }
    Ok(())
}
