//! Other tenants' objects, ended credentials, and JSON that is nearly right.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::hall::{Hall, text_of};
use crate::place::{Place, WEBHOOK_SECRET, connect};
use crate::web::{signature, succeeded_event};

/// Runs the tests.
pub fn run(checks: &mut Checks, hall: &Hall, other: &Place) -> Result<(), Failure> {
    other_tenants(checks, hall, other)?;
    ended(checks, hall, other)?;
    nearly_right(checks, hall)?;
    headers(checks, hall)?;
    Ok(())
}

/// Every route that names an object answers the same for another tenant's as for none.
fn other_tenants(checks: &mut Checks, hall: &Hall, other: &Place) -> Result<(), Failure> {
    let mut sql = connect(&other.url)?;
    let token = other.funded_wallet(&mut sql, 5_000)?;
    let text = "SELECT wallet_id FROM admit.wallet_get(2, session_token => $1)";
    let wallet: Uuid = sql.query_one(text, &[&token])?.get(0);
    let payment: Uuid = sql.query_one("SELECT payment_id FROM admit.payment WHERE wallet_id = $1", &[&wallet])?.get(0);
    let text = "SELECT entry_id FROM admit.journal WHERE wallet_id = $1 LIMIT 1";
    let entry: Uuid = sql.query_one(text, &[&wallet])?.get(0);
    let text = "SELECT account_id FROM admit.account WHERE tenant_id = 2 AND kind = 'venue' LIMIT 1";
    let account: Uuid = sql.query_one(text, &[])?.get(0);
    let key: Uuid = sql.query_one("SELECT api_key_id FROM admit.api_key WHERE tenant_id = 2 LIMIT 1", &[])?.get(0);
    let (gate, device, event, venue) = (other.doors[0], other.devices[0], other.event_id, other.venue_id);
    let mine = &hall.gates[0];
    let why = json!({"reason": "test"});
    // Each: whose credential, method, path with {} for the object, body with the object at "*".
    let probes: Vec<(&str, &str, &str, Value, Uuid)> = vec![
        ("event", "GET", "/v1/events/{}", Value::Null, event),
        ("event's live figures", "GET", "/v1/events/{}/live", Value::Null, event),
        ("event's live stream", "GET", "/v1/events/{}/live/stream", Value::Null, event),
        ("event, to change it", "PATCH", "/v1/events/{}", json!({"name": "x"}), event),
        ("event, to set its fees", "PUT", "/v1/fees", json!({"scope": "event", "scope_id": "*", "rules": []}), event),
        (
            "event, to put a device there",
            "POST",
            "/v1/devices",
            json!({"name": "x", "gate_id": mine, "event_id": "*"}),
            event,
        ),
        ("venue", "GET", "/v1/venues/{}", Value::Null, venue),
        ("venue's gates", "GET", "/v1/venues/{}/gates", Value::Null, venue),
        ("venue, to make a gate", "POST", "/v1/venues/{}/gates", json!({"name": "x", "gate_type": "door"}), venue),
        ("gate, to change it", "PATCH", "/v1/gates/{}", json!({"name": "x"}), gate),
        ("gate, to put a device there", "POST", "/v1/devices", json!({"name": "x", "gate_id": "*"}), gate),
        ("device, to move it", "PUT", "/v1/devices/{}/gate", json!({"gate_id": mine}), device),
        ("device, to revoke it", "DELETE", "/v1/devices/{}", Value::Null, device),
        ("wallet", "GET", "/v1/wallets/{}", Value::Null, wallet),
        ("wallet, to freeze it", "POST", "/v1/wallets/{}/freeze", why.clone(), wallet),
        ("payment", "GET", "/v1/payments/{}", Value::Null, payment),
        ("payment, to refund it", "POST", "/v1/payments/{}/refunds", why, payment),
        ("journal entry's proof", "GET", "/v1/journal/{}/proof", Value::Null, entry),
        ("journal entry's receipt", "GET", "/v1/receipts/{}", Value::Null, entry),
        ("account", "GET", "/v1/accounts/{}", Value::Null, account),
        ("account, to pay it out", "POST", "/v1/payouts", json!({"account_id": "*", "amount_cents": 1}), account),
        ("API key, to revoke it", "DELETE", "/v1/api-keys/{}", Value::Null, key),
    ];
    for (name, method, path, body, theirs) in probes {
        let ask = |id: Uuid| -> Result<(u16, Vec<Value>), Failure> {
            let body = serde_json::from_str(&body.to_string().replace("\"*\"", &format!("\"{id}\"")))?;
            let answer = hall.web.call(method, &path.replace("{}", &id.to_string()), &hall.owner, &body)?;
            Ok((answer.status, ["code", "title", "detail"].map(|field| answer.json[field].clone()).to_vec()))
        };
        let (found, unknown) = (ask(theirs)?, ask(Uuid::now_v7())?);
        checks.equal(&format!("another tenant's {name} looks unknown"), &found, &unknown);
        checks.equal(&format!("and is not found ({name})"), found.0, 404);
    }
    let open = |event: Uuid, venue: Uuid| -> Result<(u16, Value), Failure> {
        let answer = hall.web.call("POST", &format!("/wallet/{event}/{venue}"), "", &Value::Null)?;
        Ok((answer.status, answer.json["detail"].clone()))
    };
    checks.equal(
        "no wallet opens at another tenant's event",
        open(event, venue)?,
        open(Uuid::now_v7(), Uuid::now_v7())?,
    );
    let foreign = hall.scan(0, &token, "entry", Value::Null)?;
    checks.equal("another tenant's wallet is denied", foreign.json["reason"].clone(), json!("token_foreign"));
    let (_, guest) = hall.open()?;
    for (what, field, theirs) in [("gate", "gate_id", gate), ("event", "event_id", event)] {
        let ask = |id: Uuid| -> Result<Vec<Value>, Failure> {
            let answer = hall.scan(0, &guest, "entry", json!({field: id}))?;
            Ok(["code", "detail", "outcome", "reason"].map(|field| answer.json[field].clone()).to_vec())
        };
        checks.equal(&format!("a scan at another tenant's {what} looks unknown"), ask(theirs)?, ask(Uuid::now_v7())?);
    }
    Ok(())
}

