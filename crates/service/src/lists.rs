//! Watchlists: added by an operator, kept by content, built into the index in force.

pub mod verify;

use std::fmt;
use std::sync::Arc;

use onboarding::TenantId;
use sha2::{Digest, Sha256};
use store::ListVersion;
use watchlists::formats::{self, FormatError, InputFile, Limits, Report, Source};
use watchlists::{Entity, Index};

use crate::Service;
use crate::refused::Refused;
use crate::screening::{ENGINE, Lists, Viewer};
use crate::snapshot::Snapshot;

/// How much of a list may be gone in its next version, in hundredths of its entries or of its names.
const LOSS_MAX_PERCENT: u8 = 10;

/// How many times as large as the version in force one may be that nobody looked at.
const GROWTH_MAX: u64 = 10;

/// Entries from which on that counts: what is smaller may well have been a beginning.
const GROWTH_FROM: u64 = 1_000;

/// What a version must be like, beside the one in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Demands {
    /// How much may be gone, in hundredths.
    pub loss_max_percent: u8,
    /// Whether it must not be ten times as large, or published before.
    pub unseen: bool,
    /// Whether an operator takes it all the same.
    pub forced: bool,
}

/// A published file, read into memory.
#[derive(Debug)]
pub struct ListFile {
    /// Its name; it tells which file of a set it is.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What adding a list did.
#[derive(Debug)]
pub struct Added {
    /// The version now in force.
    pub version: ListVersion,
    /// What was read and what was wrong with it.
    pub report: Report,
}

/// Why a list was not added. The one in force stays.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The files are not what they should be.
    #[error("the list is refused")]
    Format(#[from] FormatError),
    /// Nobody is listed in it.
    #[error("the list is refused: it lists nobody")]
    Nobody,
    /// Far fewer are listed in it than in the version in force: half a download looks like this, and would clear people.
    #[error("the list is refused: it has {is}, the version in force has {was}; if that is so, add it with --force")]
    Shrunk {
        /// What the version in force holds.
        was: Extent,
        /// What this one holds.
        is: Extent,
    },
    /// It cannot be called so.
    #[error(
        "a list's name has at most 64 lower-case letters, digits, dashes, dots and underscores, begins with a letter or \
         digit, and is no other source's"
    )]
    Name,
    /// A list of this name holds another source's files.
    #[error("the list of this name is of another source: {format}")]
    Another {
        /// Which.
        format: String,
    },
    /// Far more are listed in it than in the version in force, and nobody has looked.
    #[error("the list is refused: it has {is}, the version in force has {was}; if that is so, take it with --force")]
    Grown {
        /// What the version in force holds.
        was: Extent,
        /// What this one holds.
        is: Extent,
    },
    /// It was published before the version in force: an old copy, and would clear whoever was listed since.
    #[error("the list is refused: it is of {is}, the version in force of {was}; if that is so, take it with --force")]
    Older {
        /// When the version in force was published.
        was: String,
        /// When this one was.
        is: String,
    },
    /// The store failed.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl AddError {
    /// The stable word for this error.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Format(FormatError::Empty { .. }) | Self::Nobody => "empty",
            Self::Format(_) => "format",
            Self::Name => "name",
            Self::Another { .. } => "another",
            Self::Shrunk { .. } => "shrunk",
            Self::Grown { .. } => "grown",
            Self::Older { .. } => "older",
            Self::Refused(_) => "store",
        }
    }
}

/// How much a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Parties.
    pub entries: u64,
    /// The names they are listed under. Side files that are missing show here, not in the entries.
    pub names: u64,
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} entries and {} names", self.entries, self.names)
    }
}

impl Extent {
    fn of(version: &ListVersion) -> Self {
        Self { entries: version.entities, names: version.names }
    }

    /// Whether so much is gone that a broken file explains it better than its publisher. Lists lose a few in a hundred
    /// at most from one publication to the next.
    fn has_shrunk_from(self, was: Self, loss_max_percent: u8) -> bool {
        let lost = |was: u64, is: u64| {
            u128::from(was.saturating_sub(is)) * 100 > u128::from(was) * u128::from(loss_max_percent)
        };
        lost(was.entries, self.entries) || lost(was.names, self.names)
    }

    /// Whether so much came that a broken or forged file explains it better.
    fn has_grown_from(self, was: Self) -> bool {
        self.entries > GROWTH_FROM && self.entries / GROWTH_MAX >= was.entries
    }
}

