//! The manifest of an event, and its changes.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::list::{CodeList, CodeRecord, PrefixList, TicketPast, UsedList, UsedTicket, ticket_prefix};
use super::{Lists, TicketFilter};
use crate::event::EventStatus;
use crate::money::Currency;
use crate::policy::Policy;
use crate::scan::ScanKind;
use crate::ticket::TicketState;
use crate::venue::{GateType, Status};

/// The form of manifests that this program makes and reads.
pub const FORMAT: u32 = 1;

/// A gate admits by a manifest for so long.
const HOURS: i64 = 12;
/// And never longer than this after its event's end.
const HOURS_AFTER_END: i64 = 24;

/// Until when a gate may admit by a manifest.
pub fn not_after(made_at: Timestamp, ends_at: Timestamp) -> Timestamp {
    let later = |at: Timestamp, hours| at.checked_add(SignedDuration::from_hours(hours)).unwrap_or(at);
    later(made_at, HOURS).min(later(ends_at, HOURS_AFTER_END))
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Document {
    /// Everything.
    Full(Manifest),
    /// Changes.
    Delta(ManifestDelta),
}

impl Document {
    /// Its form.
    pub fn format(&self) -> u32 {
        match self {
            Self::Full(manifest) => manifest.format,
            Self::Delta(delta) => delta.format,
        }
    }
}

/// All that a gate needs to decide without a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// Whose event.
    pub tenant_id: i32,
    /// Where the next changes start.
    pub position: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when a gate may admit by it.
    pub not_after: Timestamp,
    /// The rules of the event's doors.
    pub rules: Rules,
    /// What became of its tickets.
    pub lists: TicketLists,
}

/// What changed since a position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManifestDelta {
    /// [`FORMAT`].
    pub format: u32,
    /// Whose event.
    pub tenant_id: i32,
    /// The position that the changes follow.
    pub since: String,
    /// Where the next changes start.
    pub position: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when a gate may admit by it.
    pub not_after: Timestamp,
    /// The rules of the event's doors, all of them.
    pub rules: Rules,
    /// The tickets that were touched, as they are now.
    pub lists: DeltaLists,
}

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
    /// What a gate without a network may charge at most, in minor units.
    pub offline_limit_cents: i64,
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

/// A key that signs tickets. One that is not listed signs none that are good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRules {
    /// Its number, which tickets carry.
    pub key_id: u16,
    /// The Ed25519 public key, base64url.
    pub public_key: String,
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

/// What became of an event's tickets. A ticket that is in none of the first four lists, and whose signature is
/// good, is good and was not used.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TicketLists {
    /// Used ones.
    pub used: UsedList,
    /// Those that were paid back or taken out of use.
    pub void: PrefixList,
    /// Those whose time is over.
    pub expired: PrefixList,
    /// Older generations, which a newer one has replaced.
    pub superseded: PrefixList,
    /// All good ones, used or not, where that was asked for.
    pub tickets: Option<PrefixList>,
    /// All codes, where that was asked for.
    pub codes: Option<CodeList>,
    /// A filter of all good ones, where that was asked for.
    pub filter: Option<TicketFilter>,
}

/// Touched tickets as they are now.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DeltaLists {
    /// Used ones.
    pub used: UsedList,
    /// Those that were paid back or taken out of use.
    pub void: PrefixList,
    /// Those whose time is over.
    pub expired: PrefixList,
    /// Older generations, which a newer one has replaced.
    pub superseded: PrefixList,
    /// Those that are good and unused: new ones, and ones that came back from one of the lists above.
    pub restored: PrefixList,
    /// Their codes, where that was asked for.
    pub codes: Option<CodeList>,
}

impl DeltaLists {
    /// Whether no ticket was touched.
    pub fn is_empty(&self) -> bool {
        let lists = [&self.void, &self.expired, &self.superseded, &self.restored];
        self.used.as_slice().is_empty() && lists.iter().all(|list| list.as_slice().is_empty())
    }
}

/// The changes do not follow the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the changes do not follow this manifest: ask for a full one")]
pub struct NotNext;

impl Manifest {
    /// The manifest after the changes.
    ///
    /// # Errors
    /// [`NotNext`] when they are another event's or do not follow this one's position.
    pub fn apply(&self, delta: ManifestDelta) -> Result<Self, NotNext> {
        let event_id = self.rules.event.event_id;
        if delta.since != self.position || (delta.tenant_id, delta.rules.event.event_id) != (self.tenant_id, event_id) {
            return Err(NotNext);
        }
        let lists = self.lists.changed(&delta.lists, &self.rules.gate_moves(&delta.rules));
        Ok(Self {
            format: delta.format,
            tenant_id: delta.tenant_id,
            position: delta.position,
            made_at: delta.made_at,
            not_after: delta.not_after,
            rules: delta.rules,
            lists,
        })
    }
}

