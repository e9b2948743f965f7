//! `admit-gate scan`: one token after the other, with the server while it can be reached, without it otherwise.

use std::io::{BufRead, stdin};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use admit_core::scan::{Outcome, ScanAnswer, ScanRecord};
use uuid::Uuid;

use crate::cli::{Cli, ScanOptions};
use crate::clock::Reading;
use crate::device::Device;
use crate::failure::Failure;
use crate::output::{self, ScanLine};
use crate::picture;
use crate::queue::{Line, Mode};
use crate::server::NoAnswer;
use crate::sync::{chosen_event, synchronize};

/// How often a server that is away is looked for.
const RETRY: Duration = Duration::from_secs(3);
/// The same while guests are waiting: looking for it takes their time.
const RETRY_BUSY: Duration = Duration::from_secs(15);
/// Tokens that wait to be scanned, at most.
const WAITING_MAX: usize = 16;

/// Whether the server is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// It is never asked.
    Never,
    /// It answered last time.
    There,
    /// It did not.
    Away,
}

/// A door with its queue of guests.
struct Door<'a> {
    device: Device,
    options: &'a ScanOptions,
    link: Link,
    asked_at: Instant,
    /// Whether people were told that it is away.
    told: bool,
}

/// `admit-gate scan`
pub fn run(cli: &Cli, options: &ScanOptions) -> Result<(), Failure> {
    match (options.kind.is_sale(), options.amount_cents) {
        (true, None) => return Err(Failure::Usage("a sale needs --amount-cents".to_owned())),
        (false, Some(_)) => return Err(Failure::Usage("--amount-cents is for sales: choose their --kind".to_owned())),
        _ => {}
    }
    let pictures: Vec<String> =
        options.qr.iter().map(|path| picture::tokens(path)).collect::<Result<Vec<_>, _>>()?.concat();
    let device = Device::open(cli)?;
    let link = if options.offline { Link::Never } else { Link::Away };
    let mut door = Door { device, options, link, asked_at: Instant::now(), told: false };
    door.look_for_server()?;
    if door.device.gate.is_none() {
        return Err(Failure::Unreachable("there is no manifest yet: run admit-gate sync with a network".to_owned()));
    }
    if options.qr.is_empty() {
        door.serve(&tokens())?;
    } else {
        for token in &pictures {
            door.scan(token)?;
        }
    }
    door.close()
}

/// Lines of standard input, read by a thread of their own so that the gate can do other things while nobody comes.
fn tokens() -> Receiver<String> {
    let (sender, receiver) = sync_channel(WAITING_MAX);
    thread::spawn(move || {
        let mut input = stdin().lock();
        let mut line = Vec::new();
        // What is no text is no token, and is denied as such.
        while input.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                break;
            }
            line.clear();
        }
    });
    receiver
}

