use super::*;

fn policy(json: &str) -> Policy {
    serde_json::from_str(json).unwrap()
}

#[test]
fn numbers_have_bounds() {
    for (rule, least, most) in [
        ("rotating_tolerance_seconds", 0, 300),
        ("duplicate_window_ms", 0, 86_400_000),
        ("entries_per_day_max", 1, 1_000),
        ("check_in_opens_minutes", 0, 10_080),
        ("check_in_closes_minutes", 1, 10_080),
        ("offline_hours", 0, 168),
        ("offline_limit_cents", 0, 1_000_000),
    ] {
        for (value, good) in [(least - 1, false), (least, true), (most, true), (most + 1, false)] {
            let checked = policy(&format!(r#"{{"{rule}": {value}}}"#)).checked();
            assert_eq!(checked.is_ok(), good, "{rule} {value}");
            assert!(good || checked.is_err_and(|error| error.detail.contains(rule)));
        }
    }
    for (json, good) in [
        (r#"{"allowed": true, "entries_max": 2, "cooldown_seconds": 900}"#, true),
        (r#"{"allowed": true, "entries_max": 0}"#, false),
        (r#"{"allowed": true, "cooldown_seconds": 0}"#, false),
        (r#"{"allowed": false}"#, true),
        (r#"{"allowed": false, "entries_max": 1}"#, true),
        (r#"{"allowed": false, "entries_max": 2}"#, false),
        (r#"{"allowed": false, "cooldown_seconds": 60}"#, false),
    ] {
        assert_eq!(policy(&format!(r#"{{"reentry": {json}}}"#)).checked().is_ok(), good, "{json}");
    }
}

#[test]
fn nonsense_is_refused() {
    for json in [
        r#"{"rotating_code": true}"#,
        r#"{"reentry": true}"#,
        r#"{"reentry": {"allow": true}}"#,
        r#"{"reentry": {}}"#,
        r#"{"zones": {"check": "loose"}}"#,
        r#"{"zones": ["VIP"]}"#,
        r#"{"hours": [{"from": "18:00"}]}"#,
        r#"{"hours": [{"from": "18:00", "until": "24:30"}]}"#,
        r#"{"hours": [{"weekdays": ["someday"], "from": "18:00", "until": "20:00"}]}"#,
        r#"{"duplicate_window_ms": "5"}"#,
        r#"{"duplicate_window_ms": 1e99}"#,
        r#"{"reentry": [true, 2, 60]}"#,
        "[]",
        "true",
    ] {
        let request = format!(r#"{{"event_id": "{}", "policy": {json}}}"#, Uuid::nil());
        assert!(serde_json::from_str::<PolicySet>(&request).is_err(), "{json}");
    }
    let empty = format!(r#"{{"event_id": "{}"}}"#, Uuid::nil());
    assert!(serde_json::from_str::<PolicySet>(&empty).is_ok_and(|request| request.policy.is_none()));
}

#[test]
fn the_templates_are_good_policies() {
    for template in PolicyTemplate::ALL {
        let policy = template.policy();
        assert_eq!(policy.clone().checked().as_ref(), Ok(&policy), "{}", template.as_str());
    }
    assert_eq!(PolicyTemplate::ALL.len(), 5);
    let concert = PolicyTemplate::Concert.policy();
    assert_eq!(concert.duplicate_window_ms, Some(600_000));
    assert_eq!(concert.reentry_entries_max(), Some(2));
}

#[test]
fn rules_of_ones_own_win_over_the_template() {
    let own = policy(r#"{"duplicate_window_ms": 1000, "rotating_codes": true}"#);
    let merged = PolicyTemplate::Concert.policy().overridden_by(own);
    assert_eq!(merged.duplicate_window_ms, Some(1_000));
    assert_eq!(merged.rotating_codes, Some(true));
    assert_eq!(merged.reentry, PolicyTemplate::Concert.policy().reentry);
    assert_eq!(merged.zones, PolicyTemplate::Concert.policy().zones);
}

#[test]
fn the_check_in_window_surrounds_the_start() {
    let starts_at: Timestamp = "2026-07-01T18:00:00Z".parse().unwrap();
    let policy = policy(r#"{"check_in_opens_minutes": 240, "check_in_closes_minutes": 120}"#);
    assert_eq!(policy.opens_at(starts_at).to_string(), "2026-07-01T14:00:00Z");
    assert_eq!(policy.closes_at(starts_at).unwrap().to_string(), "2026-07-01T20:00:00Z");
    assert_eq!(Policy::default().opens_at(starts_at), starts_at);
    assert_eq!(Policy::default().closes_at(starts_at), None);
    assert_eq!(Policy::default().tolerance_seconds(), 15);
    assert!(!Policy::default().requires_rotating_codes());
}
