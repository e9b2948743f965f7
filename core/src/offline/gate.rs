//! A gate's decision without a network: the server's code over the facts of a manifest.
//!
//! What such a gate cannot know it does not admit, with the reason `offline_unavailable`: a wallet's own token
//! (a balance is needed), `AH1` (the key is the server's), codes without their list, tickets of a type that is
//! newer than the manifest, rotating codes of a key that was not sealed for it, anything after `not_after` or
//! with a profile that must ask, and first entries where a place may be missing. It knows nothing of other gates since
//! the manifest: a ticket that another one has admitted meanwhile is admitted here once more, one that has left
//! through another one is `already_inside` here. The upload of both tells.

mod proof;

use std::collections::HashMap;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::VerifyingKey;
use jiff::Timestamp;
use uuid::Uuid;

use self::proof::Proved;
use super::{KeyRules, LocalUses, Manifest, ManifestKey, Rules, TicketPast, TypeRules};
use crate::device::DevicePlacement;
use crate::fee::{EffectiveFees, PayeeAccounts};
use crate::policy::Calendar;
use crate::scan::{
    Decision, Outcome, Presence, PriorUse, Reason, Refusal, ScanConfig, ScanInput, ScanKind, Situation, decide,
};
use crate::ticket::TicketState;
use crate::ticket::token::EventRotationKey;
use crate::venue::{GateType, Status};
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

/// What one signing key proves.
struct TicketKeys {
    public: VerifyingKey,
    revoked: bool,
    rotation: Option<EventRotationKey>,
}

impl std::fmt::Debug for TicketKeys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TicketKeys").field("public", &self.public).finish_non_exhaustive()
    }
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
        let local = self.local.carried_over(uploaded, listed, gate);
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

    /// Decides a scan and notes it when it is admitted.
    ///
    /// # Errors
    /// `permission_denied` for a kind of scan that the device's profile does not allow.
    pub fn decide(&mut self, token: &str, kind: ScanKind, now: Timestamp) -> Result<GateDecision> {
        if !self.placement.scan_kinds.contains(&kind) {
            let detail = format!("the device's profile allows no {} scans", kind.as_str());
            return Err(Error::new(ErrorCode::PermissionDenied, detail));
        }
        let input = ScanInput { kind, amount_cents: 0, items: Vec::new(), scanned_at: now, override_reason: None };
        let proved = self.proved(token, now);
        let known = proved.as_ref().ok();
        let presence = known.map(|known| self.presence(&known.past)).unwrap_or_default();
        let situation = Situation {
            now,
            today: self.config.calendar.day(now),
            input: &input,
            config: &self.config,
            device: Some(&self.placement),
            wallet: proved.as_ref().map(|_| None).map_err(|reason| *reason),
            ticket: known.map(|known| &known.facts),
            presence,
        };
        let decision = decide(&situation)?;
        let mut answer = answer(&decision, known);
        if answer.outcome == Outcome::Denied {
            return Ok(answer);
        }
        let Some(known) = proved.as_ref().ok().filter(|known| known.sure && self.may_admit(&decision, now)) else {
            let refusal = Some(Reason::OfflineUnavailable.into());
            let entry_number = (presence.entries > 0).then_some(presence.entries);
            let inside = Some(presence.inside);
            return Ok(GateDecision { outcome: Outcome::Denied, refusal, entry_number, inside, ..answer });
        };
        let after = self.after(&known.past, &decision);
        answer.number = Some(self.local.note(known.prefix, known.past, after));
        Ok(answer)
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

    /// A ticket's past after an admission.
    fn after(&self, past: &TicketPast, decision: &Decision) -> TicketPast {
        let (presence, Some(ticket)) = (decision.presence, &decision.ticket) else { return *past };
        TicketPast {
            entries: presence.entries,
            annulled: presence.annulled,
            days_used: ticket.days_used,
            day_entries: presence.day_entries,
            last_day: presence.last_day,
            last_step: ticket.last_step,
            admitted_at: presence.admitted_at,
            gate: presence.gate_id.and_then(|gate_id| self.manifest.rules.gate_number(gate_id)),
            inside: presence.inside,
            used_up: ticket.state == TicketState::Used,
        }
    }
}

/// The public key, and the key of rotating codes if it was sealed for this credential.
fn opened(manifest: &Manifest, key: &ManifestKey, rules: &KeyRules) -> Result<TicketKeys> {
    let public = BASE64URL_NOPAD.decode(rules.public_key.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    let public = public.and_then(|bytes: [u8; 32]| VerifyingKey::from_bytes(&bytes).ok());
    let public = public.ok_or_else(|| Error::invalid("the manifest has a key that cannot be read"))?;
    let event_id = manifest.rules.event.event_id;
    let open = |sealed: &String| key.open(manifest.tenant_id, event_id, rules.key_id, sealed);
    Ok(TicketKeys { public, revoked: rules.revoked, rotation: rules.rotation.as_ref().and_then(open) })
}

/// The configuration of the server's decision. Tickets pay nothing at a door, so there are no fees.
fn scan_config(rules: &Rules, gate_id: Uuid, calendar: Calendar) -> ScanConfig {
    let event = &rules.event;
    let gate = rules.gates.iter().find(|gate| gate.gate_id == gate_id);
    let nobody = Uuid::nil();
    ScanConfig {
        event_id: event.event_id,
        gate_id,
        venue_id: event.venue_id,
        // A gate that is not among the venue's stands elsewhere.
        gate_venue_id: gate.map(|_| event.venue_id).unwrap_or_default(),
        event_status: event.status,
        gate_status: gate.map_or(Status::Inactive, |gate| gate.status),
        venue_status: event.venue_status,
        gate_type: gate.map_or(GateType::Door, |gate| gate.gate_type),
        currency: event.currency,
        starts_at: event.starts_at,
        ends_at: event.ends_at,
        requires_pass: event.requires_pass,
        reentry_allowed: event.reentry_allowed,
        entries_max: event.entries_max,
        exit_scans: event.exit_scans,
        duplicate_window_ms: event.duplicate_window_ms,
        venue_has_capacity: false,
        fees: EffectiveFees::resolve([]),
        accounts: PayeeAccounts {
            platform: nobody,
            pool: nobody,
            venue: nobody,
            vendor: nobody,
            promoter: nobody,
            organizer: nobody,
        },
        policy: event.policy.clone(),
        calendar,
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
        ticket_id: known.map(|known| known.facts.ticket_id).filter(|ticket_id| !ticket_id.is_nil()),
        number: None,
    }
}
