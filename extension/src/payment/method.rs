//! Saved payment methods: a provider keeps them for a wallet's holder, here is what they are called.
//!
//! Lock order: effect or the provider's object, wallet, then setup or method.

mod reported;

pub use reported::{customer_deleted, detached, kept, setup};

use admit_core::journal::ActorKind;
use admit_core::payment::Provider;
use admit_core::payment::method::{
    PaymentMethodAdd, PaymentMethodList, PaymentMethodPage, PaymentMethodRemove, PaymentMethodRemoved,
    PaymentMethodSetDefault, PaymentMethodSetupGet, PaymentMethodSetupView, PaymentMethodView, SetupState,
};
use admit_core::payment::outgoing::{CheckoutWish, SavedMethod};
use admit_core::{Error, ErrorCode, Result};
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use super::provider::{self, Terms};
use super::{api_key, fact, outgoing, own_wallet, require_own};
use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::append;
use crate::page::Page;

/// The provider that keeps payment methods.
pub const KEEPER: Provider = Provider::Stripe;
/// How long an adding that was begun is gone on with.
const SETUP_HOURS: i64 = 1;

fn require_api_key(terms: &Terms) -> Result<()> {
    if terms.has_api_key {
        return Ok(());
    }
    let name = KEEPER.as_str();
    let detail = format!("payment methods need an api_key of {name}: configure it with provider.configure");
    Err(Error::new(ErrorCode::Conflict, detail))
}

/// Locks a wallet: changes of its methods take turns.
fn lock_wallet(database: &mut Database<'_, '_>, call: &Call, wallet_id: Uuid) -> Result<()> {
    let mut rows = database.point(
        "SELECT 1 FROM admit.wallet WHERE tenant_id = $1 AND wallet_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, wallet_id],
    )?;
    rows.only("wallet")
}

/// `payment_method.add`
pub fn add(database: &mut Database<'_, '_>, call: &Call, _: PaymentMethodAdd) -> Result<PaymentMethodSetupView> {
    let wallet_id = call.wallet_id()?;
    let terms = provider::terms(database, call, KEEPER)?;
    require_api_key(&terms)?;
    lock_wallet(database, call, wallet_id)?;
    let begun_after = call.now - SignedDuration::from_hours(SETUP_HOURS);
    let mut open = database.point(
        include_str!("../../../sql/statements/payment_method_setup_open.sql"),
        arguments![call.tenant_id, wallet_id, terms.live, begun_after],
    )?;
    if open.next() {
        return read_setup(database, call, open.get(1)?, wallet_id);
    }
    let setup_id = new_id(call.now)?;
    database.point(
        "INSERT INTO admit.payment_method_setup \
             (tenant_id, setup_id, wallet_id, provider, live, state, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        arguments![
            call.tenant_id,
            setup_id,
            wallet_id,
            KEEPER.as_str(),
            terms.live,
            SetupState::Pending.as_str(),
            call.now,
        ],
    )?;
    outgoing::method::begin(database, call, setup_id, wallet_id, terms.live)?;
    read_setup(database, call, setup_id, wallet_id)
}

/// `payment_method.setup`
pub fn read(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: PaymentMethodSetupGet,
) -> Result<PaymentMethodSetupView> {
    let wallet_id = call.wallet_id()?;
    read_setup(database, call, request.setup_id, wallet_id)
}

fn read_setup(
    database: &mut Database<'_, '_>,
    call: &Call,
    setup_id: Uuid,
    wallet_id: Uuid,
) -> Result<PaymentMethodSetupView> {
    let mut rows = database.point_read(
        include_str!("../../../sql/statements/payment_method_setup_read.sql"),
        arguments![call.tenant_id, setup_id, wallet_id],
    )?;
    rows.only("setup")?;
    let state: String = rows.get(4)?;
    let ended = [SetupState::Cancelled.as_str(), SetupState::Succeeded.as_str()].contains(&state.as_str());
    let sealed = rows.optional::<Vec<u8>>(5)?.filter(|_| !ended);
    Ok(PaymentMethodSetupView {
        setup_id: rows.get(1)?,
        wallet_id: rows.get(2)?,
        provider: rows.get(3)?,
        state,
        client_secret: sealed.map(|sealed| api_key::open_client_secret(call, setup_id, &sealed)).transpose()?,
        created_at: rows.get(6)?,
        updated_at: rows.get(7)?,
    })
}

/// `payment_method.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: PaymentMethodList) -> Result<PaymentMethodPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let wallet_id = require_own(call, request.wallet_id)?
        .ok_or_else(|| Error::invalid("wallet_id is missing: name the wallet whose payment methods are listed"))?;
    let mut items = select(database, call, wallet_id, None, &page)?.collect(view)?;
    if own_wallet(call).is_none() {
        for item in &mut items {
            (item.expiry_month, item.expiry_year) = (None, None);
        }
    }
    let (items, next_cursor) = page.cut(items, |item| item.payment_method_id);
    Ok(PaymentMethodPage { items, next_cursor })
}

