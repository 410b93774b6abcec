//! From a feed that is due to a list in force, or to the reason why not. The list in force stays until another is better.

use std::time::{Duration, Instant};

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use store::{Feed, FeedError, FeedState, Fetched, ListVersion, Validators};
use watchlists::formats::{FormatError, Source};

use super::unpack::{UnpackError, unpack};
use super::{guard, header};
use crate::Service;
use crate::lists::{AddError, Added, Demands, ListFile, ListName, content_hash};
use crate::outbound::{DownloadError, Downloaded, Url, Wanted, download};
use crate::refused::Refused;

/// How long a publisher's word that nothing changed is believed before the whole is asked for: a cache that has lost its
/// mind says so for ever.
const BELIEVED: SignedDuration = SignedDuration::from_hours(24);

/// How long a publisher may be silent within an answer.
const IDLE: Duration = Duration::from_secs(30);

/// The first wait after a failure; it doubles up to the feed's usual interval.
const RETRY_FIRST: SignedDuration = SignedDuration::from_mins(1);

/// What a lease is longer than the feed may take: for reading what came, and putting it in force.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);

/// How an update ended well.
#[derive(Debug)]
pub enum Outcome {
    /// The publisher says that nothing changed.
    NotModified,
    /// All of it came, and is what is in force.
    Same,
    /// Another version is in force now.
    Put(Box<Added>),
}

/// Why a list was not updated. The one in force stays.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The list has no feed.
    #[error("the list has no source to fetch it from")]
    NoFeed,
    /// Somebody else fetches it, or its feed was set up anew meanwhile.
    #[error("the list is being fetched by somebody else")]
    Held,
    /// It did not come.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// What came cannot be unpacked.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    /// What came is not taken.
    #[error("{}", whole(.0))]
    Refused(#[from] AddError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] Refused),
}

/// A refusal with its reason, in one line.
fn whole(refused: &AddError) -> String {
    match std::error::Error::source(refused) {
        Some(why) => format!("{refused}: {why}"),
        None => refused.to_string(),
    }
}

impl FetchError {
    /// The stable word for this error.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NoFeed => "no_source",
            Self::Held => "held",
            Self::Download(error) => error.as_str(),
            Self::Unpack(error) => error.as_str(),
            Self::Refused(error) => error.as_str(),
            Self::Store(_) => "store",
        }
    }

    /// What an operator listens for in the log: what came is bad, or nothing came.
    fn alarm(&self) -> &'static str {
        match self {
            Self::Refused(AddError::Refused(_)) => "list_not_fetched",
            Self::Refused(_) | Self::Unpack(_) => "list_refused",
            _ => "list_not_fetched",
        }
    }
}

/// What came of a feed, all files whole.
struct Came {
    files: Vec<ListFile>,
    validators: Vec<Validators>,
}

impl Service {
    /// Fetches a list now, due or not. With `force` the whole is asked for, and taken although it has shrunk, grown or is
    /// older.
    ///
    /// # Errors
    /// Why it was not updated; its feed remembers.
    pub async fn update_list(&self, list: &str, force: bool) -> Result<Outcome, FetchError> {
        let feeds = self.store().feeds().await.map_err(Refused::from)?;
        let (feed, _) = feeds.into_iter().find(|(feed, _)| feed.list == list).ok_or(FetchError::NoFeed)?;
        let held = self.store().claim_feed(list, self.now(), lease(&feed)).await.map_err(Refused::from)?;
        self.fetch(held.ok_or(FetchError::Held)?, force).await
    }

    /// Leases the feed that has been due longest.
    pub(crate) async fn claim_due_feed(&self) -> Result<Option<Fetched>, Refused> {
        let Some(held) = self.store().claim_due_feed(self.now(), MARGIN).await? else { return Ok(None) };
        let until = self.now().saturating_add(lease(&held.feed)).unwrap_or(Timestamp::MAX);
        let kept = self.store().renew_feed(&held.feed.list, held.attempt, until).await?;
        Ok(kept.then_some(held))
    }

    /// Fetches what is leased, and notes how it went.
    pub(crate) async fn fetch(&self, held: Fetched, force: bool) -> Result<Outcome, FetchError> {
        let Fetched { feed, state, attempt } = held;
        let lists = match self.lists().await {
            Ok(lists) => lists,
            Err(error) => {
                self.store().let_feed_go(&feed.list, attempt).await.map_err(Refused::from)?;
                return Err(error.into());
            }
        };
        let in_force = lists.into_iter().find(|version| version.list == feed.list);
        let mut next = FeedState { tried_at: Some(self.now()), ..state.clone() };
        let fetched = self.fetch_and_put(&feed, &mut next, in_force.as_ref(), force).await;
        let now = self.now();
        next.tried_at = Some(now);
        match &fetched {
            Ok(_) => (next.fetched_at, next.failures, next.error) = (Some(now), 0, None),
            Err(error) => {
                next.failures = next.failures.saturating_add(1);
                next.failed_total += 1;
                next.error = Some(FeedError { kind: error.as_str().to_owned(), text: error.to_string() });
            }
        }
        let wait = wait(&feed, next.failures, asked_to_wait(&fetched), self.random_u64());
        next.due_at = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
        let noted = self.store().end_feed(&feed.list, attempt, &next).await.map_err(Refused::from)?;
        tell(&feed, &next, in_force.as_ref(), &fetched, now);
        if noted { fetched } else { Err(FetchError::Held) }
    }

