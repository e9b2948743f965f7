//! Xendit: pages by payment sessions, notices that are believed once Xendit was asked, refunds; with
//! faults and kills.

use serde_json::{Value, json};

use crate::bank::{XENDIT_KEY, XENDIT_TOKEN};
use crate::checks::{Checks, Failure};
use crate::hall::text_of;
use crate::place::connect;
use crate::shop::{PRICE_CENTS, Shop, refund_key};

/// An evening that is sold in pesos.
struct Evening {
    event: String,
    seats: String,
}

/// An order that waits for its payment.
struct Ordered {
    buyer: String,
    order: String,
    payment: String,
}

/// Runs the tests.
pub fn run(checks: &mut Checks, shop: &mut Shop) -> Result<(), Failure> {
    let evening = evening(shop)?;
    an_order(checks, shop, &evening)?;
    a_page_that_was_lost(checks, shop, &evening)?;
    a_forged_notice(checks, shop, &evening)?;
    refunds(checks, shop, &evening)?;
    a_refund_that_fails(checks, shop, &evening)?;
    a_kill(checks, shop, &evening)
}

fn evening(shop: &Shop) -> Result<Evening, Failure> {
    let provider = json!({"live": false, "webhook_secrets": [XENDIT_TOKEN], "api_key": XENDIT_KEY});
    shop.owner("PUT", "/v1/providers/xendit", &provider)?;
    let now = jiff::Timestamp::now().as_second();
    let time = |offset: i64| jiff::Timestamp::from_second(now + offset).map(|time| time.to_string());
    let event = json!({"venue_id": shop.place.venue_id, "name": "Gabi", "currency": "PHP",
        "starts_at": time(3_600)?, "ends_at": time(36_000)?});
    let event = text_of(&shop.owner("POST", "/v1/events", &event)?, "event_id");
    // An amount with hundredths.
    let seats = json!({"name": "Festival", "price_cents": PRICE_CENTS * 10 + 5, "total": 100});
    let seats = shop.owner("POST", &format!("/v1/events/{event}/ticket-types"), &seats)?;
    Ok(Evening { event, seats: text_of(&seats, "ticket_type_id") })
}

impl Evening {
    /// A new buyer's order of two tickets.
    fn order(&self, shop: &Shop) -> Result<Ordered, Failure> {
        let path = format!("/wallet/{}/{}", self.event, shop.place.venue_id);
        let buyer = text_of(&shop.web()?.must("POST", &path, "", &Value::Null)?, "session_token");
        let lines = json!([{"ticket_type_id": self.seats, "quantity": 2}]);
        let order = json!({"lines": lines, "pay_with": "xendit"});
        let order = shop.web()?.must("POST", "/v1/orders", &buyer, &order)?;
        let (payment, order) = (text_of(&order, "payment_id"), text_of(&order, "order_id"));
        Ok(Ordered { buyer, order, payment })
    }

    /// The same, paid, with its tickets.
    fn paid(&self, shop: &Shop) -> Result<(Ordered, Value), Failure> {
        let ordered = self.order(shop)?;
        act(shop, "sessions", &ordered.session(shop)?, "pay")?;
        let tickets = ordered.tickets(shop)?;
        Ok((ordered, tickets))
    }
}

impl Ordered {
    /// The session behind the payment's page.
    fn session(&self, shop: &Shop) -> Result<String, Failure> {
        let url = shop.made(&self.buyer, &self.payment, "redirect_url")?;
        url.rsplit('/').next().map(str::to_owned).ok_or_else(|| "the page has no session".into())
    }

    /// The tickets, once it is paid.
    fn tickets(&self, shop: &Shop) -> Result<Value, Failure> {
        shop.until("the order is paid", || {
            let view = shop.web()?.must("GET", &format!("/v1/orders/{}", self.order), &self.buyer, &Value::Null)?;
            Ok((view["state"] == "paid").then(|| view["tickets"].clone()))
        })
    }

