//! Midtrans: pages, notices that are believed once Midtrans was asked, refunds; with faults and kills.

use serde_json::{Value, json};

use crate::bank::MIDTRANS_KEY;
use crate::checks::{Checks, Failure};
use crate::hall::text_of;
use crate::shop::{PRICE_CENTS, Shop, refund_key};

/// What a seat costs: whole rupiahs.
const SEAT_CENTS: i64 = PRICE_CENTS * 10_000;

/// An evening that is sold in rupiahs.
struct Evening {
    event: String,
    seats: String,
}

/// Runs the tests.
pub fn run(checks: &mut Checks, shop: &mut Shop) -> Result<(), Failure> {
    let evening = evening(shop)?;
    an_order(checks, shop, &evening)?;
    a_page_that_was_lost(checks, shop, &evening)?;
    a_forged_notice(checks, shop, &evening)?;
    refunds(checks, shop, &evening)?;
    a_kill(checks, shop, &evening)
}

fn evening(shop: &Shop) -> Result<Evening, Failure> {
    let provider = json!({"live": false, "webhook_secrets": [MIDTRANS_KEY], "api_key": MIDTRANS_KEY});
    shop.owner("PUT", "/v1/providers/midtrans", &provider)?;
    let now = jiff::Timestamp::now().as_second();
    let time = |offset: i64| jiff::Timestamp::from_second(now + offset).map(|time| time.to_string());
    let event = json!({"venue_id": shop.place.venue_id, "name": "Malam", "currency": "IDR",
        "starts_at": time(3_600)?, "ends_at": time(36_000)?});
    let event = text_of(&shop.owner("POST", "/v1/events", &event)?, "event_id");
    let seats = json!({"name": "Festival", "price_cents": SEAT_CENTS, "total": 100});
    let seats = shop.owner("POST", &format!("/v1/events/{event}/ticket-types"), &seats)?;
    Ok(Evening { event, seats: text_of(&seats, "ticket_type_id") })
}

impl Evening {
    /// A new buyer's token, order and payment.
    fn order(&self, shop: &Shop) -> Result<[String; 3], Failure> {
        let path = format!("/wallet/{}/{}", self.event, shop.place.venue_id);
        let buyer = text_of(&shop.web()?.must("POST", &path, "", &Value::Null)?, "session_token");
        let lines = json!([{"ticket_type_id": self.seats, "quantity": 2}]);
        let order = json!({"lines": lines, "pay_with": "midtrans"});
        let order = shop.web()?.must("POST", "/v1/orders", &buyer, &order)?;
        Ok([buyer, text_of(&order, "order_id"), text_of(&order, "payment_id")])
    }

    /// The same, paid.
    fn paid(&self, shop: &Shop) -> Result<[String; 3], Failure> {
        let [buyer, order, payment] = self.order(shop)?;
        shop.made(&buyer, &payment, "redirect_url")?;
        act(shop, &payment, "pay")?;
        tickets(shop, &buyer, &order)?;
        Ok([buyer, order, payment])
    }
}

/// What the buyer of a page does.
fn act(shop: &Shop, payment: &str, verb: &str) -> Result<(), Failure> {
    shop.bank.control("POST", &format!("midtrans/{payment}/{verb}"), &json!({})).map(drop)
}

/// The tickets of an order, once it is paid.
fn tickets(shop: &Shop, buyer: &str, order: &str) -> Result<Value, Failure> {
    shop.until("the order is paid", || {
        let view = shop.web()?.must("GET", &format!("/v1/orders/{order}"), buyer, &Value::Null)?;
        Ok((view["state"] == "paid").then(|| view["tickets"].clone()))
    })
}

fn fault(shop: &Shop, method: &str, path: &str, mut rule: Value) -> Result<(), Failure> {
    rule["provider"] = json!("midtrans");
    rule["method"] = json!(method);
    shop.bank.fault(path, &rule)
}

fn an_order(checks: &mut Checks, shop: &Shop, evening: &Evening) -> Result<(), Failure> {
    // The questions for the status fail at first, and notices come twice.
    fault(shop, "GET", "/v2/", json!({"fault": "answer", "status": 503, "requests": 1}))?;
    fault(shop, "GET", "/v2/", json!({"fault": "drop_after", "requests": 1}))?;
    shop.bank.control("POST", "webhooks/midtrans/rules", &json!({"duplicates": 1}))?;
    let [buyer, order, payment] = evening.order(shop)?;
    let token = shop.made(&buyer, &payment, "client_secret")?;
    let url = shop.made(&buyer, &payment, "redirect_url")?;
    checks.that("Midtrans' page has a token and an address", !token.is_empty() && url.contains(&token));
    act(shop, &payment, "pay")?;
    let tickets = tickets(shop, &buyer, &order)?;
    checks.equal("paid on the page, the order has its tickets", tickets.as_array().map(Vec::len), Some(2));
    checks.equal("the page was made once", shop.bank.happened("snap.create", &payment)?, 1);
    shop.bank.control("POST", "webhooks/midtrans/rules", &json!({}))?;
    Ok(())
}

