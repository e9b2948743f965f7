//! Races of sales: the last place, limits a wallet, one hold, one order, one ticket, late payments.

use std::sync::{Arc, Barrier};
use std::thread;

use postgres::Client;
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::concurrency::clean;
use crate::place::{Place, WEBHOOK_SECRET, connect, scan};
use crate::sellout::{self, state, ticket_type, wallet};

/// Runs the races.
pub fn run(checks: &mut Checks, url: &str) -> Result<(), Failure> {
    let place = Place::create(url, 3, None)?;
    last_place(checks, &place)?;
    wallet_limit(checks, &place)?;
    one_hold(checks, &place)?;
    one_ticket(checks, &place)?;
    late_payments(checks, &place)?;
    waiting_room(checks, &place)?;
    everything(checks, &place)
}

/// Lets clients with a connection each start together; gives what each came to, or its SQLSTATE.
pub fn race<T: Send + 'static>(
    place: &Place,
    clients: usize,
    act: impl Fn(&mut Client, usize) -> Result<T, postgres::Error> + Send + Sync + 'static,
) -> Result<Vec<Result<T, String>>, Failure> {
    let (barrier, act) = (Arc::new(Barrier::new(clients)), Arc::new(act));
    let threads: Vec<_> = (0..clients)
        .map(|number| {
            let (barrier, act, url) = (Arc::clone(&barrier), Arc::clone(&act), place.url.clone());
            thread::spawn(move || -> Result<Result<T, String>, Failure> {
                let mut sql = connect(&url)?;
                barrier.wait();
                Ok(act(&mut sql, number).map_err(|error| state(&error)))
            })
        })
        .collect();
    let join = |thread: thread::JoinHandle<_>| thread.join().map_err(|_| Failure::from("a client panicked"))?;
    threads.into_iter().map(join).collect()
}

/// How many were refused with this SQLSTATE.
pub fn refused<T>(answers: &[Result<T, String>], state: &str) -> usize {
    answers.iter().filter(|answer| answer.as_ref().is_err_and(|error| error == state)).count()
}

/// How many were not refused.
pub fn won<T>(answers: &[Result<T, String>]) -> usize {
    answers.iter().filter(|answer| answer.is_ok()).count()
}

const RESERVE: &str = "SELECT quantity FROM admit.reserve($1, $2, $3, 1, $4)";

fn last_place(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let sale = ticket_type(&mut sql, place, 1, ", price_cents => 1000")?;
    let wallets = (0..100).map(|_| wallet(&mut sql, place).map(|pair| pair.1)).collect::<Result<Vec<_>, _>>()?;
    let answers = race(place, 100, move |sql, number| {
        sql.query_one(RESERVE, &[&3, &wallets[number], &sale, &Uuid::now_v7()]).map(|_| ())
    })?;
    checks.equal("the last place wanted by 100 buyers goes to one", won(&answers), 1);
    checks.equal("and the other 99 hear that it is sold out", refused(&answers, "TK029"), 99);
    clean(checks, place, "the last place on sale")
}

fn wallet_limit(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let sale = ticket_type(&mut sql, place, 10_000, ", price_cents => 1000, wallet_max => 3")?;
    let (_, buyer) = wallet(&mut sql, place)?;
    let answers =
        race(place, 20, move |sql, _| sql.query_one(RESERVE, &[&3, &buyer, &sale, &Uuid::now_v7()]).map(|_| ()))?;
    checks.equal("a limit of 3 a wallet lets 3 of 20 parallel requests pass", won(&answers), 3);
    checks.equal("and names the limit to the other 17", refused(&answers, "TK017"), 17);
    clean(checks, place, "a wallet's limit")
}

const ORDER: &str =
    "SELECT order_number FROM admit.order_create(3, order_id => $1, hold_id => $2, wallet_id => $3, pay_with => $4)";

