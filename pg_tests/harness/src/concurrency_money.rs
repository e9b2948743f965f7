//! Races of money: payouts against scans and ticks, fee changes against scans.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use postgres::Client;
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::concurrency::{Work, clean, count, together};
use crate::place::{Place, connect};

/// Runs the races.
pub fn run(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    thirds(checks, place)?;
    payouts_beside_scans(checks, place)?;
    fee_changes(checks, place)?;
    Ok(())
}

/// The venue's account and its exact balance.
fn venue_account(sql: &mut Client) -> Result<(Uuid, i64), Failure> {
    let text = "SELECT (a ->> 'account_id')::uuid, (a ->> 'balance_cents')::bigint FROM admit.account_list(1) AS l, \
                jsonb_array_elements(l.items) AS a WHERE a ->> 'kind' = 'venue'";
    let row = sql.query_one(text, &[])?;
    Ok((row.get(0), row.get(1)))
}

const PAY: &str = "SELECT admit.payout_create(1, account_id => $1, amount_cents => $2, idempotency_key => $3)";

/// Whether a payout passed; an error other than want of funds is one of the test.
fn pay(sql: &mut Client, account: Uuid, amount_cents: i64) -> Result<bool, Failure> {
    match sql.execute(PAY, &[&account, &amount_cents, &Uuid::now_v7().to_string()]) {
        Ok(_) => Ok(true),
        Err(error) if error.code().is_some_and(|code| code.code() == "TK013") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn thirds(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let (account, balance) = venue_account(&mut connect(&place.url)?)?;
    let share = balance / 3;
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let url = place.url.clone();
            thread::spawn(move || -> Result<usize, Failure> {
                let mut sql = connect(&url)?;
                sql.execute("SELECT admit.tick()", &[])?;
                Ok(usize::from(pay(&mut sql, account, share)?))
            })
        })
        .collect();
    let mut paid = 0;
    for thread in threads {
        paid += thread.join().map_err(|_| "a client panicked")??;
    }
    checks.equal("8 payouts of a third each, beside ticks: 3 pass", paid, 3);
    clean(checks, place, "payouts")
}

/// The account is emptied as fast as scans fill it; what is left is what came in and did not go.
fn payouts_beside_scans(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let (account, before) = venue_account(&mut sql)?;
    let tokens: Vec<String> = (0..40).map(|_| place.funded_wallet(&mut sql, 100_000)).collect::<Result<_, _>>()?;
    let stop = Arc::new(AtomicBool::new(false));
    let payers: Vec<_> = (0..3)
        .map(|_| {
            let (url, stop) = (place.url.clone(), Arc::clone(&stop));
            thread::spawn(move || -> Result<(i64, i64), Failure> {
                let mut sql = connect(&url)?;
                let (mut paid, mut overdrawn) = (0, 0);
                while !stop.load(Ordering::Relaxed) {
                    sql.execute("SELECT admit.tick()", &[])?;
                    paid += i64::from(pay(&mut sql, account, 3_000)?) * 3_000;
                    overdrawn += i64::from(venue_account(&mut sql)?.1 < 0);
                }
                Ok((paid, overdrawn))
            })
        })
        .collect();
    let sale = |token: &String| -> Work {
        (0..10).map(|_| (token.clone(), place.bar_device, "concession", Uuid::now_v7(), Some(1_000))).collect()
    };
    let answers = together(place, tokens.chunks(10).map(|chunk| chunk.iter().flat_map(sale).collect()).collect());
    stop.store(true, Ordering::Relaxed);
    let (mut paid, mut overdrawn) = (0, 0);
    for payer in payers {
        let (more, times) = payer.join().map_err(|_| "a payer panicked")??;
        paid += more;
        overdrawn += times;
    }
    checks.equal("400 sales pass beside payouts and ticks", count(&answers?, "admitted"), 400);
    checks.that("payouts passed meanwhile", paid > 0);
    checks.equal("the account is never below zero", overdrawn, 0);
    checks.equal("what is left is what came in less what went", venue_account(&mut sql)?.1, before + 400_000 - paid);
    clean(checks, place, "payouts beside scans")
}

fn fee_changes(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let tokens: Vec<String> = (0..40).map(|_| place.funded_wallet(&mut sql, 100_000)).collect::<Result<_, _>>()?;
    let changer = {
        let (url, event_id) = (place.url.clone(), place.event_id);
        thread::spawn(move || -> Result<(), Failure> {
            let mut sql = connect(&url)?;
            for fee in 0..30_i64 {
                let rules = serde_json::json!([{"action": "entry", "component": "venue_fee", "fixed_cents": 100 + fee,
                    "shares": [{"payee": "venue", "percentage": "70"}, {"payee": "pool", "percentage": "30"}]}]);
                sql.execute(
                    "SELECT admit.fee_set(1, scope => 'event', scope_id => $1, rules => $2)",
                    &[&event_id, &rules],
                )?;
            }
            Ok(())
        })
    };
    // Each wallet enters once for the entry fee that changes.
    let entry = |token: &String| (token.clone(), place.devices[0], "entry", Uuid::now_v7(), None);
    let clients = tokens.chunks(10).map(|chunk| chunk.iter().map(entry).collect()).collect();
    let answers = together(place, clients)?;
    let passage = |token: &String| -> Work {
        (0..10)
            .map(|turn| (token.clone(), place.devices[1], ["exit", "entry"][turn % 2], Uuid::now_v7(), None))
            .collect()
    };
    let passages = together(place, tokens.chunks(10).map(|chunk| chunk.iter().flat_map(passage).collect()).collect())?;
    changer.join().map_err(|_| "the changer panicked")??;
    checks.equal("entries pass while fees change", count(&answers, "admitted"), 40);
    checks.equal("and so do 400 passages", count(&passages, "admitted"), 400);
    let wrong: i64 = sql.query_one(RECOMPUTE, &[&place.event_id])?.get(0);
    checks.equal("every charge is the fee of the version it names", wrong, 0);
    clean(checks, place, "fee changes during scans")
}

/// Charges of the newest 200 scans that differ from the rule of their fee version, read apart from
/// what `verify` computes.
const RECOMPUTE: &str = "
    SELECT count(*)
    FROM admit.scan_list(1, event_id => $1, \"limit\" => 200) AS page,
         jsonb_array_elements(page.items) AS scan,
         jsonb_array_elements(scan -> 'charges') AS charge
    WHERE scan ->> 'action' IN ('entry', 'reentry')
      AND NOT EXISTS (
        SELECT FROM admit.fee_version AS v, jsonb_array_elements(v.rules) AS rule
        WHERE v.tenant_id = 1 AND v.fee_version = (charge ->> 'fee_version')::bigint
          AND rule ->> 'action' = scan ->> 'action' AND rule ->> 'component' = charge ->> 'component'
          AND (rule ->> 'fixed_cents')::bigint = (charge ->> 'amount_cents')::bigint)";
