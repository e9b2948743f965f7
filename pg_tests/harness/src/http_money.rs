//! Money over HTTP: shares, sales, refunds, payouts, contradicting webhooks.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::hall::{ENTRY_CENTS, Hall, REENTRY_CENTS, text_of};
use crate::web::succeeded_event;

/// Runs the tests.
pub fn run(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let (_, guest) = hall.open()?;
    hall.fund(&guest, 10_000)?;
    shares(checks, hall, &guest)?;
    sales(checks, hall, &guest)?;
    amounts(checks, hall, &guest)?;
    refunds(checks, hall)?;
    webhooks(checks, hall)?;
    payouts(checks, hall)?;
    Ok(())
}

/// What the preview promises is what five accounts get.
fn shares(checks: &mut Checks, hall: &Hall, guest: &str) -> Result<(), Failure> {
    let question = json!({"event_id": hall.event, "gate_id": hall.gates[0], "action": "entry"});
    let preview = hall.web.must("POST", "/v1/fees/preview", &hall.owner, &question)?;
    let lines = preview["charges"].as_array().cloned().unwrap_or_default();
    let shares: Vec<&Value> = lines.iter().filter_map(|line| line["shares"].as_array()).flatten().collect();
    let mut promised = std::collections::BTreeMap::<String, i64>::new();
    for share in shares {
        *promised.entry(text_of(share, "account_id")).or_default() += share["amount_cents"].as_i64().unwrap_or(-1);
    }
    checks.equal("the entry fee is shared by five", promised.len(), 5);
    checks.equal("the shares sum up to the price", promised.values().sum::<i64>(), ENTRY_CENTS);
    let before: Vec<i64> = promised.keys().map(|id| hall.account(id)).collect::<Result<_, _>>()?;
    let entry = hall.scan(0, guest, "entry", Value::Null)?;
    checks.equal("an entry costs what the preview says", entry.json["charged_cents"].clone(), json!(ENTRY_CENTS));
    let credited: Vec<i64> = promised
        .keys()
        .zip(before)
        .map(|(id, before)| hall.account(id).map(|after| after - before))
        .collect::<Result<_, _>>()?;
    checks.equal("each account gets its share to the cent", credited, promised.values().copied().collect());
    let exit = hall.scan(1, guest, "exit", Value::Null)?;
    checks.equal("leaving costs nothing", exit.json["charged_cents"].clone(), json!(0));
    let back = hall.scan(1, guest, "entry", Value::Null)?;
    checks.equal(
        "coming back costs both re-entry fees",
        (back.json["action"].clone(), back.json["charged_cents"].clone()),
        (json!("reentry"), json!(REENTRY_CENTS)),
    );
    checks.equal("the balance is exact", hall.balance(guest)?, 10_000 - ENTRY_CENTS - REENTRY_CENTS);
    Ok(())
}

fn sales(checks: &mut Checks, hall: &Hall, guest: &str) -> Result<(), Failure> {
    let (before, vendor) = (hall.balance(guest)?, hall.account(&hall.vendor)?);
    let items = json!({"items": [{"name": "Beer", "quantity": 2, "unit_price_cents": 450},
        {"name": "Nuts", "quantity": 1, "unit_price_cents": 333}]});
    let sale = hall.scan(2, guest, "concession", items)?;
    checks.equal("items are added up, the fee is rounded once", sale.json["charged_cents"].clone(), json!(1233 + 31));
    checks.equal("the guest pays them", hall.balance(guest)?, before - 1264);
    checks.equal("the vendor gets the price", hall.account(&hall.vendor)?, vendor + 1233);
    for gate in 3..6 {
        let sale = hall.scan(gate, guest, "concession", json!({"amount_cents": 100}))?;
        checks.equal("another concession sells", sale.json["outcome"].clone(), json!("admitted"));
    }
    let (_, poor) = hall.open()?;
    hall.fund(&poor, ENTRY_CENTS - 1)?;
    let denied = hall.scan(0, &poor, "entry", Value::Null)?;
    checks.equal(
        "a cent too little is denied with 200",
        (denied.status, denied.json["reason"].clone(), denied.json["charged_cents"].clone()),
        (200, json!("insufficient_funds"), json!(0)),
    );
    checks.equal("and takes nothing", hall.balance(&poor)?, ENTRY_CENTS - 1);
    let denied = hall.scan(2, &poor, "concession", json!({"amount_cents": 5_000}))?;
    checks.equal("a sale too dear is denied", denied.json["reason"].clone(), json!("insufficient_funds"));
    Ok(())
}

fn amounts(checks: &mut Checks, hall: &Hall, guest: &str) -> Result<(), Failure> {
    let before = hall.balance(guest)?;
    let item =
        |quantity: i64, price: i64| json!({"items": [{"name": "x", "quantity": quantity, "unit_price_cents": price}]});
    for (name, more, status) in [
        ("zero", json!({"amount_cents": 0}), 422),
        ("negative", json!({"amount_cents": -100}), 422),
        ("too large", json!({"amount_cents": i64::MAX}), 422),
        ("beyond 64 bits", json!({"amount_cents": 1e30}), 400),
        ("a fraction", json!({"amount_cents": 1.5}), 400),
        ("a text", json!({"amount_cents": "100"}), 400),
        ("absent", json!({}), 400),
        ("given twice, with items", json!({"amount_cents": 1, "items": []}), 400),
        ("of no items", json!({"items": []}), 400),
        ("of no quantity", item(0, 100), 422),
        ("of a negative quantity", item(-1, 100), 422),
        ("of a negative price", item(1, -100), 422),
        ("of items that overflow", item(10_000, 999_999_999_999), 422),
    ] {
        let answer = hall.scan(2, guest, "concession", more)?;
        checks.equal(&format!("a sale whose amount is {name} is refused"), answer.status, status);
    }
    checks.equal(
        "an entry with an amount is refused",
        hall.scan(0, guest, "entry", json!({"amount_cents": 1}))?.status,
        400,
    );
    checks.equal("none of them took money", hall.balance(guest)?, before);
    Ok(())
}

