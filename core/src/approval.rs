//! Approvals: what is above the tenant's limit needs a second person.

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};
use crate::{Error, ErrorCode, Result};

/// Commands whose amount is compared with the limit.
pub const APPROVABLE: [&str; 6] =
    ["order.refund", "payment.refund", "refund.retry", "ticket.cancel", "event.cancel", "refund_request.grant"];

words! {
    /// Where an approval is.
    pub enum ApprovalState {
        /// Asked for.
        Requested => "requested",
        /// Granted by a second person; the command was carried out.
        Granted => "granted",
        /// Rejected.
        Rejected => "rejected",
    }
}

requests! {
    /// Sets above which amount refunds and voids need a second person.
    pub struct ApprovalConfigure {
        /// In minor units of whatever currency; none needs a second person when absent.
        pub limit_cents: Option<i64>,
    }

    /// Asks a second person to carry a command out.
    pub struct ApprovalRequest {
        /// order.refund, payment.refund, refund.retry, ticket.cancel, event.cancel or refund_request.grant.
        pub command: String,
        /// The command's request.
        pub request: serde_json::Value,
    }

    /// Carries out what somebody else asked for.
    pub struct ApprovalGrant {
        /// The approval.
        pub approval_id: Uuid,
    }

    /// Turns down what was asked for.
    pub struct ApprovalReject {
        /// The approval.
        pub approval_id: Uuid,
        /// Why; recorded. 1 to 500 characters.
        pub reason: String,
    }

    /// Lists approvals, newest first.
    pub struct ApprovalList {
        /// Only these.
        pub state: Option<ApprovalState>,
        /// Approvals a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// The limit.
    pub struct ApprovalLimit {
        /// In minor units; `null` when nothing needs a second person.
        pub limit_cents: Option<i64>,
    }

    /// An approval.
    pub struct ApprovalView {
        /// Its id.
        pub approval_id: Uuid,
        /// The command.
        pub command: String,
        /// The command's request.
        pub request: serde_json::Value,
        /// Where it is.
        pub state: String,
        /// Who asked: api_key or sql.
        pub requested_by_kind: String,
        /// Which of them.
        pub requested_by: Option<Uuid>,
        /// Who decided.
        pub decided_by: Option<Uuid>,
        /// Why it was rejected.
        pub reason: Option<String>,
        /// The command's answer.
        pub answer: Option<serde_json::Value>,
        /// When it was asked for.
        pub created_at: Timestamp,
        /// When it was decided.
        pub decided_at: Option<Timestamp>,
    }

    /// A page of approvals.
    pub struct ApprovalPage {
        /// Newest first.
        pub items: Vec<ApprovalView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}

/// Whether a command of this amount may be carried out by one person.
///
/// # Errors
/// `approval_required` above the limit.
pub fn require_within(limit_cents: Option<i64>, amount_cents: i64) -> Result<()> {
    match limit_cents {
        Some(limit) if amount_cents > limit => Err(Error::new(
            ErrorCode::ApprovalRequired,
            format!(
                "{amount_cents} minor units in all are above the limit of {limit}: ask for it with approval.request, and \
                 somebody else grants it with approval.grant"
            ),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_needs_nobody_else() {
        assert!(require_within(None, i64::MAX).is_ok());
        assert!(require_within(Some(100), 100).is_ok());
        assert!(require_within(Some(100), 101).is_err());
        assert!(require_within(Some(0), 0).is_ok());
    }

    #[test]
    fn what_can_be_approved_is_a_command() {
        for name in APPROVABLE {
            assert!(crate::registry::command(name).is_some(), "{name}");
        }
    }
}
