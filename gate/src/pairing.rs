//! `admit-gate pair`.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use admit_core::credential::{SecretCredential, SecretKind};
use admit_core::device::{CodeRefusal, DevicePair, DevicePairing};
use admit_core::jws::Jwks;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::cli::{Cli, PairOptions};
use crate::device::LONG;
use crate::failure::Failure;
use crate::output;
use crate::server::{Request, Server};
use crate::state::State;
use crate::storage::{self, beside};

/// Exchanges the code for a token and stores it.
pub fn run(cli: &Cli, options: &PairOptions) -> Result<(), Failure> {
    let _lock = storage::lock(&cli.state)?;
    let server = Server::new(&options.server, options.ca_file.as_deref())?;
    // The gate may be started somewhere else next time.
    let ca_file = options.ca_file.as_ref().map(fs::canonicalize).transpose();
    let ca_file = ca_file.map_err(|error| Failure::Usage(format!("--ca-file: {error}")))?;
    let attempt = attempt(cli, &options.code)?;
    let asked = DevicePair {
        pairing_code: options.code.clone(),
        brand: Some("admit".to_owned()),
        model: Some("admit-gate".to_owned()),
        software_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        token_hours: None,
        pairing_nonce: Some(attempt.nonce),
    };
    let request = Request { path: "/v1/devices/pair", credential: None, key: None, timeout: LONG };
    let paired: DevicePairing = server.post(&request, &asked)?;
    let (device_id, token, expires_at) = issued(paired)?;
    let tenant_id = SecretCredential::parse(SecretKind::Device, &token).map(|credential| credential.tenant_id);
    if tenant_id != Some(options.tenant) {
        return Err(Failure::Refused(format!(
            "the server answered for another tenant than {}: use the address that serves this one",
            options.tenant
        )));
    }
    let before: Option<State> = storage::load(&cli.state)?;
    let known = before.filter(|before| before.device_id == device_id);
    if known.is_none() {
        set_aside(&cli.state)?;
    }
    let state = State {
        server: options.server.clone(),
        ca_file,
        tenant_id: options.tenant,
        device_id,
        device_token: token,
        token_issued_at: Timestamp::now(),
        token_expires_at: expires_at,
        renewal_key: None,
        event_id: known.as_ref().and_then(|known| known.event_id),
        keys: Jwks::default(),
        clock: known.and_then(|known| known.clock),
        refused: None,
    };
    state.store(&cli.state)?;
    storage::remove(&beside(&cli.state, ".pairing"))?;
    output::say(&format!("paired as device {device_id}; the token ends at {expires_at}"));
    output::line(&json!({"device_id": device_id, "expires_at": expires_at}))
}

/// A code that was sent, with the number that asks for its token again when the answer was lost.
#[derive(Serialize, Deserialize)]
struct Attempt {
    code: String,
    nonce: Uuid,
}

/// The attempt that was made with this code before, or a new one.
fn attempt(cli: &Cli, code: &str) -> Result<Attempt, Failure> {
    let path = beside(&cli.state, ".pairing");
    let before: Option<Attempt> = storage::load(&path)?;
    if let Some(before) = before.filter(|before| before.code == code) {
        return Ok(before);
    }
    let attempt = Attempt { code: code.to_owned(), nonce: Uuid::now_v7() };
    storage::store(&path, &attempt)?;
    Ok(attempt)
}

fn issued(paired: DevicePairing) -> Result<(Uuid, String, Timestamp), Failure> {
    match (paired.device_id, paired.device_token, paired.expires_at) {
        (Some(device_id), Some(token), Some(expires_at)) => Ok((device_id, token, expires_at)),
        _ => Err(Failure::Refused(match (paired.reason, paired.retry_at) {
            (Some(CodeRefusal::Locked), Some(at)) => format!("too many wrong codes: try again after {at}"),
            _ => "the pairing code is wrong, used or over: ask for a new one".to_owned(),
        })),
    }
}

/// Renames what another device left here: nothing of it is lost, nothing of it is taken for this one's.
fn set_aside(state: &Path) -> Result<(), Failure> {
    let now = Timestamp::now().as_second();
    for ending in [".manifest", ".queue", ".verdicts"] {
        let path = beside(state, ending);
        let aside = beside(&path, &format!(".{now}"));
        match fs::rename(&path, &aside) {
            Ok(()) => output::say(&format!("what another device left is now {}", aside.display())),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Failure::Storage(format!("{}: {error}", path.display()))),
        }
    }
    Ok(())
}
