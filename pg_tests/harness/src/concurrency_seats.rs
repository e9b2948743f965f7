//! Races for seats: one seat, seats that overlap, the best ones, blocks, and a house until it is full.

use std::collections::HashSet;

use postgres::{Client, Error, Row};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::concurrency::clean;
use crate::concurrency_sales::{race, refused, won};
use crate::place::{Place, connect};
use crate::sellout::{self, Dice, state, wallet};

const HOLD: &str = "SELECT lines FROM admit.hold_create(4, hold_id => $1, wallet_id => $2, lines => $3)";

/// Runs the races.
pub fn run(checks: &mut Checks, url: &str) -> Result<(), Failure> {
    let place = Place::create(url, 4, None)?;
    let sale = seated_type(&mut connect(url)?, &place, 40, 30)?;
    one_seat(checks, &place, sale)?;
    overlapping(checks, &place, sale)?;
    several_lines(checks, &place, sale)?;
    best(checks, &place, sale)?;
    blocked(checks, &place, sale)?;
    full_house(checks, &place, sale)
}

/// Seats the place's event in rows of equal length; gives a free type that sells all of them.
pub fn seated_type(sql: &mut Client, place: &Place, rows: usize, seats: usize) -> Result<Uuid, Failure> {
    let rows: Vec<Value> =
        (1..=rows).map(|row| json!({"name": row.to_string(), "numbered": {"count": seats}})).collect();
    let layout = json!({"sections": [{"name": "Stalls", "area": "stalls", "rows": rows}]});
    let text = "SELECT layout_id FROM admit.seat_layout_create($1, venue_id => $2, name => 'House', layout => $3)";
    let layout: Uuid = sql.query_one(text, &[&place.tenant_id, &place.venue_id, &layout])?.get(0);
    let text = "SELECT admit.seating_set($1, event_id => $2, layout_id => $3)";
    sql.execute(text, &[&place.tenant_id, &place.event_id, &layout])?;
    type_of_all_seats(sql, place, "Seat")
}

/// A free type that sells every seat of the place's event.
fn type_of_all_seats(sql: &mut Client, place: &Place, name: &str) -> Result<Uuid, Failure> {
    let text = "SELECT ticket_type_id FROM admit.ticket_type_create($1, event_id => $2, name => $3, price_cents => 0, \
                seat_areas => '[\"stalls\"]')";
    Ok(sql.query_one(text, &[&place.tenant_id, &place.event_id, &name])?.get(0))
}

fn seat(row: u64, label: u64) -> Value {
    json!({"section": "Stalls", "row": row.to_string(), "label": label.to_string()})
}

fn picked(sale: Uuid, seats: &[Value]) -> Value {
    json!([{"ticket_type_id": sale, "quantity": seats.len(), "seats": seats}])
}

fn wallets(place: &Place, count: usize) -> Result<Vec<Uuid>, Failure> {
    let mut sql = connect(&place.url)?;
    (0..count).map(|_| wallet(&mut sql, place).map(|pair| pair.1)).collect()
}

/// The seats of a hold's lines: row and label.
fn seats_of(row: &Row) -> Vec<(u64, u64)> {
    let lines: Value = row.get(0);
    let number = |seat: &Value, field: &str| seat[field].as_str().and_then(|text| text.parse().ok()).unwrap_or(0);
    let seats = lines[0]["seats"].as_array().cloned().unwrap_or_default();
    seats.iter().map(|seat| (number(seat, "row"), number(seat, "label"))).collect()
}

fn one_seat(checks: &mut Checks, place: &Place, sale: Uuid) -> Result<(), Failure> {
    let buyers = wallets(place, 100)?;
    let answers = race(place, 100, move |sql, number| {
        sql.query_one(HOLD, &[&Uuid::now_v7(), &buyers[number], &picked(sale, &[seat(1, 7)])]).map(|_| ())
    })?;
    checks.equal("one seat wanted by 100 buyers goes to one", won(&answers), 1);
    checks.equal("and the other 99 hear that it is taken", refused(&answers, "TK034"), 99);
    clean(checks, place, "one seat")
}

