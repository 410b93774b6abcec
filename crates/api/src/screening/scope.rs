//! Datasets: which lists a question is about.
//!
//! Every list in force is a dataset of its own name. `default` is all of them; `sanctions` and `peps` are the parts of
//! all of them that are listed for that.

use service::screening::Lists;
use watchlists::ftm;
use watchlists::screening::{ListNumber, Options};
use watchlists::{Topic, Topics};

use super::error::Trouble;
use super::params::Params;

/// A collection of lists.
pub struct Collection {
    /// Its name.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What its entries are listed for; `None` for whatever it is.
    pub topics: Option<Topics>,
}

/// Every collection, the whole first.
pub const COLLECTIONS: [Collection; 3] = [
    Collection { name: "default", title: "All lists", topics: None },
    Collection {
        name: "sanctions",
        title: "Sanctioned parties of all lists",
        topics: Some(Topics::of(Topic::Sanction).with(Topic::SanctionLinked)),
    },
    Collection {
        name: "peps",
        title: "Politically exposed persons of all lists",
        topics: Some(Topics::of(Topic::Pep).with(Topic::Rca)),
    },
];

impl Collection {
    /// The lists that have something of it.
    pub fn children<'a>(&self, lists: &'a Lists) -> impl Iterator<Item = (ListNumber, &'a str)> {
        let topics = self.topics;
        let fitting = move |had: Topics| topics.is_none_or(|topics| topics.meets(had));
        lists
            .visible()
            .filter(move |(version, _)| fitting(version.topics))
            .map(|(version, number)| (number, version.list.as_str()))
    }
}

/// The lists and topics of one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    lists: Vec<ListNumber>,
    /// Each of these sets must meet an entity's; `Options` knows one of them.
    topics: Vec<Topics>,
}

impl Scope {
    /// The scope of a dataset, narrowed by the parameters that every question may have.
    ///
    /// # Errors
    /// No list in force at all (503); a dataset that is not there (404); parameters that leave nothing, or name what
    /// cannot be told apart here, for the answer would be empty for the wrong reason (400).
    pub fn of(dataset: &str, params: &Params, lists: &Lists) -> Result<Self, Trouble> {
        if lists.index.is_empty() {
            return Err(Trouble::no_lists());
        }
        let (mut numbers, collected) = numbers(dataset, lists).ok_or(Trouble::not_found("No such dataset."))?;
        let included = params.all("include_dataset");
        if !included.is_empty() {
            let mut wanted = Vec::new();
            for name in included {
                let known = self::numbers(name, lists);
                wanted.extend(known.ok_or_else(|| Trouble::bad("include_dataset: no such dataset."))?.0);
            }
            numbers.retain(|number| wanted.contains(number));
        }
        // A dataset that is not there is excluded already.
        for (excluded, _) in params.all("exclude_dataset").into_iter().filter_map(|name| self::numbers(name, lists)) {
            numbers.retain(|number| !excluded.contains(number));
        }
        if numbers.is_empty() {
            return Err(Trouble::bad("No dataset is left to look in."));
        }
        let mut scope = Self { lists: numbers, topics: collected.into_iter().collect() };
        scope.topics.extend(asked_topics(&params.all("topics"))?);
        Ok(scope)
    }

    /// The part of it that the index knows how to filter by.
    #[must_use]
    pub fn options(&self) -> Options {
        Options { lists: Some(self.lists.clone()), topics: self.topics.first().copied(), ..Options::default() }
    }

    /// Whether an entity of the index's part is in the scope.
    #[must_use]
    pub fn admits(&self, topics: Topics) -> bool {
        self.topics.iter().all(|wanted| wanted.meets(topics))
    }
}

/// Any of these topics.
///
/// # Errors
/// None of them is told apart here: nobody would be found, for the wrong reason.
pub fn asked_topics(words: &[&str]) -> Result<Option<Topics>, Trouble> {
    if words.is_empty() {
        return Ok(None);
    }
    let known = words.iter().filter_map(|word| ftm::topic(word));
    let topics = known.fold(Topics::NONE, Topics::with);
    if topics == Topics::NONE {
        let words: Vec<_> = ftm::TOPICS.iter().map(|(_, word)| *word).collect();
        return Err(Trouble::bad(format!("topics: none of them is known here; known are {}.", words.join(", "))));
    }
    Ok(Some(topics))
}

/// The lists of a dataset, and what its entries are listed for; `None` if it is not there.
fn numbers(dataset: &str, lists: &Lists) -> Option<(Vec<ListNumber>, Option<Topics>)> {
    if let Some(collection) = COLLECTIONS.iter().find(|collection| collection.name == dataset) {
        let numbers: Vec<_> = collection.children(lists).map(|(number, _)| number).collect();
        return Some((numbers, collection.topics)).filter(|(numbers, _)| !numbers.is_empty());
    }
    let (_, number) = lists.visible().find(|(version, _)| version.list == dataset)?;
    Some((vec![number], None))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::fixture;

    fn scope(dataset: &str, query: &str) -> Result<Scope, StatusCode> {
        let params = Params::of(&format!("/x?{query}").parse().expect("a URI")).expect("UTF-8");
        Scope::of(dataset, &params, &fixture::lists()).map_err(|trouble| trouble.status())
    }

    fn of(lists: &[u16], topics: &[Topics]) -> Result<Scope, StatusCode> {
        let lists = lists.iter().map(|number| ListNumber(*number)).collect();
        Ok(Scope { lists, topics: topics.to_vec() })
    }

    #[test]
    fn datasets_are_lists_and_collections_of_them() {
        let sanctions = Topics::of(Topic::Sanction).with(Topic::SanctionLinked);
        let peps = Topics::of(Topic::Pep).with(Topic::Rca);
        assert_eq!(scope("default", ""), of(&[0, 1], &[]));
        assert_eq!(scope("un", ""), of(&[0], &[]));
        assert_eq!(scope("sanctions", ""), of(&[0, 1], &[sanctions]));
        assert_eq!(scope("peps", "topics=role.pep"), of(&[1], &[peps, Topics::of(Topic::Pep)]));
        assert_eq!(scope("nowhere", ""), Err(StatusCode::NOT_FOUND));
        assert_eq!(scope("eu", ""), Err(StatusCode::NOT_FOUND));
    }

    #[test]
    fn parameters_narrow_and_never_to_nothing() {
        assert_eq!(scope("default", "include_dataset=ftm"), of(&[1], &[]));
        assert_eq!(scope("default", "exclude_dataset=un&exclude_dataset=unheard_of"), of(&[1], &[]));
        assert_eq!(scope("default", "topics=sanction&topics=gov.soe"), of(&[0, 1], &[Topics::of(Topic::Sanction)]));
        for nothing in ["include_dataset=eu", "exclude_dataset=default", "topics=gov.soe"] {
            assert_eq!(scope("default", nothing), Err(StatusCode::BAD_REQUEST), "{nothing}");
        }
        assert_eq!(scope("un", "include_dataset=ftm"), Err(StatusCode::BAD_REQUEST));
        let empty = Params::of(&"/x".parse().expect("a URI")).expect("UTF-8");
        let refused = Scope::of("default", &empty, &Lists::none()).expect_err("no list");
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    }

    #[test]
    fn every_topic_must_be_met() {
        let scope = scope("peps", "topics=sanction").expect("a scope");
        assert!(!scope.admits(Topics::of(Topic::Pep)));
        assert!(scope.admits(Topics::of(Topic::Pep).with(Topic::Sanction)));
        assert!(scope.options().topics.is_some());
    }
}
