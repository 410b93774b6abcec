//! Which addresses belong to the world, and which to somebody's network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Whether packets to this address leave for the public internet.
///
/// For IPv4 everything does but what the IANA registry of special-purpose addresses (RFC 6890) keeps back, multicast,
/// and one address that a cloud keeps for itself. For IPv6 it is the other way round: only global unicast (`2000::/3`)
/// does, less its own exceptions. An address that carries an IPv4 address for a translator (RFC 6052) is judged by what
/// it carries.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) if TRANSLATED.contains(&v6) => {
            let [.., a, b, c, d] = v6.octets();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        IpAddr::V6(v6) => GLOBAL_UNICAST.contains(&v6) && !NOT_PUBLIC_V6.iter().any(|net| net.contains(&v6)),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NOT_PUBLIC_V4.iter().any(|net| net.contains(&address))
}

const NOT_PUBLIC_V4: [Ipv4Net; 17] = [
    v4([0, 0, 0, 0], 8),        // "this network" (RFC 791); Linux takes 0.0.0.0 for the machine itself
    v4([10, 0, 0, 0], 8),       // private (RFC 1918)
    v4([100, 64, 0, 0], 10),    // carrier-grade NAT (RFC 6598); a cloud's metadata at 100.100.100.200
    v4([127, 0, 0, 0], 8),      // loopback
    v4([168, 63, 129, 16], 32), // Azure's platform address: public by number, answered by the host machine
    v4([169, 254, 0, 0], 16),   // link-local, and with it the metadata service at 169.254.169.254
    v4([172, 16, 0, 0], 12),    // private (RFC 1918)
    v4([192, 0, 0, 0], 24),     // protocol assignments; a cloud's metadata at 192.0.0.192
    v4([192, 0, 2, 0], 24),     // documentation
    v4([192, 31, 196, 0], 24),  // AS112 sink
    v4([192, 52, 193, 0], 24),  // multicast tunnelling relay
    v4([192, 88, 99, 0], 24),   // 6to4 relay, withdrawn (RFC 7526)
    v4([192, 168, 0, 0], 16),   // private (RFC 1918)
    v4([198, 18, 0, 0], 15),    // benchmarking of devices
    v4([198, 51, 100, 0], 24),  // documentation
    v4([203, 0, 113, 0], 24),   // documentation
    v4([224, 0, 0, 0], 3),      // multicast, reserved, and the broadcast address
];

const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// The well-known prefix of NAT64: on a network without IPv4 every name of an IPv4 host resolves into it.
const TRANSLATED: Ipv6Net = v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);

const NOT_PUBLIC_V6: [Ipv6Net; 5] = [
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), // protocol assignments: Teredo, benchmarking, ORCHID
    v6([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0], 32), // documentation
    v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), // 6to4: carries any IPv4 address
    v6([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48), // AS112 sink
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), // documentation (RFC 9637)
];

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    let [a, b, c, d] = octets;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(s: [u16; 8], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]), prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> bool {
        is_public(text.parse().expect("the table holds addresses"))
    }

    #[test]
    fn the_edges_of_every_range() {
        let refused = [
            "0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 127.0.0.1",
            "127.255.255.255 168.63.129.16 169.254.0.0 169.254.169.254 169.254.255.255 172.16.0.0 172.31.255.255",
            "192.0.0.0 192.0.0.192 192.0.0.255 192.0.2.1 192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.0",
            "198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255",
            ":: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::808:808",
            "100::1 2001::1 2001:1ff:ffff::1 2001:2::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 2620:4f:8000::1",
            "3fff::1 3fff:fff:ffff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1",
        ];
        for text in refused.iter().flat_map(|line| line.split(' ')) {
            assert!(!judged(text), "{text} must be refused");
        }
        let public = [
            "1.0.0.0 1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0",
            "168.63.129.15 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0",
            "198.17.255.255 198.20.0.0 223.255.255.255 64:ff9b::808:808 2001:200::1 2001:4860:4860::8888 2003::1",
            "2606:4700:4700::1111 3ffe::1 3fff:1000::1",
        ];
        for text in public.iter().flat_map(|line| line.split(' ')) {
            assert!(judged(text), "{text} must be allowed");
        }
    }
}
