//! Money that a provider says went back, came back or is disputed.

use admit_core::fee::Legs;
use admit_core::payment::transition::{
    Decision, DisputeFact, DisputeState, RefundFact, RefundState, RefundStep, Step, answered,
};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::alert;
use super::effect::Told;
use super::locked::Payment;
use crate::call::{Call, new_id};
use crate::database::{Database, arguments};
use crate::journal::append;

/// Where the provider's word comes from.
#[derive(Default)]
pub struct Origin<'a> {
    /// The delivery that told it.
    pub delivery_id: Option<Uuid>,
    /// The effect that it answers.
    pub effect_id: Option<Uuid>,
    /// What the provider says why.
    pub reason: Option<&'a str>,
}

/// Books refunds that were made, confirmed or failed. The facts hold them already.
pub fn refund(
    database: &mut Database<'_, '_>,
    call: &Call,
    origin: &Origin<'_>,
    payment: &mut Payment,
    step: RefundStep,
) -> Result<()> {
    let mut refunds = Vec::with_capacity(step.refunds.len());
    for fact in &step.refunds {
        let refund_id = store(database, call, payment, fact)?;
        let state = fact.state.as_str();
        refunds.push(json!({"amount_cents": fact.amount_cents, "refund_id": refund_id, "state": state}));
        match fact.state {
            RefundState::Failed => {
                alert::refund_failed(database, call, payment, refund_id, fact.amount_cents, origin.reason)?
            }
            RefundState::Succeeded => alert::made_twice(database, call, payment, refund_id)?,
            RefundState::Pending => {}
        }
    }
    let legs = match payment.order_id {
        Some(_) => payment.move_money(database, call, payment.position.taken_back_cents)?,
        None => move_wallet(database, call, payment)?,
    };
    let body = json!({
        "change_cents": step.change_cents, "delivery_id": origin.delivery_id, "effect_id": origin.effect_id,
        "provider": payment.provider, "reason": origin.reason, "refunded_cents": payment.position.refunded_cents,
        "refunds": refunds,
    });
    let mut fact = payment.fact("refund.reported", body);
    fact.money = Some((payment.facts.currency, legs));
    append(database, call, fact)?;
    crate::order::money_moved(database, call, payment)?;
    if step.change_cents > 0 && payment.position.receivable_cents() > 0 {
        alert::receivable(database, call, payment)?;
    }
    Ok(())
}

/// Books the provider's answer to a refund that was asked for: made as `reference`, or refused.
/// Gives what speaks against it, if it contradicts what is known.
pub fn answer(
    database: &mut Database<'_, '_>,
    call: &Call,
    origin: &Origin<'_>,
    payment: &mut Payment,
    refund_id: Uuid,
    (reference, state): (Option<&str>, RefundState),
) -> Result<Option<String>> {
    match answered(&payment.facts, refund_id, reference, state) {
        Decision::Book(Step::Refund(step)) => {
            payment.facts = payment.facts.clone().stepped(Step::Refund(step.clone()));
            refund(database, call, origin, payment, step)?;
            Ok(None)
        }
        Decision::Refuse(detail) => Ok(Some(detail)),
        Decision::Park => Ok(Some("more would be refunded than was paid".to_owned())),
        Decision::Nothing | Decision::Book(_) => Ok(None),
    }
}

/// Stores a refund as it was reported; gives its id here.
fn store(database: &mut Database<'_, '_>, call: &Call, payment: &mut Payment, fact: &RefundFact) -> Result<Uuid> {
    let refund_id = fact.own_id.map_or_else(|| new_id(call.now), Ok)?;
    let stored = database.point(
        include_str!("../../../sql/statements/refund_store.sql"),
        arguments![
            call.tenant_id,
            refund_id,
            payment.payment_id,
            fact.reference.clone(),
            fact.amount_cents,
            fact.state.as_str(),
            call.now,
        ],
    )?;
    if stored.is_empty() {
        return Err(Error::new(ErrorCode::Internal, "the refund's id belongs to another payment"));
    }
    Ok(refund_id)
}

/// Takes what went back from the payment's wallet, as far as it has it, or gives it what came back;
/// a frozen wallet, too. Gives the legs.
fn move_wallet(database: &mut Database<'_, '_>, call: &Call, payment: &mut Payment) -> Result<Legs> {
    let mut rows = database.point(
        "SELECT balance_cents FROM admit.wallet WHERE tenant_id = $1 AND wallet_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, payment.wallet_id],
    )?;
    rows.only("wallet")?;
    let change = payment.position.wallet_change_cents(payment.facts.refunded_cents(), rows.get(1)?);
    let mut legs = payment.move_money(database, call, payment.position.taken_back_cents - change)?;
    if change != 0 {
        database.point(
            "UPDATE admit.wallet SET balance_cents = balance_cents + $3 WHERE tenant_id = $1 AND wallet_id = $2",
            arguments![call.tenant_id, payment.wallet_id, change],
        )?;
        legs.insert(0, (payment.wallet_id, change));
    }
    Ok(legs)
}

/// Books a dispute that was opened, lost or won. The facts hold it already.
pub fn dispute(
    database: &mut Database<'_, '_>,
    call: &Call,
    told: &Told<'_>,
    payment: &mut Payment,
    fact: &DisputeFact,
) -> Result<()> {
    let dispute = &fact.dispute;
    let mut rows = database.point(
        include_str!("../../../sql/statements/dispute_store.sql"),
        arguments![
            call.tenant_id,
            new_id(call.now)?,
            payment.payment_id,
            dispute.reference.as_str(),
            dispute.amount_cents,
            fact.currency.map(|currency| currency.to_string()),
            dispute.reason.clone(),
            dispute.inquiry,
            fact.state.as_str(),
            call.now,
        ],
    )?;
    rows.only("dispute")?;
    let dispute_id: Uuid = rows.get(1)?;
    let legs = payment.move_money(database, call, payment.position.taken_back_cents)?;
    let action = match fact.state {
        DisputeState::Opened => "dispute.opened",
        DisputeState::Lost => "dispute.lost",
        DisputeState::Won => "dispute.won",
    };
    let body = json!({
        "amount_cents": dispute.amount_cents, "currency": fact.currency, "delivery_id": told.delivery_id,
        "dispute_id": dispute_id, "disputed_cents": payment.position.disputed_cents, "inquiry": dispute.inquiry,
        "provider": told.provider, "reason": dispute.reason,
    });
    let mut entry = payment.fact(action, body);
    entry.money = Some((payment.facts.currency, legs));
    append(database, call, entry)?;
    alert::dispute(database, call, payment, dispute_id, fact)?;
    crate::order::money_moved(database, call, payment)
}
