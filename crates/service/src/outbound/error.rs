//! Why a call outside failed, as one word.

use std::error::Error;
use std::io;

use thiserror::Error;

use super::guard::UrlProblem;
use super::resolver::Unresolved;

/// Why there is no answer. Each has a stable word, which deliveries and metrics carry; none holds a URL, an address
/// or data, and there is no source to print, because the sources do hold them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OutboundError {
    /// The host is, or resolves to, an address of a private network.
    #[error("the receiver's address is not publicly reachable")]
    RefusedAddress,
    /// The name has no address, or the name server did not say.
    #[error("the receiver's name could not be resolved")]
    Dns,
    /// No connection: refused, unreachable, or reset while it was made.
    #[error("no connection to the receiver")]
    Connect,
    /// No trusted TLS session: unknown issuer, other host, expired, or not TLS at all.
    #[error("no trusted TLS session with the receiver")]
    Tls,
    /// The deadline passed before there was a whole answer, or the one for connecting before there was a connection.
    #[error("the receiver did not answer in time")]
    Timeout,
    /// Our own request is larger than a receiver can be expected to take. An answer that is too large is no error.
    #[error("the request is too large to send")]
    BodyTooLarge,
    /// The URL is not one that can be called.
    #[error("the receiver's URL is not valid")]
    InvalidUrl,
    /// What came is not HTTP, or broke off.
    #[error("the receiver's answer is broken")]
    Protocol,
}

impl OutboundError {
    /// The stable word for this error.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RefusedAddress => "refused_address",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::BodyTooLarge => "body_too_large",
            Self::InvalidUrl => "invalid_url",
            Self::Protocol => "protocol",
        }
    }

    /// Finds the word for a library's error by what is at the root of it.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(at) = cause {
            if let Some(unresolved) = at.downcast_ref::<Unresolved>() {
                return match unresolved {
                    Unresolved::Private => Self::RefusedAddress,
                    Unresolved::NoAnswer => Self::Dns,
                };
            }
            if at.is::<rustls::Error>() {
                return Self::Tls;
            }
            // An I/O error's source is not what it wraps, but the source of that.
            cause = match at.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
                Some(wrapped) => Some(wrapped),
                None => at.source(),
            };
        }
        match error {
            error if error.is_timeout() => Self::Timeout,
            error if error.is_connect() => Self::Connect,
            error if error.is_builder() => Self::InvalidUrl,
            _ => Self::Protocol,
        }
    }
}

impl From<UrlProblem> for OutboundError {
    fn from(problem: UrlProblem) -> Self {
        match problem {
            UrlProblem::Address => Self::RefusedAddress,
            _ => Self::InvalidUrl,
        }
    }
}
