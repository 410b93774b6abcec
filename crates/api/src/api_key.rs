//! The key that a program sends with every request: `Authorization: Bearer vsk_…` or `Authorization: ApiKey vsk_…`.

use http::HeaderMap;
use http::header::AUTHORIZATION;

/// Longer headers hold no key of ours; this bounds what is hashed.
const KEY_BYTES_MAX: usize = 512;

/// What stands in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented<'a> {
    /// There is no header.
    Nothing,
    /// A key, known or not.
    Key(&'a str),
    /// Something that cannot be a key.
    Malformed,
}

/// What a request presents.
#[must_use]
pub fn presented(headers: &HeaderMap) -> Presented<'_> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Presented::Nothing };
    let Some((scheme, key)) = value.to_str().ok().and_then(|value| value.split_once(' ')) else {
        return Presented::Malformed;
    };
    let key = key.trim();
    let known = ["bearer", "apikey"].iter().any(|known| known.eq_ignore_ascii_case(scheme));
    if known && !key.is_empty() && key.len() <= KEY_BYTES_MAX { Presented::Key(key) } else { Presented::Malformed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_from_the_header() {
        let long = format!("Bearer {}", "x".repeat(513));
        for (value, expected) in [
            ("Bearer vsk_1", Presented::Key("vsk_1")),
            ("ApiKey  vsk_1 ", Presented::Key("vsk_1")),
            ("apikey vsk_1", Presented::Key("vsk_1")),
            ("Basic vsk_1", Presented::Malformed),
            ("vsk_1", Presented::Malformed),
            ("Bearer ", Presented::Malformed),
            ("", Presented::Malformed),
            (long.as_str(), Presented::Malformed),
        ] {
            let mut headers = HeaderMap::new();
            assert_eq!(presented(&headers), Presented::Nothing);
            headers.insert(AUTHORIZATION, value.parse().expect("a header"));
            assert_eq!(presented(&headers), expected, "{value}");
        }
    }
}