impl Demands {
    /// What is asked of a file that an operator chose.
    const fn of_an_operator(forced: bool) -> Self {
        Self { loss_max_percent: LOSS_MAX_PERCENT, unseen: false, forced }
    }

    /// Whether a version is as it must be beside the one in force; its content is another.
    fn met(self, current: &ListVersion, version: &ListVersion) -> Result<(), AddError> {
        let (was, is) = (Extent::of(current), Extent::of(version));
        if is.has_shrunk_from(was, self.loss_max_percent) {
            return Err(AddError::Shrunk { was, is });
        }
        if !self.unseen {
            return Ok(());
        }
        if is.has_grown_from(was) {
            return Err(AddError::Grown { was, is });
        }
        // Days as ISO 8601 writes them: their order is that of their letters.
        match (&current.published_on, &version.published_on) {
            (Some(was), Some(is)) if is < was => Err(AddError::Older { was: was.clone(), is: is.clone() }),
            _ => Ok(()),
        }
    }
}

/// Which list files are added as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListName {
    /// What the files are.
    pub source: Source,
    /// Its own name, so that there may be several of one source; that of the source, where there is none.
    pub name: Option<String>,
    /// The tenant that alone is to see it, by id and key.
    pub tenant: Option<(TenantId, String)>,
}

impl ListName {
    /// The one list of a source that has no other name.
    #[must_use]
    pub const fn of(source: Source) -> Self {
        Self { source, name: None, tenant: None }
    }

    /// The name it is kept under; nothing where it is no name. A name is lower-case letters, digits, dashes and dots, and no
    /// other source's word, which would hide what the files are.
    #[must_use]
    pub fn kept(&self) -> Option<String> {
        const CHARS_MAX: usize = 64;
        let name = self.name.as_deref().unwrap_or_else(|| self.source.as_str());
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_');
        let fits = (1..=CHARS_MAX).contains(&name.len())
            && name.chars().all(allowed)
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.parse::<Source>().map_or(true, |source| source == self.source);
        let of_tenant = self.tenant.as_ref().map(|(_, key)| format!("{key}:"));
        fits.then(|| format!("{}{name}", of_tenant.unwrap_or_default()))
    }
}

impl Service {
    /// Reads a list and puts it in force under a name of its own, or for one tenant alone; whatever it has lost, if
    /// `even_if_smaller`.
    ///
    /// # Errors
    /// As [`Service::add_list`]; [`AddError::Name`], [`AddError::Another`].
    pub async fn add_list_as(
        &self,
        name: &ListName,
        files: Vec<ListFile>,
        even_if_smaller: bool,
    ) -> Result<Added, AddError> {
        self.put_list_in_force(name, files, Demands::of_an_operator(even_if_smaller)).await
    }

    /// Reads a list and puts it in force. The same content again confirms the one in force.
    ///
    /// # Errors
    /// A file that does not parse, lists nobody, or has lost more than a tenth of the entries or names of the version
    /// in force is refused.
    pub async fn add_list(&self, source: Source, files: Vec<ListFile>) -> Result<Added, AddError> {
        self.put_list_in_force(&ListName::of(source), files, Demands::of_an_operator(false)).await
    }

    /// The same, whatever it has lost: an operator has looked.
    ///
    /// # Errors
    /// As [`Service::add_list`], but for what was lost.
    pub async fn add_list_even_if_smaller(&self, source: Source, files: Vec<ListFile>) -> Result<Added, AddError> {
        self.put_list_in_force(&ListName::of(source), files, Demands::of_an_operator(true)).await
    }

