//! Races of tickets' tokens: one rotating code at many gates, and a new signing key in the middle of scans.

use postgres::Client;
use serde_json::json;
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::concurrency::clean;
use crate::concurrency_sales::race;
use crate::place::{Place, connect, scan};
use crate::sellout::wallet;
use crate::{concurrency_keys, concurrency_manifests, concurrency_reissues, concurrency_uploads, upload_orders};

/// The tenant of these races.
pub const TENANT: i32 = 5;
/// Gates, and clients that scan.
const GATES: usize = 16;

/// Runs the races.
pub fn run(checks: &mut Checks, url: &str) -> Result<(), Failure> {
    let place = Place::create(url, TENANT, None)?;
    one_code(checks, &place)?;
    new_keys(checks, &place)?;
    concurrency_keys::run(checks, &place)?;
    concurrency_reissues::run(checks, &place)?;
    concurrency_manifests::run(checks, &place)?;
    concurrency_uploads::run(checks, &place)?;
    upload_orders::run(checks, &place)
}

/// An event at which nothing but the token speaks against a second entry, with its gates' devices.
pub fn open_event(sql: &mut Client, place: &Place) -> Result<(Uuid, Vec<Uuid>), Failure> {
    let text = "SELECT event_id FROM admit.event_create($1, venue_id => $2, name => 'Open', \
                starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day', reentry_allowed => true, \
                exit_scans => false, duplicate_window_ms => 0)";
    let event: Uuid = sql.query_one(text, &[&TENANT, &place.venue_id])?.get(0);
    let text = "SELECT device_id FROM admit.device_register($1, name => 'Gate', gate_id => $2, event_id => $3)";
    let devices = (0..GATES).map(|_| Ok(sql.query_one(text, &[&TENANT, &place.doors[0], &event])?.get(0)));
    Ok((event, devices.collect::<Result<_, Failure>>()?))
}

/// A new wallet's free ticket for the event: the session and the ticket.
pub fn ticket(sql: &mut Client, place: &Place, ticket_type: Uuid) -> Result<(String, Uuid), Failure> {
    let (session, _) = wallet(sql, place)?;
    let lines = json!([{"ticket_type_id": ticket_type, "quantity": 1}]);
    let text = "SELECT (tickets #>> '{0,ticket_id}')::uuid \
                FROM admit.order_create($1, order_id => $2, session_token => $3, pay_with => 'nothing', lines => $4)";
    let ticket = sql.query_one(text, &[&TENANT, &Uuid::now_v7(), &session, &lines])?.get(0);
    Ok((session, ticket))
}

/// A type of free tickets for the event.
pub fn free_type(sql: &mut Client, event: Uuid) -> Result<Uuid, Failure> {
    let text =
        "SELECT ticket_type_id FROM admit.ticket_type_create($1, event_id => $2, name => 'Free', price_cents => 0)";
    Ok(sql.query_one(text, &[&TENANT, &event])?.get(0))
}

/// What the ticket's holder shows.
pub fn token(sql: &mut Client, session: &str, ticket: Uuid) -> Result<String, postgres::Error> {
    let text = "SELECT token FROM admit.ticket_token($1, ticket_id => $2, session_token => $3)";
    Ok(sql.query_one(text, &[&TENANT, &ticket, &session])?.get(0))
}

fn one_code(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let (event, gates) = open_event(&mut sql, place)?;
    let policy = json!({"rotating_codes": true, "rotating_tolerance_seconds": 300});
    sql.execute("SELECT admit.policy_set($1, event_id => $2, policy => $3)", &[&TENANT, &event, &policy])?;
    let ticket_type = free_type(&mut sql, event)?;
    let (session, ticket) = ticket(&mut sql, place, ticket_type)?;
    let shown = token(&mut sql, &session, ticket)?;
    let answers =
        race(place, GATES, move |sql, number| scan(sql, TENANT, &shown, gates[number], "entry", Uuid::now_v7(), None))?;
    let outcome = |wanted: &str| answers.iter().flatten().filter(|answer| answer.0 == wanted).count();
    checks.equal("one rotating code at 16 gates at once admits once", outcome("admitted"), 1);
    checks.equal("and is a replay at the other 15", outcome("denied code_replayed"), GATES - 1);
    clean(checks, place, "one rotating code at 16 gates")
}

/// Eight gates scan tickets that were fetched before and after each of ten new keys.
fn new_keys(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    const CLIENTS: usize = 9;
    const SCANS: usize = 40;
    let mut sql = connect(&place.url)?;
    let (event, gates) = open_event(&mut sql, place)?;
    let ticket_type = free_type(&mut sql, event)?;
    let mut tickets = Vec::new();
    for _ in 1..CLIENTS {
        tickets.push(ticket(&mut sql, place, ticket_type)?);
    }
    let answers = race(place, CLIENTS, move |sql, number| {
        let Some((session, ticket)) = number.checked_sub(1).and_then(|number| tickets.get(number)) else {
            for _ in 0..10 {
                sql.execute("SELECT admit.key_rotate($1, purpose => 'ticket_signing')", &[&TENANT])?;
            }
            return Ok(0);
        };
        let first = token(sql, session, *ticket)?;
        let mut admitted = 0;
        for turn in 0..SCANS {
            let shown = if turn % 2 == 0 { first.clone() } else { token(sql, session, *ticket)? };
            let answer = scan(sql, TENANT, &shown, gates[number], "entry", Uuid::now_v7(), None)?;
            admitted += usize::from(answer.0 == "admitted");
        }
        Ok(admitted)
    })?;
    let admitted: usize = answers.iter().flatten().sum();
    checks.equal("new signing keys in the middle of scans lose none", admitted, (CLIENTS - 1) * SCANS);
    let text =
        "SELECT count(DISTINCT k ->> 'kid') FROM admit.key_jwks($1) AS s, jsonb_array_elements(to_jsonb(s.keys)) AS k";
    let published: i64 = sql.query_one(text, &[&TENANT])?.get(0);
    checks.equal("all eleven and the keys of receipts, checkpoints and devices are published", published, 14);
    clean(checks, place, "new signing keys")
}
