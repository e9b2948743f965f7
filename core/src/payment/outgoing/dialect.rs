//! The same request and answer in each provider's own words.

use uuid::Uuid;

use super::super::Provider;
use super::super::notice::Subject;
use super::super::reconciliation::{FindingKind, ListedPayment, Window};
use super::super::{midtrans, stripe, xendit};
use super::{Answer, EffectKind, Outcome, Outgoing, PaymentRequest, RefundRequest};
use crate::Result;

/// What an answer is about.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'a> {
    /// Something was to be made.
    Make(EffectKind),
    /// A refund of ours was looked for.
    Find(Uuid),
    /// The connected account of an onboarding was looked for.
    FindAccount(Uuid),
    /// A page of payments.
    List,
    /// Whether a notice is true.
    Confirm(&'a Subject),
}

/// Makes a payment's object.
///
/// # Errors
/// `invalid_amount` and `currency_mismatch` when the provider takes no such amount.
pub fn payment(provider: Provider, request: &PaymentRequest) -> Result<Outgoing> {
    match provider {
        Provider::Stripe => stripe::request::payment(request),
        Provider::Midtrans => midtrans::request::payment(request),
        Provider::Xendit => xendit::request::payment(request),
    }
}

/// Gives money back.
///
/// # Errors
/// `invalid_amount` and `currency_mismatch` when the provider takes no such amount.
pub fn refund(provider: Provider, request: &RefundRequest) -> Result<Outgoing> {
    match provider {
        Provider::Stripe => stripe::request::refund(request),
        Provider::Midtrans => midtrans::request::refund(request),
        Provider::Xendit => xendit::request::refund(request),
    }
}

/// Looks for a payment's refunds.
pub fn refunds(provider: Provider, payment_id: Uuid, payment_reference: &str) -> Outgoing {
    match provider {
        Provider::Stripe => stripe::request::refunds(payment_reference),
        Provider::Midtrans => midtrans::request::status(payment_id),
        Provider::Xendit => xendit::request::refunds(payment_reference),
    }
}

/// Asks whether a notice of a payment is true, where notices prove nothing; none where every notice is
/// proof, and while the provider's object `made` that would be asked for is not known.
pub fn status(provider: Provider, payment_id: Uuid, made: Option<&str>, claimed: &Subject) -> Option<Outgoing> {
    match provider {
        Provider::Stripe => None,
        Provider::Midtrans => Some(midtrans::request::status(payment_id)),
        Provider::Xendit => xendit::request::status(made, claimed),
    }
}

/// Whether the provider has a list of its payments.
pub fn lists_payments(provider: Provider) -> bool {
    match provider {
        Provider::Stripe => true,
        Provider::Midtrans | Provider::Xendit => false,
    }
}

/// Asks for a page of the payments that the provider made in a time, after one of its objects; none
/// where the provider has no such list.
pub fn payments(provider: Provider, window: &Window, after: Option<&str>) -> Option<Outgoing> {
    match provider {
        Provider::Stripe => Some(stripe::list::payments(window, after)),
        Provider::Midtrans | Provider::Xendit => None,
    }
}

/// The notice that was missed of a listed payment, as the provider would have sent it; none where nothing was.
pub fn missed(provider: Provider, payment: &ListedPayment, kind: FindingKind) -> Option<serde_json::Value> {
    match provider {
        Provider::Stripe => stripe::list::missed(payment, kind),
        Provider::Midtrans | Provider::Xendit => None,
    }
}

/// The headers of a request: who asks, and under which idempotency key.
pub fn headers(provider: Provider, api_key: &str, idempotency_key: &str, method: &str) -> Vec<(&'static str, String)> {
    match provider {
        Provider::Stripe => stripe::request::headers(api_key, idempotency_key, method),
        Provider::Midtrans => midtrans::request::headers(api_key),
        Provider::Xendit => xendit::request::headers(api_key, idempotency_key, method),
    }
}

