//! Notices that prove nothing by themselves: their provider is asked, and its answer is what counts.

use admit_core::Result;
use admit_core::journal::ActorKind;
use admit_core::payment::notice::Subject;
use admit_core::payment::outgoing::{EffectKind, Made, Step, dialect};
use admit_core::payment::{DeliveryState, Provider};
use uuid::Uuid;

use super::super::effect::{self, Outcome, Told};
use super::super::{parked, webhook};
use super::{About, store};
use crate::call::{Actor, Call};
use crate::database::{Database, arguments};

/// Why a delivery waits.
pub const ASKED: &str = "its provider is asked whether it is true";

/// Asks the provider of a stored delivery that claims something of a payment; one that is not known
/// here cannot be asked for.
pub fn ask(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    delivery_id: Uuid,
    claimed: &Subject,
) -> Result<Outcome> {
    let mut rows = database.point_read(
        include_str!("../../../../sql/statements/effect_claimed_payment.sql"),
        arguments![
            call.tenant_id,
            provider.as_str(),
            claimed.own_id,
            claimed.reference.clone(),
            EffectKind::PaymentCreate.as_str(),
        ],
    )?;
    if !rows.next() {
        return Ok(Outcome::parked());
    }
    let payment_id: Uuid = rows.get(1)?;
    let made: Option<String> = rows.optional(2)?;
    let Some(question) = dialect::status(provider, payment_id, made.as_deref(), claimed) else {
        return Ok(Outcome::parked());
    };
    let key = format!("admit-read-{delivery_id}");
    let about = About { payment_id: Some(payment_id), delivery_id: Some(delivery_id), ..About::default() };
    store(database, call, EffectKind::PaymentRead, provider, &about, &key, &question)?;
    database.point(
        "UPDATE admit.webhook_delivery SET detail = $3 \
         WHERE tenant_id = $1 AND delivery_id = $2 AND detail IS DISTINCT FROM $3",
        arguments![call.tenant_id, delivery_id, ASKED],
    )?;
    Ok(Outcome { state: DeliveryState::Parked, detail: Some(ASKED.to_owned()) })
}

/// What a stored delivery claims.
pub fn claimed(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    delivery_id: Uuid,
) -> Result<Option<Subject>> {
    let mut rows = database.point_read(
        "SELECT body FROM admit.webhook_delivery WHERE tenant_id = $1 AND delivery_id = $2",
        arguments![call.tenant_id, delivery_id],
    )?;
    rows.only("delivery")?;
    Ok(webhook::read(provider, &rows.get::<Vec<u8>>(1)?)?.subject)
}

/// Books what the provider has answered, as the outcome of the delivery that made us ask.
pub fn told(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    delivery_id: Uuid,
    made: Made,
) -> Result<Step> {
    let Some(subject) = &made.told else { return Ok(Step::Done(made)) };
    parked::lock_object(database, call, &subject.object_id)?;
    if waits(database, call, delivery_id)? {
        let by_provider = Call { actor: Actor::new(ActorKind::Provider, None), ..call.clone() };
        let outcome =
            effect::apply(database, &by_provider, &Told { delivery_id, provider, subject, created_at: None })?;
        parked::store(database, call, delivery_id, &outcome)?;
    }
    Ok(Step::Done(made))
}

/// Notes that the provider does not know what a delivery claims.
pub fn refused(database: &mut Database<'_, '_>, call: &Call, delivery_id: Uuid, why: &str) -> Result<()> {
    if waits(database, call, delivery_id)? {
        let outcome = Outcome::refused(format!("its provider does not bear it out: {why}"));
        parked::store(database, call, delivery_id, &outcome)?;
    }
    Ok(())
}

/// Locks a delivery; whether it is parked still.
fn waits(database: &mut Database<'_, '_>, call: &Call, delivery_id: Uuid) -> Result<bool> {
    let mut rows = database.point(
        "SELECT state FROM admit.webhook_delivery WHERE tenant_id = $1 AND delivery_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, delivery_id],
    )?;
    rows.only("delivery")?;
    Ok(rows.get::<String>(1)? == DeliveryState::Parked.as_str())
}
