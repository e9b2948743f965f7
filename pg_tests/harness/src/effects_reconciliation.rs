//! Webhooks that never come: the provider's own list brings each of them in, once, whatever fails while
//! it is read.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::hall::text_of;
use crate::place::connect;
use crate::shop::Shop;

/// Fundings whose webhooks are lost: more than a page of the list has.
const LOST: usize = 55;
/// What each of them is.
const EACH_CENTS: i64 = 100;

/// Runs the tests.
pub fn run(checks: &mut Checks, shop: &mut Shop) -> Result<(), Failure> {
    let buyer = shop.buyer()?;
    let refunded = shop.funded(&buyer, 5_000)?;
    let before = compare(shop)?;
    checks.equal("when no webhook was lost, nothing is found", found(&before), (0, 0));
    shop.bank.control("POST", "webhooks/stripe/rules", &json!({"lose_every": 1}))?;
    let payments = (0..LOST).map(|_| shop.fund(&buyer, EACH_CENTS)).collect::<Result<Vec<_>, _>>()?;
    for payment in &payments {
        shop.bank.pay("payment_intents", &shop.made(&buyer, payment, "provider_reference")?)?;
    }
    let order = shop.order(&buyer, &json!({}))?;
    let (order, payment) = (text_of(&order, "order_id"), text_of(&order, "payment_id"));
    shop.bank.pay("payment_intents", &shop.made(&buyer, &payment, "provider_reference")?)?;
    let given_up = shop.fund(&buyer, 700)?;
    let intent = shop.made(&buyer, &given_up, "provider_reference")?;
    shop.bank.control("POST", &format!("stripe/payment_intents/{intent}/cancel"), &json!({}))?;
    refund_in_the_dashboard(shop, &shop.made(&buyer, &refunded, "provider_reference")?)?;
    checks.equal("nobody told of it", shop.payment(&buyer, &payments[0])?["state"].clone(), json!("pending"));
    checks.equal("and nothing is booked", balance(shop, &buyer)?, 5_000);

    let run = interrupted(shop)?;
    let done = ended(shop, &run)?;
    checks.equal("what was missed is repaired, and nothing differs", found(&done), (LOST as i64 + 3, 0));
    checks.that("over several pages", done["pages"].as_i64() >= Some(2));
    let booked = |state: &str, payment: &str| Ok::<_, Failure>(shop.payment(&buyer, payment)?["state"] == state);
    let mut wrong = 0;
    for payment in &payments {
        wrong += usize::from(!booked("succeeded", payment)?);
    }
    checks.equal("each funding has arrived", wrong, 0);
    checks.that("the one that was given up is cancelled", booked("cancelled", &given_up)?);
    let view = shop.web()?.must("GET", &format!("/v1/orders/{order}"), &buyer, &Value::Null)?;
    checks.equal("the order has its tickets", view["tickets"].as_array().map(Vec::len), Some(2));
    let expected = 5_000 - 1_000 + LOST as i64 * EACH_CENTS;
    checks.equal("each was booked once", balance(shop, &buyer)?, expected);

    shop.bank.control("POST", "webhooks/stripe/rules", &json!({}))?;
    come_after_all(checks, shop)?;
    checks.equal("the webhooks that come after all change nothing", balance(shop, &buyer)?, expected);
    checks.equal("a second run finds nothing", found(&compare(shop)?), (0, 0));
    Ok(())
}

/// The provider and admit agree about every payment.
pub fn agree(checks: &mut Checks, shop: &Shop) -> Result<(), Failure> {
    let done = compare(shop)?;
    checks.equal("the provider's list differs in nothing", done["differences"].clone(), json!(0));
    checks.that("and is not empty", done["compared"].as_i64() > Some(LOST as i64));
    Ok(())
}

/// Repaired and differing.
fn found(view: &Value) -> (i64, i64) {
    (view["repaired"].as_i64().unwrap_or(-1), view["differences"].as_i64().unwrap_or(-1))
}

fn balance(shop: &Shop, buyer: &str) -> Result<i64, Failure> {
    let view = shop.web()?.must("GET", "/v1/wallet", buyer, &Value::Null)?;
    view["balance_cents"].as_i64().ok_or_else(|| format!("a wallet without a balance: {view}").into())
}

fn start(shop: &Shop) -> Result<String, Failure> {
    let from = Timestamp::now() - SignedDuration::from_hours(1);
    let body = json!({"created_from": from.to_string()});
    Ok(text_of(&shop.owner("POST", "/v1/reconciliations", &body)?, "reconciliation_id"))
}

/// A reconciliation that has ended, with all that it found booked.
fn ended(shop: &Shop, run: &str) -> Result<Value, Failure> {
    shop.until("the reconciliation ends", || {
        // No background worker serves the tests' own databases.
        connect(&shop.place.url)?.execute("SELECT count(*) FROM admit.tick(1)", &[])?;
        let view = shop.owner("GET", &format!("/v1/reconciliations/{run}"), &Value::Null)?;
        Ok((view["state"] != "running" && view["waiting"] == 0).then_some(view))
    })
}

fn compare(shop: &Shop) -> Result<Value, Failure> {
    ended(shop, &start(shop)?)
}

/// A reconciliation whose list fails at first, and whose shim is killed while a page is on its way.
fn interrupted(shop: &mut Shop) -> Result<String, Failure> {
    for rule in [json!({"fault": "answer", "status": 500, "requests": 2}), json!({"answer_delay_ms": 3000})] {
        let mut whole = json!({"provider": "stripe", "method": "GET", "path_prefix": "/v1/payment_intents"});
        if let (Some(whole), Some(rule)) = (whole.as_object_mut(), rule.as_object()) {
            whole.extend(rule.clone());
        }
        shop.bank.control("POST", "faults", &whole)?;
    }
    let run = start(shop)?;
    shop.until("a page is asked for again", || {
        Ok((shop.effect(&format!("admit-list-{run}-page-1"))?.1 >= 3).then_some(()))
    })?;
    shop.kill();
    shop.start()?;
    shop.a_minute_passes()?;
    Ok(run)
}

/// Somebody refunds 10.00 at the provider.
fn refund_in_the_dashboard(shop: &Shop, intent: &str) -> Result<(), Failure> {
    let headers =
        [("Authorization", "Bearer sk_test_of_the_tests"), ("Content-Type", "application/x-www-form-urlencoded")];
    let body = format!("payment_intent={intent}&amount=1000");
    let answer = shop.bank.web.send("POST", "/v1/refunds", &headers, body.as_bytes())?;
    if answer.status == 200 { Ok(()) } else { Err(format!("the refund: {} {}", answer.status, answer.text).into()) }
}

/// The provider sends what was lost.
fn come_after_all(checks: &mut Checks, shop: &Shop) -> Result<(), Failure> {
    let of_state = |state: &str| -> Result<Vec<u64>, Failure> {
        let all = shop.bank.control("GET", "deliveries", &Value::Null)?;
        let own = all["deliveries"].as_array().into_iter().flatten().filter(|delivery| delivery["state"] == state);
        Ok(own.filter_map(|delivery| delivery["id"].as_u64()).collect())
    };
    let lost = of_state("lost")?;
    checks.that("webhooks were lost", lost.len() > LOST);
    for delivery in &lost {
        shop.bank.control("POST", "webhooks/resend", &json!({"delivery": delivery}))?;
    }
    shop.until("they are delivered", || {
        let delivered = of_state("delivered")?;
        Ok(lost.iter().all(|delivery| delivered.contains(delivery)).then_some(()))
    })
}
