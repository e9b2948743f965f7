//! What a gate downloads, read with the program that a gate has: it decides without a network as the server does.

use std::io::Read as _;

use admit_core::jws::Jwks;
use admit_core::offline::{Document, LocalUses, Manifest, OfflineGate, envelope};
use admit_core::scan::{Reason, ScanKind};
use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::hall::{Hall, text_of};
use crate::place::Place;
use crate::web::{Answer, Web};

/// An event with a gate of its own.
struct Night<'a> {
    web: &'a Web,
    owner: &'a str,
    event: String,
    device: String,
    device_id: String,
    guest: String,
    tickets: Vec<String>,
}

/// Runs the tests.
pub fn run(checks: &mut Checks, hall: &Hall, other: &Place) -> Result<(), Failure> {
    let night = Night::open(hall)?;
    refused(checks, hall, &night, other)?;
    let manifest = night.full(checks)?;
    let manifest = offline(checks, &night, manifest)?;
    transport(checks, &night, &manifest)?;
    rotating(checks, &night)?;
    revoked(checks, &night)
}

impl<'a> Night<'a> {
    fn open(hall: &'a Hall) -> Result<Self, Failure> {
        let at = |path: &str, who: &str, body: Value| hall.web.must("POST", path, who, &body);
        let venue = text_of(&at("/v1/venues", &hall.owner, json!({"name": "Cellar"}))?, "venue_id");
        let door = json!({"name": "Door", "gate_type": "door"});
        let gate = text_of(&at(&format!("/v1/venues/{venue}/gates"), &hall.owner, door)?, "gate_id");
        let now = jiff::Timestamp::now().as_second();
        let time = |offset: i64| jiff::Timestamp::from_second(now + offset).map(|time| time.to_string());
        let event = json!({"venue_id": venue, "name": "Night", "starts_at": time(-3600)?, "ends_at": time(36_000)?,
            "requires_pass": true, "reentry_allowed": false, "duplicate_window_ms": 0});
        let event = text_of(&at("/v1/events", &hall.owner, event)?, "event_id");
        let device = json!({"name": "Cellar", "gate_id": gate, "event_id": event, "profile": "scan_only"});
        let device = at("/v1/devices", &hall.owner, device)?;
        let kind = json!({"name": "GA", "price_cents": 0});
        let kind = text_of(&at(&format!("/v1/events/{event}/ticket-types"), &hall.owner, kind)?, "ticket_type_id");
        let guest = text_of(&at(&format!("/wallet/{event}/{venue}"), "", Value::Null)?, "session_token");
        let order = json!({"lines": [{"ticket_type_id": kind, "quantity": 5}], "pay_with": "nothing"});
        let order = at("/v1/orders", &guest, order)?;
        let tickets = order["tickets"].as_array().into_iter().flatten().map(|ticket| text_of(ticket, "ticket_id"));
        Ok(Self {
            web: &hall.web,
            owner: &hall.owner,
            event,
            device: text_of(&device, "device_token"),
            device_id: text_of(&device, "device_id"),
            guest,
            tickets: tickets.collect(),
        })
    }

    fn path(&self, query: &str) -> String {
        format!("/v1/events/{}/manifest{query}", self.event)
    }

    fn token(&self, ticket: usize, form: &str) -> Result<String, Failure> {
        let path = format!("/v1/tickets/{}/token?form={form}", self.tickets[ticket]);
        Ok(text_of(&self.web.must("GET", &path, &self.guest, &Value::Null)?, "token"))
    }

    fn scan(&self, token: &str) -> Result<Option<Reason>, Failure> {
        let scanned = self.web.must("POST", "/v1/scans", &self.device, &json!({"token": token, "kind": "entry"}))?;
        Ok(scanned["reason"].as_str().and_then(Reason::from_word))
    }

    /// The document in an answer, verified with the published keys.
    fn opened(&self, answer: &Value) -> Result<Document, Failure> {
        let published = self.web.must("GET", "/.well-known/jwks.json", "", &Value::Null)?;
        let keys: Jwks = serde_json::from_value(published)?;
        Ok(envelope::open(&text_of(answer, "manifest"), |kid| keys.find(kid))?)
    }

    fn get(&self, query: &str) -> Result<Value, Failure> {
        self.web.must("GET", &self.path(query), &self.device, &Value::Null)
    }

    fn full(&self, checks: &mut Checks) -> Result<Manifest, Failure> {
        let answer = self.get("?tickets=true")?;
        checks.equal("a device downloads a full manifest", answer["kind"].clone(), json!("full"));
        match self.opened(&answer)? {
            Document::Full(manifest) => Ok(manifest),
            Document::Delta(_) => Err("a full manifest was asked for".into()),
        }
    }

    /// The manifest after what changed since.
    fn renewed(&self, checks: &mut Checks, manifest: &Manifest) -> Result<Manifest, Failure> {
        match self.opened(&self.get(&format!("?tickets=true&since={}", manifest.position))?)? {
            Document::Delta(delta) => Ok(manifest.apply(delta)?),
            Document::Full(_) => {
                checks.that("changes are a delta", false);
                Err("a delta was asked for".into())
            }
        }
    }
}

