//! The front of the house under callers who mean no good, or are only slow: the rest is still answered.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::house::House;

const STALLED_BODY: &str = "POST /connect/token HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\ngrant_type=";

/// Longest wait for the end of a connection whose time is up after one second.
const SOON: Duration = Duration::from_secs(8);

fn impatient() -> House {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("vestibule.toml");
    std::fs::write(&file, "[server]\nread_timeout_seconds = 1\n").expect("written");
    House::open_with(&["--allow-private-callbacks", "--config", file.to_str().expect("text")])
}

async fn connect(house: &House, sent: &str) -> TcpStream {
    let address = house.address().strip_prefix("http://").expect("HTTP");
    let mut stream = TcpStream::connect(address).await.expect("connected");
    stream.write_all(sent.as_bytes()).await.expect("sent");
    stream
}

async fn connect_many(house: &House, number: usize, sent: &str) -> Vec<TcpStream> {
    let mut streams = Vec::with_capacity(number);
    for _ in 0..number {
        streams.push(connect(house, sent).await);
    }
    streams
}

/// Everything until the server closes the connection.
async fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(SOON, stream.read_to_end(&mut answer)).await;
    // A reset is an end as well.
    drop(read.expect("the connection is closed"));
    String::from_utf8(answer).expect("text")
}

/// One answer on a connection that is kept.
async fn answer(stream: &mut TcpStream) -> String {
    let mut answer = vec![0; 2000];
    let read = tokio::time::timeout(SOON, stream.read(&mut answer)).await.expect("in time").expect("an answer");
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

#[tokio::test]
async fn callers_who_do_not_send_their_bodies_keep_nobody_out() {
    let house = House::open();
    let client = house.client().await;
    let stalled = connect_many(&house, 700, STALLED_BODY).await;
    for _ in 0..5 {
        let asked = Instant::now();
        assert_eq!(client.get("/core/v1/cm/customers").await.status, 200);
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    }
    client.onboard(&client.bob()).await;
    drop(stalled);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_answered_408_in_the_dialects_shape() {
    let house = impatient();
    let screening = STALLED_BODY.replace("/connect/token", "/match/default");
    let own = STALLED_BODY.replace("/connect/token", "/v1/screenings");
    for (sent, said) in [
        (STALLED_BODY, r#"{"Errors":[{"Code":9999,"Message":"the body did not arrive in time"}]}"#),
        (&screening, r#"{"detail":"The body did not arrive in time."}"#),
        (&own, r#""code":"body-too-slow""#),
    ] {
        let told = rest(connect(&house, sent).await).await;
        assert!(told.starts_with("HTTP/1.1 408 ") && told.contains(said), "{told}");
        assert!(told.contains("\r\nconnection: close\r\n") && told.contains("\r\nrequest-id: "), "{told}");
    }
}

#[tokio::test]
async fn a_body_that_drips_has_one_deadline_for_all_of_it() {
    let house = impatient();
    let (mut reader, mut writer) = connect(&house, STALLED_BODY).await.into_split();
    let dripping = tokio::spawn(async move {
        while writer.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let mut told = vec![0; 12];
    tokio::time::timeout(SOON, reader.read_exact(&mut told)).await.expect("in time").expect("an answer");
    assert_eq!(told, b"HTTP/1.1 408");
    dripping.abort();
}

#[tokio::test]
async fn who_does_not_finish_headers_or_does_not_ask_is_let_go() {
    let house = impatient();
    for sent in ["GET / HTTP/1.1\r\n", "G", ""] {
        let told = rest(connect(&house, sent).await).await;
        assert!(!told.contains("200"), "{told}");
    }
    let mut kept = connect(&house, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(answer(&mut kept).await.starts_with("HTTP/1.1 200"));
    assert_eq!(rest(kept).await, "");
}

#[tokio::test]
async fn who_asks_on_and_on_and_takes_no_answer_is_let_go() {
    let house = impatient();
    let mut stream = connect(&house, "").await;
    let many = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1000);
    let until_broken = async { while stream.write_all(many.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(6 * SOON, until_broken).await.expect("the connection is closed");
}

#[tokio::test]
async fn who_is_not_let_in_is_told_so_whatever_was_sent() {
    let house = House::open();
    let client = house.client().await;
    let large = vec![b'x'; 100_000];
    let json = ("content-type", "application/json");
    let path = "/core/v1/cm/customers";
    assert_eq!(client.send_raw("POST", path, Some(large.clone()), &[json]).await.status, 401);
    let bearer = format!("Bearer {}", client.token);
    let told = client.send_raw("POST", path, Some(large), &[json, ("authorization", &bearer)]).await;
    assert_eq!((told.status, &told.body["Errors"][0]["Code"]), (413, &json!(1011)), "{}", told.text);
}

#[tokio::test]
async fn a_crowd_of_idle_connections_is_harmless_and_does_not_keep_the_house_open() {
    let mut house = House::open();
    let client = house.client().await;
    let mut crowd = connect_many(&house, 500, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    for stream in &mut crowd {
        assert!(answer(stream).await.starts_with("HTTP/1.1 200"));
    }
    crowd.extend(connect_many(&house, 100, "").await);
    let asked = Instant::now();
    client.onboard(&client.bob()).await;
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    let told = Instant::now();
    assert_eq!(house.stop(), Some(0));
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
    assert!(house.log().contains("Stopped"), "{}", house.log());
}
