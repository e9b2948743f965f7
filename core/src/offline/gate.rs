//! A gate's decision without a network: the server's code over the facts of a manifest.
//!
//! What such a gate cannot know it does not admit, with the reason `offline_unavailable`: `AH1` (the key is the
//! server's), codes without their list, tickets of a type that is newer than the manifest, rotating codes of a key
//! that was not sealed for it, anything after `not_after` or with a profile that must ask, and first entries where a
//! place may be missing. It knows nothing of other gates since the manifest: a ticket that another one has admitted
//! meanwhile is admitted here once more, one that has left through another one is `already_inside` here. The upload
//! of both tells.
//!
//! A wallet's own token pays here if the event's policy lets gates charge wallets without a network: up to
//! `offline_limit_cents`, or the balance that the manifest knows, for each gate until its next full manifest. At an
//! event that needs no pass it is also let in, and out again; what it did at other gates is not known then, so its
//! first entry here counts, and costs, as a first entry. The server charges what was really due.

mod config;
mod proof;
mod wallet;

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use self::config::{TicketKeys, opened, scan_config};
use self::proof::Proved;
use super::{LocalUses, Manifest, ManifestKey, TicketPast, TypeRules};
use crate::device::DevicePlacement;
use crate::policy::Calendar;
use crate::scan::{
    Decision, Outcome, Presence, PriorUse, Reason, Refusal, ScanConfig, ScanInput, ScanKind, Situation, decide,
};
use crate::ticket::TicketState;
use crate::{Error, ErrorCode, Result};

/// A gate that can decide without a network.
#[derive(Debug)]
pub struct OfflineGate {
    manifest: Manifest,
    keys: HashMap<u16, TicketKeys>,
    config: ScanConfig,
    placement: DevicePlacement,
    types: HashMap<u16, TypeRules>,
    local: LocalUses,
}

/// What a gate decided.
#[derive(Debug, Clone, PartialEq)]
pub struct GateDecision {
    /// Admitted or denied.
    pub outcome: Outcome,
    /// Why it was denied, by which rule, and when that would let it pass.
    pub refusal: Option<Refusal>,
    /// The use before this one.
    pub prior: Option<PriorUse>,
    /// Number of the ticket's entry, 1 for the first.
    pub entry_number: Option<i32>,
    /// Whether its holder is inside after this scan.
    pub inside: Option<bool>,
    /// The ticket, where what was shown names it.
    pub ticket_id: Option<Uuid>,
    /// The wallet, where a wallet's token was shown.
    pub wallet_id: Option<Uuid>,
    /// What it pays, in minor units.
    pub charged_cents: i64,
    /// What it may still spend here, in minor units.
    pub balance_cents: Option<i64>,
    /// Number of the use in [`LocalUses`], for one that was admitted.
    pub number: Option<u64>,
}

impl GateDecision {
    /// Why it was denied.
    pub fn reason(&self) -> Option<Reason> {
        self.refusal.map(|refusal| refusal.reason)
    }
}

impl OfflineGate {
    /// A gate with a verified manifest, the credential that it was asked for with, and what it has admitted
    /// since.
    ///
    /// # Errors
    /// `invalid_request` when it was not made for a device, or names a time zone or key that cannot be read.
    pub fn new(manifest: Manifest, credential: &str, local: LocalUses) -> Result<Self> {
        let rules = &manifest.rules;
        let device = rules.device.as_ref();
        let device =
            device.ok_or_else(|| Error::invalid("the manifest was made for no device: ask with one's token"))?;
        let calendar = Calendar::of(&rules.event.time_zone)?;
        let placement = DevicePlacement {
            gate_id: device.gate_id,
            venue_id: rules.event.venue_id,
            event_ids: device.event_ids.clone(),
            zones: device.zones.clone(),
            profile: device.profile.clone(),
            scan_kinds: device.scan_kinds.clone(),
            offline_allowed: device.offline_allowed,
            revoked: false,
        };
        let key = ManifestKey::of_credential(credential);
        let keys = rules.keys.iter().map(|rules| Ok((rules.key_id, opened(&manifest, &key, rules)?)));
        Ok(Self {
            keys: keys.collect::<Result<_>>()?,
            config: scan_config(rules, device.gate_id, calendar),
            placement,
            types: rules.ticket_types.iter().map(|kind| (kind.class, kind.clone())).collect(),
            manifest,
            local,
        })
    }

    /// The gate under a newer manifest; scans up to the number `uploaded` had reached the server before it was
    /// asked for.
    ///
    /// # Errors
    /// As [`Self::new`], and `invalid_request` for another event's manifest.
    pub fn renewed(&self, manifest: Manifest, credential: &str, uploaded: u64) -> Result<Self> {
        if manifest.rules.event.event_id != self.config.event_id {
            return Err(Error::invalid("the manifest is another event's: begin a new gate with it"));
        }
        let gate = |number: Option<u16>| manifest.rules.gate_number(self.manifest.rules.gate_id(number?)?);
        let listed = |prefix| manifest.lists.used.past(prefix).copied();
        let as_of = |manifest: &Manifest| manifest.wallets.as_ref().map(|wallets| wallets.as_of);
        let new_balances = as_of(&manifest) != as_of(&self.manifest);
        let local = self.local.carried_over(uploaded, listed, gate, new_balances);
        Self::new(manifest, credential, local)
    }

