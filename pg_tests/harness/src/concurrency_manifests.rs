//! A gate follows an event by its changes while others sell, scan, cancel and reissue: none may be missed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use admit_core::offline::{Document, Manifest};
use data_encoding::BASE64URL_NOPAD;
use postgres::Client;
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::concurrency::clean;
use crate::concurrency_sales::race;
use crate::concurrency_tokens::{TENANT, free_type, open_event, ticket, token};
use crate::place::{Place, connect, scan};

/// Clients that change tickets; one more follows them.
const CLIENTS: usize = 6;
/// Tickets that each of them changes.
const EACH: usize = 40;

/// Runs the race.
pub fn run(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let (event, gates) = open_event(&mut sql, place)?;
    let ticket_type = free_type(&mut sql, event)?;
    let before = full(&mut sql, event)?;
    let (at_work, start) = (Arc::new(AtomicUsize::new(CLIENTS)), before.clone());
    let buyers = place.clone();
    let answers = race(place, CLIENTS + 1, move |sql, number| {
        if number == CLIENTS {
            return Ok(Some(follow(sql, event, start.clone(), &at_work)));
        }
        let work = (0..EACH).try_for_each(|turn| change(sql, &buyers, ticket_type, gates[number], turn));
        at_work.fetch_sub(1, Ordering::SeqCst);
        // A failure shows as what is missing then.
        Ok(work.is_err().then_some(None))
    })?;
    let failed = answers.iter().flatten().flatten().filter(|answer| answer.is_none()).count();
    checks.equal("clients sell, scan, cancel and reissue", failed, 0);
    let followed = answers.into_iter().flatten().flatten().flatten().next();
    let (followed, changes) = followed.ok_or("the gate that follows failed")?;
    checks.that("while a gate asks for changes again and again", changes > 3);
    let now = full(&mut sql, event)?;
    checks.equal(
        "all tickets are listed in the end",
        now.lists.codes.as_ref().map(|codes| codes.as_slice().len()),
        Some(CLIENTS * EACH),
    );
    checks.that("and the gate knows the same by its changes", followed.lists == now.lists);
    clean(checks, place, "a gate that follows an event")
}

/// Buys a ticket and does something with it.
fn change(sql: &mut Client, place: &Place, ticket_type: Uuid, gate: Uuid, turn: usize) -> Result<(), Failure> {
    let (session, ticket) = ticket(sql, place, ticket_type)?;
    if turn % 4 == 1 {
        sql.execute("SELECT admit.ticket_reissue($1, ticket_id => $2, reason => 'lost')", &[&TENANT, &ticket])?;
    }
    if turn % 4 < 3 {
        let token = token(sql, &session, ticket)?;
        scan(sql, TENANT, &token, gate, "entry", Uuid::now_v7(), None)?;
        if turn % 8 == 2 {
            scan(sql, TENANT, &token, gate, "exit", Uuid::now_v7(), None)?;
        }
    }
    if turn % 4 == 3 {
        sql.execute("SELECT admit.ticket_cancel($1, ticket_id => $2, reason => 'lost')", &[&TENANT, &ticket])?;
    }
    Ok(())
}

/// Applies changes until nobody changes anything any more; gives the manifest and how many changes there were.
fn follow(sql: &mut Client, event: Uuid, mut manifest: Manifest, at_work: &AtomicUsize) -> Option<(Manifest, usize)> {
    let mut changes = 0;
    loop {
        let last = at_work.load(Ordering::SeqCst) == 0;
        match read(sql, event, Some(&manifest.position)).ok()? {
            Document::Delta(delta) => manifest = manifest.apply(delta).ok()?,
            Document::Full(_) => return None,
        }
        changes += 1;
        if last {
            return Some((manifest, changes));
        }
    }
}

fn full(sql: &mut Client, event: Uuid) -> Result<Manifest, Failure> {
    match read(sql, event, None)? {
        Document::Full(manifest) => Ok(manifest),
        Document::Delta(_) => Err("a full manifest was asked for".into()),
    }
}

fn read(sql: &mut Client, event: Uuid, since: Option<&str>) -> Result<Document, Failure> {
    let text =
        "SELECT manifest FROM admit.manifest_get($1, event_id => $2, since => $3, tickets => true, codes => true)";
    let manifest: String = sql.query_one(text, &[&TENANT, &event, &since])?.get(0);
    let payload = manifest.split('.').nth(1).ok_or("a manifest has no payload")?;
    Ok(serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes())?)?)
}
