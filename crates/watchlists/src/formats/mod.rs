//! Published files to entities.
//!
//! [`read`] turns the files of one list into [`Entity`] values, one at a time, and a [`Report`] of what was wrong with
//! them. It never panics, its work is bounded by [`Limits`] and by the size of the input, and it never passes off a
//! part of a list as the list: what does not parse is refused.
//!
//! To add a format: a variant of [`Source`], a module with a `read` function that pours records into a
//! `draft::Draft`, small fixtures of invented people, and a line in `docs/WATCHLISTS.md`.

mod ca;
mod csl;
mod custom;
mod dates;
mod decode;
mod draft;
mod eu;
pub(crate) mod ftm;
mod ofac;
mod report;
mod rows;
mod table;
mod targets;
mod uk;
mod un;
mod xml;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;

use draft::Draft;
pub use report::{Defect, DefectKind, FormatError, Place, Report};

use crate::entity::{Entity, EntityId};

/// Who publishes a list, and with that the formats it comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// OFAC's list of specially designated nationals: legacy CSV set or `sdnList` XML.
    OfacSdn,
    /// OFAC's consolidated non-SDN list: the same two formats.
    OfacConsolidated,
    /// The United Nations Security Council's consolidated list, XML.
    Un,
    /// Any list as FollowTheMoney entities, JSON lines: OpenSanctions' collections, PEP lists.
    Ftm,
    /// Any list as OpenSanctions' `targets.simple.csv`.
    Targets,
    /// An institution's own list: CSV with a header, or JSON lines.
    Custom,
    /// The European Union's financial sanctions: XML 1.1 or CSV 1.0.
    Eu,
    /// The UK Sanctions List, XML or CSV, and the consolidated list of OFSI before it, CSV.
    Uk,
    /// The Consolidated Screening List of the United States, CSV.
    UsCsl,
    /// Canada's Consolidated Autonomous Sanctions List, XML.
    Ca,
}

impl Source {
    /// Every source there is, in the order of the documentation.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        &[
            Self::OfacSdn,
            Self::OfacConsolidated,
            Self::Un,
            Self::Ftm,
            Self::Targets,
            Self::Custom,
            Self::Eu,
            Self::Uk,
            Self::UsCsl,
            Self::Ca,
        ]
    }

    /// The word for it in configuration, paths and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OfacSdn => "ofac-sdn",
            Self::OfacConsolidated => "ofac-consolidated",
            Self::Un => "un",
            Self::Ftm => "ftm",
            Self::Targets => "targets",
            Self::Custom => "custom",
            Self::Eu => "eu",
            Self::Uk => "uk",
            Self::UsCsl => "us-csl",
            Self::Ca => "ca",
        }
    }

    /// What a reviewer calls it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::OfacSdn => "OFAC Specially Designated Nationals",
            Self::OfacConsolidated => "OFAC Consolidated (non-SDN)",
            Self::Un => "UN Security Council Consolidated",
            Self::Ftm => "FollowTheMoney entities",
            Self::Targets => "OpenSanctions targets",
            Self::Custom => "Own list",
            Self::Eu => "EU Financial Sanctions",
            Self::Uk => "UK Sanctions",
            Self::UsCsl => "US Consolidated Screening List",
            Self::Ca => "Canada Autonomous Sanctions",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No list goes by this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown list; known are: {}", Source::all().iter().map(|source| source.as_str()).collect::<Vec<_>>().join(", "))]
pub struct UnknownSource;

impl FromStr for Source {
    type Err = UnknownSource;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::all().iter().copied().find(|source| source.as_str() == word).ok_or(UnknownSource)
    }
}

/// One published file.
#[derive(Debug, Clone, Copy)]
pub struct InputFile<'a> {
    /// Its name, for reports and as a hint at its role in a set.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// What a list may cost at most. The defaults are several times what the largest published lists need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all files together.
    pub bytes_max: u64,
    /// Entities of the list.
    pub entities_max: u64,
    /// Values of one kind (names, addresses) of one entity; more are cut, with a defect.
    pub values_max: usize,
    /// Bytes of one name; more are cut, with a defect.
    pub name_bytes_max: usize,
    /// Elements within elements of an XML file.
    pub depth_max: usize,
    /// Attributes of an XML element.
    pub attributes_max: usize,
    /// Elements of one XML record.
    pub record_elements_max: usize,
    /// Bytes of one record: a row, a line, an XML record.
    pub record_bytes_max: usize,
    /// Broken records in a thousand; above this the file is refused.
    pub broken_per_mille_max: u64,
    /// Defects kept in a report; the rest are only counted.
    pub defects_kept_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes_max: 4 << 30,
            entities_max: 10_000_000,
            values_max: 10_000,
            name_bytes_max: 4_096,
            depth_max: 32,
            attributes_max: 64,
            record_elements_max: 100_000,
            record_bytes_max: 16 << 20,
            broken_per_mille_max: 20,
            defects_kept_max: 1_000,
        }
    }
}

