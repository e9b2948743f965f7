//! What a device has read: a wallet's session token or a ticket's code, and the rows behind it.

use admit_core::credential::{Credential, WalletSession};
use admit_core::money::Currency;
use admit_core::scan::{Presence, Reason, TicketFacts, WalletFacts};
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
    Ticket(TicketCode),
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
    /// The ticket of a code.
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
        Ok(Token::Ticket(code)) => {
            let rows = database.point(
                include_str!("../../../sql/statements/scan_lock_ticket.sql"),
                arguments![call.tenant_id, code.hash(), call.now],
            )?;
            match ticket_of(rows)? {
                Some(ticket) => {
                    Ok(Holder { wallet_id: Some(ticket.wallet_id), wallet: Ok(None), ticket: Some(ticket) })
                }
                None => denied(None, Reason::TicketUnknown),
            }
        }
    }
}

fn token(database: &mut Database<'_, '_>, call: &Call, text: &str) -> Result<std::result::Result<Token, Reason>> {
    let Some(Credential::Wallet(token)) = Credential::parse(text) else {
        return Ok(TicketCode::parse(text).map(Token::Ticket).ok_or(Reason::TokenMalformed));
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
    ticket_of(rows)
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
    }))
}

fn ticket_of(mut row: Rows<'_>) -> Result<Option<Ticket>> {
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
            valid_from: row.optional(13)?,
            valid_until: row.optional(14)?,
            pass_days: row.optional(12)?,
            days_used: row.get(8)?,
            last_day: row.optional(9)?,
            today: row.get(15)?,
        },
        presence: Presence {
            entries: row.get(7)?,
            inside: row.get(6)?,
            admitted_at: row.optional(10)?,
            gate_id: row.optional(11)?,
        },
    }))
}
