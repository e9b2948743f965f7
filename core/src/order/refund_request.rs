//! What buyers ask to be paid back; staff decides.

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};

words! {
    /// Where a request for a refund is.
    pub enum RefundRequestState {
        /// Waiting for staff.
        Requested => "requested",
        /// Paid back.
        Granted => "granted",
        /// Turned down.
        Rejected => "rejected",
        /// Taken back by the buyer.
        Withdrawn => "withdrawn",
    }
}

requests! {
    /// Asks for a refund of a paid order. One request an order waits at a time.
    pub struct OrderRefundRequest {
        /// The order.
        pub order_id: Uuid,
        /// These tickets; all that are left when absent.
        pub ticket_ids: Option<Vec<Uuid>>,
        /// Why. 1 to 500 characters.
        pub reason: String,
    }

    /// Lists requests for refunds, newest first: a wallet's own, or for staff all.
    #[derive(Default)]
    pub struct RefundRequestList {
        /// Only these.
        pub state: Option<RefundRequestState>,
        /// Only for this order.
        pub order_id: Option<Uuid>,
        /// Only for this event.
        pub event_id: Option<Uuid>,
        /// Requests a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Pays back what was asked for.
    pub struct RefundRequestGrant {
        /// The request.
        pub refund_request_id: Uuid,
    }

    /// Turns a request for a refund down.
    pub struct RefundRequestReject {
        /// The request.
        pub refund_request_id: Uuid,
        /// Why; the buyer reads it. 1 to 500 characters.
        pub reason: String,
    }

    /// Takes a request for a refund back that nobody has decided on: a buyer's own. Another may be made then.
    pub struct RefundRequestWithdraw {
        /// The request.
        pub refund_request_id: Uuid,
    }
}

answers! {
    /// A request for a refund.
    pub struct RefundRequestView {
        /// Its id.
        pub refund_request_id: Uuid,
        /// The order.
        pub order_id: Uuid,
        /// Its number for people.
        pub order_number: String,
        /// The order's event.
        pub event_id: Uuid,
        /// The buyer's wallet.
        pub wallet_id: Uuid,
        /// The tickets; `null` for all that are left.
        pub ticket_ids: Option<Vec<Uuid>>,
        /// Why it is asked for.
        pub reason: String,
        /// Where it is.
        pub state: String,
        /// Why it was turned down.
        pub rejection: Option<String>,
        /// The refund that it became.
        pub refund_id: Option<Uuid>,
        /// When it was asked for.
        pub created_at: Timestamp,
        /// When it was decided, or withdrawn.
        pub decided_at: Option<Timestamp>,
        /// Who decided: an API key's id; `null` for a withdrawn one.
        pub decided_by: Option<Uuid>,
    }

    /// A page of requests for refunds.
    pub struct RefundRequestPage {
        /// Newest first.
        pub items: Vec<RefundRequestView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}
