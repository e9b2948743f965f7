//! A provider's configuration as it is read, and the onboarding of its connected account: the account
//! is made once, the links with which its owner tells the provider about itself as often as asked for.

use jiff::Timestamp;
use uuid::Uuid;

use super::Provider;
use super::notice::AccountStatus;
use crate::message::{answers, requests, words};
use crate::{Error, Result};

words! {
    /// Where a connected account's onboarding is.
    pub enum OnboardingState {
        /// There is no account, and none was asked for.
        NotStarted => "not_started",
        /// The provider was asked for the account or for a link and has not answered yet.
        LinkPending => "link_pending",
        /// The account's owner has not told the provider all that it asks for.
        InProgress => "in_progress",
        /// The owner has, but the account cannot take payments or be paid out: see what is due.
        Restricted => "restricted",
        /// The account can take payments and be paid out.
        Complete => "complete",
    }

    /// Where a link is.
    pub enum LinkState {
        /// The provider has not answered yet.
        Pending => "pending",
        /// It is here.
        Ready => "ready",
        /// It is over: ask for another.
        Expired => "expired",
        /// The provider refused to make it, or the account.
        Failed => "failed",
    }
}

requests! {
    /// Reads a provider's configuration, without its secrets.
    pub struct ProviderGet {
        /// The provider.
        pub provider: Provider,
    }

    /// Asks the provider for a link with which the owner of the tenant's connected account tells it
    /// what it has to know, and for the account first where there is none. Asking again makes another
    /// link, never another account.
    pub struct ProviderOnboard {
        /// The provider; only stripe has such accounts.
        pub provider: Provider,
        /// Where the owner comes back to when done, or when giving up: provider.get tells how it stands.
        pub return_url: String,
        /// Where the owner is sent when the link was used or is over; that page asks for another.
        pub refresh_url: String,
        /// The country of the account's owner (ISO 3166-1, two letters), for an account that is to be
        /// made; it never changes.
        pub country: Option<String>,
    }

    /// Reads a link of an onboarding.
    pub struct ProviderOnboardingGet {
        /// The link's onboarding.
        pub onboarding_id: Uuid,
    }
}

answers! {
    /// A provider's configuration, without its secrets, and what its connected account may do.
    pub struct ProviderView {
        /// The provider.
        pub provider: String,
        /// Live or test.
        pub live: bool,
        /// How many webhook secrets are accepted.
        pub webhook_secrets: i32,
        /// Whether admit calls the provider itself, with an api_key.
        pub has_api_key: bool,
        /// From which UTC hour on the daily reconciliation begins; `null` where there is none.
        pub reconciliation_hour: Option<i32>,
        /// The connected account that payments go to.
        pub connected_account: Option<String>,
        /// The account that provider.onboard has made: payments go to it once provider.configure
        /// names it as the connected_account.
        pub onboarded_account: Option<String>,
        /// Application fee in percent.
        pub application_fee_percentage: Option<String>,
        /// Where the onboarding of the connected account, else of the onboarded one, is: not_started,
        /// link_pending, in_progress, restricted or complete.
        pub onboarding: String,
        /// Whether the account can take payments; `null` until the provider has told.
        pub charges_enabled: Option<bool>,
        /// Whether the account can be paid out; `null` until the provider has told.
        pub payouts_enabled: Option<bool>,
        /// Whether the account's owner has told the provider all it asked for; `null` until it has told.
        pub details_submitted: Option<bool>,
        /// What the provider still asks the owner for, in its own words.
        pub requirements_due: Vec<String>,
        /// Those of them that are late.
        pub requirements_past_due: Vec<String>,
        /// The provider's word for why the account cannot do everything.
        pub disabled_reason: Option<String>,
        /// When the provider said so.
        pub account_told_at: Option<Timestamp>,
        /// When it was configured.
        pub updated_at: Timestamp,
    }

    /// A link of an onboarding.
    pub struct ProviderOnboardingView {
        /// Its id.
        pub onboarding_id: Uuid,
        /// The provider.
        pub provider: String,
        /// pending, ready, expired or failed.
        pub state: String,
        /// The connected account; `null` until the provider has made it.
        pub account: Option<String>,
        /// Where the account's owner goes, once and soon: whoever has it acts for the account. `null`
        /// until the provider has answered, so read it again, and when it is over.
        pub url: Option<String>,
        /// When it is over.
        pub expires_at: Option<Timestamp>,
        /// Why the provider refused.
        pub failure: Option<String>,
        /// When it was asked for.
        pub created_at: Timestamp,
    }
}

/// Where an onboarding is: `account` is the one that is known, `pending` whether a link is waited for,
/// `told` what the provider has told of the account.
pub fn onboarding_state(account: Option<&str>, pending: bool, told: Option<&AccountStatus>) -> OnboardingState {
    match (account, told) {
        (Some(_), Some(told)) if told.details_submitted => {
            let able = told.charges_enabled && told.payouts_enabled;
            if able { OnboardingState::Complete } else { OnboardingState::Restricted }
        }
        _ if pending => OnboardingState::LinkPending,
        (Some(_), _) => OnboardingState::InProgress,
        (None, _) => OnboardingState::NotStarted,
    }
}

/// A country's code, in upper case.
///
/// # Errors
/// `invalid_request` when it cannot be one.
pub fn country(text: &str) -> Result<String> {
    let text = text.trim();
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(text.to_ascii_uppercase());
    }
    Err(Error::invalid("country must be the two letters of a country (ISO 3166-1), such as DE"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(charges_enabled: bool, payouts_enabled: bool, details_submitted: bool) -> AccountStatus {
        AccountStatus { charges_enabled, payouts_enabled, details_submitted, ..AccountStatus::default() }
    }

    #[test]
    fn an_onboarding_is_where_account_and_link_are() {
        use OnboardingState::{Complete, InProgress, LinkPending, NotStarted, Restricted};
        let account = Some("acct_1");
        for (account, pending, told, expected) in [
            (None, false, None, NotStarted),
            (None, true, None, LinkPending),
            (account, true, None, LinkPending),
            (account, false, None, InProgress),
            (account, false, Some(told(false, false, false)), InProgress),
            (account, true, Some(told(false, false, false)), LinkPending),
            (account, false, Some(told(false, false, true)), Restricted),
            (account, true, Some(told(true, false, true)), Restricted),
            (account, false, Some(told(false, true, true)), Restricted),
            (account, true, Some(told(true, true, true)), Complete),
        ] {
            assert_eq!(onboarding_state(account, pending, told.as_ref()), expected, "{account:?} {pending} {told:?}");
        }
    }

    #[test]
    fn countries_have_two_letters() {
        assert_eq!(country(" de ").as_deref(), Ok("DE"));
        for wrong in ["", "D", "DEU", "D1", "\u{e4}"] {
            assert!(country(wrong).is_err(), "{wrong}");
        }
    }
}
