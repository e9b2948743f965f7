//! Tenants: API keys, roles and signing keys.

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};
use crate::{Error, Result};

words! {
    /// What a signing key is for.
    pub enum KeyPurpose {
        /// HMAC key of wallet session tokens.
        Session => "session",
        /// Ed25519 key of receipts.
        Receipt => "receipt",
        /// Ed25519 key of journal checkpoints.
        Checkpoint => "checkpoint",
        /// HMAC key of ticket codes and short tickets.
        Ticket => "ticket",
        /// Ed25519 key of signed tickets; the keys of their rotating codes follow from it.
        TicketSigning => "ticket_signing",
        /// Ed25519 key of what devices take along to work without a network.
        Device => "device",
    }
}

requests! {
    /// Issues an API key with a role. The key is in the answer and nowhere else.
    pub struct ApiKeyCreate {
        /// For people, 1 to 200 characters.
        pub name: String,
        /// One of the tenant's roles.
        pub role: String,
        /// Restricts the key to one venue.
        pub venue_id: Option<Uuid>,
        /// Restricts the key to one event.
        pub event_id: Option<Uuid>,
        /// When it stops working; never when absent.
        pub expires_at: Option<Timestamp>,
    }

    /// Lists API keys without their secrets.
    pub struct ApiKeyList {
        /// Keys a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Revokes an API key at once.
    pub struct ApiKeyRevoke {
        /// The key's id.
        pub api_key_id: Uuid,
    }

    /// Lists roles and the commands they may carry out.
    pub struct RoleList {}

    /// Creates a role or replaces its commands.
    pub struct RoleSet {
        /// 1 to 40 lower-case letters, digits and underscores.
        pub role: String,
        /// Names of commands.
        pub commands: Vec<String>,
    }

    /// Lists signing keys without their secrets.
    pub struct KeyList {}

    /// Makes a new signing key the current one; older keys still verify.
    pub struct KeyRotate {
        /// Which key.
        pub purpose: KeyPurpose,
    }

    /// Revokes a signing key at once: nothing that it signed is accepted any more. A current one is followed by a new
    /// one in the same moment.
    pub struct KeyRevoke {
        /// The key's number.
        pub key_id: i32,
        /// Why; recorded. 1 to 500 characters.
        pub reason: String,
    }

    /// Rotates the keys of a purpose by itself, as soon as the current one is so old.
    pub struct KeySchedule {
        /// Which keys.
        pub purpose: KeyPurpose,
        /// After how many days a new key follows, 1 to 3,650; the schedule ends when absent.
        pub every_days: Option<i32>,
    }

    /// The public signing keys as a JSON Web Key Set (RFC 7517). It may be kept for five minutes; whoever meets a
    /// `kid` that is not in it asks again at once. A key that is gone was revoked.
    pub struct KeyJwks {}
}

answers! {
    /// An issued API key.
    pub struct ApiKeyCreated {
        /// The key's id.
        pub api_key_id: Uuid,
        /// The secret key, shown only now.
        pub api_key: String,
    }

    /// An API key without its secret.
    pub struct ApiKeyView {
        /// The key's id.
        pub api_key_id: Uuid,
        /// For people.
        pub name: String,
        /// Its role.
        pub role: String,
        /// The venue it is restricted to.
        pub venue_id: Option<Uuid>,
        /// The event it is restricted to.
        pub event_id: Option<Uuid>,
        /// When it was issued.
        pub created_at: Timestamp,
        /// When it stops working.
        pub expires_at: Option<Timestamp>,
        /// When it was revoked.
        pub revoked_at: Option<Timestamp>,
    }

    /// A page of API keys.
    pub struct ApiKeyPage {
        /// Newest first.
        pub items: Vec<ApiKeyView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }

    /// An acknowledged revocation.
    pub struct Revoked {
        /// When it took effect.
        pub revoked_at: Timestamp,
    }

    /// A role.
    pub struct RoleView {
        /// Its name.
        pub role: String,
        /// What it may do.
        pub commands: Vec<String>,
    }

    /// All roles.
    pub struct RolePage {
        /// By name.
        pub items: Vec<RoleView>,
    }

    /// A signing key without its secret.
    pub struct KeyView {
        /// The number in `kid` (four hexadecimal digits) and in tokens.
        pub key_id: i32,
        /// What it signs.
        pub purpose: String,
        /// Whether new signatures use it.
        pub current: bool,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it was revoked.
        pub revoked_at: Option<Timestamp>,
        /// When the next key of its purpose follows by schedule; only for the current one.
        pub next_rotation_at: Option<Timestamp>,
    }

    /// All signing keys.
    pub struct KeyPage {
        /// By number.
        pub items: Vec<KeyView>,
    }

    /// A revoked signing key.
    pub struct KeyRevoked {
        /// Its number.
        pub key_id: i32,
        /// What it signed.
        pub purpose: String,
        /// When it was revoked.
        pub revoked_at: Timestamp,
        /// The key that signs now.
        pub current_key_id: i32,
    }

    /// When the keys of a purpose are rotated.
    pub struct KeyScheduleView {
        /// Which keys.
        pub purpose: String,
        /// After how many days a new key follows; `null` without a schedule.
        pub every_days: Option<i32>,
        /// When the next one follows.
        pub next_rotation_at: Option<Timestamp>,
    }

    /// Public keys for anybody's JOSE library.
    pub struct KeySet {
        /// RFC 7517 keys (OKP, Ed25519, RFC 8037).
        pub keys: Vec<serde_json::Value>,
    }
}

/// Days after which a key is rotated at most.
const ROTATION_DAYS_MAX: i32 = 3650;

/// The interval of a schedule.
///
/// # Errors
/// `invalid_request` when it is out of bounds.
pub fn rotation_days(every_days: i32) -> Result<i32> {
    if (1..=ROTATION_DAYS_MAX).contains(&every_days) {
        return Ok(every_days);
    }
    Err(Error::invalid(format!("every_days must be between 1 and {ROTATION_DAYS_MAX}")))
}

impl KeyPurpose {
    /// Whether the key is a secret that signs and verifies alike, without a public half.
    pub fn is_symmetric(self) -> bool {
        matches!(self, Self::Session | Self::Ticket)
    }
}

/// Whether a role's name is well-formed.
pub fn is_role_name(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
