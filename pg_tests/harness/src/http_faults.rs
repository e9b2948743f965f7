//! Faults between client and database: no connection left, statements interrupted, clients that go
//! away or dawdle, limits, and a shim that is told to stop.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::hall::Hall;
use crate::place::connect;
use crate::shim::Shim;
use crate::web::Answer;

/// What a drink costs here, fees included.
const DRINK_CENTS: i64 = 200 + 5;
/// What each guest starts with.
const START_CENTS: i64 = 50_000;

/// Runs the tests; `hall` is on another shim of the same database.
pub fn run(checks: &mut Checks, hall: &Hall, database: &str) -> Result<(), Failure> {
    let variables = [
        ("ADMIT_POOL_SIZE", "2"),
        ("ADMIT_POOL_WAIT_MS", "500"),
        ("ADMIT_HEADER_TIMEOUT_MS", "1000"),
        ("ADMIT_REQUEST_TIMEOUT_MS", "8000"),
        ("ADMIT_LIVE_POLL_MS", "100"),
    ];
    let mut shim = Shim::start(database, "faults", &variables)?;
    let tiny = Hall { web: shim.web.clone(), ..hall.clone() };
    let mut secrets = vec![tiny.owner.clone(), crate::place::WEBHOOK_SECRET.to_owned()];
    secrets.extend(tiny.tokens.iter().cloned());
    pool_exhausted(checks, &tiny, database)?;
    interrupted(checks, &tiny, database)?;
    clients_gone(checks, &tiny, &mut secrets)?;
    dawdlers(checks, &tiny)?;
    stopped(checks, &tiny, database, &mut shim)?;
    let log = std::fs::read_to_string(&shim.log)?;
    checks.that("the shim has said something", !log.is_empty());
    let told = secrets.iter().filter(|secret| log.contains(secret.as_str())).count();
    checks.equal("and no secret", told, 0);
    rate_limits(checks, hall, database)
}

/// A guest with money.
fn guest(hall: &Hall) -> Result<(Uuid, String), Failure> {
    let (wallet, token) = hall.open()?;
    hall.fund(&token, START_CENTS)?;
    Ok((wallet.parse()?, token))
}

/// Holds a wallet's row as a long transaction would.
fn hold(sql: &mut Client, wallet: Uuid) -> Result<(), Failure> {
    sql.batch_execute("BEGIN")?;
    sql.execute("SELECT 1 FROM admit.wallet WHERE wallet_id = $1 FOR UPDATE", &[&wallet])?;
    Ok(())
}

/// Buys a drink in the background.
fn drink(hall: &Hall, token: &str, nonce: &str) -> JoinHandle<Result<Answer, String>> {
    let (hall, token, nonce) = (hall.clone(), token.to_owned(), nonce.to_owned());
    thread::spawn(move || drink_now(&hall, &token, &nonce).map_err(|error| error.to_string()))
}

fn drink_now(hall: &Hall, token: &str, nonce: &str) -> Result<Answer, Failure> {
    let body = json!({"token": token, "kind": "concession", "amount_cents": 200, "nonce": nonce});
    hall.web.call_once("POST", "/v1/scans", &hall.tokens[2], nonce, &body)
}

fn joined(handle: JoinHandle<Result<Answer, String>>) -> Result<Answer, Failure> {
    Ok(handle.join().map_err(|_| "a client panicked")??)
}

fn nonce() -> String {
    Uuid::now_v7().to_string()
}

fn pool_exhausted(checks: &mut Checks, hall: &Hall, database: &str) -> Result<(), Failure> {
    let (held, held_token) = guest(hall)?;
    let (_, free_token) = guest(hall)?;
    let mut sql = connect(database)?;
    hold(&mut sql, held)?;
    let waiting: Vec<_> = (0..2).map(|_| drink(hall, &held_token, &nonce())).collect();
    wait_for_locks(&mut connect(database)?, 2)?;
    let since = Instant::now();
    let again = nonce();
    let refused = drink_now(hall, &free_token, &again)?;
    checks.equal("with every connection busy a scan is told to wait", refused.status, 503);
    checks.that("in time", since.elapsed() < Duration::from_secs(3));
    checks.that("and for how long", refused.head.to_ascii_lowercase().contains("retry-after: "));
    checks.equal("the shim is alive", hall.web.send("GET", "/livez", &[], b"")?.status, 200);
    sql.batch_execute("COMMIT")?;
    for handle in waiting {
        checks.equal("who waited is served", joined(handle)?.json["outcome"].clone(), json!("admitted"));
    }
    checks.equal("who was refused, too", drink_now(hall, &free_token, &again)?.status, 200);
    checks.equal("once", hall.balance(&free_token)?, START_CENTS - DRINK_CENTS);
    checks.equal("two drinks of the first", hall.balance(&held_token)?, START_CENTS - 2 * DRINK_CENTS);
    Ok(())
}

