use std::time::Instant;

use serde_json::json;

use crate::client::{Failure, Fake};

const PATH: &str = "/v1/refunds";

#[tokio::test]
async fn dropped_after_is_carried_out_and_replayed() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let form = format!("payment_intent={}&amount=700", fake.paid().await?);
    fake.control("faults", json!({"provider": "stripe", "path_prefix": PATH, "fault": "drop_after"})).await?;
    assert!(fake.stripe_once(PATH, "k", &form).await.is_err(), "an answer came");
    assert_eq!(fake.count("refund.create", "k").await?, 1);
    let again = fake.stripe_once(PATH, "k", &form).await?;
    assert_eq!((again.status, &again.json["amount"]), (200, &json!(700)));
    assert!(again.head.contains("idempotent-replayed: true"));
    assert_eq!(fake.count("refund.create", "k").await?, 1);
    let requests = fake.look("requests").await?;
    assert_eq!(requests["requests"][1]["status"], json!(null), "the dropped one has no status");
    assert_eq!(requests["requests"][1]["outcome"], "carried_out");
    Ok(())
}

#[tokio::test]
async fn a_replay_can_be_dropped_too() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let form = format!("payment_intent={}&amount=700", fake.paid().await?);
    fake.control("faults", json!({"provider": "stripe", "path_prefix": PATH, "fault": "drop_after", "requests": 2}))
        .await?;
    assert!(fake.stripe_once(PATH, "k", &form).await.is_err(), "the first answer came");
    assert!(fake.stripe_once(PATH, "k", &form).await.is_err(), "the replay came");
    assert_eq!(fake.stripe_once(PATH, "k", &form).await?.status, 200);
    assert_eq!(fake.count("refund.create", "k").await?, 1);
    Ok(())
}

#[tokio::test]
async fn dropped_before_is_not_carried_out() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let form = format!("payment_intent={}&amount=700", fake.paid().await?);
    fake.control("faults", json!({"provider": "stripe", "path_prefix": PATH, "fault": "drop_before"})).await?;
    assert!(fake.stripe_once(PATH, "k", &form).await.is_err(), "an answer came");
    assert_eq!(fake.count("refund.create", "").await?, 0);
    let again = fake.stripe_once(PATH, "k", &form).await?;
    assert_eq!(again.status, 200);
    assert!(!again.head.contains("idempotent-replayed"));
    Ok(())
}

#[tokio::test]
async fn server_errors_are_kept_by_the_key_and_those_of_a_gateway_are_not() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let form = format!("payment_intent={}&amount=700", fake.paid().await?);
    for (saved, key, second) in [(true, "a", 500), (false, "b", 200)] {
        let rule = json!({"provider": "stripe", "path_prefix": PATH, "fault": "answer", "saved": saved});
        fake.control("faults", rule).await?;
        let failed = fake.stripe_once(PATH, key, &form).await?;
        assert_eq!((failed.status, &failed.json["error"]["type"]), (500, &json!("api_error")));
        assert_eq!(fake.stripe_once(PATH, key, &form).await?.status, second, "saved: {saved}");
    }
    assert_eq!(fake.count("refund.create", "").await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_rate_limit_leaves_the_key_free() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let form = format!("payment_intent={}&amount=700", fake.paid().await?);
    let rule = json!({"provider": "stripe", "path_prefix": PATH, "fault": "answer", "status": 429, "requests": 2});
    fake.control("faults", rule).await?;
    for status in [429, 429, 200] {
        assert_eq!(fake.stripe_once(PATH, "k", &form).await?.status, status);
    }
    Ok(())
}

#[tokio::test]
async fn rules_fit_by_provider_method_and_path_and_let_some_pass() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let rule = json!({"provider": "stripe", "method": "post", "path_prefix": "/v1/customers", "skip": 1,
        "fault": "answer", "status": 503});
    fake.control("faults", rule).await?;
    for (method, path, status) in [
        ("GET", "/v1/customers", 200),
        ("POST", "/v1/accounts", 200),
        ("POST", "/v1/customers", 200),
        ("POST", "/v1/customers", 503),
        ("POST", "/v1/customers", 200),
    ] {
        assert_eq!(fake.stripe(method, path, "").await?.status, status, "{method} {path}");
    }
    assert!(fake.control("faults", json!({"provider": "stripe", "status": 200})).await.is_err());
    Ok(())
}

#[tokio::test]
async fn delays_are_kept() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let rule = json!({"provider": "stripe", "delay_ms": 120, "answer_delay_ms": 80});
    fake.control("faults", rule).await?;
    let start = Instant::now();
    assert_eq!(fake.stripe("GET", "/v1/balance", "").await?.status, 200);
    assert!(start.elapsed().as_millis() >= 200);
    Ok(())
}

#[tokio::test]
async fn reset_forgets_everything() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    fake.paid().await?;
    fake.control("faults", json!({"provider": "stripe", "fault": "drop_before", "requests": 9})).await?;
    fake.control("reset", json!({})).await?;
    assert_eq!(fake.look("").await?, json!({"requests": 0, "effects": 0, "deliveries": 0}));
    assert_eq!(fake.paid().await?, "pi_000000000000000000000001");
    Ok(())
}
