//! The HTTP API of the real shim on a real database, with what users do wrong.

use admit_core::registry::{Access, COMMANDS, DEFAULT_ROLES, grants};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::hall::{Hall, text_of};
use crate::place::{Place, WEBHOOK_SECRET, connect, fresh_database};
use crate::shim::Shim;
use crate::web::{Web, signature, succeeded_event};
use crate::{
    http_codes, http_devices, http_faults, http_keys, http_manifest, http_money, http_neighbours, http_outage,
    http_sales, http_strangers, http_uploads, load,
};

/// Runs the tests.
pub fn run() -> Result<bool, Failure> {
    let url = fresh_database("harness_http")?;
    let place = Place::create(&url, 1, None)?;
    let other = Place::create(&url, 2, None)?;
    let shim = Shim::start(&url, "http", &[])?;
    let web = shim.web.clone();
    let mut checks = Checks::default();
    let device = web.must(
        "POST",
        "/v1/devices",
        &place.api_key,
        &json!({"name": "HTTP", "gate_id": place.doors[0], "event_id": place.event_id}),
    )?;
    let device = text_of(&device, "device_token");
    let wallet = wallets(&mut checks, &web, &place)?;
    scans(&mut checks, &web, &device, &wallet)?;
    bad_input(&mut checks, &web, &place, &other, &device, &wallet)?;
    credentials(&mut checks, &web, &device, &wallet)?;
    proofs(&mut checks, &web, &place, &device, &wallet)?;
    http_sales::run(&mut checks, &web, &place, &other, &device)?;
    let hall = Hall::build(&web, &place.api_key)?;
    http_money::run(&mut checks, &hall)?;
    http_strangers::run(&mut checks, &hall, &other)?;
    http_codes::run(&mut checks, &hall, &other)?;
    http_keys::run(&mut checks, &hall)?;
    http_devices::run(&mut checks, &hall)?;
    http_manifest::run(&mut checks, &hall, &other)?;
    http_neighbours::run(&mut checks, &hall)?;
    http_uploads::run(&mut checks, &hall)?;
    http_outage::run(&mut checks, &hall)?;
    http_faults::run(&mut checks, &hall, &url)?;
    evening(&mut checks, &web, &url)?;
    connect(&url)?.execute("SELECT admit.tick()", &[])?;
    let verify = web.must("GET", "/v1/journal/verify", &place.api_key, &Value::Null)?;
    checks.equal("journal.verify is clean", verify["clean"].clone(), json!(true));
    drop(shim);
    let violations = place.violations(&mut connect(&url)?)?;
    checks.equal("verify is clean", violations, Vec::new());
    Ok(checks.close())
}

/// Guests at once: two doors, four concessions, fundings by signed webhooks.
const EVENING_CLIENTS: usize = 300;

fn evening(checks: &mut Checks, web: &Web, url: &str) -> Result<(), Failure> {
    let evening = load::measure_evening(&format!("http://{}", web.address), url, EVENING_CLIENTS, 8)?;
    checks.that("an evening of 300 clients at once, with webhooks", evening.requests > 1_000);
    checks.equal("passes without an error", evening.errors, 0);
    checks.equal("every balance is what the answers say", evening.wrong_balances, 0);
    checks.equal("and verify is clean", evening.violations, 0);
    Ok(())
}

/// Opening, funding, webhooks. Gives a funded wallet's token.
fn wallets(checks: &mut Checks, web: &Web, place: &Place) -> Result<String, Failure> {
    let path = format!("/wallet/{}/{}", place.event_id, place.venue_id);
    let opened = web.must("POST", &path, "", &Value::Null)?;
    let again = web.must("POST", &format!("{path}?binding={}", text_of(&opened, "binding")), "", &Value::Null)?;
    checks.that("a wallet opens without login", !text_of(&opened, "session_token").is_empty());
    checks.that("the binding restores it", again["restored"] == true && again["wallet_id"] == opened["wallet_id"]);
    let token = text_of(&again, "session_token");
    let payment = web.must("POST", "/v1/wallet/fundings", &token, &json!({"amount_cents": 5000}))?;
    let payment_id: Uuid = text_of(&payment, "payment_id").parse()?;
    let body = succeeded_event("evt_http", payment_id, 5000);
    let good = signature(&body, WEBHOOK_SECRET, 0);
    for (name, header) in [
        ("wrong", signature(&body, "whsec_wrong_secret", 0)),
        ("old", signature(&body, WEBHOOK_SECRET, -400)),
        ("future", signature(&body, WEBHOOK_SECRET, 400)),
        ("missing", String::new()),
        ("doubled time", format!("t=1,{good}")),
    ] {
        checks.equal(
            &format!("a webhook with the signature {name} is refused"),
            web.deliver(&body, &header)?.status,
            400,
        );
    }
    let mut applied = 0;
    for _ in 0..100 {
        applied += i32::from(web.deliver(&body, &good)?.json["state"] == "applied");
    }
    checks.equal("a webhook delivered 100 times is applied once", applied, 1);
    let unknown = succeeded_event("evt_unknown", Uuid::now_v7(), 100);
    checks.equal(
        "a webhook for an unknown payment is parked",
        web.deliver(&unknown, &signature(&unknown, WEBHOOK_SECRET, 0))?.json["state"].clone(),
        json!("parked"),
    );
    checks.equal(
        "the wallet has the money",
        web.must("GET", "/v1/wallet", &token, &Value::Null)?["balance_cents"].clone(),
        json!(5000),
    );
    Ok(token)
}

