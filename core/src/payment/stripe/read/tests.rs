use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::super::notice::{AccountStatus, CheckoutPayment, Dispute, Refund, Refunds};
use super::*;

const OWN_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn read(event_type: &str, object: Value) -> Result<Notice> {
    let event = json!({"id": "evt_1", "type": event_type, "livemode": true, "created": 1_700_000_000,
        "account": "acct_1", "api_version": "unknown", "data": {"object": object}});
    read_notice(event.to_string().as_bytes())
}

fn subject(event_type: &str, object: Value) -> Subject {
    read(event_type, object).unwrap().subject.unwrap()
}

fn detail(event_type: &str, object: Value) -> String {
    read(event_type, object).unwrap_err().detail
}

fn intent() -> Value {
    json!({"id": "pi_1", "amount": 1000, "amount_received": 900, "currency": "usd", "status": 7,
        "metadata": {"admit_payment_id": OWN_ID, "admit_payout_id": "nonsense"}})
}

#[test]
fn reads_the_envelope_and_the_intent() {
    let notice = read("payment_intent.succeeded", intent()).unwrap();
    let subject = Subject {
        report: Report::Succeeded,
        own_id: Uuid::parse_str(OWN_ID).ok(),
        reference: Some("pi_1".to_owned()),
        object_id: "pi_1".to_owned(),
        amount_cents: Some(900),
        currency: Some("usd".to_owned()),
    };
    let expected = Notice {
        reference: "evt_1".to_owned(),
        event_type: "payment_intent.succeeded".to_owned(),
        live: Some(true),
        account: Some("acct_1".to_owned()),
        object_reference: "pi_1".to_owned(),
        created_at: Timestamp::from_second(1_700_000_000).ok(),
        needs_confirmation: false,
        subject: Some(subject),
    };
    assert_eq!(notice, expected);
}

#[test]
fn types_tell_what_happened() {
    for (event_type, report) in [
        ("payment_intent.payment_failed", Report::Failed),
        ("payment_intent.canceled", Report::Cancelled),
        ("payout.paid", Report::PaidOut),
        ("payout.failed", Report::PayoutFailed),
    ] {
        assert_eq!(subject(event_type, intent()).report, report, "{event_type}");
    }
    assert_eq!(subject("payout.paid", intent()).own_id, None);
    let payout = json!({"id": "po_1", "metadata": {"admit_payout_id": OWN_ID}});
    assert_eq!(subject("payout.failed", payout).own_id, Uuid::parse_str(OWN_ID).ok());
}

#[test]
fn a_charge_reports_its_intent() {
    let charge =
        json!({"id": "ch_1", "amount": 400, "currency": "usd", "payment_intent": "pi_1", "amount_refunded": 150});
    let charged = subject("charge.succeeded", charge.clone());
    assert_eq!(
        (charged.report, charged.reference.as_deref(), &charged.object_id[..]),
        (Report::Charged, Some("pi_1"), "ch_1")
    );
    let refunded = subject("charge.refunded", charge);
    assert_eq!((refunded.report, refunded.amount_cents), (Report::Refunded(Refunds::InAll(150)), Some(400)));
    let alone = read("charge.succeeded", json!({"id": "ch_1"})).unwrap();
    assert_eq!(alone.object_reference, "ch_1");
    assert_eq!(alone.subject.and_then(|subject| subject.reference), None);
    assert_eq!(detail("charge.refunded", json!({"id": "ch_1"})), "data.object.amount_refunded is missing");
}

#[test]
fn a_refund_reports_by_its_status() {
    let object = |status: &str| {
        json!({"id": "re_1", "amount": 150, "currency": "usd", "status": status, "payment_intent": "pi_1",
            "metadata": {"admit_refund_id": OWN_ID}})
    };
    let refund = Refund { own_id: Uuid::parse_str(OWN_ID).ok(), reference: "re_1".to_owned(), amount_cents: 150 };
    let single = Report::Refunded(Refunds::Single(vec![refund.clone()]));
    for event_type in ["refund.created", "refund.updated", "charge.refund.updated"] {
        assert_eq!(subject(event_type, object("succeeded")).report, single);
        assert_eq!(subject(event_type, object("pending")).report, Report::Pending);
        assert_eq!(subject(event_type, object("failed")).report, Report::RefundFailed(refund.clone()));
        assert_eq!(subject(event_type, object("canceled")).report, Report::RefundFailed(refund.clone()));
    }
    let failed = subject("refund.failed", object("succeeded"));
    assert_eq!(failed.report, Report::RefundFailed(refund));
    assert_eq!((failed.reference.as_deref(), failed.own_id), (Some("pi_1"), None));
    assert_eq!(detail("refund.updated", json!({"id": "re_1", "amount": 1})), "data.object.status is missing");
    assert_eq!(detail("refund.failed", json!({"id": "re_1"})), "data.object.amount is missing");
}

