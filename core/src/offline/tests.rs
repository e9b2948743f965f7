//! Lists, envelopes and changes, and a gate that decides as the server does.

mod decisions;
mod documents;
mod parity;
mod wallets;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::SigningKey;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;
use crate::event::EventStatus;
use crate::policy::Policy;
use crate::scan::ScanKind;
use crate::ticket::TicketState;
use crate::ticket::token::{EventRotationKey, TicketClaims, TicketSigner, rotating_suffix};
use crate::venue::{GateType, Status};

const TENANT: i32 = 7;
const KEY_ID: u16 = 5;
const CREDENTIAL: &str = "AD1000000000000000000000000000000000000000000000000000000000";

fn now() -> Timestamp {
    "2026-11-21T20:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn event_id() -> Uuid {
    Uuid::from_u128(0x0192_f6c1_2345_7abc_8def_0123_4567_89ab)
}

fn gate_id() -> Uuid {
    Uuid::from_u128(0x61)
}

fn ticket_id(number: u64) -> Uuid {
    Uuid::from_u128(0x0192_f6c1_2345_7abc_9000_0000_0000_0000 | u128::from(number))
}

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn rotation_key() -> EventRotationKey {
    EventRotationKey::derive(&[7; 32], TicketClaims::event_tail(event_id()))
}

fn claims(number: u64) -> TicketClaims {
    TicketClaims {
        key_id: KEY_ID,
        ticket_id: ticket_id(number),
        event_tail: TicketClaims::event_tail(event_id()),
        issued_at_seconds: u32::try_from(later(-3600).as_second()).unwrap(),
        expires_at_seconds: u32::try_from(later(86_400 * 3).as_second()).unwrap(),
        generation: 0,
        class: 1,
        rotating: false,
    }
}

fn signed(claims: TicketClaims) -> String {
    TicketSigner::new(KEY_ID, &signing_key()).sign(claims).encode()
}

fn rotating(claims: TicketClaims, at: Timestamp) -> String {
    let key = rotation_key().ticket(claims.ticket_id, claims.generation);
    signed(TicketClaims { rotating: true, ..claims }) + &rotating_suffix(&key, u64::try_from(at.as_second()).unwrap())
}

fn rules() -> Rules {
    let sealed = ManifestKey::of_credential(CREDENTIAL).seal([3; 24], TENANT, event_id(), KEY_ID, &rotation_key());
    Rules {
        event: EventRules {
            event_id: event_id(),
            venue_id: Uuid::from_u128(0x7e),
            name: "Night".to_owned(),
            status: EventStatus::Active,
            venue_status: Status::Active,
            currency: "USD".parse().unwrap(),
            starts_at: later(-3600),
            ends_at: later(86_400 * 2),
            time_zone: "Europe/Moscow".to_owned(),
            requires_pass: true,
            reentry_allowed: true,
            entries_max: None,
            exit_scans: false,
            duplicate_window_ms: 0,
            places_sure: true,
            policy: Policy::default(),
        },
        gates: vec![gate(gate_id()), gate(Uuid::from_u128(0x62))],
        ticket_types: vec![TypeRules {
            class: 1,
            ticket_type_id: Uuid::from_u128(0x71),
            name: "GA".to_owned(),
            zones: vec!["GA".to_owned()],
            valid_from: None,
            valid_until: None,
            pass_days: None,
        }],
        keys: vec![KeyRules {
            key_id: KEY_ID,
            public_key: BASE64URL_NOPAD.encode(signing_key().verifying_key().as_bytes()),
            revoked: false,
            rotation: sealed,
        }],
        device: Some(DeviceRules {
            device_id: Uuid::from_u128(0xd1),
            gate_id: gate_id(),
            event_ids: vec![event_id()],
            zones: Vec::new(),
            profile: "full".to_owned(),
            scan_kinds: ScanKind::ALL.to_vec(),
            offline_allowed: true,
        }),
        offline_limit_cents: 0,
        fees: Vec::new(),
    }
}

fn gate(gate_id: Uuid) -> GateRules {
    GateRules { gate_id, name: "Door".to_owned(), gate_type: GateType::Door, status: Status::Active }
}

fn manifest(rules: Rules, lists: TicketLists) -> Manifest {
    let horizon = Horizon { lineage: 1, timeline: 1, xid: 100 };
    let position = Position::new(horizon, event_id(), now(), Lists::default(), &rules);
    Manifest {
        format: FORMAT,
        tenant_id: TENANT,
        position: position.encode(),
        made_at: now(),
        not_after: not_after(now(), &rules),
        rules,
        lists,
        wallets: None,
        heard_to: None,
    }
}

/// The manifest as it arrives.
fn sent(manifest: Manifest) -> Manifest {
    let text = envelope::sign(&Document::Full(manifest), "0009", &signing_key()).unwrap();
    match envelope::open(&text, |kid| (kid == "0009").then(|| signing_key().verifying_key())).unwrap() {
        Document::Full(manifest) => manifest,
        Document::Delta(_) => panic!("a full manifest was sent"),
    }
}

fn past(entries: i32) -> TicketPast {
    TicketPast { entries, inside: true, admitted_at: Some(later(-60)), gate: Some(0), ..TicketPast::default() }
}

fn prefix(number: u64) -> u64 {
    ticket_prefix(ticket_id(number), 0)
}

/// Which tickets the lists are made of: number, state, entries.
fn lists(tickets: &[(u64, TicketState, i32)], asked: Lists) -> TicketLists {
    builder(tickets).full(asked)
}

fn builder(tickets: &[(u64, TicketState, i32)]) -> ListBuilder {
    let mut builder = ListBuilder::default();
    for (number, state, entries) in tickets {
        let prefix = builder.ticket(ticket_id(*number), 0, *state);
        builder.code(CodeRecord { code: prefix ^ 1, ticket: prefix, class: 1 });
        if *entries > 0 {
            builder.past(prefix, past(*entries));
        }
    }
    builder
}
