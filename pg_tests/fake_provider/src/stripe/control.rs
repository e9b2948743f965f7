//! What buyers, banks and Stripe's staff do: `/_control/stripe/…`.
//!
//! | Request | Effect |
//! | --- | --- |
//! | `POST settings` | `{"refunds_pending": true}`: new refunds stay pending |
//! | `POST payment_intents/{id}/{pay, fail, require_action, process, cancel}` | the buyer pays, … |
//! | `POST checkout/sessions/{id}/{pay, fail, require_action, process, cancel}` | the same on the hosted page; `cancel` goes back to the shop and leaves the session open |
//! | `POST setup_intents/{id}/{succeed, fail}` | the buyer's bank agrees or refuses |
//! | `POST disputes` | `{"charge" or "payment_intent", "amount", "reason"}`: opens one |
//! | `POST disputes/{id}/{win, lose}` | closes it |
//! | `POST payouts/{id}/{pay, fail}` | it arrives or comes back; `{"failure_code"}` |
//! | `POST refunds/{id}/{succeed, fail}` | a pending one arrives, or any comes back; `{"failure_reason"}` |
//! | `POST accounts/{id}` | `{"charges_enabled", "payouts_enabled", "details_submitted", "capabilities"}` |
//!
//! Paying takes `{"payment_method": "pm_card_…"}`, failing `{"decline_code": "insufficient_funds"}`.
//! The answer is the object.

use serde::Deserialize;
use serde_json::Value;

use super::account::{self, Standing};
use super::attempt::{Outcome, attempt};
use super::desk::{Cause, Desk};
use super::payment_method;
use super::problem::{Decline, Problem};
use super::store::Kind;
use super::{Settings, dispute, intent, payout, refund, session, setup_intent};
use crate::answer::Answer;
use crate::control::{read, refuse, unknown};
use crate::provider::Provider;
use crate::world::World;

/// How a buyer or bank acts.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Act {
    payment_method: Option<String>,
    decline_code: Option<String>,
    failure_code: Option<String>,
    failure_reason: Option<String>,
}

/// A dispute to open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Complaint {
    charge: Option<String>,
    payment_intent: Option<String>,
    /// All of the charge when absent.
    amount: Option<i64>,
    reason: Option<String>,
}

/// Carries a control request out.
pub(crate) fn control(world: &mut World, path: &[&str], body: &Value) -> Result<Value, Answer> {
    match path {
        ["settings"] => {
            world.stripe.settings = read::<Settings>(body)?;
            Ok(body.clone())
        }
        ["disputes"] => {
            let complaint: Complaint = read(body)?;
            let about = complaint.charge.clone().or_else(|| complaint.payment_intent.clone()).unwrap_or_default();
            at_desk(world, &about, |desk| open_dispute(desk, &complaint))
        }
        ["accounts", id] => {
            let standing: Standing = read(body)?;
            if world.stripe.store.get(Kind::Account, None, id).is_none() {
                return Err(refuse(404, "there is no such account"));
            }
            // Its events are the connected account's, the account object is the platform's.
            with_desk(world, Some((*id).to_owned()), |desk| {
                account::set(desk, id, standing);
                Ok(desk.view(id))
            })
        }
        [.., id, verb] => {
            let act: Act = read(body)?;
            let kind = &path[..path.len() - 2];
            at_desk(world, id, |desk| act_on(desk, kind, id, verb, &act))
        }
        _ => Err(unknown()),
    }
}