    async fn fetch_and_put(
        &self,
        feed: &Feed,
        state: &mut FeedState,
        in_force: Option<&ListVersion>,
        force: bool,
    ) -> Result<Outcome, FetchError> {
        let now = self.now();
        let known = in_force.is_some_and(|version| Some(version.hash) == state.hash);
        let fresh = state.whole_at.is_some_and(|at| now.duration_since(at) < BELIEVED);
        let until = Instant::now() + Duration::try_from(feed.within).unwrap_or_default();
        let validators: &[Validators] = if known && fresh && !force { &state.validators } else { &[] };
        let Some(came) = all_of(feed, validators, until).await? else {
            // What is in force is still the newest.
            if let Some(version) = in_force {
                self.store().confirm_list(&feed.list, version.hash, now).await.map_err(Refused::from)?;
            }
            return Ok(Outcome::NotModified);
        };
        let hash = content_hash(&came.files);
        let same = in_force.is_some_and(|version| version.hash == hash);
        let outcome = if same {
            self.store().confirm_list(&feed.list, hash, now).await.map_err(Refused::from)?;
            Outcome::Same
        } else {
            if known && !force {
                not_before(&state.validators, &came.validators)?;
            }
            let unknown =
                |_| FormatError::NotOneList { why: "the source is of a format that is not read here".to_owned() };
            let source: Source = feed.source.parse().map_err(unknown).map_err(AddError::from)?;
            let demands = Demands { loss_max_percent: feed.loss_max_percent, unseen: true, forced: force };
            let name = ListName { name: Some(feed.list.clone()), ..ListName::of(source) };
            Outcome::Put(Box::new(self.put_list_in_force(&name, came.files, demands).await?))
        };
        state.hash = Some(hash);
        state.validators = came.validators;
        state.whole_at = Some(now);
        Ok(outcome)
    }
}

fn lease(feed: &Feed) -> SignedDuration {
    feed.within.saturating_add(MARGIN)
}

/// All files of a feed; none if each is as it was. Where only some are, all are asked for again: a set is of one publication.
async fn all_of(feed: &Feed, validators: &[Validators], until: Instant) -> Result<Option<Came>, FetchError> {
    let none = Validators::default();
    let mut came = Came { files: Vec::new(), validators: Vec::new() };
    let mut same = 0;
    let mut left = feed.bytes_max;
    for (at, address) in feed.addresses.iter().enumerate() {
        let known = validators.get(at).unwrap_or(&none);
        let wanted = Wanted {
            url: address.0.clone(),
            guard: guard(feed.private),
            headers: feed.headers.iter().filter_map(|(name, value)| header(name, &value.0)).collect(),
            etag: known.etag.clone(),
            last_modified: known.last_modified.clone(),
            until,
            idle: IDLE,
            bytes_max: left,
        };
        let Downloaded::File(file) = download(&wanted).await? else {
            same += 1;
            continue;
        };
        came.validators.push(Validators { etag: file.etag.clone(), last_modified: file.last_modified.clone() });
        let unpacked = tokio::task::spawn_blocking(move || unpack(*file, left)).await;
        let bytes = unpacked.map_err(|error| Refused::Internal(Box::new(error)))??;
        left -= bytes.len() as u64;
        came.files.push(ListFile { name: file_name(&address.0, at), bytes });
    }
    if same == feed.addresses.len() {
        return Ok(None);
    }
    if same > 0 { Box::pin(all_of(feed, &[], until)).await } else { Ok(Some(came)) }
}

/// What a file is called: as at its publisher's, in small letters, without what may be a secret.
fn file_name(address: &str, at: usize) -> String {
    let url = Url::parse(address).ok();
    let last = url.as_ref().and_then(|url| url.path_segments()?.next_back());
    let last = last.unwrap_or_default().to_ascii_lowercase();
    let name: String = last.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).take(64).collect();
    // The files of a set have names of their own; those that have not are told by their place.
    match name.as_str() {
        "" | "content" => format!("file-{}", at + 1),
        _ => name,
    }
}

