use serde_json::{Value, json};

use super::*;

const PAYMENT: &str = "00000000-0000-0000-0000-000000000001";
const REFUND: Uuid = Uuid::from_u128(2);

fn answer<'a>(status: u16, body: &'a str) -> Answer<'a> {
    Answer { status, retry_after_seconds: None, replayed: false, body: body.as_bytes() }
}

fn of(kind: EffectKind, status: u16, body: &Value) -> Outcome {
    outcome(kind, &answer(status, &body.to_string()))
}

fn transaction(status: &str, code: &str) -> Value {
    json!({"transaction_status": status, "status_code": code, "order_id": PAYMENT, "transaction_id": "t-1",
        "gross_amount": "150000.00", "currency": "IDR", "fraud_status": "accept"})
}

fn claimed() -> Subject {
    Subject {
        report: Report::Succeeded,
        own_id: Uuid::parse_str(PAYMENT).ok(),
        reference: Some("t-1".to_owned()),
        object_id: "t-1".to_owned(),
        amount_cents: Some(15_000_000),
        currency: Some("IDR".to_owned()),
    }
}

fn retries(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Retry { .. })
}

#[test]
fn a_page_gives_its_token_and_address() {
    let page = json!({"token": "tok", "redirect_url": "https://x.example"});
    let Outcome::Done(made) = of(EffectKind::PaymentCreate, 201, &page) else { panic!("not done") };
    assert_eq!((made.client_secret.as_deref(), made.redirect_url.as_deref()), (Some("tok"), Some("https://x.example")));
    assert_eq!(made.payment_reference, None);
    let taken = json!({"error_messages": ["transaction_details.order_id has already been taken"]});
    let expected = "answer 400: transaction_details.order_id has already been taken";
    assert_eq!(of(EffectKind::PaymentCreate, 400, &taken), Outcome::Failed(expected.to_owned()));
    for status in [401, 429, 500, 503, 302] {
        assert!(retries(&of(EffectKind::PaymentCreate, status, &Value::Null)), "{status}");
    }
    assert!(retries(&of(EffectKind::PaymentCreate, 201, &Value::Null)));
}

#[test]
fn a_refund_is_done_by_its_key() {
    let done = json!({"status_code": "200", "refund_key": REFUND});
    let Outcome::Done(made) = of(EffectKind::RefundCreate, 200, &done) else { panic!("not done") };
    assert_eq!((made.object_reference, made.refund), (REFUND.to_string(), Some(RefundState::Succeeded)));
    let code = |code: &str| of(EffectKind::RefundCreate, 200, &json!({"status_code": code, "status_message": "Why."}));
    assert_eq!(code("400"), Outcome::Failed("answer 400: Why.".to_owned()));
    for taken in ["406", "412", "414"] {
        assert_eq!(code(taken), Outcome::Refused(format!("answer {taken}: Why.")));
    }
    assert!(retries(&code("500")) && retries(&code("401")) && retries(&code("200")));
}

#[test]
fn a_refund_is_looked_for_in_its_transaction() {
    let look = |body: Value, status| found(REFUND, &answer(status, &body.to_string()));
    let mut partial = transaction("partial_refund", "200");
    partial["refunds"] = json!([{"refund_key": REFUND, "refund_amount": "1000.00"}]);
    assert!(matches!(look(partial.clone(), 200), Outcome::Done(_)));
    partial["refunds"][0]["refund_key"] = json!("another");
    assert_eq!(look(partial, 200), Outcome::Absent);
    assert_eq!(look(transaction("settlement", "200"), 200), Outcome::Absent);
    assert!(retries(&look(Value::Null, 503)) && retries(&look(Value::Null, 200)));
}

#[test]
fn the_answer_is_what_happened() {
    let ask = |body: Value, status| confirmed(&claimed(), &answer(status, &body.to_string()));
    for (status, code, report) in [
        ("settlement", "200", Report::Succeeded),
        ("expire", "407", Report::Cancelled),
        ("deny", "202", Report::Failed),
    ] {
        let Outcome::Done(made) = ask(transaction(status, code), 200) else { panic!("{status} is not told") };
        assert_eq!(made.told.map(|subject| subject.report), Some(report));
    }
    assert!(retries(&ask(transaction("pending", "201"), 200)), "the answer may be slower than the notice");
    let mut other = transaction("settlement", "200");
    other["order_id"] = json!("00000000-0000-0000-0000-000000000009");
    assert!(matches!(ask(other, 200), Outcome::Failed(_)));
    let unknown = json!({"status_code": "404", "status_message": "Transaction doesn't exist."});
    assert_eq!(ask(unknown, 200), Outcome::Failed("answer 404: Transaction doesn't exist.".to_owned()));
    assert!(matches!(ask(transaction("new_state", "200"), 200), Outcome::Failed(_)));
    assert!(retries(&ask(Value::Null, 500)));
}
