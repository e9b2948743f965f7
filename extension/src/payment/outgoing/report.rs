//! What became of a try: the provider's answer is the provider's word, booked in one transaction.

use admit_core::journal::ActorKind;
use admit_core::payment::notice::Subject;
use admit_core::payment::outgoing::dialect::{self, Asked};
use admit_core::payment::outgoing::{
    Answer, EffectFacts, EffectKind, EffectState, Made, Outcome, Step, decide, reason,
};
use admit_core::payment::transition::RefundState;
use admit_core::payment::{PaymentState, Provider};
use admit_core::{Error, ErrorCode, Result};
use pgrx::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::locked::lock;
use super::super::reported::{self, Origin};
use super::super::{api_key, parked, reconciliation, store_reference};
use super::{About, confirm, known_provider, method, onboarding};
use crate::call::{Actor, Call};
use crate::database::{Column, Database, arguments, connect};
use crate::journal::append;
use crate::raise::settle;

/// An effect that is locked until the end of the transaction.
pub(super) struct Effect {
    pub facts: EffectFacts,
    pub provider: Provider,
    pub about: About,
    /// What the notice claims that is to be confirmed.
    claimed: Option<Subject>,
}

impl Effect {
    /// The payment that it is about.
    fn payment_id(&self) -> Result<Uuid> {
        self.about.payment_id.ok_or_else(|| Error::new(ErrorCode::Internal, "an effect names no payment"))
    }
}

/// What a worker tells about a try.
struct Told<'a> {
    attempt: i32,
    /// None when no answer came.
    status: Option<u16>,
    headers: &'a Value,
    body: &'a [u8],
}

/// Reports what became of a try of an effect; gives the effect's state afterwards.
#[pg_extern(sql = false, security_definer)]
fn effect_report(
    tenant_id: i32,
    effect_id: pgrx::Uuid,
    attempt: i32,
    status: Option<i32>,
    headers: Option<pgrx::JsonB>,
    body: Option<&[u8]>,
) -> String {
    settle(connect(|database| {
        crate::dispatch::prepare(database, tenant_id)?;
        crate::settings::require_durable_commit()?;
        let call = Call { actor: Actor::new(ActorKind::Provider, None), ..Call::from_sql(tenant_id) };
        let status =
            status.map(u16::try_from).transpose().map_err(|_| Error::invalid("status must be an HTTP status"))?;
        let headers = headers.map(|headers| headers.0).unwrap_or_default();
        let told = Told { attempt, status, headers: &headers, body: body.unwrap_or_default() };
        report(database, &call, Uuid::from_stored(effect_id), &told)
    }))
}

fn report(database: &mut Database<'_, '_>, call: &Call, effect_id: Uuid, told: &Told<'_>) -> Result<String> {
    let mut effect = lock_effect(database, call, effect_id)?;
    if let Some(delivery_id) = effect.about.delivery_id {
        effect.claimed = confirm::claimed(database, call, effect.provider, delivery_id)?;
    }
    let step = decide(&effect.facts, told.attempt, outcome(&effect, told), call.now);
    let step = match step {
        Step::Done(made) => carry_out(database, call, &effect, made)?,
        Step::Failed(why) => fail(database, call, &effect, why)?,
        step => step,
    };
    let state = store(database, call, &effect, step)?;
    Ok(state.as_str().to_owned())
}

/// Locks an effect, before anything that it is about.
pub(super) fn lock_effect(database: &mut Database<'_, '_>, call: &Call, effect_id: Uuid) -> Result<Effect> {
    let mut rows = database
        .point(include_str!("../../../../sql/statements/effect_lock.sql"), arguments![call.tenant_id, effect_id])?;
    rows.only("effect")?;
    let unknown = |what: &str| Error::new(ErrorCode::Internal, format!("unknown {what} of an effect"));
    Ok(Effect {
        provider: known_provider(&rows.get::<String>(2)?)?,
        about: About {
            payment_id: rows.optional(3)?,
            refund_id: rows.optional(4)?,
            delivery_id: rows.optional(10)?,
            setup_id: rows.optional(11)?,
            payment_method_id: rows.optional(12)?,
            reconciliation_id: rows.optional(13)?,
            onboarding_id: rows.optional(14)?,
        },
        claimed: None,
        facts: EffectFacts {
            effect_id,
            kind: EffectKind::from_word(&rows.get::<String>(1)?).ok_or_else(|| unknown("kind"))?,
            state: EffectState::from_word(&rows.get::<String>(5)?).ok_or_else(|| unknown("state"))?,
            attempts: rows.get(6)?,
            key_number: rows.get(7)?,
            key_taken_at: rows.optional(8)?.unwrap_or(call.now),
            looking: rows.get(9)?,
        },
    })
}

