//! A keep-alive HTTP/1.1 connection without more than the measurements need.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::checks::Failure;

/// One connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer's status and body.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; an error for anything but success.
    pub fn json(&self) -> Result<serde_json::Value, Failure> {
        if (200..300).contains(&self.status) {
            return Ok(serde_json::from_slice(&self.body)?);
        }
        Err(format!("{} {}", self.status, String::from_utf8_lossy(&self.body)).into())
    }
}

impl Connection {
    /// Connects to `host:port`.
    pub async fn open(address: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends a request and reads its answer. `headers` are whole lines; Host is added where it is missing.
    pub async fn send(&mut self, line: &str, headers: &str, body: &str) -> Result<Answer, Failure> {
        let host = if headers.starts_with("Host:") { "" } else { "Host: localhost\r\n" };
        let request = format!("{line} HTTP/1.1\r\n{host}Content-Length: {}\r\n{headers}\r\n{body}", body.len());
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let head_end = loop {
            if let Some(at) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).into_owned();
        let status =
            head.split_whitespace().nth(1).and_then(|code| code.parse().ok()).ok_or("the answer has no status")?;
        let length: usize = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, length)| length.trim().parse().ok())
            .ok_or("the answer has no length")?;
        while self.buffer.len() < head_end + length {
            self.more().await?;
        }
        Ok(Answer { status, body: self.buffer[head_end..head_end + length].to_vec() })
    }

    async fn more(&mut self) -> Result<(), Failure> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        Ok(())
    }
}
