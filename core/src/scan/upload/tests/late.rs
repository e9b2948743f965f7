//! Scans that arrive after those of later days.

use super::*;

/// Admitted at noon, and at noon of the day after.
fn admitted_on_both_days(door: &mut Door) -> Presence {
    door.ticket.pass_days = Some(3);
    door.ticket.days_used = 2;
    door.config.ends_at = days_after(2, "20:00:00");
    door.earlier = vec![at("12:00:00")];
    let tomorrow = days_after(1, "12:00:00");
    Presence {
        entries: 2,
        inside: false,
        admitted_at: Some(tomorrow),
        gate_id: Some(door.config.gate_id),
        last_day: Some(door.config.calendar.day(tomorrow)),
        day_entries: 1,
        annulled: 0,
    }
}

fn days_after(days: i64, time: &str) -> Timestamp {
    at(time).checked_add(SignedDuration::from_hours(24 * days)).unwrap()
}

fn days_used(judgement: &Judgement) -> Option<(i32, TicketState)> {
    judgement.decision.ticket.as_ref().map(|ticket| (ticket.days_used, ticket.state))
}

#[test]
fn a_pass_counts_a_day_once_whenever_its_scans_arrive() {
    let mut door = Door::new();
    door.config.reentry_allowed = true;
    let stored = admitted_on_both_days(&mut door);
    for (time, displaces) in [("15:00:00", false), ("10:00:00", false), ("11:59:58", true)] {
        let judged = door.judged(at(time), stored, false);
        assert_eq!((judged.verdict, judged.displaces), (Verdict::Success, displaces), "{time}");
        let expected = Presence { entries: 3, annulled: i32::from(displaces), ..stored };
        assert_eq!((admitted(&judged), judged.decision.occupancy), (expected, 0), "{time}");
        assert_eq!(days_used(&judged), Some((2, TicketState::Active)), "{time}");
    }
    let duplicate = door.judged(at("12:00:02"), stored, false);
    assert_eq!((duplicate.verdict, duplicate.decision.presence), (Verdict::Duplicate, stored));
    assert_eq!(duplicate.other_scan_id, Some(scan_id(at("12:00:00"))));
    assert_eq!(duplicate.decision.prior.map(|prior| prior.admitted_at), Some(at("12:00:00")));
    // A day on which it was not used is one more.
    door.earlier.clear();
    door.ticket.days_used = 1;
    let first = door.judged(at("15:00:00"), stored, false);
    assert_eq!((admitted(&first).entries, days_used(&first)), (3, Some((2, TicketState::Active))));
}

#[test]
fn a_pass_without_reentry_is_used_once_a_day_whenever_its_scans_arrive() {
    let mut door = Door::new();
    let stored = admitted_on_both_days(&mut door);
    let second = door.judged(at("15:00:00"), stored, false);
    assert_eq!((second.verdict, second.decision.reason()), (Verdict::Duplicate, Some(Reason::TicketUsed)));
    let first = door.judged(at("11:00:00"), stored, false);
    assert_eq!(first.other_scan_id.filter(|_| first.displaces), Some(scan_id(at("12:00:00"))), "the first of the day");
    assert_eq!(admitted(&first), Presence { entries: 3, annulled: 1, ..stored });
    assert_eq!(days_used(&first), Some((2, TicketState::Active)));
    let last_day = door.judged(days_after(1, "11:00:00"), stored, false);
    assert_eq!(last_day.other_scan_id.filter(|_| last_day.displaces), stored.admitted_at.map(scan_id));
    let expected = Presence { entries: 3, annulled: 1, admitted_at: Some(days_after(1, "11:00:00")), ..stored };
    assert_eq!((admitted(&last_day), days_used(&last_day)), (expected, Some((2, TicketState::Active))));
}

