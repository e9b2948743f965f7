//! The gate as a whole: its files, its clock, its server.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use admit_core::device::{DeviceHeartbeat, DeviceRenew, DeviceToken, DeviceView};
use admit_core::offline::OfflineGate;
use admit_core::scan::Outcome;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::cli::Cli;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::queue::{Mode, Queue};
use crate::server::{NoAnswer, Request, Server};
use crate::snapshot::Snapshot;
use crate::state::State;
use crate::storage::{self, beside};

/// How long uploads and full manifests may take.
pub const LONG: Duration = Duration::from_secs(30);

/// A manifest that has not changed is stored anew when the stored one is older.
const STORED_AGE: SignedDuration = SignedDuration::from_mins(1);

/// A paired gate.
#[derive(Debug)]
pub struct Device {
    path: PathBuf,
    /// Who it is.
    pub state: State,
    /// The time.
    pub clock: Clock,
    /// The server.
    pub server: Server,
    /// How long a short answer may take.
    pub timeout: Duration,
    /// What decides without the server; none before the first manifest.
    pub gate: Option<OfflineGate>,
    /// The token that the manifest was asked for with.
    credential: String,
    /// When the stored manifest was made.
    stored_made_at: Option<Timestamp>,
    /// Scans on the disk.
    pub queue: Queue,
    _lock: File,
}

impl Device {
    /// Reads the files of a gate that may work.
    pub fn open(cli: &Cli) -> Result<Self, Failure> {
        let device = Self::look(cli)?;
        device.state.require_accepted()?;
        Ok(device)
    }

    /// Reads a gate's files and brings its memory to where the queue ends.
    pub fn look(cli: &Cli) -> Result<Self, Failure> {
        let lock = storage::lock(&cli.state)?;
        let state = State::load(&cli.state)?;
        let snapshot: Option<Snapshot> = storage::load(&beside(&cli.state, ".manifest"))?;
        let (gate, credential, applied) = match snapshot {
            Some(snapshot) => {
                let (gate, credential, applied) = snapshot.gate()?;
                (Some(gate), credential, applied)
            }
            None => (None, String::new(), 0),
        };
        let mut device = Self {
            path: cli.state.clone(),
            clock: Clock::new(state.clock.clone(), cli.clock_offset_ms),
            server: Server::new(&state.server, state.ca_file.as_deref())?,
            timeout: cli.timeout(),
            stored_made_at: gate.as_ref().map(|gate| gate.manifest().made_at),
            gate,
            credential,
            queue: Queue::open(&cli.state, applied)?,
            state,
            _lock: lock,
        };
        device.remember(applied);
        Ok(device)
    }

    /// Decides again what was decided since the snapshot was stored: what was admitted is known then.
    fn remember(&mut self, applied: u64) {
        let Some(gate) = &mut self.gate else { return };
        let event_id = gate.manifest().rules.event.event_id;
        for line in self.queue.after(applied).filter(|line| line.outcome == Outcome::Admitted) {
            if line.event_id != event_id {
                continue;
            }
            // It was decided before, so it does not fail now.
            let _ = match line.mode {
                Mode::Offline => {
                    gate.decide(&line.token, line.kind, line.amount_cents, line.decided_at).map(|again| again.number)
                }
                Mode::Online => gate.admitted_online(&line.token, line.kind, line.charged_cents, line.decided_at),
            };
        }
    }

    /// Writes down who the gate is.
    pub fn store_state(&self) -> Result<(), Failure> {
        self.state.store(&self.path)
    }

    /// Takes a gate in place of the one that decides now; `changed` says whether it knows more.
    pub fn take(&mut self, gate: OfflineGate, changed: bool) -> Result<(), Failure> {
        let made_at = gate.manifest().made_at;
        let old = self.stored_made_at.is_none_or(|stored| made_at.duration_since(stored) > STORED_AGE);
        if changed || old || self.credential != self.state.device_token {
            self.credential.clone_from(&self.state.device_token);
            self.gate = Some(gate);
            return self.store_snapshot();
        }
        self.gate = Some(gate);
        Ok(())
    }

    /// Writes the manifest down with all that is known, and cuts the queue to what waits.
    pub fn store_snapshot(&mut self) -> Result<(), Failure> {
        let Some(gate) = &self.gate else { return Ok(()) };
        let applied = self.queue.last();
        let snapshot = Snapshot {
            credential: self.credential.clone(),
            manifest: gate.manifest().clone(),
            local: gate.local().clone(),
            applied,
        };
        storage::store(&beside(&self.path, ".manifest"), &snapshot)?;
        self.stored_made_at = Some(snapshot.manifest.made_at);
        self.queue.cut(applied)
    }

    /// What it means that there is no answer. A refused token is remembered: the gate stops.
    pub fn failed(&mut self, reason: NoAnswer) -> Failure {
        if let Some(detail) = reason.is_about_token() {
            self.state.refused = Some(detail.to_owned());
            if let Err(failure) = self.store_state() {
                return failure;
            }
            return Failure::Refused(format!("the server refused this gate: {detail}; pair it again"));
        }
        reason.into()
    }

    /// A request with the gate's token.
    pub fn request<'a>(&'a self, path: &'a str, timeout: Duration) -> Request<'a> {
        Request { path, credential: Some(&self.state.device_token), key: None, timeout }
    }

    /// Says that the gate is alive, and reads what it is set to.
    pub fn heartbeat(&mut self) -> Result<DeviceView, Failure> {
        self.renew_if_due()?;
        let beat = DeviceHeartbeat { device_id: None, software_version: None };
        let answer = self.server.post(&self.request("/v1/devices/heartbeat", self.timeout), &beat);
        answer.map_err(|reason| self.failed(reason))
    }

    /// Renews the token when half of its life is over; whether it did. The key of the request is kept until the
    /// answer is: an answer that was lost is asked for again with it.
    pub fn renew_if_due(&mut self) -> Result<bool, Failure> {
        let now = self.clock.now();
        if !self.state.renewal_is_due(now) {
            return Ok(false);
        }
        let key = match self.state.renewal_key {
            Some(key) => key,
            None => {
                let key = Uuid::now_v7();
                self.state.renewal_key = Some(key);
                self.store_state()?;
                key
            }
        };
        let request = Request { key: Some(key), ..self.request("/v1/devices/renew", self.timeout) };
        let answer = self.server.post(&request, &DeviceRenew { device_id: None, token_hours: None });
        let token: DeviceToken = answer.map_err(|reason| self.failed(reason))?;
        self.state.device_token = token.device_token;
        self.state.token_expires_at = token.expires_at;
        self.state.token_issued_at = now;
        self.state.renewal_key = None;
        self.store_state()?;
        Ok(true)
    }
}
