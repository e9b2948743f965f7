//! Appending to the journal.

use std::cell::Cell;

use admit_core::fee::Legs;
use admit_core::journal::Entry;
use admit_core::money::Currency;
use admit_core::{Error, ErrorCode, Result};
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;
use pgrx::{Array, pg_sys};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::call::{Call, new_id};
use crate::database::{Argument, Database, Rows};

/// A statement that appends an entry has at most so many arguments.
const ARGUMENTS_MOST: usize = 37;

/// The place of an entry in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The cluster's system identifier.
    pub lineage: i64,
    /// The writing transaction.
    pub xid: i64,
    /// Position inside the transaction.
    pub ord: i32,
}

thread_local! {
    /// The last transaction that wrote here and how many entries it has.
    static LAST: Cell<(i64, i32)> = const { Cell::new((0, 0)) };
}

/// The cluster's system identifier.
pub fn lineage() -> i64 {
    // SAFETY: only reads the identifier of the running cluster.
    #[allow(unsafe_code, reason = "pgrx does not wrap the system identifier")]
    let identifier = unsafe { pg_sys::GetSystemIdentifier() };
    identifier.cast_signed()
}

impl Position {
    /// The next place in this transaction's part of the journal.
    pub fn next() -> Self {
        // SAFETY: only reads or assigns the id of the running transaction.
        #[allow(unsafe_code, reason = "pgrx does not wrap full transaction ids")]
        let xid = unsafe { pg_sys::GetTopFullTransactionId().value };
        let xid = xid.cast_signed();
        let ord = LAST.with(|last| {
            let (last_xid, count) = last.get();
            let ord = if last_xid == xid { count } else { 0 };
            last.set((xid, ord + 1));
            ord
        });
        Self { lineage: lineage(), xid, ord }
    }
}

/// What a command writes into the journal.
pub struct Fact<B> {
    /// `<domain>.<past participle>`.
    pub action: &'static str,
    /// The event.
    pub event_id: Option<Uuid>,
    /// The gate.
    pub gate_id: Option<Uuid>,
    /// The wallet.
    pub wallet_id: Option<Uuid>,
    /// Money legs with their currency.
    pub money: Option<(Currency, Legs)>,
    /// Details; a `Value` or a struct with its fields in alphabetical order.
    pub body: B,
}

impl<B: Serialize> Fact<B> {
    /// The entry that this call makes of the fact.
    pub fn into_entry(self, call: &Call) -> Result<Entry<B>> {
        let (currency, legs) = match self.money {
            Some((currency, legs)) if !legs.is_empty() => (Some(currency), legs),
            _ => (None, Legs::new()),
        };
        Ok(Entry {
            action: self.action.to_owned(),
            actor_id: call.actor.id,
            actor_kind: call.actor.kind,
            body: self.body,
            currency,
            entry_id: new_id(call.now)?,
            event_id: self.event_id,
            gate_id: self.gate_id,
            legs,
            recorded_at: call.now,
            tenant_id: call.tenant_id,
            wallet_id: self.wallet_id,
        })
    }
}

/// Appends a fact and gives its entry back.
pub fn append(database: &mut Database<'_, '_>, call: &Call, fact: Fact<serde_json::Value>) -> Result<Entry> {
    let (entry, arguments) = prepare(call, fact)?;
    database.write(include_str!("../../sql/statements/journal_append.sql"), &arguments)?;
    Ok(entry)
}

/// The entry of a fact, for a statement that appends it together with what it tells of: it has the
/// entry's columns as its first seventeen arguments.
pub fn prepare(call: &Call, mut fact: Fact<serde_json::Value>) -> Result<(Entry, Vec<DatumWithOid<'static>>)> {
    if let (Some(request), Some(body)) = (&call.request, fact.body.as_object_mut()) {
        body.insert("request".to_owned(), request.clone());
    }
    if let (Some(device_id), Some(body)) = (call.actor.device_id, fact.body.as_object_mut()) {
        body.entry("device_id").or_insert_with(|| json!(device_id));
    }
    let entry = fact.into_entry(call)?;
    let arguments = entry_arguments(&entry, &entry.hash())?;
    Ok((entry, arguments))
}

