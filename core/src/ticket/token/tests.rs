//! Round trips, known answers, and everything that must not be taken for a ticket.

use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::*;
use crate::jws::Jwks;
use crate::ticket::TicketKey;
use crate::totp::{PERIOD_SECONDS, Step};

const NOW: u64 = 1_767_225_600;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn claims() -> TicketClaims {
    TicketClaims {
        key_id: 10,
        ticket_id: Uuid::from_u128(0x0192_f6c1_2345_7abc_8def_0123_4567_89ab),
        event_tail: [0x8a, 1, 2, 3, 4, 5, 6, 7],
        issued_at_seconds: 1_767_000_000,
        expires_at_seconds: 1_767_312_000,
        generation: 1,
        class: 3,
        rotating: false,
    }
}

fn signed(claims: TicketClaims) -> UnverifiedTicket {
    TicketSigner::new(claims.key_id, &key()).sign(claims)
}

/// What the text says if it is a ticket of the test's key.
fn accepted(text: &str) -> Option<TicketClaims> {
    match PresentedTicket::parse(text) {
        Ok(PresentedTicket::Signed(ticket, _)) => ticket.verify(&key().verifying_key()).ok(),
        _ => None,
    }
}

#[test]
fn one_signature_in_two_spellings() {
    let ticket = signed(claims());
    assert_eq!(ticket.encode().len(), 170);
    assert_eq!(accepted(&ticket.encode()), Some(claims()));
    assert_eq!(accepted(&ticket.encode().to_lowercase().replacen("at1", "AT1", 1)), Some(claims()));
    assert_eq!(accepted(&ticket.jws()), Some(claims()));
    let payload = signed::verified_as_jws(&ticket.jws(), &key().verifying_key()).unwrap();
    let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(payload["jti"], format!("{}.1", payload["tid"].as_str().unwrap()));
}

#[test]
fn another_key_number_is_another_ticket() {
    let ticket = TicketSigner::new(11, &key()).sign(claims());
    assert_eq!(ticket.key_id(), 11);
    assert_eq!(accepted(&ticket.encode()).unwrap().key_id, 11);
}

#[test]
fn every_changed_bit_is_refused() {
    let text = signed(claims()).encode();
    let bytes = crate::credential::crockford_bytes(&text[3..]).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let changed = format!("AT1{}", crate::credential::crockford(&changed));
        assert_eq!(accepted(&changed), None, "bit {bit}");
    }
    // The three bits that fill the last symbol are no second spelling.
    for symbol in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars() {
        let changed = format!("{}{symbol}", &text[..text.len() - 1]);
        assert_eq!(accepted(&changed).is_some(), changed == text, "{symbol}");
    }
}

#[test]
fn every_changed_character_of_the_jws_is_refused() {
    let text = signed(claims()).jws();
    for position in 0..text.len() {
        for replacement in [b'A', b'B', b'.', b'='] {
            let mut bytes = text.clone().into_bytes();
            if bytes[position] != replacement {
                bytes[position] = replacement;
                assert_eq!(accepted(std::str::from_utf8(&bytes).unwrap()), None, "{position}");
            }
        }
    }
}

#[test]
fn truncated_and_padded_texts_are_refused() {
    for text in [signed(claims()).encode(), signed(claims()).jws()] {
        for length in 0..text.len() {
            assert_eq!(accepted(&text[..length]), None, "{length}");
        }
        for tail in ["0", "=", " ", "\n", ".", "00000000"] {
            assert_eq!(accepted(&format!("{text}{tail}")), None, "{tail:?}");
            assert_eq!(accepted(&format!("{tail}{text}")), None, "{tail:?}");
        }
    }
}

/// The order of the curve's group (RFC 8032 §5.1), little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

#[test]
fn a_malleable_signature_is_refused() {
    let text = signed(claims()).encode();
    let mut bytes = crate::credential::crockford_bytes(&text[3..]).unwrap();
    let mut carry = 0_u16;
    for (byte, order) in bytes[72..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0, "S + L fits into 256 bits");
    assert_eq!(accepted(&format!("AT1{}", crate::credential::crockford(&bytes))), None);
}

