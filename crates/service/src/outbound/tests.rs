//! Hostile receivers, hostile names, hostile URLs.

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::client::{Client, Limits, OutboundRequest, Response};
use super::error::OutboundError;
use super::guard::Guard;
use super::resolver::Lookup;

/// A receiver on loopback that counts who comes.
struct Receiver {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Receiver {
    /// Starts one that does `answer` with every connection, after it has read the request's headers.
    async fn start<F>(answer: fn(TcpStream) -> F) -> Self
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                // A receiver whose sender has hung up gets an error, which is what some of these tests wait for.
                tokio::spawn(async move { answer(stream).await.ok() });
            }
        });
        Self { address, connections }
    }

    /// One that says 200 and keeps the connection.
    async fn polite() -> Self {
        Self::start(|mut stream| async move {
            loop {
                request(&mut stream).await?;
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await?;
            }
        })
        .await
    }

    fn url(&self) -> String {
        format!("http://{}/in", self.address)
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Reads one request with an empty or one-packet body.
async fn request(stream: &mut TcpStream) -> io::Result<String> {
    let mut seen = Vec::new();
    let mut chunk = [0; 4096];
    while !seen.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut chunk).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => seen.extend_from_slice(&chunk[..n]),
        }
    }
    Ok(String::from_utf8_lossy(&seen).into_owned())
}

fn short() -> Limits {
    Limits { deadline: Duration::from_millis(400), connect: Duration::from_millis(200), ..Limits::default() }
}

fn client(guard: Guard, limits: Limits) -> Client {
    Client::new(guard, limits).expect("TLS can be set up")
}

async fn post(client: &Client, url: &str) -> Result<Response, OutboundError> {
    client.post(OutboundRequest { url: url.to_owned(), headers: Vec::new(), body: b"{}".as_slice().into() }).await
}

/// Names of a test: what each resolves to, and how often somebody asked.
#[derive(Default)]
struct Names {
    addresses: Vec<SocketAddr>,
    asked: AtomicUsize,
}

impl Lookup for Names {
    fn lookup(&self, _name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let addresses = self.addresses.clone();
        Box::pin(async move { Ok(addresses) })
    }
}

fn named(guard: Guard, addresses: &[&str]) -> (Client, Arc<Names>) {
    let addresses = addresses.iter().map(|ip| SocketAddr::new(ip.parse().expect("an address"), 0)).collect();
    let names = Arc::new(Names { addresses, asked: AtomicUsize::new(0) });
    let client = Client::with(guard, short(), names.clone(), RootCertStore::empty()).expect("TLS can be set up");
    (client, names)
}

