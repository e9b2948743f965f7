//! How the providers sign what they send.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};

/// The `Stripe-Signature` header: HMAC-SHA-256 over timestamp, dot and raw body, keyed by the
/// whole text of the secret, `whsec_` included.
///
/// Source: Stripe's documentation "Verify webhook signatures manually".
pub(crate) fn stripe_signature(secret: &str, timestamp_seconds: i64, body: &str) -> String {
    let signature = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map(|mac| mac.chain_update(format!("{timestamp_seconds}.{body}")).finalize().into_bytes())
        .unwrap_or_default();
    format!("t={timestamp_seconds},v1={}", HEXLOWER.encode(&signature))
}

/// The `signature_key` of a notification.
///
/// Source: Midtrans' documentation "HTTP(S) Notification / Webhooks", section "Verifying
/// notification authenticity".
pub(crate) fn midtrans_signature(order_id: &str, status_code: &str, gross_amount: &str, server_key: &str) -> String {
    HEXLOWER.encode(&Sha512::digest(format!("{order_id}{status_code}{gross_amount}{server_key}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Computed with `openssl dgst`.
    #[test]
    fn signatures_are_those_of_openssl() {
        assert_eq!(
            stripe_signature("whsec_test", 1_700_000_000, "{\"a\":1}"),
            "t=1700000000,v1=38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789"
        );
        assert_eq!(
            midtrans_signature("order-1", "200", "150000.00", "SB-Mid-server-x"),
            "414a092312694f5bc9bc484fb2d9faeff6a7a1bc5bc8d0b2d3c39f66995c2d79946a0562c317f3251053816edfb9b13fd300a78d8f3c226e6da953dde9a0b16d"
        );
    }
}
