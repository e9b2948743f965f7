//! Tenants, API keys and roles.

use admit_core::credential::{SecretCredential, SecretKind};
use admit_core::journal::ActorKind;
use admit_core::money::Currency;
use admit_core::registry::{COMMANDS, DEFAULT_ROLES, grants};
use admit_core::tenant::{
    ApiKeyCreate, ApiKeyCreated, ApiKeyList, ApiKeyPage, ApiKeyRevoke, ApiKeyView, KeyPurpose, Revoked, RoleList,
    RolePage, RoleSet, RoleView, is_role_name,
};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use pgrx::prelude::*;
use serde_json::json;
use uuid::Uuid;

use crate::call::{Call, new_id, random};
use crate::database::{Database, arguments};
use crate::journal::{Fact, append};
use crate::page::Page;
use crate::raise::settle;

/// A fact about the tenant itself.
fn fact(action: &'static str, body: serde_json::Value) -> Fact<serde_json::Value> {
    Fact { action, event_id: None, gate_id: None, wallet_id: None, money: None, body }
}

/// Locks the tenant's row and gives it a new revision, so that every backend loads its
/// configuration again. Every change of configuration starts with this.
pub fn change_configuration(database: &mut Database<'_, '_>, call: &Call) -> Result<()> {
    let rows = database.write(
        "UPDATE admit.tenant SET revision = $2 WHERE tenant_id = $1",
        arguments![call.tenant_id, new_id(call.now)?],
    )?;
    if rows.is_empty() { Err(Error::not_found("tenant")) } else { Ok(()) }
}

/// Creates a tenant with its keys, roles and an owner's API key.
#[pg_extern(sql = false, security_definer)]
fn tenant_create(
    tenant_id: i32,
    name: &str,
    currency: &str,
) -> TableIterator<'static, (name!(api_key_id, pgrx::Uuid), name!(api_key, String))> {
    let created = settle(crate::database::connect(|database| create(database, tenant_id, name, currency)));
    TableIterator::once((pgrx::Uuid::from_bytes(created.api_key_id.into_bytes()), created.api_key))
}

fn create(database: &mut Database<'_, '_>, tenant_id: i32, name: &str, currency: &str) -> Result<ApiKeyCreated> {
    if tenant_id < 1 {
        return Err(Error::invalid("tenant_id must be a positive number"));
    }
    let name = required_text("name", name, 200)?;
    let currency: Currency = currency.parse()?;
    let call = Call::from_sql(tenant_id);
    crate::migrate::require_current(database)?;
    crate::settings::show_tenant(tenant_id);
    crate::settings::require_durable_commit()?;
    let rows = database.write(
        "INSERT INTO admit.tenant (tenant_id, name, currency, revision, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
        arguments![tenant_id, name.as_str(), currency.as_str(), new_id(call.now)?, call.now],
    )?;
    if rows.is_empty() {
        return Err(Error::new(
            ErrorCode::AlreadyExists,
            format!("tenant {tenant_id} exists already; choose another number"),
        ));
    }
    database
        .write("INSERT INTO admit.seal (tenant_id, block_hash) VALUES ($1, $2)", arguments![tenant_id, [0_u8; 32]])?;
    for purpose in KeyPurpose::ALL {
        crate::key::create(database, &call, *purpose)?;
    }
    for (role, list) in DEFAULT_ROLES {
        let commands: Vec<String> = COMMANDS
            .iter()
            .filter(|command| grants(list, command.name))
            .map(|command| command.name.to_owned())
            .collect();
        store_role(database, tenant_id, role, &commands)?;
    }
    crate::device::profile::create_defaults(database, tenant_id)?;
    crate::staff::create_defaults(database, tenant_id)?;
    crate::ledger::ensure_accounts(database, &call, currency)?;
    append(database, &call, fact("tenant.created", json!({"name": name, "currency": currency})))?;
    api_key_create(
        database,
        &call,
        ApiKeyCreate {
            name: "owner".to_owned(),
            role: "owner".to_owned(),
            venue_id: None,
            event_id: None,
            expires_at: None,
        },
    )
}

/// `api_key.create`
pub fn api_key_create(database: &mut Database<'_, '_>, call: &Call, request: ApiKeyCreate) -> Result<ApiKeyCreated> {
    let name = required_text("name", &request.name, 200)?;
    call.require_scope("venue", request.venue_id, request.event_id)?;
    if request.expires_at.is_some_and(|expires_at| expires_at <= call.now) {
        return Err(Error::invalid("expires_at must be in the future"));
    }
    if ["device", "wallet"].contains(&request.role.as_str()) {
        return Err(Error::not_found("role"));
    }
    require_role_within(database, call, &request.role)?;
    if let Some(venue_id) = request.venue_id {
        crate::venue::require_venue(database, call, venue_id)?;
    }
    if let Some(event_id) = request.event_id {
        crate::venue::require_event(database, call, event_id)?;
    }
    let credential = SecretCredential {
        kind: SecretKind::ApiKey,
        tenant_id: call.tenant_id,
        id: new_id(call.now)?,
        secret: random()?,
    };
    database.write(
        "INSERT INTO admit.api_key (tenant_id, api_key_id, name, role, secret_hash, venue_id, event_id, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        arguments![
            call.tenant_id, credential.id, name.as_str(), request.role.as_str(), credential.secret_hash(),
            request.venue_id, request.event_id, call.now, request.expires_at,
        ],
    )?;
    let body = json!({"api_key_id": credential.id, "name": name, "role": request.role, "venue_id": request.venue_id});
    append(database, call, fact("api_key.created", body))?;
    Ok(ApiKeyCreated { api_key_id: credential.id, api_key: credential.encode() })
}

