//! One request to a provider and its answer. Redirects are not followed: an answer is an answer.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, HOST, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::client::Client;
use crate::config::Address;

/// How long it may take to reach the provider.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long all of it may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// An answer's body at most.
const BODY_BYTES_MAX: usize = 1024 * 1024;
/// What the database is told of an answer's headers.
const HEADERS: [&str; 3] = ["retry-after", "idempotent-replayed", "request-id"];

/// A request.
pub struct Exchange {
    /// The provider's host, unless another address is configured.
    pub host: String,
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names and values; secrets are among them.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Some of its headers.
    pub headers: Map<String, Value>,
    /// The body.
    pub body: Bytes,
}

/// Sends a request, to `base` if there is one.
///
/// # Errors
/// Why there is no answer, in words that quote neither request nor answer.
pub async fn send(client: &Client, base: Option<&Address>, exchange: Exchange) -> Result<Answer, String> {
    let own = Address { tls: true, host: exchange.host.clone(), port: 443 };
    let address = base.unwrap_or(&own);
    match timeout(ANSWER_WITHIN, answer(client, address, exchange)).await {
        Ok(answer) => answer,
        Err(_) => Err(format!("nothing came within {} seconds", ANSWER_WITHIN.as_secs())),
    }
}

async fn answer(client: &Client, address: &Address, exchange: Exchange) -> Result<Answer, String> {
    let request = request(address, exchange).ok_or("the request is not one of HTTP")?;
    let stream = match timeout(CONNECT_WITHIN, client.connect(address)).await {
        Ok(stream) => stream.map_err(|error| format!("no connection: {error}"))?,
        Err(_) => return Err(format!("no connection within {} seconds", CONNECT_WITHIN.as_secs())),
    };
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| format!("no connection: {error}"))?;
    let driver = tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(|error| format!("no answer: {error}"));
    let answer = match response {
        Ok(response) => {
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, BODY_BYTES_MAX).collect().await;
            body.map(|body| Answer {
                status: parts.status.as_u16(),
                headers: told(&parts.headers),
                body: body.to_bytes(),
            })
            .map_err(|error| format!("half an answer {}: {error}", parts.status.as_u16()))
        }
        Err(why) => Err(why),
    };
    driver.abort();
    answer
}

fn request(address: &Address, exchange: Exchange) -> Option<hyper::Request<Full<Bytes>>> {
    let mut request = hyper::Request::builder()
        .method(exchange.method.as_str())
        .uri(exchange.path)
        .body(Full::new(exchange.body))
        .ok()?;
    let headers = request.headers_mut();
    headers.insert(HOST, HeaderValue::from_str(&address.authority()).ok()?);
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("admit/", env!("CARGO_PKG_VERSION"))));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    for (name, value) in exchange.headers {
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_bytes(name.as_bytes()).ok()?, value);
    }
    Some(request)
}

fn told(headers: &HeaderMap) -> Map<String, Value> {
    let text = |name: &&str| headers.get(*name).and_then(|value| value.to_str().ok());
    HEADERS.iter().filter_map(|name| Some(((*name).to_owned(), Value::from(text(name)?)))).collect()
}

#[cfg(test)]
mod tests;
