//! How long a gate without a network takes for a ticket: one thread, the median of many.

use std::time::Instant;

use admit_core::event::EventStatus;
use admit_core::offline::{
    DeviceRules, EventRules, FORMAT, GateRules, KeyRules, ListBuilder, Lists, LocalUses, Manifest, ManifestKey,
    OfflineGate, Rules, TypeRules, not_after,
};
use admit_core::scan::{Outcome, ScanKind};
use admit_core::ticket::TicketState;
use admit_core::ticket::token::{EventRotationKey, TicketClaims, TicketSigner, rotating_suffix};
use admit_core::venue::{GateType, Status};
use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::SigningKey;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::checks::Failure;

/// Tickets on the gate's list.
const TICKETS: u16 = 20_000;
/// How many of them are shown.
const SHOWN: u16 = 5_000;
const KEY_ID: u16 = 1;
const SEED: [u8; 32] = [7; 32];
const CREDENTIAL: &str = "gate";

/// Prints `verify_at1_us` and `verify_rotating_us`, the decision included.
pub fn run() -> Result<bool, Failure> {
    let now = Timestamp::now();
    let event_id = Uuid::now_v7();
    let rotation = EventRotationKey::derive(&SEED, TicketClaims::event_tail(event_id));
    let signer = TicketSigner::new(KEY_ID, &SigningKey::from_bytes(&SEED));
    let tickets: Vec<Uuid> = (0..TICKETS).map(|_| Uuid::now_v7()).collect();
    let manifest = manifest(now, event_id, &rotation, &tickets)?;
    let claims = |ticket_id: &Uuid, rotating| TicketClaims {
        key_id: KEY_ID,
        ticket_id: *ticket_id,
        event_tail: TicketClaims::event_tail(event_id),
        issued_at_seconds: u32::try_from(now.as_second()).unwrap_or_default(),
        expires_at_seconds: u32::MAX,
        generation: 0,
        class: 1,
        rotating,
    };
    let suffix = |ticket_id: &Uuid| {
        rotating_suffix(&rotation.ticket(*ticket_id, 0), u64::try_from(now.as_second()).unwrap_or_default())
    };
    let shown = &tickets[..usize::from(SHOWN)];
    let signed: Vec<String> = shown.iter().map(|ticket_id| signer.sign(claims(ticket_id, false)).encode()).collect();
    let turning = |ticket_id: &Uuid| signer.sign(claims(ticket_id, true)).encode() + &suffix(ticket_id);
    let turning: Vec<String> = shown.iter().map(turning).collect();
    for (name, tokens) in [("verify_at1_us", signed), ("verify_rotating_us", turning)] {
        let mut gate = OfflineGate::new(manifest.clone(), CREDENTIAL, LocalUses::default())?;
        let mut times_ns = Vec::with_capacity(tokens.len());
        for token in &tokens {
            let since = Instant::now();
            let decided = gate.decide(token, ScanKind::Entry, None, now)?;
            times_ns.push(since.elapsed().as_nanos());
            if decided.outcome != Outcome::Admitted {
                return Err(format!("{name}: a good ticket was denied: {:?}", decided.reason()).into());
            }
        }
        times_ns.sort_unstable();
        println!("{name}={}", times_ns[times_ns.len() / 2] / 1000);
    }
    Ok(true)
}

fn manifest(
    now: Timestamp,
    event_id: Uuid,
    rotation: &EventRotationKey,
    tickets: &[Uuid],
) -> Result<Manifest, Failure> {
    let (venue_id, gate_id) = (Uuid::now_v7(), Uuid::now_v7());
    let hours = |hours| now.checked_add(SignedDuration::from_hours(hours));
    let event = EventRules {
        event_id,
        venue_id,
        name: "Night".to_owned(),
        status: EventStatus::Active,
        venue_status: Status::Active,
        currency: "USD".parse()?,
        starts_at: hours(-1)?,
        ends_at: hours(6)?,
        time_zone: "Europe/Berlin".to_owned(),
        requires_pass: true,
        reentry_allowed: false,
        entries_max: None,
        exit_scans: true,
        duplicate_window_ms: 0,
        places_sure: true,
        policy: Default::default(),
    };
    let gate = GateRules { gate_id, name: "Door".to_owned(), gate_type: GateType::Door, status: Status::Active };
    let kind = TypeRules {
        class: 1,
        ticket_type_id: Uuid::now_v7(),
        name: "GA".to_owned(),
        zones: Vec::new(),
        valid_from: None,
        valid_until: None,
        pass_days: None,
    };
    let key = KeyRules {
        key_id: KEY_ID,
        public_key: BASE64URL_NOPAD.encode(SigningKey::from_bytes(&SEED).verifying_key().as_bytes()),
        revoked: false,
        rotation: ManifestKey::of_credential(CREDENTIAL).seal([1; 24], 1, event_id, KEY_ID, rotation),
    };
    let device = DeviceRules {
        device_id: Uuid::now_v7(),
        gate_id,
        event_ids: vec![event_id],
        zones: Vec::new(),
        profile: "full".to_owned(),
        scan_kinds: ScanKind::ALL.to_vec(),
        offline_allowed: true,
    };
    let mut lists = ListBuilder::default();
    for ticket_id in tickets {
        lists.ticket(*ticket_id, 0, TicketState::Active);
    }
    let rules = Rules {
        event,
        gates: vec![gate],
        ticket_types: vec![kind],
        keys: vec![key],
        device: Some(device),
        offline_limit_cents: 0,
        fees: Vec::new(),
    };
    Ok(Manifest {
        format: FORMAT,
        tenant_id: 1,
        position: String::new(),
        made_at: now,
        not_after: not_after(now, &rules),
        rules,
        lists: lists.full(Lists { tickets: true, ..Lists::default() }),
        wallets: None,
        heard_to: None,
    })
}
