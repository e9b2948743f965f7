use serde_json::json;

use crate::client::{Failure, Fake, nothing, text};

#[tokio::test]
async fn payment_intents_move_through_their_states() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let made = fake.stripe("POST", "/v1/payment_intents", "amount=2500&currency=usd&metadata[a]=b").await?;
    assert_eq!(made.json["status"], "requires_payment_method");
    assert_eq!(made.json["id"], "pi_000000000000000000000001");
    assert_eq!(made.json["metadata"]["a"], "b");
    let path = format!("/v1/payment_intents/{}", text(&made.json["id"])?);
    let control = format!("stripe/payment_intents/{}", text(&made.json["id"])?);
    for (verb, status) in [
        ("require_action", "requires_action"),
        ("process", "processing"),
        ("fail", "requires_payment_method"),
        ("pay", "succeeded"),
    ] {
        fake.control(&format!("{control}/{verb}"), nothing()).await?;
        assert_eq!(fake.stripe("GET", &path, "").await?.json["status"], status, "{verb}");
    }
    for path in [format!("{path}/cancel"), format!("{path}/confirm")] {
        let refused = fake.stripe("POST", &path, "").await?;
        assert_eq!((refused.status, &refused.json["error"]["code"]), (400, &json!("payment_intent_unexpected_state")));
    }
    assert!(fake.control(&format!("{control}/pay"), nothing()).await.is_err(), "paid twice");
    Ok(())
}

#[tokio::test]
async fn refunds_never_exceed_what_is_left() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let intent = fake.paid().await?;
    let refund = |amount: u32| format!("payment_intent={intent}&amount={amount}");
    assert_eq!(fake.stripe("POST", "/v1/refunds", &refund(2000)).await?.status, 200);
    assert_eq!(fake.stripe("POST", "/v1/refunds", &refund(501)).await?.status, 400);
    assert_eq!(fake.stripe("POST", "/v1/refunds", &refund(500)).await?.status, 200);
    let over = fake.stripe("POST", "/v1/refunds", &refund(1)).await?;
    assert_eq!(over.json["error"]["code"], "charge_already_refunded");
    assert_eq!(fake.count("refund.create", "").await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_failed_refund_can_be_made_again() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    fake.control("stripe/settings", json!({"refunds_pending": true})).await?;
    let intent = fake.paid().await?;
    let refund = fake.stripe("POST", "/v1/refunds", &format!("payment_intent={intent}")).await?;
    assert_eq!(refund.json["status"], "pending");
    let id = text(&refund.json["id"])?;
    let failed = fake.control(&format!("stripe/refunds/{id}/fail"), json!({"failure_reason": "declined"})).await?;
    assert_eq!((&failed["status"], &failed["failure_reason"]), (&json!("failed"), &json!("declined")));
    assert_eq!(fake.stripe("POST", "/v1/refunds", &format!("payment_intent={intent}")).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn won_disputes_give_the_charge_back_and_lost_ones_do_not() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    for (verb, refundable) in [("win", 200), ("lose", 400)] {
        let intent = fake.paid().await?;
        let dispute = fake.control("stripe/disputes", json!({"payment_intent": intent})).await?;
        let form = format!("payment_intent={intent}");
        assert_eq!(fake.stripe("POST", "/v1/refunds", &form).await?.json["error"]["code"], "charge_disputed");
        fake.control(&format!("stripe/disputes/{}/{verb}", text(&dispute["id"])?), nothing()).await?;
        assert_eq!(fake.stripe("POST", "/v1/refunds", &form).await?.status, refundable, "{verb}");
    }
    Ok(())
}

#[tokio::test]
async fn sessions_expire_with_time() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let form = "mode=payment&success_url=https://shop.example&line_items[0][quantity]=2\
                &line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=1500\
                &line_items[0][price_data][product_data][name]=Funding";
    let session = fake.stripe("POST", "/v1/checkout/sessions", form).await?;
    assert_eq!(session.json["amount_total"], 3000, "{}", session.json);
    let id = text(&session.json["id"])?;
    assert!(id.starts_with("cs_test_"));
    fake.control("clock", json!({"advance_seconds": 86_399})).await?;
    let path = format!("/v1/checkout/sessions/{id}");
    assert_eq!(fake.stripe("GET", &path, "").await?.json["status"], "open");
    fake.control("clock", json!({"advance_seconds": 2})).await?;
    assert_eq!(fake.stripe("GET", &path, "").await?.json["status"], "expired");
    let events = fake.stripe("GET", "/v1/events?types[]=checkout.session.expired", "").await?;
    assert_eq!(events.json["data"].as_array().map(Vec::len), Some(1));
    assert!(fake.control(&format!("stripe/checkout/sessions/{id}/pay"), nothing()).await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_buyer_who_turns_back_leaves_the_session_open() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let form = "mode=payment&success_url=https://shop.example&line_items[0][quantity]=1\
                &line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=1500\
                &line_items[0][price_data][product_data][name]=Funding";
    let id = text(&fake.stripe("POST", "/v1/checkout/sessions", form).await?.json["id"])?;
    for (verb, status, payment_status) in
        [("cancel", "open", "unpaid"), ("fail", "open", "unpaid"), ("pay", "complete", "paid")]
    {
        let session = fake.control(&format!("stripe/checkout/sessions/{id}/{verb}"), nothing()).await?;
        assert_eq!(session["status"], status, "{verb}");
        assert_eq!(session["payment_status"], payment_status, "{verb}");
    }
    assert_eq!(fake.count("payment_intent.create", "").await?, 1, "a failed attempt and a second one are one payment");
    Ok(())
}

#[tokio::test]
async fn accounts_do_not_see_each_other() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let account = text(&fake.stripe("POST", "/v1/accounts", "type=express").await?.json["id"])?;
    let headers = [("Authorization", "Bearer sk_test_1"), ("Stripe-Account", account.as_str())];
    let form = "amount=900&currency=usd";
    let direct = fake.send("POST", "/v1/payment_intents", &headers, form).await?;
    let path = format!("/v1/payment_intents/{}", text(&direct.json["id"])?);
    assert_eq!(fake.send("GET", &path, &headers, "").await?.status, 200);
    assert_eq!(fake.stripe("GET", &path, "").await?.status, 404);
    let payout = fake.send("POST", "/v1/payouts", &headers, form).await?;
    assert_eq!(payout.json["error"]["code"], "payouts_not_allowed");
    fake.control(&format!("stripe/accounts/{account}"), json!({"payouts_enabled": true})).await?;
    assert_eq!(fake.send("POST", "/v1/payouts", &headers, form).await?.json["status"], "pending");
    let events = fake.send("GET", "/v1/events?type=account.updated", &headers, "").await?;
    assert_eq!(events.json["data"][0]["account"], json!(account));
    Ok(())
}

