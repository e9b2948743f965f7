//! Scans on the disk: those that wait for an upload, and what the gate must not forget of the others.

use std::path::Path;

use admit_core::scan::{OfflineScan, Outcome, Reason, ScanKind, UploadedScan};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Reading;
use crate::failure::Failure;
use crate::storage::{Lines, beside};

/// How a scan was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// By the server.
    Online,
    /// By the gate.
    Offline,
}

/// A scan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    /// Rises with every line, also beyond those that were cut.
    pub number: u64,
    /// Who decided. What the server decided is not uploaded.
    pub mode: Mode,
    /// The gate's number for the scan.
    pub nonce: Uuid,
    /// What was read.
    pub token: String,
    /// What the scan was for.
    pub kind: ScanKind,
    /// What a sale costs, in minor units.
    pub amount_cents: Option<i64>,
    /// The event.
    pub event_id: Uuid,
    /// The gate.
    pub gate_id: Uuid,
    /// When it was read, by this machine's clocks.
    pub read_at: Reading,
    /// The same by the server's clock, as far as it was known.
    pub decided_at: Timestamp,
    /// What was decided.
    pub outcome: Outcome,
    /// Why it was denied.
    pub reason: Option<Reason>,
    /// What was charged, in minor units.
    pub charged_cents: i64,
}

impl Line {
    /// The scan as it is uploaded at `now`.
    pub fn upload(&self, now: &Reading) -> OfflineScan {
        OfflineScan {
            nonce: self.nonce,
            token: self.token.clone(),
            kind: self.kind,
            gate_id: Some(self.gate_id),
            event_id: Some(self.event_id),
            scanned_at: self.read_at.wall,
            elapsed_ms: self.read_at.elapsed_ms(now),
            outcome: self.outcome,
            reason: self.reason,
            amount_cents: self.amount_cents,
            items: None,
        }
    }
}

/// The server's verdict on a scan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredVerdict {
    /// The scan's line in the queue.
    pub number: u64,
    /// What the server said.
    pub verdict: UploadedScan,
}

/// The queue with its verdicts.
#[derive(Debug)]
pub struct Queue {
    file: Lines,
    verdicts: Lines,
    lines: Vec<Line>,
    /// The last line with a verdict.
    uploaded: u64,
    last: u64,
}

impl Queue {
    /// Opens the files beside the state; lines up to `applied` may have been cut.
    pub fn open(state: &Path, applied: u64) -> Result<Self, Failure> {
        let (file, lines): (_, Vec<Line>) = Lines::open(beside(state, ".queue"))?;
        let (verdicts, known): (_, Vec<StoredVerdict>) = Lines::open(beside(state, ".verdicts"))?;
        let uploaded = known.iter().map(|known| known.number).max().unwrap_or_default();
        let last = lines.last().map(|line| line.number).unwrap_or_default().max(uploaded).max(applied);
        Ok(Self { file, verdicts, lines, uploaded, last })
    }

    /// Number of the last line that there ever was.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Writes a scan down and returns when it is on the disk. It gets the next number.
    pub fn append(&mut self, mut line: Line) -> Result<(), Failure> {
        line.number = self.last + 1;
        self.file.append([&line])?;
        self.last = line.number;
        self.lines.push(line);
        Ok(())
    }

    /// The lines after a number, oldest first.
    pub fn after(&self, number: u64) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.number > number)
    }

    /// Those that wait for an upload, oldest first.
    pub fn pending(&self) -> impl Iterator<Item = &Line> {
        self.after(self.uploaded).filter(|line| line.mode == Mode::Offline)
    }

    /// Keeps the server's verdicts on some scans that waited; they wait no more.
    pub fn judged(&mut self, verdicts: &[StoredVerdict]) -> Result<(), Failure> {
        self.verdicts.append(verdicts)?;
        self.uploaded = verdicts.iter().map(|known| known.number).fold(self.uploaded, u64::max);
        Ok(())
    }

    /// Cuts the lines up to `applied`, which a stored snapshot knows of, but for those that wait.
    pub fn cut(&mut self, applied: u64) -> Result<(), Failure> {
        let uploaded = self.uploaded;
        let stays = |line: &Line| line.number > applied || (line.mode == Mode::Offline && line.number > uploaded);
        if self.lines.iter().all(stays) {
            return Ok(());
        }
        self.lines.retain(stays);
        self.file.rewrite(&self.lines)
    }
}
