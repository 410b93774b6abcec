//! Addresses that this house is asked to call: read alike in every dialect, and looked at by the same eyes again before
//! each call.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use onboarding::Pii;
use service::outbound::{Guard, URL_CHARS_MAX, UrlProblem, check_url};

use crate::fields::{Fault, Field};

/// Reads the address in a field: `https` to where the world can reach, unless the server was started to call private
/// addresses too ([`service::Service::guard`]).
#[must_use]
pub fn url(field: Field<'_, '_>, guard: Guard) -> Option<String> {
    field.parsed(usize::MAX, |text| match check_url(text, guard) {
        Ok(_) => Ok(text.to_owned()),
        Err(problem) => Err(fault(problem)),
    })
}

/// User and password as HTTP Basic shows them (RFC 7617); no log has the value.
#[must_use]
pub fn basic(user: &str, password: &Pii<String>) -> HeaderValue {
    let encoded = BASE64_STANDARD.encode(format!("{user}:{}", password.as_str()));
    let mut value = HeaderValue::from_str(&format!("Basic {encoded}")).expect("Base64 is visible ASCII");
    value.set_sensitive(true);
    value
}

/// What is wrong with an address, as a mistake of its field.
#[must_use]
pub fn fault(problem: UrlProblem) -> Fault {
    match problem {
        UrlProblem::TooLong => Fault::TooLong(URL_CHARS_MAX),
        UrlProblem::Malformed | UrlProblem::Port => Fault::Format("a valid absolute URL"),
        UrlProblem::Scheme => Fault::Url("must begin with https://"),
        UrlProblem::UserInfo => Fault::Url("must not contain a user name or password"),
        UrlProblem::Address => Fault::Url("must lead to a publicly reachable host"),
    }
}