fn refused(checks: &mut Checks, hall: &Hall, night: &Night<'_>, other: &Place) -> Result<(), Failure> {
    let ask = |path: &str, who: &str| hall.web.call("GET", path, who, &Value::Null).map(|answer| answer.status);
    checks.equal("another event's device gets no manifest", ask(&night.path(""), &hall.tokens[0])?, 404);
    checks.equal("nor does another tenant's owner", ask(&night.path(""), &other.api_key)?, 404);
    checks.equal("nor does a guest", ask(&night.path(""), &night.guest)?, 403);
    checks.equal("a position that is none is refused", ask(&night.path("?since=x"), &night.device)?, 400);
    Ok(())
}

/// Offline and online decisions in turn, with changes in between.
fn offline(checks: &mut Checks, night: &Night<'_>, manifest: Manifest) -> Result<Manifest, Failure> {
    let mut gate = OfflineGate::new(manifest, &night.device, LocalUses::default())?;
    let signed: Vec<String> = (0..4).map(|ticket| night.token(ticket, "signed")).collect::<Result<_, _>>()?;
    let now = jiff::Timestamp::now;
    let admitted = gate.decide(&signed[0], ScanKind::Entry, None, now())?;
    checks.equal("a ticket is admitted without a network", (admitted.reason(), admitted.entry_number), (None, Some(1)));
    let again = gate.decide(&signed[0], ScanKind::Entry, None, now())?;
    checks.equal("once", again.reason(), Some(Reason::AlreadyInside));
    checks.equal("the server admits another ticket", night.scan(&signed[1])?, None);
    night.web.must(
        "POST",
        &format!("/v1/tickets/{}/cancel", night.tickets[2]),
        night.owner,
        &json!({"reason": "lost"}),
    )?;
    let next = night.renewed(checks, gate.manifest())?;
    let mut gate = gate.renewed(next, &night.device, 0)?;
    for (ticket, what) in [(0, "its own entry"), (1, "the server's entry"), (2, "the cancelled ticket")] {
        let here = gate.decide(&signed[ticket], ScanKind::Entry, None, now())?.reason();
        let there = if ticket == 0 { Some(Reason::AlreadyInside) } else { night.scan(&signed[ticket])? };
        checks.that("the gate denies", here.is_some());
        checks.equal(&format!("{what} as the server does"), here, there);
    }
    let fresh = gate.decide(&signed[3], ScanKind::Entry, None, now())?;
    checks.equal("a ticket that is good is still admitted", fresh.reason(), None);
    let (delta, full) = (gate.manifest().lists.clone(), night.full(checks)?);
    checks.that("changes lead to what a full manifest says", delta == full.lists);
    Ok(full)
}

fn transport(checks: &mut Checks, night: &Night<'_>, manifest: &Manifest) -> Result<(), Failure> {
    let bearer = format!("Bearer {}", night.device);
    let ask = |path: &str, headers: &[(&str, &str)]| -> Result<Answer, Failure> {
        let headers = [&[("Authorization", bearer.as_str())], headers].concat();
        night.web.send("GET", path, &headers, b"")
    };
    let packed = ask(&night.path(""), &[("Accept-Encoding", "gzip")])?;
    checks.equal("a manifest is compressed for whom takes it", packed.header("Content-Encoding"), "gzip");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed.bytes[..]).read_to_string(&mut text)?;
    checks.equal("and is one", serde_json::from_str::<Value>(&text)?["kind"].clone(), json!("full"));
    let since = night.path(&format!("?tickets=true&since={}", manifest.position));
    let tag = format!("W/\"{}\"", manifest.position);
    let unchanged = ask(&since, &[("If-None-Match", &tag)])?;
    checks.equal("nothing is sent while nothing has changed", (unchanged.status, unchanged.bytes.len()), (304, 0));
    checks.equal("a fifth ticket is admitted", night.scan(&night.token(4, "signed")?)?, None);
    let changed = ask(&since, &[("If-None-Match", &tag)])?;
    checks.equal("but what changed is", (changed.status, changed.json["kind"].clone()), (200, json!("delta")));
    checks.that("under another tag", !changed.header("ETag").is_empty() && changed.header("ETag") != tag);
    let other_lists = night.get(&format!("?since={}", manifest.position))?;
    checks.equal("another kind of manifest is full", other_lists["kind"].clone(), json!("full"));
    Ok(())
}

fn rotating(checks: &mut Checks, night: &Night<'_>) -> Result<(), Failure> {
    let mut gate = OfflineGate::new(night.full(checks)?, &night.device, LocalUses::default())?;
    let shown = night.token(3, "rotating")?;
    let now = jiff::Timestamp::now();
    checks.equal(
        "a rotating code is checked without a network",
        gate.decide(&shown, ScanKind::Entry, None, now)?.reason(),
        None,
    );
    let late = now.checked_add(jiff::SignedDuration::from_secs(120))?;
    let screenshot = gate.decide(&shown, ScanKind::Entry, None, late)?.reason();
    checks.equal("a screenshot of it is worthless", screenshot, Some(Reason::CodeExpired));
    let mut thief = OfflineGate::new(gate.manifest().clone(), "stolen", LocalUses::default())?;
    let unopened = thief.decide(&shown, ScanKind::Entry, None, now)?.reason();
    checks.equal("its keys are its device's alone", unopened, Some(Reason::OfflineUnavailable));
    Ok(())
}

fn revoked(checks: &mut Checks, night: &Night<'_>) -> Result<(), Failure> {
    night.web.must("DELETE", &format!("/v1/devices/{}", night.device_id), night.owner, &Value::Null)?;
    let after = night.web.call("GET", &night.path(""), &night.device, &Value::Null)?;
    checks.equal("a revoked device downloads nothing", after.status, 401);
    Ok(())
}
