//! Pools of places: shared ones are made here, each type's own with the type, the event's with its
//! capacity.

use admit_core::inventory::bucket::{Bucket, bucket_count, spread};
use admit_core::inventory::{PoolCreate, PoolList, PoolPage, PoolUpdate, PoolView, pool_total};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::bucket;
use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::append;
use crate::tenant::change_configuration;
use crate::venue::{fact, refuse_archived, require_event, without_nulls};

/// Shared pools of one event: they are listed without pages.
const POOLS_MAX: i64 = 200;

/// `pool.create`
pub fn create(database: &mut Database<'_, '_>, call: &Call, request: PoolCreate) -> Result<PoolView> {
    require_event(database, call, request.event_id)?;
    let name = required_text("name", &request.name, 200)?;
    let total = pool_total(request.total)?;
    change_configuration(database, call)?;
    require_usable_event(database, call, request.event_id)?;
    let mut rows = database.read(
        "SELECT count(*) FROM admit.pool WHERE tenant_id = $1 AND event_id = $2 AND kind = 'shared'",
        arguments![call.tenant_id, request.event_id],
    )?;
    rows.only("answer")?;
    if rows.get::<i64>(1)? >= POOLS_MAX {
        return Err(Error::new(ErrorCode::LimitExceeded, format!("an event has at most {POOLS_MAX} shared pools")));
    }
    let pool_id = new_id(call.now)?;
    bucket::create_pool(database, call.tenant_id, pool_id, request.event_id, "shared", &name, Some(total), call.now)?;
    let body = json!({"name": name, "pool_id": pool_id, "total": total});
    append(database, call, fact("pool.created", Some(request.event_id), None, body))?;
    read_one(database, call, pool_id)
}

