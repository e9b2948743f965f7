//! What staff is told about payments.

use admit_core::Result;
use admit_core::payment::transition::{DisputeFact, DisputeState};
use uuid::Uuid;

use super::effect::Told;
use super::locked::Payment;
use crate::alert::{Alert, raise};
use crate::call::Call;
use crate::database::{Database, arguments};

/// A report of the provider cannot be booked, or not yet: somebody has to look at it.
pub fn not_booked(
    database: &mut Database<'_, '_>,
    call: &Call,
    told: &Told<'_>,
    payment: &Payment,
    detail: &str,
) -> Result<()> {
    let (provider, payment_id) = (told.provider.as_str(), payment.payment_id);
    let alert = Alert {
        kind: "webhook_not_booked",
        subject: &told.delivery_id.to_string(),
        wallet_id: payment.wallet_id,
        order_id: payment.order_id,
        message: format!("what {provider} reports of payment {payment_id} is not booked: {detail}; see webhook.list"),
    };
    raise(database, call, alert)
}

/// A refund did not reach the payer.
pub fn refund_failed(
    database: &mut Database<'_, '_>,
    call: &Call,
    payment: &Payment,
    refund_id: Uuid,
    amount_cents: i64,
    reason: Option<&str>,
) -> Result<()> {
    let amount = payment.facts.currency.format(amount_cents);
    let because = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    let (currency, payment_id) = (payment.facts.currency, payment.payment_id);
    let next = match payment.order_id {
        Some(_) => "the payer is still owed it: ask again with refund.retry",
        None => "the wallet has it again: refund it with payment.refund or refund.retry",
    };
    let alert = Alert {
        kind: "refund_failed",
        subject: &refund_id.to_string(),
        wallet_id: payment.wallet_id,
        order_id: payment.order_id,
        message: format!("refund {refund_id} of {amount} {currency} of payment {payment_id} failed{because}; {next}"),
    };
    raise(database, call, alert)
}

/// A refund that was taken for refused was made after another had taken its place.
pub fn made_twice(database: &mut Database<'_, '_>, call: &Call, payment: &Payment, refund_id: Uuid) -> Result<()> {
    let mut rows = database.point(
        "SELECT refund_id FROM admit.refund WHERE tenant_id = $1 AND retry_of = $2 AND state <> 'failed'",
        arguments![call.tenant_id, refund_id],
    )?;
    if !rows.next() {
        return Ok(());
    }
    let (again, payment_id): (Uuid, Uuid) = (rows.get(1)?, payment.payment_id);
    let alert = Alert {
        kind: "refund_made_twice",
        subject: &refund_id.to_string(),
        wallet_id: payment.wallet_id,
        order_id: payment.order_id,
        message: format!("refund {refund_id} of payment {payment_id} was made after {again} had taken its place"),
    };
    raise(database, call, alert)
}

/// Money went back at the provider that nothing was taken back for.
pub fn receivable(database: &mut Database<'_, '_>, call: &Call, payment: &Payment) -> Result<()> {
    let receivable_cents = payment.position.receivable_cents();
    let amount = payment.facts.currency.format(receivable_cents);
    let (currency, payment_id) = (payment.facts.currency, payment.payment_id);
    let (kind, what) = match payment.order_id {
        Some(_) => ("refund_without_tickets", "without its tickets: choose them with order.refund"),
        None => ("refund_not_covered", "that its wallet does not hold any more"),
    };
    let alert = Alert {
        kind,
        subject: &format!("{payment_id} {receivable_cents}"),
        wallet_id: payment.wallet_id,
        order_id: payment.order_id,
        message: format!("{amount} {currency} of payment {payment_id} went back at the provider {what}"),
    };
    raise(database, call, alert)
}

/// A dispute was opened or lost.
pub fn dispute(
    database: &mut Database<'_, '_>,
    call: &Call,
    payment: &Payment,
    dispute_id: Uuid,
    fact: &DisputeFact,
) -> Result<()> {
    let unknown = fact.currency != Some(payment.facts.currency);
    let kind = match fact.state {
        _ if unknown => "dispute_not_booked",
        DisputeState::Opened => "dispute_opened",
        DisputeState::Lost => "dispute_lost",
        DisputeState::Won => return Ok(()),
    };
    let what = match fact.state {
        DisputeState::Opened if fact.dispute.inquiry => "is asked about",
        DisputeState::Opened => "is disputed",
        DisputeState::Lost => "was lost in a dispute",
        DisputeState::Won => "was won in a dispute",
    };
    let amount = match fact.currency {
        Some(currency) => format!("{} {currency}", currency.format(fact.dispute.amount_cents)),
        None => "an amount in an unknown currency".to_owned(),
    };
    let tail = if unknown { "; nothing is booked, since the currency is not the payment's" } else { "" };
    let alert = Alert {
        kind,
        subject: &format!("{dispute_id} {}", fact.state.as_str()),
        wallet_id: payment.wallet_id,
        order_id: payment.order_id,
        message: format!("{amount} of payment {} {what}, dispute {dispute_id}{tail}", payment.payment_id),
    };
    raise(database, call, alert)
}