fn one_hold(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let sale = ticket_type(&mut sql, place, 10_000, ", price_cents => 0")?;
    let (_, buyer) = wallet(&mut sql, place)?;
    let hold = Uuid::now_v7();
    sql.execute(RESERVE, &[&3, &buyer, &sale, &hold])?;
    let answers =
        race(place, 16, move |sql, _| sql.query_one(ORDER, &[&Uuid::now_v7(), &hold, &buyer, &"nothing"]).map(|_| ()))?;
    checks.equal("one of 16 orders gets the hold", won(&answers), 1);
    checks.equal("and the others hear that it is taken", refused(&answers, "TK005"), 15);
    let (hold, order) = (Uuid::now_v7(), Uuid::now_v7());
    sql.execute(RESERVE, &[&3, &buyer, &sale, &hold])?;
    let answers = race(place, 16, move |sql, _| {
        let ask = |sql: &mut Client| sql.query_one(ORDER, &[&order, &hold, &buyer, &"nothing"]);
        // Two identical requests in flight: the loser tries again and gets the answer.
        let again = ["23505", "TK005"];
        ask(sql)
            .or_else(|error| if again.contains(&state(&error).as_str()) { ask(sql) } else { Err(error) })
            .map(|row| row.get::<_, String>(0))
    })?;
    let numbers: std::collections::HashSet<_> = answers.iter().flatten().collect();
    checks.equal("16 requests with one order_id get one order", (won(&answers), numbers.len()), (16, 1));
    let tickets: i64 = sql.query_one("SELECT count(*) FROM admit.ticket WHERE order_id = $1", &[&order])?.get(0);
    checks.equal("with one ticket", tickets, 1);
    clean(checks, place, "one hold and one order")
}

fn one_ticket(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let sale = ticket_type(&mut sql, place, 100, ", price_cents => 0")?;
    let (token, _) = wallet(&mut sql, place)?;
    let text = "SELECT admit.order_create(3, order_id => $1, session_token => $2, pay_with => 'nothing', \
                lines => jsonb_build_array(jsonb_build_object('ticket_type_id', $3::uuid, 'quantity', 1)))";
    sql.execute(text, &[&Uuid::now_v7(), &token, &sale])?;
    let text =
        "SELECT i ->> 'code' FROM admit.ticket_list(3, session_token => $1) AS t, jsonb_array_elements(t.items) AS i";
    let code: String = sql.query_one(text, &[&token])?.get(0);
    let mut gates = Vec::new();
    for _ in 0..16 {
        let text = "SELECT device_id FROM admit.device_register(3, name => 'Gate', gate_id => $1, event_id => $2)";
        gates.push(sql.query_one(text, &[&place.doors[0], &place.event_id])?.get::<_, Uuid>(0));
    }
    let answers =
        race(place, 16, move |sql, number| scan(sql, 3, &code, gates[number], "entry", Uuid::now_v7(), None))?;
    let outcome = |wanted: &str| answers.iter().flatten().filter(|answer| answer.0 == wanted).count();
    checks.equal("one ticket at 16 gates at once is admitted once", outcome("admitted"), 1);
    checks.equal("and is a duplicate at the other 15", outcome("denied already_inside"), 15);
    let named = answers.iter().flatten().filter(|answer| answer.1.contains("entry_number")).count();
    checks.equal("which say when and where it was used", named, 15);
    clean(checks, place, "one ticket at 16 gates")
}