/// Works at the desk of the account that an object belongs to.
fn at_desk(
    world: &mut World,
    id: &str,
    work: impl FnOnce(&mut Desk<'_>) -> Result<Value, Answer>,
) -> Result<Value, Answer> {
    let account = world.stripe.store.owner(id).ok_or_else(|| refuse(404, "there is no such object"))?;
    with_desk(world, account, work)
}

fn with_desk(
    world: &mut World,
    account: Option<String>,
    work: impl FnOnce(&mut Desk<'_>) -> Result<Value, Answer>,
) -> Result<Value, Answer> {
    let mut desk = Desk::new(world, account, Cause::default());
    let result = work(&mut desk);
    let effects = desk.effects;
    world.journal.happened(Provider::Stripe, None, None, effects);
    result
}

fn open_dispute(desk: &mut Desk<'_>, complaint: &Complaint) -> Result<Value, Answer> {
    let charge = match (&complaint.charge, &complaint.payment_intent) {
        (Some(charge), _) => charge.clone(),
        (None, Some(intent)) => desk.object(intent).text("latest_charge").to_owned(),
        (None, None) => String::new(),
    };
    let found = desk.find(Kind::Charge, &charge).map_err(Problem::into_answer)?;
    if found.text("status") != "succeeded" || dispute::takes(desk, &charge) {
        return Err(refuse(409, "the charge did not succeed or is disputed already"));
    }
    if complaint.amount.is_some_and(|amount| !(1..=found.integer("amount")).contains(&amount)) {
        return Err(refuse(400, "amount must be 1 to the charge's amount"));
    }
    let id = dispute::open(desk, &charge, complaint.amount, complaint.reason.as_deref().unwrap_or("fraudulent"));
    Ok(desk.view(&id))
}

fn act_on(desk: &mut Desk<'_>, kind: &[&str], id: &str, verb: &str, act: &Act) -> Result<Value, Answer> {
    match (kind, verb) {
        (["payment_intents"], "cancel") => {
            intent::cancel_for(desk, id, Some("requested_by_customer")).map_err(Problem::into_answer)?;
        }
        (["payment_intents"], verb) => pay_intent(desk, id, verb, act)?,
        // The buyer goes back to the shop; the session stays open.
        (["checkout", "sessions"], "cancel") => {
            desk.find(Kind::Session, id).map_err(Problem::into_answer)?;
        }
        (["checkout", "sessions"], verb) => {
            let intent = session::payment_intent(desk, id).map_err(Problem::into_answer)?;
            pay_intent(desk, &intent, verb, act)?;
        }
        (["setup_intents"], verb) => finish_setup(desk, id, verb, act)?,
        (["disputes"], "win") => dispute::close(desk, id, true).map_err(Problem::into_answer)?,
        (["disputes"], "lose") => dispute::close(desk, id, false).map_err(Problem::into_answer)?,
        (["payouts"], "pay") => payout::pay(desk, id).map_err(Problem::into_answer)?,
        (["payouts"], "fail") => {
            let code = act.failure_code.as_deref().unwrap_or("could_not_process");
            payout::fail(desk, id, code).map_err(Problem::into_answer)?;
        }
        (["refunds"], "succeed") => refund::succeed(desk, id).map_err(Problem::into_answer)?,
        (["refunds"], "fail") => {
            let reason = act.failure_reason.as_deref().unwrap_or("expired_or_canceled_card");
            refund::fail(desk, id, reason).map_err(Problem::into_answer)?;
        }
        _ => return Err(unknown()),
    }
    Ok(desk.view(id))
}

fn decline(act: &Act) -> Decline {
    Decline::of(act.decline_code.as_deref().unwrap_or("generic_decline"))
}

fn pay_intent(desk: &mut Desk<'_>, id: &str, verb: &str, act: &Act) -> Result<(), Answer> {
    let outcome = match verb {
        "pay" => Outcome::Success,
        "fail" => Outcome::Decline(decline(act)),
        "require_action" => Outcome::Action,
        "process" => Outcome::Processing,
        _ => return Err(unknown()),
    };
    let intent = desk.find(Kind::PaymentIntent, id).map_err(Problem::into_answer)?;
    if matches!(intent.text("status"), "succeeded" | "canceled") {
        return Err(intent::unexpected_state(&intent, verb).into_answer());
    }
    let chosen = act.payment_method.as_deref().or_else(|| intent.optional("payment_method"));
    let method = payment_method::usable(desk, chosen.unwrap_or("pm_card_visa"), intent.optional("customer"))
        .map_err(Problem::into_answer)?;
    desk.change(id, serde_json::json!({"payment_method": method}));
    // Whether it was declined shows in the object.
    let _ = attempt(desk, id, &outcome, None);
    Ok(())
}

fn finish_setup(desk: &mut Desk<'_>, id: &str, verb: &str, act: &Act) -> Result<(), Answer> {
    let intent = desk.find(Kind::SetupIntent, id).map_err(Problem::into_answer)?;
    if matches!(intent.text("status"), "succeeded" | "canceled") {
        return Err(refuse(409, "the SetupIntent is over"));
    }
    match verb {
        "succeed" => {
            let chosen = act.payment_method.as_deref().or_else(|| intent.optional("payment_method"));
            let method = payment_method::usable(desk, chosen.unwrap_or("pm_card_visa"), intent.optional("customer"))
                .map_err(Problem::into_answer)?;
            desk.change(id, serde_json::json!({"payment_method": method}));
            setup_intent::succeed(desk, id);
        }
        "fail" => setup_intent::fail(desk, id, &decline(act)),
        _ => return Err(unknown()),
    }
    Ok(())
}
