//! What a gate can be shown for a ticket, and what each form proves by itself.
//!
//! - The plain code: 26 symbols, proves nothing until its hash is found.
//! - `AT1`: a signed ticket, verified with a public key. The same signature in another
//!   spelling is an ordinary JWS.
//! - `AT1` with a rotating code: a screenshot of it is worth nothing half a minute later.
//! - `AH1`: a short ticket under a key that only the server has.

mod keyed;
mod rotating;
mod signed;

pub use keyed::{KeyedTicket, UnverifiedKeyedTicket};
pub use rotating::{EventRotationKey, RotatingCode, in_time, rotating_suffix};
pub use signed::{TICKET_TYP, TicketClaims, TicketSigner, UnverifiedTicket};

use thiserror::Error;

use super::TicketCode;

/// Longest text that is read as a ticket, in bytes; a JWS of one has about 350.
pub const TEXT_BYTES_MAX: usize = 512;

/// Why a text is no ticket, or not a good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenError {
    /// None of the forms, or a form with a byte too many, too few or out of place.
    #[error("not a ticket of ours")]
    Malformed,
    /// The signature or the code does not verify.
    #[error("the ticket's signature does not verify")]
    Forged,
    /// A rotating code whose time is over.
    #[error("the rotating code is too old")]
    CodeExpired,
    /// A rotating code from the future: one of the clocks is wrong.
    #[error("the rotating code is ahead of the clock")]
    CodeEarly,
}

/// A text that has the form of a ticket. Nothing of it can be trusted before its proof is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PresentedTicket {
    /// 26 symbols.
    Code(TicketCode),
    /// `AT1` or JWS, with the rotating code behind it if there is one.
    Signed(Box<UnverifiedTicket>, Option<RotatingCode>),
    /// `AH1`.
    Keyed(UnverifiedKeyedTicket),
}

impl PresentedTicket {
    /// Reads any form of a ticket.
    ///
    /// # Errors
    /// [`TokenError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        if text.len() > TEXT_BYTES_MAX || !text.is_ascii() {
            return Err(TokenError::Malformed);
        }
        // The length tells them from a plain code that happens to begin alike.
        if let Some(symbols) = text.strip_prefix(signed::PREFIX) {
            let (symbols, code) = match symbols.split_once('.') {
                Some((symbols, code)) => (symbols, Some(code)),
                None => (symbols, None),
            };
            if symbols.len() == signed::SYMBOLS {
                let code = code.map(RotatingCode::parse).transpose()?;
                return Ok(Self::Signed(Box::new(UnverifiedTicket::from_symbols(symbols)?), code));
            }
        }
        if let Some(symbols) = text.strip_prefix(keyed::PREFIX)
            && symbols.len() == keyed::SYMBOLS
        {
            return UnverifiedKeyedTicket::from_symbols(symbols).map(Self::Keyed);
        }
        if text.contains('.') {
            return UnverifiedTicket::from_jws(text).map(|ticket| Self::Signed(Box::new(ticket), None));
        }
        TicketCode::parse(text).map(Self::Code).ok_or(TokenError::Malformed)
    }
}

#[cfg(test)]
mod tests;
