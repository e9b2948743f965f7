//! admit calls the provider: the real shim, a real server and the fake provider, from the order to
//! the refund, with what goes wrong in between.

use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::hall::text_of;
use crate::place::connect;
use crate::shop::{PRICE_CENTS, Shop, payment_key, refund_key};
use crate::{
    effects_faults, effects_kill, effects_methods, effects_midtrans, effects_onboarding, effects_reconciliation,
    effects_xendit,
};

/// Runs the tests.
pub fn run() -> Result<bool, Failure> {
    let mut checks = Checks::default();
    let mut shop = Shop::open("harness_effects")?;
    an_order_and_its_refund(&mut checks, &shop)?;
    the_providers_page(&mut checks, &shop)?;
    the_webhook_comes_first(&mut checks, &shop)?;
    refused_for_good(&mut checks, &shop)?;
    effects_reconciliation::run(&mut checks, &mut shop)?;
    effects_faults::run(&mut checks, &shop)?;
    effects_methods::run(&mut checks, &shop)?;
    effects_onboarding::run(&mut checks, &shop)?;
    effects_midtrans::run(&mut checks, &mut shop)?;
    effects_xendit::run(&mut checks, &mut shop)?;
    effects_kill::run(&mut checks, &mut shop)?;
    effects_reconciliation::agree(&mut checks, &shop)?;
    let open: i64 = connect(&shop.place.url)?
        .query_one("SELECT count(*) FROM admit.effect WHERE state NOT IN ('done', 'failed')", &[])?
        .get(0);
    checks.equal("nothing is left open", open, 0);
    checks.equal("verify is clean", shop.place.violations(&mut connect(&shop.place.url)?)?, Vec::new());
    Ok(checks.close())
}

fn paid(shop: &Shop, buyer: &str, order: &str) -> Result<Value, Failure> {
    shop.until("the order is paid", || {
        let view = shop.web()?.must("GET", &format!("/v1/orders/{order}"), buyer, &Value::Null)?;
        Ok((view["state"] == "paid").then_some(view))
    })
}

fn an_order_and_its_refund(checks: &mut Checks, shop: &Shop) -> Result<(), Failure> {
    let (buyer, stranger) = (shop.buyer()?, shop.buyer()?);
    let order = shop.order(&buyer, &json!({}))?;
    let (order, payment) = (text_of(&order, "order_id"), text_of(&order, "payment_id"));
    let secret = shop.made(&buyer, &payment, "client_secret")?;
    let intent = shop.made(&buyer, &payment, "provider_reference")?;
    checks.that("the payer gets what to pay with", secret.starts_with(&format!("{intent}_secret_")));
    let theirs = shop.web()?.call("GET", &format!("/v1/payments/{payment}"), &stranger, &Value::Null)?;
    checks.equal("nobody else does", theirs.status, 404);
    let stored = format!("%{secret}%");
    let text = "SELECT count(*) FROM admit.payment AS p WHERE p::text LIKE $1";
    let in_clear: i64 = connect(&shop.place.url)?.query_one(text, &[&stored])?.get(0);
    checks.equal("and it is not stored in clear", in_clear, 0);
    shop.bank.pay("payment_intents", &intent)?;
    let view = paid(shop, &buyer, &order)?;
    checks.equal("paid at the provider, the order has its tickets", view["tickets"].as_array().map(Vec::len), Some(2));
    checks.equal("the provider was asked once", shop.bank.effects(&payment_key(&payment))?, 1);
    let path = format!("/v1/orders/{order}/refunds");
    let refund = json!({"reason": "ill", "ticket_ids": [view["tickets"][0]["ticket_id"]]});
    let refund = text_of(&shop.owner("POST", &path, &refund)?, "refund_id");
    shop.done(&refund_key(&refund))?;
    let bearer = "Bearer sk_test_of_the_tests";
    let list = format!("/v1/refunds?payment_intent={intent}");
    let list = shop.bank.web.send("GET", &list, &[("Authorization", bearer)], b"")?.json["data"].clone();
    checks.equal(
        "a refund of one ticket reaches the provider",
        list.as_array().map(|list| list.iter().map(|refund| refund["amount"].clone()).collect::<Vec<_>>()),
        Some(vec![json!(PRICE_CENTS)]),
    );
    checks.equal("with its id", list[0]["metadata"]["admit_refund_id"].clone(), json!(refund));
    checks.equal("asked for once", shop.bank.effects(&refund_key(&refund))?, 1);
    let log = shop.shim.as_ref().map(|shim| std::fs::read_to_string(&shim.log)).transpose()?.unwrap_or_default();
    checks.that("the shim's log tells of it", log.contains("payment.create") && log.contains("refund.create"));
    checks.that("and no secret", !log.contains("sk_test") && !log.contains(&secret));
    Ok(())
}