/// What the provider's answer means; no answer means that the same is to be sent again.
fn outcome(effect: &Effect, told: &Told<'_>) -> Outcome {
    let header = |name: &str| told.headers.get(name).and_then(Value::as_str).unwrap_or_default();
    let Some(status) = told.status else {
        let why = reason(&format!("no answer: {}", String::from_utf8_lossy(told.body)));
        return Outcome::Retry { after_seconds: None, reason: why };
    };
    let answer = Answer {
        status,
        retry_after_seconds: header("retry-after").parse().ok(),
        replayed: header("idempotent-replayed") == "true",
        body: told.body,
    };
    let asked = match (&effect.about, &effect.claimed) {
        (About { refund_id: Some(refund_id), .. }, _) if effect.facts.looking => Asked::Find(*refund_id),
        (About { onboarding_id: Some(onboarding_id), .. }, _) if effect.facts.looking => {
            Asked::FindAccount(*onboarding_id)
        }
        (_, Some(claimed)) => Asked::Confirm(claimed),
        _ if effect.about.reconciliation_id.is_some() => Asked::List,
        _ => Asked::Make(effect.facts.kind),
    };
    dialect::outcome(effect.provider, asked, &answer)
}

/// Stores what the provider has made, where it belongs.
fn carry_out(database: &mut Database<'_, '_>, call: &Call, effect: &Effect, made: Made) -> Result<Step> {
    match &effect.about {
        About { refund_id: Some(refund_id), .. } => refund(database, call, effect, *refund_id, made),
        About { delivery_id: Some(delivery_id), .. } => {
            confirm::told(database, call, effect.provider, *delivery_id, made)
        }
        About { setup_id: Some(setup_id), .. } => method::made(database, call, effect.facts.kind, *setup_id, made),
        About { payment_method_id: Some(_), .. } => Ok(Step::Done(made)),
        About { onboarding_id: Some(onboarding_id), .. } => {
            onboarding::made(database, call, (effect.facts.kind, effect.provider), *onboarding_id, made)
        }
        About { reconciliation_id: Some(reconciliation_id), .. } => {
            reconciliation::compare_page(database, call, *reconciliation_id, effect.facts.key_taken_at, made)
        }
        _ => payment(database, call, effect, made),
    }
}

/// Attaches the provider's object to its payment, as `payment.attach` does: reports of it that came
/// before are applied now.
fn payment(database: &mut Database<'_, '_>, call: &Call, effect: &Effect, made: Made) -> Result<Step> {
    let payment_id = effect.payment_id()?;
    let object = made.payment_reference.as_deref().unwrap_or(&made.object_reference);
    let deliveries = parked::lock(database, call, Some(object))?;
    let payment = lock(database, call, payment_id)?;
    if let Some(reference) = &made.payment_reference {
        match &payment.facts.provider_reference {
            Some(own) if own == reference => {}
            Some(own) => return Ok(Step::Uncertain(format!("made {reference}, but the payment has {own}"))),
            None => match store_reference(database, call, &payment, reference) {
                Err(error) if error.code == ErrorCode::AlreadyExists => {
                    return Ok(Step::Uncertain(format!("made {reference}, which another payment has")));
                }
                stored => stored?,
            },
        }
    }
    let secret = made.client_secret.as_deref();
    let sealed = secret.map(|secret| api_key::seal_client_secret(call, payment_id, secret)).transpose()?;
    database.write(
        "UPDATE admit.payment SET sealed_client_secret = $3, redirect_url = $4 WHERE tenant_id = $1 AND payment_id = $2",
        arguments![call.tenant_id, payment_id, sealed, made.redirect_url.clone()],
    )?;
    parked::apply(database, call, deliveries)?;
    Ok(Step::Done(made))
}