/// Refuses a role that may do more than the caller's own: nobody hands out more than they hold themselves.
///
/// # Errors
/// `not_found` for a role that the tenant does not have, `permission_denied` for one beyond the caller's.
pub fn require_role_within(database: &mut Database<'_, '_>, call: &Call, role: &str) -> Result<()> {
    let mut rows = database
        .read(include_str!("../../sql/statements/role_within.sql"), arguments![call.tenant_id, role, call.actor.id])?;
    rows.only("role")?;
    let (exists, within): (bool, bool) = (rows.get(1)?, rows.get(2)?);
    if !exists {
        return Err(Error::not_found("role"));
    }
    if within || call.actor.kind == ActorKind::Sql {
        return Ok(());
    }
    Err(Error::new(ErrorCode::PermissionDenied, "a credential cannot act for a role with more rights than its own"))
}

/// `api_key.list`
pub fn api_key_list(database: &mut Database<'_, '_>, call: &Call, request: ApiKeyList) -> Result<ApiKeyPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = database.read(
        "SELECT api_key_id, name, role, venue_id, event_id, created_at, expires_at, revoked_at FROM admit.api_key \
         WHERE tenant_id = $1 AND ($2::uuid IS NULL OR api_key_id < $2) AND ($4::uuid IS NULL OR venue_id = $4) \
           AND ($5::uuid IS NULL OR event_id = $5) ORDER BY api_key_id DESC LIMIT $3",
        arguments![call.tenant_id, page.after, page.fetch(), call.actor.venue_id, call.actor.event_id],
    )?;
    let items = rows.collect(|row| {
        Ok(ApiKeyView {
            api_key_id: row.get(1)?,
            name: row.get(2)?,
            role: row.get(3)?,
            venue_id: row.optional(4)?,
            event_id: row.optional(5)?,
            created_at: row.get(6)?,
            expires_at: row.optional(7)?,
            revoked_at: row.optional(8)?,
        })
    })?;
    let (items, next_cursor) = page.cut(items, |item| item.api_key_id);
    Ok(ApiKeyPage { items, next_cursor })
}

/// `api_key.revoke`
pub fn api_key_revoke(database: &mut Database<'_, '_>, call: &Call, request: ApiKeyRevoke) -> Result<Revoked> {
    let mut rows = database.write(
        "SELECT revoked_at FROM admit.api_key WHERE tenant_id = $1 AND api_key_id = $2 \
         AND ($3::uuid IS NULL OR venue_id = $3) AND ($4::uuid IS NULL OR event_id = $4) FOR UPDATE",
        arguments![call.tenant_id, request.api_key_id, call.actor.venue_id, call.actor.event_id],
    )?;
    rows.only("API key")?;
    if let Some(revoked_at) = rows.optional(1)? {
        return Ok(Revoked { revoked_at });
    }
    database.write(
        "UPDATE admit.api_key SET revoked_at = $3 WHERE tenant_id = $1 AND api_key_id = $2",
        arguments![call.tenant_id, request.api_key_id, call.now],
    )?;
    append(database, call, fact("api_key.revoked", json!({"api_key_id": request.api_key_id})))?;
    Ok(Revoked { revoked_at: call.now })
}

/// `role.list`
pub fn role_list(database: &mut Database<'_, '_>, call: &Call, _: RoleList) -> Result<RolePage> {
    let rows = database.read(
        "SELECT role, array_agg(command ORDER BY command) FROM admit.role_command WHERE tenant_id = $1 GROUP BY role ORDER BY role",
        arguments![call.tenant_id],
    )?;
    Ok(RolePage { items: rows.collect(|row| Ok(RoleView { role: row.get(1)?, commands: row.get(2)? }))? })
}

/// `role.set`
pub fn role_set(database: &mut Database<'_, '_>, call: &Call, request: RoleSet) -> Result<RoleView> {
    call.require_whole_tenant("role")?;
    if !is_role_name(&request.role) {
        return Err(Error::invalid("role must have 1 to 40 lower-case letters, digits and underscores"));
    }
    if request.role == "owner" {
        return Err(Error::new(ErrorCode::Conflict, "the owner may do everything; define another role"));
    }
    let unknown = request.commands.iter().find(|name| admit_core::registry::command(name).is_none());
    if let Some(unknown) = unknown {
        return Err(Error::invalid(format!("{unknown:?} is no command; see the API documentation for their names")));
    }
    refuse_more_than_own(database, call, &request.commands)?;
    change_configuration(database, call)?;
    database.write(
        "DELETE FROM admit.role_command WHERE tenant_id = $1 AND role = $2",
        arguments![call.tenant_id, request.role.as_str()],
    )?;
    store_role(database, call.tenant_id, &request.role, &request.commands)?;
    append(database, call, fact("role.set", json!({"role": request.role, "commands": request.commands})))?;
    Ok(RoleView { role: request.role, commands: request.commands })
}

/// Nobody allows others, or a role of their own, more than they may do themselves.
fn refuse_more_than_own(database: &mut Database<'_, '_>, call: &Call, commands: &[String]) -> Result<()> {
    if crate::credential::has_commands(database, call, commands.to_vec())? {
        return Ok(());
    }
    Err(Error::new(ErrorCode::PermissionDenied, "a credential cannot allow a role more than it may do itself"))
}

fn store_role(database: &mut Database<'_, '_>, tenant_id: i32, role: &str, commands: &[String]) -> Result<()> {
    database.write(
        "INSERT INTO admit.role_command (tenant_id, role, command) SELECT DISTINCT $1, $2, command FROM unnest($3) AS command",
        arguments![tenant_id, role, commands.to_vec()],
    )?;
    Ok(())
}

/// The id under which idempotency keys of callers without an id are kept.
pub const NOBODY: Uuid = Uuid::nil();
