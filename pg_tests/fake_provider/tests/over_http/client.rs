//! A client of a fake of its own.

use std::io;

use admit_fake_provider::Server;
use data_encoding::BASE64;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub type Failure = Box<dyn std::error::Error>;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub json: Value,
}

/// A running fake and a way to talk to it.
pub struct Fake {
    server: Server,
}

impl Fake {
    pub async fn start() -> io::Result<Self> {
        Ok(Self { server: Server::start(0).await? })
    }

    pub async fn start_with_ids_after(ids_after: usize) -> io::Result<Self> {
        Ok(Self { server: Server::start_with_ids_after(0, ids_after).await? })
    }

    /// Sends a request; an error when the connection closes without an answer.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, Failure> {
        let mut stream = TcpStream::connect(self.server.address()).await?;
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: fake\r\nConnection: close\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        stream.write_all(format!("{head}{body}").as_bytes()).await?;
        let mut raw = String::new();
        stream.read_to_string(&mut raw).await?;
        let (head, text) = raw.split_once("\r\n\r\n").ok_or("no answer")?;
        let status = head.split(' ').nth(1).ok_or("no status")?.parse()?;
        Ok(Answer { status, head: head.to_ascii_lowercase(), json: serde_json::from_str(text)? })
    }

    /// A request to Stripe.
    pub async fn stripe(&self, method: &str, path: &str, form: &str) -> Result<Answer, Failure> {
        self.send(method, path, &[("Authorization", "Bearer sk_test_1")], form).await
    }

    /// A request to Stripe with an idempotency key.
    pub async fn stripe_once(&self, path: &str, key: &str, form: &str) -> Result<Answer, Failure> {
        self.send("POST", path, &[("Authorization", "Bearer sk_test_1"), ("Idempotency-Key", key)], form).await
    }

    /// A JSON request with a key as user of basic authentication.
    pub async fn basic(&self, method: &str, path: &str, key: &str, body: &Value) -> Result<Answer, Failure> {
        let credential = format!("Basic {}", BASE64.encode(format!("{key}:").as_bytes()));
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, path, &[("Authorization", &credential)], &text).await
    }

    /// A control request; an error unless it succeeds.
    pub async fn control(&self, path: &str, body: Value) -> Result<Value, Failure> {
        let answer = self.send("POST", &format!("/_control/{path}"), &[], &body.to_string()).await?;
        if answer.status == 200 { Ok(answer.json) } else { Err(format!("{path}: {}", answer.json).into()) }
    }

    /// Reads from the control API.
    pub async fn look(&self, path: &str) -> Result<Value, Failure> {
        Ok(self.send("GET", &format!("/_control/{path}"), &[], "").await?.json)
    }

    /// How often something really happened.
    pub async fn count(&self, kind: &str, key: &str) -> Result<u64, Failure> {
        let query = if key.is_empty() { String::new() } else { format!("&idempotency_key={key}") };
        let effects = self.look(&format!("effects?kind={kind}{query}")).await?;
        effects["count"].as_u64().ok_or_else(|| "no count".into())
    }

    /// A PaymentIntent that was paid.
    pub async fn paid(&self) -> Result<String, Failure> {
        let form = "amount=2500&currency=usd&payment_method=pm_card_visa&confirm=true&off_session=true";
        text(&self.stripe("POST", "/v1/payment_intents", form).await?.json["id"])
    }
}

/// A JSON text.
pub fn text(value: &Value) -> Result<String, Failure> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("{value} is no text").into())
}

/// A control request without parameters.
pub fn nothing() -> Value {
    json!({})
}