/// Credentials that were good once.
fn ended(checks: &mut Checks, hall: &Hall, other: &Place) -> Result<(), Failure> {
    let mut sql = connect(&other.url)?;
    let status = |credential: &str, path: &str| -> Result<(u16, Value), Failure> {
        let answer = hall.web.call("GET", path, credential, &Value::Null)?;
        Ok((answer.status, answer.json["code"].clone()))
    };
    let refused = (401, json!("unauthenticated"));
    let event = format!("/v1/events/{}", hall.event);
    let register = || -> Result<(String, String), Failure> {
        let body = json!({"name": "Short", "gate_id": hall.gates[0], "event_id": hall.event});
        let device = hall.web.must("POST", "/v1/devices", &hall.owner, &body)?;
        Ok((text_of(&device, "device_id"), text_of(&device, "device_token")))
    };
    let (id, token) = register()?;
    checks.equal("a device's token is good", status(&token, &event)?.0, 200);
    let id: Uuid = id.parse()?;
    sql.execute("UPDATE admit.device SET token_expires_at = now() - interval '1 second' WHERE device_id = $1", &[&id])?;
    checks.equal("an expired device token is refused", status(&token, &event)?, refused.clone());
    let (id, token) = register()?;
    hall.web.must("DELETE", &format!("/v1/devices/{id}"), &hall.owner, &Value::Null)?;
    checks.equal("a revoked device is refused", status(&token, &event)?, refused.clone());
    let key = || -> Result<(String, String), Failure> {
        let body = json!({"name": "Short", "role": "auditor"});
        let key = hall.web.must("POST", "/v1/api-keys", &hall.owner, &body)?;
        Ok((text_of(&key, "api_key_id"), text_of(&key, "api_key")))
    };
    let (id, token) = key()?;
    checks.equal("an auditor may read accounts", status(&token, "/v1/accounts")?.0, 200);
    checks.equal("but make no venue", hall.web.call("POST", "/v1/venues", &token, &json!({"name": "x"}))?.status, 403);
    let id: Uuid = id.parse()?;
    sql.execute("UPDATE admit.api_key SET expires_at = now() - interval '1 second' WHERE api_key_id = $1", &[&id])?;
    checks.equal("an expired API key is refused", status(&token, "/v1/accounts")?, refused.clone());
    let (id, token) = key()?;
    hall.web.must("DELETE", &format!("/v1/api-keys/{id}"), &hall.owner, &Value::Null)?;
    checks.equal("a revoked API key is refused", status(&token, "/v1/accounts")?, refused);
    let (wallet, guest) = hall.open()?;
    let wallet: Uuid = wallet.parse()?;
    sql.execute(
        "UPDATE admit.wallet_session SET expires_at = now() - interval '1 second' WHERE wallet_id = $1",
        &[&wallet],
    )?;
    checks.equal("an expired session says so", status(&guest, "/v1/wallet")?, (401, json!("session_expired")));
    let (_, guest) = hall.open()?;
    hall.web.must("DELETE", "/v1/wallet/session", &guest, &Value::Null)?;
    checks.equal(
        "a session that was logged out says so",
        status(&guest, "/v1/wallet")?,
        (401, json!("session_expired")),
    );
    let denied = hall.scan(0, &guest, "entry", Value::Null)?;
    checks.equal("and does not pass the door", denied.json["reason"].clone(), json!("session_ended"));
    let (id, guest) = hall.open()?;
    hall.fund(&guest, 5_000)?;
    hall.web.must("POST", &format!("/v1/wallets/{id}/freeze"), &hall.owner, &json!({"reason": "lost phone"}))?;
    let denied = hall.scan(0, &guest, "entry", Value::Null)?;
    checks.equal("a frozen wallet does not pass", denied.json["reason"].clone(), json!("wallet_frozen"));
    hall.web.must("POST", &format!("/v1/wallets/{id}/unfreeze"), &hall.owner, &json!({"reason": "found"}))?;
    let passes = hall.scan(0, &guest, "entry", Value::Null)?;
    checks.equal("until it is unfrozen", passes.json["outcome"].clone(), json!("admitted"));
    Ok(())
}

