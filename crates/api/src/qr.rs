//! A text as a QR code (ISO/IEC 18004): the picture that a telephone's camera reads, as SVG and as PNG.
//!
//! Both are drawn here, black on white with the margin that readers need. The PNG is one of two colours whose data is not
//! compressed: a code of the usual size has less than twenty kilobytes, and nothing has to be linked for it.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code (section 5.3.8 of the standard).
const MARGIN: usize = 4;

/// Pixels of a module's side in the PNG: sharp on a screen, and on paper.
const MODULE_PIXELS: usize = 8;

/// Longest text, in bytes; a link fits, and the code stays one that a camera reads at arm's length.
pub const TEXT_BYTES_MAX: usize = 512;

/// The text is longer than [`TEXT_BYTES_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text does not fit into a QR code")]
pub struct TooLong;

/// A QR code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// Modules of a side, the margin included.
    side: usize,
    /// Dark ones, row by row, the margin included.
    dark: Vec<bool>,
}

impl Qr {
    /// The code of a text. A quarter of it may be hidden or dirty (level Q of the standard: a finger, a fold).
    ///
    /// # Errors
    /// What is too long.
    pub fn of(text: &str) -> Result<Self, TooLong> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(TooLong);
        }
        let code = QrCode::with_error_correction_level(text, EcLevel::Q).map_err(|_| TooLong)?;
        let inner = code.width();
        let side = inner + 2 * MARGIN;
        let mut dark = vec![false; side * side];
        for (at, module) in code.to_colors().into_iter().enumerate() {
            let (row, column) = (at / inner + MARGIN, at % inner + MARGIN);
            dark[row * side + column] = module == Color::Dark;
        }
        Ok(Self { side, dark })
    }

    /// The runs of dark modules: row, first column, how many.
    fn runs(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        self.dark.chunks(self.side).enumerate().flat_map(|(row, modules)| {
            let mut runs: Vec<(usize, usize, usize)> = Vec::new();
            for (column, _) in modules.iter().enumerate().filter(|(_, dark)| **dark) {
                match runs.last_mut() {
                    Some((_, first, length)) if *first + *length == column => *length += 1,
                    _ => runs.push((row, column, 1)),
                }
            }
            runs
        })
    }

    /// An SVG document of any size: it has a view box and no width.
    #[must_use]
    pub fn svg(&self) -> String {
        let side = self.side;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" \
             role=\"img\"><title>QR code</title><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\""
        );
        for (row, column, length) in self.runs() {
            write!(svg, "M{column} {row}h{length}v1h-{length}z").expect("text takes everything");
        }
        svg.push_str("\"/></svg>\n");
        svg
    }

    /// A PNG picture (RFC 2083), a bit a pixel.
    #[must_use]
    pub fn png(&self) -> Vec<u8> {
        let pixels = u32::try_from(self.side * MODULE_PIXELS).expect("a code has at most 177 modules a side");
        let mut rows = Vec::new();
        for modules in self.dark.chunks(self.side) {
            // A module is a byte of eight pixels; black is 0. The first byte of a row says that it is not filtered.
            let mut row = vec![0];
            row.extend(modules.iter().map(|dark| if *dark { 0x00 } else { 0xff }));
            (0..MODULE_PIXELS).for_each(|_| rows.extend_from_slice(&row));
        }
        let mut png = vec![0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];
        let header = [&pixels.to_be_bytes()[..], &pixels.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
        chunk(&mut png, *b"IHDR", &header);
        chunk(&mut png, *b"IDAT", &stored(&rows));
        chunk(&mut png, *b"IEND", &[]);
        png
    }
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) {
    let length = u32::try_from(body.len()).expect("a code is some kilobytes");
    png.extend_from_slice(&length.to_be_bytes());
    let start = png.len();
    png.extend_from_slice(&kind);
    png.extend_from_slice(body);
    let sum = crc32(&png[start..]);
    png.extend_from_slice(&sum.to_be_bytes());
}

