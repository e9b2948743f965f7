//! What a gate takes from its manifest once: the configuration of decisions, and opened keys.

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::VerifyingKey;
use uuid::Uuid;

use crate::fee::PayeeAccounts;
use crate::offline::{KeyRules, Manifest, ManifestKey, Rules};
use crate::policy::Calendar;
use crate::scan::ScanConfig;
use crate::ticket::token::EventRotationKey;
use crate::venue::{GateType, Status};
use crate::{Error, Result};

/// What one signing key proves.
pub(super) struct TicketKeys {
    /// Proves tickets.
    pub public: VerifyingKey,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Proves rotating codes.
    pub rotation: Option<EventRotationKey>,
}

impl std::fmt::Debug for TicketKeys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TicketKeys").field("public", &self.public).finish_non_exhaustive()
    }
}

/// The public key, and the key of rotating codes if it was sealed for this credential.
pub(super) fn opened(manifest: &Manifest, key: &ManifestKey, rules: &KeyRules) -> Result<TicketKeys> {
    let public = BASE64URL_NOPAD.decode(rules.public_key.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    let public = public.and_then(|bytes: [u8; 32]| VerifyingKey::from_bytes(&bytes).ok());
    let public = public.ok_or_else(|| Error::invalid("the manifest has a key that cannot be read"))?;
    let event_id = manifest.rules.event.event_id;
    let open = |sealed: &String| key.open(manifest.tenant_id, event_id, rules.key_id, sealed);
    Ok(TicketKeys { public, revoked: rules.revoked, rotation: rules.rotation.as_ref().and_then(open) })
}

/// The configuration of the server's decision. Who shares what is paid is the server's business.
pub(super) fn scan_config(rules: &Rules, gate_id: Uuid, calendar: Calendar) -> ScanConfig {
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
        fees: rules.fees_at(gate_id),
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
