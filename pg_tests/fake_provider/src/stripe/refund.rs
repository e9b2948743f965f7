//! Refunds: never more than what is left of the charge.
//!
//! Source: Stripe's API reference "Refunds" and documentation "Refund and cancel payments".

use serde_json::{Value, json};

use super::desk::Desk;
use super::list::list;
use super::money::{Movement, book, book_for};
use super::parameters::Parameters;
use super::payment_method::{self, Behaviour};
use super::problem::Problem;
use super::store::Kind;
use super::{dispute, transfer};
use crate::object::Object;

/// What a refund is to be.
struct Order {
    charge: Object,
    amount_cents: i64,
    reason: Option<String>,
    metadata: Value,
    reverse_transfer: bool,
    refund_fee: bool,
}

/// `POST /v1/refunds`
pub(crate) fn create(desk: &mut Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&[
        "amount",
        "charge",
        "metadata",
        "payment_intent",
        "reason",
        "refund_application_fee",
        "reverse_transfer",
    ])?;
    let charge = charge(desk, parameters)?;
    let left_cents = charge.integer("amount") - charge.integer("amount_refunded");
    let wanted_cents = parameters.positive("amount")?;
    check_state(desk, &charge, left_cents)?;
    let amount_cents = wanted_cents.unwrap_or(left_cents);
    if amount_cents > left_cents {
        return Err(Problem::value(
            "amount",
            format!("Refund amount ({amount_cents}) is greater than unrefunded amount on charge ({left_cents})"),
        ));
    }
    let order = Order {
        amount_cents,
        reason: parameters.word("reason", &["duplicate", "fraudulent", "requested_by_customer"])?.map(str::to_owned),
        metadata: parameters.metadata(&Value::Null)?,
        reverse_transfer: parameters.flag("reverse_transfer")?.unwrap_or_default(),
        refund_fee: parameters.flag("refund_application_fee")?.unwrap_or_default(),
        charge,
    };
    if order.reverse_transfer && order.charge.optional("transfer").is_none() {
        return Err(Problem::value("reverse_transfer", "Cannot reverse transfer on a charge without a transfer."));
    }
    if order.refund_fee && order.charge.optional("application_fee").is_none() {
        let message = "Cannot refund the application fee of a charge without an application fee.";
        return Err(Problem::value("refund_application_fee", message));
    }
    let id = make(desk, &order);
    desk.effect("refund.create", &id);
    desk.emit("refund.created", &id);
    desk.emit("charge.refunded", order.charge.text("id"));
    Ok(desk.view(&id))
}

fn charge(desk: &Desk<'_>, parameters: &Parameters) -> Result<Object, Problem> {
    match (parameters.text("charge")?, parameters.text("payment_intent")?) {
        (Some(charge), None) => desk.named(Kind::Charge, charge, "charge"),
        (None, Some(intent)) => {
            let intent = desk.named(Kind::PaymentIntent, intent, "payment_intent")?;
            if intent.text("status") != "succeeded" {
                let message =
                    format!("This PaymentIntent ({}) does not have a successful charge to refund.", intent.text("id"));
                return Err(Problem::state("resource_missing", message).about("payment_intent"));
            }
            desk.named(Kind::Charge, intent.text("latest_charge"), "payment_intent")
        }
        (None, None) => Err(Problem::value(
            "charge",
            "One of the following params should be provided for this request: payment_intent or charge.",
        )),
        (Some(_), Some(_)) => {
            Err(Problem::value("charge", "You may only specify one of these parameters: charge, payment_intent."))
        }
    }
}

fn check_state(desk: &Desk<'_>, charge: &Object, left_cents: i64) -> Result<(), Problem> {
    let id = charge.text("id");
    if dispute::takes(desk, id) {
        return Err(Problem::state(
            "charge_disputed",
            format!("Charge {id} has been charged back; cannot issue a refund."),
        ));
    }
    if charge.text("status") != "succeeded" {
        return Err(Problem::state("charge_not_refundable", format!("Charge {id} did not succeed.")));
    }
    if left_cents == 0 {
        return Err(Problem::state("charge_already_refunded", format!("Charge {id} has already been refunded.")));
    }
    Ok(())
}

