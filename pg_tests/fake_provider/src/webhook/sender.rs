//! Sends deliveries over plain HTTP; the targets are on loopback.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};

use crate::clock::real_seconds;
use crate::provider::Provider;
use crate::webhook::outbox::Next;
use crate::webhook::signature::stripe_signature;
use crate::webhook::{Attempt, Delivery, Target};
use crate::world::Shared;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Sends what is to be sent, for ever.
pub(crate) async fn deliver(shared: Arc<Shared>) {
    loop {
        let (next, generation, timeout_ms) = {
            let mut world = shared.world();
            let next = world.outbox.next(Instant::now());
            (next, world.outbox.generation, world.outbox.retries.timeout_ms)
        };
        match next {
            Next::Send(delivery, target) => {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    let attempt = attempt(&delivery, &target, timeout_ms).await;
                    conclude(&shared, generation, &delivery, attempt);
                });
            }
            Next::Wait(until) => {
                tokio::select! { () = sleep_until(until) => {}, () = shared.wake.notified() => {} }
            }
            Next::Idle => shared.wake.notified().await,
        }
    }
}

fn conclude(shared: &Shared, generation: u64, delivery: &Delivery, attempt: Attempt) {
    {
        let mut world = shared.world();
        if world.outbox.generation != generation {
            return;
        }
        if world.outbox.attempted(delivery.id, attempt) && delivery.provider == Provider::Stripe {
            world.stripe.delivered(&delivery.event);
        }
    }
    shared.wake.notify_one();
}

async fn attempt(delivery: &Delivery, target: &Target, timeout_ms: u64) -> Attempt {
    let at_seconds = real_seconds();
    let result = timeout(Duration::from_millis(timeout_ms), send(delivery, target, at_seconds)).await;
    let (status, error) = match result {
        Ok(Ok(status)) => (Some(status), None),
        Ok(Err(failure)) => (None, Some(failure.to_string())),
        Err(_) => (None, Some(format!("no answer within {timeout_ms} ms"))),
    };
    Attempt { at_seconds, status, error }
}

async fn send(delivery: &Delivery, target: &Target, at_seconds: i64) -> Result<u16, Failure> {
    let uri: Uri = target.url.parse()?;
    let authority =
        uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or("the target is no http:// URL")?;
    let stream = TcpStream::connect((authority.host(), authority.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::post(path).header(HOST, authority.as_str());
    for (name, value) in headers(delivery, target, at_seconds) {
        request = request.header(name, value);
    }
    let response = sender.send_request(request.body(Full::new(Bytes::from(delivery.body.clone())))?).await;
    let result = match response {
        Ok(response) => {
            let status = response.status().as_u16();
            response.into_body().collect().await.map(|_| status)
        }
        Err(error) => Err(error),
    };
    connection.abort();
    Ok(result?)
}

fn headers(delivery: &Delivery, target: &Target, at_seconds: i64) -> Vec<(&'static str, String)> {
    let json = (CONTENT_TYPE.as_str(), "application/json".to_owned());
    match delivery.provider {
        Provider::Stripe => vec![
            (CONTENT_TYPE.as_str(), "application/json; charset=utf-8".to_owned()),
            ("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)".to_owned()),
            ("stripe-signature", stripe_signature(&target.secret, at_seconds, &delivery.body)),
        ],
        Provider::Midtrans => vec![json, ("user-agent", "Veritrans".to_owned())],
        Provider::Xendit => {
            vec![json, ("x-callback-token", target.secret.clone()), ("webhook-id", delivery.event.clone())]
        }
    }
}