    /// Reads a list and puts it in force if it is as demanded beside the one that is.
    pub(crate) async fn put_list_in_force(
        &self,
        name: &ListName,
        files: Vec<ListFile>,
        demands: Demands,
    ) -> Result<Added, AddError> {
        let (source, list) = (name.source, name.kept().ok_or(AddError::Name)?);
        let (report, files) = tokio::task::spawn_blocking(move || {
            let inputs: Vec<InputFile<'_>> = inputs(&files);
            let report = formats::read(source, &inputs, &Limits::default(), &mut |_| ());
            report.map(|report| (report, files))
        })
        .await
        .map_err(|error| Refused::Internal(Box::new(error)))??;
        if report.entities == 0 {
            return Err(AddError::Nobody);
        }
        let now = self.now();
        let version = ListVersion {
            title: if list == source.as_str() {
                source.title().to_owned()
            } else {
                format!("{} ({list})", source.title())
            },
            list,
            hash: content_hash(&files),
            format: source.as_str().to_owned(),
            tenant: name.tenant.as_ref().map(|(id, _)| *id),
            published_on: report.published_on.map(|date| date.to_string()),
            entities: report.entities,
            names: report.names,
            topics: report.topics,
            defects: report.defects_total,
            bytes: files.iter().map(|file| file.bytes.len() as u64).sum(),
            files: files.iter().map(|file| file.name.clone()).collect(),
            added_at: now,
            confirmed_at: now,
        };
        let current = self.lists().await?.into_iter().find(|current| current.list == version.list);
        if let Some(current) = current.as_ref().filter(|current| current.format != version.format) {
            return Err(AddError::Another { format: current.format.clone() });
        }
        if let Some(current) = current.filter(|current| current.hash != version.hash)
            && let Err(refusal) = demands.met(&current, &version)
        {
            if !demands.forced {
                return Err(refusal);
            }
            tracing::warn!(
                list.source = version.list,
                list.was = %Extent::of(&current),
                list.is = %Extent::of(&version),
                "A list that would have been refused was put in force because the operator said so"
            );
        }
        let contents: Vec<(String, &[u8])> =
            files.iter().map(|file| (file.name.clone(), file.bytes.as_slice())).collect();
        self.store().put_list(&version, &contents, ENGINE).await.map_err(Refused::from)?;
        Ok(Added { version, report })
    }

    /// The lists in force, with what the store knows of them.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn lists(&self) -> Result<Vec<ListVersion>, Refused> {
        Ok(self.store().current_lists().await?)
    }

    /// Builds the index of the lists in force and swaps it in; screenings that run keep the old one to their end.
    ///
    /// # Errors
    /// A stored list that cannot be read leaves the old index in force.
    pub async fn load_lists(&self) -> Result<(), Refused> {
        let (generation, versions) = self.store().lists_together().await?;
        let old = self.lists_in_force();
        let content = |versions: &[ListVersion]| -> Vec<(String, [u8; 32])> {
            versions.iter().map(|version| (version.list.clone(), version.hash)).collect()
        };
        if content(&versions) == content(&old.versions) {
            // Lists that were only confirmed are as young as that, and searched as before.
            self.put_in_force(Lists { index: Arc::clone(&old.index), versions, generation, viewer: Viewer::House });
            return Ok(());
        }
        let snapshot = self.store().folder().map(|folder| Arc::new(Snapshot::of(folder, &versions)));
        if let Some(snapshot) = snapshot.clone() {
            let kept = tokio::task::spawn_blocking(move || snapshot.load()).await;
            if let Some(index) = kept.map_err(|error| Refused::Internal(Box::new(error)))? {
                self.put_in_force(Lists { index: Arc::new(index), versions, generation, viewer: Viewer::House });
                return Ok(());
            }
        }
        let mut sets = Vec::with_capacity(versions.len());
        for version in &versions {
            sets.push(self.store().list_files(&version.list, version.hash).await?);
        }
        let build = move || -> Result<Lists, FormatError> {
            let mut builder = Index::builder();
            for (version, files) in versions.iter().zip(sets) {
                let files: Vec<ListFile> = files.into_iter().map(|(name, bytes)| ListFile { name, bytes }).collect();
                let list = builder.list(version.list.clone(), crate::screening::hex(&version.hash));
                // What was put in force is one of our own sources; a word we no longer know is a damaged store.
                let source: Source = version.format.parse().map_err(|_| FormatError::NotOneList {
                    why: "the store holds a list of an unknown source".to_owned(),
                })?;
                formats::read(source, &inputs(&files), &Limits::default(), &mut |entity: Entity| {
                    builder.add(list, &entity);
                })?;
            }
            Ok(Lists { index: Arc::new(builder.build()), versions, generation, viewer: Viewer::House })
        };
        let built = tokio::task::spawn_blocking(build).await.map_err(|error| Refused::Internal(Box::new(error)))?;
        let lists = built.map_err(|error| Refused::Internal(Box::new(error)))?;
        let index = Arc::clone(&lists.index);
        self.put_in_force(lists);
        if let Some(snapshot) = snapshot {
            let kept = tokio::task::spawn_blocking(move || snapshot.keep(&index)).await;
            kept.map_err(|error| Refused::Internal(Box::new(error)))?;
        }
        Ok(())
    }
}

