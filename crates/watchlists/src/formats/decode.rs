//! Bytes to text: UTF-8 as it should be, and the encodings that lists come in all the same.

use std::borrow::Cow;

/// A file's text, and what had to be done to get it.
pub(super) struct Decoded<'a> {
    pub text: Cow<'a, str>,
    /// Byte offset of the first byte that is not UTF-8, if the text had to be read as windows-1252.
    pub not_utf8_at: Option<u64>,
}

/// The text of a file: UTF-8 (with or without a mark), UTF-16 with a mark, else windows-1252.
///
/// Windows-1252 is what spreadsheets save and what the UK list of 2018 is in; it holds Latin-1 as well. It has a
/// letter for every byte, so nothing is lost, and the caller reports the fact.
pub(super) fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return decode(rest);
    }
    if bytes.starts_with(b"\xff\xfe") {
        return Decoded { text: utf16(bytes, u16::from_le_bytes).into(), not_utf8_at: None };
    }
    if bytes.starts_with(b"\xfe\xff") {
        return Decoded { text: utf16(bytes, u16::from_be_bytes).into(), not_utf8_at: None };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: text.into(), not_utf8_at: None },
        Err(error) => {
            let text: String = bytes.iter().map(|&byte| windows_1252(byte)).collect();
            Decoded { text: text.into(), not_utf8_at: Some(error.valid_up_to() as u64) }
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).skip(1).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The windows-1252 letter of a byte; the five bytes without one stay control characters, as browsers have it.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_lists_come_in_gives_the_same_letters() {
        for bytes in [
            &b"\xef\xbb\xbfM\xc3\xbcller \xe2\x80\x99"[..],
            b"M\xc3\xbcller \xe2\x80\x99",
            b"M\xfcller \x92",
            b"\xff\xfeM\0\xfc\0l\0l\0e\0r\0 \0\x19\x20",
            b"\xfe\xff\0M\0\xfc\0l\0l\0e\0r\0 \x20\x19",
        ] {
            assert_eq!(decode(bytes).text, "Müller ’");
        }
        assert_eq!(decode(b"M\xfcller \x92").not_utf8_at, Some(1));
        assert_eq!(decode("Müller".as_bytes()).not_utf8_at, None);
    }
}
