//! Scans by outcome and reason, read from the answer's first bytes instead of parsing it.

use std::sync::OnceLock;

use admit_core::scan::{Outcome, Reason};
use memchr::memmem;
use metrics::Counter;

use super::Metrics;

/// An answer begins with `scan_id`, `outcome` and `reason`; all is within so many bytes.
const HEAD_BYTES: usize = 192;

/// One counter for each reason of a denial, and one for admissions.
pub struct Scans {
    admitted: OnceLock<Counter>,
    denied: [OnceLock<Counter>; Reason::ALL.len()],
}

impl Default for Scans {
    fn default() -> Self {
        Self { admitted: OnceLock::new(), denied: [const { OnceLock::new() }; Reason::ALL.len()] }
    }
}

impl Scans {
    /// Counts one answer; an answer that is not a scan's is not counted.
    pub fn count(&self, metrics: &Metrics, answer: &[u8]) {
        let counter = |outcome: Outcome, reason| {
            metrics.counter("admit_scans_total", &[("outcome", outcome.as_str()), ("reason", reason)])
        };
        match outcome(answer) {
            Some((Outcome::Admitted, _)) => {
                self.admitted.get_or_init(|| counter(Outcome::Admitted, "none")).increment(1);
            }
            Some((Outcome::Denied, Some(reason))) => {
                if let Some(slot) = Reason::ALL.iter().position(|known| *known == reason) {
                    self.denied[slot].get_or_init(|| counter(Outcome::Denied, reason.as_str())).increment(1);
                }
            }
            Some((Outcome::Denied, None)) | None => {}
        }
    }
}

fn outcome(answer: &[u8]) -> Option<(Outcome, Option<Reason>)> {
    let head = &answer[..answer.len().min(HEAD_BYTES)];
    let outcome = Outcome::from_word(word(head, b"\"outcome\":\"")?)?;
    Some((outcome, word(head, b"\"reason\":\"").and_then(Reason::from_word)))
}

fn word<'a>(head: &'a [u8], field: &[u8]) -> Option<&'a str> {
    let rest = &head[memmem::find(head, field)? + field.len()..];
    std::str::from_utf8(&rest[..memchr::memchr(b'"', rest)?]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_from_the_head() {
        let id = r#"{"scan_id":"0199c0de-0000-7000-8000-000000000000","outcome":"#;
        let read = |rest: &str| outcome(format!("{id}{rest}").as_bytes());
        assert_eq!(read(r#""admitted","reason":null,"action":"entry"}"#), Some((Outcome::Admitted, None)));
        assert_eq!(
            read(r#""denied","reason":"insufficient_funds","action":"entry"}"#),
            Some((Outcome::Denied, Some(Reason::InsufficientFunds)))
        );
        assert_eq!(read(r#""perhaps","reason":null}"#), None);
        assert_eq!(outcome(b"{}"), None);
        assert_eq!(outcome(b"\"outcome\":\"admitted"), None);
    }

    #[test]
    fn the_longest_reason_fits_into_the_head() {
        let longest =
            Reason::ALL.iter().map(|reason| reason.as_str()).max_by_key(|word| word.len()).unwrap_or_default();
        let head =
            format!(r#"{{"scan_id":"0199c0de-0000-7000-8000-000000000000","outcome":"denied","reason":"{longest}""#);
        assert!(head.len() < HEAD_BYTES);
    }
}
