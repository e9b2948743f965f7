//! Where a device stands and what it may do there.

use uuid::Uuid;

use crate::scan::ScanKind;
use crate::tenant::is_role_name;
use crate::{Error, Result};

/// Events that a device can be bound to, at most.
pub const EVENTS_MAX: usize = 50;

/// Where a device stands and what its profile allows, as a scan looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePlacement {
    /// Its gate.
    pub gate_id: Uuid,
    /// The gate's venue.
    pub venue_id: Uuid,
    /// The events that it is bound to; none for any event of the venue.
    pub event_ids: Vec<Uuid>,
    /// The zones that it guards.
    pub zones: Vec<String>,
    /// The name of its profile.
    pub profile: String,
    /// Kinds of scans that its profile allows.
    pub scan_kinds: Vec<ScanKind>,
    /// Whether it may decide without a network.
    pub offline_allowed: bool,
    /// Whether it is revoked.
    pub revoked: bool,
}

impl DevicePlacement {
    /// The event that it is bound to, when that is one.
    pub fn only_event(&self) -> Option<Uuid> {
        match self.event_ids[..] {
            [event_id] => Some(event_id),
            _ => None,
        }
    }
}

/// The events a device is bound to, as asked for in either way; none for any event of the venue.
///
/// # Errors
/// `invalid_request` when both ways are used, and for an empty or too long list.
pub fn chosen_events(event_id: Option<Uuid>, event_ids: Option<Vec<Uuid>>) -> Result<Vec<Uuid>> {
    match (event_id, event_ids) {
        (Some(_), Some(_)) => Err(Error::invalid("give either event_id or event_ids")),
        (Some(event_id), None) => Ok(vec![event_id]),
        (None, None) => Ok(Vec::new()),
        (None, Some(mut event_ids)) => {
            event_ids.sort_unstable();
            event_ids.dedup();
            if (1..=EVENTS_MAX).contains(&event_ids.len()) {
                return Ok(event_ids);
            }
            Err(Error::invalid(format!(
                "event_ids must name 1 to {EVENTS_MAX} events; leave it out for any event of the venue"
            )))
        }
    }
}

/// A profile's name, checked.
///
/// # Errors
/// `invalid_request` when it is no name.
pub fn profile_name(name: &str) -> Result<&str> {
    if is_role_name(name) {
        return Ok(name);
    }
    Err(Error::invalid("profile must have 1 to 40 lower-case letters, digits and underscores"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_chosen_in_one_way() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(chosen_events(None, None), Ok(Vec::new()));
        assert_eq!(chosen_events(Some(one), None), Ok(vec![one]));
        assert_eq!(chosen_events(None, Some(vec![two, one, two])), Ok(vec![one, two]));
        assert!(chosen_events(Some(one), Some(vec![two])).is_err());
        assert!(chosen_events(None, Some(Vec::new())).is_err());
        let many = (0..51).map(Uuid::from_u128).collect();
        assert!(chosen_events(None, Some(many)).is_err());
    }

    #[test]
    fn only_one_event_is_the_only_one() {
        let bound = |event_ids: Vec<Uuid>| DevicePlacement {
            gate_id: Uuid::nil(),
            venue_id: Uuid::nil(),
            event_ids,
            zones: Vec::new(),
            profile: "full".to_owned(),
            scan_kinds: Vec::new(),
            offline_allowed: false,
            revoked: false,
        };
        assert_eq!(bound(vec![Uuid::from_u128(1)]).only_event(), Some(Uuid::from_u128(1)));
        assert_eq!(bound(Vec::new()).only_event(), None);
        assert_eq!(bound(vec![Uuid::from_u128(1), Uuid::from_u128(2)]).only_event(), None);
    }
}
