//! The load that a crash interrupts: scans, fundings by webhook, orders, holds, and ticks.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use postgres::Client;
use uuid::Uuid;

use crate::checks::Failure;
use crate::cluster;
use crate::place::{Place, WEBHOOK_SECRET, connect};
use crate::web::{signature, succeeded_event};

/// Clients that scan at the same time.
const SCANNERS: usize = 8;
/// Clients that fund at the same time.
const FUNDERS: usize = 2;
/// Clients that buy tickets at the same time.
const BUYERS: usize = 2;
/// What each funding brings.
pub const FUNDING_CENTS: i64 = 777;

/// What was asked for.
#[derive(Clone)]
pub enum Request {
    /// An entry, an exit or a sale.
    Scan {
        /// At which device.
        device: Uuid,
        /// Which of them.
        kind: &'static str,
        /// Its number.
        nonce: Uuid,
        /// What the sale costs.
        amount: Option<i64>,
    },
    /// An announced funding.
    Announce {
        /// Its idempotency key.
        key: String,
    },
    /// Tickets bought from the wallet in one call.
    Order {
        /// The order's id.
        order: Uuid,
        /// Which tickets.
        sale: Uuid,
        /// How many.
        quantity: i32,
    },
    /// Places held for the wallet.
    Hold {
        /// The hold's id.
        hold: Uuid,
        /// Which tickets.
        sale: Uuid,
    },
    /// The webhook of an announced funding.
    Webhook {
        /// The payment.
        payment: Uuid,
    },
}

/// A request that was sent, and its answer if one came.
#[derive(Clone)]
pub struct Sent {
    /// Which of the wallets.
    pub wallet: usize,
    /// What was asked for.
    pub request: Request,
    /// What was answered.
    pub answer: Option<String>,
}

/// An answer and what it took from the wallet.
pub struct Told {
    /// The whole answer.
    pub text: String,
    /// What was charged; negative for money that came in.
    pub charged_cents: i64,
}

/// Sends a request, for the first time or again.
pub fn send(sql: &mut Client, place: &Place, token: &str, request: &Request) -> Result<Told, postgres::Error> {
    match request {
        Request::Scan { device, kind, nonce, amount } => {
            let row = sql.query_one(
                "SELECT s::text, s.charged_cents FROM admit.scan($1, $2, $3, $4, $5, amount_cents => $6) AS s",
                &[&place.tenant_id, &token, device, kind, nonce, amount],
            )?;
            Ok(Told { text: row.get(0), charged_cents: row.get(1) })
        }
        Request::Announce { key } => {
            let row = sql.query_one(
                "SELECT payment_id::text FROM admit.payment_fund($1, session_token => $2, amount_cents => $3, idempotency_key => $4)",
                &[&place.tenant_id, &token, &FUNDING_CENTS, key],
            )?;
            Ok(Told { text: row.get(0), charged_cents: 0 })
        }
        Request::Order { order, sale, quantity } => {
            let row = sql.query_one(
                "SELECT concat_ws(' ', order_number, state, total_cents, jsonb_array_length(tickets)), total_cents \
                 FROM admit.order_create($1, order_id => $2, session_token => $3, pay_with => 'wallet', \
                     lines => jsonb_build_array(jsonb_build_object('ticket_type_id', $4::uuid, 'quantity', $5::integer)))",
                &[&place.tenant_id, order, &token, sale, quantity],
            )?;
            Ok(Told { text: row.get(0), charged_cents: row.get(1) })
        }
        Request::Hold { hold, sale } => {
            let row = sql.query_one(
                "SELECT concat_ws(' ', hold_id, expires_at) FROM admit.hold_create($1, hold_id => $2, session_token => $3, \
                     lines => jsonb_build_array(jsonb_build_object('ticket_type_id', $4::uuid, 'quantity', 1)))",
                &[&place.tenant_id, hold, &token, sale],
            )?;
            Ok(Told { text: row.get(0), charged_cents: 0 })
        }
        Request::Webhook { payment } => {
            let body = succeeded_event(&format!("evt_{payment}"), *payment, FUNDING_CENTS);
            let headers = serde_json::json!({"stripe-signature": signature(&body, WEBHOOK_SECRET, 0)});
            let row = sql.query_one(
                "SELECT state FROM admit.webhook($1, 'stripe', $2, $3)",
                &[&place.tenant_id, &body.as_bytes(), &headers],
            )?;
            Ok(Told { text: row.get(0), charged_cents: -FUNDING_CENTS })
        }
    }
}

