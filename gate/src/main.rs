//! `admit-gate`: a small gate that scans tickets and wallets. While the server can be reached it asks, otherwise it
//! decides by the manifest that it downloaded, writes every scan down before it answers, and uploads them later.
//!
//! Answers go to standard output, one JSON line each; what people read goes to standard error.

mod cli;
mod clock;
mod device;
mod failure;
mod output;
mod pairing;
mod picture;
mod queue;
mod scan;
mod server;
mod snapshot;
mod state;
mod status;
mod storage;
mod sync;
mod upload;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use failure::Failure;

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("admit-gate: {failure}");
            failure.exit_code()
        }
    }
}

fn run(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Pair(options) => pairing::run(cli, options),
        Command::Sync(options) => sync::run(cli, options),
        Command::Scan(options) => scan::run(cli, options),
        Command::Upload => upload::run(cli),
        Command::Status => status::run(cli),
    }
}
