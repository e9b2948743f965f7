//! Paying orders: from the wallet, for nothing, or through a provider.

use std::rc::Rc;

use admit_core::inventory::HoldState;
use admit_core::journal::ActorKind;
use admit_core::ledger::AccountKind;
use admit_core::order::{OrderPay, OrderState, OrderView, PayWith, StoredItem};
use admit_core::payment::outgoing::{CheckoutWish, HostedLine};
use admit_core::payment::{PaymentState, Provider};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::settle::{Payer, settle};
use super::{Order, close, list, require_own, store};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::inventory::config::{self, SaleConfig};
use crate::inventory::hold::{self, Hold};
use crate::inventory::late;
use crate::journal::append;
use crate::ledger::tenant_account;
use crate::payment::{Announcement, own_wallet};

/// A locked wallet.
struct Purse {
    balance_cents: i64,
    currency: String,
    frozen: bool,
}

/// `order.pay`
pub fn pay(database: &mut Database<'_, '_>, call: &Call, request: OrderPay) -> Result<OrderView> {
    let mut order = store::lock(database, call, request.order_id)?;
    require_own(database, call, &order)?;
    match order.state_at(call.now) {
        OrderState::Created | OrderState::PendingPayment => {}
        OrderState::Paid => {
            return Err(Error::new(ErrorCode::Conflict, "the order is paid already"));
        }
        OrderState::Expired => {
            return Err(Error::new(ErrorCode::HoldExpired, "the order was not paid in time: place a new one"));
        }
        state => {
            let state = state.as_str();
            return Err(Error::new(ErrorCode::Conflict, format!("the order is {state}: place a new one")));
        }
    }
    let wish = CheckoutWish {
        checkout: request.checkout,
        success_url: request.success_url,
        cancel_url: request.cancel_url,
        payment_method_id: request.payment_method_id,
    };
    require_provider(Some(request.pay_with), &wish)?;
    let config = config::now(database, call, order.event_id)?;
    config.event.require_selling(call.now)?;
    if let Some(provider) = provider_of(request.pay_with) {
        begin_payment(database, call, &mut order, provider, &wish)?;
        store::update(database, call.tenant_id, &order)?;
        return list::view_with_tickets(database, call, &order);
    }
    let payer = debit(database, call, &order, request.pay_with)?;
    let hold = hold::lock(database, call, order.hold_id)?;
    if hold.state != HoldState::Ordered {
        return Err(Error::new(ErrorCode::HoldExpired, "the order was not paid in time: place a new one"));
    }
    settle(database, call, &mut order, &hold, &config, &payer)?;
    list::view_with_tickets(database, call, &order)
}

/// Pays an order in the call that places it. Its wallet is locked already, if it pays.
pub fn pay_new(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &mut Order,
    hold: &Hold,
    config: &Rc<SaleConfig>,
    (pay_with, wish): (PayWith, &CheckoutWish),
) -> Result<()> {
    if let Some(provider) = provider_of(pay_with) {
        let announcement = announcement(order, provider)?;
        let announced = crate::payment::prepare(database, call, announcement, wish, Some(config.revision()))?;
        order.payment_id = Some(announced.payment_id());
        order.state = OrderState::PendingPayment;
        store::place(database, call, order, Some(&announced))?;
        return announced.send(database, call);
    }
    let payer = debit(database, call, order, pay_with)?;
    store::insert(database, call.tenant_id, order)?;
    settle(database, call, order, hold, config, &payer)
}

/// Refuses wishes for a provider's page where no provider is paid with.
pub fn require_provider(pay_with: Option<PayWith>, wish: &CheckoutWish) -> Result<()> {
    if wish.is_empty() || pay_with.and_then(provider_of).is_some() {
        return Ok(());
    }
    Err(Error::invalid(
        "checkout, success_url, cancel_url and payment_method_id go with pay_with of a provider: leave them out",
    ))
}

fn provider_of(pay_with: PayWith) -> Option<Provider> {
    match pay_with {
        PayWith::Stripe => Some(Provider::Stripe),
        PayWith::Midtrans => Some(Provider::Midtrans),
        PayWith::Xendit => Some(Provider::Xendit),
        PayWith::Wallet | PayWith::Nothing => None,
    }
}

/// Locks the wallet that is going to pay.
pub fn lock_wallet(database: &mut Database<'_, '_>, call: &Call, wallet_id: Uuid) -> Result<()> {
    purse(database, call, wallet_id).map(|_| ())
}

fn purse(database: &mut Database<'_, '_>, call: &Call, wallet_id: Uuid) -> Result<Purse> {
    let mut rows = database.point(
        "SELECT balance_cents, currency, frozen FROM admit.wallet \
         WHERE tenant_id = $1 AND wallet_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, wallet_id],
    )?;
    rows.only("wallet")?;
    Ok(Purse { balance_cents: rows.get(1)?, currency: rows.get(2)?, frozen: rows.get(3)? })
}

/// Nobody but its holder spends a wallet's money; an SQL backend is trusted to ask.
fn require_holder(call: &Call, wallet_id: Uuid) -> Result<()> {
    if call.actor.kind == ActorKind::Sql || own_wallet(call) == Some(wallet_id) {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::PermissionDenied,
        "only its holder pays from a wallet: let the guest pay with the wallet's own session",
    ))
}

