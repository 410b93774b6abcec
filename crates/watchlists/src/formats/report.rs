//! What reading a list says afterwards: a report of its defects, or the reason why it is refused.
//!
//! A defect is survived: something in the file is not as its publisher describes it, the rest stands. A refusal means
//! that the file must not replace the list in force: it does not parse, ends early, is another format or is too bad.
//! Neither repeats what a list says of a person: a place in the file, a key and a reason are enough to look it up.

use std::fmt;

use super::Limits;
use crate::date::DateRange;
use crate::entity::{Entity, Topics};

/// Why a file, or a set of files, is not taken as the list it is said to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Nothing was handed over, or nothing is in it.
    #[error("{file}: the file is empty")]
    Empty {
        /// The file's name.
        file: String,
    },
    /// The content is not this format.
    #[error("{file}: {why}")]
    NotThisFormat {
        /// The file's name.
        file: String,
        /// What was expected and what was found.
        why: String,
    },
    /// The file ends before its content does.
    #[error("{file}: the file ends early at byte {offset}: {why}")]
    Truncated {
        /// The file's name.
        file: String,
        /// Where the content stops making sense, in bytes from the start.
        offset: u64,
        /// What was still open.
        why: String,
    },
    /// The content breaks the grammar of XML.
    #[error("{file}: not well formed at byte {offset}: {why}")]
    Malformed {
        /// The file's name.
        file: String,
        /// Where, in bytes from the start.
        offset: u64,
        /// What is wrong there.
        why: String,
    },
    /// A list has no use for what the file does (a document type, an entity of its own).
    #[error("{file}: {what} at byte {offset}: a list has no use for it")]
    Hostile {
        /// The file's name.
        file: String,
        /// Where, in bytes from the start.
        offset: u64,
        /// What was met.
        what: &'static str,
    },
    /// A limit is exceeded.
    #[error("{file}: more than {limit} {what}")]
    TooLarge {
        /// The file's name.
        file: String,
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: u64,
    },
    /// More rows are broken than chance explains.
    #[error("{file}: {bad} of {rows} records cannot be read as published")]
    TooManyDefects {
        /// The file's name.
        file: String,
        /// Broken records.
        bad: u64,
        /// All records.
        rows: u64,
    },
    /// The file says how many entries it has, and has fewer.
    #[error("{file}: {declared} entries are announced, {found} are there")]
    CountMismatch {
        /// The file's name.
        file: String,
        /// What the file announces.
        declared: u64,
        /// What is there.
        found: u64,
    },
    /// The files of one set do not belong together, or the needed one is not among them.
    #[error("the files do not make one list: {why}")]
    NotOneList {
        /// What is missing or double.
        why: String,
    },
}

/// Where in a file a defect is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// A line, counted from 1 (the first one of a record that spans several).
    Line(u64),
    /// A byte offset from the start of the text, for XML.
    Byte(u64),
    /// The file as a whole.
    File,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Byte(offset) => write!(f, "byte {offset}"),
            Self::File => f.write_str("file"),
        }
    }
}

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DefectKind {
    /// The text is not in the encoding of its format.
    Encoding,
    /// A row or record does not have the shape of its format; read as far as it goes.
    Shape,
    /// A record that cannot be used at all: what it lists is not in the result.
    Lost,
    /// A key that another entry of the list bears too; both are kept.
    DuplicateKey,
    /// An entry that stands twice, word for word; kept once.
    Repeated,
    /// An alias, address or comment whose entry is not in the list.
    Orphan,
    /// A date that cannot be read; its text is kept as a note.
    Date,
    /// A party without a name of its own.
    Nameless,
    /// A kind of entry that is unknown; kept as what it most likely is.
    UnknownKind,
    /// A file of the set is missing, and with it what only it tells.
    MissingFile,
    /// A value was cut to a limit.
    Cut,
}

impl fmt::Display for DefectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encoding => "encoding",
            Self::Shape => "shape",
            Self::Lost => "lost",
            Self::DuplicateKey => "duplicate key",
            Self::Repeated => "repeated",
            Self::Orphan => "orphan",
            Self::Date => "date",
            Self::Nameless => "nameless",
            Self::UnknownKind => "unknown kind",
            Self::MissingFile => "missing file",
            Self::Cut => "cut",
        })
    }
}

/// One thing wrong in a file that was read all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// The file's name.
    pub file: String,
    /// Where in it.
    pub place: Place,
    /// What kind of thing.
    pub kind: DefectKind,
    /// The reason, for an operator; the entry's key where there is one, never what the list says of a party.
    pub why: String,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}: {}", self.file, self.place, self.kind, self.why)
    }
}

/// What was read, and what was wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Entities handed to the sink.
    pub entities: u64,
    /// Their names, the primary ones included.
    pub names: u64,
    /// Records of the file that are no parties and were joined to others or left out (FollowTheMoney's links).
    pub skipped: u64,
    /// Entities without any topic: the list does not say why they are listed, so its keeper has to.
    pub without_topic: u64,
    /// All topics of all entities.
    pub topics: Topics,
    /// When the list was published, where it says so.
    pub published_on: Option<DateRange>,
    /// The first defects, in the order in which they were met, at most [`Limits::defects_kept_max`].
    pub defects: Vec<Defect>,
    /// All defects, the ones not kept included.
    pub defects_total: u64,
    /// Defects that cost a listed party ([`DefectKind::Lost`]).
    pub lost: u64,
    /// Names of countries that are not in our table, each once, at most 100.
    pub unknown_countries: Vec<String>,
}

/// Distinct unknown country names kept in a report.
const UNKNOWN_COUNTRIES_MAX: usize = 100;

impl Report {
    /// Counts an entity that is handed to the sink.
    pub(super) fn count(&mut self, entity: &Entity) {
        self.entities += 1;
        self.names += entity.names.len() as u64;
        self.topics = self.topics.union(entity.topics);
        self.without_topic += u64::from(entity.topics == Topics::NONE);
    }

    /// Notes a defect, as long as there is room for its text.
    pub(super) fn defect(&mut self, limits: &Limits, file: &str, place: Place, kind: DefectKind, why: String) {
        self.defects_total += 1;
        self.lost += u64::from(kind == DefectKind::Lost);
        if self.defects.len() < limits.defects_kept_max {
            self.defects.push(Defect { file: file.to_owned(), place, kind, why });
        }
    }

    /// Notes a country name that the table does not have.
    pub(super) fn unknown_country(&mut self, name: &str) {
        if self.unknown_countries.len() < UNKNOWN_COUNTRIES_MAX
            && name.len() <= 128
            && !self.unknown_countries.iter().any(|known| known == name)
        {
            self.unknown_countries.push(name.to_owned());
        }
    }
}
