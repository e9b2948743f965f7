use admit_core::payment::stripe::verify_signature;
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::client::{Failure, Fake};
use crate::endpoint::{Delivery, Endpoint};

const SECRET: &str = "whsec_fake";

async fn aimed(statuses: &[u16]) -> Result<(Fake, Endpoint), Failure> {
    let (fake, endpoint) = (Fake::start().await?, Endpoint::listen(statuses).await?);
    fake.control("webhooks/stripe", json!({"url": endpoint.url, "secret": SECRET})).await?;
    fake.control("webhooks/retries", json!({"delays_ms": [20, 20]})).await?;
    Ok((fake, endpoint))
}

fn types(deliveries: &[Delivery]) -> Result<Vec<String>, Failure> {
    deliveries.iter().map(|delivery| Ok(delivery.json()?["type"].as_str().unwrap_or_default().to_owned())).collect()
}

fn seconds(delivery: &Delivery) -> Result<i64, Failure> {
    let signature = delivery.header("stripe-signature")?;
    let time = signature.trim_start_matches("t=").split(',').next().unwrap_or_default();
    Ok(time.parse()?)
}

/// What paying a PaymentIntent at once sends.
const PAID: [&str; 4] = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "charge.updated"];

#[tokio::test]
async fn deliveries_are_signed_for_our_own_check() -> Result<(), Failure> {
    let (fake, endpoint) = aimed(&[]).await?;
    fake.paid().await?;
    let deliveries = endpoint.wait(4).await?;
    assert_eq!(types(&deliveries)?, PAID);
    let first = &deliveries[0];
    let (header, now) = (first.header("stripe-signature")?, seconds(first)?);
    let check = |body: &str, secret: &str| verify_signature(header, body.as_bytes(), &[secret.to_owned()], now);
    assert!(check(&first.body, SECRET).is_ok());
    assert!(check(&first.body, "whsec_other").is_err());
    assert!(check(&format!("{} ", first.body), SECRET).is_err());
    let event = first.json()?;
    assert_eq!((&event["livemode"], &event["pending_webhooks"]), (&json!(false), &json!(1)));
    Ok(())
}

#[tokio::test]
async fn deliveries_are_tried_again_until_they_succeed() -> Result<(), Failure> {
    let (fake, endpoint) = aimed(&[500, 302]).await?;
    fake.stripe("POST", "/v1/customers", "").await?;
    let deliveries = endpoint.wait(3).await?;
    assert_eq!(deliveries[0].body, deliveries[2].body);
    sleep(Duration::from_millis(100)).await;
    assert_eq!(endpoint.so_far().len(), 3);
    let listed = fake.look("deliveries").await?;
    let delivery = &listed["deliveries"][0];
    assert_eq!(delivery["state"], "delivered");
    let statuses: Vec<&Value> =
        delivery["attempts"].as_array().into_iter().flatten().map(|one| &one["status"]).collect();
    assert_eq!(statuses, [500, 302, 200]);
    Ok(())
}

#[tokio::test]
async fn deliveries_are_given_up_after_the_last_attempt() -> Result<(), Failure> {
    let (fake, endpoint) = aimed(&[500; 9]).await?;
    fake.stripe("POST", "/v1/customers", "").await?;
    endpoint.wait(3).await?;
    sleep(Duration::from_millis(100)).await;
    assert_eq!(endpoint.so_far().len(), 3);
    assert_eq!(fake.look("deliveries").await?["deliveries"][0]["state"], "given_up");
    fake.control("webhooks/resend", json!({"delivery": 1})).await?;
    endpoint.wait(4).await?;
    Ok(())
}

#[tokio::test]
async fn a_target_that_is_not_there_is_an_attempt_without_status() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    fake.control("webhooks/stripe", json!({"url": "http://127.0.0.1:1/hook", "secret": SECRET})).await?;
    fake.control("webhooks/retries", json!({"delays_ms": []})).await?;
    fake.stripe("POST", "/v1/customers", "").await?;
    for _ in 0..100 {
        let listed = fake.look("deliveries").await?;
        let delivery = &listed["deliveries"][0];
        if delivery["state"] == "given_up" {
            assert_eq!(delivery["attempts"][0]["status"], Value::Null);
            assert!(delivery["attempts"][0]["error"].is_string());
            return Ok(());
        }
        sleep(Duration::from_millis(20)).await;
    }
    Err("the delivery was not given up".into())
}

async fn released(release: Value) -> Result<Vec<String>, Failure> {
    let (fake, endpoint) = aimed(&[]).await?;
    fake.control("webhooks/stripe/rules", json!({"hold": true})).await?;
    fake.paid().await?;
    sleep(Duration::from_millis(80)).await;
    assert!(endpoint.so_far().is_empty(), "held back");
    let count = fake.control("webhooks/release", release).await?["released"].as_u64().unwrap_or_default();
    types(&endpoint.wait(usize::try_from(count)?).await?)
}

#[tokio::test]
async fn held_deliveries_are_released_in_the_order_asked_for() -> Result<(), Failure> {
    assert_eq!(released(json!({})).await?, PAID);
    let reversed: Vec<&str> = PAID.into_iter().rev().collect();
    assert_eq!(released(json!({"order": "reversed", "provider": "stripe"})).await?, reversed);
    assert_eq!(released(json!({"deliveries": [3, 1]})).await?, [PAID[2], PAID[0]]);
    let random = released(json!({"order": "random", "seed": 1})).await?;
    assert_eq!(released(json!({"order": "random", "seed": 1})).await?, random);
    let mut sorted = random;
    sorted.sort();
    let mut all: Vec<&str> = PAID.to_vec();
    all.sort_unstable();
    assert_eq!(sorted, all);
    Ok(())
}

#[tokio::test]
async fn deliveries_are_doubled_and_lost() -> Result<(), Failure> {
    let (fake, endpoint) = aimed(&[]).await?;
    fake.control("webhooks/stripe/rules", json!({"duplicates": 1, "lose_every": 3})).await?;
    fake.paid().await?;
    // 1 1 (2) 2 3 (3) 4 4: the third and the sixth are lost.
    let came = types(&endpoint.wait(6).await?)?;
    assert_eq!(came, [PAID[0], PAID[0], PAID[1], PAID[2], PAID[3], PAID[3]]);
    let listed = fake.look("deliveries").await?;
    let lost = listed["deliveries"].as_array().into_iter().flatten().filter(|delivery| delivery["state"] == "lost");
    assert_eq!(lost.count(), 2);
    let events = fake.stripe("GET", "/v1/events", "").await?;
    assert_eq!(events.json["data"].as_array().map(Vec::len), Some(4), "lost deliveries can be caught up");
    Ok(())
}
