//! Rate limits (GCRA) for a client address and for a credential, told in the `RateLimit` headers of
//! draft-ietf-httpapi-ratelimit-headers-11. They protect this process; limits on guessing codes are
//! the database's.

use std::fmt::Write as _;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use admit_core::ErrorCode;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::config::{Config, Rate};
use crate::problem::Problem;

const RATELIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Keys that a limit remembers before newcomers share slots, and how many slots they share. An
/// attacker with many addresses can so fill some megabytes, not the memory.
const KEYS_MAX: usize = 200_000;
const SHARED_SLOTS: u64 = 4096;

struct Limit {
    name: &'static str,
    rate: Rate,
    limiter: RateLimiter<u64, DefaultKeyedStateStore<u64>, DefaultClock, StateInformationMiddleware>,
    crowded: AtomicBool,
}

/// What is left of a limit after a request.
struct State {
    remaining: u32,
    reset_seconds: u64,
}

impl Limit {
    fn new(name: &'static str, rate: Rate) -> Option<Self> {
        let period = Duration::from_secs(u64::from(rate.seconds.get())) / rate.requests.get();
        let quota = Quota::with_period(period)?.allow_burst(rate.requests);
        let limiter = RateLimiter::dashmap(quota).with_middleware::<StateInformationMiddleware>();
        Some(Self { name, rate, limiter, crowded: AtomicBool::new(false) })
    }

    /// Takes one request off; the error is the seconds until the next one is let through.
    fn take(&self, key: u64) -> Result<State, u64> {
        let key = if self.crowded.load(Ordering::Relaxed) { key % SHARED_SLOTS } else { key };
        match self.limiter.check_key(&key) {
            Ok(snapshot) => {
                let remaining = snapshot.remaining_burst_capacity();
                let missing = u64::from(self.rate.requests.get() - remaining.min(self.rate.requests.get()));
                let seconds = missing * u64::from(self.rate.seconds.get());
                Ok(State { remaining, reset_seconds: seconds.div_ceil(u64::from(self.rate.requests.get())) })
            }
            Err(refused) => {
                let wait = refused.wait_time_from(DefaultClock::default().now());
                Err(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
            }
        }
    }

    fn policy(&self) -> String {
        format!("\"{}\";q={};w={}", self.name, self.rate.requests, self.rate.seconds)
    }

    fn tidy(&self) {
        self.limiter.retain_recent();
        self.crowded.store(self.limiter.len() > KEYS_MAX, Ordering::Relaxed);
    }
}

/// Which limits a request falls under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Health and metrics: none, or an overloaded shim would look dead.
    Unlimited,
    /// A provider's webhook: a limit of its own, for many come from one address.
    Webhook,
    /// Everything else: by address and by credential.
    Api,
}

impl Class {
    /// The class of a path.
    pub fn of(path: &str) -> Self {
        match path {
            "/livez" | "/readyz" | "/metrics" => Self::Unlimited,
            path if path.starts_with("/webhooks/") => Self::Webhook,
            _ => Self::Api,
        }
    }
}

/// All limits of one shim.
pub struct Limits {
    ip: Option<Limit>,
    credential: Option<Limit>,
    webhooks: Option<Limit>,
    // Keys are hashed with a secret of this process: nobody can aim at somebody else's slot.
    hasher: RandomState,
}

impl Limits {
    /// The limits that are configured.
    pub fn new(config: &Config) -> Self {
        let limit = |name, rate: Option<Rate>| rate.and_then(|rate| Limit::new(name, rate));
        Self {
            ip: limit("ip", config.rate_per_ip),
            credential: limit("credential", config.rate_per_credential),
            webhooks: limit("webhooks", config.rate_webhooks),
            hasher: RandomState::new(),
        }
    }

    /// Takes a request off its limits and gives the headers that tell about them.
    ///
    /// # Errors
    /// `rate_limited`, with the name of the limit and the same headers.
    pub fn take(&self, class: Class, client: IpAddr, credential: Option<&[u8]>) -> Result<HeaderMap, Box<Exceeded>> {
        let (address, credential) = match class {
            Class::Unlimited => return Ok(HeaderMap::new()),
            Class::Webhook => (self.webhooks.as_ref(), None),
            Class::Api => (self.ip.as_ref(), self.credential.as_ref().zip(credential)),
        };
        let address = address.map(|limit| (limit, self.hasher.hash_one(network(client))));
        let credential = credential.map(|(limit, text)| (limit, self.hasher.hash_one(text)));
        let mut report = Report::default();
        for (limit, key) in [address, credential].into_iter().flatten() {
            match limit.take(key) {
                Ok(state) => report.add(limit, &state),
                Err(wait_seconds) => {
                    report.add(limit, &State { remaining: 0, reset_seconds: wait_seconds });
                    return Err(Box::new(Exceeded::new(limit.name, wait_seconds, report.headers())));
                }
            }
        }
        Ok(report.headers())
    }

    /// Forgets keys that are back at their full limit; to be called every few seconds.
    pub fn tidy(&self) {
        for limit in [&self.ip, &self.credential, &self.webhooks].into_iter().flatten() {
            limit.tidy();
        }
    }
}

/// A request over its limit.
#[derive(Debug)]
pub struct Exceeded {
    /// Which limit.
    pub policy: &'static str,
    /// What the client is told.
    pub problem: Problem,
    /// The headers that tell about the limits.
    pub headers: HeaderMap,
}

impl Exceeded {
    fn new(policy: &'static str, wait_seconds: u64, headers: HeaderMap) -> Self {
        let detail = format!("the limit for one {policy} is used up: try again in {wait_seconds} s");
        let mut problem = Problem::new(ErrorCode::RateLimited, detail);
        problem.retry_after_seconds = Some(wait_seconds);
        Self { policy, problem, headers }
    }
}

#[derive(Default)]
struct Report {
    policies: String,
    states: String,
}

impl Report {
    fn add(&mut self, limit: &Limit, state: &State) {
        let comma = if self.states.is_empty() { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(self.policies, "{comma}{}", limit.policy());
        let _ = write!(self.states, "{comma}\"{}\";r={};t={}", limit.name, state.remaining, state.reset_seconds);
    }

    fn headers(&self) -> HeaderMap {
        let values = [(RATELIMIT_POLICY, &self.policies), (RATELIMIT, &self.states)];
        let filled = values.into_iter().filter(|(_, text)| !text.is_empty());
        filled.filter_map(|(name, text)| Some((name, HeaderValue::from_str(text).ok()?))).collect()
    }
}

/// Whoever has one IPv6 address has its whole /64.
pub fn network(client: IpAddr) -> u128 {
    match client.to_canonical() {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits() & !u128::from(u64::MAX) | 1 << 63,
    }
}

/// The client's address: the peer, or what the outermost trusted proxy saw. Entries further left
/// are the client's own words and prove nothing; with fewer entries than proxies, somebody came in
/// past them.
pub fn client(headers: &HeaderMap, peer: IpAddr, trusted_proxies: usize) -> IpAddr {
    if trusted_proxies == 0 {
        return peer;
    }
    let lists = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let entries: Vec<&str> = lists.flat_map(|list| list.split(',')).map(str::trim).collect();
    let entry = entries.len().checked_sub(trusted_proxies).and_then(|index| entries.get(index));
    entry.and_then(|entry| address(entry)).unwrap_or(peer)
}

/// An address with or without a port or brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests;
