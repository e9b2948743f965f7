//! The terms of a payment: amount, fee, destination, and what else a PaymentIntent takes over.
//!
//! Source: Stripe's API reference "Create a PaymentIntent", documentation "Destination charges".

use serde_json::{Value, json};

use super::desk::Desk;
use super::parameters::Parameters;
use super::problem::Problem;
use super::store::Kind;

/// Stripe's limit for most currencies.
const AMOUNT_CENTS_MAX: i64 = 99_999_999;

/// What may be in `payment_intent_data` of a Checkout Session as well.
pub(crate) const TERMS: [&str; 10] = [
    "application_fee_amount",
    "capture_method",
    "description",
    "metadata",
    "on_behalf_of",
    "receipt_email",
    "setup_future_usage",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
];

/// Reads the terms of a payment: the fields of the PaymentIntent that come out of it.
pub(crate) fn read(desk: &Desk<'_>, parameters: &Parameters, amount_cents: i64) -> Result<Value, Problem> {
    let fee_cents = parameters.positive("application_fee_amount")?;
    let transfer_data = transfer_data(desk, parameters)?;
    if let Some(fee_cents) = fee_cents {
        let param = parameters.name("application_fee_amount");
        if transfer_data.is_null() && desk.account.is_none() && !parameters.has("on_behalf_of") {
            return Err(Problem::value(
                &param,
                "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment \
                 (using an OAuth key or Stripe-Account header) or destination payment (using \
                 `transfer_data[destination]`).",
            ));
        }
        if fee_cents > amount_cents {
            return Err(Problem::value(&param, "application_fee_amount cannot be greater than the amount."));
        }
        if transfer_data.get("amount").is_some() {
            return Err(Problem::value(
                &param,
                "You cannot use both application_fee_amount and transfer_data[amount].",
            ));
        }
    }
    parameters.word("capture_method", &["automatic", "automatic_async"])?;
    Ok(json!({
        "application_fee_amount": fee_cents,
        "capture_method": parameters.text("capture_method")?.unwrap_or("automatic_async"),
        "description": parameters.text("description")?,
        "metadata": parameters.metadata(&Value::Null)?,
        "on_behalf_of": parameters.text("on_behalf_of")?,
        "receipt_email": parameters.text("receipt_email")?,
        "setup_future_usage": parameters.word("setup_future_usage", &["off_session", "on_session"])?,
        "statement_descriptor_suffix": parameters.text("statement_descriptor_suffix")?,
        "transfer_data": transfer_data,
        "transfer_group": parameters.text("transfer_group")?,
    }))
}

fn transfer_data(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    let Some(data) = parameters.child("transfer_data") else { return Ok(Value::Null) };
    data.only(&["amount", "destination"])?;
    let destination = data.required("destination")?;
    let param = data.name("destination");
    let account = desk
        .stripe
        .store
        .get(Kind::Account, None, destination)
        .ok_or_else(|| Problem::no_such("destination", destination, Some(&param)))?;
    if account.text_at("/capabilities/transfers") != Some("active") {
        return Err(Problem::state(
            "insufficient_capabilities_for_transfer",
            "Your destination account needs to have at least one of the following capabilities enabled: transfers, \
             crypto_transfers, legacy_payments",
        ));
    }
    Ok(match data.positive("amount")? {
        Some(amount_cents) => json!({"destination": destination, "amount": amount_cents}),
        None => json!({"destination": destination}),
    })
}

/// The amount of a payment, within Stripe's limits.
///
/// Source: Stripe's documentation "Supported currencies", section "Minimum and maximum charge amounts".
pub(crate) fn check_amount(amount_cents: i64, currency: &str, param: &str) -> Result<(), Problem> {
    let least_cents = match currency {
        "usd" | "eur" | "aud" | "cad" | "chf" | "nzd" | "sgd" => 50,
        "gbp" => 30,
        _ => 1,
    };
    if amount_cents < least_cents {
        let message = format!("Amount must be at least {least_cents} in the smallest unit of {currency}");
        return Err(Problem::parameter(param, "amount_too_small", message));
    }
    if amount_cents > AMOUNT_CENTS_MAX {
        let message = format!("Amount must be no more than {AMOUNT_CENTS_MAX} in the smallest unit of {currency}");
        return Err(Problem::parameter(param, "amount_too_large", message));
    }
    Ok(())
}

/// The names of the parameters inside `payment_intent_data`.
pub(crate) fn check(parameters: &Parameters) -> Result<(), Problem> {
    parameters.only(&TERMS)
}