#[test]
fn a_dispute_is_opened_won_or_lost() {
    let object = |status: &str| json!({"id": "du_1", "amount": 400, "currency": "usd", "status": status, "payment_intent": "pi_1", "reason": "fraudulent"});
    let dispute = Dispute {
        reference: "du_1".to_owned(),
        amount_cents: 400,
        reason: Some("fraudulent".to_owned()),
        inquiry: false,
    };
    let inquiry = Dispute { inquiry: true, ..dispute.clone() };
    for (event_type, status, report) in [
        ("charge.dispute.created", "needs_response", Report::DisputeOpened(dispute.clone())),
        ("charge.dispute.created", "warning_needs_response", Report::DisputeOpened(inquiry.clone())),
        ("charge.dispute.updated", "warning_under_review", Report::DisputeOpened(inquiry.clone())),
        ("charge.dispute.updated", "under_review", Report::DisputeOpened(dispute.clone())),
        ("charge.dispute.funds_withdrawn", "needs_response", Report::DisputeOpened(dispute.clone())),
        ("charge.dispute.closed", "won", Report::DisputeWon(dispute.clone())),
        ("charge.dispute.closed", "lost", Report::DisputeLost(dispute)),
        ("charge.dispute.closed", "warning_closed", Report::DisputeWon(inquiry)),
    ] {
        assert_eq!(subject(event_type, object(status)).report, report, "{event_type} {status}");
    }
    assert_eq!(read("charge.dispute.closed", object("prevented")).map(|notice| notice.subject), Ok(None));
    assert_eq!(detail("charge.dispute.created", json!({"id": "du_1"})), "data.object.status is missing");
}

#[test]
fn a_session_reports_its_intent() {
    let object = |status: &str| {
        json!({"id": "cs_1", "amount_total": 400, "currency": "usd", "payment_intent": "pi_1", "payment_status": status,
            "client_reference_id": OWN_ID, "metadata": null})
    };
    let completed = subject("checkout.session.completed", object("paid"));
    assert_eq!(completed.report, Report::CheckoutCompleted(CheckoutPayment::Paid));
    assert_eq!((completed.reference.as_deref(), &completed.object_id[..]), (Some("pi_1"), "cs_1"));
    assert_eq!((completed.own_id, completed.amount_cents), (Uuid::parse_str(OWN_ID).ok(), Some(400)));
    for (event_type, status, report) in [
        ("checkout.session.completed", "unpaid", Report::CheckoutCompleted(CheckoutPayment::Unpaid)),
        ("checkout.session.async_payment_succeeded", "paid", Report::CheckoutCompleted(CheckoutPayment::Paid)),
        ("checkout.session.async_payment_failed", "unpaid", Report::CheckoutFailed),
        ("checkout.session.expired", "unpaid", Report::CheckoutExpired),
    ] {
        assert_eq!(subject(event_type, object(status)).report, report, "{event_type}");
    }
    assert_eq!(detail("checkout.session.completed", json!({"id": "cs_1"})), "data.object.payment_status is missing");
    assert!(read("checkout.session.completed", object("perhaps")).is_err());
}

#[test]
fn an_account_tells_what_it_may_do() {
    let object = json!({"id": "acct_1", "charges_enabled": true, "payouts_enabled": false, "details_submitted": true});
    let updated = subject("account.updated", object);
    let status = AccountStatus { charges_enabled: true, details_submitted: true, ..AccountStatus::default() };
    assert_eq!((updated.report, &updated.object_id[..]), (Report::AccountUpdated(status), "acct_1"));
    assert_eq!(detail("account.updated", json!({"id": "acct_1"})), "data.object.charges_enabled is missing");
}

#[test]
fn unknown_types_may_have_any_shape() {
    for object in [json!(null), json!([1]), json!({"id": 7}), json!({"id": "with space"})] {
        let notice = read("customer.created", object).unwrap();
        assert_eq!((notice.subject, &notice.object_reference[..]), (None, ""));
    }
    let notice = read("customer.created", json!({"id": "cus_1"})).unwrap();
    assert_eq!(notice.object_reference, "cus_1");
    let bare = read_notice(br#"{"id": "evt_1", "type": "x", "account": 7, "created": "now"}"#).unwrap();
    assert_eq!((bare.live, bare.account, bare.created_at), (Some(false), None, None));
}

#[test]
fn what_is_no_event_is_refused() {
    for body in
        ["", "[]", "null", "{}", r#"{"type": "x"}"#, r#"{"id": "", "type": "x"}"#, r#"{"id": "e 1", "type": "x"}"#]
    {
        assert!(read_notice(body.as_bytes()).is_err(), "{body}");
    }
    for object in [json!({}), json!({"id": "pi_1", "amount": 1e30}), json!({"id": "pi 1"}), json!(null)] {
        assert!(read("payment_intent.succeeded", object.clone()).is_err(), "{object}");
    }
    for object in [json!({}), json!({"id": "pi_1", "amount": 1e30})] {
        assert_eq!(detail("payment_intent.succeeded", object), "the body is not a Stripe event");
    }
}

proptest! {
    #[test]
    fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..300), kind in 0..8_usize, id in ".{0,20}", amount in any::<i64>()) {
        let _ = read_notice(&body);
        let types = ["payment_intent.succeeded", "charge.refunded", "refund.updated", "charge.dispute.closed",
            "checkout.session.completed", "account.updated", "payout.paid", "other"];
        let _ = read(types[kind], json!({"id": id, "amount": amount, "amount_refunded": amount, "status": id}));
    }
}
