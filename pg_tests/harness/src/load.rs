//! Load for the measurements. Over HTTP: keep-alive connections, each a client of its own, all on
//! one thread so that the server keeps the rest of the machine.

mod connection;
mod evening;
mod gate;
mod gate_scans;
mod orders;
mod scans;

use std::time::{Duration, Instant};

use crate::checks::Failure;

pub use evening::{measure as measure_evening, run as evening};
pub use gate::run as gate;
pub use gate_scans::run as gate_scans;
pub use orders::run as orders;
pub use scans::run as scans;

/// A runtime of one thread.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// What the clients measured.
#[derive(Default)]
struct Measured {
    latencies_us: Vec<u64>,
    errors: Vec<String>,
}

impl Measured {
    fn took(&mut self, since: Instant) {
        self.latencies_us.push(u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX));
    }

    fn add(&mut self, other: Self) {
        self.latencies_us.extend(other.latencies_us);
        self.errors.extend(other.errors);
    }

    /// Sorts, prints the errors' number and the first few, and gives the latency at a share.
    fn close(&mut self) {
        self.latencies_us.sort_unstable();
        for error in self.errors.iter().take(5) {
            eprintln!("error: {error}");
        }
    }

    fn at_ms(&self, percent: usize) -> f64 {
        let index = (self.latencies_us.len() * percent / 100).min(self.latencies_us.len().saturating_sub(1));
        self.latencies_us.get(index).map_or(0.0, |&latency| Duration::from_micros(latency).as_secs_f64() * 1000.0)
    }
}
