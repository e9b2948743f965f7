//! How values are read. Errors complete the sentence "NAME must be …"; none repeats a value that
//! may hold a secret.

use std::fmt;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use axum::http::{HeaderValue, Uri};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio_postgres::config::TargetSessionAttrs;
use tracing::level_filters::LevelFilter;

/// How long it may take to reach Postgres where the URL says nothing.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// After how long an unacknowledged packet means that Postgres is gone: without it, a server that
/// vanished from the network would hold its connections for a quarter of an hour.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(30);
const KEEPALIVES_IDLE: Duration = Duration::from_secs(30);

/// So many requests in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests.
    pub requests: NonZeroU32,
    /// Seconds.
    pub seconds: NonZeroU32,
}

impl Rate {
    /// Reads `600/60`; `0` is no limit.
    ///
    /// # Errors
    /// What is expected instead.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        if text == "0" {
            return Ok(None);
        }
        let rate = text.split_once('/').and_then(|(requests, seconds)| {
            Some(Self { requests: requests.parse().ok()?, seconds: seconds.parse().ok()? })
        });
        rate.filter(|rate| rate.requests.get() <= 10_000_000 && rate.seconds.get() <= 86_400)
            .map(Some)
            .ok_or_else(|| "requests/seconds such as 600/60, or 0".to_owned())
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Format {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("text or json".to_owned()),
        }
    }
}

/// Which tenant a host's requests without a credential belong to.
#[derive(Clone, Default)]
pub struct PublicTenants {
    hosts: Vec<(String, i32)>,
    any: Option<i32>,
}

impl fmt::Debug for PublicTenants {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let any = self.any.iter().map(|tenant_id| ("*", *tenant_id));
        let hosts = self.hosts.iter().map(|(host, tenant_id)| (host.as_str(), *tenant_id));
        formatter.debug_map().entries(any.chain(hosts)).finish()
    }
}

impl PublicTenants {
    /// Reads `*=1,tickets.example.org=2`.
    ///
    /// # Errors
    /// What is expected instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = || "host=tenant,… such as *=1,tickets.example.org=2".to_owned();
        let mut tenants = Self::default();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (host, tenant_id) = entry.split_once('=').ok_or_else(expected)?;
            let tenant_id = tenant_id.trim().parse().ok().filter(|tenant_id| *tenant_id > 0).ok_or_else(expected)?;
            match host.trim() {
                "" => return Err(expected()),
                "*" => tenants.any = Some(tenant_id),
                host => tenants.hosts.push((host.to_owned(), tenant_id)),
            }
        }
        Ok(tenants)
    }

    /// The tenant of a `Host` header, with or without its port.
    pub fn of_host(&self, host: &str) -> Option<i32> {
        let name = match host.rsplit_once(':') {
            // An IPv6 address has colons of its own, inside brackets.
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        let named = self.hosts.iter().find(|(host, _)| host.eq_ignore_ascii_case(name));
        named.map(|(_, tenant_id)| *tenant_id).or(self.any)
    }
}

pub(super) fn listen(text: &str) -> Result<String, String> {
    let port = text.rsplit_once(':').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port.parse::<u16>());
    match port {
        Some(Ok(_)) => Ok(text.to_owned()),
        _ => Err("host:port such as 127.0.0.1:8080".to_owned()),
    }
}

pub(super) fn count(text: &str, least: usize, most: usize) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("a whole number from {least} to {most}"))
}

pub(super) fn milliseconds(text: &str, least: usize) -> Result<Duration, String> {
    let milliseconds = count(text, least, 86_400_000)?;
    Ok(Duration::from_millis(u64::try_from(milliseconds).unwrap_or(u64::MAX)))
}

/// One thread carries what two cores of Postgres can do, and every further thread costs wake-ups.
pub(super) fn threads(text: &str) -> Result<usize, String> {
    match count(text, 0, 1024)? {
        0 => Ok(std::thread::available_parallelism().map_or(1, usize::from).div_ceil(2)),
        threads => Ok(threads),
    }
}

pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text {
        "1" | "true" | "on" => Ok(true),
        "0" | "false" | "off" => Ok(false),
        _ => Err("0 or 1".to_owned()),
    }
}

pub(super) fn level(text: &str) -> Result<LevelFilter, String> {
    text.parse().map_err(|_| "error, warn, info, debug, trace or off".to_owned())
}

pub(super) fn origins(text: &str) -> Result<Vec<HeaderValue>, String> {
    text.split(',').map(str::trim).filter(|origin| !origin.is_empty()).map(origin).collect()
}

/// An origin as browsers send it: scheme and authority, nothing after.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let web = text.starts_with("https://") || text.starts_with("http://");
    let plain = text.parse::<Uri>().is_ok_and(|uri| uri.path() == "/" && uri.query().is_none());
    let header = HeaderValue::from_str(text).ok();
    header
        .filter(|_| web && plain && !text.ends_with('/'))
        .ok_or_else(|| "a list of origins such as https://tickets.example.org, without a path".to_owned())
}

/// The parser's own message is not repeated: it may quote a password.
pub(super) fn database(text: &str) -> Result<tokio_postgres::Config, String> {
    let expected = || "postgres://user@host:port/database or host=… user=… dbname=…".to_owned();
    if text.is_empty() {
        return Err(format!("set: {}", expected()));
    }
    let mut config: tokio_postgres::Config = text.parse().map_err(|_| expected())?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(expected());
    }
    if config.get_hosts().len() > 1 && config.get_target_session_attrs() == TargetSessionAttrs::Any {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(TCP_USER_TIMEOUT);
    }
    if config.get_application_name().is_none() {
        config.application_name("admit-shim");
    }
    config.keepalives_idle(KEEPALIVES_IDLE);
    Ok(config)
}

pub(super) fn secret_file(path: &Path) -> Result<String, String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("a readable file: {}: {error}", path.display()))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(format!("a file with a password: {} is empty", path.display())),
        password => Ok(password.to_owned()),
    }
}

pub(super) fn authorities(path: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    if path.is_empty() {
        return Ok(Vec::new());
    }
    let certificates = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(format!("a PEM file of certificates: {path} has none")),
        Err(error) => Err(format!("a PEM file of certificates: {path}: {error}")),
    }
}
