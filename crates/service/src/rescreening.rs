//! What changed between two generations of lists, and whom of the customers it may concern.
//!
//! A pass asks each customer about an index of the changed entries alone, so that its cost follows the change. Whom
//! something may concern is screened against everything, like anybody else; nobody's checks are moved here.

use std::collections::HashSet;
use std::sync::Arc;

use onboarding::screening::Questions;
use onboarding::{Case, Policy, TenantId};
use store::{Generation, Pass};
use watchlists::formats::{self, FormatError, Limits, Source};
use watchlists::screening::Options;
use watchlists::{Delta, Entity, EntityId, Index, Inventory, ListNumber, Screener, Topics};

use crate::Service;
use crate::lists::{ListFile, inputs};
use crate::refused::Refused;
use crate::screening::{ENGINE, query, threshold};

/// What changed between two generations.
pub struct Changed {
    /// The entries that came or are weighed differently, as they are now.
    index: Index,
    /// The lists in it that only one tenant sees.
    owners: Vec<(ListNumber, Option<TenantId>)>,
    /// Those that went or are weighed differently, as (list, id).
    gone: HashSet<(String, EntityId)>,
    /// The same, list by list.
    pub lists: Vec<(String, Delta)>,
}

/// Whom a pass asks about what.
#[derive(Clone)]
pub(crate) enum Asks {
    /// Everybody is screened whole.
    Everything,
    /// About what changed.
    Changed(Arc<Changed>),
}

impl Changed {
    /// Whether anything did.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty() && self.gone.is_empty()
    }

    /// Whether an entry went or is weighed differently, so that what a person is asked about may have.
    #[must_use]
    pub fn has_lost(&self) -> bool {
        !self.gone.is_empty()
    }

    /// Whoever is to ask about many customers, one after the other.
    #[must_use]
    pub fn screener(&self) -> Screener<'_> {
        Screener::new(&self.index)
    }

    /// Whether an entry that came or changed looks like the customer or a party around it.
    #[must_use]
    pub fn looks_like(
        &self,
        screener: &mut Screener<'_>,
        tenant: TenantId,
        asked: &Questions,
        policy: &Policy,
    ) -> bool {
        let topics = asked.checks.iter().fold(Topics::NONE, |all, kind| all.union(kind.topics()));
        let seen = |owner: Option<TenantId>| owner.is_none_or(|owner| owner == tenant);
        let all = self.owners.iter().all(|(_, owner)| seen(*owner));
        let lists = self.owners.iter().filter(|(_, owner)| seen(*owner)).map(|(number, _)| *number);
        let lists = if all { None } else { Some(lists.collect()) };
        let options = Options { threshold: threshold(policy.alert_threshold), limit: 1, topics: Some(topics), lists };
        asked.subjects.iter().any(|subject| !screener.screen(&query(subject), &options).is_empty())
    }

    /// Whether an entry that a person is asked about went or changed.
    #[must_use]
    pub fn touches(&self, case: &Case) -> bool {
        let gone = |list: &str, entity: &str| self.gone.contains(&(list.to_owned(), EntityId(entity.to_owned())));
        case.hits().any(|asked| asked.hit.entries().any(|(list, entity, _)| gone(list, entity)))
    }
}

impl Service {
    /// What changed between two generations, by the content of their lists.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for a generation that there never was; a stored list that cannot be read.
    pub async fn changed_between(&self, old: u64, new: u64) -> Result<Changed, Refused> {
        let old = self.store().generation(old).await?.ok_or(Refused::NotFound)?;
        let new = self.store().generation(new).await?.ok_or(Refused::NotFound)?;
        let lists = differing(&old, &new);
        let mut versions = Vec::with_capacity(lists.len());
        for (list, was, is) in lists {
            let (was, is) = (self.version_of(&list, was).await?, self.version_of(&list, is).await?);
            versions.push((list, was, is));
        }
        let compare = move || compare(versions);
        let compared =
            tokio::task::spawn_blocking(compare).await.map_err(|error| Refused::Internal(Box::new(error)))?;
        compared.map_err(|error| Refused::Internal(Box::new(error)))
    }

    /// What a pass has to ask: nothing less than everything where what changed since cannot be told.
    pub(crate) async fn asks(&self, pass: &Pass) -> Result<Asks, Refused> {
        if pass.since == 0 {
            return Ok(Asks::Everything);
        }
        Ok(Asks::Changed(Arc::new(self.changed_between(pass.since, pass.generation).await?)))
    }

    /// Has every customer screened anew against the lists in force. Says which generation they will be covered by.
    ///
    /// # Errors
    /// [`Refused::State`] where there is no list yet.
    pub async fn rescreen_everybody(&self) -> Result<u64, Refused> {
        let now = self.now();
        self.store().add_generation(ENGINE, now).await?;
        let newest = self.store().newest_generation().await?.filter(|newest| !newest.lists.is_empty());
        let newest = newest.ok_or(Refused::State("there is no list to screen against"))?;
        self.store().begin_pass(newest.number, 0, now).await?;
        Ok(newest.number)
    }

