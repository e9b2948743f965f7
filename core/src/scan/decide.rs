//! The decision itself: loaded state in, effects out.

use jiff::Timestamp;
use uuid::Uuid;

use super::rules::{Refusal, closed, refused_by_policy};
use super::ticket::{self, TicketFacts, TicketUse};
use super::{Outcome, PriorUse, Reason, ScanInput, ScanKind};
use crate::Result;
use crate::device::DevicePlacement;
use crate::event::EventStatus;
use crate::fee::{Action, Charge, EffectiveFees, Legs, PayeeAccounts};
use crate::money::Currency;
use crate::policy::{Calendar, Policy, PolicyRule};
use crate::venue::{GateType, Status};

/// What does not change from scan to scan: event, gate, venue and fees.
#[derive(Debug, Clone)]
pub struct ScanConfig {
    /// The event.
    pub event_id: Uuid,
    /// The gate.
    pub gate_id: Uuid,
    /// The event's venue.
    pub venue_id: Uuid,
    /// The gate's venue.
    pub gate_venue_id: Uuid,
    /// Whether the event is in use.
    pub event_status: EventStatus,
    /// Whether the gate is in use.
    pub gate_status: Status,
    /// Whether the venue is in use.
    pub venue_status: Status,
    /// What happens at the gate.
    pub gate_type: GateType,
    /// The event's currency.
    pub currency: Currency,
    /// When entry opens.
    pub starts_at: Timestamp,
    /// When entry closes.
    pub ends_at: Timestamp,
    /// Mode B.
    pub requires_pass: bool,
    /// Whether somebody who left may come back.
    pub reentry_allowed: bool,
    /// Entries per wallet at most.
    pub entries_max: Option<i32>,
    /// Whether exits are scanned.
    pub exit_scans: bool,
    /// A second entry within this time is a duplicate.
    pub duplicate_window_ms: i64,
    /// Whether the venue has a capacity of its own.
    pub venue_has_capacity: bool,
    /// The fees at this gate of this event.
    pub fees: EffectiveFees,
    /// The accounts behind the payees.
    pub accounts: PayeeAccounts,
    /// The other rules of the event's doors.
    pub policy: Policy,
    /// Days and hours where the event is.
    pub calendar: Calendar,
}

/// A wallet, locked.
#[derive(Debug, Clone)]
pub struct WalletFacts {
    /// Its id.
    pub wallet_id: Uuid,
    /// Its balance in minor units.
    pub balance_cents: i64,
    /// Its currency.
    pub currency: Currency,
    /// Whether staff froze it.
    pub frozen: bool,
    /// Whether the token's session was ended.
    pub session_ended: bool,
}

/// What a wallet did at the event so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Presence {
    /// Admitted entries.
    pub entries: i32,
    /// Whether it is inside.
    pub inside: bool,
    /// Its last admission.
    pub admitted_at: Option<Timestamp>,
    /// The gate of its last admission.
    pub gate_id: Option<Uuid>,
    /// The last day with an entry, in days since 2000-01-01 in the event's time zone.
    pub last_day: Option<i32>,
    /// Entries of that day.
    pub day_entries: i32,
    /// How many of all entries were annulled.
    pub annulled: i32,
}

impl Presence {
    /// Entries that were not annulled.
    pub fn counted(&self) -> i32 {
        self.entries.saturating_sub(self.annulled)
    }
}

/// Everything that the decision looks at.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The time of the decision.
    pub now: Timestamp,
    /// Its day where the event is, in days since 2000-01-01.
    pub today: i32,
    /// What was asked.
    pub input: &'a ScanInput,
    /// Event, gate and fees; none when no event was named.
    pub config: &'a ScanConfig,
    /// Where the device stands; none for staff.
    pub device: Option<&'a DevicePlacement>,
    /// The wallet behind the token, none for a ticket's code, or why there is neither.
    pub wallet: std::result::Result<Option<&'a WalletFacts>, Reason>,
    /// The ticket behind the token, or the wallet's pass.
    pub ticket: Option<&'a TicketFacts>,
    /// The ticket's presence at the event, or the wallet's.
    pub presence: Presence,
}

/// What a scan comes to. Nothing of it has happened yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Admitted or denied.
    pub outcome: Outcome,
    /// Why it was denied.
    pub refusal: Option<Refusal>,
    /// What is paid for.
    pub action: Action,
    /// What is charged.
    pub charge: Charge,
    /// Sum of the charge in minor units.
    pub charged_cents: i64,
    /// The money legs of the charge.
    pub legs: Legs,
    /// The wallet's balance afterwards.
    pub balance_cents: Option<i64>,
    /// The wallet's presence afterwards.
    pub presence: Presence,
    /// The ticket afterwards.
    pub ticket: Option<TicketUse>,
    /// The use before this one.
    pub prior: Option<PriorUse>,
    /// Change of the number of people inside: 1, 0 or -1.
    pub occupancy: i32,
    /// Whether its holder was inside before.
    pub was_inside: bool,
}

