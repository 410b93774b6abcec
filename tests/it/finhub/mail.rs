//! Mail by SMTP: a server that refuses for now is tried again, and what arrives proves the address.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::bank::{Bank, INDIVIDUAL};
use crate::house::{House, eventually};

/// A mail server that keeps what it takes, and takes nothing at first.
#[derive(Clone, Default)]
struct MailServer {
    taken: Arc<Mutex<Vec<String>>>,
    refused: Arc<Mutex<u32>>,
}

impl MailServer {
    async fn start(&self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let server = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move { server.talk(stream).await });
            }
        });
        port
    }

    /// As little of RFC 5321 as a client needs.
    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 mail.example ESMTP\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            let answer: &[u8] = match line.split(' ').next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "EHLO" | "HELO" => b"250 mail.example\r\n",
                "RCPT" if std::mem::replace(&mut *self.refused.lock().expect("whole"), 1) == 0 => {
                    b"451 john.doe@example.com is greylisted\r\n"
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await?;
                    let mut mail = String::new();
                    while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                        mail.push_str(&line);
                        mail.push_str("\r\n");
                    }
                    self.taken.lock().expect("whole").push(mail);
                    b"250 taken\r\n"
                }
                "QUIT" => return write.write_all(b"221 bye\r\n").await,
                _ => b"250 ok\r\n",
            };
            write.write_all(answer).await?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_token_goes_by_smtp_and_is_tried_again() {
    let server = MailServer::default();
    let port = server.start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("vestibule.toml");
    let mail = format!("[mail]\nurl = \"smtp://127.0.0.1:{port}\"\nfrom = \"My Bank <no-reply@bank.example>\"\n");
    std::fs::write(&config, mail).expect("written");
    let house = House::open_with(&["--sandbox", "--config", config.to_str().expect("text")]);
    let bank = Bank::open(&house).await;
    let who = bank.register("john.doe@example.com").await;
    eventually("the server refuses once", async || (*server.refused.lock().expect("whole") == 1).then_some(())).await;
    eventually("it is told", async || house.log().contains("A mail was not sent").then_some(())).await;
    let clock = json!({"advance": "PT1M"}).to_string().into_bytes();
    assert_eq!(bank.client.send_raw("POST", "/sandbox/clock", Some(clock), &[]).await.status, 200);
    let mail = eventually("the server takes it", async || server.taken.lock().expect("whole").first().cloned()).await;
    assert!(mail.contains("From: \"My Bank\" <no-reply@bank.example>\r\n"), "{mail}");
    assert!(mail.contains("To: john.doe@example.com\r\n"), "{mail}");
    let token = mail.lines().find(|line| line.len() == 64 && line.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let path = format!("{INDIVIDUAL}/{}/email-verification", who.customer);
    let reply = bank.post(&path, &json!({"token": token.expect("a token")})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    // What the server said of the address, and the token, are nobody's to read in a log.
    let log = house.log();
    assert!(
        !log.contains("john.doe") && !log.contains("greylisted") && !log.contains(token.expect("a token")),
        "{log}"
    );
    assert!(!house.data().join("outbox").exists());
}
