//! A publisher of lists that does what it is told, right or wrong, to the byte.

use std::io;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How it answers.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A version of a list, with an `ETag` of its content; `304` to whoever has it.
    List(Vec<u8>),
    /// The same without a word about versions.
    Bare(Vec<u8>),
    /// The same, with these headers.
    With(&'static str, Vec<u8>),
    /// These bytes, and the connection is closed.
    Raw(Vec<u8>),
    /// The beginning of an answer, and then a byte now and then.
    Drip,
}

#[derive(Clone)]
pub struct Publisher {
    pub address: String,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Publisher {
    pub async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound").to_string();
        let publisher =
            Self { address, answer: Arc::new(Mutex::new(answer)), asked: Arc::default(), heads: Arc::default() };
        let served = publisher.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let publisher = served.clone();
                tokio::spawn(async move { publisher.serve(stream).await });
            }
        });
        publisher
    }

    pub fn url(&self) -> String {
        format!("http://{}/lists/un.xml", self.address)
    }

    pub fn answers(&self, answer: Answer) {
        *self.answer.lock().expect("whole") = answer;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// The last question, in small letters.
    pub fn last_head(&self) -> String {
        self.heads.lock().expect("whole").last().cloned().unwrap_or_default()
    }

    async fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.heads.lock().expect("whole").push(head.clone());
        let answer = self.answer.lock().expect("whole").clone();
        match answer {
            Answer::List(body) => {
                let tag =
                    format!("\"{}\"", body.iter().fold(7_u64, |sum, &byte| sum.wrapping_mul(31) + u64::from(byte)));
                let (status, body) =
                    if head.contains(&tag) { ("304 Not Modified", Vec::new()) } else { ("200 OK", body) };
                let length = body.len();
                let start = format!(
                    "HTTP/1.1 {status}\r\netag: {tag}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
                );
                stream.write_all(&[start.into_bytes(), body].concat()).await?;
            }
            Answer::Bare(body) => stream.write_all(&ok("", &body)).await?,
            Answer::With(headers, body) => stream.write_all(&ok(headers, &body)).await?,
            Answer::Raw(bytes) => stream.write_all(&bytes).await?,
            Answer::Drip => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n").await?;
                loop {
                    stream.write_all(b" ").await?;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        stream.shutdown().await
    }
}

/// A whole answer with these headers, each ended by a line break.
fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let start = format!("HTTP/1.1 200 OK\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n");
    [start.as_bytes(), body].concat()
}

/// A publisher behind TLS whose certificate nobody vouches for.
pub fn untrusted() -> String {
    const CERTIFICATE: &[u8] = include_bytes!("../../crates/service/src/outbound/testdata/right.der");
    const KEY: &[u8] = include_bytes!("../../crates/service/src/outbound/testdata/right.key.der");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS")
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(CERTIFICATE)], PrivatePkcs8KeyDer::from(KEY).into())
        .expect("a certificate and its key");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        let (stream, _) = listener.accept()?;
        let session = rustls::ServerConnection::new(Arc::new(config)).map_err(io::Error::other)?;
        let mut tls = rustls::StreamOwned::new(session, stream);
        let mut request = [0; 4096];
        let _ = tls.read(&mut request)?;
        tls.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    });
    format!("https://{address}/lists/un.xml")
}
