//! Line items of Checkout Sessions, with `price_data`.
//!
//! Source: Stripe's API reference "Create a Checkout Session" (`line_items`).

use serde_json::{Value, json};

use super::desk::Desk;
use super::parameters::Parameters;
use super::problem::Problem;
use super::store::Kind;

/// What a session is about.
#[derive(Debug)]
pub(crate) struct LineItems {
    pub(crate) currency: String,
    pub(crate) total_cents: i64,
    /// The line items as they go over the wire.
    pub(crate) data: Vec<Value>,
}

/// Reads `line_items`: at least one, all in the same currency.
pub(crate) fn read(desk: &Desk<'_>, parameters: &Parameters) -> Result<LineItems, Problem> {
    let mut items = LineItems { currency: String::new(), total_cents: 0, data: Vec::new() };
    for (position, item) in parameters.items("line_items").iter().enumerate() {
        item.only(&["price_data", "quantity"])?;
        let price = item.child("price_data").ok_or_else(|| Problem::missing(&item.name("price_data")))?;
        price.only(&["currency", "product_data", "tax_behavior", "unit_amount"])?;
        let currency = price.currency("currency")?;
        if !items.currency.is_empty() && currency != items.currency {
            let message = "All line items must have the same currency.";
            return Err(Problem::value(&price.name("currency"), message));
        }
        let product = price.child("product_data").ok_or_else(|| Problem::missing(&price.name("product_data")))?;
        product.only(&["description", "images", "metadata", "name", "tax_code"])?;
        let name = product.required("name")?;
        let unit_cents = price.integer("unit_amount")?.ok_or_else(|| Problem::missing(&price.name("unit_amount")))?;
        if unit_cents < 0 {
            let message = "This value must be greater than or equal to 0.";
            return Err(Problem::parameter(&price.name("unit_amount"), "parameter_invalid_integer", message));
        }
        let quantity = item.positive("quantity")?.ok_or_else(|| Problem::missing(&item.name("quantity")))?;
        let total_cents = unit_cents.saturating_mul(quantity);
        items.total_cents = items.total_cents.saturating_add(total_cents);
        items.data.push(line(desk, position, name, &currency, unit_cents, quantity));
        items.currency = currency;
    }
    if items.data.is_empty() { Err(Problem::missing("line_items")) } else { Ok(items) }
}

fn line(desk: &Desk<'_>, position: usize, name: &str, currency: &str, unit_cents: i64, quantity: i64) -> Value {
    let session = desk.stripe.store.ids(Kind::Session).len() + 1;
    let number = format!("{session:012}{:012}", position + 1);
    let total_cents = unit_cents.saturating_mul(quantity);
    json!({
        "id": format!("li_{number}"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total_cents,
        "amount_tax": 0,
        "amount_total": total_cents,
        "currency": currency,
        "description": name,
        "price": {
            "id": format!("price_{number}"), "object": "price", "active": false, "billing_scheme": "per_unit",
            "created": desk.now_seconds, "currency": currency, "custom_unit_amount": null, "livemode": false,
            "lookup_key": null, "metadata": {}, "nickname": null, "product": format!("prod_{number}"),
            "recurring": null, "tax_behavior": "unspecified", "tiers_mode": null, "transform_quantity": null,
            "type": "one_time", "unit_amount": unit_cents, "unit_amount_decimal": unit_cents.to_string(),
        },
        "quantity": quantity,
    })
}

/// `GET /v1/checkout/sessions/{id}/line_items`
pub(crate) fn list(desk: &Desk<'_>, id: &str, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&["limit"])?;
    desk.find(Kind::Session, id)?;
    let data = desk.stripe.line_items.get(id).cloned().unwrap_or_default();
    Ok(json!({"object": "list", "data": data, "has_more": false,
        "url": format!("/v1/checkout/sessions/{id}/line_items")}))
}
