//! What one version of a list has that another has not, entry by entry: of what a screening weighs.
//!
//! Both versions are read twice: once for a digest of each entry, and once more for those that differ, so that memory
//! follows the difference and the ids, not the lists.

use std::collections::HashMap;

use onboarding::TenantId;
use store::ListVersion;
use tokio::sync::Semaphore;
use watchlists::delta::changed_fields;
use watchlists::formats::{FormatError, Source};
use watchlists::ftm::topic_words;
use watchlists::{Delta, Entity, EntityId, Inventory, material};

use crate::Service;
use crate::lists::ListFile;
use crate::refused::Refused;
use crate::rescreening::Stored;

/// Comparisons at the same time.
static READING: Semaphore = Semaphore::const_new(2);

/// A version of a list.
#[derive(Debug)]
pub enum Edition {
    /// One that is kept: its list and hash.
    Stored(String, [u8; 32]),
    /// Files that were never added.
    Files(Source, Vec<ListFile>),
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Listed since.
    Added,
    /// Listed in both, and weighed differently.
    Changed,
    /// Listed no more.
    Delisted,
}

impl What {
    /// The word a reader reads.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Delisted => "delisted",
        }
    }
}

/// An entry that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What became of it.
    pub what: What,
    /// Its id.
    pub id: String,
    /// The name its list leads with; of what is delisted, the last one.
    pub caption: String,
    /// What it is listed for.
    pub topics: Vec<&'static str>,
    /// Of a changed one: which fields are others, those for a reader as well.
    pub fields: Vec<&'static str>,
    /// Of a changed one: what of it reopens a decision about it.
    pub changes: Vec<String>,
}

/// Why two versions cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// The files are not what they should be.
    #[error("the list cannot be read")]
    Format(#[from] FormatError),
    /// There is no such version, or the store failed.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl Service {
    /// The versions of a list whose hash begins so; the one in force, where nothing is said.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn list_versions_named(&self, list: &str, version: Option<&str>) -> Result<Vec<ListVersion>, Refused> {
        let Some(wanted) = version.map(str::to_ascii_lowercase) else {
            return Ok(self.lists().await?.into_iter().filter(|version| version.list == list).collect());
        };
        let mut versions = self.store().list_versions(list).await?;
        versions.retain(|version| crate::screening::hex(&version.hash).starts_with(&wanted));
        Ok(versions)
    }

    /// Every version of a list that this tenant may see, the newest first.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for a list that there never was, or is another tenant's.
    pub async fn list_history(&self, list: &str, tenant: TenantId) -> Result<Vec<ListVersion>, Refused> {
        let mut versions = self.store().list_versions(list).await?;
        versions.retain(|version| version.is_seen_by(tenant));
        if versions.is_empty() { Err(Refused::NotFound) } else { Ok(versions) }
    }

    /// What the newer has that the older has not, in the order of [`What`] and of the ids.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for a version that there is not; files that are not the list.
    pub async fn list_delta(&self, older: Edition, newer: Edition) -> Result<Vec<Item>, DiffError> {
        // Both versions are in memory while they are read.
        let _turn = READING.acquire().await.map_err(|error| Refused::Internal(Box::new(error)))?;
        let (was, is) = (self.opened(older).await?, self.opened(newer).await?);
        let compared = tokio::task::spawn_blocking(move || compare(&was, &is)).await;
        Ok(compared.map_err(|error| Refused::Internal(Box::new(error)))??)
    }

    async fn opened(&self, edition: Edition) -> Result<Stored, Refused> {
        match edition {
            Edition::Stored(list, hash) => self.version_of(&list, Some(hash)).await?.ok_or(Refused::NotFound),
            Edition::Files(source, files) => Ok(Stored { format: source.as_str().to_owned(), tenant: None, files }),
        }
    }
}

fn compare(was: &Stored, is: &Stored) -> Result<Vec<Item>, FormatError> {
    let mut inventories = [Inventory::default(), Inventory::default()];
    for (inventory, stored) in inventories.iter_mut().zip([was, is]) {
        stored.read(&mut |entity| inventory.note(&entity))?;
    }
    let Delta { added, changed, removed } = inventories[0].delta(&inventories[1]);
    let before = entities(was, removed.iter().chain(&changed))?;
    let after = entities(is, added.iter().chain(&changed))?;
    let item = |what, entity: &Entity| Item {
        what,
        id: entity.id.0.clone(),
        caption: entity.caption().to_owned(),
        topics: topic_words(entity.topics),
        fields: Vec::new(),
        changes: Vec::new(),
    };
    let mut items: Vec<Item> = Vec::with_capacity(added.len() + changed.len() + removed.len());
    items.extend(added.iter().filter_map(|id| after.get(id)).map(|entity| item(What::Added, entity)));
    for (was, is) in changed.iter().filter_map(|id| Some((before.get(id)?, after.get(id)?))) {
        let changes = material::differences(was, is).iter().map(ToString::to_string).collect();
        items.push(Item { fields: changed_fields(was, is), changes, ..item(What::Changed, is) });
    }
    items.extend(removed.iter().filter_map(|id| before.get(id)).map(|entity| item(What::Delisted, entity)));
    Ok(items)
}

fn entities<'a>(
    of: &Stored,
    ids: impl Iterator<Item = &'a EntityId>,
) -> Result<HashMap<EntityId, Entity>, FormatError> {
    let wanted: std::collections::HashSet<&EntityId> = ids.collect();
    let mut found = HashMap::with_capacity(wanted.len());
    of.read(&mut |entity| {
        if wanted.contains(&entity.id) {
            found.insert(entity.id.clone(), entity);
        }
    })?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(rows: &[&str]) -> Stored {
        let text = format!("id,name,aliases,birth_date,notes\n{}\n", rows.join("\n"));
        let files = vec![ListFile { name: "own.csv".to_owned(), bytes: text.into_bytes() }];
        Stored { format: "custom".to_owned(), tenant: None, files }
    }

    #[test]
    fn what_came_changed_and_went_is_told_with_its_fields() {
        let was =
            own(&["1,Erna Musterfrau,,1969-12-11,", "2,Bob Smith,Bobby,1953-09-22,", "3,Ann Lee,,1980-01-01,seen"]);
        let is = own(&[
            "2,Bob Smith,Bobby;Rob,1953-09-22,new",
            "3,Ann Lee,,1980-01-01,again",
            "4,Timur Kasimov,,1970-01-01,",
        ]);
        let items = compare(&was, &is).expect("both read");
        let told: Vec<_> =
            items.iter().map(|item| (item.what.as_str(), item.id.as_str(), item.caption.as_str())).collect();
        let expected = [
            ("added", "custom-4", "Timur Kasimov"),
            ("changed", "custom-2", "Bob Smith"),
            ("delisted", "custom-1", "Erna Musterfrau"),
        ];
        assert_eq!(told, expected, "a note alone is no change");
        assert_eq!(items[1].fields, ["names", "notes"]);
        assert_eq!(items[1].changes, ["new name: Rob"]);
    }
}