pub(crate) fn inputs(files: &[ListFile]) -> Vec<InputFile<'_>> {
    files.iter().map(|file| InputFile { name: &file.name, bytes: &file.bytes }).collect()
}

/// SHA-256 over the names and contents of the files, in the order of their names.
pub(crate) fn content_hash(files: &[ListFile]) -> [u8; 32] {
    let mut ordered: Vec<&ListFile> = files.iter().collect();
    ordered.sort_by(|a, b| a.name.cmp(&b.name));
    let mut hash = Sha256::new();
    for file in ordered {
        hash.update((file.name.len() as u64).to_be_bytes());
        hash.update(file.name.as_bytes());
        hash.update((file.bytes.len() as u64).to_be_bytes());
        hash.update(&file.bytes);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(entries: u64, names: u64, published_on: Option<&str>) -> ListVersion {
        ListVersion {
            list: "un".to_owned(),
            format: "un".to_owned(),
            tenant: None,
            hash: [0; 32],
            title: String::new(),
            published_on: published_on.map(str::to_owned),
            entities: entries,
            names,
            topics: watchlists::Topics::NONE,
            defects: 0,
            bytes: 0,
            files: Vec::new(),
            added_at: jiff::Timestamp::UNIX_EPOCH,
            confirmed_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn refusal(demands: Demands, was: (u64, u64, &str), is: (u64, u64, &str)) -> &'static str {
        let of =
            |(entries, names, day): (u64, u64, &str)| version(entries, names, Some(day).filter(|day| !day.is_empty()));
        demands.met(&of(was), &of(is)).err().map_or("", |error| error.as_str())
    }

    const SEEN: Demands = Demands::of_an_operator(false);
    const UNSEEN: Demands = Demands { unseen: true, ..SEEN };

    #[test]
    fn a_list_is_called_by_its_own_name_or_its_source_s() {
        let kept = |name: Option<&str>, tenant: Option<&str>| {
            let tenant = tenant.map(|key| (TenantId(uuid::Uuid::nil()), key.to_owned()));
            ListName { source: Source::Ftm, name: name.map(str::to_owned), tenant }.kept()
        };
        assert_eq!(kept(None, None).as_deref(), Some("ftm"));
        assert_eq!(kept(Some("pep-fr"), None).as_deref(), Some("pep-fr"));
        assert_eq!(kept(Some("ftm"), None).as_deref(), Some("ftm"));
        assert_eq!(kept(Some("block"), Some("acme")).as_deref(), Some("acme:block"));
        for name in ["un", "", "PEP", "a b", "a:b", "../x", "-x", &"x".repeat(65)] {
            assert_eq!(kept(Some(name), None), None, "{name}");
        }
    }

    #[test]
    fn a_list_may_lose_a_tenth_of_its_entries_and_names_and_no_more() {
        for (entries, names, refused) in [
            (90, 180, ""),
            (89, 200, "shrunk"),
            (100, 179, "shrunk"),
            (500, 900, ""),
            (1, 200, "shrunk"),
            (0, 0, "shrunk"),
        ] {
            assert_eq!(refusal(SEEN, (100, 200, ""), (entries, names, "")), refused, "{entries} {names}");
        }
        assert_eq!(refusal(SEEN, (0, 0, ""), (1, 1, "")), "");
        let half = Demands { loss_max_percent: 50, ..UNSEEN };
        assert_eq!(refusal(half, (100, 200, ""), (50, 100, "")), "");
        assert_eq!(refusal(half, (100, 200, ""), (49, 100, "")), "shrunk");
    }

    #[test]
    fn what_nobody_has_looked_at_is_neither_ten_times_as_large_nor_older() {
        for (was, is, refused) in [
            ((200, 200, ""), (1_999, 1_999, ""), ""),
            ((200, 200, ""), (2_000, 2_000, ""), "grown"),
            ((3, 3, ""), (900, 900, ""), ""),
            ((3, 3, "2026-01-02"), (3, 3, "2026-01-02"), ""),
            ((3, 3, "2026-01-02"), (3, 3, "2026-01-03"), ""),
            ((3, 3, "2026-01-02"), (3, 3, "2025-12-31"), "older"),
            ((3, 3, ""), (3, 3, "2025-12-31"), ""),
            ((3, 3, "2026-01-02"), (3, 3, ""), ""),
        ] {
            assert_eq!(refusal(UNSEEN, was, is), refused, "{was:?} {is:?}");
            assert_eq!(refusal(SEEN, was, is), "", "an operator chose the file");
        }
    }
}
