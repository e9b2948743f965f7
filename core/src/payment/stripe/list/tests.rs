use super::*;
use crate::payment::notice::{Refunds, Report};
use crate::payment::stripe::read_notice;

const OWN_ID: &str = "00000000-0000-0000-0000-000000000001";

fn window() -> Window {
    let second = |second| jiff::Timestamp::from_second(second).unwrap_or_default();
    Window { from: second(1_000), until: second(2_000) }
}

fn intent(id: &str, status: &str) -> Value {
    json!({
        "id": id, "object": "payment_intent", "amount": 2500, "amount_received": 2400, "currency": "usd",
        "livemode": false, "status": status, "client_secret": "pi_1_secret_x",
        "metadata": {"admit_payment_id": OWN_ID, "admit_tenant_id": "7", "note": "theirs"},
        "latest_charge": {"id": "ch_1", "amount_refunded": 100, "disputed": true},
    })
}

fn read(status: u16, body: &Value, replayed: bool) -> Outcome {
    listed(&Answer { status, retry_after_seconds: Some(3), replayed, body: body.to_string().as_bytes() })
}

fn listed_page(body: &Value) -> Option<ListedPage> {
    match read(200, body, false) {
        Outcome::Done(made) => made.listed.map(|page| *page),
        _ => None,
    }
}

fn first(status: &str) -> ListedPayment {
    let page = listed_page(&json!({"data": [intent("pi_1", status)], "has_more": false}));
    page.and_then(|page| page.payments.into_iter().next()).unwrap_or_else(|| panic!("no payment"))
}

#[test]
fn a_page_is_asked_for_by_time_and_place() {
    let first = payments(&window(), None);
    assert_eq!((first.method, first.body.as_str()), ("GET", ""));
    assert_eq!(
        first.path,
        "/v1/payment_intents?created%5Bgte%5D=1000&created%5Blte%5D=2000&limit=50&expand%5B%5D=data.latest_charge"
    );
    assert_eq!(payments(&window(), Some("pi_9")).path, format!("{}&starting_after=pi_9", first.path));
}

#[test]
fn an_intent_is_read_with_its_charge() {
    let payment = first("succeeded");
    assert_eq!((payment.state, payment.amount_cents, payment.tenant_id), (ListedState::Succeeded, 2400, Some(7)));
    assert_eq!(payment.own_id, Uuid::parse_str(OWN_ID).ok());
    let charge = ListedCharge { reference: "ch_1".to_owned(), refunded_cents: 100, disputed: true };
    assert_eq!(payment.charge, Some(charge));
    assert_eq!((first("canceled").state, first("processing").state), (ListedState::Cancelled, ListedState::Open));
    assert_eq!(first("processing").amount_cents, 2500);
    let bare = json!({"id": "pi_1", "amount": 1, "currency": "usd", "status": "x", "latest_charge": null});
    let page = listed_page(&json!({"data": [bare], "has_more": false})).map(|page| page.payments);
    assert_eq!(page.map(|payments| (payments[0].own_id, payments[0].charge.clone())), Some((None, None)));
}

#[test]
fn the_next_page_begins_after_the_last() {
    let two = json!([intent("pi_2", "succeeded"), intent("pi_1", "succeeded")]);
    let page = |more: bool| listed_page(&json!({"data": two, "has_more": more})).and_then(|page| page.next_after);
    assert_eq!((page(true).as_deref(), page(false)), (Some("pi_1"), None));
    let Outcome::Done(made) = read(200, &json!({"data": [], "has_more": false}), false) else { panic!("not done") };
    assert_eq!(made.object_reference, "list");
}

#[test]
fn what_cannot_be_read_is_asked_for_again() {
    let long = intent(&"x".repeat(201), "succeeded");
    for body in [
        json!(null),
        json!({"data": [], "has_more": true}),
        json!({"data": [{"id": "pi_1"}], "has_more": false}),
        json!({"data": [intent("with space", "succeeded")], "has_more": false}),
        json!({"data": [long], "has_more": false}),
    ] {
        assert!(matches!(read(200, &body, false), Outcome::Retry { after_seconds: Some(3), .. }), "{body}");
    }
    for (status, replayed) in [(429, false), (401, false), (503, false), (500, true)] {
        assert!(matches!(read(status, &json!({}), replayed), Outcome::Retry { .. }), "{status}");
    }
    let problem = json!({"error": {"type": "idempotency_error", "message": "Why."}});
    assert!(matches!(read(400, &problem, false), Outcome::Failed(_)));
    assert!(matches!(read(404, &problem, false), Outcome::Failed(_)));
}

#[test]
fn a_missed_event_reads_as_if_stripe_had_sent_it() {
    let payment = first("succeeded");
    let notice = |kind| {
        let event = missed(&payment, kind)?;
        assert!(!event.to_string().contains("secret") && !event.to_string().contains("theirs"), "{event}");
        let notice = read_notice(event.to_string().as_bytes()).ok()?;
        Some((notice.reference, notice.object_reference, notice.subject?))
    };
    let Some((id, object, subject)) = notice(FindingKind::MissedSuccess) else { panic!("no notice") };
    assert_eq!((id.as_str(), object.as_str()), ("reconciliation:pi_1:succeeded", "pi_1"));
    assert_eq!((subject.report, subject.amount_cents, subject.own_id), (Report::Succeeded, Some(2400), payment.own_id));
    assert_eq!(subject.reference.as_deref(), Some("pi_1"));
    let Some((id, _, subject)) = notice(FindingKind::MissedRefund) else { panic!("no notice") };
    assert_eq!((id.as_str(), subject.reference.as_deref()), ("reconciliation:pi_1:refunded:100", Some("pi_1")));
    assert_eq!(subject.report, Report::Refunded(Refunds::InAll(100)));
    let Some((id, _, subject)) = notice(FindingKind::MissedCancellation) else { panic!("no notice") };
    assert_eq!((id.as_str(), subject.report), ("reconciliation:pi_1:canceled", Report::Cancelled));
    for kind in FindingKind::ALL {
        assert_eq!(missed(&payment, *kind).is_some(), kind.is_missed(), "{kind:?}");
    }
}
