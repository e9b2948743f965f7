//! What a device has read: a wallet's session token or a ticket's code, and the rows behind it.

use std::sync::Arc;

use admit_core::credential::{Credential, WalletSession};
use admit_core::money::Currency;
use admit_core::scan::{Presence, Presented, Reason, TicketFacts, TokenForm, WalletFacts};
use admit_core::ticket::token::{PresentedTicket, RotatingCode, TicketClaims, UnverifiedKeyedTicket, UnverifiedTicket};
use admit_core::ticket::{TicketCode, TicketState};
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::key::{self, KeyMaterial, TicketSigningKey};

/// What a token proves before any row is read.
pub struct Proved {
    /// The key that it was made with, where it names one and that is so.
    pub key_id: Option<i32>,
    /// What it stands for, or what is wrong with it.
    pub token: std::result::Result<Token, Reason>,
}

impl Proved {
    /// A token of which nothing is proved.
    fn wrong(reason: Reason) -> Self {
        Self { key_id: None, token: Err(reason) }
    }
}

/// A token that proved nothing wrong before any row is read.
pub enum Token {
    /// A wallet's session.
    Wallet(WalletSession),
    /// A ticket's code.
    Code(TicketCode),
    /// A ticket that says itself which one it is.
    Ticket(ProvedTicket),
}

/// A ticket whose signature or code is good.
pub struct ProvedTicket {
    /// Its id.
    pub ticket_id: Uuid,
    /// The end of its event's id, where the token names it.
    pub event_tail: Option<[u8; 8]>,
    /// What was shown.
    pub presented: Presented,
}

/// A locked ticket.
pub struct Ticket {
    /// What the decision looks at.
    pub facts: TicketFacts,
    /// Its holder's wallet.
    pub wallet_id: Uuid,
    /// What its holder did at the event so far.
    pub presence: Presence,
}

/// What is behind a token, locked.
pub struct Holder {
    /// The key that the token was made with; none for a token that proves none.
    pub key_id: Option<i32>,
    /// The wallet, or the ticket holder's.
    pub wallet_id: Option<Uuid>,
    /// The wallet of a session token, or why there is none; none for a ticket's code.
    pub wallet: std::result::Result<Option<WalletFacts>, Reason>,
    /// The ticket of a code or token.
    pub ticket: Option<Ticket>,
}

/// Locks what is behind a token: sessions are proved before any of their wallet's rows is read.
pub fn lock_holder(database: &mut Database<'_, '_>, call: &Call, text: &str) -> Result<Holder> {
    let Proved { key_id, token } = prove(database, call.tenant_id, text, call.now)?;
    let denied = |wallet_id, reason| Ok(Holder { key_id, wallet_id, wallet: Err(reason), ticket: None });
    match token {
        Err(reason) => denied(None, reason),
        Ok(Token::Wallet(session)) => match lock_wallet(database, call, &session)? {
            Some(wallet) => {
                Ok(Holder { key_id, wallet_id: Some(session.wallet_id), wallet: Ok(Some(wallet)), ticket: None })
            }
            None => denied(Some(session.wallet_id), Reason::TokenForged),
        },
        Ok(Token::Code(code)) => lock_code(database, call, &code),
        Ok(Token::Ticket(proved)) => {
            let rows = database.point(
                include_str!("../../../sql/statements/scan_lock_ticket_id.sql"),
                arguments![call.tenant_id, proved.ticket_id],
            )?;
            let ticket = only_ticket(rows, proved.presented)?;
            let tail = |ticket: &Ticket| TicketClaims::event_tail(ticket.facts.event_id);
            let ticket = ticket.filter(|ticket| proved.event_tail.is_none_or(|named| named == tail(ticket)));
            Ok(holder_of(key_id, ticket))
        }
    }
}

fn holder_of(key_id: Option<i32>, ticket: Option<Ticket>) -> Holder {
    match ticket {
        Some(ticket) => Holder { key_id, wallet_id: Some(ticket.wallet_id), wallet: Ok(None), ticket: Some(ticket) },
        None => Holder { key_id, wallet_id: None, wallet: Err(Reason::TicketUnknown), ticket: None },
    }
}

