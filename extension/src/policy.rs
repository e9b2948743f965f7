//! Policies: the rules of an event's doors, replaced and read as a whole.

use admit_core::policy::{Policy, PolicyGet, PolicySet, PolicyView};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;

use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::append;
use crate::tenant::change_configuration;
use crate::venue::{fact, refuse_archived, require_event};

/// `policy.set`
pub fn set(database: &mut Database<'_, '_>, call: &Call, request: PolicySet) -> Result<PolicyView> {
    request.policy.check()?;
    change_configuration(database, call)?;
    require_event(database, call, request.event_id)?;
    let mut rows = database.write(
        "SELECT status FROM admit.event WHERE tenant_id = $1 AND event_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, request.event_id],
    )?;
    rows.only("event")?;
    refuse_archived("event", &rows.get::<String>(1)?)?;
    database.write(
        "UPDATE admit.event SET policy = $3, updated_at = $4 WHERE tenant_id = $1 AND event_id = $2",
        arguments![call.tenant_id, request.event_id, json!(request.policy), call.now],
    )?;
    let body = json!({"policy": request.policy});
    append(database, call, fact("policy.set", Some(request.event_id), None, body))?;
    Ok(PolicyView { event_id: request.event_id, policy: request.policy })
}

/// `policy.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: PolicyGet) -> Result<PolicyView> {
    require_event(database, call, request.event_id)?;
    let mut rows = database.read(
        "SELECT policy FROM admit.event WHERE tenant_id = $1 AND event_id = $2",
        arguments![call.tenant_id, request.event_id],
    )?;
    rows.only("event")?;
    Ok(PolicyView { event_id: request.event_id, policy: parse(rows.get(1)?)? })
}

/// A stored policy.
pub fn parse(stored: serde_json::Value) -> Result<Policy> {
    serde_json::from_value(stored).map_err(|_| Error::new(ErrorCode::Internal, "a stored policy cannot be read"))
}
