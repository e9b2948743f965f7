//! The end.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::client::Shim;

#[tokio::test]
async fn an_idle_connection_does_not_hold_the_end_up() {
    let shim = Shim::start(&[]).await;
    let address = shim.address;
    let mut stream = TcpStream::connect(address).await.expect("the shim accepts");
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("the shim reads");
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.expect("an answer");
    assert_eq!(&head, b"HTTP/1.1 200");
    let began = Instant::now();
    shim.stop().await;
    assert!(began.elapsed() < Duration::from_secs(2));
    assert!(TcpStream::connect(address).await.is_err(), "the shim still accepts");
}

#[tokio::test]
async fn a_running_request_is_answered_before_the_end() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = silent.local_addr().expect("it is bound").port();
    let url = format!("host=127.0.0.1 port={port} user=nobody");
    let shim = Shim::start(&[("ADMIT_DATABASE_URL", &url), ("ADMIT_REQUEST_TIMEOUT_MS", "500")]).await;
    let mut stream = TcpStream::connect(shim.address).await.expect("the shim accepts");
    stream.write_all(b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("the shim reads");
    tokio::time::sleep(Duration::from_millis(100)).await;
    shim.stop().await;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("a whole answer");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("\"code\":\"unavailable\""), "{answer}");
}

#[tokio::test]
async fn what_does_not_end_is_ended() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = silent.local_addr().expect("it is bound").port();
    let url = format!("host=127.0.0.1 port={port} user=nobody");
    let shim = Shim::start(&[("ADMIT_DATABASE_URL", &url), ("ADMIT_SHUTDOWN_SECONDS", "1")]).await;
    let mut stream = TcpStream::connect(shim.address).await.expect("the shim accepts");
    stream.write_all(b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("the shim reads");
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    shim.stop().await;
    assert!((Duration::from_millis(900)..Duration::from_secs(3)).contains(&began.elapsed()));
}
