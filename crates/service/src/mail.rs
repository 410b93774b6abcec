//! Mail that goes out: by SMTP, or as files into a folder where a person or a test can look.
//!
//! A mail is sent by a worker, never inside a request or a transaction. What stands in it is logged nowhere.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use onboarding::Pii;
use tokio::io::AsyncWriteExt;

/// How long a mail server may take for one mail: less than the lease of the work.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How mail leaves the house.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Nowhere,
    Folder(PathBuf),
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
}

/// One mail, in plain text.
pub struct Mail {
    /// Whom to.
    pub to: Pii<String>,
    /// What about.
    pub subject: String,
    /// What it says.
    pub body: Pii<String>,
}

/// Why a mailer cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailerError {
    /// The sender is no address.
    #[error("mail.from must be an e-mail address, such as `Demo Bank <no-reply@bank.example>`")]
    From,
    /// The server's URL is none. It is not repeated: it may hold a password.
    #[error(
        "mail.url must be smtps://user:password@host:port, or smtp://host:port with ?tls=required or ?tls=opportunistic"
    )]
    Url,
}

/// Why a mail was not sent. Nothing of the mail is in it.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// No way out is configured.
    #[error("no mail can be sent: neither mail.url nor mail.directory is set")]
    Nowhere,
    /// The address or the text is nothing a mail can carry.
    #[error("the address is none that mail can be sent to")]
    Unsendable,
    /// The folder cannot be written.
    #[error("the mail folder cannot be written")]
    Folder(#[source] std::io::Error),
    /// The server did not take it. Its own words may repeat the address, and are left out.
    #[error("the mail server did not take the mail ({0})")]
    Server(&'static str),
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match &self.way {
            Way::Nowhere => "nowhere",
            Way::Folder(_) => "folder",
            Way::Smtp(_) => "smtp",
        };
        f.debug_struct("Mailer").field("way", &way).finish_non_exhaustive()
    }
}

impl Mailer {
    /// The sender where none is configured.
    pub const FROM: &str = "Vestibule <no-reply@vestibule.invalid>";

    /// A house that sends no mail: what is to be sent waits.
    #[must_use]
    pub fn nowhere() -> Self {
        Self { from: sender(Self::FROM).expect("a test reads it"), way: Way::Nowhere }
    }

    /// Mail as `.eml` files in this folder, which is made when the first is written.
    ///
    /// # Errors
    /// [`MailerError::From`].
    pub fn folder(folder: PathBuf, from: &str) -> Result<Self, MailerError> {
        Ok(Self { from: sender(from)?, way: Way::Folder(folder) })
    }

    /// Mail through this server (`smtps://user:password@host:465`).
    ///
    /// # Errors
    /// [`MailerError`].
    pub fn smtp(url: &str, from: &str) -> Result<Self, MailerError> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| MailerError::Url)?;
        let transport = builder.timeout(Some(TIMEOUT)).build();
        Ok(Self { from: sender(from)?, way: Way::Smtp(Box::new(transport)) })
    }

    /// Sends a mail, once.
    ///
    /// # Errors
    /// [`MailError`]; the mail may have left all the same when a server was cut off.
    pub async fn send(&self, mail: &Mail, now: Timestamp, id: uuid::Uuid) -> Result<(), MailError> {
        if matches!(self.way, Way::Nowhere) {
            return Err(MailError::Nowhere);
        }
        let domain = self.from.email.domain();
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, mail.to.parse().map_err(|_| MailError::Unsendable)?))
            .subject(&mail.subject)
            .message_id(Some(format!("<{id}@{domain}>")))
            .date(std::time::SystemTime::from(now))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.0.clone())
            .map_err(|_| MailError::Unsendable)?;
        match &self.way {
            Way::Nowhere => Err(MailError::Nowhere),
            Way::Folder(folder) => {
                let name = format!("{:016}-{}.eml", now.as_microsecond(), id.simple());
                write(folder, &name, &message.formatted()).await.map_err(MailError::Folder)
            }
            Way::Smtp(transport) => match tokio::time::timeout(TIMEOUT, transport.send(message)).await {
                Ok(Ok(_)) => Ok(()),
                Err(_) => Err(MailError::Server("it took too long")),
                Ok(Err(error)) if error.is_permanent() => Err(MailError::Server("it refuses it for good")),
                Ok(Err(error)) if error.is_timeout() => Err(MailError::Server("it took too long")),
                Ok(Err(error)) if error.is_transient() => Err(MailError::Server("it refuses it for now")),
                Ok(Err(_)) => Err(MailError::Server("it cannot be reached")),
            },
        }
    }
}

fn sender(text: &str) -> Result<Mailbox, MailerError> {
    text.parse().map_err(|_| MailerError::From)
}

/// Whoever watches the folder sees whole mails only.
async fn write(folder: &PathBuf, name: &str, mail: &[u8]) -> std::io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let unfinished = folder.join(format!(".{name}"));
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(&unfinished).await?;
    file.write_all(mail).await?;
    file.sync_all().await?;
    tokio::fs::rename(&unfinished, folder.join(name)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str) -> Mail {
        let body = Pii("Grüße\r\n.\r\nBcc: other@example.com\r\n".to_owned());
        Mail { to: Pii(to.to_owned()), subject: "Hello\r\nBcc: other@example.com".to_owned(), body }
    }

    #[test]
    fn mailers_are_checked() {
        assert!(Mailer::smtp("smtps://user:secret@mail.example.com:465", Mailer::FROM).is_ok());
        assert_eq!(Mailer::smtp("https://mail.example.com", Mailer::FROM).err(), Some(MailerError::Url));
        assert_eq!(Mailer::folder("x".into(), "nobody").err(), Some(MailerError::From));
        assert!(!format!("{:?}", Mailer::smtp("smtps://user:secret@host", Mailer::FROM)).contains("secret"));
        drop(Mailer::nowhere());
    }

    #[tokio::test]
    async fn a_mail_is_a_whole_file_and_smuggles_no_header() {
        let folder = tempfile::tempdir().expect("a folder");
        let mailer = Mailer::folder(folder.path().join("outbox"), Mailer::FROM).expect("a mailer");
        let id = uuid::Uuid::from_u128(7);
        mailer.send(&mail("john@example.com"), Timestamp::UNIX_EPOCH, id).await.expect("written");
        let files: Vec<_> = std::fs::read_dir(folder.path().join("outbox")).expect("made").collect();
        assert_eq!(files.len(), 1);
        let path = files[0].as_ref().expect("a file").path();
        assert_eq!(path.extension().and_then(|end| end.to_str()), Some("eml"));
        let text = std::fs::read_to_string(path).expect("readable");
        let (headers, _) = text.split_once("\r\n\r\n").expect("headers and body");
        assert!(headers.contains("To: john@example.com"), "{headers}");
        assert!(!headers.lines().any(|line| line.starts_with("Bcc")), "{headers}");
        for bad in ["", "nobody", "a@b\r\nBcc: c@d"] {
            let refused = mailer.send(&mail(bad), Timestamp::UNIX_EPOCH, id).await;
            assert!(matches!(refused, Err(MailError::Unsendable)), "{bad}");
        }
        let nowhere = Mailer::nowhere().send(&mail("john@example.com"), Timestamp::UNIX_EPOCH, id).await;
        assert!(matches!(nowhere, Err(MailError::Nowhere)));
    }
}
