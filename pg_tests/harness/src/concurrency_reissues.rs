//! Races of reissues: with scans of the old and the new code, with each other, and over one request.

use postgres::Client;
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::concurrency::clean;
use crate::concurrency_sales::race;
use crate::concurrency_tokens::{TENANT, free_type, open_event, ticket, token};
use crate::place::{Place, connect, scan};

/// Tickets that are reissued while they are scanned.
const ROUNDS: usize = 20;
/// Gates with the old code and the old token.
const GATES: usize = 6;
/// Clients that reissue one ticket, or decide on one request.
const CLIENTS: usize = 8;

/// Runs the races.
pub fn run(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let (event, gates) = open_event(&mut sql, place)?;
    sql.execute("SELECT admit.event_update($1, event_id => $2, reentry_allowed => false)", &[&TENANT, &event])?;
    let ticket_type = free_type(&mut sql, event)?;
    with_scans(checks, place, ticket_type, &gates)?;
    with_each_other(checks, place, ticket_type)?;
    one_request(checks, place, ticket_type)
}

fn reissue(sql: &mut Client, ticket: Uuid) -> Result<u64, postgres::Error> {
    sql.execute("SELECT admit.ticket_reissue($1, ticket_id => $2, reason => 'lost')", &[&TENANT, &ticket])
}

fn code(sql: &mut Client, session: &str, ticket: Uuid) -> Result<String, postgres::Error> {
    let text = "SELECT token FROM admit.ticket_token($1, ticket_id => $2, session_token => $3, form => 'code')";
    Ok(sql.query_one(text, &[&TENANT, &ticket, &session])?.get(0))
}

/// A ticket that admits once: by an old code before the reissue, or by the new one after it.
fn with_scans(checks: &mut Checks, place: &Place, ticket_type: Uuid, gates: &[Uuid]) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let (mut once, mut told, mut by_new) = (0, 0, 0);
    for round in 0..ROUNDS {
        let (session, ticket) = ticket(&mut sql, place, ticket_type)?;
        let old = [code(&mut sql, &session, ticket)?, token(&mut sql, &session, ticket)?];
        let gates = gates.to_vec();
        let answers = race(place, GATES + 1, move |sql, number| {
            if number < GATES {
                // In some rounds the gates come late.
                std::thread::sleep(std::time::Duration::from_millis((round % 4) as u64));
                return scan(sql, TENANT, &old[number % 2], gates[number], "entry", Uuid::now_v7(), None)
                    .map(|answer| answer.0);
            }
            reissue(sql, ticket)?;
            let new = code(sql, &session, ticket)?;
            scan(sql, TENANT, &new, gates[number], "entry", Uuid::now_v7(), None)
                .map(|answer| format!("new {}", answer.0))
        })?;
        let count = |wanted: &str| answers.iter().flatten().filter(|answer| *answer == wanted).count();
        let (old_admitted, new_admitted) = (count("admitted"), count("new admitted"));
        once += usize::from(old_admitted + new_admitted == 1);
        by_new += new_admitted;
        // Whoever reissues too late is told that the ticket is used.
        let late = answers.iter().filter(|answer| answer.as_ref().is_err_and(|state| state == "TK005")).count();
        let superseded = count("denied ticket_superseded");
        let used = count("denied ticket_used") + count("denied already_inside") + count("denied duplicate");
        told += usize::from((new_admitted == 1 && superseded == GATES) || (late == 1 && used == GATES - 1));
    }
    checks.equal("a ticket that is reissued while it is scanned admits once", once, ROUNDS);
    checks.equal("and every other scan is told why not", told, ROUNDS);
    checks.that("by the new code where the reissue was first", by_new > 0);
    clean(checks, place, "reissues and scans at once")
}

/// Parallel reissues are as many generations, all recorded.
fn with_each_other(checks: &mut Checks, place: &Place, ticket_type: Uuid) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let (session, ticket) = ticket(&mut sql, place, ticket_type)?;
    let first = code(&mut sql, &session, ticket)?;
    let answers = race(place, CLIENTS, move |sql, _| reissue(sql, ticket))?;
    checks.equal("parallel reissues all succeed", answers.iter().flatten().count(), CLIENTS);
    let text = "SELECT h.generation, array_agg((r ->> 'replaced_generation')::integer ORDER BY (r ->> 'replaced_generation')::integer) \
                FROM admit.ticket_history($1, ticket_id => $2) AS h, jsonb_array_elements(h.reissues) AS r GROUP BY 1";
    let row = sql.query_one(text, &[&TENANT, &ticket])?;
    let expected: Vec<i32> = (0..).take(CLIENTS).collect();
    checks.equal("as so many generations, each recorded", (row.get::<_, i32>(0), row.get(1)), (8, expected));
    checks.that("with another code at the end", code(&mut sql, &session, ticket)? != first);
    clean(checks, place, "parallel reissues")
}

/// One request that is granted, rejected and withdrawn at the same time ends once.
fn one_request(checks: &mut Checks, place: &Place, ticket_type: Uuid) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let mut once = 0;
    for _ in 0..ROUNDS {
        let (session, ticket) = ticket(&mut sql, place, ticket_type)?;
        let asked: Uuid = sql
            .query_one(
                "SELECT reissue_request_id FROM admit.ticket_reissue_request($1, session_token => $2, ticket_id => $3, reason => 'lost')",
                &[&TENANT, &session, &ticket],
            )?
            .get(0);
        let answers = race(place, CLIENTS, move |sql, number| {
            let id: (i32, Uuid) = (TENANT, asked);
            let row = match number % 4 {
                0 => sql.query_one(
                    "SELECT state FROM admit.reissue_request_grant($1, reissue_request_id => $2)",
                    &[&id.0, &id.1],
                ),
                1 => sql.query_one(
                    "SELECT state FROM admit.reissue_request_reject($1, reissue_request_id => $2, note => 'n')",
                    &[&id.0, &id.1],
                ),
                2 => sql.query_one(
                    "SELECT state FROM admit.reissue_request_withdraw($1, $3, reissue_request_id => $2)",
                    &[&id.0, &id.1, &session],
                ),
                _ => sql.query_one(
                    "SELECT state FROM admit.ticket_reissue($1, ticket_id => $2, reason => 'stolen')",
                    &[&id.0, &ticket],
                ),
            }?;
            Ok(row.get::<_, String>(0))
        })?;
        let count = |wanted: &str| answers.iter().flatten().filter(|answer| *answer == wanted).count();
        let text = "SELECT state, (SELECT count(*) FROM admit.ticket_reissue AS r WHERE r.tenant_id = $1 AND r.ticket_id = $3) \
                    FROM admit.reissue_request WHERE tenant_id = $1 AND reissue_request_id = $2";
        let row = sql.query_one(text, &[&TENANT, &asked, &ticket])?;
        let (state, reissues): (String, i64) = (row.get(0), row.get(1));
        let (granted, rejected) = (count("granted"), count("rejected"));
        let fits = match state.as_str() {
            // Staff's own reissues of the ticket are two, and may be what granted it.
            "granted" => granted <= 1 && rejected == 0 && count("withdrawn") == 0,
            "rejected" => granted == 0 && rejected == 1 && count("withdrawn") == 0,
            _ => granted == 0 && rejected == 0 && count("withdrawn") > 0,
        };
        let made = i64::try_from(granted + count("active"))?;
        once += usize::from(fits && count("active") == 2 && reissues == made);
    }
    checks.equal("a request on which many decide at once ends once", once, ROUNDS);
    clean(checks, place, "decisions on one request")
}
