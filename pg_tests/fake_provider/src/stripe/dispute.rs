//! Disputes: a buyer's bank takes the money back, for now or for good.
//!
//! Source: Stripe's API reference "Disputes" and documentation "How disputes work".

use serde_json::{Value, json};

use super::desk::Desk;
use super::list::list;
use super::money::{Movement, book};
use super::parameters::Parameters;
use super::problem::Problem;
use super::store::Kind;
use crate::object::Object;

/// Stripe's fee for a dispute, as on its price list in the US.
const FEE_CENTS: i64 = 1500;
const SECONDS_TO_RESPOND: i64 = 7 * 24 * 60 * 60;

/// Opens a dispute about a charge, of all of it when no amount is given; gives its id.
pub(crate) fn open(desk: &mut Desk<'_>, charge_id: &str, amount_cents: Option<i64>, reason: &str) -> String {
    let charge = desk.object(charge_id);
    let fields = json!({
        "amount": amount_cents.unwrap_or_else(|| charge.integer("amount")),
        "balance_transactions": [],
        "charge": charge_id,
        "created": desk.now_seconds,
        "currency": charge.field("currency"),
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {"due_by": desk.now_seconds + SECONDS_TO_RESPOND, "enhanced_eligibility": {},
            "has_evidence": false, "past_due": false, "submission_count": 0, "submission_method": "not_submitted"},
        "is_charge_refundable": false,
        "livemode": false,
        "metadata": {},
        "payment_intent": charge.field("payment_intent"),
        "payment_method_details": {"card": {"brand": charge.text_at("/payment_method_details/card/brand"),
            "case_type": "chargeback", "network": charge.text_at("/payment_method_details/card/network"),
            "network_reason_code": "10.4"}, "type": "card"},
        "reason": reason,
        "status": "needs_response",
    });
    let id = desk.make(Kind::Dispute, fields);
    desk.change(charge_id, json!({"disputed": true}));
    desk.effect("dispute.open", &id);
    desk.emit("charge.dispute.created", &id);
    move_money(desk, &id, -1);
    desk.emit("charge.dispute.funds_withdrawn", &id);
    desk.emit("charge.updated", charge_id);
    id
}

fn move_money(desk: &mut Desk<'_>, id: &str, sign: i64) {
    let dispute = desk.object(id);
    let transaction = book(
        desk,
        &Movement {
            kind: "adjustment",
            reporting_category: if sign < 0 { "dispute" } else { "dispute_reversal" },
            amount_cents: sign * dispute.integer("amount"),
            fees_cents: if sign < 0 { vec![("stripe_fee", FEE_CENTS)] } else { Vec::new() },
            currency: dispute.text("currency"),
            source: id,
        },
    );
    let mut transactions = dispute.field("balance_transactions");
    if let Value::Array(transactions) = &mut transactions {
        transactions.push(desk.view(&transaction));
    }
    desk.change(id, json!({"balance_transactions": transactions}));
}

/// Closes a dispute for the merchant or against it.
pub(crate) fn close(desk: &mut Desk<'_>, id: &str, won: bool) -> Result<(), Problem> {
    let dispute: Object = desk.find(Kind::Dispute, id)?;
    if matches!(dispute.text("status"), "won" | "lost") {
        return Err(Problem::state("dispute_unexpected_state", "This dispute is already closed."));
    }
    desk.change(id, json!({"status": if won { "won" } else { "lost" }}));
    if won {
        move_money(desk, id, 1);
    }
    desk.effect(if won { "dispute.win" } else { "dispute.lose" }, id);
    desk.emit("charge.dispute.closed", id);
    if won {
        desk.emit("charge.dispute.funds_reinstated", id);
    }
    Ok(())
}

/// `POST /v1/disputes/{id}/close`: the merchant accepts that it is lost.
pub(crate) fn accept(desk: &mut Desk<'_>, id: &str) -> Result<Value, Problem> {
    close(desk, id, false)?;
    Ok(desk.view(id))
}

/// `GET /v1/disputes`
pub(crate) fn list_all(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    list(desk, Kind::Dispute, parameters, &["charge", "payment_intent"])
}

/// Whether a dispute holds a charge's money or has lost it.
pub(crate) fn takes(desk: &Desk<'_>, charge: &str) -> bool {
    let mut disputes = desk.stripe.store.newest_first(Kind::Dispute, desk.account.as_deref());
    disputes.any(|dispute| dispute.text("charge") == charge && dispute.text("status") != "won")
}
