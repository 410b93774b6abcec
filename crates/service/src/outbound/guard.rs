//! What may be called: the shape of a URL, and hosts that are written as addresses.

use std::net::{IpAddr, Ipv6Addr};

use reqwest::Url;
use thiserror::Error;

use super::address;

/// The longest URL accepted, in characters: longer ones fail at proxies and servers between here and there.
pub const URL_CHARS_MAX: usize = 2048;

/// How far outside a call may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// `https` to globally routable addresses only. What a server for the world runs with.
    Public,
    /// Anywhere, `http` too: for a demonstration, a test, or an operator whose receivers live in its own network.
    AllowPrivate,
}

/// Why a URL cannot be called. The texts are for whoever registers it, and hold nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UrlProblem {
    /// Longer than [`URL_CHARS_MAX`].
    #[error("the URL must not be longer than 2048 characters")]
    TooLong,
    /// Not an absolute URL with a host.
    #[error("this is not a valid absolute URL")]
    Malformed,
    /// Neither `https` nor, where private addresses are allowed, `http`.
    #[error("the URL must begin with https://")]
    Scheme,
    /// A name or a password before the host: it would be written to every log on its way, and misleads the reader.
    #[error("the URL must not contain a user name or password")]
    UserInfo,
    /// Port 0.
    #[error("the URL's port must be between 1 and 65535")]
    Port,
    /// The host is an address, or a name, of no public network.
    #[error("the URL's host must be publicly reachable")]
    Address,
}

/// Parses a URL that this house is asked to call, and refuses what can be refused without a look-up.
///
/// For the registration of a callback as well as for each call: one parser, so that both see the same host. The
/// parser normalises what people write to hide an address (`2130706433`, `0x7f.1`, `0177.0.0.1`, full-width digits)
/// before it is judged. A dot at the end of a name is dropped, so that one host has one name.
///
/// # Errors
///
/// [`UrlProblem`], the first that applies.
pub fn check_url(text: &str, guard: Guard) -> Result<Url, UrlProblem> {
    if text.chars().count() > URL_CHARS_MAX {
        return Err(UrlProblem::TooLong);
    }
    // The parser would silently drop some of these, and what is stored would not be what is called.
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(UrlProblem::Malformed);
    }
    let mut url = Url::parse(text).map_err(|_| UrlProblem::Malformed)?;
    match (url.scheme(), guard) {
        ("https", _) | ("http", Guard::AllowPrivate) => {}
        _ => return Err(UrlProblem::Scheme),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlProblem::UserInfo);
    }
    if url.port() == Some(0) {
        return Err(UrlProblem::Port);
    }
    let host = url.host_str().ok_or(UrlProblem::Malformed)?.to_owned();
    match literal(&host) {
        Some(ip) if guard == Guard::Public && !address::is_public(ip) => return Err(UrlProblem::Address),
        Some(_) => {}
        None => {
            let name = host.strip_suffix('.').unwrap_or(&host);
            if name.len() > 253 || name.split('.').any(|label| label.is_empty() || label.len() > 63) {
                return Err(UrlProblem::Malformed);
            }
            if guard == Guard::Public && is_local(name) {
                return Err(UrlProblem::Address);
            }
            if name.len() < host.len() {
                url.set_host(Some(name)).map_err(|_| UrlProblem::Malformed)?;
            }
        }
    }
    Ok(url)
}

/// The address a host is written as, in the forms the URL parser leaves: dotted decimal, or IPv6 in brackets.
fn literal(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse().ok(),
    }
}

