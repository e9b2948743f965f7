//! `admit-gate sync`: uploads, renews, downloads.

use admit_core::jws::{Jwks, JwsError};
use admit_core::offline::envelope::{self, EnvelopeError};
use admit_core::offline::{Document, LocalUses, Manifest, ManifestKind, ManifestView, OfflineGate};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::cli::{Cli, SyncOptions};
use crate::device::{Device, LONG};
use crate::failure::Failure;
use crate::output;
use crate::server::Request;
use crate::upload::{self, Uploaded};

/// Balances of wallets are downloaded again when they are older; changes do not bring them.
const BALANCES_AGE: SignedDuration = SignedDuration::from_mins(15);
/// What the stored clock may be off, in milliseconds.
const CLOCK_ERROR_MS: i128 = 250;

/// What a sync did.
#[derive(Debug, Serialize)]
pub struct Synced {
    /// full or delta.
    pub kind: ManifestKind,
    /// Whether anything has changed.
    pub changed: bool,
    /// Tickets that the download named.
    pub tickets: usize,
    /// Until when the gate may decide alone.
    pub not_after: Timestamp,
    /// Whether the token was renewed.
    pub token_renewed: bool,
    /// What was uploaded.
    pub uploaded: Uploaded,
    /// How far the server's clock is ahead, in milliseconds.
    pub clock_offset_ms: i64,
}

/// `admit-gate sync`
pub fn run(cli: &Cli, options: &SyncOptions) -> Result<(), Failure> {
    let mut device = Device::open(cli)?;
    let token_before = device.state.device_token.clone();
    let event_id = chosen_event(&mut device, options.event)?;
    if device.state.event_id != Some(event_id) {
        device.state.event_id = Some(event_id);
        device.store_state()?;
    }
    let mut synced = synchronize(&mut device, options.full)?;
    synced.token_renewed = device.state.device_token != token_before;
    output::verdicts(&synced.uploaded);
    let what =
        if synced.changed { format!("{} tickets changed", synced.tickets) } else { "nothing changed".to_owned() };
    output::say(&match synced.kind {
        ManifestKind::Full => {
            format!("full manifest: {} tickets listed; good until {}", synced.tickets, synced.not_after)
        }
        ManifestKind::Delta => format!("{what}; good until {}", synced.not_after),
    });
    output::line(&synced)
}

/// The event that is named, that the gate has, or that its device serves alone.
pub fn chosen_event(device: &mut Device, named: Option<Uuid>) -> Result<Uuid, Failure> {
    let view = device.heartbeat()?;
    let alone = match view.event_ids[..] {
        [event_id] => Some(event_id),
        _ => None,
    };
    let known = device.state.event_id.filter(|known| view.event_ids.is_empty() || view.event_ids.contains(known));
    named.or(known).or(alone).ok_or_else(|| {
        Failure::Usage("this device serves several events: name one with admit-gate sync --event ID".to_owned())
    })
}

/// Uploads what waits, then downloads what changed, or everything.
pub fn synchronize(device: &mut Device, full: bool) -> Result<Synced, Failure> {
    let token_renewed = device.renew_if_due()?;
    let uploaded = upload::everything(device)?;
    let event_id = device.state.event_id;
    let event_id = event_id.ok_or_else(|| Failure::Usage("name an event: admit-gate sync --event ID".to_owned()))?;
    let since = if full { None } else { since(device, event_id) };
    let (view, document) = download(device, event_id, since.as_deref())?;
    let (next, tickets) = match document {
        Document::Full(manifest) => {
            let lists = &manifest.lists;
            let bad = [&lists.void, &lists.expired, &lists.superseded].iter().map(|list| list.as_slice().len()).sum();
            let tickets = lists.codes.as_ref().map_or(bad, |codes| codes.as_slice().len());
            (manifest, tickets)
        }
        Document::Delta(delta) => {
            let lists = [&delta.lists.void, &delta.lists.expired, &delta.lists.superseded, &delta.lists.restored];
            let tickets: usize = lists.iter().map(|list| list.as_slice().len()).sum();
            let tickets = tickets + delta.lists.used.as_slice().len();
            let before = device.gate.as_ref().map(OfflineGate::manifest);
            match before.and_then(|before| before.apply(delta).ok()) {
                Some(manifest) => (manifest, tickets),
                None => return synchronize_anew(device, full),
            }
        }
    };
    let changed = since.as_ref().is_none_or(|since| *since != view.version);
    let not_after = next.not_after;
    take(device, event_id, next, changed)?;
    let clock_offset_ms = device.clock.offset_ms();
    Ok(Synced { kind: view.kind, changed, tickets, not_after, token_renewed, uploaded, clock_offset_ms })
}

