//! Connections: accepted, bounded, served, and ended in an orderly way.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::config::Config;
use crate::{front, routes, timers};

/// A request's header at most.
const HEADER_BYTES_MAX: usize = 64 * 1024;
/// How long to wait after `accept` failed, which means that the process has too many files open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown` ends, then lets running requests finish for the configured time.
///
/// # Errors
/// When TLS to Postgres is required and no certificate authority can be read. A database that is
/// away is no error: `/readyz` tells it.
pub async fn serve(config: Config, listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let app = Arc::new(App::new(config)?);
    let router = front::guard(&app, routes::router(&app));
    timers::start(&app);
    let connections = TaskTracker::new();
    tokio::select! {
        () = shutdown => {}
        () = accept(&app, &router, &listener, &connections) => {}
    }
    drop(listener);
    tracing::info!("stopping");
    app.shutdown.cancel();
    connections.close();
    app.tasks.close();
    let finished = timeout(app.config.shutdown, async {
        connections.wait().await;
        app.tasks.wait().await;
    });
    if finished.await.is_err() {
        let (connections, statements) = (connections.len(), app.tasks.len());
        tracing::warn!(connections, statements, "stopped before everything had ended");
    }
    app.database.close();
    Ok(())
}

async fn accept(app: &Arc<App>, router: &Router, listener: &TcpListener, connections: &TaskTracker) {
    let slots = Arc::new(Semaphore::new(app.config.connections_max.min(Semaphore::MAX_PERMITS)));
    // The semaphore is never closed.
    while let Ok(slot) = slots.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, peer)) => {
                connections.spawn(connection(app.clone(), router.clone(), stream, peer, slot));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(app: Arc<App>, router: Router, stream: TcpStream, peer: SocketAddr, slot: OwnedSemaphorePermit) {
    // Answers are one write each; waiting for more would only delay them.
    let _ = stream.set_nodelay(true);
    app.metrics.connections.increment(1);
    let service = {
        let app = app.clone();
        service_fn(move |request| {
            let answer = front::answer(app.clone(), router.clone(), peer.ip(), request);
            async move { Ok::<_, Infallible>(answer.await) }
        })
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(app.config.header_timeout)
        .max_buf_size(HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // An error here is the client's: it hung up, was too slow, or does not speak HTTP.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = app.shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
    app.metrics.connections.decrement(1);
    drop(slot);
}
