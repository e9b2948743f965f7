//! Payouts: an account is debited when a payout is created; the provider confirms it later.

use admit_core::ledger::AccountKind;
use admit_core::money::{Currency, positive_amount};
use admit_core::payment::notice::{Report, Subject, reference};
use admit_core::payment::transition::{contradiction, other_object};
use admit_core::payout::{
    PayoutCreate, PayoutGet, PayoutList, PayoutPage, PayoutState, PayoutSummary, PayoutSummaryGet, PayoutSums,
    PayoutView,
};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::{Fact, append};
use crate::page::Page;
use crate::payment::{Outcome, parked};

/// Accounts that money is paid out of; the others say where money is, not whose it is.
pub const PAYABLE: [AccountKind; 7] = [
    AccountKind::Platform,
    AccountKind::Pool,
    AccountKind::Venue,
    AccountKind::Vendor,
    AccountKind::Promoter,
    AccountKind::Organizer,
    AccountKind::Tax,
];

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

/// `payout.create`
pub fn create(database: &mut Database<'_, '_>, call: &Call, request: PayoutCreate) -> Result<PayoutView> {
    call.require_whole_tenant("account")?;
    let amount_cents = positive_amount("amount_cents", request.amount_cents)?;
    let object = request.provider_reference.as_deref().map(|text| reference("provider_reference", text)).transpose()?;
    let deliveries = parked::lock(database, call, object.as_deref())?;
    let currency = payable_account(database, call, request.account_id)?;
    let target = paid_out_account(database, call, currency)?;
    lock_balance(database, call, request.account_id, amount_cents)?;
    let payout_id = new_id(call.now)?;
    let stored = database.write(
        include_str!("../../sql/statements/payout_create.sql"),
        arguments![
            call.tenant_id,
            payout_id,
            request.account_id,
            amount_cents,
            currency.as_str(),
            PayoutState::Pending.as_str(),
            object.clone(),
            call.now,
        ],
    )?;
    if stored.is_empty() {
        return Err(reference_taken());
    }
    let body = json!({"account_id": request.account_id, "payout_id": payout_id, "provider_reference": object});
    let mut fact = fact("payout.created", body);
    fact.money = Some((currency, vec![(request.account_id, -amount_cents), (target, amount_cents)]));
    append(database, call, fact)?;
    parked::apply(database, call, deliveries)?;
    get(database, call, PayoutGet { payout_id })
}

fn reference_taken() -> Error {
    Error::new(
        ErrorCode::AlreadyExists,
        "another payout has this provider_reference: each payout needs an object of its own",
    )
}

/// The currency of an account that can be paid out. Kind and currency never change.
fn payable_account(database: &mut Database<'_, '_>, call: &Call, account_id: Uuid) -> Result<Currency> {
    let mut rows = database.read(
        "SELECT kind, currency FROM admit.account WHERE tenant_id = $1 AND account_id = $2",
        arguments![call.tenant_id, account_id],
    )?;
    rows.only("account")?;
    let kind: String = rows.get(1)?;
    if !PAYABLE.iter().any(|payable| payable.as_str() == kind) {
        return Err(Error::new(
            ErrorCode::Conflict,
            format!(
                "a {kind} account cannot be paid out: choose one of a venue, vendor, promoter, organizer, tax, platform or pool"
            ),
        ));
    }
    rows.get::<String>(2)?.parse()
}

/// The account of what was paid out in a currency, made where it is missing, before the other
/// account is locked.
fn paid_out_account(database: &mut Database<'_, '_>, call: &Call, currency: Currency) -> Result<Uuid> {
    crate::ledger::ensure(database, call, AccountKind::PaidOut, crate::ledger::ONLY, currency)
}

/// Locks the account, then reads its exact balance and refuses to pay out more. The lock keeps
/// other payouts and the folding of sealed legs away; scans credit the account without it.
fn lock_balance(database: &mut Database<'_, '_>, call: &Call, account_id: Uuid, amount_cents: i64) -> Result<()> {
    let mut rows = database.write(
        "SELECT 1 FROM admit.account WHERE tenant_id = $1 AND account_id = $2 FOR UPDATE",
        arguments![call.tenant_id, account_id],
    )?;
    rows.only("account")?;
    let mut rows = database.write(
        include_str!("../../sql/statements/account_balances.sql"),
        arguments![call.tenant_id, Some(account_id)],
    )?;
    rows.only("account")?;
    let balance: i64 = rows.get(5)?;
    if amount_cents <= balance {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::InsufficientFunds,
        format!("the account holds {balance} minor units: pay out at most that"),
    ))
}