fn scans(checks: &mut Checks, web: &Web, device: &str, wallet: &str) -> Result<(), Failure> {
    let nonce = Uuid::now_v7();
    let entry = json!({"token": wallet, "kind": "entry", "nonce": nonce});
    let key = nonce.to_string();
    let first = web.call_once("POST", "/v1/scans", device, &key, &entry)?;
    checks.equal(
        "an entry charges both fees",
        (first.json["outcome"].clone(), first.json["charged_cents"].clone()),
        (json!("admitted"), json!(1100)),
    );
    let again = web.call_once("POST", "/v1/scans", device, &key, &entry)?;
    checks.equal("a replayed scan gets the same bytes", again.text, first.text);
    let other =
        web.call_once("POST", "/v1/scans", device, &key, &json!({"token": wallet, "kind": "exit", "nonce": nonce}))?;
    checks.equal(
        "a nonce with other content is refused",
        (other.status, other.json["code"].clone()),
        (422, json!("nonce_reused")),
    );
    let outcome = |kind: &str| -> Result<Value, Failure> {
        web.must("POST", "/v1/scans", device, &json!({"token": wallet, "kind": kind}))
    };
    checks.equal("entering while inside is denied", outcome("entry")?["reason"].clone(), json!("already_inside"));
    checks.equal("leaving is admitted", outcome("exit")?["outcome"].clone(), json!("admitted"));
    checks.equal("leaving twice is denied", outcome("exit")?["reason"].clone(), json!("not_inside"));
    let back = outcome("entry")?;
    checks.equal(
        "re-entry charges both re-entry fees",
        (back["charged_cents"].clone(), back["entry_number"].clone()),
        (json!(350), json!(2)),
    );
    checks.equal("a sale at a door is denied", web.must("POST", "/v1/scans", device, &json!({"token": wallet, "kind": "concession", "amount_cents": 100}))?["reason"].clone(), json!("wrong_gate"));
    Ok(())
}

fn bad_input(
    checks: &mut Checks,
    web: &Web,
    place: &Place,
    other: &Place,
    device: &str,
    wallet: &str,
) -> Result<(), Failure> {
    let bearer = format!("Bearer {device}");
    let raw = |body: &[u8]| {
        web.send("POST", "/v1/scans", &[("Authorization", &bearer), ("Content-Type", "application/json")], body)
    };
    for (name, body, status) in [
        ("malformed", &b"{"[..], 400),
        ("no object", b"[]", 400),
        ("empty", b"{}", 400),
        ("not UTF-8", b"{\"token\":\"\xff\"}", 400),
        ("a wrong type", b"{\"token\":1,\"kind\":\"entry\",\"nonce\":\"01900000-0000-7000-8000-000000000001\"}", 400),
        (
            "an unknown field",
            b"{\"token\":\"x\",\"kind\":\"entry\",\"nonce\":\"01900000-0000-7000-8000-000000000001\",\"extra\":1}",
            400,
        ),
        (
            "an unknown kind",
            b"{\"token\":\"x\",\"kind\":\"fly\",\"nonce\":\"01900000-0000-7000-8000-000000000001\"}",
            400,
        ),
    ] {
        let answer = raw(body)?;
        checks.that(
            &format!("JSON that is {name} is refused with a problem"),
            answer.status == status && answer.json["code"].is_string() && answer.json["request_id"].is_string(),
        );
    }
    checks.equal("a body that is too large is refused", raw(&vec![b' '; 200_000])?.status, 413);
    let owner = place.api_key.as_str();
    for amount in [json!(0), json!(-1), json!(1_000_000_000_001_i64), json!(9_223_372_036_854_775_807_i64)] {
        let answer = web.call("POST", "/v1/wallet/fundings", wallet, &json!({"amount_cents": amount}))?;
        checks.equal(
            &format!("an amount of {amount} is refused"),
            (answer.status, answer.json["code"].clone()),
            (422, json!("invalid_amount")),
        );
    }
    let problem = |path: String| -> Result<(u16, Value), Failure> {
        let answer = web.call("GET", &path, owner, &Value::Null)?;
        Ok((answer.status, answer.json["detail"].clone()))
    };
    checks.equal(
        "another tenant's event looks unknown",
        problem(format!("/v1/events/{}", other.event_id))?,
        problem(format!("/v1/events/{}", Uuid::now_v7()))?,
    );
    checks.equal(
        "another tenant's venue looks unknown",
        problem(format!("/v1/venues/{}", other.venue_id))?,
        problem(format!("/v1/venues/{}", Uuid::now_v7()))?,
    );
    let key = Uuid::now_v7().to_string();
    let venue = |name: &str| web.call_once("POST", "/v1/venues", owner, &key, &json!({"name": name}));
    let first = venue("Once")?;
    checks.equal("an idempotency key gives the same answer", venue("Once")?.text, first.text);
    checks.equal("and refuses another request", venue("Twice")?.status, 422);
    let bearer = format!("Bearer {owner}");
    let without = web.send(
        "POST",
        "/v1/venues",
        &[("Authorization", &bearer), ("Content-Type", "application/json")],
        b"{\"name\":\"x\"}",
    )?;
    checks.equal("a write without a key is refused", without.json["code"].clone(), json!("idempotency_key_missing"));
    Ok(())
}

