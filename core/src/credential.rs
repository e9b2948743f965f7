//! Credentials that admit issues: API keys, device tokens, staff and wallet session tokens.
//!
//! All are a prefix and Crockford base32 (upper case, so a QR code stays alphanumeric):
//! - `AK1` API key, `AD1` device token, `AS1` staff session, and `AC1` staff code, which authenticates
//!   nothing alone: `tenant u32 | id 16 B | secret 16 B`. The database
//!   keeps SHA-256 of the secret, which has 128 random bits, so no slow hash is needed.
//! - `AW1` wallet session: `tenant u32 | kid u16 | wallet 16 B | session 16 B | expires u32 |
//!   HMAC-SHA256 truncated to 16 B`. It is checked before any table is read.

use data_encoding::{Encoding, Specification};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// Crockford's base32 alphabet without its check symbols; lower case is accepted.
static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.translate.from.push_str("abcdefghjkmnpqrstvwxyzOoIiLl");
    specification.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ001111");
    // A fixed specification that is known to be valid: checked by every test of this module.
    specification.encoding().unwrap_or(data_encoding::BASE32_NOPAD)
});

/// No credential is longer; anything longer is refused unread.
pub const CREDENTIAL_LENGTH_MAX: usize = 128;

/// No code that is typed by hand is longer, with its hyphens and spaces.
const CODE_LENGTH_MAX: usize = 64;

/// Encodes bytes in Crockford base32.
pub fn crockford(bytes: &[u8]) -> String {
    CROCKFORD.encode(bytes)
}

/// Decodes Crockford base32; none for anything else.
pub fn crockford_bytes(symbols: &str) -> Option<Vec<u8>> {
    CROCKFORD.decode(symbols.as_bytes()).ok()
}

/// The symbols of a code that was typed by hand, without hyphens and spaces, in upper case and with the
/// usual misreadings put right; none for anything that is no symbol, or too long to be a code.
pub fn plain_symbols(text: &str) -> Option<String> {
    if text.len() > CODE_LENGTH_MAX {
        return None;
    }
    let symbols = text.chars().filter(|symbol| !matches!(symbol, '-' | ' '));
    symbols
        .map(|symbol| match symbol.to_ascii_uppercase() {
            'O' => Some('0'),
            'I' | 'L' => Some('1'),
            'U' => None,
            symbol => symbol.is_ascii_alphanumeric().then_some(symbol),
        })
        .collect()
}

/// What a secret credential is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// `AK1`: a person's or a program's key.
    ApiKey,
    /// `AD1`: a scanning device.
    Device,
    /// `AS1`: a person's session on a device.
    StaffSession,
    /// `AC1`: a person's code on a badge or wristband. Alone it authenticates nothing.
    StaffCode,
}

impl SecretKind {
    fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "AK1",
            Self::Device => "AD1",
            Self::StaffSession => "AS1",
            Self::StaffCode => "AC1",
        }
    }
}

/// A credential with a stored, hashed secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretCredential {
    /// What it is for.
    pub kind: SecretKind,
    /// The tenant that issued it.
    pub tenant_id: i32,
    /// The id of the API key, device, staff session or person.
    pub id: Uuid,
    /// 128 random bits.
    pub secret: [u8; 16],
}

impl SecretCredential {
    /// The text that is shown once, when the credential is issued.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(36);
        bytes.extend_from_slice(&self.tenant_id.to_be_bytes());
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(&self.secret);
        format!("{}{}", self.kind.prefix(), crockford(&bytes))
    }

    /// Reads a credential of one kind; none for anything else.
    pub fn parse(kind: SecretKind, text: &str) -> Option<Self> {
        let (prefix, bytes) = split(text)?;
        if prefix == kind.prefix() { parse_secret(kind, &bytes) } else { None }
    }

    /// What the database stores in the secret's place.
    pub fn secret_hash(&self) -> [u8; 32] {
        Sha256::digest(self.secret).into()
    }

    /// Whether the stored hash is this secret's, in constant time.
    pub fn matches(&self, stored_hash: &[u8]) -> bool {
        self.secret_hash().ct_eq(stored_hash).into()
    }
}

