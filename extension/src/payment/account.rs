//! Connected accounts: what their provider lets them do.

use admit_core::Result;
use admit_core::payment::notice::AccountStatus;
use admit_core::payment::{ProviderGet, ProviderView};
use serde_json::json;

use super::effect::{Outcome, Told};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::{Fact, append};

/// Stores what an account may do now; what was told before something later changes nothing.
pub fn updated(
    database: &mut Database<'_, '_>,
    call: &Call,
    told: &Told<'_>,
    status: AccountStatus,
) -> Result<Outcome> {
    let account = told.subject.object_id.as_str();
    let stored = database.point(
        include_str!("../../../sql/statements/provider_account_store.sql"),
        arguments![
            call.tenant_id,
            told.provider.as_str(),
            account,
            status.charges_enabled,
            status.payouts_enabled,
            status.details_submitted,
            told.created_at.unwrap_or(call.now),
        ],
    )?;
    if stored.is_empty() {
        return Ok(Outcome::duplicate());
    }
    let body = json!({
        "account": account, "charges_enabled": status.charges_enabled, "delivery_id": told.delivery_id,
        "details_submitted": status.details_submitted, "payouts_enabled": status.payouts_enabled,
        "provider": told.provider,
    });
    let action = "provider.account_updated";
    append(database, call, Fact { action, event_id: None, gate_id: None, wallet_id: None, money: None, body })?;
    Ok(Outcome::applied())
}

/// `provider.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: ProviderGet) -> Result<ProviderView> {
    call.require_whole_tenant("provider")?;
    let provider = request.provider.as_str();
    let mut rows = database
        .read(include_str!("../../../sql/statements/provider_get.sql"), arguments![call.tenant_id, provider])?;
    rows.only("provider")?;
    Ok(ProviderView {
        provider: provider.to_owned(),
        live: rows.get(1)?,
        webhook_secrets: rows.get(2)?,
        has_api_key: rows.get(3)?,
        reconciliation_hour: rows.optional(11)?,
        connected_account: rows.optional(4)?,
        application_fee_percentage: rows.optional(5)?,
        charges_enabled: rows.optional(6)?,
        payouts_enabled: rows.optional(7)?,
        details_submitted: rows.optional(8)?,
        account_told_at: rows.optional(9)?,
        updated_at: rows.get(10)?,
    })
}
