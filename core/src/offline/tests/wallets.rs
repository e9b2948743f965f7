//! Wallets that pay at a gate without a network.

use super::*;
use crate::credential::WalletSession;
use crate::fee::{Action, Component, EffectiveFees, FeeRule, FeeSchedule, FeeScope, Rounding};
use crate::scan::{Outcome, Reason};

const KEY: [u8; 32] = [9; 32];

fn session(wallet: u128, session: u128) -> WalletSession {
    WalletSession {
        tenant_id: TENANT,
        key_id: 2,
        wallet_id: Uuid::from_u128(wallet),
        session_id: Uuid::from_u128(session),
        expires_at_seconds: u32::try_from(later(3600).as_second()).unwrap(),
    }
}

fn token(wallet: u128, number: u128) -> String {
    session(wallet, number).encode(&KEY)
}

fn fee(scope: FeeScope, scope_id: Uuid, action: Action, fixed_cents: i64) -> ScopeFees {
    let rule = FeeRule {
        action,
        component: Component::PlatformFee,
        fixed_cents,
        percentage: 0.into(),
        minimum_cents: None,
        maximum_cents: None,
        shares: Vec::new(),
    };
    let schedule = FeeSchedule { fee_version: 1, rules: vec![rule], rounding: Rounding::HalfUp };
    ScopeFees { scope, scope_id, schedule }
}

fn bar_rules() -> Rules {
    let mut rules = rules();
    rules.event.requires_pass = false;
    rules.event.exit_scans = true;
    rules.gates[0].gate_type = GateType::Concession;
    rules.offline_limit_cents = 1_000;
    rules.fees = vec![
        fee(FeeScope::Platform, Uuid::nil(), Action::Concession, 90),
        fee(FeeScope::Gate, gate_id(), Action::Concession, 50),
        fee(FeeScope::Gate, Uuid::from_u128(0x62), Action::Concession, 70),
        fee(FeeScope::Event, event_id(), Action::Entry, 300),
    ];
    rules
}

/// Sessions with what their wallets may spend.
fn spendable(as_of: Timestamp, sessions: &[(&str, u32)]) -> Option<Spendable> {
    let sessions = sessions
        .iter()
        .map(|(token, spendable_cents)| SpendableSession {
            prefix: session_prefix(token),
            spendable_cents: *spendable_cents,
        })
        .collect();
    Some(Spendable { as_of, sessions: SpendableList::new(sessions) })
}

fn bar(rules: Rules, wallets: Option<Spendable>) -> OfflineGate {
    let manifest = Manifest { wallets, ..manifest(rules, TicketLists::default()) };
    OfflineGate::new(sent(manifest), CREDENTIAL, LocalUses::default()).unwrap()
}

fn sale(gate: &mut OfflineGate, token: &str, cents: i64) -> (Option<Reason>, i64, Option<i64>) {
    let decision = gate.decide(token, ScanKind::Concession, Some(cents), now()).unwrap();
    assert_eq!(decision.outcome == Outcome::Admitted, decision.number.is_some());
    (decision.reason(), decision.charged_cents, decision.balance_cents)
}

#[test]
fn a_wallet_pays_with_fees_until_its_rest_is_spent() {
    let (phone, watch) = (token(1, 1), token(1, 2));
    let mut gate = bar(bar_rules(), spendable(now(), &[(&phone, 1_000), (&watch, 1_000)]));
    assert_eq!(sale(&mut gate, &phone, 400), (None, 450, Some(550)), "the gate's own fee, not another's");
    assert_eq!(sale(&mut gate, &watch, 450), (None, 500, Some(50)), "another session of the same wallet");
    assert_eq!(sale(&mut gate, &phone, 1), (Some(Reason::InsufficientFunds), 0, Some(50)));
    assert_eq!(
        sale(&mut gate, &format!("AW1{}", phone[3..].to_lowercase()), 1),
        (Some(Reason::InsufficientFunds), 0, Some(50))
    );
}

#[test]
fn what_is_not_known_is_not_sold() {
    let listed = token(1, 1);
    let unknown = (Some(Reason::OfflineUnavailable), 0, None);
    let mut gate = bar(bar_rules(), spendable(now(), &[(&listed, 1_000)]));
    assert_eq!(sale(&mut gate, &token(2, 1), 1), unknown);
    let forged = session(1, 1).encode(&[8; 32]);
    assert_eq!(sale(&mut gate, &forged, 1), unknown);
    let foreign = WalletSession { tenant_id: 8, ..session(1, 1) }.encode(&KEY);
    assert_eq!(sale(&mut gate, &foreign, 1).0, Some(Reason::TokenForeign));
    let off = Rules { offline_limit_cents: 0, ..bar_rules() };
    assert_eq!(sale(&mut bar(off, spendable(now(), &[(&listed, 1_000)])), &listed, 1), unknown);
    assert_eq!(sale(&mut bar(bar_rules(), None), &listed, 1), unknown);
    let late = gate.decide(&listed, ScanKind::Concession, Some(1), later(3600)).unwrap();
    assert_eq!(late.reason(), Some(Reason::TokenExpired));
    let lower = Rules { offline_limit_cents: 100, ..bar_rules() };
    assert_eq!(sale(&mut bar(lower, spendable(now(), &[(&listed, 1_000)])), &listed, 60).2, Some(100));
    let unsure = gate.decide(&listed, ScanKind::Concession, None, now()).unwrap_err();
    assert_eq!(unsure.code, crate::ErrorCode::InvalidRequest);
    assert_eq!(gate.local(), &LocalUses::default());
}

