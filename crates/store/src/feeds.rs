//! Feeds: where lists are fetched from, and how that goes. One a list, leased while somebody fetches.

use std::collections::BTreeMap;

use db::{Batch, Expect, Row, Value, sql, values};
use jiff::{SignedDuration, Timestamp};
use onboarding::{Pii, TenantId};
use serde_json::json;
use zeroize::Zeroizing;

use crate::error::StoreError;
use crate::jobs::AttemptId;
use crate::lists::raise_stamp;
use crate::open::Store;
use crate::rows::{Reader, count, time};
use crate::statements::statements;
use crate::vault::seal::Place;

macro_rules! columns {
    () => {
        "list, source, private, every_seconds, within_seconds, loss_max_percent, bytes_max, created_at, sealed, \
         tried_at, fetched_at, whole_at, due_at, failures, failed_total, error_kind, error, hash, validators"
    };
}

statements! {
    FEEDS = sql(concat!("SELECT ", columns!(), " FROM list_feeds ORDER BY list"));
    // Who puts a feed where one is starts from nothing, and takes the lease from whoever fetches the other one.
    FEED_PUT = sql(
        "INSERT INTO list_feeds (list, source, private, every_seconds, within_seconds, loss_max_percent, bytes_max, \
         created_at, sealed, due_at, failures, failed_total, validators, leased_until) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, '[]', 0) ON CONFLICT (list) DO UPDATE SET \
         source=excluded.source, private=excluded.private, every_seconds=excluded.every_seconds, \
         within_seconds=excluded.within_seconds, loss_max_percent=excluded.loss_max_percent, \
         bytes_max=excluded.bytes_max, created_at=excluded.created_at, sealed=excluded.sealed, due_at=excluded.due_at, \
         failures=0, error_kind=NULL, error=NULL, hash=NULL, validators='[]', attempt_id=NULL, leased_until=0",
    );
    FEED_DELETE = sql("DELETE FROM list_feeds WHERE list=$1");
    FEEDS_DUE = sql(
        "SELECT list FROM list_feeds WHERE due_at <= $1 AND leased_until <= $1 ORDER BY due_at, list LIMIT 1",
    );
    FEED_CLAIM = sql(concat!(
        "UPDATE list_feeds SET attempt_id=$1, leased_until=$2 WHERE list=$3 AND leased_until <= $4 AND due_at <= $5 \
         RETURNING ", columns!()
    ));
    FEED_RENEW = sql("UPDATE list_feeds SET leased_until=$1 WHERE list=$2 AND attempt_id=$3");
    FEED_END = sql(
        "UPDATE list_feeds SET tried_at=$1, fetched_at=$2, whole_at=$3, due_at=$4, failures=$5, failed_total=$6, \
         error_kind=$7, error=$8, hash=$9, validators=$10, attempt_id=NULL, leased_until=0 \
         WHERE list=$11 AND attempt_id=$12",
    );
    FEED_LET_GO = sql("UPDATE list_feeds SET attempt_id=NULL, leased_until=0 WHERE list=$1 AND attempt_id=$2");
    FEEDS_RELEASE = sql("UPDATE list_feeds SET attempt_id=NULL, leased_until=0 WHERE attempt_id IS NOT NULL");
    VERSION_CONFIRM = sql(
        "UPDATE list_versions SET confirmed_at=$1 WHERE list=$2 AND hash=$3 AND in_force=1 AND confirmed_at < $1",
    );
}

/// Where a list is fetched from, how often, and what may come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The list.
    pub list: String,
    /// Whose format it is, in the word of the readers.
    pub source: String,
    /// Its files. An address may hold a token.
    pub addresses: Vec<Pii<String>>,
    /// Headers that go with each request, such as a token.
    pub headers: BTreeMap<String, Pii<String>>,
    /// Whether its addresses may be of a private network, and plain `http`.
    pub private: bool,
    /// How often it is looked whether there is another version.
    pub every: SignedDuration,
    /// How long fetching all its files may take.
    pub within: SignedDuration,
    /// How much of its entries or names a version may have lost, in hundredths.
    pub loss_max_percent: u8,
    /// Bytes of all its files together, unpacked.
    pub bytes_max: u64,
    /// When it was set up.
    pub created_at: Timestamp,
}

