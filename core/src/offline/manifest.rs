//! The manifest of an event, and its changes.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::list::{CodeList, CodeRecord, PrefixList, TicketPast, UsedList, UsedTicket, ticket_prefix};
use super::position::Position;
use super::{Lists, Rules, Spendable, TicketFilter};
use crate::ticket::TicketState;

/// The form of manifests that this program makes and reads.
pub const FORMAT: u32 = 1;

/// Nobody is admitted by a manifest when its event is over for so long.
const AFTER_END: SignedDuration = SignedDuration::from_hours(24);

/// Until when a gate may admit by a manifest: as long as the policy allows, half a day unless it says otherwise.
pub fn not_after(made_at: Timestamp, rules: &Rules) -> Timestamp {
    let later = |at: Timestamp, time| at.checked_add(time).unwrap_or(at);
    later(made_at, rules.event.policy.offline_time()).min(later(rules.event.ends_at, AFTER_END))
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
    /// What wallets may spend; only where the event's policy lets gates charge them without a network. It stays as
    /// it was downloaded: changes do not touch it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wallets: Option<Spendable>,
    /// Up to where news of the stream were heard; never sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_to: Option<String>,
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
            wallets: self.wallets.clone(),
            heard_to: None,
        })
    }
}

impl Manifest {
    /// The manifest with what was heard of tickets in the meantime, from the stream that all gates share. None when
    /// something may be missing between the two, or what is told is older: then download again. Position and rules
    /// stay: the next download starts where it would have.
    pub fn heard(&self, news: &ManifestDelta) -> Option<Self> {
        let (since, position) = (Position::parse(&news.since)?, Position::parse(&news.position)?);
        let own = Position::parse(self.heard_to.as_ref().unwrap_or(&self.position))?;
        let same_event = news.tenant_id == self.tenant_id && news.rules.event.event_id == self.rules.event.event_id;
        // What starts where it ends tells of nothing that came before.
        let follows = since != position
            && since.horizon().precedes(own.horizon())
            && own.horizon().precedes(position.horizon())
            && news.made_at >= self.made_at;
        let gates = |rules: &Rules| rules.gates.iter().map(|gate| gate.gate_id).collect::<Vec<_>>();
        if !same_event || !follows || gates(&self.rules) != gates(&news.rules) {
            return None;
        }
        let mut lists = self.lists.changed(&news.lists, &self.rules.gate_moves(&self.rules));
        // What is shared by all names no codes: those that are known stay.
        lists.codes.clone_from(&self.lists.codes);
        Some(Self { lists, heard_to: Some(news.position.clone()), ..self.clone() })
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