fn make(desk: &mut Desk<'_>, order: &Order) -> String {
    let charge = &order.charge;
    let pending = desk.stripe.settings.refunds_pending
        || payment_method::behaviour(desk, charge.text("payment_method")) == Behaviour::RefundPending;
    let fields = json!({
        "amount": order.amount_cents,
        "balance_transaction": null,
        "charge": charge.field("id"),
        "created": desk.now_seconds,
        "currency": charge.field("currency"),
        "destination_details": {"card": {"reference_status": "pending", "reference_type": "acquirer_reference_number",
            "type": "refund"}, "type": "card"},
        "metadata": order.metadata,
        "payment_intent": charge.field("payment_intent"),
        "reason": order.reason,
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": if pending { "pending" } else { "succeeded" },
        "transfer_reversal": null,
    });
    let id = desk.make(Kind::Refund, fields);
    if pending {
        desk.change(&id, json!({"pending_reason": "processing"}));
    }
    let transaction = book(desk, &movement("refund", -order.amount_cents, charge, &id));
    let reversal = order.reverse_transfer.then(|| reverse_transfer(desk, order, &id)).flatten();
    if order.refund_fee {
        refund_fee(desk, order);
    }
    desk.change(&id, json!({"balance_transaction": transaction, "transfer_reversal": reversal}));
    set_refunded(desk, charge, order.amount_cents);
    id
}

fn movement<'a>(kind: &'a str, amount_cents: i64, charge: &'a Object, source: &'a str) -> Movement<'a> {
    let currency = charge.text("currency");
    Movement { kind, reporting_category: kind, amount_cents, fees_cents: Vec::new(), currency, source }
}

/// The part of the whole that the refund is of the charge, but no more than is left of it.
fn share_cents(whole_cents: i64, left_cents: i64, order: &Order) -> i64 {
    let share =
        i128::from(whole_cents) * i128::from(order.amount_cents) / i128::from(order.charge.integer("amount").max(1));
    i64::try_from(share).unwrap_or(left_cents).min(left_cents)
}

fn reverse_transfer(desk: &mut Desk<'_>, order: &Order, refund: &str) -> Option<String> {
    let transfer = desk.object(order.charge.text("transfer"));
    let left_cents = transfer.integer("amount") - transfer.integer("amount_reversed");
    let amount_cents = share_cents(transfer.integer("amount"), left_cents, order);
    (amount_cents > 0).then(|| transfer::reverse(desk, transfer.text("id"), amount_cents, Some(refund)))
}

fn refund_fee(desk: &mut Desk<'_>, order: &Order) {
    let fee = desk.object(order.charge.text("application_fee"));
    let left_cents = fee.integer("amount") - fee.integer("amount_refunded");
    let amount_cents = share_cents(fee.integer("amount"), left_cents, order);
    let refunded_cents = fee.integer("amount_refunded") + amount_cents;
    desk.change(
        fee.text("id"),
        json!({"amount_refunded": refunded_cents,
        "refunded": refunded_cents == fee.integer("amount")}),
    );
    book_for(desk, None, &movement("application_fee_refund", -amount_cents, &fee, fee.text("id")));
}

/// Adds to what is refunded of a charge; a failed refund takes it off again.
fn set_refunded(desk: &mut Desk<'_>, charge: &Object, more_cents: i64) {
    let refunded_cents = charge.integer("amount_refunded") + more_cents;
    desk.change(
        charge.text("id"),
        json!({"amount_refunded": refunded_cents,
        "refunded": refunded_cents == charge.integer("amount")}),
    );
}

/// A pending refund arrives.
pub(crate) fn succeed(desk: &mut Desk<'_>, id: &str) -> Result<(), Problem> {
    let refund = desk.find(Kind::Refund, id)?;
    if refund.text("status") != "pending" {
        return Err(Problem::state("refund_unexpected_state", "The refund is not pending."));
    }
    desk.change(id, json!({"status": "succeeded", "pending_reason": null}));
    desk.effect("refund.succeed", id);
    desk.emit("refund.updated", id);
    desk.emit("charge.refund.updated", id);
    Ok(())
}

/// A refund comes back, also one that seemed to have succeeded.
pub(crate) fn fail(desk: &mut Desk<'_>, id: &str, failure_reason: &str) -> Result<(), Problem> {
    let refund = desk.find(Kind::Refund, id)?;
    if !matches!(refund.text("status"), "pending" | "succeeded") {
        return Err(Problem::state("refund_unexpected_state", "The refund has failed before."));
    }
    let charge = desk.object(refund.text("charge"));
    let transaction = book(desk, &movement("refund_failure", refund.integer("amount"), &charge, id));
    desk.change(
        id,
        json!({"status": "failed", "pending_reason": null, "failure_reason": failure_reason,
        "failure_balance_transaction": transaction}),
    );
    set_refunded(desk, &charge, -refund.integer("amount"));
    desk.effect("refund.fail", id);
    desk.emit("refund.updated", id);
    desk.emit("refund.failed", id);
    desk.emit("charge.refund.updated", id);
    desk.emit("charge.updated", charge.text("id"));
    Ok(())
}

/// `GET /v1/refunds`
pub(crate) fn list_all(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    list(desk, Kind::Refund, parameters, &["charge", "payment_intent"])
}