/// Locks the ticket of a plain code: of its own, or of one that a reissue has replaced.
fn lock_code(database: &mut Database<'_, '_>, call: &Call, code: &TicketCode) -> Result<Holder> {
    let arguments = arguments![call.tenant_id, code.hash()];
    let mut rows = database.point(include_str!("../../../sql/statements/scan_lock_ticket.sql"), arguments)?;
    let mut presented = Presented { form: TokenForm::Code, generation: None, step: None };
    if !rows.next() {
        rows = database.point(include_str!("../../../sql/statements/scan_lock_reissued.sql"), arguments)?;
        if !rows.next() {
            return Ok(holder_of(None, None));
        }
        presented.generation = Some(i32::from(rows.get::<i16>(17)?));
    }
    let key_id = rows.get(16)?;
    Ok(holder_of(Some(key_id), Some(ticket_of(&rows, presented)?)))
}

/// What a token proves at a moment, before any row is read.
pub fn prove(database: &mut Database<'_, '_>, tenant_id: i32, text: &str, at: Timestamp) -> Result<Proved> {
    let Some(Credential::Wallet(token)) = Credential::parse(text) else {
        return match PresentedTicket::parse(text) {
            Err(_) => Ok(Proved::wrong(Reason::TokenMalformed)),
            Ok(PresentedTicket::Code(code)) => Ok(Proved { key_id: None, token: Ok(Token::Code(code)) }),
            Ok(PresentedTicket::Signed(ticket, code)) => signed(database, tenant_id, &ticket, code, at),
            Ok(PresentedTicket::Keyed(ticket)) => short(database, tenant_id, &ticket),
        };
    };
    let (named_tenant_id, key_id) = token.key_reference();
    if named_tenant_id != tenant_id {
        return Ok(Proved::wrong(Reason::TokenForeign));
    }
    let key = key::open(database, tenant_id, i32::from(key_id))?;
    let session = match key.as_deref() {
        Some(KeyMaterial::Session(key)) => token.verify(key),
        _ => None,
    };
    let Some(session) = session else { return Ok(Proved::wrong(Reason::TokenForged)) };
    let ended = i64::from(session.expires_at_seconds) <= at.as_second();
    let token = if ended { Err(Reason::TokenExpired) } else { Ok(Token::Wallet(session)) };
    Ok(Proved { key_id: Some(i32::from(key_id)), token })
}

/// A signed ticket: its signature, its end, and the code behind it, before any of its rows is read.
fn signed(
    database: &mut Database<'_, '_>,
    tenant_id: i32,
    ticket: &UnverifiedTicket,
    code: Option<RotatingCode>,
    at: Timestamp,
) -> Result<Proved> {
    let key_id = i32::from(ticket.key_id());
    let key = key::open(database, tenant_id, key_id)?;
    let Some(KeyMaterial::TicketSigning(key)) = key.as_deref() else {
        return Ok(Proved::wrong(Reason::TokenForged));
    };
    let Ok(claims) = key.verify(ticket) else { return Ok(Proved::wrong(Reason::TokenForged)) };
    Ok(Proved { key_id: Some(key_id), token: shown(key, &claims, code, at).map(Token::Ticket) })
}

/// What a ticket with a good signature stands for now, with the code behind it.
fn shown(
    key: &TicketSigningKey,
    claims: &TicketClaims,
    code: Option<RotatingCode>,
    at: Timestamp,
) -> std::result::Result<ProvedTicket, Reason> {
    if i64::from(claims.expires_at_seconds) <= at.as_second() {
        return Err(Reason::TokenExpired);
    }
    let step = match code.map(|code| code.verify(&key.rotation_key(claims))) {
        None if claims.rotating => return Err(Reason::RotatingCodeRequired),
        Some(Err(_)) => return Err(Reason::TokenForged),
        None => None,
        Some(Ok(step)) => Some(step),
    };
    Ok(ProvedTicket {
        ticket_id: claims.ticket_id,
        event_tail: Some(claims.event_tail),
        presented: Presented {
            form: if step.is_some() { TokenForm::Rotating } else { TokenForm::Signed },
            generation: Some(i32::from(claims.generation)),
            step,
        },
    })
}