impl Door<'_> {
    /// Scans what comes until the input ends.
    fn serve(&mut self, tokens: &Receiver<String>) -> Result<(), Failure> {
        loop {
            let token = match self.pause() {
                None => tokens.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(pause) => tokens.recv_timeout(pause),
            };
            match token {
                Ok(token) if token.trim().is_empty() => {}
                Ok(token) => {
                    self.scan(token.trim())?;
                    self.keep_in_touch(RETRY_BUSY)?;
                }
                Err(RecvTimeoutError::Timeout) => self.keep_in_touch(RETRY)?,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    /// How long nothing has to be done if nobody comes.
    fn pause(&self) -> Option<Duration> {
        let every = match self.link {
            Link::Never => return None,
            Link::There => Duration::from_secs(self.options.sync_seconds),
            Link::Away => RETRY,
        };
        Some(every.saturating_sub(self.asked_at.elapsed()))
    }

    /// Downloads what changed, or looks for the server, when it is time.
    fn keep_in_touch(&mut self, retry: Duration) -> Result<(), Failure> {
        let every = match self.link {
            Link::Never => return Ok(()),
            Link::There => Duration::from_secs(self.options.sync_seconds),
            Link::Away => retry,
        };
        if self.asked_at.elapsed() < every {
            return Ok(());
        }
        if self.link == Link::Away {
            return self.look_for_server();
        }
        let synced = synchronize(&mut self.device, false).map(|synced| output::verdicts(&synced.uploaded));
        self.asked_at = Instant::now();
        self.noted(synced)
    }

    /// Asks whether the server is there; if it is, uploads what waits and downloads what changed.
    fn look_for_server(&mut self) -> Result<(), Failure> {
        if self.link == Link::Never {
            return Ok(());
        }
        let synced = self.come_back();
        self.asked_at = Instant::now();
        if synced.is_ok() {
            self.link = Link::There;
            self.told = false;
        }
        self.noted(synced)
    }

    fn come_back(&mut self) -> Result<(), Failure> {
        let event_id = chosen_event(&mut self.device, None)?;
        if self.device.state.event_id != Some(event_id) {
            self.device.state.event_id = Some(event_id);
            self.device.store_state()?;
        }
        let waited = self.device.queue.pending().count();
        let synced = synchronize(&mut self.device, false)?;
        output::verdicts(&synced.uploaded);
        if waited > 0 {
            let uploaded = &synced.uploaded;
            output::say(&format!(
                "the server is back: {} scans uploaded, {} as the gate decided",
                uploaded.scans, uploaded.success
            ));
        }
        Ok(())
    }

    /// What a failure means at a door: without the server it goes on, and with a refusal that is not of the gate
    /// itself as well.
    fn noted(&mut self, result: Result<(), Failure>) -> Result<(), Failure> {
        match result {
            Err(Failure::Unreachable(detail)) => {
                self.away(&detail);
                Ok(())
            }
            Err(Failure::Refused(detail)) if self.device.state.refused.is_none() && self.device.gate.is_some() => {
                output::say(&detail);
                Ok(())
            }
            other => other,
        }
    }

    fn away(&mut self, detail: &str) {
        if !std::mem::replace(&mut self.told, true) {
            output::say(&format!("without the server from now on: {detail}"));
        }
        self.link = Link::Away;
        self.asked_at = Instant::now();
    }

    /// Decides a scan and prints the answer.
    fn scan(&mut self, token: &str) -> Result<(), Failure> {
        let Some(line) = self.read(token) else { return Ok(()) };
        if self.link == Link::There {
            match self.ask(&line) {
                Ok(answer) => return self.decided_online(line, answer),
                // It may have been booked although the answer was lost: the same nonce makes it the same scan.
                Err(NoAnswer::Away(detail)) => self.away(&detail),
                Err(reason) if reason.is_about_token().is_some() => return Err(self.device.failed(reason)),
                Err(NoAnswer::Refused(_, detail)) => {
                    return ScanLine::wrong(line.kind, line.nonce, Mode::Online, detail).print();
                }
            }
        }
        self.decide(line)
    }

    /// A scan before anything is decided.
    fn read(&self, token: &str) -> Option<Line> {
        let rules = &self.device.gate.as_ref()?.manifest().rules;
        let read_at: Reading = self.device.clock.read();
        Some(Line {
            number: 0,
            mode: Mode::Offline,
            nonce: Uuid::now_v7(),
            token: token.to_owned(),
            kind: self.options.kind,
            amount_cents: self.options.amount_cents,
            event_id: rules.event.event_id,
            gate_id: rules.device.as_ref().map(|device| device.gate_id).unwrap_or_default(),
            decided_at: self.device.clock.server_time(&read_at),
            read_at,
            outcome: Outcome::Denied,
            reason: None,
            charged_cents: 0,
        })
    }

    fn ask(&self, line: &Line) -> Result<ScanAnswer, NoAnswer> {
        let asked = ScanRecord {
            token: line.token.clone(),
            kind: line.kind,
            nonce: Some(line.nonce),
            device_id: None,
            gate_id: Some(line.gate_id),
            event_id: Some(line.event_id),
            amount_cents: line.amount_cents,
            items: None,
            scanned_at: None,
        };
        self.device.server.post(&self.device.request("/v1/scans", self.device.timeout), &asked)
    }

    /// The server's answer; an admission is written down, so that a copy is known before the next manifest.
    fn decided_online(&mut self, line: Line, answer: ScanAnswer) -> Result<(), Failure> {
        if answer.outcome == Outcome::Admitted {
            if let Some(gate) = &mut self.device.gate {
                let noted = gate.admitted_online(&line.token, line.kind, answer.charged_cents, line.decided_at);
                noted.map_err(|error| Failure::Refused(error.to_string()))?;
            }
            let (outcome, charged_cents) = (answer.outcome, answer.charged_cents);
            self.device.queue.append(Line { mode: Mode::Online, outcome, charged_cents, ..line.clone() })?;
        }
        ScanLine::online(line.kind, line.nonce, answer).print()
    }

    /// The gate's own answer: on the disk first, then said.
    fn decide(&mut self, line: Line) -> Result<(), Failure> {
        let Some(gate) = &mut self.device.gate else { return Ok(()) };
        let decision = match gate.decide(&line.token, line.kind, line.amount_cents, line.decided_at) {
            Ok(decision) => decision,
            Err(error) => return ScanLine::wrong(line.kind, line.nonce, Mode::Offline, error.to_string()).print(),
        };
        let (kind, nonce) = (line.kind, line.nonce);
        let (outcome, reason, charged_cents) = (decision.outcome, decision.reason(), decision.charged_cents);
        self.device.queue.append(Line { outcome, reason, charged_cents, ..line })?;
        ScanLine::offline(kind, nonce, decision).print()
    }

    /// Uploads what waits, if the server is there.
    fn close(&mut self) -> Result<(), Failure> {
        if self.device.queue.pending().next().is_some() {
            self.look_for_server()?;
        }
        match self.device.queue.pending().count() {
            0 => {}
            waiting => output::say(&format!("{waiting} scans wait for an upload")),
        }
        Ok(())
    }
}
