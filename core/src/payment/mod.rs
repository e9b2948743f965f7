//! Payments: money that comes in through a provider.

pub mod method;
pub mod midtrans;
pub mod notice;
pub mod onboarding;
pub mod outgoing;
pub mod position;
pub mod reconciliation;
mod refund;
pub mod stripe;
pub mod transition;
pub mod xendit;

pub use refund::{
    DisputeGet, DisputeList, DisputePage, DisputeView, RefundFail, RefundGet, RefundList, RefundPage, RefundRetry,
    RefundView,
};

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};
use crate::money::Currency;
use outgoing::Checkout;

words! {
    /// Payment providers.
    pub enum Provider {
        /// Stripe.
        Stripe => "stripe",
        /// Midtrans.
        Midtrans => "midtrans",
        /// Xendit.
        Xendit => "xendit",
    }

    /// Where a payment is. It only moves down this list.
    pub enum PaymentState {
        /// Announced here, nothing heard of the provider yet.
        Pending => "pending",
        /// The provider reported a failed attempt; a later one may succeed.
        Failed => "failed",
        /// The provider reported it as cancelled or expired.
        Cancelled => "cancelled",
        /// The money arrived and was credited.
        Succeeded => "succeeded",
    }

    /// What became of a webhook delivery.
    pub enum DeliveryState {
        /// Its effect is booked.
        Applied => "applied",
        /// Its effect was booked before, by this or another delivery.
        Duplicate => "duplicate",
        /// It names nothing that is known yet; tried again by tick.
        Parked => "parked",
        /// Of a type that admit does not act on.
        Ignored => "ignored",
        /// It contradicts what is known, e.g. another amount; for people to look at.
        Refused => "refused",
    }
}

