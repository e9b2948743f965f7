//! Providers: their terms and webhook secrets. Secrets are sealed under the master key.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use admit_core::payment::notice::reference;
use admit_core::payment::outgoing::dialect::{is_api_key, lists_payments};
use admit_core::payment::{Provider, ProviderConfigure, ProviderConfigured, reconciliation};
use admit_core::sealed::NONCE_LENGTH;
use admit_core::{Error, ErrorCode, Result};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::json;
use uuid::Uuid;

use super::api_key;
use crate::call::{Call, random};
use crate::database::{Database, arguments};
use crate::journal::{Fact, append};
use crate::key::master_key;
use crate::scan::config::current_revision;

/// Webhook secrets of one provider at most.
const SECRETS_MAX: usize = 8;
/// A shorter webhook token could be guessed.
const TOKEN_LENGTH_MIN: usize = 16;
/// Opened secrets and terms of more providers than this are not kept; the cache starts again.
const KEPT_MAX: usize = 1024;

/// What a secret is, to the cipher.
fn context(tenant_id: i32, provider: &str) -> String {
    format!("admit provider {tenant_id} {provider}")
}

/// On which terms fundings come in.
pub struct Terms {
    /// Live or test mode.
    pub live: bool,
    /// Whether admit calls the provider itself.
    pub has_api_key: bool,
    /// The provider's account that the money goes to.
    pub connected_account: Option<String>,
    application_fee_percentage: Option<Decimal>,
}

impl Terms {
    /// The application fee of an amount, in minor units: rounded half up, at most the amount.
    pub fn application_fee(&self, amount_cents: i64) -> i64 {
        let percentage = self.application_fee_percentage.unwrap_or_default();
        (Decimal::from(amount_cents) * percentage / Decimal::ONE_HUNDRED)
            .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
            .to_i64()
            .map_or(amount_cents, |fee| fee.clamp(0, amount_cents))
    }
}

/// Terms with the revision that they belong to.
type KeptTerms = (Uuid, Rc<Terms>);

