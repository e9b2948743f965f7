//! What a token proves to a gate without a network, in the order in which the server looks.

use jiff::Timestamp;
use uuid::Uuid;

use super::OfflineGate;
use crate::credential::Credential;
use crate::offline::{LocalUse, TicketPast, code_prefix, ticket_prefix};
use crate::scan::{Presented, Reason, ScanKind, TicketFacts, TokenForm, WalletFacts};
use crate::ticket::TicketState;
use crate::ticket::token::{PresentedTicket, RotatingCode, TicketClaims, UnverifiedTicket};

/// A ticket or wallet that was proved as far as a gate can.
pub(super) struct Proved {
    /// What stands for it in the lists, or among the gate's own uses.
    pub prefix: u64,
    /// What the decision looks at, of a ticket.
    pub facts: Option<TicketFacts>,
    /// The same of a wallet.
    pub wallet: Option<WalletFacts>,
    /// What became of it so far.
    pub past: TicketPast,
    /// Whether it can be admitted here at all.
    pub sure: bool,
}

/// Reissues of one ticket between two manifests that a gate looks for.
const REISSUES_NEAR: u16 = 8;

impl OfflineGate {
    /// What stands behind a token, or why it is denied.
    pub(super) fn proved(&self, text: &str, kind: ScanKind, now: Timestamp) -> std::result::Result<Proved, Reason> {
        if let Some(Credential::Wallet(token)) = Credential::parse(text) {
            return self.wallet(&token, kind, now);
        }
        match PresentedTicket::parse(text).map_err(|_| Reason::TokenMalformed)? {
            PresentedTicket::Keyed(ticket) => Err(self.asked_in_vain(ticket.key_reference().0)),
            PresentedTicket::Code(code) => {
                let codes = self.manifest.lists.codes.as_ref().ok_or(Reason::OfflineUnavailable)?;
                let hash = code_prefix(code.hash());
                let record = codes.find(hash).ok_or(Reason::TicketUnknown)?;
                // A code does not say which of its ticket's it is: it is good while its record is not superseded.
                let presented = Presented { form: TokenForm::Code, generation: Some(0), step: None };
                self.known(None, record.ticket, record.class, presented, true)
            }
            PresentedTicket::Signed(ticket, code) => self.signed(&ticket, code, now),
        }
    }

    /// The reason for a token that only the server can check.
    pub(super) fn asked_in_vain(&self, tenant_id: i32) -> Reason {
        if tenant_id == self.manifest.tenant_id { Reason::OfflineUnavailable } else { Reason::TokenForeign }
    }

    /// A signed ticket, checked as the server does it.
    fn signed(
        &self,
        ticket: &UnverifiedTicket,
        code: Option<RotatingCode>,
        now: Timestamp,
    ) -> std::result::Result<Proved, Reason> {
        let keys = self.keys.get(&ticket.key_id()).ok_or(Reason::TokenForged)?;
        let claims = ticket.verify(&keys.public).map_err(|_| Reason::TokenForged)?;
        if keys.revoked {
            return Err(Reason::KeyRevoked);
        }
        if i64::from(claims.expires_at_seconds) <= now.as_second() {
            return Err(Reason::TokenExpired);
        }
        let own = claims.event_tail == TicketClaims::event_tail(self.config.event_id);
        let step = match (code, &keys.rotation) {
            (None, _) if claims.rotating => return Err(Reason::RotatingCodeRequired),
            (None, _) => None,
            // The keys of other events are not known here.
            (Some(_), _) if !own => None,
            (Some(_), None) => return Err(Reason::OfflineUnavailable),
            (Some(code), Some(key)) => {
                let key = key.ticket(claims.ticket_id, claims.generation);
                Some(code.verify(&key).map_err(|_| Reason::TokenForged)?)
            }
        };
        let presented = Presented {
            form: if step.is_some() { TokenForm::Rotating } else { TokenForm::Signed },
            generation: Some(i32::from(claims.generation)),
            step,
        };
        let prefix = ticket_prefix(claims.ticket_id, claims.generation);
        if own && !self.is_listed(prefix) {
            let older = i64::from(claims.issued_at_seconds) < self.manifest.made_at.as_second();
            return Err(if older { Reason::TicketUnknown } else { Reason::OfflineUnavailable });
        }
        self.known(Some(claims.ticket_id), prefix, claims.class, presented, own)
    }

    /// Whether a ticket is on the lists of all tickets, where the manifest has one.
    fn is_listed(&self, prefix: u64) -> bool {
        let lists = &self.manifest.lists;
        let bad = [&lists.void, &lists.expired, &lists.superseded].iter().any(|list| list.contains(prefix));
        bad || match (&lists.tickets, &lists.filter) {
            (Some(tickets), _) => tickets.contains(prefix),
            (None, Some(filter)) => filter.may_contain(prefix),
            (None, None) => true,
        }
    }

    /// What became of a ticket so far. One that was reissued since the manifest was made is the same ticket: what this
    /// gate did with its other tokens counts.
    fn past(&self, ticket_id: Option<Uuid>, prefix: u64, presented: Presented) -> TicketPast {
        let own = self.local.past(prefix, self.manifest.lists.used.past(prefix));
        let generation = presented.generation.and_then(|generation| u16::try_from(generation).ok());
        let (Some(ticket_id), Some(generation)) = (ticket_id, generation) else { return own };
        let near = generation.saturating_sub(REISSUES_NEAR)..=generation.saturating_add(REISSUES_NEAR);
        let uses = near.filter_map(|other| self.local.uses.get(&ticket_prefix(ticket_id, other)));
        uses.map(LocalUse::after).chain([own]).max_by_key(|past| past.entries).unwrap_or(own)
    }

    /// The facts of a ticket that was proved; `own` says whether it is this event's.
    fn known(
        &self,
        ticket_id: Option<Uuid>,
        prefix: u64,
        class: u16,
        presented: Presented,
        own: bool,
    ) -> std::result::Result<Proved, Reason> {
        let lists = &self.manifest.lists;
        let kind = self.types.get(&class).filter(|_| own);
        let past = if own { self.past(ticket_id, prefix, presented) } else { TicketPast::default() };
        let generation = presented.generation.unwrap_or_default();
        let state = match () {
            () if !own => TicketState::Active,
            () if lists.void.contains(prefix) => TicketState::Cancelled,
            () if lists.expired.contains(prefix) => TicketState::Expired,
            () if past.used_up => TicketState::Used,
            () => TicketState::Active,
        };
        let facts = TicketFacts {
            ticket_id: ticket_id.unwrap_or_default(),
            ticket_type_id: kind.map(|kind| kind.ticket_type_id).unwrap_or_default(),
            event_id: if own { self.config.event_id } else { Uuid::nil() },
            state,
            valid_from: kind.and_then(|kind| kind.valid_from),
            valid_until: kind.and_then(|kind| kind.valid_until),
            pass_days: kind.and_then(|kind| kind.pass_days),
            days_used: past.days_used,
            zones: kind.map(|kind| kind.zones.as_slice()).unwrap_or_default().into(),
            generation: generation + i32::from(own && lists.superseded.contains(prefix)),
            last_step: past.last_step,
            presented,
        };
        Ok(Proved { prefix, facts: Some(facts), wallet: None, past, sure: kind.is_some() })
    }
}
