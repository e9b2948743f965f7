//! What the provider is asked for payment methods: a wallet's customer, once; then what its client
//! adds a method with; and to forget a method.

use admit_core::Result;
use admit_core::payment::method::SetupState;
use admit_core::payment::outgoing::{EffectKind, Made, Outgoing, Step};
use admit_core::payment::stripe::method as request;
use uuid::Uuid;

use super::super::api_key;
use super::super::method::KEEPER;
use super::{About, store};
use crate::call::Call;
use crate::database::{Database, arguments};

/// Asks for what a wallet's method is added with, and before that for the wallet's customer where it
/// has none. The wallet is locked.
pub fn begin(database: &mut Database<'_, '_>, call: &Call, setup_id: Uuid, wallet_id: Uuid, live: bool) -> Result<()> {
    let mut rows = database.point(
        "SELECT provider_reference FROM admit.payment_customer \
         WHERE tenant_id = $1 AND wallet_id = $2 AND provider = $3 AND live = $4",
        arguments![call.tenant_id, wallet_id, KEEPER.as_str(), live],
    )?;
    if rows.next() {
        return create_setup(database, call, setup_id, &rows.get::<String>(1)?);
    }
    let outgoing = request::customer(call.tenant_id, wallet_id);
    ask_for(database, call, EffectKind::CustomerCreate, setup_id, &format!("admit-customer-{setup_id}"), &outgoing)
}

fn create_setup(database: &mut Database<'_, '_>, call: &Call, setup_id: Uuid, customer: &str) -> Result<()> {
    let outgoing = request::setup(call.tenant_id, setup_id, customer);
    ask_for(database, call, EffectKind::SetupCreate, setup_id, &format!("admit-setup-{setup_id}"), &outgoing)
}

fn ask_for(
    database: &mut Database<'_, '_>,
    call: &Call,
    kind: EffectKind,
    setup_id: Uuid,
    key: &str,
    outgoing: &Outgoing,
) -> Result<()> {
    store(database, call, kind, KEEPER, &About { setup_id: Some(setup_id), ..About::default() }, key, outgoing)
}

/// Asks the provider to forget a method.
pub fn detach(
    database: &mut Database<'_, '_>,
    call: &Call,
    payment_method_id: Uuid,
    method_reference: &str,
) -> Result<()> {
    let about = About { payment_method_id: Some(payment_method_id), ..About::default() };
    let (key, outgoing) = (format!("admit-detach-{payment_method_id}"), request::detach(method_reference));
    store(database, call, EffectKind::PaymentMethodDetach, KEEPER, &about, &key, &outgoing)
}

/// Stores what was made for an adding: its customer, for which the next is asked then, or what the
/// holder's client needs.
pub fn made(
    database: &mut Database<'_, '_>,
    call: &Call,
    kind: EffectKind,
    setup_id: Uuid,
    made: Made,
) -> Result<Step> {
    if kind == EffectKind::CustomerCreate {
        let customer = store_customer(database, call, setup_id, &made.object_reference)?;
        create_setup(database, call, setup_id, &customer)?;
        return Ok(Step::Done(made));
    }
    let secret = made.client_secret.as_deref();
    let sealed = secret.map(|secret| api_key::seal_client_secret(call, setup_id, secret)).transpose()?;
    let stored = database.point(
        "UPDATE admit.payment_method_setup SET sealed_client_secret = $4, provider_reference = $3 \
         WHERE tenant_id = $1 AND setup_id = $2 AND coalesce(provider_reference, $3) = $3 RETURNING 1",
        arguments![call.tenant_id, setup_id, made.object_reference.as_str(), sealed],
    )?;
    if stored.is_empty() {
        return Ok(Step::Uncertain(format!("made {}, but a webhook told another", made.object_reference)));
    }
    Ok(Step::Done(made))
}

/// Stores a setup's wallet's customer; gives the one that was stored first.
fn store_customer(database: &mut Database<'_, '_>, call: &Call, setup_id: Uuid, customer: &str) -> Result<String> {
    let mut rows = database.point(
        "INSERT INTO admit.payment_customer AS c (tenant_id, wallet_id, provider, live, provider_reference, created_at) \
         SELECT s.tenant_id, s.wallet_id, s.provider, s.live, $3, $4 FROM admit.payment_method_setup AS s \
         WHERE s.tenant_id = $1 AND s.setup_id = $2 \
         ON CONFLICT (tenant_id, wallet_id, provider, live) DO UPDATE SET provider_reference = c.provider_reference \
         RETURNING c.provider_reference",
        arguments![call.tenant_id, setup_id, customer, call.now],
    )?;
    rows.only("setup")?;
    rows.get(1)
}

/// Notes that the provider makes nothing for an adding: it has ended.
pub fn refused(database: &mut Database<'_, '_>, call: &Call, setup_id: Uuid) -> Result<()> {
    database.point(
        "UPDATE admit.payment_method_setup SET state = $3, updated_at = $4 \
         WHERE tenant_id = $1 AND setup_id = $2 AND state IN ('pending', 'failed')",
        arguments![call.tenant_id, setup_id, SetupState::Cancelled.as_str(), call.now],
    )?;
    Ok(())
}
