//! Transfers from the platform to connected accounts, and their reversals.
//!
//! Source: Stripe's API reference "Transfers" and "Transfer Reversals".

use serde_json::{Value, json};

use super::desk::Desk;
use super::list::list;
use super::money::{Movement, book, book_for};
use super::parameters::Parameters;
use super::problem::Problem;
use super::store::Kind;

/// `POST /v1/transfers`
pub(crate) fn create(desk: &mut Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&[
        "amount",
        "currency",
        "description",
        "destination",
        "metadata",
        "source_transaction",
        "transfer_group",
    ])?;
    let amount_cents = parameters.positive("amount")?.ok_or_else(|| Problem::missing("amount"))?;
    let currency = parameters.currency("currency")?;
    let destination = parameters.required("destination")?;
    let account = desk
        .stripe
        .store
        .get(Kind::Account, None, destination)
        .ok_or_else(|| Problem::no_such("destination", destination, Some("destination")))?;
    if account.text_at("/capabilities/transfers") != Some("active") {
        return Err(Problem::state(
            "insufficient_capabilities_for_transfer",
            "Your destination account needs to have at least one of the following capabilities enabled: transfers, \
             crypto_transfers, legacy_payments",
        ));
    }
    let source = parameters.text("source_transaction")?;
    if let Some(charge) = source {
        let charge = desk.named(Kind::Charge, charge, "source_transaction")?;
        if amount_cents > charge.integer("amount") {
            return Err(Problem::value("amount", "The transfer must not be greater than the source charge."));
        }
    }
    let metadata = parameters.metadata(&Value::Null)?;
    let (description, group) = (parameters.text("description")?, parameters.text("transfer_group")?);
    let id = make(desk, amount_cents, &currency, destination, source);
    desk.change(&id, json!({"description": description, "metadata": metadata, "transfer_group": group}));
    desk.effect("transfer.create", &id);
    desk.emit("transfer.created", &id);
    Ok(desk.view(&id))
}

/// Makes a transfer and books it on both sides.
pub(crate) fn make(
    desk: &mut Desk<'_>,
    amount_cents: i64,
    currency: &str,
    destination: &str,
    source: Option<&str>,
) -> String {
    let fields = json!({
        "amount": amount_cents,
        "amount_reversed": 0,
        "balance_transaction": null,
        "created": desk.now_seconds,
        "currency": currency,
        "description": null,
        "destination": destination,
        "destination_payment": null,
        "livemode": false,
        "metadata": {},
        "reversals": {"object": "list", "data": [], "has_more": false, "url": "/v1/transfers/reversals"},
        "reversed": false,
        "source_transaction": source,
        "source_type": "card",
        "transfer_group": null,
    });
    let id = desk.make(Kind::Transfer, fields);
    let transaction = book(
        desk,
        &Movement {
            kind: "transfer",
            reporting_category: "transfer",
            amount_cents: -amount_cents,
            fees_cents: Vec::new(),
            currency,
            source: &id,
        },
    );
    book_for(
        desk,
        Some(destination.to_owned()),
        &Movement {
            kind: "payment",
            reporting_category: "charge",
            amount_cents,
            fees_cents: Vec::new(),
            currency,
            source: &id,
        },
    );
    desk.change(&id, json!({"balance_transaction": transaction}));
    id
}

/// `POST /v1/transfers/{id}/reversals`
pub(crate) fn create_reversal(desk: &mut Desk<'_>, id: &str, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&["amount", "description", "metadata"])?;
    let transfer = desk.find(Kind::Transfer, id)?;
    let left_cents = transfer.integer("amount") - transfer.integer("amount_reversed");
    let amount_cents = parameters.positive("amount")?.unwrap_or(left_cents);
    if amount_cents > left_cents || left_cents == 0 {
        return Err(Problem::value("amount", format!("Only {left_cents} of the transfer can still be reversed.")));
    }
    let metadata = parameters.metadata(&Value::Null)?;
    let reversal = reverse(desk, id, amount_cents, None);
    desk.change(&reversal, json!({"metadata": metadata}));
    desk.effect("transfer_reversal.create", &reversal);
    Ok(desk.view(&reversal))
}

/// Reverses part of a transfer; `refund` when a refund is the reason.
pub(crate) fn reverse(desk: &mut Desk<'_>, id: &str, amount_cents: i64, refund: Option<&str>) -> String {
    let transfer = desk.object(id);
    let fields = json!({
        "amount": amount_cents,
        "balance_transaction": null,
        "created": desk.now_seconds,
        "currency": transfer.field("currency"),
        "destination_payment_refund": null,
        "metadata": {},
        "source_refund": refund,
        "transfer": id,
    });
    let reversal = desk.make(Kind::TransferReversal, fields);
    let movement = |amount_cents, source| Movement {
        kind: "transfer_refund",
        reporting_category: "transfer_reversal",
        amount_cents,
        fees_cents: Vec::new(),
        currency: transfer.text("currency"),
        source,
    };
    let transaction = book(desk, &movement(amount_cents, &reversal));
    book_for(desk, transfer.optional("destination").map(str::to_owned), &movement(-amount_cents, &reversal));
    desk.change(&reversal, json!({"balance_transaction": transaction}));
    let reversed_cents = transfer.integer("amount_reversed") + amount_cents;
    let mut reversals = transfer.field("reversals");
    if let Some(Value::Array(data)) = reversals.get_mut("data") {
        data.insert(0, desk.view(&reversal));
    }
    desk.change(
        id,
        json!({"amount_reversed": reversed_cents, "reversals": reversals,
        "reversed": reversed_cents == transfer.integer("amount")}),
    );
    desk.emit("transfer.reversed", id);
    reversal
}

/// `GET /v1/transfers`
pub(crate) fn list_all(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    list(desk, Kind::Transfer, parameters, &["destination", "transfer_group"])
}