/// `payout.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: PayoutGet) -> Result<PayoutView> {
    call.require_whole_tenant("payout")?;
    let mut rows = database.read(
        include_str!("../../sql/statements/payout_list.sql"),
        arguments![call.tenant_id, Some(request.payout_id), None::<Uuid>, None::<Uuid>, 1_i64],
    )?;
    rows.only("payout")?;
    view(&rows)
}

/// `payout.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: PayoutList) -> Result<PayoutPage> {
    call.require_whole_tenant("payout")?;
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = database.read(
        include_str!("../../sql/statements/payout_list.sql"),
        arguments![call.tenant_id, None::<Uuid>, page.after, request.account_id, page.fetch()],
    )?;
    let (items, next_cursor) = page.cut(rows.collect(view)?, |item| item.payout_id);
    Ok(PayoutPage { items, next_cursor })
}

/// `payout.summary`
pub fn summary(database: &mut Database<'_, '_>, call: &Call, request: PayoutSummaryGet) -> Result<PayoutSummary> {
    call.require_whole_tenant("payout")?;
    if let Some(account_id) = request.account_id {
        crate::ledger::require_account(database, call, account_id, None)?;
    }
    let rows = database.read(
        include_str!("../../sql/statements/payout_summary.sql"),
        arguments![call.tenant_id, request.account_id],
    )?;
    let currencies = rows.collect(|row| {
        Ok(PayoutSums {
            currency: row.get(1)?,
            pending: row.get(2)?,
            pending_cents: row.get(3)?,
            paid: row.get(4)?,
            paid_cents: row.get(5)?,
            failed: row.get(6)?,
            failed_cents: row.get(7)?,
            last_paid_at: row.optional(8)?,
            next_payout_id: row.optional(9)?,
        })
    })?;
    Ok(PayoutSummary { currencies })
}

fn view(row: &Rows<'_>) -> Result<PayoutView> {
    Ok(PayoutView {
        payout_id: row.get(1)?,
        account_id: row.get(2)?,
        amount_cents: row.get(3)?,
        currency: row.get(4)?,
        state: row.get(5)?,
        provider_reference: row.optional(6)?,
        created_at: row.get(7)?,
        paid_at: row.optional(8)?,
        failed_at: row.optional(9)?,
    })
}

/// Books what the provider reports of a payout. The delivery is locked; the money was moved when
/// the payout was created. A payout may fail after it was paid, never the other way round.
pub fn report(database: &mut Database<'_, '_>, call: &Call, delivery_id: Uuid, subject: &Subject) -> Result<Outcome> {
    let mut rows = database.point(
        include_str!("../../sql/statements/payout_of_event.sql"),
        arguments![call.tenant_id, subject.own_id, subject.reference.clone()],
    )?;
    if rows.len() > 1 {
        return Ok(Outcome::refused("its metadata names one payout, its id belongs to another"));
    }
    if !rows.next() {
        return Ok(Outcome::parked());
    }
    let (payout_id, amount_cents, currency): (Uuid, i64, String) = (rows.get(1)?, rows.get(2)?, rows.get(3)?);
    let (state, known): (String, Option<String>) = (rows.get(4)?, rows.optional(5)?);
    let differs = other_object(known.as_deref(), subject).or_else(|| contradiction(subject, amount_cents, &currency));
    if let Some(detail) = differs {
        return Ok(Outcome::refused(detail));
    }
    let failed = subject.report == Report::PayoutFailed;
    if state == PayoutState::Failed.as_str() || (state == PayoutState::Paid.as_str() && !failed) {
        return Ok(Outcome::duplicate());
    }
    let body = json!({"delivery_id": delivery_id, "payout_id": payout_id, "provider_reference": subject.reference});
    let mut fact = fact(if failed { "payout.failed" } else { "payout.paid" }, body);
    let store = if failed {
        // A credit needs no lock on the account: it is what scans do all the time.
        let currency: Currency = currency.parse()?;
        let source = paid_out_account(database, call, currency)?;
        fact.money = Some((currency, vec![(source, -amount_cents), (rows.get(6)?, amount_cents)]));
        include_str!("../../sql/statements/payout_failed.sql")
    } else {
        include_str!("../../sql/statements/payout_paid.sql")
    };
    database.point(store, arguments![call.tenant_id, payout_id, subject.reference.clone(), call.now])?;
    append(database, call, fact)?;
    Ok(Outcome::applied())
}
