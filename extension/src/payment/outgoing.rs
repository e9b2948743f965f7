//! What is asked of providers: written with what causes it, taken by a worker of the shim, reported
//! back. A crash at any point leads to one effect: requests are stored before they are sent, and every
//! try sends the same bytes under the same idempotency key.
//!
//! Lock order: the effect before the provider's object and all that follows.

pub mod confirm;
mod list;
pub mod method;
pub mod onboarding;
mod report;
mod retry;
mod take;

pub use list::list;
pub use retry::retry;

use admit_core::payment::Provider;
use admit_core::payment::outgoing::{
    EffectKind, EffectState, Hosted, Outgoing, PaymentRequest, RefundRequest, ReturnUrls, SavedMethod, dialect,
};
use admit_core::{Error, ErrorCode, Result};
use jiff::SignedDuration;
use uuid::Uuid;

use super::Announcement;
use super::provider::Terms;
use crate::call::{Call, new_id};
use crate::database::{Database, arguments};

/// Stripe keeps a page open for half an hour at least from when it is made, which may take a while.
const PAGE_MINUTES_MIN: i64 = 40;
/// Stripe keeps a page open for a day at most.
const PAGE_HOURS_MAX: i64 = 23;

/// Asks the provider to make a payment's object, or its page.
pub fn create_payment(
    database: &mut Database<'_, '_>,
    call: &Call,
    payment_id: Uuid,
    announcement: Announcement,
    terms: &Terms,
    (urls, saved): (Option<ReturnUrls>, Option<SavedMethod>),
) -> Result<()> {
    let (earliest, latest) =
        (call.now + SignedDuration::from_mins(PAGE_MINUTES_MIN), call.now + SignedDuration::from_hours(PAGE_HOURS_MAX));
    let hosted = urls.map(|urls| Hosted {
        success_url: urls.success_url,
        cancel_url: urls.cancel_url,
        lines: announcement.lines,
        expires_at: announcement.expires_at.clamp(earliest, latest),
    });
    let request = PaymentRequest {
        tenant_id: call.tenant_id,
        payment_id,
        amount_cents: announcement.amount_cents,
        currency: announcement.currency,
        application_fee_cents: terms.application_fee(announcement.amount_cents),
        connected_account: terms.connected_account.clone(),
        hosted,
        saved,
        open_minutes: announcement.expires_at.duration_since(call.now).as_mins().max(1),
        open_until: announcement.expires_at.max(call.now + SignedDuration::from_mins(1)),
    };
    let outgoing = dialect::payment(announcement.provider, &request)?;
    let key = format!("admit-payment-{payment_id}");
    let about = About { payment_id: Some(payment_id), ..About::default() };
    store(database, call, EffectKind::PaymentCreate, announcement.provider, &about, &key, &outgoing)
}

/// Asks the provider to give money back, where admit calls it itself.
pub fn create_refund(
    database: &mut Database<'_, '_>,
    call: &Call,
    payment_id: Uuid,
    refund_id: Uuid,
    amount_cents: i64,
) -> Result<()> {
    let mut rows = database.point_read(
        include_str!("../../../sql/statements/effect_payment.sql"),
        arguments![call.tenant_id, payment_id],
    )?;
    if !rows.next() {
        return Ok(());
    }
    let provider = known_provider(&rows.get::<String>(1)?)?;
    let request = RefundRequest {
        tenant_id: call.tenant_id,
        payment_id,
        refund_id,
        payment_reference: rows.get(2)?,
        amount_cents,
        currency: rows.get::<String>(3)?.parse()?,
        application_fee: rows.get::<i64>(4)? > 0,
        connected: rows.optional::<String>(5)?.is_some(),
    };
    let outgoing = dialect::refund(provider, &request)?;
    let key = format!("admit-refund-{refund_id}");
    let about = About { payment_id: Some(payment_id), refund_id: Some(refund_id), ..About::default() };
    store(database, call, EffectKind::RefundCreate, provider, &about, &key, &outgoing)
}

