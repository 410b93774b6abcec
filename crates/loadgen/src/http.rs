//! As little HTTP/1.1 as it takes to be no burden: one connection, one request at a time, kept alive.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The largest answer taken.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// A connection that is opened when it is first needed, and again after a failure.
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    /// What was read: headers and body of the last answer.
    answer: Vec<u8>,
}

/// Where in the buffer the parts of an answer are.
struct Shape {
    status: u16,
    body_at: usize,
    body_bytes: usize,
    closes: bool,
}

impl Connection {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None, answer: Vec::with_capacity(4096) }
    }

    /// Sends a whole request and gives status and body of the answer.
    ///
    /// # Errors
    /// No connection, no answer in time, an answer that is not HTTP with a length.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<(u16, &[u8])> {
        let exchanged = tokio::time::timeout(PATIENCE, self.try_exchange(request)).await;
        let shape = exchanged.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        if !shape.as_ref().is_ok_and(|shape| !shape.closes) {
            self.stream = None;
        }
        let shape = shape?;
        Ok((shape.status, &self.answer[shape.body_at..shape.body_at + shape.body_bytes]))
    }

    async fn try_exchange(&mut self, request: &[u8]) -> io::Result<Shape> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                none.insert(stream)
            }
        };
        stream.write_all(request).await?;
        self.answer.clear();
        loop {
            if stream.read_buf(&mut self.answer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(shape) = shape(&self.answer)?
                && self.answer.len() >= shape.body_at + shape.body_bytes
            {
                return Ok(shape);
            }
            if self.answer.len() > ANSWER_BYTES_MAX {
                return Err(io::Error::other("the answer is too large"));
            }
        }
    }
}

/// Reads status and length, once the headers are complete.
fn shape(answer: &[u8]) -> io::Result<Option<Shape>> {
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&answer[..end]).map_err(io::Error::other)?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
    let status = status.ok_or_else(|| io::Error::other("the answer is not HTTP/1.1"))?;
    let (mut body_bytes, mut closes) = (0, false);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            body_bytes = value.parse().map_err(io::Error::other)?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(io::Error::other("the answer has no length"));
        } else if name.eq_ignore_ascii_case("connection") {
            closes = value.eq_ignore_ascii_case("close");
        }
    }
    if body_bytes > ANSWER_BYTES_MAX {
        return Err(io::Error::other("the answer is too large"));
    }
    Ok(Some(Shape { status, body_at: end + 4, body_bytes, closes }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_a_shape() {
        let seen = |text: &str| shape(text.as_bytes());
        assert!(seen("HTTP/1.1 200 OK\r\ncontent-le").expect("not wrong so far").is_none());
        let whole = seen("HTTP/1.1 201 Created\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}").expect("HTTP");
        let whole = whole.expect("complete");
        assert_eq!((whole.status, whole.body_bytes, whole.closes), (201, 2, true));
        assert!(seen("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(seen("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n").is_err());
        assert!(seen("SSH-2.0\r\n\r\n").is_err());
    }
}
