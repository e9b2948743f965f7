//! `kill -9` of the server under load. Afterwards everything is sent again: every acknowledged
//! answer must come back as it was, and every balance must be what the answers say.

use std::time::Duration;

use postgres::Client;

use crate::checks::{Checks, Failure};
use crate::cluster;
use crate::concurrency_seats::seated_type;
use crate::crash_load::{Request, Sent, send, until_killed};
use crate::place::{Place, connect, fresh_database};
use crate::sellout::ticket_type;

/// Wallets under load.
const WALLETS: usize = 64;
/// What each starts with.
const START_CENTS: i64 = 10_000_000;

/// What the comparison found.
#[derive(Default, Debug)]
struct Tally {
    acknowledged: u32,
    in_doubt: u32,
    lost: u32,
}

/// Runs so many cycles of load, kill, restart and comparison.
pub fn run(cycles: u32) -> Result<bool, Failure> {
    if cycles == 0 {
        return Err("--cycles must be at least 1".into());
    }
    let url = fresh_database("harness_crash")?;
    let place = Place::create(&url, 1, None)?;
    let mut sql = connect(&url)?;
    let tokens: Vec<String> =
        (0..WALLETS).map(|_| place.funded_wallet(&mut sql, START_CENTS)).collect::<Result<_, _>>()?;
    let sales =
        [ticket_type(&mut sql, &place, 10_000_000, ", price_cents => 150")?, seated_type(&mut sql, &place, 200, 100)?];
    drop(sql);
    let mut balances = vec![START_CENTS; tokens.len()];
    let mut checks = Checks::default();
    let (mut total, mut kinds, mut wrong) = (Tally::default(), [0_u32; 5], 0);
    let mut all = Vec::new();
    for cycle in 1..=cycles {
        let sent = until_killed(&place, &tokens, sales, Duration::from_millis(200 + u64::from(cycle % 5) * 100))?;
        cluster::run(&["start"])?;
        let mut sql = connect(&place.url)?;
        let tally = compare(&mut sql, &place, &tokens, &sent, Some(&mut balances))?;
        for one in &sent {
            kinds[kind_of(&one.request)] += 1;
        }
        wrong += wrong_balances(&mut sql, &tokens, &balances)?;
        total.acknowledged += tally.acknowledged;
        total.in_doubt += tally.in_doubt;
        total.lost += tally.lost;
        println!("cycle {cycle} of {cycles}: {total:?}, {wrong} wrong balances");
        let violations = place.violations(&mut sql)?;
        if !violations.is_empty() || cycle % 5 == 0 || cycle == cycles {
            checks.equal(&format!("verify is clean after {cycle} kills"), violations, Vec::new());
        }
        if cycle == 1 {
            can_fail(&mut checks, &mut sql, &place, &tokens, &sent, &balances)?;
        }
        all.extend(sent);
    }
    println!("comparing all {} answers of {cycles} cycles once more", all.len());
    let mut sql = connect(&place.url)?;
    let last = compare(&mut sql, &place, &tokens, &all, None)?;
    wrong += wrong_balances(&mut sql, &tokens, &balances)?;
    checks.equal("no answer of an earlier cycle is lost by a later kill", last.lost, 0);
    checks.that("scans, fundings, webhooks, orders and holds were under way", kinds.iter().all(|count| *count > 10));
    checks.that("answers were acknowledged", total.acknowledged > 100);
    checks.equal("no acknowledged answer is lost or changed", total.lost, 0);
    checks.equal("every balance is what the answers say: none lost, none doubled", wrong, 0);
    Ok(checks.close())
}

fn kind_of(request: &Request) -> usize {
    match request {
        Request::Scan { .. } => 0,
        Request::Announce { .. } => 1,
        Request::Webhook { .. } => 2,
        Request::Order { .. } => 3,
        Request::Hold { .. } => 4,
    }
}

/// Sends everything again, compares what was acknowledged, and books each request once into the
/// balances that are expected.
fn compare(
    sql: &mut Client,
    place: &Place,
    tokens: &[String],
    sent: &[Sent],
    mut balances: Option<&mut Vec<i64>>,
) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    for one in sent {
        let again = send(sql, place, &tokens[one.wallet], &one.request)?;
        match &one.answer {
            Some(answer) => {
                tally.acknowledged += 1;
                tally.lost += u32::from(!is_kept(&one.request, answer, &again.text));
            }
            None => tally.in_doubt += 1,
        }
        if let Some(balances) = balances.as_deref_mut() {
            balances[one.wallet] -= again.charged_cents;
        }
    }
    Ok(tally)
}

/// Whether the second answer says that the first one stands.
fn is_kept(request: &Request, first: &str, again: &str) -> bool {
    match request {
        Request::Webhook { .. } => first == "applied" && again == "duplicate",
        _ => first == again,
    }
}

/// How many wallets have another balance than expected.
fn wrong_balances(sql: &mut Client, tokens: &[String], expected: &[i64]) -> Result<usize, Failure> {
    let mut wrong = 0;
    for (token, expected) in tokens.iter().zip(expected) {
        let text = "SELECT balance_cents FROM admit.wallet_get(1, session_token => $1)";
        let found: i64 = sql.query_one(text, &[token])?.get(0);
        if found != *expected {
            println!("      a wallet has {found}, expected {expected}");
            wrong += 1;
        }
    }
    Ok(wrong)
}

/// The comparisons must be able to fail: one altered answer of each kind and one altered balance
/// are each found, and nothing else.
fn can_fail(
    checks: &mut Checks,
    sql: &mut Client,
    place: &Place,
    tokens: &[String],
    sent: &[Sent],
    balances: &[i64],
) -> Result<(), Failure> {
    let mut altered = sent.to_vec();
    let mut changed = 0;
    for kind in 0..5 {
        let known = altered.iter_mut().find(|one| one.answer.is_some() && kind_of(&one.request) == kind);
        let answer = known.and_then(|one| one.answer.as_mut()).ok_or("a kind of request was never acknowledged")?;
        answer.push('x');
        changed += 1;
    }
    let found = compare(sql, place, tokens, &altered, None)?.lost;
    checks.equal("the comparison finds altered answers, and only these", found, changed);
    let mut altered = balances.to_vec();
    altered[0] += 1;
    println!("      (an altered balance must be found now)");
    checks.equal("the comparison finds an altered balance", wrong_balances(sql, tokens, &altered)?, 1);
    Ok(())
}