fn nearly_right(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let (_, guest) = hall.open()?;
    let whole = json!({"token": guest, "kind": "exit", "nonce": Uuid::now_v7()}).to_string();
    let bearer = format!("Bearer {}", hall.tokens[0]);
    let json = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let send = |body: &[u8]| hall.web.send("POST", "/v1/scans", &json, body);
    let cut: Vec<u16> = (1..whole.len())
        .step_by(7)
        .map(|at| send(&whole.as_bytes()[..at]).map(|answer| answer.status))
        .collect::<Result<_, _>>()?;
    checks.that("JSON cut anywhere is refused", cut.iter().all(|status| *status == 400));
    for (name, body) in [
        ("deeply nested", "[".repeat(50_000)),
        ("followed by more", format!("{whole}{whole}")),
        ("naming a field twice", whole.replacen('{', "{\"kind\":\"entry\",", 1)),
        ("holding a null character", whole.replace("exit", "ex\\u0000it")),
        ("of a nonce that is no UUID", json!({"token": guest, "kind": "exit", "nonce": "1"}).to_string()),
    ] {
        let answer = send(body.as_bytes())?;
        checks.equal(
            &format!("JSON {name} is refused"),
            (answer.status, answer.json["code"].clone()),
            (400, json!("invalid_request")),
        );
    }
    let typed = [("Authorization", bearer.as_str()), ("Content-Type", "text/plain")];
    checks.equal(
        "another content type is refused",
        hall.web.send("POST", "/v1/scans", &typed, whole.as_bytes())?.status,
        415,
    );
    checks.equal("another method is refused", hall.web.send("PUT", "/v1/scans", &json, b"{}")?.status, 405);
    checks.equal(
        "an unknown path is not found",
        hall.web.call("GET", "/v1/nothing", &hall.owner, &Value::Null)?.status,
        404,
    );
    checks.equal(
        "an id that is none is refused",
        hall.web.call("GET", "/v1/events/1", &hall.owner, &Value::Null)?.status,
        400,
    );
    checks.equal("the whole of it is taken", send(whole.as_bytes())?.status, 200);
    Ok(())
}

/// Two signature headers, and both webhook secrets while one is being replaced.
fn headers(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let (_, guest) = hall.open()?;
    let body = succeeded_event("evt_headers", hall.announce(&guest, 100)?, 100);
    let (good, bad) = (signature(&body, WEBHOOK_SECRET, 0), signature(&body, "whsec_of_somebody_else", 0));
    for (name, first, second) in
        [("twice", &good, &good), ("and a wrong one", &good, &bad), ("after a wrong one", &bad, &good)]
    {
        let headers = [("Stripe-Signature", first.as_str()), ("Stripe-Signature", second.as_str())];
        let answer = hall.web.send("POST", "/webhooks/stripe/1", &headers, body.as_bytes())?;
        checks.equal(&format!("a webhook with its signature header {name} is refused"), answer.status, 400);
    }
    checks.equal(
        "a webhook with a changed body is refused",
        hall.web.deliver(&body.replace("100", "900"), &good)?.status,
        400,
    );
    checks.equal("none of them credits", hall.balance(&guest)?, 0);
    let next = hall.web.deliver(&body, &signature(&body, "whsec_of_the_next_year", 0))?;
    checks.equal("the other of two secrets is accepted", next.json["state"].clone(), json!("applied"));
    Ok(())
}
