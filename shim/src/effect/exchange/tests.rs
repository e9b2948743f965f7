use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

/// A provider that reads one request and writes these bytes; gives what it has read.
async fn provider(answer: Vec<u8>) -> io::Result<(Address, tokio::task::JoinHandle<io::Result<String>>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        let mut read = vec![0; 65_536];
        let mut length = 0;
        while !read[..length].ends_with(b"a=1") {
            match stream.read(&mut read[length..]).await? {
                0 => break,
                more => length += more,
            }
        }
        stream.write_all(&answer).await?;
        Ok(String::from_utf8_lossy(&read[..length]).into_owned())
    });
    Ok((Address { tls: false, host: "127.0.0.1".to_owned(), port }, task))
}

fn exchange() -> Exchange {
    Exchange {
        host: "api.stripe.com".to_owned(),
        method: "POST".to_owned(),
        path: "/v1/refunds?x=y".to_owned(),
        headers: vec![("authorization".to_owned(), "Bearer sk_test_of_the_test".to_owned())],
        body: Bytes::from_static(b"a=1"),
    }
}

async fn ask(answer: impl Into<Vec<u8>>) -> io::Result<(Result<Answer, String>, String)> {
    let (address, task) = provider(answer.into()).await?;
    let answer = send(&Client::default(), Some(&address), exchange()).await;
    Ok((answer, task.await.map_err(io::Error::other)??))
}

#[tokio::test]
async fn a_request_goes_out_as_it_was_taken() -> io::Result<()> {
    let text = "HTTP/1.1 429 X\r\nRetry-After: 7\r\nSet-Cookie: a\r\nContent-Length: 2\r\n\r\n{}";
    let (answer, request) = ask(text).await?;
    let answer = answer.map_err(io::Error::other)?;
    assert_eq!((answer.status, &answer.body[..]), (429, &b"{}"[..]));
    assert_eq!(Value::Object(answer.headers), serde_json::json!({"retry-after": "7"}));
    assert!(request.starts_with("POST /v1/refunds?x=y HTTP/1.1\r\n") && request.ends_with("\r\n\r\na=1"), "{request}");
    for header in
        ["host: 127.0.0.1:", "content-length: 3", "authorization: Bearer sk_test_of_the_test", "user-agent: admit/"]
    {
        assert!(request.contains(header), "{request}");
    }
    Ok(())
}

#[tokio::test]
async fn a_redirect_is_an_answer() -> io::Result<()> {
    let (answer, _) = ask("HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n").await?;
    assert_eq!(answer.map_err(io::Error::other)?.status, 302);
    Ok(())
}

#[tokio::test]
async fn what_is_no_whole_answer_is_none() -> io::Result<()> {
    let half = "HTTP/1.1 200 X\r\nContent-Length: 10\r\n\r\nfive5".to_owned();
    let endless = format!("HTTP/1.1 200 X\r\nContent-Length: 9999999\r\n\r\n{}", "x".repeat(BODY_BYTES_MAX + 1));
    for text in [String::new(), "SSH-2.0-x\r\n".to_owned(), half, endless] {
        let (answer, _) = ask(text.clone()).await?;
        let why = answer.err().unwrap_or_default();
        assert!(!why.is_empty() && !why.contains("sk_test"), "{why}");
    }
    Ok(())
}

#[tokio::test]
async fn a_closed_port_and_a_certificate_that_is_missing_are_told() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    drop(listener);
    let closed = Address { tls: false, host: "127.0.0.1".to_owned(), port };
    let why = send(&Client::default(), Some(&closed), exchange()).await.err().unwrap_or_default();
    assert!(why.starts_with("no connection"), "{why}");
    let (plain, _task) = provider(b"HTTP/1.1 200 X\r\n\r\n".to_vec()).await?;
    let why =
        send(&Client::default(), Some(&Address { tls: true, ..plain }), exchange()).await.err().unwrap_or_default();
    assert!(why.starts_with("no connection"), "{why}");
    Ok(())
}