/// Whether what came was changed after what was there, as far as the publisher's server says.
fn not_before(was: &[Validators], is: &[Validators]) -> Result<(), AddError> {
    let at = |of: &Validators| Some(rfc2822::parse(of.last_modified.as_ref()?).ok()?.timestamp());
    for (was, is) in was.iter().zip(is).filter_map(|(was, is)| at(was).zip(at(is))) {
        if is < was {
            return Err(AddError::Older { was: was.to_string(), is: is.to_string() });
        }
    }
    Ok(())
}

fn asked_to_wait(fetched: &Result<Outcome, FetchError>) -> SignedDuration {
    match fetched {
        Err(FetchError::Download(DownloadError::Status { retry_after: Some(wait), .. })) => {
            SignedDuration::try_from(*wait).unwrap_or(SignedDuration::ZERO)
        }
        _ => SignedDuration::ZERO,
    }
}

/// How long until a feed is looked at again, a tenth more or less, so that houses do not all come at the same time.
fn wait(feed: &Feed, failures: u32, asked: SignedDuration, random: u64) -> SignedDuration {
    let doubled = RETRY_FIRST.checked_mul(1 << failures.saturating_sub(1).min(20)).unwrap_or(SignedDuration::MAX);
    let wait = if failures == 0 { feed.every } else { doubled.min(feed.every) };
    let tenths_of_permille = 9_000 + i32::try_from(random % 2_001).unwrap_or_default();
    let jittered = (wait / 10_000).checked_mul(tenths_of_permille).unwrap_or(wait);
    jittered.max(asked)
}

fn tell(
    feed: &Feed,
    state: &FeedState,
    in_force: Option<&ListVersion>,
    fetched: &Result<Outcome, FetchError>,
    now: Timestamp,
) {
    let list = feed.list.as_str();
    match fetched {
        Ok(Outcome::Put(added)) => tracing::info!(
            list.name = list,
            list.entries = added.version.entities,
            list.published = added.version.published_on,
            list.defects = added.version.defects,
            "A new version of {list} was fetched and is in force"
        ),
        Ok(Outcome::NotModified | Outcome::Same) => tracing::debug!(list.name = list, "The list is as it was"),
        Err(error) => tracing::error!(
            alarm = error.alarm(),
            list.name = list,
            error.kind = error.as_str(),
            list.failures = state.failures,
            list.age_seconds = in_force.map(|version| now.duration_since(version.confirmed_at).as_secs()),
            "The list {list} was not updated, and stays as it is: {error}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn feed(every: SignedDuration) -> Feed {
        Feed {
            list: "un".to_owned(),
            source: "un".to_owned(),
            addresses: Vec::new(),
            headers: Default::default(),
            private: false,
            every,
            within: SignedDuration::from_mins(10),
            loss_max_percent: 10,
            bytes_max: 1,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_failing_feed_is_left_alone_longer_and_longer_and_never_longer_than_usual() {
        let hour = feed(SignedDuration::from_hours(1));
        let minutes = |failures| wait(&hour, failures, SignedDuration::ZERO, 1_000).as_mins();
        assert_eq!([0, 1, 2, 3, 6, 7, 60].map(minutes), [60, 1, 2, 4, 32, 60, 60]);
        let soon = feed(SignedDuration::from_secs(5));
        assert_eq!(wait(&soon, 3, SignedDuration::ZERO, 1_000), SignedDuration::from_secs(5));
        assert_eq!(wait(&soon, 3, SignedDuration::from_secs(90), 1_000), SignedDuration::from_secs(90));
    }

    proptest! {
        #[test]
        fn the_wait_is_bounded(seconds in 5..604_800_i64, failures: u32, random: u64) {
            let every = SignedDuration::from_secs(seconds);
            let wait = wait(&feed(every), failures, SignedDuration::ZERO, random);
            prop_assert!(wait > SignedDuration::ZERO && wait <= every + every / 10);
        }
    }

    #[test]
    fn files_are_called_as_their_publisher_does() {
        for (address, at, name) in [
            ("https://a.example/exports/SDN.CSV", 0, "sdn.csv"),
            ("https://a.example/fsf/xmlFullSanctionsList_1_1/content?token=secret", 0, "file-1"),
            ("https://a.example/", 1, "file-2"),
            ("https://a.example/%2e%2e%2fx.xml?secret", 0, "2e2e2fx.xml"),
        ] {
            assert_eq!(file_name(address, at), name);
        }
    }

    #[test]
    fn what_a_server_says_is_older_is_older() {
        let at = |text: &str| vec![Validators { etag: None, last_modified: Some(text.to_owned()) }];
        let (first, second) = (at("Wed, 21 Oct 2026 07:28:00 GMT"), at("Wed, 21 Oct 2026 07:29:00 GMT"));
        assert!(not_before(&first, &second).is_ok() && not_before(&first, &first).is_ok());
        assert!(matches!(not_before(&second, &first), Err(AddError::Older { .. })));
        assert!(not_before(&second, &at("yesterday")).is_ok() && not_before(&second, &[]).is_ok());
    }
}
