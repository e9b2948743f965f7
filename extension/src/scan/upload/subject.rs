//! What an upload's tokens stand for: all wallets and tickets are locked at once, in the order of their ids, and
//! change in memory while the scans are judged.

use std::collections::{HashMap, HashSet};

use admit_core::credential::WalletSession;
use admit_core::money::Currency;
use admit_core::scan::{Presence, Presented, Reason, TicketFacts, TokenForm, WalletFacts};
use admit_core::ticket::token::TicketClaims;
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use uuid::Uuid;

use super::Arrived;
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::scan::terms;
use crate::scan::token::{Token, ticket_of};

/// A locked wallet.
pub struct WalletState {
    /// Its balance so far, in minor units.
    pub balance_cents: i64,
    currency: Currency,
    frozen: bool,
    /// Whether it changed.
    pub changed: bool,
}

/// A locked ticket.
pub struct TicketSubject {
    /// What the decision looks at, but for what was shown.
    pub facts: TicketFacts,
    /// Its holder's wallet.
    pub wallet_id: Uuid,
    /// What its holder did at the event so far.
    pub presence: Presence,
    code_hash: Uuid,
    /// The admission of this upload that `presence` tells of.
    pub last_scan_id: Option<Uuid>,
    /// Whether it changed.
    pub changed: bool,
}

/// What a wallet did at an event.
#[derive(Default)]
pub struct PresenceState {
    /// So far.
    pub presence: Presence,
    /// The admission of this upload that `presence` tells of.
    pub last_scan_id: Option<Uuid>,
    /// Whether it changed.
    pub changed: bool,
}

/// A plain code's ticket.
struct Code {
    ticket_id: Uuid,
    key_id: i32,
    /// Which of the ticket's codes it was, where a reissue has replaced it.
    generation: Option<i32>,
}

/// Everything behind an upload's tokens.
#[derive(Default)]
pub struct Subjects {
    /// Wallets by id.
    pub wallets: HashMap<Uuid, WalletState>,
    /// Tickets by id.
    pub tickets: HashMap<Uuid, TicketSubject>,
    /// Presence by wallet and event.
    pub presences: HashMap<(Uuid, Uuid), PresenceState>,
    /// Each session's wallet, and when it was ended.
    sessions: HashMap<Uuid, (Uuid, Option<Timestamp>)>,
    codes: HashMap<Uuid, Code>,
}

/// What one token stands for.
pub struct Subject {
    /// The key that it was made with.
    pub key_id: Option<i32>,
    /// The wallet of a session token.
    pub wallet: std::result::Result<Option<WalletFacts>, Reason>,
    /// The wallet, or the ticket holder's.
    pub wallet_id: Option<Uuid>,
    /// The ticket, with what was shown for it.
    pub ticket: Option<TicketFacts>,
}

impl Subject {
    /// The ticket, or else the wallet.
    pub fn holder_id(&self) -> Option<Uuid> {
        self.ticket.as_ref().map(|ticket| ticket.ticket_id).or(self.wallet_id)
    }
}

