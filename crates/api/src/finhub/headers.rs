//! What a request says of itself beside its body: the tenant, and with which program and device it comes.

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, HeaderName};
use service::Caller;

use super::Counter;
use super::error::Failure;
use crate::edge::origin::Origin;

/// The header that names the tenant, by its key or its id.
const TENANT: &str = "x-tenant-id";
/// Longest header that is kept, in characters.
const KEPT_CHARS_MAX: usize = 512;
/// Headers that describe the device; of several names for one thing the first that is there counts.
const PLATFORM: [HeaderName; 2] = [HeaderName::from_static("platform"), HeaderName::from_static("sec-ch-ua-platform")];
const DEVICE: [HeaderName; 2] = [HeaderName::from_static("deviceid"), HeaderName::from_static("x-device-id")];
const FORWARDED_FROM: [HeaderName; 1] = [HeaderName::from_static("x-forwarded-from")];

/// Who asks, as far as the request says: for compliance, recorded with what is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// Where it comes from.
    pub origin: Origin,
    /// Which program.
    pub user_agent: Option<String>,
    /// On which system.
    pub platform: Option<String>,
    /// On which device.
    pub device: Option<String>,
    /// Through which page or program.
    pub forwarded_from: Option<String>,
}

impl Client {
    /// The address that is believed, in text.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        self.origin.address.map(|address| address.to_string())
    }
}

impl FromRequestParts<Counter> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, counter: &Counter) -> Result<Self, Self::Rejection> {
        let headers = &parts.headers;
        Ok(Self {
            origin: counter.proxies.origin(&parts.extensions, headers),
            user_agent: kept(headers, &[http::header::USER_AGENT]),
            platform: kept(headers, &PLATFORM),
            device: kept(headers, &DEVICE),
            forwarded_from: kept(headers, &FORWARDED_FROM),
        })
    }
}

/// The first of these headers that is there, cut at a bound. One that is no visible ASCII is not kept.
fn kept(headers: &HeaderMap, names: &[HeaderName]) -> Option<String> {
    let values = names.iter().filter_map(|name| headers.get(name)?.to_str().ok());
    let text = values.map(str::trim).find(|text| !text.is_empty())?;
    Some(text.chars().take(KEPT_CHARS_MAX).collect())
}

/// The tenant that the request names.
///
/// # Errors
/// 400 where the header is missing, stands there twice, or is no text.
pub fn named_tenant(headers: &HeaderMap) -> Result<&str, Failure> {
    let mut values = headers.get_all(TENANT).iter();
    let value = values.next().and_then(|value| value.to_str().ok()).map(str::trim).unwrap_or_default();
    if value.is_empty() || values.next().is_some() {
        return Err(Failure::field("X-Tenant-ID", "X-Tenant-ID is required once, with the key or the id of a tenant"));
    }
    Ok(value)
}

/// Checks that the request names the caller's own tenant.
///
/// # Errors
/// As [`named_tenant`]; 403 for any other tenant, there or not.
pub fn own_tenant(headers: &HeaderMap, caller: &Caller) -> Result<(), Failure> {
    let named = named_tenant(headers)?;
    if is_tenant(named, caller) { Ok(()) } else { Err(Failure::other_tenant(named)) }
}

/// Whether this is the key or the id of the caller's tenant. Keys are compared to the letter.
#[must_use]
pub fn is_tenant(named: &str, caller: &Caller) -> bool {
    named == caller.tenant.key || crate::fields::guid(named) == Some(caller.tenant.id.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenant_is_named_once() {
        let named = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(TENANT, value.parse().expect("a header"));
            }
            named_tenant(&headers).map(str::to_owned).map_err(|failure| failure.status().as_u16())
        };
        assert_eq!(named(&[" fh_api_finsei_ltd_7f957f77 "]), Ok("fh_api_finsei_ltd_7f957f77".to_owned()));
        assert_eq!(named(&[]), Err(400));
        assert_eq!(named(&[""]), Err(400));
        assert_eq!(named(&["a", "a"]), Err(400));
    }

    #[test]
    fn the_first_name_that_is_there_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(kept(&headers, &PLATFORM), None);
        headers.insert("sec-ch-ua-platform", "\"macOS\"".parse().expect("a header"));
        assert_eq!(kept(&headers, &PLATFORM).as_deref(), Some("\"macOS\""));
        headers.insert("platform", "iOS".parse().expect("a header"));
        assert_eq!(kept(&headers, &PLATFORM).as_deref(), Some("iOS"));
        headers.insert("deviceId", "x".repeat(900).parse().expect("a header"));
        assert_eq!(kept(&headers, &DEVICE).map(|text| text.len()), Some(KEPT_CHARS_MAX));
    }
}
