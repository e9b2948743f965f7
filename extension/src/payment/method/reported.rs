//! What a provider reports of payment methods and of their addings. Nothing of it is parked: a
//! customer is known here before its client can add anything, and what no customer of ours has is
//! none of ours.

use admit_core::payment::Provider;
use admit_core::payment::method::{KeptMethod, SetupState, SetupStep, setup_step};
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::super::effect::{Outcome, Told};
use super::{KEEPER, fact, lock_wallet};
use crate::call::{Call, new_id};
use crate::database::{Database, arguments};
use crate::journal::append;

/// Where an adding is.
pub fn setup(database: &mut Database<'_, '_>, call: &Call, told: &Told<'_>) -> Result<Outcome> {
    let mut rows = database.point(
        "SELECT state, provider_reference FROM admit.payment_method_setup \
         WHERE tenant_id = $1 AND setup_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, told.subject.own_id],
    )?;
    if !rows.next() {
        return Ok(Outcome::ignored());
    }
    let state = SetupState::from_word(&rows.get::<String>(1)?)
        .ok_or_else(|| Error::new(ErrorCode::Internal, "unknown state of a setup"))?;
    let known: Option<String> = rows.optional(2)?;
    match setup_step(state, known.as_deref(), told.subject) {
        SetupStep::Nothing => Ok(Outcome::duplicate()),
        SetupStep::Refuse(detail) => Ok(Outcome::refused(detail)),
        SetupStep::Move(state) => {
            database.point(
                "UPDATE admit.payment_method_setup SET state = $3, updated_at = $4, provider_reference = $5 \
                 WHERE tenant_id = $1 AND setup_id = $2",
                arguments![
                    call.tenant_id,
                    told.subject.own_id,
                    state.as_str(),
                    call.now,
                    known.or_else(|| told.subject.reference.clone()),
                ],
            )?;
            Ok(Outcome::applied())
        }
    }
}

/// The wallet whose method it is, and its mode; locked.
fn owner(
    database: &mut Database<'_, '_>,
    call: &Call,
    (provider, method): (Provider, &str),
    customer: Option<&str>,
) -> Result<Option<(Uuid, bool)>> {
    let mut rows = database.point(
        include_str!("../../../../sql/statements/payment_method_owner.sql"),
        arguments![call.tenant_id, provider.as_str(), method, customer.map(str::to_owned)],
    )?;
    if !rows.next() {
        return Ok(None);
    }
    let owner = (rows.get(1)?, rows.get(2)?);
    lock_wallet(database, call, owner.0)?;
    Ok(Some(owner))
}

/// A method that a customer has.
pub fn kept(
    database: &mut Database<'_, '_>,
    call: &Call,
    told: &Told<'_>,
    method: &KeptMethod,
    added: bool,
) -> Result<Outcome> {
    let (provider, reference) = (told.provider, told.subject.object_id.as_str());
    let customer = method.customer_reference.as_str();
    let Some((wallet_id, live)) = owner(database, call, (provider, reference), Some(customer))? else {
        return Ok(Outcome::ignored());
    };
    let mut rows = database.point(
        include_str!("../../../../sql/statements/payment_method_keep.sql"),
        arguments![
            call.tenant_id,
            new_id(call.now)?,
            wallet_id,
            provider.as_str(),
            live,
            reference,
            method.kind.as_str(),
            method.brand.clone(),
            method.last4.clone(),
            method.expiry_month,
            method.expiry_year,
            told.created_at.unwrap_or(call.now),
            added,
            call.now,
        ],
    )?;
    if !rows.next() {
        return Ok(Outcome::duplicate());
    }
    let (payment_method_id, new): (Uuid, bool) = (rows.get(1)?, rows.get(2)?);
    choose_default(database, call, (wallet_id, live))?;
    let action = if new { "payment_method.added" } else { "payment_method.changed" };
    let body = json!({
        "delivery_id": told.delivery_id, "kind": method.kind, "payment_method_id": payment_method_id, "provider": provider,
    });
    append(database, call, fact(action, wallet_id, body))?;
    Ok(Outcome::applied())
}

