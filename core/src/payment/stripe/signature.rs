//! Stripe's signature scheme.
//!
//! Source: Stripe's documentation "Check the webhook signatures".

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{Error, ErrorCode, Result};

/// How far a delivery's timestamp may be from now, in both directions.
pub const TOLERANCE_SECONDS: i64 = 300;

/// A `Stripe-Signature` header longer than this is refused unread.
const HEADER_LENGTH_MAX: usize = 4096;

/// Checks a `Stripe-Signature` header over the raw body: any `v1` signature may match any of
/// the secrets, which is how a secret is replaced without losing deliveries.
///
/// # Errors
/// `invalid_signature` when the header is malformed, too old or too new (300 s), or no
/// signature matches.
pub fn verify_signature(header: &str, body: &[u8], secrets: &[String], now_seconds: i64) -> Result<()> {
    let invalid = |detail: &str| Error::new(ErrorCode::InvalidSignature, detail);
    if header.len() > HEADER_LENGTH_MAX {
        return Err(invalid("the Stripe-Signature header is too long"));
    }
    let mut timestamps = Vec::new();
    let mut signatures = Vec::new();
    for (name, value) in header.split(',').filter_map(|item| item.trim().split_once('=')) {
        match name {
            "t" => timestamps.push(value),
            "v1" => signatures.push(value),
            _ => {}
        }
    }
    let [timestamp] = timestamps[..] else {
        return Err(invalid("the Stripe-Signature header must have one timestamp"));
    };
    let seconds: i64 = timestamp.parse().map_err(|_| invalid("the signature's timestamp is not a number"))?;
    let mut matched = false;
    for signature in
        signatures.iter().filter_map(|text| data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok())
    {
        for secret in secrets {
            matched |= matches_secret(secret, timestamp, body, &signature);
        }
    }
    if !matched {
        return Err(invalid("no signature matches a configured webhook secret"));
    }
    if seconds.abs_diff(now_seconds) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(invalid("the signature's timestamp is more than 300 seconds away; check the server's clock"));
    }
    Ok(())
}

fn matches_secret(secret: &str, timestamp: &str, body: &[u8], signature: &[u8]) -> bool {
    // HMAC takes keys of any length; `verify_slice` compares in constant time.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.chain_update(timestamp.as_bytes()).chain_update(b".").chain_update(body).verify_slice(signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_800_000_000;

    fn sign(secret: &str, timestamp: i64, body: &[u8]) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
            .map(|mac| mac.chain_update(format!("{timestamp}.")).chain_update(body).finalize().into_bytes());
        data_encoding::HEXLOWER.encode(&mac.unwrap_or_default())
    }

    fn verify(header: &str) -> bool {
        verify_signature(header, b"{}", &["whsec_old".to_owned(), "whsec_new".to_owned()], NOW).is_ok()
    }

    #[test]
    fn any_signature_may_match_any_secret() {
        let good = sign("whsec_new", NOW, b"{}");
        assert!(verify(&format!("t={NOW},v1={good}")));
        assert!(verify(&format!("t={NOW},v1={},v1={good},v0=x", sign("other", NOW, b"{}"))));
        assert!(verify(&format!("t={NOW}, v1={}", sign("whsec_old", NOW, b"{}"))));
    }

    #[test]
    fn wrong_old_future_doubled_and_missing_are_refused() {
        let good = sign("whsec_new", NOW, b"{}");
        for header in [
            String::new(),
            format!("t={NOW}"),
            format!("v1={good}"),
            format!("t={NOW},v0={good}"),
            format!("t={NOW},t={NOW},v1={good}"),
            format!("t=x,v1={good}"),
            format!("t={},v1={good}", NOW + 1),
            format!("t={NOW},v1={}", &good[1..]),
            format!("t={NOW},v1={}", sign("whsec_new", NOW, b"{ }")),
            format!("t={},v1={}", NOW - 301, sign("whsec_new", NOW - 301, b"{}")),
            format!("t={},v1={}", NOW + 301, sign("whsec_new", NOW + 301, b"{}")),
            format!("t={NOW},v1={good}{}", "a".repeat(5000)),
        ] {
            assert!(!verify(&header), "{header}");
        }
        assert!(verify(&format!("t={},v1={}", NOW - 300, sign("whsec_new", NOW - 300, b"{}"))));
    }

    #[test]
    fn without_secrets_nothing_verifies() {
        assert!(verify_signature(&format!("t={NOW},v1={}", sign("", NOW, b"{}")), b"{}", &[], NOW).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(header in ".{0,300}", body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = verify_signature(&header, &body, &["s".to_owned()], NOW);
        }
    }
}
