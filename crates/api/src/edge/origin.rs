//! Where a request comes from: who holds the connection, and what proxies say of who asked them.
//!
//! Anybody can write `X-Forwarded-For`. It is believed only from proxies that the operator named, and only as far back
//! as named proxies vouch for it; everything else in it is kept as what somebody claimed.

use std::net::IpAddr;
use std::sync::Arc;

use http::{Extensions, HeaderMap, HeaderName};
use ipnet::IpNet;

/// The header in which proxies say who asked them.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Most of that header that is kept, in characters; a chain of ten proxies needs less.
const CLAIM_CHARS_MAX: usize = 512;

/// Who holds the connection; put into each request by whoever accepts connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// The proxies whose word is believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

/// Where a request comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address that is believed: that of the peer, or the nearest one beyond the trusted proxies.
    pub address: Option<IpAddr>,
    /// What `X-Forwarded-For` said, believed or not; visible ASCII, cut at a bound.
    pub claimed: Option<String>,
}

impl TrustedProxies {
    /// Believes whoever has an address in one of these networks.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Where this request comes from.
    #[must_use]
    pub fn origin(&self, extensions: &Extensions, headers: &HeaderMap) -> Origin {
        let peer = extensions.get::<Peer>().map(|peer| peer.0.to_canonical());
        let lines: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
        let chain = lines.join(",");
        let claimed: String = chain.chars().take(CLAIM_CHARS_MAX).collect();
        Origin { address: self.believed(peer, &chain), claimed: Some(claimed).filter(|claimed| !claimed.is_empty()) }
    }

    fn believed(&self, peer: Option<IpAddr>, chain: &str) -> Option<IpAddr> {
        let mut believed = peer?;
        for hop in chain.rsplit(',').map(str::trim) {
            if !self.trusts(believed) {
                break;
            }
            // What a trusted proxy passed on and is no address ends what can be known.
            let Some(next) = address(hop) else { break };
            believed = next;
        }
        Some(believed)
    }
}

/// An address as proxies write it: bare, in brackets, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    let socket = || text.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip());
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(socket).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(peer: &str, trusted: &[&str], lines: &[&str]) -> Option<String> {
        let networks = trusted.iter().map(|text| text.parse().expect("a network")).collect();
        let mut extensions = Extensions::new();
        extensions.insert(Peer(peer.parse().expect("an address")));
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().expect("a header"));
        }
        TrustedProxies::new(networks).origin(&extensions, &headers).address.map(|address| address.to_string())
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let ours = &["10.0.0.0/8", "::1/128"][..];
        for (peer, trusted, lines, believed) in [
            ("203.0.113.9", &[][..], &["198.51.100.1"][..], "203.0.113.9"),
            ("203.0.113.9", ours, &["198.51.100.1"], "203.0.113.9"),
            ("10.1.2.3", ours, &[], "10.1.2.3"),
            ("10.1.2.3", ours, &["198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.1.2.3", ours, &["198.51.100.1:4711"], "198.51.100.1"),
            ("::1", ours, &["[2001:db8::7]:443"], "2001:db8::7"),
            // Only the last stretch is vouched for: what the caller wrote itself stands before it.
            ("10.1.2.3", ours, &["1.1.1.1, 198.51.100.1, 10.9.9.9"], "198.51.100.1"),
            ("10.1.2.3", ours, &["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
            ("10.1.2.3", ours, &["1.1.1.1, unknown"], "10.1.2.3"),
            ("10.1.2.3", ours, &["10.7.7.7"], "10.7.7.7"),
        ] {
            assert_eq!(origin(peer, trusted, lines).as_deref(), Some(believed), "{peer} {lines:?}");
        }
    }

    #[test]
    fn what_was_claimed_is_kept_within_a_bound() {
        let mut headers = HeaderMap::new();
        let proxies = TrustedProxies::default();
        assert_eq!(proxies.origin(&Extensions::new(), &headers), Origin::default());
        headers.append(FORWARDED_FOR, "192.168.1.100".parse().expect("a header"));
        headers.append(FORWARDED_FOR, "x".repeat(900).parse().expect("a header"));
        let claimed = proxies.origin(&Extensions::new(), &headers).claimed.expect("a claim");
        assert!(claimed.starts_with("192.168.1.100,xxx") && claimed.len() == CLAIM_CHARS_MAX);
    }
}