/// A zlib stream (RFC 1950) of blocks that are not compressed (RFC 1951, section 3.2.4).
fn stored(data: &[u8]) -> Vec<u8> {
    const BLOCK_BYTES_MAX: usize = 65_535;
    let mut stream = vec![0x78, 0x01];
    let mut blocks = data.chunks(BLOCK_BYTES_MAX).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).expect("a block fits");
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend_from_slice(&length.to_le_bytes());
        stream.extend_from_slice(&(!length).to_le_bytes());
        stream.extend_from_slice(block);
    }
    stream.extend_from_slice(&adler32(data).to_be_bytes());
    stream
}

fn adler32(data: &[u8]) -> u32 {
    const BASE: u32 = 65_521;
    let (low, high) = data.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % BASE;
        (low, (high + low) % BASE)
    });
    high << 16 | low
}

/// The sum of RFC 2083's appendix, bit by bit: it is taken over some kilobytes, once a picture.
fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use onboarding::signals::file::{Format, sniff};

    use super::*;

    const CODE: &str = "f825f1646665490aa7ef7942c6f2f159";

    /// What another implementation reads in a grid of pixels.
    fn read(side: usize, is_dark: impl Fn(usize, usize) -> bool) -> String {
        let grey = |x: usize, y: usize| if is_dark(x, y) { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, grey);
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().expect("readable").1
    }

    /// The pixels of a PNG as [`Qr::png`] makes it, its sums checked.
    fn pixels(png: &[u8]) -> (usize, Vec<u8>) {
        let file = sniff(png).expect("a sound PNG");
        assert_eq!(file.format, Format::Png);
        let mut data = Vec::new();
        let mut rest = &png[8..];
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[..4].try_into().expect("four")) as usize;
            let sum = u32::from_be_bytes(rest[8 + length..12 + length].try_into().expect("four"));
            assert_eq!(crc32(&rest[4..8 + length]), sum);
            if &rest[4..8] == b"IDAT" {
                data.extend_from_slice(&rest[8..8 + length]);
            }
            rest = &rest[12 + length..];
        }
        let (mut inflated, mut at) = (Vec::new(), 2);
        loop {
            let last = data[at] == 1;
            let length = usize::from(u16::from_le_bytes([data[at + 1], data[at + 2]]));
            inflated.extend_from_slice(&data[at + 5..at + 5 + length]);
            at += 5 + length;
            if last {
                break;
            }
        }
        assert_eq!(data[at..], adler32(&inflated).to_be_bytes());
        (file.width as usize, inflated)
    }

    #[test]
    fn another_implementation_reads_what_was_written() {
        let link = format!("https://onboarding.bank.example/authenticator/#{CODE}");
        for text in [CODE, &link, &"x".repeat(TEXT_BYTES_MAX)] {
            let qr = Qr::of(text).expect("it fits");
            assert_eq!(read(qr.side * 4, |x, y| qr.dark[y / 4 * qr.side + x / 4]), *text);
            let (side, rows) = pixels(&qr.png());
            let row_bytes = 1 + side / 8;
            assert_eq!(read(side, |x, y| rows[y * row_bytes + 1 + x / 8] >> (7 - x % 8) & 1 == 0), *text);
        }
    }

    #[test]
    fn the_runs_of_the_svg_are_the_modules() {
        let qr = Qr::of(CODE).expect("it fits");
        let mut drawn = vec![false; qr.side * qr.side];
        for (row, column, length) in qr.runs() {
            drawn[row * qr.side + column..][..length].fill(true);
        }
        assert_eq!(drawn, qr.dark);
        let svg = qr.svg();
        assert!(svg.starts_with("<svg ") && svg.matches("z").count() > 100 && svg.len() < 20_000);
    }

    #[test]
    fn what_is_too_long_is_refused() {
        assert_eq!(Qr::of(&"x".repeat(TEXT_BYTES_MAX + 1)), Err(TooLong));
    }

    #[test]
    fn sums_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }
}
