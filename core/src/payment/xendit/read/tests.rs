use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const OWN_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn payment(status: &str) -> Value {
    json!({"type": "PAY", "status": status, "country": "ID", "currency": "IDR", "payment_id": "py-1",
        "payment_request_id": "pr-1", "reference_id": OWN_ID, "request_amount": 10000, "channel_code": "QRIS"})
}

fn refund(status: &str) -> Value {
    json!({"id": "rfd-1", "status": status, "currency": "IDR", "amount": 2500.5, "payment_request_id": "pr-1",
        "reference_id": OWN_ID, "failure_code": null, "metadata": {"admit_payment_id": OWN_ID, "other": 1}})
}

fn with(mut object: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}

fn read(event: &str, data: &Value) -> Result<Notice> {
    let body = json!({"event": event, "business_id": "biz-1", "created": "2024-07-30T03:52:16.115Z", "data": data, "api_version": "v3"});
    read_notice(body.to_string().as_bytes())
}

fn subject(event: &str, data: &Value) -> Subject {
    read(event, data).unwrap().subject.unwrap()
}

#[test]
fn reads_a_capture() {
    let body = json!({"event": "payment.capture", "business_id": "biz-1", "created": "2024-07-30T03:52:16.115Z", "data": payment("SUCCEEDED")}).to_string();
    let expected = Notice {
        reference: body_reference(body.as_bytes()),
        event_type: "payment.capture".to_owned(),
        live: None,
        account: Some("biz-1".to_owned()),
        object_reference: "pr-1".to_owned(),
        created_at: "2024-07-30T03:52:16.115Z".parse().ok(),
        needs_confirmation: true,
        subject: Some(Subject {
            report: Report::Succeeded,
            own_id: Uuid::parse_str(OWN_ID).ok(),
            reference: Some("pr-1".to_owned()),
            object_id: "py-1".to_owned(),
            amount_cents: Some(1_000_000),
            currency: Some("IDR".to_owned()),
        }),
    };
    assert_eq!(read_notice(body.as_bytes()), Ok(expected));
}