    /// The manifest that it decides by.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What it has admitted since, to be stored.
    pub fn local(&self) -> &LocalUses {
        &self.local
    }

    /// Decides a scan and notes it when it is admitted. A sale has an amount.
    ///
    /// # Errors
    /// `permission_denied` for a kind of scan that the device's profile does not allow, `invalid_request` for a sale
    /// without an amount or an amount without a sale, `invalid_amount` for one out of bounds.
    pub fn decide(
        &mut self,
        token: &str,
        kind: ScanKind,
        amount_cents: Option<i64>,
        now: Timestamp,
    ) -> Result<GateDecision> {
        if !self.placement.scan_kinds.contains(&kind) {
            let detail = format!("the device's profile allows no {} scans", kind.as_str());
            return Err(Error::new(ErrorCode::PermissionDenied, detail));
        }
        let input = ScanInput::check(kind, amount_cents, None, None, now)?;
        let proved = self.proved(token, kind, now);
        let decision = self.judged(&proved, &input, now)?;
        let known = proved.as_ref().ok();
        let mut answer = answer(&decision, known);
        if answer.outcome == Outcome::Denied {
            return Ok(answer);
        }
        let Some(known) = known.filter(|known| known.sure && self.may_admit(&decision, now)) else {
            let refusal = Some(Reason::OfflineUnavailable.into());
            let entries = known.map(|known| known.past.entries).unwrap_or_default();
            let entry_number = (entries > 0).then_some(entries);
            let inside = known.map(|known| known.past.inside);
            let (charged_cents, balance_cents) = (0, None);
            let outcome = Outcome::Denied;
            return Ok(GateDecision { outcome, refusal, entry_number, inside, charged_cents, balance_cents, ..answer });
        };
        let after = self.after(&known.past, &decision);
        answer.number = Some(match &known.wallet {
            Some(_) => self.local.note_wallet(known.prefix, decision.charged_cents, after),
            None => self.local.note(known.prefix, known.past, after),
        });
        Ok(answer)
    }

    /// The server's decision over what the gate knows.
    fn judged(
        &self,
        proved: &std::result::Result<Proved, Reason>,
        input: &ScanInput,
        now: Timestamp,
    ) -> Result<Decision> {
        let known = proved.as_ref().ok();
        decide(&Situation {
            now,
            today: self.config.calendar.day(now),
            input,
            config: &self.config,
            device: Some(&self.placement),
            wallet: proved.as_ref().map(|known| known.wallet.as_ref()).map_err(|reason| *reason),
            ticket: known.and_then(|known| known.facts.as_ref()),
            presence: known.map(|known| self.presence(&known.past)).unwrap_or_default(),
        })
    }

    /// Whether the gate may let somebody pass now, and knows that there is a place.
    fn may_admit(&self, decision: &Decision, now: Timestamp) -> bool {
        let place = decision.occupancy <= 0 || self.manifest.rules.event.places_sure;
        place && self.placement.offline_allowed && now <= self.manifest.not_after
    }

    fn presence(&self, past: &TicketPast) -> Presence {
        Presence {
            entries: past.entries,
            inside: past.inside,
            admitted_at: past.admitted_at,
            gate_id: past.gate.and_then(|number| self.manifest.rules.gate_id(number)),
            last_day: past.last_day,
            day_entries: past.day_entries,
            annulled: past.annulled,
        }
    }

    /// The past of a ticket or wallet after an admission.
    fn after(&self, past: &TicketPast, decision: &Decision) -> TicketPast {
        let (presence, ticket) = (decision.presence, decision.ticket.as_ref());
        TicketPast {
            entries: presence.entries,
            annulled: presence.annulled,
            days_used: ticket.map_or(past.days_used, |ticket| ticket.days_used),
            day_entries: presence.day_entries,
            last_day: presence.last_day,
            last_step: ticket.map_or(past.last_step, |ticket| ticket.last_step),
            admitted_at: presence.admitted_at,
            gate: presence.gate_id.and_then(|gate_id| self.manifest.rules.gate_number(gate_id)),
            inside: presence.inside,
            used_up: ticket.is_some_and(|ticket| ticket.state == TicketState::Used),
        }
    }
}

fn answer(decision: &Decision, known: Option<&Proved>) -> GateDecision {
    let presence = decision.presence;
    GateDecision {
        outcome: decision.outcome,
        refusal: decision.refusal,
        prior: decision.prior.clone(),
        entry_number: known.and((presence.entries > 0).then_some(presence.entries)),
        inside: known.map(|_| presence.inside),
        ticket_id: known
            .and_then(|known| known.facts.as_ref())
            .map(|facts| facts.ticket_id)
            .filter(|ticket_id| !ticket_id.is_nil()),
        wallet_id: known.and_then(|known| known.wallet.as_ref()).map(|wallet| wallet.wallet_id),
        charged_cents: decision.charged_cents,
        balance_cents: decision.balance_cents,
        number: None,
    }
}
