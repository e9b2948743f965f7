//! Reading a body: whole, bounded in size and time.

use admit_core::ErrorCode;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use crate::problem::Problem;

/// How much of a body that is too large is still read, so that its sender sees the answer instead of
/// a broken connection.
const DISCARDED_BYTES_MAX: usize = 1024 * 1024;

/// Reads a body of at most `bytes_max` until `deadline`.
///
/// # Errors
/// `payload_too_large`, or `invalid_request` when it breaks off or takes too long.
pub async fn read(body: Body, bytes_max: usize, deadline: Instant) -> Result<Bytes, Problem> {
    match timeout_at(deadline, collect(body, bytes_max)).await {
        Ok(result) => result,
        Err(_) => Err(Problem::invalid("the request body did not arrive in time")),
    }
}

async fn collect(mut body: Body, bytes_max: usize) -> Result<Bytes, Problem> {
    let mut whole = Bytes::new();
    let mut parts: Option<BytesMut> = None;
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::invalid("the request body broke off"))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        if length > bytes_max.saturating_add(DISCARDED_BYTES_MAX) {
            break;
        }
        match parts.as_mut() {
            _ if length > bytes_max => {}
            Some(parts) => parts.extend_from_slice(&data),
            // Nearly every body is one piece, which needs no copy.
            None if whole.is_empty() => whole = data,
            None => {
                let mut joined = BytesMut::with_capacity(whole.len() + data.len());
                joined.extend_from_slice(&whole);
                joined.extend_from_slice(&data);
                parts = Some(joined);
            }
        }
    }
    if length > bytes_max {
        return Err(Problem::new(ErrorCode::PayloadTooLarge, format!("a body here has at most {bytes_max} bytes")));
    }
    Ok(parts.map_or(whole, BytesMut::freeze))
}

/// Checks that a body which is there is plain JSON.
///
/// # Errors
/// `unsupported_media_type`.
pub fn require_json(headers: &HeaderMap, body: &Bytes) -> Result<(), Problem> {
    if body.is_empty() {
        return Ok(());
    }
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let encoded =
        headers.get(CONTENT_ENCODING).is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if essence.eq_ignore_ascii_case("application/json") && !encoded {
        return Ok(());
    }
    let detail = "send the body as Content-Type: application/json, without a Content-Encoding";
    Err(Problem::new(ErrorCode::UnsupportedMediaType, detail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use futures_util::stream;
    use std::time::Duration;

    async fn read_parts(parts: Vec<&'static [u8]>, bytes_max: usize) -> Result<Bytes, Problem> {
        let parts = parts.into_iter().map(|part| Ok::<_, std::io::Error>(Bytes::from_static(part)));
        read(Body::from_stream(stream::iter(parts)), bytes_max, Instant::now() + Duration::from_secs(5)).await
    }

    #[tokio::test]
    async fn bodies_are_joined_and_bounded() {
        assert_eq!(read_parts(vec![b"ab", b"", b"cd", b"ef"], 6).await.ok(), Some(Bytes::from_static(b"abcdef")));
        assert_eq!(read_parts(vec![], 6).await.ok(), Some(Bytes::new()));
        let refused = read_parts(vec![b"abc", b"defg"], 6).await.err();
        assert_eq!(refused.map(|problem| problem.code), Some(ErrorCode::PayloadTooLarge));
    }

    #[tokio::test]
    async fn a_slow_body_is_given_up() {
        let never = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        let refused = read(never, 6, Instant::now() + Duration::from_millis(10)).await.err();
        assert_eq!(refused.map(|problem| problem.code), Some(ErrorCode::InvalidRequest));
    }

    #[test]
    fn only_plain_json_is_read() {
        let accepted = |media_type: &'static str, encoding: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
            if let Some(encoding) = encoding {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            require_json(&headers, &Bytes::from_static(b"{}")).is_ok()
        };
        assert!(accepted("application/json", None));
        assert!(accepted("Application/JSON; charset=utf-8", Some("identity")));
        assert!(!accepted("application/json", Some("gzip")));
        assert!(!accepted("application/x-www-form-urlencoded", None));
        assert!(!accepted("text/json", None));
        assert!(require_json(&HeaderMap::new(), &Bytes::new()).is_ok());
        assert!(require_json(&HeaderMap::new(), &Bytes::from_static(b"{}")).is_err());
    }
}
