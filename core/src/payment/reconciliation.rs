//! Reconciliation: payments here compared with the provider's own list of them.

mod compare;

pub use compare::{Compared, Found, ListedCharge, ListedPage, ListedPayment, ListedState, OwnPayment, compare};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::Provider;
use crate::message::{answers, requests, words};
use crate::{Error, Result};

/// A reconciliation looks back over at most this.
const DAYS_MAX: i64 = 31;
/// What a daily reconciliation looks back over: a webhook that is lost is found three times.
const DAILY_DAYS: i64 = 3;

words! {
    /// Where a reconciliation is.
    pub enum ReconciliationState {
        /// Pages of the provider's list are still to come.
        Running => "running",
        /// All of the list was compared.
        Done => "done",
        /// The provider's list could not be read to its end.
        Failed => "failed",
    }

    /// What a reconciliation found.
    pub enum FindingKind {
        /// The payment succeeded at the provider, and nobody told it here.
        MissedSuccess => "missed_success",
        /// The payment was cancelled at the provider, and nobody told it here.
        MissedCancellation => "missed_cancellation",
        /// More went back at the provider than was told here.
        MissedRefund => "missed_refund",
        /// The amounts differ.
        AmountDiffers => "amount_differs",
        /// The currencies differ.
        CurrencyDiffers => "currency_differs",
        /// An object of the provider's carries the id of a payment that has another object.
        ReferenceDiffers => "reference_differs",
        /// Succeeded here, cancelled there.
        CancelledAtProvider => "cancelled_at_provider",
        /// Succeeded here, not yet there.
        NotSucceededAtProvider => "not_succeeded_at_provider",
        /// Less went back at the provider than here.
        RefundedDiffers => "refunded_differs",
        /// Disputed there, not here.
        DisputeUnknown => "dispute_unknown",
        /// An object of the provider's carries the tenant's number and the id of no payment here.
        UnknownHere => "unknown_here",
        /// Succeeded here, and not in the provider's list.
        MissingAtProvider => "missing_at_provider",
    }

    /// What became of a finding.
    pub enum FindingResult {
        /// What was missed is booked now.
        Repaired => "repaired",
        /// What was missed waits for the next tick.
        Waiting => "waiting",
        /// For people to look at.
        Difference => "difference",
    }
}

