//! What happens around a cancelled event: its sale beforehand; background work, refund batches, staff
//! and guests at the door afterwards.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use postgres::Client;
use uuid::Uuid;

use crate::checks::Failure;
use crate::place::{Place, WEBHOOK_SECRET, connect, scan};
use crate::sellout::{Dice, state, ticket_type, wallet};

/// What each wallet has before and afterwards.
pub const START_CENTS: i64 = 100_000_000;
/// Wallets; each has several orders.
const WALLETS: usize = 100;
/// Clients that buy, and later staff that refunds.
const SELLERS: usize = 4;
const STAFF: usize = 3;
/// Tickets of the largest order.
const QUANTITY_MAX: i64 = 7;

/// What was sold.
pub struct Sold {
    /// The paid orders.
    pub orders: Vec<Uuid>,
    /// The token of a guest who comes to the door.
    pub guest: String,
}

/// A refund that staff was told of.
pub struct Refunded {
    /// The refund.
    pub refund_id: Uuid,
    /// Its order.
    pub order_id: Uuid,
    /// What went back, in minor units.
    pub amount_cents: i64,
}

/// What staff met.
#[derive(Default)]
pub struct Work {
    /// The refunds that were acknowledged.
    pub refunded: Vec<Refunded>,
    /// Scans that were denied because the event is cancelled.
    pub denied: usize,
    /// Errors that nobody should see.
    pub surprises: Vec<String>,
}

const RULES: &str = r#"[
  {"action": "ticket_purchase", "component": "platform_fee", "fixed_cents": 150, "shares": [{"payee": "platform", "percentage": "60"}, {"payee": "venue", "percentage": "40"}]},
  {"action": "ticket_purchase", "component": "tax", "percentage": "10", "shares": [{"payee": "venue", "percentage": "100"}]}]"#;

/// Sells so many tickets in orders of 1 to 7, paid from wallets, by card and, free ones, with nothing;
/// leaves unpaid orders and holds beside them.
pub fn sell(place: &Place, tickets: i64) -> Result<Sold, Failure> {
    let mut sql = connect(&place.url)?;
    let rules: serde_json::Value = serde_json::from_str(RULES)?;
    sql.execute("SELECT admit.fee_set(4, scope => 'event', scope_id => $1, rules => $2)", &[&place.event_id, &rules])?;
    let dear = ticket_type(&mut sql, place, tickets + 100, ", price_cents => 2000, wallet_max => 2000")?;
    let free = ticket_type(&mut sql, place, tickets, ", price_cents => 0")?;
    let wallets: Vec<(String, Uuid)> = (0..WALLETS)
        .map(|_| {
            let (token, wallet_id) = wallet(&mut sql, place)?;
            match place.fund(&mut sql, &token, START_CENTS)?.as_str() {
                "applied" => Ok((token, wallet_id)),
                other => Err(Failure::from(format!("the funding was {other}"))),
            }
        })
        .collect::<Result<_, _>>()?;
    for (number, (token, wallet_id)) in wallets.iter().enumerate().take(50) {
        let text = if number % 2 == 0 { RESERVE } else { UNPAID };
        sql.execute(text, &[&Uuid::now_v7(), wallet_id, &dear]).map_err(|error| format!("{token}: {error}"))?;
    }
    let guest = wallets[0].0.clone();
    let plan = Arc::new((quantities(tickets), wallets, place.clone(), AtomicUsize::new(0)));
    let sellers: Vec<JoinHandle<Result<Vec<Uuid>, Failure>>> = (0..SELLERS)
        .map(|_| {
            let plan = Arc::clone(&plan);
            thread::spawn(move || {
                let (quantities, wallets, place, next) = &*plan;
                let mut sql = connect(&place.url)?;
                let mut orders = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(quantity) = quantities.get(number) else { return Ok(orders) };
                    let token = &wallets[number % wallets.len()].0;
                    let (pay_with, sale) = [("wallet", dear), ("stripe", dear), ("nothing", free)][number % 3];
                    orders.push(buy(&mut sql, place, token, pay_with, sale, *quantity)?);
                }
            })
        })
        .collect();
    let mut orders = Vec::new();
    for seller in sellers {
        orders.extend(seller.join().map_err(|_| "a seller panicked")??);
    }
    Ok(Sold { orders, guest })
}

const RESERVE: &str = "SELECT admit.hold_create(4, hold_id => $1, wallet_id => $2, \
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', $3::uuid, 'quantity', 2)))";
const UNPAID: &str = "SELECT admit.order_create(4, order_id => $1, wallet_id => $2, pay_with => 'stripe', \
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', $3::uuid, 'quantity', 1)))";

/// 1, 2 … 7, 1, 2 … until all tickets are sold.
fn quantities(tickets: i64) -> Vec<i64> {
    let mut left = tickets;
    let next = (1..=QUANTITY_MAX).cycle().map_while(|wanted| {
        let quantity = wanted.min(left);
        left -= quantity;
        (quantity > 0).then_some(quantity)
    });
    next.collect()
}

