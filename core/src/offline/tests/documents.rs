//! Lists, envelopes, positions and changes.

use proptest::prelude::*;

use super::*;
use crate::jws::JwsError;

fn text() -> String {
    let lists = lists(&[(1, TicketState::Active, 2), (2, TicketState::Refunded, 0)], Lists::default());
    envelope::sign(&Document::Full(manifest(rules(), lists)), "0009", &signing_key()).unwrap()
}

fn opened(text: &str) -> Result<Document, envelope::EnvelopeError> {
    envelope::open(text, |kid| (kid == "0009").then(|| signing_key().verifying_key()))
}

#[test]
fn the_prefix_is_as_documented() {
    // printf '\0…\0' (18 times) | sha256sum
    assert_eq!(ticket_prefix(Uuid::nil(), 0), 0x60da_a3a5_f7db_fa20);
    // The same with \1 at the end.
    assert_eq!(ticket_prefix(Uuid::nil(), 1), 0xc59f_a9c4_ec51_5726);
}

#[test]
fn another_key_type_or_algorithm_is_refused() {
    let good = text();
    assert!(opened(&good).is_ok());
    let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
    let wrong = |error: JwsError| Err::<Document, _>(error.into());
    assert_eq!(envelope::open(&good, |_| Some(other)), wrong(JwsError::BadSignature));
    assert_eq!(envelope::open(&good, |_| None), wrong(JwsError::UnknownKey));
    let receipt = crate::jws::sign_compact(crate::jws::RECEIPT_TYP, "0009", b"{}", &signing_key()).unwrap();
    assert_eq!(opened(&receipt), wrong(JwsError::Type));
    let rest = good.split_once('.').unwrap().1;
    for (algorithm, error) in [("none", JwsError::Algorithm), ("HS256", JwsError::Algorithm)] {
        let header = format!(r#"{{"alg":"{algorithm}","kid":"0009","typ":"{}"}}"#, envelope::MANIFEST_TYP);
        assert_eq!(opened(&format!("{}.{rest}", BASE64URL_NOPAD.encode(header.as_bytes()))), wrong(error));
    }
    let unsigned = good.rsplit_once('.').unwrap().0;
    assert!(opened(&format!("{unsigned}.")).is_err());
    assert!(opened(unsigned).is_err());
}

#[test]
fn every_cut_and_every_flipped_bit_is_refused() {
    let good = text();
    for length in (0..good.len()).step_by(7).chain([good.len() - 1]) {
        assert!(opened(&good[..length]).is_err(), "{length}");
    }
    for position in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[position] ^= 1;
        let accepted = String::from_utf8(bytes).is_ok_and(|changed| opened(&changed).is_ok());
        assert!(!accepted, "{position}");
    }
}

#[test]
fn another_form_is_refused() {
    let mut newer = manifest(rules(), TicketLists::default());
    newer.format = FORMAT + 1;
    let text = envelope::sign(&Document::Full(newer), "0009", &signing_key()).unwrap();
    assert_eq!(opened(&text), Err(envelope::EnvelopeError::Unreadable));
}

#[test]
fn rotation_keys_open_for_their_device_only() {
    let key = ManifestKey::of_credential(CREDENTIAL);
    assert_eq!(ManifestKey::of_credential(&CREDENTIAL.to_lowercase()), key);
    let sealed = key.seal([1; 24], TENANT, event_id(), KEY_ID, &rotation_key()).unwrap();
    let open = |key: &ManifestKey, tenant_id, event_id, key_id| {
        key.open(tenant_id, event_id, key_id, &sealed).map(|opened| opened.0)
    };
    assert_eq!(open(&key, TENANT, event_id(), KEY_ID), Some(rotation_key().0));
    let other = ManifestKey::of_credential("AD1000000000000000000000000000000000000000000000000000000001");
    assert_eq!(open(&other, TENANT, event_id(), KEY_ID), None);
    assert_eq!(open(&key, TENANT + 1, event_id(), KEY_ID), None);
    assert_eq!(open(&key, TENANT, gate_id(), KEY_ID), None);
    assert_eq!(open(&key, TENANT, event_id(), KEY_ID + 1), None);
    assert_eq!(format!("{key:?}"), "ManifestKey(…)");
}

