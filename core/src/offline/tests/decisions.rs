//! What a gate without a network admits, denies and cannot know.

use super::*;
use crate::credential::WalletSession;
use crate::scan::{Outcome, Reason};
use crate::ticket::token::KeyedTicket;
use crate::ticket::{TicketCode, TicketKey};

pub(super) fn gate_with(rules: Rules, lists: TicketLists) -> OfflineGate {
    OfflineGate::new(sent(manifest(rules, lists)), CREDENTIAL, LocalUses::default()).unwrap()
}

fn gate_of(tickets: &[(u64, TicketState, i32)]) -> OfflineGate {
    gate_with(rules(), lists(tickets, Lists::default()))
}

/// Why an entry was denied; none when it was not.
fn reason(gate: &mut OfflineGate, token: &str, at: Timestamp) -> Option<Reason> {
    let decided = gate.decide(token, ScanKind::Entry, None, at).unwrap();
    assert_eq!(decided.refusal.is_none(), decided.outcome == Outcome::Admitted);
    decided.reason()
}

#[test]
fn a_signed_ticket_is_admitted_and_noted() {
    let mut gate = gate_of(&[]);
    let first = gate.decide(&signed(claims(1)), ScanKind::Entry, None, now()).unwrap();
    assert_eq!((first.outcome, first.entry_number, first.number), (Outcome::Admitted, Some(1), Some(1)));
    let second = gate.decide(&signed(claims(1)), ScanKind::Entry, None, later(5)).unwrap();
    let prior = second.prior.unwrap();
    assert_eq!((second.entry_number, prior.gate_id, prior.entry_number), (Some(2), Some(gate_id()), 1));
    assert_eq!(prior.admitted_at, now());
    let local: LocalUses = serde_json::from_str(&serde_json::to_string(gate.local()).unwrap()).unwrap();
    assert_eq!(&local, gate.local());
}

#[test]
fn listed_tickets_are_denied_with_their_reason() {
    let tickets = [
        (1, TicketState::Refunded, 0),
        (2, TicketState::Cancelled, 1),
        (3, TicketState::Expired, 0),
        (4, TicketState::Active, 1),
        (5, TicketState::Active, 0),
    ];
    let mut rules = rules();
    rules.event.reentry_allowed = false;
    let mut gate = gate_with(rules, lists(&tickets, Lists::default()));
    let denied: Vec<_> = (1..=5).map(|number| reason(&mut gate, &signed(claims(number)), now())).collect();
    let void = Some(Reason::TicketVoid);
    assert_eq!(denied, [void, void, Some(Reason::TicketExpired), Some(Reason::TicketUsed), None]);
}

#[test]
fn forged_foreign_and_outdated_tokens_are_denied_as_by_the_server() {
    let mut gate = gate_of(&[]);
    let other = TicketSigner::new(KEY_ID, &SigningKey::from_bytes(&[9; 32])).sign(claims(1)).encode();
    let unknown_key = TicketSigner::new(KEY_ID + 1, &signing_key()).sign(claims(1)).encode();
    let elsewhere = TicketClaims { event_tail: [9; 8], ..claims(1) };
    let ended = TicketClaims { expires_at_seconds: u32::try_from(now().as_second()).unwrap(), ..claims(1) };
    let unrotated = TicketClaims { rotating: true, ..claims(1) };
    let keyed = |tenant_id| {
        KeyedTicket { tenant_id, key_id: 1, ticket_id: ticket_id(1), generation: 0 }.encode(&TicketKey([1; 32]))
    };
    let wallet = |tenant_id| {
        let (wallet_id, session_id) = (Uuid::from_u128(1), Uuid::from_u128(2));
        WalletSession { tenant_id, key_id: 1, wallet_id, session_id, expires_at_seconds: u32::MAX }.encode(&[1; 32])
    };
    let code = TicketKey([1; 32]).code(TENANT, ticket_id(1), 0).encode();
    for (token, expected) in [
        ("hello".to_owned(), Reason::TokenMalformed),
        (other, Reason::TokenForged),
        (unknown_key, Reason::TokenForged),
        (signed(elsewhere), Reason::WrongEvent),
        (rotating(elsewhere, now()), Reason::WrongEvent),
        (signed(ended), Reason::TokenExpired),
        (signed(unrotated), Reason::RotatingCodeRequired),
        (rotating(claims(1), later(-120)), Reason::CodeExpired),
        (rotating(claims(1), later(120)), Reason::CodeEarly),
        (rotating(claims(1), now()).replace(char::is_numeric, "1"), Reason::TokenMalformed),
        (keyed(TENANT), Reason::OfflineUnavailable),
        (keyed(TENANT + 1), Reason::TokenForeign),
        (wallet(TENANT), Reason::OfflineUnavailable),
        (wallet(TENANT + 1), Reason::TokenForeign),
        (code, Reason::OfflineUnavailable),
        (signed(TicketClaims { class: 9, ..claims(1) }), Reason::OfflineUnavailable),
    ] {
        assert_eq!(reason(&mut gate, &token, now()), Some(expected), "{token}");
    }
    assert_eq!(gate.local(), &LocalUses::default());
}

