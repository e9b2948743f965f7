//! Fees: versions of schedules, and what a charge would be.

use admit_core::fee::{
    Action, Component, EffectiveFees, FeeGet, FeePreview, FeePreviewed, FeeRule, FeeSchedule, FeeScope, FeeSet,
    FeeVersionPage, FeeVersionView, FeeVersions, Payee, PayeeAccounts, PreviewedCharge, PreviewedShare, Rounding,
    Share,
};
use admit_core::ledger::AccountKind;
use admit_core::money::{AMOUNT_MAX, Currency, positive_amount};
use admit_core::{Error, ErrorCode, Result};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::journal::append;
use crate::ledger::{require_account, tenant_account};
use crate::page::Page;
use crate::tenant::change_configuration;
use crate::venue::{fact, refuse_archived, require_event};

/// The id under which a scope's versions are stored: the object's, or nil for the platform's.
fn stored_id(scope: FeeScope, scope_id: Option<Uuid>) -> Result<Uuid> {
    match (scope, scope_id) {
        (FeeScope::Platform, None) => Ok(Uuid::nil()),
        (FeeScope::Platform, Some(_)) => Err(Error::invalid("the platform's fees have no scope_id: leave it out")),
        (_, Some(id)) => Ok(id),
        (_, None) => Err(Error::invalid(format!("scope_id is needed: give the {}'s id", scope.as_str()))),
    }
}

/// What owns a schedule.
struct Owner {
    /// The id under which its versions are stored.
    stored_id: Uuid,
    /// Whether it is in use; none for the platform.
    status: Option<String>,
    /// The only currency charged there; none where events of several currencies may take place.
    currency: Option<Currency>,
}

/// The owner of a schedule, when it exists and is in the credential's scope.
fn owner(database: &mut Database<'_, '_>, call: &Call, scope: FeeScope, scope_id: Option<Uuid>) -> Result<Owner> {
    let stored_id = stored_id(scope, scope_id)?;
    if scope == FeeScope::Platform {
        call.require_whole_tenant("fee schedule")?;
        return Ok(Owner { stored_id, status: None, currency: None });
    }
    let mut rows = database.read(
        include_str!("../../sql/statements/fee_scope.sql"),
        arguments![call.tenant_id, scope.as_str(), stored_id],
    )?;
    rows.only(scope.as_str())?;
    call.require_scope(scope.as_str(), Some(rows.get(1)?), scope_id.filter(|_| scope == FeeScope::Event))?;
    let currency: Option<String> = rows.optional(3)?;
    let currency = currency.map(|code| code.parse()).transpose()?;
    Ok(Owner { stored_id, status: Some(rows.get(2)?), currency })
}

/// `fee.set`
pub fn set(database: &mut Database<'_, '_>, call: &Call, request: FeeSet) -> Result<FeeVersionView> {
    change_configuration(database, call)?;
    let owner = owner(database, call, request.scope, request.scope_id)?;
    if let Some(status) = &owner.status {
        refuse_archived(request.scope.as_str(), status)?;
    }
    store(database, call, request, owner.currency)
}

/// Stores rules as the newest version of their scope. The tenant's row must be locked by
/// [`change_configuration`], and the scope's object checked.
///
/// # Errors
/// `invalid_fee` names the rule that is not valid; `not_found` or `currency_mismatch` for a
/// payee's account, which must be in `currency` where there is only one.
pub fn store(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: FeeSet,
    currency: Option<Currency>,
) -> Result<FeeVersionView> {
    let FeeSet { scope, scope_id, rules, rounding } = request;
    let stored_id = stored_id(scope, scope_id)?;
    let mut schedule = FeeSchedule { fee_version: 0, rules, rounding };
    schedule.validate()?;
    for share in schedule.rules.iter().flat_map(|rule| &rule.shares) {
        if let Payee::Account(account_id) = share.payee {
            require_account(database, call, account_id, currency)?;
        }
    }
    let mut rows = database.write(
        "UPDATE admit.tenant SET fee_version = fee_version + 1 WHERE tenant_id = $1 RETURNING fee_version",
        arguments![call.tenant_id],
    )?;
    rows.only("tenant")?;
    schedule.fee_version = rows.get(1)?;
    let (rules, word) = (json!(schedule.rules), json!(schedule.rounding));
    database.write(
        "INSERT INTO admit.fee_version (tenant_id, fee_version, scope, scope_id, rules, rounding, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        arguments![
            call.tenant_id,
            schedule.fee_version,
            scope.as_str(),
            stored_id,
            rules.clone(),
            word.as_str().unwrap_or_default(),
            call.now,
        ],
    )?;
    let id_of = |wanted: FeeScope| scope_id.filter(|_| scope == wanted);
    let body = json!({
        "fee_version": schedule.fee_version, "rounding": word, "rules": rules, "scope": scope, "scope_id": scope_id,
    });
    append(
        database,
        call,
        fact("fee.set", id_of(FeeScope::Event), id_of(FeeScope::Gate), crate::venue::without_nulls(body)),
    )?;
    let FeeSchedule { fee_version, rules, rounding } = schedule;
    Ok(FeeVersionView { fee_version, scope, scope_id, rules, rounding, created_at: call.now })
}