thread_local! {
    /// Terms by tenant and provider.
    static TERMS: RefCell<HashMap<(i32, &'static str), KeptTerms>> = RefCell::default();
}

/// The terms of a provider as of a revision of the tenant's configuration: the kept ones if they belong to it,
/// else what is read now.
///
/// # Errors
/// `conflict` when it is not configured.
pub fn terms_as_of(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    revision: Uuid,
) -> Result<Rc<Terms>> {
    let key = (call.tenant_id, provider.as_str());
    let kept = TERMS.with_borrow(|terms| terms.get(&key).cloned());
    if let Some((_, terms)) = kept.filter(|(kept_revision, _)| *kept_revision == revision) {
        return Ok(terms);
    }
    let terms = Rc::new(terms(database, call, provider)?);
    // A change may have been committed in between: then they are used, but not kept.
    if current_revision(database, call.tenant_id)? == revision {
        TERMS.with_borrow_mut(|kept| {
            if kept.len() >= KEPT_MAX {
                kept.clear();
            }
            kept.insert(key, (revision, Rc::clone(&terms)));
        });
    }
    Ok(terms)
}

/// The terms of a provider as they are now.
///
/// # Errors
/// `conflict` when it is not configured.
pub fn terms(database: &mut Database<'_, '_>, call: &Call, provider: Provider) -> Result<Terms> {
    let mut rows = database.read(
        "SELECT connected_account, application_fee_percentage::text, live, sealed_api_key IS NOT NULL FROM admit.provider \
         WHERE tenant_id = $1 AND provider = $2",
        arguments![call.tenant_id, provider.as_str()],
    )?;
    if !rows.next() {
        let name = provider.as_str();
        return Err(Error::new(
            ErrorCode::Conflict,
            format!("{name} is not configured: configure it first with provider.configure"),
        ));
    }
    let percentage: Option<String> = rows.optional(2)?;
    let percentage = percentage.map(|text| text.parse()).transpose();
    Ok(Terms {
        live: rows.get(3)?,
        has_api_key: rows.get(4)?,
        connected_account: rows.optional(1)?,
        application_fee_percentage: percentage
            .map_err(|_| Error::new(ErrorCode::Internal, "a stored application fee cannot be read"))?,
    })
}

/// Webhook secrets as they are used.
type Secrets = Rc<Vec<String>>;

thread_local! {
    /// Opened secrets by tenant and sealed bytes, which are new whenever they are sealed.
    static OPENED: RefCell<HashMap<(i32, Vec<u8>), Secrets>> = RefCell::default();
}

/// Whether a provider is in live mode, and its webhook secrets; none when it is not configured.
pub fn webhook_secrets(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: &str,
) -> Result<Option<(bool, Secrets)>> {
    let mut rows = database.point_read(
        "SELECT live, sealed_secrets FROM admit.provider WHERE tenant_id = $1 AND provider = $2",
        arguments![call.tenant_id, provider],
    )?;
    if !rows.next() {
        return Ok(None);
    }
    let (live, sealed): (bool, Vec<u8>) = (rows.get(1)?, rows.get(2)?);
    let key = (call.tenant_id, sealed);
    if let Some(opened) = OPENED.with_borrow(|opened| opened.get(&key).cloned()) {
        return Ok(Some((live, opened)));
    }
    let content = master_key()?.open(&context(call.tenant_id, provider), &key.1)?;
    let secrets: Vec<String> = serde_json::from_slice(&content)
        .map_err(|_| Error::new(ErrorCode::Internal, "stored webhook secrets cannot be read"))?;
    let secrets = Rc::new(secrets);
    OPENED.with_borrow_mut(|opened| {
        if opened.len() >= KEPT_MAX {
            opened.clear();
        }
        opened.insert(key, Rc::clone(&secrets));
    });
    Ok(Some((live, secrets)))
}

/// `provider.configure`
pub fn configure(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: ProviderConfigure,
) -> Result<ProviderConfigured> {
    call.require_whole_tenant("provider")?;
    let provider = request.provider.as_str();
    require_secrets(request.provider, request.live, &request.webhook_secrets)?;
    require_own_terms(&request)?;
    let connected_account =
        request.connected_account.as_deref().map(|account| reference("connected_account", account)).transpose()?;
    let percentage = percentage(request.application_fee_percentage)?;
    let secrets = serde_json::to_vec(&request.webhook_secrets)
        .map_err(|_| Error::new(ErrorCode::Internal, "the secrets cannot be written as JSON"))?;
    let sealed = master_key()?.seal(random::<NONCE_LENGTH>()?, &context(call.tenant_id, provider), &secrets)?;
    let sealed_api_key = request.api_key.as_deref().map(|key| api_key::seal(call, request.provider, request.live, key));
    let sealed_api_key = sealed_api_key.transpose()?;
    let has_api_key = sealed_api_key.is_some();
    let reconciliation_hour = daily_hour(&request, has_api_key)?;
    let secret_count = i32::try_from(request.webhook_secrets.len()).unwrap_or_default();
    crate::tenant::change_configuration(database, call)?;
    database.write(
        include_str!("../../../sql/statements/provider_configure.sql"),
        arguments![
            call.tenant_id,
            provider,
            request.live,
            sealed,
            secret_count,
            connected_account.clone(),
            percentage.clone(),
            call.now,
            sealed_api_key,
            reconciliation_hour,
        ],
    )?;
    let body = json!({
        "api_key": has_api_key, "application_fee_percentage": percentage, "connected_account": connected_account,
        "live": request.live, "provider": provider, "reconciliation_hour": reconciliation_hour,
        "webhook_secrets": secret_count,
    });
    append(
        database,
        call,
        Fact {
            action: "provider.configured",
            event_id: None,
            gate_id: None,
            wallet_id: None,
            money: None,
            body: crate::venue::without_nulls(body),
        },
    )?;
    let webhook_secrets = secret_count;
    Ok(ProviderConfigured { provider: provider.to_owned(), live: request.live, webhook_secrets, has_api_key })
}

/// The hour of the daily reconciliation; none where there is none.
fn daily_hour(request: &ProviderConfigure, has_api_key: bool) -> Result<Option<i32>> {
    let possible = has_api_key && lists_payments(request.provider);
    reconciliation::daily_hour(possible, request.daily_reconciliation, request.reconciliation_hour)
}

fn require_secrets(provider: Provider, live: bool, secrets: &[String]) -> Result<()> {
    if !(1..=SECRETS_MAX).contains(&secrets.len()) {
        return Err(Error::invalid(format!("webhook_secrets must have 1 to {SECRETS_MAX} secrets")));
    }
    let valid = |secret: &String| match provider {
        Provider::Stripe => {
            secret.starts_with("whsec_")
                && (10..=200).contains(&secret.len())
                && secret.bytes().all(|byte| byte.is_ascii_graphic())
        }
        Provider::Midtrans => is_api_key(provider, secret, live),
        Provider::Xendit => {
            (TOKEN_LENGTH_MIN..=200).contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_graphic())
        }
    };
    if secrets.iter().all(valid) {
        return Ok(());
    }
    Err(Error::invalid(match provider {
        Provider::Stripe => {
            "each of webhook_secrets must begin with whsec_ and have 10 to 200 characters, without spaces"
        }
        Provider::Midtrans => "each of webhook_secrets must be a server key that fits live",
        Provider::Xendit => "each of webhook_secrets must be a webhook token of 16 to 200 characters, without spaces",
    }))
}

/// What only some providers have, and what others cannot do without.
fn require_own_terms(request: &ProviderConfigure) -> Result<()> {
    if request.provider == Provider::Stripe {
        return Ok(());
    }
    if request.connected_account.is_some() || request.application_fee_percentage.is_some() {
        return Err(Error::invalid("connected_account and application_fee_percentage are Stripe's: leave them out"));
    }
    if request.api_key.is_none() {
        let name = request.provider.as_str();
        return Err(Error::invalid(format!("api_key is missing: notices of {name} prove nothing until it was asked")));
    }
    Ok(())
}

/// The percentage as it is stored.
fn percentage(percentage: Option<Decimal>) -> Result<Option<String>> {
    let Some(percentage) = percentage.map(|percentage| percentage.normalize()) else { return Ok(None) };
    if (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&percentage) && percentage.scale() <= 4 {
        return Ok(Some(percentage.to_string()));
    }
    Err(Error::new(
        ErrorCode::InvalidFee,
        "application_fee_percentage must be between 0 and 100 and have at most four decimals",
    ))
}
