//! Effects as they are listed, and what staff does about those that ended without success.

use jiff::Timestamp;
use uuid::Uuid;

use super::{EffectKind, EffectState};
use crate::message::{answers, requests};
use crate::payment::Provider;

requests! {
    /// Lists what was asked of providers, newest first: without what was sent and without secrets.
    #[derive(Default)]
    pub struct EffectList {
        /// Only these.
        pub state: Option<EffectState>,
        /// Only this provider's.
        pub provider: Option<Provider>,
        /// Only these.
        pub kind: Option<EffectKind>,
        /// Only about this object: the id of a payment, refund, delivery, setup, payment method,
        /// reconciliation or onboarding.
        pub object_id: Option<Uuid>,
        /// Effects a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Sends an effect again that failed or is uncertain, where that cannot have an effect twice, and one
    /// that waits at once.
    pub struct EffectRetry {
        /// The effect.
        pub effect_id: Uuid,
    }
}

answers! {
    /// What was asked of a provider.
    pub struct EffectView {
        /// Its id.
        pub effect_id: Uuid,
        /// What is asked for.
        pub kind: String,
        /// Of whom.
        pub provider: String,
        /// Live or test mode: only a key of this mode sends it.
        pub live: bool,
        /// due, taken, done, failed or uncertain.
        pub state: String,
        /// The payment that it is about.
        pub payment_id: Option<Uuid>,
        /// The refund that it asks for.
        pub refund_id: Option<Uuid>,
        /// The webhook delivery that it confirms.
        pub delivery_id: Option<Uuid>,
        /// The adding of a payment method that it serves.
        pub setup_id: Option<Uuid>,
        /// The payment method that the provider is to forget.
        pub payment_method_id: Option<Uuid>,
        /// The reconciliation that it reads a page for.
        pub reconciliation_id: Option<Uuid>,
        /// The onboarding that it serves.
        pub onboarding_id: Option<Uuid>,
        /// How often a worker took it.
        pub attempts: i32,
        /// When it is sent next; `null` when that is not to be.
        pub due_at: Option<Timestamp>,
        /// What spoke against it last, or why it is held.
        pub last_error: Option<String>,
        /// What the provider has made.
        pub object_reference: Option<String>,
        /// When it was asked for.
        pub created_at: Timestamp,
        /// When the provider had carried it out.
        pub done_at: Option<Timestamp>,
    }

    /// A page of effects.
    pub struct EffectPage {
        /// Newest first.
        pub items: Vec<EffectView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}