requests! {
    /// Compares the payments of a time with the provider's list of them; one at a time a provider.
    pub struct ReconciliationStart {
        /// The provider, which needs an api_key; stripe when absent.
        pub provider: Option<Provider>,
        /// Payment objects that the provider made from this time on.
        pub created_from: Timestamp,
        /// Payment objects that the provider made until this time, at most 31 days later; now when absent.
        pub created_until: Option<Timestamp>,
    }

    /// Reads a reconciliation.
    pub struct ReconciliationGet {
        /// The reconciliation.
        pub reconciliation_id: Uuid,
    }

    /// Lists reconciliations, newest first.
    pub struct ReconciliationList {
        /// Only these.
        pub state: Option<ReconciliationState>,
        /// Reconciliations a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Lists what a reconciliation found, newest first.
    pub struct ReconciliationFindings {
        /// The reconciliation.
        pub reconciliation_id: Uuid,
        /// Only these.
        pub result: Option<FindingResult>,
        /// Findings a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// A reconciliation.
    pub struct ReconciliationView {
        /// Its id.
        pub reconciliation_id: Uuid,
        /// The provider.
        pub provider: String,
        /// From when on the provider made what is compared.
        pub created_from: Timestamp,
        /// Until when the provider made what is compared.
        pub created_until: Timestamp,
        /// Where it is.
        pub state: String,
        /// Why it failed.
        pub reason: Option<String>,
        /// Pages of the provider's list that were compared.
        pub pages: i32,
        /// The provider's payment objects that were compared.
        pub compared: i64,
        /// Missed webhooks that are booked now.
        pub repaired: i64,
        /// Missed webhooks that the next tick books.
        pub waiting: i64,
        /// Differences for people to look at.
        pub differences: i64,
        /// When it began.
        pub started_at: Timestamp,
        /// When it was done or failed.
        pub ended_at: Option<Timestamp>,
    }

    /// A page of reconciliations.
    pub struct ReconciliationPage {
        /// Newest first.
        pub items: Vec<ReconciliationView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }

    /// Something that a reconciliation found.
    pub struct FindingView {
        /// Its id.
        pub finding_id: Uuid,
        /// What was found.
        pub kind: String,
        /// What became of it.
        pub result: String,
        /// The payment here.
        pub payment_id: Option<Uuid>,
        /// The provider's payment object.
        pub provider_reference: Option<String>,
        /// How it is here; amounts in minor units.
        pub ours: Option<String>,
        /// How it is at the provider; amounts in minor units.
        pub theirs: Option<String>,
        /// The webhook delivery that took the missed one's place.
        pub delivery_id: Option<Uuid>,
        /// Why what was missed is not booked.
        pub detail: Option<String>,
        /// When it was found.
        pub found_at: Timestamp,
    }

    /// A page of findings.
    pub struct FindingPage {
        /// Newest first.
        pub items: Vec<FindingView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}

/// When the provider made what is compared; whole seconds, both ends among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first second.
    pub from: Timestamp,
    /// The last second.
    pub until: Timestamp,
}

impl Window {
    /// The time that was asked for.
    ///
    /// # Errors
    /// `invalid_request` names the field that does not fit.
    pub fn of(from: Timestamp, until: Option<Timestamp>, now: Timestamp) -> Result<Self> {
        let until = until.unwrap_or(now);
        if until > now {
            return Err(Error::invalid("created_until must not be in the future: leave it out for now"));
        }
        let length = until.duration_since(from);
        if length <= SignedDuration::ZERO {
            return Err(Error::invalid("created_from must be before created_until"));
        }
        if length > SignedDuration::from_hours(24 * DAYS_MAX) {
            return Err(Error::invalid(format!("created_from must be at most {DAYS_MAX} days before created_until")));
        }
        Ok(Self { from: whole_second(from), until: whole_second(until) })
    }

    /// What a daily reconciliation compares.
    pub fn daily(now: Timestamp) -> Self {
        Self { from: whole_second(now - SignedDuration::from_hours(24 * DAILY_DAYS)), until: whole_second(now) }
    }
}

/// From which UTC hour on a provider's daily reconciliation begins; none where there is none. Where it is not
/// `possible` nobody can ask for it.
///
/// # Errors
/// `invalid_request` for an hour out of bounds, or one of a reconciliation that is not to be.
pub fn daily_hour(possible: bool, daily: Option<bool>, hour: Option<i32>) -> Result<Option<i32>> {
    if !possible && (daily == Some(true) || hour.is_some()) {
        let detail = "daily_reconciliation and reconciliation_hour need stripe and an api_key: leave them out";
        return Err(Error::invalid(detail));
    }
    if !possible || daily == Some(false) {
        return match hour {
            None => Ok(None),
            Some(_) => Err(Error::invalid("reconciliation_hour needs daily_reconciliation: leave one of them out")),
        };
    }
    match hour.unwrap_or(0) {
        hour @ 0..=23 => Ok(Some(hour)),
        _ => Err(Error::invalid("reconciliation_hour must be between 0 and 23")),
    }
}

/// Providers tell whole seconds.
fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_microsecond().div_euclid(1_000_000)).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn a_daily_reconciliation_has_its_hour_or_is_off() {
        assert_eq!(daily_hour(true, None, None).ok(), Some(Some(0)));
        assert_eq!(daily_hour(true, Some(true), Some(23)).ok(), Some(Some(23)));
        assert_eq!(daily_hour(true, Some(false), None).ok(), Some(None));
        assert_eq!(daily_hour(false, None, None).ok(), Some(None));
        assert_eq!(daily_hour(false, Some(false), None).ok(), Some(None));
        for (possible, daily, hour) in [
            (true, None, Some(24)),
            (true, None, Some(-1)),
            (true, Some(false), Some(3)),
            (false, Some(true), None),
            (false, None, Some(3)),
        ] {
            assert!(daily_hour(possible, daily, hour).is_err());
        }
    }

    #[test]
    fn a_window_is_in_the_past_and_not_too_long() {
        let now = at("2026-03-05T12:00:00.7Z");
        let window = Window::of(at("2026-03-01T00:00:00.9Z"), None, now);
        assert_eq!(window, Ok(Window { from: at("2026-03-01T00:00:00Z"), until: at("2026-03-05T12:00:00Z") }));
        assert!(Window::of(at("2026-02-02T12:00:01Z"), None, now).is_ok());
        let error = |from: &str, until: Option<&str>| {
            Window::of(at(from), until.map(at), now).err().map(|error| error.detail).unwrap_or_default()
        };
        assert!(error("2026-02-02T12:00:00Z", None).starts_with("created_from must be at most 31 days"));
        assert!(error("2026-03-05T00:00:00Z", Some("2026-03-05T00:00:00Z")).starts_with("created_from must be before"));
        assert!(error("2026-03-05T00:00:00Z", Some("2026-03-06T00:00:00Z")).starts_with("created_until must not"));
        assert_eq!(Window::daily(now).from, at("2026-03-02T12:00:00Z"));
    }
}