/// Decides a scan.
///
/// # Errors
/// `invalid_amount` when the charge is larger than a charge may be.
pub fn decide(situation: &Situation<'_>) -> Result<Decision> {
    let action = situation.input.kind.action(situation.presence.counted() > 0);
    let denied = |refusal: Refusal| Ok(deny(situation, action, refusal));
    let wallet = match situation.wallet {
        Ok(wallet) => wallet,
        Err(reason) => return denied(reason.into()),
    };
    if let Some(refusal) = misplaced(situation).map(Refusal::from).or_else(|| closed(situation)) {
        return denied(refusal);
    }
    if wallet.is_some_and(|wallet| wallet.session_ended) {
        return denied(Reason::SessionEnded.into());
    }
    let free = |situation| Ok(admit(situation, wallet, action, Charge::default(), 0));
    if situation.input.override_reason.is_some() {
        // The ticket of another event is none here: its uses and its place are counted there.
        let elsewhere = situation.ticket.is_some_and(|ticket| ticket.event_id != situation.config.event_id);
        return if elsewhere { denied(Reason::WrongEvent.into()) } else { free(situation) };
    }
    if let Some(reason) = wallet.and_then(|wallet| unusable(situation, wallet)) {
        return denied(reason.into());
    }
    // At the door a ticket is paid for; at the bar the wallet behind a pass still pays.
    if let Some(ticket) = situation.ticket.filter(|_| wallet.is_none() || !situation.input.kind.is_sale()) {
        let refused = ticket::refused(situation, ticket).or_else(|| refused_by_policy(situation));
        return refused.map_or_else(|| free(situation), denied);
    }
    let Some(wallet) = wallet else { return denied(Reason::TicketUnknown.into()) };
    if let Some(refusal) = refused_by_policy(situation) {
        return denied(refusal);
    }
    let charge = situation.config.fees.charge(action, situation.input.amount_cents)?;
    let charged_cents = charge.total_cents()?;
    if charged_cents > wallet.balance_cents {
        return denied(Reason::InsufficientFunds.into());
    }
    Ok(admit(situation, Some(wallet), action, charge, charged_cents))
}

/// A device at the wrong place.
fn misplaced(situation: &Situation<'_>) -> Option<Reason> {
    let config = situation.config;
    if let Some(device) = situation.device {
        if device.gate_id != config.gate_id {
            return Some(Reason::WrongGate);
        }
        if !device.event_ids.is_empty() && !device.event_ids.contains(&config.event_id) {
            return Some(Reason::WrongEvent);
        }
    }
    if config.gate_venue_id != config.venue_id {
        return Some(Reason::WrongEvent);
    }
    let gate_fits = match situation.input.kind {
        ScanKind::Entry | ScanKind::Exit => config.gate_type == GateType::Door,
        ScanKind::Concession => config.gate_type == GateType::Concession,
        ScanKind::Merchandise => config.gate_type == GateType::Merchandise,
        ScanKind::General => true,
    };
    (!gate_fits).then_some(Reason::WrongGate)
}

/// A wallet that cannot be used here.
fn unusable(situation: &Situation<'_>, wallet: &WalletFacts) -> Option<Reason> {
    if wallet.frozen && situation.input.kind != ScanKind::Exit {
        return Some(Reason::WalletFrozen);
    }
    (wallet.currency != situation.config.currency).then_some(Reason::CurrencyMismatch)
}

fn prior(presence: Presence) -> Option<PriorUse> {
    presence.admitted_at.map(|admitted_at| PriorUse {
        admitted_at,
        gate_id: presence.gate_id,
        entry_number: presence.entries,
        admitted_by: None,
    })
}

pub(super) fn deny(situation: &Situation<'_>, action: Action, refusal: Refusal) -> Decision {
    Decision {
        outcome: Outcome::Denied,
        refusal: Some(refusal),
        action,
        charge: Charge::default(),
        charged_cents: 0,
        legs: Legs::new(),
        balance_cents: situation.wallet.ok().flatten().map(|wallet| wallet.balance_cents),
        presence: situation.presence,
        ticket: situation.ticket.map(TicketFacts::unused),
        prior: prior(situation.presence),
        occupancy: 0,
        was_inside: situation.presence.inside,
    }
}

fn admit(
    situation: &Situation<'_>,
    wallet: Option<&WalletFacts>,
    action: Action,
    charge: Charge,
    charged_cents: i64,
) -> Decision {
    let before = situation.presence;
    let presence = match situation.input.kind {
        ScanKind::Entry => Presence {
            entries: before.entries.saturating_add(1),
            inside: true,
            admitted_at: Some(situation.now),
            gate_id: Some(situation.config.gate_id),
            last_day: Some(situation.today),
            day_entries: if before.last_day == Some(situation.today) {
                before.day_entries.saturating_add(1)
            } else {
                1
            },
            annulled: before.annulled,
        },
        ScanKind::Exit => Presence { inside: false, ..before },
        _ => before,
    };
    Decision {
        outcome: Outcome::Admitted,
        refusal: None,
        action,
        legs: wallet.map(|wallet| charge.legs(wallet.wallet_id, &situation.config.accounts)).unwrap_or_default(),
        charge,
        charged_cents,
        balance_cents: wallet.map(|wallet| wallet.balance_cents - charged_cents),
        presence,
        ticket: situation.ticket.map(|ticket| ticket.used(situation)),
        prior: prior(before),
        occupancy: i32::from(presence.inside) - i32::from(before.inside),
        was_inside: before.inside,
    }
}

impl Decision {
    /// Why it was denied.
    pub fn reason(&self) -> Option<Reason> {
        self.refusal.map(|refusal| refusal.reason)
    }

    /// The denial that this admission becomes when no place is left.
    pub fn without_place(self, situation: &Situation<'_>) -> Self {
        deny(situation, self.action, Reason::CapacityReached.by(PolicyRule::Capacity))
    }
}
