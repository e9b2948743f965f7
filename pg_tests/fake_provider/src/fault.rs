//! Fault rules: what goes wrong with which requests.
//!
//! A rule is posted to `/_control/faults`, such as
//! `{"provider": "stripe", "method": "POST", "path_prefix": "/v1/refunds", "requests": 2,
//! "fault": "drop_after"}`. The first rule that fits a request and is not used up is applied.

use serde::{Deserialize, Serialize};

use crate::provider::Provider;
use crate::request::Request;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// Nothing besides the delays.
    #[default]
    None,
    /// `status` is answered and nothing is carried out.
    Answer,
    /// The connection is closed without an answer and nothing is carried out.
    DropBefore,
    /// The request is carried out, then the connection is closed without an answer.
    DropAfter,
}

/// A rule as it is posted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    provider: Provider,
    /// Only this method.
    method: Option<String>,
    /// Only paths that begin so; all when absent.
    #[serde(default)]
    path_prefix: String,
    /// This many fitting requests pass first.
    #[serde(default)]
    skip: u64,
    /// How many requests it is applied to.
    #[serde(default = "one")]
    requests: u64,
    /// Time before the request is carried out.
    #[serde(default)]
    pub(crate) delay_ms: u64,
    /// Time between carrying out and answering.
    #[serde(default)]
    pub(crate) answer_delay_ms: u64,
    #[serde(default)]
    pub(crate) fault: Fault,
    /// For `answer`: the status, 400 to 599; 500 when absent.
    #[serde(default = "internal_error")]
    pub(crate) status: u16,
    /// For `answer` with 5xx: whether the idempotency key keeps this answer, as when the
    /// provider itself failed; `false` is a gateway in front of it that failed.
    #[serde(default = "yes")]
    pub(crate) saved: bool,
}

fn one() -> u64 {
    1
}

fn internal_error() -> u16 {
    500
}

fn yes() -> bool {
    true
}

impl Rule {
    /// What is wrong with the rule itself.
    pub(crate) fn check(&self) -> Result<(), String> {
        if (400..600).contains(&self.status) { Ok(()) } else { Err("status must be 400 to 599".to_owned()) }
    }

    fn fits(&self, provider: Provider, request: &Request) -> bool {
        self.requests > 0
            && self.provider == provider
            && self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
            && request.path.starts_with(&self.path_prefix)
    }
}

/// The rules in force, in the order in which they were posted.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) rules: Vec<Rule>,
}

impl Faults {
    /// The rule for this request; it is used up by one.
    pub(crate) fn take(&mut self, provider: Provider, request: &Request) -> Option<Rule> {
        let rule = self.rules.iter_mut().find(|rule| rule.fits(provider, request))?;
        if rule.skip > 0 {
            rule.skip -= 1;
            return None;
        }
        rule.requests -= 1;
        Some(rule.clone())
    }
}
