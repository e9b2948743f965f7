//! An evening of many clients at once: two doors, four concessions, fundings by signed webhooks.
//! Every client keeps its own account and compares it with the wallet's balance in the end.

use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::task::LocalSet;
use uuid::Uuid;

use super::connection::Connection;
use super::{Measured, runtime};
use crate::checks::Failure;
use crate::place::{WEBHOOK_SECRET, connect};
use crate::web::{signature, succeeded_event};

/// The tenant of the evening, apart from the others; the shim must serve it at this host name.
const TENANT: i32 = 7;
const HOST: &str = "evening.test";
/// What each client funds, several times: minor units.
const FUNDING_CENTS: i64 = 20_000;
/// A client's pause between two requests is anything up to this.
const PAUSE_MS_MAX: u64 = 2_000;

/// The venue as the clients know it.
struct Hall {
    address: String,
    event: Uuid,
    venue: Uuid,
    /// Device tokens, the two doors first.
    devices: Vec<String>,
}

/// What an evening came to.
pub struct Evening {
    /// Requests that were measured.
    pub requests: usize,
    /// Requests that did not end as they should.
    pub errors: usize,
    /// Wallets whose balance is not what their answers say.
    pub wrong_balances: usize,
    /// Violated invariants.
    pub violations: i64,
    /// Latencies at 50, 95 and 99 percent.
    pub latency_ms: [f64; 3],
}

/// Runs the evening; prints `p50_ms p95_ms p99_ms requests errors wrong_balances violations`.
pub fn run(url: &str, database: &str, clients: usize, seconds: u64) -> Result<bool, Failure> {
    let evening = measure(url, database, clients, seconds)?;
    let Evening { requests, errors, wrong_balances, violations, latency_ms: [p50, p95, p99] } = evening;
    println!("{p50:.1} {p95:.1} {p99:.1} {requests} {errors} {wrong_balances} {violations}");
    Ok(errors == 0 && wrong_balances == 0 && violations == 0)
}

/// Runs the evening.
pub fn measure(url: &str, database: &str, clients: usize, seconds: u64) -> Result<Evening, Failure> {
    let hall = Rc::new(build(url, database)?);
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut measured, wrong) = LocalSet::new().block_on(&runtime()?, async {
        let tasks: Vec<_> =
            (0..clients).map(|client| tokio::task::spawn_local(guest(Rc::clone(&hall), client as u64, end))).collect();
        let (mut all, mut wrong) = (Measured::default(), 0);
        for task in tasks {
            match task.await {
                Ok((measured, true)) => all.add(measured),
                Ok((measured, false)) => {
                    wrong += 1;
                    all.add(measured);
                }
                Err(error) => all.errors.push(error.to_string()),
            }
        }
        (all, wrong)
    });
    let mut sql = connect(database)?;
    sql.execute("SELECT admit.tick()", &[])?;
    let violations: i64 = sql.query_one("SELECT sum(violations)::bigint FROM admit.verify($1)", &[&TENANT])?.get(0);
    measured.close();
    Ok(Evening {
        requests: measured.latencies_us.len(),
        errors: measured.errors.len(),
        wrong_balances: wrong,
        violations,
        latency_ms: [measured.at_ms(50), measured.at_ms(95), measured.at_ms(99)],
    })
}

fn build(url: &str, database: &str) -> Result<Hall, Failure> {
    let mut sql = connect(database)?;
    sql.query("SELECT admit.tenant_create($1, 'Evening')", &[&TENANT])?;
    let secrets = [WEBHOOK_SECRET.to_owned()];
    sql.query(
        "SELECT admit.provider_configure($1, provider => 'stripe', live => false, webhook_secrets => to_jsonb($2::text[]))",
        &[&TENANT, &&secrets[..]],
    )?;
    let venue: Uuid = sql.query_one("SELECT venue_id FROM admit.venue_create($1, name => 'Arena')", &[&TENANT])?.get(0);
    let event: Uuid = sql
        .query_one(
            "SELECT event_id FROM admit.event_create($1, venue_id => $2, name => 'Night', capacity => 10000, \
             starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day', reentry_allowed => true, \
             exit_scans => true, duplicate_window_ms => 0, entry_fee_cents => 1000, venue_reentry_fee_cents => 300, \
             platform_entry_fee_cents => 100, platform_reentry_fee_cents => 50)",
            &[&TENANT, &venue],
        )?
        .get(0);
    let mut devices = Vec::new();
    for gate in 0..6 {
        let kind = if gate < 2 { "door" } else { "concession" };
        let token: String = sql
            .query_one(
                "SELECT d.device_token FROM admit.gate_create($1, venue_id => $2, name => $3, gate_type => $4) AS g, \
                 LATERAL admit.device_register($1, name => $3, gate_id => g.gate_id, event_id => $5) AS d",
                &[&TENANT, &venue, &format!("Gate {gate}"), &kind, &event],
            )?
            .get(0);
        devices.push(token);
    }
    Ok(Hall { address: url.trim_start_matches("http://").to_owned(), event, venue, devices })
}