/// How a feed goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedState {
    /// When it was last tried.
    pub tried_at: Option<Timestamp>,
    /// When it was last tried with success.
    pub fetched_at: Option<Timestamp>,
    /// When all of the list came last, and not only the word that it is the same.
    pub whole_at: Option<Timestamp>,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// How often it failed since it last did not.
    pub failures: u32,
    /// How often it ever failed.
    pub failed_total: u64,
    /// Why it failed, if it did the last time.
    pub error: Option<FeedError>,
    /// The content that came last, by its hash.
    pub hash: Option<[u8; 32]>,
    /// What its publisher calls that content, file by file.
    pub validators: Vec<Validators>,
}

/// Why a feed failed. Neither holds an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedError {
    /// A word for metrics and alarms.
    pub kind: String,
    /// A sentence for a person.
    pub text: String,
}

/// What a publisher calls a version of a file (RFC 9110, 8.8).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

/// A feed, leased to whoever holds this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The feed.
    pub feed: Feed,
    /// How it went so far.
    pub state: FeedState,
    /// This attempt.
    pub attempt: AttemptId,
}

impl Store {
    /// Sets up a feed, in the place of one that is there; it is due at once.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn put_feed(&self, feed: &Feed) -> Result<(), StoreError> {
        let put = values![
            &feed.list,
            &feed.source,
            feed.private,
            feed.every.as_secs(),
            feed.within.as_secs(),
            u32::from(feed.loss_max_percent),
            count(feed.bytes_max),
            time(feed.created_at),
            self.seal_feed(feed),
            time(feed.created_at)
        ];
        let mut batch = Batch::new();
        batch.add(&FEED_PUT, put, Expect::Rows(1));
        self.db().write(batch).await?;
        Ok(())
    }

    /// Takes a feed away; the list stays. Says whether there was one.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn delete_feed(&self, list: &str) -> Result<bool, StoreError> {
        self.change_one(&FEED_DELETE, values![list]).await
    }

    /// Every feed, by list, and how it goes.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] for one that does not open.
    pub async fn feeds(&self) -> Result<Vec<(Feed, FeedState)>, StoreError> {
        self.db().read(&FEEDS, values![]).await?.iter().map(|row| self.read_feed(row)).collect()
    }

    /// Leases the feed that has been due longest until `now + lease`; none if none is due.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn claim_due_feed(&self, now: Timestamp, lease: SignedDuration) -> Result<Option<Fetched>, StoreError> {
        let Some(row) = self.db().read_one(&FEEDS_DUE, values![time(now)]).await? else { return Ok(None) };
        self.claim(row.text("list")?, now, lease, now).await
    }

    /// Leases the feed of this list, due or not; none if another holds it.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn claim_feed(
        &self,
        list: &str,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<Fetched>, StoreError> {
        self.claim(list, now, lease, Timestamp::MAX).await
    }

    async fn claim(
        &self,
        list: &str,
        now: Timestamp,
        lease: SignedDuration,
        due_by: Timestamp,
    ) -> Result<Option<Fetched>, StoreError> {
        let attempt = AttemptId::random();
        let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        let mut batch = Batch::new();
        let claim = values![attempt.0, time(until), list, time(now), time(due_by)];
        batch.add(&FEED_CLAIM, claim, Expect::AtMost(1));
        let results = self.db().write(batch).await?;
        let Some(row) = results.iter().flat_map(|result| &result.rows).next() else { return Ok(None) };
        let (feed, state) = self.read_feed(row)?;
        Ok(Some(Fetched { feed, state, attempt }))
    }

    /// Holds a feed longer; `false` if it was lost.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn renew_feed(&self, list: &str, attempt: AttemptId, until: Timestamp) -> Result<bool, StoreError> {
        self.change_one(&FEED_RENEW, values![time(until), list, attempt.0]).await
    }

    /// Gives a feed back, untried.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn let_feed_go(&self, list: &str, attempt: AttemptId) -> Result<bool, StoreError> {
        self.change_one(&FEED_LET_GO, values![list, attempt.0]).await
    }

    /// Ends an attempt; `false` if the feed was lost, and nothing is changed.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn end_feed(&self, list: &str, attempt: AttemptId, state: &FeedState) -> Result<bool, StoreError> {
        let at = |time_of: Option<Timestamp>| time_of.map(crate::time::micros);
        let end = values![
            at(state.tried_at),
            at(state.fetched_at),
            at(state.whole_at),
            time(state.due_at),
            state.failures,
            count(state.failed_total),
            state.error.as_ref().map(|error| &error.kind),
            state.error.as_ref().map(|error| &error.text),
            state.hash,
            write_validators(&state.validators),
            list,
            attempt.0
        ];
        self.change_one(&FEED_END, end).await
    }

    /// Notes that a version in force is still the newest; `false` if it is not in force.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn confirm_list(&self, list: &str, hash: [u8; 32], now: Timestamp) -> Result<bool, StoreError> {
        let mut batch = Batch::new();
        batch.add(&VERSION_CONFIRM, values![time(now), list, hash], Expect::AtMost(1));
        raise_stamp(&mut batch);
        let results = self.db().write(batch).await?;
        Ok(results.first().is_some_and(|result| result.rows_affected == 1))
    }

    async fn change_one(&self, statement: &db::Sql, values: Vec<Value>) -> Result<bool, StoreError> {
        let mut batch = Batch::new();
        batch.add(statement, values, Expect::AtMost(1));
        Ok(self.db().write(batch).await?.iter().any(|result| result.rows_affected == 1))
    }

    fn seal_feed(&self, feed: &Feed) -> Vec<u8> {
        let addresses: Vec<&str> = feed.addresses.iter().map(|address| address.0.as_str()).collect();
        let headers: BTreeMap<&str, &str> =
            feed.headers.iter().map(|(name, value)| (name.as_str(), value.0.as_str())).collect();
        let json = Zeroizing::new(json!({ "addresses": addresses, "headers": headers }).to_string());
        self.house_key().seal(&place(&feed.list), json.as_bytes())
    }

    fn read_feed(&self, row: &Row) -> Result<(Feed, FeedState), StoreError> {
        let list = row.text("list")?.to_owned();
        let row = Reader::named(row, "list_feeds", list.clone());
        let sealed = self.house_key().open(&place(&list), row.bytes("sealed")?);
        let sealed = sealed.map_err(|broken| row.inconsistent(broken.to_string()))?;
        let unknown = |_| row.inconsistent("what is sealed does not read");
        let mut sealed: serde_json::Value = serde_json::from_slice(&sealed).map_err(unknown)?;
        let addresses: Vec<String> = serde_json::from_value(sealed["addresses"].take()).map_err(unknown)?;
        let headers: BTreeMap<String, String> = serde_json::from_value(sealed["headers"].take()).map_err(unknown)?;
        let feed = Feed {
            list,
            source: row.string("source")?,
            addresses: addresses.into_iter().map(Pii).collect(),
            headers: headers.into_iter().map(|(name, value)| (name, Pii(value))).collect(),
            private: row.truth("private")?,
            every: SignedDuration::from_secs(row.int("every_seconds")?),
            within: SignedDuration::from_secs(row.int("within_seconds")?),
            loss_max_percent: row.number("loss_max_percent")?,
            bytes_max: row.number("bytes_max")?,
            created_at: row.time("created_at")?,
        };
        let error = row.opt_string("error_kind")?.zip(row.opt_string("error")?);
        let state = FeedState {
            tried_at: row.opt_time("tried_at")?,
            fetched_at: row.opt_time("fetched_at")?,
            whole_at: row.opt_time("whole_at")?,
            due_at: row.time("due_at")?,
            failures: row.number("failures")?,
            failed_total: row.number("failed_total")?,
            error: error.map(|(kind, text)| FeedError { kind, text }),
            hash: row.opt_bytes("hash")?.map(|_| row.hash("hash")).transpose()?,
            validators: read_validators(row.text("validators")?)
                .ok_or_else(|| row.inconsistent("its validators do not read"))?,
        };
        Ok((feed, state))
    }
}

/// Ends every lease; for the start of the only node there is.
pub(crate) fn release(batch: &mut Batch) {
    batch.add(&FEEDS_RELEASE, values![], Expect::Any);
}

fn place(list: &str) -> Place<'_> {
    let tenant = TenantId(uuid::Uuid::nil());
    Place { tenant, table: "list_feeds", row: list.as_bytes(), column: "sealed", version: 0 }
}

fn write_validators(validators: &[Validators]) -> String {
    let pairs: Vec<_> = validators.iter().map(|one| (&one.etag, &one.last_modified)).collect();
    json!(pairs).to_string()
}

fn read_validators(text: &str) -> Option<Vec<Validators>> {
    let pairs: Vec<(Option<String>, Option<String>)> = serde_json::from_str(text).ok()?;
    Some(pairs.into_iter().map(|(etag, last_modified)| Validators { etag, last_modified }).collect())
}
