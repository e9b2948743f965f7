//! The network between a gate and the server, which a test can take away.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::checks::Failure;

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// It carries everything.
    Fair,
    /// It carries nothing.
    Cut,
    /// Requests arrive, and the connection breaks instead of the answer.
    Mute,
    /// Requests arrive, and nothing comes back.
    Hold,
}

struct Inside {
    target: Mutex<String>,
    weather: Mutex<Weather>,
    withheld: AtomicU32,
}

/// A network.
pub struct Wire {
    /// Where gates find the server.
    pub address: String,
    inside: Arc<Inside>,
}

impl Wire {
    /// A fair one to a server.
    pub fn to(target: &str) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let inside = Arc::new(Inside {
            target: Mutex::new(target.to_owned()),
            weather: Mutex::new(Weather::Fair),
            withheld: AtomicU32::new(0),
        });
        let shared = Arc::clone(&inside);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let inside = Arc::clone(&shared);
                // A connection that breaks is what this is for.
                thread::spawn(move || inside.carry(client));
            }
        });
        Ok(Self { address, inside })
    }

    /// Leads to another server from now on.
    pub fn lead_to(&self, target: &str) {
        *self.inside.target.lock().unwrap_or_else(PoisonError::into_inner) = target.to_owned();
    }

    /// Changes the weather.
    pub fn set(&self, weather: Weather) {
        *self.inside.weather.lock().unwrap_or_else(PoisonError::into_inner) = weather;
        self.inside.withheld.store(0, Ordering::SeqCst);
    }

    /// Waits until the server has answered and the answer was withheld.
    pub fn wait_until_withheld(&self) -> Result<(), Failure> {
        let since = Instant::now();
        while self.inside.withheld.load(Ordering::SeqCst) == 0 {
            if since.elapsed() > Duration::from_secs(20) {
                return Err("nothing was answered".into());
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Inside {
    fn weather(&self) -> Weather {
        *self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry(self: &Arc<Self>, client: TcpStream) -> std::io::Result<()> {
        if self.weather() == Weather::Cut {
            return Ok(());
        }
        let target = self.target.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let server = TcpStream::connect(target)?;
        let (inside, from, to) = (Arc::clone(self), client.try_clone()?, server.try_clone()?);
        thread::spawn(move || inside.requests(from, to));
        self.answers(server, client)
    }

    fn requests(&self, mut client: TcpStream, mut server: TcpStream) -> std::io::Result<()> {
        let mut buffer = [0; 16_384];
        loop {
            let length = client.read(&mut buffer)?;
            if length == 0 || self.weather() == Weather::Cut {
                client.shutdown(Shutdown::Both)?;
                return server.shutdown(Shutdown::Both);
            }
            server.write_all(&buffer[..length])?;
        }
    }

    fn answers(&self, mut server: TcpStream, mut client: TcpStream) -> std::io::Result<()> {
        let mut buffer = [0; 16_384];
        loop {
            let length = server.read(&mut buffer)?;
            match self.weather() {
                Weather::Fair if length > 0 => client.write_all(&buffer[..length])?,
                Weather::Hold if length > 0 => {
                    self.withheld.fetch_add(1, Ordering::SeqCst);
                }
                weather => {
                    self.withheld.fetch_add(u32::from(weather == Weather::Mute), Ordering::SeqCst);
                    client.shutdown(Shutdown::Both)?;
                    return server.shutdown(Shutdown::Both);
                }
            }
        }
    }
}