impl Rules {
    /// The place of each gate among the gates of `new`.
    fn gate_moves(&self, new: &Self) -> Vec<Option<u16>> {
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

impl TicketLists {
    /// The lists after touched tickets became what `delta` says.
    fn changed(&self, delta: &DeltaLists, gate_moves: &[Option<u16>]) -> Self {
        let bad: HashSet<u64> =
            [&delta.void, &delta.expired].iter().flat_map(|list| list.as_slice()).copied().collect();
        let used = delta.used.as_slice().iter().map(|ticket| ticket.prefix);
        let good: Vec<u64> =
            used.filter(|prefix| !bad.contains(prefix)).chain(delta.restored.as_slice().iter().copied()).collect();
        let gone = delta.superseded.as_slice();
        let touched: HashSet<u64> = bad.iter().chain(&good).chain(gone).copied().collect();
        let touched = |prefix: u64| touched.contains(&prefix);
        let moved = |ticket: &UsedTicket| {
            let gate = ticket.past.gate.and_then(|gate| gate_moves.get(usize::from(gate)).copied().flatten());
            UsedTicket { past: TicketPast { gate, ..ticket.past }, ..*ticket }
        };
        let kept = self.used.as_slice().iter().filter(|ticket| !touched(ticket.prefix)).map(moved);
        let list = |old: &PrefixList, new: &PrefixList| old.changed(touched, new.as_slice().iter().copied());
        let codes = |old: &CodeList| {
            let kept = old.as_slice().iter().filter(|record| !touched(record.ticket));
            let new = delta.codes.as_ref().map_or(&[][..], CodeList::as_slice);
            CodeList::new(kept.chain(new).copied().collect())
        };
        Self {
            used: UsedList::new(kept.chain(delta.used.as_slice().iter().copied()).collect()),
            void: list(&self.void, &delta.void),
            expired: list(&self.expired, &delta.expired),
            superseded: self.superseded.changed(|_| false, gone.iter().copied()),
            tickets: self.tickets.as_ref().map(|tickets| tickets.changed(touched, good.iter().copied())),
            codes: self.codes.as_ref().map(codes),
            // It cannot learn: one that would deny a new ticket is worse than none.
            filter: self.filter.clone().filter(|filter| good.iter().all(|prefix| filter.may_contain(*prefix))),
        }
    }
}

/// Makes lists of tickets, one by one.
#[derive(Debug, Default)]
pub struct ListBuilder {
    used: Vec<UsedTicket>,
    void: Vec<u64>,
    expired: Vec<u64>,
    superseded: Vec<u64>,
    good: Vec<u64>,
    codes: Vec<CodeRecord>,
}

impl ListBuilder {
    /// Adds a ticket and gives what stands for it.
    pub fn ticket(&mut self, ticket_id: Uuid, generation: u16, state: TicketState) -> u64 {
        let prefix = ticket_prefix(ticket_id, generation);
        self.superseded.extend((0..generation).map(|older| ticket_prefix(ticket_id, older)));
        match state {
            TicketState::Active | TicketState::Used => self.good.push(prefix),
            TicketState::Refunded | TicketState::Cancelled => self.void.push(prefix),
            TicketState::Expired => self.expired.push(prefix),
        }
        prefix
    }

    /// Adds what became of a ticket.
    pub fn past(&mut self, prefix: u64, past: TicketPast) {
        self.used.push(UsedTicket { prefix, past });
    }

    /// Adds a ticket's code.
    pub fn code(&mut self, record: CodeRecord) {
        self.codes.push(record);
    }

    /// The lists of all tickets.
    pub fn full(self, lists: Lists) -> TicketLists {
        let good = PrefixList::new(self.good);
        TicketLists {
            used: UsedList::new(self.used),
            void: PrefixList::new(self.void),
            expired: PrefixList::new(self.expired),
            superseded: PrefixList::new(self.superseded),
            filter: if lists.filter { TicketFilter::of(good.as_slice()) } else { None },
            tickets: lists.tickets.then_some(good),
            codes: lists.codes.then(|| CodeList::new(self.codes)),
        }
    }

    /// The lists of touched tickets.
    pub fn delta(self, lists: Lists) -> DeltaLists {
        let used = UsedList::new(self.used);
        let unused = self.good.into_iter().filter(|prefix| used.past(*prefix).is_none()).collect();
        DeltaLists {
            restored: PrefixList::new(unused),
            used,
            void: PrefixList::new(self.void),
            expired: PrefixList::new(self.expired),
            superseded: PrefixList::new(self.superseded),
            codes: lists.codes.then(|| CodeList::new(self.codes)),
        }
    }
}