impl Subjects {
    /// Locks and loads what stands behind the scans.
    pub fn load(database: &mut Database<'_, '_>, call: &Call, revision: Uuid, arrived: &[Arrived<'_>]) -> Result<Self> {
        let mut subjects = Self::default();
        let tokens = || arrived.iter().filter_map(|scan| scan.proved.token.as_ref().ok());
        let sessions: Vec<&WalletSession> = tokens()
            .filter_map(|token| if let Token::Wallet(session) = token { Some(session) } else { None })
            .collect();
        if !sessions.is_empty() {
            let wallet_ids = sorted(sessions.iter().map(|session| session.wallet_id));
            subjects.lock_wallets(database, call, &wallet_ids)?;
            subjects.load_sessions(database, call, sorted(sessions.iter().map(|session| session.session_id)))?;
            let event_ids = sorted(arrived.iter().filter_map(|scan| scan.event_id));
            subjects.load_presences(database, call, wallet_ids, event_ids)?;
        }
        let hashes =
            sorted(tokens().filter_map(|token| if let Token::Code(code) = token { Some(code.hash()) } else { None }));
        if !hashes.is_empty() {
            subjects.load_codes(database, call, hashes)?;
        }
        let named =
            tokens().filter_map(|token| if let Token::Ticket(ticket) = token { Some(ticket.ticket_id) } else { None });
        let ticket_ids = sorted(named.chain(subjects.codes.values().map(|code| code.ticket_id)));
        subjects.lock_tickets(database, call, revision, ticket_ids)?;
        Ok(subjects)
    }

    fn lock_wallets(&mut self, database: &mut Database<'_, '_>, call: &Call, wallet_ids: &[Uuid]) -> Result<()> {
        let mut rows = database.point(
            include_str!("../../../../sql/statements/upload_lock_wallets.sql"),
            arguments![call.tenant_id, wallet_ids.to_vec()],
        )?;
        while rows.next() {
            let state = WalletState {
                balance_cents: rows.get(2)?,
                currency: rows.get::<String>(3)?.parse()?,
                frozen: rows.get(4)?,
                changed: false,
            };
            self.wallets.insert(rows.get(1)?, state);
        }
        Ok(())
    }

    fn load_sessions(&mut self, database: &mut Database<'_, '_>, call: &Call, session_ids: Vec<Uuid>) -> Result<()> {
        let mut rows = database.point_read(
            include_str!("../../../../sql/statements/upload_sessions.sql"),
            arguments![call.tenant_id, session_ids],
        )?;
        while rows.next() {
            self.sessions.insert(rows.get(1)?, (rows.get(2)?, rows.optional(3)?));
        }
        Ok(())
    }

    fn load_presences(
        &mut self,
        database: &mut Database<'_, '_>,
        call: &Call,
        wallet_ids: Vec<Uuid>,
        event_ids: Vec<Uuid>,
    ) -> Result<()> {
        let mut rows = database.point_read(
            include_str!("../../../../sql/statements/upload_presence.sql"),
            arguments![call.tenant_id, wallet_ids, event_ids],
        )?;
        while rows.next() {
            let presence = Presence {
                entries: rows.get(3)?,
                inside: rows.get(4)?,
                admitted_at: rows.optional(5)?,
                gate_id: rows.optional(6)?,
                last_day: rows.optional(7)?,
                day_entries: rows.get(8)?,
                annulled: rows.get(9)?,
            };
            let state = PresenceState { presence, ..PresenceState::default() };
            self.presences.insert((rows.get(1)?, rows.get(2)?), state);
        }
        Ok(())
    }

    fn load_codes(&mut self, database: &mut Database<'_, '_>, call: &Call, hashes: Vec<Uuid>) -> Result<()> {
        let mut rows = database.point_read(
            include_str!("../../../../sql/statements/upload_codes.sql"),
            arguments![call.tenant_id, hashes],
        )?;
        while rows.next() {
            let code = Code {
                ticket_id: rows.get(1)?,
                key_id: rows.get(3)?,
                generation: rows.optional::<i16>(4)?.map(i32::from),
            };
            self.codes.insert(rows.get(2)?, code);
        }
        Ok(())
    }

    fn lock_tickets(
        &mut self,
        database: &mut Database<'_, '_>,
        call: &Call,
        revision: Uuid,
        ticket_ids: Vec<Uuid>,
    ) -> Result<()> {
        if ticket_ids.is_empty() {
            return Ok(());
        }
        let rows = database.point(
            include_str!("../../../../sql/statements/upload_lock_tickets.sql"),
            arguments![call.tenant_id, ticket_ids],
        )?;
        // What was shown comes with each scan.
        let presented = Presented { form: TokenForm::Code, generation: None, step: None };
        for (mut ticket, code_hash) in rows.collect(|row| Ok((ticket_of(row, presented)?, row.get(16)?)))? {
            terms::complete(database, call, revision, &mut ticket.facts)?;
            let subject = TicketSubject {
                facts: ticket.facts,
                wallet_id: ticket.wallet_id,
                presence: ticket.presence,
                code_hash,
                last_scan_id: None,
                changed: false,
            };
            self.tickets.insert(subject.facts.ticket_id, subject);
        }
        Ok(())
    }

    /// What a scan's token stands for now.
    pub fn of(&self, scan: &Arrived<'_>) -> Result<Subject> {
        let key_id = scan.proved.key_id;
        let unknown = |reason| Subject { key_id, wallet: Err(reason), wallet_id: None, ticket: None };
        Ok(match &scan.proved.token {
            Err(reason) => unknown(*reason),
            Ok(Token::Wallet(session)) => match self.wallet(session, scan.time.at) {
                Some(wallet) => {
                    Subject { key_id, wallet_id: Some(wallet.wallet_id), wallet: Ok(Some(wallet)), ticket: None }
                }
                None => unknown(Reason::TokenForged),
            },
            Ok(Token::Code(code)) => match self.codes.get(&code.hash()) {
                Some(known) => {
                    let subject = self.tickets.get(&known.ticket_id).ok_or_else(lost)?;
                    // A reissue may have come between reading the code and locking its ticket.
                    let replaced = known.generation.or_else(|| {
                        (subject.code_hash != code.hash()).then(|| subject.facts.generation.saturating_sub(1))
                    });
                    let presented = Presented { form: TokenForm::Code, generation: replaced, step: None };
                    Self::holder(Some(known.key_id), subject, presented)
                }
                None => unknown(Reason::TicketUnknown),
            },
            Ok(Token::Ticket(ticket)) => {
                let tail = |subject: &&TicketSubject| TicketClaims::event_tail(subject.facts.event_id);
                let named = |subject: &&TicketSubject| ticket.event_tail.is_none_or(|named| named == tail(subject));
                match self.tickets.get(&ticket.ticket_id).filter(named) {
                    Some(subject) => Self::holder(key_id, subject, ticket.presented),
                    None => unknown(Reason::TicketUnknown),
                }
            }
        })
    }

    fn holder(key_id: Option<i32>, subject: &TicketSubject, presented: Presented) -> Subject {
        let ticket = TicketFacts { presented, ..subject.facts.clone() };
        Subject { key_id, wallet: Ok(None), wallet_id: Some(subject.wallet_id), ticket: Some(ticket) }
    }

    /// The wallet of a session as it was when its token was read.
    fn wallet(&self, session: &WalletSession, read_at: Timestamp) -> Option<WalletFacts> {
        let (wallet_id, ended_at) = self.sessions.get(&session.session_id).copied()?;
        let wallet = self.wallets.get(&session.wallet_id).filter(|_| wallet_id == session.wallet_id)?;
        Some(WalletFacts {
            wallet_id,
            balance_cents: wallet.balance_cents,
            currency: wallet.currency,
            frozen: wallet.frozen,
            session_ended: ended_at.is_some_and(|ended_at| ended_at <= read_at),
        })
    }

    /// The ticket that a token stands for, or else the wallet.
    pub fn holder_id(&self, scan: &Arrived<'_>) -> Option<Uuid> {
        match scan.proved.token.as_ref().ok()? {
            Token::Wallet(session) => Some(session.wallet_id),
            Token::Code(code) => self.codes.get(&code.hash()).map(|code| code.ticket_id),
            Token::Ticket(ticket) => Some(ticket.ticket_id),
        }
    }

    /// The admission of this upload that the holder's presence tells of.
    pub fn last_scan_id(&self, subject: &Subject, event_id: Uuid) -> Option<Uuid> {
        match (&subject.ticket, subject.wallet_id) {
            (Some(ticket), _) => self.tickets.get(&ticket.ticket_id)?.last_scan_id,
            (None, wallet_id) => self.presences.get(&(wallet_id?, event_id))?.last_scan_id,
        }
    }

    /// What the holder of a token did at an event so far.
    pub fn presence(&self, subject: &Subject, event_id: Uuid) -> Presence {
        match (&subject.ticket, subject.wallet_id) {
            (Some(ticket), _) => self.tickets.get(&ticket.ticket_id).map(|known| known.presence).unwrap_or_default(),
            (None, Some(wallet_id)) => {
                self.presences.get(&(wallet_id, event_id)).map(|known| known.presence).unwrap_or_default()
            }
            (None, None) => Presence::default(),
        }
    }
}

fn lost() -> Error {
    Error::new(ErrorCode::Internal, "a ticket was found by its code and not by its id")
}

/// Each id once, in order: locks are taken in it.
fn sorted(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = ids.collect::<HashSet<_>>().into_iter().collect();
    ids.sort_unstable();
    ids
}
