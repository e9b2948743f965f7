//! Receipts of journal entries, issued again: the same content, key and signature (RFC 8032 is
//! deterministic) give the same bytes.

use admit_core::journal::Entry;
use admit_core::receipt::{ReceiptGet, ReceiptView};
use admit_core::scan::receipt_content;
use admit_core::tenant::KeyPurpose;
use admit_core::{Error, ErrorCode, Result};

use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::entry_of;
use crate::key::sign_receipt;

/// `receipt.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: ReceiptGet) -> Result<ReceiptView> {
    let mut rows = database
        .read(include_str!("../../sql/statements/receipt_entry.sql"), arguments![call.tenant_id, request.entry_id])?;
    rows.only("entry")?;
    let entry = entry_of(&rows)?;
    if crate::payment::own_wallet(call).is_some_and(|own| entry.wallet_id != Some(own)) {
        return Err(Error::not_found("entry"));
    }
    call.require_scope("entry", rows.optional(14)?, entry.event_id)?;
    let key_id = key_of(database, call, &entry)?;
    let content = receipt_content(&entry, &entry.hash());
    Ok(ReceiptView {
        entry_id: entry.entry_id,
        receipt: sign_receipt(database, call.tenant_id, key_id, &content)?,
        key_revoked_at: crate::key::revoked_since(database, call.tenant_id, key_id)?,
        content: serde_json::from_slice(&content)
            .map_err(|_| Error::new(ErrorCode::Internal, "the receipt's content is not JSON"))?,
    })
}

/// The key that signs an entry's receipt: the one that the entry names, otherwise the tenant's first that was not
/// revoked when the entry was made, which stays the same when keys are rotated.
fn key_of(database: &mut Database<'_, '_>, call: &Call, entry: &Entry) -> Result<i32> {
    let named = entry.body.get("receipt_key").and_then(serde_json::Value::as_i64);
    if let Some(key_id) = named.and_then(|key_id| i32::try_from(key_id).ok()) {
        return Ok(key_id);
    }
    let mut rows = database.read(
        "SELECT min(key_id) FROM admit.signing_key \
         WHERE tenant_id = $1 AND purpose = $2 AND (revoked_at IS NULL OR revoked_at > $3)",
        arguments![call.tenant_id, KeyPurpose::Receipt.as_str(), entry.recorded_at],
    )?;
    rows.only("signing key")?;
    rows.get(1)
}
