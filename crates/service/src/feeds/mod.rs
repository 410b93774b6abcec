//! Feeds: lists that fetch themselves from where they are published.
//!
//! - [`presets`]: the official addresses;
//! - [`fetch`]: from a feed that is due to a list in force, or to the reason why not;
//! - `unpack`: gzip and zstd, within bounds.
//!
//! `docs/decisions/0007-lists-that-fetch-themselves.md` says what is believed and what is not.

pub mod fetch;
pub mod presets;
mod unpack;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use onboarding::{Pii, TenantId};
use store::{Feed, FeedState, ListVersion};
use watchlists::formats::Source;

use crate::Service;
use crate::lists::{AddError, ListName};
use crate::outbound::{Guard, HeaderName, HeaderValue, UrlProblem, check_url};
use crate::refused::Refused;

/// How often a list is looked at unless somebody says otherwise: a designation must show within minutes, and a publisher
/// that answers `304` hardly notices.
pub const EVERY: SignedDuration = SignedDuration::from_mins(15);

/// How long fetching all files of a list may take unless somebody says otherwise: the largest at 1 MB/s.
pub const WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// How much of a list may be gone unless somebody says otherwise, in hundredths.
pub const LOSS_MAX_PERCENT: u8 = 10;

/// Bytes of a list, unpacked, unless somebody says otherwise: ten times what the largest government's has.
pub const BYTES_MAX: u64 = 512 << 20;

/// Files of one list; the largest set that is published has four.
const FILES_MAX: usize = 16;

/// Headers of one feed.
const HEADERS_MAX: usize = 16;

/// A feed to be set up.
#[derive(Debug, Clone)]
pub struct NewFeed {
    /// Whose format.
    pub source: Source,
    /// The list's own name; that of its source, where there is none.
    pub name: Option<String>,
    /// The addresses of its files.
    pub addresses: Vec<Pii<String>>,
    /// Headers that go with each request.
    pub headers: BTreeMap<String, Pii<String>>,
    /// Whether the addresses may be private, and plain `http`.
    pub private: bool,
    /// How often it is looked at; 5 s to 7 days.
    pub every: SignedDuration,
    /// How long fetching may take; 1 s to 2 hours.
    pub within: SignedDuration,
    /// How much may be gone, in hundredths; 0 to 100.
    pub loss_max_percent: u8,
    /// Bytes of all files, unpacked; 1 to 4 GiB.
    pub bytes_max: u64,
}

/// Why a feed is not set up.
#[derive(Debug, thiserror::Error)]
pub enum FeedRefused {
    /// It cannot be called so, or is another source's.
    #[error(transparent)]
    Name(#[from] AddError),
    /// There is no file to fetch, or too many.
    #[error("a feed has 1 to 16 addresses")]
    Addresses,
    /// An address is none that is called.
    #[error("address {number}: {problem}")]
    Address {
        /// Which, counted from 1.
        number: usize,
        /// Why not.
        problem: UrlProblem,
    },
    /// A header that cannot be sent, or that is ours to send.
    #[error("`{name}` is no header that can be sent along, or its value is none")]
    Header {
        /// Its name.
        name: String,
    },
    /// A number is out of its bounds.
    #[error("{what}")]
    Bounds {
        /// What would fit.
        what: &'static str,
    },
    /// The store failed.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// A list as it stands: the version in force if there is one, its feed if it has one.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The list's name.
    pub list: String,
    /// What is in force.
    pub version: Option<ListVersion>,
    /// Where it is fetched from, and how that goes.
    pub feed: Option<(Feed, FeedState)>,
}

impl Standing {
    /// Whether this tenant's customers are screened against it.
    #[must_use]
    pub fn is_seen_by(&self, tenant: TenantId) -> bool {
        self.version.as_ref().is_none_or(|version| version.is_seen_by(tenant))
    }

    /// How long ago it was added, fetched, or found unchanged.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Option<SignedDuration> {
        let version = self.version.as_ref()?;
        Some(now.duration_since(version.confirmed_at).max(SignedDuration::ZERO))
    }
}

impl NewFeed {
    /// A feed with everything as usual.
    #[must_use]
    pub fn new(source: Source, addresses: Vec<String>) -> Self {
        Self {
            source,
            name: None,
            addresses: addresses.into_iter().map(Pii).collect(),
            headers: BTreeMap::new(),
            private: false,
            every: EVERY,
            within: WITHIN,
            loss_max_percent: LOSS_MAX_PERCENT,
            bytes_max: BYTES_MAX,
        }
    }

    fn list_name(&self) -> ListName {
        ListName { name: self.name.clone(), ..ListName::of(self.source) }
    }