/// Debits the buyer's wallet, unless the order is free.
fn debit(database: &mut Database<'_, '_>, call: &Call, order: &Order, pay_with: PayWith) -> Result<Payer> {
    let total = order.totals.total_cents;
    if total == 0 {
        return Ok(Payer { account_id: order.wallet_id, paid_with: PayWith::Nothing.as_str() });
    }
    if pay_with == PayWith::Nothing {
        return Err(Error::new(
            ErrorCode::InvalidAmount,
            format!("the order costs {total} minor units: pay with a wallet or a provider"),
        ));
    }
    require_holder(call, order.wallet_id)?;
    let purse = purse(database, call, order.wallet_id)?;
    if purse.frozen {
        return Err(Error::new(ErrorCode::WalletFrozen, "the wallet is frozen: ask the staff to unfreeze it first"));
    }
    if purse.currency != order.currency.as_str() {
        return Err(Error::new(
            ErrorCode::CurrencyMismatch,
            format!(
                "the wallet is in {}, the event sells in {}: pay through a provider",
                purse.currency, order.currency
            ),
        ));
    }
    if purse.balance_cents < total {
        return Err(Error::new(
            ErrorCode::InsufficientFunds,
            format!("the order costs {total} minor units, the wallet holds {}: fund it first", purse.balance_cents),
        ));
    }
    database.point(
        "UPDATE admit.wallet SET balance_cents = balance_cents - $3 WHERE tenant_id = $1 AND wallet_id = $2",
        arguments![call.tenant_id, order.wallet_id, total],
    )?;
    Ok(Payer { account_id: order.wallet_id, paid_with: PayWith::Wallet.as_str() })
}

/// Announces the payment of an order; an earlier one through the same provider goes on, unless it was
/// cancelled or the provider refused to make its object.
fn begin_payment(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &mut Order,
    provider: Provider,
    wish: &CheckoutWish,
) -> Result<()> {
    let announcement = announcement(order, provider)?;
    if !payment_goes_on(database, call, order, wish.payment_method_id)? {
        order.payment_id = Some(crate::payment::announce(database, call, announcement, wish)?);
    }
    order.state = OrderState::PendingPayment;
    Ok(())
}

/// The payment of an order through a provider.
fn announcement(order: &Order, provider: Provider) -> Result<Announcement> {
    let total = order.totals.total_cents;
    if total == 0 {
        return Err(Error::new(ErrorCode::InvalidAmount, "the order is free: pay with nothing"));
    }
    let line = |item: &StoredItem| HostedLine {
        name: item.name.clone(),
        unit_cents: item.unit_total(),
        quantity: item.quantity,
    };
    Ok(Announcement {
        provider,
        wallet_id: order.wallet_id,
        order_id: Some(order.order_id),
        amount_cents: total,
        currency: order.currency,
        lines: order.items.iter().map(line).collect(),
        expires_at: order.expires_at,
    })
}

/// Whether the order has a payment that can still succeed, and with a saved method one that it is being
/// paid with. One that succeeds after it was cancelled, or after another was begun, is taken for the
/// order as long as that is not paid.
fn payment_goes_on(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &Order,
    saved_method: Option<Uuid>,
) -> Result<bool> {
    let Some(payment_id) = order.payment_id else { return Ok(false) };
    let mut rows = database.point(
        "SELECT state, payment_method_id FROM admit.payment WHERE tenant_id = $1 AND payment_id = $2",
        arguments![call.tenant_id, payment_id],
    )?;
    rows.only("payment")?;
    let state: String = rows.get(1)?;
    if saved_method.is_some() && (rows.optional::<Uuid>(2)? != saved_method || state == PaymentState::Failed.as_str()) {
        return Ok(false);
    }
    let cancelled = state == PaymentState::Cancelled.as_str();
    Ok(!cancelled && !crate::payment::was_refused(database, call, payment_id)?)
}

/// What becomes of an order's payment that the provider reports as succeeded.
pub enum Sale {
    /// The order is paid; its tickets are issued.
    Sold,
    /// The order could not be sold any more, and why: the money goes back.
    TooLate(&'static str),
}

/// Books a payment that the provider reports: the payment is locked.
pub fn paid_by_provider(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    payment_id: Uuid,
    order_id: Uuid,
) -> Result<Sale> {
    let (mut order, mut hold, revision) = store::lock_for_sale(database, call, order_id)?;
    if order.paid_at.is_some() {
        return Ok(Sale::TooLate("the order was paid already"));
    }
    if order.state == OrderState::Cancelled {
        return Ok(Sale::TooLate("the order was cancelled"));
    }
    let config = config::load(database, call, revision, order.event_id)?;
    if let Some(reason) = config.event.closed_because(call.now) {
        if order.state != OrderState::Expired {
            close::close(database, call, &mut order, OrderState::Cancelled)?;
            let body = json!({"order_id": order.order_id, "reason": reason});
            append(database, call, order.fact("order.cancelled", body))?;
        }
        return Ok(Sale::TooLate(reason));
    }
    if hold.state != HoldState::Ordered && !late::take_again(database, call, &mut hold, &config)? {
        let body = json!({"order_id": order.order_id, "payment_id": payment_id, "state": order.state_at(call.now)});
        append(database, call, order.fact("order.paid_too_late", body))?;
        close::close(database, call, &mut order, OrderState::Expired)?;
        return Ok(Sale::TooLate("the places of the order are sold"));
    }
    order.payment_id = Some(payment_id);
    let account_id = tenant_account(call.tenant_id, AccountKind::Provider, order.currency);
    settle(database, call, &mut order, &hold, &config, &Payer { account_id, paid_with: provider.as_str() })?;
    Ok(Sale::Sold)
}
