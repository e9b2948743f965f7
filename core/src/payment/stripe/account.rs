//! Connected accounts and the links to their onboarding.
//!
//! Source: Stripe's API reference "Create an account", "Create an account link", "List all connected
//! accounts", and its documentation "Migrate to controller properties" and "Create destination
//! charges": with those the platform pays Stripe's fees and bears negative balances, which
//! `controller` says. A link is used once, within minutes.

use form_urlencoded::Serializer;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use uuid::Uuid;

use super::super::notice::{AccountStatus, ONBOARDING_METADATA, Report, Subject, TENANT_METADATA, reference, required};
use super::super::outgoing::Outgoing;
use crate::Result;

/// Clocks may differ by so much: what was made may look older than its request.
const CLOCK_HOURS: i64 = 1;
/// Words of a list at most, and characters of one.
const REQUIREMENTS_MAX: usize = 100;
const REQUIREMENT_BYTES_MAX: usize = 200;

/// Makes a connected account whose owner sees Stripe's own pages alone; `onboarding_id` is what asks for it.
pub fn create(tenant_id: i32, onboarding_id: Uuid, country: &str) -> Outgoing {
    let mut form = Serializer::new(String::new());
    form.append_pair("country", country);
    form.append_pair("controller[stripe_dashboard][type]", "express");
    form.append_pair("controller[fees][payer]", "application");
    form.append_pair("controller[losses][payments]", "application");
    form.append_pair("controller[requirement_collection]", "stripe");
    form.append_pair("capabilities[card_payments][requested]", "true");
    form.append_pair("capabilities[transfers][requested]", "true");
    form.append_pair(&format!("metadata[{ONBOARDING_METADATA}]"), &onboarding_id.to_string());
    form.append_pair(&format!("metadata[{TENANT_METADATA}]"), &tenant_id.to_string());
    Outgoing { method: "POST", path: "/v1/accounts".to_owned(), body: form.finish() }
}

/// Looks for accounts that were made since something was asked for.
pub fn made_since(asked_at: Timestamp) -> Outgoing {
    let since = asked_at.as_second() - SignedDuration::from_hours(CLOCK_HOURS).as_secs();
    let query = Serializer::new(String::new())
        .append_pair("created[gte]", &since.to_string())
        .append_pair("limit", "100")
        .finish();
    Outgoing { method: "GET", path: format!("/v1/accounts?{query}"), body: String::new() }
}

/// Makes a link to an account's onboarding.
pub fn link(account: &str, refresh_url: &str, return_url: &str) -> Outgoing {
    let mut form = Serializer::new(String::new());
    form.append_pair("account", account);
    form.append_pair("refresh_url", refresh_url);
    form.append_pair("return_url", return_url);
    form.append_pair("type", "account_onboarding");
    Outgoing { method: "POST", path: "/v1/account_links".to_owned(), body: form.finish() }
}

/// Account.
#[derive(Deserialize)]
pub struct AccountObject {
    id: String,
    charges_enabled: Option<bool>,
    payouts_enabled: Option<bool>,
    details_submitted: Option<bool>,
    requirements: Option<Requirements>,
}

#[derive(Deserialize, Default)]
struct Requirements {
    #[serde(default)]
    currently_due: Option<Vec<String>>,
    #[serde(default)]
    past_due: Option<Vec<String>>,
    disabled_reason: Option<String>,
}

impl AccountObject {
    /// What a connected account may do now, and what Stripe asks its owner for.
    pub fn subject(self) -> Result<Subject> {
        let requirements = self.requirements.unwrap_or_default();
        let status = AccountStatus {
            charges_enabled: required("data.object.charges_enabled", self.charges_enabled)?,
            payouts_enabled: required("data.object.payouts_enabled", self.payouts_enabled)?,
            details_submitted: required("data.object.details_submitted", self.details_submitted)?,
            requirements_due: words(requirements.currently_due),
            requirements_past_due: words(requirements.past_due),
            disabled_reason: requirements.disabled_reason.filter(|text| is_word(text)),
        };
        Ok(Subject {
            report: Report::AccountUpdated(status),
            own_id: None,
            reference: None,
            object_id: reference("the account's id", &self.id)?,
            amount_cents: None,
            currency: None,
        })
    }
}

fn words(list: Option<Vec<String>>) -> Vec<String> {
    list.unwrap_or_default().into_iter().filter(|text| is_word(text)).take(REQUIREMENTS_MAX).collect()
}

/// A word of Stripe's such as `individual.verification.document`.
fn is_word(text: &str) -> bool {
    (1..=REQUIREMENT_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(outgoing: &Outgoing) -> Vec<(String, String)> {
        form_urlencoded::parse(outgoing.body.as_bytes()).into_owned().collect()
    }

    #[test]
    fn an_account_is_asked_for_with_what_names_its_cause() {
        let outgoing = create(7, Uuid::from_u128(1), "DE");
        assert_eq!((outgoing.method, outgoing.path.as_str()), ("POST", "/v1/accounts"));
        let pairs = pairs(&outgoing);
        for (name, value) in [
            ("country", "DE"),
            ("controller[stripe_dashboard][type]", "express"),
            ("controller[fees][payer]", "application"),
            ("controller[losses][payments]", "application"),
            ("capabilities[card_payments][requested]", "true"),
            ("capabilities[transfers][requested]", "true"),
            ("metadata[admit_onboarding_id]", "00000000-0000-0000-0000-000000000001"),
            ("metadata[admit_tenant_id]", "7"),
        ] {
            assert!(pairs.contains(&(name.to_owned(), value.to_owned())), "{name}");
        }
        assert_eq!(create(7, Uuid::from_u128(1), "DE"), outgoing, "the same bytes");
    }

    #[test]
    fn a_link_leads_back_to_both_addresses() {
        let outgoing = link("acct_1", "https://a.example/again?x=1&y", "https://a.example/done");
        assert_eq!(outgoing.path, "/v1/account_links");
        let pairs = pairs(&outgoing);
        assert!(pairs.contains(&("refresh_url".to_owned(), "https://a.example/again?x=1&y".to_owned())));
        assert!(pairs.contains(&("type".to_owned(), "account_onboarding".to_owned())));
    }

    #[test]
    fn accounts_are_looked_for_with_time_to_spare() {
        let outgoing = made_since(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(2));
        assert_eq!(outgoing.path, "/v1/accounts?created%5Bgte%5D=3600&limit=100");
    }

    #[test]
    fn requirements_are_bounded_words() {
        let many: Vec<String> = (0..500).map(|number| format!("person.{number}")).collect();
        let account = AccountObject {
            id: "acct_1".to_owned(),
            charges_enabled: Some(false),
            payouts_enabled: Some(false),
            details_submitted: Some(true),
            requirements: Some(Requirements {
                currently_due: Some(many),
                past_due: Some(vec!["external_account".to_owned(), "a b".to_owned(), "x".repeat(201)]),
                disabled_reason: Some("requirements.past_due".to_owned()),
            }),
        };
        let subject = account.subject();
        assert!(subject.is_ok_and(|subject| matches!(&subject.report, Report::AccountUpdated(status)
            if status.requirements_due.len() == 100
                && status.requirements_past_due == ["external_account"]
                && status.disabled_reason.as_deref() == Some("requirements.past_due"))));
    }
}
