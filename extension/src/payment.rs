//! Payments: fundings of wallets, announced here and credited when the provider reports them.
//!
//! Lock order: the provider's object, its parked deliveries, payment or payout, wallet, account.

pub mod account;
mod alert;
mod announce;
mod api_key;
pub mod dispute;
mod effect;
mod locked;
pub mod method;
pub mod onboarding;
mod outgoing;
pub mod parked;
mod provider;
pub mod reconciliation;
pub mod refund;
mod reported;
pub mod webhook;

pub use announce::{Announced, Announcement, announce, prepare};
pub use effect::Outcome;
pub use locked::{Payment, lock_of_order};
pub use outgoing::{list as list_effects, retry as retry_effect, was_refused};
pub use provider::configure;

use admit_core::journal::ActorKind;
use admit_core::money::{Currency, positive_amount};
use admit_core::payment::notice::{PAYMENT_METADATA, reference};
use admit_core::payment::outgoing::{CheckoutWish, HostedLine};
use admit_core::payment::{PaymentAttach, PaymentFund, PaymentGet, PaymentList, PaymentPage, PaymentView, Provider};
use admit_core::{Error, ErrorCode, Result};
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::journal::{Fact, append};
use crate::page::Page;

/// How long a provider's page for a funding stays open.
const FUNDING_HOURS: i64 = 12;

/// The only wallet whose data the caller may see, if it is a wallet.
pub fn own_wallet(call: &Call) -> Option<Uuid> {
    call.actor.id.filter(|_| call.actor.kind == ActorKind::Wallet)
}

/// Which wallet's data is listed: a wallet sees its own only.
fn require_own(call: &Call, asked: Option<Uuid>) -> Result<Option<Uuid>> {
    let own = own_wallet(call);
    if own.is_some() && asked.is_some() && own != asked {
        return Err(Error::not_found("wallet"));
    }
    Ok(own.or(asked))
}

/// A fact about a wallet's payment.
fn fact(action: &'static str, wallet_id: Uuid, body: serde_json::Value) -> Fact<serde_json::Value> {
    Fact { action, event_id: None, gate_id: None, wallet_id: Some(wallet_id), money: None, body }
}

fn reference_taken() -> Error {
    Error::new(
        ErrorCode::AlreadyExists,
        "another payment has this provider_reference: each payment needs a payment object of its own",
    )
}

/// `payment.fund`
pub fn fund(database: &mut Database<'_, '_>, call: &Call, request: PaymentFund) -> Result<PaymentView> {
    let wallet_id = call.wallet_id()?;
    let amount_cents = positive_amount("amount_cents", request.amount_cents)?;
    let provider = request.provider.unwrap_or(Provider::Stripe);
    let (currency, event_name) = fundable_wallet(database, call, wallet_id, request.currency)?;
    let wish = CheckoutWish {
        checkout: request.checkout,
        success_url: request.success_url,
        cancel_url: request.cancel_url,
        payment_method_id: request.payment_method_id,
    };
    let announcement = Announcement {
        provider,
        wallet_id,
        order_id: None,
        amount_cents,
        currency,
        lines: vec![HostedLine { name: event_name, unit_cents: amount_cents, quantity: 1 }],
        expires_at: call.now + SignedDuration::from_hours(FUNDING_HOURS),
    };
    let payment_id = announce(database, call, announcement, &wish)?;
    let body = json!({
        "amount_cents": amount_cents, "currency": currency, "payment_id": payment_id, "provider": provider,
    });
    append(database, call, fact("payment.announced", wallet_id, body))?;
    read_one(database, call, payment_id)
}

/// The currency of a wallet that may be funded, and the name of its event.
fn fundable_wallet(
    database: &mut Database<'_, '_>,
    call: &Call,
    wallet_id: Uuid,
    asked: Option<Currency>,
) -> Result<(Currency, String)> {
    let mut rows = database.read(
        "SELECT w.currency, w.frozen, e.name FROM admit.wallet AS w \
         JOIN admit.event AS e ON e.tenant_id = w.tenant_id AND e.event_id = w.event_id \
         WHERE w.tenant_id = $1 AND w.wallet_id = $2",
        arguments![call.tenant_id, wallet_id],
    )?;
    rows.only("wallet")?;
    let currency: Currency = rows.get::<String>(1)?.parse()?;
    if let Some(asked) = asked.filter(|asked| *asked != currency) {
        return Err(Error::new(
            ErrorCode::CurrencyMismatch,
            format!("the wallet is in {currency}, not in {asked}: leave currency out or send {currency}"),
        ));
    }
    if rows.get::<bool>(2)? {
        return Err(Error::new(ErrorCode::WalletFrozen, "the wallet is frozen: ask the staff to unfreeze it first"));
    }
    Ok((currency, rows.get(3)?))
}