#[tokio::test]
async fn no_way_of_writing_a_private_address_opens_a_connection() {
    let trap = Receiver::polite().await;
    let port = trap.address.port();
    let client = client(Guard::Public, short());
    let hosts = "127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0x7f.1 017700000001 0177.0.0.1 0177.1 \
        127.0.0.1. 127.000.000.001 %31%32%37.0.0.1 127%2E0%2E0%2E1 127。0。0。1 127.0.0.1 ①②⑦.0.0.1 0 0.0.0.0 \
        localhost LOCALHOST localhost. a.localhost localhost.localdomain ⓛocalhost [::1] [::] [0:0:0:0:0:0:0:1] \
        [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] \
        [64:ff9b:1::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::] [fe80::1] [fc00::1] [fd00:ec2::254] [ff02::1] \
        169.254.169.254 0xa9fea9fe 2852039166 100.100.100.200 192.0.0.192 168.63.129.16 10.0.0.1 172.16.0.1 \
        192.168.0.1 198.18.0.1 192.0.2.1 224.0.0.1 240.0.0.1 255.255.255.255";
    for host in hosts.split_whitespace() {
        let answer = post(&client, &format!("https://{host}:{port}/in")).await;
        assert_eq!(answer, Err(OutboundError::RefusedAddress), "{host}");
    }
    for malformed in
        ["[fe80::1%25lo]", "[fe80::1%lo]", "256.0.0.1", "127.0.0.0.1", "0x100000000", "user@127.0.0.1", "::1"]
    {
        let answer = post(&client, &format!("https://{malformed}:{port}/in")).await;
        assert_eq!(answer, Err(OutboundError::InvalidUrl), "{malformed}");
    }
    assert_eq!(post(&client, &format!("https://8.8.8.8@127.0.0.1:{port}/")).await, Err(OutboundError::InvalidUrl));
    assert_eq!(post(&client, &format!("http://127.0.0.1:{port}/")).await, Err(OutboundError::InvalidUrl));
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn a_name_with_one_private_address_is_not_called_at_all() {
    let trap = Receiver::polite().await;
    for answers in [&["127.0.0.1"][..], &["8.8.8.8", "127.0.0.1"], &["127.0.0.1", "8.8.8.8"], &["2606:4700::1", "::1"]]
    {
        let (client, names) = named(Guard::Public, answers);
        let url = format!("https://hooks.example.com:{}/in", trap.address.port());
        assert_eq!(post(&client, &url).await, Err(OutboundError::RefusedAddress), "{answers:?}");
        assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    }
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn the_address_called_is_the_address_judged() {
    let receiver = Receiver::start(|mut stream| async move {
        request(&mut stream).await?;
        stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await
    })
    .await;
    let (client, names) = named(Guard::AllowPrivate, &["127.0.0.1"]);
    for turn in 1..=3 {
        let url = format!("http://hooks.example.com.:{}/in", receiver.address.port());
        assert_eq!(post(&client, &url).await.map(|answer| answer.status), Ok(204));
        // One look-up a connection: there is no second one between judging and connecting for a name server to use.
        assert_eq!((names.asked.load(Ordering::SeqCst), receiver.connections()), (turn, turn));
    }
}

#[tokio::test]
async fn a_name_without_an_address_is_a_word_of_its_own() {
    let (client, _) = named(Guard::Public, &[]);
    assert_eq!(post(&client, "https://hooks.example.com/in").await, Err(OutboundError::Dns));
}

#[tokio::test]
async fn what_is_sent_is_what_was_asked() {
    let receiver = Receiver::start(|mut stream| async move {
        let mut seen = request(&mut stream).await?;
        if !seen.ends_with("{}") {
            seen.push_str(&String::from_utf8_lossy(&[stream.read_u8().await?, stream.read_u8().await?]));
        }
        let wanted = ["POST /in?a=1 HTTP/1.1\r\n", "\r\nx-signed: abc\r\n", "\r\nuser-agent: Vestibule/", "\r\n\r\n{}"];
        let status = if wanted.iter().all(|part| seen.contains(part)) && !seen.contains("referer") { 201 } else { 400 };
        stream.write_all(format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n").as_bytes()).await
    })
    .await;
    let client = client(Guard::AllowPrivate, short());
    let request = OutboundRequest {
        url: format!("{}?a=1#fragment", receiver.url()),
        headers: vec![("x-signed".parse().expect("a header"), "abc".parse().expect("a value"))],
        body: b"{}".as_slice().into(),
    };
    let answer = client.post(request).await.expect("an answer");
    assert_eq!(answer, Response { status: 201, retry_after: None });
    assert!(answer.is_success());
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let receiver = Receiver::polite().await;
    let client = client(Guard::AllowPrivate, short());
    for _ in 0..5 {
        assert_eq!(post(&client, &receiver.url()).await.map(|answer| answer.status), Ok(200));
    }
    assert_eq!(receiver.connections(), 1);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_no_way() {
    let trap = Receiver::polite().await;
    let client = client(Guard::AllowPrivate, short());
    for status in [301, 302, 303, 307, 308] {
        let (mut stream_side, location) = (String::new(), trap.url());
        stream_side.push_str(&format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let url = format!("http://{}/in", listener.local_addr().expect("it is bound"));
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await?;
            request(&mut stream).await?;
            stream.write_all(stream_side.as_bytes()).await
        });
        let answer = post(&client, &url).await.expect("an answer");
        assert_eq!(answer.status, status);
        assert!(!answer.is_success());
    }
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn a_dripping_answer_is_cut_at_the_deadline() {
    let headers = Receiver::start(|mut stream| async move {
        request(&mut stream).await?;
        loop {
            stream.write_all(b"H").await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let body = Receiver::start(|mut stream| async move {
        request(&mut stream).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await?;
        loop {
            stream.write_all(b".").await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let silent = Receiver::start(|mut stream| async move {
        request(&mut stream).await?;
        tokio::time::sleep(Duration::from_secs(60)).await;
        Ok(())
    });
    let client = client(Guard::AllowPrivate, short());
    for receiver in [headers.await, body.await, silent.await] {
        let begun = Instant::now();
        assert_eq!(post(&client, &receiver.url()).await, Err(OutboundError::Timeout));
        assert!(begun.elapsed() >= short().deadline && begun.elapsed() < short().deadline * 5);
    }
}

#[tokio::test]
async fn an_endless_preamble_is_cut_at_the_deadline() {
    let receiver = Receiver::start(|mut stream| async move {
        request(&mut stream).await?;
        loop {
            stream.write_all(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n").await?;
            tokio::task::yield_now().await;
        }
    })
    .await;
    let client = client(Guard::AllowPrivate, short());
    assert_eq!(post(&client, &receiver.url()).await, Err(OutboundError::Timeout));
}

static SENT: AtomicUsize = AtomicUsize::new(0);

#[tokio::test]
async fn ten_gigabytes_are_not_read() {
    let receiver = Receiver::start(|mut stream| async move {
        request(&mut stream).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n").await?;
        let chunk = vec![b'x'; 64 * 1024];
        loop {
            SENT.fetch_add(stream.write(&chunk).await?, Ordering::SeqCst);
        }
    })
    .await;
    let client = client(Guard::AllowPrivate, Limits::default());
    let begun = Instant::now();
    assert_eq!(post(&client, &receiver.url()).await, Ok(Response { status: 200, retry_after: None }));
    assert!(begun.elapsed() < Duration::from_secs(5));
    // What left the receiver beyond our limit sat in the sockets' buffers.
    assert!(SENT.load(Ordering::SeqCst) < 32 * 1024 * 1024);
    assert_eq!(post(&client, &receiver.url()).await.map(|answer| answer.status), Ok(200));
    assert_eq!(receiver.connections(), 2, "a connection with an unread body is not used again");
}

#[tokio::test]
async fn a_broken_answer_is_in_doubt() {
    let client = client(Guard::AllowPrivate, short());
    let reset = Receiver::start(|mut stream| async move {
        request(&mut stream).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf").await?;
        stream.set_zero_linger()
    });
    let short_body = Receiver::start(|mut stream| async move {
        request(&mut stream).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel").await
    });
    let no_http = Receiver::start(|mut stream| async move {
        request(&mut stream).await?;
        stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n\r\n").await
    });
    let mute = Receiver::start(|mut stream| async move { request(&mut stream).await.map(drop) });
    let headers = Receiver::start(|mut stream| async move {
        request(&mut stream).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
        for n in 0..200_000 {
            stream.write_all(format!("x-{n}: y\r\n").as_bytes()).await?;
        }
        Ok(())
    });
    for receiver in [reset.await, short_body.await, no_http.await, mute.await, headers.await] {
        assert_eq!(post(&client, &receiver.url()).await, Err(OutboundError::Protocol));
    }
}

#[tokio::test]
async fn nobody_there() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let url = format!("http://{}/in", listener.local_addr().expect("it is bound"));
    drop(listener);
    let client = client(Guard::AllowPrivate, short());
    assert_eq!(post(&client, &url).await, Err(OutboundError::Connect));
}

#[tokio::test]
async fn what_is_too_large_is_not_sent() {
    let receiver = Receiver::polite().await;
    let client = client(Guard::AllowPrivate, Limits { request_bytes_max: 3, ..short() });
    let request = OutboundRequest { url: receiver.url(), headers: Vec::new(), body: b"four".as_slice().into() };
    assert_eq!(client.post(request).await, Err(OutboundError::BodyTooLarge));
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn a_receiver_may_ask_for_time() {
    let receiver = Receiver::start(|mut stream| async move {
        request(&mut stream).await?;
        stream.write_all(b"HTTP/1.1 429 Slow Down\r\nretry-after: 90\r\ncontent-length: 0\r\n\r\n").await
    })
    .await;
    let answer = post(&client(Guard::AllowPrivate, short()), &receiver.url()).await;
    assert_eq!(answer, Ok(Response { status: 429, retry_after: Some(Duration::from_secs(90)) }));
}

/// Runs itself again in a process whose environment names a proxy.
#[tokio::test]
async fn no_proxy_is_taken_from_the_environment() {
    const TARGET: &str = "VESTIBULE_TEST_PROXY_TARGET";
    if let Some(url) = std::env::var_os(TARGET) {
        let client = client(Guard::AllowPrivate, short());
        let answer = post(&client, url.to_str().expect("the parent wrote it")).await;
        assert_eq!(answer.map(|answer| answer.status), Ok(200));
        return;
    }
    let (trap, receiver) = (Receiver::polite().await, Receiver::polite().await);
    let proxy = format!("http://{}", trap.address);
    let mut child = tokio::task::spawn_blocking({
        let url = receiver.url();
        let mut command = std::process::Command::new(std::env::current_exe().expect("a test binary"));
        command.args(["--exact", "outbound::tests::no_proxy_is_taken_from_the_environment"]).env(TARGET, url);
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            command.env(name, &proxy);
        }
        command.env_remove("NO_PROXY").env_remove("no_proxy");
        move || command.output()
    });
    let output = (&mut child).await.expect("no panic").expect("the test binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((trap.connections(), receiver.connections()), (0, 1));
}

/// A TLS receiver that answers one request with the given certificate.
fn tls_receiver(certificate: &'static [u8], key: &'static [u8]) -> SocketAddr {
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS")
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(certificate)], PrivatePkcs8KeyDer::from(key).into())
        .expect("the fixture is a certificate and its key");
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        let (stream, _) = listener.accept()?;
        let session = rustls::ServerConnection::new(Arc::new(config)).map_err(io::Error::other)?;
        let mut tls = rustls::StreamOwned::new(session, stream);
        let mut request = [0; 4096];
        let _ = tls.read(&mut request)?;
        tls.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    });
    address
}

#[tokio::test]
async fn only_a_trusted_certificate_of_this_host_in_its_time() {
    const RIGHT: (&[u8], &[u8]) = (include_bytes!("testdata/right.der"), include_bytes!("testdata/right.key.der"));
    const OTHER: (&[u8], &[u8]) = (include_bytes!("testdata/other.der"), include_bytes!("testdata/other.key.der"));
    const EXPIRED: (&[u8], &[u8]) =
        (include_bytes!("testdata/expired.der"), include_bytes!("testdata/expired.key.der"));
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(include_bytes!("testdata/ca.der").as_slice())).expect("a certificate");
    let names =
        Arc::new(Names { addresses: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))], asked: AtomicUsize::new(0) });
    let trusting = Client::with(Guard::AllowPrivate, Limits::default(), names.clone(), roots).expect("TLS");
    let world = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let worldly = Client::with(Guard::AllowPrivate, Limits::default(), names, world).expect("TLS");
    for (client, (certificate, key), answer) in [
        (&trusting, RIGHT, Ok(200)),
        (&trusting, OTHER, Err(OutboundError::Tls)),
        (&trusting, EXPIRED, Err(OutboundError::Tls)),
        (&worldly, RIGHT, Err(OutboundError::Tls)),
    ] {
        let port = tls_receiver(certificate, key).port();
        let seen = post(client, &format!("https://receiver.test:{port}/in")).await;
        assert_eq!(seen.map(|response| response.status), answer);
    }
    let plain = Receiver::start(|mut stream| async move { stream.write_all(b"HTTP/1.1 400 Bad\r\n\r\n").await }).await;
    let url = format!("https://receiver.test:{}/in", plain.address.port());
    assert_eq!(post(&trusting, &url).await, Err(OutboundError::Tls));
}

#[tokio::test]
async fn an_error_names_nothing() {
    let client = client(Guard::AllowPrivate, short());
    let error = post(&client, "http://secret-host.invalid:1/token").await.expect_err("no such host");
    assert!(!format!("{error} {error:?}").contains("secret"));
    assert!(std::error::Error::source(&error).is_none());
}
