//! Saved payment methods: added by a wallet whose customer is made in spite of a lost answer, and paid with.

use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::hall::text_of;
use crate::shop::{Shop, payment_key};

const METHODS: &str = "/v1/payment-methods";

/// Runs the tests.
pub fn run(checks: &mut Checks, shop: &Shop) -> Result<(), Failure> {
    let (buyer, stranger) = (shop.buyer()?, shop.buyer()?);
    // The answer with the customer is lost: it is asked for again under the same key.
    shop.bank.fault("/v1/customers", &json!({"fault": "drop_after"}))?;
    let card = add(shop, &buyer, "pm_card_visa")?;
    checks.equal("a card is saved by its last digits", card["last4"].clone(), json!("4242"));
    checks.equal("the first is the default", card["is_default"].clone(), json!(true));
    let id = text_of(&card, "payment_method_id");
    let with_it = json!({"payment_method_id": id});
    let order = shop.order(&buyer, &with_it)?;
    let (order, payment) = (text_of(&order, "order_id"), text_of(&order, "payment_id"));
    shop.until("the order is paid without its buyer", || {
        let view = shop.web()?.must("GET", &format!("/v1/orders/{order}"), &buyer, &Value::Null)?;
        Ok((view["state"] == "paid").then_some(()))
    })?;
    checks.equal("charged by one request", shop.bank.requests(&payment_key(&payment))?.len(), 1);
    let lines = json!([{"ticket_type_id": shop.seats, "quantity": 1}]);
    let theirs = json!({"lines": lines, "pay_with": "stripe", "payment_method_id": id});
    let refused = shop.web()?.call("POST", "/v1/orders", &stranger, &theirs)?;
    checks.equal("nobody else pays with it", refused.status, 404);
    deleted_customer(checks, shop, &buyer)
}

/// Somebody deletes the customer in the provider's dashboard: the card is gone here, and the next one that is
/// added gets a customer of its own.
fn deleted_customer(checks: &mut Checks, shop: &Shop, buyer: &str) -> Result<(), Failure> {
    let customers = || -> Result<Vec<String>, Failure> {
        let made = shop.bank.control("GET", "effects?kind=customer.create", &Value::Null)?;
        Ok(made["effects"].as_array().into_iter().flatten().map(|effect| text_of(effect, "object")).collect())
    };
    let before = customers()?;
    let customer = before.last().ok_or("the buyer has no customer")?;
    at_provider(shop, "DELETE", &format!("/v1/customers/{customer}"), "")?;
    shop.until("the card is gone", || Ok(list(shop, buyer)?.is_empty().then_some(())))?;
    let card = add(shop, buyer, "pm_card_mastercard")?;
    checks.equal("another card is added after that", card["is_default"].clone(), json!(true));
    checks.equal("to another customer", customers()?.len(), before.len() + 1);
    Ok(())
}

/// Adds a card as the buyer's client does; gives it once it is listed.
fn add(shop: &Shop, buyer: &str, card: &str) -> Result<Value, Failure> {
    let before = list(shop, buyer)?.len();
    let begun = shop.web()?.must("POST", "/v1/wallet/payment-methods", buyer, &json!({}))?;
    let path = format!("/v1/wallet/payment-method-setups/{}", text_of(&begun, "setup_id"));
    let secret = shop.until("the client_secret", || {
        let setup = shop.web()?.must("GET", &path, buyer, &Value::Null)?;
        Ok(Some(text_of(&setup, "client_secret")).filter(|secret| !secret.is_empty()))
    })?;
    let intent = secret.split("_secret_").next().unwrap_or_default();
    let path_at_provider = format!("/v1/setup_intents/{intent}/confirm");
    at_provider(shop, "POST", &path_at_provider, &format!("payment_method={card}"))?;
    shop.until("the adding has ended", || {
        let setup = shop.web()?.must("GET", &path, buyer, &Value::Null)?;
        Ok((setup["state"] == "succeeded").then_some(()))
    })?;
    listed(shop, buyer, before)
}

/// What a client or a backend of the tenant asks of the provider.
fn at_provider(shop: &Shop, method: &str, path: &str, form: &str) -> Result<(), Failure> {
    let headers =
        [("Authorization", "Bearer sk_test_of_the_tests"), ("Content-Type", "application/x-www-form-urlencoded")];
    shop.bank.web.send(method, path, &headers, form.as_bytes()).map(drop)
}

/// The newest card, once there are more than before.
fn listed(shop: &Shop, buyer: &str, before: usize) -> Result<Value, Failure> {
    shop.until("the card", || {
        let cards = list(shop, buyer)?;
        Ok(cards.first().filter(|_| cards.len() > before).cloned())
    })
}

fn list(shop: &Shop, buyer: &str) -> Result<Vec<Value>, Failure> {
    let page = shop.web()?.must("GET", METHODS, buyer, &Value::Null)?;
    Ok(page["items"].as_array().cloned().unwrap_or_default())
}