requests! {
    /// Announces a funding of the caller's wallet; the money is credited when the provider's
    /// webhook reports it.
    pub struct PaymentFund {
        /// How much, in minor units.
        pub amount_cents: i64,
        /// The wallet's currency, checked when given.
        pub currency: Option<Currency>,
        /// The provider; stripe when absent.
        pub provider: Option<Provider>,
        /// Where the payer pays; intent when absent. hosted needs a provider with an api_key.
        pub checkout: Option<Checkout>,
        /// Where the payer goes after paying on the provider's page.
        pub success_url: Option<String>,
        /// Where the payer goes after giving up on the provider's page.
        pub cancel_url: Option<String>,
        /// The caller's own saved method that it is paid with; Stripe only, with an api_key. success_url
        /// is where the payer comes back to where the method needs a page of its own.
        pub payment_method_id: Option<Uuid>,
    }

    /// Attaches the provider's payment object to an announced payment.
    pub struct PaymentAttach {
        /// The payment.
        pub payment_id: Uuid,
        /// The provider's payment object (PaymentIntent).
        pub provider_reference: String,
    }

    /// Reads a payment.
    pub struct PaymentGet {
        /// The payment.
        pub payment_id: Uuid,
    }

    /// Lists payments, newest first.
    pub struct PaymentList {
        /// Only this wallet's.
        pub wallet_id: Option<Uuid>,
        /// Payments a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Refunds a funding: debits the wallet and records the refund for the provider.
    pub struct PaymentRefund {
        /// The payment.
        pub payment_id: Uuid,
        /// How much, in minor units; what is left of the payment when absent.
        pub amount_cents: Option<i64>,
        /// Why; recorded. 1 to 500 characters.
        pub reason: String,
    }

    /// Configures a provider. Secrets are stored encrypted and never read back.
    pub struct ProviderConfigure {
        /// The provider.
        pub provider: Provider,
        /// `true` for live objects, `false` for test objects; deliveries of the other mode are
        /// refused.
        pub live: bool,
        /// What proves its webhooks, several while one is being replaced: Stripe's signing secrets,
        /// Midtrans' server keys, Xendit's webhook tokens.
        pub webhook_secrets: Vec<String>,
        /// Connected account that fundings go to; Stripe only.
        pub connected_account: Option<String>,
        /// Application fee of fundings in percent, such as `"1.5"`; Stripe only.
        pub application_fee_percentage: Option<rust_decimal::Decimal>,
        /// Secret key with which admit itself makes payment objects and refunds at the provider; it
        /// must fit `live`. Without it the tenant's backend does both; Midtrans and Xendit need it,
        /// since their notices prove nothing until they were asked. What is still to be sent goes out
        /// with the new key, so it must be of the same account; what is of the other mode is held until
        /// a key of its mode is back.
        pub api_key: Option<String>,
        /// Whether payments are compared with the provider's list every day; `true` when absent. Stripe
        /// only, and only with an api_key.
        pub daily_reconciliation: Option<bool>,
        /// From which UTC hour on that begins, 0 to 23; 0 when absent.
        pub reconciliation_hour: Option<i32>,
    }

    /// Lists webhook deliveries, newest first.
    pub struct WebhookList {
        /// Only these.
        pub state: Option<DeliveryState>,
        /// Deliveries a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// A payment. `metadata` goes into the provider's payment object, so that its webhooks
    /// find the way back.
    pub struct PaymentView {
        /// Its id.
        pub payment_id: Uuid,
        /// The funded wallet, or the buyer's.
        pub wallet_id: Uuid,
        /// The provider.
        pub provider: String,
        /// How much, in minor units.
        pub amount_cents: i64,
        /// Its currency.
        pub currency: String,
        /// The application fee that the provider keeps back for the platform, in minor units.
        pub application_fee_cents: i64,
        /// How much of it was refunded, in minor units.
        pub refunded_cents: i64,
        /// How much the provider keeps back for disputes that are open or lost, in minor units.
        pub disputed_cents: i64,
        /// Where it is.
        pub state: String,
        /// The provider's payment object.
        pub provider_reference: Option<String>,
        /// The connected account the money goes to.
        pub connected_account: Option<String>,
        /// To be set on the provider's payment object.
        pub metadata: serde_json::Value,
        /// When it was announced.
        pub created_at: Timestamp,
        /// When the money was credited.
        pub succeeded_at: Option<Timestamp>,
        /// The order that it pays; `null` for a wallet's funding.
        pub order_id: Option<Uuid>,
        /// What the payer's client pays with at the provider, once admit has made the payment's
        /// object; only where a single payment is read.
        pub client_secret: Option<String>,
        /// The provider's page on which the payer pays, once admit has made it.
        pub redirect_url: Option<String>,
        /// The saved method that it is paid with.
        pub payment_method_id: Option<Uuid>,
    }

    /// A page of payments.
    pub struct PaymentPage {
        /// Newest first.
        pub items: Vec<PaymentView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }

    /// A refund that the provider is asked for. `provider_idempotency_key` makes it carry it out once.
    pub struct RefundRequested {
        /// Its id.
        pub refund_id: Uuid,
        /// The refunded payment.
        pub payment_id: Uuid,
        /// How much, in minor units.
        pub amount_cents: i64,
        /// Its currency.
        pub currency: String,
        /// The key for the provider's refund call.
        pub provider_idempotency_key: String,
        /// The wallet's balance afterwards, in minor units.
        pub balance_cents: i64,
    }

    /// A configured provider, without its secrets.
    pub struct ProviderConfigured {
        /// The provider.
        pub provider: String,
        /// Live or test.
        pub live: bool,
        /// How many webhook secrets are accepted.
        pub webhook_secrets: i32,
        /// Whether admit calls the provider itself, with an api_key.
        pub has_api_key: bool,
    }

    /// What became of a webhook delivery.
    pub struct WebhookReceived {
        /// The stored delivery.
        pub delivery_id: Uuid,
        /// What became of it.
        pub state: String,
    }

    /// A stored webhook delivery.
    pub struct DeliveryView {
        /// Its id.
        pub delivery_id: Uuid,
        /// The provider.
        pub provider: String,
        /// The provider's event id.
        pub event_reference: String,
        /// The provider's event type.
        pub event_type: String,
        /// What became of it.
        pub state: String,
        /// Why, where there is something to say.
        pub detail: Option<String>,
        /// How often it was delivered.
        pub deliveries: i32,
        /// When it first arrived.
        pub received_at: Timestamp,
    }

    /// A page of deliveries.
    pub struct DeliveryPage {
        /// Newest first.
        pub items: Vec<DeliveryView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}
