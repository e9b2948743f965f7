//! Opening, restoring and ending wallets' sessions.

use admit_core::credential::{WalletSession, crockford};
use admit_core::tenant::KeyPurpose;
use admit_core::wallet::{
    RecoveryCode, WalletLoggedOut, WalletLogout, WalletOpen, WalletOpened, WalletRecover, WalletRecovery,
    WalletRefresh, WalletSessionToken, binding_hash,
};
use admit_core::{Error, ErrorCode, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::call::{Call, new_id, random};
use crate::database::{Database, arguments};
use crate::journal::{Fact, append};
use crate::key::{self, KeyMaterial};
use crate::settings::SESSION_HOURS;

/// How long a recovery code lives.
const RECOVERY_MINUTES: i64 = 15;

/// `wallet.open`
pub fn open(database: &mut Database<'_, '_>, call: &Call, request: WalletOpen) -> Result<WalletOpened> {
    let mut rows = database.read(
        "SELECT e.currency, e.status = 'active' AND v.status = 'active' FROM admit.event AS e \
         JOIN admit.venue AS v ON v.tenant_id = e.tenant_id AND v.venue_id = e.venue_id \
         WHERE e.tenant_id = $1 AND e.event_id = $2 AND e.venue_id = $3",
        arguments![call.tenant_id, request.event_id, request.venue_id],
    )?;
    rows.only("event at this venue")?;
    let (currency, active): (String, bool) = (rows.get(1)?, rows.get(2)?);
    let binding = match request.binding {
        Some(binding) => binding,
        None => crockford(&random::<20>()?),
    };
    let hash = binding_hash(call.tenant_id, &binding)?;
    // The unique binding decides between two first scans of one device: the loser finds the
    // winner's wallet.
    let wallet_id = new_id(call.now)?;
    let inserted = if active {
        database.write(
            "INSERT INTO admit.wallet (tenant_id, wallet_id, currency, event_id, venue_id, binding_hash, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, binding_hash) DO NOTHING",
            arguments![call.tenant_id, wallet_id, currency.as_str(), request.event_id, request.venue_id, hash, call.now],
        )?.len() == 1
    } else {
        false
    };
    if inserted {
        append(database, call, wallet_fact("wallet.opened", wallet_id, Some(request.event_id)))?;
    }
    let opened = bind(database, call, &hash, Some((request.event_id, request.venue_id)))?;
    let Some((wallet_id, event_id, venue_id, currency, balance_cents)) = opened else {
        return Err(Error::new(
            ErrorCode::Conflict,
            "the event or its venue is not active: no new wallet can be opened for it",
        ));
    };
    let token = start_session(database, call, wallet_id)?;
    Ok(WalletOpened {
        wallet_id,
        restored: !inserted,
        session_token: token.session_token,
        expires_at: token.expires_at,
        binding,
        event_id,
        venue_id,
        currency,
        balance_cents,
    })
}

type Bound = (Uuid, Uuid, Uuid, String, i64);

/// Locks the wallet of a binding and, when it is opened for another event, binds it to that.
fn bind(
    database: &mut Database<'_, '_>,
    call: &Call,
    hash: &[u8; 32],
    place: Option<(Uuid, Uuid)>,
) -> Result<Option<Bound>> {
    let mut rows = database.write(
        "UPDATE admit.wallet SET event_id = coalesce($3, event_id), venue_id = coalesce($4, venue_id) \
         WHERE tenant_id = $1 AND binding_hash = $2 RETURNING wallet_id, event_id, venue_id, currency, balance_cents",
        arguments![call.tenant_id, *hash, place.map(|place| place.0), place.map(|place| place.1)],
    )?;
    if !rows.next() {
        return Ok(None);
    }
    Ok(Some((rows.get(1)?, rows.get(2)?, rows.get(3)?, rows.get(4)?, rows.get(5)?)))
}

fn wallet_fact(action: &'static str, wallet_id: Uuid, event_id: Option<Uuid>) -> Fact<serde_json::Value> {
    Fact { action, event_id, gate_id: None, wallet_id: Some(wallet_id), money: None, body: json!({}) }
}

/// Starts a session and makes its token.
fn start_session(database: &mut Database<'_, '_>, call: &Call, wallet_id: Uuid) -> Result<WalletSessionToken> {
    let expires_at = call.now + SignedDuration::from_hours(i64::from(SESSION_HOURS.get()));
    // Tokens carry whole seconds.
    let expires_at = Timestamp::from_second(expires_at.as_second()).unwrap_or(expires_at);
    let key_id = key::current(database, call.tenant_id, KeyPurpose::Session)?;
    let session = WalletSession {
        tenant_id: call.tenant_id,
        key_id: u16::try_from(key_id).unwrap_or_default(),
        wallet_id,
        session_id: new_id(call.now)?,
        expires_at_seconds: u32::try_from(expires_at.as_second()).unwrap_or(u32::MAX),
    };
    database.write(
        "INSERT INTO admit.wallet_session (tenant_id, session_id, wallet_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        arguments![call.tenant_id, session.session_id, wallet_id, call.now, expires_at],
    )?;
    match key::open(database, call.tenant_id, key_id)?.as_deref() {
        Some(KeyMaterial::Session(key)) => Ok(WalletSessionToken { session_token: session.encode(key), expires_at }),
        _ => Err(Error::new(ErrorCode::Internal, "the session key is missing")),
    }
}

/// `wallet.refresh`
pub fn refresh(database: &mut Database<'_, '_>, call: &Call, _: WalletRefresh) -> Result<WalletSessionToken> {
    let wallet_id = call.wallet_id()?;
    end_session(database, call)?;
    start_session(database, call, wallet_id)
}

/// `wallet.logout`
pub fn logout(database: &mut Database<'_, '_>, call: &Call, _: WalletLogout) -> Result<WalletLoggedOut> {
    let wallet_id = call.wallet_id()?;
    end_session(database, call)?;
    append(database, call, wallet_fact("wallet.logged_out", wallet_id, None))?;
    Ok(WalletLoggedOut { ended_at: call.now })
}

/// Ends the caller's session; somebody else may have ended it a moment ago.
fn end_session(database: &mut Database<'_, '_>, call: &Call) -> Result<()> {
    let rows = database.write(
        "UPDATE admit.wallet_session SET ended_at = $3 WHERE tenant_id = $1 AND session_id = $2 AND ended_at IS NULL",
        arguments![call.tenant_id, call.actor.session_id, call.now],
    )?;
    if rows.is_empty() {
        return Err(Error::new(ErrorCode::SessionExpired, "the wallet session has ended: open the wallet again"));
    }
    Ok(())
}

fn code_hash(tenant_id: i32, code: &str) -> [u8; 32] {
    let plain: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|symbol| symbol.to_ascii_uppercase()).collect();
    Sha256::new()
        .chain_update(b"admit recovery\0")
        .chain_update(tenant_id.to_be_bytes())
        .chain_update(plain)
        .finalize()
        .into()
}

