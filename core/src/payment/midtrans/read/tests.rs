use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const OWN_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn transaction(status: &str) -> Value {
    json!({"transaction_time": "2021-06-15 18:45:13", "transaction_status": status, "transaction_id": "tx-1",
        "status_message": "midtrans payment notification", "status_code": "200", "payment_type": "qris",
        "order_id": OWN_ID, "merchant_id": "G1", "gross_amount": "150000.00", "fraud_status": "accept", "currency": "IDR"})
}

fn with(status: &str, changes: Value) -> Value {
    let mut transaction = transaction(status);
    for (name, value) in changes.as_object().unwrap() {
        transaction[name] = value.clone();
    }
    transaction
}

fn subject(transaction: &Value) -> Result<Option<Subject>> {
    let body = transaction.to_string();
    let status = read_status(body.as_bytes());
    assert_eq!(read_notice(body.as_bytes()).map(|notice| notice.subject), status);
    status
}

fn report(transaction: &Value) -> Option<Report> {
    subject(transaction).unwrap().map(|subject| subject.report)
}

#[test]
fn reads_a_settlement() {
    let body = transaction("settlement").to_string();
    let notice = read_notice(body.as_bytes()).unwrap();
    let subject = Subject {
        report: Report::Succeeded,
        own_id: Uuid::parse_str(OWN_ID).ok(),
        reference: Some("tx-1".to_owned()),
        object_id: "tx-1".to_owned(),
        amount_cents: Some(15_000_000),
        currency: Some("IDR".to_owned()),
    };
    let expected = Notice {
        reference: body_reference(body.as_bytes()),
        event_type: "settlement".to_owned(),
        live: None,
        account: None,
        object_reference: "tx-1".to_owned(),
        created_at: "2021-06-15T11:45:13Z".parse().ok(),
        needs_confirmation: true,
        subject: Some(subject),
    };
    assert_eq!(notice, expected);
    let settled = with("settlement", json!({"settlement_time": "2021-06-15 18:46:13"}));
    let settled = read_notice(settled.to_string().as_bytes()).unwrap();
    assert_eq!(settled.created_at, "2021-06-15T11:46:13Z".parse().ok());
}

#[test]
fn the_status_tells_what_happened() {
    for (status, fraud_status, expected) in [
        ("settlement", Value::Null, Some(Report::Succeeded)),
        ("capture", json!("accept"), Some(Report::Succeeded)),
        ("capture", json!("challenge"), Some(Report::Pending)),
        ("capture", Value::Null, Some(Report::Pending)),
        ("pending", json!("accept"), Some(Report::Pending)),
        ("authorize", json!("accept"), Some(Report::Pending)),
        ("deny", json!("deny"), Some(Report::Failed)),
        ("failure", Value::Null, Some(Report::Failed)),
        ("cancel", json!("accept"), Some(Report::Cancelled)),
        ("expire", json!("accept"), Some(Report::Cancelled)),
        ("something_new", json!("accept"), None),
    ] {
        assert_eq!(report(&with(status, json!({"fraud_status": fraud_status}))), expected, "{status} {fraud_status}");
    }
}

#[test]
fn only_a_transaction_that_may_pay_is_tied_to_the_payment() {
    for (status, tied) in [("settlement", true), ("pending", true), ("deny", false), ("expire", false)] {
        let subject = subject(&transaction(status)).unwrap().unwrap();
        assert_eq!(subject.reference.is_some(), tied, "{status}");
        assert_eq!((&subject.object_id[..], subject.own_id.is_some()), ("tx-1", true));
    }
}

#[test]
fn every_refund_is_told() {
    let entries = json!([{"refund_key": OWN_ID, "refund_amount": "5000.00", "refund_chargeback_id": 1},
        {"refund_key": "by hand", "refund_amount": "1000.00"}]);
    assert!(subject(&with("refund", json!({"refunds": entries}))).is_err());
    let entries = json!([{"refund_key": OWN_ID, "refund_amount": "5000.00", "refund_chargeback_id": 1},
        {"refund_key": "by-hand", "refund_amount": "1000.00"}]);
    let first = Refund { own_id: Uuid::parse_str(OWN_ID).ok(), reference: OWN_ID.to_owned(), amount_cents: 500_000 };
    let second = Refund { own_id: None, reference: "by-hand".to_owned(), amount_cents: 100_000 };
    let expected = Some(Report::Refunded(Refunds::Single(vec![first, second])));
    for status in ["refund", "partial_refund"] {
        assert_eq!(report(&with(status, json!({"refunds": entries}))), expected);
    }
    for refunds in [
        json!([]),
        json!([{"refund_key": "a"}]),
        json!([{"refund_amount": "1.00"}]),
        json!([{"refund_key": "a", "refund_amount": "1.001"}]),
    ] {
        assert!(subject(&with("refund", json!({"refunds": refunds}))).is_err(), "{refunds}");
    }
}

#[test]
fn missing_fields_are_named() {
    for field in ["transaction_status", "transaction_id", "order_id", "gross_amount"] {
        let error = subject(&with("settlement", json!({field: null}))).unwrap_err();
        assert_eq!(error.detail, format!("{field} is missing"));
    }
    assert!(subject(&with("settlement", json!({"gross_amount": 150_000}))).is_err());
    assert!(subject(&with("settlement", json!({"gross_amount": "150000.001"}))).is_err());
    assert!(subject(&with("settlement", json!({"currency": "rupiah"}))).is_err());
    assert!(read_status(br#"{"status_code": "404", "status_message": "Transaction doesn't exist."}"#).is_err());
    let without_currency = subject(&with("settlement", json!({"currency": null}))).unwrap().unwrap();
    assert_eq!(without_currency.currency.as_deref(), Some("IDR"));
}

#[test]
fn order_ids_of_others_are_not_ours() {
    for order_id in ["1111", "01890a5dac96774bbcceb302099a8057", "{01890a5d-ac96-774b-bcce-b302099a8057}"] {
        let subject = subject(&with("settlement", json!({"order_id": order_id}))).unwrap().unwrap();
        assert_eq!(subject.own_id, None, "{order_id}");
    }
}

proptest! {
    #[test]
    fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..300), text in ".{0,30}") {
        let _ = read_notice(&body);
        let _ = read_status(&body);
        let _ = subject(&with("refund", json!({"gross_amount": text, "transaction_time": text, "order_id": text,
            "refunds": [{"refund_key": text, "refund_amount": text}]})));
    }
}
