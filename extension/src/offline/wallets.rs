//! What wallets may spend at gates without a network.

use std::rc::Rc;

use admit_core::credential::WalletSession;
use admit_core::offline::{Rules, Spendable, SpendableList, SpendableSession, WALLETS_MAX, session_prefix};
use admit_core::tenant::KeyPurpose;
use admit_core::{Error, ErrorCode, Result};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments, from_postgres_us};
use crate::key::{self, KeyMaterial};

/// Bytes of a session: session 16 | wallet 16 | begin 8 | end 8 | balance 8.
const SESSION_BYTES: usize = 56;
/// A session that begins while keys change may have either of them.
const CHANGE_OF_KEYS: SignedDuration = SignedDuration::from_mins(10);

/// A session key, and when it was the current one.
struct SessionKey {
    key_id: u16,
    from: Timestamp,
    until: Timestamp,
    revoked: bool,
    material: Rc<KeyMaterial>,
}

/// What wallets may spend, for a device that may charge them without a network.
pub fn spendable(database: &mut Database<'_, '_>, call: &Call, rules: &Rules) -> Result<Option<Spendable>> {
    let limit_cents = rules.offline_limit_cents;
    if limit_cents <= 0 || !rules.device.as_ref().is_some_and(|device| device.offline_allowed) {
        return Ok(None);
    }
    let keys = session_keys(database, call.tenant_id)?;
    let mut rows = database.range_read(
        include_str!("../../../sql/statements/manifest_wallets.sql"),
        arguments![
            call.tenant_id,
            rules.event.currency.as_str(),
            call.now,
            i64::try_from(WALLETS_MAX).unwrap_or(i64::MAX)
        ],
    )?;
    rows.only("list of wallets")?;
    let bytes: Vec<u8> = rows.optional(1)?.unwrap_or_default();
    let mut sessions = Vec::with_capacity(bytes.len() / SESSION_BYTES);
    for record in bytes.as_chunks::<SESSION_BYTES>().0 {
        let (session, begin, balance_cents) = session(call.tenant_id, record).ok_or_else(unreadable)?;
        let spendable_cents = u32::try_from(balance_cents.min(limit_cents)).unwrap_or_default();
        // Which key a session has is in its token alone.
        for key in keys.iter().filter(|key| !key.revoked && (key.from..=key.until).contains(&begin)) {
            let KeyMaterial::Session(secret) = &*key.material else { return Err(unreadable()) };
            let token = WalletSession { key_id: key.key_id, ..session.clone() }.encode(secret);
            sessions.push(SpendableSession { prefix: session_prefix(&token), spendable_cents });
        }
    }
    Ok(Some(Spendable { as_of: call.now, sessions: SpendableList::new(sessions) }))
}

fn session_keys(database: &mut Database<'_, '_>, tenant_id: i32) -> Result<Vec<SessionKey>> {
    let rows = database.point_read(
        "SELECT key_id, created_at, revoked_at IS NOT NULL FROM admit.signing_key \
         WHERE tenant_id = $1 AND purpose = $2 ORDER BY created_at, key_id",
        arguments![tenant_id, KeyPurpose::Session.as_str()],
    )?;
    let stored = rows.collect(|row| Ok((row.get::<i32>(1)?, row.get::<Timestamp>(2)?, row.get::<bool>(3)?)))?;
    let begins: Vec<Timestamp> = stored.iter().skip(1).map(|key| key.1).collect();
    let mut keys = Vec::with_capacity(stored.len());
    for (place, (key_id, from, revoked)) in stored.into_iter().enumerate() {
        let next = begins.get(place).and_then(|next| next.checked_add(CHANGE_OF_KEYS).ok());
        keys.push(SessionKey {
            key_id: u16::try_from(key_id).map_err(|_| unreadable())?,
            from: from.checked_sub(CHANGE_OF_KEYS).unwrap_or(from),
            until: next.unwrap_or(Timestamp::MAX),
            revoked,
            material: key::open(database, tenant_id, key_id)?.ok_or_else(unreadable)?,
        });
    }
    Ok(keys)
}

/// The session of a record, without its key, when it began, and its wallet's balance.
fn session(tenant_id: i32, record: &[u8; SESSION_BYTES]) -> Option<(WalletSession, Timestamp, i64)> {
    let eight = |at: usize| Some(i64::from_be_bytes(record[at..at + 8].try_into().ok()?));
    let session = WalletSession {
        tenant_id,
        key_id: 0,
        session_id: Uuid::from_slice(&record[..16]).ok()?,
        wallet_id: Uuid::from_slice(&record[16..32]).ok()?,
        expires_at_seconds: u32::try_from(from_postgres_us(eight(40)?).as_second()).unwrap_or(u32::MAX),
    };
    Some((session, from_postgres_us(eight(32)?), eight(48)?))
}

fn unreadable() -> Error {
    Error::new(ErrorCode::Internal, "a stored wallet session or its key cannot be read")
}
