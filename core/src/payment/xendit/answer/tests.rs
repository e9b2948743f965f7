use serde_json::{Value, json};

use super::*;
use crate::payment::notice::Refund;

const PAYMENT: Uuid = Uuid::from_u128(1);
const REFUND: Uuid = Uuid::from_u128(2);

fn answer<'a>(status: u16, body: &'a str) -> Answer<'a> {
    Answer { status, retry_after_seconds: None, replayed: false, body: body.as_bytes() }
}

fn of(kind: EffectKind, status: u16, body: &Value) -> Outcome {
    outcome(kind, &answer(status, &body.to_string()))
}

fn problem(code: &str) -> Value {
    json!({"error_code": code, "message": "Why.", "errors": []})
}

fn page(status: &str) -> Value {
    json!({"payment_session_id": "ps-1", "status": status, "reference_id": PAYMENT, "amount": 150_000, "currency": "IDR",
        "payment_request_id": "pr-1", "payment_link_url": "https://x.example/ps-1"})
}

fn refund(status: &str) -> Value {
    json!({"id": "rfd-1", "status": status, "reference_id": REFUND, "payment_request_id": "pr-1", "amount": 1_000, "currency": "IDR"})
}

fn claimed(report: Report) -> Subject {
    let object_id = if matches!(report, Report::Refunded(_) | Report::RefundFailed(_)) { "rfd-1" } else { "ps-1" };
    Subject {
        report,
        own_id: Some(PAYMENT),
        reference: Some("pr-1".to_owned()),
        object_id: object_id.to_owned(),
        amount_cents: Some(15_000_000),
        currency: Some("IDR".to_owned()),
    }
}

fn refunded_claim() -> Subject {
    let refund = Refund { own_id: Some(REFUND), reference: "rfd-1".to_owned(), amount_cents: 100_000 };
    claimed(Report::Refunded(Refunds::Single(vec![refund])))
}

fn retries(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Retry { .. })
}

#[test]
fn a_page_gives_its_address() {
    let Outcome::Done(made) = of(EffectKind::PaymentCreate, 201, &page("ACTIVE")) else { panic!("not done") };
    assert_eq!((&made.object_reference[..], made.redirect_url.as_deref()), ("ps-1", Some("https://x.example/ps-1")));
    assert_eq!((made.payment_reference, made.client_secret), (None, None));
    let invalid = of(EffectKind::PaymentCreate, 400, &problem("API_VALIDATION_ERROR"));
    assert_eq!(invalid, Outcome::Failed("answer 400: API_VALIDATION_ERROR: Why.".to_owned()));
    assert!(matches!(of(EffectKind::PaymentCreate, 409, &problem("DUPLICATE_ERROR")), Outcome::Failed(_)));
    for status in [401, 403, 429, 500, 503, 302] {
        assert!(retries(&of(EffectKind::PaymentCreate, status, &Value::Null)), "{status}");
    }
    assert!(retries(&of(EffectKind::PaymentCreate, 201, &json!({"payment_session_id": "ps-1"}))));
}

#[test]
fn a_refund_takes_its_time_or_fails() {
    for (status, state) in [
        ("PENDING", RefundState::Pending),
        ("SUCCEEDED", RefundState::Succeeded),
        ("FAILED", RefundState::Failed),
        ("CANCELLED", RefundState::Failed),
    ] {
        let Outcome::Done(made) = of(EffectKind::RefundCreate, 200, &refund(status)) else { panic!("not done") };
        assert_eq!((&made.object_reference[..], made.refund), ("rfd-1", Some(state)), "{status}");
    }
    for (status, code) in
        [(400, "MAXIMUM_REFUND_AMOUNT_REACHED"), (400, "INELIGIBLE_TRANSACTION"), (404, "DATA_NOT_FOUND")]
    {
        assert!(matches!(of(EffectKind::RefundCreate, status, &problem(code)), Outcome::Refused(_)), "{code}");
    }
    assert!(retries(&of(EffectKind::RefundCreate, 409, &problem("DUPLICATE_ERROR"))), "it is under way");
    assert!(retries(&of(EffectKind::RefundCreate, 503, &Value::Null)));
    assert!(retries(&of(EffectKind::RefundCreate, 200, &Value::Null)));
}

