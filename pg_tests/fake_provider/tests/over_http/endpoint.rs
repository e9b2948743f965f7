//! An endpoint that takes webhooks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::client::Failure;

/// A delivery that came in.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Lower-case.
    pub head: String,
    pub body: String,
}

impl Delivery {
    /// A header's value.
    pub fn header(&self, name: &str) -> Result<&str, Failure> {
        let start = format!("{name}: ");
        self.head.lines().find_map(|line| line.strip_prefix(&start)).ok_or_else(|| format!("no {name}").into())
    }

    /// The body.
    pub fn json(&self) -> Result<Value, Failure> {
        Ok(serde_json::from_str(&self.body)?)
    }
}

#[derive(Default)]
struct Taken {
    deliveries: Vec<Delivery>,
    /// Statuses to answer with; 200 when there are no more.
    statuses: VecDeque<u16>,
}

/// The endpoint.
pub struct Endpoint {
    pub url: String,
    taken: Arc<Mutex<Taken>>,
}

impl Endpoint {
    /// Listens; answers the first deliveries with these statuses.
    pub async fn listen(statuses: &[u16]) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/hook", listener.local_addr()?);
        let taken = Arc::new(Mutex::new(Taken { statuses: statuses.iter().copied().collect(), ..Taken::default() }));
        let shared = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that goes away is no concern of the others.
                let _ = take(stream, &shared).await;
            }
        });
        Ok(Self { url, taken })
    }

    /// Waits until this many deliveries came in; gives them.
    pub async fn wait(&self, count: usize) -> Result<Vec<Delivery>, Failure> {
        for _ in 0..200 {
            let deliveries = self.so_far();
            if deliveries.len() >= count {
                return Ok(deliveries);
            }
            sleep(Duration::from_millis(20)).await;
        }
        Err(format!("{} of {count} deliveries came", self.so_far().len()).into())
    }

    /// What came in.
    pub fn so_far(&self) -> Vec<Delivery> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).deliveries.clone()
    }
}

async fn take(mut stream: TcpStream, taken: &Mutex<Taken>) -> std::io::Result<()> {
    let mut raw = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let length = stream.read(&mut buffer).await?;
        raw.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&raw).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let wanted = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned))
                .and_then(|length| length.parse::<usize>().ok())
                .unwrap_or_default();
            if body.len() >= wanted {
                let status = {
                    let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
                    taken.deliveries.push(Delivery { head: head.to_ascii_lowercase(), body: body.to_owned() });
                    taken.statuses.pop_front().unwrap_or(200)
                };
                return stream.write_all(format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n").as_bytes()).await;
            }
        }
        if length == 0 {
            return Ok(());
        }
    }
}
