//! `admit-verify`: checks receipts and journal proofs with public keys alone,
//! without the server that issued them.
//!
//! What was proven goes to standard output, so that it can be piped on; the
//! verdict goes to standard error and the exit code.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use admit_core::journal::{Checkpoint, ConsistencyProof, InclusionProof};
use admit_core::jws::{self, Jwks, JwsError, RECEIPT_TYP};
use clap::{Args, Parser, Subcommand};
use ed25519_dalek::VerifyingKey;
use serde::de::DeserializeOwned;

/// Larger than any proof or key set: an entry is a few kilobytes.
const INPUT_BYTES_MAX: u64 = 16 * 1024 * 1024;

const DOES_NOT_VERIFY: u8 = 1;
const BAD_USAGE: u8 = 2;

/// Checks admit's receipts and journal proofs with public keys alone.
#[derive(Parser)]
#[command(version, after_help = "Exit codes: 0 it verifies, 1 it does not verify, 2 bad usage or unreadable input")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check a receipt's signature and print its content
    Receipt(ReceiptArgs),
    /// Check that an entry is in the journal and print the entry
    Inclusion(ProofArgs),
    /// Check that the journal only grew between two checkpoints
    Consistency(ProofArgs),
}

#[derive(Args)]
struct ReceiptArgs {
    /// JSON Web Key Set with the public keys of the issuer
    #[arg(long, value_name = "FILE")]
    jwks: PathBuf,
    /// Type that the token must have
    #[arg(long, value_name = "TYPE", default_value = RECEIPT_TYP)]
    typ: String,
    /// The receipt, a compact JWS; standard input if left out
    receipt: Option<String>,
}

#[derive(Args)]
struct ProofArgs {
    /// JSON Web Key Set with the public keys of the log
    #[arg(long, value_name = "FILE")]
    jwks: PathBuf,
    /// The proof as JSON; standard input if left out
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// Log that the proof must be about, such as admit/7/journal; if left out,
    /// the one that the checkpoint names
    #[arg(long)]
    origin: Option<String>,
}

/// What holds: the content for standard output, the sentence for standard error.
struct Verified {
    content: Option<Vec<u8>>,
    verdict: String,
}

/// Why nothing can be said to hold.
enum Failure {
    DoesNotVerify(String),
    BadUsage(String),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Receipt(args) => receipt(&args),
        Command::Inclusion(args) => inclusion(&args),
        Command::Consistency(args) => consistency(&args),
    };
    match result.and_then(|verified| print(&verified)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::DoesNotVerify(reason)) => fail(DOES_NOT_VERIFY, "does not verify", &reason),
        Err(Failure::BadUsage(reason)) => fail(BAD_USAGE, "error", &reason),
    }
}

fn receipt(args: &ReceiptArgs) -> Result<Verified, Failure> {
    let jwks = read_jwks(&args.jwks)?;
    let token = match args.receipt.as_deref() {
        Some(token) if token != "-" => token.to_owned(),
        _ => read_stdin("the receipt")?,
    };
    let token = token.trim();
    let kid = jws::kid_of(token).map_err(does_not_verify)?;
    let payload = jws::verify_compact(token, &args.typ, |kid| jwks.find(kid)).map_err(|error| match error {
        JwsError::UnknownKey => Failure::DoesNotVerify(format!(
            "{} has no key {kid:?}; fetch the issuer's current keys; a key that is not among them was revoked",
            args.jwks.display()
        )),
        JwsError::Type => {
            Failure::DoesNotVerify(format!("the token is not of type {:?}; name another with --typ", args.typ))
        }
        other => does_not_verify(other),
    })?;
    Ok(Verified { content: Some(payload), verdict: format!("signed with key {kid}") })
}

fn inclusion(args: &ProofArgs) -> Result<Verified, Failure> {
    let keys = read_keys(&args.jwks)?;
    let proof: InclusionProof = read_proof(args.proof.as_deref())?;
    let origin = origin(args, &proof.checkpoint)?;
    let checkpoint = proof.verify(origin, &keys).map_err(does_not_verify)?;
    let verdict = format!(
        "entry {} is in block {} of {} (checkpoint: {} blocks, {} entries)",
        proof.seq(),
        proof.block.block_number,
        checkpoint.origin(),
        checkpoint.size(),
        checkpoint.last_seq(),
    );
    Ok(Verified { content: Some(proof.entry.into_bytes()), verdict })
}