/// A rule whose whole amount goes to one payee.
pub fn rule(action: Action, component: Component, fixed_cents: i64, percentage: Decimal, payee: Payee) -> FeeRule {
    let shares = vec![Share { payee, percentage: Decimal::ONE_HUNDRED }];
    FeeRule { action, component, fixed_cents, percentage, minimum_cents: None, maximum_cents: None, shares }
}

/// Refuses a fee or price that is negative or above [`AMOUNT_MAX`]; zero is free.
///
/// # Errors
/// `invalid_amount` names the field and the bounds.
pub fn require_price(name: &str, cents: i64) -> Result<()> {
    if (0..=AMOUNT_MAX).contains(&cents) {
        return Ok(());
    }
    Err(Error::new(ErrorCode::InvalidAmount, format!("{name} must be between 0 and {AMOUNT_MAX} minor units")))
}

/// Sets the venue fee of the first entry, all of it the venue's, and keeps the scope's other
/// rules. The tenant's row must be locked by [`change_configuration`].
///
/// # Errors
/// `invalid_amount` for a fee that is negative or too large.
pub fn set_entry_fee(
    database: &mut Database<'_, '_>,
    call: &Call,
    scope: FeeScope,
    scope_id: Uuid,
    fee_cents: i64,
) -> Result<()> {
    require_price("the entry fee", fee_cents)?;
    let newest = newest(database, call, scope, Some(scope_id), scope_id)?;
    let (mut rules, rounding) = match newest {
        Some(newest) => (newest.rules, newest.rounding),
        None => (Vec::new(), Rounding::default()),
    };
    let entry_fee = rule(Action::Entry, Component::VenueFee, fee_cents, Decimal::ZERO, Payee::Venue);
    rules.retain(|known| known.action != entry_fee.action || known.component != entry_fee.component);
    rules.push(entry_fee);
    store(database, call, FeeSet { scope, scope_id: Some(scope_id), rules, rounding }, None)?;
    Ok(())
}

fn newest(
    database: &mut Database<'_, '_>,
    call: &Call,
    scope: FeeScope,
    scope_id: Option<Uuid>,
    stored_id: Uuid,
) -> Result<Option<FeeVersionView>> {
    let mut rows = database.read(
        include_str!("../../sql/statements/fee_versions.sql"),
        arguments![call.tenant_id, scope.as_str(), stored_id, None::<i64>, 1_i64],
    )?;
    if rows.next() { version(&rows, scope, scope_id).map(Some) } else { Ok(None) }
}

fn version(row: &Rows<'_>, scope: FeeScope, scope_id: Option<Uuid>) -> Result<FeeVersionView> {
    Ok(FeeVersionView {
        fee_version: row.get(1)?,
        scope,
        scope_id,
        rules: readable(row.get(2)?)?,
        rounding: readable(Value::String(row.get(3)?))?,
        created_at: row.get(4)?,
    })
}

fn readable<T: DeserializeOwned>(stored: Value) -> Result<T> {
    serde_json::from_value(stored).map_err(|_| Error::new(ErrorCode::Internal, "a stored fee schedule cannot be read"))
}

/// `fee.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: FeeGet) -> Result<FeeVersionView> {
    let owner = owner(database, call, request.scope, request.scope_id)?;
    newest(database, call, request.scope, request.scope_id, owner.stored_id)?.ok_or_else(|| {
        let scope = request.scope.as_str();
        Error::new(ErrorCode::NotFound, format!("this {scope} has no fees of its own yet: set them with fee.set"))
    })
}