#[test]
fn a_refund_is_looked_for_in_the_list() {
    let look = |status: u16, body: Value| found(REFUND, &answer(status, &body.to_string()));
    let mut other = refund("SUCCEEDED");
    other["reference_id"] = json!("order-1");
    let Outcome::Done(made) = look(200, json!({"data": [other, refund("SUCCEEDED")], "has_more": false})) else {
        panic!("not found")
    };
    assert_eq!((&made.object_reference[..], made.refund), ("rfd-1", Some(RefundState::Succeeded)));
    assert_eq!(look(200, json!({"data": [other], "has_more": false})), Outcome::Absent);
    assert_eq!(look(200, json!({"data": []})), Outcome::Absent);
    assert!(matches!(look(200, json!({"data": [other], "has_more": true})), Outcome::Uncertain(_)));
    let broken = json!({"data": [{"reference_id": REFUND}]});
    for (status, body) in [(200, broken), (200, json!({"data": [1]})), (200, Value::Null), (503, Value::Null)] {
        assert!(retries(&look(status, body.clone())), "{body}");
    }
    assert!(matches!(look(404, problem("DATA_NOT_FOUND")), Outcome::Failed(_)));
}

#[test]
fn the_answer_is_what_happened() {
    let ask = |claimed: &Subject, body: Value| confirmed(claimed, &answer(200, &body.to_string()));
    let told = |outcome: Outcome| match outcome {
        Outcome::Done(made) => made.told.map(|subject| subject.report),
        _ => None,
    };
    let paid = claimed(Report::Succeeded);
    assert_eq!(told(ask(&paid, page("COMPLETED"))), Some(Report::Succeeded));
    assert_eq!(told(ask(&paid, page("EXPIRED"))), Some(Report::Cancelled));
    assert!(retries(&ask(&paid, page("ACTIVE"))), "the answer may be slower than the notice");
    for report in [Report::Failed, Report::Cancelled] {
        assert!(matches!(ask(&claimed(report), page("ACTIVE")), Outcome::Failed(_)), "the payer may try again");
    }
    let mut other = page("COMPLETED");
    other["reference_id"] = json!(Uuid::from_u128(9));
    assert_eq!(ask(&paid, other), Outcome::Failed("the answer is about another payment".to_owned()));
    assert!(retries(&ask(&paid, Value::Null)));
    let unknown = confirmed(&paid, &answer(404, &problem("DATA_NOT_FOUND").to_string()));
    assert_eq!(unknown, Outcome::Failed("answer 404: DATA_NOT_FOUND: Why.".to_owned()));
    assert!(retries(&confirmed(&paid, &answer(500, ""))));
}

#[test]
fn a_refund_is_asked_for_by_its_id() {
    let ask = |body: Value| confirmed(&refunded_claim(), &answer(200, &body.to_string()));
    let Outcome::Done(made) = ask(refund("SUCCEEDED")) else { panic!("not told") };
    assert!(matches!(made.told.map(|subject| subject.report), Some(Report::Refunded(_))));
    let Outcome::Done(made) = ask(refund("FAILED")) else { panic!("not told") };
    assert!(matches!(made.told.map(|subject| subject.report), Some(Report::RefundFailed(_))));
    assert!(retries(&ask(refund("PENDING"))));
    for (field, value) in [("id", "rfd-2"), ("payment_request_id", "pr-2")] {
        let mut other = refund("SUCCEEDED");
        other[field] = json!(value);
        assert_eq!(ask(other), Outcome::Failed("the answer is about another refund".to_owned()), "{field}");
    }
}