fn consistency(args: &ProofArgs) -> Result<Verified, Failure> {
    let keys = read_keys(&args.jwks)?;
    let proof: ConsistencyProof = read_proof(args.proof.as_deref())?;
    let origin = origin(args, &proof.new_checkpoint)?;
    let (old, new) = proof.verify(origin, &keys).map_err(does_not_verify)?;
    Ok(Verified {
        content: None,
        verdict: format!(
            "{} grew from {} to {} blocks ({} to {} entries) and kept all it had",
            new.origin(),
            old.size(),
            new.size(),
            old.last_seq(),
            new.last_seq(),
        ),
    })
}

fn origin<'a>(args: &'a ProofArgs, checkpoint: &'a str) -> Result<&'a str, Failure> {
    args.origin
        .as_deref()
        .or_else(|| Checkpoint::claimed_origin(checkpoint))
        .ok_or_else(|| does_not_verify("the proof's checkpoint names no log"))
}

fn read_jwks(path: &Path) -> Result<Jwks, Failure> {
    let jwks: Jwks = serde_json::from_str(&read_file(path)?)
        .map_err(|error| Failure::BadUsage(format!("{} is not a JWKS: {error}", path.display())))?;
    if jwks.verifying_keys().next().is_none() {
        return Err(Failure::BadUsage(format!("{} has no Ed25519 key with a kid", path.display())));
    }
    Ok(jwks)
}

fn read_keys(path: &Path) -> Result<Vec<VerifyingKey>, Failure> {
    let jwks = read_jwks(path)?;
    Ok(jwks.verifying_keys().map(|(_, key)| key).collect())
}

fn read_proof<T: DeserializeOwned>(path: Option<&Path>) -> Result<T, Failure> {
    let text = match path {
        Some(path) if path != Path::new("-") => read_file(path)?,
        _ => read_stdin("the proof, or name its file with --proof")?,
    };
    serde_json::from_str(&text).map_err(|error| does_not_verify(format!("not a proof of this kind: {error}")))
}

fn read_file(path: &Path) -> Result<String, Failure> {
    let unreadable = |error| Failure::BadUsage(format!("cannot read {}: {error}", path.display()));
    read_text(File::open(path).map_err(unreadable)?).map_err(unreadable)
}

fn read_stdin(what: &str) -> Result<String, Failure> {
    let stdin = io::stdin();
    // Waiting in silence would look like a hang.
    if stdin.is_terminal() {
        return Err(Failure::BadUsage(format!("give {what} on standard input")));
    }
    let text = read_text(stdin).map_err(|error| Failure::BadUsage(format!("cannot read standard input: {error}")))?;
    if text.trim().is_empty() {
        return Err(Failure::BadUsage(format!("give {what} on standard input; it is empty")));
    }
    Ok(text)
}

fn read_text(input: impl Read) -> io::Result<String> {
    let mut text = String::new();
    input.take(INPUT_BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > INPUT_BYTES_MAX {
        return Err(io::Error::other("larger than 16 MiB"));
    }
    Ok(text)
}

fn print(verified: &Verified) -> Result<(), Failure> {
    if let Some(content) = &verified.content {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(content)
            .and_then(|()| stdout.write_all(b"\n"))
            .and_then(|()| stdout.flush())
            .map_err(|error| Failure::BadUsage(format!("cannot write: {error}")))?;
    }
    say("verifies", &verified.verdict);
    Ok(())
}

fn fail(code: u8, verdict: &str, reason: &str) -> ExitCode {
    say(verdict, reason);
    ExitCode::from(code)
}

fn say(verdict: &str, reason: &str) {
    // Whether anybody reads standard error does not change the exit code.
    let _ = writeln!(io::stderr(), "{verdict}: {reason}");
}

fn does_not_verify(reason: impl ToString) -> Failure {
    Failure::DoesNotVerify(reason.to_string())
}
