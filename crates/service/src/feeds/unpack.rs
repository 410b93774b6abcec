//! What came, unpacked: gzip and zstd, as the publisher's server packed it for the way or as the file is published.

use std::io::{BufReader, ErrorKind, Read};

use flate2::read::MultiGzDecoder;

use crate::outbound::Download;

/// How many times as large as what came its content may be. Lists shrink to a tenth, those of many repeated words to a
/// thirtieth.
const RATIO_MAX: u64 = 100;

/// Below this many bytes nobody is hurt, whatever the ratio: a short file of blanks is a broken list, and no attack.
const RATIO_FROM: u64 = 16 << 20;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Why what came cannot be unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// A way of packing that was not asked for.
    #[error("the publisher packed the file in a way that it was not asked for")]
    Unknown,
    /// It breaks off, or is damaged.
    #[error("the packed file is damaged or ends early")]
    Broken,
    /// More is in it than may be.
    #[error("the file unpacks to more than {bytes_max} bytes")]
    TooLarge {
        /// How many may be.
        bytes_max: u64,
    },
    /// Far more is in it than any list would have.
    #[error("the file unpacks to more than {RATIO_MAX} times its size")]
    Bomb,
}

impl UnpackError {
    /// The stable word for this error.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unknown => "packing",
            Self::Broken => "damaged",
            Self::TooLarge { .. } => "too_large",
            Self::Bomb => "bomb",
        }
    }
}

/// The content of what came, at most so many bytes of it.
///
/// # Errors
/// [`UnpackError`].
pub fn unpack(download: Download, bytes_max: u64) -> Result<Vec<u8>, UnpackError> {
    let Download { file, bytes, encoding, .. } = download;
    let bound = Bound { packed: bytes, bytes_max };
    let content = match encoding.as_str() {
        "" | "identity" => bound.read(&file)?,
        "gzip" | "x-gzip" => bound.read(MultiGzDecoder::new(BufReader::new(&file)))?,
        "zstd" => bound.read(zstd(&file)?)?,
        _ => return Err(UnpackError::Unknown),
    };
    // A server may also call a packed file packed for the way, and then what was unpacked is the list.
    if content.starts_with(&GZIP) {
        return bound.read(MultiGzDecoder::new(content.as_slice()));
    }
    if content.starts_with(&ZSTD) {
        return bound.read(zstd(content.as_slice())?);
    }
    Ok(content)
}

fn zstd<'a>(from: impl Read + 'a) -> Result<impl Read + 'a, UnpackError> {
    zstd::Decoder::new(from).map_err(|_| UnpackError::Broken)
}

struct Bound {
    packed: u64,
    bytes_max: u64,
}

impl Bound {
    fn read(&self, mut from: impl Read) -> Result<Vec<u8>, UnpackError> {
        let mut content = Vec::new();
        let mut piece = vec![0; 64 << 10];
        loop {
            let read = match from.read(&mut piece) {
                Ok(0) => return Ok(content),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return Err(UnpackError::Broken),
            };
            let total = content.len() as u64 + read as u64;
            if total > self.bytes_max {
                return Err(UnpackError::TooLarge { bytes_max: self.bytes_max });
            }
            if total > RATIO_FROM && total / RATIO_MAX > self.packed {
                return Err(UnpackError::Bomb);
            }
            content.extend_from_slice(&piece[..read]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    fn came(content: &[u8], encoding: &str) -> Download {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(content).expect("written");
        file.rewind().expect("rewound");
        let bytes = content.len() as u64;
        Download { file, bytes, encoding: encoding.to_owned(), etag: None, last_modified: None }
    }

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(content).expect("into memory");
        packed.finish().expect("into memory")
    }

    fn zstd(content: &[u8]) -> Vec<u8> {
        zstd::encode_all(content, 3).expect("into memory")
    }

    #[test]
    fn however_it_is_packed_it_is_the_list() {
        let list = b"id,name\n1,A B\n".as_slice();
        for (content, encoding) in [
            (list.to_vec(), ""),
            (list.to_vec(), "identity"),
            (gzip(list), "gzip"),
            (zstd(list), "zstd"),
            (gzip(list), ""),
            (zstd(list), ""),
            (gzip(&gzip(list)), "gzip"),
            ([gzip(&list[..8]), gzip(&list[8..])].concat(), "gzip"),
        ] {
            assert_eq!(unpack(came(&content, encoding), 1_000).as_deref(), Ok(list), "{encoding:?}");
        }
    }

    #[test]
    fn what_is_damaged_or_too_much_is_refused() {
        let list = b"id,name\n1,A B\n".repeat(1_000);
        let packed = gzip(&list);
        let half = &packed[..packed.len() / 2];
        let limit = 1 << 30;
        assert_eq!(unpack(came(half, "gzip"), limit), Err(UnpackError::Broken));
        assert_eq!(unpack(came(&list, "gzip"), limit), Err(UnpackError::Broken));
        assert_eq!(unpack(came(&list, "zstd"), limit), Err(UnpackError::Broken));
        assert_eq!(unpack(came(&list, "br"), limit), Err(UnpackError::Unknown));
        assert_eq!(unpack(came(&packed, "gzip"), 13_999), Err(UnpackError::TooLarge { bytes_max: 13_999 }));
        assert!(unpack(came(&packed, "gzip"), 14_000).is_ok());
    }

    #[test]
    fn a_bomb_is_put_down_before_it_goes_off() {
        let blanks = vec![b' '; 64 << 20];
        for (packed, encoding) in [(gzip(&blanks), "gzip"), (zstd(&blanks), "zstd"), (gzip(&blanks), "")] {
            assert_eq!(unpack(came(&packed, encoding), 1 << 30), Err(UnpackError::Bomb), "{encoding:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_comes_makes_it_panic(content in prop::collection::vec(any::<u8>(), 0..200), magic in 0..3_usize) {
            let content = [[GZIP.as_slice(), &ZSTD, &[]][magic], &content].concat();
            for encoding in ["", "gzip", "zstd"] {
                let _ = unpack(came(&content, encoding), 1_000);
            }
        }
    }
}
