use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::payment::notice::{Refund, Refunds};
use crate::payment::outgoing::Hosted;

fn request(amount_cents: i64, currency: &str) -> Result<PaymentRequest> {
    Ok(PaymentRequest {
        tenant_id: 7,
        payment_id: Uuid::from_u128(1),
        amount_cents,
        currency: currency.parse()?,
        application_fee_cents: 0,
        connected_account: None,
        hosted: None,
        saved: None,
        open_minutes: 15,
        open_until: Timestamp::UNIX_EPOCH,
    })
}

fn body(outgoing: &Outgoing) -> Value {
    serde_json::from_str(&outgoing.body).unwrap_or_default()
}

#[test]
fn a_page_names_the_payment() -> Result<()> {
    let outgoing = payment(&request(15_000_000, "IDR")?)?;
    assert_eq!((outgoing.method, outgoing.path.as_str()), ("POST", "/sessions"));
    let id = "00000000-0000-0000-0000-000000000001";
    let expected = json!({"reference_id": id, "session_type": "PAY", "mode": "PAYMENT_LINK", "capture_method": "AUTOMATIC",
        "amount": 150_000, "currency": "IDR", "country": "ID", "expires_at": "1970-01-01T00:00:00Z",
        "metadata": {"admit_payment_id": id, "admit_tenant_id": "7"}});
    assert_eq!(body(&outgoing), expected);
    let hosted = Hosted {
        success_url: "https://a.example/".to_owned(),
        cancel_url: Some("https://b.example/".to_owned()),
        lines: Vec::new(),
        expires_at: Timestamp::UNIX_EPOCH,
    };
    let hosted = body(&payment(&PaymentRequest { hosted: Some(hosted), ..request(15_000_000, "IDR")? })?);
    assert_eq!(
        (hosted["success_return_url"].as_str(), hosted["cancel_return_url"].as_str()),
        (Some("https://a.example/"), Some("https://b.example/"))
    );
    Ok(())
}

#[test]
fn amounts_are_written_exactly() -> Result<()> {
    for (amount_cents, currency, written) in [
        (1_050, "PHP", "\"amount\":10.50,"),
        (1_000, "MYR", "\"amount\":10,"),
        (7, "SGD", "\"amount\":0.07,"),
        (999_999_999_999, "THB", "\"amount\":9999999999.99,"),
        (150_000, "VND", "\"amount\":150000,"),
    ] {
        let body = payment(&request(amount_cents, currency)?)?.body;
        assert!(body.contains(written), "{body}");
    }
    Ok(())
}

#[test]
fn other_money_is_refused() -> Result<()> {
    let code = |request: PaymentRequest| payment(&request).err().map(|error| error.code);
    assert_eq!(code(request(15_000_001, "IDR")?), Some(ErrorCode::InvalidAmount));
    assert_eq!(code(request(1_000, "CHF")?), Some(ErrorCode::CurrencyMismatch));
    assert_eq!(code(request(1_000, "USDT")?), Some(ErrorCode::CurrencyMismatch));
    Ok(())
}

#[test]
fn a_refund_names_its_payment_request() -> Result<()> {
    let outgoing = refund(&RefundRequest {
        tenant_id: 7,
        payment_id: Uuid::from_u128(1),
        refund_id: Uuid::from_u128(2),
        payment_reference: "pr-1".to_owned(),
        amount_cents: 1_050,
        currency: "PHP".parse()?,
        connected: false,
        application_fee: false,
    })?;
    assert_eq!((outgoing.method, outgoing.path.as_str()), ("POST", "/refunds"));
    let [payment_id, refund_id] = [1, 2].map(|number| Uuid::from_u128(number).to_string());
    let expected = json!({"reference_id": refund_id, "payment_request_id": "pr-1", "amount": 10.5, "currency": "PHP",
        "reason": "REQUESTED_BY_CUSTOMER",
        "metadata": {"admit_payment_id": payment_id, "admit_refund_id": refund_id, "admit_tenant_id": "7"}});
    assert_eq!(body(&outgoing), expected);
    let list = refunds("pr-1&limit=9");
    assert_eq!((list.method, &list.path[..]), ("GET", "/refunds?payment_request_id=pr-1%26limit%3D9&limit=100"));
    Ok(())
}

#[test]
fn a_notice_chooses_no_other_path() {
    let claimed = |report: Report, object_id: &str| Subject {
        report,
        own_id: None,
        reference: None,
        object_id: object_id.to_owned(),
        amount_cents: None,
        currency: None,
    };
    let asked = |made: Option<&str>, claimed: &Subject| status(made, claimed).map(|outgoing| outgoing.path);
    let refunded = |id: &str| {
        let refund = Refund { own_id: None, reference: id.to_owned(), amount_cents: 1 };
        claimed(Report::Refunded(Refunds::Single(vec![refund])), id)
    };
    assert_eq!(asked(Some("ps-1"), &claimed(Report::Succeeded, "py-9")).as_deref(), Some("/sessions/ps-1"));
    assert_eq!(asked(None, &claimed(Report::Succeeded, "py-9")), None);
    assert_eq!(asked(None, &refunded("rfd-1_a")).as_deref(), Some("/refunds/rfd-1_a"));
    for id in ["..", "rfd/../x", "rfd?x=1", "rfd%2F", "rfd#", ""] {
        assert_eq!(asked(Some("ps-1"), &refunded(id)), None, "{id}");
    }
}

#[test]
fn only_what_changes_something_has_a_key() {
    let names = |method: &str| headers("k", "key", method).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names("GET"), ["authorization"]);
    assert_eq!(names("POST"), ["authorization", "content-type", "idempotency-key"]);
    assert_eq!(headers("k", "key", "GET")[0].1, "Basic azo=");
}
