//! When a log-in is locked, and where its session is good.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::LoginRefusal;

/// Wrong codes of a second factor in a row that are let pass before a person is locked.
pub const FAILURES_MAX: i32 = 5;

/// A person is locked no longer than this at once, so never for good.
const LOCK_MINUTES_MAX: i64 = 60;

/// Until when nobody is asked for another code after so many wrong ones in a row: one minute after the
/// fifth, twice as long after each further one, an hour at most.
pub fn locked_until(failures: i32, now: Timestamp) -> Option<Timestamp> {
    let doublings = u32::try_from(failures - FAILURES_MAX).ok()?;
    let minutes = 1_i64.checked_shl(doublings.min(10)).unwrap_or(LOCK_MINUTES_MAX).min(LOCK_MINUTES_MAX);
    Some(now + SignedDuration::from_mins(minutes))
}

/// The event that a session is for; none for all of the device's venue.
///
/// `own` are the person's events at the device's venue, none when the person works at all of them;
/// `device` the events that the device is bound to, none when it is bound to none.
///
/// # Errors
/// `out_of_scope` when they have none in common, or not the one asked for; `event_needed` when they have several.
pub fn session_event(own: Option<&[Uuid]>, device: &[Uuid], asked: Option<Uuid>) -> Result<Option<Uuid>, LoginRefusal> {
    let both = |event_id: &Uuid| {
        own.is_none_or(|own| own.contains(event_id)) && (device.is_empty() || device.contains(event_id))
    };
    if let Some(asked) = asked {
        return if both(&asked) { Ok(Some(asked)) } else { Err(LoginRefusal::OutOfScope) };
    }
    let common: Vec<Uuid> = own.unwrap_or(device).iter().copied().filter(both).collect();
    match (common.len(), own) {
        (1, _) => Ok(common.first().copied()),
        // Whoever may work everywhere is not asked where: the device's own events bound its scans.
        (_, None) => Ok(None),
        (0, Some(_)) => Err(LoginRefusal::OutOfScope),
        (_, Some(_)) => Err(LoginRefusal::EventNeeded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_grow_to_an_hour() {
        let minutes = |failures| locked_until(failures, Timestamp::UNIX_EPOCH).map(|until| until.as_second() / 60);
        assert_eq!([0, 1, 4].map(minutes), [None, None, None]);
        assert_eq!([5, 6, 7, 10, 11, 12, i32::MAX].map(minutes), [1, 2, 4, 32, 60, 60, 60].map(Some));
        assert_eq!(minutes(i32::MIN + 5), None);
    }

    #[test]
    fn sessions_are_for_what_person_and_device_have_in_common() {
        let [friday, saturday, sunday] = [1, 2, 3].map(Uuid::from_u128);
        assert_eq!(session_event(None, &[], None), Ok(None));
        assert_eq!(session_event(None, &[friday], None), Ok(Some(friday)));
        assert_eq!(session_event(None, &[friday, saturday], None), Ok(None));
        assert_eq!(session_event(None, &[friday, saturday], Some(saturday)), Ok(Some(saturday)));
        assert_eq!(session_event(None, &[friday], Some(sunday)), Err(LoginRefusal::OutOfScope));
        assert_eq!(session_event(Some(&[friday]), &[], None), Ok(Some(friday)));
        assert_eq!(session_event(Some(&[friday, saturday]), &[saturday, sunday], None), Ok(Some(saturday)));
        assert_eq!(session_event(Some(&[friday, saturday]), &[], None), Err(LoginRefusal::EventNeeded));
        assert_eq!(session_event(Some(&[friday, saturday]), &[], Some(friday)), Ok(Some(friday)));
        assert_eq!(session_event(Some(&[friday]), &[saturday], None), Err(LoginRefusal::OutOfScope));
        assert_eq!(session_event(Some(&[friday]), &[], Some(saturday)), Err(LoginRefusal::OutOfScope));
        assert_eq!(session_event(Some(&[]), &[], None), Err(LoginRefusal::OutOfScope));
    }
}
