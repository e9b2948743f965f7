//! Entries at one event as fast as the clients can, for comparison with the same scans in SQL.

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;
use uuid::Uuid;

use super::connection::Connection;
use super::{Measured, runtime};
use crate::checks::Failure;
use crate::place::connect;

/// Wallet and device tokens of the bench's first event.
struct Tokens {
    wallets: Vec<String>,
    device: String,
}

/// `clients` connections scan for `seconds`; prints `scans_per_second p50_ms p95_ms p99_ms errors`.
pub fn run(url: &str, database: &str, clients: usize, seconds: u64) -> Result<bool, Failure> {
    let mut sql = connect(database)?;
    let wallets = sql.query("SELECT token FROM bench.wallet ORDER BY i", &[])?.iter().map(|row| row.get(0)).collect();
    let device = sql.query_one("SELECT device_token FROM bench.event WHERE i = 1", &[])?.get(0);
    drop(sql);
    let tokens = Rc::new(Tokens { wallets, device });
    let address = url.trim_start_matches("http://").to_owned();
    let began = Instant::now();
    let end = began + Duration::from_secs(seconds);
    let mut measured = LocalSet::new().block_on(&runtime()?, async {
        let tasks: Vec<_> = (0..clients)
            .map(|client| tokio::task::spawn_local(client_loop(address.clone(), Rc::clone(&tokens), client, end)))
            .collect();
        let mut all = Measured::default();
        for task in tasks {
            all.add(task.await.unwrap_or_default());
        }
        all
    });
    let took = began.elapsed().as_secs_f64();
    measured.close();
    println!(
        "{:.1} {:.2} {:.2} {:.2} {}",
        measured.latencies_us.len() as f64 / took,
        measured.at_ms(50),
        measured.at_ms(95),
        measured.at_ms(99),
        measured.errors.len()
    );
    Ok(measured.errors.is_empty())
}

async fn client_loop(address: String, tokens: Rc<Tokens>, client: usize, end: Instant) -> Measured {
    let mut measured = Measured::default();
    let mut connection = match Connection::open(&address).await {
        Ok(connection) => connection,
        Err(error) => {
            measured.errors.push(error.to_string());
            return measured;
        }
    };
    let headers = format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", tokens.device);
    // A step without a common divisor with the number of wallets spreads the clients over them.
    let mut wallet = client * 313;
    while Instant::now() < end {
        wallet = (wallet + 7919) % tokens.wallets.len();
        let body = format!(r#"{{"token":"{}","kind":"entry","nonce":"{}"}}"#, tokens.wallets[wallet], Uuid::now_v7());
        let since = Instant::now();
        match connection.send("POST /v1/scans", &headers, &body).await {
            Ok(answer) if answer.status == 200 && contains(&answer.body, b"\"outcome\":\"admitted\"") => {
                measured.took(since);
            }
            Ok(answer) => {
                measured.errors.push(format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body)));
            }
            Err(error) => {
                measured.errors.push(error.to_string());
                return measured;
            }
        }
    }
    measured
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|bytes| bytes == part)
}
