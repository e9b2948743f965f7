//! Payouts from an account's balance to its bank. The balance may go below zero here.
//!
//! Source: Stripe's API reference "Payouts" and documentation "Payout failure codes".

use serde_json::{Value, json};

use super::desk::Desk;
use super::list::list;
use super::money::{Movement, book};
use super::parameters::Parameters;
use super::problem::Problem;
use super::store::Kind;

/// When a payout is expected to arrive.
const ARRIVAL_SECONDS: i64 = 2 * 24 * 60 * 60;

/// `POST /v1/payouts`
pub(crate) fn create(desk: &mut Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&[
        "amount",
        "currency",
        "description",
        "destination",
        "metadata",
        "method",
        "source_type",
        "statement_descriptor",
    ])?;
    let amount_cents = parameters.positive("amount")?.ok_or_else(|| Problem::missing("amount"))?;
    let currency = parameters.currency("currency")?;
    if let Some(account) = &desk.account
        && !desk.object(account).is("payouts_enabled")
    {
        return Err(Problem::state("payouts_not_allowed", "Payouts are not enabled for this account."));
    }
    let fields = json!({
        "amount": amount_cents,
        "application_fee": null,
        "application_fee_amount": null,
        "arrival_date": desk.now_seconds + ARRIVAL_SECONDS,
        "automatic": false,
        "balance_transaction": null,
        "created": desk.now_seconds,
        "currency": currency,
        "description": parameters.text("description")?,
        "destination": parameters.text("destination")?.unwrap_or("ba_000000000000000000000001"),
        "failure_balance_transaction": null,
        "failure_code": null,
        "failure_message": null,
        "livemode": false,
        "metadata": parameters.metadata(&Value::Null)?,
        "method": parameters.word("method", &["instant", "standard"])?.unwrap_or("standard"),
        "original_payout": null,
        "payout_method": null,
        "reconciliation_status": "not_applicable",
        "reversed_by": null,
        "source_type": parameters.text("source_type")?.unwrap_or("card"),
        "statement_descriptor": parameters.text("statement_descriptor")?,
        "status": "pending",
        "trace_id": {"status": "pending", "value": null},
        "type": "bank_account",
    });
    let id = desk.make(Kind::Payout, fields);
    let transaction = book(desk, &movement("payout", -amount_cents, &currency, &id));
    desk.change(&id, json!({"balance_transaction": transaction}));
    desk.effect("payout.create", &id);
    desk.emit("payout.created", &id);
    Ok(desk.view(&id))
}

fn movement<'a>(kind: &'a str, amount_cents: i64, currency: &'a str, source: &'a str) -> Movement<'a> {
    Movement { kind, reporting_category: kind, amount_cents, fees_cents: Vec::new(), currency, source }
}

/// `POST /v1/payouts/{id}/cancel`
pub(crate) fn cancel(desk: &mut Desk<'_>, id: &str) -> Result<Value, Problem> {
    let payout = desk.find(Kind::Payout, id)?;
    if payout.text("status") != "pending" {
        return Err(Problem::state("payout_unexpected_state", "Payouts can only be canceled while they are pending."));
    }
    book(desk, &movement("payout_cancel", payout.integer("amount"), payout.text("currency"), id));
    desk.change(id, json!({"status": "canceled"}));
    desk.effect("payout.cancel", id);
    desk.emit("payout.canceled", id);
    Ok(desk.view(id))
}

/// The money arrived.
pub(crate) fn pay(desk: &mut Desk<'_>, id: &str) -> Result<(), Problem> {
    let payout = desk.find(Kind::Payout, id)?;
    if payout.text("status") != "pending" {
        return Err(Problem::state("payout_unexpected_state", "The payout is not pending."));
    }
    desk.change(id, json!({"status": "paid", "trace_id": {"status": "supported", "value": "FAKE00000001"}}));
    desk.effect("payout.pay", id);
    desk.emit("payout.paid", id);
    Ok(())
}

/// The bank sent the money back; it may do so after `payout.paid`.
pub(crate) fn fail(desk: &mut Desk<'_>, id: &str, failure_code: &str) -> Result<(), Problem> {
    let payout = desk.find(Kind::Payout, id)?;
    if !matches!(payout.text("status"), "pending" | "paid") {
        return Err(Problem::state("payout_unexpected_state", "The payout is neither pending nor paid."));
    }
    let transaction = book(desk, &movement("payout_failure", payout.integer("amount"), payout.text("currency"), id));
    desk.change(
        id,
        json!({"status": "failed", "failure_code": failure_code,
        "failure_message": "The bank could not process this payout.", "failure_balance_transaction": transaction}),
    );
    desk.effect("payout.fail", id);
    desk.emit("payout.failed", id);
    Ok(())
}

/// `GET /v1/payouts`
pub(crate) fn list_all(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    list(desk, Kind::Payout, parameters, &["destination", "status"])
}
