//! Devices and staff over HTTP: pairing without a credential, logging in, scanning as a person, revoking.

use serde_json::{Value, json};
use uuid::Uuid;

use admit_core::registry::{Access, COMMANDS};
use admit_core::totp::{Step, TotpKey};

use crate::checks::{Checks, Failure};
use crate::hall::{Hall, text_of};

/// Runs the tests.
pub fn run(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let (device_id, token) = pairing(checks, hall)?;
    let session = staff(checks, hall, &token)?;
    scans(checks, hall, &device_id, &session)?;
    second_factor(checks, hall, &token)?;
    revoked(checks, hall, &device_id, &token, &session)?;
    no_route_without_a_credential(checks, hall)
}

fn pairing(checks: &mut Checks, hall: &Hall) -> Result<(String, String), Failure> {
    let asked = json!({"name": "Paired", "gate_id": hall.gates[0], "event_id": hall.event, "zones": ["GA"]});
    let invited = hall.web.must("POST", "/v1/devices/invitations", &hall.owner, &asked)?;
    let code = text_of(&invited, "pairing_code");
    let pair = |code: &str, nonce: Option<Uuid>| {
        let mut body = json!({"pairing_code": code, "brand": "Zebra", "model": "TC58", "software_version": "1.0"});
        if let Some(nonce) = nonce {
            body["pairing_nonce"] = json!(nonce);
        }
        hall.web.call("POST", "/v1/devices/pair", "", &body)
    };
    let nonce = Some(Uuid::now_v7());
    let wrong = pair("0000-0000-0000", nonce)?;
    checks.equal("a wrong pairing code is answered", wrong.status, 200);
    checks.equal("with a refusal", wrong.json["reason"].clone(), json!("code_refused"));
    let lost = text_of(&pair(&code, nonce)?.json, "device_token");
    let paired = pair(&code, nonce)?.json;
    checks.equal("a right one pairs without a credential", paired["outcome"].clone(), json!("paired"));
    checks.equal("once", pair(&code, None)?.json["reason"].clone(), json!("code_refused"));
    let (device_id, token) = (text_of(&paired, "device_id"), text_of(&paired, "device_token"));
    let first = hall.web.call("POST", "/v1/devices/heartbeat", &lost, &json!({}))?;
    checks.equal("and once more with its nonce, which ends the first token", first.status, 401);
    checks.equal("the device is the invited one", &device_id, &text_of(&invited, "device_id"));
    let beat = hall.web.must("POST", "/v1/devices/heartbeat", &token, &json!({"software_version": "1.1"}))?;
    checks.equal("its heartbeat reads its zones", beat["zones"].clone(), json!(["GA"]));
    let view = hall.web.must("GET", &format!("/v1/devices/{device_id}"), &hall.owner, &Value::Null)?;
    checks.equal("the owner reads its version", view["software_version"].clone(), json!("1.1"));
    checks.that("and when it was seen", view["last_seen_at"].is_string());
    let zones = json!({"zones": ["VIP", "BACKSTAGE"], "profile": "scan_only"});
    let changed = hall.web.must("PATCH", &format!("/v1/devices/{device_id}"), &hall.owner, &zones)?;
    checks.equal("zones change", changed["zones"].clone(), json!(["VIP", "BACKSTAGE"]));
    let live = hall.web.call("GET", &format!("/v1/events/{}/live", hall.event), &token, &Value::Null)?;
    checks.equal("the profile scan_only reads no live figures", live.status, 403);
    Ok((device_id, token))
}

fn staff(checks: &mut Checks, hall: &Hall, token: &str) -> Result<String, Failure> {
    let asked = json!({"name": "Jo", "role": "staff", "venue_ids": [hall.venue]});
    let person = hall.web.must("POST", "/v1/staff", &hall.owner, &asked)?;
    let code = text_of(&person, "staff_code");
    let as_credential = hall.web.call("GET", "/v1/events", &code, &Value::Null)?;
    checks.equal("a staff code is no credential", as_credential.status, 401);
    let login = json!({"staff_code": code});
    let by_owner = hall.web.call("POST", "/v1/staff/session", &hall.owner, &login)?;
    checks.equal("nobody logs in without a device", by_owner.status, 403);
    let wrong = hall.web.call("POST", "/v1/staff/session", token, &json!({"staff_code": "AC1"}))?;
    checks.equal("a wrong staff code is refused", wrong.json["reason"].clone(), json!("code_refused"));
    let opened = hall.web.must("POST", "/v1/staff/session", token, &login)?;
    checks.equal("a right one logs in", opened["outcome"].clone(), json!("logged_in"));
    checks.equal("for the device's event", opened["event_id"].clone(), json!(hall.event));
    Ok(text_of(&opened, "session_token"))
}

fn scans(checks: &mut Checks, hall: &Hall, device_id: &str, session: &str) -> Result<(), Failure> {
    let (wallet_id, wallet) = hall.open()?;
    hall.fund(&wallet, 5_000)?;
    let (body, nonce) = (json!({"token": wallet, "kind": "entry"}), Uuid::now_v7().to_string());
    let outside = hall.web.must("POST", "/v1/scans", session, &body)?;
    checks.equal("a wallet has no way into the device's zones", outside["reason"].clone(), json!("zone_denied"));
    hall.web.must("PATCH", &format!("/v1/devices/{device_id}"), &hall.owner, &json!({"zones": []}))?;
    let scan = hall.web.call_once("POST", "/v1/scans", session, &nonce, &body)?.json;
    checks.equal("the session scans", scan["outcome"].clone(), json!("admitted"));
    let again = hall.web.call_once("POST", "/v1/scans", session, &nonce, &body)?.json;
    checks.equal("a repeated scan is answered alike", again, scan);
    let path = format!("/v1/scans?wallet_id={wallet_id}");
    let listed = hall.web.must("GET", &path, &hall.owner, &Value::Null)?["items"][0].clone();
    checks.equal("the list names the device", listed["device_id"].clone(), json!(device_id));
    checks.equal("and that a person scanned", listed["actor_kind"].clone(), json!("staff"));
    let activity = format!("/v1/staff/{}/activity?action=scan.", text_of(&listed, "actor_id"));
    let done = hall.web.must("GET", &activity, &hall.owner, &Value::Null)?;
    checks.equal("whose activity shows it", done["items"][0]["entry_id"].clone(), listed["scan_id"].clone());
    let freeze = hall.web.call("POST", &format!("/v1/wallets/{wallet_id}/freeze"), session, &json!({"reason": "r"}))?;
    checks.equal("what the role may not do the session may not do", freeze.status, 403);
    Ok(())
}

