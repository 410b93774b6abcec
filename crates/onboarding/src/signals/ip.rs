//! IP addresses: public or not, and in which country, where the caller knows.
//!
//! No database of where addresses are is shipped: the good ones are not free to pass on, and all of them age in weeks. A
//! caller who has one gives the country along.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Signal;
use super::names::SignalName;

/// Reads an address as people and programs write it: blanks around it, brackets, a zone, IPv4 within IPv6.
#[must_use]
pub fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let text = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let text = text.split('%').next().unwrap_or(text);
    text.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

/// What an address says; both countries as ISO 3166-1 alpha-2 in lower case.
#[must_use]
pub fn signals(ip: Option<IpAddr>, ip_country: Option<&str>, residence: Option<&str>) -> Vec<Signal> {
    let Some(ip) = ip.map(|ip| ip.to_canonical()) else { return vec![Signal::new(SignalName::IpAbsent)] };
    if is_for_documents(ip) {
        return vec![Signal::new(SignalName::IpDocumentation)];
    }
    if !is_public(ip) {
        return vec![Signal::new(SignalName::IpNotPublic)];
    }
    let name = match (ip_country, residence) {
        (Some(ip), Some(residence)) if ip.eq_ignore_ascii_case(residence) => SignalName::IpAgrees,
        (Some(_), Some(_)) => SignalName::IpOtherCountry,
        _ => SignalName::IpCountryUnknown,
    };
    vec![Signal::new(name)]
}

/// Ranges for documents and tests (RFC 5737, 3849, 9637, 2544).
fn is_for_documents(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            ip.is_documentation() || (a, b & 0xfe) == (198, 18) || (a, b, c) == (192, 0, 2)
        }
        IpAddr::V6(ip) => {
            let segments = ip.segments();
            (segments[0], segments[1]) == (0x2001, 0xdb8) || segments[0] == 0x3fff && segments[1] < 0x1000
        }
    }
}

/// Whether the address can be somebody's on the internet (IANA's special-purpose registries).
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (b & 0xc0) == 64;
    let protocol = (a, b, c) == (192, 0, 0);
    let reserved = a == 0 || a >= 240;
    !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast() || shared || protocol || reserved)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    // Only 2000::/3 has been given out.
    ip.segments()[0] & 0xe000 == 0x2000
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::found;
    use super::*;

    #[test]
    fn what_an_address_says() {
        for (text, country, expected) in [
            ("12.34.56.78", None, "ip.country_unknown"),
            ("12.34.56.78", Some("US"), "ip.agrees"),
            ("12.34.56.78", Some("ro"), "ip.other_country"),
            (" [2600:1f18::1] ", Some("us"), "ip.agrees"),
            ("::ffff:12.34.56.78", Some("us"), "ip.agrees"),
            ("10.0.0.1", Some("us"), "ip.not_public"),
            ("::ffff:10.0.0.1", Some("us"), "ip.not_public"),
            ("172.20.1.1", None, "ip.not_public"),
            ("127.0.0.1", None, "ip.not_public"),
            ("169.254.1.1", None, "ip.not_public"),
            ("100.100.1.1", None, "ip.not_public"),
            ("0.0.0.0", None, "ip.not_public"),
            ("255.255.255.255", None, "ip.not_public"),
            ("224.0.0.1", None, "ip.not_public"),
            ("::1", None, "ip.not_public"),
            ("fe80::1%eth0", None, "ip.not_public"),
            ("fd00::1", None, "ip.not_public"),
            ("192.0.2.7", None, "ip.documentation"),
            ("203.0.113.9", None, "ip.documentation"),
            ("198.18.0.1", None, "ip.documentation"),
            ("2001:db8::1", None, "ip.documentation"),
        ] {
            assert_eq!(found(&signals(parse(text), country, Some("us"))), [expected], "{text}");
        }
        for text in ["", "true", "1.2.3", "1.2.3.4.5", "localhost", "12.34.56.78:80"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(found(&signals(None, Some("us"), Some("us"))), ["ip.absent"]);
    }

    proptest! {
        #[test]
        fn every_address_reads_back_as_itself(bits in any::<u128>(), v4 in any::<u32>()) {
            for ip in [IpAddr::from(Ipv6Addr::from(bits)), IpAddr::from(Ipv4Addr::from(v4))] {
                prop_assert_eq!(parse(&ip.to_string()), Some(ip.to_canonical()));
                prop_assert_eq!(signals(Some(ip), None, None).len(), 1);
            }
        }
    }
}
