//! Effects that people have sent again.

use admit_core::payment::outgoing::{Again, EffectKind, EffectRetry, EffectState, EffectView, again};
use admit_core::payment::{DeliveryState, PaymentState};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::list::read_one;
use super::report::{Effect, lock_effect};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::{Fact, append};

/// `effect.retry`
pub fn retry(database: &mut Database<'_, '_>, call: &Call, request: EffectRetry) -> Result<EffectView> {
    call.require_whole_tenant("effect")?;
    let effect = lock_effect(database, call, request.effect_id)?;
    if let Again::Now { looking } = again(&effect.facts, call.now)? {
        if effect.facts.state != EffectState::Due {
            require_wanted(database, call, &effect)?;
            note(database, call, &effect)?;
        }
        database.point(
            "UPDATE admit.effect SET state = $3, due_at = $4, looking = $5 WHERE tenant_id = $1 AND effect_id = $2",
            arguments![call.tenant_id, request.effect_id, EffectState::Due.as_str(), call.now, looking],
        )?;
    }
    read_one(database, call, request.effect_id)
}

/// Refuses to make what nobody waits for any more, and lets the notice wait again that is to be confirmed.
fn require_wanted(database: &mut Database<'_, '_>, call: &Call, effect: &Effect) -> Result<()> {
    if let Some(delivery_id) = effect.about.delivery_id {
        return wait_again(database, call, delivery_id);
    }
    if effect.facts.kind != EffectKind::PaymentCreate {
        return Ok(());
    }
    let mut rows = database.point(
        "SELECT state FROM admit.payment WHERE tenant_id = $1 AND payment_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, effect.about.payment_id],
    )?;
    rows.only("payment")?;
    let state: String = rows.get(1)?;
    if state == PaymentState::Pending.as_str() {
        return Ok(());
    }
    Err(Error::new(ErrorCode::Conflict, format!("its payment is {state} already: nothing is to be made for it")))
}

/// A notice that was refused when its provider did not bear it out waits for the provider's answer again.
fn wait_again(database: &mut Database<'_, '_>, call: &Call, delivery_id: Uuid) -> Result<()> {
    database.point(
        "UPDATE admit.webhook_delivery SET state = $4, detail = $5 \
         WHERE tenant_id = $1 AND delivery_id = $2 AND state = $3",
        arguments![
            call.tenant_id,
            delivery_id,
            DeliveryState::Refused.as_str(),
            DeliveryState::Parked.as_str(),
            super::confirm::ASKED,
        ],
    )?;
    Ok(())
}

fn note(database: &mut Database<'_, '_>, call: &Call, effect: &Effect) -> Result<()> {
    let body = json!({
        "effect_id": effect.facts.effect_id, "kind": effect.facts.kind, "payment_id": effect.about.payment_id,
        "provider": effect.provider, "refund_id": effect.about.refund_id, "state": effect.facts.state,
    });
    let body = crate::venue::without_nulls(body);
    let fact = Fact { action: "effect.retried", event_id: None, gate_id: None, wallet_id: None, money: None, body };
    append(database, call, fact).map(|_| ())
}
