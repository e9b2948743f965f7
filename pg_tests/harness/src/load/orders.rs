//! Orders from the hold to the tickets, in SQL: reserve, order, the provider's webhook.

use std::thread;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::checks::Failure;
use crate::place::{WEBHOOK_SECRET, connect};
use crate::web::{signature, succeeded_event};

/// `clients` connections buy tickets of the bench's first type; prints `orders_per_second=N`.
pub fn run(database: &str, clients: usize, seconds: u64) -> Result<bool, Failure> {
    let mut sql = connect(database)?;
    sql.execute(
        "SELECT admit.provider_configure(1, provider => 'stripe', live => false, webhook_secrets => jsonb_build_array($1::text))",
        &[&WEBHOOK_SECRET],
    )?;
    let sale: Uuid = sql.query_one("SELECT ticket_type_id FROM bench.ticket_type WHERE i = 0", &[])?.get(0);
    let wallets: Vec<Uuid> =
        sql.query("SELECT wallet_id FROM bench.wallet ORDER BY i", &[])?.iter().map(|row| row.get(0)).collect();
    let began = Instant::now();
    let end = began + Duration::from_secs(seconds);
    let threads: Vec<_> = (0..clients)
        .map(|client| {
            let (database, wallets) = (database.to_owned(), wallets.clone());
            thread::spawn(move || buyer(&database, &wallets, sale, client, end))
        })
        .collect();
    let mut orders = 0;
    for thread in threads {
        orders += thread.join().map_err(|_| "a client panicked")??;
    }
    println!("orders_per_second={:.1}", orders as f64 / began.elapsed().as_secs_f64());
    Ok(orders > 0)
}

/// One client's orders until the end; gives how many were paid.
fn buyer(database: &str, wallets: &[Uuid], sale: Uuid, client: usize, end: Instant) -> Result<u64, Failure> {
    let mut sql = connect(database)?;
    let reserve = sql.prepare("SELECT state FROM admit.reserve(1, $1, $2, 2, $3)")?;
    let order = sql.prepare(
        "SELECT payment_id, total_cents FROM admit.order_create(1, order_id => $1, hold_id => $2, wallet_id => $3, pay_with => 'stripe')",
    )?;
    let webhook = sql.prepare("SELECT state FROM admit.webhook(1, 'stripe', $1, $2)")?;
    let mut wallet = client * 313;
    let mut orders = 0;
    while Instant::now() < end {
        wallet = (wallet + 7919) % wallets.len();
        let hold = Uuid::now_v7();
        sql.query_one(&reserve, &[&wallets[wallet], &sale, &hold])?;
        let row = sql.query_one(&order, &[&Uuid::now_v7(), &hold, &wallets[wallet]])?;
        let (payment, total): (Uuid, i64) = (row.get(0), row.get(1));
        let body = succeeded_event(&format!("evt_{}", payment.simple()), payment, total);
        let headers = serde_json::json!({"stripe-signature": signature(&body, WEBHOOK_SECRET, 0)});
        let state: String = sql.query_one(&webhook, &[&body.as_bytes(), &headers])?.get(0);
        if state != "applied" {
            return Err(format!("a webhook was {state}").into());
        }
        orders += 1;
    }
    Ok(orders)
}
