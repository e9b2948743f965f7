//! Payments that are to come.

use admit_core::money::Currency;
use admit_core::payment::outgoing::{CheckoutWish, HostedLine};
use admit_core::payment::{PaymentState, Provider};
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use uuid::Uuid;

use super::{method, outgoing, provider};
use crate::call::{Call, new_id};
use crate::database::{Database, arguments};

/// A payment that is to come.
pub struct Announcement {
    /// Through which provider.
    pub provider: Provider,
    /// Whose.
    pub wallet_id: Uuid,
    /// The order that it pays; none for a wallet's funding.
    pub order_id: Option<Uuid>,
    /// How much, in minor units.
    pub amount_cents: i64,
    /// In which currency.
    pub currency: Currency,
    /// What is paid, line by line, for a provider's page.
    pub lines: Vec<HostedLine>,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
}

/// Stores a payment that is to come: a wallet's funding, or an order's. With an API key admit makes
/// the provider's object itself, as the payer wishes to pay.
pub fn announce(
    database: &mut Database<'_, '_>,
    call: &Call,
    announcement: Announcement,
    wish: &CheckoutWish,
) -> Result<Uuid> {
    let Announcement { provider, wallet_id, order_id, amount_cents, currency, .. } = announcement;
    let terms = provider::terms(database, call, provider)?;
    let urls = wish.return_urls(terms.live)?;
    let saved = method::saved(database, call, (provider, wallet_id), &terms, wish)?;
    if urls.is_some() && !terms.has_api_key {
        let detail = "checkout hosted needs an api_key: configure it with provider.configure, or use checkout intent";
        return Err(Error::new(ErrorCode::Conflict, detail));
    }
    let payment_id = new_id(call.now)?;
    // A guest never names the provider's object: that would claim somebody else's payment. The
    // metadata or payment.attach ties it to this payment.
    database.write(
        include_str!("../../../sql/statements/payment_create.sql"),
        arguments![
            call.tenant_id,
            payment_id,
            wallet_id,
            provider.as_str(),
            None::<String>,
            amount_cents,
            currency.as_str(),
            terms.application_fee(amount_cents),
            terms.connected_account.clone(),
            PaymentState::Pending.as_str(),
            call.now,
            order_id,
            wish.payment_method_id,
            terms.live,
        ],
    )?;
    if terms.has_api_key {
        outgoing::create_payment(database, call, payment_id, announcement, &terms, (urls, saved))?;
    }
    Ok(payment_id)
}
