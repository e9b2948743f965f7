//! Refunds and disputes of payments as they are read, and what staff does about refunds that failed.

use jiff::Timestamp;
use uuid::Uuid;

use super::transition::{DisputeState, RefundState};
use crate::message::{answers, requests};

requests! {
    /// Reads a refund.
    pub struct RefundGet {
        /// The refund.
        pub refund_id: Uuid,
    }

    /// Lists refunds, newest first.
    #[derive(Default)]
    pub struct RefundList {
        /// Only this payment's.
        pub payment_id: Option<Uuid>,
        /// Only this order's.
        pub order_id: Option<Uuid>,
        /// Only this wallet's.
        pub wallet_id: Option<Uuid>,
        /// Only these.
        pub state: Option<RefundState>,
        /// Refunds a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Asks the provider again for a refund that failed: a new refund with a key of its own.
    pub struct RefundRetry {
        /// The refund that failed.
        pub refund_id: Uuid,
        /// Why; recorded. 1 to 500 characters.
        pub reason: String,
    }

    /// Notes that the provider refused a refund that the tenant's backend asked it for, or one of
    /// which admit does not know whether it was made: no webhook tells that.
    pub struct RefundFail {
        /// The refund, which must be pending.
        pub refund_id: Uuid,
        /// What the provider said; recorded. 1 to 500 characters.
        pub reason: String,
    }

    /// Reads a dispute.
    pub struct DisputeGet {
        /// The dispute.
        pub dispute_id: Uuid,
    }

    /// Lists disputes, newest first.
    #[derive(Default)]
    pub struct DisputeList {
        /// Only this payment's.
        pub payment_id: Option<Uuid>,
        /// Only this order's.
        pub order_id: Option<Uuid>,
        /// Only this wallet's.
        pub wallet_id: Option<Uuid>,
        /// Only these.
        pub state: Option<DisputeState>,
        /// Disputes a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// A refund of a payment, asked for here or made at the provider.
    pub struct RefundView {
        /// Its id.
        pub refund_id: Uuid,
        /// The refunded payment.
        pub payment_id: Uuid,
        /// The payment's order; `null` for a wallet's funding.
        pub order_id: Option<Uuid>,
        /// The payment's wallet.
        pub wallet_id: Uuid,
        /// The provider.
        pub provider: String,
        /// The provider's refund, once it is known.
        pub provider_reference: Option<String>,
        /// How much, in minor units.
        pub amount_cents: i64,
        /// Its currency.
        pub currency: String,
        /// Where it is.
        pub state: String,
        /// Why it was asked for; `null` for one that was made at the provider.
        pub reason: Option<String>,
        /// The key for the provider's refund call; `null` for one that was made at the provider.
        pub provider_idempotency_key: Option<String>,
        /// The failed refund that it takes the place of.
        pub retry_of: Option<Uuid>,
        /// When it was asked for or first reported.
        pub created_at: Timestamp,
        /// When something was heard of it last.
        pub updated_at: Timestamp,
    }

    /// A page of refunds.
    pub struct RefundPage {
        /// Newest first.
        pub items: Vec<RefundView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }

    /// A dispute of a payment, as its provider told it last.
    pub struct DisputeView {
        /// Its id.
        pub dispute_id: Uuid,
        /// The disputed payment.
        pub payment_id: Uuid,
        /// The payment's order; `null` for a wallet's funding.
        pub order_id: Option<Uuid>,
        /// The payment's wallet.
        pub wallet_id: Uuid,
        /// The provider.
        pub provider: String,
        /// The dispute at the provider.
        pub provider_reference: String,
        /// How much is disputed, in minor units.
        pub amount_cents: i64,
        /// In which currency, which may be another than the payment's; `null` for an unknown one.
        pub currency: Option<String>,
        /// The provider's word for why.
        pub reason: Option<String>,
        /// Whether it is only an inquiry, for which no money was taken.
        pub inquiry: bool,
        /// Where it is.
        pub state: String,
        /// When it was first reported.
        pub created_at: Timestamp,
        /// When it was last reported.
        pub updated_at: Timestamp,
    }

    /// A page of disputes.
    pub struct DisputePage {
        /// Newest first.
        pub items: Vec<DisputeView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}