/// Pairs that overlap, named in either order: some win, all others hear so, nobody is deadlocked.
fn overlapping(checks: &mut Checks, place: &Place, sale: Uuid) -> Result<(), Failure> {
    let buyers = wallets(place, 32)?;
    let answers = race(place, 32, move |sql, number| {
        let mut dice = Dice::new(number as u64 + 1);
        let mut taken = Vec::new();
        for _ in 0..20 {
            let label = 1 + dice.roll(29);
            let mut pair = [seat(2, label), seat(2, label + 1)];
            if dice.roll(2) == 0 {
                pair.reverse();
            }
            match sql.query_one(HOLD, &[&Uuid::now_v7(), &buyers[number], &picked(sale, &pair)]) {
                Ok(row) => taken.extend(seats_of(&row)),
                Err(error) if state(&error) == "TK034" => {}
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    })?;
    checks.equal("32 buyers of pairs that overlap see no other error than taken", won(&answers), 32);
    let taken: Vec<_> = answers.into_iter().flatten().flatten().collect();
    let different: HashSet<_> = taken.iter().copied().collect();
    checks.that("some of them have seats", taken.len() >= 2);
    checks.equal("and no seat has two of them", different.len(), taken.len());
    clean(checks, place, "pairs that overlap")
}

/// Two lines that name a seat each, some one way round and some the other, some with a line of best seats
/// between them: nobody is deadlocked.
fn several_lines(checks: &mut Checks, place: &Place, sale: Uuid) -> Result<(), Failure> {
    let reduced = type_of_all_seats(&mut connect(&place.url)?, place, "Reduced")?;
    let buyers = wallets(place, 32)?;
    let answers = race(place, 32, move |sql, number| {
        let mut dice = Dice::new(number as u64 + 1);
        let mut held = 0;
        for _ in 0..20 {
            let label = 1 + dice.roll(29);
            let mut pair = [seat(3, label), seat(3, label + 1)];
            if dice.roll(2) == 0 {
                pair.reverse();
            }
            let [one, other] = pair;
            let mut lines = json!([
                {"ticket_type_id": sale, "quantity": 1, "seats": [one]},
                {"ticket_type_id": reduced, "quantity": 1, "seats": [other]}]);
            if dice.roll(3) == 0 {
                lines[dice.roll(2) as usize]["seats"] = Value::Null;
            }
            let hold = Uuid::now_v7();
            match sql.query_one(HOLD, &[&hold, &buyers[number], &lines]) {
                Ok(_) => {
                    held += 1;
                    sql.execute("SELECT admit.release(4, $1)", &[&hold])?;
                }
                Err(error) if state(&error) == "TK034" => {}
                Err(error) => return Err(error),
            }
        }
        Ok(held)
    })?;
    checks.equal("32 buyers who name seats line by line see no other error than taken", won(&answers), 32);
    checks.that("some of them have seats", answers.into_iter().flatten().sum::<i32>() > 0);
    clean(checks, place, "seats named line by line")
}

/// The best three side by side, for many at once: everybody gets three that are, nobody another's.
fn best(checks: &mut Checks, place: &Place, sale: Uuid) -> Result<(), Failure> {
    let buyers = wallets(place, 64)?;
    let wish = json!([{"ticket_type_id": sale, "quantity": 3, "seat_wish": {"together": true}}]);
    let answers = race(place, 64, move |sql, number| {
        let hold: Result<Row, Error> = sql.query_one(HOLD, &[&Uuid::now_v7(), &buyers[number], &wish]);
        hold.map(|row| seats_of(&row))
    })?;
    checks.equal("64 buyers get their best three seats at once", won(&answers), 64);
    let threes: Vec<_> = answers.into_iter().flatten().collect();
    let beside = |three: &Vec<(u64, u64)>| {
        let mut three = three.clone();
        three.sort_unstable();
        three.len() == 3 && three.windows(2).all(|two| two[0].0 == two[1].0 && two[0].1 + 1 == two[1].1)
    };
    checks.that("side by side", threes.iter().all(beside));
    let different: HashSet<_> = threes.iter().flatten().copied().collect();
    checks.equal("and none of another's", different.len(), 3 * 64);
    clean(checks, place, "the best seats for many")
}

/// Staff takes a row out of the sale while buyers want its seats: the row is blocked whole or not at
/// all, and no blocked seat is anybody's.
fn blocked(checks: &mut Checks, place: &Place, sale: Uuid) -> Result<(), Failure> {
    let (buyers, event) = (wallets(place, 15)?, place.event_id);
    let answers = race(place, 16, move |sql, number| {
        if number == 15 {
            let text =
                "SELECT changed FROM admit.seat_block(4, event_id => $1, section => 'Stalls', rows => '[\"40\"]')";
            return sql.query_one(text, &[&event]).map(|row| i64::from(row.get::<_, i32>(0)));
        }
        sql.query_one(HOLD, &[&Uuid::now_v7(), &buyers[number], &picked(sale, &[seat(40, number as u64 + 1)])])
            .map(|_| 0)
    })?;
    let held = answers[..15].iter().filter(|answer| answer.is_ok()).count();
    let surprises = answers.iter().flatten().count() + refused(&answers, "TK034");
    checks.equal("a block and 15 buyers of its row come to an end", surprises, 16);
    match &answers[15] {
        Ok(changed) => checks.equal("the whole row is blocked and nobody has a seat of it", (*changed, held), (30, 0)),
        Err(_) => checks.that("nothing is blocked where somebody has a seat", held > 0),
    }
    let mut sql = connect(&place.url)?;
    let text = "UPDATE admit.hold SET expires_at = now() - interval '1 second' WHERE tenant_id = 4 AND state = 'open'";
    sql.execute(text, &[])?;
    sql.execute("SELECT admit.seat_unblock(4, event_id => $1, section => 'Stalls')", &[&event])?;
    clean(checks, place, "a block beside buyers")
}

fn full_house(checks: &mut Checks, place: &Place, sale: Uuid) -> Result<(), Failure> {
    let result = sellout::run(place, sale, 1_200, 16)?;
    checks.equal("1,200 seats on sale to 16 clients: none is sold twice", result.oversold, 0);
    checks.equal("and none stays unsold", result.unsold, 0);
    checks.equal("and no buyer sees an error beside sold out", result.surprises, Vec::new());
    let text = "SELECT count(DISTINCT seat) FROM admit.ticket WHERE tenant_id = 4 AND ticket_type_id = $1";
    let seats: i64 = connect(&place.url)?.query_one(text, &[&sale])?.get(0);
    checks.equal("every ticket has a seat of its own", seats, 1_200);
    clean(checks, place, "a full house")
}
