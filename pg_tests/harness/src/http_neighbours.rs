//! A ticket that was used at one door is known at the others within a second, with a network and without.

use std::time::{Duration, Instant};

use admit_core::jws::Jwks;
use admit_core::offline::{Document, LocalUses, Manifest, OfflineGate, envelope};
use admit_core::scan::ScanKind;
use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::hall::{Hall, text_of};
use crate::web::{Events, Web};

/// Two doors of one event, and a guest with three tickets.
struct Doors<'a> {
    web: &'a Web,
    event: String,
    devices: [String; 2],
    tokens: Vec<String>,
    keys: Jwks,
}

/// Runs the tests.
pub fn run(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let doors = Doors::open(hall)?;
    let path = |tail: &str| format!("/v1/events/{}/manifest{tail}", doors.event);
    // First the stream, then the manifest: so nothing is missed in between.
    let mut stream = doors.web.events(&path("/stream"), &doors.devices[1])?;
    let hello = stream.next(Duration::from_secs(3))?;
    checks.that("the stream begins with where it stands", hello.is_some());
    let answer = doors.web.must("GET", &path(""), &doors.devices[1], &Value::Null)?;
    let Document::Full(manifest) = doors.opened(&answer)? else { return Err("a full manifest was asked for".into()) };
    let scanned =
        doors.web.must("POST", "/v1/scans", &doors.devices[0], &json!({"token": doors.tokens[0], "kind": "entry"}))?;
    checks.equal("one door admits", scanned["outcome"].clone(), json!("admitted"));
    let since = Instant::now();
    let heard = loop {
        let Some(news) = stream.next(Duration::from_secs(3))? else { break None };
        let Document::Delta(delta) = doors.opened(&news)? else { break None };
        let heard = manifest.heard(&delta);
        if let Some(heard) = heard.filter(|heard| heard.lists != manifest.lists) {
            break Some(heard);
        }
    };
    let after = since.elapsed();
    checks.that(
        &format!("the other door hears of it within a second ({} ms)", after.as_millis()),
        after.as_millis() < 1000,
    );
    let heard = quiet(checks, &doors, &mut stream, heard.ok_or("the stream told nothing")?)?;
    let mut gate = OfflineGate::new(heard, &doors.devices[1], LocalUses::default())?;
    let now = jiff::Timestamp::now();
    let decided = gate.decide(&doors.tokens[0], ScanKind::Entry, None, now)?;
    checks.that("and denies it without a network", decided.reason().is_some() && decided.prior.is_some());
    let other = gate.decide(&doors.tokens[1], ScanKind::Entry, None, now)?;
    checks.equal("another ticket is admitted", other.reason(), None);
    refused(checks, hall, &doors)
}

/// Longer than an event of the stream reaches back, with nothing to tell; then a ticket is used.
fn quiet(checks: &mut Checks, doors: &Doors<'_>, stream: &mut Events, heard: Manifest) -> Result<Manifest, Failure> {
    let mut heard = heard;
    let mut kept_up = true;
    let mut listen = |stream: &mut Events, heard: &mut Manifest, time: Duration| -> Result<(), Failure> {
        let until = Instant::now() + time;
        while let Some(news) = stream.next(until.saturating_duration_since(Instant::now()))? {
            if let Document::Delta(delta) = doors.opened(&news)? {
                let next = heard.heard(&delta);
                kept_up &= next.is_some();
                *heard = next.unwrap_or_else(|| heard.clone());
            }
        }
        Ok(())
    };
    listen(stream, &mut heard, Duration::from_secs(17))?;
    let used = heard.lists.used.as_slice().len();
    let body = json!({"token": doors.tokens[2], "kind": "entry"});
    doors.web.must("POST", "/v1/scans", &doors.devices[0], &body)?;
    listen(stream, &mut heard, Duration::from_secs(1))?;
    checks.that("who listens misses nothing for as long as the stream lasts", kept_up);
    checks.equal("and hears within a second after a quiet time, too", heard.lists.used.as_slice().len(), used + 1);
    Ok(heard)
}

fn refused(checks: &mut Checks, hall: &Hall, doors: &Doors<'_>) -> Result<(), Failure> {
    let path = format!("/v1/events/{}/manifest/stream", doors.event);
    let ask = |who: &str| doors.web.call("GET", &path, who, &Value::Null).map(|answer| answer.status);
    checks.equal("nobody hears without a credential", ask("")?, 401);
    checks.equal("another event's device hears nothing", ask(&hall.tokens[0])?, 404);
    Ok(())
}

impl<'a> Doors<'a> {
    fn open(hall: &'a Hall) -> Result<Self, Failure> {
        let at = |path: &str, who: &str, body: Value| hall.web.must("POST", path, who, &body);
        let venue = text_of(&at("/v1/venues", &hall.owner, json!({"name": "Two doors"}))?, "venue_id");
        let now = jiff::Timestamp::now().as_second();
        let time = |offset: i64| jiff::Timestamp::from_second(now + offset).map(|time| time.to_string());
        let event = json!({"venue_id": venue, "name": "Night", "starts_at": time(-3600)?, "ends_at": time(36_000)?});
        let event = text_of(&at("/v1/events", &hall.owner, event)?, "event_id");
        let mut devices = Vec::new();
        for name in ["North", "South"] {
            let gate = json!({"name": name, "gate_type": "door"});
            let gate = text_of(&at(&format!("/v1/venues/{venue}/gates"), &hall.owner, gate)?, "gate_id");
            let device = json!({"name": name, "gate_id": gate, "event_id": event});
            devices.push(text_of(&at("/v1/devices", &hall.owner, device)?, "device_token"));
        }
        let kind = json!({"name": "GA", "price_cents": 0});
        let kind = text_of(&at(&format!("/v1/events/{event}/ticket-types"), &hall.owner, kind)?, "ticket_type_id");
        let guest = text_of(&at(&format!("/wallet/{event}/{venue}"), "", Value::Null)?, "session_token");
        let order = json!({"lines": [{"ticket_type_id": kind, "quantity": 3}], "pay_with": "nothing"});
        let order = at("/v1/orders", &guest, order)?;
        let mut tokens = Vec::new();
        for ticket in order["tickets"].as_array().into_iter().flatten() {
            let path = format!("/v1/tickets/{}/token", text_of(ticket, "ticket_id"));
            tokens.push(text_of(&hall.web.must("GET", &path, &guest, &Value::Null)?, "token"));
        }
        let keys = serde_json::from_value(hall.web.must("GET", "/.well-known/jwks.json", "", &Value::Null)?)?;
        let devices = devices.try_into().map_err(|_| "two devices were made")?;
        Ok(Self { web: &hall.web, event, devices, tokens, keys })
    }

    fn opened(&self, answer: &Value) -> Result<Document, Failure> {
        Ok(envelope::open(&text_of(answer, "manifest"), |kid| self.keys.find(kid))?)
    }
}
