//! The only way out of the house.
//!
//! Whoever registers a callback chooses where this server connects to, from inside the operator's network. So every
//! call outside goes through [`Client`], which holds four walls:
//!
//! * the address: a URL whose host is written as an address is judged before anything is opened ([`check_url`]); a
//!   host that is a name is judged by what it resolves to, and refused as soon as *one* of its addresses is not
//!   globally routable. The connection is made to the very addresses that were judged, so there is no second look-up
//!   that a name server could answer differently;
//! * the detour: redirects are not followed, and no proxy is taken from the environment;
//! * the clock: one deadline covers look-up, connection, TLS, request, headers and body;
//! * the size: of the request, of the answer, of the pool, and of the look-ups under way.
//!
//! Nothing that a caller sees or logs from here names the URL, an address, or a byte of what was sent: an
//! [`OutboundError`] is one word.
//!
//! An answer is its status, save where [`Client::ask`] reads a bounded one. Else the body is read only so that the
//! connection can be used again, and never kept: a body over the limit is left unread and the status stands, for asking again would not make it smaller. A body that breaks
//! off, or does not end before the deadline, leaves in doubt what the receiver did; that is an error, and the delivery
//! is tried again.
//!
//! [`download`] fetches published files instead: it follows redirects, each judged again, and keeps the body.

mod address;
mod client;
mod download;
mod error;
mod guard;
mod resolver;
mod retry_after;
#[cfg(test)]
mod tests;

pub use client::{Client, Limits, OutboundRequest, Response};
pub use download::{Download, DownloadError, Downloaded, Wanted, download};
pub use error::OutboundError;
pub use guard::{Guard, URL_CHARS_MAX, UrlProblem, check_url};
pub use reqwest::Url;
pub use reqwest::header::{HeaderName, HeaderValue};
