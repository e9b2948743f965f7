//! Effects: whatever fails in between, they come to one end, in bounded time.

use admit_core::payment::outgoing::{EffectFacts, EffectKind, EffectState, Made, Outcome, Step, backoff_ms, decide};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

fn made() -> Made {
    Made {
        object_reference: "re_1".to_owned(),
        payment_reference: None,
        client_secret: None,
        redirect_url: None,
        expires_at: None,
        refund: None,
        told: None,
        listed: None,
    }
}

fn facts(kind: EffectKind, state: EffectState) -> EffectFacts {
    EffectFacts {
        effect_id: Uuid::from_u128(5),
        kind,
        state,
        attempts: 2,
        key_taken_at: Timestamp::UNIX_EPOCH,
        key_number: 1,
        looking: false,
    }
}

fn retry(after_seconds: Option<u32>) -> Outcome {
    Outcome::Retry { after_seconds, reason: "r".to_owned() }
}

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

#[test]
fn an_overtaken_attempt_changes_nothing_but_what_was_made() {
    let facts = facts(EffectKind::RefundCreate, EffectState::Taken);
    for outcome in [retry(None), Outcome::Failed("x".to_owned()), Outcome::Absent, Outcome::KeySpent("x".to_owned())] {
        assert_eq!(decide(&facts, 1, outcome, NOW), Step::Nothing);
    }
    assert_eq!(decide(&facts, 1, Outcome::Done(made()), NOW), Step::Done(made()));
}

#[test]
fn an_end_is_an_end() {
    for state in [EffectState::Done, EffectState::Failed, EffectState::Uncertain] {
        let facts = facts(EffectKind::RefundCreate, state);
        for outcome in [retry(None), Outcome::Failed("x".to_owned()), Outcome::Uncertain("x".to_owned())] {
            assert_eq!(decide(&facts, 2, outcome, NOW), Step::Nothing, "{state:?}");
        }
    }
    let done = |state| decide(&facts(EffectKind::RefundCreate, state), 2, Outcome::Done(made()), NOW);
    assert_eq!(done(EffectState::Done), Step::Nothing);
    assert_eq!(done(EffectState::Uncertain), Step::Done(made()));
    let listed = decide(&facts(EffectKind::PaymentList, EffectState::Failed), 2, Outcome::Done(made()), NOW);
    assert_eq!(listed, Step::Nothing, "a list makes nothing");
    assert!(matches!(done(EffectState::Failed), Step::Uncertain(_)), "what was given up and yet made is for people");
}

#[test]
fn a_wish_of_the_provider_is_heard_within_bounds() {
    let facts = facts(EffectKind::RefundCreate, EffectState::Taken);
    let due = |after| match decide(&facts, 2, retry(after), NOW) {
        Step::Again { due_at, .. } => due_at.as_second(),
        other => panic!("{other:?}"),
    };
    assert_eq!((due(Some(60)), due(Some(u32::MAX))), (60, 600));
    assert!(due(None) <= 2);
}

#[test]
fn after_23_hours_nothing_is_sent_blindly() {
    let later = NOW + SignedDuration::from_hours(23);
    let refund = decide(&facts(EffectKind::RefundCreate, EffectState::Taken), 2, retry(None), later);
    assert!(matches!(refund, Step::Again { looking: true, key_number: 1, .. }), "{refund:?}");
    let payment = decide(&facts(EffectKind::PaymentCreate, EffectState::Taken), 2, retry(None), later);
    assert!(matches!(payment, Step::Failed(_)), "{payment:?}");
    let earlier = later - SignedDuration::from_secs(1);
    let refund = decide(&facts(EffectKind::RefundCreate, EffectState::Taken), 2, retry(None), earlier);
    assert!(matches!(refund, Step::Again { looking: false, .. }), "{refund:?}");
}

#[test]
fn a_new_key_comes_only_after_looking_and_not_for_ever() {
    let taken = facts(EffectKind::RefundCreate, EffectState::Taken);
    let spent = || Outcome::KeySpent("x".to_owned());
    assert!(matches!(decide(&taken, 2, spent(), NOW), Step::Again { looking: true, key_number: 1, .. }));
    let looking = EffectFacts { looking: true, ..taken };
    assert!(matches!(decide(&looking, 2, Outcome::Absent, NOW), Step::Again { looking: false, key_number: 2, .. }));
    assert!(matches!(decide(&looking, 2, Outcome::Failed("x".to_owned()), NOW), Step::Uncertain(_)));
    let last = EffectFacts { key_number: 5, ..taken };
    assert!(matches!(decide(&last, 2, spent(), NOW), Step::Uncertain(_)));
    assert!(matches!(decide(&EffectFacts { looking: true, ..last }, 2, Outcome::Absent, NOW), Step::Failed(_)));
    let payment = facts(EffectKind::PaymentCreate, EffectState::Taken);
    assert!(matches!(decide(&payment, 2, spent(), NOW), Step::Again { looking: false, key_number: 2, .. }));
}

