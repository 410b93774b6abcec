//! Which lists an answer rests on, and whether it may say that nobody is listed.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use service::ListVersion;
use service::screening::Lists;
use watchlists::screening::ListNumber;
use watchlists::{Topics, ftm};

use super::body::Asked;

/// A list of the question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListView {
    /// Its name.
    pub list: String,
    /// How it stands.
    pub status: Status,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The content hash of its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The day it was published, as it says itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_on: Option<String>,
    /// How long ago it was added, fetched or confirmed unchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_seconds: Option<i64>,
    /// What its entries are listed for.
    pub topics: Vec<&'static str>,
}

/// How a list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// In force, and young enough to clear somebody.
    InForce,
    /// In force, and older than the tenant allows: it finds, and does not clear.
    Stale,
    /// Not in force: nothing was looked up in it.
    Missing,
}

/// The lists of one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Each of them.
    pub lists: Vec<ListView>,
    /// Topics that were asked for and that no list here has.
    pub topics_missing: Vec<&'static str>,
    /// The lists to look in.
    pub numbers: Vec<ListNumber>,
}

impl Seen {
    /// The lists that a question needs: those that it names, or all that have something of its topics.
    #[must_use]
    pub fn of(asked: &Asked, lists: &Lists, age_max: SignedDuration, now: Timestamp) -> Self {
        let (mut views, mut numbers, mut covered) = (Vec::new(), Vec::new(), Topics::NONE);
        for (version, number) in lists.visible() {
            let named = asked.lists.contains(&version.list.as_str());
            let about = asked.topics == Topics::NONE || asked.topics.meets(version.topics);
            if named || (asked.lists.is_empty() && about) {
                views.push(in_force(version, age_max, now));
                numbers.push(number);
                covered = covered.union(version.topics);
            }
        }
        for name in &asked.lists {
            if !views.iter().any(|view| view.list == *name) {
                let list = (*name).to_owned();
                let (title, version, published_on, age_seconds) = (None, None, None, None);
                let topics = Vec::new();
                views.push(ListView {
                    list,
                    status: Status::Missing,
                    title,
                    version,
                    published_on,
                    age_seconds,
                    topics,
                });
            }
        }
        let had = ftm::topic_words(covered);
        let wanted = ftm::topic_words(asked.topics);
        let topics_missing = wanted.into_iter().filter(|word| !had.contains(word)).collect();
        Self { lists: views, topics_missing, numbers }
    }

    /// Whether an empty answer says that nobody is listed.
    #[must_use]
    pub fn can_clear(&self) -> bool {
        !self.lists.is_empty()
            && self.topics_missing.is_empty()
            && self.lists.iter().all(|list| list.status == Status::InForce)
    }
}

fn in_force(version: &ListVersion, age_max: SignedDuration, now: Timestamp) -> ListView {
    let age = now.duration_since(version.confirmed_at).max(SignedDuration::ZERO);
    ListView {
        list: version.list.clone(),
        status: if age > age_max { Status::Stale } else { Status::InForce },
        title: Some(version.title.clone()),
        version: Some(version.hash.iter().map(|byte| format!("{byte:02x}")).collect()),
        published_on: version.published_on.clone(),
        age_seconds: Some(age.as_secs()),
        topics: ftm::topic_words(version.topics),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::body;
    use super::*;
    use crate::fixture;

    fn seen(lists: &[&str], topics: &[&str], days: i64) -> Seen {
        let asked = json!({"party": {"names": ["A B"]}, "lists": lists, "topics": topics});
        let asked = body::read(&asked).expect("a question");
        let now = fixture::confirmed_at() + SignedDuration::from_hours(24 * days);
        Seen::of(&asked, &fixture::lists(), SignedDuration::from_hours(24 * 7), now)
    }

    fn statuses(seen: &Seen) -> Vec<(&str, Status)> {
        seen.lists.iter().map(|list| (list.list.as_str(), list.status)).collect()
    }

    #[test]
    fn all_lists_are_meant_unless_some_are_named() {
        use Status::{InForce, Missing, Stale};
        let all = seen(&[], &[], 1);
        assert_eq!((statuses(&all), all.can_clear()), (vec![("un", InForce), ("ftm", InForce)], true));
        assert_eq!(all.lists[0].age_seconds, Some(86_400));
        let one = seen(&["un", "eu"], &[], 1);
        assert_eq!((statuses(&one), one.can_clear()), (vec![("un", InForce), ("eu", Missing)], false));
        assert_eq!(one.numbers, [ListNumber(0)]);
        let old = seen(&[], &[], 8);
        assert_eq!((statuses(&old), old.can_clear()), (vec![("un", Stale), ("ftm", Stale)], false));
    }

    #[test]
    fn a_topic_that_no_list_has_is_missing() {
        let peps = seen(&[], &["role.pep"], 1);
        assert_eq!((statuses(&peps), peps.can_clear()), (vec![("ftm", Status::InForce)], true));
        let wanted = seen(&[], &["role.pep", "wanted"], 1);
        assert_eq!((wanted.topics_missing.as_slice(), wanted.can_clear()), (&["wanted"][..], false));
        assert!(!seen(&["un"], &["role.pep"], 1).can_clear());
        let nothing = seen(&[], &["wanted"], 1);
        assert!(nothing.lists.is_empty() && !nothing.can_clear());
    }
}
