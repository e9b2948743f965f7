//! Reading, freezing and linking wallets.

use admit_core::venue::required_text;
use admit_core::wallet::{
    HistoryEntry, HistoryPage, WalletFreeze, WalletGet, WalletHistory, WalletLink, WalletLinked, WalletLookup,
    WalletState, WalletUnfreeze, WalletView,
};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::{Fact, append, entry_columns, entry_of};
use crate::page::Page;

/// `wallet.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, _: WalletGet) -> Result<WalletView> {
    view(database, call, call.wallet_id()?)
}

/// `wallet.lookup`
pub fn lookup(database: &mut Database<'_, '_>, call: &Call, request: WalletLookup) -> Result<WalletView> {
    let wallet = view(database, call, request.wallet_id)?;
    call.require_scope("wallet", Some(wallet.venue_id), Some(wallet.event_id))?;
    Ok(wallet)
}

fn view(database: &mut Database<'_, '_>, call: &Call, wallet_id: Uuid) -> Result<WalletView> {
    let mut rows = database
        .read(include_str!("../../../sql/statements/wallet_view.sql"), arguments![call.tenant_id, wallet_id])?;
    rows.only("wallet")?;
    let state = if rows.get::<bool>(3)? { WalletState::Frozen } else { WalletState::Active };
    Ok(WalletView {
        wallet_id,
        currency: rows.get(1)?,
        balance_cents: rows.get(2)?,
        state: state.as_str().to_owned(),
        event_id: rows.get(4)?,
        venue_id: rows.get(5)?,
        entries: rows.get(6)?,
        inside: rows.get(7)?,
        created_at: rows.get(8)?,
    })
}

/// `wallet.history`
pub fn history(database: &mut Database<'_, '_>, call: &Call, request: WalletHistory) -> Result<HistoryPage> {
    let wallet_id = call.wallet_id()?;
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = database.read(
        concat!(
            "SELECT ",
            entry_columns!(),
            " FROM admit.journal AS j WHERE j.tenant_id = $1 AND j.wallet_id = $2 \
             AND ($3::uuid IS NULL OR j.entry_id < $3) ORDER BY j.entry_id DESC LIMIT $4"
        ),
        arguments![call.tenant_id, wallet_id, page.after, page.fetch()],
    )?;
    let items = rows.collect(|row| {
        let entry = entry_of(row)?;
        Ok(HistoryEntry {
            amount_cents: entry.wallet_change(),
            entry_id: entry.entry_id,
            action: entry.action,
            recorded_at: entry.recorded_at,
            event_id: entry.event_id,
            gate_id: entry.gate_id,
            detail: without_request(entry.body),
        })
    })?;
    let (items, next_cursor) = page.cut(items, |item| item.entry_id);
    Ok(HistoryPage { items, next_cursor })
}

/// A guest sees what happened, not which request of whom it was.
fn without_request(mut body: serde_json::Value) -> serde_json::Value {
    if let Some(fields) = body.as_object_mut() {
        fields.remove("request");
    }
    body
}

/// `wallet.link`
pub fn link(database: &mut Database<'_, '_>, call: &Call, request: WalletLink) -> Result<WalletLinked> {
    let wallet_id = call.wallet_id()?;
    let value = required_text("value", &request.value, 320)?;
    database.write(
        "INSERT INTO admit.wallet_link (tenant_id, wallet_id, kind, value, linked_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (tenant_id, wallet_id, kind) DO UPDATE SET value = excluded.value, linked_at = excluded.linked_at",
        arguments![call.tenant_id, wallet_id, request.kind.as_str(), value, call.now],
    )?;
    // The journal keeps that a contact was linked, not which: it is personal.
    append(
        database,
        call,
        Fact {
            action: "wallet.linked",
            event_id: None,
            gate_id: None,
            wallet_id: Some(wallet_id),
            money: None,
            body: json!({"kind": request.kind}),
        },
    )?;
    Ok(WalletLinked { kind: request.kind.as_str().to_owned(), linked_at: call.now })
}

/// `wallet.freeze`
pub fn freeze(database: &mut Database<'_, '_>, call: &Call, request: WalletFreeze) -> Result<WalletView> {
    set_frozen(database, call, request.wallet_id, true, &request.reason)
}

/// `wallet.unfreeze`
pub fn unfreeze(database: &mut Database<'_, '_>, call: &Call, request: WalletUnfreeze) -> Result<WalletView> {
    set_frozen(database, call, request.wallet_id, false, &request.reason)
}

fn set_frozen(
    database: &mut Database<'_, '_>,
    call: &Call,
    wallet_id: Uuid,
    frozen: bool,
    reason: &str,
) -> Result<WalletView> {
    let reason = required_text("reason", reason, 500)?;
    let mut rows = database.write(
        "SELECT frozen, venue_id, event_id FROM admit.wallet WHERE tenant_id = $1 AND wallet_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, wallet_id],
    )?;
    rows.only("wallet")?;
    call.require_scope("wallet", rows.optional(2)?, rows.optional(3)?)?;
    if rows.get::<bool>(1)? == frozen {
        let state = if frozen { "frozen already" } else { "not frozen" };
        return Err(Error::new(ErrorCode::Conflict, format!("the wallet is {state}")));
    }
    database.write(
        "UPDATE admit.wallet SET frozen = $3 WHERE tenant_id = $1 AND wallet_id = $2",
        arguments![call.tenant_id, wallet_id, frozen],
    )?;
    append(
        database,
        call,
        Fact {
            action: if frozen { "wallet.frozen" } else { "wallet.unfrozen" },
            event_id: None,
            gate_id: None,
            wallet_id: Some(wallet_id),
            money: None,
            body: json!({"reason": reason}),
        },
    )?;
    view(database, call, wallet_id)
}
