//! One call: who acts for which tenant, when, and by which request.

use std::cell::{Cell, RefCell};

use admit_core::journal::ActorKind;
use admit_core::offline::ManifestKey;
use admit_core::{Error, Result};
use jiff::Timestamp;
use pgrx::pg_sys;
use uuid::Uuid;

use crate::database::from_postgres_us;

/// Who carries out a command, as proved by the credential or the SQL session.
#[derive(Debug, Clone)]
pub struct Actor {
    /// What kind.
    pub kind: ActorKind,
    /// Which API key, device, person or wallet.
    pub id: Option<Uuid>,
    /// The session, for wallets and people.
    pub session_id: Option<Uuid>,
    /// The device that a person is logged in on.
    pub device_id: Option<Uuid>,
    /// The only venue that it may touch.
    pub venue_id: Option<Uuid>,
    /// The only event that it may touch.
    pub event_id: Option<Uuid>,
    /// The events of a device that has several; `event_id` is the one of them that it acts for now.
    pub event_ids: Vec<Uuid>,
    /// What keys are sealed with for a device, where its command needs it.
    pub manifest_key: Option<ManifestKey>,
    /// It showed a token that its renewal has replaced: it may only be given that renewal's answer.
    pub replays_only: bool,
}

impl Actor {
    /// An actor without restrictions.
    pub fn new(kind: ActorKind, id: Option<Uuid>) -> Self {
        Self {
            kind,
            id,
            session_id: None,
            device_id: None,
            venue_id: None,
            event_id: None,
            event_ids: Vec::new(),
            manifest_key: None,
            replays_only: false,
        }
    }
}

/// One call of a command.
#[derive(Debug, Clone)]
pub struct Call {
    /// Whose data.
    pub tenant_id: i32,
    /// Who acts.
    pub actor: Actor,
    /// The time of the call.
    pub now: Timestamp,
    /// Request id and trace id of the HTTP request.
    pub request: Option<serde_json::Value>,
    /// The network that the HTTP request came from. It is personal: never journaled, only compared.
    pub client: Option<String>,
    /// The idempotency key.
    pub idempotency_key: Option<String>,
    /// Whether a second person has granted it.
    pub approved: bool,
}

impl Call {
    /// A call from an SQL session that was granted the function.
    pub fn from_sql(tenant_id: i32) -> Self {
        let actor = Actor::new(ActorKind::Sql, None);
        Self { tenant_id, actor, now: now(), request: None, client: None, idempotency_key: None, approved: false }
    }

    /// The calling wallet.
    ///
    /// # Errors
    /// `permission_denied` for anybody who is no wallet.
    pub fn wallet_id(&self) -> Result<Uuid> {
        match (self.actor.kind, self.actor.id) {
            (ActorKind::Wallet, Some(id)) => Ok(id),
            _ => Err(Error::new(
                admit_core::ErrorCode::PermissionDenied,
                "this command acts on the caller's wallet: call it with a wallet session token",
            )),
        }
    }

    /// Refuses what lies outside the credential's venue and event, in the words of an unknown
    /// object.
    pub fn require_scope(&self, what: &str, venue_id: Option<Uuid>, event_id: Option<Uuid>) -> Result<()> {
        let outside = |own: Option<Uuid>, asked: Option<Uuid>| own.is_some() && own != asked;
        if outside(self.actor.venue_id, venue_id) || outside(self.actor.event_id, event_id) {
            return Err(Error::not_found(what));
        }
        Ok(())
    }

    /// Refuses credentials that are bound to a venue or event.
    pub fn require_whole_tenant(&self, what: &str) -> Result<()> {
        if self.actor.venue_id.is_some() || self.actor.event_id.is_some() {
            return Err(Error::not_found(what));
        }
        Ok(())
    }
}

/// The server's clock, in microseconds.
pub fn now() -> Timestamp {
    // SAFETY: reads the clock, without any argument.
    #[allow(unsafe_code, reason = "pgrx does not wrap the plain clock")]
    let microseconds = unsafe { pg_sys::GetCurrentTimestamp() };
    from_postgres_us(microseconds)
}

/// Random bytes from Postgres' strong source.
///
/// # Errors
/// `internal` when the operating system gives none.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    // SAFETY: the buffer has N bytes.
    #[allow(unsafe_code, reason = "pgrx does not wrap pg_strong_random")]
    let filled = unsafe { pg_sys::pg_strong_random(bytes.as_mut_ptr().cast(), N) };
    if filled {
        return Ok(bytes);
    }
    Err(Error::new(admit_core::ErrorCode::Internal, "the operating system gives no random bytes"))
}

/// Random bytes fetched at once for ids: asking the source costs more than the bytes do.
const ID_BYTES_FETCHED: usize = 1024;

thread_local! {
    /// Bytes for ids and how many of them are used. Filled after the fork, by the backend itself.
    static ID_BYTES: RefCell<([u8; ID_BYTES_FETCHED], usize)> =
        const { RefCell::new(([0; ID_BYTES_FETCHED], ID_BYTES_FETCHED)) };
}

thread_local! {
    /// The time of the last id, in microseconds.
    static LAST_ID_US: Cell<i64> = const { Cell::new(0) };
}

/// A new id: UUIDv7 (RFC 9562) of this time, with microseconds in its first random bits (method 3),
/// so that ids sort as they were made: each of a backend is greater than the one before.
pub fn new_id(now: Timestamp) -> Result<Uuid> {
    let microseconds = LAST_ID_US.get().max(now.as_microsecond() - 1) + 1;
    // A clock that was set back by more than a second is followed, not waited for.
    let microseconds =
        if microseconds - now.as_microsecond() > 1_000_000 { now.as_microsecond() } else { microseconds };
    LAST_ID_US.set(microseconds);
    let mut bytes = id_bytes()?;
    let fraction = microseconds.rem_euclid(1000) * 4096 / 1000;
    [bytes[0], bytes[1]] = u16::try_from(fraction).unwrap_or_default().to_be_bytes();
    let milliseconds = u64::try_from(microseconds.div_euclid(1000)).unwrap_or_default();
    Ok(uuid::Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid())
}

fn id_bytes() -> Result<[u8; 10]> {
    ID_BYTES.with_borrow_mut(|(bytes, used)| {
        if *used + 10 > ID_BYTES_FETCHED {
            *bytes = random()?;
            *used = 0;
        }
        let mut taken = [0; 10];
        taken.copy_from_slice(&bytes[*used..*used + 10]);
        *used += 10;
        Ok(taken)
    })
}