/// Asks the provider for a page of its list of payments.
pub fn list_payments(
    database: &mut Database<'_, '_>,
    call: &Call,
    reconciliation_id: Uuid,
    provider: Provider,
    page: i32,
    question: &Outgoing,
) -> Result<()> {
    let key = format!("admit-list-{reconciliation_id}-page-{page}");
    let about = About { reconciliation_id: Some(reconciliation_id), ..About::default() };
    store(database, call, EffectKind::PaymentList, provider, &about, &key, question)
}

/// What an effect is about.
#[derive(Default)]
struct About {
    payment_id: Option<Uuid>,
    refund_id: Option<Uuid>,
    /// The notice that is to be confirmed.
    delivery_id: Option<Uuid>,
    /// The adding of a payment method that it serves.
    setup_id: Option<Uuid>,
    payment_method_id: Option<Uuid>,
    /// What the page of a list is for.
    reconciliation_id: Option<Uuid>,
    /// The onboarding that it serves.
    onboarding_id: Option<Uuid>,
}

fn store(
    database: &mut Database<'_, '_>,
    call: &Call,
    kind: EffectKind,
    provider: Provider,
    about: &About,
    key: &str,
    outgoing: &Outgoing,
) -> Result<()> {
    database.write(
        include_str!("../../../sql/statements/effect_create.sql"),
        arguments![
            call.tenant_id,
            new_id(call.now)?,
            kind.as_str(),
            provider.as_str(),
            about.payment_id,
            about.refund_id,
            outgoing.method,
            outgoing.path.as_str(),
            outgoing.body.as_str(),
            key,
            EffectState::Due.as_str(),
            call.now,
            about.delivery_id,
            about.setup_id,
            about.payment_method_id,
            about.reconciliation_id,
            about.onboarding_id,
        ],
    )?;
    Ok(())
}

/// The provider of a stored word.
pub fn known_provider(word: &str) -> Result<Provider> {
    Provider::from_word(word).ok_or_else(|| Error::new(ErrorCode::Internal, "unknown provider of an effect"))
}

/// The state of the effect that makes a payment's object.
fn state_of_payment(database: &mut Database<'_, '_>, call: &Call, payment_id: Uuid) -> Result<Option<String>> {
    let mut rows = database.point_read(
        "SELECT state FROM admit.effect WHERE tenant_id = $1 AND payment_id = $2 AND kind = $3 \
         AND refund_id IS NULL AND delivery_id IS NULL",
        arguments![call.tenant_id, payment_id, EffectKind::PaymentCreate.as_str()],
    )?;
    if rows.next() { rows.get(1).map(Some) } else { Ok(None) }
}

/// Whether admit makes a payment's object, or has made it.
pub fn makes_payment(database: &mut Database<'_, '_>, call: &Call, payment_id: Uuid) -> Result<bool> {
    let state = state_of_payment(database, call, payment_id)?;
    Ok(state.is_some_and(|state| state != EffectState::Failed.as_str()))
}

/// Whether the provider refused to make a payment's object, so that nobody can pay it.
pub fn was_refused(database: &mut Database<'_, '_>, call: &Call, payment_id: Uuid) -> Result<bool> {
    let state = state_of_payment(database, call, payment_id)?;
    Ok(state.is_some_and(|state| state == EffectState::Failed.as_str()))
}

/// Whether admit asks the provider for a refund, or has had its answer.
pub fn asks_for_refund(database: &mut Database<'_, '_>, call: &Call, refund_id: Uuid) -> Result<bool> {
    let mut rows = database.point_read(
        "SELECT state FROM admit.effect WHERE tenant_id = $1 AND refund_id = $2",
        arguments![call.tenant_id, refund_id],
    )?;
    let settled = [EffectState::Failed.as_str(), EffectState::Uncertain.as_str()];
    Ok(rows.next() && !settled.contains(&rows.get::<String>(1)?.as_str()))
}