fn buy(
    sql: &mut Client,
    place: &Place,
    token: &str,
    pay_with: &str,
    sale: Uuid,
    quantity: i64,
) -> Result<Uuid, Failure> {
    let order = Uuid::now_v7();
    let row = sql.query_one(
        "SELECT payment_id, total_cents FROM admit.order_create(4, order_id => $1, session_token => $2, pay_with => $3, \
             lines => jsonb_build_array(jsonb_build_object('ticket_type_id', $4::uuid, 'quantity', $5::bigint)))",
        &[&order, &token, &pay_with, &sale, &quantity],
    )?;
    if let Some(payment) = row.get::<_, Option<Uuid>>(0) {
        let body = crate::web::succeeded_event(&format!("evt_{payment}"), payment, row.get(1));
        let headers = serde_json::json!({"stripe-signature": crate::web::signature(&body, WEBHOOK_SECRET, 0)});
        let text = "SELECT state FROM admit.webhook($1, 'stripe', $2, $3)";
        let delivered: String = sql.query_one(text, &[&place.tenant_id, &body.as_bytes(), &headers])?.get(0);
        if delivered != "applied" {
            return Err(format!("the payment was {delivered}").into());
        }
    }
    Ok(order)
}

/// What all clients share.
struct Load {
    place: Place,
    orders: Vec<Uuid>,
    guest: String,
    work: Mutex<Work>,
    stop: AtomicBool,
}

impl Load {
    fn runs(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    fn note(&self, change: impl FnOnce(&mut Work)) {
        change(&mut self.work.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Repeats one statement until the end or the server's.
    fn repeat(&self, text: &str, event: Option<Uuid>, pause: Duration) {
        let Ok(mut sql) = connect(&self.place.url) else { return };
        while self.runs() {
            let done = match &event {
                Some(event) => sql.execute(text, &[event]),
                None => sql.execute(text, &[]),
            };
            if let Err(error) = done {
                return self.surprise(&error);
            }
            thread::sleep(pause);
        }
    }

    /// Refunds whole orders and single tickets, in an order of its own.
    fn staff(&self, number: usize) {
        let Ok(mut sql) = connect(&self.place.url) else { return };
        let mut dice = Dice::new(1 + number as u64);
        while self.runs() {
            let order_id = self.orders[dice.roll(self.orders.len() as u64) as usize];
            let one = dice.roll(2) == 0;
            let text = "SELECT refund_id, amount_cents FROM admit.order_refund(4, order_id => $1, reason => 'staff', \
                ticket_ids => CASE WHEN $2 THEN (SELECT jsonb_build_array(ticket_id) FROM admit.ticket WHERE order_id = $1 \
                                                 ORDER BY unit LIMIT 1) END)";
            match sql.query_one(text, &[&order_id, &one]) {
                Ok(row) => {
                    let told = Refunded { refund_id: row.get(0), order_id, amount_cents: row.get(1) };
                    self.note(|work| work.refunded.push(told));
                }
                // Somebody was faster.
                Err(error) if state(&error) == "TK005" => {}
                Err(error) => return self.surprise(&error),
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Guests who have not heard of it.
    fn door(&self) {
        let Ok(mut sql) = connect(&self.place.url) else { return };
        while self.runs() {
            match scan(&mut sql, 4, &self.guest, self.place.devices[0], "entry", Uuid::now_v7(), None) {
                Ok((outcome, _)) if outcome == "denied event_cancelled" => self.note(|work| work.denied += 1),
                Ok((outcome, _)) => return self.note(|work| work.surprises.push(format!("at the door: {outcome}"))),
                Err(error) => return self.surprise(&error),
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// An error with a SQLSTATE is one, unless the server is being killed.
    fn surprise(&self, error: &postgres::Error) {
        let killed = |code: &str| code.starts_with("57P");
        if let Some(code) = error.code().map(|code| code.code()).filter(|code| !killed(code)) {
            self.note(|work| work.surprises.push(format!("{code}: {error}")));
        }
    }
}

/// Lets everybody work until `is_over` says so; it is asked every 20 ms.
pub fn until(
    place: &Place,
    sold: &Sold,
    patience: Duration,
    mut is_over: impl FnMut(&mut Client) -> Result<bool, Failure>,
) -> Result<Work, Failure> {
    let load = Arc::new(Load {
        place: place.clone(),
        orders: sold.orders.clone(),
        guest: sold.guest.clone(),
        work: Mutex::default(),
        stop: AtomicBool::new(false),
    });
    let mut clients = Vec::new();
    let mut start = |act: Box<dyn FnOnce(&Load) + Send>| {
        let load = Arc::clone(&load);
        clients.push(thread::spawn(move || act(&load)));
    };
    for _ in 0..2 {
        start(Box::new(|load| load.repeat("SELECT admit.tick()", None, Duration::from_millis(200))));
    }
    let batch = "SELECT admit.event_refund_batch(4, event_id => $1)";
    start(Box::new(move |load| load.repeat(batch, Some(load.place.event_id), Duration::from_millis(200))));
    for number in 0..STAFF {
        start(Box::new(move |load| load.staff(number)));
    }
    start(Box::new(|load| load.door()));
    let mut sql = connect(&place.url)?;
    let began = Instant::now();
    let over = loop {
        match is_over(&mut sql) {
            Ok(true) => break Ok(()),
            Ok(false) if began.elapsed() > patience => break Err(Failure::from("the refunds came to no end")),
            Ok(false) => thread::sleep(Duration::from_millis(20)),
            Err(error) => break Err(error),
        }
    };
    load.stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.join().map_err(|_| "a client panicked")?;
    }
    over?;
    Ok(std::mem::take(&mut *load.work.lock().unwrap_or_else(PoisonError::into_inner)))
}