/// A wallet's session: the token on a guest's phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletSession {
    /// The wallet's tenant.
    pub tenant_id: i32,
    /// Which session key signs it.
    pub key_id: u16,
    /// The wallet.
    pub wallet_id: Uuid,
    /// The session on one device.
    pub session_id: Uuid,
    /// Unix seconds after which it is refused.
    pub expires_at_seconds: u32,
}

const SESSION_BODY: usize = 42;
const SESSION_MAC: usize = 16;

impl WalletSession {
    fn body(&self) -> [u8; SESSION_BODY] {
        let mut bytes = [0; SESSION_BODY];
        bytes[..4].copy_from_slice(&self.tenant_id.to_be_bytes());
        bytes[4..6].copy_from_slice(&self.key_id.to_be_bytes());
        bytes[6..22].copy_from_slice(self.wallet_id.as_bytes());
        bytes[22..38].copy_from_slice(self.session_id.as_bytes());
        bytes[38..].copy_from_slice(&self.expires_at_seconds.to_be_bytes());
        bytes
    }

    /// The token, signed with the session key of `key_id`.
    pub fn encode(&self, key: &[u8; 32]) -> String {
        let body = self.body();
        let mut bytes = Vec::with_capacity(SESSION_BODY + SESSION_MAC);
        bytes.extend_from_slice(&body);
        bytes.extend_from_slice(&session_mac(key, &body)[..SESSION_MAC]);
        format!("AW1{}", crockford(&bytes))
    }
}

/// A wallet token whose fields are readable but not yet trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedSession {
    session: WalletSession,
    mac: [u8; SESSION_MAC],
}

impl UnverifiedSession {
    /// What the token says. Nothing of it is proved.
    pub fn claims(&self) -> &WalletSession {
        &self.session
    }

    /// The token's text as it was issued, however it was spelled.
    pub fn text(&self) -> String {
        let bytes = [&self.session.body()[..], &self.mac].concat();
        format!("AW1{}", crockford(&bytes))
    }

    /// The tenant and key that would have to verify it.
    pub fn key_reference(&self) -> (i32, u16) {
        (self.session.tenant_id, self.session.key_id)
    }

    /// The session, if the key made this token. Compares in constant time.
    pub fn verify(self, key: &[u8; 32]) -> Option<WalletSession> {
        let expected = session_mac(key, &self.session.body());
        bool::from(expected[..SESSION_MAC].ct_eq(&self.mac)).then_some(self.session)
    }
}

/// A parsed credential. Parsing proves nothing about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// API key, device token or staff session.
    Secret(SecretCredential),
    /// Wallet session token.
    Wallet(UnverifiedSession),
}

impl Credential {
    /// Reads a credential's fields; `None` when it is none of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, bytes) = split(text)?;
        match prefix {
            "AK1" => Some(Self::Secret(parse_secret(SecretKind::ApiKey, &bytes)?)),
            "AD1" => Some(Self::Secret(parse_secret(SecretKind::Device, &bytes)?)),
            "AS1" => Some(Self::Secret(parse_secret(SecretKind::StaffSession, &bytes)?)),
            "AW1" => Some(Self::Wallet(parse_session(&bytes)?)),
            _ => None,
        }
    }

    /// The tenant that the credential claims.
    pub fn tenant_id(&self) -> i32 {
        match self {
            Self::Secret(credential) => credential.tenant_id,
            Self::Wallet(token) => token.session.tenant_id,
        }
    }
}

/// The prefix of three letters and the decoded rest.
fn split(text: &str) -> Option<(&str, Vec<u8>)> {
    if text.len() > CREDENTIAL_LENGTH_MAX || !text.is_ascii() {
        return None;
    }
    let (prefix, symbols) = text.split_at_checked(3)?;
    Some((prefix, CROCKFORD.decode(symbols.as_bytes()).ok()?))
}

fn parse_secret(kind: SecretKind, bytes: &[u8]) -> Option<SecretCredential> {
    let bytes: &[u8; 36] = bytes.try_into().ok()?;
    Some(SecretCredential {
        kind,
        tenant_id: i32::from_be_bytes(bytes[..4].try_into().ok()?),
        id: Uuid::from_slice(&bytes[4..20]).ok()?,
        secret: bytes[20..].try_into().ok()?,
    })
}

