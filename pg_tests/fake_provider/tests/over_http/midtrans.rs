use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use crate::client::{Answer, Failure, Fake, nothing};
use crate::endpoint::Endpoint;

const KEY: &str = "SB-Mid-server-1";

async fn call(fake: &Fake, method: &str, path: &str, body: Value) -> Result<Answer, Failure> {
    fake.basic(method, path, KEY, &body).await
}

fn order(order_id: &str) -> Value {
    json!({"payment_type": "qris", "transaction_details": {"order_id": order_id, "gross_amount": 150_000}})
}

#[tokio::test]
async fn a_charge_is_settled_and_refunded_once() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let made = call(&fake, "POST", "/v2/charge", order("o-1")).await?;
    assert_eq!((&made.json["status_code"], &made.json["transaction_status"]), (&json!("201"), &json!("pending")));
    assert_eq!(made.json["gross_amount"], "150000.00");
    let early = call(&fake, "POST", "/v2/o-1/refund", json!({"refund_key": "r-1", "amount": 1000})).await?;
    assert_eq!((early.status, &early.json["status_code"]), (200, &json!("412")));
    fake.control("midtrans/o-1/pay", nothing()).await?;
    let first = call(&fake, "POST", "/v2/o-1/refund", json!({"refund_key": "r-1", "amount": 50_000})).await?;
    let second = call(&fake, "POST", "/v2/o-1/refund", json!({"refund_key": "r-1", "amount": 50_000})).await?;
    assert_eq!(first.json["transaction_status"], "partial_refund");
    assert_eq!(first.json["refund_chargeback_id"], second.json["refund_chargeback_id"]);
    assert_eq!(fake.count("refund.create", "").await?, 1);
    let over = call(&fake, "POST", "/v2/o-1/refund", json!({"refund_key": "r-2", "amount": 100_001})).await?;
    assert_eq!(over.json["status_code"], "414");
    let rest = call(&fake, "POST", "/v2/o-1/refund", json!({"refund_key": "r-3"})).await?;
    assert_eq!(
        (&rest.json["transaction_status"], &rest.json["refund_amount"]),
        (&json!("refund"), &json!("100000.00"))
    );
    let status = call(&fake, "GET", "/v2/o-1/status", Value::Null).await?;
    assert_eq!(status.json["refunds"].as_array().map(Vec::len), Some(2));
    Ok(())
}

#[tokio::test]
async fn notifications_carry_the_signature_of_the_server_key() -> Result<(), Failure> {
    let (fake, endpoint) = (Fake::start().await?, Endpoint::listen(&[]).await?);
    fake.control("webhooks/midtrans", json!({"url": endpoint.url})).await?;
    call(&fake, "POST", "/v2/charge", order("o-1")).await?;
    fake.control("midtrans/o-1/pay", nothing()).await?;
    let deliveries = endpoint.wait(2).await?;
    for (delivery, status, code) in [(&deliveries[0], "pending", "201"), (&deliveries[1], "settlement", "200")] {
        let body = delivery.json()?;
        assert_eq!((&body["transaction_status"], &body["status_code"]), (&json!(status), &json!(code)));
        let signature = HEXLOWER.encode(&Sha512::digest(format!("o-1{code}150000.00{KEY}")));
        assert_eq!(body["signature_key"], json!(signature));
    }
    Ok(())
}

#[tokio::test]
async fn snap_pages_become_transactions_when_the_buyer_chooses() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let page = call(&fake, "POST", "/snap/v1/transactions", order("o-1")).await?;
    assert_eq!(page.status, 201);
    assert!(page.json["token"].is_string() && page.json["redirect_url"].is_string());
    assert_eq!(call(&fake, "POST", "/snap/v1/transactions", order("o-1")).await?.status, 400);
    let unknown = call(&fake, "GET", "/v2/o-1/status", Value::Null).await?;
    assert_eq!((unknown.status, &unknown.json["status_code"]), (200, &json!("404")));
    fake.control("midtrans/o-1/choose", json!({"payment_type": "bank_transfer"})).await?;
    let status = call(&fake, "GET", "/v2/o-1/status", Value::Null).await?;
    assert_eq!(
        (&status.json["transaction_status"], &status.json["payment_type"]),
        (&json!("pending"), &json!("bank_transfer"))
    );
    Ok(())
}

#[tokio::test]
async fn cards_are_captured_denied_challenged_and_cancelled() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let mut card = order("o-1");
    card["payment_type"] = json!("credit_card");
    let made = call(&fake, "POST", "/v2/charge", card.clone()).await?;
    assert_eq!((&made.json["transaction_status"], &made.json["fraud_status"]), (&json!("capture"), &json!("accept")));
    assert_eq!(call(&fake, "POST", "/v2/charge", card).await?.json["status_code"], "406");
    let challenged = fake.control("midtrans/o-1/challenge", nothing()).await?;
    assert_eq!((&challenged["status_code"], &challenged["fraud_status"]), (&json!("201"), &json!("challenge")));
    assert_eq!(call(&fake, "POST", "/v2/o-1/cancel", Value::Null).await?.json["transaction_status"], "cancel");
    assert_eq!(call(&fake, "POST", "/v2/o-1/cancel", Value::Null).await?.json["status_code"], "412");
    call(&fake, "POST", "/v2/charge", order("o-2")).await?;
    assert_eq!(call(&fake, "POST", "/v2/o-2/expire", Value::Null).await?.json["status_code"], "407");
    call(&fake, "POST", "/v2/charge", order("o-3")).await?;
    assert_eq!(fake.control("midtrans/o-3/deny", nothing()).await?["status_code"], "202");
    Ok(())
}

#[tokio::test]
async fn keys_and_bodies_are_checked() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    assert_eq!(fake.basic("POST", "/v2/charge", "wrong", &order("o-1")).await?.status, 401);
    assert_eq!(fake.basic("POST", "/snap/v1/transactions", "wrong", &order("o-1")).await?.status, 401);
    for body in [json!({}), json!({"payment_type": "qris"}), json!("x"), json!([1])] {
        assert_eq!(call(&fake, "POST", "/v2/charge", body.clone()).await?.json["status_code"], "400", "{body}");
    }
    let mut items = order("o-1");
    items["item_details"] = json!([{"price": 100_000, "quantity": 1}]);
    assert_eq!(call(&fake, "POST", "/v2/charge", items).await?.json["status_code"], "400");
    Ok(())
}