    fn check(&self) -> Result<(), FeedRefused> {
        if !(1..=FILES_MAX).contains(&self.addresses.len()) {
            return Err(FeedRefused::Addresses);
        }
        for (address, number) in self.addresses.iter().zip(1..) {
            check_url(&address.0, guard(self.private)).map_err(|problem| FeedRefused::Address { number, problem })?;
        }
        if self.headers.len() > HEADERS_MAX {
            return Err(FeedRefused::Bounds { what: "a feed has at most 16 headers" });
        }
        for (name, value) in &self.headers {
            header(name, &value.0).ok_or_else(|| FeedRefused::Header { name: name.clone() })?;
        }
        let seconds = |least, most| SignedDuration::from_secs(least)..=SignedDuration::from_secs(most);
        for (fits, what) in [
            (seconds(5, 7 * 86_400).contains(&self.every), "a feed is looked at every 5 seconds to 7 days"),
            (seconds(1, 7_200).contains(&self.within), "a feed is fetched within 1 second to 2 hours"),
            (self.loss_max_percent <= 100, "a list may lose 0 to 100 percent"),
            ((1..=4 << 30).contains(&self.bytes_max), "a list has 1 byte to 4 GiB"),
        ] {
            if !fits {
                return Err(FeedRefused::Bounds { what });
            }
        }
        Ok(())
    }
}

impl Service {
    /// Sets up a feed, in the place of the one that the list has; it is due at once.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn put_feed(&self, new: NewFeed) -> Result<Feed, FeedRefused> {
        new.check()?;
        let list = new.list_name().kept().ok_or(AddError::Name)?;
        let in_force = self.lists().await?.into_iter().find(|version| version.list == list);
        if let Some(version) = in_force.filter(|version| version.format != new.source.as_str()) {
            return Err(AddError::Another { format: version.format }.into());
        }
        let feed = Feed {
            list,
            source: new.source.as_str().to_owned(),
            addresses: new.addresses,
            headers: new.headers,
            private: new.private,
            every: new.every,
            within: new.within,
            loss_max_percent: new.loss_max_percent,
            bytes_max: new.bytes_max,
            created_at: self.now(),
        };
        self.store().put_feed(&feed).await.map_err(Refused::from)?;
        Ok(feed)
    }

    /// Takes a list's feed away; the list stays as it is.
    ///
    /// # Errors
    /// [`Refused::NotFound`] if it has none.
    pub async fn remove_feed(&self, list: &str) -> Result<(), Refused> {
        if self.store().delete_feed(list).await? { Ok(()) } else { Err(Refused::NotFound) }
    }

    /// Every list that is in force or has a feed, by name.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn lists_standing(&self) -> Result<Vec<Standing>, Refused> {
        let mut standing: BTreeMap<String, Standing> = BTreeMap::new();
        for version in self.lists().await? {
            let list = version.list.clone();
            standing.insert(list.clone(), Standing { list, version: Some(version), feed: None });
        }
        for (feed, state) in self.store().feeds().await? {
            let list = feed.list.clone();
            let known = standing.entry(list.clone()).or_insert(Standing { list, version: None, feed: None });
            known.feed = Some((feed, state));
        }
        Ok(standing.into_values().collect())
    }
}

/// An address as it may be shown: without what may be a secret in it.
#[must_use]
pub fn shown_address(address: &Pii<String>) -> String {
    let Ok(url) = check_url(&address.0, Guard::AllowPrivate) else { return "?".to_owned() };
    let query = if url.query().is_some() { "?..." } else { "" };
    format!("{}{}{query}", url.origin().ascii_serialization(), url.path())
}

/// Which addresses a feed may name.
fn guard(private: bool) -> Guard {
    if private { Guard::AllowPrivate } else { Guard::Public }
}

/// A header that may go along: none of those by which a request is made or an answer is bounded.
fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    const OURS: [&str; 10] = [
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "accept-encoding",
        "if-none-match",
        "if-modified-since",
        "range",
        "te",
        "upgrade",
    ];
    let name = HeaderName::from_bytes(name.as_bytes()).ok().filter(|name| !OURS.contains(&name.as_str()))?;
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> NewFeed {
        NewFeed::new(Source::Un, vec!["https://lists.example/un.xml?token=1".to_owned()])
    }

    #[test]
    fn a_feed_that_cannot_be_fetched_is_refused_at_once() {
        assert!(plain().check().is_ok());
        let private = || vec![Pii("http://127.0.0.1:1/un.xml".to_owned())];
        assert!(NewFeed { private: true, addresses: private(), ..plain() }.check().is_ok());
        let header = |name: &str, value: &str| [(name.to_owned(), Pii(value.to_owned()))].into();
        assert!(NewFeed { headers: header("Authorization", "Bearer 1"), ..plain() }.check().is_ok());
        for wrong in [
            NewFeed { addresses: vec![], ..plain() },
            NewFeed { addresses: private(), ..plain() },
            NewFeed { addresses: vec![Pii("https://me:pw@lists.example/".to_owned())], ..plain() },
            NewFeed { headers: header("Accept-Encoding", "br"), ..plain() },
            NewFeed { headers: header("X-Token", "a\nb"), ..plain() },
            NewFeed { every: SignedDuration::from_secs(4), ..plain() },
            NewFeed { within: SignedDuration::ZERO, ..plain() },
            NewFeed { loss_max_percent: 101, ..plain() },
            NewFeed { bytes_max: 0, ..plain() },
        ] {
            assert!(wrong.check().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_shown_of_an_address_is_no_secret() {
        assert_eq!(shown_address(&plain().addresses[0]), "https://lists.example/un.xml?...");
        assert!(!format!("{:?}", plain()).contains("token"));
    }
}
