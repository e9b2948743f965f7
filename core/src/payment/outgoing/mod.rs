//! Outgoing effects: what admit asks of a provider, written down before it is sent, so that a
//! crash at any point leads to one effect at the provider.
//!
//! Requests are made once and stored: every try sends the same bytes under the same idempotency
//! key. `stripe::request` makes them, `stripe::answer` reads what comes back, [`decide`] says what
//! becomes of the effect.

mod again;
pub mod dialect;
mod hindrance;
mod message;
mod retry;
mod return_url;

pub use again::{Again, again};
pub use hindrance::Hindrance;
pub use message::{EffectList, EffectPage, EffectRetry, EffectView};
pub use retry::{EffectFacts, KEY_HOURS, Step, backoff_ms, decide};
pub use return_url::{CheckoutWish, ReturnUrls, return_url};

use jiff::Timestamp;
use uuid::Uuid;

use super::notice::Subject;
use super::reconciliation::ListedPage;
use super::transition::RefundState;
use crate::message::words;
use crate::money::Currency;

words! {
    /// What is asked of a provider.
    pub enum EffectKind {
        /// Make the payment's object.
        PaymentCreate => "payment.create",
        /// List payments, to compare them.
        PaymentList => "payment.list",
        /// Tell how a payment is, since a notice of it proves nothing.
        PaymentRead => "payment.read",
        /// Give money back.
        RefundCreate => "refund.create",
        /// Make a wallet's customer.
        CustomerCreate => "customer.create",
        /// Make what a customer's client adds a payment method with.
        SetupCreate => "setup.create",
        /// Take a payment method from its customer.
        PaymentMethodDetach => "payment_method.detach",
        /// Make a connected account.
        AccountCreate => "connected_account.create",
        /// Make a link to a connected account's onboarding.
        AccountLinkCreate => "account_link.create",
    }

    /// Where an effect is.
    pub enum EffectState {
        /// To be sent.
        Due => "due",
        /// With a worker that sends it.
        Taken => "taken",
        /// The provider has carried it out.
        Done => "done",
        /// The provider refuses it for good.
        Failed => "failed",
        /// Whether the provider has carried it out is for people to find out.
        Uncertain => "uncertain",
    }

    /// Where the payer pays.
    pub enum Checkout {
        /// In the client's own pages, with the provider's `client_secret`.
        Intent => "intent",
        /// On a page of the provider's, at `redirect_url`.
        Hosted => "hosted",
    }
}

impl EffectKind {
    /// Whether doing it twice would do harm, so that it is looked for before it is asked for under
    /// another key: money, and accounts of which nobody would know.
    pub fn is_looked_for(self) -> bool {
        matches!(self, Self::RefundCreate | Self::AccountCreate)
    }
}

/// A request to a provider, without what authenticates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// HTTP method.
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// Body; empty for a GET.
    pub body: String,
}

/// A payment that the provider is to make an object for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRequest {
    /// Whose.
    pub tenant_id: i32,
    /// The payment.
    pub payment_id: Uuid,
    /// How much, in minor units.
    pub amount_cents: i64,
    /// In which currency.
    pub currency: Currency,
    /// What the provider keeps back for the platform, in minor units.
    pub application_fee_cents: i64,
    /// The provider's account that the money goes to.
    pub connected_account: Option<String>,
    /// The provider's page; none for the client's own.
    pub hosted: Option<Hosted>,
    /// The payer's saved method; none where the payer chooses.
    pub saved: Option<SavedMethod>,
    /// For how long it can be paid, in minutes, where the provider takes that.
    pub open_minutes: i64,
    /// Until when it can be paid, where the provider takes that.
    pub open_until: Timestamp,
}

/// A payer's saved method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedMethod {
    /// The payer's customer at the provider.
    pub customer_reference: String,
    /// The method at the provider.
    pub method_reference: String,
    /// Where the payer comes back to where the method needs a page of its own; without it no such
    /// method is taken.
    pub return_url: Option<String>,
}

/// A page of the provider's on which the payer pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosted {
    /// Where the payer goes after paying.
    pub success_url: String,
    /// Where the payer goes after giving up.
    pub cancel_url: Option<String>,
    /// What is bought; the sum is the payment's amount.
    pub lines: Vec<HostedLine>,
    /// When the page ends.
    pub expires_at: Timestamp,
}

/// A line of a provider's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedLine {
    /// What it is, for the payer.
    pub name: String,
    /// What one costs with everything, in minor units.
    pub unit_cents: i64,
    /// How many.
    pub quantity: i32,
}

/// Money that the provider is to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// Whose.
    pub tenant_id: i32,
    /// The payment.
    pub payment_id: Uuid,
    /// The refund.
    pub refund_id: Uuid,
    /// The payment's object at the provider.
    pub payment_reference: String,
    /// How much, in minor units.
    pub amount_cents: i64,
    /// In which currency.
    pub currency: Currency,
    /// Whether the payment's money went to a connected account.
    pub connected: bool,
    /// Whether the provider kept an application fee back.
    pub application_fee: bool,
}

/// What a provider has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// How long to wait before the next try, as the provider wishes, in seconds.
    pub retry_after_seconds: Option<u32>,
    /// Whether it is the stored answer of an earlier request with the same idempotency key.
    pub replayed: bool,
    /// The body.
    pub body: &'a [u8],
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider has carried it out.
    Done(Made),
    /// Looked for and not found: the provider has not carried it out.
    Absent,
    /// Not known, or not now: the same request is to be sent again.
    Retry {
        /// How long to wait at least, in seconds.
        after_seconds: Option<u32>,
        /// Why.
        reason: String,
    },
    /// The provider keeps giving this failure for the idempotency key: only a new key can succeed.
    KeySpent(String),
    /// Refused, perhaps only because an earlier try was carried out whose answer was lost.
    Refused(String),
    /// Refused for good, for this reason.
    Failed(String),
    /// It cannot be told from here whether it was carried out, for this reason.
    Uncertain(String),
}

/// What the provider has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The object's id at the provider.
    pub object_reference: String,
    /// The payment's object, which reports come under; none while the provider's page has none yet.
    pub payment_reference: Option<String>,
    /// What the payer's client needs to pay.
    pub client_secret: Option<String>,
    /// The provider's page.
    pub redirect_url: Option<String>,
    /// When that page is over, of a link.
    pub expires_at: Option<Timestamp>,
    /// Where a refund is.
    pub refund: Option<RefundState>,
    /// What the provider says of the payment, where that was asked for.
    pub told: Option<Box<Subject>>,
    /// The page of its payments, where that was asked for.
    pub listed: Option<Box<ListedPage>>,
}

/// The idempotency key with this number, from 1: the first is the one that was announced.
pub fn numbered_key(key: &str, number: i32) -> String {
    if number <= 1 { key.to_owned() } else { format!("{key}-{number}") }
}

/// A reason as it is stored and shown: one line of at most 300 characters.
pub fn reason(text: &str) -> String {
    text.chars().map(|symbol| if symbol.is_control() { ' ' } else { symbol }).take(300).collect()
}
