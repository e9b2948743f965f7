//! What Xendit's answers mean.
//!
//! Source: Xendit's documentation "Errors", "Get session", "Refund a payment request" and "Get refund".

use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::super::notice::{Refunds, Report, Subject};
use super::super::outgoing::{Answer, EffectKind, Made, Outcome, reason};
use super::super::transition::RefundState;
use super::{read_refund, read_session, session};

/// A refusal.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Problem {
    error_code: Option<String>,
    message: Option<String>,
}

/// A page of refunds.
#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    #[serde(default)]
    has_more: bool,
}

/// What an answer means to the effect that was sent.
pub fn outcome(kind: EffectKind, answer: &Answer<'_>) -> Outcome {
    if !(200..=299).contains(&answer.status) {
        return refused(kind, answer);
    }
    let made = match kind {
        EffectKind::PaymentCreate => page(answer.body),
        EffectKind::RefundCreate => read_refund(answer.body).ok().map(|subject| refunded(&subject)),
        // Nothing else is made at Xendit.
        _ => None,
    };
    made.map_or_else(|| again(answer, "it cannot be read"), Outcome::Done)
}

/// What the list of a payment's refunds says about one of ours.
pub fn found(refund_id: Uuid, answer: &Answer<'_>) -> Outcome {
    if !(200..=299).contains(&answer.status) {
        return refused(EffectKind::PaymentRead, answer);
    }
    let Ok(list) = serde_json::from_slice::<List<'_>>(answer.body) else { return again(answer, "it cannot be read") };
    for item in &list.data {
        match reference_of(item).map(|id| id == Some(refund_id)) {
            Some(false) => {}
            Some(true) => {
                let made = read_refund(item.get().as_bytes()).map(|subject| refunded(&subject));
                return made.map_or_else(|_| again(answer, "the refund cannot be read"), Outcome::Done);
            }
            None => return again(answer, "it cannot be read"),
        }
    }
    if list.has_more {
        return Outcome::Uncertain("the payment has too many refunds to find this one".to_owned());
    }
    Outcome::Absent
}

/// The refund's id here of a listed refund; none for an item that is no object.
fn reference_of(item: &RawValue) -> Option<Option<Uuid>> {
    #[derive(Deserialize)]
    struct Listed {
        reference_id: Option<String>,
    }
    let listed: Listed = serde_json::from_str(item.get()).ok()?;
    Some(listed.reference_id.and_then(|id| Uuid::parse_str(&id).ok()))
}

/// What the page or the refund is that was asked for, for a notice that claims something of it: the answer
/// is what happened. A notice may be faster than the answer, so what is still open is asked for again.
pub fn confirmed(claimed: &Subject, answer: &Answer<'_>) -> Outcome {
    if !(200..=299).contains(&answer.status) {
        return refused(EffectKind::PaymentRead, answer);
    }
    let about_refund = matches!(claimed.report, Report::Refunded(_) | Report::RefundFailed(_));
    let read = if about_refund { read_refund(answer.body) } else { read_session(answer.body) };
    let Ok(subject) = read else { return again(answer, "it cannot be read") };
    if about_refund && (subject.object_id != claimed.object_id || differs(&subject.reference, &claimed.reference)) {
        return Outcome::Failed("the answer is about another refund".to_owned());
    }
    if differs(&subject.own_id, &claimed.own_id) {
        return Outcome::Failed("the answer is about another payment".to_owned());
    }
    match (&subject.report, &claimed.report) {
        (Report::Pending, Report::Failed | Report::Cancelled) => {
            Outcome::Failed("its page is open: it can be paid by another attempt".to_owned())
        }
        (Report::Pending, _) => again(answer, "it is still open"),
        _ => Outcome::Done(Made {
            object_reference: subject.object_id.clone(),
            payment_reference: subject.reference.clone(),
            client_secret: None,
            redirect_url: None,
            expires_at: None,
            refund: None,
            told: Some(Box::new(subject)),
            listed: None,
        }),
    }
}

/// Whether two ids that are both told are not the same.
fn differs<T: PartialEq>(told: &Option<T>, claimed: &Option<T>) -> bool {
    told.is_some() && claimed.is_some() && told != claimed
}

fn page(body: &[u8]) -> Option<Made> {
    let session = session::parse(body).ok()?;
    Some(Made {
        object_reference: session.id().ok()?,
        payment_reference: None,
        client_secret: None,
        redirect_url: Some(session.payment_link_url?),
        expires_at: None,
        refund: None,
        told: None,
        listed: None,
    })
}

fn refunded(subject: &Subject) -> Made {
    let state = match &subject.report {
        Report::Refunded(Refunds::Single(_)) => RefundState::Succeeded,
        Report::RefundFailed(_) => RefundState::Failed,
        _ => RefundState::Pending,
    };
    Made {
        object_reference: subject.object_id.clone(),
        payment_reference: subject.reference.clone(),
        client_secret: None,
        redirect_url: None,
        expires_at: None,
        refund: Some(state),
        told: None,
        listed: None,
    }
}

fn again(answer: &Answer<'_>, why: &str) -> Outcome {
    let reason = reason(&format!("answer {}: {why}", answer.status));
    Outcome::Retry { after_seconds: answer.retry_after_seconds, reason }
}

fn refused(kind: EffectKind, answer: &Answer<'_>) -> Outcome {
    let problem: Problem = serde_json::from_slice(answer.body).unwrap_or_default();
    let words = [problem.error_code.unwrap_or_default(), problem.message.unwrap_or_default()];
    let why = words.iter().filter(|word| !word.is_empty()).map(String::as_str).collect::<Vec<_>>().join(": ");
    match (answer.status, kind) {
        // 401 and 403 speak of the key: nothing was carried out.
        (401 | 403 | 408 | 425 | 429 | 500..=599, _) => again(answer, &why),
        // The same refund is under way.
        (409, EffectKind::RefundCreate) => again(answer, &why),
        // The money may be gone for this very refund.
        (400..=499, EffectKind::RefundCreate) => Outcome::Refused(reason(&format!("answer {}: {why}", answer.status))),
        (400..=499, _) => Outcome::Failed(reason(&format!("answer {}: {why}", answer.status))),
        _ => again(answer, "nothing that Xendit answers"),
    }
}

#[cfg(test)]
mod tests;
