//! Configuration: environment variables only, checked at start, all problems told at once.

mod address;
mod values;
mod variables;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use axum::http::HeaderValue;
use rustls::pki_types::CertificateDer;

pub use address::{Address, ProviderUrls};
pub use values::{Format, PublicTenants, Rate};
pub use variables::{VARIABLES, Variable, help, unknown};

/// Everything that can be configured. Its `Debug` shows no secret.
#[derive(Clone)]
pub struct Config {
    /// Where to listen, `host:port`.
    pub listen: String,
    /// How to reach Postgres.
    pub database: tokio_postgres::Config,
    /// Certificates that may sign the server's; the operating system's when empty.
    pub database_authorities: Vec<CertificateDer<'static>>,
    /// Connections to Postgres at most.
    pub pool_size: usize,
    /// How long a request waits for one of them.
    pub pool_wait: Duration,
    /// Threads that carry requests.
    pub threads: usize,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How long a connection may take over a request's header, idle time included.
    pub header_timeout: Duration,
    /// A request's body at most; webhooks have their own limit.
    pub body_bytes_max: usize,
    /// Client connections at most.
    pub connections_max: usize,
    /// Live streams at most.
    pub streams_max: usize,
    /// How often an event with live streams is asked for its figures.
    pub live_poll: Duration,
    /// How often to call `admit.tick()`; never when absent.
    pub tick: Option<Duration>,
    /// How often to look for requests to payment providers; never when absent.
    pub effect_poll: Option<Duration>,
    /// Where payment providers are, if not where they always are.
    pub provider_urls: ProviderUrls,
    /// How long requests may take to end at shutdown.
    pub shutdown: Duration,
    /// Requests of one client address; unlimited when absent.
    pub rate_per_ip: Option<Rate>,
    /// Requests of one credential; unlimited when absent.
    pub rate_per_credential: Option<Rate>,
    /// Webhooks of one client address; unlimited when absent.
    pub rate_webhooks: Option<Rate>,
    /// How many proxies in front of the shim write `X-Forwarded-For`.
    pub trusted_proxies: usize,
    /// The tenant of requests without a credential, by host.
    pub public_tenants: PublicTenants,
    /// Web origins that may call the API from a browser.
    pub cors_origins: Vec<HeaderValue>,
    /// Whether browsers are told to insist on HTTPS.
    pub hsts: bool,
    /// Whether every request is logged, not only those that failed here.
    pub access_log: bool,
    /// How much is logged.
    pub log: tracing::level_filters::LevelFilter,
    /// In which form.
    pub log_format: Format,
}

