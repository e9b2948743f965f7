//! Races of devices and staff: one pairing code, guesses, one code of a second factor, a revocation among scans.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use admit_core::totp::{Step, TotpKey};
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::concurrency::clean;
use crate::concurrency_sales::race;
use crate::place::{Place, connect};

/// Runs the races.
pub fn run(checks: &mut Checks, url: &str) -> Result<(), Failure> {
    let place = Place::create(url, 36, None)?;
    one_code(checks, &place)?;
    one_nonce(checks, &place)?;
    guesses(checks, &place)?;
    one_second_factor(checks, &place)?;
    wrong_second_factors(checks, &place)?;
    one_person_a_device(checks, &place)?;
    revocation(checks, &place)?;
    log_in_beside_revocation(checks, &place)?;
    log_in_beside_settings(checks, &place)
}

/// A call as the shim makes it, from a client's network.
fn dispatch(
    sql: &mut Client,
    command: &str,
    credential: Option<&str>,
    body: &Value,
    client: &str,
) -> Result<Value, postgres::Error> {
    let context = json!({"request_id": "harness", "client": client}).to_string();
    let key = Uuid::now_v7().to_string();
    let row = sql.query_one(
        "SELECT admit.dispatch(36, $1, $2, $3, $4, $5)::jsonb",
        &[&command, &credential, &body.to_string(), &key, &context],
    )?;
    Ok(row.get(0))
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

/// How many answers have this outcome, or were refused for this reason.
fn count(answers: &[Result<Value, String>], word: &str) -> usize {
    let is = |answer: &Value| answer["outcome"] == word || answer["reason"] == word;
    answers.iter().filter(|answer| answer.as_ref().is_ok_and(is)).count()
}

fn invite(sql: &mut Client, place: &Place) -> Result<String, Failure> {
    let text = "SELECT pairing_code FROM admit.device_invite(36, name => 'D', gate_id => $1, event_id => $2)";
    Ok(sql.query_one(text, &[&place.doors[0], &place.event_id])?.get(0))
}

/// A device; gives its id and token.
fn device(sql: &mut Client, place: &Place) -> Result<(Uuid, String), Failure> {
    let text =
        "SELECT device_id, device_token FROM admit.device_register(36, name => 'D', gate_id => $1, event_id => $2)";
    let row = sql.query_one(text, &[&place.doors[0], &place.event_id])?;
    Ok((row.get(0), row.get(1)))
}

/// A person of the role staff; gives its id and code.
fn person(sql: &mut Client) -> Result<(Uuid, String), Failure> {
    let row =
        sql.query_one("SELECT staff_id, staff_code FROM admit.staff_create(36, name => 'P', role => 'staff')", &[])?;
    Ok((row.get(0), row.get(1)))
}

fn one_code(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let code = invite(&mut connect(&place.url)?, place)?;
    let asked = code.clone();
    let answers = race(place, 16, move |sql, number| {
        let (body, client) = (json!({"pairing_code": asked, "model": number.to_string()}), format!("pair{number}"));
        dispatch(sql, "device.pair", None, &body, &client)
    })?;
    checks.equal("a pairing code sent by 16 at once pairs one", count(&answers, "paired"), 1);
    checks.equal("and is refused to 15", count(&answers, "code_refused"), 15);
    let token = answers.iter().flatten().map(|answer| text(answer, "device_token")).find(|token| !token.is_empty());
    let event = json!({"event_id": place.event_id});
    let read = dispatch(&mut connect(&place.url)?, "event.get", token.as_deref(), &event, "pair");
    checks.that("whose token is good", read.is_ok());
    clean(checks, place, "pairing")
}

fn one_nonce(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let body = json!({"pairing_code": invite(&mut connect(&place.url)?, place)?, "pairing_nonce": Uuid::now_v7()});
    let answers =
        race(place, 8, move |sql, number| dispatch(sql, "device.pair", None, &body, &format!("again{number}")))?;
    checks.equal("a code sent by 8 at once with its device's nonce pairs each time", count(&answers, "paired"), 8);
    let (mut sql, event) = (connect(&place.url)?, json!({"event_id": place.event_id}));
    let tokens = answers.iter().flatten().map(|answer| text(answer, "device_token"));
    let good = tokens.filter(|token| dispatch(&mut sql, "event.get", Some(token), &event, "again").is_ok()).count();
    checks.equal("and one of the tokens is good", good, 1);
    clean(checks, place, "pairing again")
}

fn guesses(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let wrong = json!({"pairing_code": "0000-0000-0000"});
    let answers = race(place, 40, move |sql, _| dispatch(sql, "device.pair", None, &wrong, "guesser"))?;
    checks.equal("of 40 guesses at once from one network 10 are looked at", count(&answers, "code_refused"), 10);
    checks.equal("and 30 find it locked", count(&answers, "locked"), 30);
    let mut sql = connect(&place.url)?;
    let body = json!({"pairing_code": invite(&mut sql, place)?});
    let locked = dispatch(&mut sql, "device.pair", None, &body, "guesser")?;
    checks.equal("a right code from there waits, too", text(&locked, "reason"), "locked".to_owned());
    let paired = dispatch(&mut sql, "device.pair", None, &body, "somebody else")?;
    checks.equal("and pairs from elsewhere", text(&paired, "outcome"), "paired".to_owned());
    Ok(())
}

/// Enrols a second factor whose last code lies a while back; gives the person, its code and its key.
fn enrolled(sql: &mut Client) -> Result<(Uuid, String, TotpKey), Failure> {
    let (staff_id, code) = person(sql)?;
    let secret: String =
        sql.query_one("SELECT totp_secret FROM admit.staff_totp_begin(36, staff_id => $1)", &[&staff_id])?.get(0);
    let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes())?;
    let key = TotpKey(secret.try_into().map_err(|_| "the secret has the wrong length")?);
    let now = totp_now(sql, &key)?;
    sql.execute("SELECT admit.staff_totp_confirm(36, staff_id => $1, totp_code => $2)", &[&staff_id, &now])?;
    sql.execute("UPDATE admit.staff SET totp_last_step = totp_last_step - 10 WHERE staff_id = $1", &[&staff_id])?;
    Ok((staff_id, code, key))
}

