//! Payouts: money that leaves an account.

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};

words! {
    /// Where a payout is.
    pub enum PayoutState {
        /// Debited here, not yet confirmed by the provider.
        Pending => "pending",
        /// The provider has paid it.
        Paid => "paid",
        /// The provider could not pay it, perhaps after it had said so; the account has its money back.
        Failed => "failed",
    }
}

requests! {
    /// Debits an account for a payout.
    pub struct PayoutCreate {
        /// The account to debit.
        pub account_id: Uuid,
        /// How much, in minor units.
        pub amount_cents: i64,
        /// The provider's payout object, if it exists already.
        pub provider_reference: Option<String>,
    }

    /// Reads a payout.
    pub struct PayoutGet {
        /// The payout.
        pub payout_id: Uuid,
    }

    /// Sums payouts up, by currency.
    pub struct PayoutSummaryGet {
        /// Only this account's.
        pub account_id: Option<Uuid>,
    }

    /// Lists payouts, newest first.
    pub struct PayoutList {
        /// Only this account's.
        pub account_id: Option<Uuid>,
        /// Payouts a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// A payout. Its id goes into the provider's metadata as `admit_payout_id`.
    pub struct PayoutView {
        /// Its id.
        pub payout_id: Uuid,
        /// The account it debits.
        pub account_id: Uuid,
        /// How much, in minor units.
        pub amount_cents: i64,
        /// The account's currency.
        pub currency: String,
        /// Where it is.
        pub state: String,
        /// The provider's payout object.
        pub provider_reference: Option<String>,
        /// When it was created.
        pub created_at: Timestamp,
        /// When the provider paid it.
        pub paid_at: Option<Timestamp>,
        /// When it failed and the account got its money back.
        pub failed_at: Option<Timestamp>,
    }

    /// Payouts of one currency.
    pub struct PayoutSums {
        /// The currency.
        pub currency: String,
        /// How many wait for the provider.
        pub pending: i64,
        /// What they are, in minor units.
        pub pending_cents: i64,
        /// How many were paid.
        pub paid: i64,
        /// What they were, in minor units.
        pub paid_cents: i64,
        /// How many failed.
        pub failed: i64,
        /// What they were, in minor units; the accounts have it back.
        pub failed_cents: i64,
        /// When the provider paid last.
        pub last_paid_at: Option<Timestamp>,
        /// The next to be paid: the one that has waited longest.
        pub next_payout_id: Option<Uuid>,
    }

    /// Payouts summed up.
    pub struct PayoutSummary {
        /// By currency.
        pub currencies: Vec<PayoutSums>,
    }

    /// A page of payouts.
    pub struct PayoutPage {
        /// Newest first.
        pub items: Vec<PayoutView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}