/// Reads the files of one list; gives every entity to the sink as soon as it is complete.
///
/// Which file of a set is which is told by name and by content. On a refusal, what the sink was given is not a list:
/// the caller throws it away.
///
/// # Errors
///
/// [`FormatError`] says why the files are not taken as this list.
pub fn read(
    source: Source,
    files: &[InputFile<'_>],
    limits: &Limits,
    sink: &mut dyn FnMut(Entity),
) -> Result<Report, FormatError> {
    let Some(first) = files.first() else {
        return Err(FormatError::NotOneList { why: "no file was handed over".to_owned() });
    };
    let bytes: u64 = files.iter().map(|file| file.bytes.len() as u64).sum();
    if bytes > limits.bytes_max {
        return Err(too_large(first.name, "bytes", limits.bytes_max));
    }
    for file in files {
        if file.bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(FormatError::Empty { file: file.name.to_owned() });
        }
    }
    let mut reading = Reading { limits, report: Report::default(), ids: HashMap::new(), sink };
    match source {
        Source::OfacSdn | Source::OfacConsolidated => ofac::read(files, &mut reading)?,
        Source::Un => un::read(files, &mut reading)?,
        Source::Ftm => ftm::read(files, &mut reading)?,
        Source::Targets => targets::read(files, &mut reading)?,
        Source::Custom => custom::read(files, &mut reading)?,
        Source::Eu => eu::read(files, &mut reading)?,
        Source::Uk => uk::read(files, &mut reading)?,
        Source::UsCsl => csl::read(files, &mut reading)?,
        Source::Ca => ca::read(files, &mut reading)?,
    }
    if reading.report.entities == 0 {
        return Err(FormatError::Empty { file: first.name.to_owned() });
    }
    Ok(reading.report)
}

/// The state of one reading: where entities and defects go.
struct Reading<'s> {
    limits: &'s Limits,
    report: Report,
    /// How often an id was met, by its hash: a list of millions of entities need not be held to find the doubles.
    ids: HashMap<u64, u32>,
    sink: &'s mut dyn FnMut(Entity),
}

impl Reading<'_> {
    fn defect(&mut self, file: &str, place: Place, kind: DefectKind, why: String) {
        self.report.defect(self.limits, file, place, kind, why);
    }

    /// Hands an entity on. One whose id was met before gets a number behind it, so that both are screened.
    fn emit(&mut self, file: &str, place: Place, mut draft: Draft) -> Result<(), FormatError> {
        let Some(mut entity) = draft.finish(self.limits) else {
            let why = format!("{}: no name at all", draft.entity.id);
            self.defect(file, place, DefectKind::Lost, why);
            return Ok(());
        };
        if self.report.entities == self.limits.entities_max {
            return Err(too_large(file, "entities", self.limits.entities_max));
        }
        let mut hasher = DefaultHasher::new();
        entity.id.hash(&mut hasher);
        let met = self.ids.entry(hasher.finish()).or_default();
        *met += 1;
        if *met > 1 {
            let double = EntityId(format!("{}-{met}", entity.id));
            let why = format!("{}: another entry has this key; kept as {double}", entity.id);
            entity.id = double;
            self.defect(file, place, DefectKind::DuplicateKey, why);
        }
        for (kind, why) in draft.problems {
            self.defect(file, place, kind, why);
        }
        for name in &draft.unknown_countries {
            self.report.unknown_country(name);
        }
        self.report.count(&entity);
        (self.sink)(entity);
        Ok(())
    }

    /// Refuses a file of which too much is broken.
    fn bearable(&self, file: &str, bad: u64, rows: u64) -> Result<(), FormatError> {
        // One bad row in a short file is a mistake; in a file of hundreds the share decides.
        if bad > 1 && bad * 1000 > rows * self.limits.broken_per_mille_max || bad > 0 && bad == rows {
            return Err(FormatError::TooManyDefects { file: file.to_owned(), bad, rows });
        }
        Ok(())
    }
}

/// The text of a file that has no encoding of its own to declare; one that is not UTF-8 is a defect.
fn decode_reported<'a>(file: &InputFile<'a>, reading: &mut Reading<'_>) -> Cow<'a, str> {
    let decoded = decode::decode(file.bytes);
    if let Some(offset) = decoded.not_utf8_at {
        let why = "neither ASCII nor UTF-8 from here; read as windows-1252".to_owned();
        reading.defect(file.name, Place::Byte(offset), DefectKind::Encoding, why);
    }
    decoded.text
}

fn too_large(file: &str, what: &'static str, limit: u64) -> FormatError {
    FormatError::TooLarge { file: file.to_owned(), what, limit }
}

fn not_this(file: &str, why: impl Into<String>) -> FormatError {
    FormatError::NotThisFormat { file: file.to_owned(), why: why.into() }
}
