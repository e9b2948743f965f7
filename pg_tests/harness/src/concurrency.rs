//! Races with real parallel connections.

use std::sync::{Arc, Barrier};
use std::thread;

use postgres::Client;
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::place::{Place, connect, fresh_database, scan};
use crate::{concurrency_devices, concurrency_money, concurrency_sales, concurrency_seats, concurrency_tokens};

/// One client's scans: (token, device, kind, nonce, amount).
pub type Work = Vec<(String, Uuid, &'static str, Uuid, Option<i64>)>;

/// Runs the races.
pub fn run() -> Result<bool, Failure> {
    let url = fresh_database("harness_concurrency")?;
    let mut checks = Checks::default();
    let place = Place::create(&url, 1, None)?;
    debits(&mut checks, &place)?;
    two_gates(&mut checks, &place)?;
    one_nonce(&mut checks, &place)?;
    places(&mut checks, &url)?;
    webhooks(&mut checks, &place)?;
    concurrency_money::run(&mut checks, &place)?;
    concurrency_sales::run(&mut checks, &url)?;
    concurrency_seats::run(&mut checks, &url)?;
    concurrency_tokens::run(&mut checks, &url)?;
    concurrency_devices::run(&mut checks, &url)?;
    Ok(checks.close())
}

/// Lets clients start together; gives each answer's outcome and text, or the SQLSTATE.
pub fn together(place: &Place, clients: Vec<Work>) -> Result<Vec<(String, String)>, Failure> {
    let barrier = Arc::new(Barrier::new(clients.len()));
    let threads: Vec<_> = clients
        .into_iter()
        .map(|work| {
            let (barrier, place) = (Arc::clone(&barrier), place.clone());
            thread::spawn(move || -> Result<Vec<(String, String)>, Failure> {
                let mut sql = connect(&place.url)?;
                barrier.wait();
                let mut answers = Vec::new();
                for (token, device, kind, nonce, amount) in work {
                    // Two identical scans in flight: the loser tries again and gets the answer.
                    let mut answer = scan(&mut sql, place.tenant_id, &token, device, kind, nonce, amount);
                    if answer.as_ref().is_err_and(|error| error.code().is_some_and(|code| code.code() == "23505")) {
                        answer = scan(&mut sql, place.tenant_id, &token, device, kind, nonce, amount);
                    }
                    answers.push(answer.unwrap_or_else(|error| {
                        (error.code().map_or("lost".to_owned(), |code| code.code().to_owned()), error.to_string())
                    }));
                }
                Ok(answers)
            })
        })
        .collect();
    let mut all = Vec::new();
    for thread in threads {
        all.extend(thread.join().map_err(|_| "a client panicked")??);
    }
    for error in all.iter().filter(|answer| answer.0 != "admitted" && !answer.0.starts_with("denied")) {
        println!("      {}: {}", error.0, error.1);
    }
    Ok(all)
}

/// How many answers have this outcome.
pub fn count(answers: &[(String, String)], outcome: &str) -> usize {
    answers.iter().filter(|answer| answer.0 == outcome).count()
}

/// Checks that every invariant holds.
pub fn clean(checks: &mut Checks, place: &Place, after: &str) -> Result<(), Failure> {
    let violations = place.violations(&mut connect(&place.url)?)?;
    checks.equal(&format!("verify is clean after {after}"), violations, Vec::new());
    Ok(())
}

/// A wallet's balance.
pub fn balance(sql: &mut Client, token: &str) -> Result<i64, Failure> {
    Ok(sql.query_one("SELECT balance_cents FROM admit.wallet_get(1, session_token => $1)", &[&token])?.get(0))
}

fn debits(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let token = place.funded_wallet(&mut sql, 3_700)?;
    let sale = |_| (token.clone(), place.bar_device, "concession", Uuid::now_v7(), Some(100));
    let answers = together(place, (0..20).map(|_| (0..10).map(sale).collect()).collect())?;
    checks.equal("37 of 200 parallel debits pass", count(&answers, "admitted"), 37);
    checks.equal("the other 163 are denied for want of funds", count(&answers, "denied insufficient_funds"), 163);
    checks.equal("the balance is exactly 0", balance(&mut sql, &token)?, 0);
    clean(checks, place, "200 parallel debits")
}

fn two_gates(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let mut right = 0;
    for _ in 0..20 {
        let token = place.funded_wallet(&mut sql, 5_000)?;
        let at = |door: usize| vec![(token.clone(), place.devices[door], "entry", Uuid::now_v7(), None)];
        let answers = together(place, vec![at(0), at(1)])?;
        right += i32::from(count(&answers, "admitted") == 1 && count(&answers, "denied already_inside") == 1);
    }
    checks.equal("one wallet at two gates at once is admitted once, 20 times", right, 20);
    clean(checks, place, "two gates at once")
}

fn one_nonce(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let (token, nonce) = (place.funded_wallet(&mut sql, 5_000)?, Uuid::now_v7());
    let same = || vec![(token.clone(), place.devices[0], "entry", nonce, None)];
    let answers = together(place, (0..16).map(|_| same()).collect())?;
    checks.that("16 clients with one nonce get the same bytes", answers.iter().all(|answer| answer.1 == answers[0].1));
    checks.equal("and are admitted", count(&answers, "admitted"), 16);
    let booked: i64 = sql.query_one("SELECT count(*) FROM admit.scan WHERE nonce = $1", &[&nonce])?.get(0);
    checks.equal("by one booking", booked, 1);
    clean(checks, place, "one nonce")
}

fn places(checks: &mut Checks, url: &str) -> Result<(), Failure> {
    let place = Place::create(url, 2, Some(50))?;
    let mut sql = connect(url)?;
    let tokens: Vec<String> = (0..200).map(|_| place.funded_wallet(&mut sql, 2_000)).collect::<Result<_, _>>()?;
    let enter = |token: &String| (token.clone(), place.devices[0], "entry", Uuid::now_v7(), None);
    let answers = together(&place, tokens.chunks(10).map(|chunk| chunk.iter().map(enter).collect()).collect())?;
    checks.equal("a capacity of 50 admits exactly 50 of 200", count(&answers, "admitted"), 50);
    checks.equal("and says full to the other 150", count(&answers, "denied capacity_reached"), 150);
    clean(checks, &place, "a full house")?;
    let inside: Vec<&String> =
        tokens.iter().zip(&answers).filter(|pair| pair.1.0 == "admitted").map(|pair| pair.0).collect();
    let left = scan(&mut sql, 2, inside[0], place.devices[0], "exit", Uuid::now_v7(), None)?;
    checks.equal("one guest leaves", left.0, "admitted".to_owned());
    let outside: Vec<&String> = tokens.iter().filter(|token| !inside.contains(token)).take(100).collect();
    let answers =
        together(&place, outside.chunks(5).map(|chunk| chunk.iter().map(|token| enter(token)).collect()).collect())?;
    checks.equal("the last place wanted by 100 goes to one", count(&answers, "admitted"), 1);
    clean(checks, &place, "the last place")
}

fn webhooks(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let token = place.funded_wallet(&mut sql, 0)?;
    let text = "SELECT payment_id FROM admit.payment_fund(1, session_token => $1, amount_cents => 5000, idempotency_key => 'one')";
    let payment_id: Uuid = sql.query_one(text, &[&token])?.get(0);
    let body = crate::web::succeeded_event("evt_parallel", payment_id, 5_000);
    let signature = crate::web::signature(&body, crate::place::WEBHOOK_SECRET, 0);
    let threads: Vec<_> = (0..10)
        .map(|_| {
            let (url, body) = (place.url.clone(), body.clone());
            let headers = serde_json::json!({"stripe-signature": signature});
            thread::spawn(move || -> Result<usize, Failure> {
                let mut sql = connect(&url)?;
                let mut applied = 0;
                for _ in 0..10 {
                    let row = sql.query_one(
                        "SELECT state FROM admit.webhook(1, 'stripe', $1, $2)",
                        &[&body.as_bytes(), &headers],
                    )?;
                    applied += usize::from(row.get::<_, String>(0) == "applied");
                }
                Ok(applied)
            })
        })
        .collect();
    let mut applied = 0;
    for thread in threads {
        applied += thread.join().map_err(|_| "a client panicked")??;
    }
    checks.equal("a webhook delivered 100 times in parallel is applied once", applied, 1);
    checks.equal("and credits its amount once", balance(&mut sql, &token)?, 5_000);
    clean(checks, place, "parallel webhooks")
}