/// Names that every resolver takes for the machine itself (RFC 6761).
fn is_local(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.eq_ignore_ascii_case("localhost") || last.eq_ignore_ascii_case("localdomain")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> Option<UrlProblem> {
        check_url(text, Guard::Public).err()
    }

    #[test]
    fn the_shape_of_a_url() {
        for (text, problem) in [
            ("", UrlProblem::Malformed),
            ("hooks.example.com/in", UrlProblem::Malformed),
            ("https://", UrlProblem::Malformed),
            ("https://hooks example.com/", UrlProblem::Malformed),
            ("https://hooks.example.com/\r\nHost: a", UrlProblem::Malformed),
            ("https://hooks..example.com/", UrlProblem::Malformed),
            ("https://hooks.example.com../", UrlProblem::Malformed),
            ("https://hooks.example.com:65536/", UrlProblem::Malformed),
            ("http://hooks.example.com/", UrlProblem::Scheme),
            ("ftp://hooks.example.com/", UrlProblem::Scheme),
            ("file:///etc/passwd", UrlProblem::Scheme),
            ("data:text/plain,hello", UrlProblem::Scheme),
            ("unix:/run/docker.sock", UrlProblem::Scheme),
            ("https://user@hooks.example.com/", UrlProblem::UserInfo),
            ("https://user:secret@hooks.example.com/", UrlProblem::UserInfo),
            ("https://:secret@hooks.example.com/", UrlProblem::UserInfo),
            ("https://hooks.example.com:0/", UrlProblem::Port),
        ] {
            assert_eq!(refused(text), Some(problem), "{text:?}");
        }
        let longest = format!("https://hooks.example.com/{}", "a".repeat(URL_CHARS_MAX - 26));
        assert_eq!(refused(&longest), None);
        assert_eq!(refused(&format!("{longest}a")), Some(UrlProblem::TooLong));
    }

    #[test]
    fn one_host_has_one_name() {
        for (text, host) in [
            ("https://hooks.example.com./in", "hooks.example.com"),
            ("https://HOOKS.Example.COM/in", "hooks.example.com"),
            ("https://bücher.example/in", "xn--bcher-kva.example"),
            ("https://8.8.8.8/in", "8.8.8.8"),
            ("https://0x08080808/in", "8.8.8.8"),
            ("https://[2001:4860:4860::8888]:8443/in", "[2001:4860:4860::8888]"),
        ] {
            let url = check_url(text, Guard::Public).expect("a public host");
            assert_eq!(url.host_str(), Some(host), "{text}");
        }
    }

    #[test]
    fn private_networks_only_where_the_operator_said_so() {
        for text in ["http://localhost:9000/in", "http://127.0.0.1/in", "https://10.1.2.3/in", "http://[::1]:80/"] {
            assert!(check_url(text, Guard::AllowPrivate).is_ok(), "{text}");
            assert!(check_url(text, Guard::Public).is_err(), "{text}");
        }
        assert_eq!(check_url("http://user@localhost/", Guard::AllowPrivate), Err(UrlProblem::UserInfo));
        assert_eq!(check_url("http://localhost:0/", Guard::AllowPrivate), Err(UrlProblem::Port));
        assert_eq!(check_url("ftp://localhost/", Guard::AllowPrivate), Err(UrlProblem::Scheme));
    }

    proptest! {
        /// However an address is written, it is judged as the address it is.
        #[test]
        fn writing_an_address_otherwise_does_not_help(bits: u32) {
            let [a, b, c, d] = bits.to_be_bytes();
            let public = address::is_public(IpAddr::from([a, b, c, d]));
            let plain = format!("{a}.{b}.{c}.{d}");
            for host in [
                plain.clone(),
                format!("{plain}."),
                format!("{bits}"),
                format!("{bits:#x}"),
                format!("0{bits:o}"),
                format!("{a:#x}.{b:#o}.{c}.{d}").replace("0o", "0"),
                format!("{a}.{}", bits & 0x00ff_ffff),
                format!("{a}.{b}.{}", bits & 0x0000_ffff),
                format!("{a}%2E{b}.{c}\u{3002}{d}"),
            ] {
                let checked = check_url(&format!("https://{host}/"), Guard::Public);
                prop_assert_eq!(checked.is_ok(), public, "{}", host);
                if let Ok(url) = checked {
                    prop_assert_eq!(url.host_str(), Some(plain.as_str()), "{}", host);
                }
            }
            for host in [format!("[::ffff:{plain}]"), format!("[::{plain}]")] {
                prop_assert!(check_url(&format!("https://{host}/"), Guard::Public).is_err(), "{host}");
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,80}") {
            let _ = check_url(&text, Guard::Public);
            let _ = check_url(&format!("https://{text}"), Guard::AllowPrivate);
        }
    }
}
