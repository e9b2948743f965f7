//! From an HTTP request to the one JSON object that a command takes.

mod body;
mod key;
mod members;

use std::collections::BTreeMap;

use admit_core::registry::Repeat;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Uri};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

pub use body::{read, require_json};
pub use key::{IDEMPOTENCY_KEY, idempotency_key};

use crate::call::Text;
use crate::problem::Problem;
use crate::schema::FieldKind;
use members::Members;

/// The kinds of a command's fields, for values that come as text in path and query.
pub type Fields = BTreeMap<String, FieldKind>;

/// Merges path fields, query and body. A body alone goes on byte for byte.
///
/// # Errors
/// `invalid_request` for a body that is no JSON object, a value that is not of its field's kind, and
/// a field that comes twice.
pub fn object(fields: &Fields, path: &[(&str, &str)], query: Option<&str>, body: Bytes) -> Result<Text, Problem> {
    let body = if body.iter().all(u8::is_ascii_whitespace) { Bytes::from_static(b"{}") } else { body };
    let body = Text::new(body)?;
    let query = query.filter(|query| !query.is_empty());
    if path.is_empty() && query.is_none() {
        // Unknown, doubled and missing fields are refused by the database.
        check_object(body.as_str())?;
        return Ok(body);
    }
    let mut members: Members =
        serde_json::from_str(require_object(body.as_str())?).map_err(|error| malformed(&error))?;
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        members.add(fields, decoded(name)?, &decoded(value)?)?;
    }
    for (name, value) in path {
        members.add(fields, (*name).to_owned(), value)?;
    }
    members.into_text()
}

/// `+` is a space in a query (WHATWG URL, application/x-www-form-urlencoded).
fn decoded(text: &str) -> Result<String, Problem> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut position = 0;
    while let Some(byte) = bytes.get(position) {
        let digit = |offset: usize| char::from(*bytes.get(position + offset)?).to_digit(16);
        let escaped = || u8::try_from(digit(1)? * 16 + digit(2)?).ok();
        let (byte, length) = match byte {
            b'%' => (escaped().ok_or_else(|| Problem::invalid("the query has a % that is no escape"))?, 3),
            b'+' => (b' ', 1),
            byte => (*byte, 1),
        };
        decoded.push(byte);
        position += length;
    }
    String::from_utf8(decoded).map_err(|_| Problem::invalid("the query is not UTF-8"))
}

/// serde takes an array for a struct, too; here only an object is one.
fn require_object(text: &str) -> Result<&str, Problem> {
    let first = text.trim_start_matches([' ', '\t', '\r', '\n']).as_bytes().first();
    match first {
        Some(b'{') => Ok(text),
        _ => Err(Problem::invalid("the request body must be a JSON object")),
    }
}

/// Checks well-formedness without building anything.
fn check_object(text: &str) -> Result<(), Problem> {
    serde_json::from_str::<serde::de::IgnoredAny>(require_object(text)?).map(|_| ()).map_err(|error| malformed(&error))
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::invalid(format!("the request body is not valid JSON: {error}"))
}

/// What makes a repeated request recognisable: the key to pass on.
///
/// # Errors
/// `idempotency_key_missing`, or `invalid_request` when key and nonce contradict each other.
pub fn repetition(repeat: Repeat, key: Option<String>, body: &Text) -> Result<Option<String>, Problem> {
    match (repeat, key) {
        (Repeat::Read, _) => Ok(None),
        (Repeat::Natural, key) => Ok(key),
        (Repeat::Key, Some(key)) => Ok(Some(key)),
        (Repeat::Key, None) => {
            Err(key::missing("send an Idempotency-Key with this request: a new one for each new request"))
        }
        (Repeat::Nonce, key) => nonce_or_key(key, body),
    }
}

fn nonce_or_key(key: Option<String>, body: &Text) -> Result<Option<String>, Problem> {
    #[derive(Deserialize)]
    struct Numbered<'a> {
        #[serde(borrow, default)]
        nonce: Option<&'a RawValue>,
    }
    let numbered: Numbered<'_> = serde_json::from_str(body.as_str()).map_err(|error| malformed(&error))?;
    let nonce = numbered.nonce.filter(|nonce| nonce.get() != "null");
    let Some(key) = key else {
        return match nonce {
            Some(_) => Ok(None),
            None => Err(key::missing("give the request a nonce, or an Idempotency-Key that is a UUID")),
        };
    };
    let uuid = |text: &str| Uuid::try_parse(text).ok();
    match nonce {
        None if uuid(&key).is_none() => Err(Problem::invalid("the Idempotency-Key of this request must be a UUID")),
        None => Ok(Some(key)),
        // A nonce that is no UUID at all is for the database to refuse.
        Some(nonce) => match uuid(nonce.get().trim_matches('"')) {
            Some(nonce) if uuid(&key) != Some(nonce) => {
                Err(Problem::invalid("the Idempotency-Key and the nonce differ: send one of them, or the same in both"))
            }
            _ => Ok(Some(key)),
        },
    }
}

/// The credential of `Authorization: Bearer …`.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, credential) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credential.trim())
}

/// The host that the client meant.
pub fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> &'a str {
    let header = || headers.get(axum::http::header::HOST).and_then(|host| host.to_str().ok());
    uri.host().or_else(header).unwrap_or_default()
}

#[cfg(test)]
mod tests;
