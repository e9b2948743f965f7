//! Midtrans' signature key.
//!
//! Source: Midtrans' documentation "Receiving Notifications"
//! (<https://docs.midtrans.com/reference/receiving-notifications>): the SHA-512 of order id,
//! status code, gross amount and server key in hex. It leaves the transaction's status out and
//! has nothing between the fields, so a genuine signature says only that Midtrans once sent
//! these four after another: whoever saw one notice can forge its status. Hence the strict
//! shapes, which leave one way to divide the text for an order id of one length, and the status
//! that has to be read again before money moves.

use data_encoding::HEXLOWER;
use serde::Deserialize;
use sha2::{Digest, Sha512};
use subtle::{Choice, ConstantTimeEq};

use crate::{Error, ErrorCode, Result};

/// The signed fields and the signature, all of them text.
#[derive(Deserialize)]
struct Signed<'a> {
    #[serde(borrow)]
    order_id: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    status_code: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    gross_amount: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    signature_key: std::borrow::Cow<'a, str>,
}

/// Checks the `signature_key` of a notification's body, in constant time: it may match any of
/// the server keys, which is how a key is replaced without losing notifications.
///
/// # Errors
/// `invalid_signature` when a signed field is missing, `status_code` is not three digits,
/// `gross_amount` is not digits with two decimals, or the signature matches no server key.
pub fn verify_signature(body: &[u8], server_keys: &[String]) -> Result<()> {
    let invalid = |detail: &str| Error::new(ErrorCode::InvalidSignature, detail);
    let signed: Signed<'_> = serde_json::from_slice(body).map_err(|_| {
        invalid("the notification must have order_id, status_code, gross_amount and signature_key as text")
    })?;
    if signed.status_code.len() != 3 || !digits(&signed.status_code) {
        return Err(invalid("status_code must have three digits"));
    }
    if !two_decimals(&signed.gross_amount) {
        return Err(invalid("gross_amount must be digits with two decimals such as 150000.00"));
    }
    let matched = server_keys.iter().filter(|key| !key.is_empty()).fold(Choice::from(0), |matched, key| {
        let hash = Sha512::new()
            .chain_update(signed.order_id.as_bytes())
            .chain_update(signed.status_code.as_bytes())
            .chain_update(signed.gross_amount.as_bytes())
            .chain_update(key.as_bytes())
            .finalize();
        matched | HEXLOWER.encode(&hash).as_bytes().ct_eq(signed.signature_key.as_bytes())
    });
    if bool::from(matched) { Ok(()) } else { Err(invalid("signature_key matches no configured server key")) }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The form in which Midtrans sends and signs amounts: `^[0-9]+\.[0-9]{2}$`.
fn two_decimals(amount: &str) -> bool {
    amount.split_once('.').is_some_and(|(whole, part)| digits(whole) && part.len() == 2 && digits(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// The example of Midtrans' documentation, which gives all but the hash; the hash is
    /// `printf 1111200100000.00askvn… | sha512sum`.
    const KEY: &str = "askvnoibnosifnboseofinbofinfgbiufglnbfg";
    const SIGNATURE: &str = "edc076b21793ebe3e17926350f5b8ae67d902fe657b3d0aa31b932d5c127e2375d308a2bc94f3265ac2d80a1f181a79b997ac178a236fcff35af263fc4d4c231";

    fn verify(order_id: &str, status_code: &str, gross_amount: &str, signature: &str, keys: &[&str]) -> bool {
        let body = json!({"order_id": order_id, "status_code": status_code, "gross_amount": gross_amount,
            "signature_key": signature, "transaction_status": "settlement"});
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        verify_signature(body.to_string().as_bytes(), &keys).is_ok()
    }

    fn sign(text: &str) -> String {
        HEXLOWER.encode(&Sha512::digest(text.as_bytes()))
    }

    #[test]
    fn the_published_example_verifies_with_any_of_the_keys() {
        assert!(verify("1111", "200", "100000.00", SIGNATURE, &[KEY]));
        assert!(verify("1111", "200", "100000.00", SIGNATURE, &["old", KEY]));
    }

    #[test]
    fn other_fields_keys_and_signatures_are_refused() {
        assert!(!verify("1112", "200", "100000.00", SIGNATURE, &[KEY]));
        assert!(!verify("1111", "201", "100000.00", SIGNATURE, &[KEY]));
        assert!(!verify("1111", "200", "100000.01", SIGNATURE, &[KEY]));
        assert!(!verify("1111", "200", "100000.00", SIGNATURE, &["old"]));
        assert!(!verify("1111", "200", "100000.00", SIGNATURE, &[]));
        assert!(!verify("1111", "200", "100000.00", &SIGNATURE.to_uppercase(), &[KEY]));
        assert!(!verify("1111", "200", "100000.00", &SIGNATURE[1..], &[KEY]));
        assert!(!verify("1111", "200", "100000.00", "", &[KEY]));
        assert!(!verify("1111", "200", "100000.00", &sign("1111200100000.00"), &[""]));
    }

    #[test]
    fn digits_cannot_move_from_one_field_to_another() {
        for (status_code, gross_amount) in [
            ("2001", "00000.00"),
            ("20", "0100000.00"),
            ("", "200100000.00"),
            ("200", "100000.0"),
            ("200", "100000"),
            ("200", ".00"),
            ("2e0", "100000.00"),
            ("200", "100000.00\n"),
        ] {
            let signature = sign(&format!("1111{status_code}{gross_amount}{KEY}"));
            assert!(!verify("1111", status_code, gross_amount, &signature, &[KEY]), "{status_code} {gross_amount}");
        }
    }

    #[test]
    fn fields_of_other_types_are_refused() {
        for body in
            ["", "{}", "[]", r#"{"order_id": 1111, "status_code": "200", "gross_amount": "1.00", "signature_key": ""}"#]
        {
            assert!(verify_signature(body.as_bytes(), &[KEY.to_owned()]).is_err(), "{body}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..300), text in ".{0,40}") {
            let _ = verify_signature(&body, &[KEY.to_owned()]);
            prop_assert!(!verify(&text, &text, &text, &text, &[KEY]));
        }
    }
}
