//! What an uploaded file is: told by its bytes, never by its name, and without decoding a picture.
//!
//! A header is read and nothing else, so that a picture of billions of pixels in a few bytes costs nothing. What follows
//! the end of a picture is refused: a file that is two things at once is made to deceive. PDF is only looked at: no
//! stream is inflated, and one that would do something when opened is refused. Names inside compressed object streams
//! stay unseen, so a viewer must still be a careful one.

/// Most bytes of a file (the vendor's bound).
pub const BYTES_MAX: usize = 10 * 1024 * 1024;

/// Most pixels on a side: more than any scanner of documents makes.
pub const SIDE_PIXELS_MAX: u32 = 20_000;

/// Most pixels in all: a hundred million, 300 MB once decoded by whoever looks at it.
pub const PIXELS_MAX: u64 = 100_000_000;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A PDF document.
    Pdf,
}

impl Format {
    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
        }
    }
}

/// What is known of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sniffed {
    /// What it is.
    pub format: Format,
    /// Width in pixels; 0 for a document of pages.
    pub width: u32,
    /// Height in pixels; 0 for a document of pages.
    pub height: u32,
    /// How many bytes it has.
    pub bytes: usize,
}

/// Why a file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// More than [`BYTES_MAX`].
    #[error("the file is larger than 10 MB")]
    TooLarge,
    /// Neither JPEG, PNG nor PDF.
    #[error("the file is no JPEG, PNG or PDF")]
    Unknown,
    /// It begins as one of them and does not go on so.
    #[error("the file is damaged")]
    Damaged,
    /// More pixels than a document has.
    #[error("the picture has too many pixels")]
    TooManyPixels,
    /// Something else follows or precedes the picture or document.
    #[error("the file holds something else as well")]
    Polyglot,
    /// A PDF that would run or open something, or is locked.
    #[error("the PDF holds scripts, actions, embedded files or a password")]
    Active,
}

/// Tells what a file is.
///
/// # Errors
/// Why it is refused.
pub fn sniff(bytes: &[u8]) -> Result<Sniffed, Refused> {
    if bytes.is_empty() {
        return Err(Refused::Empty);
    }
    if bytes.len() > BYTES_MAX {
        return Err(Refused::TooLarge);
    }
    let (format, width, height) = if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        let (width, height) = jpeg(bytes)?;
        (Format::Jpeg, width, height)
    } else if bytes.starts_with(PNG_MAGIC) {
        let (width, height) = png(bytes)?;
        (Format::Png, width, height)
    } else if bytes.starts_with(b"%PDF-") {
        pdf(bytes)?;
        (Format::Pdf, 0, 0)
    } else {
        return Err(Refused::Unknown);
    };
    if format != Format::Pdf {
        if width == 0 || height == 0 {
            return Err(Refused::Damaged);
        }
        if width.max(height) > SIDE_PIXELS_MAX || u64::from(width) * u64::from(height) > PIXELS_MAX {
            return Err(Refused::TooManyPixels);
        }
    }
    Ok(Sniffed { format, width, height, bytes: bytes.len() })
}

const PNG_MAGIC: &[u8] = &[0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];

/// Walks the chunks of a PNG (RFC 2083) from the header to the end, which must be the end of the file.
fn png(bytes: &[u8]) -> Result<(u32, u32), Refused> {
    let mut rest = bytes.get(PNG_MAGIC.len()..).ok_or(Refused::Damaged)?;
    let mut size = None;
    let mut drawn = false;
    loop {
        let length = u32_at(rest, 0)? as usize;
        let kind = rest.get(4..8).ok_or(Refused::Damaged)?;
        let body = rest.get(8..).and_then(|rest| rest.get(..length)).ok_or(Refused::Damaged)?;
        rest = rest.get(length.saturating_add(12)..).ok_or(Refused::Damaged)?;
        match (kind, size) {
            (b"IHDR", None) if length == 13 => size = Some((u32_at(body, 0)?, u32_at(body, 4)?)),
            (b"IHDR", _) | (_, None) => return Err(Refused::Damaged),
            (b"IDAT", _) => drawn = true,
            (b"IEND", Some(size)) if drawn => return if rest.is_empty() { Ok(size) } else { Err(Refused::Polyglot) },
            _ => {}
        }
    }
}

