//! Saved payment methods: a provider keeps them for a wallet's holder, admit what they are called.

use jiff::Timestamp;
use uuid::Uuid;

use super::notice::{Report, Subject};
use super::transition::other_object;
use crate::message::{answers, requests, words};

words! {
    /// Where the adding of a payment method is. It only moves down this list.
    pub enum SetupState {
        /// The holder's client has not given the provider the method yet.
        Pending => "pending",
        /// An attempt failed; a later one with the same client_secret may succeed.
        Failed => "failed",
        /// The provider refused to begin it, or it was cancelled there: begin again.
        Cancelled => "cancelled",
        /// The provider has the method.
        Succeeded => "succeeded",
    }
}

requests! {
    /// Begins to add a payment method to the caller's wallet, or goes on with what was begun within
    /// the last hour and has not ended. The method is there when the provider's webhook reports it.
    pub struct PaymentMethodAdd {}

    /// Reads the adding of a payment method.
    pub struct PaymentMethodSetupGet {
        /// The adding.
        pub setup_id: Uuid,
    }

    /// Lists a wallet's payment methods, newest first.
    #[derive(Default)]
    pub struct PaymentMethodList {
        /// Whose; a wallet sees its own only, others must name one.
        pub wallet_id: Option<Uuid>,
        /// Methods a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Makes one of the caller's payment methods the default.
    pub struct PaymentMethodSetDefault {
        /// The method.
        pub payment_method_id: Uuid,
    }

    /// Removes one of the caller's payment methods, here at once and then at the provider.
    pub struct PaymentMethodRemove {
        /// The method.
        pub payment_method_id: Uuid,
    }
}

answers! {
    /// The adding of a payment method.
    pub struct PaymentMethodSetupView {
        /// Its id.
        pub setup_id: Uuid,
        /// The wallet.
        pub wallet_id: Uuid,
        /// The provider.
        pub provider: String,
        /// Where it is.
        pub state: String,
        /// With which the holder's client gives the provider the method; `null` until the provider
        /// has answered, so read it again, and when it has ended.
        pub client_secret: Option<String>,
        /// When it was begun.
        pub created_at: Timestamp,
        /// When its state last changed.
        pub updated_at: Timestamp,
    }

    /// A saved payment method.
    pub struct PaymentMethodView {
        /// Its id.
        pub payment_method_id: Uuid,
        /// Whose.
        pub wallet_id: Uuid,
        /// The provider.
        pub provider: String,
        /// The provider's word for its kind, such as card.
        pub kind: String,
        /// The card's brand.
        pub brand: Option<String>,
        /// The card's last four digits.
        pub last4: Option<String>,
        /// The card's last month, 1 to 12; only for its holder.
        pub expiry_month: Option<i32>,
        /// The year of that month; only for its holder.
        pub expiry_year: Option<i32>,
        /// Whether it is the wallet's default: the oldest one, unless another was chosen.
        pub is_default: bool,
        /// When it was added.
        pub created_at: Timestamp,
    }

    /// A page of payment methods.
    pub struct PaymentMethodPage {
        /// Newest first.
        pub items: Vec<PaymentMethodView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }

    /// A payment method that was removed.
    pub struct PaymentMethodRemoved {
        /// Its id.
        pub payment_method_id: Uuid,
    }
}

/// A payment method that a provider keeps for a customer: what its holder knows it by, no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMethod {
    /// The customer at the provider.
    pub customer_reference: String,
    /// The provider's word for its kind, such as card.
    pub kind: String,
    /// The card's brand.
    pub brand: Option<String>,
    /// The card's last four digits.
    pub last4: Option<String>,
    /// The card's last month, 1 to 12.
    pub expiry_month: Option<i32>,
    /// The year of that month.
    pub expiry_year: Option<i32>,
}

/// What a report changes of an adding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetupStep {
    /// It is here now.
    Move(SetupState),
    /// Nothing: a later report came before, or the same.
    Nothing,
    /// It contradicts what is known, for this reason.
    Refuse(String),
}

/// What a report changes of an adding that is in this state and has this object at the provider: it
/// moves forward only, so that any order and repetition of reports comes to the same end.
pub fn setup_step(state: SetupState, provider_reference: Option<&str>, subject: &Subject) -> SetupStep {
    if let Some(detail) = other_object(provider_reference, subject) {
        return SetupStep::Refuse(detail);
    }
    match subject.report {
        Report::Setup(told) if told as u8 > state as u8 => SetupStep::Move(told),
        _ => SetupStep::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(state: SetupState) -> Subject {
        Subject {
            report: Report::Setup(state),
            own_id: Some(Uuid::from_u128(1)),
            reference: Some("seti_1".to_owned()),
            object_id: "seti_1".to_owned(),
            amount_cents: None,
            currency: None,
        }
    }

    #[test]
    fn any_order_of_reports_comes_to_the_same_end() {
        let end = |order: &[SetupState]| {
            order.iter().fold(SetupState::Pending, |state, next| match setup_step(state, None, &told(*next)) {
                SetupStep::Move(next) => next,
                _ => state,
            })
        };
        use SetupState::{Cancelled, Failed, Succeeded};
        for order in [[Failed, Cancelled, Succeeded], [Succeeded, Failed, Cancelled], [Cancelled, Succeeded, Failed]] {
            assert_eq!(end(&order), Succeeded, "{order:?}");
        }
        assert_eq!((end(&[Cancelled, Failed]), end(&[Failed, Cancelled])), (Cancelled, Cancelled));
        assert_eq!(setup_step(Failed, Some("seti_1"), &told(Failed)), SetupStep::Nothing);
    }

    #[test]
    fn another_object_is_refused() {
        let step = setup_step(SetupState::Pending, Some("seti_2"), &told(SetupState::Succeeded));
        assert!(matches!(step, SetupStep::Refuse(_)));
    }
}
