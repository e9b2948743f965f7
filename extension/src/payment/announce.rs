//! Payments that are to come.

use std::rc::Rc;

use admit_core::money::Currency;
use admit_core::payment::outgoing::{CheckoutWish, HostedLine, ReturnUrls, SavedMethod};
use admit_core::payment::{PaymentState, Provider};
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use pgrx::datum::DatumWithOid;
use uuid::Uuid;

use super::provider::Terms;
use super::{method, outgoing, provider};
use crate::call::{Call, new_id};
use crate::database::{Argument, Database};

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

/// A payment that is to come, checked and not stored yet.
pub struct Announced {
    payment_id: Uuid,
    announcement: Announcement,
    terms: Rc<Terms>,
    urls: Option<ReturnUrls>,
    saved: Option<SavedMethod>,
    payment_method_id: Option<Uuid>,
}

impl Announced {
    /// Its id.
    pub fn payment_id(&self) -> Uuid {
        self.payment_id
    }

    /// Provider, application fee, connected account, state, payment method and mode, as arguments of the statement
    /// that stores the payment; nulls for none.
    pub fn arguments(announced: Option<&Self>) -> [DatumWithOid<'static>; 6] {
        [
            announced.map(|announced| announced.announcement.provider.as_str().to_owned()).datum(),
            announced.map(|announced| announced.terms.application_fee(announced.announcement.amount_cents)).datum(),
            announced.and_then(|announced| announced.terms.connected_account.clone()).datum(),
            announced.map(|_| PaymentState::Pending.as_str().to_owned()).datum(),
            announced.and_then(|announced| announced.payment_method_id).datum(),
            announced.map(|announced| announced.terms.live).datum(),
        ]
    }

    /// Asks the provider for its object, once the payment is stored: with an API key admit makes it itself.
    pub fn send(self, database: &mut Database<'_, '_>, call: &Call) -> Result<()> {
        if !self.terms.has_api_key {
            return Ok(());
        }
        let wishes = (self.urls, self.saved);
        outgoing::create_payment(database, call, self.payment_id, self.announcement, &self.terms, wishes)
    }
}

/// Checks a payment that is to come, on the terms as of the configuration's `revision`, or as they are now.
pub fn prepare(
    database: &mut Database<'_, '_>,
    call: &Call,
    announcement: Announcement,
    wish: &CheckoutWish,
    revision: Option<Uuid>,
) -> Result<Announced> {
    let terms = match revision {
        Some(revision) => provider::terms_as_of(database, call, announcement.provider, revision)?,
        None => Rc::new(provider::terms(database, call, announcement.provider)?),
    };
    let urls = wish.return_urls(terms.live)?;
    let saved = method::saved(database, call, (announcement.provider, announcement.wallet_id), &terms, wish)?;
    if urls.is_some() && !terms.has_api_key {
        let detail = "checkout hosted needs an api_key: configure it with provider.configure, or use checkout intent";
        return Err(Error::new(ErrorCode::Conflict, detail));
    }
    let payment_method_id = wish.payment_method_id;
    Ok(Announced { payment_id: new_id(call.now)?, announcement, terms, urls, saved, payment_method_id })
}

/// Stores a payment that is to come: a wallet's funding, or an order's that is placed already. With an API key
/// admit makes the provider's object itself, as the payer wishes to pay.
pub fn announce(
    database: &mut Database<'_, '_>,
    call: &Call,
    announcement: Announcement,
    wish: &CheckoutWish,
) -> Result<Uuid> {
    let announced = prepare(database, call, announcement, wish, None)?;
    let payment_id = announced.payment_id;
    let Announcement { wallet_id, order_id, amount_cents, currency, .. } = announced.announcement;
    let mut arguments = vec![
        call.tenant_id.datum(),
        payment_id.datum(),
        wallet_id.datum(),
        amount_cents.datum(),
        currency.as_str().datum(),
        call.now.datum(),
        order_id.datum(),
    ];
    arguments.extend(Announced::arguments(Some(&announced)));
    database.write(include_str!("../../../sql/statements/payment_create.sql"), &arguments)?;
    announced.send(database, call)?;
    Ok(payment_id)
}
