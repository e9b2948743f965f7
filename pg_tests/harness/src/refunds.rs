//! An event with 10,000 tickets is called off: every order is paid back once, while staff refunds the
//! same orders and the server is killed in the middle, again and again.

use std::time::{Duration, Instant};

use postgres::Client;

use crate::checks::{Checks, Failure};
use crate::cluster;
use crate::place::{Place, connect, fresh_database};
use crate::refunds_load::{Refunded, START_CENTS, Sold, sell, until};

/// Tickets on sale, and sold.
const TICKETS: i64 = 10_000;
/// The refunds take at most this long, the pauses of dead servers aside.
const PATIENCE: Duration = Duration::from_secs(300);

/// What is wrong when an event is paid back: each row is one finding.
const FINDINGS: &str = "
SELECT format('order %s is %s with %s of %s cents back', o.order_id, o.state, coalesce(r.cents, 0), o.total_cents)
FROM admit.\"order\" AS o
LEFT JOIN LATERAL (SELECT sum(amount_cents) AS cents FROM admit.order_refund AS r WHERE r.order_id = o.order_id) AS r ON true
WHERE o.paid_at IS NOT NULL
  AND (o.state, o.refunded_cents, r.cents) IS DISTINCT FROM ('refunded', o.total_cents, o.total_cents::numeric)
UNION ALL
SELECT format('ticket %s is %s in %s refunds', t.ticket_id, t.state, count(r.ticket_id))
FROM admit.ticket AS t
LEFT JOIN (SELECT unnest(ticket_ids) AS ticket_id FROM admit.order_refund) AS r ON r.ticket_id = t.ticket_id
GROUP BY t.ticket_id, t.state HAVING t.state <> 'refunded' OR count(r.ticket_id) <> 1
UNION ALL
SELECT format('payment %s has %s of %s cents back, asked for %s', p.payment_id, p.refunded_cents, p.amount_cents, sum(f.amount_cents))
FROM admit.payment AS p LEFT JOIN admit.refund AS f ON f.payment_id = p.payment_id
WHERE p.order_id IS NOT NULL AND p.state = 'succeeded'
GROUP BY p.payment_id, p.refunded_cents, p.amount_cents
HAVING p.refunded_cents <> p.amount_cents OR sum(f.amount_cents) IS DISTINCT FROM p.amount_cents
UNION ALL
SELECT format('wallet %s has %s cents', wallet_id, balance_cents) FROM admit.wallet WHERE balance_cents <> $1
UNION ALL
SELECT format('bucket %s of %s: %s held, %s sold', bucket, pool_id, held, sold) FROM admit.bucket WHERE held <> 0 OR sold <> 0
UNION ALL
SELECT format('hold %s is %s', hold_id, state) FROM admit.hold WHERE state IN ('open', 'ordered')
UNION ALL
SELECT format('order %s is %s', order_id, state) FROM admit.\"order\" WHERE state IN ('created', 'pending_payment')";

/// Runs the test with so many kills.
pub fn run(kills: u32) -> Result<bool, Failure> {
    let url = fresh_database("harness_refunds")?;
    let place = Place::create(&url, 4, None)?;
    let mut checks = Checks::default();
    let began = Instant::now();
    let sold = sell(&place, TICKETS)?;
    let mut sql = connect(&url)?;
    let count = |sql: &mut Client, text: &str| -> Result<i64, Failure> { Ok(sql.query_one(text, &[])?.get(0)) };
    let tickets = count(&mut sql, "SELECT count(*) FROM admit.ticket")?;
    let owed = count(&mut sql, "SELECT sum(total_cents)::bigint FROM admit.\"order\" WHERE state = 'paid'")?;
    println!("sold {tickets} tickets in {} orders in {:.1} s", sold.orders.len(), began.elapsed().as_secs_f64());
    checks.equal("every ticket is sold", tickets, TICKETS);
    checks.equal("verify is clean before", place.violations(&mut sql)?, Vec::new());

    let began = Instant::now();
    sql.execute("SELECT admit.event_cancel(4, event_id => $1, reason => 'storm')", &[&place.event_id])?;
    println!("called off in {:.0} ms", began.elapsed().as_secs_f64() * 1_000.0);
    let (refunded, seconds) = pay_back(&mut checks, &place, &sold, kills)?;
    println!("paid back in {seconds:.1} s, {:.0} tickets a second, beside {kills} kills", TICKETS as f64 / seconds);

    let mut sql = connect(&url)?;
    let by_cancellation = progress(&mut sql, &place)?;
    checks.equal("the cancellation is finished", by_cancellation.state.as_str(), "finished");
    checks.equal("no order failed", by_cancellation.failed, 0);
    let left = sql.query(FINDINGS, &[&START_CENTS])?;
    checks.equal("every order and ticket is paid back, once", texts(&left), Vec::new());
    let by_staff = count(
        &mut sql,
        "SELECT coalesce(sum(amount_cents), 0)::bigint FROM admit.order_refund AS r WHERE reason = 'staff'",
    )?;
    checks.equal("staff and cancellation together gave what was paid", by_staff + by_cancellation.cents, owed);
    checks.that("staff refunded beside it", by_staff > 0);
    checks.equal("no refund that staff was told of is lost", lost(&mut sql, &refunded)?, 0);
    can_fail(&mut checks, &mut sql)?;
    checks.equal("verify is clean after it", place.violations(&mut sql)?, Vec::new());
    Ok(checks.close())
}

