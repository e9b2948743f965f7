//! The rules of an event's doors in a manifest, its keys and the device that it was made for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::EventStatus;
use crate::fee::{EffectiveFees, FeeSchedule, FeeScope};
use crate::money::Currency;
use crate::policy::Policy;
use crate::scan::ScanKind;
use crate::venue::{GateType, Status};

/// The parts that are small and always sent whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// The event.
    pub event: EventRules,
    /// The gates of its venue; lists name them by their place here.
    pub gates: Vec<GateRules>,
    /// Its ticket types.
    pub ticket_types: Vec<TypeRules>,
    /// The keys that sign its tickets.
    pub keys: Vec<KeyRules>,
    /// The device that it was made for; `null` for callers that are none.
    pub device: Option<DeviceRules>,
    /// What a gate without a network may charge a wallet in all between two full manifests, in minor units.
    pub offline_limit_cents: i64,
    /// The fees of the event and of each gate; none where gates may charge nothing.
    #[serde(default)]
    pub fees: Vec<ScopeFees>,
}

/// The fees of a gate, the event, its venue or the platform, without who shares them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeFees {
    /// Whose.
    pub scope: FeeScope,
    /// The gate, event or venue; the nil id for the platform.
    pub scope_id: Uuid,
    /// The rules in force.
    #[serde(flatten)]
    pub schedule: FeeSchedule,
}

/// An event as its doors see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventRules {
    /// The event.
    pub event_id: Uuid,
    /// Its venue.
    pub venue_id: Uuid,
    /// For people.
    pub name: String,
    /// Where it is.
    pub status: EventStatus,
    /// Whether its venue is in use.
    pub venue_status: Status,
    /// Its currency.
    pub currency: Currency,
    /// When entry opens.
    pub starts_at: Timestamp,
    /// When entry closes.
    pub ends_at: Timestamp,
    /// Its IANA time zone.
    pub time_zone: String,
    /// Whether everybody needs a ticket.
    pub requires_pass: bool,
    /// Whether somebody who left may come back.
    pub reentry_allowed: bool,
    /// Entries at most.
    pub entries_max: Option<i32>,
    /// Whether exits are scanned.
    pub exit_scans: bool,
    /// A second entry within this time is a duplicate.
    pub duplicate_window_ms: i64,
    /// Whether everybody with a good ticket has a place, so that it need not be asked whether one is left: there
    /// is no capacity, or everybody needs one of no more tickets than there are places.
    pub places_sure: bool,
    /// The other rules of its doors.
    pub policy: Policy,
}

/// A gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRules {
    /// The gate.
    pub gate_id: Uuid,
    /// For people.
    pub name: String,
    /// What happens there.
    pub gate_type: GateType,
    /// Whether it is in use.
    pub status: Status,
}

/// A ticket type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeRules {
    /// Its number at the event, which signed tickets carry.
    pub class: u16,
    /// The type.
    pub ticket_type_id: Uuid,
    /// For people.
    pub name: String,
    /// Where it leads.
    pub zones: Vec<String>,
    /// From when it admits.
    pub valid_from: Option<Timestamp>,
    /// Until when it admits.
    pub valid_until: Option<Timestamp>,
    /// On how many days it admits, for a pass.
    pub pass_days: Option<i32>,
}

/// A key that signs or has signed tickets. One that is not listed signs none that are good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRules {
    /// Its number, which tickets carry.
    pub key_id: u16,
    /// The Ed25519 public key, base64url.
    pub public_key: String,
    /// Whether it was revoked: what it signed is not good any more.
    pub revoked: bool,
    /// The event's key for rotating codes, sealed for the device, see [`super::ManifestKey`]; `null` for callers
    /// without a device.
    pub rotation: Option<String>,
}

/// The device that a manifest was made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRules {
    /// The device.
    pub device_id: Uuid,
    /// Where it stands.
    pub gate_id: Uuid,
    /// The events it scans for; none for any event of the venue.
    pub event_ids: Vec<Uuid>,
    /// The zones that it guards.
    pub zones: Vec<String>,
    /// The name of its profile.
    pub profile: String,
    /// Kinds of scans that its profile allows.
    pub scan_kinds: Vec<ScanKind>,
    /// Whether it may decide without a network.
    pub offline_allowed: bool,
}

impl Rules {
    /// The fees in force at a gate, from the narrowest scope to the widest.
    pub(super) fn fees_at(&self, gate_id: Uuid) -> EffectiveFees {
        let here = |fees: &&ScopeFees| fees.scope != FeeScope::Gate || fees.scope_id == gate_id;
        let mut fees: Vec<&ScopeFees> = self.fees.iter().filter(here).collect();
        fees.sort_by_key(|fees| std::cmp::Reverse(fees.scope));
        EffectiveFees::resolve(fees.into_iter().map(|fees| fees.schedule.clone()))
    }

    /// The place of each gate among the gates of `new`.
    pub(super) fn gate_moves(&self, new: &Self) -> Vec<Option<u16>> {
        let place = |gate: &GateRules| new.gate_number(gate.gate_id);
        self.gates.iter().map(place).collect()
    }

    /// A gate's place among the gates.
    pub fn gate_number(&self, gate_id: Uuid) -> Option<u16> {
        let at = self.gates.iter().position(|gate| gate.gate_id == gate_id)?;
        u16::try_from(at).ok().filter(|number| *number < u16::MAX)
    }

    /// The gate at a place.
    pub fn gate_id(&self, number: u16) -> Option<Uuid> {
        self.gates.get(usize::from(number)).map(|gate| gate.gate_id)
    }
}
