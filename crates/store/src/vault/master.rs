//! The master key: the one secret that a store cannot keep itself.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::{Zeroize, Zeroizing};

use super::key::Key;

/// The key that wraps every other key. Whoever has it and the folder can read everything; without it the folder is
/// noise, also to its owner: keep a copy.
#[derive(Debug, Clone)]
pub struct MasterKey(Key);

/// Whether a master key was there or had to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It was there.
    Existing,
    /// It was made just now: the operator has to be told to keep a copy.
    Created,
}

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The text is not 32 bytes in hexadecimal or base64.
    #[error("a master key is 32 bytes, written in hexadecimal (64 digits) or base64 (44 characters)")]
    Malformed,
    /// The file cannot be read or made.
    #[error("cannot read or make the master key's file {path}", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl MasterKey {
    /// A new key of the operating system's randomness.
    #[must_use]
    pub fn random() -> Self {
        Self(Key::random())
    }

    /// Reads hexadecimal or base64, whichever it is; blanks around it do not matter.
    ///
    /// # Errors
    /// [`MasterKeyError::Malformed`]; the text is not repeated.
    pub fn from_text(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim();
        let decoded = match text.len() {
            64 => hex::decode(text).ok(),
            43 | 44 => STANDARD.decode(text).ok(),
            _ => None,
        };
        let decoded = Zeroizing::new(decoded.ok_or(MasterKeyError::Malformed)?);
        let mut bytes: [u8; 32] = decoded.as_slice().try_into().map_err(|_| MasterKeyError::Malformed)?;
        let key = Key::new(bytes);
        bytes.zeroize();
        Ok(Self(key))
    }

    /// Reads the key from its file, or makes both: readable by the owner alone, durable before it is used.
    ///
    /// # Errors
    /// Where the file cannot be read or made, or does not hold a key. A damaged file is never replaced.
    pub fn load_or_create(path: &Path) -> Result<(Self, Found), MasterKeyError> {
        let failed = |source| MasterKeyError::File { path: path.to_owned(), source };
        match Self::create(path) {
            Ok(key) => Ok((key, Found::Created)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let mut text = Zeroizing::new(String::new());
                // A key is 64 characters; a file that is longer by far is not ours and need not be read whole.
                File::open(path).map_err(failed)?.take(1024).read_to_string(&mut text).map_err(failed)?;
                warn_if_open_to_others(path);
                Ok((Self::from_text(&text)?, Found::Existing))
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn create(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let key = Self::random();
        let text = Zeroizing::new(format!("{}\n", hex::encode(key.0.bytes())));
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(key)
    }

    pub(crate) fn key(&self) -> &Key {
        &self.0
    }

    /// What a store keeps to recognise its master key; it tells nothing about the key.
    pub(crate) fn check(&self) -> [u8; 32] {
        self.0.digest("vestibule/master-check/1", &[])
    }
}

#[cfg(unix)]
fn warn_if_open_to_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if let Ok(metadata) = std::fs::metadata(path)
        && metadata.permissions().mode() & 0o077 != 0
    {
        tracing::warn!(file.path = %path.display(), "The master key's file can be read by others than its owner");
    }
}

#[cfg(not(unix))]
fn warn_if_open_to_others(_path: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_in_both_notations() {
        let from_hex = MasterKey::from_text(&format!(" {}\n", "0a".repeat(32))).expect("hexadecimal");
        let from_base64 = MasterKey::from_text(&STANDARD.encode([10; 32])).expect("base64");
        assert_eq!(from_hex.check(), from_base64.check());
        for bad in ["", "0a", &"0g".repeat(32), &"0a".repeat(33), &STANDARD.encode([10; 31])] {
            assert!(matches!(MasterKey::from_text(bad), Err(MasterKeyError::Malformed)), "{bad}");
        }
    }

    #[test]
    fn a_file_is_made_once_for_its_owner_alone_and_never_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("master.key");
        let (made, found) = MasterKey::load_or_create(&path).expect("made");
        assert_eq!(found, Found::Created);
        let (read, found) = MasterKey::load_or_create(&path).expect("read");
        assert_eq!((read.check(), found), (made.check(), Found::Existing));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "damaged").expect("written");
        assert!(matches!(MasterKey::load_or_create(&path), Err(MasterKeyError::Malformed)));
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "damaged");
    }
}
