use serde_json::{Value, json};

use crate::client::{Failure, Fake, nothing, text};
use crate::endpoint::Endpoint;

const KEY: &str = "xnd_development_1";
const REQUESTS: &str = "/v3/payment_requests";

fn request() -> Value {
    json!({"reference_id": "ref-1", "type": "PAY", "country": "ID", "currency": "IDR", "request_amount": 150_000,
        "channel_code": "QRIS", "capture_method": "AUTOMATIC", "metadata": {"admit_payment_id": "p-1"}})
}

async fn paid(fake: &Fake) -> Result<String, Failure> {
    let id = text(&fake.basic("POST", REQUESTS, KEY, &request()).await?.json["payment_request_id"])?;
    fake.control(&format!("xendit/payment_requests/{id}/pay"), nothing()).await?;
    Ok(id)
}

#[tokio::test]
async fn payments_are_captured_or_fail_and_say_so() -> Result<(), Failure> {
    let (fake, endpoint) = (Fake::start().await?, Endpoint::listen(&[]).await?);
    fake.control("webhooks/xendit", json!({"url": endpoint.url, "secret": "token-1"})).await?;
    let made = fake.basic("POST", REQUESTS, KEY, &request()).await?;
    assert_eq!((made.status, &made.json["status"]), (201, &json!("REQUIRES_ACTION")));
    let failing = text(&made.json["payment_request_id"])?;
    fake.control(&format!("xendit/payment_requests/{failing}/fail"), nothing()).await?;
    let id = paid(&fake).await?;
    let read = fake.basic("GET", &format!("{REQUESTS}/{id}"), KEY, &Value::Null).await?;
    assert_eq!(read.json["status"], "SUCCEEDED");
    let deliveries = endpoint.wait(2).await?;
    assert_eq!(deliveries[0].header("x-callback-token")?, "token-1");
    assert_eq!(deliveries[0].json()?["event"], "payment.failure");
    let captured = deliveries[1].json()?;
    assert_eq!(captured["event"], "payment.capture");
    assert_eq!(captured["data"]["payment_request_id"], json!(id));
    assert_eq!(captured["data"]["captures"][0]["capture_amount"], 150_000);
    assert_eq!(captured["data"]["metadata"]["admit_payment_id"], "p-1");
    assert!(fake.control(&format!("xendit/payment_requests/{id}/pay"), nothing()).await.is_err(), "paid twice");
    Ok(())
}

fn session() -> Value {
    json!({"reference_id": "ref-2", "session_type": "PAY", "mode": "PAYMENT_LINK", "currency": "IDR", "country": "ID",
        "amount": 150_000})
}

#[tokio::test]
async fn a_session_may_be_tried_again_until_it_is_paid() -> Result<(), Failure> {
    let (fake, endpoint) = (Fake::start().await?, Endpoint::listen(&[]).await?);
    fake.control("webhooks/xendit", json!({"url": endpoint.url, "secret": "token-1"})).await?;
    let made = fake.basic("POST", "/sessions", KEY, &session()).await?;
    assert_eq!((made.status, &made.json["status"]), (201, &json!("ACTIVE")));
    let id = text(&made.json["payment_session_id"])?;
    fake.control(&format!("xendit/sessions/{id}/fail"), nothing()).await?;
    let open = fake.basic("GET", &format!("/sessions/{id}"), KEY, &Value::Null).await?;
    assert_eq!((&open.json["status"], &open.json["payment_request_id"]), (&json!("ACTIVE"), &Value::Null));
    fake.control(&format!("xendit/sessions/{id}/pay"), nothing()).await?;
    let paid = fake.basic("GET", &format!("/sessions/{id}"), KEY, &Value::Null).await?;
    assert_eq!(paid.json["status"], "COMPLETED");
    let deliveries = endpoint.wait(3).await?;
    let events = deliveries.iter().map(|delivery| delivery.json()).collect::<Result<Vec<_>, _>>()?;
    assert_eq!(
        events.iter().map(|event| &event["event"]).collect::<Vec<_>>(),
        ["payment.failure", "payment.capture", "payment_session.completed"]
    );
    assert_eq!(events[2]["data"]["payment_request_id"], events[1]["data"]["payment_request_id"]);
    let body = json!({"payment_request_id": paid.json["payment_request_id"], "reason": "OTHERS"});
    let refund = fake.basic("POST", "/refunds", KEY, &body).await?;
    let path = format!("/refunds?limit=9&payment_request_id={}", text(&paid.json["payment_request_id"])?);
    let list = fake.basic("GET", &path, KEY, &Value::Null).await?;
    assert_eq!(list.json, json!({"data": [refund.json], "has_more": false}));
    assert!(fake.control(&format!("xendit/sessions/{id}/expire"), nothing()).await.is_err(), "it is paid");
    let left = text(&fake.basic("POST", "/sessions", KEY, &session()).await?.json["payment_session_id"])?;
    fake.control(&format!("xendit/sessions/{left}/expire"), nothing()).await?;
    assert_eq!(endpoint.wait(4).await?[3].json()?["event"], "payment_session.expired");
    Ok(())
}

