//! A small HTTP/1.1 client for loopback, and Stripe's side of a webhook.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use crate::checks::Failure;

/// A server under test.
#[derive(Clone)]
pub struct Web {
    /// `host:port`.
    pub address: String,
}

/// An answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The status line and the headers.
    pub head: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The body as text.
    pub text: String,
    /// The body as JSON, or null.
    pub json: Value,
}

impl Answer {
    /// A header's value; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        let fields = self.head.lines().filter_map(|line| line.split_once(':'));
        fields.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value.trim())
    }
}

impl Web {
    /// The server behind `http://host:port`.
    pub fn new(url: &str) -> Self {
        Self { address: url.trim_start_matches("http://").trim_end_matches('/').to_owned() }
    }

    /// Sends a request with these headers and body.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, Failure> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut raw = Vec::new();
        stream.read_to_end(&mut raw)?;
        let end = raw.windows(4).position(|window| window == b"\r\n\r\n").map_or(raw.len(), |end| end + 4);
        let bytes = raw.get(end..).unwrap_or_default().to_vec();
        let raw = String::from_utf8_lossy(&raw).into_owned();
        let (head, text) = raw.split_once("\r\n\r\n").ok_or("the answer has no head")?;
        let status =
            head.split_whitespace().nth(1).and_then(|code| code.parse().ok()).ok_or("the answer has no status")?;
        let text = if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
            unchunk(text)
        } else {
            text.to_owned()
        };
        Ok(Answer { status, head: head.to_owned(), bytes, json: serde_json::from_str(&text).unwrap_or_default(), text })
    }

    /// A JSON request with a credential and a fresh idempotency key.
    pub fn call(&self, method: &str, path: &str, credential: &str, body: &Value) -> Result<Answer, Failure> {
        self.call_once(method, path, credential, &Uuid::now_v7().to_string(), body)
    }

    /// A JSON request with a credential and this idempotency key.
    pub fn call_once(
        &self,
        method: &str,
        path: &str,
        credential: &str,
        key: &str,
        body: &Value,
    ) -> Result<Answer, Failure> {
        let bearer = format!("Bearer {credential}");
        let mut headers = vec![("Idempotency-Key", key)];
        if !credential.is_empty() {
            headers.push(("Authorization", bearer.as_str()));
        }
        let text = if body.is_null() { String::new() } else { body.to_string() };
        if !text.is_empty() {
            headers.push(("Content-Type", "application/json"));
        }
        self.send(method, path, &headers, text.as_bytes())
    }

    /// The same, and an error for anything but success.
    pub fn must(&self, method: &str, path: &str, credential: &str, body: &Value) -> Result<Value, Failure> {
        let answer = self.call(method, path, credential, body)?;
        if (200..300).contains(&answer.status) {
            Ok(answer.json)
        } else {
            Err(format!("{method} {path}: {} {}", answer.status, answer.text).into())
        }
    }

    /// Delivers a webhook.
    pub fn deliver(&self, body: &str, signature: &str) -> Result<Answer, Failure> {
        self.send("POST", "/webhooks/stripe/1", &[("Stripe-Signature", signature)], body.as_bytes())
    }

    /// Opens a live stream and gives what arrives within two seconds.
    pub fn stream(&self, path: &str, credential: &str) -> Result<String, Failure> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {credential}\r\n\r\n")?;
        let mut text = String::new();
        let mut buffer = [0; 4096];
        while let Ok(length) = stream.read(&mut buffer) {
            text.push_str(&String::from_utf8_lossy(&buffer[..length]));
            if length == 0 || text.contains("\ndata: ") || text.contains("\ndata:") {
                break;
            }
        }
        Ok(text)
    }
}

/// An open stream of server-sent events.
pub struct Events {
    stream: TcpStream,
    text: String,
}

impl Web {
    /// Opens a stream.
    pub fn events(&self, path: &str, credential: &str) -> Result<Events, Failure> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_millis(20)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {credential}\r\n\r\n")?;
        Ok(Events { stream, text: String::new() })
    }
}

impl Events {
    /// The data of the next event, if one comes in time.
    pub fn next(&mut self, patience: Duration) -> Result<Option<Value>, Failure> {
        let until = std::time::Instant::now() + patience;
        let mut buffer = [0; 65_536];
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let data = event.lines().find_map(|line| line.strip_prefix("data:"));
                if let Some(data) = data {
                    return Ok(Some(serde_json::from_str(data.trim())?));
                }
                continue;
            }
            if std::time::Instant::now() >= until {
                return Ok(None);
            }
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(length) => self.text.push_str(&String::from_utf8_lossy(&buffer[..length])),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn unchunk(text: &str) -> String {
    let (mut rest, mut body) = (text, String::new());
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 || after.len() < size {
            break;
        }
        body.push_str(&after[..size]);
        rest = after[size..].trim_start_matches("\r\n");
    }
    body
}

/// A `payment_intent.succeeded` event for one of our payments.
pub fn succeeded_event(event: &str, payment_id: Uuid, amount_cents: i64) -> String {
    json!({"id": event, "object": "event", "type": "payment_intent.succeeded", "livemode": false, "data": {"object": {
        "id": format!("pi_{}", payment_id.simple()), "object": "payment_intent", "amount": amount_cents,
        "amount_received": amount_cents, "currency": "usd", "metadata": {"admit_payment_id": payment_id}}}})
    .to_string()
}

/// Seconds since the epoch.
pub fn unix_seconds() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed())
}

/// A `Stripe-Signature` header made `offset` seconds from now.
pub fn signature(body: &str, secret: &str, offset: i64) -> String {
    let time = unix_seconds() + offset;
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map(|mac| mac.chain_update(format!("{time}.{body}")).finalize().into_bytes())
        .unwrap_or_default();
    format!("t={time},v1={}", data_encoding::HEXLOWER.encode(&mac))
}
