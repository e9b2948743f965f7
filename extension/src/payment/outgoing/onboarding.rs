//! What the provider is asked for an onboarding: the connected account, once, then links to it.
//!
//! Lock order: the effect, then the connected account, which settles who waits for it.

use admit_core::payment::Provider;
use admit_core::payment::onboarding::LinkState;
use admit_core::payment::outgoing::{EffectKind, Made, Step};
use admit_core::payment::stripe::account as request;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::super::api_key;
use super::{About, store};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::append;
use crate::venue::fact;

/// The idempotency key under which an onboarding's account is asked for.
pub fn account_key(onboarding_id: Uuid) -> String {
    format!("admit-account-{onboarding_id}")
}

/// Asks for the connected account.
pub fn create_account(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    onboarding_id: Uuid,
    country: &str,
) -> Result<()> {
    let outgoing = request::create(call.tenant_id, onboarding_id, country);
    let about = About { onboarding_id: Some(onboarding_id), ..About::default() };
    store(database, call, EffectKind::AccountCreate, provider, &about, &account_key(onboarding_id), &outgoing)
}

/// Asks for a link to an account's onboarding.
pub fn create_link(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    onboarding_id: Uuid,
    (account, refresh_url, return_url): (&str, &str, &str),
) -> Result<()> {
    let outgoing = request::link(account, refresh_url, return_url);
    let about = About { onboarding_id: Some(onboarding_id), ..About::default() };
    let key = format!("admit-account-link-{onboarding_id}");
    store(database, call, EffectKind::AccountLinkCreate, provider, &about, &key, &outgoing)
}

/// Stores what was made for an onboarding: the account, to which links are asked for then, or a link.
pub fn made(
    database: &mut Database<'_, '_>,
    call: &Call,
    (kind, provider): (EffectKind, Provider),
    onboarding_id: Uuid,
    made: Made,
) -> Result<Step> {
    if kind == EffectKind::AccountLinkCreate {
        return link_made(database, call, onboarding_id, made);
    }
    let account = made.object_reference.as_str();
    let mut rows = database.point(
        include_str!("../../../../sql/statements/connected_account_made.sql"),
        arguments![call.tenant_id, onboarding_id, account, call.now],
    )?;
    if !rows.next() {
        return Ok(Step::Uncertain(format!("made {account}, but another account is kept")));
    }
    let live: bool = rows.get(1)?;
    let body = json!({"account": account, "live": live, "onboarding_id": onboarding_id, "provider": provider});
    append(database, call, fact("provider.account_created", None, None, body))?;
    let waiting = database.point(
        include_str!("../../../../sql/statements/onboarding_waiting.sql"),
        arguments![call.tenant_id, provider.as_str(), live, LinkState::Pending.as_str(), account],
    )?;
    let waiting = waiting.collect(|row| Ok((row.get::<Uuid>(1)?, row.get::<String>(2)?, row.get::<String>(3)?)))?;
    for (onboarding_id, refresh_url, return_url) in waiting {
        create_link(database, call, provider, onboarding_id, (account, &refresh_url, &return_url))?;
    }
    Ok(Step::Done(made))
}

fn link_made(database: &mut Database<'_, '_>, call: &Call, onboarding_id: Uuid, made: Made) -> Result<Step> {
    let url = made.redirect_url.as_deref().ok_or_else(|| Error::new(ErrorCode::Internal, "a link has no address"))?;
    let sealed = api_key::seal_client_secret(call, onboarding_id, url)?;
    let mut rows = database.point(
        "UPDATE admit.provider_onboarding SET state = $3, sealed_url = $4, expires_at = $5, failure = NULL \
         WHERE tenant_id = $1 AND onboarding_id = $2 RETURNING account",
        arguments![call.tenant_id, onboarding_id, LinkState::Ready.as_str(), sealed, made.expires_at],
    )?;
    rows.only("onboarding")?;
    // A link has no id of its own: its account says what was made.
    Ok(Step::Done(Made { object_reference: rows.get(1)?, ..made }))
}

/// Notes that the provider refuses an onboarding's account or link: asking again starts anew.
pub fn refused(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    onboarding_id: Uuid,
    why: &str,
) -> Result<()> {
    database.point(
        include_str!("../../../../sql/statements/onboarding_refused.sql"),
        arguments![call.tenant_id, onboarding_id, LinkState::Pending.as_str(), LinkState::Failed.as_str(), why],
    )?;
    let body = json!({"onboarding_id": onboarding_id, "provider": provider, "reason": why});
    append(database, call, fact("provider.onboarding_refused", None, None, body))?;
    Ok(())
}