#[tokio::test]
async fn refunds_are_made_once_and_up_to_what_is_left() -> Result<(), Failure> {
    let (fake, endpoint) = (Fake::start().await?, Endpoint::listen(&[]).await?);
    let id = paid(&fake).await?;
    fake.control("webhooks/xendit", json!({"url": endpoint.url, "secret": "token-1"})).await?;
    let body = |amount: u32| json!({"payment_request_id": id, "amount": amount, "reason": "REQUESTED_BY_CUSTOMER"});
    let credential = format!("Basic {}", data_encoding::BASE64.encode(format!("{KEY}:").as_bytes()));
    let headers = [("Authorization", credential.as_str()), ("idempotency-key", "k")];
    let first = fake.send("POST", "/refunds", &headers, &body(100_000).to_string()).await?;
    assert_eq!((first.status, &first.json["status"]), (200, &json!("PENDING")));
    let second = fake.send("POST", "/refunds", &headers, &body(100_000).to_string()).await?;
    assert_eq!(first.json["id"], second.json["id"]);
    assert_eq!(fake.send("POST", "/refunds", &headers, &body(1).to_string()).await?.status, 409);
    assert_eq!(fake.count("refund.create", "k").await?, 1);
    let over = fake.basic("POST", "/refunds", KEY, &body(50_001)).await?;
    assert_eq!((over.status, &over.json["error_code"]), (400, &json!("MAXIMUM_REFUND_AMOUNT_REACHED")));
    let refund = text(&first.json["id"])?;
    fake.control(&format!("xendit/refunds/{refund}/fail"), nothing()).await?;
    let again = fake.basic("POST", "/refunds", KEY, &body(150_000)).await?;
    fake.control(&format!("xendit/refunds/{}/succeed", text(&again.json["id"])?), nothing()).await?;
    let events: Vec<Value> = endpoint
        .wait(2)
        .await?
        .iter()
        .map(|delivery| Ok(delivery.json()?["event"].clone()))
        .collect::<Result<_, Failure>>()?;
    assert_eq!(events, ["refund.failed", "refund.succeeded"]);
    let read = fake.basic("GET", &format!("/refunds/{refund}"), KEY, &Value::Null).await?;
    assert_eq!(read.json["status"], "FAILED");
    Ok(())
}

#[tokio::test]
async fn keys_and_bodies_are_checked() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    assert_eq!(fake.basic("POST", REQUESTS, "xnd_production_1", &request()).await?.status, 401);
    for (name, value) in [
        ("reference_id", json!("")),
        ("currency", Value::Null),
        ("request_amount", json!(0)),
        ("request_amount", json!("10")),
        ("type", json!("OTHER")),
        ("capture_method", json!("MANUAL")),
    ] {
        let mut body = request();
        body[name] = value;
        let refused = fake.basic("POST", REQUESTS, KEY, &body).await?;
        assert_eq!((refused.status, &refused.json["error_code"]), (400, &json!("API_VALIDATION_ERROR")), "{name}");
    }
    assert_eq!(fake.basic("GET", &format!("{REQUESTS}/pr-none"), KEY, &Value::Null).await?.status, 404);
    let unpaid = text(&fake.basic("POST", REQUESTS, KEY, &request()).await?.json["payment_request_id"])?;
    let refund = json!({"payment_request_id": unpaid, "reason": "OTHERS"});
    assert_eq!(fake.basic("POST", "/refunds", KEY, &refund).await?.status, 400);
    Ok(())
}