/// The first seventeen arguments of every statement that appends: the entry at the next position.
pub fn entry_arguments<B: Serialize>(entry: &Entry<B>, hash: &[u8; 32]) -> Result<Vec<DatumWithOid<'static>>> {
    entry_arguments_at(Position::next(), entry, hash)
}

/// The same for a position that was taken already.
pub fn entry_arguments_at<B: Serialize>(
    position: Position,
    entry: &Entry<B>,
    hash: &[u8; 32],
) -> Result<Vec<DatumWithOid<'static>>> {
    let (accounts, amounts): (Vec<Uuid>, Vec<i64>) = entry.legs.iter().copied().unzip();
    let has_legs = !accounts.is_empty();
    let body = body_text(entry)?;
    let mut arguments = Vec::with_capacity(ARGUMENTS_MOST);
    arguments.extend([
        entry.tenant_id.datum(),
        position.ord.datum(),
        position.lineage.datum(),
        position.xid.datum(),
        entry.entry_id.datum(),
        entry.recorded_at.datum(),
        entry.actor_id.datum(),
        entry.event_id.datum(),
        entry.gate_id.datum(),
        entry.wallet_id.datum(),
        entry.action.as_str().datum(),
        entry.actor_kind.as_str().datum(),
        entry.currency.map(|currency| currency.to_string()).datum(),
        has_legs.then_some(accounts).datum(),
        has_legs.then_some(amounts).datum(),
        body.datum(),
        (*hash).datum(),
    ]);
    Ok(arguments)
}

/// An entry's body as it is stored: the bytes that are hashed.
pub fn body_text<B: Serialize>(entry: &Entry<B>) -> Result<String> {
    serde_json::to_string(&entry.body)
        .map_err(|_| Error::new(ErrorCode::Internal, "an entry's body cannot be written as JSON"))
}

/// The columns that [`entry_of`] reads, from journal `j`.
macro_rules! entry_columns {
    () => {
        "j.tenant_id, j.entry_id, j.recorded_at, j.actor_id, j.event_id, j.gate_id, j.wallet_id, j.action, \
         j.actor_kind, j.currency, j.leg_account, j.leg_amount, j.body::text"
    };
}
pub(crate) use entry_columns;

/// The entry of a row that starts with `entry_columns!()`.
pub fn entry_of(rows: &Rows<'_>) -> Result<Entry> {
    let internal = |what: &str| Error::new(ErrorCode::Internal, format!("unknown {what} in the journal"));
    let accounts: Vec<Uuid> = rows.optional(11)?.unwrap_or_default();
    let amounts: Vec<i64> = rows.optional(12)?.unwrap_or_default();
    let currency: Option<String> = rows.optional(10)?;
    Ok(Entry {
        tenant_id: rows.get(1)?,
        entry_id: rows.get(2)?,
        recorded_at: rows.get(3)?,
        actor_id: rows.optional(4)?,
        event_id: rows.optional(5)?,
        gate_id: rows.optional(6)?,
        wallet_id: rows.optional(7)?,
        action: rows.get(8)?,
        actor_kind: admit_core::journal::ActorKind::from_word(&rows.get::<String>(9)?)
            .ok_or_else(|| internal("actor"))?,
        currency: currency.map(|code| code.parse()).transpose()?,
        legs: accounts.into_iter().zip(amounts).collect(),
        body: serde_json::from_str(&rows.get::<String>(13)?).map_err(|_| internal("body"))?,
    })
}

/// Whether money legs conserve money: the journal's table constraint.
#[pg_extern(sql = false, immutable, parallel_safe)]
fn legs_balance(leg_account: Option<Array<'_, pgrx::Uuid>>, leg_amount: Option<Array<'_, i64>>) -> bool {
    match (leg_account, leg_amount) {
        (None, None) => true,
        (Some(accounts), Some(amounts)) => {
            let mut sum = 0_i128;
            let mut complete = accounts.len() == amounts.len() && accounts.len() >= 2;
            for amount in amounts.iter() {
                let amount = amount.unwrap_or_default();
                complete &= amount != 0;
                sum += i128::from(amount);
            }
            complete && sum == 0 && accounts.iter().all(|account| account.is_some())
        }
        _ => false,
    }
}