/// Walks the segments of a JPEG (ITU T.81, annex B) to its frame, then through the scans to the end, which must be the
/// end of the file; a few zero bytes that cameras pad with are let pass.
fn jpeg(bytes: &[u8]) -> Result<(u32, u32), Refused> {
    let mut at = 2;
    let mut size = None;
    loop {
        let marker = match bytes.get(at..at + 2) {
            Some([0xff, 0xff]) => {
                at += 1;
                continue;
            }
            Some([0xff, marker]) => *marker,
            _ => return Err(Refused::Damaged),
        };
        at += 2;
        match marker {
            0xd9 => {
                let padded = bytes.get(at..).is_some_and(|rest| rest.iter().all(|byte| *byte == 0));
                return if padded { size.ok_or(Refused::Damaged) } else { Err(Refused::Polyglot) };
            }
            // Markers that stand alone.
            0x01 | 0xd0..=0xd7 => continue,
            0x00 | 0xd8 => return Err(Refused::Damaged),
            _ => {}
        }
        let length = usize::from(u16_at(bytes, at)?);
        let body = bytes.get(at..at + length).filter(|_| length >= 2).ok_or(Refused::Damaged)?;
        at += length;
        match marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let frame = (u32::from(u16_at(body, 5)?), u32::from(u16_at(body, 3)?));
                // Two frames of two sizes are two pictures.
                if size.is_some_and(|size| size != frame) {
                    return Err(Refused::Polyglot);
                }
                size = Some(frame);
            }
            0xda => at = after_scan(bytes, at)?,
            _ => {}
        }
    }
}

/// The place of the next marker behind the coded data of a scan: a 0xff that no stuffed zero or restart follows.
fn after_scan(bytes: &[u8], mut at: usize) -> Result<usize, Refused> {
    loop {
        let rest = bytes.get(at..).ok_or(Refused::Damaged)?;
        at += rest.iter().position(|byte| *byte == 0xff).ok_or(Refused::Damaged)?;
        match bytes.get(at + 1) {
            None => return Err(Refused::Damaged),
            Some(0x00 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            Some(_) => return Ok(at),
        }
    }
}

/// Names in a PDF that make it do something, or hide what it holds (ISO 32000-1, 12.6 and 7.6).
const ACTIVE: [&[u8]; 10] = [
    b"JavaScript",
    b"JS",
    b"Launch",
    b"OpenAction",
    b"AA",
    b"EmbeddedFile",
    b"RichMedia",
    b"XFA",
    b"Encrypt",
    b"SubmitForm",
];

/// How far from the end the mark of the end may stand (as readers allow).
const PDF_TAIL: usize = 1024;

fn pdf(bytes: &[u8]) -> Result<(), Refused> {
    let versioned = bytes.get(5).is_some_and(u8::is_ascii_digit) && bytes.get(6) == Some(&b'.');
    let tail = bytes.get(bytes.len().saturating_sub(PDF_TAIL)..).unwrap_or(bytes);
    let end = tail.windows(5).rposition(|window| window == b"%%EOF").ok_or(Refused::Damaged)?;
    if !versioned || !contains(bytes, b"startxref") {
        return Err(Refused::Damaged);
    }
    let behind = tail.get(end + 5..).unwrap_or_default();
    if !behind.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err(Refused::Polyglot);
    }
    if any_name(bytes, &ACTIVE) { Err(Refused::Active) } else { Ok(()) }
}

