//! What happens: the use cases and the workers.
//!
//! A use case reads, decides ([`onboarding`]), and writes once ([`store`]); nothing is answered before the commit. What
//! is due afterwards is handed to the [`workers`] in memory; polling only finds what another process committed or a
//! crash left behind.
//!
//! - [`auth`], [`credentials`], [`tenants`], [`settings`]: who may ask, and under which rules;
//! - [`admissions`]: prospects who take their steps in any order;
//! - [`customers`], [`evaluations`], [`cases`], [`files`], [`registrations`], [`lists`], [`feeds`]: the use cases;
//! - [`people`], [`mail`]: who signs in with a password; [`categories`]: what a tenant distinguishes;
//! - [`answer`], [`refused`]: how they end;
//! - [`screening`]: from a customer to the lists and back; [`rescreening`]: whom a change of the lists concerns; [`risk`]:
//!   from a customer to its rating; [`what_if`]: what another composition of lists would find; [`list_delta`]: how two
//!   versions of a list differ;
//! - [`workers`], [`dialect`], [`outbound`]: what goes on behind, and out;
//! - [`gauges`]: how the house is doing, in numbers;
//! - [`ports`]: time and randomness, as arguments.

pub mod accounts;
pub mod admissions;
pub mod answer;
pub mod auth;
mod awaited;
pub mod cases;
pub mod categories;
pub mod coverage;
pub mod credentials;
pub mod customers;
pub mod dialect;
pub mod enrolments;
pub mod evaluations;
pub mod feeds;
pub mod files;
mod forgetting;
pub mod gauges;
pub mod list_delta;
pub mod lists;
pub mod mail;
pub mod outbound;
pub mod people;
pub mod ports;
pub mod refused;
pub mod registrations;
pub mod rescreening;
mod reviews;
pub mod risk;
pub mod screening;
pub mod settings;
mod snapshot;
pub mod tenants;
pub mod transfers;
pub mod what_if;
pub mod workers;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache;
use onboarding::risk::Model;
use onboarding::{Pii, TenantId};
use store::{CommitError, Store, Write};

pub use answer::{Answer, Once, Rendered, Reply};
pub use auth::{AuthError, Caller, IssuedToken};
pub use customers::{APART, CheckedCustomer, CustomerCheck, NotChecked, Page};
pub use dialect::{Dialect, Followed, Needs, Told};
pub use refused::Refused;
pub use registrations::NewRegistration;
pub use settings::Settings;
/// What use cases take and answer; who calls them needs no more of the store than this.
pub use store::{
    Behind, Coverage, Credential, CredentialKind, CustomerFilter, Delivery, DeliveryId, DeliveryState, Feed, FeedState,
    ListVersion, Lookup, Pass, PassState, Registration, RegistrationFilter, RegistrationId, RegistrationMode,
    RegistrationState, Retries, RiskActivation, Tenant,
};

use crate::ports::{Clock, Entropy, FreshIds};
use crate::screening::Lists;
use crate::workers::Signals;

/// Risk models that are kept read.
const MODELS_HELD: u64 = 1_000;

/// How long the house believes what it read of a credential or tenant.
const BELIEVED: Duration = Duration::from_secs(1);

/// How long a token to go on with is kept in memory at most.
const FRESH: Duration = Duration::from_secs(60);

/// E-mail addresses that are wanted at once and are not held up by one another, mostly.
const EMAIL_GATES: usize = 64;

/// The house: everything that happens in it. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<House>);

