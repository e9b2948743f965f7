//! Xendit's webhook token, a shared secret in the header `x-callback-token`. It says nothing of
//! the body, so whoever learns it can claim anything.
//!
//! Source: Xendit's documentation "Payment webhook notification"
//! (<https://docs.xendit.co/apidocs/payment-webhook-notification>).

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::{Error, ErrorCode, Result};

/// Checks the token of a delivery, in constant time: it may be any of the configured tokens,
/// which is how a token is replaced without losing deliveries.
///
/// # Errors
/// `invalid_signature` when it is none of them, or none is configured.
pub fn verify_token(header: &str, tokens: &[String]) -> Result<()> {
    // Digests are of one length, so that the comparison does not tell that of the token.
    let sent = Sha256::digest(header.as_bytes());
    let matched = tokens
        .iter()
        .filter(|token| !token.is_empty())
        .fold(Choice::from(0), |matched, token| matched | Sha256::digest(token.as_bytes()).ct_eq(&sent));
    if bool::from(matched) {
        return Ok(());
    }
    Err(Error::new(ErrorCode::InvalidSignature, "the x-callback-token is no configured webhook token"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verify(header: &str, tokens: &[&str]) -> bool {
        let tokens: Vec<String> = tokens.iter().map(|token| (*token).to_owned()).collect();
        verify_token(header, &tokens).is_ok()
    }

    #[test]
    fn any_configured_token_counts() {
        assert!(verify("token", &["token"]));
        assert!(verify("token", &["old", "token"]));
    }

    #[test]
    fn other_tokens_and_missing_ones_are_refused() {
        for header in ["", "toke", "tokens", "Token", " token"] {
            assert!(!verify(header, &["token"]), "{header}");
        }
        assert!(!verify("token", &[]));
        assert!(!verify("", &[]));
        assert!(!verify("", &[""]));
    }
}
