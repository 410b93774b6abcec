//! One call outside.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rustls::RootCertStore;

use super::error::OutboundError;
use super::guard::{self, Guard};
use super::resolver::{GuardedResolver, Lookup, SystemLookup};
use super::retry_after::retry_after;

/// Calls URLs that somebody else chose. Cheap to clone; clones share the pool.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    guard: Guard,
    limits: Limits,
}

/// What one call may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the look-up to the last byte of the answer. Standard Webhooks 1.0 recommends 15 to 30 seconds.
    pub deadline: Duration,
    /// From the look-up to a connection with TLS.
    pub connect: Duration,
    /// The largest body sent.
    pub request_bytes_max: usize,
    /// How much of an answer's body is read, and thrown away.
    pub response_bytes_max: usize,
    /// Connections kept for the next call to the same host.
    pub idle_per_host_max: usize,
    /// How long they are kept.
    pub idle: Duration,
    /// Look-ups under way at the same time; each holds a thread.
    pub lookups_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(20),
            connect: Duration::from_secs(5),
            request_bytes_max: 256 * 1024,
            response_bytes_max: 64 * 1024,
            // As many as the courier has under way to one address: fewer would be closed and opened again all the time.
            idle_per_host_max: crate::workers::courier::LANE_AT_ONCE,
            idle: Duration::from_secs(30),
            lookups_max: 32,
        }
    }
}

/// A `POST` to be sent. Not `Debug`: the body is somebody's data and the headers hold signatures.
#[derive(Clone)]
pub struct OutboundRequest {
    /// Where to.
    pub url: String,
    /// The headers, beside those of the transport (`host`, `content-length`, `user-agent`).
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Bytes,
}

/// What the receiver said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status, whatever it is. A redirect is not followed and arrives here as what it is.
    pub status: u16,
    /// How long the receiver asks to be left alone, a day at most.
    pub retry_after: Option<Duration>,
}

impl Response {
    /// Whether the receiver took it: 2xx, and nothing else.
    pub fn is_success(self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Client {
    /// A client that trusts the certificate authorities that browsers trust.
    ///
    /// # Errors
    ///
    /// [`OutboundError::Tls`] when the TLS library cannot be set up.
    pub fn new(guard: Guard, limits: Limits) -> Result<Self, OutboundError> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        Self::with(guard, limits, Arc::new(SystemLookup::new(limits.lookups_max)), roots)
    }

    /// The same, with the look-up and the trust of a test.
    pub(super) fn with(
        guard: Guard,
        limits: Limits,
        lookup: Arc<dyn Lookup>,
        roots: RootCertStore,
    ) -> Result<Self, OutboundError> {
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| OutboundError::Tls)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(GuardedResolver { guard, lookup })
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .http1_only()
            .referer(false)
            .https_only(guard == Guard::Public)
            .connect_timeout(limits.connect)
            .pool_max_idle_per_host(limits.idle_per_host_max)
            .pool_idle_timeout(limits.idle)
            .user_agent(concat!("Vestibule/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| OutboundError::Tls)?;
        Ok(Self { http, guard, limits })
    }

    /// Sends one request, once, and says what came back.
    ///
    /// # Errors
    ///
    /// [`OutboundError`] when there is no whole answer. A status that is no success is not an error here.
    pub async fn post(&self, request: OutboundRequest) -> Result<Response, OutboundError> {
        let sent = self.sent(request, self.limits.request_bytes_max)?;
        let whole = async { self.drain(sent.await.map_err(|error| OutboundError::of(&error))?).await };
        tokio::time::timeout(self.limits.deadline, whole).await.unwrap_or(Err(OutboundError::Timeout))
    }

    /// The same for somebody whose answer is read, and who may be sent more: how many bytes, the caller says.
    ///
    /// # Errors
    ///
    /// [`OutboundError`]; [`OutboundError::Protocol`] for an answer over the limit.
    pub async fn ask(
        &self,
        request: OutboundRequest,
        request_bytes_max: usize,
    ) -> Result<(Response, Vec<u8>), OutboundError> {
        let sent = self.sent(request, request_bytes_max)?;
        let whole = async {
            let mut response = sent.await.map_err(|error| OutboundError::of(&error))?;
            let answer = said(&response);
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| OutboundError::of(&error))? {
                if body.len() + chunk.len() > self.limits.response_bytes_max {
                    return Err(OutboundError::Protocol);
                }
                body.extend_from_slice(&chunk);
            }
            Ok((answer, body))
        };
        tokio::time::timeout(self.limits.deadline, whole).await.unwrap_or(Err(OutboundError::Timeout))
    }

    /// Asks for what is there. How long it may take, and how much may come, the caller sees to.
    pub(super) async fn get(&self, url: reqwest::Url, headers: HeaderMap) -> Result<reqwest::Response, OutboundError> {
        self.http.get(url).headers(headers).send().await.map_err(|error| OutboundError::of(&error))
    }

    fn sent(
        &self,
        request: OutboundRequest,
        bytes_max: usize,
    ) -> Result<impl Future<Output = reqwest::Result<reqwest::Response>> + use<>, OutboundError> {
        let url = guard::check_url(&request.url, self.guard)?;
        if request.body.len() > bytes_max {
            return Err(OutboundError::BodyTooLarge);
        }
        let headers: HeaderMap = request.headers.into_iter().collect();
        Ok(self.http.post(url).headers(headers).body(request.body).send())
    }

    /// Reads the body to its end, so that the connection goes back to the pool; or to the limit, and drops it.
    async fn drain(&self, mut response: reqwest::Response) -> Result<Response, OutboundError> {
        let answer = said(&response);
        let mut left = self.limits.response_bytes_max;
        while let Some(chunk) = response.chunk().await.map_err(|error| OutboundError::of(&error))? {
            match left.checked_sub(chunk.len()) {
                Some(rest) => left = rest,
                None => break,
            }
        }
        Ok(answer)
    }
}

pub(super) fn said(response: &reqwest::Response) -> Response {
    Response { status: response.status().as_u16(), retry_after: retry_after(response.headers()) }
}