/// A guest with a connection, a wallet, and the balance that the answers so far make.
struct Guest {
    hall: Rc<Hall>,
    connection: Connection,
    number: u64,
    turn: u64,
    token: String,
    balance_cents: i64,
    measured: Measured,
}

/// One client's evening; gives what it measured and whether its balance is right in the end.
async fn guest(hall: Rc<Hall>, number: u64, end: Instant) -> (Measured, bool) {
    // Guests arrive one after the other over the longest pause.
    tokio::time::sleep(Duration::from_millis(number * 7919 % PAUSE_MS_MAX)).await;
    let connection = match Connection::open(&hall.address).await {
        Ok(connection) => connection,
        Err(error) => {
            return (Measured { errors: vec![error.to_string()], ..Measured::default() }, false);
        }
    };
    let measured = Measured::default();
    let mut guest = Guest { hall, connection, number, turn: 0, token: String::new(), balance_cents: 0, measured };
    match guest.evening(end).await {
        Ok(right) => (guest.measured, right),
        Err(error) => {
            guest.measured.errors.push(error.to_string());
            (guest.measured, false)
        }
    }
}

impl Guest {
    async fn evening(&mut self, end: Instant) -> Result<bool, Failure> {
        let path = format!("POST /wallet/{}/{}", self.hall.event, self.hall.venue);
        let opened = self.connection.send(&path, &format!("Host: {HOST}\r\n"), "").await?.json()?;
        self.token = opened["session_token"].as_str().ok_or("the wallet has no token")?.to_owned();
        while Instant::now() < end {
            self.fund().await?;
            for (gate, kind) in [(0, "entry"), (2, "concession"), (3, "concession"), (1, "exit")] {
                if Instant::now() < end {
                    self.pause().await;
                    self.scan(gate, kind).await?;
                }
            }
        }
        let headers = format!("Authorization: Bearer {}\r\n", self.token);
        let wallet = self.connection.send("GET /v1/wallet", &headers, "").await?.json()?;
        if wallet["balance_cents"].as_i64() != Some(self.balance_cents) {
            let found = &wallet["balance_cents"];
            self.measured.errors.push(format!("a wallet has {found}, its answers say {}", self.balance_cents));
            return Ok(false);
        }
        Ok(true)
    }

    /// A pause that differs from client to client and from turn to turn.
    async fn pause(&mut self) {
        self.turn += 1;
        let pause = (self.number * 7919 + self.turn * 104_729) % PAUSE_MS_MAX;
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }

    async fn fund(&mut self) -> Result<(), Failure> {
        self.pause().await;
        let headers = format!(
            "Authorization: Bearer {}\r\nContent-Type: application/json\r\nIdempotency-Key: {}\r\n",
            self.token,
            Uuid::now_v7()
        );
        let body = format!(r#"{{"amount_cents":{FUNDING_CENTS}}}"#);
        let since = Instant::now();
        let payment = self.connection.send("POST /v1/wallet/fundings", &headers, &body).await?.json()?;
        self.measured.took(since);
        let payment: Uuid = payment["payment_id"].as_str().unwrap_or_default().parse()?;
        self.pause().await;
        let event = succeeded_event(&format!("evt_{}", payment.simple()), payment, FUNDING_CENTS);
        let headers =
            format!("Content-Type: application/json\r\nStripe-Signature: {}\r\n", signature(&event, WEBHOOK_SECRET, 0));
        let path = format!("POST /webhooks/stripe/{TENANT}");
        let since = Instant::now();
        let answer = self.connection.send(&path, &headers, &event).await?.json()?;
        self.measured.took(since);
        match answer["state"].as_str() {
            Some("applied") => self.balance_cents += FUNDING_CENTS,
            other => return Err(format!("the webhook was {other:?}").into()),
        }
        Ok(())
    }

    async fn scan(&mut self, gate: usize, kind: &str) -> Result<(), Failure> {
        // Half of the guests use the other door, or one of the other two concessions.
        let gate = match (self.number % 2, gate) {
            (1, gate @ (0 | 1)) => 1 - gate,
            (1, gate) => gate + 2,
            (_, gate) => gate,
        };
        let amount = if kind == "concession" { r#","amount_cents":750"# } else { "" };
        let body = format!(r#"{{"token":"{}","kind":"{kind}","nonce":"{}"{amount}}}"#, self.token, Uuid::now_v7());
        let headers =
            format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", self.hall.devices[gate]);
        let since = Instant::now();
        let answer: Value = self.connection.send("POST /v1/scans", &headers, &body).await?.json()?;
        self.measured.took(since);
        if answer["outcome"] != "admitted" {
            return Err(format!("{kind} at gate {gate}: {answer}").into());
        }
        self.balance_cents -= answer["charged_cents"].as_i64().ok_or("the scan has no charge")?;
        Ok(())
    }
}
