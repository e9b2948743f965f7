//! Signed tokens and the keys that check them.

use admit_core::jws::{
    HEADER_VALUE_BYTES_MAX, Jwk, JwkError, Jwks, JwsError, TOKEN_BYTES_MAX, TokenSigner, kid_of, sign_compact,
    verify_compact,
};
use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer, SigningKey};
use proptest::prelude::*;

const TYP: &str = "admit-test+jwt";
const KID: &str = "2026-10";
const PAYLOAD: &[u8] = br#"{"outcome":"admitted"}"#;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn verify(token: &str) -> Result<Vec<u8>, JwsError> {
    verify_compact(token, TYP, |kid| (kid == KID).then(|| key(1).verifying_key()))
}

/// A token with any header, signed all the same.
fn with_header(header: &str) -> String {
    let [header, payload] = [header.as_bytes(), PAYLOAD].map(|part| BASE64URL_NOPAD.encode(part));
    let signed = format!("{header}.{payload}");
    let signature = key(1).sign(signed.as_bytes()).to_bytes();
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
}

#[test]
fn a_token_comes_back() {
    let token = sign_compact(TYP, KID, PAYLOAD, &key(1)).unwrap();
    assert_eq!(verify(&token).unwrap(), PAYLOAD);
    assert_eq!(kid_of(&token).unwrap(), KID);
    let header = format!(r#"{{"alg":"EdDSA","kid":"{KID}","typ":"{TYP}"}}"#);
    assert_eq!(token, with_header(&header));
    let signer = TokenSigner::new(TYP, KID, &key(1)).unwrap();
    assert_eq!(signer.sign(PAYLOAD).unwrap(), token);
}

#[test]
fn headers_outside_the_rules_are_refused() {
    let refused = [
        (r#"{"alg":"none","kid":"2026-10","typ":"admit-test+jwt"}"#, JwsError::Algorithm),
        (r#"{"alg":"HS256","kid":"2026-10","typ":"admit-test+jwt"}"#, JwsError::Algorithm),
        (r#"{"alg":"eddsa","kid":"2026-10","typ":"admit-test+jwt"}"#, JwsError::Algorithm),
        (r#"{"alg":"Ed448","kid":"2026-10","typ":"admit-test+jwt"}"#, JwsError::Algorithm),
        (r#"{"alg":"EdDSA","kid":"2026-10","typ":"JWT"}"#, JwsError::Type),
        (r#"{"alg":"EdDSA","kid":"2026-11","typ":"admit-test+jwt"}"#, JwsError::UnknownKey),
        (r#"{"alg":"EdDSA","kid":"2026-10"}"#, JwsError::Header),
        (r#"{"alg":"EdDSA","typ":"admit-test+jwt"}"#, JwsError::Header),
        (r#"{"kid":"2026-10","typ":"admit-test+jwt"}"#, JwsError::Header),
        (r#"{"alg":"EdDSA","kid":7,"typ":"admit-test+jwt"}"#, JwsError::Header),
        (r#"{"alg":"EdDSA","kid":"2026-10","typ":"admit-test+jwt","jku":"x"}"#, JwsError::Header),
        (r#"{"alg":"EdDSA","kid":"2026-10","typ":"admit-test+jwt","crit":[]}"#, JwsError::Header),
        (r#"{"alg":"none","alg":"EdDSA","kid":"2026-10","typ":"admit-test+jwt"}"#, JwsError::Header),
        ("EdDSA", JwsError::Header),
        ("", JwsError::Header),
    ];
    for (header, error) in refused {
        assert_eq!(verify(&with_header(header)), Err(error), "{header}");
    }
}

#[test]
fn the_algorithm_has_two_names() {
    let header = r#"{ "typ": "admit-test+jwt", "alg": "Ed25519", "kid": "2026-10" }"#;
    assert_eq!(verify(&with_header(header)).unwrap(), PAYLOAD);
}

#[test]
fn other_spellings_of_a_token_are_refused() {
    let token = sign_compact(TYP, KID, PAYLOAD, &key(1)).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    // 64 bytes leave 4 unused bits in the last character.
    let loose_end = (signature.as_bytes()[85] + 1) as char;
    let others = [
        String::new(),
        "..".to_owned(),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{token}="),
        format!("{token}."),
        format!("{signed}."),
        format!("{signed}.{}", &signature[..84]),
        format!("{signed}.{}{loose_end}", &signature[..85]),
        format!("{header}.{payload}.{payload}.{signature}"),
        format!("{header}.{payload}{signature}"),
    ];
    for other in others {
        let refused = matches!(verify(&other), Err(JwsError::Malformed | JwsError::Header));
        assert!(refused, "{other:?}");
    }
}

#[test]
fn another_key_does_not_verify() {
    let token = sign_compact(TYP, KID, PAYLOAD, &key(2)).unwrap();
    assert_eq!(verify(&token), Err(JwsError::BadSignature));
}

#[test]
fn sizes_are_limited() {
    // 160 characters are taken by header, dots and signature.
    let fits = vec![b'x'; (TOKEN_BYTES_MAX - 160) / 4 * 3];
    let token = sign_compact(TYP, KID, &fits, &key(1)).unwrap();
    assert!(token.len() <= TOKEN_BYTES_MAX && token.len() > TOKEN_BYTES_MAX - 8);
    assert_eq!(verify(&token).unwrap(), fits);
    for length in [fits.len() + 9, TOKEN_BYTES_MAX + 1, 1 << 20] {
        let signed = sign_compact(TYP, KID, &vec![b'x'; length], &key(1));
        assert_eq!(signed, Err(JwsError::TooLong));
    }
    assert_eq!(verify(&"x".repeat(TOKEN_BYTES_MAX + 1)), Err(JwsError::TooLong));
}

#[test]
fn header_values_need_no_escaping() {
    let long = "x".repeat(HEADER_VALUE_BYTES_MAX + 1);
    for bad in ["", "a b", "a\"b", "a\\b", "ä", "a\n", &long] {
        assert_eq!(sign_compact(bad, KID, PAYLOAD, &key(1)), Err(JwsError::HeaderValue));
        assert_eq!(sign_compact(TYP, bad, PAYLOAD, &key(1)), Err(JwsError::HeaderValue));
    }
}

#[test]
fn a_key_set_finds_what_it_can_use() {
    let mut other_use = Jwk::new("enc", &key(2).verifying_key());
    other_use.key_use = Some("enc".to_owned());
    let json = serde_json::json!({"keys": [
        {"kty": "RSA", "kid": "rsa", "n": "AQAB", "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "kid": "ec", "x": "AA", "y": "AA"},
        other_use,
        {"kty": "OKP", "crv": "Ed25519", "kid": "short", "x": "AAAA"},
        {"kty": "OKP", "crv": "Ed25519", "kid": "none"},
        {"kty": "OKP", "crv": "Ed25519", "kid": "weak", "x": BASE64URL_NOPAD.encode(&[0; 32])},
        Jwk::new(KID, &key(1).verifying_key()),
    ]});
    let jwks: Jwks = serde_json::from_value(json).unwrap();
    let usable: Vec<&str> = jwks.verifying_keys().map(|(kid, _)| kid).collect();
    assert_eq!(usable, [KID]);
    assert_eq!(jwks.find(KID), Some(key(1).verifying_key()));
    assert_eq!(jwks.find("rsa"), None);
    let errors: Vec<_> = jwks.keys.iter().filter_map(|jwk| jwk.verifying_key().err()).collect();
    let [kind, bad] = [JwkError::OtherKind, JwkError::BadKey];
    assert_eq!(errors, [kind, kind, kind, bad, bad, bad]);
}

#[test]
fn a_key_is_published_in_full() {
    let jwk = Jwk::new(KID, &key(1).verifying_key());
    let x = BASE64URL_NOPAD.encode(key(1).verifying_key().as_bytes());
    let expected = serde_json::json!({
        "kty": "OKP", "crv": "Ed25519", "x": x, "kid": KID, "use": "sig", "alg": "EdDSA",
    });
    assert_eq!(serde_json::to_value(&jwk).unwrap(), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_payload_comes_back(payload in prop::collection::vec(any::<u8>(), 0..600)) {
        let token = sign_compact(TYP, KID, &payload, &key(1)).unwrap();
        prop_assert_eq!(verify(&token), Ok(payload));
    }

    #[test]
    fn a_flipped_bit_fails(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut bytes = sign_compact(TYP, KID, PAYLOAD, &key(1)).unwrap().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        if let Ok(token) = String::from_utf8(bytes) {
            prop_assert!(verify(&token).is_err());
        }
    }

    #[test]
    fn reading_never_panics(
        text in "\\PC{0,60}",
        header in prop::collection::vec(any::<u8>(), 0..60),
        rest in "[A-Za-z0-9_.-]{0,120}",
    ) {
        let encoded = BASE64URL_NOPAD.encode(&header);
        for token in [text, format!("{encoded}.{rest}"), format!("{encoded}.AAAA.{rest}")] {
            prop_assert!(verify(&token).is_err());
            prop_assert!(kid_of(&token).is_err());
            prop_assert!(serde_json::from_str::<Jwks>(&token).is_err());
        }
    }
}
