//! The log of requests: one line for each that failed here, or for each if so configured.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::metrics::Endpoint;
use crate::trace::RequestContext;

/// Failures that are logged in one second. While the database is away, every request fails, and
/// quickly: without a limit the log would fill the disk.
const FAILURES_LOGGED_MAX: u32 = 100;

/// Writes the lines, not more failures a second than are of use.
#[derive(Debug)]
pub struct RequestLog {
    all: bool,
    started: Instant,
    // The second since the start, and the failures in it.
    current: Mutex<(u64, u32)>,
}

impl RequestLog {
    /// A log of failures, or of all requests.
    pub fn new(all: bool) -> Self {
        Self { all, started: Instant::now(), current: Mutex::default() }
    }

    /// Writes a request's line. Never its path or query: they may hold secrets.
    pub fn write(
        &self,
        context: &RequestContext,
        endpoint: Endpoint,
        status: u16,
        duration_seconds: f64,
        inside: Option<String>,
    ) {
        let failed = status >= 500;
        if !failed && !self.all || failed && !self.admits_failure() {
            return;
        }
        let (request_id, command) = (context.request_id(), endpoint.name());
        let trace_id = context.trace_id();
        match status {
            500 => tracing::error!(request_id, trace_id, command, status, duration_seconds, inside, "failed"),
            501.. => tracing::warn!(request_id, trace_id, command, status, duration_seconds, inside, "not available"),
            _ => tracing::info!(request_id, trace_id, command, status, duration_seconds, "answered"),
        }
    }

    /// Whether one more failure may be logged; tells how many were not, when their second is over.
    fn admits_failure(&self) -> bool {
        let second = self.started.elapsed().as_secs();
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.0 != second {
            let silent = current.1.saturating_sub(FAILURES_LOGGED_MAX);
            *current = (second, 0);
            if silent > 0 {
                tracing::warn!(silent, "more requests failed than were logged");
            }
        }
        current.1 = current.1.saturating_add(1);
        current.1 <= FAILURES_LOGGED_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_logged_up_to_a_limit() {
        let log = RequestLog::new(false);
        let logged = (0..FAILURES_LOGGED_MAX * 3).filter(|_| log.admits_failure()).count();
        // A second may end while this runs.
        assert!((100..=200).contains(&logged), "{logged}");
    }
}
