//! Files made to cost more than they are: they are refused, or read, in bounded time and memory.
//!
//! What the process held at most is told by the system, so each case is a test of its own: a process of its own with the
//! usual runner.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use watchlists::formats::{self, FormatError, InputFile, Limits, Report, Source};

/// Longer than any of them takes on a slow machine, and far shorter than work that grows with its square.
const TIME_MAX: Duration = Duration::from_secs(20);

type Outcome = Result<Report, FormatError>;

/// Reads a file as a list. Besides the file itself, no more than so many bytes may be held.
fn read(source: Source, bytes: &[u8], held_max: u64) -> Outcome {
    // Where the system tells, what was held at most is counted from here.
    let counted = std::fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = held("VmRSS:");
    let began = processor();
    let outcome = formats::read(source, &[InputFile { name: "a", bytes }], &Limits::default(), &mut |_| ());
    let spent = processor().saturating_sub(began);
    assert!(spent < TIME_MAX, "{source}: {spent:?}");
    if counted && let (Some(before), Some(most)) = (before, held("VmHWM:")) {
        let more = most.saturating_sub(before);
        assert!(more <= held_max, "{source}: {more} bytes more were held to read {}", bytes.len());
    }
    outcome
}

/// Time that a processor has spent on this thread, which other work on the machine does not lengthen; by the clock where the
/// system does not tell.
fn processor() -> Duration {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = told.and_then(|told| told.split(' ').next()?.parse().ok()).map(Duration::from_nanos);
    spent.unwrap_or_else(|| BEGAN.elapsed())
}

/// What the system says this process holds.
fn held(what: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(what))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

const MEGABYTE: u64 = 1 << 20;

/// The sources that read XML, each with its root element and a record.
const XML: [(Source, &str, &str); 5] = [
    (Source::OfacSdn, "sdnList", "sdnEntry"),
    (Source::OfacConsolidated, "Sanctions", "DistinctParty"),
    (Source::Un, "CONSOLIDATED_LIST", "INDIVIDUAL"),
    (Source::Eu, "export", "sanctionEntity"),
    (Source::Ca, "data-set", "record"),
];

#[test]
fn entities_that_multiply_are_refused_at_sight() {
    let mut bomb = "<!DOCTYPE a [<!ENTITY a0 \"aaaaaaaaaa\">".to_owned();
    for level in 1..30 {
        bomb += &format!("<!ENTITY a{level} \"{}\">", format!("&a{};", level - 1).repeat(10));
    }
    bomb += "]>";
    for (source, root, record) in XML {
        let text = format!("<?xml version=\"1.0\"?>{bomb}<{root}><{record}>&a29;</{record}></{root}>");
        assert!(matches!(read(source, text.as_bytes(), MEGABYTE), Err(FormatError::Hostile { .. })), "{source}");
        // Without a type of its own, an entity is one that nobody declared.
        let text = format!("<{root}><{record}>&a29;</{record}></{root}>");
        assert!(read(source, text.as_bytes(), MEGABYTE).is_err(), "{source}");
    }
}

#[test]
fn nothing_outside_the_file_is_read() {
    for outside in ["SYSTEM \"file:///etc/passwd\"", "SYSTEM \"http://127.0.0.1:1/\"", "PUBLIC \"x\" \"ftp://x/\""] {
        for (source, root, record) in XML {
            for text in [
                format!("<!DOCTYPE {root} [<!ENTITY x {outside}>]><{root}><{record}>&x;</{record}></{root}>"),
                format!("<!DOCTYPE {root} {outside}><{root}><{record}/></{root}>"),
                format!("<!DOCTYPE {root} [<!ENTITY % x {outside}> %x;]><{root}/>"),
            ] {
                let refused = read(source, text.as_bytes(), MEGABYTE);
                assert!(matches!(refused, Err(FormatError::Hostile { .. })), "{source}: {refused:?}");
            }
        }
    }
}