/// `fee.versions`
pub fn versions(database: &mut Database<'_, '_>, call: &Call, request: FeeVersions) -> Result<FeeVersionPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    // Versions are numbers; cursors are ids. A number travels as the id of the same value.
    let before = page.after.map(|id| i64::try_from(id.as_u128())).transpose();
    let before = before.map_err(|_| Error::invalid("cursor must be the next_cursor of an earlier page"))?;
    let owner = owner(database, call, request.scope, request.scope_id)?;
    let rows = database.read(
        include_str!("../../sql/statements/fee_versions.sql"),
        arguments![call.tenant_id, request.scope.as_str(), owner.stored_id, before, page.fetch()],
    )?;
    let items = rows.collect(|row| version(row, request.scope, request.scope_id))?;
    let (items, next_cursor) = page.cut(items, |item| Uuid::from_u128(u128::from(item.fee_version.unsigned_abs())));
    Ok(FeeVersionPage { items, next_cursor })
}

/// `fee.preview`
pub fn preview(database: &mut Database<'_, '_>, call: &Call, request: FeePreview) -> Result<FeePreviewed> {
    let amount_cents = match (request.action.is_sale(), request.amount_cents) {
        (true, Some(amount)) => positive_amount("amount_cents", amount)?,
        (true, None) => return Err(Error::invalid("amount_cents is needed: say what the sale costs")),
        (false, None) => 0,
        (false, Some(_)) => return Err(Error::invalid("only a sale has amount_cents: leave it out")),
    };
    let venue_id = require_event(database, call, request.event_id)?;
    let (currency, fees, accounts) = match request.gate_id {
        Some(gate_id) => {
            require_gate(database, call, venue_id, gate_id)?;
            let scan = crate::scan::config::for_preview(database, call, request.event_id, gate_id)?.scan;
            (scan.currency, scan.fees, scan.accounts)
        }
        None => without_gate(database, call, request.event_id)?,
    };
    let charge = fees.charge(request.action, amount_cents)?;
    let share = |(payee, amount_cents): (Payee, i64)| PreviewedShare {
        payee,
        account_id: accounts.account(payee),
        amount_cents,
    };
    Ok(FeePreviewed {
        currency,
        total_cents: charge.total_cents()?,
        charges: charge
            .lines
            .into_iter()
            .map(|line| PreviewedCharge {
                component: line.component,
                amount_cents: line.amount_cents,
                fee_version: line.fee_version,
                shares: line.shares.into_iter().map(share).collect(),
            })
            .collect(),
    })
}

/// Refuses a gate that is not at the event's venue.
fn require_gate(database: &mut Database<'_, '_>, call: &Call, venue_id: Uuid, gate_id: Uuid) -> Result<()> {
    let mut rows = database.read(
        "SELECT 1 FROM admit.gate WHERE tenant_id = $1 AND venue_id = $2 AND gate_id = $3",
        arguments![call.tenant_id, venue_id, gate_id],
    )?;
    rows.only("gate at the event's venue")
}

/// Currency, fees and payees of an event where no gate is named: the vendor is the venue.
fn without_gate(
    database: &mut Database<'_, '_>,
    call: &Call,
    event_id: Uuid,
) -> Result<(Currency, EffectiveFees, PayeeAccounts)> {
    let mut rows =
        database.read(include_str!("../../sql/statements/fee_preview.sql"), arguments![call.tenant_id, event_id])?;
    rows.only("event")?;
    let currency: Currency = rows.get::<String>(1)?.parse()?;
    let venue: Uuid = rows.get(2)?;
    let accounts = PayeeAccounts {
        platform: tenant_account(call.tenant_id, AccountKind::Platform, currency),
        pool: tenant_account(call.tenant_id, AccountKind::Pool, currency),
        venue,
        vendor: venue,
        promoter: rows.optional(3)?.unwrap_or(venue),
        organizer: rows.optional(4)?.unwrap_or(venue),
    };
    let schedules: Vec<FeeSchedule> = readable(rows.get(5)?)?;
    Ok((currency, EffectiveFees::resolve(schedules), accounts))
}