/// What all clients know.
struct Load {
    place: Place,
    tokens: Vec<String>,
    log: Mutex<Vec<Sent>>,
    stop: AtomicBool,
}

impl Load {
    /// Sends and remembers; nothing when the server is gone.
    fn carry_out(&self, sql: &mut Client, wallet: usize, request: Request) -> Option<Told> {
        let told = send(sql, &self.place, &self.tokens[wallet], &request).ok();
        let answer = told.as_ref().map(|told| told.text.clone());
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push(Sent { wallet, request, answer });
        told
    }

    fn runs(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    /// In, a drink, out, with wallets of its own.
    fn scan(&self, scanner: usize) {
        let Ok(mut sql) = connect(&self.place.url) else { return };
        let wallets: Vec<usize> = (scanner..self.tokens.len()).step_by(SCANNERS).collect();
        let mut turn = 0;
        while self.runs() {
            let (device, kind, amount) = match turn / wallets.len() % 3 {
                0 => (self.place.devices[scanner % 2], "entry", None),
                1 => (self.place.bar_device, "concession", Some(250)),
                _ => (self.place.devices[scanner % 2], "exit", None),
            };
            let request = Request::Scan { device, kind, nonce: Uuid::now_v7(), amount };
            if self.carry_out(&mut sql, wallets[turn % wallets.len()], request).is_none() {
                return;
            }
            turn += 1;
        }
    }

    /// Announcements and their webhooks, for wallets that are being scanned.
    fn fund(&self, funder: usize) {
        let Ok(mut sql) = connect(&self.place.url) else { return };
        for wallet in (funder..self.tokens.len()).step_by(FUNDERS).cycle() {
            if !self.runs() {
                return;
            }
            let request = Request::Announce { key: Uuid::now_v7().to_string() };
            let Some(told) = self.carry_out(&mut sql, wallet, request) else { return };
            let Ok(payment) = told.text.parse() else { return };
            if self.carry_out(&mut sql, wallet, Request::Webhook { payment }).is_none() {
                return;
            }
        }
    }

    /// Holds and orders of places with and without seats, with wallets that are being scanned.
    fn buy(&self, buyer: usize, sales: [Uuid; 2]) {
        let Ok(mut sql) = connect(&self.place.url) else { return };
        for (turn, wallet) in (buyer..self.tokens.len()).step_by(BUYERS).cycle().enumerate() {
            if !self.runs() {
                return;
            }
            let sale = sales[turn % 2];
            let request = if turn % 3 == 0 {
                Request::Hold { hold: Uuid::now_v7(), sale }
            } else {
                Request::Order { order: Uuid::now_v7(), sale, quantity: 1 + (turn % 4) as i32 }
            };
            if self.carry_out(&mut sql, wallet, request).is_none() {
                return;
            }
        }
    }

    fn tick(&self) {
        let Ok(mut sql) = connect(&self.place.url) else { return };
        while self.runs() && sql.execute("SELECT admit.tick()", &[]).is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Lets the clients work for so long, kills the server, and gives all that was sent. `sales` are what
/// they buy: places, and seats.
pub fn until_killed(
    place: &Place,
    tokens: &[String],
    sales: [Uuid; 2],
    duration: Duration,
) -> Result<Vec<Sent>, Failure> {
    let load = Arc::new(Load {
        place: place.clone(),
        tokens: tokens.to_vec(),
        log: Mutex::default(),
        stop: AtomicBool::new(false),
    });
    let mut clients = Vec::new();
    for scanner in 0..SCANNERS {
        let load = Arc::clone(&load);
        clients.push(thread::spawn(move || load.scan(scanner)));
    }
    for funder in 0..FUNDERS {
        let load = Arc::clone(&load);
        clients.push(thread::spawn(move || load.fund(funder)));
    }
    for buyer in 0..BUYERS {
        let load = Arc::clone(&load);
        clients.push(thread::spawn(move || load.buy(buyer, sales)));
    }
    let ticking = Arc::clone(&load);
    clients.push(thread::spawn(move || ticking.tick()));
    thread::sleep(duration);
    cluster::kill()?;
    load.stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.join().map_err(|_| "a client panicked")?;
    }
    let sent = load.log.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(sent)
}
