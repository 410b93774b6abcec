//! A list as it stands: what is in force, how old it is, how fetching it goes.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use service::feeds::Standing;
use service::{Feed, FeedState, ListVersion};
use watchlists::ftm;

/// All of them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListsView {
    /// Which composition of lists is searched; 0 before there is any.
    pub generation: u64,
    /// Each, by name.
    pub lists: Vec<ListView>,
}

/// One list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListView {
    list: String,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    age_seconds: Option<i64>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    version: Option<VersionView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<FeedView>,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Status {
    /// In force, and young enough to clear somebody.
    InForce,
    /// In force, and older than the tenant allows: it finds, and does not clear.
    Stale,
    /// It has a feed, and nothing came from there yet.
    Missing,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VersionView {
    title: String,
    version: String,
    published_on: Option<String>,
    added_at: String,
    confirmed_at: String,
    entries: u64,
    names: u64,
    topics: Vec<&'static str>,
    defects: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FeedView {
    every_seconds: i64,
    tried_at: Option<String>,
    fetched_at: Option<String>,
    next_try_at: String,
    failures: u32,
    error: Option<ErrorView>,
}

#[derive(Serialize)]
struct ErrorView {
    kind: String,
    text: String,
}

impl ListView {
    /// As a tenant sees it that clears nobody by a list older than this.
    pub fn of(standing: &Standing, age_max: SignedDuration, now: Timestamp) -> Self {
        let age = standing.age(now);
        Self {
            list: standing.list.clone(),
            status: match age {
                None => Status::Missing,
                Some(age) if age > age_max => Status::Stale,
                Some(_) => Status::InForce,
            },
            age_seconds: age.map(|age| age.as_secs()),
            version: standing.version.as_ref().map(VersionView::of),
            feed: standing.feed.as_ref().map(|(feed, state)| FeedView::of(feed, state)),
        }
    }
}

impl VersionView {
    fn of(version: &ListVersion) -> Self {
        Self {
            title: version.title.clone(),
            version: hex::encode(version.hash),
            published_on: version.published_on.clone(),
            added_at: version.added_at.to_string(),
            confirmed_at: version.confirmed_at.to_string(),
            entries: version.entities,
            names: version.names,
            topics: ftm::topic_words(version.topics),
            defects: version.defects,
        }
    }
}

impl FeedView {
    fn of(feed: &Feed, state: &FeedState) -> Self {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let error = state.error.clone();
        Self {
            every_seconds: feed.every.as_secs(),
            tried_at: text(state.tried_at),
            fetched_at: text(state.fetched_at),
            next_try_at: state.due_at.to_string(),
            failures: state.failures,
            error: error.map(|error| ErrorView { kind: error.kind, text: error.text }),
        }
    }
}
