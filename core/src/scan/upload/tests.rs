mod late;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;
use crate::device::DevicePlacement;
use crate::event::EventStatus;
use crate::fee::{EffectiveFees, PayeeAccounts};
use crate::policy::{Calendar, Policy};
use crate::scan::{
    Outcome, Presence, Presented, Reason, ScanConfig, ScanInput, ScanKind, Situation, TicketFacts, TokenForm,
};
use crate::ticket::TicketState;
use crate::totp::Step;
use crate::venue::{GateType, Status};

fn at(text: &str) -> Timestamp {
    format!("2026-07-01T{text}Z").parse().unwrap()
}

#[test]
fn a_constant_offset_is_taken_off() {
    let (received, sent) = (at("12:00:00"), at("11:55:00"));
    let time = scan_time(received, sent, at("11:30:00"), None);
    assert_eq!((time.at, time.suspect, time.clock_offset_ms), (at("11:35:00"), false, 300_000));
    let ahead = scan_time(received, at("12:10:00"), at("11:40:00"), None);
    assert_eq!((ahead.at, ahead.suspect), (at("11:30:00"), false));
}

#[test]
fn an_offset_beyond_ten_minutes_is_bounded_and_suspect() {
    let (received, sent) = (at("12:00:00"), at("11:49:00"));
    let time = scan_time(received, sent, at("11:00:00"), None);
    assert_eq!((time.at, time.suspect, time.clock_offset_ms), (at("11:10:00"), true, 660_000));
    let steady = scan_time(received, sent, at("11:00:00"), Some(1_800_000));
    assert_eq!((steady.at, steady.suspect), (at("11:30:00"), false), "a steady clock is believed");
}

#[test]
fn a_clock_that_jumps_is_suspect_and_the_future_is_now() {
    let now = at("12:00:00");
    let jumped = scan_time(now, now, at("15:00:00"), None);
    assert_eq!((jumped.at, jumped.suspect), (now, true));
    let rounded = scan_time(now, now, at("12:00:00.900"), None);
    assert_eq!((rounded.at, rounded.suspect), (now, false));
    let negative = scan_time(now, now, at("11:00:00"), Some(-1));
    assert_eq!((negative.at, negative.suspect), (at("11:00:00"), false));
}

#[test]
fn scans_of_last_week_are_in_time_and_older_ones_are_not() {
    let now = at("12:00:00");
    let ago = |hours: i64| now.checked_sub(SignedDuration::from_hours(hours)).unwrap();
    assert!(!scan_time(now, now, ago(192), None).too_late);
    assert!(scan_time(now, now, ago(193), None).too_late);
    assert!(scan_time(now, now, now, Some(i64::MAX)).too_late);
    for nonsense in [scan_time(now, now, Timestamp::MIN, None), scan_time(now, now, now, Some(i64::MAX))] {
        assert!(nonsense.at >= ago(24 * 366) && nonsense.too_late, "no time of before the year one is stored");
    }
    let fine = scan_time(now, now, at("11:00:00.123456789"), None);
    assert_eq!(fine.at, at("11:00:00.123456"), "as the database keeps it");
}

fn time(at: Timestamp, suspect: bool, too_late: bool) -> ScanTime {
    ScanTime { at, clock_offset_ms: 0, suspect, too_late }
}

struct Door {
    /// Admissions before the last one.
    earlier: Vec<Timestamp>,
    exits: Vec<Timestamp>,
    /// Whether staff let somebody in each time.
    overridden: bool,
    config: ScanConfig,
    device: DevicePlacement,
    ticket: TicketFacts,
    input: ScanInput,
}

impl Door {
    fn new() -> Self {
        let nobody = Uuid::nil();
        let accounts = PayeeAccounts {
            platform: nobody,
            pool: nobody,
            venue: nobody,
            vendor: nobody,
            promoter: nobody,
            organizer: nobody,
        };
        let (event_id, gate_id) = (Uuid::from_u128(1), Uuid::from_u128(2));
        Self {
            earlier: Vec::new(),
            exits: Vec::new(),
            overridden: false,
            config: ScanConfig {
                event_id,
                gate_id,
                venue_id: nobody,
                gate_venue_id: nobody,
                event_status: EventStatus::Active,
                gate_status: Status::Active,
                venue_status: Status::Active,
                gate_type: GateType::Door,
                currency: "USD".parse().unwrap(),
                starts_at: at("10:00:00"),
                ends_at: at("20:00:00"),
                requires_pass: false,
                reentry_allowed: false,
                entries_max: None,
                exit_scans: false,
                duplicate_window_ms: 5_000,
                venue_has_capacity: false,
                fees: EffectiveFees::resolve([]),
                accounts,
                policy: Policy::default(),
                calendar: Calendar::of("UTC").unwrap(),
            },
            device: DevicePlacement {
                gate_id,
                venue_id: nobody,
                event_ids: vec![event_id],
                zones: Vec::new(),
                profile: "full".to_owned(),
                scan_kinds: ScanKind::ALL.to_vec(),
                offline_allowed: true,
                revoked: false,
            },
            ticket: TicketFacts {
                ticket_id: Uuid::from_u128(3),
                ticket_type_id: Uuid::from_u128(4),
                event_id,
                state: TicketState::Active,
                valid_from: None,
                valid_until: None,
                pass_days: None,
                zones: Arc::default(),
                days_used: 0,
                generation: 0,
                last_step: None,
                presented: Presented { form: TokenForm::Signed, generation: Some(0), step: None },
            },
            input: ScanInput {
                kind: ScanKind::Entry,
                amount_cents: 0,
                items: Vec::new(),
                scanned_at: at("12:00:00"),
                override_reason: None,
            },
        }
    }

