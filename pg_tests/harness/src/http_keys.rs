//! Published keys over HTTP: kept for minutes, asked for again by their tag, gone when they are revoked.

use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::hall::Hall;
use crate::web::Answer;

const PATH: &str = "/.well-known/jwks.json";
const KEPT: &str = "public, max-age=300";

/// Runs the tests.
pub fn run(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let first = get(hall, "")?;
    let tag = first.header("etag").to_owned();
    checks.equal("keys may be kept", (first.status, first.header("cache-control")), (200, KEPT));
    checks.that("under a tag", tag.len() == 34 && tag.starts_with('"') && tag.ends_with('"'));
    checks.equal("which stays while they do", get(hall, "")?.header("etag"), tag.as_str());
    for known in [tag.clone(), format!("W/{tag}"), format!("\"older\", {tag}"), "*".to_owned()] {
        let again = get(hall, &known)?;
        let seen = (again.status, again.text.as_str(), again.header("etag"), again.header("cache-control"));
        checks.equal(&format!("If-None-Match: {known} gives nothing new"), seen, (304, "", tag.as_str(), KEPT));
    }
    checks.equal("another tag gives them", get(hall, "\"older\"")?.status, 200);
    let head = hall.web.send("HEAD", PATH, &[], b"")?;
    checks.equal("HEAD gives the tag", (head.status, head.header("etag")), (200, tag.as_str()));
    let rotated = hall.web.must("POST", "/v1/keys/rotate", &hall.owner, &json!({"purpose": "device"}))?;
    let second = get(hall, &tag)?;
    checks.that("a new key gives another", second.status == 200 && second.header("etag") != tag);
    checks.that("with the key", kids(&second).contains(&kid(&rotated["key_id"])));
    let path = format!("/v1/keys/{}/revoke", rotated["key_id"]);
    let revoked = hall.web.must("POST", &path, &hall.owner, &json!({"reason": "leaked"}))?;
    let third = get(hall, second.header("etag"))?;
    checks.equal(
        "a revoked one is gone",
        (third.status, kids(&third).contains(&kid(&revoked["key_id"]))),
        (200, false),
    );
    checks.that("its successor is there", kids(&third).contains(&kid(&revoked["current_key_id"])));
    let scheduled = hall.web.must("PUT", "/v1/keys/schedules/device", &hall.owner, &json!({"every_days": 90}))?;
    checks.equal("keys are rotated by schedule", scheduled["every_days"].clone(), json!(90));
    let ended = hall.web.must("PUT", "/v1/keys/schedules/device", &hall.owner, &json!({}))?;
    checks.equal("until it ends", ended["every_days"].clone(), Value::Null);
    let other = hall.web.call("GET", "/v1/keys", &hall.owner, &Value::Null)?;
    checks.equal("other answers are not kept", other.header("cache-control"), "no-store");
    Ok(())
}

fn get(hall: &Hall, known: &str) -> Result<Answer, Failure> {
    let headers: &[(&str, &str)] = if known.is_empty() { &[] } else { &[("If-None-Match", known)] };
    hall.web.send("GET", PATH, headers, b"")
}

fn kid(key_id: &Value) -> String {
    format!("{:04x}", key_id.as_i64().unwrap_or_default())
}

fn kids(answer: &Answer) -> Vec<String> {
    let keys = answer.json["keys"].as_array();
    keys.into_iter().flatten().filter_map(|key| key["kid"].as_str().map(str::to_owned)).collect()
}
