//! What a provider reports by webhook, in the same words for every provider.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::method::{KeptMethod, SetupState};
use crate::message::words;
use crate::{Error, Result};

/// The name of a payment's id in the metadata of the provider's object.
pub const PAYMENT_METADATA: &str = "admit_payment_id";
/// The name of a payout's id in the metadata of the provider's object.
pub const PAYOUT_METADATA: &str = "admit_payout_id";
/// The name of a refund's id in the metadata of the provider's object.
pub const REFUND_METADATA: &str = "admit_refund_id";
/// The name of a wallet's id in the metadata of the provider's customer.
pub const WALLET_METADATA: &str = "admit_wallet_id";
/// The name of the id of an adding of a payment method in the metadata of the provider's object.
pub const SETUP_METADATA: &str = "admit_setup_id";
/// The name of the id of the onboarding that asked for it in the metadata of a connected account.
pub const ONBOARDING_METADATA: &str = "admit_onboarding_id";
/// The name of the tenant's number in the metadata of the provider's object.
pub const TENANT_METADATA: &str = "admit_tenant_id";

/// One delivery of a provider, as far as admit reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What makes the delivery one: Stripe's event id, else [`body_reference`].
    pub reference: String,
    /// Its type at the provider; Midtrans' `transaction_status`.
    pub event_type: String,
    /// Whether it is about live objects; none for providers whose notices do not tell.
    pub live: Option<bool>,
    /// The provider's account that it is about: Stripe's connected account, Xendit's business.
    pub account: Option<String>,
    /// The provider's object that deliveries are parked under; empty for notices without one.
    pub object_reference: String,
    /// When the provider says that it happened or, Xendit, that it told so.
    pub created_at: Option<Timestamp>,
    /// Whether what proves the sender does not cover the content: then the status must be read
    /// from the provider's API before money moves.
    pub needs_confirmation: bool,
    /// What it reports; none for types that admit does not act on.
    pub subject: Option<Subject>,
}

/// What a notice reports about a payment, payout or account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// What happened.
    pub report: Report,
    /// The payment's or payout's id here, when the provider's object carries it: in Stripe's
    /// metadata, as Midtrans' `order_id` or as Xendit's `reference_id`.
    pub own_id: Option<Uuid>,
    /// The provider's payment or payout object: PaymentIntent, Midtrans' `transaction_id`,
    /// Xendit's `payment_request_id`. None where it is not told or where the report must not
    /// tie the object to the payment.
    pub reference: Option<String>,
    /// The id of the reported object itself, such as a charge, refund, dispute, session or account.
    pub object_id: String,
    /// The reported object's amount, in minor units.
    pub amount_cents: Option<i64>,
    /// In which currency, in upper or lower case.
    pub currency: Option<String>,
}

/// What a provider can report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// The payment, or a refund of it, is on its way; nothing to book.
    Pending,
    /// The payment's money arrived.
    Succeeded,
    /// An attempt to pay failed; a later one may succeed.
    Failed,
    /// The payment was cancelled or expired at the provider.
    Cancelled,
    /// The charge behind a payment is known.
    Charged,
    /// Money went back.
    Refunded(Refunds),
    /// A refund did not reach its receiver, perhaps after it had been reported as done.
    RefundFailed(Refund),
    /// The payer disputes the payment.
    DisputeOpened(Dispute),
    /// The dispute was decided for the receiver, or dropped.
    DisputeWon(Dispute),
    /// The dispute was decided for the payer.
    DisputeLost(Dispute),
    /// The payer went through a checkout session.
    CheckoutCompleted(CheckoutPayment),
    /// A checkout session's delayed payment failed.
    CheckoutFailed,
    /// A checkout session was left until it expired.
    CheckoutExpired,
    /// What a connected account may do.
    AccountUpdated(AccountStatus),
    /// Where the adding of a payment method is.
    Setup(SetupState),
    /// A customer's payment method, as it is now.
    MethodKept {
        /// The method.
        kept: KeptMethod,
        /// Whether it is told because it was added just now.
        added: bool,
    },
    /// A customer has a payment method no more; it cannot come back.
    MethodDetached {
        /// The customer that had it, where that is told.
        customer_reference: Option<String>,
    },
    /// A customer, with all its payment methods, is no more.
    CustomerDeleted,
    /// A payout was paid.
    PaidOut,
    /// A payout could not be paid, perhaps after it had been reported as paid.
    PayoutFailed,
}

/// Refunds as a provider tells them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refunds {
    /// How much of the payment was refunded up to now, in minor units: the sum over its refunds.
    InAll(i64),
    /// Refunds one by one, perhaps some that were told before.
    Single(Vec<Refund>),
}

/// One refund at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The refund's id here, when the provider's object carries it.
    pub own_id: Option<Uuid>,
    /// The refund at the provider: Stripe's and Xendit's id, Midtrans' `refund_key`.
    pub reference: String,
    /// How much, in minor units.
    pub amount_cents: i64,
}

/// One dispute at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The dispute at the provider.
    pub reference: String,
    /// How much is disputed, in minor units of the subject's currency, which may be another one
    /// than the payment's.
    pub amount_cents: i64,
    /// The provider's word for why.
    pub reason: Option<String>,
    /// Whether it is only an inquiry, for which no money was taken.
    pub inquiry: bool,
}

