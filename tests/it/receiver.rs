//! A webhook receiver that keeps what it gets and answers what it is told to.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::sync::watch;

use crate::house::eventually;

/// One request that came in.
#[derive(Debug, Clone)]
pub struct Received {
    pub headers: HeaderMap,
    pub body: Value,
    /// The body to the byte, as a signature covers it.
    pub raw: Bytes,
}

#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    got: Arc<Mutex<Vec<Received>>>,
    status: Arc<AtomicU16>,
    said: Arc<Mutex<Value>>,
    /// Whether it keeps those who ask waiting for its answer.
    held: Arc<watch::Sender<bool>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/core-events", listener.local_addr().expect("an address"));
        let receiver = Self {
            url,
            got: Arc::default(),
            status: Arc::new(AtomicU16::new(200)),
            said: Arc::default(),
            held: Arc::new(watch::Sender::new(false)),
        };
        let app = Router::new().fallback(receive).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        receiver
    }

    /// What it answers from now on.
    pub fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// What its answers hold from now on.
    pub fn say(&self, body: Value) {
        *self.said.lock().expect("whole") = body;
    }

    /// Keeps everybody waiting for an answer, or no longer.
    pub fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    pub fn got(&self) -> Vec<Received> {
        self.got.lock().expect("whole").clone()
    }

    /// Waits until `count` events named so came in, and gives all of them.
    pub async fn events(&self, name: &str, count: usize) -> Vec<Value> {
        eventually(&format!("{count} {name}"), async || {
            let named = self.got().into_iter().map(|received| received.body).filter(|body| body["eventName"] == name);
            let named: Vec<Value> = named.collect();
            (named.len() >= count).then_some(named)
        })
        .await
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let (raw, body) = (body.clone(), serde_json::from_slice(&body).unwrap_or(Value::Null));
    receiver.got.lock().expect("whole").push(Received { headers, body, raw });
    let answered = receiver.held.subscribe().wait_for(|held| !held).await.is_ok();
    assert!(answered, "the receiver holds the other end");
    let status = StatusCode::from_u16(receiver.status.load(Ordering::SeqCst)).expect("a status");
    (status, receiver.said.lock().expect("whole").to_string())
}
