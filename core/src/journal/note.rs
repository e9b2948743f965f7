//! C2SP signed notes: a text with Ed25519 signatures below it, as transparency
//! logs, witnesses and monitors exchange them (<https://c2sp.org/signed-note>).
//!
//! ```text
//! text, ending in a newline
//!
//! — <key name> <base64 of 4-byte key hash and signature>
//! ```

use data_encoding::BASE64;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Longest note that is read, in bytes. The specification wants room for at
/// least 16 signatures, which may be post-quantum ones of 5 kB.
pub const NOTE_BYTES_MAX: usize = 128 * 1024;

/// Most signatures that are read on one note.
pub const SIGNATURES_MAX: usize = 64;

/// Longest key name, in bytes.
pub const KEY_NAME_BYTES_MAX: usize = 255;

/// Signature type of Ed25519 in the specification's registry.
const ED25519_TYPE: u8 = 0x01;

const KEY_HASH_BYTES: usize = 4;

/// Why a note is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Not a note at all, or larger than the limits of this module.
    #[error("not a signed note")]
    Malformed,
    /// A key name that is empty, too long, or has a space, a plus or a control
    /// character in it.
    #[error("not a key name: it must be 1 to {KEY_NAME_BYTES_MAX} bytes without spaces or '+'")]
    KeyName,
    /// None of the signatures is from a key that the caller trusts.
    #[error("no signature is from a known key of that name")]
    UnknownKey,
    /// A signature that claims a trusted key does not verify.
    #[error("the signature does not verify")]
    BadSignature,
}

/// Checks that `name` can name a key on a signature line.
///
/// # Errors
/// [`NoteError::KeyName`].
pub fn check_key_name(name: &str) -> Result<(), NoteError> {
    let fits = (1..=KEY_NAME_BYTES_MAX).contains(&name.len());
    let plain = |c: char| !(c.is_whitespace() || c.is_control() || c == '+');
    if fits && name.chars().all(plain) { Ok(()) } else { Err(NoteError::KeyName) }
}

/// Hash that tells the keys of one name apart: the first four bytes of
/// SHA-256(name ‖ newline ‖ 0x01 ‖ public key). A hint, not a commitment.
pub fn key_hash(key_name: &str, key: &VerifyingKey) -> [u8; KEY_HASH_BYTES] {
    let [a, b, c, d, ..]: [u8; 32] = Sha256::new()
        .chain_update(key_name)
        .chain_update([b'\n', ED25519_TYPE])
        .chain_update(key.as_bytes())
        .finalize()
        .into();
    [a, b, c, d]
}

/// Signs `text`, which must end in a newline, and returns the note. The caller
/// has checked both arguments.
pub(super) fn sign(text: &str, key_name: &str, key: &SigningKey) -> String {
    let mut signature = key_hash(key_name, &key.verifying_key()).to_vec();
    signature.extend(key.sign(text.as_bytes()).to_bytes());
    format!("{text}\n— {key_name} {}\n", BASE64.encode(&signature))
}

/// Returns the text of `note` if it is signed under `key_name` by at least one
/// of `keys`.
///
/// Signatures of other keys are ignored, as the specification demands, so that
/// keys can rotate and witnesses can co-sign. A signature that claims one of
/// `keys` and does not verify condemns the whole note.
///
/// # Errors
/// [`NoteError::Malformed`], [`NoteError::UnknownKey`],
/// [`NoteError::BadSignature`].
pub fn open<'a>(note: &'a str, key_name: &str, keys: &[VerifyingKey]) -> Result<&'a str, NoteError> {
    let (text, signatures) = split(note)?;
    let mut verified = false;
    for (name, hash, signature) in signatures {
        let mut claimed = keys.iter().filter(|key| name == key_name && key_hash(key_name, key) == hash).peekable();
        if claimed.peek().is_none() {
            continue;
        }
        let signature = Signature::from_slice(&signature).map_err(|_| NoteError::BadSignature)?;
        if !claimed.any(|key| key.verify_strict(text.as_bytes(), &signature).is_ok()) {
            return Err(NoteError::BadSignature);
        }
        verified = true;
    }
    if verified { Ok(text) } else { Err(NoteError::UnknownKey) }
}

/// Key name, key hash and signature of one signature line.
type SignatureLine<'a> = (&'a str, [u8; KEY_HASH_BYTES], Vec<u8>);

fn split(note: &str) -> Result<(&str, Vec<SignatureLine<'_>>), NoteError> {
    let forbidden = |c: char| c < ' ' && c != '\n';
    if note.len() > NOTE_BYTES_MAX || note.contains(forbidden) {
        return Err(NoteError::Malformed);
    }
    // The text may have empty lines itself; the last one ends it.
    let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
    let text = &note[..=text.len()];
    let signatures = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?;
    if signatures.split('\n').count() > SIGNATURES_MAX {
        return Err(NoteError::Malformed);
    }
    let signatures = signatures
        .split('\n')
        .map(|line| signature_line(line).ok_or(NoteError::Malformed))
        .collect::<Result<_, _>>()?;
    Ok((text, signatures))
}

fn signature_line(line: &str) -> Option<SignatureLine<'_>> {
    let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
    check_key_name(name).ok()?;
    let bytes = BASE64.decode(signature.as_bytes()).ok()?;
    let (hash, signature) = bytes.split_first_chunk()?;
    (!signature.is_empty()).then(|| (name, *hash, signature.to_vec()))
}
