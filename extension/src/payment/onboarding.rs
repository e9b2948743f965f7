//! Onboarding of the tenant's connected account: the account is asked for once, links as often as
//! somebody wants one. A link lets whoever has it act for the account, so it is sealed at rest, is in
//! the answer of `provider.onboarding` alone, and neither in the journal nor in a log.

use admit_core::payment::Provider;
use admit_core::payment::onboarding::{
    LinkState, ProviderOnboard, ProviderOnboardingGet, ProviderOnboardingView, country,
};
use admit_core::payment::outgoing::{EffectState, return_url};
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::api_key;
use super::outgoing::onboarding::{account_key, create_account, create_link};
use super::provider::{self, Terms};
use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::append;
use crate::venue::{fact, without_nulls};

/// What a link is asked for.
struct Wish {
    provider: Provider,
    live: bool,
    refresh_url: String,
    return_url: String,
    country: Option<String>,
}

/// `provider.onboard`
pub fn onboard(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: ProviderOnboard,
) -> Result<ProviderOnboardingView> {
    call.require_whole_tenant("provider")?;
    let terms = terms(database, call, request.provider)?;
    let wish = Wish {
        provider: request.provider,
        live: terms.live,
        refresh_url: return_url("refresh_url", &request.refresh_url, terms.live)?,
        return_url: return_url("return_url", &request.return_url, terms.live)?,
        country: request.country.as_deref().map(country).transpose()?,
    };
    let onboarding_id = match terms.connected_account {
        Some(_) if wish.country.is_some() => {
            return Err(Error::invalid("country is for an account that is to be made, but there is one: leave it out"));
        }
        Some(account) => link(database, call, &wish, Some(&account))?,
        None => of_own_account(database, call, &wish)?,
    };
    view(database, call, onboarding_id)
}

/// The terms of a provider that makes accounts.
fn terms(database: &mut Database<'_, '_>, call: &Call, asked: Provider) -> Result<Terms> {
    if asked != Provider::Stripe {
        return Err(Error::invalid("provider must be stripe: the others have no connected accounts"));
    }
    let terms = provider::terms(database, call, asked)?;
    if !terms.has_api_key {
        let detail = "onboarding needs an api_key of stripe: configure it with provider.configure";
        return Err(Error::new(ErrorCode::Conflict, detail));
    }
    Ok(terms)
}

/// Asks for a link to the account that admit has made or is to make; gives the onboarding.
fn of_own_account(database: &mut Database<'_, '_>, call: &Call, wish: &Wish) -> Result<Uuid> {
    let mut rows = database.point(
        "SELECT onboarding_id, country, account FROM admit.connected_account \
         WHERE tenant_id = $1 AND provider = $2 AND live = $3 FOR UPDATE",
        arguments![call.tenant_id, wish.provider.as_str(), wish.live],
    )?;
    if rows.next() {
        let account: Option<String> = rows.optional(3)?;
        require_known(database, call, wish, (rows.get(1)?, &rows.get::<String>(2)?, account.is_some()))?;
        return link(database, call, wish, account.as_deref());
    }
    let Some(country) = &wish.country else {
        return Err(Error::invalid("country is missing: the account is yet to be made, and its country never changes"));
    };
    let own = begin(database, call, wish, None)?;
    let mut rows = database.point(
        include_str!("../../../sql/statements/connected_account_ask.sql"),
        arguments![call.tenant_id, wish.provider.as_str(), wish.live, own, country.as_str(), call.now],
    )?;
    rows.only("account")?;
    let (first, theirs, account): (Uuid, String, Option<String>) = (rows.get(1)?, rows.get(2)?, rows.optional(3)?);
    if first == own {
        create_account(database, call, wish.provider, own, country)?;
        return Ok(own);
    }
    // Somebody else was faster.
    require_known(database, call, wish, (first, &theirs, account.is_some()))?;
    if let Some(account) = account {
        give_account(database, call, wish, own, &account)?;
    }
    Ok(own)
}

/// Refuses a wish that does not fit the account that is known, or waits for one that nobody knows of.
fn require_known(
    database: &mut Database<'_, '_>,
    call: &Call,
    wish: &Wish,
    (first, country, made): (Uuid, &str, bool),
) -> Result<()> {
    if wish.country.as_deref().is_some_and(|wished| wished != country) {
        let detail = format!("the account is one of {country}, which never changes: leave country out");
        return Err(Error::new(ErrorCode::Conflict, detail));
    }
    if made {
        return Ok(());
    }
    let mut rows = database.point_read(
        "SELECT state FROM admit.effect WHERE tenant_id = $1 AND provider = $2 AND provider_idempotency_key = $3",
        arguments![call.tenant_id, wish.provider.as_str(), account_key(first)],
    )?;
    rows.only("effect")?;
    if rows.get::<String>(1)? == EffectState::Uncertain.as_str() {
        return Err(Error::new(
            ErrorCode::Conflict,
            "whether the provider has made the account is not known: have it looked for with effect.retry, or name the \
             account as connected_account with provider.configure",
        ));
    }
    Ok(())
}

