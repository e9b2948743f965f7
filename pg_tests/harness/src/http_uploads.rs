//! Uploads of scans over HTTP: their limits, and what a broken connection leaves.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::hall::{Hall, text_of};

const PATH: &str = "/v1/scans/upload";

/// Runs the tests.
pub fn run(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let (device, device_id) = device(hall)?;
    let batch = |scans: usize| {
        let now = jiff::Timestamp::now().to_string();
        let scan = |_| {
            json!({"nonce": Uuid::now_v7(), "token": "AT1".to_owned() + &"0".repeat(167), "kind": "entry",
                   "outcome": "admitted", "scanned_at": now, "elapsed_ms": 1000})
        };
        json!({"sent_at": now, "scans": (0..scans).map(scan).collect::<Vec<Value>>()})
    };
    let send = |body: &str, who: &str| {
        let bearer = format!("Bearer {who}");
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        hall.web.send("POST", PATH, &headers, body.as_bytes())
    };
    let whole = batch(5_000);
    let first = send(&whole.to_string(), &device)?;
    checks.equal("5,000 scans are one upload", (first.status, first.json["error_count"].clone()), (200, json!(5_000)));
    let again = send(&whole.to_string(), &device)?;
    let repeated = again.json["verdicts"]
        .as_array()
        .map_or(0, |verdicts| verdicts.iter().filter(|verdict| verdict["repeated"] == true).count());
    checks.equal("the same again is known", repeated, 5_000);
    let scans = |answer: &Value| -> Vec<Value> {
        answer["verdicts"].as_array().into_iter().flatten().map(|verdict| verdict["scan_id"].clone()).collect()
    };
    checks.that("with the same scans", scans(&first.json) == scans(&again.json));
    checks.equal(
        "5,001 are too many",
        send(&batch(5_001).to_string(), &device)?.json["code"].clone(),
        json!("limit_exceeded"),
    );
    // The server answers and closes without reading on, which a client may notice before it has sent all.
    let unread = send(&batch(100_000).to_string(), &device).map_or(413, |answer| answer.status);
    checks.equal("100,000 are not even read", unread, 413);
    let text = batch(10).to_string();
    let cut = &text[..text.len() / 2];
    checks.equal("one that was cut in the middle is refused as a whole", send(cut, &device)?.status, 400);
    let other = json!({"device_id": hall.devices[0], "sent_at": "2026-01-01T00:00:00Z", "scans": whole["scans"]});
    checks.equal("a device uploads for no other", send(&other.to_string(), &device)?.status, 404);
    hall.web.must("DELETE", &format!("/v1/devices/{device_id}"), &hall.owner, &Value::Null)?;
    checks.equal(
        "a stolen device uploads nothing once it is revoked",
        send(&batch(1).to_string(), &device)?.status,
        401,
    );
    let later = json!({"device_id": device_id, "sent_at": batch(1)["sent_at"], "scans": batch(1)["scans"]});
    let by_staff = send(&later.to_string(), &hall.owner)?;
    checks.equal(
        "staff can, to see what it did",
        (by_staff.status, by_staff.json["conflict_count"].clone()),
        (200, json!(1)),
    );
    Ok(())
}

fn device(hall: &Hall) -> Result<(String, String), Failure> {
    let asked = json!({"name": "Uploader", "gate_id": hall.gates[0], "event_id": hall.event});
    let made = hall.web.must("POST", "/v1/devices", &hall.owner, &asked)?;
    Ok((text_of(&made, "device_token"), text_of(&made, "device_id")))
}
