//! The second factor: time-based one-time passwords of six digits and recovery codes.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::credential::{crockford, plain_symbols};
use crate::totp::{Step, TotpKey};

/// Random bytes of a secret: 160 bits, as long as the hash (RFC 4226 §4).
pub const SECOND_FACTOR_SECRET_BYTES: usize = 20;

/// Recovery codes that a person is given.
pub const RECOVERY_CODES: usize = 10;

/// Whether a text is six digits, as apps show them, perhaps with a space.
pub fn is_totp_code(text: &str) -> bool {
    digits(text).is_some()
}

fn digits(text: &str) -> Option<[u8; 6]> {
    if text.len() > 16 {
        return None;
    }
    let plain: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    let digits: [u8; 6] = plain.try_into().ok()?;
    digits.iter().all(u8::is_ascii_digit).then_some(digits)
}

/// The step that a code belongs to: the running one or a neighbour (RFC 6238 §5.2), later than the last
/// one that was used; none for a wrong or used code.
pub fn accepted_step(key: &TotpKey, code: &str, now_seconds: u64, last: Option<Step>) -> Option<Step> {
    let code = digits(code)?;
    let now = Step::at(now_seconds).0;
    // All three are compared, so that the time taken says nothing of which.
    let matching = [now.saturating_sub(1), now, now.saturating_add(1)].map(Step).map(|step| {
        let expected = format!("{:06}", key.six_digits(step));
        (bool::from(expected.as_bytes().ct_eq(&code)), step)
    });
    matching.into_iter().find(|(same, step)| *same && last.is_none_or(|last| *step > last)).map(|found| found.1)
}

/// A secret as people type it: base32 without padding (RFC 4648).
pub fn secret_text(secret: &[u8; SECOND_FACTOR_SECRET_BYTES]) -> String {
    data_encoding::BASE32_NOPAD.encode(secret)
}

/// The link that authenticator apps read from a QR code (Google Authenticator's Key URI Format).
pub fn otpauth_uri(issuer: &str, account: &str, secret: &[u8; SECOND_FACTOR_SECRET_BYTES]) -> String {
    let (issuer, account) = (percent_encoded(issuer), percent_encoded(account));
    let secret = secret_text(secret);
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
}

/// RFC 3986 §2.1: everything but unreserved characters.
fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// A recovery or enrolment code of 80 random bits, in four groups of four symbols.
pub fn recovery_code(random: &[u8; 10]) -> String {
    let symbols = crockford(random);
    [&symbols[..4], &symbols[4..8], &symbols[8..12], &symbols[12..]].join("-")
}

/// What is stored in a recovery code's place; none for a text that is no code.
pub fn recovery_code_hash(tenant_id: i32, staff_id: Uuid, text: &str) -> Option<[u8; 32]> {
    code_hash(b"admit staff recovery\0", tenant_id, staff_id, text)
}

/// What is stored in an enrolment code's place; none for a text that is no code.
pub fn enrolment_code_hash(tenant_id: i32, staff_id: Uuid, text: &str) -> Option<[u8; 32]> {
    code_hash(b"admit staff enrolment\0", tenant_id, staff_id, text)
}

/// Whether the stored hash is this enrolment code's, in constant time.
pub fn is_enrolment_code(tenant_id: i32, staff_id: Uuid, text: &str, stored_hash: &[u8]) -> bool {
    enrolment_code_hash(tenant_id, staff_id, text).is_some_and(|hash| hash.ct_eq(stored_hash).into())
}

fn code_hash(purpose: &[u8], tenant_id: i32, staff_id: Uuid, text: &str) -> Option<[u8; 32]> {
    let symbols = plain_symbols(text)?;
    let hash = Sha256::new()
        .chain_update(purpose)
        .chain_update(tenant_id.to_be_bytes())
        .chain_update(staff_id.as_bytes())
        .chain_update(symbols);
    Some(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 6238, appendix B.
    const KEY: TotpKey = TotpKey(*b"12345678901234567890");

    #[test]
    fn codes_of_the_rfc_are_accepted_one_step_around() {
        // At 1111111109 s the code is 07081804, whose last six digits are 081804.
        let step = Step::at(1_111_111_109);
        for seconds in [1_111_111_109 - 30, 1_111_111_109, 1_111_111_109 + 30] {
            assert_eq!(accepted_step(&KEY, "081804", seconds, None), Some(step), "{seconds}");
            assert_eq!(accepted_step(&KEY, "081 804", seconds, Some(Step(step.0 - 1))), Some(step));
        }
        for seconds in [1_111_111_109 - 60, 1_111_111_109 + 60] {
            assert_eq!(accepted_step(&KEY, "081804", seconds, None), None, "{seconds}");
        }
    }

    #[test]
    fn a_used_step_is_over_and_so_are_the_ones_before() {
        let step = Step::at(1_111_111_109);
        assert_eq!(accepted_step(&KEY, "081804", 1_111_111_109, Some(step)), None);
        assert_eq!(accepted_step(&KEY, "081804", 1_111_111_109, Some(Step(step.0 + 1))), None);
    }

    #[test]
    fn other_texts_are_no_code() {
        for text in ["", "81804", "0818040", "08180a", "０８１８０４", &"0".repeat(100_000)] {
            assert!(!is_totp_code(text));
            assert_eq!(accepted_step(&KEY, text, 1_111_111_109, None), None);
        }
        assert_eq!(accepted_step(&KEY, "081805", 1_111_111_109, None), None);
    }

    #[test]
    fn links_and_secrets_are_as_apps_read_them() {
        assert_eq!(secret_text(&KEY.0), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            otpauth_uri("Halle & Söhne", "Jo: door", &KEY.0),
            "otpauth://totp/Halle%20%26%20S%C3%B6hne:Jo%3A%20door?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Halle%20%26%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn recovery_codes_are_read_however_they_are_typed() {
        let code = recovery_code(&[0; 10]);
        assert_eq!(code, "0000-0000-0000-0000");
        let hash = |text| recovery_code_hash(1, Uuid::nil(), text);
        assert_eq!(hash("oooo 0000 OOOO-0000"), hash(&code));
        assert_ne!(recovery_code_hash(1, Uuid::max(), &code), hash(&code));
        assert_eq!(hash("not a code!"), None);
    }

    #[test]
    fn enrolment_codes_are_one_persons_and_no_recovery_codes() {
        let code = recovery_code(&[0; 10]);
        let stored = enrolment_code_hash(1, Uuid::nil(), &code).unwrap_or_default();
        assert!(is_enrolment_code(1, Uuid::nil(), "oooo 0000 OOOO-0000", &stored));
        assert!(!is_enrolment_code(1, Uuid::max(), &code, &stored));
        assert!(!is_enrolment_code(2, Uuid::nil(), &code, &stored));
        assert!(!is_enrolment_code(1, Uuid::nil(), "not a code!", &stored));
        assert!(!is_enrolment_code(1, Uuid::nil(), &code, &[]));
        assert_ne!(recovery_code_hash(1, Uuid::nil(), &code), Some(stored));
    }
}