#[test]
fn jws_of_other_algorithms_types_and_orders_are_refused() {
    let encode = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
    let jws = signed(claims()).jws();
    let parts: Vec<&str> = jws.split('.').collect();
    let header = |text: &str| format!("{}.{}.{}", encode(text), parts[1], parts[2]);
    assert_eq!(accepted(&header(r#"{"alg":"EdDSA","kid":"000a","typ":"ticket+jwt"}"#)), Some(claims()));
    for other in [
        r#"{"alg":"none","kid":"000a","typ":"ticket+jwt"}"#,
        r#"{"alg":"HS256","kid":"000a","typ":"ticket+jwt"}"#,
        r#"{"alg":"Ed25519","kid":"000a","typ":"ticket+jwt"}"#,
        r#"{"alg":"EdDSA","kid":"a","typ":"ticket+jwt"}"#,
        r#"{"alg":"EdDSA","kid":"000A","typ":"ticket+jwt"}"#,
        r#"{"alg":"EdDSA","kid":"000b","typ":"ticket+jwt"}"#,
        r#"{"alg":"EdDSA","kid":"000a","typ":"admit-receipt+jwt"}"#,
        r#"{"alg":"EdDSA","kid":"000a","typ":"ticket+jwt","jku":"https://evil.example"}"#,
        r#"{"kid":"000a","alg":"EdDSA","typ":"ticket+jwt"}"#,
    ] {
        assert_eq!(accepted(&header(other)), None, "{other}");
    }
    // HS256 with the public key as its secret, and no signature at all.
    let forged = format!("{}.{}", encode(r#"{"alg":"HS256","kid":"000a","typ":"ticket+jwt"}"#), parts[1]);
    let mac = {
        use hmac::{Hmac, KeyInit, Mac};
        let public = key().verifying_key().to_bytes();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&public).unwrap();
        mac.update(forged.as_bytes());
        data_encoding::BASE64URL_NOPAD.encode(&mac.finalize().into_bytes())
    };
    assert_eq!(accepted(&format!("{forged}.{mac}")), None);
    assert_eq!(accepted(&format!("{forged}.")), None);
}

#[test]
fn unknown_versions_and_flags_are_refused_even_when_signed() {
    let text = signed(claims()).encode();
    let bytes = crate::credential::crockford_bytes(&text[3..]).unwrap();
    for (at, value) in [(0, 2), (1, 2), (1, 0x80)] {
        let mut changed = bytes.clone();
        changed[at] = value;
        let changed = format!("AT1{}", crate::credential::crockford(&changed));
        assert_eq!(PresentedTicket::parse(&changed), Err(TokenError::Malformed));
    }
}

#[test]
fn a_rotating_code_lives_until_its_period_and_the_tolerance_end() {
    let event_key = EventRotationKey::derive(&[5; 32], claims().event_tail);
    let ticket_key = event_key.ticket(claims().ticket_id, 1);
    let text = format!("{}{}", signed(claims()).encode(), rotating_suffix(&ticket_key, NOW));
    assert_eq!(text.len(), 190);
    let Ok(PresentedTicket::Signed(_, Some(code))) = PresentedTicket::parse(&text) else { panic!("{text}") };
    let tolerance = 15;
    let step = code.verify(&ticket_key).unwrap();
    assert_eq!(step, Step::at(NOW));
    let at = |now| in_time(step, now, tolerance);
    assert_eq!(at(NOW - tolerance), Ok(()));
    assert_eq!(at(NOW - tolerance - 1), Err(TokenError::CodeEarly));
    assert_eq!(at(NOW + PERIOD_SECONDS + tolerance - 1), Ok(()));
    assert_eq!(at(NOW + PERIOD_SECONDS + tolerance), Err(TokenError::CodeExpired));
    for other in [event_key.ticket(claims().ticket_id, 2), event_key.ticket(Uuid::from_u128(1), 1)] {
        assert_eq!(code.verify(&other), Err(TokenError::Forged));
    }
    let other_event = EventRotationKey::derive(&[5; 32], [8; 8]).ticket(claims().ticket_id, 1);
    assert_eq!(code.verify(&other_event), Err(TokenError::Forged));
}

#[test]
fn a_rotating_code_with_another_time_is_forged() {
    let ticket_key = EventRotationKey([3; 32]).ticket(claims().ticket_id, 1);
    let suffix = rotating_suffix(&ticket_key, NOW);
    let moved = suffix.replace(&NOW.to_string(), &(NOW + 600).to_string());
    let text = format!("{}{moved}", signed(claims()).encode());
    let Ok(PresentedTicket::Signed(_, Some(code))) = PresentedTicket::parse(&text) else { panic!("{text}") };
    assert_eq!(code.verify(&ticket_key), Err(TokenError::Forged));
}

#[test]
fn malformed_rotating_codes_are_refused() {
    let text = signed(claims()).encode();
    for tail in [".", "..", ".1767225600", ".1767225600.1234567", ".176722560.12345678", ".+767225600.12345678", "."] {
        assert_eq!(PresentedTicket::parse(&format!("{text}{tail}")), Err(TokenError::Malformed), "{tail}");
    }
    assert_eq!(PresentedTicket::parse(&format!("{text}.1767225600.12345678.1")), Err(TokenError::Malformed));
}

#[test]
fn a_short_ticket_is_proved_by_its_key_only() {
    let ticket = KeyedTicket { tenant_id: 3, key_id: 9, ticket_id: claims().ticket_id, generation: 2 };
    let text = ticket.encode(&TicketKey([1; 32]));
    assert_eq!(text.len(), 67);
    let Ok(PresentedTicket::Keyed(parsed)) = PresentedTicket::parse(&text) else { panic!("{text}") };
    assert_eq!(parsed.key_reference(), (3, 9));
    assert_eq!(parsed.verify(&TicketKey([1; 32])), Ok(ticket));
    assert_eq!(parsed.verify(&TicketKey([2; 32])), Err(TokenError::Forged));
    let bytes = crate::credential::crockford_bytes(&text[3..]).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let changed = format!("AH1{}", crate::credential::crockford(&changed));
        let Ok(PresentedTicket::Keyed(parsed)) = PresentedTicket::parse(&changed) else { panic!("{changed}") };
        assert_eq!(parsed.verify(&TicketKey([1; 32])), Err(TokenError::Forged), "bit {bit}");
    }
}

#[test]
fn a_plain_code_that_begins_like_another_form_stays_one() {
    for text in ["AH1ZZZZZZZZZZZZZZZZZZZZZZ4", "D7H77KHMPCZPZESAGCMPAVDF74"] {
        assert!(matches!(PresentedTicket::parse(text), Ok(PresentedTicket::Code(_))), "{text}");
    }
}

#[derive(Deserialize)]
struct Vectors {
    jwks: Jwks,
    tickets: Vec<Vector>,
    rotating: Vec<RotatingVector>,
    short: Vec<ShortVector>,
}

#[derive(Deserialize)]
struct Vector {
    secret_key_hex: String,
    kid: u16,
    ticket_id: Uuid,
    event_id: Uuid,
    issued_at_seconds: u32,
    expires_at_seconds: u32,
    generation: u16,
    class: u16,
    rotating: bool,
    at1: String,
    jws: String,
}

#[derive(Deserialize)]
struct RotatingVector {
    signing_seed_hex: String,
    event_id: Uuid,
    ticket_id: Uuid,
    generation: u16,
    ticket_key_hex: String,
    unix_seconds: u64,
    code: String,
}

#[derive(Deserialize)]
struct ShortVector {
    key_hex: String,
    tenant_id: i32,
    kid: u16,
    ticket_id: Uuid,
    generation: u16,
    ah1: String,
}

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap()
}

#[test]
fn known_answers() {
    let vectors: Vectors = serde_json::from_str(include_str!("../../../vectors/ticket_tokens.json")).unwrap();
    for vector in &vectors.tickets {
        let claims = TicketClaims {
            key_id: vector.kid,
            ticket_id: vector.ticket_id,
            event_tail: TicketClaims::event_tail(vector.event_id),
            issued_at_seconds: vector.issued_at_seconds,
            expires_at_seconds: vector.expires_at_seconds,
            generation: vector.generation,
            class: vector.class,
            rotating: vector.rotating,
        };
        let key = SigningKey::from_bytes(&bytes(&vector.secret_key_hex));
        let ticket = TicketSigner::new(vector.kid, &key).sign(claims);
        assert_eq!((ticket.encode(), ticket.jws()), (vector.at1.clone(), vector.jws.clone()));
        let public = vectors.jwks.find(&format!("{:04x}", vector.kid)).unwrap();
        for text in [&vector.at1, &vector.jws] {
            let Ok(PresentedTicket::Signed(parsed, None)) = PresentedTicket::parse(text) else { panic!("{text}") };
            assert_eq!(parsed.verify(&public), Ok(claims));
        }
    }
    for vector in &vectors.rotating {
        let event_key =
            EventRotationKey::derive(&bytes(&vector.signing_seed_hex), TicketClaims::event_tail(vector.event_id));
        let key = event_key.ticket(vector.ticket_id, vector.generation);
        assert_eq!(key.0, bytes(&vector.ticket_key_hex));
        assert_eq!(format!("{:08}", key.eight_digits(Step::at(vector.unix_seconds))), vector.code);
    }
    for vector in &vectors.short {
        let ticket = KeyedTicket {
            tenant_id: vector.tenant_id,
            key_id: vector.kid,
            ticket_id: vector.ticket_id,
            generation: vector.generation,
        };
        assert_eq!(ticket.encode(&TicketKey(bytes(&vector.key_hex))), vector.ah1);
    }
    assert!(vectors.tickets.len() >= 3 && vectors.rotating.len() >= 2 && vectors.short.len() >= 2);
}

fn any_claims() -> impl Strategy<Value = TicketClaims> {
    (any::<u16>(), any::<u128>(), any::<[u8; 8]>(), any::<(u32, u32, u16, u16)>(), any::<bool>()).prop_map(
        |(key_id, ticket, event_tail, (issued_at_seconds, expires_at_seconds, generation, class), rotating)| {
            TicketClaims {
                key_id,
                ticket_id: Uuid::from_u128(ticket),
                event_tail,
                issued_at_seconds,
                expires_at_seconds,
                generation,
                class,
                rotating,
            }
        },
    )
}

#[test]
fn a_plain_code_may_begin_like_any_other_token() {
    for prefix in ["AT1", "AH1", "AW1", "AK1", "AD1"] {
        for text in
            [format!("{prefix}{:023}", 0), format!("{prefix}0-{:022}", 0), format!("{prefix}{:023}", 0).to_lowercase()]
        {
            let code = TicketCode::parse(&text).unwrap();
            assert!(matches!(PresentedTicket::parse(&text), Ok(PresentedTicket::Code(read)) if read == code), "{text}");
        }
    }
}

proptest! {
    #[test]
    fn what_is_signed_is_what_is_read(claims in any_claims()) {
        let ticket = signed(claims);
        prop_assert_eq!(accepted(&ticket.encode()), Some(claims));
        prop_assert_eq!(accepted(&ticket.jws()), Some(claims));
    }

    #[test]
    fn parsing_never_panics(text in ".{0,600}", tail in "[0-9A-Z.]{0,220}", dotted in "[A-Za-z0-9_.-]{0,400}") {
        let _ = PresentedTicket::parse(&text);
        let _ = PresentedTicket::parse(&dotted);
        for prefix in ["AT1", "AH1"] {
            let _ = PresentedTicket::parse(&format!("{prefix}{tail}"));
        }
    }
}
