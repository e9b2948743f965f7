//! The database goes away and comes back; the shim is told to stop.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::cluster;
use crate::hall::Hall;

/// How long the shim may take to find the database again.
const BACK_WITHIN: Duration = Duration::from_secs(20);

/// Runs the tests.
pub fn run(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let (_, guest) = hall.open()?;
    hall.fund(&guest, 10_000)?;
    let before = hall.scan(0, &guest, "entry", Value::Null)?;
    checks.equal("an entry before the outage", before.json["outcome"].clone(), json!("admitted"));
    cluster::run(&["stop"])?;
    let result = without_database(checks, hall, &guest);
    cluster::run(&["start"])?;
    let nonce = result?;
    let since = Instant::now();
    let ready = loop {
        if hall.web.send("GET", "/readyz", &[], b"").is_ok_and(|answer| answer.status == 200) {
            break true;
        }
        if since.elapsed() > BACK_WITHIN {
            break false;
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    checks.that("with the database back it is ready by itself", ready);
    let body = json!({"token": guest, "kind": "exit", "nonce": nonce});
    let exit = hall.web.call_once("POST", "/v1/scans", &hall.tokens[0], &nonce, &body)?;
    checks.equal(
        "the scan that failed is sent again and passes",
        (exit.status, exit.json["outcome"].clone()),
        (200, json!("admitted")),
    );
    let again = hall.web.call_once("POST", "/v1/scans", &hall.tokens[0], &nonce, &body)?;
    checks.equal("once", again.text, exit.text);
    checks.equal("and nothing was taken meanwhile", hall.balance(&guest)?, 10_000 - crate::hall::ENTRY_CENTS);
    Ok(())
}

fn without_database(checks: &mut Checks, hall: &Hall, guest: &str) -> Result<String, Failure> {
    let nonce = Uuid::now_v7().to_string();
    let body = json!({"token": guest, "kind": "exit", "nonce": nonce});
    let scan = hall.web.call_once("POST", "/v1/scans", &hall.tokens[0], &nonce, &body)?;
    checks.equal(
        "without the database a scan is told to try again",
        (scan.status, scan.json["code"].clone()),
        (503, json!("unavailable")),
    );
    let told = scan.json["detail"].as_str().unwrap_or_default();
    let leaks = ["socket", "5432", "refused", "postgres", "/"].iter().any(|word| told.contains(word));
    checks.that("in words that leak nothing", !told.is_empty() && !leaks);
    // Readiness is asked of the database every half second at most.
    std::thread::sleep(Duration::from_millis(700));
    for (path, status) in [("/livez", 200), ("/readyz", 503), ("/openapi.json", 200)] {
        checks.equal(&format!("{path} without the database"), hall.web.send("GET", path, &[], b"")?.status, status);
    }
    Ok(nonce)
}