/// What an app shows by the server's clock.
fn totp_now(sql: &mut Client, key: &TotpKey) -> Result<String, Failure> {
    let seconds: i64 = sql.query_one("SELECT extract(epoch FROM clock_timestamp())::bigint", &[])?.get(0);
    Ok(format!("{:06}", key.six_digits(Step::at(u64::try_from(seconds)?))))
}

fn one_second_factor(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let (_, code, key) = enrolled(&mut sql)?;
    let devices: Vec<(Uuid, String)> = (0..16).map(|_| device(&mut sql, place)).collect::<Result<_, _>>()?;
    let body = json!({"staff_code": code, "totp_code": totp_now(&mut sql, &key)?});
    let answers =
        race(place, 16, move |sql, number| dispatch(sql, "staff.login", Some(&devices[number].1), &body, "door"))?;
    checks.equal("a code of a second factor at 16 devices at once logs in at one", count(&answers, "logged_in"), 1);
    let refused = count(&answers, "totp_refused") + count(&answers, "locked");
    checks.equal("and at none of the other 15", refused, 15);
    clean(checks, place, "a replayed second factor")
}

fn wrong_second_factors(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let (staff_id, code, key) = enrolled(&mut sql)?;
    let devices: Vec<(Uuid, String)> = (0..20).map(|_| device(&mut sql, place)).collect::<Result<_, _>>()?;
    let right: u32 = totp_now(&mut sql, &key)?.parse()?;
    let body = json!({"staff_code": code, "totp_code": format!("{:06}", (right + 500_000) % 1_000_000)});
    let answers =
        race(place, 20, move |sql, number| dispatch(sql, "staff.login", Some(&devices[number].1), &body, "door"))?;
    checks.equal("of 20 wrong codes at once 5 are looked at", count(&answers, "totp_refused"), 5);
    checks.equal("and 15 find the person locked", count(&answers, "locked"), 15);
    let waits: i64 = sql
        .query_one(
            "SELECT ceil(extract(epoch FROM locked_until - now()))::bigint FROM admit.staff_get(36, staff_id => $1)",
            &[&staff_id],
        )?
        .get(0);
    checks.that("for a minute, not for good", (1..=60).contains(&waits));
    Ok(())
}

fn one_person_a_device(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let (device_id, token) = device(&mut sql, place)?;
    let codes: Vec<String> = (0..12).map(|_| Ok(person(&mut sql)?.1)).collect::<Result<_, Failure>>()?;
    let answers = race(place, 12, move |sql, number| {
        dispatch(sql, "staff.login", Some(&token), &json!({"staff_code": codes[number]}), "door")
    })?;
    checks.equal("12 people log in at one device at once", count(&answers, "logged_in"), 12);
    let live: i64 = sql
        .query_one("SELECT count(*) FROM admit.staff_session WHERE device_id = $1 AND ended_at IS NULL", &[&device_id])?
        .get(0);
    checks.equal("and one of them is left there", live, 1);
    clean(checks, place, "log-ins at one device")
}