fn select<'conn>(
    database: &mut Database<'_, 'conn>,
    call: &Call,
    wallet_id: Uuid,
    payment_method_id: Option<Uuid>,
    page: &Page,
) -> Result<Rows<'conn>> {
    database.read(
        include_str!("../../../sql/statements/payment_method_list.sql"),
        arguments![
            call.tenant_id,
            wallet_id,
            payment_method_id,
            page.after,
            call.actor.venue_id,
            call.actor.event_id,
            page.fetch(),
        ],
    )
}

fn view(row: &Rows<'_>) -> Result<PaymentMethodView> {
    Ok(PaymentMethodView {
        payment_method_id: row.get(1)?,
        wallet_id: row.get(2)?,
        provider: row.get(3)?,
        kind: row.get(4)?,
        brand: row.optional(5)?,
        last4: row.optional(6)?,
        expiry_month: row.optional(7)?,
        expiry_year: row.optional(8)?,
        is_default: row.get(9)?,
        created_at: row.get(10)?,
    })
}

/// `payment_method.set_default`
pub fn set_default(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: PaymentMethodSetDefault,
) -> Result<PaymentMethodView> {
    let (wallet_id, payment_method_id) = (call.wallet_id()?, request.payment_method_id);
    lock_wallet(database, call, wallet_id)?;
    let page = Page::of(Some(1), None)?;
    let mut rows = select(database, call, wallet_id, Some(payment_method_id), &page)?;
    rows.only("payment method")?;
    let method = view(&rows)?;
    if method.is_default {
        return Ok(method);
    }
    // Two statements: a unique index allows no second default, not even in between.
    database.point(
        "UPDATE admit.payment_method SET is_default = false WHERE tenant_id = $1 AND wallet_id = $2 AND is_default \
         AND live = (SELECT m.live FROM admit.payment_method AS m WHERE m.tenant_id = $1 AND m.payment_method_id = $3)",
        arguments![call.tenant_id, wallet_id, payment_method_id],
    )?;
    database.point(
        "UPDATE admit.payment_method SET is_default = true WHERE tenant_id = $1 AND payment_method_id = $2",
        arguments![call.tenant_id, payment_method_id],
    )?;
    append(
        database,
        call,
        fact("payment_method.default_set", wallet_id, json!({"payment_method_id": payment_method_id})),
    )?;
    Ok(PaymentMethodView { is_default: true, ..method })
}

/// `payment_method.remove`
pub fn remove(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: PaymentMethodRemove,
) -> Result<PaymentMethodRemoved> {
    let (wallet_id, payment_method_id) = (call.wallet_id()?, request.payment_method_id);
    lock_wallet(database, call, wallet_id)?;
    let mut rows = database.point(
        "SELECT live, provider_reference, removed_at IS NOT NULL FROM admit.payment_method \
         WHERE tenant_id = $1 AND payment_method_id = $2 AND wallet_id = $3",
        arguments![call.tenant_id, payment_method_id, wallet_id],
    )?;
    rows.only("payment method")?;
    let (live, provider_reference): (bool, String) = (rows.get(1)?, rows.get(2)?);
    if !rows.get::<bool>(3)? {
        reported::gone(database, call, (wallet_id, live), &provider_reference, None)?;
        outgoing::method::detach(database, call, payment_method_id, &provider_reference)?;
    }
    Ok(PaymentMethodRemoved { payment_method_id })
}

/// The saved method that a payer wishes to pay with. Nobody but its holder pays with it; an SQL
/// backend is trusted to ask.
pub fn saved(
    database: &mut Database<'_, '_>,
    call: &Call,
    (provider, wallet_id): (Provider, Uuid),
    terms: &Terms,
    wish: &CheckoutWish,
) -> Result<Option<SavedMethod>> {
    let Some(payment_method_id) = wish.payment_method_id else { return Ok(None) };
    if provider != KEEPER {
        let name = KEEPER.as_str();
        return Err(Error::invalid(format!("payment_method_id goes with {name}: leave it out or pay with {name}")));
    }
    require_api_key(terms)?;
    if call.actor.kind != ActorKind::Sql && own_wallet(call) != Some(wallet_id) {
        return Err(Error::not_found("payment method"));
    }
    let mut rows = database.point_read(
        include_str!("../../../sql/statements/payment_method_saved.sql"),
        arguments![call.tenant_id, payment_method_id, wallet_id, provider.as_str(), terms.live],
    )?;
    rows.only("payment method")?;
    Ok(Some(SavedMethod {
        method_reference: rows.get(1)?,
        customer_reference: rows.get(2)?,
        return_url: wish.saved_return_url(terms.live)?,
    }))
}
