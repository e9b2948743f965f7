use super::*;
use crate::payment::outgoing::Hosted;

fn request() -> Result<PaymentRequest> {
    Ok(PaymentRequest {
        tenant_id: 7,
        payment_id: Uuid::from_u128(1),
        amount_cents: 15_000_000,
        currency: "IDR".parse()?,
        application_fee_cents: 0,
        connected_account: None,
        hosted: None,
        saved: None,
        open_minutes: 15,
        open_until: jiff::Timestamp::UNIX_EPOCH,
    })
}

fn body(outgoing: &Outgoing) -> Value {
    serde_json::from_str(&outgoing.body).unwrap_or_default()
}

#[test]
fn a_page_names_the_payment_and_whole_rupiahs() -> Result<()> {
    let outgoing = payment(&request()?)?;
    assert_eq!((outgoing.method, outgoing.path.as_str()), ("POST", "/snap/v1/transactions"));
    let expected = json!({"order_id": "00000000-0000-0000-0000-000000000001", "gross_amount": 150_000});
    let body = body(&outgoing);
    assert_eq!(body["transaction_details"], expected);
    assert_eq!(body["expiry"], json!({"unit": "minutes", "duration": 15}));
    assert!(body["callbacks"].is_null() && body["item_details"].is_null());
    Ok(())
}

#[test]
fn other_money_is_refused() -> Result<()> {
    let dollars = PaymentRequest { currency: "USD".parse()?, ..request()? };
    assert_eq!(payment(&dollars).err().map(|error| error.code), Some(ErrorCode::CurrencyMismatch));
    let part = PaymentRequest { amount_cents: 15_000_001, ..request()? };
    assert_eq!(payment(&part).err().map(|error| error.code), Some(ErrorCode::InvalidAmount));
    Ok(())
}

#[test]
fn lines_are_told_when_they_add_up() -> Result<()> {
    let line = |unit_cents, quantity| HostedLine { name: "N".repeat(60), unit_cents, quantity };
    let of = |lines: Vec<HostedLine>| -> Result<Value> {
        let hosted = Hosted {
            success_url: "https://a.example/".to_owned(),
            cancel_url: None,
            lines,
            expires_at: jiff::Timestamp::UNIX_EPOCH,
        };
        Ok(body(&payment(&PaymentRequest { hosted: Some(hosted), ..request()? })?))
    };
    let told = of(vec![line(5_000_000, 3)])?;
    assert_eq!(told["callbacks"], json!({"finish": "https://a.example/", "error": "https://a.example/"}));
    assert_eq!(told["item_details"][0]["price"], json!(50_000));
    assert_eq!(told["item_details"][0]["name"], json!("N".repeat(50)));
    for lines in [vec![line(5_000_000, 2)], vec![line(7_499_999, 1), line(7_500_001, 1)], vec![line(i64::MAX, 2)]] {
        assert!(of(lines)?["item_details"].is_null());
    }
    Ok(())
}

#[test]
fn refunds_and_questions_name_the_payment() -> Result<()> {
    let refund = refund(&RefundRequest {
        tenant_id: 7,
        payment_id: Uuid::from_u128(1),
        refund_id: Uuid::from_u128(2),
        payment_reference: "t-1".to_owned(),
        amount_cents: 100_000,
        currency: "IDR".parse()?,
        connected: false,
        application_fee: false,
    })?;
    assert_eq!(refund.path, "/v2/00000000-0000-0000-0000-000000000001/refund");
    assert_eq!(body(&refund)["refund_key"], json!("00000000-0000-0000-0000-000000000002"));
    assert_eq!(body(&refund)["amount"], json!(1_000));
    assert_eq!(status(Uuid::from_u128(1)).path, "/v2/00000000-0000-0000-0000-000000000001/status");
    assert_eq!((host(SNAP, true), host("/v2/x/status", false)), ("app.midtrans.com", "api.sandbox.midtrans.com"));
    assert_eq!(headers("SB-Mid-server-a")[0].1, "Basic U0ItTWlkLXNlcnZlci1hOg==");
    Ok(())
}
