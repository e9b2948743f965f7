//! Figures for Prometheus: base units, no ids in labels. Every handle is made once and kept, so that
//! counting costs no look-up by name.

mod gauges;
mod scan;

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use admit_core::registry::COMMANDS;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder as _, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

pub use gauges::database_gauges;
use scan::Scans;

/// What is measured besides the commands, by the same two metrics.
const OTHER_ENDPOINTS: [&str; 3] = ["webhook", "report.live.stream", "other"];

/// Which endpoint answered: an index into the commands and `OTHER_ENDPOINTS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint(usize);

impl Endpoint {
    /// The endpoint of `COMMANDS[index]`.
    pub fn command(index: usize) -> Self {
        Self(index)
    }

    /// `POST /webhooks/…`.
    pub const WEBHOOK: Self = Self(COMMANDS.len());
    /// The live stream of an event.
    pub const STREAM: Self = Self(COMMANDS.len() + 1);
    /// Health, documents, and whatever has no route.
    pub const OTHER: Self = Self(COMMANDS.len() + 2);

    /// The label `command`.
    pub fn name(self) -> &'static str {
        match COMMANDS.get(self.0) {
            Some(command) => command.name,
            None => OTHER_ENDPOINTS.get(self.0 - COMMANDS.len()).copied().unwrap_or("other"),
        }
    }
}

/// Statuses with a counter of their own; the last stands for all others.
const STATUSES: [(u16, &str); 15] = [
    (200, "200"),
    (201, "201"),
    (400, "400"),
    (401, "401"),
    (403, "403"),
    (404, "404"),
    (405, "405"),
    (409, "409"),
    (413, "413"),
    (415, "415"),
    (422, "422"),
    (429, "429"),
    (500, "500"),
    (503, "503"),
    (0, "other"),
];

/// Upper bounds of the histograms' buckets, in seconds.
const BUCKETS_SECONDS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Default)]
struct EndpointFigures {
    duration: OnceLock<Histogram>,
    statuses: [OnceLock<Counter>; STATUSES.len()],
}

/// All figures of one shim.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    endpoints: Vec<EndpointFigures>,
    scans: Scans,
    pool_wait: Histogram,
    in_doubt: Counter,
    /// Open client connections.
    pub connections: Gauge,
    /// Open live streams.
    pub streams: Gauge,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// A registry of its own: several shims in one process do not mix.
    pub fn new() -> Self {
        let of = |name: &str| Matcher::Full(name.to_owned());
        // Fails for an empty list of buckets only; the durations would become summaries.
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(of("admit_http_request_duration_seconds"), &BUCKETS_SECONDS)
            .and_then(|builder| builder.set_buckets_for_metric(of("admit_db_pool_wait_seconds"), &BUCKETS_SECONDS));
        let recorder = builder.unwrap_or_default().build_recorder();
        describe(&recorder);
        Self {
            handle: recorder.handle(),
            endpoints: (0..COMMANDS.len() + OTHER_ENDPOINTS.len()).map(|_| EndpointFigures::default()).collect(),
            scans: Scans::default(),
            pool_wait: recorder.register_histogram(&Key::from_static_name("admit_db_pool_wait_seconds"), &METADATA),
            in_doubt: recorder
                .register_counter(&Key::from_static_name("admit_http_requests_in_doubt_total"), &METADATA),
            connections: recorder.register_gauge(&Key::from_static_name("admit_http_connections"), &METADATA),
            streams: recorder.register_gauge(&Key::from_static_name("admit_live_streams"), &METADATA),
            recorder,
        }
    }

    /// Counts an answered request.
    pub fn request(&self, endpoint: Endpoint, status: u16, duration: Duration) {
        let Some(figures) = self.endpoints.get(endpoint.0) else {
            return;
        };
        let name = endpoint.name();
        let histogram = figures.duration.get_or_init(|| {
            let key = Key::from_parts("admit_http_request_duration_seconds", vec![Label::new("command", name)]);
            self.recorder.register_histogram(&key, &METADATA)
        });
        histogram.record(duration);
        let slot = STATUSES.iter().position(|(known, _)| *known == status).unwrap_or(STATUSES.len() - 1);
        let counter = figures.statuses[slot].get_or_init(|| {
            let labels = [("command", name), ("status", STATUSES[slot].1)];
            self.counter("admit_http_requests_total", &labels)
        });
        counter.increment(1);
    }

    /// Counts a scan by its answer.
    pub fn scan(&self, answer: &[u8]) {
        self.scans.count(self, answer);
    }

    /// Records how long a connection of the pool was waited for.
    pub fn pool_wait(&self, wait: Duration) {
        self.pool_wait.record(wait);
    }

    /// Counts a request that was answered before its end was known.
    pub fn in_doubt(&self) {
        self.in_doubt.increment(1);
    }

    /// Counts a statement that was sent again.
    pub fn retry(&self, cause: &'static str) {
        self.counter("admit_db_retries_total", &[("cause", cause)]).increment(1);
    }

    /// Counts a request over a limit.
    pub fn rate_limited(&self, policy: &'static str) {
        self.counter("admit_rate_limited_total", &[("policy", policy)]).increment(1);
    }

    /// Counts a webhook delivery. Both labels are words of a closed list.
    pub fn webhook(&self, provider: &'static str, outcome: &'static str) {
        self.counter("admit_webhook_events_total", &[("provider", provider), ("outcome", outcome)]).increment(1);
    }

    /// Counts a request to a payment provider by what became of it. All labels are words of closed lists.
    pub fn effect(&self, provider: &'static str, kind: &'static str, outcome: &'static str) {
        let labels = [("provider", provider), ("kind", kind), ("outcome", outcome)];
        self.counter("admit_effects_total", &labels).increment(1);
    }

    fn counter(&self, name: &'static str, labels: &[(&'static str, &'static str)]) -> Counter {
        let labels: Vec<Label> = labels.iter().map(|(key, value)| Label::new(*key, *value)).collect();
        self.recorder.register_counter(&Key::from_parts(name, labels), &METADATA)
    }

    /// Moves recorded durations into their buckets; to be called every few seconds.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }

    /// The page of `/metrics`, with the pool as it is now.
    pub fn render(&self, pool: &deadpool_postgres::Status) -> String {
        let free = pool.available.min(pool.size);
        for (state, value) in [("idle", free), ("used", pool.size - free)] {
            let key = Key::from_parts("admit_db_pool_connections", vec![Label::new("state", state)]);
            self.recorder.register_gauge(&key, &METADATA).set(value as f64);
        }
        let plain = |name: &'static str| self.recorder.register_gauge(&Key::from_static_name(name), &METADATA);
        plain("admit_db_pool_waiting").set(pool.waiting as f64);
        plain("admit_db_pool_size").set(pool.max_size as f64);
        self.handle.render()
    }
}