#[test]
fn a_rotating_code_admits_once() {
    let mut gate = gate_of(&[]);
    let shown = rotating(claims(1), now());
    assert_eq!(reason(&mut gate, &shown, now()), None);
    assert_eq!(reason(&mut gate, &shown, later(1)), Some(Reason::CodeReplayed));
    assert_eq!(reason(&mut gate, &rotating(claims(2), now()), later(1)), None);
    let other = rotating(claims(2), now());
    let swapped = signed(TicketClaims { rotating: true, ..claims(1) }) + &other[170..];
    assert_eq!(reason(&mut gate, &swapped, now()), Some(Reason::TokenForged));
    // Sealed for somebody else.
    let manifest = gate.manifest().clone();
    let mut stranger = OfflineGate::new(manifest, "AD1", LocalUses::default()).unwrap();
    assert_eq!(reason(&mut stranger, &shown, now()), Some(Reason::OfflineUnavailable));
    assert_eq!(reason(&mut stranger, &signed(claims(1)), now()), None);
}

#[test]
fn what_a_gate_cannot_know_it_does_not_admit() {
    let unsure = |change: fn(&mut Rules), at| {
        let mut rules = rules();
        change(&mut rules);
        reason(&mut gate_with(rules, lists(&[(1, TicketState::Active, 1)], Lists::default())), &signed(claims(2)), at)
    };
    let unavailable = Some(Reason::OfflineUnavailable);
    assert_eq!(unsure(|_| {}, now()), None);
    assert_eq!(unsure(|rules| rules.event.places_sure = false, now()), unavailable);
    assert_eq!(unsure(|rules| rules.device.as_mut().unwrap().offline_allowed = false, now()), unavailable);
    assert_eq!(unsure(|_| {}, later(43_200)), None);
    assert_eq!(unsure(|_| {}, later(43_201)), unavailable);
    assert_eq!(unsure(|rules| rules.gates.clear(), now()), Some(Reason::WrongEvent));
    assert_eq!(unsure(|rules| rules.gates[0].status = Status::Inactive, now()), Some(Reason::GateClosed));
    assert_eq!(unsure(|rules| rules.event.status = EventStatus::Cancelled, now()), Some(Reason::EventCancelled));
    // Somebody who is inside already takes no place.
    let mut rules = rules();
    rules.event.places_sure = false;
    let mut gate = gate_with(rules, lists(&[(1, TicketState::Active, 1)], Lists::default()));
    assert_eq!(reason(&mut gate, &signed(claims(1)), now()), None);
}