/// Books the provider's refund.
fn refund(database: &mut Database<'_, '_>, call: &Call, effect: &Effect, refund_id: Uuid, made: Made) -> Result<Step> {
    let state = made.refund.unwrap_or(RefundState::Pending);
    let against = book_refund(database, call, effect, refund_id, (Some(&made.object_reference), state), None)?;
    Ok(against.map_or(Step::Done(made), Step::Uncertain))
}

/// Books what is known of a refund now; gives what speaks against it.
fn book_refund(
    database: &mut Database<'_, '_>,
    call: &Call,
    effect: &Effect,
    refund_id: Uuid,
    told: (Option<&str>, RefundState),
    reason: Option<&str>,
) -> Result<Option<String>> {
    let mut payment = lock(database, call, effect.payment_id()?)?;
    let origin = Origin { effect_id: Some(effect.facts.effect_id), reason, ..Origin::default() };
    reported::answer(database, call, &origin, &mut payment, refund_id, told)
}

/// Books that the provider refuses for good.
fn fail(database: &mut Database<'_, '_>, call: &Call, effect: &Effect, why: String) -> Result<Step> {
    if let Some(refund_id) = effect.about.refund_id {
        let against = book_refund(database, call, effect, refund_id, (None, RefundState::Failed), Some(&why))?;
        return Ok(against.map_or(Step::Failed(why), Step::Uncertain));
    }
    if let Some(delivery_id) = effect.about.delivery_id {
        confirm::refused(database, call, delivery_id, &why)?;
        return Ok(Step::Failed(why));
    }
    if let Some(setup_id) = effect.about.setup_id {
        method::refused(database, call, setup_id)?;
        return Ok(Step::Failed(why));
    }
    if let Some(reconciliation_id) = effect.about.reconciliation_id {
        reconciliation::fail(database, call, reconciliation_id, &why)?;
        return Ok(Step::Failed(why));
    }
    if let Some(onboarding_id) = effect.about.onboarding_id {
        onboarding::refused(database, call, effect.provider, onboarding_id, &why)?;
        return Ok(Step::Failed(why));
    }
    // A method that the provider does not know, or knows as nobody's, is where it was to go.
    if effect.about.payment_method_id.is_some() {
        return Ok(Step::Failed(why));
    }
    let payment = lock(database, call, effect.payment_id()?)?;
    database.write(
        "UPDATE admit.payment SET state = $4 WHERE tenant_id = $1 AND payment_id = $2 AND state = $3",
        arguments![call.tenant_id, payment.payment_id, PaymentState::Pending.as_str(), PaymentState::Failed.as_str(),],
    )?;
    let body = json!({"provider": effect.provider, "reason": why});
    append(database, call, payment.fact("payment.refused", body))?;
    Ok(Step::Failed(why))
}

/// Stores an effect's step; gives its state.
fn store(database: &mut Database<'_, '_>, call: &Call, effect: &Effect, step: Step) -> Result<EffectState> {
    let facts = &effect.facts;
    let (mut due_at, mut key_number, mut looking) = (call.now, facts.key_number, false);
    let (state, why, object) = match step {
        Step::Nothing => return Ok(facts.state),
        Step::Done(made) => (EffectState::Done, None, Some(made.object_reference)),
        Step::Failed(why) => (EffectState::Failed, Some(why), None),
        Step::Uncertain(why) => (EffectState::Uncertain, Some(why), None),
        Step::Again { due_at: at, key_number: number, looking: look, reason } => {
            (due_at, key_number, looking) = (at, number, look);
            (EffectState::Due, Some(reason), None)
        }
    };
    let done_at = (state == EffectState::Done).then_some(call.now);
    database.point(
        include_str!("../../../../sql/statements/effect_store.sql"),
        arguments![call.tenant_id, facts.effect_id, state.as_str(), due_at, key_number, looking, why, object, done_at,],
    )?;
    Ok(state)
}