impl fmt::Debug for Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `tokio_postgres::Config` leaves its password out of its own `Debug`.
        formatter
            .debug_struct("Config")
            .field("listen", &self.listen)
            .field("database", &self.database)
            .field("pool_size", &self.pool_size)
            .field("public_tenants", &self.public_tenants)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// One sentence for each variable that is missing or wrong.
    pub fn from_env() -> Result<Self, Vec<String>> {
        Self::read(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// Reads variables from any source; an empty value counts as absent.
    ///
    /// # Errors
    /// One sentence for each variable that is missing or wrong.
    pub fn read(source: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let mut reader = Reader { source: &source, problems: Vec::new() };
        let config = reader.config();
        match config {
            Some(config) if reader.problems.is_empty() => Ok(config),
            _ => Err(reader.problems),
        }
    }
}

/// Collects problems while it reads, so that all are told at once.
struct Reader<'a> {
    source: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

impl Reader<'_> {
    /// A variable's value or its default, read by `parse`, whose error completes the sentence
    /// "NAME must be …".
    fn value<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let given = (self.source)(name).filter(|value| !value.trim().is_empty());
        let default = VARIABLES.iter().find(|variable| variable.name == name).map(|variable| variable.default);
        let text = given.as_deref().map_or(default.unwrap_or_default(), str::trim);
        match parse(text) {
            Ok(value) => Some(value),
            Err(expected) => {
                self.problems.push(format!("{name} must be {expected}"));
                None
            }
        }
    }

    /// Every field is read before the first missing one ends this.
    fn config(&mut self) -> Option<Config> {
        let listen = self.value("ADMIT_LISTEN", values::listen);
        let database = self.database();
        let database_authorities = self.value("ADMIT_DATABASE_CA_FILE", values::authorities);
        let pool_size = self.value("ADMIT_POOL_SIZE", |text| values::count(text, 1, 10_000));
        let pool_wait = self.value("ADMIT_POOL_WAIT_MS", |text| values::milliseconds(text, 1));
        let threads = self.value("ADMIT_THREADS", values::threads);
        let request_timeout = self.value("ADMIT_REQUEST_TIMEOUT_MS", |text| values::milliseconds(text, 1));
        let header_timeout = self.value("ADMIT_HEADER_TIMEOUT_MS", |text| values::milliseconds(text, 1));
        let body_bytes_max = self.value("ADMIT_BODY_BYTES_MAX", |text| values::count(text, 1024, 256 * 1024));
        let connections_max = self.value("ADMIT_CONNECTIONS_MAX", |text| values::count(text, 1, 1_000_000));
        let streams_max = self.value("ADMIT_STREAMS_MAX", |text| values::count(text, 0, 1_000_000));
        let live_poll = self.value("ADMIT_LIVE_POLL_MS", |text| values::milliseconds(text, 50));
        let tick = self.value("ADMIT_TICK_MS", |text| values::milliseconds(text, 0));
        let effect_poll = self.value("ADMIT_EFFECT_POLL_MS", |text| values::milliseconds(text, 0));
        let stripe = self.value("ADMIT_STRIPE_URL", Address::parse);
        let midtrans = self.value("ADMIT_MIDTRANS_URL", Address::parse);
        let xendit = self.value("ADMIT_XENDIT_URL", Address::parse);
        let shutdown = self.value("ADMIT_SHUTDOWN_SECONDS", |text| values::count(text, 0, 3600));
        let rate_per_ip = self.value("ADMIT_RATE_PER_IP", Rate::parse);
        let rate_per_credential = self.value("ADMIT_RATE_PER_CREDENTIAL", Rate::parse);
        let rate_webhooks = self.value("ADMIT_RATE_WEBHOOKS", Rate::parse);
        let trusted_proxies = self.value("ADMIT_TRUSTED_PROXIES", |text| values::count(text, 0, 16));
        let public_tenants = self.value("ADMIT_PUBLIC_TENANTS", PublicTenants::parse);
        let cors_origins = self.value("ADMIT_CORS_ORIGINS", values::origins);
        let hsts = self.value("ADMIT_HSTS", values::switch);
        let access_log = self.value("ADMIT_ACCESS_LOG", values::switch);
        let log = self.value("ADMIT_LOG", values::level);
        let log_format = self.value("ADMIT_LOG_FORMAT", Format::parse);
        Some(Config {
            listen: listen?,
            database: database?,
            database_authorities: database_authorities?,
            pool_size: pool_size?,
            pool_wait: pool_wait?,
            threads: threads?,
            request_timeout: request_timeout?,
            header_timeout: header_timeout?,
            body_bytes_max: body_bytes_max?,
            connections_max: connections_max?,
            streams_max: streams_max?,
            live_poll: live_poll?,
            tick: tick.map(|period| (!period.is_zero()).then_some(period))?,
            effect_poll: effect_poll.map(|period| (!period.is_zero()).then_some(period))?,
            provider_urls: ProviderUrls { stripe: stripe?, midtrans: midtrans?, xendit: xendit? },
            shutdown: Duration::from_secs(u64::try_from(shutdown?).ok()?),
            rate_per_ip: rate_per_ip?,
            rate_per_credential: rate_per_credential?,
            rate_webhooks: rate_webhooks?,
            trusted_proxies: trusted_proxies?,
            public_tenants: public_tenants?,
            cors_origins: cors_origins?,
            hsts: hsts?,
            access_log: access_log?,
            log: log?,
            log_format: log_format?,
        })
    }

    /// The connection, with the password from its file, which keeps it out of process lists.
    fn database(&mut self) -> Option<tokio_postgres::Config> {
        let config = self.value("ADMIT_DATABASE_URL", values::database);
        let password = self.value("ADMIT_DATABASE_PASSWORD_FILE", |path| match path {
            "" => Ok(None),
            path => values::secret_file(Path::new(path)).map(Some),
        });
        let (mut config, password) = (config?, password?);
        if let Some(password) = password {
            config.password(password);
        }
        Some(config)
    }
}

#[cfg(test)]
mod tests;
