//! A key of 32 bytes, and what is derived from it.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// A secret of 256 bits, wiped when dropped and never printed.
#[derive(Clone)]
pub(crate) struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// A key of the operating system's randomness.
    pub fn random() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        fill_random(bytes.as_mut());
        Self(bytes)
    }

    /// Takes the bytes; the caller wipes its own copy.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for one purpose: HMAC-SHA-256 over its name, so that no purpose can learn another's key.
    pub fn derive(&self, purpose: &str) -> Self {
        Self::new(self.digest("vestibule/derive/1", &[purpose.as_bytes()]))
    }

    /// HMAC-SHA-256 over a domain and parts, each preceded by its length, so that no two lists of parts look alike.
    pub fn digest(&self, domain: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.bytes()).expect("HMAC takes a key of any length");
        for part in std::iter::once(domain.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(‹secret›)")
    }
}

/// Fills a buffer with the operating system's randomness: nonces, keys and lease ids, which no test needs to repeat.
pub(crate) fn fill_random(buffer: &mut [u8]) {
    getrandom::fill(buffer).expect("the operating system gives random bytes once it has started");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_parts_are_kept_apart() {
        let key = Key::new([7; 32]);
        assert_ne!(key.derive("wrap").bytes(), key.derive("seal").bytes());
        assert_ne!(key.digest("d", &[b"ab", b"c"]), key.digest("d", &[b"a", b"bc"]));
        assert_ne!(key.digest("d", &[b"a", b""]), key.digest("d", &[b"a"]));
        assert_eq!(format!("{key:?}"), "Key(‹secret›)");
    }
}