/// `wallet.recovery`
pub fn recovery(database: &mut Database<'_, '_>, call: &Call, _: WalletRecovery) -> Result<RecoveryCode> {
    let wallet_id = call.wallet_id()?;
    // 80 random bits in four groups of four symbols: typed by hand, and beyond guessing within
    // its quarter of an hour.
    let symbols = crockford(&random::<10>()?);
    let groups: Vec<&str> = [&symbols[..4], &symbols[4..8], &symbols[8..12], &symbols[12..]].to_vec();
    let expires_at = call.now + SignedDuration::from_mins(RECOVERY_MINUTES);
    database.write(
        "INSERT INTO admit.wallet_recovery (tenant_id, wallet_id, code_hash, expires_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (tenant_id, wallet_id) DO UPDATE SET code_hash = excluded.code_hash, expires_at = excluded.expires_at",
        arguments![call.tenant_id, wallet_id, code_hash(call.tenant_id, &symbols), expires_at],
    )?;
    append(database, call, wallet_fact("wallet.recovery_requested", wallet_id, None))?;
    Ok(RecoveryCode { recovery_code: groups.join("-"), expires_at })
}

/// `wallet.recover`
pub fn recover(database: &mut Database<'_, '_>, call: &Call, request: WalletRecover) -> Result<WalletOpened> {
    let mut rows = database.write(
        "DELETE FROM admit.wallet_recovery WHERE tenant_id = $1 AND code_hash = $2 RETURNING wallet_id, expires_at > $3",
        arguments![call.tenant_id, code_hash(call.tenant_id, &request.recovery_code), call.now],
    )?;
    let unknown = || Error::not_found("recovery code");
    if !rows.next() || !rows.get::<bool>(2)? {
        return Err(unknown());
    }
    let wallet_id: Uuid = rows.get(1)?;
    let binding = match request.binding {
        Some(binding) => binding,
        None => crockford(&random::<20>()?),
    };
    let hash = binding_hash(call.tenant_id, &binding)?;
    let taken = database.write(
        "SELECT 1 FROM admit.wallet WHERE tenant_id = $1 AND binding_hash = $2 AND wallet_id <> $3",
        arguments![call.tenant_id, hash, wallet_id],
    )?;
    if !taken.is_empty() {
        return Err(Error::new(
            ErrorCode::Conflict,
            "this device has a wallet of its own: send no binding, or another",
        ));
    }
    // The first device's sessions end: one wallet, one device.
    database.write(
        "UPDATE admit.wallet_session SET ended_at = $3 WHERE tenant_id = $1 AND wallet_id = $2 AND ended_at IS NULL",
        arguments![call.tenant_id, wallet_id, call.now],
    )?;
    database.write(
        "UPDATE admit.wallet SET binding_hash = $3 WHERE tenant_id = $1 AND wallet_id = $2",
        arguments![call.tenant_id, wallet_id, hash],
    )?;
    append(database, call, wallet_fact("wallet.recovered", wallet_id, None))?;
    let (wallet_id, event_id, venue_id, currency, balance_cents) =
        bind(database, call, &hash, None)?.ok_or_else(unknown)?;
    let token = start_session(database, call, wallet_id)?;
    Ok(WalletOpened {
        wallet_id,
        restored: true,
        session_token: token.session_token,
        expires_at: token.expires_at,
        binding,
        event_id,
        venue_id,
        currency,
        balance_cents,
    })
}
