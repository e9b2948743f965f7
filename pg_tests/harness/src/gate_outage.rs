//! The server dies in the middle of scans, and comes back.

use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::gate_night::{Night, Ticket};
use crate::gate_program::{Gate, Running};
use crate::gate_wire::Weather;

/// Tickets that are shown at both doors while the server is away.
const SHOWN_TWICE: usize = 12;

/// Runs the tests.
pub fn run(checks: &mut Checks, night: &mut Night) -> Result<(), Failure> {
    dead_server(checks, night)?;
    lost_answer(checks, night)?;
    both_doors_at_once(checks, night)
}

fn outcome(line: &Value) -> (String, String) {
    (line["outcome"].as_str().unwrap_or_default().to_owned(), line["mode"].as_str().unwrap_or_default().to_owned())
}

fn is(outcome: &str, mode: &str) -> (String, String) {
    (outcome.to_owned(), mode.to_owned())
}

fn dead_server(checks: &mut Checks, night: &mut Night) -> Result<(), Failure> {
    let (front, _) = night.door("front", 0, &[])?;
    let (back, _) = night.door("back", 1, &[])?;
    let tickets = night.tickets(3)?;
    let mut gates: Vec<Running> =
        [&front, &back].iter().map(|gate| gate.start(&["scan", "--sync-seconds", "1"])).collect::<Result<_, _>>()?;
    let first = gates[0].scan(&tickets[0].token)?;
    checks.equal("a guest enters before the outage", outcome(&first), is("admitted", "online"));
    night.kill_server();
    let second = gates[0].scan(&tickets[1].token)?;
    checks.equal("the next one without the server", outcome(&second), is("admitted", "offline"));
    let copy = gates[0].scan(&tickets[0].token)?;
    checks.equal("a copy of the first ticket is denied", outcome(&copy), is("denied", "offline"));
    checks.equal("with its use", copy["prior"]["entry_number"].clone(), json!(1));
    let elsewhere = gates[1].scan(&tickets[1].token)?;
    checks.equal("the other door cannot know", outcome(&elsewhere), is("admitted", "offline"));
    let third = gates[1].scan(&tickets[2].token)?;
    checks.equal("it lets another guest in", outcome(&third), is("admitted", "offline"));
    night.start_server()?;
    for gate in &gates {
        gate.wait_until_said("the server is back")?;
    }
    checks.equal("one door hears of one duplicate", said(&gates, "DUPLICATE"), 1);
    checks.equal("and nobody of a conflict", said(&gates, "CONFLICT"), 0);
    let after = gates[1].scan(&tickets[0].token)?;
    checks.equal("then all doors know all", outcome(&after), is("denied", "online"));
    for gate in gates {
        checks.equal("a gate ends well", gate.close()?, 0);
    }
    for ticket in &tickets {
        checks.equal("each ticket was admitted once", night.admissions(ticket)?, 1);
    }
    let mut found: Vec<String> = verdicts(&front)?.into_iter().chain(verdicts(&back)?).collect();
    found.sort();
    checks.equal(
        "one verdict a scan",
        found,
        ["duplicate", "success", "success", "success"].map(str::to_owned).to_vec(),
    );
    Ok(())
}

fn said(gates: &[Running], word: &str) -> usize {
    gates.iter().map(|gate| gate.said().matches(word).count()).sum()
}

/// The verdicts that a gate has stored.
pub fn verdicts(gate: &Gate) -> Result<Vec<String>, Failure> {
    let text = std::fs::read_to_string(gate.file(".verdicts"))?;
    let word = |line: &str| -> Result<String, Failure> {
        let line: Value = serde_json::from_str(line)?;
        Ok(line["verdict"]["verdict"].as_str().unwrap_or_default().to_owned())
    };
    text.lines().map(word).collect()
}

/// The server books a scan and the answer is lost.
fn lost_answer(checks: &mut Checks, night: &Night) -> Result<(), Failure> {
    let (gate, _) = night.door("lost", 0, &[])?;
    let ticket = night.tickets(1)?.remove(0);
    let mut running = gate.start(&["scan", "--sync-seconds", "60"])?;
    checks.equal("the server answers", outcome(&running.scan("no ticket")?), is("denied", "online"));
    night.wire.set(Weather::Mute);
    let scanned = running.scan(&ticket.token)?;
    checks.equal("an answer is lost, the gate decides", outcome(&scanned), is("admitted", "offline"));
    checks.equal("what the server has booked", night.admissions(&ticket)?, 1);
    night.wire.set(Weather::Fair);
    running.wait_until_said("the server is back: 1 scans uploaded, 1 as the gate decided")?;
    checks.equal("the same scan is not a second one", night.admissions(&ticket)?, 1);
    checks.equal("nor a conflict", verdicts(&gate)?, vec!["success".to_owned()]);
    running.close()?;
    Ok(())
}

/// The same tickets at both doors, one device a door, uploaded at the same time.
fn both_doors_at_once(checks: &mut Checks, night: &Night) -> Result<(), Failure> {
    let (front, _) = night.door("at-once-front", 0, &[])?;
    let (back, _) = night.door("at-once-back", 1, &[])?;
    let tickets = night.tickets(SHOWN_TWICE)?;
    let shown: String = tickets.iter().map(|ticket| format!("{}\n", ticket.token)).collect();
    for gate in [&front, &back] {
        let ended = gate.run(&["scan", "--offline"], &shown)?;
        let admitted = ended.lines.iter().filter(|line| line["outcome"] == "admitted").count();
        checks.equal("without the server each door lets each in once", admitted, SHOWN_TWICE);
    }
    std::thread::scope(|scope| -> Result<(), Failure> {
        let uploads: Vec<_> =
            [&front, &back].map(|gate| scope.spawn(move || gate.must(&["upload"]))).into_iter().collect();
        for upload in uploads {
            upload.join().map_err(|_| "an upload panicked")??;
        }
        Ok(())
    })?;
    once_each(checks, night, &tickets)?;
    let words: Vec<String> = verdicts(&front)?.into_iter().chain(verdicts(&back)?).collect();
    let of = |word: &str| words.iter().filter(|found| *found == word).count();
    checks.that("each scan has its verdict", of("success") + of("duplicate") == 2 * SHOWN_TWICE);
    let conflicts = night.hall.web.must(
        "GET",
        &format!("/v1/scan-conflicts?event_id={}&limit=200", night.event),
        &night.hall.owner,
        &Value::Null,
    )?;
    let ids: Vec<&str> = tickets.iter().map(|ticket| ticket.ticket_id.as_str()).collect();
    let named = conflicts["items"].as_array().into_iter().flatten();
    let named = named.filter(|conflict| conflict["ticket_id"].as_str().is_some_and(|id| ids.contains(&id))).count();
    checks.equal("staff sees each ticket that was shown twice", named, SHOWN_TWICE);
    Ok(())
}

fn once_each(checks: &mut Checks, night: &Night, tickets: &[Ticket]) -> Result<(), Failure> {
    let mut admissions = Vec::new();
    for ticket in tickets {
        admissions.push(night.admissions(ticket)?);
    }
    checks.equal("of two admissions one counts", admissions, vec![1; tickets.len()]);
    Ok(())
}