#[test]
fn spending_is_forgotten_only_with_new_balances_that_know_it() {
    let wallet = token(1, 1);
    let mut gate = bar(bar_rules(), spendable(now(), &[(&wallet, 1_000)]));
    assert_eq!(sale(&mut gate, &wallet, 250).2, Some(700));
    assert_eq!(sale(&mut gate, &wallet, 250).2, Some(400));
    let stored = serde_json::to_string(gate.local()).unwrap();
    assert_eq!(&serde_json::from_str::<LocalUses>(&stored).unwrap(), gate.local());
    let same = gate.manifest().clone();
    let mut renewed = gate.renewed(same.clone(), CREDENTIAL, 2).unwrap();
    assert_eq!(sale(&mut renewed, &wallet, 400), (Some(Reason::InsufficientFunds), 0, Some(400)));
    let fresh = |uploaded| {
        let next = Manifest { wallets: spendable(later(60), &[(&wallet, 700)]), ..same.clone() };
        gate.renewed(next, CREDENTIAL, uploaded).unwrap()
    };
    assert_eq!(sale(&mut fresh(2), &wallet, 400).2, Some(250), "both are in the balance");
    assert_eq!(sale(&mut fresh(1), &wallet, 100).2, Some(250), "the second is not");
}

#[test]
fn wallets_enter_where_no_pass_is_needed_and_leave_where_they_came_in() {
    let wallet = token(1, 1);
    let mut rules = bar_rules();
    rules.gates[0].gate_type = GateType::Door;
    let mut gate = bar(rules.clone(), spendable(now(), &[(&wallet, 1_000)]));
    let mut scan = |kind| gate.decide(&wallet, kind, None, now()).unwrap();
    assert_eq!(scan(ScanKind::Exit).reason(), Some(Reason::OfflineUnavailable), "it came in elsewhere");
    let first = scan(ScanKind::Entry);
    assert_eq!((first.reason(), first.charged_cents, first.entry_number), (None, 300, Some(1)));
    assert_eq!(scan(ScanKind::Entry).reason(), Some(Reason::AlreadyInside));
    assert_eq!(scan(ScanKind::Exit).reason(), None);
    let second = scan(ScanKind::Entry);
    assert_eq!((second.reason(), second.charged_cents, second.entry_number), (None, 0, Some(2)));
    rules.event.requires_pass = true;
    let mut gate = bar(rules, spendable(now(), &[(&wallet, 1_000)]));
    let by_pass = gate.decide(&wallet, ScanKind::Entry, None, now()).unwrap();
    assert_eq!(by_pass.reason(), Some(Reason::OfflineUnavailable), "which ticket, only the server knows");
}

#[test]
fn what_the_server_admitted_here_counts() {
    let wallet = token(1, 1);
    let mut gate = bar(bar_rules(), spendable(now(), &[(&wallet, 1_000)]));
    assert_eq!(gate.admitted_online(&wallet, ScanKind::Concession, 800, now()).unwrap(), Some(1));
    assert_eq!(sale(&mut gate, &wallet, 100).2, Some(50));
    assert_eq!(gate.admitted_online(&token(2, 1), ScanKind::Concession, 800, now()).unwrap(), None);
    let mut rules = rules();
    rules.event.exit_scans = true;
    let mut door = bar(rules, None);
    assert_eq!(door.admitted_online(&signed(claims(1)), ScanKind::Entry, 0, now()).unwrap(), Some(1));
    let copy = door.decide(&signed(claims(1)), ScanKind::Entry, None, later(5)).unwrap();
    assert_eq!((copy.reason(), copy.prior.map(|prior| prior.entry_number)), (Some(Reason::AlreadyInside), Some(1)));
}

#[test]
fn lists_of_wallets_travel() {
    let list = spendable(now(), &[(&token(1, 1), 5), (&token(2, 1), u32::MAX)]).unwrap().sessions;
    assert_eq!(SpendableList::decode(&list.encode()), Some(list.clone()));
    assert_eq!(SpendableList::decode(&list.encode()[1..]), None);
    let mut swapped = list.encode();
    swapped.rotate_left(12);
    assert_eq!(SpendableList::decode(&swapped), None);
    let stored = serde_json::to_string(&bar_rules()).unwrap();
    assert_eq!(serde_json::from_str::<Rules>(&stored).unwrap(), bar_rules());
    let charged = |gate| bar_rules().fees_at(gate).charge(Action::Concession, 100).unwrap().total_cents().unwrap();
    assert_eq!((charged(gate_id()), charged(Uuid::from_u128(0x62))), (150, 170));
    assert_eq!(EffectiveFees::default().charge(Action::Concession, 100).unwrap().total_cents().unwrap(), 100);
}
