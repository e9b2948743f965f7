//! How a manifest is sent: compressed where the client takes it, and not at all while nothing has changed.

use std::io::Write as _;

use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;

use crate::caching::Known;

/// The command whose answer is sent so.
pub const MANIFEST: &str = "manifest.get";

/// Signed texts hardly have repetitions to look for: more effort gains nothing.
const LEVEL: u32 = 1;

/// What a client knows and takes.
#[derive(Debug, Clone)]
pub struct Wishes {
    gzip: bool,
    known: Known,
}

impl Wishes {
    /// Reads `Accept-Encoding` and `If-None-Match` (RFC 9110, sections 12.5.3 and 13.1.2).
    pub fn of(headers: &HeaderMap) -> Self {
        Self { gzip: takes_gzip(headers), known: Known::of(headers) }
    }

    /// The answer as the client wishes it.
    pub async fn respond(self, answer: Bytes) -> Response {
        let tag = entity_tag(&answer);
        let known = tag.as_ref().is_some_and(|tag| self.known.has(tag));
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let packed = if self.gzip { compressed(answer.clone()).await } else { None };
            let encoded = packed.is_some();
            let mut response = packed.unwrap_or(answer).into_response();
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            if encoded {
                response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            response
        };
        // Weak: keys are sealed anew each time, and the tag is the same with and without compression.
        if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(&format!("W/{tag}")).ok()) {
            response.headers_mut().insert(ETAG, tag);
        }
        response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        response
    }
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let quality = |wanted: &str| {
        let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).map(str::trim).find_map(|part| {
            let (name, weight) = part.split_once(';').unwrap_or((part, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
            name.trim().eq_ignore_ascii_case(wanted).then(|| weight.unwrap_or(0.0))
        })
    };
    quality("gzip").or_else(|| quality("*")).is_some_and(|quality| quality > 0.0)
}

/// The answer's version in quotes.
fn entity_tag(answer: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Versioned<'a> {
        version: &'a str,
    }
    let version = serde_json::from_slice::<Versioned<'_>>(answer).ok()?.version;
    Some(format!("\"{version}\""))
}

/// In a thread of its own: a megabyte takes some hundredths of a second.
async fn compressed(answer: Bytes) -> Option<Bytes> {
    let pack = move || {
        let mut encoder = GzEncoder::new(Vec::with_capacity(answer.len() / 4 * 3), Compression::new(LEVEL));
        encoder.write_all(&answer).and_then(|()| encoder.finish())
    };
    tokio::task::spawn_blocking(pack).await.ok()?.ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;
    use axum::http::header::IF_NONE_MATCH;

    use super::*;

    const ANSWER: &str = r#"{"kind":"delta","manifest":"a.b.c","version":"Ab_-9"}"#;

    async fn sent(headers: &[(HeaderName, &'static str)]) -> (u16, Option<String>, Vec<u8>) {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        let response = Wishes::of(&headers.collect()).respond(Bytes::from_static(ANSWER.as_bytes())).await;
        assert_eq!(response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()), Some("W/\"Ab_-9\""));
        let encoding = response.headers().get(CONTENT_ENCODING).and_then(|value| value.to_str().ok());
        let (status, encoding) = (response.status().as_u16(), encoding.map(str::to_owned));
        let body = axum::body::to_bytes(response.into_body(), 1024).await.unwrap_or_default();
        (status, encoding, body.to_vec())
    }

    #[tokio::test]
    async fn gzip_is_sent_to_whom_takes_it() {
        for accepted in ["gzip", "br, GZIP;q=0.5", "*", "deflate, *;q=0.1"] {
            let (status, encoding, body) = sent(&[(ACCEPT_ENCODING, accepted)]).await;
            assert_eq!((status, encoding.as_deref()), (200, Some("gzip")), "{accepted}");
            let mut text = String::new();
            std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&body[..]), &mut text).ok();
            assert_eq!(text, ANSWER);
        }
        for refused in ["", "br", "gzip;q=0", "gzip;q=0, *", "gzip;q=x", "identity"] {
            assert_eq!(sent(&[(ACCEPT_ENCODING, refused)]).await, (200, None, ANSWER.into()), "{refused}");
        }
    }

    #[tokio::test]
    async fn what_is_known_is_not_sent_again() {
        for known in ["\"Ab_-9\"", "W/\"Ab_-9\"", "\"x\", W/\"Ab_-9\"", "*"] {
            assert_eq!(
                sent(&[(IF_NONE_MATCH, known), (ACCEPT_ENCODING, "gzip")]).await,
                (304, None, Vec::new()),
                "{known}"
            );
        }
        for other in ["\"Ab\"", "Ab_-9", "W/\"ab_-9\""] {
            assert_eq!(sent(&[(IF_NONE_MATCH, other)]).await.0, 200, "{other}");
        }
    }
}
