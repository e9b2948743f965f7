//! The `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header-07), quoted as the draft
//! has it or bare as most clients send it.

use admit_core::ErrorCode;
use axum::http::HeaderMap;

use crate::problem::Problem;

/// The header's name.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
const LENGTH_MAX: usize = 255;

/// The key, if there is one.
///
/// # Errors
/// `invalid_request` when it is not 1 to 255 visible ASCII characters, or comes twice.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Problem::invalid("the Idempotency-Key comes twice"));
    }
    let key = value
        .to_str()
        .ok()
        .and_then(unquoted)
        .filter(|key| (1..=LENGTH_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
    match key {
        Some(key) => Ok(Some(key)),
        None => Err(Problem::invalid("the Idempotency-Key must have 1 to 255 visible ASCII characters")),
    }
}

/// A structured field's string (RFC 8941, section 3.3.3) without its quotes, or the bare value.
fn unquoted(value: &str) -> Option<String> {
    let value = value.trim();
    let Some(inner) = value.strip_prefix('"') else {
        return Some(value.to_owned());
    };
    let mut characters = inner.strip_suffix('"')?.chars();
    let mut key = String::with_capacity(inner.len());
    while let Some(character) = characters.next() {
        match character {
            '\\' => key.push(characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            '"' => return None,
            plain => key.push(plain),
        }
    }
    Some(key)
}

/// `idempotency_key_missing` with its sentence.
pub fn missing(detail: &'static str) -> Problem {
    Problem::new(ErrorCode::IdempotencyKeyMissing, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn key(values: &[&str]) -> Result<Option<String>, Problem> {
        let name = HeaderName::from_static(IDEMPOTENCY_KEY);
        let headers = values.iter().filter_map(|value| Some((name.clone(), HeaderValue::from_str(value).ok()?)));
        idempotency_key(&headers.collect())
    }

    #[test]
    fn quoted_and_bare_keys_are_the_same() {
        for (value, expected) in
            [("abc-1", "abc-1"), ("\"abc-1\"", "abc-1"), (r#""a\"b\\c""#, r#"a"b\c"#), ("a\"b", "a\"b")]
        {
            assert_eq!(key(&[value]).ok().flatten().as_deref(), Some(expected));
        }
        assert_eq!(key(&[]).ok(), Some(None));
    }

    #[test]
    fn wrong_keys_are_refused() {
        let long = "x".repeat(256);
        for value in ["", "\"\"", "two words", "\"open", "\"a\"b\"", r#""a\b""#, "\"", &long] {
            assert!(key(&[value]).is_err(), "{value}");
        }
        assert!(key(&["a", "a"]).is_err());
        assert!(key(&[&"x".repeat(255)]).is_ok());
    }
}
