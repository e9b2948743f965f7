//! The command-line tool, run as a user runs it.

#[path = "journal/log.rs"]
mod log;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use admit_core::jws::{Jwk, Jwks, RECEIPT_TYP, sign_compact};

use log::{Log, ORIGIN, entry, key};

const KID: &str = "2026-10";
const PAYLOAD: &str = r#"{"outcome":"admitted"}"#;

/// A file of this test's own.
fn file(name: &str, content: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}

fn jwks_file(name: &str, seed: u8) -> String {
    let keys = vec![Jwk::new(KID, &key(seed).verifying_key())];
    let path = file(name, &serde_json::to_string(&Jwks { keys }).unwrap());
    path.to_str().unwrap().to_owned()
}

fn run(args: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_admit-verify"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have finished already without reading.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

#[track_caller]
fn assert_run(args: &[&str], stdin: &str, code: i32, stdout: &str, stderr: &str) {
    let output = run(args, stdin);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), stdout);
    assert!(said.contains(stderr), "{said}");
}

fn receipt() -> String {
    sign_compact(RECEIPT_TYP, KID, PAYLOAD.as_bytes(), &key(1)).unwrap()
}

#[test]
fn a_receipt_verifies_as_argument_and_from_standard_input() {
    let jwks = jwks_file("receipt-ok.json", 1);
    let args = ["receipt", "--jwks", &jwks];
    let printed = format!("{PAYLOAD}\n");
    let verdict = "verifies: signed with key 2026-10";
    assert_run(&[&args[..], &[&receipt()]].concat(), "", 0, &printed, verdict);
    assert_run(&args, &format!("{}\n", receipt()), 0, &printed, verdict);
    assert_run(&[&args[..], &["-"]].concat(), &receipt(), 0, &printed, verdict);
}

#[test]
fn a_receipt_that_does_not_verify_exits_with_1() {
    let ours = jwks_file("receipt-bad.json", 1);
    let args = ["receipt", "--jwks", &ours];
    assert_run(&args, "garbage", 1, "", "does not verify: not a compact JWS");
    let other = jwks_file("receipt-other.json", 2);
    let with_other = ["receipt", "--jwks", &other];
    assert_run(&with_other, &receipt(), 1, "", "the signature does not verify");
    let typed = [&args[..], &["--typ", "JWT"]].concat();
    assert_run(&typed, &receipt(), 1, "", "not of type \"JWT\"");
    let foreign = sign_compact(RECEIPT_TYP, "x", b"{}", &key(1)).unwrap();
    assert_run(&args, &foreign, 1, "", "has no key \"x\"");
}

#[test]
fn bad_usage_exits_with_2() {
    let jwks = jwks_file("usage.json", 1);
    let empty = file("usage-empty.json", r#"{"keys":[]}"#);
    let text = file("usage-text.json", "no JSON");
    assert_run(&[], "", 2, "", "Usage:");
    assert_run(&["receipt"], "", 2, "", "--jwks");
    assert_run(&["receipt", "--jwks", "/nowhere"], "", 2, "", "cannot read /nowhere");
    assert_run(&["receipt", "--jwks", &jwks], "", 2, "", "it is empty");
    assert_run(&["receipt", "--jwks", empty.to_str().unwrap()], "x", 2, "", "no Ed25519 key");
    assert_run(&["receipt", "--jwks", text.to_str().unwrap()], "x", 2, "", "is not a JWKS");
    let no_proof = ["inclusion", "--jwks", &jwks, "--proof", "/nowhere"];
    assert_run(&no_proof, "", 2, "", "cannot read /nowhere");
}

#[test]
fn inclusion_is_checked_against_the_named_log() {
    let jwks = jwks_file("inclusion.json", 1);
    let proof = serde_json::to_string(&Log::new(&[3, 1]).inclusion(0, 1, 2)).unwrap();
    let path = file("inclusion-proof.json", &proof);
    let args = ["inclusion", "--jwks", &jwks];
    let printed = format!("{}\n", entry(2));
    let verdict = "verifies: entry 2 is in block 1 of admit/7/journal \
                   (checkpoint: 2 blocks, 4 entries)";
    assert_run(&args, &proof, 0, &printed, verdict);
    let named = ["--proof", path.to_str().unwrap(), "--origin", ORIGIN];
    assert_run(&[&args[..], &named].concat(), "", 0, &printed, verdict);
    let other_log = [&args[..], &["--origin", "admit/8/journal"]].concat();
    assert_run(&other_log, &proof, 1, "", "no signature is from a known key of that name");
    assert_run(&args, &proof.replace("scan", "scam"), 1, "", "entry in block");
    assert_run(&args, "{}", 1, "", "not a proof of this kind: missing field");
}

#[test]
fn consistency_is_checked_over_a_key_rotation() {
    let log = Log::new(&[3, 1, 4]);
    let mut proof = log.consistency(1, 3);
    proof.new_checkpoint = log.checkpoint(3).sign(&key(2));
    let text = serde_json::to_string(&proof).unwrap();
    let keys = [1, 2].map(|seed| Jwk::new(&format!("k{seed}"), &key(seed).verifying_key()));
    let jwks = serde_json::to_string(&Jwks { keys: keys.to_vec() }).unwrap();
    let jwks = file("consistency.json", &jwks);
    let args = ["consistency", "--jwks", jwks.to_str().unwrap()];
    let verdict = "verifies: admit/7/journal grew from 1 to 3 blocks (3 to 8 entries)";
    assert_run(&args, &text, 0, "", verdict);
    let old_keys = jwks_file("consistency-old.json", 1);
    let with_old = ["consistency", "--jwks", &old_keys];
    assert_run(&with_old, &text, 1, "", "new checkpoint: no signature is from a known key");
    proof.path.pop();
    let cut = serde_json::to_string(&proof).unwrap();
    assert_run(&args, &cut, 1, "", "the path has the wrong length");
}

#[test]
fn help_tells_the_commands_and_the_exit_codes() {
    let output = run(&["--help"], "");
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for word in ["receipt", "inclusion", "consistency", "Exit codes"] {
        assert!(help.contains(word), "{help}");
    }
}