#[test]
fn accounts_are_looked_for_and_links_are_not() {
    let later = NOW + SignedDuration::from_hours(23);
    let account = facts(EffectKind::AccountCreate, EffectState::Taken);
    let link = facts(EffectKind::AccountLinkCreate, EffectState::Taken);
    assert!(matches!(decide(&account, 2, retry(None), later), Step::Again { looking: true, key_number: 1, .. }));
    assert!(matches!(decide(&link, 2, retry(None), later), Step::Failed(_)));
    let spent = || Outcome::KeySpent("x".to_owned());
    assert!(matches!(decide(&account, 2, spent(), NOW), Step::Again { looking: true, key_number: 1, .. }));
    assert!(matches!(decide(&link, 2, spent(), NOW), Step::Again { looking: false, key_number: 2, .. }));
    let unclear = || Outcome::Uncertain("x".to_owned());
    assert!(matches!(decide(&account, 2, unclear(), NOW), Step::Uncertain(_)));
    assert!(matches!(decide(&link, 2, unclear(), NOW), Step::Failed(_)), "nobody has to look for a link");
    let over = EffectFacts { state: EffectState::Failed, ..link };
    assert_eq!(decide(&over, 2, Outcome::Done(made()), NOW), Step::Nothing);
    let looking = EffectFacts { looking: true, ..account };
    assert!(matches!(decide(&looking, 2, Outcome::Absent, NOW), Step::Again { looking: false, key_number: 2, .. }));
}

#[test]
fn a_refusal_after_a_lost_answer_is_looked_into() {
    let taken = facts(EffectKind::RefundCreate, EffectState::Taken);
    let refused = || Outcome::Refused("x".to_owned());
    let Step::Again { looking, key_number, .. } = decide(&taken, 2, refused(), NOW) else { panic!("not looked for") };
    assert!(looking);
    let looking = EffectFacts { looking, key_number, ..taken };
    assert_eq!(decide(&looking, 2, Outcome::Done(made()), NOW), Step::Done(made()));
    assert!(matches!(decide(&looking, 2, Outcome::Absent, NOW), Step::Failed(_)));
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        (0..700_u32).prop_map(|after| retry(Some(after))),
        Just(Outcome::Absent),
        Just(Outcome::KeySpent("x".to_owned())),
        Just(Outcome::Uncertain("x".to_owned())),
        Just(Outcome::Refused("x".to_owned())),
        Just(Outcome::Failed("x".to_owned())),
        Just(Outcome::Done(made())),
    ]
}

proptest! {
    #[test]
    fn pauses_grow_within_bounds(id in any::<u128>(), attempts in any::<i32>()) {
        let pause = backoff_ms(Uuid::from_u128(id), attempts);
        prop_assert!((500..=600_000).contains(&pause));
        prop_assert_eq!(pause, backoff_ms(Uuid::from_u128(id), attempts));
        if (1..9).contains(&attempts) {
            let whole = 1000_i64 << (attempts - 1);
            prop_assert!((whole / 2..=whole).contains(&pause));
        }
    }

    /// Any outcome after any other: a request goes out under a new key only when the old one is
    /// known to have had no effect, and reports that come twice or late change nothing.
    #[test]
    fn any_course_keeps_to_one_effect(course in proptest::collection::vec((outcomes(), 0..3_i32), 1..60)) {
        let mut facts = EffectFacts { attempts: 0, ..facts(EffectKind::RefundCreate, EffectState::Due) };
        let (mut now, mut absent) = (NOW, true);
        for (outcome, age) in course {
            if facts.state == EffectState::Due {
                facts.state = EffectState::Taken;
                facts.attempts += 1;
            }
            // A look that does not find the refund must be true.
            if outcome == Outcome::Absent && !facts.looking { continue; }
            if outcome == Outcome::Absent { absent = true; }
            let attempt = facts.attempts - age;
            match decide(&facts, attempt, outcome.clone(), now) {
                Step::Again { due_at, key_number, looking, .. } => {
                    prop_assert!(age == 0 && due_at >= now);
                    prop_assert!(looking || key_number == facts.key_number || (absent && facts.looking));
                    if key_number != facts.key_number { facts.key_taken_at = due_at; }
                    if !looking { absent = false; }
                    (facts.key_number, facts.looking, facts.state) = (key_number, looking, EffectState::Due);
                    now = due_at;
                }
                Step::Done(_) => facts.state = EffectState::Done,
                Step::Failed(_) => { prop_assert!(!facts.looking || absent); facts.state = EffectState::Failed; }
                Step::Uncertain(_) => facts.state = EffectState::Uncertain,
                Step::Nothing => prop_assert!(age > 0 || facts.state != EffectState::Taken),
            }
            prop_assert!(facts.key_number <= 5);
        }
    }
}