#[test]
fn a_million_attributes_are_not_looked_at() {
    let attributes: String = (0..1_000_000).map(|number| format!(" a{number}=\"1\"")).collect();
    // One reader reads them all; the EU's list is the one made of attributes.
    for (source, root, record) in XML.into_iter().filter(|(source, ..)| *source == Source::Eu) {
        for text in
            [format!("<{root}><{record}{attributes}/></{root}>"), format!("<{root}{attributes}><{record}/></{root}>")]
        {
            assert!(read(source, text.as_bytes(), 8 * MEGABYTE).is_err(), "{source}");
        }
    }
}

#[test]
fn what_is_nested_deeply_is_refused() {
    for (source, root, record) in XML {
        let deep = format!("<{root}><{record}>{}{}</{record}></{root}>", "<a>".repeat(500_000), "</a>".repeat(500_000));
        assert!(matches!(read(source, deep.as_bytes(), 8 * MEGABYTE), Err(FormatError::TooLarge { .. })), "{source}");
    }
    for open in ["[", "{\"a\":"] {
        let deep = format!("{{\"id\":\"a\",\"name\":\"A\",\"properties\":{}\n", open.repeat(2_000_000));
        for source in [Source::Ftm, Source::Custom] {
            assert!(read(source, deep.as_bytes(), 8 * MEGABYTE).is_err(), "{source}");
        }
    }
}

#[test]
fn elements_without_number_are_refused() {
    for (source, root, record) in XML {
        let many = format!("<{root}><{record}>{}</{record}></{root}>", "<a/>".repeat(5_000_000));
        assert!(matches!(read(source, many.as_bytes(), 64 * MEGABYTE), Err(FormatError::TooLarge { .. })), "{source}");
    }
}

/// The pages of the line are all the one empty page that the system has: it is a gigabyte to read, and none to keep.
fn gigabyte(start: &str, end: &str) -> Vec<u8> {
    let mut line = vec![0; 1 << 30];
    line[..start.len()].copy_from_slice(start.as_bytes());
    let from = line.len() - end.len();
    line[from..].copy_from_slice(end.as_bytes());
    line
}

#[test]
fn a_line_of_a_gigabyte_is_refused_as_a_table() {
    for (source, start) in [
        // The two kinds of rows that all tables are read by, one with its quote left open.
        (Source::Custom, "id,name\n1,"),
        (Source::OfacSdn, "1,\"A"),
    ] {
        let refused = read(source, &gigabyte(start, "\n"), 128 * MEGABYTE);
        assert!(refused.is_err(), "{source}: {refused:?}");
    }
}

#[test]
fn a_line_of_a_gigabyte_is_refused_as_json() {
    let refused = read(Source::Ftm, &gigabyte("{\"id\":\"", "\"}\n"), 128 * MEGABYTE);
    assert!(refused.is_err(), "{refused:?}");
}

#[test]
fn a_cell_full_of_quotes_is_not_copied_for_ever() {
    for end in ["\n", ""] {
        let cell = format!("1,\"{}{end}", "\"\"".repeat(40 << 20));
        for source in [Source::Custom, Source::OfacSdn] {
            let text = if source == Source::Custom { format!("id,name\n{cell}") } else { cell.clone() };
            let refused = read(source, text.as_bytes(), 72 * MEGABYTE);
            assert!(refused.is_err(), "{source}: {refused:?}");
        }
    }
}

#[test]
fn a_text_of_a_gigabyte_is_refused_as_xml() {
    // One reader reads them all.
    let (source, root, record) = XML[2];
    let start = format!("<{root}><{record}><x>");
    let refused = read(source, &gigabyte(&start, &format!("</x></{record}></{root}>")), 128 * MEGABYTE);
    assert!(refused.is_err(), "{refused:?}");
}

#[test]
fn bytes_of_no_encoding_are_read_or_refused_in_the_same_room() {
    let junk: Vec<u8> = (0..4_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let high = vec![0xff; 4 << 20];
    let half = [0xff, 0xfe].iter().copied().chain("id,name\n1,A\n".bytes().flat_map(|byte| [byte, 0])).collect();
    let surrogates = "id,name\n1,A".bytes().chain([0xed, 0xa0, 0x80].repeat(1_000_000)).collect();
    for bytes in [junk, high, half, surrogates] {
        for &source in Source::all() {
            let _ = read(source, &bytes, 128 * MEGABYTE);
        }
    }
}
