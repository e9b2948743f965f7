//! The real `admit-gate` against the real shim and cluster: pairing, scans with and without a network, uploads that
//! are cut, wrong clocks, and what it may not do.

use admit_core::qr::{Picture, PictureFormat, QrUse, picture};
use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::gate_night::Night;
use crate::gate_program::Gate;
use crate::gate_wire::{Weather, Wire};
use crate::hall::{Hall, text_of};
use crate::place::{Place, connect, fresh_database};
use crate::shim::Shim;
use crate::web::Web;
use crate::{gate_clock, gate_kill, gate_money, gate_outage};

/// Runs the tests.
pub fn run() -> Result<bool, Failure> {
    let url = fresh_database("harness_gate")?;
    let place = Place::create(&url, 1, None)?;
    let shim = Shim::start(&url, "gate", &[])?;
    let wire = Wire::to(&shim.web.address)?;
    let hall = Hall::build(&Web { address: wire.address.clone() }, &place.api_key)?;
    let mut night = Night::open(&url, shim, wire, hall)?;
    let mut checks = Checks::default();
    pairing(&mut checks, &night)?;
    online(&mut checks, &night)?;
    paired_again(&mut checks, &night)?;
    gate_outage::run(&mut checks, &mut night)?;
    gate_kill::run(&mut checks, &night)?;
    gate_clock::run(&mut checks, &night)?;
    gate_money::run(&mut checks, &night)?;
    limits(&mut checks, &night)?;
    let verify = night.hall.web.must("GET", "/v1/journal/verify", &place.api_key, &Value::Null)?;
    checks.equal("journal.verify is clean", verify["clean"].clone(), json!(true));
    night.kill_server();
    checks.equal("verify is clean", place.violations(&mut connect(&url)?)?, Vec::new());
    Ok(checks.close())
}

fn pairing(checks: &mut Checks, night: &Night) -> Result<(), Failure> {
    let gate = Gate::new("pairing", &[])?;
    let (code, _) = night.invite("Pairing", &night.hall.gates[0], &night.hall.event)?;
    let server = night.server();
    let pair = |code: &str, server: &str, tenant: &str| {
        gate.run(&["pair", "--server", server, "--tenant", tenant, "--code", code], "")
    };
    checks.equal("a gate that is not paired scans nothing", gate.run(&["scan"], "")?.code, 3);
    checks.equal("a wrong code pairs nothing", pair("1111-1111-1111", &server, "1")?.code, 3);
    checks.equal("nor does an address where nobody is", pair(&code, "http://127.0.0.1:1", "1")?.code, 4);
    checks.equal("nor one that is none", pair(&code, "127.0.0.1", "1")?.code, 2);
    night.wire.set(Weather::Mute);
    checks.equal("an answer to a code is lost", pair(&code, &server, "1")?.code, 4);
    night.wire.set(Weather::Fair);
    checks.equal("the code pairs all the same", pair(&code, &server, "1")?.code, 0);
    checks.equal("once", pair(&code, &server, "1")?.code, 3);
    checks.equal("usage", gate.run(&["scan", "--kind", "concession"], "")?.code, 2);
    checks.equal("help", gate.run(&["scan", "--help"], "")?.code, 0);
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&gate.state)?.permissions());
    checks.equal("the state is its user's alone", mode & 0o777, 0o600);
    night.wire.set(Weather::Cut);
    checks.equal("without a manifest it needs the server", gate.run(&["scan"], "x\n")?.code, 4);
    checks.equal("and so does a sync", gate.run(&["sync"], "")?.code, 4);
    night.wire.set(Weather::Fair);
    let synced = gate.must(&["sync"])?;
    checks.equal("the first manifest is full", synced["kind"].clone(), json!("full"));
    checks.equal("the next one is what changed", gate.must(&["sync"])?["kind"].clone(), json!("delta"));
    checks.equal("unless everything is asked for", gate.must(&["sync", "--full"])?["kind"].clone(), json!("full"));
    let status = gate.must(&["status"])?;
    let shown = (status["event"].clone(), status["queue"].clone(), status["may_decide_alone"].clone());
    checks.equal("status shows what it has", shown, (json!("Premiere"), json!(0), json!(true)));
    checks.that("and its clock", status["clock_offset_ms"].as_i64().is_some_and(|offset| offset.abs() < 1_000));
    Ok(())
}