fn parse_session(bytes: &[u8]) -> Option<UnverifiedSession> {
    let bytes: &[u8; SESSION_BODY + SESSION_MAC] = bytes.try_into().ok()?;
    let session = WalletSession {
        tenant_id: i32::from_be_bytes(bytes[..4].try_into().ok()?),
        key_id: u16::from_be_bytes(bytes[4..6].try_into().ok()?),
        wallet_id: Uuid::from_slice(&bytes[6..22]).ok()?,
        session_id: Uuid::from_slice(&bytes[22..38]).ok()?,
        expires_at_seconds: u32::from_be_bytes(bytes[38..42].try_into().ok()?),
    };
    Some(UnverifiedSession { session, mac: bytes[SESSION_BODY..].try_into().ok()? })
}

fn session_mac(key: &[u8; 32], body: &[u8]) -> [u8; 32] {
    // HMAC pads a short key with zeros to the hash's block, so this is the key itself; the
    // fixed-size constructor cannot fail.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    Hmac::<Sha256>::new(&block.into())
        .chain_update(b"admit wallet session 1")
        .chain_update(body)
        .finalize()
        .into_bytes()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn session() -> WalletSession {
        WalletSession {
            tenant_id: 7,
            key_id: 3,
            wallet_id: Uuid::from_u128(1),
            session_id: Uuid::from_u128(2),
            expires_at_seconds: 1_800_000_000,
        }
    }

    #[test]
    fn alphabet_is_crockford() {
        assert_eq!(crockford(&[0xff; 5]), "ZZZZZZZZ");
        assert_eq!(CROCKFORD.decode(b"zzzzzzzz").ok(), Some(vec![0xff; 5]));
        assert_eq!(CROCKFORD.decode(b"OoIiLl00").ok(), CROCKFORD.decode(b"00111100").ok());
    }

    #[test]
    fn session_round_trip() {
        let token = session().encode(&[9; 32]);
        let Some(Credential::Wallet(parsed)) = Credential::parse(&token) else { panic!("{token}") };
        assert_eq!(parsed.key_reference(), (7, 3));
        assert_eq!(parsed.text(), token);
        let Some(Credential::Wallet(misread)) = Credential::parse(&token.replace('0', "o")) else { panic!("{token}") };
        assert_eq!(misread.text(), token);
        assert_eq!(parsed.clone().verify(&[8; 32]), None);
        assert_eq!(parsed.verify(&[9; 32]), Some(session()));
    }

    #[test]
    fn secret_round_trip() {
        let credential =
            SecretCredential { kind: SecretKind::Device, tenant_id: 1, id: Uuid::from_u128(5), secret: [4; 16] };
        assert_eq!(Credential::parse(&credential.encode()), Some(Credential::Secret(credential.clone())));
        assert!(credential.matches(&credential.secret_hash()));
        assert!(!credential.matches(&[0; 32]));
        assert!(!credential.matches(&[]));
    }

    #[test]
    fn a_staff_code_is_no_credential() {
        let code =
            SecretCredential { kind: SecretKind::StaffCode, tenant_id: 1, id: Uuid::from_u128(5), secret: [4; 16] };
        assert_eq!(Credential::parse(&code.encode()), None);
        assert_eq!(SecretCredential::parse(SecretKind::StaffCode, &code.encode()), Some(code.clone()));
        assert_eq!(SecretCredential::parse(SecretKind::StaffSession, &code.encode()), None);
        let session = SecretCredential { kind: SecretKind::StaffSession, ..code };
        assert_eq!(Credential::parse(&session.encode()), Some(Credential::Secret(session)));
    }

    #[test]
    fn every_changed_symbol_is_refused() {
        let token = session().encode(&[9; 32]);
        for position in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[position] = if bytes[position] == b'7' { b'8' } else { b'7' };
            let changed = String::from_utf8(bytes).unwrap_or_default();
            let accepted = match Credential::parse(&changed) {
                Some(Credential::Wallet(parsed)) => parsed.verify(&[9; 32]).is_some(),
                _ => false,
            };
            assert!(!accepted, "{changed}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in ".{0,200}", tail in "[0-9A-Z]{0,120}") {
            let _ = Credential::parse(&text);
            for prefix in ["AK1", "AD1", "AS1", "AC1", "AW1"] {
                let _ = Credential::parse(&format!("{prefix}{tail}"));
            }
        }
    }
}
