//! One sealed column: encrypted, and bound to where it stands.
//!
//! ```text
//! format (1 byte, 1) | generation of the key (u32, big-endian) | nonce (24) | ciphertext | tag (16)
//! ```
//! The first five bytes are authenticated together with the place.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce};
use onboarding::TenantId;
use zeroize::Zeroizing;

use super::key::{Key, fill_random};

const FORMAT: u8 = 1;
const HEADER_BYTES: usize = 5;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const PREFIX_BYTES: usize = HEADER_BYTES + NONCE_BYTES;

/// How many bytes a sealed value is longer than what it holds.
pub(crate) const OVERHEAD_BYTES: usize = PREFIX_BYTES + TAG_BYTES;

/// Where a sealed value stands. It opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub tenant: TenantId,
    pub table: &'static str,
    pub row: &'a [u8],
    pub column: &'static str,
    /// The version of the row, so that an older value does not open in a newer row; 0 for what never changes.
    pub version: u64,
}

/// A key that seals, and which generation of it this is.
#[derive(Debug, Clone)]
pub(crate) struct SealKey {
    key: Key,
    generation: u32,
}

/// The seal does not hold: changed, moved, or made with another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the seal does not hold")]
pub(crate) struct Broken;

impl SealKey {
    pub fn new(key: Key, generation: u32) -> Self {
        Self { key, generation }
    }

    /// Seals a value for its place.
    pub fn seal(&self, place: &Place<'_>, plaintext: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(plaintext.len() + OVERHEAD_BYTES);
        sealed.push(FORMAT);
        sealed.extend_from_slice(&self.generation.to_be_bytes());
        let mut nonce = [0; NONCE_BYTES];
        fill_random(&mut nonce);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let bound = place.associated_data(self.generation);
        let tag = self
            .cipher()
            .encrypt_inout_detached(&XNonce::from(nonce), &bound, (&mut sealed[PREFIX_BYTES..]).into())
            .expect("a value is shorter than 256 GiB, the cipher's bound");
        sealed.extend_from_slice(&tag);
        sealed
    }

    /// Opens what was sealed for this very place with this very key.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Broken> {
        let (header, rest) = sealed.split_first_chunk::<HEADER_BYTES>().ok_or(Broken)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(Broken)?;
        let (ciphertext, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(Broken)?;
        let [format, generation @ ..] = *header;
        if format != FORMAT || u32::from_be_bytes(generation) != self.generation {
            return Err(Broken);
        }
        let mut plaintext = Zeroizing::new(ciphertext.to_vec());
        let bound = place.associated_data(self.generation);
        self.cipher()
            .decrypt_inout_detached(&XNonce::from(*nonce), &bound, plaintext.as_mut_slice().into(), &Tag::from(*tag))
            .map_err(|_| Broken)?;
        Ok(plaintext)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.key.bytes()).into())
    }
}

impl Place<'_> {
    /// Everything the value is bound to, each part preceded by its length.
    fn associated_data(&self, generation: u32) -> Vec<u8> {
        let mut bound = Vec::with_capacity(96);
        bound.push(FORMAT);
        bound.extend_from_slice(&generation.to_be_bytes());
        bound.extend_from_slice(&self.version.to_be_bytes());
        bound.extend_from_slice(self.tenant.0.as_bytes());
        for part in [self.table.as_bytes(), self.row, self.column.as_bytes()] {
            bound.extend_from_slice(&(part.len() as u32).to_be_bytes());
            bound.extend_from_slice(part);
        }
        bound
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn place(tenant: u128, row: &[u8]) -> Place<'_> {
        Place { tenant: TenantId(Uuid::from_u128(tenant)), table: "customers", row, column: "sealed", version: 3 }
    }

    #[test]
    fn opens_only_in_its_own_place_with_its_own_key() {
        let key = SealKey::new(Key::new([1; 32]), 1);
        let here = place(1, b"a");
        let sealed = key.seal(&here, b"Erna Musterfrau");
        assert_eq!(key.open(&here, &sealed).expect("its place").as_slice(), b"Erna Musterfrau");
        let elsewhere = [
            place(2, b"a"),
            place(1, b"b"),
            Place { table: "cases", ..here },
            Place { column: "other", ..here },
            Place { version: 4, ..here },
        ];
        for place in &elsewhere {
            assert_eq!(key.open(place, &sealed), Err(Broken), "{place:?}");
        }
        assert_eq!(SealKey::new(Key::new([2; 32]), 1).open(&here, &sealed), Err(Broken));
        assert_eq!(SealKey::new(Key::new([1; 32]), 2).open(&here, &sealed), Err(Broken));
    }

    #[test]
    fn the_same_value_never_looks_the_same() {
        let key = SealKey::new(Key::new([1; 32]), 1);
        assert_ne!(key.seal(&place(1, b"a"), b"x"), key.seal(&place(1, b"a"), b"x"));
    }

    proptest! {
        #[test]
        fn every_changed_bit_breaks_the_seal(text in prop::collection::vec(any::<u8>(), 0..60), at: prop::sample::Index, bit in 0..8_u8) {
            let key = SealKey::new(Key::new([1; 32]), 1);
            let mut sealed = key.seal(&place(1, b"a"), &text);
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert_eq!(key.open(&place(1, b"a"), &sealed), Err(Broken));
        }

        #[test]
        fn nothing_that_is_no_seal_opens(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            prop_assert!(SealKey::new(Key::new([1; 32]), 1).open(&place(1, b"a"), &bytes).is_err());
        }
    }
}