fn online(checks: &mut Checks, night: &Night) -> Result<(), Failure> {
    let (gate, _) = night.door("online", 0, &[])?;
    let tickets = night.tickets(2)?;
    let shown = [&tickets[0].token, &tickets[0].token, "no ticket"].map(|token| format!("{token}\n")).concat();
    let ended = gate.run(&["scan"], &shown)?;
    let told = |line: &Value| (line["outcome"].clone(), line["reason"].clone(), line["mode"].clone());
    let expected = [
        (json!("admitted"), Value::Null, json!("online")),
        (json!("denied"), json!("already_inside"), json!("online")),
        (json!("denied"), json!("token_malformed"), json!("online")),
    ];
    checks.equal(
        "with the server it answers as the server does",
        ended.lines.iter().map(told).collect(),
        expected.to_vec(),
    );
    checks.equal("the copy shows the entry", ended.lines[1]["prior"]["entry_number"].clone(), json!(1));
    checks.that(
        "in words for people",
        ended.said.contains("ADMITTED  entry 1") && ended.said.contains("DENIED    already inside"),
    );
    let copy = gate.run(&["scan", "--offline"], &shown)?;
    let reasons: Vec<Value> = copy.lines.iter().map(|line| line["reason"].clone()).collect();
    let expected = [json!("already_inside"), json!("already_inside"), json!("token_malformed")];
    checks.equal("without it the gate still knows whom it let in", reasons, expected.to_vec());
    let left = gate.run(&["scan", "--offline", "--kind", "exit"], &format!("{}\n", tickets[0].token))?;
    checks
        .that("an exit is called one", left.said.contains("ADMITTED  exit") && left.lines[0]["kind"] == json!("exit"));
    let drawn = picture(&tickets[1].token, "ticket", QrUse::Screen, PictureFormat::Png, Some(600))?;
    let Picture::Bytes(drawn) = drawn else { return Err("a PNG is bytes".into()) };
    let file = gate.file(".png");
    std::fs::write(&file, drawn)?;
    let ended = gate.run(&["scan", "--qr", &file.to_string_lossy()], "")?;
    checks.equal("a picture of a code is read", ended.lines[0]["outcome"].clone(), json!("admitted"));
    checks.equal("denials without the server are uploaded, too", gate.must(&["status"])?["queue"].clone(), json!(0));
    Ok(())
}

/// A device whose token has ended is paired again and keeps what it has not uploaded.
fn paired_again(checks: &mut Checks, night: &Night) -> Result<(), Failure> {
    let (gate, device) = night.door("again", 0, &[])?;
    let (ticket, other) = (&night.tickets(1)?[0], night.invite("Other", &night.hall.gates[0], &night.hall.event)?);
    gate.run(&["scan", "--offline"], &format!("{}\n", ticket.token))?;
    let invited = json!({"device_id": device});
    let invited = night.hall.web.must("POST", "/v1/devices/invitations", &night.hall.owner, &invited)?;
    let pair = |code: &str| gate.must(&["pair", "--server", &night.server(), "--tenant", "1", "--code", code]);
    pair(&text_of(&invited, "pairing_code"))?;
    checks.equal("pairing it again keeps the queue", gate.must(&["status"])?["queue"].clone(), json!(1));
    let copy = gate.run(&["scan", "--offline"], &format!("{}\n", ticket.token))?;
    checks.equal("and its memory", copy.lines[0]["reason"].clone(), json!("already_inside"));
    checks.equal("it is uploaded with the new token", gate.must(&["upload"])?["success"].clone(), json!(2));
    gate.run(&["scan", "--offline"], "no ticket\n")?;
    pair(&other.0)?;
    checks.equal("another device begins anew", gate.must(&["status"])?["queue"].clone(), json!(0));
    let folder = gate.state.parent().ok_or("the state lies nowhere")?;
    let names = std::fs::read_dir(folder)?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let kept = names.filter(|name| name.starts_with("again.json.queue.")).count();
    checks.equal("and what the first one left is kept aside", kept, 1);
    Ok(())
}

/// What ends a gate's right to decide.
fn limits(checks: &mut Checks, night: &Night) -> Result<(), Failure> {
    let (gate, _) = night.door("late", 0, &[])?;
    let (stopped, device) = night.door("revoked", 1, &[])?;
    let ticket = &night.tickets(1)?[0];
    let path = format!("/v1/events/{}/policy", night.event);
    let policy = json!({"policy": {"offline_hours": 0, "exit_scans": true, "reentry": {"allowed": false}}});
    night.hall.web.must("PUT", &path, &night.hall.owner, &policy)?;
    gate.must(&["sync"])?;
    let late = gate.run(&["scan", "--offline"], &format!("{}\n", ticket.token))?;
    checks.equal(
        "after its time a manifest admits nobody",
        late.lines[0]["reason"].clone(),
        json!("offline_unavailable"),
    );
    let mut running = stopped.start(&["scan", "--sync-seconds", "60"])?;
    checks.equal("a device scans", running.scan(&ticket.token)?["outcome"].clone(), json!("admitted"));
    let revoked = format!("/v1/devices/{device}");
    night.hall.web.must("DELETE", &revoked, &night.hall.owner, &Value::Null)?;
    running.show(&ticket.token)?;
    running.wait_until_said("refused this gate")?;
    checks.equal("a revoked one stops at the next contact", running.close()?, 3);
    checks.equal("and does not begin again", stopped.run(&["scan", "--offline"], "")?.code, 3);
    let status = stopped.run(&["status"], "")?;
    let shown = (status.code, status.lines[0]["may_decide_alone"].clone(), status.lines[0]["refused"].is_string());
    checks.equal("but still shows what it has", shown, (0, json!(false), true));
    Ok(())
}
