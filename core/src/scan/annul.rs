//! Taking a mistaken scan back: as if it had not happened, and both stay in the journal.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Presence, RecordedUse, ScanBody};
use crate::fee::Action;
use crate::message::{answers, requests};
use crate::policy::Calendar;
use crate::{Error, ErrorCode, Result};

requests! {
    /// Takes back a scan that was made by mistake: the use, the place and the money go back. Only the last
    /// passage of a ticket or wallet can be taken back, and any sale. A scan of an upload that took another one's
    /// place has charged nothing: what that one charged stays charged.
    pub struct ScanAnnul {
        /// The admitted scan.
        pub scan_id: Uuid,
        /// Why, 1 to 500 characters.
        pub reason: String,
    }
}

answers! {
    /// A scan that was taken back.
    pub struct ScanAnnulled {
        /// The scan.
        pub scan_id: Uuid,
        /// The journal entry that takes it back.
        pub entry_id: Uuid,
        /// What was given back to the wallet, in minor units.
        pub returned_cents: i64,
        /// The wallet's balance afterwards, in minor units; `null` where no wallet paid.
        pub balance_cents: Option<i64>,
        /// Whether the holder is inside afterwards; `null` for a sale.
        pub inside: Option<bool>,
        /// When it was taken back.
        pub annulled_at: Timestamp,
    }
}

/// A passage taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undone {
    /// The presence afterwards.
    pub presence: Presence,
    /// Days taken off a pass: 0 or 1.
    pub days: i32,
    /// Change of the number of people inside: 1, 0 or -1.
    pub occupancy: i32,
}

/// What the presence is when the last passage is taken back.
///
/// # Errors
/// `conflict` when another passage came after it.
pub fn undo(body: &ScanBody, scanned_at: Timestamp, now_present: Presence, calendar: &Calendar) -> Result<Undone> {
    let is_exit = body.action == Action::Exit;
    // An exit follows the admission that it names; a later admission would have another time.
    let follows = if is_exit { body.prior.as_ref().map(|prior| prior.0) } else { Some(scanned_at) };
    if body.inside != Some(now_present.inside) || follows != now_present.admitted_at {
        return Err(Error::new(
            ErrorCode::Conflict,
            "the ticket or wallet passed a gate since: annul its later scans first, the last one first",
        ));
    }
    if is_exit {
        let presence = Presence { inside: true, ..now_present };
        return Ok(Undone { presence, days: 0, occupancy: 1 });
    }
    let RecordedUse(admitted_at, gate_id, _) = match &body.prior {
        Some(RecordedUse(at, gate_id, number)) => RecordedUse(*at, *gate_id, *number),
        None => {
            let occupancy = -i32::from(now_present.inside);
            return Ok(Undone { presence: first_undone(now_present), days: 1, occupancy });
        }
    };
    let inside = body.was_inside == Some(true);
    let first_of_day = now_present.day_entries <= 1;
    let presence = Presence {
        inside,
        admitted_at: Some(admitted_at),
        gate_id,
        last_day: if first_of_day { Some(calendar.day(admitted_at)) } else { now_present.last_day },
        day_entries: now_present.day_entries.saturating_sub(1).max(1),
        annulled: now_present.annulled.saturating_add(1),
        ..now_present
    };
    let days = i32::from(presence.last_day != now_present.last_day);
    Ok(Undone { presence, days, occupancy: i32::from(inside) - i32::from(now_present.inside) })
}

fn first_undone(now_present: Presence) -> Presence {
    Presence { entries: now_present.entries, annulled: now_present.annulled.saturating_add(1), ..Presence::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn body(action: Action, entry_number: i32, inside: bool) -> ScanBody {
        let json = serde_json::json!({"action": action, "entry_number": entry_number, "inside": inside});
        serde_json::from_value(json).unwrap()
    }

    fn utc() -> Calendar {
        Calendar::of("UTC").unwrap()
    }

    #[test]
    fn a_first_entry_leaves_nothing_but_its_number() {
        let now = at("2026-07-01T20:00:00Z");
        let present = Presence {
            entries: 1,
            inside: true,
            admitted_at: Some(now),
            gate_id: Some(Uuid::from_u128(1)),
            last_day: Some(9_678),
            day_entries: 1,
            annulled: 0,
        };
        let undone = undo(&body(Action::Entry, 1, true), now, present, &utc()).unwrap();
        assert_eq!(undone.presence, Presence { entries: 1, annulled: 1, ..Presence::default() });
        assert_eq!(undone.presence.counted(), 0);
        assert_eq!((undone.days, undone.occupancy), (1, -1));
    }

    #[test]
    fn a_reentry_falls_back_to_the_use_before() {
        let (yesterday, now) = (at("2026-07-01T20:00:00Z"), at("2026-07-02T20:00:00Z"));
        let mut entry = body(Action::Reentry, 2, true);
        entry.prior = Some(RecordedUse(yesterday, None, 1));
        let present = Presence {
            entries: 2,
            inside: true,
            admitted_at: Some(now),
            last_day: Some(9_679),
            day_entries: 1,
            ..Presence::default()
        };
        let undone = undo(&entry, now, present, &utc()).unwrap();
        assert_eq!(undone.presence.admitted_at, Some(yesterday));
        assert_eq!(undone.presence.last_day, Some(9_678));
        assert_eq!((undone.presence.inside, undone.days, undone.occupancy), (false, 1, -1));
        entry.was_inside = Some(true);
        let same_day = Presence { day_entries: 2, ..present };
        let undone = undo(&entry, now, same_day, &utc()).unwrap();
        assert_eq!((undone.presence.inside, undone.days, undone.occupancy), (true, 0, 0));
        assert_eq!((undone.presence.last_day, undone.presence.day_entries), (Some(9_679), 1));
    }

    #[test]
    fn an_exit_brings_its_holder_back_in() {
        let now = at("2026-07-01T20:00:00Z");
        let present = Presence { entries: 1, admitted_at: Some(now), ..Presence::default() };
        let mut exit = body(Action::Exit, 1, false);
        exit.prior = Some(RecordedUse(now, None, 1));
        let undone = undo(&exit, now, present, &utc()).unwrap();
        assert!(undone.presence.inside);
        assert_eq!((undone.presence.annulled, undone.occupancy), (0, 1));
    }

    #[test]
    fn only_the_last_passage_is_taken_back() {
        let now = at("2026-07-01T20:00:00Z");
        let present = Presence { entries: 2, inside: true, admitted_at: Some(now), ..Presence::default() };
        let before = at("2026-07-01T19:00:00Z");
        for (body, scanned_at) in [
            (body(Action::Entry, 1, true), before),
            (body(Action::Exit, 2, false), now),
            (body(Action::Reentry, 2, true), before),
        ] {
            assert!(undo(&body, scanned_at, present, &utc()).is_err_and(|error| error.code == ErrorCode::Conflict));
        }
    }
}