/// A short ticket: its code is checked with the tenant's key before any of its rows is read.
fn short(database: &mut Database<'_, '_>, tenant_id: i32, ticket: &UnverifiedKeyedTicket) -> Result<Proved> {
    let (named_tenant_id, key_id) = ticket.key_reference();
    if named_tenant_id != tenant_id {
        return Ok(Proved::wrong(Reason::TokenForeign));
    }
    let key = key::open(database, tenant_id, i32::from(key_id))?;
    let Some(KeyMaterial::Ticket(key)) = key.as_deref() else { return Ok(Proved::wrong(Reason::TokenForged)) };
    let Ok(ticket) = ticket.verify(key) else { return Ok(Proved::wrong(Reason::TokenForged)) };
    let presented = Presented { form: TokenForm::Short, generation: Some(i32::from(ticket.generation)), step: None };
    let proved = ProvedTicket { ticket_id: ticket.ticket_id, event_tail: None, presented };
    Ok(Proved { key_id: Some(i32::from(key_id)), token: Ok(Token::Ticket(proved)) })
}

fn lock_wallet(database: &mut Database<'_, '_>, call: &Call, session: &WalletSession) -> Result<Option<WalletFacts>> {
    let mut rows = database.point(
        include_str!("../../../sql/statements/scan_lock.sql"),
        arguments![call.tenant_id, session.wallet_id, session.session_id],
    )?;
    if !rows.next() {
        return Ok(None);
    }
    Ok(Some(WalletFacts {
        wallet_id: session.wallet_id,
        balance_cents: rows.get(1)?,
        currency: rows.get::<String>(2)?.parse::<Currency>()?,
        frozen: rows.get(3)?,
        session_ended: rows.get(4)?,
    }))
}

/// Locks the ticket with which a wallet enters an event, or leaves it; the wallet is locked.
pub fn lock_pass(
    database: &mut Database<'_, '_>,
    call: &Call,
    wallet_id: Uuid,
    event_id: Uuid,
    leaving: bool,
) -> Result<Option<Ticket>> {
    let rows = database.point(
        include_str!("../../../sql/statements/scan_lock_pass.sql"),
        arguments![call.tenant_id, wallet_id, call.now, event_id, leaving],
    )?;
    only_ticket(rows, Presented { form: TokenForm::Wallet, generation: None, step: None })
}

/// What a wallet's holder did at the event with the pass that is inside.
pub fn pass_presence(
    database: &mut Database<'_, '_>,
    call: &Call,
    wallet_id: Uuid,
    event_id: Uuid,
) -> Result<Option<Presence>> {
    let mut row = database.point_read(
        include_str!("../../../sql/statements/scan_pass_presence.sql"),
        arguments![call.tenant_id, wallet_id, event_id],
    )?;
    if !row.next() {
        return Ok(None);
    }
    Ok(Some(Presence {
        entries: row.get(1)?,
        inside: row.get(2)?,
        admitted_at: row.optional(3)?,
        gate_id: row.optional(4)?,
        last_day: row.optional(5)?,
        day_entries: row.get(6)?,
        annulled: row.get(7)?,
    }))
}

/// The ticket of the only row, if there is one.
fn only_ticket(mut rows: Rows<'_>, presented: Presented) -> Result<Option<Ticket>> {
    if rows.next() { ticket_of(&rows, presented).map(Some) } else { Ok(None) }
}

/// The ticket of a row, without what its type says.
pub fn ticket_of(row: &Rows<'_>, presented: Presented) -> Result<Ticket> {
    let state = TicketState::from_word(&row.get::<String>(5)?)
        .ok_or_else(|| Error::new(ErrorCode::Internal, "unknown state of a ticket"))?;
    Ok(Ticket {
        wallet_id: row.get(2)?,
        facts: TicketFacts {
            ticket_id: row.get(1)?,
            ticket_type_id: row.get(4)?,
            event_id: row.get(3)?,
            state,
            valid_from: None,
            valid_until: None,
            pass_days: None,
            zones: Arc::default(),
            days_used: row.get(8)?,
            generation: i32::from(row.get::<i16>(12)?),
            last_step: row.optional(13)?,
            presented,
        },
        presence: Presence {
            entries: row.get(7)?,
            inside: row.get(6)?,
            admitted_at: row.optional(10)?,
            gate_id: row.optional(11)?,
            last_day: row.optional(9)?,
            day_entries: row.get(14)?,
            annulled: row.get(15)?,
        },
    })
}