fn second_factor(checks: &mut Checks, hall: &Hall, token: &str) -> Result<(), Failure> {
    let person = hall.web.must("POST", "/v1/staff", &hall.owner, &json!({"name": "Lee", "role": "admin"}))?;
    let login = json!({"staff_code": person["staff_code"]});
    let refused = hall.web.must("POST", "/v1/staff/session", token, &login)?;
    checks.equal("an admin needs a second factor", refused["reason"].clone(), json!("totp_not_enrolled"));
    let named = json!({"staff_id": person["staff_id"]});
    let begun = hall.web.must("POST", "/v1/staff/totp", &hall.owner, &named)?;
    let secret = data_encoding::BASE32_NOPAD.decode(text_of(&begun, "totp_secret").as_bytes())?;
    let key = TotpKey(secret.try_into().map_err(|_| "the secret has the wrong length")?);
    let now = u64::try_from(jiff::Timestamp::now().as_second())?;
    let code = |step: Step| format!("{:06}", key.six_digits(step));
    let confirm = json!({"staff_id": person["staff_id"], "totp_code": code(Step::at(now))});
    let confirmed = hall.web.must("PUT", "/v1/staff/totp", &hall.owner, &confirm)?;
    checks.equal("it is confirmed", confirmed["recovery_codes"].as_array().map(Vec::len), Some(10));
    let with = |code: String| json!({"staff_code": person["staff_code"], "totp_code": code});
    let used = hall.web.must("POST", "/v1/staff/session", token, &with(code(Step::at(now))))?;
    checks.equal("the confirming code is used up", used["reason"].clone(), json!("totp_refused"));
    let next = hall.web.must("POST", "/v1/staff/session", token, &with(code(Step(Step::at(now).0 + 1))))?;
    checks.equal("the next one logs in", next["outcome"].clone(), json!("logged_in"));
    let staff = hall.web.call("GET", "/v1/staff", &text_of(&next, "session_token"), &Value::Null)?;
    checks.equal("and an admin lists people", staff.status, 200);
    let out = hall.web.call("DELETE", "/v1/staff/session", &text_of(&next, "session_token"), &Value::Null)?;
    checks.equal("logging out", out.status, 200);
    let over = hall.web.call("GET", "/v1/staff", &text_of(&next, "session_token"), &Value::Null)?;
    checks.equal("ends the session", over.status, 401);
    Ok(())
}

fn revoked(checks: &mut Checks, hall: &Hall, device_id: &str, token: &str, session: &str) -> Result<(), Failure> {
    let before = hall.web.call("GET", &format!("/v1/events/{}", hall.event), session, &Value::Null)?;
    checks.equal("the admin's log-in has ended the session before", before.status, 401);
    hall.web.must("DELETE", &format!("/v1/devices/{device_id}"), &hall.owner, &Value::Null)?;
    let after = hall.web.call("POST", "/v1/devices/heartbeat", token, &json!({}))?;
    checks.equal("a revoked device is nobody at once", after.status, 401);
    Ok(())
}

/// Every route asks for a credential, but those on the public list.
fn no_route_without_a_credential(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let public = ["key.jwks", "venue_code.visit", "device.pair", "wallet.open", "wallet.recover"];
    let mut open = Vec::new();
    for command in COMMANDS {
        let path: Vec<String> = command
            .path
            .split('/')
            .map(|segment| if segment.starts_with('{') { Uuid::now_v7().to_string() } else { segment.to_owned() })
            .collect();
        let answer = hall.web.call(command.method.as_str(), &path.join("/"), "", &Value::Null)?;
        if answer.status != 401 {
            open.push(command.name);
        }
        if (command.access == Access::Public) != public.contains(&command.name) {
            open.push("the registry's public commands");
        }
    }
    checks.equal("no route answers without a credential, but the public ones", open, public.to_vec());
    let stream = format!("/v1/events/{}/live/stream", hall.event);
    checks.equal("nor does the live stream", hall.web.call("GET", &stream, "", &Value::Null)?.status, 401);
    let documented = hall.web.must("GET", "/openapi.json", "", &Value::Null)?;
    let mut described = Vec::new();
    for (path, operations) in documented["paths"].as_object().into_iter().flatten() {
        for (_, operation) in operations.as_object().into_iter().flatten() {
            if operation["security"] == json!([]) {
                described.push(path.clone());
            }
        }
    }
    described.sort();
    let expected = [
        "/.well-known/jwks.json",
        "/errors",
        "/errors/{name}",
        "/livez",
        "/metrics",
        "/readyz",
        "/v1/devices/pair",
        "/v1/visits/{code}",
        "/v1/visits/{code}",
        "/v1/wallet/recover",
        "/wallet/{event_id}/{venue_id}",
        "/webhooks/{provider}/{tenant_id}",
    ];
    checks.equal("and the documentation says so", described, expected.map(str::to_owned).to_vec());
    Ok(())
}
