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
use crate::{effect, front, routes, timers};

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
    effect::start(&app);
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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    async fn answer_of(router: Router) -> io::Result<String> {
        let config = Config::read(|name| (name == "ADMIT_DATABASE_URL").then(|| "host=127.0.0.1 port=1".to_owned()));
        let app = Arc::new(App::new(config.map_err(|problems| io::Error::other(problems.concat()))?)?);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let connections = TaskTracker::new();
        let serving = accept(&app, &router, &listener, &connections);
        let asking = async {
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.map(|_| answer)
        };
        tokio::select! {
            () = serving => Err(io::Error::other("accepting has ended")),
            answer = asking => answer,
        }
    }

    #[tokio::test]
    async fn a_panic_is_answered() -> io::Result<()> {
        let broken: fn() -> std::future::Ready<()> = || panic!("the secret of the panic");
        let answer = answer_of(Router::new().route("/", get(broken))).await?;
        assert!(answer.starts_with("HTTP/1.1 500") && answer.contains("\"code\":\"internal\""), "{answer}");
        assert!(!answer.contains("secret"), "{answer}");
        Ok(())
    }
}