words! {
    /// Whether a completed checkout session is paid.
    pub enum CheckoutPayment {
        /// Paid.
        Paid => "paid",
        /// Not yet: the payment takes its time.
        Unpaid => "unpaid",
        /// Nothing had to be paid now.
        NoPaymentRequired => "no_payment_required",
    }
}

/// What a connected account may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountStatus {
    /// Whether it can take payments.
    pub charges_enabled: bool,
    /// Whether it can be paid out.
    pub payouts_enabled: bool,
    /// Whether its owner told the provider all that it asked for.
    pub details_submitted: bool,
    /// What the provider still asks the owner for, in its own words.
    pub requirements_due: Vec<String>,
    /// Those of them that are late.
    pub requirements_past_due: Vec<String>,
    /// The provider's word for why the account cannot do everything.
    pub disabled_reason: Option<String>,
}

impl Subject {
    /// Whether the provider's own answer, read from its API, bears out what a notice claims: the
    /// same payment, amount and currency, in the reported state or in one that follows from it.
    /// Money moves only when it does; else the answer is what happened.
    pub fn confirmed_by(&self, answer: &Self) -> bool {
        let currency = |subject: &Self| subject.currency.as_deref().map(str::to_ascii_uppercase);
        self.own_id == answer.own_id
            && self.reference == answer.reference
            && self.amount_cents == answer.amount_cents
            && currency(self) == currency(answer)
            && self.report.follows_from(&answer.report)
    }
}

impl Report {
    /// Whether this is true when `told` is: what was refunded must have succeeded before.
    fn follows_from(&self, told: &Self) -> bool {
        match (self, told) {
            (Self::Succeeded, Self::Refunded(_)) | (Self::Failed, Self::Cancelled) => true,
            (Self::Refunded(Refunds::Single(claimed)), Self::Refunded(Refunds::Single(known))) => {
                claimed.iter().all(|refund| known.contains(refund))
            }
            (claimed, told) => claimed == told,
        }
    }
}

/// An id at a provider: 1 to 255 visible ASCII characters.
///
/// # Errors
/// `invalid_request` names the field.
pub fn reference(name: &str, text: &str) -> Result<String> {
    if (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(format!("{name} must have 1 to 255 visible ASCII characters, without spaces")))
}

/// What makes a delivery one where its provider gives it no id: `sha256:` and the SHA-256 of the
/// raw body in lower-case hex. Two notices of equal content are one, which loses nothing, since
/// every report may come any number of times.
pub fn body_reference(body: &[u8]) -> String {
    format!("sha256:{}", HEXLOWER.encode(&Sha256::digest(body)))
}

/// A field that a known type must have.
pub(super) fn required<T>(name: &str, field: Option<T>) -> Result<T> {
    field.ok_or_else(|| Error::invalid(format!("{name} is missing")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(report: Report) -> Subject {
        Subject {
            report,
            own_id: Some(Uuid::from_u128(1)),
            reference: Some("pr-1".to_owned()),
            object_id: "py-1".to_owned(),
            amount_cents: Some(1000),
            currency: Some("IDR".to_owned()),
        }
    }

    fn refunded(amounts: &[i64]) -> Report {
        let refund = |amount_cents: &i64| Refund {
            own_id: None,
            reference: format!("r{amount_cents}"),
            amount_cents: *amount_cents,
        };
        Report::Refunded(Refunds::Single(amounts.iter().map(refund).collect()))
    }

    #[test]
    fn an_answer_confirms_what_follows_from_it() {
        let confirmed = |claimed: Report, told: Report| subject(claimed).confirmed_by(&subject(told));
        assert!(confirmed(Report::Succeeded, Report::Succeeded));
        assert!(confirmed(Report::Succeeded, refunded(&[10])));
        assert!(confirmed(Report::Failed, Report::Cancelled));
        assert!(confirmed(refunded(&[10]), refunded(&[5, 10])));
        assert!(!confirmed(refunded(&[10]), refunded(&[5])));
        for told in [Report::Pending, Report::Failed, Report::Cancelled] {
            assert!(!confirmed(Report::Succeeded, told.clone()), "{told:?}");
            assert!(!confirmed(refunded(&[10]), told.clone()), "{told:?}");
        }
    }

    #[test]
    fn an_answer_about_something_else_confirms_nothing() {
        let claimed = subject(Report::Succeeded);
        for answer in [
            Subject { own_id: None, ..claimed.clone() },
            Subject { reference: Some("pr-2".to_owned()), ..claimed.clone() },
            Subject { amount_cents: Some(999), ..claimed.clone() },
            Subject { currency: Some("PHP".to_owned()), ..claimed.clone() },
        ] {
            assert!(!claimed.confirmed_by(&answer), "{answer:?}");
        }
        assert!(claimed.confirmed_by(&Subject { currency: Some("idr".to_owned()), ..claimed.clone() }));
    }

    #[test]
    fn a_body_has_one_reference() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(body_reference(b""), empty);
        assert_ne!(body_reference(b" "), empty);
        assert!(reference("reference", empty).is_ok());
    }
}
