//! What Midtrans' answers mean. The Core API answers 200 and tells the result in `status_code`, Snap
//! with HTTP statuses and `error_messages`.
//!
//! Source: Midtrans' documentation "Status Code", "Snap API", "Refund Transaction".

use serde::Deserialize;
use uuid::Uuid;

use super::super::notice::{Refunds, Report, Subject, reference};
use super::super::outgoing::{Answer, EffectKind, Made, Outcome, reason};
use super::super::transition::RefundState;
use super::read::read_status;

/// What admit reads of an answer.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Body {
    status_code: Option<String>,
    status_message: Option<String>,
    error_messages: Vec<String>,
    /// A page's token.
    token: Option<String>,
    redirect_url: Option<String>,
    refund_key: Option<String>,
}

/// What an answer means to the effect that was sent.
pub fn outcome(kind: EffectKind, answer: &Answer<'_>) -> Outcome {
    let body = read(answer);
    let made = match (kind, status(answer, &body)) {
        (EffectKind::PaymentCreate, 200..=299) => page(&body),
        (EffectKind::RefundCreate, 200..=299) => body.refund_key.as_deref().and_then(refunded),
        (EffectKind::PaymentRead, 200..=299) => None,
        (_, status) => return refused(kind, answer, &body, status),
    };
    made.map_or_else(|| again(answer, "it cannot be read"), Outcome::Done)
}

/// What the transaction's refunds say about one of ours.
pub fn found(refund_id: Uuid, answer: &Answer<'_>) -> Outcome {
    let subject = match told(answer) {
        Ok(subject) => subject,
        Err(outcome) => return *outcome,
    };
    let Some(Subject { report: Report::Refunded(Refunds::Single(refunds)), .. }) = subject else {
        return Outcome::Absent;
    };
    let ours = refunds.iter().find(|refund| refund.own_id == Some(refund_id));
    ours.and_then(|refund| refunded(&refund.reference)).map_or(Outcome::Absent, Outcome::Done)
}

/// What the transaction is, for a notice that claims something of it: the answer is what happened. A
/// notice may be faster than the answer, so a transaction that still waits is asked for again.
pub fn confirmed(claimed: &Subject, answer: &Answer<'_>) -> Outcome {
    let subject = match told(answer) {
        Ok(Some(subject)) => subject,
        Ok(None) => return Outcome::Failed("its transaction is in a state that is not known here".to_owned()),
        Err(outcome) => return *outcome,
    };
    if subject.own_id != claimed.own_id {
        return Outcome::Failed("the answer is about another payment".to_owned());
    }
    if subject.report == Report::Pending {
        return again(answer, "the transaction is still pending");
    }
    Outcome::Done(Made {
        object_reference: subject.object_id.clone(),
        payment_reference: subject.reference.clone(),
        client_secret: None,
        redirect_url: None,
        expires_at: None,
        refund: None,
        told: Some(Box::new(subject)),
        listed: None,
    })
}

fn read(answer: &Answer<'_>) -> Body {
    serde_json::from_slice(answer.body).unwrap_or_default()
}

/// The result's status: the body's, where HTTP says that all is well.
fn status(answer: &Answer<'_>, body: &Body) -> u16 {
    let told = body.status_code.as_deref().and_then(|code| code.parse().ok());
    told.filter(|_| answer.status == 200).unwrap_or(answer.status)
}

/// The transaction of an answer, or what an answer without one means.
fn told(answer: &Answer<'_>) -> Result<Option<Subject>, Box<Outcome>> {
    let body = read(answer);
    // A transaction's own code is that of its state: 407 is an expired one, 202 a denied one.
    if let (200, Ok(subject)) = (answer.status, read_status(answer.body)) {
        return Ok(subject);
    }
    match status(answer, &body) {
        200..=299 => Err(Box::new(again(answer, "it cannot be read"))),
        status => Err(Box::new(refused(EffectKind::PaymentRead, answer, &body, status))),
    }
}

fn page(body: &Body) -> Option<Made> {
    let token = reference("token", body.token.as_deref()?).ok()?;
    Some(Made {
        object_reference: token.clone(),
        payment_reference: None,
        client_secret: Some(token),
        redirect_url: body.redirect_url.clone(),
        expires_at: None,
        refund: None,
        told: None,
        listed: None,
    })
}

fn refunded(key: &str) -> Option<Made> {
    Some(Made {
        object_reference: reference("refund_key", key).ok()?,
        payment_reference: None,
        client_secret: None,
        redirect_url: None,
        expires_at: None,
        refund: Some(RefundState::Succeeded),
        told: None,
        listed: None,
    })
}

fn again(answer: &Answer<'_>, why: &str) -> Outcome {
    let reason = reason(&format!("answer {}: {why}", answer.status));
    Outcome::Retry { after_seconds: answer.retry_after_seconds, reason }
}

fn refused(kind: EffectKind, answer: &Answer<'_>, body: &Body, status: u16) -> Outcome {
    let messages = body.error_messages.join("; ");
    let why = body.status_message.as_deref().unwrap_or(&messages);
    match status {
        // 401 and 402 speak of the key or the merchant's account: nothing was carried out.
        401 | 402 | 403 | 408 | 429 | 500..=599 => again(answer, why),
        // The key of a refund was used, or the money is gone: perhaps for this very refund.
        406 | 412 | 414 if kind == EffectKind::RefundCreate => {
            Outcome::Refused(reason(&format!("answer {status}: {why}")))
        }
        400..=499 => Outcome::Failed(reason(&format!("answer {status}: {why}"))),
        _ => again(answer, "nothing that Midtrans answers"),
    }
}

#[cfg(test)]
mod tests;
