//! Does every charge recompute from the fee version that was recorded with it, and does every
//! receipt verify?

use std::collections::HashMap;

use admit_core::Result;
use admit_core::fee::{Action, Component, EffectiveFees, FeeRule, FeeSchedule, Rounding};
use admit_core::journal::Entry;
use admit_core::jws::{RECEIPT_TYP, verify_compact};
use admit_core::scan::{ScanBody, receipt_content};
use ed25519_dalek::VerifyingKey;

use crate::database::{Database, arguments};
use crate::journal::{entry_columns, entry_of};

/// Entries read at a time.
const BATCH: i64 = 2000;
/// Receipts checked, the newest: each costs a signature and its verification.
const RECEIPTS_MAX: i64 = 500;

type Schedules = HashMap<i64, (Vec<FeeRule>, Rounding)>;

/// The checks' names and violations.
pub fn check(database: &mut Database<'_, '_>, tenant_id: i32) -> Result<[(&'static str, i64); 2]> {
    let schedules = schedules(database, tenant_id)?;
    let mut after = uuid::Uuid::nil();
    let mut wrong = 0;
    loop {
        let rows = database.read(
            concat!(
                "SELECT ", entry_columns!(), " FROM admit.journal AS j WHERE j.tenant_id = $1 \
                 AND j.action = 'scan.admitted' AND j.leg_account IS NOT NULL AND j.entry_id > $2 ORDER BY j.entry_id LIMIT $3"
            ),
            arguments![tenant_id, after, BATCH],
        )?;
        let entries = rows.collect(entry_of)?;
        wrong += entries.iter().filter(|entry| !recomputes(entry, &schedules)).count() as i64;
        match entries.last() {
            Some(last) => after = last.entry_id,
            None => break,
        }
    }
    Ok([("charges_recompute", wrong), ("receipts_verify", receipts(database, tenant_id)?)])
}

fn schedules(database: &mut Database<'_, '_>, tenant_id: i32) -> Result<Schedules> {
    let rows = database.read(
        "SELECT fee_version, rules, rounding FROM admit.fee_version WHERE tenant_id = $1",
        arguments![tenant_id],
    )?;
    let versions = rows.collect(|row| {
        let rules = serde_json::from_value(row.get(2)?).unwrap_or_default();
        let rounding = serde_json::from_value(serde_json::Value::String(row.get(3)?)).unwrap_or_default();
        Ok((row.get::<i64>(1)?, (rules, rounding)))
    })?;
    Ok(versions.into_iter().collect())
}

/// Whether the recorded charges follow from the recorded versions and equal the wallet's debit.
fn recomputes(entry: &Entry, schedules: &Schedules) -> bool {
    let Ok(body) = serde_json::from_value::<ScanBody>(entry.body.clone()) else { return false };
    let sale = body.charges.iter().find(|charge| charge.0 == Component::Sale).map_or(0, |charge| charge.1);
    let Some(fees) = recorded_fees(body.action, &body, schedules) else { return false };
    let Ok(charge) = fees.charge(body.action, sale) else { return false };
    let recorded = body.charges.iter().map(|charge| (charge.0, charge.1, charge.2));
    let computed = charge.lines.iter().map(|line| (line.component, line.amount_cents, line.fee_version));
    recorded.eq(computed) && charge.total_cents() == Ok(-entry.wallet_change())
}

/// The rules that applied: for each component the rule of the version recorded with it.
fn recorded_fees(action: Action, body: &ScanBody, schedules: &Schedules) -> Option<EffectiveFees> {
    let mut applied = Vec::new();
    for charge in &body.charges {
        let Some(fee_version) = charge.2 else { continue };
        let (rules, rounding) = schedules.get(&fee_version)?;
        let rule = rules.iter().find(|rule| rule.action == action && rule.component == charge.0)?;
        applied.push(FeeSchedule { fee_version, rules: vec![rule.clone()], rounding: *rounding });
    }
    Some(EffectiveFees::resolve(applied))
}

/// Receipts that do not verify against the published keys.
fn receipts(database: &mut Database<'_, '_>, tenant_id: i32) -> Result<i64> {
    let rows = database.read(
        "SELECT key_id, public_key FROM admit.signing_key WHERE tenant_id = $1 AND purpose = 'receipt'",
        arguments![tenant_id],
    )?;
    let keys = rows.collect(|row| Ok((row.get::<i32>(1)?, row.get::<Vec<u8>>(2)?)))?;
    let key = |kid: &str| {
        let (_, public) = keys.iter().find(|key| crate::key::kid(key.0) == kid)?;
        VerifyingKey::from_bytes(public.as_slice().try_into().ok()?).ok()
    };
    let rows = database.read(
        concat!(
            "SELECT ",
            entry_columns!(),
            " FROM admit.journal AS j WHERE j.tenant_id = $1 \
             AND j.action = 'scan.admitted' ORDER BY j.entry_id DESC LIMIT $2"
        ),
        arguments![tenant_id, RECEIPTS_MAX],
    )?;
    let mut wrong = 0;
    for entry in rows.collect(entry_of)? {
        let receipt = crate::scan::answer_of(database, &entry)?.receipt.unwrap_or_default();
        let content = verify_compact(&receipt, RECEIPT_TYP, key);
        wrong += i64::from(content.ok() != Some(receipt_content(&entry, &entry.hash())));
    }
    Ok(wrong)
}
