use serde_json::{Value, json};

use super::*;

fn of(kind: EffectKind, status: u16, body: &Value, replayed: bool) -> Outcome {
    outcome(kind, &Answer { status, retry_after_seconds: None, replayed, body: body.to_string().as_bytes() })
}

fn error(status: u16, kind: &str, code: &str) -> Outcome {
    of(EffectKind::RefundCreate, status, &json!({"error": {"type": kind, "code": code, "message": "Why."}}), false)
}

fn retries(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Retry { .. })
}

#[test]
fn what_was_made_is_read() {
    let intent = json!({"object": "payment_intent", "id": "pi_1", "client_secret": "pi_1_secret", "status": "x",
        "metadata": {}});
    let Outcome::Done(made) = of(EffectKind::PaymentCreate, 200, &intent, false) else { panic!("not done") };
    assert_eq!((made.object_reference.as_str(), made.payment_reference.as_deref()), ("pi_1", Some("pi_1")));
    assert_eq!(made.client_secret.as_deref(), Some("pi_1_secret"));
    let session = json!({"object": "checkout.session", "id": "cs_1", "url": "https://x.example", "payment_intent": null,
        "client_secret": null, "metadata": {}});
    let Outcome::Done(made) = of(EffectKind::PaymentCreate, 200, &session, false) else { panic!("not done") };
    assert_eq!((made.payment_reference, made.redirect_url.as_deref()), (None, Some("https://x.example")));
    let asks = json!({"object": "payment_intent", "id": "pi_1", "client_secret": "x", "status": "requires_action",
        "next_action": {"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.example", "return_url": "x"}}});
    let Outcome::Done(made) = of(EffectKind::PaymentCreate, 200, &asks, false) else { panic!("not done") };
    assert_eq!(made.redirect_url.as_deref(), Some("https://bank.example"));
    for (kind, object) in [
        (EffectKind::CustomerCreate, "customer"),
        (EffectKind::SetupCreate, "setup_intent"),
        (EffectKind::PaymentMethodDetach, "payment_method"),
        (EffectKind::AccountCreate, "account"),
    ] {
        let answer = json!({"object": object, "id": "id_1", "client_secret": "s"});
        let Outcome::Done(made) = of(kind, 200, &answer, false) else { panic!("not done") };
        assert_eq!((made.object_reference.as_str(), made.payment_reference), ("id_1", None), "{object}");
        assert!(retries(&of(EffectKind::RefundCreate, 200, &answer, false)), "another object than was asked for");
    }
    for (status, expected) in [
        ("succeeded", RefundState::Succeeded),
        ("pending", RefundState::Pending),
        ("requires_action", RefundState::Pending),
        ("failed", RefundState::Failed),
        ("canceled", RefundState::Failed),
    ] {
        let refund = json!({"object": "refund", "id": "re_1", "payment_intent": "pi_1", "status": status});
        let Outcome::Done(made) = of(EffectKind::RefundCreate, 200, &refund, true) else { panic!("not done") };
        assert_eq!(made.refund, Some(expected));
        assert!(retries(&of(EffectKind::PaymentCreate, 200, &refund, false)), "another object than was asked for");
    }
}

#[test]
fn a_link_has_an_address_and_an_end() {
    let link = json!({"object": "account_link", "created": 1, "expires_at": 300, "url": "https://connect.example/x"});
    let Outcome::Done(made) = of(EffectKind::AccountLinkCreate, 200, &link, false) else { panic!("not done") };
    assert_eq!(
        (made.redirect_url.as_deref(), made.expires_at.map(Timestamp::as_second)),
        (Some("https://connect.example/x"), Some(300))
    );
    for (field, value) in
        [("object", json!("account")), ("url", json!("x")), ("url", Value::Null), ("expires_at", Value::Null)]
    {
        let mut wrong = link.clone();
        wrong[field] = value;
        assert!(retries(&of(EffectKind::AccountLinkCreate, 200, &wrong, false)), "{wrong}");
    }
    assert!(retries(&of(EffectKind::AccountCreate, 200, &link, false)), "another object than was asked for");
}

#[test]
fn an_account_is_found_by_its_metadata() {
    let own_id = Uuid::from_u128(9);
    let look = |id: Uuid, has_more| {
        let account = json!({"object": "account", "id": "acct_1", "metadata": {"admit_onboarding_id": id}});
        let other = json!({"object": "account", "id": "acct_2", "metadata": {}});
        let body = json!({"data": [other, account], "has_more": has_more}).to_string();
        found_account(
            own_id,
            &Answer { status: 200, retry_after_seconds: None, replayed: false, body: body.as_bytes() },
        )
    };
    assert!(matches!(look(own_id, true), Outcome::Done(made) if made.object_reference == "acct_1"));
    assert_eq!(look(Uuid::from_u128(8), false), Outcome::Absent);
    assert!(matches!(look(Uuid::from_u128(8), true), Outcome::Uncertain(_)));
}

#[test]
fn each_status_has_its_outcome() {
    for status in [401, 403, 408, 409, 425, 429, 500, 502, 503, 504] {
        assert!(retries(&error(status, "api_error", "x")), "{status}");
    }
    for (status, kind) in [(400, "invalid_request_error"), (402, "card_error"), (404, "invalid_request_error")] {
        assert_eq!(error(status, kind, "x"), Outcome::Failed(format!("answer {status}: x: Why.")));
    }
    assert!(matches!(error(400, "idempotency_error", ""), Outcome::Uncertain(_)));
    for status in [204, 200, 302, 100] {
        assert!(retries(&of(EffectKind::RefundCreate, status, &Value::Null, false)), "{status}");
    }
    assert!(matches!(of(EffectKind::RefundCreate, 500, &Value::Null, true), Outcome::KeySpent(_)));
    assert!(matches!(of(EffectKind::RefundCreate, 402, &Value::Null, true), Outcome::Failed(_)));
}

#[test]
fn reasons_are_one_bounded_line() {
    let long = json!({"error": {"type": "x", "message": format!("a\nb{}", "c".repeat(5000))}});
    let Outcome::Failed(reason) = of(EffectKind::RefundCreate, 400, &long, false) else { panic!("not failed") };
    assert_eq!((reason.chars().count(), reason.contains('\n')), (300, false));
}

#[test]
fn a_refund_is_found_by_its_metadata() {
    let refund_id = Uuid::from_u128(9);
    let refund = |id: Uuid| {
        json!({"object": "refund", "id": "re_1", "status": "pending", "payment_intent": "pi_1",
        "metadata": {"admit_refund_id": id}})
    };
    let look = |list: Value, status| {
        let body = list.to_string();
        found(refund_id, &Answer { status, retry_after_seconds: Some(3), replayed: false, body: body.as_bytes() })
    };
    let others = json!([refund(Uuid::from_u128(1))]);
    assert!(matches!(look(json!({"data": [refund(refund_id)], "has_more": true}), 200), Outcome::Done(_)));
    assert_eq!(look(json!({"data": others, "has_more": false}), 200), Outcome::Absent);
    assert!(matches!(look(json!({"data": others, "has_more": true}), 200), Outcome::Uncertain(_)));
    assert!(matches!(look(json!({}), 200), Outcome::Retry { after_seconds: Some(3), .. }));
    assert!(retries(&look(Value::Null, 503)));
}