#[test]
fn a_position_is_continued_only_where_the_journal_tells_all() {
    let horizon = Horizon { lineage: 1, timeline: 1, xid: 100 };
    let at = |horizon, event_id, made_at, lists| Position::new(horizon, event_id, made_at, lists, &rules());
    let since = at(horizon, event_id(), now(), Lists::default());
    assert_eq!(Position::parse(&since.encode()), Some(since));
    for text in ["", "AAAA", &since.encode()[1..], &format!("{}A", since.encode())] {
        assert_eq!(Position::parse(text), None, "{text}");
    }
    let later_xid = Horizon { xid: 200, ..horizon };
    let codes = Lists { codes: true, ..Lists::default() };
    for (present, continues) in [
        (at(later_xid, event_id(), later(60), Lists::default()), true),
        (at(horizon, event_id(), now(), Lists::default()), true),
        (at(Horizon { xid: 99, ..horizon }, event_id(), later(60), Lists::default()), false),
        (at(Horizon { lineage: 2, ..later_xid }, event_id(), later(60), Lists::default()), false),
        (at(Horizon { timeline: 2, ..later_xid }, event_id(), later(60), Lists::default()), false),
        (at(later_xid, gate_id(), later(60), Lists::default()), false),
        (at(later_xid, event_id(), later(60), codes), false),
        (at(later_xid, event_id(), later(86_401), Lists::default()), false),
        (at(later_xid, event_id(), later(-1), Lists::default()), false),
    ] {
        assert_eq!(since.can_continue(&present), continues, "{present:?}");
    }
    let mut changed = rules();
    changed.keys[0].rotation = None;
    let same = Position::new(horizon, event_id(), now(), Lists::default(), &changed);
    assert!(since.same_rules(&same));
    changed.event.reentry_allowed = false;
    assert!(!since.same_rules(&Position::new(horizon, event_id(), now(), Lists::default(), &changed)));
}

#[test]
fn nobody_is_admitted_by_a_manifest_for_longer_than_the_policy_says() {
    let until = |ends_at, offline_hours| {
        let mut rules = rules();
        rules.event.ends_at = ends_at;
        rules.event.policy.offline_hours = offline_hours;
        not_after(now(), &rules)
    };
    assert_eq!(until(later(86_400 * 9), None), later(43_200));
    assert_eq!(until(later(86_400 * 9), Some(1)), later(3_600));
    assert_eq!(until(later(-43_200 - 60), None), later(43_200 - 60));
}

#[test]
fn changes_of_another_place_are_refused() {
    let base = manifest(rules(), TicketLists::default());
    let delta = delta_of(&base, &[]);
    assert!(base.apply(delta.clone()).is_ok());
    assert_eq!(base.apply(ManifestDelta { since: "AAAA".to_owned(), ..delta.clone() }), Err(NotNext));
    assert_eq!(base.apply(ManifestDelta { tenant_id: 8, ..delta.clone() }), Err(NotNext));
    let mut other = delta;
    other.rules.event.event_id = gate_id();
    assert_eq!(base.apply(other), Err(NotNext));
}

#[test]
fn gates_keep_their_uses_when_another_is_added_before_them() {
    let base = manifest(rules(), lists(&[(1, TicketState::Active, 1)], Lists::default()));
    let mut delta = delta_of(&base, &[(2, TicketState::Active, 1)]);
    delta.rules.gates.insert(0, gate(Uuid::from_u128(0x60)));
    let after = base.apply(delta).unwrap();
    assert_eq!(after.lists.used.past(prefix(1)).unwrap().gate, Some(1));
    assert_eq!(after.lists.used.past(prefix(2)).unwrap().gate, Some(0));
}

#[test]
fn a_newer_generation_replaces_the_older_ones() {
    let asked = Lists { tickets: true, codes: true, filter: true };
    let base = manifest(rules(), lists(&[(1, TicketState::Active, 1)], asked));
    let mut changed = ListBuilder::default();
    let newer = changed.ticket(ticket_id(1), 2, TicketState::Active);
    changed.code(CodeRecord { code: 5, ticket: newer, class: 1 });
    let delta = ManifestDelta { lists: changed.delta(asked), ..delta_of(&base, &[]) };
    let after = base.apply(delta).unwrap().lists;
    let older = [prefix(1), ticket_prefix(ticket_id(1), 1)];
    assert_eq!(after.superseded, PrefixList::new(older.to_vec()));
    assert_eq!(after.tickets, Some(PrefixList::new(vec![newer])));
    assert_eq!(after.codes.unwrap().as_slice(), &[CodeRecord { code: 5, ticket: newer, class: 1 }]);
    assert_eq!(after.used, UsedList::default());
    assert_eq!(after.filter, None);
}

#[test]
fn news_of_tickets_are_heard_where_they_belong() {
    let used = &[(1, TicketState::Active, 1), (2, TicketState::Refunded, 0)];
    let at = |xid: i64| {
        let horizon = Horizon { lineage: 1, timeline: 1, xid };
        Position::new(horizon, event_id(), now(), Lists::default(), &rules()).encode()
    };
    let own = Manifest { position: at(100), ..manifest(rules(), lists(&[], Lists::default())) };
    let news = |since: i64| {
        let everybodys = Rules { device: None, ..rules() };
        ManifestDelta { since: at(since), position: at(since + 20), rules: everybodys, ..delta_of(&own, used) }
    };
    let heard = own.heard(&news(100)).unwrap();
    assert_eq!(heard.lists, lists(used, Lists::default()));
    assert_eq!((&heard.position, &heard.rules), (&own.position, &own.rules), "the next download starts where it would");
    assert_eq!(own.heard(&news(90)).unwrap().lists, heard.lists, "what reaches further back is as good");
    assert_eq!(own.heard(&news(101)), None, "something may have happened before");
    let next = ManifestDelta { since: at(115), position: at(135), ..news(100) };
    assert_eq!(own.heard(&next), None);
    assert_eq!(heard.heard(&next).map(|next| next.heard_to), Some(Some(at(135))), "news follow each other");
    assert_eq!(
        heard.heard(&ManifestDelta { since: at(120), position: at(120), ..news(100) }),
        None,
        "nothing was told"
    );
    let older = ManifestDelta { made_at: later(-1), ..news(100) };
    assert_eq!(own.heard(&older), None);
    let other_gates = Rules { gates: Vec::new(), ..rules() };
    assert_eq!(own.heard(&ManifestDelta { rules: other_gates, ..news(100) }), None);
}

