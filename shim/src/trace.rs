//! What identifies a request in logs, answers and the journal: its id and its W3C trace.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;
use uuid::Uuid;

use crate::limits;

/// The request id's header, in both directions.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A longer id from outside is replaced, not cut.
const REQUEST_ID_LENGTH_MAX: usize = 64;

/// What travels with a request through the shim.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// The client's id for the request, or ours.
    pub request_id: HeaderValue,
    /// `traceparent`, if it came and is valid.
    traceparent: Option<HeaderValue>,
    /// The client's address, as far as proxies are trusted.
    pub client: IpAddr,
    /// When the answer is due.
    pub deadline: Instant,
}

impl RequestContext {
    /// Reads the headers; what is missing or not sane is made here.
    pub fn new(headers: &HeaderMap, client: IpAddr, deadline: Instant) -> Self {
        let given = headers.get(&X_REQUEST_ID).filter(|id| is_sane(id.as_bytes()));
        let traceparent = headers.get("traceparent").filter(|value| is_traceparent(value.as_bytes()));
        Self {
            request_id: given.cloned().unwrap_or_else(new_request_id),
            traceparent: traceparent.cloned(),
            client,
            deadline,
        }
    }

    /// The request id; visible ASCII that needs no escaping in JSON.
    pub fn request_id(&self) -> &str {
        self.request_id.to_str().unwrap_or_default()
    }

    /// The trace id: 32 hexadecimal digits.
    pub fn trace_id(&self) -> Option<&str> {
        self.traceparent.as_ref()?.to_str().ok()?.get(3..35)
    }

    /// The last argument of `admit.dispatch`: what the journal keeps of the request, and the client's
    /// network, which it does not keep: wrong codes are counted by it.
    pub fn to_json(&self) -> String {
        let (client, request_id) = (limits::network(self.client), self.request_id());
        match self.trace_id() {
            Some(trace_id) => {
                format!("{{\"client\":\"{client:x}\",\"request_id\":\"{request_id}\",\"trace_id\":\"{trace_id}\"}}")
            }
            None => format!("{{\"client\":\"{client:x}\",\"request_id\":\"{request_id}\"}}"),
        }
    }
}

fn new_request_id() -> HeaderValue {
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    let text = Uuid::now_v7().hyphenated().encode_lower(&mut text);
    // Hexadecimal digits and hyphens are a valid header value.
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("-"))
}

fn is_sane(id: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
    (1..=REQUEST_ID_LENGTH_MAX).contains(&id.len()) && id.iter().all(plain)
}

/// `version-trace-parent-flags` (W3C Trace Context, section 3.2). A later version may have more
/// fields behind these.
fn is_traceparent(value: &[u8]) -> bool {
    let hex = |range: std::ops::Range<usize>| {
        let digits = value.get(range)?;
        digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).then_some(digits)
    };
    let not_zero = |digits: &[u8]| digits.iter().any(|byte| *byte != b'0');
    let (Some(version), Some(trace_id), Some(parent_id), Some(_)) = (hex(0..2), hex(3..35), hex(36..52), hex(53..55))
    else {
        return false;
    };
    let whole = value.len() == 55 || (version != b"00" && value.get(55) == Some(&b'-'));
    let separated = [2, 35, 52].iter().all(|position| value.get(*position) == Some(&b'-'));
    version != b"ff" && whole && separated && not_zero(trace_id) && not_zero(parent_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(headers: &[(&'static str, &str)]) -> RequestContext {
        let headers = headers
            .iter()
            .filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?)));
        RequestContext::new(&headers.collect(), IpAddr::from([192, 0, 2, 1]), Instant::now())
    }

    #[test]
    fn sane_request_ids_are_kept() {
        assert_eq!(context(&[("x-request-id", "abc-1:2/3")]).request_id(), "abc-1:2/3");
        for replaced in ["", "with space", "quote\"", "back\\slash", "é", &"x".repeat(65)] {
            let context = context(&[("x-request-id", replaced)]);
            assert!(Uuid::try_parse(context.request_id()).is_ok_and(|id| id.get_version_num() == 7), "{replaced}");
        }
    }

    #[test]
    fn valid_traces_are_kept() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let known = context(&[("traceparent", valid), ("x-request-id", "r")]);
        assert_eq!(
            known.to_json(),
            r#"{"client":"c0000201","request_id":"r","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}"#
        );
        assert!(is_traceparent(b"cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later"));
        for invalid in [
            "",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        ] {
            assert_eq!(context(&[("traceparent", invalid)]).trace_id(), None, "{invalid}");
        }
    }
}
