//! Ledger accounts and their exact balances.

use admit_core::ledger::{AccountCreate, AccountGet, AccountKind, AccountList, AccountPage, AccountView, account_id};
use admit_core::money::Currency;
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::journal::{Fact, append};

/// The name of accounts that a tenant has once a currency.
pub const ONLY: &str = "";

/// The tenant's account of a kind that exists once a currency.
pub fn tenant_account(tenant_id: i32, kind: AccountKind, currency: Currency) -> Uuid {
    account_id(tenant_id, kind, ONLY, currency)
}

/// Makes sure that the tenant's own accounts in a currency exist.
pub fn ensure_accounts(database: &mut Database<'_, '_>, call: &Call, currency: Currency) -> Result<()> {
    for kind in [AccountKind::Platform, AccountKind::Pool, AccountKind::Provider, AccountKind::PaidOut] {
        ensure(database, call, kind, ONLY, currency)?;
    }
    Ok(())
}

/// Makes sure that an account exists; its id follows from its kind, name and currency.
pub fn ensure(
    database: &mut Database<'_, '_>,
    call: &Call,
    kind: AccountKind,
    name: &str,
    currency: Currency,
) -> Result<Uuid> {
    let id = account_id(call.tenant_id, kind, name, currency);
    database.write(
        // Looks first: an INSERT that conflicts would wait for a running fold of this account.
        "INSERT INTO admit.account (tenant_id, account_id, kind, name, currency, created_at) \
         SELECT $1, $2, $3, $4, $5, $6 \
         WHERE NOT EXISTS (SELECT FROM admit.account WHERE tenant_id = $1 AND account_id = $2) ON CONFLICT DO NOTHING",
        arguments![call.tenant_id, id, kind.as_str(), name, currency.as_str(), call.now],
    )?;
    Ok(id)
}

/// Refuses an account id that is not the tenant's, cannot be a payee, or has another currency.
pub fn require_account(
    database: &mut Database<'_, '_>,
    call: &Call,
    account_id: Uuid,
    currency: Option<Currency>,
) -> Result<()> {
    let mut rows = database.read(
        "SELECT currency FROM admit.account \
         WHERE tenant_id = $1 AND account_id = $2 AND kind NOT IN ('provider', 'paid_out', 'receivable', 'refund_due', 'disputed')",
        arguments![call.tenant_id, account_id],
    )?;
    rows.only("account")?;
    let own: String = rows.get(1)?;
    match currency {
        Some(currency) if currency.as_str() != own => {
            Err(Error::new(ErrorCode::CurrencyMismatch, format!("the account is in {own}, but {currency} is needed")))
        }
        _ => Ok(()),
    }
}

/// `account.create`
pub fn create(database: &mut Database<'_, '_>, call: &Call, request: AccountCreate) -> Result<AccountView> {
    call.require_whole_tenant("account")?;
    if !matches!(request.kind, AccountKind::Vendor | AccountKind::Promoter | AccountKind::Organizer | AccountKind::Tax)
    {
        return Err(Error::invalid(
            "kind must be vendor, promoter, organizer or tax; admit makes the other accounts itself",
        ));
    }
    let name = required_text("name", &request.name, 200)?;
    let id = account_id(call.tenant_id, request.kind, &name, request.currency);
    let rows = database.write(
        "INSERT INTO admit.account (tenant_id, account_id, kind, name, currency, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        arguments![call.tenant_id, id, request.kind.as_str(), name.as_str(), request.currency.as_str(), call.now],
    )?;
    if rows.is_empty() {
        return Err(Error::new(ErrorCode::AlreadyExists, "an account of this kind, name and currency exists already"));
    }
    append(
        database,
        call,
        Fact {
            action: "account.created",
            event_id: None,
            gate_id: None,
            wallet_id: None,
            money: None,
            body: json!({"account_id": id, "kind": request.kind, "name": name, "currency": request.currency}),
        },
    )?;
    get(database, call, AccountGet { account_id: id })
}

fn view(row: &Rows<'_>) -> Result<AccountView> {
    Ok(AccountView {
        account_id: row.get(1)?,
        kind: row.get(2)?,
        name: row.get(3)?,
        currency: row.get(4)?,
        balance_cents: row.get(5)?,
    })
}

/// `account.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: AccountGet) -> Result<AccountView> {
    call.require_whole_tenant("account")?;
    let mut rows = database.read(
        include_str!("../../sql/statements/account_balances.sql"),
        arguments![call.tenant_id, Some(request.account_id)],
    )?;
    rows.only("account")?;
    view(&rows)
}

/// `account.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, _: AccountList) -> Result<AccountPage> {
    call.require_whole_tenant("account")?;
    let rows = database
        .read(include_str!("../../sql/statements/account_balances.sql"), arguments![call.tenant_id, None::<Uuid>])?;
    Ok(AccountPage { items: rows.collect(view)? })
}