const METADATA: Metadata<'static> = Metadata::new("admit_shim", Level::INFO, None);

fn describe(recorder: &PrometheusRecorder) {
    for (name, help) in [
        ("admit_http_requests_total", "Answered requests by command and status."),
        ("admit_http_requests_in_doubt_total", "Requests answered 503 while their statement went on."),
        ("admit_scans_total", "Scans by outcome and reason."),
        ("admit_db_retries_total", "Statements sent again, by cause."),
        ("admit_rate_limited_total", "Requests over a limit, by policy."),
        ("admit_webhook_events_total", "Webhook deliveries by provider and outcome."),
        ("admit_effects_total", "Requests to payment providers by provider, kind and what became of them."),
    ] {
        recorder.describe_counter(KeyName::from_const_str(name), None, help.into());
    }
    for (name, help) in [
        ("admit_http_connections", "Open client connections."),
        ("admit_live_streams", "Open live streams."),
        ("admit_db_pool_connections", "Open connections to Postgres, by state."),
        ("admit_db_pool_size", "Connections to Postgres at most."),
        ("admit_db_pool_waiting", "Requests that wait for a connection to Postgres."),
    ] {
        recorder.describe_gauge(KeyName::from_const_str(name), None, help.into());
    }
    for (name, help) in [
        ("admit_http_request_duration_seconds", "From the request's header to the answer, by command."),
        ("admit_db_pool_wait_seconds", "How long requests waited for a connection to Postgres."),
    ] {
        recorder.describe_histogram(KeyName::from_const_str(name), Some(Unit::Seconds), help.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use admit_core::ErrorCode;

    #[test]
    fn requests_are_counted_by_command_and_status() {
        let metrics = Metrics::new();
        metrics.request(Endpoint::command(0), 201, Duration::from_millis(2));
        metrics.request(Endpoint::OTHER, 418, Duration::from_millis(2));
        metrics.retry("aborted");
        let page = metrics.render(&deadpool_postgres::Status { max_size: 16, size: 3, available: 2, waiting: 0 });
        for line in [
            "admit_http_requests_total{command=\"api_key.create\",status=\"201\"} 1",
            "admit_http_requests_total{command=\"other\",status=\"other\"} 1",
            "admit_http_request_duration_seconds_bucket{command=\"api_key.create\",le=\"0.0025\"} 1",
            "admit_db_retries_total{cause=\"aborted\"} 1",
            "admit_db_pool_connections{state=\"used\"} 1",
        ] {
            assert!(page.contains(line), "{line}\n{page}");
        }
    }

    #[test]
    fn every_status_of_the_catalogue_has_a_counter() {
        let errors = ErrorCode::ALL.iter().map(|code| code.status());
        for status in errors.chain(COMMANDS.iter().map(|command| command.status)) {
            assert!(STATUSES.iter().any(|(known, _)| *known == status), "{status}");
        }
    }

    #[test]
    fn endpoints_have_names() {
        assert_eq!(Endpoint::command(0).name(), COMMANDS[0].name);
        assert_eq!([Endpoint::WEBHOOK.name(), Endpoint::STREAM.name(), Endpoint::OTHER.name()], OTHER_ENDPOINTS);
    }
}