#[test]
fn a_pass_is_good_for_its_first_days_whenever_its_scans_arrive() {
    let mut door = Door::new();
    let stored = admitted_on_both_days(&mut door);
    (door.ticket.pass_days, door.ticket.state) = (Some(2), TicketState::Used);
    let yesterday = days_after(-1, "12:00:00");
    door.config.starts_at = days_after(-2, "10:00:00");
    let judged = door.judged(yesterday, stored, false);
    assert_eq!(judged.other_scan_id.filter(|_| judged.displaces), stored.admitted_at.map(scan_id));
    let presence = admitted(&judged);
    assert_eq!((presence.admitted_at, presence.day_entries, presence.counted()), (Some(at("12:00:00")), 1, 2));
    assert_eq!(days_used(&judged), Some((2, TicketState::Used)));
    // It takes one place, not those of a whole day.
    door.config.reentry_allowed = true;
    door.earlier = vec![at("12:00:00"), days_after(1, "10:00:00")];
    let judged = door.judged(yesterday, stored, false);
    assert_eq!((judged.verdict, judged.decision.reason()), (Verdict::Duplicate, Some(Reason::PassDaysUsed)));
    let other = Some(scan_id(days_after(1, "10:00:00")));
    assert_eq!((judged.other_scan_id, judged.displaces, judged.decision.presence), (other, false, stored));
}

#[test]
fn entries_of_an_earlier_day_have_that_days_limit() {
    let mut door = Door::new();
    door.config.reentry_allowed = true;
    door.config.policy.entries_per_day_max = Some(1);
    let stored = admitted_on_both_days(&mut door);
    door.ticket.pass_days = None;
    let second = door.judged(at("15:00:00"), stored, false);
    assert_eq!(second.decision.reason(), Some(Reason::DayLimitReached));
    door.config.policy.entries_per_day_max = Some(2);
    assert_eq!(door.judged(at("15:00:00"), stored, false).verdict, Verdict::Success);
    // One more before them, and the last of the day is one too many.
    door.earlier.push(at("18:00:00"));
    let third = door.judged(at("15:00:00"), stored, false);
    assert_eq!(third.other_scan_id.filter(|_| third.displaces), Some(scan_id(at("18:00:00"))));
    door.earlier.pop();
    // Where exits are scanned, it takes one to come in again.
    door.config.exit_scans = true;
    assert_eq!(door.judged(at("15:00:00"), stored, false).decision.reason(), Some(Reason::AlreadyInside));
    door.exits = vec![at("13:00:00"), at("16:00:00")];
    assert_eq!(admitted(&door.judged(at("15:00:00"), stored, false)), Presence { entries: 3, ..stored });
    // Whoever came in at noon could leave at one, whatever happened since; who had not come in could not.
    door.input.kind = ScanKind::Exit;
    let exit = door.judged(at("13:00:00"), stored, false);
    assert_eq!((exit.verdict, exit.displaces, admitted(&exit)), (Verdict::Success, false, stored));
    assert_eq!(days_used(&exit), Some((2, TicketState::Active)), "an exit gives no day back");
    let early = door.judged(at("11:00:00"), stored, false);
    assert_eq!((early.verdict, early.decision.reason()), (Verdict::Conflict, Some(Reason::NotInside)));
}

#[test]
fn of_two_scans_of_one_code_the_first_counts() {
    let mut door = Door::new();
    door.config.reentry_allowed = true;
    door.config.duplicate_window_ms = 0;
    let last = at("12:00:05");
    let step = Step(u64::try_from(last.as_second()).unwrap() / 30);
    door.ticket.presented = Presented { form: TokenForm::Rotating, generation: Some(0), step: Some(step) };
    let stored = admitted(&door.judged(last, Presence::default(), false));
    door.ticket.last_step = i64::try_from(step.0).ok();
    let copy = door.judged(at("12:00:01"), stored, false);
    assert_eq!(copy.other_scan_id.filter(|_| copy.displaces), Some(scan_id(last)));
    door.earlier = vec![at("12:00:00")];
    let second = door.judged(at("12:00:01"), stored, false);
    assert_eq!(second.decision.reason(), Some(Reason::CodeReplayed), "used before");
    door.earlier.clear();
    door.ticket.last_step = door.ticket.last_step.map(|step| step + 1);
    assert!(!door.judged(at("12:00:01"), stored, false).displaces, "a code before it is another one");
}

#[test]
fn whom_staff_let_in_stays_let_in() {
    let mut door = Door::new();
    let stored = admitted(&door.judged(at("12:00:05"), Presence::default(), false));
    door.ticket.state = TicketState::Used;
    door.overridden = true;
    let first = door.judged(at("12:00:00"), stored, false);
    assert_eq!((first.verdict, first.displaces), (Verdict::Success, false));
    assert_eq!((admitted(&first).entries, admitted(&first).annulled), (2, 0));
}