#[test]
fn other_kinds_and_callers_are_errors() {
    let mut rules = rules();
    rules.device.as_mut().unwrap().scan_kinds = vec![ScanKind::Entry];
    let mut gate = gate_with(rules.clone(), TicketLists::default());
    let error = gate.decide(&signed(claims(1)), ScanKind::Exit, None, now()).unwrap_err();
    assert_eq!(error.code, crate::ErrorCode::PermissionDenied);
    rules.device = None;
    assert!(OfflineGate::new(manifest(rules, TicketLists::default()), CREDENTIAL, LocalUses::default()).is_err());
}

#[test]
fn a_list_of_all_tickets_admits_no_other() {
    let (tickets, filter) = (Lists { tickets: true, ..Lists::default() }, Lists { filter: true, ..Lists::default() });
    for asked in [tickets, filter] {
        let mut gate = gate_with(rules(), lists(&[(1, TicketState::Active, 0), (2, TicketState::Refunded, 0)], asked));
        assert_eq!(reason(&mut gate, &signed(claims(1)), now()), None);
        assert_eq!(reason(&mut gate, &signed(claims(2)), now()), Some(Reason::TicketVoid));
        assert_eq!(reason(&mut gate, &signed(claims(3)), now()), Some(Reason::TicketUnknown));
        let sold_since = TicketClaims { issued_at_seconds: u32::try_from(later(9).as_second()).unwrap(), ..claims(3) };
        assert_eq!(reason(&mut gate, &signed(sold_since), later(10)), Some(Reason::OfflineUnavailable));
    }
}

#[test]
fn a_list_of_codes_reads_codes() {
    let code = |number| TicketKey([1; 32]).code(TENANT, ticket_id(number), 0);
    let mut builder = ListBuilder::default();
    for (number, state) in [(1, TicketState::Active), (2, TicketState::Refunded)] {
        let ticket = builder.ticket(ticket_id(number), 0, state);
        builder.code(CodeRecord { code: code_prefix(code(number).hash()), ticket, class: 1 });
    }
    let lists = builder.full(Lists { codes: true, ..Lists::default() });
    let mut gate = gate_with(rules(), lists);
    let mut shown = |code: TicketCode| gate.decide(&code.encode(), ScanKind::Entry, None, now()).unwrap();
    let admitted = shown(code(1));
    assert_eq!((admitted.outcome, admitted.ticket_id), (Outcome::Admitted, None));
    assert_eq!(shown(code(2)).reason(), Some(Reason::TicketVoid));
    assert_eq!(shown(code(3)).reason(), Some(Reason::TicketUnknown));
    // The code and the signed ticket are one ticket.
    assert_eq!(gate.decide(&signed(claims(1)), ScanKind::Entry, None, now()).unwrap().entry_number, Some(2));
}

#[test]
fn what_a_revoked_key_signed_is_denied() {
    let mut rules = rules();
    rules.keys[0].revoked = true;
    let mut gate = gate_with(rules, TicketLists::default());
    let ended = TicketClaims { expires_at_seconds: 1, ..claims(1) };
    for token in [signed(claims(1)), signed(ended), rotating(claims(1), now())] {
        assert_eq!(reason(&mut gate, &token, now()), Some(Reason::KeyRevoked));
    }
    let other = TicketSigner::new(KEY_ID, &SigningKey::from_bytes(&[9; 32])).sign(claims(1)).encode();
    assert_eq!(reason(&mut gate, &other, now()), Some(Reason::TokenForged));
}

#[test]
fn superseded_tickets_are_denied() {
    let mut builder = ListBuilder::default();
    builder.ticket(ticket_id(1), 1, TicketState::Active);
    let mut gate = gate_with(rules(), builder.full(Lists::default()));
    assert_eq!(reason(&mut gate, &signed(claims(1)), now()), Some(Reason::TicketSuperseded));
    assert_eq!(reason(&mut gate, &signed(TicketClaims { generation: 1, ..claims(1) }), now()), None);
}

