//! The same scans at one gate, decided by the server and by a gate without a network.

use proptest::prelude::*;

use super::decisions::gate_with;
use super::*;
use crate::device::DevicePlacement;
use crate::fee::{EffectiveFees, PayeeAccounts};
use crate::policy::{Calendar, PolicyReentry};
use crate::scan::{
    Outcome, Presence, Presented, Refusal, ScanConfig, ScanInput, Situation, TicketFacts, TokenForm, decide,
};
use crate::totp::Step;

/// What the server knows of a ticket.
#[derive(Debug, Clone, Default)]
struct Row {
    used: bool,
    days_used: i32,
    last_step: Option<i64>,
    presence: Presence,
}

/// The server's decision, and what it stores.
fn server(
    rules: &Rules,
    row: &mut Row,
    number: u64,
    step: Option<Step>,
    kind: ScanKind,
    at: Timestamp,
) -> Option<Refusal> {
    let event = &rules.event;
    let facts = TicketFacts {
        ticket_id: ticket_id(number),
        ticket_type_id: rules.ticket_types[0].ticket_type_id,
        event_id: event.event_id,
        state: if row.used { TicketState::Used } else { TicketState::Active },
        valid_from: rules.ticket_types[0].valid_from,
        valid_until: rules.ticket_types[0].valid_until,
        pass_days: rules.ticket_types[0].pass_days,
        days_used: row.days_used,
        zones: rules.ticket_types[0].zones.as_slice().into(),
        generation: 0,
        last_step: row.last_step,
        presented: Presented {
            form: if step.is_some() { TokenForm::Rotating } else { TokenForm::Signed },
            generation: Some(0),
            step,
        },
    };
    let input = ScanInput { kind, amount_cents: 0, items: Vec::new(), scanned_at: at, override_reason: None };
    let config = config(rules);
    let device = placement(rules);
    let situation = Situation {
        now: at,
        today: config.calendar.day(at),
        input: &input,
        config: &config,
        device: Some(&device),
        wallet: Ok(None),
        ticket: Some(&facts),
        presence: row.presence,
    };
    let decision = decide(&situation).unwrap();
    if let (Outcome::Admitted, Some(ticket)) = (decision.outcome, decision.ticket) {
        *row = Row {
            used: ticket.state == TicketState::Used,
            days_used: ticket.days_used,
            last_step: ticket.last_step,
            presence: decision.presence,
        };
    }
    decision.refusal
}

fn placement(rules: &Rules) -> DevicePlacement {
    let device = rules.device.clone().unwrap();
    DevicePlacement {
        gate_id: device.gate_id,
        venue_id: rules.event.venue_id,
        event_ids: device.event_ids,
        zones: device.zones,
        profile: device.profile,
        scan_kinds: device.scan_kinds,
        offline_allowed: true,
        revoked: false,
    }
}

fn config(rules: &Rules) -> ScanConfig {
    let (event, nobody) = (&rules.event, Uuid::nil());
    let accounts = PayeeAccounts {
        platform: nobody,
        pool: nobody,
        venue: nobody,
        vendor: nobody,
        promoter: nobody,
        organizer: nobody,
    };
    ScanConfig {
        event_id: event.event_id,
        gate_id: gate_id(),
        venue_id: event.venue_id,
        gate_venue_id: event.venue_id,
        event_status: event.status,
        gate_status: Status::Active,
        venue_status: Status::Active,
        gate_type: GateType::Door,
        currency: event.currency,
        starts_at: event.starts_at,
        ends_at: event.ends_at,
        requires_pass: event.requires_pass,
        reentry_allowed: event.reentry_allowed,
        entries_max: event.entries_max,
        exit_scans: event.exit_scans,
        duplicate_window_ms: event.duplicate_window_ms,
        venue_has_capacity: false,
        fees: EffectiveFees::resolve([]),
        accounts,
        policy: event.policy.clone(),
        calendar: Calendar::of(&event.time_zone).unwrap(),
    }
}

