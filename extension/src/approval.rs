//! Approvals: a command above the limit is asked for by one person and carried out by another.

use admit_core::approval::{
    APPROVABLE, ApprovalConfigure, ApprovalGrant, ApprovalLimit, ApprovalList, ApprovalPage, ApprovalReject,
    ApprovalRequest, ApprovalState, ApprovalView, require_within,
};
use admit_core::money::AMOUNT_MAX;
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::{Fact, append};
use crate::page::Page;

fn fact(action: &'static str, body: serde_json::Value) -> Fact<serde_json::Value> {
    Fact {
        action,
        event_id: None,
        gate_id: None,
        wallet_id: None,
        money: None,
        body: crate::venue::without_nulls(body),
    }
}

/// Refuses an amount above the tenant's limit, unless a second person has granted it.
///
/// # Errors
/// `approval_required`
pub fn require(database: &mut Database<'_, '_>, call: &Call, amount_cents: i64) -> Result<()> {
    if call.approved {
        return Ok(());
    }
    let mut rows = database
        .read("SELECT approval_limit_cents FROM admit.tenant WHERE tenant_id = $1", arguments![call.tenant_id])?;
    rows.only("tenant")?;
    require_within(rows.optional(1)?, amount_cents)
}

/// `approval.configure`
pub fn configure(database: &mut Database<'_, '_>, call: &Call, request: ApprovalConfigure) -> Result<ApprovalLimit> {
    call.require_whole_tenant("tenant")?;
    if request.limit_cents.is_some_and(|limit| !(0..=AMOUNT_MAX).contains(&limit)) {
        return Err(Error::new(
            ErrorCode::InvalidAmount,
            format!("limit_cents must be between 0 and {AMOUNT_MAX} minor units"),
        ));
    }
    crate::tenant::change_configuration(database, call)?;
    database.write(
        "UPDATE admit.tenant SET approval_limit_cents = $2 WHERE tenant_id = $1",
        arguments![call.tenant_id, request.limit_cents],
    )?;
    append(database, call, fact("approval.configured", json!({"limit_cents": request.limit_cents})))?;
    Ok(ApprovalLimit { limit_cents: request.limit_cents })
}

/// `approval.request`
pub fn request(database: &mut Database<'_, '_>, call: &Call, request: ApprovalRequest) -> Result<ApprovalView> {
    if !APPROVABLE.contains(&request.command.as_str()) {
        return Err(Error::invalid(format!("command must be one of {}", APPROVABLE.join(", "))));
    }
    if !request.request.is_object() {
        return Err(Error::invalid("request must be the command's request, a JSON object"));
    }
    crate::credential::require_command(database, call, &request.command)?;
    let approval_id = new_id(call.now)?;
    database.write(
        "INSERT INTO admit.approval (tenant_id, approval_id, command, request, requested_by_kind, requested_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        arguments![
            call.tenant_id,
            approval_id,
            request.command.as_str(),
            request.request.clone(),
            call.actor.kind.as_str(),
            call.actor.id,
            call.now,
        ],
    )?;
    let body = json!({"approval_id": approval_id, "command": request.command});
    append(database, call, fact("approval.requested", body))?;
    read_one(database, call, approval_id)
}

/// Locks an approval that waits, asked for by somebody else than the caller.
fn lock_waiting(database: &mut Database<'_, '_>, call: &Call, approval_id: Uuid) -> Result<ApprovalView> {
    call.require_whole_tenant("approval")?;
    let locked = database.write(
        "SELECT 1 FROM admit.approval WHERE tenant_id = $1 AND approval_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, approval_id],
    )?;
    if locked.is_empty() {
        return Err(Error::not_found("approval"));
    }
    let approval = read_one(database, call, approval_id)?;
    if approval.state != ApprovalState::Requested.as_str() {
        return Err(Error::new(ErrorCode::Conflict, format!("the approval is {} already", approval.state)));
    }
    Ok(approval)
}

/// `approval.grant`
pub fn grant(database: &mut Database<'_, '_>, call: &Call, request: ApprovalGrant) -> Result<ApprovalView> {
    let approval = lock_waiting(database, call, request.approval_id)?;
    let same = approval.requested_by_kind == call.actor.kind.as_str() && approval.requested_by == call.actor.id;
    if same {
        return Err(Error::new(
            ErrorCode::PermissionDenied,
            "whoever asks for an approval cannot grant it: somebody else has to",
        ));
    }
    crate::credential::require_command(database, call, &approval.command)?;
    let approved = Call { approved: true, idempotency_key: None, ..call.clone() };
    let answer = crate::dispatch::execute(database, &approved, &approval.command, &approval.request.to_string())?;
    let answer: serde_json::Value =
        serde_json::from_str(&answer).map_err(|_| Error::new(ErrorCode::Internal, "the answer is not JSON"))?;
    decide(database, call, request.approval_id, ApprovalState::Granted, None, Some(answer))
}

/// `approval.reject`
pub fn reject(database: &mut Database<'_, '_>, call: &Call, request: ApprovalReject) -> Result<ApprovalView> {
    let reason = required_text("reason", &request.reason, 500)?;
    lock_waiting(database, call, request.approval_id)?;
    decide(database, call, request.approval_id, ApprovalState::Rejected, Some(reason), None)
}

fn decide(
    database: &mut Database<'_, '_>,
    call: &Call,
    approval_id: Uuid,
    state: ApprovalState,
    reason: Option<String>,
    answer: Option<serde_json::Value>,
) -> Result<ApprovalView> {
    database.write(
        "UPDATE admit.approval SET state = $3, decided_by = $4, reason = $5, answer = $6, decided_at = $7 \
         WHERE tenant_id = $1 AND approval_id = $2",
        arguments![call.tenant_id, approval_id, state.as_str(), call.actor.id, reason.clone(), answer, call.now],
    )?;
    let action = if state == ApprovalState::Granted { "approval.granted" } else { "approval.rejected" };
    append(database, call, fact(action, json!({"approval_id": approval_id, "reason": reason})))?;
    read_one(database, call, approval_id)
}

fn read_one(database: &mut Database<'_, '_>, call: &Call, approval_id: Uuid) -> Result<ApprovalView> {
    let mut rows = database.write(
        include_str!("../../sql/statements/approval_list.sql"),
        arguments![call.tenant_id, Some(approval_id), None::<Uuid>, None::<String>, 1_i64],
    )?;
    rows.only("approval")?;
    view(&rows)
}

/// `approval.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: ApprovalList) -> Result<ApprovalPage> {
    call.require_whole_tenant("approval")?;
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = database.read(
        include_str!("../../sql/statements/approval_list.sql"),
        arguments![
            call.tenant_id,
            None::<Uuid>,
            page.after,
            request.state.map(|state| state.as_str().to_owned()),
            page.fetch()
        ],
    )?;
    let (items, next_cursor) = page.cut(rows.collect(view)?, |item| item.approval_id);
    Ok(ApprovalPage { items, next_cursor })
}

fn view(row: &Rows<'_>) -> Result<ApprovalView> {
    Ok(ApprovalView {
        approval_id: row.get(1)?,
        command: row.get(2)?,
        request: row.get(3)?,
        state: row.get(4)?,
        requested_by_kind: row.get(5)?,
        requested_by: row.optional(6)?,
        decided_by: row.optional(7)?,
        reason: row.optional(8)?,
        answer: row.optional(9)?,
        created_at: row.get(10)?,
        decided_at: row.optional(11)?,
    })
}
