//! New codes for a ticket that was lost or copied: staff reissues it, or grants what its holder asks for.

use jiff::Timestamp;
use uuid::Uuid;

use super::TicketState;
use crate::message::{answers, requests, words};
use crate::{Error, ErrorCode, Result};

words! {
    /// Why a ticket gets new codes.
    pub enum ReissueReason {
        /// Its holder has it no more.
        Lost => "lost",
        /// Somebody else has it.
        Stolen => "stolen",
        /// It cannot be read.
        Damaged => "damaged",
        /// Copies of it are about.
        Duplicated => "duplicated",
        /// As the note says.
        Other => "other",
    }

    /// Where a request for new codes is.
    pub enum ReissueRequestState {
        /// Waiting for staff.
        Requested => "requested",
        /// The ticket was reissued.
        Granted => "granted",
        /// Turned down.
        Rejected => "rejected",
        /// Taken back by the holder.
        Withdrawn => "withdrawn",
    }
}

requests! {
    /// Gives an active ticket new codes; every older code and token of it is denied from then on. Order, seat and uses
    /// stay. A request of its holder that waits is granted by it.
    pub struct TicketReissue {
        /// The ticket.
        pub ticket_id: Uuid,
        /// lost, stolen, damaged, duplicated or other.
        pub reason: ReissueReason,
        /// More about it, for staff: 1 to 500 characters.
        pub note: Option<String>,
    }

    /// Reads a ticket's reissues and the requests for them.
    pub struct TicketHistoryGet {
        /// The ticket.
        pub ticket_id: Uuid,
    }

    /// Asks for new codes of the caller's own active ticket. One request a ticket waits at a time.
    pub struct TicketReissueRequest {
        /// The ticket.
        pub ticket_id: Uuid,
        /// lost, stolen, damaged, duplicated or other.
        pub reason: ReissueReason,
        /// More about it, for staff: 1 to 500 characters.
        pub note: Option<String>,
    }

    /// Lists requests for new codes, newest first: a wallet's own, or for staff all.
    #[derive(Default)]
    pub struct ReissueRequestList {
        /// Only these.
        pub state: Option<ReissueRequestState>,
        /// Only for this ticket.
        pub ticket_id: Option<Uuid>,
        /// Only for this event.
        pub event_id: Option<Uuid>,
        /// Requests a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Gives a ticket the new codes that its holder asked for.
    pub struct ReissueRequestGrant {
        /// The request.
        pub reissue_request_id: Uuid,
    }

    /// Turns a request for new codes down.
    pub struct ReissueRequestReject {
        /// The request.
        pub reissue_request_id: Uuid,
        /// Why; the holder reads it. 1 to 500 characters.
        pub note: String,
    }

    /// Takes a request for new codes back that nobody has decided on: a holder's own. Another may be made then.
    pub struct ReissueRequestWithdraw {
        /// The request.
        pub reissue_request_id: Uuid,
    }
}

answers! {
    /// One reissue of a ticket.
    pub struct ReissueView {
        /// The number that the ticket's codes had until then.
        pub replaced_generation: i32,
        /// lost, stolen, damaged, duplicated or other.
        pub reason: String,
        /// More about it.
        pub note: Option<String>,
        /// When.
        pub reissued_at: Timestamp,
        /// Who: staff, api_key or sql.
        pub actor_kind: String,
        /// Which person or API key.
        pub actor_id: Option<Uuid>,
        /// The holder's request that it granted.
        pub reissue_request_id: Option<Uuid>,
    }

    /// A request for new codes of a ticket.
    pub struct ReissueRequestView {
        /// Its id.
        pub reissue_request_id: Uuid,
        /// The ticket.
        pub ticket_id: Uuid,
        /// The ticket's event.
        pub event_id: Uuid,
        /// The holder's wallet.
        pub wallet_id: Uuid,
        /// lost, stolen, damaged, duplicated or other.
        pub reason: String,
        /// More about it, from the holder.
        pub note: Option<String>,
        /// Where it is.
        pub state: String,
        /// Why it was turned down.
        pub rejection: Option<String>,
        /// The number that the ticket's codes got.
        pub generation: Option<i32>,
        /// When it was asked for.
        pub created_at: Timestamp,
        /// When it was decided, or withdrawn.
        pub decided_at: Option<Timestamp>,
        /// Who decided: a person's or an API key's id; `null` for a withdrawn one.
        pub decided_by: Option<Uuid>,
    }

    /// A page of requests for new codes.
    pub struct ReissueRequestPage {
        /// Newest first.
        pub items: Vec<ReissueRequestView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }

    /// What became of a ticket's codes.
    pub struct TicketHistory {
        /// The ticket.
        pub ticket_id: Uuid,
        /// The number of its good codes: how often it was reissued.
        pub generation: i32,
        /// Its last 200 reissues, newest first.
        pub reissues: Vec<ReissueView>,
        /// Its holders' last 200 requests, newest first.
        pub requests: Vec<ReissueRequestView>,
    }
}

/// The generation of a ticket's codes after a reissue.
///
/// # Errors
/// `conflict` when the ticket is not active, `limit_exceeded` when its tokens cannot name another generation.
pub fn reissued_generation(state: TicketState, generation: i16) -> Result<i16> {
    if state != TicketState::Active {
        let state = state.as_str();
        return Err(Error::new(
            ErrorCode::Conflict,
            format!("the ticket is {state}: only an active ticket gets new codes"),
        ));
    }
    generation.checked_add(1).ok_or_else(|| {
        let most = i16::MAX;
        Error::new(
            ErrorCode::LimitExceeded,
            format!("the ticket was reissued {most} times and cannot be again: refund it and sell another"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_active_tickets_are_reissued() {
        for state in TicketState::ALL {
            let next = reissued_generation(*state, 0).map_err(|error| error.code);
            let expected = if *state == TicketState::Active { Ok(1) } else { Err(ErrorCode::Conflict) };
            assert_eq!(next, expected, "{state:?}");
        }
    }

    #[test]
    fn generations_end_where_tokens_do() {
        let next = |generation| reissued_generation(TicketState::Active, generation).map_err(|error| error.code);
        assert_eq!(next(i16::MAX - 1), Ok(i16::MAX));
        assert_eq!(next(i16::MAX), Err(ErrorCode::LimitExceeded));
    }
}
