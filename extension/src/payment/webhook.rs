//! The inbox of webhooks: signature, then one stored row an event, then its effect, in one
//! transaction. The provider is answered after the commit, so nothing acknowledged is lost.

use admit_core::journal::ActorKind;
use admit_core::payment::notice::Notice;
use admit_core::payment::{DeliveryPage, DeliveryState, DeliveryView, Provider, WebhookList, WebhookReceived};
use admit_core::payment::{midtrans, stripe, xendit};
use admit_core::{Error, ErrorCode, Result};
use pgrx::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::effect::{self, Outcome, Told};
use super::outgoing::confirm;
use super::parked;
use super::provider::webhook_secrets;
use crate::call::{Actor, Call, new_id, random};
use crate::database::{Column, Database, arguments, connect};
use crate::page::Page;
use crate::raise::settle;

pub use super::parked::retry_parked;

/// A delivery is at most this long.
const BODY_BYTES_MAX: usize = 512 * 1024;
/// The header with Stripe's signatures.
const SIGNATURE_HEADER: &str = "stripe-signature";
/// The header with Xendit's token.
const TOKEN_HEADER: &str = "x-callback-token";

/// Takes a provider's webhook exactly once.
#[pg_extern(sql = false, security_definer)]
fn webhook(
    tenant_id: i32,
    provider: &str,
    body: &[u8],
    headers: pgrx::JsonB,
) -> TableIterator<'static, (name!(delivery_id, pgrx::Uuid), name!(state, String))> {
    let received = settle(connect(|database| {
        crate::dispatch::prepare(database, tenant_id)?;
        crate::settings::require_durable_commit()?;
        let call = Call { actor: Actor::new(ActorKind::Provider, None), ..Call::from_sql(tenant_id) };
        receive(database, &call, provider, body, &headers.0)
    }));
    TableIterator::once((received.delivery_id.into_stored(), received.state))
}

fn receive(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: &str,
    body: &[u8],
    headers: &Value,
) -> Result<WebhookReceived> {
    if body.len() > BODY_BYTES_MAX {
        return Err(Error::new(ErrorCode::PayloadTooLarge, format!("a delivery has at most {BODY_BYTES_MAX} bytes")));
    }
    let (provider, live) = authenticate(database, call, provider, body, headers)?;
    let notice = read(provider, body)?;
    if effect::carries_out(&notice) {
        parked::lock_object(database, call, &notice.object_reference)?;
    }
    let first = first_outcome(&notice, live);
    let expected = expected(&notice, &first);
    let Some(delivery_id) = store_delivery(database, call, provider, &notice, body, &expected)? else {
        return receive_again(database, call, provider, &notice, body, first);
    };
    if first.state != DeliveryState::Parked {
        return Ok(received(delivery_id, &first));
    }
    let outcome = carry_out(database, call, provider, delivery_id, &notice, first)?;
    if outcome != expected {
        parked::store(database, call, delivery_id, &outcome)?;
    }
    Ok(received(delivery_id, &outcome))
}

/// Stores a delivery with what became of it; none when one of its provider's event is there already.
pub fn store_delivery(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    notice: &Notice,
    body: &[u8],
    outcome: &Outcome,
) -> Result<Option<Uuid>> {
    let delivery_id = new_id(call.now)?;
    let stored = database.write(
        include_str!("../../../sql/statements/webhook_store.sql"),
        arguments![
            call.tenant_id,
            delivery_id,
            provider.as_str(),
            notice.reference.as_str(),
            notice.event_type.as_str(),
            notice.object_reference.as_str(),
            body,
            outcome.state.as_str(),
            outcome.detail.clone(),
            call.now,
        ],
    )?;
    Ok((!stored.is_empty()).then_some(delivery_id))
}

/// As what a delivery is stored before it is carried out, so that its row is written once: as applied, which
/// is what comes of nearly all. Another end is written over it before anybody sees it.
fn expected(notice: &Notice, first: &Outcome) -> Outcome {
    if first.state == DeliveryState::Parked && !notice.needs_confirmation { Outcome::applied() } else { first.clone() }
}

/// Reads a provider's notice.
pub fn read(provider: Provider, body: &[u8]) -> Result<Notice> {
    match provider {
        Provider::Stripe => stripe::read_notice(body),
        Provider::Midtrans => midtrans::read_notice(body),
        Provider::Xendit => xendit::read_notice(body),
    }
}