/// Orders whose time is over are paid while others want their places: each payment ends in a sale
/// or goes back, and no place is sold twice.
fn late_payments(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let sale = ticket_type(&mut sql, place, 12, ", price_cents => 1000")?;
    let mut payments = Vec::new();
    for _ in 0..12 {
        let (_, buyer) = wallet(&mut sql, place)?;
        let text = "SELECT payment_id FROM admit.order_create(3, order_id => $1, wallet_id => $2, pay_with => 'stripe', \
                    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', $3::uuid, 'quantity', 1)))";
        payments.push(sql.query_one(text, &[&Uuid::now_v7(), &buyer, &sale])?.get::<_, Uuid>(0));
    }
    let wallets = (0..12).map(|_| wallet(&mut sql, place).map(|pair| pair.1)).collect::<Result<Vec<_>, _>>()?;
    sql.execute("UPDATE admit.hold SET expires_at = now() - interval '1 second' WHERE state = 'ordered'", &[])?;
    sql.execute(
        "UPDATE admit.\"order\" SET expires_at = now() - interval '1 second' WHERE state = 'pending_payment'",
        &[],
    )?;
    let answers = race(place, 24, move |sql, number| {
        if number < 12 {
            let id = payments[number];
            let body = crate::web::succeeded_event(&format!("evt_{id}"), id, 1_000);
            let headers = serde_json::json!({"stripe-signature": crate::web::signature(&body, WEBHOOK_SECRET, 0)});
            let text = "SELECT state FROM admit.webhook(3, 'stripe', $1, $2)";
            sql.query_one(text, &[&body.as_bytes(), &headers]).map(|row| row.get::<_, String>(0))
        } else {
            let wallet = wallets[number - 12];
            sql.query_one(RESERVE, &[&3, &wallet, &sale, &Uuid::now_v7()]).map(|_| "held".to_owned())
        }
    })?;
    let surprises: Vec<_> = answers
        .iter()
        .filter_map(|answer| answer.as_ref().err())
        .filter(|error| !["TK029", "TK007"].contains(&error.as_str()))
        .collect();
    checks.equal("payments and buyers of the same places come to an end", surprises, Vec::new());
    let row = sql.query_one(
        "SELECT (SELECT count(*) FROM admit.ticket WHERE ticket_type_id = $1), \
                (SELECT count(*) FROM admit.payment AS p WHERE p.order_id IS NOT NULL AND p.state = 'succeeded'), \
                (SELECT count(*) FROM admit.payment AS p WHERE p.order_id IS NOT NULL AND p.refunded_cents = p.amount_cents), \
                (SELECT (sum(held) + sum(sold))::bigint FROM admit.bucket WHERE pool_id = $1)",
        &[&sale],
    )?;
    let (tickets, paid, returned, taken): (i64, i64, i64, i64) = (row.get(0), row.get(1), row.get(2), row.get(3));
    checks.equal("every payment arrived", paid, 12);
    checks.equal("and became a ticket or went back", tickets + returned, 12);
    checks.equal("all 12 places are held or sold", taken, 12);
    clean(checks, place, "late payments")
}

/// A burst of buyers joins at once and asks again and again: each has one place, and nobody is let in
/// beyond the rate.
fn waiting_room(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let tokens = (0..100).map(|_| wallet(&mut sql, place).map(|pair| pair.0)).collect::<Result<Vec<_>, _>>()?;
    let event = place.event_id;
    sql.execute("SELECT admit.waiting_room_configure(3, event_id => $1, admit_per_minute => 600)", &[&event])?;
    let began = std::time::Instant::now();
    let answers = race(place, 100, move |sql, number| {
        let token = &tokens[number];
        sql.query_one("SELECT state FROM admit.waiting_room_join(3, $1, event_id => $2)", &[token, &event])?;
        for _ in 0..5 {
            sql.query_one("SELECT state FROM admit.waiting_room_get(3, $1, event_id => $2)", &[token, &event])?;
        }
        Ok(())
    })?;
    checks.equal("100 buyers join a waiting room at once and ask again", won(&answers), 100);
    let row = sql.query_one(
        "SELECT count(DISTINCT wallet_id), count(place), count(DISTINCT place), count(admitted_at) FROM admit.queue_place",
        &[],
    )?;
    let (joined, places, different, admitted): (i64, i64, i64, i64) = (row.get(0), row.get(1), row.get(2), row.get(3));
    checks.equal("each has one place of its own", (joined, places), (100, different));
    // 600 a minute are ten a second.
    let most = began.elapsed().as_millis() as i64 / 100 + 1;
    checks.that("nobody is let in beyond the rate", admitted <= most);
    sql.execute("SELECT admit.waiting_room_configure(3, event_id => $1)", &[&event])?;
    clean(checks, place, "a waiting room")
}

fn everything(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let sale = ticket_type(&mut connect(&place.url)?, place, 2_000, ", price_cents => 0")?;
    let result = sellout::run(place, sale, 2_000, 16)?;
    checks.equal("2,000 places on sale to 16 clients: none is sold twice", result.oversold, 0);
    checks.equal("and none stays unsold", result.unsold, 0);
    checks.equal("and no buyer sees an error beside sold out", result.surprises, Vec::new());
    clean(checks, place, "a sell-out")
}
