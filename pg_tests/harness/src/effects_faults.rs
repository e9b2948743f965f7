//! What goes wrong between admit and the provider: in the end each thing has happened once.

use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::shop::{Shop, payment_key, refund_key};

/// Faults and what they are called.
pub fn faults() -> Vec<(&'static str, Value)> {
    let answer = |status: u16, saved: bool| json!({"fault": "answer", "status": status, "saved": saved});
    vec![
        ("a provider that is slow", json!({"delay_ms": 1500})),
        ("a gateway that fails", answer(500, false)),
        ("a failure that the provider's key keeps", answer(500, true)),
        ("a gateway that fails three times", json!({"fault": "answer", "status": 503, "saved": false, "requests": 3})),
        ("too many requests", answer(429, false)),
        ("a connection cut before", json!({"fault": "drop_before"})),
        ("a connection cut after", json!({"fault": "drop_after"})),
        ("a connection cut after, twice", json!({"fault": "drop_after", "requests": 2})),
        ("an API key that is refused for a moment", answer(401, false)),
    ]
}

/// Runs the tests.
pub fn run(checks: &mut Checks, shop: &Shop) -> Result<(), Failure> {
    for (name, rule) in faults() {
        let buyer = shop.buyer()?;
        shop.bank.fault("/v1/payment_intents", &rule)?;
        let payment = shop.fund(&buyer, 3_000)?;
        let intent = shop.made(&buyer, &payment, "provider_reference")?;
        let (_, attempts) = shop.effect(&payment_key(&payment))?;
        checks.equal(&format!("{name}: the payment is made once"), shop.bank.effects(&payment_key(&payment))?, 1);
        let tried = if rule["fault"].is_null() { attempts == 1 } else { attempts > 1 };
        checks.that(&format!("{name}: after as many tries as it takes"), tried);
        shop.bank.pay("payment_intents", &intent)?;
        shop.until("it is paid", || Ok((shop.payment(&buyer, &payment)?["state"] == "succeeded").then_some(())))?;
        shop.bank.fault("/v1/refunds", &rule)?;
        let refund = shop.refund(&payment, 1_000)?;
        shop.done(&refund_key(&refund))?;
        checks.equal(&format!("{name}: the refund is made once"), shop.bank.effects(&refund_key(&refund))?, 1);
        let list = format!("/v1/refunds?payment_intent={intent}");
        let list = shop.bank.web.send("GET", &list, &[("Authorization", "Bearer sk_test_of_the_tests")], b"")?;
        let sum: i64 =
            list.json["data"].as_array().into_iter().flatten().filter_map(|refund| refund["amount"].as_i64()).sum();
        checks.equal(&format!("{name}: and of its amount"), sum, 1_000);
    }
    Ok(())
}
