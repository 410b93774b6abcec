//! What is kept: aggregates, journal, vault, jobs, idempotency; every query a constant.
//!
//! One [`Store`] on either engine. A use case reads, decides, and writes once: [`Store::write`] collects everything that
//! changes, and [`Write::commit`] answers after the fsync. Every call that touches a tenant's data takes its [`Ctx`];
//! another tenant's data does not exist for it, and would not open with its keys if it did.
//!
//! - [`open`]: the store itself; [`context`], [`error`]: on whose behalf, and what can go wrong;
//! - [`write`](mod@write): one atomic write; [`customers`](CustomerFilter), [`cases`], [`evidence`], [`files`], [`answers`]: what it
//!   holds;
//! - [`tenants`], [`credentials`], [`people`], [`signing_keys`]: who may ask; [`categories`]: what a tenant distinguishes;
//! - [`handles`]: who comes without a credential; [`accounts`]: whose money it is; [`erasure`]: who is forgotten;
//! - [`jobs`]: what is to be done; [`journal`]: what happened, in an order that can be proved;
//! - [`registrations`], [`deliveries`]: who wants to know, and what they are still owed;
//! - [`lists`], [`feeds`]: published lists by content, and where they are fetched from; [`risk_models`]: how a tenant rates; [`generations`], [`rescreening`]: which customers were screened against which;
//! - [`gauges`]: how much there is to do, in numbers;
//! - `network`: who shares what with whom ([`Store::network_facts`]);
//! - `vault`: keys, seals and blind indexes; `documents`: what stands inside a seal; `schema`: the tables.
//!
//! How to add a query: a constant in the `statements!` of the module that uses it, with `tenant_id` first in its
//! conditions. A test prepares every one on both engines, and fails for one that is declared elsewhere.

pub mod accounts;
pub mod answers;
pub mod cases;
pub mod categories;
pub mod context;
pub mod credentials;
mod customers;
pub mod deliveries;
mod documents;
pub mod erasure;
pub mod error;
pub mod evidence;
pub mod feeds;
pub mod files;
pub mod gauges;
pub mod generations;
pub mod handles;
pub mod jobs;
pub mod journal;
pub mod lists;
mod network;
pub mod open;
pub mod paces;
pub mod people;
pub mod registrations;
pub mod rescreening;
pub mod risk_models;
mod rows;
mod schema;
pub mod signing_keys;
#[doc(hidden)]
pub mod statements;
pub mod tenants;
mod time;
mod vault;
pub mod what_ifs;
pub mod write;

pub use accounts::ReceivedTransfer;
pub use answers::Answer;
pub use cases::{CaseFilter, CaseSummary};
pub use context::{Actor, Ctx};
pub use credentials::{Credential, CredentialKind, NewCredential, Scopes, Token};
pub use customers::ask::AskedPage;
pub use customers::filter::CustomerFilter;
pub use customers::read::SealedPage;
pub use deliveries::backlog::Backlog;
pub use deliveries::end::Arrived;
pub use deliveries::{Delivery, DeliveryId, DeliveryState};
pub use erasure::{Forgotten, Remains};
pub use error::{CommitError, Inconsistent, StoreError};
pub use feeds::{Feed, FeedError, FeedState, Fetched, Validators};
pub use files::{FileInfo, NewFile};
pub use generations::Generation;
pub use handles::{Handle, HandleHash, HandleKind};
pub use jobs::{AttemptId, HAND_OVER_LEASE, Job, Waiting};
pub use journal::chain::{Entry, Fact, Head};
pub use journal::read::Unsealed;
pub use journal::seal::{Owed, SealBatch};
pub use journal::sealer::{Sealed, Sealer, Stuck};
pub use journal::verify::{Defect, Report};
pub use lists::ListVersion;
pub use network::NETWORK_SHARE;
pub use network::facts::Known;
pub use open::{Location, OpenError, Store, StoreConfig};
pub use paces::{LastAccepted, Pace};
pub use people::{Attempt, NewUser, PasswordHash, Session, User};
pub use registrations::{
    Interest, Registration, RegistrationFilter, RegistrationId, RegistrationMode, RegistrationState, Retries,
};
pub use rescreening::{Behind, Coverage, Pass, PassState};
pub use risk_models::{RiskActivation, RiskModel};
pub use signing_keys::SigningKey;
pub use tenants::Tenant;
pub use vault::blind::Lookup;
pub use vault::master::{Found, MasterKey, MasterKeyError};
pub use what_ifs::{WhatIfRow, WhatIfState};
pub use write::{Committed, Write};
