use super::*;
use crate::payment::outgoing::HostedLine;
use uuid::Uuid;

fn intent() -> Result<PaymentRequest> {
    Ok(PaymentRequest {
        tenant_id: 7,
        payment_id: Uuid::from_u128(1),
        amount_cents: 2500,
        currency: "USD".parse()?,
        application_fee_cents: 0,
        connected_account: None,
        hosted: None,
        saved: None,
        open_minutes: 15,
        open_until: jiff::Timestamp::UNIX_EPOCH,
    })
}

fn pairs(outgoing: &Outgoing) -> Vec<(String, String)> {
    form_urlencoded::parse(outgoing.body.as_bytes()).into_owned().collect()
}

fn value(outgoing: &Outgoing, name: &str) -> Option<String> {
    pairs(outgoing).into_iter().find(|(other, _)| other == name).map(|(_, value)| value)
}

#[test]
fn an_intent_has_amount_currency_and_metadata() -> Result<()> {
    let outgoing = payment(&intent()?)?;
    assert_eq!((outgoing.method, outgoing.path.as_str()), ("POST", "/v1/payment_intents"));
    assert_eq!(
        outgoing.body,
        "amount=2500&currency=usd&automatic_payment_methods%5Benabled%5D=true\
         &metadata%5Badmit_payment_id%5D=00000000-0000-0000-0000-000000000001&metadata%5Badmit_tenant_id%5D=7"
    );
    Ok(())
}

#[test]
fn a_saved_method_is_confirmed_at_once() -> Result<()> {
    let saved =
        SavedMethod { customer_reference: "cus_1".to_owned(), method_reference: "pm_1".to_owned(), return_url: None };
    let alone = payment(&PaymentRequest { saved: Some(saved.clone()), ..intent()? })?;
    for (name, expected) in [
        ("customer", "cus_1"),
        ("payment_method", "pm_1"),
        ("confirm", "true"),
        ("off_session", "false"),
        ("automatic_payment_methods[allow_redirects]", "never"),
        ("metadata[admit_tenant_id]", "7"),
    ] {
        assert_eq!(value(&alone, name).as_deref(), Some(expected), "{name}");
    }
    let saved = SavedMethod { return_url: Some("https://a.example/?a=1".to_owned()), ..saved };
    let back = payment(&PaymentRequest { saved: Some(saved), ..intent()? })?;
    assert_eq!(value(&back, "return_url").as_deref(), Some("https://a.example/?a=1"));
    assert_eq!(value(&back, "automatic_payment_methods[allow_redirects]"), None);
    Ok(())
}

#[test]
fn a_fee_goes_with_a_destination_only() -> Result<()> {
    let alone = PaymentRequest { application_fee_cents: 50, ..intent()? };
    assert_eq!(value(&payment(&alone)?, "application_fee_amount"), None);
    let connected = PaymentRequest { connected_account: Some("acct_1".to_owned()), ..alone };
    let outgoing = payment(&connected)?;
    assert_eq!(value(&outgoing, "application_fee_amount").as_deref(), Some("50"));
    assert_eq!(value(&outgoing, "transfer_data[destination]").as_deref(), Some("acct_1"));
    Ok(())
}

#[test]
fn a_session_has_one_line_an_item_and_the_terms_of_its_intent() -> Result<()> {
    let hosted = Hosted {
        success_url: "https://a.example/?a=1&b=2".to_owned(),
        cancel_url: None,
        lines: vec![
            HostedLine { name: "Stalls & Sons [A]".to_owned(), unit_cents: 1000, quantity: 2 },
            HostedLine { name: "Box".to_owned(), unit_cents: 500, quantity: 1 },
        ],
        expires_at: jiff::Timestamp::UNIX_EPOCH,
    };
    let request =
        PaymentRequest { hosted: Some(hosted.clone()), connected_account: Some("acct_1".to_owned()), ..intent()? };
    let outgoing = payment(&request)?;
    assert_eq!(outgoing.path, "/v1/checkout/sessions");
    for (name, expected) in [
        ("mode", "payment"),
        ("success_url", "https://a.example/?a=1&b=2"),
        ("line_items[0][price_data][product_data][name]", "Stalls & Sons [A]"),
        ("line_items[0][price_data][unit_amount]", "1000"),
        ("line_items[1][quantity]", "1"),
        ("metadata[admit_tenant_id]", "7"),
        ("payment_intent_data[metadata][admit_tenant_id]", "7"),
        ("payment_intent_data[transfer_data][destination]", "acct_1"),
    ] {
        assert_eq!(value(&outgoing, name).as_deref(), Some(expected), "{name}");
    }
    assert_eq!(value(&outgoing, "cancel_url"), None);
    let wrong = PaymentRequest { amount_cents: 2501, ..request };
    assert!(payment(&wrong).is_err(), "the lines do not add up");
    Ok(())
}

#[test]
fn a_refund_names_its_payment_and_reverses_the_transfer() -> Result<()> {
    let request = RefundRequest {
        tenant_id: 7,
        payment_id: Uuid::from_u128(1),
        refund_id: Uuid::from_u128(2),
        payment_reference: "pi_1".to_owned(),
        amount_cents: 100,
        currency: "USD".parse()?,
        connected: false,
        application_fee: true,
    };
    let plain = refund(&request)?;
    assert_eq!(value(&plain, "metadata[admit_refund_id]"), Some(Uuid::from_u128(2).to_string()));
    assert_eq!((value(&plain, "reverse_transfer"), value(&plain, "refund_application_fee")), (None, None));
    let connected = refund(&RefundRequest { connected: true, ..request })?;
    let both = (value(&connected, "reverse_transfer"), value(&connected, "refund_application_fee"));
    assert_eq!(both, (Some("true".to_owned()), Some("true".to_owned())));
    assert_eq!(refunds("pi_1").path, "/v1/refunds?payment_intent=pi_1&limit=100");
    Ok(())
}
