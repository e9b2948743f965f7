//! Policies: the rules of an event's doors, replaced and read as a whole.

use admit_core::policy::{
    Policy, PolicyGet, PolicyReentry, PolicySet, PolicyTemplate, PolicyTemplateList, PolicyTemplatePage,
    PolicyTemplateView, PolicyView,
};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::append;
use crate::tenant::change_configuration;
use crate::venue::{fact, refuse_archived, require_event};

/// `policy.set`
pub fn set(database: &mut Database<'_, '_>, call: &Call, request: PolicySet) -> Result<PolicyView> {
    let policy = match (request.template.map(PolicyTemplate::policy), request.policy) {
        (None, None) => return Err(Error::invalid("give a template, a policy or both")),
        (Some(template), None) => template,
        (None, Some(policy)) => policy,
        (Some(template), Some(policy)) => template.overridden_by(policy),
    };
    let policy = policy.checked()?;
    change_configuration(database, call)?;
    require_event(database, call, request.event_id)?;
    let mut rows = database.write(
        "SELECT status FROM admit.event WHERE tenant_id = $1 AND event_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, request.event_id],
    )?;
    rows.only("event")?;
    refuse_archived("event", &rows.get::<String>(1)?)?;
    require_ticket_types(database, call, request.event_id, &policy)?;
    database.write(
        include_str!("../../sql/statements/policy_store.sql"),
        arguments![
            call.tenant_id,
            request.event_id,
            json!(policy),
            call.now,
            policy.duplicate_window_ms,
            policy.exit_scans,
            policy.reentry.as_ref().map(|reentry| reentry.allowed),
            policy.reentry.as_ref().and_then(|reentry| reentry.entries_max),
        ],
    )?;
    let body = json!({"policy": policy, "template": request.template});
    append(database, call, fact("policy.set", Some(request.event_id), None, crate::venue::without_nulls(body)))?;
    read(database, call, request.event_id)
}

/// `policy.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: PolicyGet) -> Result<PolicyView> {
    require_event(database, call, request.event_id)?;
    read(database, call, request.event_id)
}

/// `policy_template.list`
pub fn templates(_: &mut Database<'_, '_>, _: &Call, _: PolicyTemplateList) -> Result<PolicyTemplatePage> {
    let view = |template: &PolicyTemplate| PolicyTemplateView {
        template: template.as_str().to_owned(),
        summary: template.summary().to_owned(),
        policy: template.policy(),
    };
    Ok(PolicyTemplatePage { items: PolicyTemplate::ALL.iter().map(view).collect() })
}

fn read(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<PolicyView> {
    let mut rows =
        database.read(include_str!("../../sql/statements/policy_event.sql"), arguments![call.tenant_id, event_id])?;
    rows.only("event")?;
    let stored = parse(rows.get(1)?)?;
    let cooldown_seconds = stored.cooldown_seconds();
    let policy = Policy {
        duplicate_window_ms: rows.get(2).map(Some)?,
        exit_scans: rows.get(3).map(Some)?,
        reentry: Some(PolicyReentry { allowed: rows.get(4)?, entries_max: rows.optional(5)?, cooldown_seconds }),
        ..stored
    };
    Ok(PolicyView { event_id, policy })
}

/// Refuses hours for ticket types that the event does not have.
fn require_ticket_types(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid, policy: &Policy) -> Result<()> {
    let rules = policy.hours.iter().flatten();
    let mut named: Vec<Uuid> = rules.flat_map(|rule| rule.ticket_type_ids.iter().flatten().copied()).collect();
    named.sort_unstable();
    named.dedup();
    if named.is_empty() {
        return Ok(());
    }
    let expected = i64::try_from(named.len()).unwrap_or(i64::MAX);
    let mut rows = database.read(
        "SELECT count(*) FROM admit.ticket_type \
         WHERE tenant_id = $1 AND event_id = $2 AND ticket_type_id = ANY ($3)",
        arguments![call.tenant_id, event_id, named],
    )?;
    rows.only("answer")?;
    if rows.get::<i64>(1)? == expected { Ok(()) } else { Err(Error::not_found("ticket type")) }
}

/// A stored policy.
pub fn parse(stored: serde_json::Value) -> Result<Policy> {
    serde_json::from_value(stored).map_err(|_| Error::new(ErrorCode::Internal, "a stored policy cannot be read"))
}
