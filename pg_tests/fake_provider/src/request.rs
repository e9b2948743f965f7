//! Requests as they came in.

use bytes::Bytes;
use data_encoding::BASE64;
use hyper::HeaderMap;
use percent_encoding::percent_decode_str;

/// A request with its body read.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Upper-case method.
    pub(crate) method: String,
    /// The path, still percent-encoded.
    pub(crate) path: String,
    /// What follows `?`.
    pub(crate) query: String,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The raw body.
    pub(crate) body: Bytes,
}

impl Request {
    /// The decoded segments of the path.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect()
    }

    /// A header's text; empty when it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The `Idempotency-Key`, unless it is absent or empty.
    pub(crate) fn idempotency_key(&self) -> Option<String> {
        Some(self.header("idempotency-key").to_owned()).filter(|key| !key.is_empty())
    }

    /// The token of `Authorization: Bearer` or the user name of basic authentication (RFC 7617).
    pub(crate) fn credential(&self) -> Option<String> {
        let (scheme, rest) = self.header("authorization").split_once(' ')?;
        if scheme.eq_ignore_ascii_case("bearer") {
            return Some(rest.trim().to_owned());
        }
        self.basic_user()
    }

    /// The user name of basic authentication.
    pub(crate) fn basic_user(&self) -> Option<String> {
        let (scheme, rest) = self.header("authorization").split_once(' ')?;
        let decoded = BASE64.decode(rest.trim().as_bytes()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
        let text = String::from_utf8(decoded).ok()?;
        Some(text.split_once(':').map_or(text.as_str(), |(user, _)| user).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(authorization: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", authorization.parse().ok()?);
        let request =
            Request { method: "GET".into(), path: "/".into(), query: String::new(), headers, body: Bytes::new() };
        request.credential()
    }

    #[test]
    fn bearer_and_basic_give_the_key() {
        assert_eq!(with("Bearer sk_test_1").as_deref(), Some("sk_test_1"));
        assert_eq!(with("Basic c2tfdGVzdF8xOg==").as_deref(), Some("sk_test_1"));
        assert_eq!(with("Basic ???"), None);
        assert_eq!(with("Digest c2tfdGVzdF8xOg=="), None);
    }
}