fn delta_of(base: &Manifest, touched: &[(u64, TicketState, i32)]) -> ManifestDelta {
    let asked = Lists { tickets: base.lists.tickets.is_some(), codes: base.lists.codes.is_some(), filter: false };
    ManifestDelta {
        format: FORMAT,
        tenant_id: TENANT,
        since: base.position.clone(),
        position: "next".to_owned(),
        made_at: later(60),
        not_after: later(3600),
        rules: base.rules.clone(),
        lists: builder(touched).delta(asked),
    }
}

fn any_past() -> impl Strategy<Value = TicketPast> {
    let counts = (0..0xffff_i32, 0..0xff_i32, 0..0xffff_i32, 0..0xffff_i32);
    let times = (
        proptest::option::of(0..0xffff_i32 - 1),
        proptest::option::of(1..i64::from(u32::MAX)),
        proptest::option::of(1..4_000_000_000_000_i64),
    );
    let rest = (proptest::option::of(0..u16::MAX), any::<bool>(), any::<bool>());
    (counts, times, rest).prop_map(|(counts, times, rest)| TicketPast {
        entries: counts.0,
        annulled: counts.1,
        days_used: counts.2,
        day_entries: counts.3,
        last_day: times.0,
        last_step: times.1,
        admitted_at: times.2.map(|milliseconds| Timestamp::from_millisecond(milliseconds).unwrap()),
        gate: rest.0,
        inside: rest.1,
        used_up: rest.2,
    })
}

fn any_tickets() -> impl Strategy<Value = Vec<(u64, TicketState, i32)>> {
    let states = proptest::sample::select(TicketState::ALL);
    let tickets = proptest::collection::btree_map(0..60_u64, (states, 0..3), 0..60);
    tickets.prop_map(|tickets| tickets.into_iter().map(|(number, (state, entries))| (number, state, entries)).collect())
}

proptest! {
    #[test]
    fn lists_read_back(
        prefixes in proptest::collection::vec(prop_oneof![any::<u64>(), 0..300_u64, Just(u64::MAX)], 0..40),
        pasts in proptest::collection::vec((any::<u64>(), any_past()), 0..20),
        codes in proptest::collection::vec((any::<u64>(), any::<u64>(), any::<u16>()), 0..20),
    ) {
        let list = PrefixList::new(prefixes.clone());
        prop_assert_eq!(PrefixList::decode(&list.encode()), Some(list.clone()));
        prop_assert!(prefixes.iter().all(|prefix| list.contains(*prefix)));
        let used = UsedList::new(pasts.into_iter().map(|(prefix, past)| UsedTicket { prefix, past }).collect());
        prop_assert_eq!(UsedList::decode(&used.encode()), Some(used));
        let codes = codes.into_iter().map(|(code, ticket, class)| CodeRecord { code, ticket, class });
        let codes = CodeList::new(codes.collect());
        prop_assert_eq!(CodeList::decode(&codes.encode()), Some(codes));
        let filter = TicketFilter::of(list.as_slice()).unwrap();
        prop_assert_eq!(TicketFilter::decode(&filter.encode()), Some(filter.clone()));
        prop_assert!(list.as_slice().iter().all(|prefix| filter.may_contain(*prefix)));
    }

    #[test]
    fn what_is_read_is_spelled_in_one_way(bytes in proptest::collection::vec(any::<u8>(), 0..120), prefix: u64) {
        if let Some(list) = PrefixList::decode(&bytes) {
            prop_assert_eq!(list.encode(), bytes.clone());
        }
        if let Some(used) = UsedList::decode(&bytes) {
            prop_assert_eq!(used.encode(), bytes.clone());
        }
        if let Some(codes) = CodeList::decode(&bytes) {
            prop_assert_eq!(codes.encode(), bytes.clone());
        }
        if let Some(filter) = TicketFilter::decode(&bytes) {
            filter.may_contain(prefix);
            prop_assert_eq!(filter.encode(), bytes);
        }
    }

    /// The changes between two states make the second one of the first.
    #[test]
    fn changes_lead_to_the_full_manifest(before in any_tickets(), mut after in any_tickets(), more: bool) {
        let asked = Lists { tickets: more, codes: more, filter: false };
        // Tickets do not vanish.
        for ticket in &before {
            if !after.iter().any(|known| known.0 == ticket.0) {
                after.push(*ticket);
            }
        }
        let base = manifest(rules(), lists(&before, asked));
        let touched: Vec<_> = after.iter().filter(|ticket| !before.contains(ticket)).copied().collect();
        let next = base.apply(delta_of(&base, &touched)).unwrap();
        prop_assert_eq!(next.lists, lists(&after, asked));
    }
}