struct House {
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    dialects: HashMap<&'static str, Arc<dyn Dialect>>,
    outbound: outbound::Client,
    guard: outbound::Guard,
    lists: ArcSwap<Lists>,
    /// Whether the lists of the store have been looked for, found or not.
    looked_for: tokio::sync::watch::Sender<bool>,
    /// Idempotency keys whose first request is running on this node.
    running: Arc<Mutex<HashSet<[u8; 32]>>>,
    callers: Cache<[u8; 32], (Caller, Timestamp)>,
    houses: Cache<TenantId, Caller>,
    transfer_senders: Cache<(), Arc<Vec<Caller>>>,
    activations: Cache<TenantId, Arc<Vec<RiskActivation>>>,
    models: Cache<(TenantId, u32), Arc<Model>>,
    /// The token that a credential was last given to go on with, and when it ends.
    fresh_tokens: Cache<uuid::Uuid, (Arc<Pii<String>>, Timestamp)>,
    /// Whose registrations that follow the settings were seen to be there, by dialect.
    following: Cache<(TenantId, &'static str), ()>,
    /// Who wants an e-mail address passes the gate it falls to, one at a time.
    email_gates: [tokio::sync::Mutex<()>; EMAIL_GATES],
    signals: Signals,
    awaited: Arc<awaited::Awaited>,
    mailer: mail::Mailer,
    hashing: people::passwords::Hashing,
    everybody_after: SignedDuration,
}

/// What a house is made of.
pub struct Parts {
    /// What is kept.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where random bytes come from.
    pub entropy: Arc<dyn Entropy>,
    /// The dialects that deliveries are rendered in.
    pub dialects: Vec<Arc<dyn Dialect>>,
    /// The way out.
    pub outbound: outbound::Client,
    /// Which addresses are let out to.
    pub guard: outbound::Guard,
    /// How mail leaves the house.
    pub mailer: mail::Mailer,
    /// How long after everybody was screened whole everybody is again, whatever changed: what a pass over the changes
    /// cannot see, such as a birthday or a defect in it, is found so. [`EVERYBODY_AFTER`] where nobody says otherwise.
    pub everybody_after: SignedDuration,
}

/// How long after everybody was screened whole everybody is again, unless it is set: monthly, as institutions do by hand.
pub const EVERYBODY_AFTER: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Service {
    /// A house without workers: what it makes due is left for a server that runs beside it.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self::with_signals(parts, Signals::unattended())
    }

    pub(crate) fn with_signals(parts: Parts, signals: Signals) -> Self {
        let dialects = parts.dialects.into_iter().map(|dialect| (dialect.name(), dialect)).collect();
        Self(Arc::new(House {
            store: parts.store,
            clock: parts.clock,
            entropy: parts.entropy,
            dialects,
            outbound: parts.outbound,
            guard: parts.guard,
            lists: ArcSwap::from_pointee(Lists::none()),
            looked_for: tokio::sync::watch::Sender::new(false),
            running: Arc::default(),
            callers: Cache::builder().max_capacity(10_000).time_to_live(BELIEVED).build(),
            houses: Cache::builder().max_capacity(10_000).time_to_live(BELIEVED).build(),
            transfer_senders: Cache::builder().max_capacity(1).time_to_live(BELIEVED).build(),
            activations: Cache::builder().max_capacity(10_000).time_to_live(BELIEVED).build(),
            models: Cache::new(MODELS_HELD),
            fresh_tokens: Cache::builder().max_capacity(10_000).time_to_live(FRESH).build(),
            following: Cache::new(10_000),
            email_gates: std::array::from_fn(|_| tokio::sync::Mutex::new(())),
            signals,
            awaited: Arc::default(),
            mailer: parts.mailer,
            hashing: people::passwords::Hashing::default(),
            everybody_after: parts.everybody_after,
        }))
    }

    /// How long after everybody was screened whole everybody is again.
    pub(crate) fn everybody_after(&self) -> SignedDuration {
        self.0.everybody_after
    }

    /// The time, as everything in the house sees it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// A new id, for a request.
    #[must_use]
    pub fn new_id(&self) -> uuid::Uuid {
        onboarding::customer::Ids::next(&mut self.ids(self.now()))
    }

    /// Which addresses may be registered to be called, in any dialect: what [`outbound::check_url`] is given.
    #[must_use]
    pub fn guard(&self) -> outbound::Guard {
        self.0.guard
    }

    /// The lists in force.
    #[must_use]
    pub fn lists_in_force(&self) -> Arc<Lists> {
        self.0.lists.load_full()
    }