    fn judged(&self, now: Timestamp, presence: Presence, suspect: bool) -> Judgement {
        let situation = Situation {
            now,
            today: self.config.calendar.day(now),
            input: &self.input,
            config: &self.config,
            device: Some(&self.device),
            wallet: Ok(None),
            ticket: Some(&self.ticket),
            presence,
        };
        let admission = |admitted_at| Admission {
            scan_id: scan_id(admitted_at),
            admitted_at,
            day: self.config.calendar.day(admitted_at),
            gate_id: Some(self.config.gate_id),
            number: 1,
            code_step: self.ticket.last_step,
            is_override: self.overridden,
        };
        let admissions: Vec<_> = self.earlier.iter().copied().chain(presence.admitted_at).map(admission).collect();
        let past = Past { admissions: &admissions, exits: &self.exits };
        let past = presence.admitted_at.is_some_and(|last| now < last).then_some(past);
        judge(&situation, time(now, suspect, false), past).unwrap()
    }
}

/// An id that tells the time.
fn scan_id(admitted_at: Timestamp) -> Uuid {
    Uuid::from_u128(u128::try_from(admitted_at.as_microsecond()).unwrap())
}

fn admitted(judgement: &Judgement) -> Presence {
    assert_eq!(judgement.decision.outcome, Outcome::Admitted);
    judgement.decision.presence
}

#[test]
fn an_earlier_scan_takes_the_place_of_a_later_one() {
    let mut door = Door::new();
    let second = admitted(&door.judged(at("12:00:05"), Presence::default(), false));
    door.ticket.state = TicketState::Used;
    let first = door.judged(at("12:00:00"), second, false);
    assert_eq!((first.verdict, first.displaces), (Verdict::Success, true));
    let presence = admitted(&first);
    assert_eq!((presence.entries, presence.annulled, presence.counted()), (2, 1, 1));
    assert_eq!((presence.admitted_at, presence.day_entries), (Some(at("12:00:00")), 1));
    assert_eq!(first.decision.occupancy, 0, "one of them is counted as inside");
    assert_eq!(first.decision.ticket.map(|ticket| ticket.state), Some(TicketState::Used));
    // A third one after both is a duplicate of the first.
    let third = door.judged(at("13:00:00"), presence, false);
    assert_eq!((third.verdict, third.displaces), (Verdict::Duplicate, false));
    assert_eq!(third.decision.prior.map(|prior| prior.admitted_at), Some(at("12:00:00")));
}

#[test]
fn an_older_passage_moves_nobody_back_in_time() {
    let mut door = Door::new();
    door.config.reentry_allowed = true;
    door.config.exit_scans = true;
    door.config.duplicate_window_ms = 0;
    let entered = admitted(&door.judged(at("14:00:00"), Presence::default(), false));
    let left = Presence { inside: false, ..entered };
    // Without an exit in between the later entry is one of somebody who was inside; who has left since stays out.
    let older = door.judged(at("12:00:00"), left, false);
    let presence = admitted(&older);
    assert_eq!((older.displaces, presence.entries, presence.annulled, presence.inside), (true, 2, 1, false));
    assert_eq!((older.decision.occupancy, presence.admitted_at), (0, Some(at("12:00:00"))));
    // With one both entries stand, and the last one stays the last one.
    door.exits = vec![at("13:00:00"), at("15:00:00")];
    let both = door.judged(at("12:00:00"), left, false);
    let presence = admitted(&both);
    assert_eq!((both.displaces, presence.entries, presence.inside, presence.day_entries), (false, 2, false, 2));
    assert_eq!((both.decision.occupancy, presence.admitted_at), (0, Some(at("14:00:00"))));
    assert!(admitted(&door.judged(at("12:00:00"), entered, false)).inside);
    // Whoever is inside does not leave by an exit before the entry.
    door.earlier = vec![at("12:00:00")];
    door.input.kind = ScanKind::Exit;
    let exit = door.judged(at("13:00:00"), entered, false);
    assert_eq!((admitted(&exit), exit.decision.occupancy), (entered, 0));
}

