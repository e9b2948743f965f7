//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use admit_core::scan::ScanKind;
use clap::{Args, Parser, Subcommand};
use uuid::Uuid;

/// A gate for admit: scans tickets and wallets, with and without a network.
///
/// Exit codes: 0 done, 1 a file of the gate cannot be read or written, 2 wrong usage, 3 not paired or refused by the
/// server, 4 the server cannot be reached where it is needed.
#[derive(Parser)]
#[command(version)]
pub struct Cli {
    /// The gate's state; its manifest, queue and verdicts lie beside it, with `.manifest`, `.queue` and `.verdicts`
    /// at the end of the name
    #[arg(long, global = true, value_name = "FILE", default_value = "admit-gate.json")]
    pub state: PathBuf,
    /// How long an answer may take before the server counts as away, in milliseconds
    #[arg(long, global = true, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    pub timeout_ms: u64,
    /// For tests: how far the clock of this gate is wrong
    #[arg(long, global = true, value_name = "N", default_value_t = 0, hide = true, allow_hyphen_values = true)]
    pub clock_offset_ms: i64,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// How long an answer may take before the server counts as away.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Exchanges a pairing code for the gate's token
    Pair(PairOptions),
    /// Uploads what is queued, renews the token when half of its life is over, and downloads the manifest
    Sync(SyncOptions),
    /// Scans tokens from standard input, one a line, or from pictures
    Scan(ScanOptions),
    /// Uploads the queue; again does no harm
    Upload,
    /// Shows device, event, manifest, queue and clock
    Status,
}

/// `pair`
#[derive(Args)]
pub struct PairOptions {
    /// The server, such as `https://tickets.example`
    #[arg(long, value_name = "URL")]
    pub server: String,
    /// The tenant that the gate must belong to
    #[arg(long, value_name = "N")]
    pub tenant: i32,
    /// The pairing code: three groups of four symbols
    #[arg(long, value_name = "XXXX-XXXX-XXXX")]
    pub code: String,
    /// PEM file of the authorities that the server's certificate may be signed by; the public ones when absent
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
}

/// `sync`
#[derive(Args)]
pub struct SyncOptions {
    /// Download everything, not only what changed
    #[arg(long)]
    pub full: bool,
    /// The event; needed once where the device serves several
    #[arg(long, value_name = "ID")]
    pub event: Option<Uuid>,
}

/// `scan`
#[derive(Args)]
pub struct ScanOptions {
    /// entry, exit, concession, merchandise or general
    #[arg(long, value_name = "KIND", default_value = "entry", value_parser = kind)]
    pub kind: ScanKind,
    /// What a sale costs, in minor units; for concession, merchandise and general
    #[arg(long, value_name = "N")]
    pub amount_cents: Option<i64>,
    /// Never ask the server
    #[arg(long)]
    pub offline: bool,
    /// Scan the QR codes of a PNG picture instead of reading tokens; may be repeated
    #[arg(long, value_name = "PICTURE")]
    pub qr: Vec<PathBuf>,
    /// How often changes are downloaded while the server can be reached
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub sync_seconds: u64,
}

fn kind(word: &str) -> Result<ScanKind, String> {
    ScanKind::from_word(word).ok_or_else(|| "choose entry, exit, concession, merchandise or general".to_owned())
}