/// A path with some id in the place of every field.
fn path_of(path: &str) -> String {
    let mut filled = String::new();
    for part in path.split('/').skip(1) {
        filled.push('/');
        filled.push_str(match part {
            // The only one that is a number.
            "{key_id}" => "1",
            field if field.starts_with('{') => "01900000-0000-7000-8000-000000000001",
            part => part,
        });
    }
    filled
}

fn credentials(checks: &mut Checks, web: &Web, device: &str, wallet: &str) -> Result<(), Failure> {
    let (mut open, mut allowed) = (Vec::new(), Vec::new());
    // One symbol differs, also where the last one is a 0 already.
    let forged = format!("{}{}", &device[..device.len() - 1], if device.ends_with('0') { '4' } else { '0' });
    for command in COMMANDS.iter().filter(|command| command.access == Access::Role) {
        let (method, path) = (command.method.as_str(), path_of(command.path));
        for credential in ["", "AK1FORGED", &device.replace("AD1", "AK1"), &forged] {
            if web.call(method, &path, credential, &Value::Null)?.status != 401 {
                open.push(command.name);
            }
        }
        for (role, credential) in [("device", device), ("wallet", wallet)] {
            let list = DEFAULT_ROLES.iter().find(|known| known.0 == role).map_or(&[][..], |known| known.1);
            if !grants(list, command.name) && web.call(method, &path, credential, &Value::Null)?.status != 403 {
                allowed.push((role, command.name));
            }
        }
    }
    checks.equal("no command answers without a valid credential", open, Vec::new());
    checks.equal("no command answers a role that lacks it", allowed, Vec::new());
    Ok(())
}

fn proofs(checks: &mut Checks, web: &Web, place: &Place, device: &str, wallet: &str) -> Result<(), Failure> {
    let scan = web.must("POST", "/v1/scans", device, &json!({"token": wallet, "kind": "exit"}))?;
    connect(&place.url)?.execute("SELECT admit.tick()", &[])?;
    let keys = web.must("GET", "/.well-known/jwks.json", "", &Value::Null)?;
    let jwks: admit_core::jws::Jwks = serde_json::from_value(keys.clone())?;
    let receipt = text_of(&scan, "receipt");
    let content = admit_core::jws::verify_compact(&receipt, admit_core::jws::RECEIPT_TYP, |kid| jwks.find(kid));
    checks.that("a receipt verifies with the published keys", content.is_ok());
    let path = format!("/v1/journal/{}/proof", text_of(&scan, "scan_id"));
    let proof = web.must("GET", &path, &place.api_key, &Value::Null)?;
    let proof: admit_core::journal::InclusionProof = serde_json::from_value(proof["proof"].clone())?;
    let published: Vec<_> = jwks.verifying_keys().map(|key| key.1).collect();
    checks.that("an inclusion proof verifies", proof.verify("admit/1/journal", &published).is_ok());
    let proof = web.must("GET", "/v1/journal/consistency?old_size=1", &place.api_key, &Value::Null)?;
    let proof: admit_core::journal::ConsistencyProof = serde_json::from_value(proof["proof"].clone())?;
    checks.that("a consistency proof verifies", proof.verify("admit/1/journal", &published).is_ok());
    let live = web.must("GET", &format!("/v1/events/{}/live", place.event_id), &place.api_key, &Value::Null)?;
    checks.equal("live counts are right", (live["entries"].clone(), live["inside"].clone()), (json!(2), json!(0)));
    let stream = web.stream(&format!("/v1/events/{}/live/stream", place.event_id), &place.api_key)?;
    checks.that("the live stream sends them", stream.contains("event: live") && stream.contains("\"entries\":2"));
    for path in ["/livez", "/readyz", "/metrics", "/openapi.json", "/docs"] {
        checks.equal(&format!("{path} answers"), web.send("GET", path, &[], b"")?.status, 200);
    }
    Ok(())
}
