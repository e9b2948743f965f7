//! Races of gates: one ticket at many of them, and uploads that collide with each other and with scans.

use jiff::{SignedDuration, Timestamp};
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::concurrency::clean;
use crate::concurrency_sales::race;
use crate::concurrency_tokens::{TENANT, free_type, ticket, token};
use crate::place::{Place, connect, scan};

/// Gates at which one ticket is shown.
const GATES: usize = 16;
/// Devices that upload.
const UPLOADERS: usize = 8;
/// Clients that scan meanwhile.
const SCANNERS: usize = 2;
/// Tickets that all of them have read.
const TICKETS: usize = 40;

/// Runs the races.
pub fn run(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    one_ticket(checks, place)?;
    uploads(checks, place)
}

/// An event that lets nobody back in, with its devices and tickets.
struct Night {
    event: Uuid,
    devices: Vec<Uuid>,
    tokens: Vec<String>,
}

impl Night {
    fn open(sql: &mut Client, place: &Place, devices: usize, tickets: usize) -> Result<Self, Failure> {
        let text = "SELECT event_id FROM admit.event_create($1, venue_id => $2, name => 'Once', \
                    starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day', exit_scans => false, \
                    duplicate_window_ms => 0)";
        let event: Uuid = sql.query_one(text, &[&TENANT, &place.venue_id])?.get(0);
        let text = "SELECT device_id FROM admit.device_register($1, name => 'Gate', gate_id => $2, event_id => $3)";
        let mut made = Vec::new();
        for _ in 0..devices {
            made.push(sql.query_one(text, &[&TENANT, &place.doors[0], &event])?.get(0));
        }
        let ticket_type = free_type(sql, event)?;
        let mut tokens = Vec::new();
        for _ in 0..tickets {
            let (session, ticket) = ticket(sql, place, ticket_type)?;
            tokens.push(token(sql, &session, ticket)?);
        }
        Ok(Self { event, devices: made, tokens })
    }
}

fn one_ticket(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let night = Night::open(&mut connect(&place.url)?, place, GATES, 1)?;
    let (shown, devices) = (night.tokens[0].clone(), night.devices);
    let answers = race(place, GATES, move |sql, number| {
        let text = "SELECT outcome, reason, prior ->> 'gate_id' IS NOT NULL AND prior ->> 'admitted_at' IS NOT NULL \
                    FROM admit.scan($1, $2, $3, 'entry', $4)";
        let row = sql.query_one(text, &[&TENANT, &shown, &devices[number], &Uuid::now_v7()])?;
        Ok((row.get::<_, String>(0), row.get::<_, Option<String>>(1), row.get::<_, Option<bool>>(2)))
    })?;
    let count = |outcome: &str| answers.iter().flatten().filter(|answer| answer.0 == outcome).count();
    checks.equal("one ticket at 16 gates at once is admitted once", count("admitted"), 1);
    let named = |answer: &&(String, Option<String>, Option<bool>)| {
        answer.1.as_deref() == Some("ticket_used") && answer.2 == Some(true)
    };
    let duplicates = answers.iter().flatten().filter(named).count();
    checks.equal("and denied at 15 that name when and where", duplicates, GATES - 1);
    clean(checks, place, "one ticket at 16 gates")
}

/// What a device sends: all tickets, at times of its own.
fn batch(night_tokens: &[String], device: usize, base: Timestamp) -> Vec<Value> {
    let scan = |(number, token): (usize, &String)| {
        // Every ticket has another device as its first.
        let rank = (device + number) % UPLOADERS;
        let ago = SignedDuration::from_secs(600 - i64::try_from(rank).unwrap_or_default() * 10);
        let nonce = Uuid::from_u128(((device as u128) << 64) | (number as u128 + 1));
        json!({"nonce": nonce, "token": token, "kind": "entry", "outcome": "admitted",
               "scanned_at": base.checked_sub(ago).unwrap_or(base).to_string()})
    };
    night_tokens.iter().enumerate().map(scan).collect()
}

fn uploads(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let night = Night::open(&mut sql, place, UPLOADERS + SCANNERS, TICKETS)?;
    let (tokens, devices, base) = (night.tokens.clone(), night.devices.clone(), Timestamp::now());
    let answers = race(place, UPLOADERS + SCANNERS, move |sql, number| {
        if number >= UPLOADERS {
            for token in tokens.iter().rev() {
                scan(sql, TENANT, token, devices[number], "entry", Uuid::now_v7(), None)?;
            }
            return Ok(0);
        }
        let whole = batch(&tokens, number, base);
        let (first, second) = whole.split_at(TICKETS / 3);
        let backwards: Vec<Value> = whole.iter().rev().cloned().collect();
        let mut answered = 0;
        // In parts, all of it again, and backwards.
        for part in [second, first, &whole, &backwards] {
            let text = "SELECT jsonb_array_length(verdicts) FROM admit.scan_upload($1, device_id => $2, sent_at => now(), scans => $3)";
            let verdicts: i32 = sql.query_one(text, &[&TENANT, &devices[number], &json!(part)])?.get(0);
            answered += usize::try_from(verdicts).unwrap_or_default();
        }
        Ok(answered)
    })?;
    let answered: usize = answers.iter().flatten().sum();
    checks.equal("each uploaded scan has a verdict", answered, UPLOADERS * TICKETS * 3);
    judged(checks, &mut sql, &night)?;
    clean(checks, place, "uploads that collide")
}

fn judged(checks: &mut Checks, sql: &mut Client, night: &Night) -> Result<(), Failure> {
    let text = "SELECT count(*), count(*) FILTER (WHERE entries - annulled = 1), count(*) FILTER (WHERE admitted_at < now() - interval '9 minutes 55 seconds') \
                FROM admit.ticket WHERE tenant_id = $1 AND event_id = $2";
    let row = sql.query_one(text, &[&TENANT, &night.event])?;
    let counts: (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
    let tickets = i64::try_from(TICKETS)?;
    checks.equal("each ticket counts once, and its earliest scan does", counts, (tickets, tickets, tickets));
    let text = "SELECT count(*), count(*) FILTER (WHERE j.body -> 'offline' IS NOT NULL) \
                FROM admit.journal AS j WHERE j.tenant_id = $1 AND j.event_id = $2 AND j.action LIKE 'scan.%'";
    let row = sql.query_one(text, &[&TENANT, &night.event])?;
    let booked: (i64, i64) = (row.get(0), row.get(1));
    let uploaded = i64::try_from(UPLOADERS * TICKETS)?;
    checks.equal("each scan is booked once", booked, (uploaded + i64::try_from(SCANNERS * TICKETS)?, uploaded));
    let text = "SELECT count(*) FROM admit.scan_conflict WHERE tenant_id = $1 AND event_id = $2";
    let conflicts: i64 = sql.query_one(text, &[&TENANT, &night.event])?.get(0);
    let text = "SELECT count(*) FROM admit.journal WHERE tenant_id = $1 AND event_id = $2 AND action = 'scan.admitted' AND recorded_at IS NOT NULL";
    let admissions: i64 = sql.query_one(text, &[&TENANT, &night.event])?.get(0);
    let text = "SELECT count(*) FROM admit.journal WHERE tenant_id = $1 AND event_id = $2 AND action = 'scan.conflict'";
    let collided: i64 = sql.query_one(text, &[&TENANT, &night.event])?.get(0);
    checks.equal("staff sees each collision once", conflicts, collided + admissions - tickets);
    Ok(())
}