#[test]
fn uses_of_which_some_were_uploaded_are_counted_once() {
    let mut rules = rules();
    rules.event.entries_max = Some(3);
    let mut gate = gate_with(rules.clone(), TicketLists::default());
    let token = signed(claims(1));
    for second in 0..2 {
        assert_eq!(reason(&mut gate, &token, later(second * 600)), None);
    }
    // The first of two had reached the server when it made the manifest; the second had not.
    let newer = manifest(rules, lists(&[(1, TicketState::Active, 1)], Lists::default()));
    let mut gate = gate.renewed(newer, CREDENTIAL, 1).unwrap();
    let third = gate.decide(&token, ScanKind::Entry, None, later(1200)).unwrap();
    assert_eq!((third.reason(), third.entry_number), (None, Some(3)));
    assert_eq!(reason(&mut gate, &token, later(1800)), Some(Reason::EntriesExhausted));
}

#[test]
fn uses_of_another_day_do_not_set_the_count_of_a_later_one_back() {
    let hour = 3_600;
    let mut rules = rules();
    rules.event.policy.entries_per_day_max = Some(2);
    let mut gate = gate_with(rules.clone(), TicketLists::default());
    assert_eq!(reason(&mut gate, &signed(claims(1)), now()), None);
    // Two entries of the next day, at another gate, are in the next manifest; the one from here is not.
    let mut newer = manifest(rules, lists(&[], Lists::default()));
    let tomorrow = gate.local().uses.values().next().unwrap().after().last_day.map(|today| today + 1);
    let admitted_at = Some(later(10 * hour));
    let past = TicketPast { entries: 2, day_entries: 2, days_used: 1, last_day: tomorrow, admitted_at, ..past(2) };
    newer.lists.used = UsedList::new(vec![UsedTicket { prefix: prefix(1), past }]);
    newer.made_at = later(11 * hour);
    let mut gate = gate.renewed(newer, CREDENTIAL, 0).unwrap();
    let third = reason(&mut gate, &signed(claims(1)), later(12 * hour));
    assert_eq!(third, Some(Reason::DayLimitReached));
}

#[test]
fn a_ticket_that_is_reissued_meanwhile_is_the_same_ticket_here() {
    let mut once = rules();
    once.event.reentry_allowed = false;
    let other = |generation| signed(TicketClaims { generation, ..claims(1) });
    for (first, second) in [(0, 1), (1, 0)] {
        let mut gate = gate_with(once.clone(), TicketLists::default());
        assert_eq!(reason(&mut gate, &other(first), now()), None);
        assert!(reason(&mut gate, &other(second), later(60)).is_some(), "{first} before {second}");
    }
}

#[test]
fn own_uses_last_until_they_were_uploaded() {
    let mut rules = rules();
    rules.event.entries_max = Some(2);
    let mut gate = gate_with(rules.clone(), TicketLists::default());
    assert_eq!(reason(&mut gate, &signed(claims(1)), now()), None);
    let newer = |entries| manifest(rules.clone(), lists(&[(1, TicketState::Active, entries)], Lists::default()));
    // Not uploaded: another gate's entry and its own are two.
    let mut waiting = gate.renewed(newer(1), CREDENTIAL, 0).unwrap();
    assert_eq!(
        waiting.decide(&signed(claims(1)), ScanKind::Entry, None, now()).unwrap().reason(),
        Some(Reason::EntriesExhausted)
    );
    // Uploaded: the server's one is its own.
    let mut done = gate.renewed(newer(1), CREDENTIAL, 1).unwrap();
    assert_eq!(done.local().uses.len(), 0);
    assert_eq!(done.decide(&signed(claims(1)), ScanKind::Entry, None, now()).unwrap().entry_number, Some(2));
    assert_eq!(done.local().count, 2);
    let mut other = newer(1);
    other.rules.event.event_id = gate_id();
    assert!(gate.renewed(other, CREDENTIAL, 0).is_err());
}
