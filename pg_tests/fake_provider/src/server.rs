//! Sockets: reads requests, hands them on, writes answers or hangs up.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::answer::Answer;
use crate::provider::Provider;
use crate::request::Request;
use crate::webhook::deliver;
use crate::world::{Shared, World};
use crate::{control, exchange};

/// A larger body is hung up on.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The connection is closed without an answer.
#[derive(Debug)]
struct HangUp;

impl std::fmt::Display for HangUp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the connection is closed without an answer")
    }
}

impl std::error::Error for HangUp {}

/// A running fake. It stops when it is dropped; open connections end with it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts a fake on loopback; port 0 takes a free one. Must be called in a tokio runtime.
    ///
    /// # Errors
    /// When the port cannot be listened on.
    pub async fn start(port: u16) -> io::Result<Self> {
        Self::start_with_ids_after(port, 0).await
    }

    /// The same for whoever remembers objects of an earlier fake: Stripe's and Xendit's ids are counted
    /// from behind `ids_after`.
    ///
    /// # Errors
    /// When the port cannot be listened on.
    pub async fn start_with_ids_after(port: u16, ids_after: usize) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::of(World::with_ids_after(ids_after)));
        let tasks = vec![tokio::spawn(accept(listener, Arc::clone(&shared))), tokio::spawn(deliver(shared))];
        Ok(Self { address, tasks })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Such as `http://127.0.0.1:40123`, to be configured as the providers' base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        // A connection that failed before it was accepted concerns nobody else.
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, Arc::clone(&shared)));
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(move |request| respond(Arc::clone(&shared), request));
    // The error is either the client's hanging up or ours.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(shared: Arc<Shared>, request: hyper::Request<Incoming>) -> Result<Response<Full<Bytes>>, HangUp> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, BODY_BYTES_MAX).collect().await.map_err(|_| HangUp)?.to_bytes();
    let request = Request {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    };
    // In a task of its own: a client that gives up waiting does not undo what it asked for.
    let answer = tokio::spawn(async move { dispatch(&shared, request).await }).await.map_err(|_| HangUp)?;
    into_response(answer.ok_or(HangUp)?).ok_or(HangUp)
}

async fn dispatch(shared: &Shared, request: Request) -> Option<Answer> {
    if request.path.starts_with("/_control") {
        let answer = control::answer(&mut shared.world(), &request);
        shared.wake.notify_one();
        return Some(answer);
    }
    match Provider::of_path(&request.path) {
        Some(provider) => exchange::serve(shared, provider, request).await,
        None => Some(Answer::json(404, &serde_json::json!({"error": "no provider serves this path"}))),
    }
}

fn into_response(answer: Answer) -> Option<Response<Full<Bytes>>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).ok()?;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in answer.headers {
        headers
            .insert(hyper::header::HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(&value).ok()?);
    }
    Some(response)
}