fn the_providers_page(checks: &mut Checks, shop: &Shop) -> Result<(), Failure> {
    let buyer = shop.buyer()?;
    let page = json!({"checkout": "hosted", "success_url": "https://shop.example/done"});
    let order = shop.order(&buyer, &page)?;
    let (order, payment) = (text_of(&order, "order_id"), text_of(&order, "payment_id"));
    let url = shop.made(&buyer, &payment, "redirect_url")?;
    checks.that("the payer is sent to the provider's page", url.starts_with("http"));
    let text = "SELECT object_reference FROM admit.effect WHERE payment_id = $1::text::uuid";
    let session: String = connect(&shop.place.url)?.query_one(text, &[&payment])?.get(0);
    shop.bank.pay("checkout/sessions", &session)?;
    let view = paid(shop, &buyer, &order)?;
    checks.equal("paid on the page, the order has its tickets", view["tickets"].as_array().map(Vec::len), Some(2));
    Ok(())
}

/// The payer is faster than the provider's answer.
fn the_webhook_comes_first(checks: &mut Checks, shop: &Shop) -> Result<(), Failure> {
    let buyer = shop.buyer()?;
    shop.bank.fault("/v1/payment_intents", &json!({"answer_delay_ms": 2000}))?;
    let order = shop.order(&buyer, &json!({}))?;
    let (order, payment) = (text_of(&order, "order_id"), text_of(&order, "payment_id"));
    let intent = shop.until("the provider has made it", || {
        let all = shop.bank.control("GET", "effects", &Value::Null)?;
        let own = all["effects"].as_array().and_then(|all| {
            all.iter().find(|effect| effect["idempotency_key"] == json!(payment_key(&payment))).cloned()
        });
        Ok(own.map(|effect| text_of(&effect, "object")))
    })?;
    shop.bank.pay("payment_intents", &intent)?;
    paid(shop, &buyer, &order)?;
    checks.equal("the order is paid before the answer", shop.effect(&payment_key(&payment))?.0, "taken".to_owned());
    shop.done(&payment_key(&payment))?;
    checks.equal("which comes to the same", shop.made(&buyer, &payment, "provider_reference")?, intent);
    Ok(())
}

fn refused_for_good(checks: &mut Checks, shop: &Shop) -> Result<(), Failure> {
    let buyer = shop.buyer()?;
    shop.bank.fault("/v1/payment_intents", &json!({"fault": "answer", "status": 400}))?;
    let order = shop.order(&buyer, &json!({}))?;
    let (order, payment) = (text_of(&order, "order_id"), text_of(&order, "payment_id"));
    shop.until("it is refused", || Ok((shop.payment(&buyer, &payment)?["state"] == "failed").then_some(())))?;
    let path = format!("/v1/orders/{order}/pay");
    let again = shop.web()?.must("POST", &path, &buyer, &json!({"pay_with": "stripe"}))?;
    let second = text_of(&again, "payment_id");
    checks.that("what the provider refuses can be tried again", second != payment && !second.is_empty());
    shop.bank.pay("payment_intents", &shop.made(&buyer, &second, "provider_reference")?)?;
    paid(shop, &buyer, &order)?;
    checks.equal("the first was never made", shop.bank.effects(&payment_key(&payment))?, 0);
    Ok(())
}