    /// A stored version of a list with its files; nothing of none.
    pub(crate) async fn version_of(&self, list: &str, hash: Option<[u8; 32]>) -> Result<Option<Stored>, Refused> {
        let Some(hash) = hash else { return Ok(None) };
        let version = self.store().list_version(list, hash).await?.ok_or(Refused::NotFound)?;
        let files = self.store().list_files(list, hash).await?;
        let files = files.into_iter().map(|(name, bytes)| ListFile { name, bytes }).collect();
        Ok(Some(Stored { format: version.format, tenant: version.tenant, files }))
    }
}

/// A stored version of a list.
pub(crate) struct Stored {
    pub format: String,
    pub tenant: Option<TenantId>,
    pub files: Vec<ListFile>,
}

type Version = Option<[u8; 32]>;

/// The lists that are not the same in both, each with its version in the old and in the new one.
fn differing(old: &Generation, new: &Generation) -> Vec<(String, Version, Version)> {
    let version = |of: &Generation, list: &str| of.lists.iter().find(|(name, _)| name == list).map(|(_, hash)| *hash);
    let mut names: Vec<&String> = old.lists.iter().chain(&new.lists).map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    let versions = names.into_iter().map(|name| (name.clone(), version(old, name), version(new, name)));
    versions.filter(|(_, was, is)| was != is).collect()
}

fn compare(versions: Vec<(String, Option<Stored>, Option<Stored>)>) -> Result<Changed, FormatError> {
    let mut builder = Index::builder();
    let (mut gone, mut lists, mut owners) = (HashSet::new(), Vec::new(), Vec::new());
    for (list, was, is) in versions {
        let mut inventories = [Inventory::default(), Inventory::default()];
        for (inventory, files) in inventories.iter_mut().zip([&was, &is]) {
            if let Some(stored) = files {
                stored.read(&mut |entity| inventory.note(&entity))?;
            }
        }
        let delta = inventories[0].delta(&inventories[1]);
        let came: HashSet<&EntityId> = delta.added.iter().chain(&delta.changed).collect();
        let number = builder.list(list.clone(), String::new());
        if let Some(stored) = &is {
            stored.read(&mut |entity| {
                if came.contains(&entity.id) {
                    builder.add(number, &entity);
                }
            })?;
        }
        owners.push((number, is.as_ref().and_then(|stored| stored.tenant)));
        gone.extend(delta.removed.iter().chain(&delta.changed).map(|id| (list.clone(), id.clone())));
        lists.push((list, delta));
    }
    Ok(Changed { index: builder.build(), owners, gone, lists })
}

impl Stored {
    /// Reads it again, entry by entry.
    pub(crate) fn read(&self, each: &mut dyn FnMut(Entity)) -> Result<(), FormatError> {
        let unknown = |_| FormatError::NotOneList { why: "the store holds a list of an unknown source".to_owned() };
        let source: Source = self.format.parse().map_err(unknown)?;
        formats::read(source, &inputs(&self.files), &Limits::default(), each).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generation(number: u64, lists: &[(&str, u8)]) -> Generation {
        let lists = lists.iter().map(|(name, hash)| ((*name).to_owned(), [*hash; 32])).collect();
        Generation { number, engine: "1".to_owned(), made_at: onboarding::Timestamp::UNIX_EPOCH, lists }
    }

    #[test]
    fn only_lists_of_other_content_are_compared() {
        let old = generation(1, &[("eu", 1), ("un", 1), ("uk", 1)]);
        let new = generation(2, &[("ca", 1), ("un", 2), ("uk", 1)]);
        let expected = [
            ("ca".to_owned(), None, Some([1; 32])),
            ("eu".to_owned(), Some([1; 32]), None),
            ("un".to_owned(), Some([1; 32]), Some([2; 32])),
        ];
        assert_eq!(differing(&old, &new), expected);
    }

    fn own(rows: &[&str]) -> Option<Stored> {
        let text = format!("id,name,birth_date,note\n{}\n", rows.join("\n"));
        let files = vec![ListFile { name: "own.csv".to_owned(), bytes: text.into_bytes() }];
        Some(Stored { format: "custom".to_owned(), tenant: None, files })
    }

    #[test]
    fn what_came_changed_and_went_is_found_in_the_published_files() {
        let was = own(&["1,Erna Musterfrau,1969-12-11,", "2,Bob Smith,1953-09-22,", "3,Ann Lee,1980-01-01,seen"]);
        let is = own(&["1,Erna Musterfrau,1969-12-11,", "2,Bob Smith,1954-09-22,", "4,Timur Kasimov,1970-01-01,"]);
        let changed = compare(vec![("custom".to_owned(), was, is)]).expect("both read");
        let delta = &changed.lists[0].1;
        assert_eq!((delta.added.len(), delta.changed.len(), delta.removed.len()), (1, 1, 1));
        assert_eq!((changed.index.len(), changed.gone.len()), (2, 2));
    }
}