#[test]
fn amounts_are_read_as_written() {
    let read = |amount: &str| {
        let data = payment("SUCCEEDED").to_string().replace("10000", amount);
        let body = format!(r#"{{"event": "payment.capture", "data": {data}}}"#);
        read_notice(body.as_bytes()).ok()?.subject?.amount_cents
    };
    assert_eq!(read("10000.01"), Some(1_000_001));
    assert_eq!(read("10000.00"), Some(1_000_000));
    assert_eq!(read("1.0E4"), Some(1_000_000));
    assert_eq!(read("90071992547409.93"), Some(9_007_199_254_740_993));
    for amount in ["10000.001", "-1", "\"10000\"", "true", "[1]", "1e300"] {
        assert_eq!(read(amount), None, "{amount}");
    }
}

#[test]
fn what_was_captured_counts() {
    let data = with(
        payment("SUCCEEDED"),
        json!({"captures": [{"capture_amount": 4000, "capture_id": "c"}, {"capture_amount": 5000.5}]}),
    );
    assert_eq!(subject("payment.capture", &data).amount_cents, Some(900_050));
    let data = with(payment("SUCCEEDED"), json!({"captures": []}));
    assert_eq!(subject("payment.capture", &data).amount_cents, Some(1_000_000));
    let data = with(payment("SUCCEEDED"), json!({"captures": [{}]}));
    assert_eq!(
        read("payment.capture", &data).map_err(|error| error.detail),
        Err("captures.capture_amount is missing".to_owned())
    );
}

#[test]
fn type_and_status_must_agree() {
    for (event, status, report) in [
        ("payment.capture", "SUCCEEDED", Some(Report::Succeeded)),
        ("payment.capture", "AUTHORIZED", None),
        ("payment.capture", "FAILED", None),
        ("payment.authorization", "AUTHORIZED", Some(Report::Pending)),
        ("payment.authorization", "SUCCEEDED", None),
        ("payment.failure", "FAILED", Some(Report::Failed)),
        ("payment.failure", "EXPIRED", Some(Report::Cancelled)),
        ("payment.failure", "CANCELED", Some(Report::Cancelled)),
        ("payment.failure", "SUCCEEDED", None),
        ("payment.expiry", "EXPIRED", Some(Report::Cancelled)),
        ("payment_request.expiry", "EXPIRED", Some(Report::Cancelled)),
        ("payment_request.expiry", "SUCCEEDED", None),
    ] {
        let told = read(event, &payment(status)).ok().and_then(|notice| notice.subject).map(|subject| subject.report);
        assert_eq!(told, report, "{event} {status}");
    }
}

#[test]
fn a_refund_reports_its_payment_request() {
    let expected =
        Refund { own_id: Uuid::parse_str(OWN_ID).ok(), reference: "rfd-1".to_owned(), amount_cents: 250_050 };
    let done = subject("refund.succeeded", &refund("SUCCEEDED"));
    assert_eq!(done.report, Report::Refunded(Refunds::Single(vec![expected.clone()])));
    assert_eq!((done.reference.as_deref(), &done.object_id[..]), (Some("pr-1"), "rfd-1"));
    assert_eq!(done.own_id, Uuid::parse_str(OWN_ID).ok());
    let failed = subject("refund.failed", &refund("FAILED"));
    assert_eq!(failed.report, Report::RefundFailed(expected));
    assert!(read("refund.failed", &refund("SUCCEEDED")).is_err());
    let nested = json!({"event": "refund.succeeded", "data": refund("SUCCEEDED")});
    assert_eq!(subject("refund.succeeded", &nested), done);
    assert_eq!(read_refund(refund("SUCCEEDED").to_string().as_bytes()), Ok(done.clone()));
    assert!(done.confirmed_by(&done));
    let alone =
        read("refund.succeeded", &with(refund("SUCCEEDED"), json!({"payment_request_id": null, "metadata": null})))
            .unwrap();
    assert_eq!(alone.object_reference, "rfd-1");
}

#[test]
fn an_answer_reads_like_a_webhook() {
    let answer = |status: &str| {
        let request = with(payment(status), json!({"payment_id": null, "latest_payment_id": "py-1"}));
        read_payment_request(request.to_string().as_bytes()).unwrap()
    };
    let claimed = subject("payment.capture", &payment("SUCCEEDED"));
    assert_eq!(answer("SUCCEEDED"), claimed);
    assert!(claimed.confirmed_by(&answer("SUCCEEDED")));
    for (status, report) in [
        ("REQUIRES_ACTION", Report::Pending),
        ("ACCEPTING_PAYMENTS", Report::Pending),
        ("AUTHORIZED", Report::Pending),
        ("FAILED", Report::Failed),
        ("CANCELED", Report::Cancelled),
        ("EXPIRED", Report::Cancelled),
    ] {
        assert_eq!(answer(status).report, report, "{status}");
        assert!(!claimed.confirmed_by(&answer(status)), "{status}");
    }
    assert!(read_payment_request(br#"{"error_code": "DATA_NOT_FOUND"}"#).is_err());
}

#[test]
fn missing_fields_are_named() {
    for field in ["status", "payment_request_id", "request_amount", "currency"] {
        let error = read("payment.capture", &with(payment("SUCCEEDED"), json!({field: null}))).unwrap_err();
        assert_eq!(error.detail, format!("{field} is missing"));
    }
    for field in ["id", "status", "amount", "currency"] {
        let error = read("refund.succeeded", &with(refund("SUCCEEDED"), json!({field: null}))).unwrap_err();
        assert_eq!(error.detail, format!("{field} is missing"));
    }
    assert_eq!(read("payment.capture", &Value::Null).map_err(|error| error.detail), Err("data is missing".to_owned()));
}

#[test]
fn unknown_events_may_have_any_shape() {
    for data in [json!(null), json!(1), json!({"status": 7})] {
        let notice = read("payment_token.activation", &data).unwrap();
        assert_eq!((notice.subject, &notice.object_reference[..]), (None, ""));
    }
    assert!(read_notice(br#"{"event": "new"}"#).is_ok());
    for body in ["", "{}", "[]", r#"{"event": ""}"#, r#"{"event": 1}"#] {
        assert!(read_notice(body.as_bytes()).is_err(), "{body}");
    }
}

proptest! {
    #[test]
    fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..300), text in ".{0,30}", amount in any::<f64>()) {
        let _ = read_notice(&body);
        let _ = read_payment_request(&body);
        let _ = read_refund(&body);
        let _ = read("payment.capture", &with(payment("SUCCEEDED"), json!({"request_amount": amount, "currency": text})));
        let _ = read("refund.failed", &with(refund(&text), json!({"amount": amount, "id": text})));
    }

    #[test]
    fn amounts_agree_with_integers(whole in 0..=90_000_000_000_000_i64, part in 0..100_i64) {
        let data = payment("SUCCEEDED").to_string().replace("10000", &format!("{whole}.{part:02}"));
        let body = format!(r#"{{"event": "payment.capture", "data": {data}}}"#);
        let read = read_notice(body.as_bytes()).unwrap().subject.unwrap();
        prop_assert_eq!(read.amount_cents, Some(whole * 100 + part));
    }
}
