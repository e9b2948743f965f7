use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::client::{Failure, Fake};

const PATH: &str = "/v1/payment_intents";
const FORM: &str = "amount=2500&currency=usd";

#[tokio::test]
async fn the_first_answer_is_given_again() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let first = fake.stripe_once(PATH, "k", FORM).await?;
    let second = fake.stripe_once(PATH, "k", FORM).await?;
    assert_eq!(first.json, second.json);
    assert!(second.head.contains("idempotent-replayed: true"));
    assert!(!first.head.contains("idempotent-replayed"));
    assert_eq!(fake.count("payment_intent.create", "k").await?, 1);
    let other = fake.stripe_once(PATH, "k", "amount=2501&currency=usd").await?;
    assert_eq!((other.status, &other.json["error"]["type"]), (400, &json!("idempotency_error")));
    let elsewhere = fake.stripe_once("/v1/customers", "k", FORM).await?;
    assert_eq!((elsewhere.status, &elsewhere.json["error"]["type"]), (400, &json!("idempotency_error")));
    Ok(())
}

#[tokio::test]
async fn keys_belong_to_an_account() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let account = fake.stripe("POST", "/v1/accounts", "").await?.json;
    let account = account["id"].as_str().unwrap_or_default();
    let own = [("Authorization", "Bearer sk_test_1"), ("Stripe-Account", account), ("Idempotency-Key", "k")];
    fake.stripe_once(PATH, "k", FORM).await?;
    fake.send("POST", PATH, &own, FORM).await?;
    assert_eq!(fake.count("payment_intent.create", "k").await?, 2);
    Ok(())
}

#[tokio::test]
async fn what_does_not_pass_validation_leaves_the_key_free() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    assert_eq!(fake.stripe_once(PATH, "k", "amount=0&currency=usd").await?.status, 400);
    assert_eq!(fake.stripe_once(PATH, "k", FORM).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_second_request_in_the_meantime_is_a_conflict() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    fake.control("faults", json!({"provider": "stripe", "path_prefix": PATH, "delay_ms": 400})).await?;
    let second = async {
        sleep(Duration::from_millis(150)).await;
        fake.stripe_once(PATH, "k", FORM).await
    };
    let (first, second) = tokio::join!(fake.stripe_once(PATH, "k", FORM), second);
    assert_eq!(first?.status, 200);
    let second = second?;
    assert_eq!((second.status, &second.json["error"]["code"]), (409, &json!("idempotency_key_in_use")));
    assert_eq!(fake.stripe_once(PATH, "k", FORM).await?.status, 200);
    assert_eq!(fake.count("payment_intent.create", "k").await?, 1);
    Ok(())
}

#[tokio::test]
async fn requests_are_listed_with_key_and_outcome() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    fake.stripe_once(PATH, "k", FORM).await?;
    fake.stripe_once(PATH, "k", FORM).await?;
    fake.stripe("GET", "/v1/payment_intents/pi_none", "").await?;
    let requests = fake.look("requests").await?;
    let seen: Vec<(&Value, &Value)> = requests["requests"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|request| (&request["idempotency_key"], &request["outcome"]))
        .collect();
    let (key, none) = (json!("k"), Value::Null);
    let words = [json!("carried_out"), json!("replayed"), json!("refused")];
    assert_eq!(seen, [(&key, &words[0]), (&key, &words[1]), (&none, &words[2])]);
    Ok(())
}
