//! A published file, fetched into a temporary one.
//!
//! An operator names the address, so a private one may be allowed; but who answers there may send us elsewhere. So that
//! permission is for the origin that was named and for no other, and headers that were given along go nowhere else. Every
//! address on the way is judged like one that a stranger chose.

use std::time::{Duration, Instant};

use reqwest::Url;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, LOCATION,
};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::client::{Client, Limits, said};
use super::error::OutboundError;
use super::guard::{Guard, check_url};

/// Detours on the way to a file. Publishers need one or two: to the host of their files, and to a signed address there.
const REDIRECTS_MAX: usize = 5;

/// The longest validator kept: it goes back with each request.
const VALIDATOR_BYTES_MAX: usize = 512;

/// What is to be fetched.
pub struct Wanted {
    /// Where from.
    pub url: String,
    /// How far away it may be, for the origin of the URL itself.
    pub guard: Guard,
    /// Headers for that origin.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The `ETag` of what is there already.
    pub etag: Option<String>,
    /// The `Last-Modified` of what is there already.
    pub last_modified: Option<String>,
    /// When it must be done.
    pub until: Instant,
    /// How long the publisher may be silent.
    pub idle: Duration,
    /// Bytes that may come, as they travel.
    pub bytes_max: u64,
}

/// What came.
pub enum Downloaded {
    /// What is there already is the newest.
    NotModified,
    /// A file.
    File(Box<Download>),
}

/// A file that came whole.
pub struct Download {
    /// Its content, as it travelled, at its beginning; gone with this handle.
    pub file: std::fs::File,
    /// How many bytes that is.
    pub bytes: u64,
    /// How it is packed, in the publisher's words; empty if it is not.
    pub encoding: String,
    /// What the publisher calls this version.
    pub etag: Option<String>,
    /// When it was changed, as the publisher says.
    pub last_modified: Option<String>,
}

/// Why nothing came. Nothing in it names an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownloadError {
    /// The call failed.
    #[error("{0}")]
    Call(#[from] OutboundError),
    /// Another answer than the file.
    #[error("the publisher answered {status}")]
    Status {
        /// The status.
        status: u16,
        /// How long the publisher asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// Nothing was said of what is there, and the answer is that it is the newest.
    #[error("the publisher says that nothing changed, and was not asked that")]
    NotAsked,
    /// Sent on to where it must not go, too often, or to nowhere.
    #[error("the publisher redirects to an address that is not called, or too often")]
    Redirect,
    /// More came than may.
    #[error("the file has more than {bytes_max} bytes")]
    TooLarge {
        /// How many may come.
        bytes_max: u64,
    },
    /// The publisher fell silent.
    #[error("the publisher sent nothing for {} s", idle.as_secs())]
    Silent {
        /// For how long.
        idle: Duration,
    },
    /// No room for it here.
    #[error("the temporary file could not be written")]
    NoRoom,
}

impl DownloadError {
    /// The stable word for this error.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Call(error) => error.as_str(),
            Self::Status { .. } => "status",
            Self::NotAsked => "not_modified",
            Self::Redirect => "redirect",
            Self::TooLarge { .. } => "too_large",
            Self::Silent { .. } => "silent",
            Self::NoRoom => "no_room",
        }
    }
}

/// Fetches a file.
///
/// # Errors
/// [`DownloadError`]; what came until then is gone.
pub async fn download(wanted: &Wanted) -> Result<Downloaded, DownloadError> {
    // No connection is kept: one that the publisher closes while it is taken up again would look like a broken answer.
    let limits = Limits { connect: Duration::from_secs(10), idle_per_host_max: 0, ..Limits::default() };
    let (near, far) = (Client::new(wanted.guard, limits)?, Client::new(Guard::Public, limits)?);
    by(wanted, &near, &far).await
}

/// The same, by these clients: one for the origin that was named, one for every other.
pub(super) async fn by(wanted: &Wanted, near: &Client, far: &Client) -> Result<Downloaded, DownloadError> {
    let left = wanted.until.saturating_duration_since(Instant::now());
    tokio::time::timeout(left, follow(wanted, near, far)).await.unwrap_or(Err(OutboundError::Timeout.into()))
}

async fn follow(wanted: &Wanted, near: &Client, far: &Client) -> Result<Downloaded, DownloadError> {
    let named = check_url(&wanted.url, wanted.guard).map_err(OutboundError::from)?;
    let mut url = named.clone();
    for _ in 0..=REDIRECTS_MAX {
        let at_home = url.origin() == named.origin();
        let client = if at_home { near } else { far };
        let response = client.get(url.clone(), headers(wanted, at_home)).await?;
        let status = response.status().as_u16();
        match status {
            200 => return keep(response, wanted).await.map(Box::new).map(Downloaded::File),
            304 if wanted.etag.is_none() && wanted.last_modified.is_none() => return Err(DownloadError::NotAsked),
            304 => return Ok(Downloaded::NotModified),
            301 | 302 | 303 | 307 | 308 => url = next(&response, &url, &named, wanted.guard)?,
            _ => return Err(DownloadError::Status { status, retry_after: said(&response).retry_after }),
        }
    }
    Err(DownloadError::Redirect)
}

/// Where a redirect leads, if it may.
fn next(response: &reqwest::Response, from: &Url, named: &Url, guard: Guard) -> Result<Url, DownloadError> {
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    let url = location.and_then(|location| from.join(location).ok()).ok_or(DownloadError::Redirect)?;
    let guard = if url.origin() == named.origin() { guard } else { Guard::Public };
    check_url(url.as_str(), guard).map_err(|_| DownloadError::Redirect)
}

fn headers(wanted: &Wanted, at_home: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if at_home {
        headers.extend(wanted.headers.iter().cloned());
    }
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, zstd"));
    for (name, value) in [(IF_NONE_MATCH, &wanted.etag), (IF_MODIFIED_SINCE, &wanted.last_modified)] {
        if let Some(value) = value.as_ref().and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

async fn keep(mut response: reqwest::Response, wanted: &Wanted) -> Result<Download, DownloadError> {
    let too_large = DownloadError::TooLarge { bytes_max: wanted.bytes_max };
    if response.content_length().is_some_and(|announced| announced > wanted.bytes_max) {
        return Err(too_large);
    }
    let text = |name: HeaderName| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned()).filter(|value| value.len() <= VALIDATOR_BYTES_MAX)
    };
    let (etag, last_modified) = (text(ETAG), text(LAST_MODIFIED));
    let encoding = match response.headers().get_all(CONTENT_ENCODING).iter().collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        [one] => one.to_str().unwrap_or("?").trim().to_ascii_lowercase(),
        _ => "several".to_owned(),
    };
    let no_room = |_| DownloadError::NoRoom;
    let mut file = File::from_std(tempfile::tempfile().map_err(no_room)?);
    let mut bytes = 0;
    loop {
        let chunk = tokio::time::timeout(wanted.idle, response.chunk()).await;
        let chunk = chunk.map_err(|_| DownloadError::Silent { idle: wanted.idle })?;
        let Some(chunk) = chunk.map_err(|error| OutboundError::of(&error))? else { break };
        bytes += chunk.len() as u64;
        if bytes > wanted.bytes_max {
            return Err(too_large);
        }
        file.write_all(&chunk).await.map_err(no_room)?;
    }
    file.flush().await.map_err(no_room)?;
    let mut file = file.into_std().await;
    std::io::Seek::rewind(&mut file).map_err(no_room)?;
    Ok(Download { file, bytes, encoding, etag, last_modified })
}