fn received(delivery_id: Uuid, outcome: &Outcome) -> WebhookReceived {
    WebhookReceived { delivery_id, state: outcome.state.as_str().to_owned() }
}

/// Proves that a configured provider signed the body; gives the provider and its mode. Unknown
/// tenants and providers cost the same work and get the same answer as a wrong signature.
fn authenticate(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: &str,
    body: &[u8],
    headers: &Value,
) -> Result<(Provider, bool)> {
    let header = |wanted: &str| {
        let headers = headers.as_object().into_iter().flatten();
        let mut named = headers.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        named.next().and_then(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let verify = |provider, secrets: &[String]| match provider {
        Some(Provider::Midtrans) => midtrans::verify_signature(body, secrets),
        Some(Provider::Xendit) => xendit::verify_token(header(TOKEN_HEADER), secrets),
        Some(Provider::Stripe) | None => {
            stripe::verify_signature(header(SIGNATURE_HEADER), body, secrets, call.now.as_second())
        }
    };
    let configured = webhook_secrets(database, call, provider)?;
    let provider = Provider::from_word(provider);
    if let (Some(provider), Some((live, secrets))) = (provider, configured) {
        verify(Some(provider), &secrets)?;
        return Ok((provider, live));
    }
    let nobodys = data_encoding::HEXLOWER.encode(&random::<32>()?);
    verify(provider, &[nobodys])?;
    Err(Error::new(ErrorCode::InvalidSignature, "no signature matches a configured webhook secret"))
}

/// What an event comes to before anything is looked up; what may have an effect starts parked.
fn first_outcome(notice: &Notice, live: bool) -> Outcome {
    let mode = |live: bool| if live { "live" } else { "test" };
    if let Some(told) = notice.live.filter(|told| *told != live) {
        return Outcome::refused(format!(
            "it is of {} mode, but the provider is configured for {} mode",
            mode(told),
            mode(live)
        ));
    }
    if effect::carries_out(notice) { Outcome::parked() } else { Outcome::ignored() }
}

/// The same event once more: a parked one is tried again, and a refused one, since what it
/// contradicted may have been corrected; any other stays as it is.
fn receive_again(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    notice: &Notice,
    body: &[u8],
    first: Outcome,
) -> Result<WebhookReceived> {
    let mut rows = database.point(
        include_str!("../../../sql/statements/webhook_again.sql"),
        arguments![call.tenant_id, provider.as_str(), notice.reference.as_str(), body],
    )?;
    rows.only("delivery")?;
    let (delivery_id, state): (Uuid, String) = (rows.get(1)?, rows.get(2)?);
    let refused_before = state == DeliveryState::Refused.as_str() && rows.get(3)?;
    if state != DeliveryState::Parked.as_str() && !refused_before {
        return Ok(received(delivery_id, &Outcome::duplicate()));
    }
    let outcome = carry_out(database, call, provider, delivery_id, notice, first)?;
    parked::store(database, call, delivery_id, &outcome)?;
    Ok(received(delivery_id, &outcome))
}

/// Carries out what a stored delivery reports, unless its first outcome is final.
fn carry_out(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    delivery_id: Uuid,
    notice: &Notice,
    first: Outcome,
) -> Result<Outcome> {
    match &notice.subject {
        Some(subject) if first.state == DeliveryState::Parked && notice.needs_confirmation => {
            confirm::ask(database, call, provider, delivery_id, subject)
        }
        Some(subject) if first.state == DeliveryState::Parked => {
            effect::apply(database, call, &Told { delivery_id, provider, subject, created_at: notice.created_at })
        }
        _ => Ok(first),
    }
}

/// `webhook.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: WebhookList) -> Result<DeliveryPage> {
    call.require_whole_tenant("webhook")?;
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = database.read(
        include_str!("../../../sql/statements/webhook_list.sql"),
        arguments![call.tenant_id, page.after, request.state.map(|state| state.as_str().to_owned()), page.fetch()],
    )?;
    let items = rows.collect(|row| {
        Ok(DeliveryView {
            delivery_id: row.get(1)?,
            provider: row.get(2)?,
            event_reference: row.get(3)?,
            event_type: row.get(4)?,
            state: row.get(5)?,
            detail: row.optional(6)?,
            deliveries: row.get(7)?,
            received_at: row.get(8)?,
        })
    })?;
    let (items, next_cursor) = page.cut(items, |item| item.delivery_id);
    Ok(DeliveryPage { items, next_cursor })
}
