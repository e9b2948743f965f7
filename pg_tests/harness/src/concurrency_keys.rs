//! Races of signing keys: one that is revoked while its tokens are scanned, and schedules that many rounds find due.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use postgres::Client;
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::concurrency::clean;
use crate::concurrency_sales::race;
use crate::concurrency_tokens::{TENANT, free_type, open_event, ticket, token};
use crate::place::{Place, connect, scan};

/// Clients that scan beside the one that revokes.
const SCANNERS: usize = 8;
/// Scans of each after the revocation.
const AFTERWARDS: usize = 20;
/// Scans of each at most before it, so that a revocation that never comes ends the test.
const BEFORE_MAX: usize = 2_000;

/// Runs the races.
pub fn run(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let (event, gates) = open_event(&mut sql, place)?;
    let ticket_type = free_type(&mut sql, event)?;
    let tickets = (0..SCANNERS).map(|_| ticket(&mut sql, place, ticket_type)).collect::<Result<Vec<_>, _>>()?;
    revoked_ticket_key(checks, place, &tickets, &gates)?;
    revoked_session_key(checks, place, &tickets, &gates)?;
    due_keys(checks, place)
}

fn current(sql: &mut Client, purpose: &str) -> Result<i32, Failure> {
    let text = "SELECT key_id FROM admit.signing_key WHERE tenant_id = $1 AND purpose = $2 AND is_current";
    Ok(sql.query_one(text, &[&TENANT, &purpose])?.get(0))
}

fn revoke(sql: &mut Client, key_id: i32) -> Result<(), postgres::Error> {
    sql.execute("SELECT admit.key_revoke($1, key_id => $2, reason => 'leaked')", &[&TENANT, &key_id]).map(|_| ())
}

/// What one client saw.
#[derive(Default)]
struct Seen {
    /// Scans under keys that are good.
    good: usize,
    /// Of those the admitted ones.
    admitted: usize,
    /// Scans under the revoked key that began after its revocation was committed.
    late: usize,
    /// Of those the ones that were denied for it.
    denied: usize,
    /// Scans under it that were neither admitted before nor denied for it.
    odd: usize,
}

/// Eight gates scan tickets of the first and of newer keys while ten newer ones are made and the first is revoked.
fn revoked_ticket_key(
    checks: &mut Checks,
    place: &Place,
    tickets: &[(String, Uuid)],
    gates: &[Uuid],
) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let first = current(&mut sql, "ticket_signing")?;
    let shown = tickets.iter().map(|(session, ticket)| token(&mut sql, session, *ticket));
    let shown: Vec<String> = shown.collect::<Result<_, _>>()?;
    let revoked = Arc::new(AtomicBool::new(false));
    let (tickets, gates, flag) = (tickets.to_vec(), gates.to_vec(), Arc::clone(&revoked));
    let answers = race(place, SCANNERS + 1, move |sql, number| {
        let (Some((session, ticket)), Some(old)) = (tickets.get(number), shown.get(number)) else {
            for _ in 0..10 {
                sql.execute("SELECT admit.key_rotate($1, purpose => 'ticket_signing')", &[&TENANT])?;
            }
            revoke(sql, first)?;
            flag.store(true, Ordering::SeqCst);
            return Ok(Seen::default());
        };
        let mut seen = Seen::default();
        for turn in 0..BEFORE_MAX {
            let late = flag.load(Ordering::SeqCst);
            let answer = scan(sql, TENANT, old, gates[number], "entry", Uuid::now_v7(), None)?.0;
            seen.late += usize::from(late);
            seen.denied += usize::from(late && answer == "denied key_revoked");
            seen.odd += usize::from(answer != "denied key_revoked" && (late || answer != "admitted"));
            if late || turn % 4 == 0 {
                let new = token(sql, session, *ticket)?;
                seen.good += usize::from(new != *old);
                let answer = scan(sql, TENANT, &new, gates[number], "entry", Uuid::now_v7(), None)?.0;
                seen.admitted += usize::from(new != *old && answer == "admitted");
            }
            if seen.late >= AFTERWARDS {
                break;
            }
        }
        Ok(seen)
    })?;
    let seen: Vec<Seen> = answers.into_iter().collect::<Result<_, _>>()?;
    let sum = |of: fn(&Seen) -> usize| seen.iter().map(of).sum::<usize>();
    checks.equal("every gate scans under the revoked key", sum(|seen| seen.late), SCANNERS * AFTERWARDS);
    checks.equal("and is told so from its commit on", sum(|seen| seen.denied), SCANNERS * AFTERWARDS);
    checks.equal("before that it admits", sum(|seen| seen.odd), 0);
    checks.that("other keys are scanned, too", sum(|seen| seen.good) >= SCANNERS * AFTERWARDS);
    checks.equal("and none of them is lost", sum(|seen| seen.admitted), sum(|seen| seen.good));
    clean(checks, place, "a revoked signing key")
}

