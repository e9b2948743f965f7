use super::*;
use admit_core::ErrorCode;
use axum::http::HeaderValue;

fn fields() -> Fields {
    [
        ("limit", FieldKind::Integer),
        ("live", FieldKind::Boolean),
        ("rate", FieldKind::Number),
        ("name", FieldKind::Text),
    ]
    .map(|(name, kind)| (name.to_owned(), kind))
    .into()
}

fn merged(path: &[(&str, &str)], query: &'static str, body: &'static str) -> Result<String, Problem> {
    object(&fields(), path, Some(query), Bytes::from_static(body.as_bytes())).map(|text| text.as_str().to_owned())
}

#[test]
fn a_body_alone_goes_on_byte_for_byte() {
    let body = " { \"b\" : 1.50 ,\n \"a\":2}";
    assert_eq!(merged(&[], "", body).ok().as_deref(), Some(body));
    for empty in ["", " \n"] {
        assert_eq!(merged(&[], "", empty).ok().as_deref(), Some("{}"));
    }
}

#[test]
fn path_query_and_body_are_one_object() {
    let text = merged(&[("name", "a\"b")], "limit=5&live=true&rate=1.50&other=%C3%A9+x", "{\"z\": [1, 2.50]}");
    assert_eq!(
        text.ok().as_deref(),
        Some(r#"{"limit":5,"live":true,"name":"a\"b","other":"é x","rate":1.50,"z":[1, 2.50]}"#)
    );
}

#[test]
fn each_field_comes_once() {
    for (path, query, body) in [
        (&[("name", "a")][..], "name=b", ""),
        (&[("name", "a")][..], "", "{\"name\":\"a\"}"),
        (&[][..], "limit=1&limit=1", ""),
        (&[][..], "limit=1", "{\"limit\":1}"),
        (&[][..], "limit=1", "{\"x\":1,\"x\":2}"),
    ] {
        assert!(merged(path, query, body).is_err_and(|problem| problem.detail.contains("twice")), "{query} {body}");
    }
}

#[test]
fn malformed_requests_are_refused() {
    for (query, body) in [
        ("", "[]"),
        ("", "[1]"),
        ("", "null"),
        ("", "\"text\""),
        ("", "{"),
        ("", "{}{}"),
        ("", "{\"a\":01}"),
        ("", "{\"a\":\"\u{1}\"}"),
        ("limit=1", "[]"),
        ("limit=1", "{\"a\":}"),
        ("limit=ten", ""),
        ("limit=", ""),
        ("limit=1.5", ""),
        ("limit=99999999999999999999", ""),
        ("live=yes", ""),
        ("rate=NaN", ""),
        ("name=%zz", ""),
        ("name=%ff", ""),
        ("name=%+1", ""),
        ("name=%2", ""),
    ] {
        let problem = merged(&[], query, body).err();
        assert_eq!(problem.map(|problem| problem.code), Some(ErrorCode::InvalidRequest), "{query} {body}");
    }
    assert!(object(&fields(), &[], None, Bytes::from_static(b"{\"a\":\"\xff\"}")).is_err());
}

const NONCE: &str = "0199c0de-0000-7000-8000-000000000001";

fn repeated(repeat: Repeat, key: Option<&str>, body: &str) -> Result<Option<String>, ErrorCode> {
    repetition(repeat, key.map(str::to_owned), &Text::from(body.to_owned())).map_err(|problem| problem.code)
}

#[test]
fn keys_are_required_where_they_count() {
    assert_eq!(repeated(Repeat::Read, Some("k"), "{}"), Ok(None));
    assert_eq!(repeated(Repeat::Natural, None, "{}"), Ok(None));
    assert_eq!(repeated(Repeat::Key, Some("k"), "{}"), Ok(Some("k".to_owned())));
    assert_eq!(repeated(Repeat::Key, None, "{}"), Err(ErrorCode::IdempotencyKeyMissing));
}

#[test]
fn a_key_stands_for_a_nonce() {
    let body = format!("{{\"nonce\":\"{NONCE}\"}}");
    assert_eq!(repeated(Repeat::Nonce, None, &body), Ok(None));
    assert_eq!(repeated(Repeat::Nonce, Some(NONCE), "{\"nonce\":null}"), Ok(Some(NONCE.to_owned())));
    assert_eq!(repeated(Repeat::Nonce, Some(&NONCE.to_uppercase()), &body), Ok(Some(NONCE.to_uppercase())));
    assert_eq!(repeated(Repeat::Nonce, None, "{}"), Err(ErrorCode::IdempotencyKeyMissing));
    for (key, body) in [("k", "{}"), ("k", &body), ("0199c0de-0000-7000-8000-000000000002", &body)] {
        assert_eq!(repeated(Repeat::Nonce, Some(key), body), Err(ErrorCode::InvalidRequest), "{key} {body}");
    }
    assert_eq!(repeated(Repeat::Nonce, None, "{\"nonce\":1,\"nonce\":2}"), Err(ErrorCode::InvalidRequest));
}

#[test]
fn bearer_credentials_are_found() {
    let credential = |value: &'static str| {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(value))]);
        bearer(&headers).map(str::to_owned)
    };
    assert_eq!(credential("Bearer AK1"), Some("AK1".to_owned()));
    assert_eq!(credential("bearer  AK1 "), Some("AK1".to_owned()));
    assert_eq!(credential("Basic AK1"), None);
    assert_eq!(credential("AK1"), None);
}