/// What came does not follow what the gate has.
fn synchronize_anew(device: &mut Device, full: bool) -> Result<Synced, Failure> {
    if full {
        return Err(Failure::Refused("the server sends changes where everything was asked for".to_owned()));
    }
    synchronize(device, true)
}

/// The position that changes can follow; none where everything is needed.
fn since(device: &Device, event_id: Uuid) -> Option<String> {
    let manifest = device.gate.as_ref().map(OfflineGate::manifest)?;
    let rules = &manifest.rules;
    if rules.event.event_id != event_id {
        return None;
    }
    let charges = rules.offline_limit_cents > 0 && rules.device.as_ref().is_some_and(|device| device.offline_allowed);
    let oldest = device.clock.now().checked_sub(BALANCES_AGE).ok()?;
    let fresh = manifest.wallets.as_ref().is_some_and(|wallets| wallets.as_of > oldest);
    (!charges || fresh).then(|| manifest.position.clone())
}

/// Asks for a manifest, reads the server's clock, and proves what came.
fn download(device: &mut Device, event_id: Uuid, since: Option<&str>) -> Result<(ManifestView, Document), Failure> {
    let more = since.map(|since| format!("&since={since}")).unwrap_or_default();
    let path = format!("/v1/events/{event_id}/manifest?codes=true{more}");
    let timeout = if since.is_some() { device.timeout } else { LONG };
    let sent = device.clock.read();
    let answer = device.server.get(&device.request(&path, timeout));
    let received = device.clock.read();
    let view: ManifestView = answer.map_err(|reason| device.failed(reason))?;
    device.clock.measure(&sent, &received, view.server_time);
    let document = match envelope::open(&view.manifest, |kid| device.state.keys.find(kid)) {
        Err(EnvelopeError::Jws(JwsError::UnknownKey)) => {
            let keys = Request { path: "/.well-known/jwks.json", credential: None, key: None, timeout };
            let keys: Jwks = device.server.get(&keys).map_err(|reason| device.failed(reason))?;
            device.state.keys = keys;
            device.store_state()?;
            envelope::open(&view.manifest, |kid| device.state.keys.find(kid))
        }
        opened => opened,
    };
    let document = document.map_err(|error| Failure::Refused(format!("the manifest is not to be trusted: {error}")))?;
    let (tenant_id, event) = match &document {
        Document::Full(manifest) => (manifest.tenant_id, manifest.rules.event.event_id),
        Document::Delta(delta) => (delta.tenant_id, delta.rules.event.event_id),
    };
    if (tenant_id, event) != (device.state.tenant_id, event_id) {
        return Err(Failure::Refused("the manifest is another event's".to_owned()));
    }
    keep_time(device)?;
    Ok((view, document))
}

/// Stores the measured clock where the stored one is off.
fn keep_time(device: &mut Device) -> Result<(), Failure> {
    let (Some(measured), stored) = (&device.clock.anchor, &device.state.clock) else { return Ok(()) };
    let elapsed_ms = stored.as_ref().and_then(|stored| stored.at.elapsed_ms(&measured.at));
    let error_ms = stored.as_ref().zip(elapsed_ms).map(|(stored, elapsed_ms)| {
        measured.server_time.duration_since(stored.server_time).as_millis() - i128::from(elapsed_ms)
    });
    if error_ms.is_some_and(|error_ms| error_ms.abs() <= CLOCK_ERROR_MS) {
        return Ok(());
    }
    device.state.clock = Some(measured.clone());
    device.store_state()
}

/// Decides by a manifest from now on. Everything that the gate has admitted had reached the server before.
fn take(device: &mut Device, event_id: Uuid, next: Manifest, changed: bool) -> Result<(), Failure> {
    let token = device.state.device_token.clone();
    let before = device.gate.as_ref().filter(|gate| gate.manifest().rules.event.event_id == event_id);
    let gate = match before {
        Some(before) => before.renewed(next, &token, before.local().count),
        None => OfflineGate::new(next, &token, LocalUses::default()),
    };
    let gate = gate.map_err(|error| Failure::Refused(format!("the manifest cannot be used: {error}")))?;
    device.take(gate, changed)
}