fn refunds(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let (_, guest) = hall.open()?;
    let path = format!("/v1/payments/{}/refunds", hall.fund(&guest, 3_000)?);
    let refund = |key: &str, amount: Value| {
        hall.web.call_once("POST", &path, &hall.owner, key, &json!({"amount_cents": amount, "reason": "asked for"}))
    };
    let key = Uuid::now_v7().to_string();
    let first = refund(&key, json!(1_000))?;
    checks.equal("a refund is recorded", (first.status, hall.balance(&guest)?), (201, 2_000));
    checks.equal("sent again it is the same one", refund(&key, json!(1_000))?.text, first.text);
    checks.equal("its key with another amount is refused", refund(&key, json!(1_001))?.status, 422);
    let more = refund(&Uuid::now_v7().to_string(), json!(2_001))?;
    checks.that("more than what is left is refused", (400..500).contains(&more.status));
    checks.equal("a negative refund is refused", refund(&Uuid::now_v7().to_string(), json!(-1))?.status, 422);
    checks.equal("the balance is that of one refund", hall.balance(&guest)?, 2_000);
    let rest = refund(&Uuid::now_v7().to_string(), Value::Null)?;
    checks.equal("a refund without an amount is of the rest", rest.json["amount_cents"].clone(), json!(2_000));
    checks.equal("and empties the wallet", hall.balance(&guest)?, 0);
    Ok(())
}

/// Webhooks that contradict what is known, or come in another order.
fn webhooks(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let (_, guest) = hall.open()?;
    let payment = hall.announce(&guest, 700)?;
    let good = succeeded_event("evt_order", payment, 700);
    let failed = good.replace("payment_intent.succeeded", "payment_intent.payment_failed");
    checks.equal(
        "another amount is refused",
        hall.deliver(&succeeded_event("evt_more", payment, 701))?,
        "refused".into(),
    );
    let euro = good.replace("\"usd\"", "\"eur\"").replace("evt_order", "evt_euro");
    checks.equal("another currency is refused", hall.deliver(&euro)?, "refused".into());
    let live = good.replace("\"livemode\":false", "\"livemode\":true").replace("evt_order", "evt_live");
    checks.equal("a live event of a test provider is refused", hall.deliver(&live)?, "refused".into());
    checks.equal("none of them credits", hall.balance(&guest)?, 0);
    checks.equal(
        "a failed attempt is noted",
        hall.deliver(&failed.replace("evt_order", "evt_fail_1"))?,
        "applied".into(),
    );
    checks.equal("a later success is applied", hall.deliver(&good)?, "applied".into());
    hall.deliver(&failed.replace("evt_order", "evt_fail_2"))?;
    let view = hall.web.must("GET", &format!("/v1/payments/{payment}"), &guest, &Value::Null)?;
    checks.equal(
        "a failure that comes late takes nothing back",
        (view["state"].clone(), hall.balance(&guest)?),
        (json!("succeeded"), 700),
    );
    let again = hall.deliver(&good.replace("evt_order", "evt_again"))?;
    checks.equal(
        "another event of the same payment credits nothing",
        (again.as_str(), hall.balance(&guest)?),
        ("duplicate", 700),
    );
    Ok(())
}

fn payouts(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let before = hall.account(&hall.venue_account)?;
    let key = Uuid::now_v7().to_string();
    let pay = |key: &str, amount: i64| {
        let body = json!({"account_id": hall.venue_account, "amount_cents": amount});
        hall.web.call_once("POST", "/v1/payouts", &hall.owner, key, &body)
    };
    let first = pay(&key, 100)?;
    checks.equal("a payout is debited", (first.status, hall.account(&hall.venue_account)?), (201, before - 100));
    checks.equal("sent again it is the same one", pay(&key, 100)?.text, first.text);
    let more = pay(&Uuid::now_v7().to_string(), before)?;
    checks.equal(
        "a payout beyond the balance is refused",
        (more.status, more.json["code"].clone()),
        (409, json!("insufficient_funds")),
    );
    checks.equal("and debits nothing", hall.account(&hall.venue_account)?, before - 100);
    checks.equal("a payout of nothing is refused", pay(&Uuid::now_v7().to_string(), 0)?.status, 422);
    let path = format!("/v1/payouts/{}", text_of(&first.json, "payout_id"));
    let view = hall.web.must("GET", &path, &hall.owner, &Value::Null)?;
    checks.equal("a payout waits for the provider", view["state"].clone(), json!("pending"));
    let paid = json!({"id": "evt_paid", "object": "event", "type": "payout.paid", "livemode": false, "data": {"object": {
        "id": "po_1", "object": "payout", "amount": 100, "currency": "usd",
        "metadata": {"admit_payout_id": first.json["payout_id"]}}}});
    checks.equal("the provider's word is applied", hall.deliver(&paid.to_string())?, "applied".into());
    let view = hall.web.must("GET", &path, &hall.owner, &Value::Null)?;
    checks.equal("and the payout is paid", view["state"].clone(), json!("paid"));
    Ok(())
}
