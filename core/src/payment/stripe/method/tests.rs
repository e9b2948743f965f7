use serde_json::{Value, json};

use super::super::read_notice;
use super::*;
use crate::payment::notice::Notice;

const OWN_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn read(event_type: &str, data: Value) -> Result<Notice> {
    let event = json!({"id": "evt_1", "type": event_type, "livemode": false, "data": data});
    read_notice(event.to_string().as_bytes())
}

fn card() -> Value {
    json!({"object": {"id": "pm_1", "type": "card", "customer": "cus_1", "card": {
        "brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2030, "fingerprint": "x", "country": "US"}}})
}

#[test]
fn requests_name_wallet_setup_and_customer() {
    let id = Uuid::from_u128(1);
    let made = customer(7, id);
    assert_eq!((made.method, made.path.as_str()), ("POST", "/v1/customers"));
    assert!(made.body.contains("admit_wallet_id%5D=00000000-0000-0000-0000-000000000001"), "{}", made.body);
    let made = setup(7, id, "cus_1");
    assert_eq!(made.path, "/v1/setup_intents");
    for part in ["customer=cus_1&", "usage=on_session", "admit_setup_id%5D=0000", "admit_tenant_id%5D=7"] {
        assert!(made.body.contains(part), "{part}: {}", made.body);
    }
    assert_eq!(detach("pm_1").path, "/v1/payment_methods/pm_1/detach");
    assert_eq!(detach("pm/../x").path, "/v1/payment_methods/pm%2F..%2Fx/detach");
}

#[test]
fn a_card_is_read_and_nothing_more_of_it() {
    let subject = read("payment_method.attached", card()).unwrap().subject.unwrap();
    let kept = KeptMethod {
        customer_reference: "cus_1".to_owned(),
        kind: "card".to_owned(),
        brand: Some("visa".to_owned()),
        last4: Some("4242".to_owned()),
        expiry_month: Some(12),
        expiry_year: Some(2030),
    };
    assert_eq!(subject.report, Report::MethodKept { kept: kept.clone(), added: true });
    assert_eq!((subject.reference.as_deref(), subject.own_id), (Some("pm_1"), None));
    for later in ["payment_method.updated", "payment_method.automatically_updated"] {
        let subject = read(later, card()).unwrap().subject.unwrap();
        assert_eq!(subject.report, Report::MethodKept { kept: kept.clone(), added: false }, "{later}");
    }
}

#[test]
fn nonsense_of_a_card_is_left_out() {
    let mut event = card();
    event["object"]["card"] = json!({"brand": "a\nb", "last4": "4242424242424242", "exp_month": 13, "exp_year": 30});
    let Report::MethodKept { kept, .. } = read("payment_method.attached", event).unwrap().subject.unwrap().report
    else {
        panic!("not kept")
    };
    assert_eq!((kept.brand, kept.last4, kept.expiry_month, kept.expiry_year), (None, None, None, None));
    let mut event = card();
    event["object"]["customer"] = Value::Null;
    assert_eq!(read("payment_method.attached", event).unwrap().subject, None);
    let mut event = card();
    event["object"]["type"] = Value::Null;
    assert!(read("payment_method.attached", event).is_err());
}

#[test]
fn a_detached_method_names_its_customer_of_before() {
    let mut event = card();
    event["object"]["customer"] = Value::Null;
    let report = |event: &Value| read("payment_method.detached", event.clone()).unwrap().subject.unwrap().report;
    assert_eq!(report(&event), Report::MethodDetached { customer_reference: None });
    event["previous_attributes"] = json!({"customer": "cus_1"});
    assert_eq!(report(&event), Report::MethodDetached { customer_reference: Some("cus_1".to_owned()) });
}

#[test]
fn setups_are_known_by_their_metadata() {
    let intent = |metadata: Value| json!({"object": {"id": "seti_1", "metadata": metadata, "payment_method": "pm_1"}});
    for (event_type, state) in [
        ("setup_intent.succeeded", SetupState::Succeeded),
        ("setup_intent.setup_failed", SetupState::Failed),
        ("setup_intent.canceled", SetupState::Cancelled),
    ] {
        let subject = read(event_type, intent(json!({"admit_setup_id": OWN_ID}))).unwrap().subject.unwrap();
        assert_eq!((subject.report, subject.own_id), (Report::Setup(state), Uuid::parse_str(OWN_ID).ok()));
        assert_eq!(read(event_type, intent(json!({}))).unwrap().subject, None);
    }
}
