//! Gates whose clocks are wrong by almost ten minutes.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::gate_night::Night;
use crate::gate_program::Gate;
use crate::gate_wire::Weather;

/// What a verdict's time may be off: a scan takes no time, and answers travel for a moment.
const ERROR_MS: i128 = 1_500;

/// Runs the tests.
pub fn run(checks: &mut Checks, night: &Night) -> Result<(), Failure> {
    for (name, option) in [("ahead", "--clock-offset-ms=590000"), ("behind", "--clock-offset-ms=-590000")] {
        let (gate, _) = night.door(name, 0, &[option])?;
        let tickets = night.tickets(2)?;
        let rotating = night.token(&tickets[0].ticket_id, &tickets[0].guest, "rotating")?;
        night.wire.set(Weather::Cut);
        let scanned_at = Timestamp::now();
        let ended = gate.run(&["scan"], &format!("{rotating}\n{}\n", tickets[1].token))?;
        let outcomes: Vec<Value> = ended.lines.iter().map(|line| line["outcome"].clone()).collect();
        checks.equal(&format!("a clock that is {name} reads rotating codes"), outcomes, vec![json!("admitted"); 2]);
        let waiting = ended.said.contains("2 scans wait");
        checks.that("the gate says what waits", waiting);
        restart_machine(&gate)?;
        night.wire.set(Weather::Fair);
        let uploaded = gate.must(&["upload"])?;
        checks.equal("its scans are booked as it decided", uploaded["success"].clone(), json!(2));
        for (how, time) in ["by the time since start", "by the wall clock"].iter().zip(times(&gate)?) {
            let error_ms = time.duration_since(scanned_at).as_millis().abs();
            checks.that(&format!("at their true times, {how} ({error_ms} ms)"), error_ms < ERROR_MS);
        }
    }
    Ok(())
}

/// The second scan of the queue was made before the machine was started the last time.
fn restart_machine(gate: &Gate) -> Result<(), Failure> {
    let path = gate.file(".queue");
    let text = std::fs::read_to_string(&path)?;
    let mut lines: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let last = lines.last_mut().ok_or("the queue is empty")?;
    last["read_at"]["boot_id"] = json!("another start");
    Ok(std::fs::write(path, lines.iter().map(|line| format!("{line}\n")).collect::<String>())?)
}

/// When the uploaded scans were made, as the server says.
fn times(gate: &Gate) -> Result<Vec<Timestamp>, Failure> {
    let text = std::fs::read_to_string(gate.file(".verdicts"))?;
    let time = |line: &str| -> Result<Timestamp, Failure> {
        let line: Value = serde_json::from_str(line)?;
        Ok(line["verdict"]["scanned_at"].as_str().unwrap_or_default().parse()?)
    };
    text.lines().map(time).collect()
}