/// Asks for a link, or goes on with one that was asked for in the same words and is not answered.
fn link(database: &mut Database<'_, '_>, call: &Call, wish: &Wish, account: Option<&str>) -> Result<Uuid> {
    let mut same = database.point(
        include_str!("../../../sql/statements/onboarding_same.sql"),
        arguments![
            call.tenant_id,
            wish.provider.as_str(),
            wish.live,
            LinkState::Pending.as_str(),
            wish.refresh_url.as_str(),
            wish.return_url.as_str(),
            account.map(str::to_owned),
        ],
    )?;
    if same.next() {
        return same.get(1);
    }
    let onboarding_id = begin(database, call, wish, account)?;
    if let Some(account) = account {
        let addresses = (account, wish.refresh_url.as_str(), wish.return_url.as_str());
        create_link(database, call, wish.provider, onboarding_id, addresses)?;
    }
    Ok(onboarding_id)
}

fn begin(database: &mut Database<'_, '_>, call: &Call, wish: &Wish, account: Option<&str>) -> Result<Uuid> {
    let onboarding_id = new_id(call.now)?;
    database.write(
        "INSERT INTO admit.provider_onboarding \
             (tenant_id, onboarding_id, provider, live, refresh_url, return_url, account, state, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        arguments![
            call.tenant_id,
            onboarding_id,
            wish.provider.as_str(),
            wish.live,
            wish.refresh_url.as_str(),
            wish.return_url.as_str(),
            account.map(str::to_owned),
            LinkState::Pending.as_str(),
            call.now,
        ],
    )?;
    let body = json!({
        "account": account, "country": wish.country, "live": wish.live, "onboarding_id": onboarding_id,
        "provider": wish.provider,
    });
    append(database, call, fact("provider.onboarding_started", None, None, without_nulls(body)))?;
    Ok(onboarding_id)
}

/// Gives an onboarding that was begun the account that had been made meanwhile.
fn give_account(
    database: &mut Database<'_, '_>,
    call: &Call,
    wish: &Wish,
    onboarding_id: Uuid,
    account: &str,
) -> Result<()> {
    database.write(
        "UPDATE admit.provider_onboarding SET account = $3 WHERE tenant_id = $1 AND onboarding_id = $2",
        arguments![call.tenant_id, onboarding_id, account],
    )?;
    let addresses = (account, wish.refresh_url.as_str(), wish.return_url.as_str());
    create_link(database, call, wish.provider, onboarding_id, addresses)
}

/// `provider.onboarding`
pub fn read(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: ProviderOnboardingGet,
) -> Result<ProviderOnboardingView> {
    call.require_whole_tenant("onboarding")?;
    view(database, call, request.onboarding_id)
}

fn view(database: &mut Database<'_, '_>, call: &Call, onboarding_id: Uuid) -> Result<ProviderOnboardingView> {
    let mut rows = database.point(
        "SELECT provider, state, account, sealed_url, expires_at, failure, created_at FROM admit.provider_onboarding \
         WHERE tenant_id = $1 AND onboarding_id = $2",
        arguments![call.tenant_id, onboarding_id],
    )?;
    rows.only("onboarding")?;
    let expires_at: Option<Timestamp> = rows.optional(5)?;
    let over = expires_at.is_some_and(|expires_at| expires_at <= call.now);
    Ok(ProviderOnboardingView {
        onboarding_id,
        provider: rows.get(1)?,
        state: if over { LinkState::Expired.as_str().to_owned() } else { rows.get(2)? },
        account: rows.optional(3)?,
        url: if over { None } else { url(call, onboarding_id, &rows)? },
        expires_at,
        failure: rows.optional(6)?,
        created_at: rows.get(7)?,
    })
}

fn url(call: &Call, onboarding_id: Uuid, rows: &Rows<'_>) -> Result<Option<String>> {
    let sealed: Option<Vec<u8>> = rows.optional(4)?;
    sealed.map(|sealed| api_key::open_client_secret(call, onboarding_id, &sealed)).transpose()
}