#[test]
fn those_right_before_and_after_count_for_the_duplicate_window() {
    let mut door = Door::new();
    door.config.reentry_allowed = true;
    let stored = admitted(&door.judged(at("14:00:00"), Presence::default(), false));
    door.earlier = vec![at("11:59:58")];
    let close = door.judged(at("12:00:00"), stored, false);
    assert_eq!((close.verdict, close.other_scan_id), (Verdict::Duplicate, Some(scan_id(at("11:59:58")))));
    door.earlier = vec![at("11:00:00"), at("12:00:02")];
    let between = door.judged(at("12:00:00"), stored, false);
    assert_eq!((between.displaces, between.other_scan_id), (true, Some(scan_id(at("12:00:02")))));
    assert_eq!(admitted(&between).admitted_at, Some(at("14:00:00")), "the last one stays the last one");
    door.earlier = vec![at("11:00:00")];
    assert!(!door.judged(at("12:00:00"), stored, false).displaces);
}

#[test]
fn a_clock_that_proves_nothing_wins_no_race() {
    let mut door = Door::new();
    let stored = admitted(&door.judged(at("12:00:05"), Presence::default(), false));
    door.ticket.state = TicketState::Used;
    let judged = door.judged(at("12:00:00"), stored, true);
    assert_eq!((judged.verdict, judged.displaces), (Verdict::Duplicate, false));
    assert_eq!(judged.decision.reason(), Some(Reason::Duplicate));
}

#[test]
fn where_people_come_back_both_stand() {
    let mut door = Door::new();
    door.config.reentry_allowed = true;
    let stored = admitted(&door.judged(at("14:00:00"), Presence::default(), false));
    let judged = door.judged(at("12:00:00"), stored, false);
    assert_eq!((judged.verdict, judged.displaces), (Verdict::Success, false));
    let presence = admitted(&judged);
    assert_eq!((presence.entries, presence.annulled, presence.admitted_at), (2, 0, Some(at("14:00:00"))));
    assert_eq!((presence.day_entries, judged.decision.occupancy), (2, 0));
    // Too close together, or one entry too many: the earlier one counts.
    let close = door.judged(at("13:59:58"), stored, false);
    assert!(close.displaces);
    door.config.entries_max = Some(1);
    assert!(door.judged(at("12:00:00"), stored, false).displaces);
}

#[test]
fn what_the_rules_deny_is_a_conflict_and_an_unknown_token_an_error() {
    let mut door = Door::new();
    door.ticket.state = TicketState::Refunded;
    let judged = door.judged(at("12:00:00"), Presence::default(), false);
    assert_eq!((judged.verdict, judged.decision.reason()), (Verdict::Conflict, Some(Reason::TicketVoid)));
    door.ticket.state = TicketState::Active;
    let early = door.judged(at("09:00:00"), Presence::default(), false);
    assert_eq!((early.verdict, early.decision.reason()), (Verdict::Conflict, Some(Reason::EventNotStarted)));
    door.device.offline_allowed = false;
    let judged = door.judged(at("12:00:00"), Presence::default(), false);
    assert_eq!(judged.decision.reason(), Some(Reason::OfflineUnavailable));
    door.device.offline_allowed = true;
    let now = at("12:00:00");
    let situation = Situation {
        now,
        today: 0,
        input: &door.input,
        config: &door.config,
        device: Some(&door.device),
        wallet: Err(Reason::TicketUnknown),
        ticket: None,
        presence: Presence::default(),
    };
    assert_eq!(judge(&situation, time(now, false, false), None).unwrap().verdict, Verdict::Error);
    let late = judge(&situation, time(now, false, true), None).unwrap();
    assert_eq!((late.verdict, late.decision.reason()), (Verdict::Conflict, Some(Reason::ScanTooLate)));
}

#[test]
fn without_a_place_the_use_counts_all_the_same() {
    let door = Door::new();
    let full = over_capacity(door.judged(at("12:00:00"), Presence::default(), false));
    assert_eq!(full.verdict, Verdict::Conflict);
    let presence = admitted(&full);
    assert_eq!((presence.entries, presence.inside, full.decision.occupancy), (1, false, 0));
    assert_eq!(full.decision.reason(), Some(Reason::CapacityReached));
}
