//! A sell-out: more buyers than places, with random quantities, releases, holds left to expire and
//! clients that vanish, until the last place is sold.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use postgres::Client;
use uuid::Uuid;

use crate::checks::Failure;
use crate::place::{Place, connect};

/// A sell-out takes at most this long.
const PATIENCE: Duration = Duration::from_secs(240);

/// What is left to say when it is over.
pub struct Sellout {
    /// Tickets beyond the places.
    pub oversold: i64,
    /// Places without a ticket.
    pub unsold: i64,
    /// Errors that no buyer should see.
    pub surprises: Vec<String>,
    /// How long it took.
    pub seconds: f64,
}

/// A small generator (xorshift): every client walks its own way, the same in each run.
pub struct Dice(u64);

impl Dice {
    /// Seeded by a client's number.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides.max(1)
    }
}

/// Makes a ticket type at the place's event.
pub fn ticket_type(sql: &mut Client, place: &Place, total: i64, more: &str) -> Result<Uuid, Failure> {
    let text = format!(
        "SELECT ticket_type_id FROM admit.ticket_type_create($1, event_id => $2, name => 'Sale', total => $3{more})"
    );
    Ok(sql.query_one(&text, &[&place.tenant_id, &place.event_id, &total])?.get(0))
}

/// Opens a wallet; gives its token and id.
pub fn wallet(sql: &mut Client, place: &Place) -> Result<(String, Uuid), Failure> {
    let text = "SELECT session_token, wallet_id FROM admit.wallet_open($1, event_id => $2, venue_id => $3)";
    let row = sql.query_one(text, &[&place.tenant_id, &place.event_id, &place.venue_id])?;
    Ok((row.get(0), row.get(1)))
}

/// The SQLSTATE of an error, or what the connection says.
pub fn state(error: &postgres::Error) -> String {
    error.code().map_or_else(|| error.to_string(), |code| code.code().to_owned())
}

/// An error with what the server says of it.
fn said(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.to_string(),
        |said| format!("{}: {} {:?}", said.code().code(), said.message(), said.detail()),
    )
}

/// Sells all `places` of a free ticket type to `clients` at the same time.
pub fn run(place: &Place, sale: Uuid, places: i64, clients: u64) -> Result<Sellout, Failure> {
    let mut sql = connect(&place.url)?;
    let sold = Arc::new(AtomicI64::new(0));
    let began = Instant::now();
    let threads: Vec<_> = (0..clients)
        .map(|number| {
            let (place, sold) = (place.clone(), Arc::clone(&sold));
            thread::spawn(move || buyer(&place, sale, places, &sold, began, number))
        })
        .collect();
    let mut surprises = Vec::new();
    for thread in threads {
        surprises.extend(thread.join().map_err(|_| "a client panicked")??);
    }
    let seconds = began.elapsed().as_secs_f64();
    let row = sql.query_one(
        "SELECT (SELECT count(*) FROM admit.ticket WHERE tenant_id = $1 AND ticket_type_id = $2), sum(sold)::bigint \
         FROM admit.bucket WHERE tenant_id = $1 AND pool_id = $2",
        &[&place.tenant_id, &sale],
    )?;
    let (tickets, booked): (i64, i64) = (row.get(0), row.get(1));
    if tickets != booked {
        surprises.push(format!("{tickets} tickets, but {booked} places sold"));
    }
    Ok(Sellout { oversold: (tickets - places).max(0), unsold: (places - tickets).max(0), surprises, seconds })
}

/// One client: buys, releases, forgets and vanishes until everything is sold.
fn buyer(
    place: &Place,
    sale: Uuid,
    places: i64,
    sold: &AtomicI64,
    began: Instant,
    number: u64,
) -> Result<Vec<String>, Failure> {
    let mut dice = Dice::new(number + 1);
    let mut sql = connect(&place.url)?;
    let (_, wallet) = wallet(&mut sql, place)?;
    let mut surprises = Vec::new();
    while sold.load(Ordering::Relaxed) < places && began.elapsed() < PATIENCE {
        let quantity = 1 + dice.roll(8) as i32;
        if dice.roll(50) == 0 {
            vanish(place, wallet, sale, quantity)?;
        }
        let hold = Uuid::now_v7();
        let text = "SELECT quantity FROM admit.reserve($1, $2, $3, $4, $5, partial => true)";
        match sql.query_one(text, &[&place.tenant_id, &wallet, &sale, &quantity, &hold]) {
            Ok(row) => follow(&mut sql, place, hold, wallet, row.get(0), sold, &mut dice, &mut surprises)?,
            // Sold out, or somebody is just giving places back.
            Err(error) if ["TK029", "TK007"].contains(&state(&error).as_str()) => {
                thread::sleep(Duration::from_millis(5));
            }
            // Detected and undone by the server; the shim tries again as well.
            Err(error) if state(&error) == "40P01" => {}
            Err(error) => surprises.push(said(&error)),
        }
    }
    Ok(surprises)
}

/// What a buyer does with a hold.
#[allow(clippy::too_many_arguments, reason = "a buyer's whole situation")]
fn follow(
    sql: &mut Client,
    place: &Place,
    hold: Uuid,
    wallet: Uuid,
    quantity: i32,
    sold: &AtomicI64,
    dice: &mut Dice,
    surprises: &mut Vec<String>,
) -> Result<(), Failure> {
    let outcome = match dice.roll(10) {
        0 | 1 => sql.execute("SELECT admit.release($1, $2)", &[&place.tenant_id, &hold]),
        // Time passes for a buyer who went away.
        2 => sql.execute(
            "UPDATE admit.hold SET expires_at = now() - interval '1 second' WHERE tenant_id = $1 AND hold_id = $2",
            &[&place.tenant_id, &hold],
        ),
        _ => {
            let text =
                "SELECT admit.order_create($1, order_id => $2, hold_id => $3, wallet_id => $4, pay_with => 'nothing')";
            let paid = sql.execute(text, &[&place.tenant_id, &Uuid::now_v7(), &hold, &wallet]);
            if paid.is_ok() {
                sold.fetch_add(i64::from(quantity), Ordering::Relaxed);
            }
            paid
        }
    };
    if let Err(error) = outcome {
        surprises.push(said(&error));
    }
    Ok(())
}

/// A client that is cut off in the middle of its transaction.
fn vanish(place: &Place, wallet: Uuid, sale: Uuid, quantity: i32) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let mut transaction = sql.transaction()?;
    let text = "SELECT admit.reserve($1, $2, $3, $4, $5, partial => true)";
    match transaction.execute(text, &[&place.tenant_id, &wallet, &sale, &quantity, &Uuid::now_v7()]) {
        Ok(_) => Ok(()),
        Err(error) if ["TK029", "TK007", "40P01"].contains(&state(&error).as_str()) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The command of the benchmark: prints what came of it.
pub fn report(places: i64, clients: u64) -> Result<bool, Failure> {
    let url = crate::place::fresh_database("harness_sellout")?;
    let place = Place::create(&url, 1, None)?;
    let sale = ticket_type(&mut connect(&url)?, &place, places, ", price_cents => 0")?;
    let result = run(&place, sale, places, clients)?;
    for surprise in &result.surprises {
        println!("surprise: {surprise}");
    }
    let violations = place.violations(&mut connect(&url)?)?;
    println!(
        "oversold={} unsold={} seconds={:.1} violations={violations:?}",
        result.oversold, result.unsold, result.seconds
    );
    Ok(result.oversold == 0 && result.unsold == 0 && result.surprises.is_empty() && violations.is_empty())
}