/// Backends that have opened the key of sessions notice at once that it is revoked.
fn revoked_session_key(
    checks: &mut Checks,
    place: &Place,
    tickets: &[(String, Uuid)],
    gates: &[Uuid],
) -> Result<(), Failure> {
    let mut clients = (0..SCANNERS).map(|_| connect(&place.url)).collect::<Result<Vec<_>, _>>()?;
    let entries = |clients: &mut Vec<Client>| -> Result<Vec<String>, Failure> {
        let scans = clients.iter_mut().zip(tickets).zip(gates);
        scans
            .map(|((sql, ticket), gate)| Ok(scan(sql, TENANT, &ticket.0, *gate, "entry", Uuid::now_v7(), None)?.0))
            .collect()
    };
    checks.that("sessions admit", entries(&mut clients)?.iter().all(|answer| answer == "admitted"));
    let mut sql = connect(&place.url)?;
    let key_id = current(&mut sql, "session")?;
    revoke(&mut sql, key_id)?;
    let denied = entries(&mut clients)?.iter().filter(|answer| *answer == "denied key_revoked").count();
    checks.equal("until their key is revoked, for every backend", denied, SCANNERS);
    let read = |(sql, ticket): (&mut Client, &(String, Uuid))| {
        let read = sql.execute("SELECT admit.wallet_get($1, session_token => $2)", &[&TENANT, &ticket.0]);
        read.err().and_then(|error| error.code().map(|code| code.code().to_owned()))
    };
    let refused: Vec<_> = clients.iter_mut().zip(tickets).filter_map(read).collect();
    checks.equal("and read no wallet", refused, vec!["TK002".to_owned(); SCANNERS]);
    clean(checks, place, "a revoked key of sessions")
}

/// Rounds at the same time rotate a key that is due once.
fn due_keys(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let rotations =
        "SELECT count(*) FROM admit.journal WHERE tenant_id = $1 AND action = 'key.rotated' AND actor_kind = 'system'";
    let schedule = "SELECT admit.key_schedule($1, purpose => $2, every_days => 7)";
    for purpose in ["ticket", "checkpoint"] {
        sql.execute(schedule, &[&TENANT, &purpose])?;
    }
    sql.execute(
        "UPDATE admit.signing_key SET created_at = created_at - interval '8 days' WHERE tenant_id = $1 AND is_current",
        &[&TENANT],
    )?;
    let answers = race(place, SCANNERS, |sql, _| sql.execute("SELECT admit.tick($1)", &[&TENANT]))?;
    checks.equal("rounds at the same time wait for nothing", answers.iter().flatten().count(), SCANNERS);
    // All of them may have left the tenant to somebody else.
    connect(&place.url)?.execute("SELECT admit.tick($1)", &[&TENANT])?;
    let rotated: i64 = sql.query_one(rotations, &[&TENANT])?.get(0);
    checks.equal("and rotate each key that is due once", rotated, 2);
    clean(checks, place, "keys that were due")
}
