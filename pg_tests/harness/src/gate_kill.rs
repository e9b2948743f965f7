//! `kill -9` of the gate: in the middle of scans, and between the server's commit and its own bookkeeping.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::gate_night::{Night, Ticket};
use crate::gate_outage::verdicts;
use crate::gate_wire::Weather;

/// Tickets that are shown again and again.
const TICKETS: usize = 40;
/// How often the gate is killed.
const KILLS: usize = 15;
/// How often each ticket is shown between two kills.
const ROUNDS: usize = 5;

/// Runs the tests.
pub fn run(checks: &mut Checks, night: &Night) -> Result<(), Failure> {
    in_the_middle_of_an_upload(checks, night)?;
    in_the_middle_of_scans(checks, night)
}

fn in_the_middle_of_an_upload(checks: &mut Checks, night: &Night) -> Result<(), Failure> {
    let (gate, _) = night.door("cut", 0, &[])?;
    let tickets = night.tickets(6)?;
    let shown: String = tickets.iter().map(|ticket| format!("{}\n", ticket.token)).collect();
    gate.run(&["scan", "--offline"], &shown)?;
    checks.equal("scans wait", gate.must(&["status"])?["queue"].clone(), json!(6));
    night.wire.set(Weather::Hold);
    let running = gate.start(&["upload"])?;
    night.wire.wait_until_withheld()?;
    running.kill()?;
    night.wire.set(Weather::Fair);
    checks.equal("the server has them, the gate does not know", gate.must(&["status"])?["queue"].clone(), json!(6));
    let again = gate.must(&["upload"])?;
    let told = (again["scans"].clone(), again["success"].clone(), again["repeated"].clone());
    checks.equal("an upload that was cut is repeated", told, (json!(6), json!(6), json!(6)));
    checks.equal("and nothing waits any more", gate.must(&["upload"])?["scans"].clone(), json!(0));
    for ticket in &tickets {
        checks.equal("each entry counts once", night.admissions(ticket)?, 1);
    }
    Ok(())
}

fn in_the_middle_of_scans(checks: &mut Checks, night: &Night) -> Result<(), Failure> {
    let (gate, _) = night.door("killed", 0, &[])?;
    let tickets = night.tickets(TICKETS)?;
    let mut admitted: HashMap<String, u32> = HashMap::new();
    let mut interrupted = 0;
    for kill in 0..KILLS {
        let mut running = gate.start(&["scan", "--offline"])?;
        let shown: Vec<&Ticket> = (0..ROUNDS * TICKETS).map(|at| &tickets[(at * 7 + kill * 3) % TICKETS]).collect();
        for ticket in &shown {
            running.show(&ticket.token)?;
        }
        let mut answers: Vec<Value> = (0..1 + kill * 5).map(|_| running.answer()).collect::<Result<_, _>>()?;
        answers.extend(running.kill()?);
        interrupted += u32::from(answers.len() < shown.len());
        for (ticket, answer) in shown.iter().zip(answers) {
            *admitted.entry(ticket.ticket_id.clone()).or_default() += u32::from(answer["outcome"] == "admitted");
        }
    }
    let last = gate
        .run(&["scan", "--offline"], &tickets.iter().map(|ticket| format!("{}\n", ticket.token)).collect::<String>())?;
    for (ticket, answer) in tickets.iter().zip(&last.lines) {
        *admitted.entry(ticket.ticket_id.clone()).or_default() += u32::from(answer["outcome"] == "admitted");
    }
    checks.that(&format!("kills came in the middle of scans ({interrupted} of {KILLS})"), interrupted > 0);
    checks.equal("after kills every ticket is answered", last.lines.len(), TICKETS);
    checks.that("no ticket was admitted twice", admitted.values().all(|count| *count <= 1));
    let uploaded = gate.must(&["upload"])?;
    checks.equal("what waits is uploaded", uploaded["others"].clone(), Value::Array(Vec::new()));
    checks.that("every verdict is a success", verdicts(&gate)?.iter().all(|word| word == "success"));
    let mut counted = 0;
    for ticket in &tickets {
        counted += night.admissions(ticket)?;
    }
    checks.equal("each ticket was admitted, and once", counted, i64::try_from(TICKETS)?);
    Ok(())
}
