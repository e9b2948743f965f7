//! The server, over HTTP.

use std::path::Path;
use std::time::Duration;

use admit_core::ErrorCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, http};
use uuid::Uuid;

use crate::failure::Failure;

/// Longest answer that is read: a manifest, and what its envelope adds.
const ANSWER_BYTES_MAX: u64 = 100 * 1024 * 1024;

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// The server was not reached, or could not answer: the request may or may not have been carried out.
    Away(String),
    /// It refused, with its error code and what it said.
    Refused(String, String),
}

impl From<NoAnswer> for Failure {
    fn from(reason: NoAnswer) -> Self {
        match reason {
            NoAnswer::Away(detail) => Self::Unreachable(format!("the server cannot be reached: {detail}")),
            NoAnswer::Refused(_, detail) => Self::Refused(format!("the server refused: {detail}")),
        }
    }
}

impl NoAnswer {
    /// What the server said, when it does not take the token.
    pub fn is_about_token(&self) -> Option<&str> {
        match self {
            Self::Refused(code, detail) if code == ErrorCode::Unauthenticated.name() => Some(detail),
            _ => None,
        }
    }
}

/// What the server says when it refuses (RFC 9457).
#[derive(Deserialize)]
struct Problem {
    code: String,
    detail: String,
}

/// What is asked.
pub struct Request<'a> {
    /// Path and query.
    pub path: &'a str,
    /// The gate's token.
    pub credential: Option<&'a str>,
    /// The `Idempotency-Key`.
    pub key: Option<Uuid>,
    /// How long the answer may take.
    pub timeout: Duration,
}

/// The server.
#[derive(Debug)]
pub struct Server {
    agent: Agent,
    address: String,
}

impl Server {
    /// The server at an address, with these authorities if they are not the public ones.
    pub fn new(address: &str, ca_file: Option<&Path>) -> Result<Self, Failure> {
        if !address.starts_with("https://") && !address.starts_with("http://") {
            return Err(Failure::Usage("--server must begin with https:// or http://".to_owned()));
        }
        let mut config = Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None);
        if let Some(file) = ca_file {
            config = config.tls_config(TlsConfig::builder().root_certs(authorities(file)?).build());
        }
        Ok(Self { agent: config.build().into(), address: address.trim_end_matches('/').to_owned() })
    }

    /// Reads.
    pub fn get<A: DeserializeOwned>(&self, request: &Request<'_>) -> Result<A, NoAnswer> {
        let url = format!("{}{}", self.address, request.path);
        let call = self.agent.get(url).config().timeout_global(Some(request.timeout)).build();
        let call = match request.credential {
            Some(credential) => call.header("Authorization", format!("Bearer {credential}")),
            None => call,
        };
        answer(call.call())
    }

    /// Writes.
    pub fn post<A: DeserializeOwned>(&self, request: &Request<'_>, body: &impl Serialize) -> Result<A, NoAnswer> {
        let url = format!("{}{}", self.address, request.path);
        let mut call = self.agent.post(url).config().timeout_global(Some(request.timeout)).build();
        if let Some(credential) = request.credential {
            call = call.header("Authorization", format!("Bearer {credential}"));
        }
        if let Some(key) = request.key {
            call = call.header("Idempotency-Key", key.to_string());
        }
        let body = serde_json::to_vec(body).map_err(|error| NoAnswer::Away(error.to_string()))?;
        answer(call.content_type("application/json").send(&body[..]))
    }
}

fn authorities(file: &Path) -> Result<RootCerts, Failure> {
    let unusable = |detail: String| Failure::Usage(format!("--ca-file {}: {detail}", file.display()));
    let text = std::fs::read(file).map_err(|error| unusable(error.to_string()))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&text) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| unusable(error.to_string()))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(unusable("there is no certificate in it".to_owned()));
    }
    Ok(RootCerts::from(certificates))
}

/// What an answer says. What is not of admit's making, such as a login page of the network, is no answer.
fn answer<A: DeserializeOwned>(received: Result<http::Response<Body>, ureq::Error>) -> Result<A, NoAnswer> {
    let away = |error: ureq::Error| NoAnswer::Away(error.to_string());
    let mut received = received.map_err(away)?;
    let status = received.status();
    let text = received.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec().map_err(away)?;
    let foreign = || NoAnswer::Away(format!("the answer with status {status} is not admit's"));
    if status.is_success() {
        return serde_json::from_slice(&text).map_err(|_| foreign());
    }
    let problem: Problem = serde_json::from_slice(&text).map_err(|_| foreign())?;
    let passing = status.is_server_error() || status == http::StatusCode::TOO_MANY_REQUESTS;
    if passing || problem.code == ErrorCode::RequestInProgress.name() {
        return Err(NoAnswer::Away(problem.detail));
    }
    Err(NoAnswer::Refused(problem.code, problem.detail))
}