/// How far the refunds are.
struct Progress {
    state: String,
    refunded: i64,
    failed: i64,
    cents: i64,
}

fn progress(sql: &mut Client, place: &Place) -> Result<Progress, Failure> {
    let text =
        "SELECT state, orders_refunded, orders_failed, refunded_cents FROM admit.event_cancellation(4, event_id => $1)";
    let row = sql.query_one(text, &[&place.event_id])?;
    Ok(Progress { state: row.get(0), refunded: row.get(1), failed: row.get(2), cents: row.get(3) })
}

/// Lets background work, refund batches and staff work until everything is paid back, and kills the
/// server whenever another part of it is done. Gives what staff was told, and the seconds of work.
fn pay_back(checks: &mut Checks, place: &Place, sold: &Sold, kills: u32) -> Result<(Vec<Refunded>, f64), Failure> {
    let (mut told, mut seconds) = (Vec::new(), 0.0);
    for round in 1..=kills + 1 {
        let before = progress(&mut connect(&place.url)?, place)?;
        let part = sold.orders.len() as i64 * i64::from(round) / i64::from(kills + 2);
        let last = round > kills;
        let began = Instant::now();
        let mut seen = before.refunded;
        let work = until(place, sold, PATIENCE, |sql| {
            let now = progress(sql, place)?;
            seen = now.refunded;
            if !last && seen >= part {
                cluster::kill()?;
                return Ok(true);
            }
            Ok(now.state == "finished")
        })?;
        seconds += began.elapsed().as_secs_f64();
        told.extend(work.refunded);
        checks.equal(&format!("staff sees no error in round {round}"), work.surprises, Vec::new());
        checks.that("and the door lets nobody in", work.denied > 0);
        if !last {
            cluster::run(&["start"])?;
            let mut sql = connect(&place.url)?;
            let now = progress(&mut sql, place)?;
            println!("kill {round} of {kills}: {} of {} orders were paid back", now.refunded, sold.orders.len());
            checks.that("the kill came in the middle", now.refunded > 0 && now.state == "refunding");
            checks.that("what was reported as paid back is", now.refunded >= seen);
            checks.equal("verify is clean after the kill", place.violations(&mut sql)?, Vec::new());
        }
    }
    Ok((told, seconds))
}

fn texts(rows: &[postgres::Row]) -> Vec<String> {
    rows.iter().take(5).map(|row| row.get(0)).collect()
}

/// Refunds that staff was told of and that are not there.
fn lost(sql: &mut Client, told: &[Refunded]) -> Result<usize, Failure> {
    let mut lost = 0;
    for refund in told {
        let text = "SELECT FROM admit.order_refund WHERE refund_id = $1 AND order_id = $2 AND amount_cents = $3";
        lost +=
            usize::from(sql.query_opt(text, &[&refund.refund_id, &refund.order_id, &refund.amount_cents])?.is_none());
    }
    Ok(lost)
}

/// The findings must be able to find: a refund that was paid twice, and one that is forgotten.
fn can_fail(checks: &mut Checks, sql: &mut Client) -> Result<(), Failure> {
    for (name, change) in [
        (
            "a second refund of an order is found, with its tickets",
            "INSERT INTO admit.order_refund SELECT tenant_id, gen_random_uuid(), order_id, amount_cents, reason, ticket_ids, created_at \
             FROM (SELECT * FROM admit.order_refund WHERE amount_cents > 0 AND cardinality(ticket_ids) = 1 LIMIT 1) AS one",
        ),
        (
            "a refund that is forgotten is found, with its tickets",
            "DELETE FROM admit.order_refund WHERE refund_id = (SELECT refund_id FROM admit.order_refund \
             WHERE amount_cents > 0 AND cardinality(ticket_ids) = 1 LIMIT 1)",
        ),
    ] {
        let mut change_only = sql.transaction()?;
        let changed = change_only.execute(change, &[])?;
        let found = change_only.query(FINDINGS, &[&START_CENTS])?.len();
        change_only.rollback()?;
        checks.equal(name, (changed, found), (1, 2));
    }
    Ok(())
}
