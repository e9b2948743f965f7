//! Charges: the attempts of PaymentIntents, with transfer and application fee.
//!
//! Source: Stripe's API reference "Charges", documentation "Destination charges" and "Direct charges".

use serde_json::{Value, json};

use super::desk::Desk;
use super::list::list;
use super::money::{Movement, book, book_for, processing_fee_cents};
use super::parameters::Parameters;
use super::problem::{Decline, Problem};
use super::store::Kind;
use super::transfer;
use crate::object::Object;

/// A charge that took the PaymentIntent's amount.
pub(crate) fn succeed(desk: &mut Desk<'_>, intent: &Object) -> String {
    let fields = json!({
        "amount_captured": intent.integer("amount"),
        "captured": true,
        "failure_code": null,
        "failure_message": null,
        "outcome": {"network_status": "approved_by_network", "reason": null, "risk_level": "normal",
            "risk_score": 20, "seller_message": "Payment complete.", "type": "authorized"},
        "paid": true,
        "status": "succeeded",
    });
    let id = make(desk, intent, fields);
    if let Some(destination) = intent.text_at("/transfer_data/destination") {
        let amount_cents = intent
            .field("transfer_data")
            .get("amount")
            .and_then(Value::as_i64)
            .unwrap_or_else(|| intent.integer("amount"));
        let transfer = transfer::make(desk, amount_cents, intent.text("currency"), destination, Some(&id));
        desk.change(&id, json!({"transfer": transfer}));
    }
    if intent.integer("application_fee_amount") > 0 {
        let fee = collect_fee(desk, intent, &id);
        desk.change(&id, json!({"application_fee": fee}));
    }
    id
}

/// A charge that was declined.
pub(crate) fn fail(desk: &mut Desk<'_>, intent: &Object, decline: &Decline) -> String {
    let fields = json!({
        "amount_captured": 0,
        "captured": false,
        "failure_code": decline.code,
        "failure_message": decline.message,
        "outcome": {"network_status": "declined_by_network", "reason": decline.decline_code, "risk_level": "normal",
            "risk_score": 20, "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined"},
        "paid": false,
        "status": "failed",
    });
    make(desk, intent, fields)
}

fn make(desk: &mut Desk<'_>, intent: &Object, outcome: Value) -> String {
    let method = desk.object(intent.text("payment_method"));
    let billing = method.field("billing_details");
    let empty = json!({"address": {"city": null, "country": null, "line1": null, "line2": null, "postal_code": null,
        "state": null}, "email": null, "name": null, "phone": null, "tax_id": null});
    let fields = json!({
        "amount": intent.integer("amount"),
        "amount_refunded": 0,
        "application": null,
        "application_fee": null,
        "application_fee_amount": intent.field("application_fee_amount"),
        "balance_transaction": null,
        "billing_details": if billing.is_null() { empty } else { billing },
        "calculated_statement_descriptor": "FAKE",
        "created": desk.now_seconds,
        "currency": intent.field("currency"),
        "customer": intent.field("customer"),
        "description": intent.field("description"),
        "disputed": false,
        "failure_balance_transaction": null,
        "fraud_details": {},
        "livemode": false,
        "metadata": intent.field("metadata"),
        "on_behalf_of": intent.field("on_behalf_of"),
        "payment_intent": intent.field("id"),
        "payment_method": intent.field("payment_method"),
        "payment_method_details": {"type": "card", "card": card(&method, intent.integer("amount"))},
        "radar_options": {},
        "receipt_email": intent.field("receipt_email"),
        "receipt_number": null,
        "receipt_url": null,
        "refunded": false,
        "review": null,
        "shipping": null,
        "source": null,
        "source_transfer": null,
        "statement_descriptor": intent.field("statement_descriptor"),
        "statement_descriptor_suffix": intent.field("statement_descriptor_suffix"),
        "transfer_data": intent.field("transfer_data"),
        "transfer_group": intent.field("transfer_group"),
    });
    let id = desk.make(Kind::Charge, fields);
    desk.change(&id, outcome);
    id
}

/// What a charge says about the card: less than the method itself does, and how it was asked.
fn card(method: &Object, amount_cents: i64) -> Value {
    let card = Object::new(method.field("card"));
    json!({
        "amount_authorized": amount_cents,
        "authorization_code": null,
        "brand": card.field("brand"),
        "checks": card.field("checks"),
        "country": card.field("country"),
        "exp_month": card.field("exp_month"),
        "exp_year": card.field("exp_year"),
        "extended_authorization": {"status": "disabled"},
        "fingerprint": card.field("fingerprint"),
        "funding": card.field("funding"),
        "incremental_authorization": {"status": "unavailable"},
        "installments": null,
        "last4": card.field("last4"),
        "mandate": null,
        "multicapture": {"status": "unavailable"},
        "network": card.field("brand"),
        "network_token": {"used": false},
        "network_transaction_id": "000000000000001",
        "overcapture": {"maximum_amount_capturable": amount_cents, "status": "unavailable"},
        "regulated_status": card.field("regulated_status"),
        "three_d_secure": null,
        "wallet": null,
    })
}

/// Books the charge. With `automatic_async`, which is the default, the balance transaction comes
/// after `charge.succeeded`, with `charge.updated`.
///
/// Source: Stripe's documentation "Asynchronous capture".
pub(crate) fn settle(desk: &mut Desk<'_>, id: &str) {
    let charge = desk.object(id);
    let mut fees_cents = vec![("stripe_fee", processing_fee_cents(charge.integer("amount")))];
    if desk.account.is_some() && charge.integer("application_fee_amount") > 0 {
        fees_cents.push(("application_fee", charge.integer("application_fee_amount")));
    }
    let transaction = book(
        desk,
        &Movement {
            kind: "charge",
            reporting_category: "charge",
            amount_cents: charge.integer("amount"),
            fees_cents,
            currency: charge.text("currency"),
            source: id,
        },
    );
    desk.change(id, json!({"balance_transaction": transaction}));
    desk.emit("charge.updated", id);
}

/// The platform's share: of a direct charge from the connected account, of a destination charge
/// from the destination. The fee belongs to the platform either way.
fn collect_fee(desk: &mut Desk<'_>, intent: &Object, charge: &str) -> String {
    let amount_cents = intent.integer("application_fee_amount");
    let from = desk.account.clone().or_else(|| intent.text_at("/transfer_data/destination").map(str::to_owned));
    let fields = json!({
        "account": from,
        "amount": amount_cents,
        "amount_refunded": 0,
        "application": "ca_000000000000000000000001",
        "balance_transaction": null,
        "charge": charge,
        "created": desk.now_seconds,
        "currency": intent.field("currency"),
        "fee_source": {"charge": charge, "type": "charge"},
        "livemode": false,
        "originating_transaction": charge,
        "refunded": false,
        "refunds": {"object": "list", "data": [], "has_more": false, "url": "/v1/application_fees/refunds"},
    });
    let fee = desk.make_for(Kind::ApplicationFee, None, fields);
    let transaction = book_for(
        desk,
        None,
        &Movement {
            kind: "application_fee",
            reporting_category: "platform_earning",
            amount_cents,
            fees_cents: Vec::new(),
            currency: intent.text("currency"),
            source: &fee,
        },
    );
    desk.change(&fee, json!({"balance_transaction": transaction}));
    fee
}

/// `GET /v1/charges`
pub(crate) fn list_all(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    list(desk, Kind::Charge, parameters, &["customer", "payment_intent", "transfer_group"])
}