/// `payment.attach`
pub fn attach(database: &mut Database<'_, '_>, call: &Call, request: PaymentAttach) -> Result<PaymentView> {
    let object = reference("provider_reference", &request.provider_reference)?;
    let deliveries = parked::lock(database, call, Some(&object))?;
    let payment = locked::lock(database, call, request.payment_id)?;
    match &payment.facts.provider_reference {
        Some(own) if *own == object => {}
        Some(_) => {
            return Err(Error::new(
                ErrorCode::Conflict,
                "the payment has another provider_reference already: announce a new payment for this payment object",
            ));
        }
        None if outgoing::makes_payment(database, call, payment.payment_id)? => {
            return Err(Error::new(
                ErrorCode::Conflict,
                "admit makes the payment's object itself, since the provider has an api_key: read it with payment.get",
            ));
        }
        None => store_reference(database, call, &payment, &object)?,
    }
    parked::apply(database, call, deliveries)?;
    read_one(database, call, payment.payment_id)
}

/// Stores the provider's object of a locked payment. The object is locked, so that nobody else
/// can take it between the two statements.
fn store_reference(database: &mut Database<'_, '_>, call: &Call, payment: &Payment, object: &str) -> Result<()> {
    let taken = database.point(
        "SELECT 1 FROM admit.payment WHERE tenant_id = $1 AND provider = $2 AND provider_reference = $3",
        arguments![call.tenant_id, payment.provider.as_str(), object],
    )?;
    if !taken.is_empty() {
        return Err(reference_taken());
    }
    database.write(
        "UPDATE admit.payment SET provider_reference = $3 WHERE tenant_id = $1 AND payment_id = $2",
        arguments![call.tenant_id, payment.payment_id, object],
    )?;
    let body = json!({"provider": payment.provider, "provider_reference": object});
    append(database, call, payment.fact("payment.attached", body))?;
    Ok(())
}

/// `payment.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: PaymentGet) -> Result<PaymentView> {
    read_one(database, call, request.payment_id)
}

fn read_one(database: &mut Database<'_, '_>, call: &Call, payment_id: Uuid) -> Result<PaymentView> {
    let mut rows = database.read(
        include_str!("../../sql/statements/payment_list.sql"),
        arguments![
            call.tenant_id,
            Some(payment_id),
            None::<Uuid>,
            own_wallet(call),
            call.actor.venue_id,
            call.actor.event_id,
            1_i64,
        ],
    )?;
    rows.only("payment")?;
    let mut payment = view(&rows)?;
    if let Some(sealed) = rows.optional::<Vec<u8>>(15)? {
        payment.client_secret = Some(api_key::open_client_secret(call, payment_id, &sealed)?);
    }
    Ok(payment)
}

/// `payment.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: PaymentList) -> Result<PaymentPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let wallet_id = require_own(call, request.wallet_id)?;
    let rows = database.read(
        include_str!("../../sql/statements/payment_list.sql"),
        arguments![
            call.tenant_id,
            None::<Uuid>,
            page.after,
            wallet_id,
            call.actor.venue_id,
            call.actor.event_id,
            page.fetch(),
        ],
    )?;
    let (items, next_cursor) = page.cut(rows.collect(view)?, |item| item.payment_id);
    Ok(PaymentPage { items, next_cursor })
}

fn view(row: &Rows<'_>) -> Result<PaymentView> {
    let payment_id: Uuid = row.get(1)?;
    Ok(PaymentView {
        payment_id,
        wallet_id: row.get(2)?,
        provider: row.get(3)?,
        amount_cents: row.get(4)?,
        currency: row.get(5)?,
        application_fee_cents: row.get(6)?,
        refunded_cents: row.get(7)?,
        disputed_cents: row.get(16)?,
        state: row.get(8)?,
        provider_reference: row.optional(9)?,
        connected_account: row.optional(10)?,
        metadata: json!({PAYMENT_METADATA: payment_id}),
        created_at: row.get(11)?,
        succeeded_at: row.optional(12)?,
        order_id: row.optional(13)?,
        client_secret: None,
        redirect_url: row.optional(14)?,
        payment_method_id: row.optional(17)?,
    })
}