/// Waits until so many sessions of the shim wait for a lock.
fn wait_for_locks(sql: &mut Client, sessions: i64) -> Result<(), Failure> {
    let text = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%dispatch%'";
    for _ in 0..200 {
        if sql.query_one(text, &[])?.get::<_, i64>(0) >= sessions {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Err("nobody waits for the lock".into())
}

/// An administrator cancels the statement, or ends the connection, while a scan waits.
fn interrupted(checks: &mut Checks, hall: &Hall, database: &str) -> Result<(), Failure> {
    for function in ["pg_cancel_backend", "pg_terminate_backend"] {
        let (wallet, token) = guest(hall)?;
        let mut sql = connect(database)?;
        let mut administrator = connect(database)?;
        hold(&mut sql, wallet)?;
        let nonce = nonce();
        let waiting = drink(hall, &token, &nonce);
        wait_for_locks(&mut administrator, 1)?;
        administrator.execute(
            &format!("SELECT {function}(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%dispatch%'"),
            &[],
        )?;
        thread::sleep(Duration::from_millis(300));
        sql.batch_execute("COMMIT")?;
        let answer = joined(waiting)?;
        // Tried again by the shim, or handed to the client: both are sound.
        checks.that(
            &format!("{function}: the scan is carried out after all, or refused in words"),
            answer.status == 200 || (answer.status == 503 && answer.json["code"] == "unavailable"),
        );
        let again = drink_now(hall, &token, &nonce)?;
        checks.equal(&format!("{function}: sent again it passes"), again.json["outcome"].clone(), json!("admitted"));
        checks.equal(&format!("{function}: once"), hall.balance(&token)?, START_CENTS - DRINK_CENTS);
    }
    Ok(())
}

/// Clients that send and go away without reading; what they sent is carried out once.
fn clients_gone(checks: &mut Checks, hall: &Hall, secrets: &mut Vec<String>) -> Result<(), Failure> {
    let (_, token) = guest(hall)?;
    secrets.push(token.clone());
    let nonces: Vec<String> = (0..50).map(|_| nonce()).collect();
    for nonce in &nonces {
        let body = json!({"token": token, "kind": "concession", "amount_cents": 200, "nonce": nonce}).to_string();
        send_and_go(hall, "/v1/scans", &hall.tokens[2], nonce, &body)?;
        send_and_go(hall, "/v1/wallet/fundings", &token, nonce, r#"{"amount_cents":100}"#)?;
    }
    let (mut admitted, mut announced) = (0, 0);
    for nonce in &nonces {
        admitted += usize::from(drink_now(hall, &token, nonce)?.json["outcome"] == "admitted");
        let body = json!({"amount_cents": 100});
        let funding = hall.web.call_once("POST", "/v1/wallet/fundings", &token, nonce, &body)?;
        announced += usize::from((200..300).contains(&funding.status));
    }
    checks.equal("50 scans whose clients went away, sent again, pass", admitted, 50);
    checks.equal("each once", hall.balance(&token)?, START_CENTS - 50 * DRINK_CENTS);
    checks.equal("50 fundings likewise", announced, 50);
    let history = hall.web.must("GET", "/v1/wallet/history?limit=200", &token, &Value::Null)?;
    let announced =
        history["items"].as_array().into_iter().flatten().filter(|item| item["action"] == "payment.announced");
    checks.equal("each once, beside the first", announced.count(), 51);
    Ok(())
}

fn send_and_go(hall: &Hall, path: &str, credential: &str, key: &str, body: &str) -> Result<(), Failure> {
    let mut stream = TcpStream::connect(&hall.web.address)?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {credential}\r\nIdempotency-Key: {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    stream.flush()?;
    Ok(())
}

/// A header that never ends and a body that never comes do not hold the shim up.
fn dawdlers(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let mut header = TcpStream::connect(&hall.web.address)?;
    write!(header, "POST /v1/scans HTTP/1.1\r\nHost: loc")?;
    let mut body = TcpStream::connect(&hall.web.address)?;
    write!(
        body,
        "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Idempotency-Key: {}\r\nContent-Length: 100\r\n\r\n{{",
        hall.tokens[2],
        nonce()
    )?;
    let since = Instant::now();
    let (_, token) = guest(hall)?;
    checks.equal("beside two dawdlers a scan passes", drink_now(hall, &token, &nonce())?.status, 200);
    for (name, mut stream) in [("a header that never ends", header), ("a body that never comes", body)] {
        stream.set_read_timeout(Some(Duration::from_secs(15)))?;
        let mut rest = String::new();
        let ended = stream.read_to_string(&mut rest).is_ok();
        let told = rest.is_empty() || rest.starts_with("HTTP/1.1 4");
        checks.that(&format!("{name} ends the connection"), ended && told && since.elapsed() < Duration::from_secs(12));
    }
    Ok(())
}

/// SIGTERM: running requests are answered, live streams end, nothing new is taken.
fn stopped(checks: &mut Checks, hall: &Hall, database: &str, shim: &mut Shim) -> Result<(), Failure> {
    let (wallet, token) = guest(hall)?;
    let path = format!("/v1/events/{}/live/stream", hall.event);
    let mut stream = TcpStream::connect(&hall.web.address)?;
    stream.set_read_timeout(Some(Duration::from_secs(15)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n", hall.owner)?;
    let mut sql = connect(database)?;
    hold(&mut sql, wallet)?;
    let waiting = drink(hall, &token, &nonce());
    wait_for_locks(&mut connect(database)?, 1)?;
    let since = Instant::now();
    shim.ask_to_stop()?;
    thread::sleep(Duration::from_millis(300));
    sql.batch_execute("COMMIT")?;
    let answer = joined(waiting)?;
    checks.equal(
        "a scan under way when the shim is told to stop is answered",
        answer.json["outcome"].clone(),
        json!("admitted"),
    );
    let mut live = String::new();
    let ended = stream.read_to_string(&mut live).is_ok();
    checks.that("a live stream has told the figures and ends", ended && live.contains("data:"));
    checks.that("the shim ends well", shim.ended_well()?);
    checks.that("within its time", since.elapsed() < Duration::from_secs(10));
    checks.that("and takes nothing new", TcpStream::connect(&hall.web.address).is_err());
    Ok(())
}

/// Limits by credential: one that asks too often is told so, another is not.
fn rate_limits(checks: &mut Checks, hall: &Hall, database: &str) -> Result<(), Failure> {
    let limits = [("ADMIT_RATE_PER_CREDENTIAL", "5/60"), ("ADMIT_RATE_PER_IP", "0")];
    let shim = Shim::start(database, "limits", &limits)?;
    let slow = Hall { web: shim.web.clone(), ..hall.clone() };
    let path = format!("/v1/events/{}", slow.event);
    let asked = |credential: &str| slow.web.call("GET", &path, credential, &Value::Null);
    let answers: Vec<Answer> = (0..8).map(|_| asked(&slow.owner)).collect::<Result<_, _>>()?;
    let passed = answers.iter().filter(|answer| answer.status == 200).count();
    checks.equal("5 of 8 requests of one credential pass", passed, 5);
    let refused = answers.iter().find(|answer| answer.status == 429).ok_or("nothing was limited")?;
    let head = refused.head.to_ascii_lowercase();
    checks.that("the others are told when to come back", head.contains("retry-after: ") && head.contains("ratelimit"));
    checks.equal("with the error's name", refused.json["code"].clone(), json!("rate_limited"));
    checks.equal("another credential passes", asked(&slow.tokens[0])?.status, 200);
    Ok(())
}
