//! What a device has read: a wallet's session token or a ticket's code, and the rows behind it.

use std::sync::Arc;

use admit_core::credential::{Credential, WalletSession};
use admit_core::money::Currency;
use admit_core::scan::{Presence, Presented, Reason, TicketFacts, TokenForm, WalletFacts};
use admit_core::ticket::token::{PresentedTicket, RotatingCode, TicketClaims, UnverifiedKeyedTicket, UnverifiedTicket};
use admit_core::ticket::{TicketCode, TicketState};
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::key::{self, KeyMaterial};

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
    ticket_id: Uuid,
    event_tail: Option<[u8; 8]>,
    presented: Presented,
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
    /// The wallet, or the ticket holder's.
    pub wallet_id: Option<Uuid>,
    /// The wallet of a session token, or why there is none; none for a ticket's code.
    pub wallet: std::result::Result<Option<WalletFacts>, Reason>,
    /// The ticket of a code or token.
    pub ticket: Option<Ticket>,
}

/// Locks what is behind a token: sessions are proved before any of their wallet's rows is read.
pub fn lock_holder(database: &mut Database<'_, '_>, call: &Call, text: &str) -> Result<Holder> {
    let denied = |wallet_id, reason| Ok(Holder { wallet_id, wallet: Err(reason), ticket: None });
    match token(database, call, text)? {
        Err(reason) => denied(None, reason),
        Ok(Token::Wallet(session)) => match lock_wallet(database, call, &session)? {
            Some(wallet) => Ok(Holder { wallet_id: Some(session.wallet_id), wallet: Ok(Some(wallet)), ticket: None }),
            None => denied(Some(session.wallet_id), Reason::TokenForged),
        },
        Ok(Token::Code(code)) => {
            let rows = database.point(
                include_str!("../../../sql/statements/scan_lock_ticket.sql"),
                arguments![call.tenant_id, code.hash()],
            )?;
            let presented = Presented { form: TokenForm::Code, generation: None, step: None };
            Ok(holder_of(ticket_of(rows, presented)?))
        }
        Ok(Token::Ticket(proved)) => {
            let rows = database.point(
                include_str!("../../../sql/statements/scan_lock_ticket_id.sql"),
                arguments![call.tenant_id, proved.ticket_id],
            )?;
            let ticket = ticket_of(rows, proved.presented)?;
            let tail = |ticket: &Ticket| TicketClaims::event_tail(ticket.facts.event_id);
            Ok(holder_of(ticket.filter(|ticket| proved.event_tail.is_none_or(|named| named == tail(ticket)))))
        }
    }
}

fn holder_of(ticket: Option<Ticket>) -> Holder {
    match ticket {
        Some(ticket) => Holder { wallet_id: Some(ticket.wallet_id), wallet: Ok(None), ticket: Some(ticket) },
        None => Holder { wallet_id: None, wallet: Err(Reason::TicketUnknown), ticket: None },
    }
}

fn token(database: &mut Database<'_, '_>, call: &Call, text: &str) -> Result<std::result::Result<Token, Reason>> {
    let Some(Credential::Wallet(token)) = Credential::parse(text) else {
        return match PresentedTicket::parse(text) {
            Err(_) => Ok(Err(Reason::TokenMalformed)),
            Ok(PresentedTicket::Code(code)) => Ok(Ok(Token::Code(code))),
            Ok(PresentedTicket::Signed(ticket, code)) => signed(database, call, &ticket, code),
            Ok(PresentedTicket::Keyed(ticket)) => short(database, call, &ticket),
        };
    };
    let (tenant_id, key_id) = token.key_reference();
    if tenant_id != call.tenant_id {
        return Ok(Err(Reason::TokenForeign));
    }
    let key = key::open(database, tenant_id, i32::from(key_id))?;
    let session = match key.as_deref() {
        Some(KeyMaterial::Session(key)) => token.verify(key),
        _ => None,
    };
    Ok(match session {
        None => Err(Reason::TokenForged),
        Some(session) if i64::from(session.expires_at_seconds) <= call.now.as_second() => Err(Reason::TokenExpired),
        Some(session) => Ok(Token::Wallet(session)),
    })
}

/// A signed ticket: its signature, its end, and the code behind it, before any of its rows is read.
fn signed(
    database: &mut Database<'_, '_>,
    call: &Call,
    ticket: &UnverifiedTicket,
    code: Option<RotatingCode>,
) -> Result<std::result::Result<Token, Reason>> {
    let key = key::open(database, call.tenant_id, i32::from(ticket.key_id()))?;
    let Some(KeyMaterial::TicketSigning(key)) = key.as_deref() else { return Ok(Err(Reason::TokenForged)) };
    let Ok(claims) = key.verify(ticket) else { return Ok(Err(Reason::TokenForged)) };
    if i64::from(claims.expires_at_seconds) <= call.now.as_second() {
        return Ok(Err(Reason::TokenExpired));
    }
    let step = match code.map(|code| code.verify(&key.rotation_key(&claims))) {
        None if claims.rotating => return Ok(Err(Reason::RotatingCodeRequired)),
        Some(Err(_)) => return Ok(Err(Reason::TokenForged)),
        None => None,
        Some(Ok(step)) => Some(step),
    };
    Ok(Ok(Token::Ticket(ProvedTicket {
        ticket_id: claims.ticket_id,
        event_tail: Some(claims.event_tail),
        presented: Presented {
            form: if step.is_some() { TokenForm::Rotating } else { TokenForm::Signed },
            generation: Some(i32::from(claims.generation)),
            step,
        },
    })))
}

/// A short ticket: its code is checked with the tenant's key before any of its rows is read.
fn short(
    database: &mut Database<'_, '_>,
    call: &Call,
    ticket: &UnverifiedKeyedTicket,
) -> Result<std::result::Result<Token, Reason>> {
    let (tenant_id, key_id) = ticket.key_reference();
    if tenant_id != call.tenant_id {
        return Ok(Err(Reason::TokenForeign));
    }
    let key = key::open(database, tenant_id, i32::from(key_id))?;
    let Some(KeyMaterial::Ticket(key)) = key.as_deref() else { return Ok(Err(Reason::TokenForged)) };
    Ok(ticket.verify(key).map_err(|_| Reason::TokenForged).map(|ticket| {
        Token::Ticket(ProvedTicket {
            ticket_id: ticket.ticket_id,
            event_tail: None,
            presented: Presented { form: TokenForm::Short, generation: Some(i32::from(ticket.generation)), step: None },
        })
    }))
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
    ticket_of(rows, Presented { form: TokenForm::Wallet, generation: None, step: None })
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

/// The ticket of the only row, if there is one, without what its type says.
fn ticket_of(mut row: Rows<'_>, presented: Presented) -> Result<Option<Ticket>> {
    if !row.next() {
        return Ok(None);
    }
    let state = TicketState::from_word(&row.get::<String>(5)?)
        .ok_or_else(|| Error::new(ErrorCode::Internal, "unknown state of a ticket"))?;
    Ok(Some(Ticket {
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
    }))
}