fn a_page_that_was_lost(checks: &mut Checks, shop: &Shop, evening: &Evening) -> Result<(), Failure> {
    fault(shop, "POST", "/snap/", json!({"fault": "drop_after"}))?;
    let [buyer, order, payment] = evening.order(shop)?;
    shop.until("it is refused", || Ok((shop.payment(&buyer, &payment)?["state"] == "failed").then_some(())))?;
    let path = format!("/v1/orders/{order}/pay");
    let again = shop.web()?.must("POST", &path, &buyer, &json!({"pay_with": "midtrans"}))?;
    let second = text_of(&again, "payment_id");
    shop.made(&buyer, &second, "redirect_url")?;
    act(shop, &second, "pay")?;
    let tickets = tickets(shop, &buyer, &order)?;
    checks.equal("a page whose answer was lost is made anew", tickets.as_array().map(Vec::len), Some(2));
    Ok(())
}

/// Midtrans' signature does not cover the status, so whoever saw a notice can forge another.
fn a_forged_notice(checks: &mut Checks, shop: &Shop, evening: &Evening) -> Result<(), Failure> {
    let [buyer, order, payment] = evening.order(shop)?;
    shop.made(&buyer, &payment, "redirect_url")?;
    act(shop, &payment, "deny")?;
    let all = shop.bank.control("GET", "deliveries", &Value::Null)?;
    let own = all["deliveries"].as_array().into_iter().flatten().rev().find_map(|delivery| {
        let body: Value = serde_json::from_str(delivery["body"].as_str()?).ok()?;
        (body["order_id"] == json!(payment)).then_some(body)
    });
    let mut body = own.ok_or("no notice of the payment")?;
    body["transaction_status"] = json!("settlement");
    let forged = shop.web()?.send("POST", "/webhooks/midtrans/1", &[], body.to_string().as_bytes())?;
    checks.equal("a forged status has a good signature", forged.status, 200);
    let text = "SELECT count(*) FROM admit.effect WHERE kind = 'payment.read' AND payment_id = $1::text::uuid \
                AND state NOT IN ('done', 'failed')";
    shop.until("Midtrans was asked", || {
        let open: i64 = crate::place::connect(&shop.place.url)?.query_one(text, &[&payment])?.get(0);
        Ok((open == 0).then_some(()))
    })?;
    let view = shop.web()?.must("GET", &format!("/v1/orders/{order}"), &buyer, &Value::Null)?;
    checks.equal("and buys nothing", view["state"].clone(), json!("pending_payment"));
    Ok(())
}

fn refunds(checks: &mut Checks, shop: &Shop, evening: &Evening) -> Result<(), Failure> {
    for (name, rule) in [
        ("a gateway that fails", json!({"fault": "answer", "status": 502, "saved": false})),
        ("a connection cut before", json!({"fault": "drop_before"})),
        ("a connection cut after, twice", json!({"fault": "drop_after", "requests": 2})),
    ] {
        let [buyer, order, _] = evening.paid(shop)?;
        let tickets = tickets(shop, &buyer, &order)?;
        fault(shop, "POST", "/v2/", rule)?;
        let body = json!({"reason": "ill", "ticket_ids": [tickets[0]["ticket_id"]]});
        let refund = text_of(&shop.owner("POST", &format!("/v1/orders/{order}/refunds"), &body)?, "refund_id");
        shop.done(&refund_key(&refund))?;
        checks.equal(&format!("{name}: Midtrans refunds once"), shop.bank.happened("refund.create", &refund)?, 1);
    }
    Ok(())
}

/// The shim is killed while it asks whether a notice is true.
fn a_kill(checks: &mut Checks, shop: &mut Shop, evening: &Evening) -> Result<(), Failure> {
    let [buyer, order, payment] = evening.order(shop)?;
    shop.made(&buyer, &payment, "redirect_url")?;
    fault(shop, "GET", "/v2/", json!({"answer_delay_ms": 2_000}))?;
    act(shop, &payment, "pay")?;
    let text = "SELECT count(*) FROM admit.effect WHERE kind = 'payment.read' AND payment_id = $1::text::uuid AND state = 'taken'";
    shop.until("it asks", || {
        let taken: i64 = crate::place::connect(&shop.place.url)?.query_one(text, &[&payment])?.get(0);
        Ok((taken > 0).then_some(()))
    })?;
    shop.kill();
    shop.start()?;
    shop.a_minute_passes()?;
    let tickets = tickets(shop, &buyer, &order)?;
    checks.equal("killed while it asks, it asks again", tickets.as_array().map(Vec::len), Some(2));
    Ok(())
}
