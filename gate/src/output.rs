//! What the gate says: JSON lines to standard output, sentences to standard error.

use std::io::{self, Write};

use admit_core::offline::GateDecision;
use admit_core::policy::PolicyRule;
use admit_core::scan::{Outcome, PriorUse, Reason, ScanAnswer, ScanKind, UploadedScan};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::failure::Failure;
use crate::queue::Mode;
use crate::upload::Uploaded;

/// The answer to a scan.
#[derive(Debug, Serialize)]
pub struct ScanLine {
    /// What the scan was for.
    pub kind: ScanKind,
    /// Admitted or denied.
    pub outcome: Outcome,
    /// Why it was denied.
    pub reason: Option<Reason>,
    /// The rule that denied it.
    pub rule: Option<PolicyRule>,
    /// When this rule lets it pass.
    pub passes_at: Option<Timestamp>,
    /// Number of the ticket's or wallet's entry.
    pub entry_number: Option<i32>,
    /// The use before this one.
    pub prior: Option<PriorUse>,
    /// Who decided.
    pub mode: Mode,
    /// The gate's number for the scan.
    pub nonce: Uuid,
    /// What was charged, in minor units.
    pub charged_cents: i64,
    /// What is left, in minor units; without a network, what may still be spent here.
    pub balance_cents: Option<i64>,
    /// Why it could not be decided: the scan itself is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl ScanLine {
    /// What the server decided.
    pub fn online(kind: ScanKind, nonce: Uuid, answer: ScanAnswer) -> Self {
        Self {
            kind,
            outcome: answer.outcome,
            reason: answer.reason,
            rule: answer.rule,
            passes_at: answer.passes_at,
            entry_number: answer.entry_number,
            prior: answer.prior,
            mode: Mode::Online,
            nonce,
            charged_cents: answer.charged_cents,
            balance_cents: answer.balance_cents,
            error: None,
        }
    }

    /// What the gate decided.
    pub fn offline(kind: ScanKind, nonce: Uuid, decision: GateDecision) -> Self {
        Self {
            kind,
            outcome: decision.outcome,
            reason: decision.reason(),
            rule: decision.refusal.and_then(|refusal| refusal.rule),
            passes_at: decision.refusal.and_then(|refusal| refusal.passes_at),
            entry_number: decision.entry_number,
            prior: decision.prior,
            mode: Mode::Offline,
            nonce,
            charged_cents: decision.charged_cents,
            balance_cents: decision.balance_cents,
            error: None,
        }
    }

    /// A scan that nobody can decide.
    pub fn wrong(kind: ScanKind, nonce: Uuid, mode: Mode, error: String) -> Self {
        Self {
            kind,
            outcome: Outcome::Denied,
            reason: None,
            rule: None,
            passes_at: None,
            entry_number: None,
            prior: None,
            mode,
            nonce,
            charged_cents: 0,
            balance_cents: None,
            error: Some(error),
        }
    }

    /// Prints it for programs and for people.
    pub fn print(&self) -> Result<(), Failure> {
        say(&self.sentence());
        line(self)
    }

    fn sentence(&self) -> String {
        let mut words = match (self.outcome, self.reason, &self.error) {
            (Outcome::Admitted, ..) => "ADMITTED".to_owned(),
            (_, Some(reason), _) => format!("DENIED    {}", plain(reason.as_str())),
            (_, None, Some(error)) => format!("DENIED    {error}"),
            (_, None, None) => "DENIED".to_owned(),
        };
        match (self.outcome, self.kind, self.entry_number) {
            (Outcome::Denied, ..) => {}
            (Outcome::Admitted, ScanKind::Entry, Some(number)) => words += &format!("  entry {number}"),
            (Outcome::Admitted, kind, _) => words += &format!("  {}", kind.as_str()),
        }
        if self.charged_cents > 0 {
            words += &format!("  {} cents", self.charged_cents);
        }
        if let (Outcome::Denied, Some(prior)) = (self.outcome, &self.prior) {
            words += &format!("; entry {} was at {}", prior.entry_number, prior.admitted_at.strftime("%H:%M:%S UTC"));
        }
        if let (Outcome::Denied, Some(left)) = (self.outcome, self.balance_cents) {
            words += &format!("; {left} cents are left");
        }
        if self.mode == Mode::Offline {
            words += "  (without the server)";
        }
        words
    }
}

fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// Says a sentence to people.
pub fn say(sentence: &str) {
    eprintln!("{sentence}");
}

/// Prints a JSON line for programs, at once.
pub fn line(content: &impl Serialize) -> Result<(), Failure> {
    let print = || -> io::Result<()> {
        let mut output = io::stdout().lock();
        serde_json::to_writer(&mut output, content)?;
        output.write_all(b"\n")?;
        output.flush()
    };
    print().map_err(|error| Failure::Storage(format!("standard output: {error}")))
}

/// Says each verdict that is not a success.
pub fn verdicts(uploaded: &Uploaded) {
    for scan in &uploaded.others {
        say(&sentence_of(scan));
    }
}

fn sentence_of(scan: &UploadedScan) -> String {
    let why = scan.reason.map(|reason| plain(reason.as_str())).or_else(|| scan.error.clone()).unwrap_or_default();
    let read = scan.scanned_at.map(|at| format!(" of {}", at.strftime("%H:%M:%S UTC"))).unwrap_or_default();
    let other = scan.other_scan_id.map(|other| format!("; the other scan is {other}")).unwrap_or_default();
    format!("{}  scan {}{read}: {why}{other}", scan.verdict.as_str().to_uppercase(), scan.nonce)
}