/// What a client's scans came to: how many were answered, and how many of those began after the revocation.
struct Answered {
    before: usize,
    after: usize,
}

fn revocation(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let (device_id, token) = device(&mut sql, place)?;
    let login = json!({"staff_code": person(&mut sql)?.1});
    let session = text(&dispatch(&mut sql, "staff.login", Some(&token), &login, "door")?, "session_token");
    let (revoked, over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let threads: Vec<_> = (0..8)
        .map(|number| {
            let credential = if number % 2 == 0 { token.clone() } else { session.clone() };
            let wallet = place.funded_wallet(&mut sql, 2_000)?;
            let (url, revoked, over) = (place.url.clone(), Arc::clone(&revoked), Arc::clone(&over));
            Ok(thread::spawn(move || scan_on(&url, &credential, &wallet, &revoked, &over)))
        })
        .collect::<Result<_, Failure>>()?;
    thread::sleep(Duration::from_millis(400));
    sql.execute("SELECT admit.device_revoke(36, device_id => $1)", &[&device_id])?;
    revoked.store(true, Ordering::SeqCst);
    thread::sleep(Duration::from_millis(400));
    over.store(true, Ordering::SeqCst);
    let mut answered = Vec::new();
    for thread in threads {
        answered.push(thread.join().map_err(|_| "a client panicked")??);
    }
    checks.that("8 clients scan with a device and its session", answered.iter().all(|client| client.before > 0));
    let after: usize = answered.iter().map(|client| client.after).sum();
    checks.equal("and not once after the device was revoked among their scans", after, 0);
    clean(checks, place, "a revocation among scans")
}

/// Scans until it is over, whatever the answers are.
fn scan_on(
    url: &str,
    credential: &str,
    wallet: &str,
    revoked: &AtomicBool,
    over: &AtomicBool,
) -> Result<Answered, Failure> {
    let mut sql = connect(url)?;
    let mut answered = Answered { before: 0, after: 0 };
    while !over.load(Ordering::SeqCst) {
        let late = revoked.load(Ordering::SeqCst);
        let body = json!({"token": wallet, "kind": "entry", "nonce": Uuid::now_v7()});
        match dispatch(&mut sql, "scan.record", Some(credential), &body, "door") {
            Ok(_) if late => answered.after += 1,
            Ok(_) => answered.before += 1,
            Err(error) if error.code().is_some_and(|code| code.code() == "TK002") => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(answered)
}

fn log_in_beside_revocation(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let mut good = 0;
    for _ in 0..20 {
        let (device_id, token) = device(&mut sql, place)?;
        let login = json!({"staff_code": person(&mut sql)?.1});
        let answers = race(place, 2, move |sql, number| {
            if number == 0 {
                return dispatch(sql, "staff.login", Some(&token), &login, "door");
            }
            sql.execute("SELECT admit.device_revoke(36, device_id => $1)", &[&device_id]).map(|_| Value::Null)
        })?;
        let session = answers[0].as_ref().ok().map(|answer| text(answer, "session_token"));
        let event = json!({"event_id": place.event_id});
        let alive =
            session.is_some_and(|session| dispatch(&mut sql, "event.get", Some(&session), &event, "door").is_ok());
        good += i32::from(answers[1].is_ok() && !alive);
    }
    checks.equal("no session outlives a revocation beside its log-in, 20 times", good, 20);
    clean(checks, place, "log-ins beside revocations")
}

fn log_in_beside_settings(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let mut good = 0;
    for _ in 0..20 {
        let (_, token) = device(&mut sql, place)?;
        let login = json!({"staff_code": person(&mut sql)?.1});
        let answers = race(place, 2, move |sql, number| {
            if number == 0 {
                return dispatch(sql, "staff.login", Some(&token), &login, "door");
            }
            let text = "SELECT admit.staff_configure(36, totp_roles => '[\"staff\"]')";
            sql.execute(text, &[]).map(|_| Value::Null)
        })?;
        let session = answers[0].as_ref().map(|answer| text(answer, "session_token")).unwrap_or_default();
        let alive = dispatch(&mut sql, "event.list", Some(&session), &json!({}), "door").is_ok();
        good += i32::from(answers.iter().all(Result::is_ok) && !alive);
        sql.execute("SELECT admit.staff_configure(36, totp_roles => '[\"admin\"]')", &[])?;
    }
    checks.equal("no session without a second factor outlives that its role needs one, 20 times", good, 20);
    clean(checks, place, "log-ins beside settings")
}