    /// Waits until nothing of the payment is asked for any more.
    fn asked(&self, shop: &Shop) -> Result<(), Failure> {
        let text = "SELECT count(*) FROM admit.effect WHERE kind = 'payment.read' AND payment_id = $1::text::uuid \
                    AND state NOT IN ('done', 'failed')";
        shop.until("Xendit was asked", || {
            let open: i64 = connect(&shop.place.url)?.query_one(text, &[&self.payment])?.get(0);
            Ok((open == 0).then_some(()))
        })
    }
}

/// What a buyer or a channel does.
fn act(shop: &Shop, folder: &str, id: &str, verb: &str) -> Result<(), Failure> {
    shop.bank.control("POST", &format!("xendit/{folder}/{id}/{verb}"), &json!({})).map(drop)
}

fn fault(shop: &Shop, method: &str, path: &str, mut rule: Value) -> Result<(), Failure> {
    rule["provider"] = json!("xendit");
    rule["method"] = json!(method);
    shop.bank.fault(path, &rule)
}

fn an_order(checks: &mut Checks, shop: &Shop, evening: &Evening) -> Result<(), Failure> {
    // The questions for the page fail at first, and notices come twice.
    fault(shop, "GET", "/sessions/", json!({"fault": "answer", "status": 503, "requests": 1}))?;
    fault(shop, "GET", "/sessions/", json!({"fault": "drop_after", "requests": 1}))?;
    shop.bank.control("POST", "webhooks/xendit/rules", &json!({"duplicates": 1}))?;
    let ordered = evening.order(shop)?;
    let session = ordered.session(shop)?;
    // An attempt that fails leaves the page open.
    act(shop, "sessions", &session, "fail")?;
    act(shop, "sessions", &session, "pay")?;
    let tickets = ordered.tickets(shop)?;
    checks.equal("paid on Xendit's page, the order has its tickets", tickets.as_array().map(Vec::len), Some(2));
    checks.equal("the page was made once", shop.bank.happened("session.create", &session)?, 1);
    ordered.asked(shop)?;
    shop.bank.control("POST", "webhooks/xendit/rules", &json!({}))?;
    Ok(())
}

fn a_page_that_was_lost(checks: &mut Checks, shop: &Shop, evening: &Evening) -> Result<(), Failure> {
    fault(shop, "POST", "/sessions", json!({"fault": "drop_after"}))?;
    let ordered = evening.order(shop)?;
    let session = ordered.session(shop)?;
    act(shop, "sessions", &session, "pay")?;
    let tickets = ordered.tickets(shop)?;
    checks.equal("a page whose answer was lost is made anew", tickets.as_array().map(Vec::len), Some(2));
    // The lost page ends by itself, and its notice names the same payment.
    let mut orphan = None;
    let all = shop.bank.control("GET", "effects?kind=session.create", &Value::Null)?;
    for effect in all["effects"].as_array().into_iter().flatten() {
        let id = text_of(effect, "object");
        if id < session {
            orphan = orphan.max(Some(id));
        }
    }
    act(shop, "sessions", &orphan.ok_or("there is no lost page")?, "expire")?;
    ordered.asked(shop)?;
    let view = shop.payment(&ordered.buyer, &ordered.payment)?;
    checks.equal("the end of the lost page changes nothing", view["state"].clone(), json!("succeeded"));
    Ok(())
}

/// Xendit's token says nothing of the content, so whoever learns it can claim anything.
fn a_forged_notice(checks: &mut Checks, shop: &Shop, evening: &Evening) -> Result<(), Failure> {
    let ordered = evening.order(shop)?;
    let session = ordered.session(shop)?;
    let mut page = json!({"payment_session_id": session, "reference_id": ordered.payment, "status": "COMPLETED",
        "payment_request_id": "pr-forged", "amount": 500.1, "currency": "PHP"});
    let send = |token: &str, page: &Value| {
        let body = json!({"event": "payment_session.completed", "business_id": "b", "data": page}).to_string();
        shop.web()?.send("POST", "/webhooks/xendit/1", &[("x-callback-token", token)], body.as_bytes())
    };
    checks.equal("a wrong token is refused", send("token-of-nobody-at-xendit", &page)?.status, 400);
    act(shop, "sessions", &session, "expire")?;
    ordered.asked(shop)?;
    checks.equal("a forged notice has a good token", send(XENDIT_TOKEN, &page)?.status, 200);
    page["payment_session_id"] = json!("ps-another");
    checks.equal("and may name another page", send(XENDIT_TOKEN, &page)?.status, 200);
    ordered.asked(shop)?;
    let path = format!("/v1/orders/{}", ordered.order);
    let view = shop.web()?.must("GET", &path, &ordered.buyer, &Value::Null)?;
    checks.equal("and buys nothing", view["state"].clone(), json!("pending_payment"));
    Ok(())
}