    /// Whether the house can do its work: the store answers, and its lists are loaded.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn ready(&self) -> Result<(), Refused> {
        if self.signals().attended && !*self.0.looked_for.borrow() {
            return Err(Refused::State("the lists are being loaded"));
        }
        self.store().current_lists().await.map(drop).map_err(Refused::from)
    }

    /// Comes back once the lists of the store have been looked for, found or not.
    pub(crate) async fn lists_looked_for(&self) {
        // The sender lives as long as the house does.
        drop(self.0.looked_for.subscribe().wait_for(|looked| *looked).await);
    }

    pub(crate) fn lists_were_looked_for(&self) {
        self.0.looked_for.send_replace(true);
    }

    pub(crate) fn put_in_force(&self, lists: Lists) {
        self.0.lists.store(Arc::new(lists));
    }

    /// The store, for an operator's tools: what has no use case of its own is read here.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn ids(&self, now: Timestamp) -> FreshIds<'_> {
        FreshIds::new(&*self.0.entropy, now)
    }

    /// A secret of 256 random bits behind a prefix that scanners can look for.
    #[must_use]
    pub fn new_secret(&self, prefix: &str) -> String {
        auth::fresh_secret(self, prefix)
    }

    pub(crate) fn random_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.0.entropy.fill(&mut bytes);
        bytes
    }

    pub(crate) fn random_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        self.0.entropy.fill(&mut bytes);
        u64::from_be_bytes(bytes)
    }

    pub(crate) fn running(&self) -> Arc<Mutex<HashSet<[u8; 32]>>> {
        Arc::clone(&self.0.running)
    }

    pub(crate) fn mailer(&self) -> &mail::Mailer {
        &self.0.mailer
    }

    pub(crate) fn hashing(&self) -> &people::passwords::Hashing {
        &self.0.hashing
    }

    pub(crate) fn callers(&self) -> &Cache<[u8; 32], (Caller, Timestamp)> {
        &self.0.callers
    }

    pub(crate) fn fresh_tokens(&self) -> &Cache<uuid::Uuid, (Arc<Pii<String>>, Timestamp)> {
        &self.0.fresh_tokens
    }

    pub(crate) fn email_gates(&self) -> &[tokio::sync::Mutex<()>; EMAIL_GATES] {
        &self.0.email_gates
    }

    pub(crate) fn following(&self) -> &Cache<(TenantId, &'static str), ()> {
        &self.0.following
    }

    pub(crate) fn houses(&self) -> &Cache<TenantId, Caller> {
        &self.0.houses
    }

    pub(crate) fn transfer_senders(&self) -> &Cache<(), Arc<Vec<Caller>>> {
        &self.0.transfer_senders
    }

    pub(crate) fn activations(&self) -> &Cache<TenantId, Arc<Vec<RiskActivation>>> {
        &self.0.activations
    }

    pub(crate) fn models(&self) -> &Cache<(TenantId, u32), Arc<Model>> {
        &self.0.models
    }

    pub(crate) fn dialects(&self) -> impl Iterator<Item = &Arc<dyn Dialect>> {
        self.0.dialects.values()
    }

    pub(crate) fn signals(&self) -> &Signals {
        &self.0.signals
    }

    pub(crate) fn awaited(&self) -> &Arc<awaited::Awaited> {
        &self.0.awaited
    }

    /// An id that nobody can guess.
    pub(crate) fn random_uuid(&self) -> uuid::Uuid {
        let mut bytes = [0; 16];
        self.0.entropy.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    pub(crate) fn outbound(&self) -> &outbound::Client {
        &self.0.outbound
    }

    pub(crate) fn dialect(&self, name: &str) -> Option<&Arc<dyn Dialect>> {
        self.0.dialects.get(name)
    }

    /// Commits, then hands what is due to the workers of this process.
    pub(crate) async fn commit(&self, mut write: Write) -> Result<(), CommitError> {
        if !self.signals().attended {
            write.leave_work();
        }
        let committed = write.commit().await?;
        self.signals().hand_over(committed);
        Ok(())
    }
}
