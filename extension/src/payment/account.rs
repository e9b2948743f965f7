//! Connected accounts: what their provider lets them do.

use admit_core::Result;
use admit_core::payment::notice::AccountStatus;
use admit_core::payment::onboarding::{LinkState, ProviderGet, ProviderView, onboarding_state};
use serde_json::json;

use super::effect::{Outcome, Told};
use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::journal::{Fact, append};

/// Stores what an account may do now; what was told before something later changes nothing.
pub fn updated(
    database: &mut Database<'_, '_>,
    call: &Call,
    told: &Told<'_>,
    status: &AccountStatus,
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
            status.requirements_due.clone(),
            status.requirements_past_due.clone(),
            status.disabled_reason.clone(),
        ],
    )?;
    if stored.is_empty() {
        return Ok(Outcome::duplicate());
    }
    let body = json!({
        "account": account, "charges_enabled": status.charges_enabled, "delivery_id": told.delivery_id,
        "details_submitted": status.details_submitted, "disabled_reason": status.disabled_reason,
        "payouts_enabled": status.payouts_enabled, "provider": told.provider,
    });
    let body = crate::venue::without_nulls(body);
    let action = "provider.account_updated";
    append(database, call, Fact { action, event_id: None, gate_id: None, wallet_id: None, money: None, body })?;
    Ok(Outcome::applied())
}

/// `provider.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: ProviderGet) -> Result<ProviderView> {
    call.require_whole_tenant("provider")?;
    let provider = request.provider.as_str();
    let mut rows = database.read(
        include_str!("../../../sql/statements/provider_get.sql"),
        arguments![call.tenant_id, provider, LinkState::Pending.as_str()],
    )?;
    rows.only("provider")?;
    let told = told(&rows)?;
    let (connected_account, onboarded_account): (Option<String>, Option<String>) =
        (rows.optional(4)?, rows.optional(11)?);
    let account = connected_account.as_deref().or(onboarded_account.as_deref());
    let onboarding = onboarding_state(account, rows.get(12)?, told.as_ref());
    let flag = |read: fn(&AccountStatus) -> bool| told.as_ref().map(read);
    Ok(ProviderView {
        provider: provider.to_owned(),
        live: rows.get(1)?,
        webhook_secrets: rows.get(2)?,
        has_api_key: rows.get(3)?,
        reconciliation_hour: rows.optional(16)?,
        application_fee_percentage: rows.optional(5)?,
        onboarding: onboarding.as_str().to_owned(),
        charges_enabled: flag(|told| told.charges_enabled),
        payouts_enabled: flag(|told| told.payouts_enabled),
        details_submitted: flag(|told| told.details_submitted),
        account_told_at: rows.optional(9)?,
        updated_at: rows.get(10)?,
        requirements_due: told.as_ref().map(|told| told.requirements_due.clone()).unwrap_or_default(),
        requirements_past_due: told.as_ref().map(|told| told.requirements_past_due.clone()).unwrap_or_default(),
        disabled_reason: told.and_then(|told| told.disabled_reason),
        connected_account,
        onboarded_account,
    })
}

/// What the provider has told of the account; none until it has.
fn told(rows: &Rows<'_>) -> Result<Option<AccountStatus>> {
    let Some(charges_enabled) = rows.optional(6)? else { return Ok(None) };
    Ok(Some(AccountStatus {
        charges_enabled,
        payouts_enabled: rows.get(7)?,
        details_submitted: rows.get(8)?,
        requirements_due: rows.get(13)?,
        requirements_past_due: rows.get(14)?,
        disabled_reason: rows.optional(15)?,
    }))
}