/// Asks for the refund of an order's first ticket; gives the refund.
fn refund(shop: &Shop, ordered: &Ordered, tickets: &Value) -> Result<String, Failure> {
    let body = json!({"reason": "ill", "ticket_ids": [tickets[0]["ticket_id"]]});
    let path = format!("/v1/orders/{}/refunds", ordered.order);
    Ok(text_of(&shop.owner("POST", &path, &body)?, "refund_id"))
}

/// State of a refund and its id at Xendit.
fn refund_row(shop: &Shop, refund: &str) -> Result<(String, Option<String>), Failure> {
    let text = "SELECT state, provider_reference FROM admit.refund WHERE refund_id = $1::text::uuid";
    let row = connect(&shop.place.url)?.query_one(text, &[&refund])?;
    Ok((row.get(0), row.get(1)))
}

/// Waits until a refund has this state; gives its id at Xendit.
fn refund_is(shop: &Shop, refund: &str, state: &str) -> Result<String, Failure> {
    shop.until(&format!("the refund is {state}"), || {
        let (now, reference) = refund_row(shop, refund)?;
        Ok(reference.filter(|_| now == state))
    })
}

fn refunds(checks: &mut Checks, shop: &Shop, evening: &Evening) -> Result<(), Failure> {
    for (name, rule) in [
        ("a gateway that fails", json!({"fault": "answer", "status": 502, "saved": false})),
        ("a connection cut before", json!({"fault": "drop_before"})),
        ("a connection cut after, twice", json!({"fault": "drop_after", "requests": 2})),
    ] {
        let (ordered, tickets) = evening.paid(shop)?;
        fault(shop, "POST", "/refunds", rule)?;
        let refund = refund(shop, &ordered, &tickets)?;
        shop.done(&refund_key(&refund))?;
        checks.equal(&format!("{name}: Xendit refunds once"), shop.bank.effects(&refund_key(&refund))?, 1);
        let object = refund_is(shop, &refund, "pending")?;
        act(shop, "refunds", &object, "succeed")?;
        refund_is(shop, &refund, "succeeded")?;
    }
    Ok(())
}

fn a_refund_that_fails(checks: &mut Checks, shop: &Shop, evening: &Evening) -> Result<(), Failure> {
    let (ordered, tickets) = evening.paid(shop)?;
    let refund = refund(shop, &ordered, &tickets)?;
    act(shop, "refunds", &refund_is(shop, &refund, "pending")?, "fail")?;
    refund_is(shop, &refund, "failed")?;
    let view = shop.payment(&ordered.buyer, &ordered.payment)?;
    checks.equal("a refund that fails later gives nothing back", view["refunded_cents"].clone(), json!(0));
    Ok(())
}

/// The shim is killed while it asks whether a notice is true.
fn a_kill(checks: &mut Checks, shop: &mut Shop, evening: &Evening) -> Result<(), Failure> {
    let ordered = evening.order(shop)?;
    let session = ordered.session(shop)?;
    fault(shop, "GET", "/sessions/", json!({"answer_delay_ms": 2_000}))?;
    act(shop, "sessions", &session, "pay")?;
    let text = "SELECT count(*) FROM admit.effect WHERE kind = 'payment.read' AND payment_id = $1::text::uuid AND state = 'taken'";
    shop.until("it asks", || {
        let taken: i64 = connect(&shop.place.url)?.query_one(text, &[&ordered.payment])?.get(0);
        Ok((taken > 0).then_some(()))
    })?;
    shop.kill();
    shop.start()?;
    shop.a_minute_passes()?;
    let tickets = ordered.tickets(shop)?;
    checks.equal("killed while it asks, it asks again", tickets.as_array().map(Vec::len), Some(2));
    ordered.asked(shop)
}