fn any_rules() -> impl Strategy<Value = Rules> {
    let event = (any::<bool>(), proptest::option::of(1..4), any::<bool>(), prop_oneof![Just(0), Just(90_000_i64)]);
    let ticket_type =
        (proptest::option::of(1..3), proptest::option::of(-600..20_000_i64), proptest::option::of(0..20_000_i64));
    let policy = (
        any::<bool>(),
        proptest::option::of(1..3),
        proptest::option::of(60..5_000),
        proptest::option::of(61..200),
        proptest::sample::select(&[None, None, Some("GA"), Some("VIP")][..]),
    );
    (event, ticket_type, policy).prop_map(|(event, ticket_type, policy)| {
        let mut rules = rules();
        rules.event.reentry_allowed = event.0;
        rules.event.entries_max = event.1;
        rules.event.exit_scans = event.2;
        rules.event.duplicate_window_ms = event.3;
        rules.event.policy.rotating_codes = Some(policy.0);
        rules.event.policy.entries_per_day_max = policy.1;
        rules.event.policy.reentry =
            Some(PolicyReentry { allowed: event.0, entries_max: event.1, cooldown_seconds: policy.2 });
        rules.event.policy.check_in_closes_minutes = policy.3;
        rules.event.ends_at = later(20_000);
        rules.ticket_types[0].pass_days = ticket_type.0;
        rules.ticket_types[0].valid_from = ticket_type.1.map(later);
        rules.ticket_types[0].valid_until = ticket_type.2.map(later);
        if let Some(device) = &mut rules.device {
            device.zones = policy.4.map(str::to_owned).into_iter().collect();
        }
        rules
    })
}

proptest! {
    /// Scans at one gate, with and without a network, are decided alike.
    #[test]
    fn one_gate_decides_as_the_server(
        rules in any_rules(),
        scans in proptest::collection::vec((0..3_u64, 0..3_u8, 0..3_u8, 1..1_000_i64), 1..40),
        renewed_at in 0..40_usize,
    ) {
        let mut rows = vec![Row::default(); 3];
        let mut gate = gate_with(rules.clone(), TicketLists::default());
        let mut at = now();
        for (index, (number, kind, form, seconds)) in scans.into_iter().enumerate() {
            at += SignedDuration::from_secs(seconds);
            let kind = [ScanKind::Entry, ScanKind::Exit, ScanKind::Concession][usize::from(kind)];
            let shown_at = at - SignedDuration::from_secs(i64::from(form) * 40);
            let step = (form > 0).then(|| Step::at(u64::try_from(shown_at.as_second()).unwrap()));
            let token = if form > 0 { rotating(claims(number), shown_at) } else { signed(claims(number)) };
            let row = &mut rows[usize::try_from(number).unwrap()];
            let expected = server(&rules, row, number, step, kind, at);
            let decided = gate.decide(&token, kind, kind.is_sale().then_some(100), at).unwrap();
            prop_assert_eq!(decided.refusal, expected, "scan {}", index);
            prop_assert_eq!(decided.inside, Some(row.presence.inside));
            if index == renewed_at {
                let fresh = Manifest { made_at: at, ..gate.manifest().clone() };
                let uploaded = gate.local().count;
                let fresh = Manifest { lists: listed(&rows), ..fresh };
                gate = gate.renewed(sent(fresh), CREDENTIAL, uploaded).unwrap();
            }
        }
    }
}

/// The lists of a manifest that the server makes of its rows.
fn listed(rows: &[Row]) -> TicketLists {
    let mut builder = ListBuilder::default();
    for (number, row) in rows.iter().enumerate() {
        let state = if row.used { TicketState::Used } else { TicketState::Active };
        let prefix = builder.ticket(ticket_id(u64::try_from(number).unwrap()), 0, state);
        if row.presence.entries > 0 || row.last_step.is_some() {
            builder.past(
                prefix,
                TicketPast {
                    entries: row.presence.entries,
                    days_used: row.days_used,
                    last_day: row.presence.last_day,
                    day_entries: row.presence.day_entries,
                    annulled: row.presence.annulled,
                    last_step: row.last_step,
                    admitted_at: row.presence.admitted_at,
                    gate: Some(0),
                    inside: row.presence.inside,
                    used_up: row.used,
                },
            );
        }
    }
    builder.full(Lists::default())
}
