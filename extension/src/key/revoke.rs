//! Revoked keys: nothing that they made is accepted from the revoking transaction's commit on, in any backend.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use admit_core::tenant::{KeyPurpose, KeyRevoke, KeyRevoked};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{create, fact};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::append;

/// A tenant's revoked keys, with the revision that they belong to.
type KeptKeys = (Uuid, HashSet<i32>);

thread_local! {
    /// Revoked keys by tenant. A revocation changes the tenant's revision.
    static REVOKED: RefCell<HashMap<i32, KeptKeys>> = RefCell::default();
}

/// Whether a key is revoked as of `revision`, which the caller has just read, or later.
pub fn is_revoked(database: &mut Database<'_, '_>, tenant_id: i32, revision: Uuid, key_id: i32) -> Result<bool> {
    let kept = REVOKED.with_borrow(|tenants| {
        let kept = tenants.get(&tenant_id).filter(|kept| kept.0 == revision);
        kept.map(|kept| kept.1.contains(&key_id))
    });
    if let Some(revoked) = kept {
        return Ok(revoked);
    }
    // Keys and their revision come from one snapshot, so that what is kept belongs to its label.
    let mut rows = database.point(include_str!("../../../sql/statements/key_revoked.sql"), arguments![tenant_id])?;
    rows.only("tenant")?;
    let keys: KeptKeys = (rows.get(1)?, rows.get::<Vec<i32>>(2)?.into_iter().collect());
    let revoked = keys.1.contains(&key_id);
    REVOKED.with_borrow_mut(|tenants| tenants.insert(tenant_id, keys));
    Ok(revoked)
}

/// When a key was revoked, if it was.
pub fn revoked_since(database: &mut Database<'_, '_>, tenant_id: i32, key_id: i32) -> Result<Option<Timestamp>> {
    let mut rows = database.read(
        "SELECT revoked_at FROM admit.signing_key WHERE tenant_id = $1 AND key_id = $2",
        arguments![tenant_id, key_id],
    )?;
    rows.only("signing key")?;
    rows.optional(1)
}

/// `key.revoke`
pub fn revoke(database: &mut Database<'_, '_>, call: &Call, request: KeyRevoke) -> Result<KeyRevoked> {
    call.require_whole_tenant("signing key")?;
    let reason = required_text("reason", &request.reason, 500)?;
    crate::tenant::change_configuration(database, call)?;
    let mut rows = database.write(
        "SELECT purpose, is_current, revoked_at FROM admit.signing_key WHERE tenant_id = $1 AND key_id = $2",
        arguments![call.tenant_id, request.key_id],
    )?;
    rows.only("signing key")?;
    let purpose = KeyPurpose::from_word(&rows.get::<String>(1)?)
        .ok_or_else(|| Error::new(ErrorCode::Internal, "unknown purpose of a key"))?;
    let earlier: Option<Timestamp> = rows.optional(3)?;
    if rows.get(2)? {
        create(database, call, purpose)?;
    }
    let current_key_id = super::current(database, call.tenant_id, purpose)?;
    if earlier.is_none() {
        database.write(
            "UPDATE admit.signing_key SET revoked_at = $3 WHERE tenant_id = $1 AND key_id = $2",
            arguments![call.tenant_id, request.key_id, call.now],
        )?;
        let body = json!({
            "current_key_id": current_key_id, "key_id": request.key_id, "purpose": purpose.as_str(), "reason": reason,
        });
        append(database, call, fact("key.revoked", body))?;
    }
    Ok(KeyRevoked {
        key_id: request.key_id,
        purpose: purpose.as_str().to_owned(),
        revoked_at: earlier.unwrap_or(call.now),
        current_key_id,
    })
}