/// Refuses an event that is archived. The tenant's row is locked.
pub fn require_usable_event(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<()> {
    let mut rows = database.read(
        "SELECT status FROM admit.event WHERE tenant_id = $1 AND event_id = $2",
        arguments![call.tenant_id, event_id],
    )?;
    rows.only("event")?;
    refuse_archived("event", &rows.get::<String>(1)?)
}

/// `pool.update`
pub fn update(database: &mut Database<'_, '_>, call: &Call, request: PoolUpdate) -> Result<PoolView> {
    let name = request.name.as_deref().map(|name| required_text("name", name, 200)).transpose()?;
    let total = request.total.map(pool_total).transpose()?;
    change_configuration(database, call)?;
    let mut rows = database.read(
        "SELECT event_id, kind FROM admit.pool WHERE tenant_id = $1 AND pool_id = $2",
        arguments![call.tenant_id, request.pool_id],
    )?;
    rows.only("pool")?;
    let (event_id, kind): (Uuid, String) = (rows.get(1)?, rows.get(2)?);
    require_event(database, call, event_id).map_err(|_| Error::not_found("pool"))?;
    if kind != "shared" {
        return Err(Error::new(
            ErrorCode::Conflict,
            "this pool belongs to a ticket type or to the event: change ticket_type.total or event.capacity",
        ));
    }
    if let Some(total) = total {
        resize(database, call, request.pool_id, total)?;
    }
    if let Some(name) = name {
        database.write(
            "UPDATE admit.pool SET name = $3 WHERE tenant_id = $1 AND pool_id = $2",
            arguments![call.tenant_id, request.pool_id, name],
        )?;
    }
    let body = serde_json::to_value(&request).unwrap_or_default();
    append(database, call, fact("pool.updated", Some(event_id), None, without_nulls(body)))?;
    read_one(database, call, request.pool_id)
}

/// Gives a pool another size; its buckets stay locked.
///
/// # Errors
/// `conflict` when more places are held and sold already.
pub fn resize(database: &mut Database<'_, '_>, call: &Call, pool_id: Uuid, total: i64) -> Result<()> {
    let (before, _) = bucket::lock(database, call.tenant_id, &[pool_id])?;
    let used: i64 = before.iter().map(|bucket| bucket.held + bucket.sold).sum();
    if used > total {
        return Err(Error::new(
            ErrorCode::Conflict,
            format!("{used} places are held or sold already: the total cannot be lower"),
        ));
    }
    let count = bucket_count(total).max(i16::try_from(before.len()).unwrap_or(1));
    for (number, available) in spread(total - used, count) {
        let known = before.iter().find(|bucket| bucket.number == number);
        let Bucket { held, sold, .. } =
            known.copied().unwrap_or(Bucket { pool_id, number, available: 0, held: 0, sold: 0 });
        database.write(
            "INSERT INTO admit.bucket (tenant_id, pool_id, bucket, available, held, sold) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (tenant_id, pool_id, bucket) DO UPDATE SET available = excluded.available",
            arguments![call.tenant_id, pool_id, number, available, held, sold],
        )?;
    }
    database.write(
        "UPDATE admit.pool SET total = $3 WHERE tenant_id = $1 AND pool_id = $2",
        arguments![call.tenant_id, pool_id, total],
    )?;
    Ok(())
}

/// Makes an event's capacity the size of its pool, on which all its ticket types draw.
///
/// # Errors
/// `conflict` when the event had no capacity and tickets are held or sold already, or more than the
/// new capacity.
pub fn set_capacity(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid, capacity: i64) -> Result<()> {
    let known = database
        .read("SELECT 1 FROM admit.pool WHERE tenant_id = $1 AND pool_id = $2", arguments![call.tenant_id, event_id])?;
    if !known.is_empty() {
        return resize(database, call, event_id, capacity);
    }
    let types = database.read(
        "SELECT ticket_type_id FROM admit.ticket_type WHERE tenant_id = $1 AND event_id = $2 ORDER BY ticket_type_id",
        arguments![call.tenant_id, event_id],
    )?;
    let types = types.collect(|row| row.get::<Uuid>(1))?;
    let (buckets, _) = bucket::lock(database, call.tenant_id, &types)?;
    if buckets.iter().any(|bucket| bucket.held + bucket.sold > 0) {
        return Err(Error::new(
            ErrorCode::Conflict,
            "tickets are held or sold already: an event gets its first capacity before that",
        ));
    }
    bucket::create_pool(database, call.tenant_id, event_id, event_id, "event", "capacity", Some(capacity), call.now)?;
    database.write(
        "INSERT INTO admit.ticket_type_pool (tenant_id, ticket_type_id, pool_id) SELECT $1, unnest($2::uuid[]), $3",
        arguments![call.tenant_id, types.clone(), event_id],
    )?;
    // Whoever planned with the older pools does not find these buckets any more.
    database.write(
        "UPDATE admit.bucket SET generation = generation + 1 WHERE tenant_id = $1 AND pool_id = ANY ($2)",
        arguments![call.tenant_id, types],
    )?;
    Ok(())
}

fn view(row: &Rows<'_>) -> Result<PoolView> {
    let total: Option<i64> = row.optional(5)?;
    let available: i64 = row.get(6)?;
    Ok(PoolView {
        pool_id: row.get(1)?,
        event_id: row.get(2)?,
        kind: row.get(3)?,
        name: row.get(4)?,
        total,
        available: total.map(|_| available),
        held: row.get(7)?,
        sold: row.get(8)?,
    })
}

fn read_one(database: &mut Database<'_, '_>, call: &Call, pool_id: Uuid) -> Result<PoolView> {
    let mut rows = database.write(
        include_str!("../../../sql/statements/pool_list.sql"),
        arguments![call.tenant_id, Some(pool_id), None::<Uuid>],
    )?;
    rows.only("pool")?;
    view(&rows)
}

/// `pool.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: PoolList) -> Result<PoolPage> {
    require_event(database, call, request.event_id)?;
    let rows = database.read(
        include_str!("../../../sql/statements/pool_list.sql"),
        arguments![call.tenant_id, None::<Uuid>, Some(request.event_id)],
    )?;
    Ok(PoolPage { items: rows.collect(view)? })
}