/// Whether one of the names stands in the file, `#4a` for `J` undone (ISO 32000-1, 7.3.5).
fn any_name(bytes: &[u8], wanted: &[&[u8]]) -> bool {
    /// Longer than every name that is looked for.
    const NAME_MAX: usize = 16;
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'/') {
        rest = rest.get(at + 1..).unwrap_or_default();
        let mut name = Vec::with_capacity(NAME_MAX);
        let mut text = rest;
        while name.len() < NAME_MAX {
            match text {
                [b'#', high, low, more @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default();
                    name.push(u8::try_from(digit(*high) * 16 + digit(*low)).unwrap_or_default());
                    text = more;
                }
                [byte, more @ ..] if byte.is_ascii_alphanumeric() => {
                    name.push(*byte);
                    text = more;
                }
                _ => break,
            }
        }
        if wanted.contains(&name.as_slice()) {
            return true;
        }
    }
    false
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Refused> {
    let two = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>()).ok_or(Refused::Damaged)?;
    Ok(u16::from_be_bytes(*two))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Refused> {
    let four = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or(Refused::Damaged)?;
    Ok(u32::from_be_bytes(*four))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chunk(kind: &[u8], body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).expect("short").to_be_bytes();
        [&length[..], kind, body, &[0; 4]].concat()
    }

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
        [PNG_MAGIC, &chunk(b"IHDR", &header), &chunk(b"IDAT", b"drawn"), &chunk(b"IEND", b"")].concat()
    }

    fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
        let [[w1, w2], [h1, h2]] = [width.to_be_bytes(), height.to_be_bytes()];
        let frame = [0xff, 0xc0, 0, 11, 8, h1, h2, w1, w2, 1, 1, 0x11, 0];
        let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56];
        [&[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1][..], &frame, &scan, &[0xff, 0xd9]].concat()
    }

    fn pdf_of(object: &str) -> Vec<u8> {
        format!("%PDF-1.7\n1 0 obj\n<< /Type /Catalog {object} >>\nendobj\nstartxref\n9\n%%EOF\n").into_bytes()
    }

    #[test]
    fn honest_files_are_what_they_are() {
        let sniffed = |bytes: Vec<u8>| sniff(&bytes).map(|file| (file.format, file.width, file.height));
        assert_eq!(sniffed(png_of(640, 480)), Ok((Format::Png, 640, 480)));
        assert_eq!(sniffed(jpeg_of(1024, 768)), Ok((Format::Jpeg, 1024, 768)));
        assert_eq!(sniffed([jpeg_of(1024, 768), vec![0; 64]].concat()), Ok((Format::Jpeg, 1024, 768)));
        assert_eq!(sniffed(pdf_of("/Pages 2 0 R")), Ok((Format::Pdf, 0, 0)));
    }

    #[test]
    fn bombs_and_deceptions_are_refused() {
        let zip = b"PK\x03\x04 and more".to_vec();
        let twice = [jpeg_of(10, 10), jpeg_of(20, 20)].concat();
        let cut = png_of(640, 480)[..40].to_vec();
        for (what, bytes, why) in [
            ("nothing", Vec::new(), Refused::Empty),
            ("too much", vec![0; BYTES_MAX + 1], Refused::TooLarge),
            ("an archive", zip.clone(), Refused::Unknown),
            ("a page", b"<html><script>".to_vec(), Refused::Unknown),
            ("a GIF", b"GIF89a".to_vec(), Refused::Unknown),
            ("a picture of the world", png_of(1_000_000, 1_000_000), Refused::TooManyPixels),
            ("a wide one", png_of(20_001, 1), Refused::TooManyPixels),
            ("a full one", png_of(19_000, 19_000), Refused::TooManyPixels),
            ("a large JPEG", jpeg_of(65_500, 65_500), Refused::TooManyPixels),
            ("a flat one", png_of(0, 10), Refused::Damaged),
            ("half a PNG", cut, Refused::Damaged),
            ("half a JPEG", jpeg_of(10, 10)[..20].to_vec(), Refused::Damaged),
            ("a PNG and an archive", [png_of(10, 10), zip.clone()].concat(), Refused::Polyglot),
            ("a JPEG and an archive", [jpeg_of(10, 10), zip.clone()].concat(), Refused::Polyglot),
            ("two JPEGs", twice, Refused::Polyglot),
            ("a PDF and an archive", [pdf_of(""), zip].concat(), Refused::Polyglot),
            ("a PDF without an end", b"%PDF-1.7\n1 0 obj".to_vec(), Refused::Damaged),
            ("a script", pdf_of("/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), Refused::Active),
            ("a hidden script", pdf_of("/S /J#61vaScript"), Refused::Active),
            ("a program", pdf_of("/S /Launch /F (cmd.exe)"), Refused::Active),
            ("a file within", pdf_of("/Type /EmbeddedFile"), Refused::Active),
            ("a locked one", pdf_of("/Encrypt 5 0 R"), Refused::Active),
        ] {
            assert_eq!(sniff(&bytes), Err(why), "{what}");
        }
    }

    proptest! {
        #[test]
        fn no_file_is_too_odd(start in 0..4_usize, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let start: &[u8] = [&[][..], &[0xff, 0xd8, 0xff], PNG_MAGIC, b"%PDF-1.4\nstartxref %%EOF"][start];
            let _ = sniff(&[start, &bytes].concat());
        }

        #[test]
        fn no_damage_is_too_odd(file in 0..3_usize, at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
            let mut bytes = [jpeg_of(640, 480), png_of(640, 480), pdf_of("/Pages 2 0 R")][file].clone();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes.truncate(cut.index(bytes.len() + 1));
            if let Ok(file) = sniff(&bytes) {
                prop_assert!(u64::from(file.width) * u64::from(file.height) <= PIXELS_MAX);
            }
        }
    }
}