/// Where a path is served.
pub fn host(provider: Provider, path: &str, live: bool) -> &'static str {
    match provider {
        Provider::Stripe => stripe::request::HOST,
        Provider::Midtrans => midtrans::request::host(path, live),
        Provider::Xendit => xendit::request::HOST,
    }
}

/// What an answer means.
pub fn outcome(provider: Provider, asked: Asked<'_>, answer: &Answer<'_>) -> Outcome {
    match (provider, asked) {
        (Provider::Stripe, Asked::Make(kind)) => stripe::answer::outcome(kind, answer),
        (Provider::Stripe, Asked::Find(refund_id)) => stripe::answer::found(refund_id, answer),
        (Provider::Stripe, Asked::FindAccount(onboarding_id)) => stripe::answer::found_account(onboarding_id, answer),
        (Provider::Midtrans | Provider::Xendit, Asked::FindAccount(_)) => {
            Outcome::Failed("only Stripe's accounts are made here".to_owned())
        }
        (Provider::Stripe, Asked::Confirm(_)) => Outcome::Failed("Stripe's notices are proof by themselves".to_owned()),
        (Provider::Stripe, Asked::List) => stripe::list::listed(answer),
        (Provider::Midtrans, Asked::List) => Outcome::Failed("Midtrans lists no payments".to_owned()),
        (Provider::Xendit, Asked::List) => Outcome::Failed("Xendit's payments are not listed".to_owned()),
        (Provider::Midtrans, Asked::Make(kind)) => midtrans::answer::outcome(kind, answer),
        (Provider::Midtrans, Asked::Find(refund_id)) => midtrans::answer::found(refund_id, answer),
        (Provider::Midtrans, Asked::Confirm(claimed)) => midtrans::answer::confirmed(claimed, answer),
        (Provider::Xendit, Asked::Make(kind)) => xendit::answer::outcome(kind, answer),
        (Provider::Xendit, Asked::Find(refund_id)) => xendit::answer::found(refund_id, answer),
        (Provider::Xendit, Asked::Confirm(claimed)) => xendit::answer::confirmed(claimed, answer),
    }
}

/// What API keys of a mode begin with.
pub fn key_begins(provider: Provider, live: bool) -> &'static [&'static str] {
    match (provider, live) {
        (Provider::Stripe, true) => &["sk_live_", "rk_live_"],
        (Provider::Stripe, false) => &["sk_test_", "rk_test_"],
        (Provider::Midtrans, true) => &["Mid-server-"],
        (Provider::Midtrans, false) => &["SB-Mid-server-"],
        (Provider::Xendit, true) => &["xnd_production_"],
        (Provider::Xendit, false) => &["xnd_development_"],
    }
}

/// Whether a text can be a secret key of this mode.
pub fn is_api_key(provider: Provider, text: &str, live: bool) -> bool {
    let rest = key_begins(provider, live).iter().find_map(|begin| text.strip_prefix(begin));
    rest.is_some_and(|rest| {
        (1..=240).contains(&rest.len())
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_fit_their_provider_and_mode() {
        assert!(is_api_key(Provider::Stripe, "sk_test_1", false) && is_api_key(Provider::Stripe, "rk_live_aB_9", true));
        assert!(is_api_key(Provider::Midtrans, "Mid-server-a-b_9", true));
        assert!(is_api_key(Provider::Xendit, "xnd_development_aB9", false));
        for (provider, text, live) in [
            (Provider::Stripe, "sk_test_1", true),
            (Provider::Stripe, "sk_live_1", false),
            (Provider::Stripe, "pk_test_1", false),
            (Provider::Stripe, "sk_test_", false),
            (Provider::Stripe, "sk_test_a b", false),
            (Provider::Midtrans, "SB-Mid-server-1", true),
            (Provider::Midtrans, "Mid-server-1", false),
            (Provider::Midtrans, "SB-Mid-client-1", false),
            (Provider::Midtrans, "sk_test_1", false),
            (Provider::Xendit, "xnd_development_1", true),
            (Provider::Xendit, "xnd_public_development_1", false),
        ] {
            assert!(!is_api_key(provider, text, live), "{text}");
        }
    }
}
