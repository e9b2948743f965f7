//! Published keys may be kept by anybody for minutes, and asked for again by their tag (RFC 9110, section 13.1.2).

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

/// The command whose answer is kept.
pub const PUBLISHED: &str = "key.jwks";

/// For how long: a revoked key is believed no longer than this by those who keep the keys.
const CACHE_CONTROL_VALUE: &str = "public, max-age=300";

/// The tags of answers that a client has.
#[derive(Debug, Default, Clone)]
pub struct Known(Vec<String>);

impl Known {
    /// Reads the If-None-Match header.
    pub fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let tags = values.flat_map(|value| value.split(',')).map(|tag| tag.trim().trim_start_matches("W/").to_owned());
        Self(tags.collect())
    }

    /// Whether it has this tag, or says that it has any.
    pub fn has(&self, tag: &str) -> bool {
        self.0.iter().any(|known| known == tag || known == "*")
    }
}

/// The answer, or that the client has it already.
pub fn respond(known: &Known, status: StatusCode, answer: Bytes) -> Response {
    let digest: [u8; 32] = Sha256::digest(&answer).into();
    let start = digest.first_chunk::<16>().map_or(0, |start| u128::from_be_bytes(*start));
    let tag = format!("\"{start:032x}\"");
    let mut response = if known.has(&tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (status, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], answer).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(CACHE_CONTROL_VALUE));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(known: Option<&str>, answer: &'static str) -> (u16, String, String) {
        let value = known.and_then(|known| HeaderValue::from_str(known).ok());
        let known = Known::of(&HeaderMap::from_iter(value.map(|value| (IF_NONE_MATCH, value))));
        let response = respond(&known, StatusCode::OK, Bytes::from_static(answer.as_bytes()));
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
        (response.status().as_u16(), header(ETAG), header(CACHE_CONTROL))
    }

    #[test]
    fn who_has_the_answer_gets_none() {
        let (status, tag, kept) = sent(None, "{}");
        assert_eq!((status, kept.as_str(), tag.len()), (200, "public, max-age=300", 34));
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            assert_eq!(sent(Some(&known), "{}"), (304, tag.clone(), kept.clone()), "{known}");
        }
        for known in ["\"other\"", "", tag.trim_matches('"')] {
            assert_eq!(sent(Some(known), "{}").0, 200, "{known}");
        }
        assert_ne!(sent(Some(&tag), "{ }").1, tag);
        assert_eq!(sent(Some(&tag), "{ }").0, 200);
    }
}
