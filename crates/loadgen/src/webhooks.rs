//! The other end of the webhooks: takes every one, and notes which evaluation had ended when.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The largest webhook taken.
const WEBHOOK_BYTES_MAX: usize = 1 << 20;

const TAKEN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// What came in.
pub struct Told {
    /// When the last step of each request was told first, by the id of the request.
    pub completed: HashMap<String, Instant>,
    /// How many webhooks came.
    pub webhooks: u64,
    /// How many told the end of a request that had been told already.
    pub again: u64,
    /// The kind of the last run of each request.
    pub last: &'static str,
}

/// A receiver on a port of its own.
pub struct Receiver {
    pub address: SocketAddr,
    pub told: Rc<RefCell<Told>>,
    listener: TcpListener,
}

impl Receiver {
    /// # Errors
    /// No port is free.
    pub async fn open(fraud_check: bool) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port for webhooks")?;
        Ok(Self { address: listener.local_addr()?, told: Rc::new(RefCell::new(Told::of(fraud_check))), listener })
    }

    /// Takes webhooks for as long as it is polled.
    pub async fn run(&self) {
        let connections = tokio::task::LocalSet::new();
        let accept = async {
            while let Ok((stream, _)) = self.listener.accept().await {
                let told = Rc::clone(&self.told);
                // A connection that breaks is the sender's to open again.
                tokio::task::spawn_local(async move { drop(take(stream, &told).await) });
            }
        };
        connections.run_until(accept).await;
    }
}

/// Takes what comes over one connection, to its end.
async fn take(mut stream: TcpStream, told: &RefCell<Told>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(8192);
    loop {
        let Some((head, body)) = lengths(&buffer)? else {
            if buffer.len() > WEBHOOK_BYTES_MAX || stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            continue;
        };
        while buffer.len() < head + body {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        told.borrow_mut().take(&buffer[head..head + body], Instant::now());
        buffer.drain(..head + body);
        stream.write_all(TAKEN).await?;
    }
}

/// Bytes of the head and of the body, once the head is complete.
fn lengths(buffer: &[u8]) -> io::Result<Option<(usize, usize)>> {
    let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&buffer[..end]).map_err(io::Error::other)?;
    let length = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).map(|(_, value)| value.trim());
    let body: usize = length.last().unwrap_or("0").parse().map_err(io::Error::other)?;
    if body > WEBHOOK_BYTES_MAX {
        return Err(io::Error::other("the webhook is too large"));
    }
    Ok(Some((end + 4, body)))
}

impl Told {
    /// Nothing yet. The fraud check comes last, where there is one.
    pub fn of(fraud_check: bool) -> Self {
        let last = if fraud_check { "fraud" } else { "kyc" };
        Self { completed: HashMap::new(), webhooks: 0, again: 0, last }
    }

    /// Counts from nothing again.
    pub fn forget(&mut self) {
        (self.webhooks, self.again) = (0, 0);
        self.completed.clear();
    }

    fn take(&mut self, body: &[u8], at: Instant) {
        self.webhooks += 1;
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return };
        let run = &body["evaluation"];
        if let Some(request) = body["requestId"].as_str()
            && run["type"] == self.last
            && run["status"] == "completed"
        {
            match self.completed.entry(request.to_owned()) {
                std::collections::hash_map::Entry::Occupied(_) => self.again += 1,
                std::collections::hash_map::Entry::Vacant(first) => drop(first.insert(at)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_has_lengths() {
        let seen = |text: &str| lengths(text.as_bytes());
        assert_eq!(seen("POST / HTTP/1.1\r\ncontent-le").expect("not wrong so far"), None);
        assert_eq!(seen("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}").expect("HTTP"), Some((38, 2)));
        assert!(seen("POST / HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n").is_err());
    }

    #[test]
    fn only_the_end_of_a_fraud_check_ends_a_request() {
        let mut told = Told::of(true);
        let now = Instant::now();
        for (kind, status, ended, again) in [
            ("kyc", "completed", 0, 0),
            ("fraud", "in_progress", 0, 0),
            ("fraud", "completed", 1, 0),
            ("fraud", "completed", 1, 1),
        ] {
            let body = serde_json::json!({"requestId": "a", "evaluation": {"type": kind, "status": status}});
            told.take(body.to_string().as_bytes(), now);
            assert_eq!((told.completed.len(), told.again), (ended, again), "{kind} {status}");
        }
        told.take(b"no JSON", now);
        assert_eq!(told.webhooks, 5);
    }
}