#[tokio::test]
async fn keys_paths_and_parameters_are_checked() -> Result<(), Failure> {
    let fake = Fake::start().await?;
    let none = fake.send("GET", "/v1/payment_intents", &[], "").await?;
    assert_eq!((none.status, &none.json["error"]["type"]), (401, &json!("invalid_request_error")));
    assert_eq!(fake.send("GET", "/v1/balance", &[("Authorization", "Bearer sk_live_1")], "").await?.status, 401);
    assert_eq!(fake.send("GET", "/v1/balance", &[("Authorization", "Basic c2tfdGVzdF8xOg==")], "").await?.status, 200);
    assert_eq!(fake.stripe("GET", "/v1/nothing", "").await?.status, 404);
    assert_eq!(fake.stripe("DELETE", "/v1/customers", "").await?.status, 404);
    let deep = format!("{}=1&amount[b][c]=2", "a[b]".repeat(50_000));
    assert_eq!(fake.stripe("POST", "/v1/payment_intents", &deep).await?.status, 400);
    for amount in ["-1", "9223372036854775807", "9223372036854775808", "1e3", "NaN"] {
        let made = fake.stripe("POST", "/v1/payouts", &format!("amount={amount}&currency=usd")).await?;
        assert_eq!(made.json["error"]["code"], "parameter_invalid_integer", "{amount}");
    }
    assert_eq!(fake.send("GET", "/unknown", &[], "").await?.status, 404);
    Ok(())
}

#[tokio::test]
async fn ids_come_after_those_of_an_earlier_fake() -> Result<(), Failure> {
    let fake = Fake::start_with_ids_after(7_000).await?;
    for _ in ["at first", "after a reset"] {
        let made = fake.stripe("POST", "/v1/payment_intents", "amount=2500&currency=usd").await?;
        assert_eq!(made.json["id"], "pi_000000000000000000007001");
        fake.control("reset", nothing()).await?;
    }
    Ok(())
}