/// A method that a customer has no more.
pub fn detached(
    database: &mut Database<'_, '_>,
    call: &Call,
    told: &Told<'_>,
    customer: Option<&str>,
) -> Result<Outcome> {
    let reference = told.subject.object_id.as_str();
    let Some(owner) = owner(database, call, (told.provider, reference), customer)? else {
        return Ok(Outcome::ignored());
    };
    let gone = gone(database, call, owner, reference, Some((told.delivery_id, told.created_at)))?;
    Ok(if gone { Outcome::applied() } else { Outcome::duplicate() })
}

/// A customer that is no more: its methods are gone, what was to be added to it has ended, and the next
/// adding makes another customer.
pub fn customer_deleted(database: &mut Database<'_, '_>, call: &Call, told: &Told<'_>) -> Result<Outcome> {
    let (provider, customer) = (told.provider, told.subject.object_id.as_str());
    let mut rows = database.point(
        "SELECT wallet_id, live FROM admit.payment_customer \
         WHERE tenant_id = $1 AND provider = $2 AND provider_reference = $3",
        arguments![call.tenant_id, provider.as_str(), customer],
    )?;
    if !rows.next() {
        return Ok(Outcome::ignored());
    }
    let (wallet_id, live): (Uuid, bool) = (rows.get(1)?, rows.get(2)?);
    lock_wallet(database, call, wallet_id)?;
    let forgotten = database.point(
        "DELETE FROM admit.payment_customer WHERE tenant_id = $1 AND provider = $2 AND provider_reference = $3 RETURNING 1",
        arguments![call.tenant_id, provider.as_str(), customer],
    )?;
    if forgotten.is_empty() {
        return Ok(Outcome::duplicate());
    }
    database.point(
        "UPDATE admit.payment_method_setup SET state = $5, updated_at = $6 WHERE tenant_id = $1 AND wallet_id = $2 \
         AND provider = $3 AND live = $4 AND state IN ('pending', 'failed')",
        arguments![call.tenant_id, wallet_id, provider.as_str(), live, SetupState::Cancelled.as_str(), call.now],
    )?;
    let methods = database
        .point(
            "SELECT provider_reference FROM admit.payment_method WHERE tenant_id = $1 AND wallet_id = $2 \
             AND provider = $3 AND live = $4 AND removed_at IS NULL ORDER BY is_default, payment_method_id",
            arguments![call.tenant_id, wallet_id, provider.as_str(), live],
        )?
        .collect(|row| row.get::<String>(1))?;
    for method in methods {
        gone(database, call, (wallet_id, live), &method, Some((told.delivery_id, told.created_at)))?;
    }
    Ok(Outcome::applied())
}

/// Notes that a method of a locked wallet is gone, asked for here or told by a delivery; false when
/// that is known.
pub fn gone(
    database: &mut Database<'_, '_>,
    call: &Call,
    (wallet_id, live): (Uuid, bool),
    reference: &str,
    told: Option<(Uuid, Option<Timestamp>)>,
) -> Result<bool> {
    let told_at = told.and_then(|(_, created_at)| created_at).unwrap_or(call.now);
    let mut rows = database.point(
        include_str!("../../../../sql/statements/payment_method_detach.sql"),
        arguments![call.tenant_id, new_id(call.now)?, wallet_id, KEEPER.as_str(), live, reference, told_at],
    )?;
    if !rows.next() {
        return Ok(false);
    }
    let (payment_method_id, never_seen): (Uuid, bool) = (rows.get(1)?, rows.get(2)?);
    choose_default(database, call, (wallet_id, live))?;
    if !never_seen {
        let delivery_id = told.map(|(delivery_id, _)| delivery_id);
        let body = json!({"delivery_id": delivery_id, "payment_method_id": payment_method_id, "provider": KEEPER});
        append(database, call, fact("payment_method.removed", wallet_id, crate::venue::without_nulls(body)))?;
    }
    Ok(true)
}

fn choose_default(database: &mut Database<'_, '_>, call: &Call, (wallet_id, live): (Uuid, bool)) -> Result<()> {
    database.point(
        include_str!("../../../../sql/statements/payment_method_default.sql"),
        arguments![call.tenant_id, wallet_id, live],
    )?;
    Ok(())
}
