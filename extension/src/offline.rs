//! Manifests: what a gate needs to decide without a network, read in one snapshot and signed.

mod lists;
mod rules;
mod wallets;

use admit_core::offline::{
    Document, FORMAT, Lists, Manifest, ManifestChanges, ManifestDelta, ManifestGet, ManifestKind, ManifestView,
    Position, Rules, envelope, not_after,
};
use admit_core::tenant::KeyPurpose;
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use crate::call::{Call, now};
use crate::database::Database;
use crate::key::{self, KeyMaterial};
use crate::venue::require_event;

/// What a manifest is made of, beside its lists.
struct Parts {
    event_id: Uuid,
    lists: Lists,
    position: Position,
    rules: Rules,
}

/// `manifest.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: ManifestGet) -> Result<ManifestView> {
    let event_id = request.event_id;
    require_event(database, call, event_id)?;
    let since = match request.since {
        None => None,
        Some(text) => {
            let since = Position::parse(&text).ok_or_else(|| Error::invalid("since must be a manifest's position"))?;
            Some((text, since))
        }
    };
    let yes = |asked| asked == Some(true);
    let lists = Lists { tickets: yes(request.tickets), codes: yes(request.codes), filter: yes(request.filter) };
    let rules = rules::read(database, call, event_id)?;
    let position = Position::new(lists::horizon(database)?, event_id, call.now, lists, &rules)
        .sealed_for(call.actor.manifest_key.as_ref());
    let parts = Parts { event_id, lists, position, rules };
    if let Some((text, since)) = since.filter(|(_, since)| since.can_continue(&parts.position))
        && let Some(touched) = lists::touched(database, call, event_id, since.horizon())?
    {
        return delta(database, call, parts, text, &since, touched);
    }
    full(database, call, parts)
}

/// `manifest.changes`
pub fn changes(database: &mut Database<'_, '_>, call: &Call, request: ManifestChanges) -> Result<ManifestView> {
    let event_id = request.event_id;
    require_event(database, call, event_id)?;
    let since = request.since.map(|text| {
        Position::parse(&text).ok_or_else(|| Error::invalid("since must be a position")).map(|since| (text, since))
    });
    let since = since.transpose()?;
    let rules = Rules { device: None, ..rules::read(database, call, event_id)? };
    let lists = Lists::default();
    let position = Position::new(lists::horizon(database)?, event_id, call.now, lists, &rules);
    let parts = Parts { event_id, lists, position, rules };
    if let Some((text, since)) = since.filter(|(_, since)| since.can_continue(&parts.position))
        && let Some(touched) = lists::touched(database, call, event_id, since.horizon())?
    {
        return delta(database, call, parts, text, &since, touched);
    }
    // Nothing is told of what came before: whoever stands there downloads.
    let (text, since) = (parts.position.encode(), parts.position);
    delta(database, call, parts, text, &since, Vec::new())
}

fn full(database: &mut Database<'_, '_>, call: &Call, parts: Parts) -> Result<ManifestView> {
    let lists = lists::all(database, call, &parts.rules, parts.event_id, parts.lists)?;
    let wallets = wallets::spendable(database, call, &parts.rules)?;
    let (position, not_after) = (parts.position.encode(), not_after(call.now, &parts.rules));
    let manifest = Manifest {
        format: FORMAT,
        tenant_id: call.tenant_id,
        position: position.clone(),
        made_at: call.now,
        not_after,
        rules: parts.rules,
        lists,
        wallets,
        heard_to: None,
    };
    Ok(ManifestView {
        manifest: sign(database, call, &Document::Full(manifest))?,
        kind: ManifestKind::Full,
        version: position.clone(),
        position,
        made_at: call.now,
        not_after,
        server_time: now(),
    })
}

fn delta(
    database: &mut Database<'_, '_>,
    call: &Call,
    parts: Parts,
    since_text: String,
    since: &Position,
    touched: Vec<Uuid>,
) -> Result<ManifestView> {
    let lists = lists::of(database, call, &parts.rules, parts.event_id, touched, parts.lists)?;
    let (position, not_after) = (parts.position.encode(), not_after(call.now, &parts.rules));
    // Whoever has it for a while gets a new one, so that its end does not come while the network is there.
    let lasting = parts.rules.event.policy.offline_time() / 4;
    let unchanged = lists.is_empty() && since.same_rules(&parts.position) && since.is_younger_than(lasting, call.now);
    let version = if unchanged { since_text.clone() } else { position.clone() };
    let delta = ManifestDelta {
        format: FORMAT,
        tenant_id: call.tenant_id,
        since: since_text,
        position: position.clone(),
        made_at: call.now,
        not_after,
        rules: parts.rules,
        lists,
    };
    Ok(ManifestView {
        manifest: sign(database, call, &Document::Delta(delta))?,
        kind: ManifestKind::Delta,
        position,
        version,
        made_at: call.now,
        not_after,
        server_time: now(),
    })
}

/// The manifest under the tenant's current key for devices.
fn sign(database: &mut Database<'_, '_>, call: &Call, document: &Document) -> Result<String> {
    let key_id = key::current(database, call.tenant_id, KeyPurpose::Device)?;
    match key::open(database, call.tenant_id, key_id)?.as_deref() {
        Some(KeyMaterial::Signing(key)) => envelope::sign(document, &key::kid(key_id), &key.0)
            .map_err(|error| Error::new(ErrorCode::Internal, error.to_string())),
        _ => Err(Error::new(ErrorCode::Internal, "the key that signs manifests is missing")),
    }
}
