//! Rates, origins, time.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::client::Shim;

#[tokio::test]
async fn a_client_over_its_rate_is_told_to_wait() {
    let shim = Shim::start(&[("ADMIT_RATE_PER_IP", "2/60")]).await;
    let first = shim.get("/errors").await;
    assert_eq!(first.header("ratelimit-policy"), "\"ip\";q=2;w=60");
    assert_eq!(first.header("ratelimit"), "\"ip\";r=1;t=30");
    assert_eq!(shim.get("/errors").await.status, 200);
    let refused = shim.get("/errors").await;
    assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (429, "rate_limited"));
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|seconds| (1..=30).contains(&seconds)));
    assert!(refused.header("ratelimit").starts_with("\"ip\";r=0;t="));
    assert_eq!(shim.get("/livez").await.status, 200);
    assert_eq!(shim.send("POST", "/webhooks/stripe/1", &[], "{}").await.problem(), "unavailable");
    assert!(shim.get("/metrics").await.text().contains("admit_rate_limited_total{policy=\"ip\"} 1"));
    shim.stop().await;
}

#[tokio::test]
async fn a_credential_has_a_rate_of_its_own() {
    let shim = Shim::start(&[("ADMIT_RATE_PER_IP", "0"), ("ADMIT_RATE_PER_CREDENTIAL", "1/60")]).await;
    let ask = |credential: &'static str| {
        let shim = &shim;
        async move { shim.send("GET", "/v1/venues", &[("authorization", credential)], "").await.problem() }
    };
    assert_eq!(ask("Bearer A").await, "unauthenticated");
    assert_eq!(ask("Bearer A").await, "rate_limited");
    assert_eq!(ask("Bearer B").await, "unauthenticated");
    shim.stop().await;
}

#[tokio::test]
async fn behind_a_trusted_proxy_clients_are_told_apart() {
    let shim = Shim::start(&[("ADMIT_RATE_PER_IP", "1/60"), ("ADMIT_TRUSTED_PROXIES", "1")]).await;
    let ask = |forwarded: &'static str| {
        let shim = &shim;
        async move { shim.send("GET", "/errors", &[("x-forwarded-for", forwarded)], "").await.status.as_u16() }
    };
    assert_eq!(ask("203.0.113.1").await, 200);
    assert_eq!(ask("203.0.113.2").await, 200);
    assert_eq!(ask("203.0.113.9, 203.0.113.1").await, 429);
    shim.stop().await;
}

#[tokio::test]
async fn only_allowed_origins_may_read() {
    let shim = Shim::start(&[("ADMIT_CORS_ORIGINS", "https://tickets.example"), ("ADMIT_RATE_PER_IP", "2/60")]).await;
    let allowed = ("origin", "https://tickets.example");
    let preflight =
        [allowed, ("access-control-request-method", "POST"), ("access-control-request-headers", "authorization")];
    let answer = shim.send("OPTIONS", "/v1/scans", &preflight, "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), "https://tickets.example");
    assert!(answer.header("access-control-allow-headers").contains("idempotency-key"));
    assert!(answer.header("access-control-allow-methods").contains("POST"));
    let foreign = shim.send("GET", "/errors", &[("origin", "https://evil.example")], "").await;
    assert_eq!(foreign.header("access-control-allow-origin"), "");
    assert_eq!(shim.send("GET", "/errors", &[allowed], "").await.status, 200);
    let refused = shim.send("GET", "/errors", &[allowed], "").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("access-control-allow-origin"), "https://tickets.example");
    assert!(refused.header("access-control-expose-headers").contains("retry-after"));
    shim.stop().await;
}

#[tokio::test]
async fn without_origins_there_is_no_cors() {
    let shim = Shim::start(&[]).await;
    let preflight = [("origin", "https://a.example"), ("access-control-request-method", "POST")];
    let answer = shim.send("OPTIONS", "/v1/scans", &preflight, "").await;
    assert_eq!(answer.problem(), "method_not_allowed");
    assert_eq!(answer.header("access-control-allow-origin"), "");
    shim.stop().await;
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_not_waited_for() {
    // It accepts, by its backlog, and never speaks.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = silent.local_addr().expect("it is bound").port();
    let url = format!("host=127.0.0.1 port={port} user=nobody");
    let shim = Shim::start(&[("ADMIT_DATABASE_URL", &url), ("ADMIT_REQUEST_TIMEOUT_MS", "200")]).await;
    let began = std::time::Instant::now();
    let answer = shim.get("/.well-known/jwks.json").await;
    assert_eq!(answer.problem(), "unavailable");
    assert!(answer.text().contains("nothing was carried out"), "{}", answer.text());
    assert!(began.elapsed() < Duration::from_secs(2));
    shim.stop().await;
}

#[tokio::test]
async fn a_slow_header_loses_its_connection() {
    let shim = Shim::start(&[("ADMIT_HEADER_TIMEOUT_MS", "200")]).await;
    let mut stream = TcpStream::connect(shim.address).await.expect("the shim accepts");
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: slow").await.expect("the shim reads");
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "the connection is still open");
    shim.stop().await;
}

#[tokio::test]
async fn a_slow_body_is_given_up() {
    let shim = Shim::start(&[("ADMIT_REQUEST_TIMEOUT_MS", "200")]).await;
    let mut stream = TcpStream::connect(shim.address).await.expect("the shim accepts");
    let head = b"POST /wallet/a/b HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{";
    stream.write_all(head).await.expect("the shim reads");
    let mut answer = String::new();
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_string(&mut answer)).await;
    assert!(read.is_ok() && answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("did not arrive in time"), "{answer}");
    shim.stop().await;
}

#[tokio::test]
async fn connections_over_the_limit_wait_their_turn() {
    let shim = Shim::start(&[("ADMIT_CONNECTIONS_MAX", "1")]).await;
    let first = TcpStream::connect(shim.address).await.expect("the shim accepts");
    let waiting = tokio::time::timeout(Duration::from_millis(300), shim.get("/livez")).await;
    assert!(waiting.is_err(), "a second connection was served");
    drop(first);
    assert_eq!(shim.get("/livez").await.status, 200);
    shim.stop().await;
}
