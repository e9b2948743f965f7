//! From a token to everything that the decision looks at: the rows behind it are locked, the rest is loaded.

use std::rc::Rc;

use admit_core::device::DevicePlacement;
use admit_core::journal::ActorKind;
use admit_core::scan::{Presence, Reason, ScanKind, Situation};
use admit_core::{Error, Result};
use jiff::Timestamp;
use uuid::Uuid;

use super::config::{self, GateConfig};
use super::token::{self, Holder, lock_holder};
use super::{Asked, scope, terms};
use crate::call::Call;
use crate::database::{Database, arguments};

/// A scan, resolved.
pub enum Resolved {
    /// It was booked before.
    Earlier {
        /// Whether it was the same scan, and not another one with its nonce.
        same: bool,
    },
    /// It can be decided.
    Ready(Box<Ready>),
}

/// Everything that the decision looks at; wallet and ticket are locked.
pub struct Ready {
    /// What is behind the token.
    pub holder: Holder,
    /// The event, the gate and the fees.
    pub config: Rc<GateConfig>,
    /// Fingerprint of what was asked.
    pub digest: i64,
    /// Whether the wallet has a presence row at the event.
    pub known_presence: bool,
    device: Option<Rc<DevicePlacement>>,
    presence: Presence,
}

impl Ready {
    /// What the decision looks at.
    pub fn situation<'a>(&'a self, call: &Call, asked: &'a Asked<'_>) -> Situation<'a> {
        Situation {
            now: call.now,
            today: self.config.scan.calendar.day(call.now),
            input: &asked.input,
            config: &self.config.scan,
            device: self.device.as_deref(),
            wallet: self.holder.wallet.as_ref().map(Option::as_ref).map_err(|reason| *reason),
            ticket: self.holder.ticket.as_ref().map(|ticket| &ticket.facts),
            presence: self.presence,
        }
    }
}

/// What the load statement found.
struct Loaded {
    revision: Uuid,
    earlier_digest: Option<i64>,
    presence: Presence,
    /// Whether the wallet has a presence row at the event.
    known_presence: bool,
}

/// Locks what is behind the token and loads what the decision needs.
pub fn resolve(database: &mut Database<'_, '_>, call: &Call, asked: &Asked<'_>) -> Result<Resolved> {
    let mut holder = lock_holder(database, call, asked.token)?;
    // Presence of wallets is read with the rest; a ticket's is in its own row.
    let wallet_id = holder.wallet_id.filter(|_| holder.ticket.is_none());
    let kept = config::kept_device(call.tenant_id, asked.scanner_id);
    let named_event_id = asked.event_id.or(call.actor.event_id.filter(|_| call.actor.kind == ActorKind::Staff));
    let expected_event_id = named_event_id.or(kept.as_ref().and_then(|(_, device)| device.only_event()));
    let mut loaded = load(database, call, asked, wallet_id, expected_event_id)?;
    let device = config::device(database, call, loaded.revision, asked.scanner_id, kept)?;
    scope::require_device(call, device.as_deref())?;
    let digest = asked.input.digest(asked.token, asked.event_id, asked.gate_id);
    if let Some(earlier) = loaded.earlier_digest {
        return Ok(Resolved::Earlier { same: earlier == digest });
    }
    if device.is_none() && asked.input.override_reason.is_none() {
        return Err(Error::not_found("device"));
    }
    if let Some(device) = device.as_deref() {
        scope::require_kind(device, asked.input.kind)?;
    }
    let gate_id = asked.gate_id.or(device.as_ref().map(|device| device.gate_id));
    let event_id = named_event_id.or(device.as_deref().and_then(DevicePlacement::only_event));
    if event_id != expected_event_id {
        loaded = load(database, call, asked, wallet_id, event_id)?;
    }
    let (Some(gate_id), Some(event_id)) = (gate_id, event_id) else {
        return Err(Error::invalid("event_id is needed: the device is not bound to one event"));
    };
    let config = config::load(database, call, loaded.revision, event_id, gate_id)?;
    scope::require_place(call, &config.scan)?;
    if config.scan.requires_pass {
        lead_to_pass(database, call, asked, &mut holder, &mut loaded, event_id)?;
    }
    if let Some(ticket) = &mut holder.ticket {
        terms::complete(database, call, loaded.revision, &mut ticket.facts)?;
    }
    if device.as_ref().is_some_and(|device| device.revoked) {
        holder.wallet = Err(Reason::DeviceRevoked);
    }
    if let Some(key_id) = holder.key_id
        && crate::key::is_revoked(database, call.tenant_id, loaded.revision, key_id)?
    {
        holder.wallet = Err(Reason::KeyRevoked);
    }
    let presence = holder.ticket.as_ref().map_or(loaded.presence, |ticket| ticket.presence);
    let known_presence = loaded.known_presence;
    Ok(Resolved::Ready(Box::new(Ready { holder, config, digest, known_presence, device, presence })))
}

/// At an event that requires a pass, a wallet's token leads to one of the wallet's tickets.
fn lead_to_pass(
    database: &mut Database<'_, '_>,
    call: &Call,
    asked: &Asked<'_>,
    holder: &mut Holder,
    loaded: &mut Loaded,
    event_id: Uuid,
) -> Result<()> {
    let Ok(Some(wallet)) = &holder.wallet else { return Ok(()) };
    if asked.input.kind.is_sale() {
        // The pass pays nothing; the answer says all the same that its holder is inside.
        let pass = token::pass_presence(database, call, wallet.wallet_id, event_id)?;
        loaded.presence = pass.unwrap_or(loaded.presence);
        return Ok(());
    }
    let leaving = asked.input.kind == ScanKind::Exit;
    let pass = token::lock_pass(database, call, wallet.wallet_id, event_id, leaving)?;
    // Whom staff let in without a pass leaves so, whatever was bought since.
    let without = |presence: Presence| leaving && loaded.presence.inside && !presence.inside;
    holder.ticket = pass.filter(|pass| !without(pass.presence));
    Ok(())
}

/// Reads what the decision needs beside the wallet, with the presence at the event given.
fn load(
    database: &mut Database<'_, '_>,
    call: &Call,
    asked: &Asked<'_>,
    wallet_id: Option<Uuid>,
    event_id: Option<Uuid>,
) -> Result<Loaded> {
    let mut rows = database.point(
        include_str!("../../../sql/statements/scan_load.sql"),
        arguments![call.tenant_id, asked.scanner_id, asked.nonce, event_id, wallet_id],
    )?;
    rows.only("tenant")?;
    let entries: Option<i32> = rows.optional(3)?;
    Ok(Loaded {
        revision: rows.get(1)?,
        earlier_digest: rows.optional(2)?,
        presence: Presence {
            entries: entries.unwrap_or_default(),
            inside: rows.optional(4)?.unwrap_or_default(),
            admitted_at: rows.optional::<Timestamp>(5)?,
            gate_id: rows.optional(6)?,
            last_day: rows.optional(7)?,
            day_entries: rows.optional(8)?.unwrap_or_default(),
            annulled: rows.optional(9)?.unwrap_or_default(),
        },
        known_presence: entries.is_some(),
    })
}
