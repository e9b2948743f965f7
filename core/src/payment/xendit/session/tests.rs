use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::read_notice;
use super::*;

const OWN_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn page(status: &str) -> Value {
    json!({"payment_session_id": "ps-1", "reference_id": OWN_ID, "session_type": "PAY", "mode": "PAYMENT_LINK", "status": status,
        "amount": 10000.5, "currency": "PHP", "payment_request_id": "pr-1", "payment_id": "py-1"})
}

fn read(page: &Value) -> Result<Subject> {
    read_session(page.to_string().as_bytes())
}

#[test]
fn a_paid_page_names_what_paid_it() {
    let expected = Subject {
        report: Report::Succeeded,
        own_id: Uuid::parse_str(OWN_ID).ok(),
        reference: Some("pr-1".to_owned()),
        object_id: "ps-1".to_owned(),
        amount_cents: Some(1_000_050),
        currency: Some("PHP".to_owned()),
    };
    assert_eq!(read(&page("COMPLETED")), Ok(expected.clone()));
    for (status, report) in [
        ("ACTIVE", Report::Pending),
        ("NEW_STATE", Report::Pending),
        ("EXPIRED", Report::Cancelled),
        ("CANCELED", Report::Cancelled),
    ] {
        assert_eq!(read(&page(status)), Ok(Subject { report, reference: None, ..expected.clone() }), "{status}");
    }
}

#[test]
fn missing_fields_are_named() {
    for field in ["payment_session_id", "status", "amount", "currency", "payment_request_id"] {
        let mut page = page("COMPLETED");
        page[field] = Value::Null;
        assert_eq!(read(&page).map_err(|error| error.detail), Err(format!("{field} is missing")));
    }
}

#[test]
fn type_and_status_must_agree() {
    let notified = |event: &str, status: &str| {
        let body =
            json!({"event": event, "business_id": "b", "created": "2024-07-30T03:52:16.115Z", "data": page(status)});
        let notice = read_notice(body.to_string().as_bytes()).ok()?;
        assert_eq!((&notice.object_reference[..], notice.needs_confirmation), ("ps-1", true));
        notice.subject.map(|subject| subject.report)
    };
    assert_eq!(notified("payment_session.completed", "COMPLETED"), Some(Report::Succeeded));
    assert_eq!(notified("payment_session.expired", "EXPIRED"), Some(Report::Cancelled));
    for (event, status) in [
        ("payment_session.completed", "ACTIVE"),
        ("payment_session.completed", "EXPIRED"),
        ("payment_session.expired", "COMPLETED"),
    ] {
        assert_eq!(notified(event, status), None, "{event} {status}");
    }
}

proptest! {
    #[test]
    fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..300), text in ".{0,30}", amount in any::<f64>()) {
        let _ = read_session(&body);
        let mut page = page(&text);
        page["amount"] = json!(amount);
        page["payment_session_id"] = json!(text);
        let _ = read(&page);
    }
}
