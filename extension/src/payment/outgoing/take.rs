//! Effects for a worker: taken before they are sent, for a time after which another may take them.

use admit_core::journal::ActorKind;
use admit_core::payment::Provider;
use admit_core::payment::outgoing::{EffectKind, Hindrance, KEY_HOURS, dialect, numbered_key};
use admit_core::payment::stripe::account::made_since;
use admit_core::{Error, ErrorCode, Result};
use jiff::SignedDuration;
use pgrx::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::super::api_key::{self, ApiKey};
use crate::call::{Actor, Call, now};
use crate::database::{Column, Database, Rows, arguments, connect};
use crate::raise::settle;
use crate::settings::{EVERY_TENANT, show_tenant};

/// How long a worker has for a try.
const WORKER_SECONDS: i64 = 60;
/// Effects of one call at most.
const MOST: i32 = 100;
/// How long effects that cannot be sent are put off.
const POSTPONE_SECONDS: i64 = 60;
/// Effects that are put off at once.
const POSTPONE_MOST: i64 = 1_000;

/// A request as it is to be sent, with what authenticates it.
struct Taken {
    tenant_id: i32,
    effect_id: Uuid,
    attempt: i32,
    kind: String,
    provider: &'static str,
    host: &'static str,
    method: String,
    path: String,
    headers: serde_json::Value,
    body: String,
}

/// Takes due effects of all tenants for a worker, which has a minute to send and report each.
#[pg_extern(sql = false, security_definer)]
#[allow(clippy::type_complexity, reason = "SQL callers name columns")]
fn effect_take(
    worker_id: pgrx::Uuid,
    most: i32,
) -> TableIterator<
    'static,
    (
        name!(tenant_id, i32),
        name!(effect_id, pgrx::Uuid),
        name!(attempt, i32),
        name!(kind, String),
        name!(provider, String),
        name!(host, String),
        name!(method, String),
        name!(path, String),
        name!(headers, pgrx::JsonB),
        name!(body, String),
    ),
> {
    let taken = settle(connect(|database| {
        crate::migrate::require_current(database)?;
        crate::settings::require_durable_commit()?;
        take(database, Uuid::from_stored(worker_id), most)
    }));
    TableIterator::new(taken.into_iter().map(|one| {
        let headers = pgrx::JsonB(one.headers);
        let provider = one.provider.to_owned();
        let effect_id = one.effect_id.into_stored();
        let host = one.host.to_owned();
        (one.tenant_id, effect_id, one.attempt, one.kind, provider, host, one.method, one.path, headers, one.body)
    }))
}

fn take(database: &mut Database<'_, '_>, worker_id: Uuid, most: i32) -> Result<Vec<Taken>> {
    if !(1..=MOST).contains(&most) {
        return Err(Error::invalid(format!("most must be between 1 and {MOST}")));
    }
    show_tenant(EVERY_TENANT);
    let tenants = database
        .read(include_str!("../../../../sql/statements/effect_due_tenants.sql"), arguments![now(), i64::from(most)])?
        .collect(|row| row.get::<i32>(1))?;
    let mut taken = Vec::new();
    for (position, tenant_id) in tenants.iter().enumerate() {
        // Everybody who waits gets a share, so that one tenant's thousands do not stop the others.
        let left = most.saturating_sub(i32::try_from(taken.len()).unwrap_or(i32::MAX));
        let waiting = i32::try_from(tenants.len() - position).unwrap_or(i32::MAX);
        let mut share = (left + waiting - 1) / waiting;
        show_tenant(*tenant_id);
        let call = Call { actor: Actor::new(ActorKind::System, None), ..Call::from_sql(*tenant_id) };
        for provider in Provider::ALL {
            let own = take_of(database, &call, *provider, worker_id, share)?;
            share -= i32::try_from(own.len()).unwrap_or(share);
            taken.extend(own);
        }
    }
    Ok(taken)
}

/// Takes a tenant's effects of one provider in the mode of its API key. The others wait for a key of
/// theirs, and all without a key that opens: each says so, and an alert does.
fn take_of(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    worker_id: Uuid,
    most: i32,
) -> Result<Vec<Taken>> {
    let api_key = match api_key::open(database, call.tenant_id, provider) {
        Ok(Some(api_key)) => api_key,
        Ok(None) => return postpone(database, call, provider, Hindrance::NoApiKey).map(|()| Vec::new()),
        Err(error) if error.code == ErrorCode::MasterKeyUnavailable => {
            return postpone(database, call, provider, Hindrance::NoMasterKey).map(|()| Vec::new());
        }
        Err(error) => return Err(error),
    };
    postpone(database, call, provider, Hindrance::OtherMode { live: !api_key.live })?;
    let rows = database.point(
        include_str!("../../../../sql/statements/effect_take.sql"),
        arguments![
            call.tenant_id,
            provider.as_str(),
            call.now,
            worker_id,
            call.now + SignedDuration::from_secs(WORKER_SECONDS),
            i64::from(most),
            KEY_HOURS,
            api_key.live,
            looked_for(),
        ],
    )?;
    rows.collect(|row| taken_of(row, call.tenant_id, provider, &api_key))
}

/// Kinds that are looked for before they are asked for again.
fn looked_for() -> Vec<String> {
    let kinds = EffectKind::ALL.iter().filter(|kind| kind.is_looked_for());
    kinds.map(|kind| kind.as_str().to_owned()).collect()
}

/// Puts off what cannot be sent, so that a tenant without a key does not keep the others waiting.
fn postpone(database: &mut Database<'_, '_>, call: &Call, provider: Provider, hindrance: Hindrance) -> Result<()> {
    database.point(
        include_str!("../../../../sql/statements/effect_postpone.sql"),
        arguments![
            call.tenant_id,
            provider.as_str(),
            call.now,
            call.now + SignedDuration::from_secs(POSTPONE_SECONDS),
            POSTPONE_MOST,
            hindrance.live(),
            hindrance.reason(provider),
        ],
    )?;
    Ok(())
}

fn taken_of(row: &Rows<'_>, tenant_id: i32, provider: Provider, api_key: &ApiKey) -> Result<Taken> {
    let kind: String = row.get(3)?;
    let (mut method, mut path, mut body): (String, String, String) = (row.get(4)?, row.get(5)?, row.get(6)?);
    let key = numbered_key(&row.get::<String>(7)?, row.get(8)?);
    let looking: bool = row.get(9)?;
    if looking {
        let look = if kind == EffectKind::AccountCreate.as_str() {
            made_since(row.get(12)?)
        } else {
            let reference = row.optional::<String>(10)?.unwrap_or_default();
            dialect::refunds(provider, row.get(11)?, &reference)
        };
        (method, path, body) = (look.method.to_owned(), look.path, look.body);
    }
    let headers = dialect::headers(provider, &api_key.text, &key, &method);
    Ok(Taken {
        tenant_id,
        effect_id: row.get(1)?,
        attempt: row.get(2)?,
        kind,
        provider: provider.as_str(),
        host: dialect::host(provider, &path, api_key.live),
        method,
        path,
        headers: json!(headers),
        body,
    })
}
