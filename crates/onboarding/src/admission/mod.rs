//! Steps in any order: a prospect becomes the holder of an account when every step its tenant asks for is clear.
//!
//! ```text
//! Initialized -> InProgress -> Validated   (every step clear: the account opens)
//!                          \-> Refused     (fraud, a proven sanction; final)
//! ```
//! Where a customer stands is read off what is there ([`standing`]), never kept beside it. Every use case ends in
//! [`standing::Change::finish`], which tells of whatever moved: so no order of the steps can be forgotten.
//!
//! - [`person`], [`create`], [`correct`]: who it is, let in, corrected;
//! - [`declare`], [`tax`]: what it says; the terms it agrees to are a moment;
//! - [`demand`], [`diligence`]: how its identity is verified; [`filtering`]: what the lists say, as far as it is told;
//! - [`page`]: what a customer agrees to and shows by itself;
//! - [`case`](mod@case): what a person is asked of it, and what follows from the answers;
//! - [`wallet`], [`signature`]: the device that is bound, and what is signed on it;
//! - [`account`], [`transfer`], [`sender`]: where the money will be, what came in, and from whom;
//! - [`sandbox`]: what is decided without a person where nobody is real;
//! - [`retention`]: who is kept, and who is forgotten; [`refusal`]: why a step is not taken.

pub mod account;
pub mod case;
pub mod correct;
pub mod create;
pub mod declare;
pub mod demand;
pub mod diligence;
pub mod filtering;
#[cfg(test)]
mod fixture;
pub mod page;
pub mod person;
pub mod refusal;
pub mod retention;
pub mod sandbox;
pub mod sender;
mod settle;
pub mod signature;
pub mod standing;
pub mod tax;
pub mod transfer;
pub mod wallet;

use jiff::Timestamp;

use crate::evaluation::words;
use crate::pii::Pii;
use account::Account;
use correct::Correction;
use declare::Declarative;
use demand::Demand;
use page::Consent;
use person::{AppUserId, Birth, Civility, PublicCode};
pub use refusal::AdmissionRefusal;
use retention::Hold;
use signature::Signature;
pub use standing::Standing;
use tax::TaxForm;
use transfer::Transfer;
use wallet::{Activation, PageLink, Wallet};

/// What a customer has beside its record on the way to an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Admission {
    /// The institution's id, looked up through the blind index.
    pub app_user_id: Pii<AppUserId>,
    /// What the customer is called where its own id must not stand.
    pub public_code: PublicCode,
    /// How it is addressed.
    pub civility: Option<Civility>,
    /// What is known of its birth beside the day.
    pub birth: Birth,
    /// What it does, owns and earns.
    pub declarative: Option<Declarative>,
    /// The tax form, as signed.
    pub tax: Option<TaxForm>,
    /// When the terms were accepted by a signature.
    pub terms: Option<Timestamp>,
    /// The verification of its identity.
    pub demand: Option<Demand>,
    /// Whether its face may be compared with its document, as often as it said so; oldest first.
    pub consents: Vec<Consent>,
    /// The page that takes its document and its selfie.
    pub page: Option<PageLink>,
    /// The code that binds a device; the last that was made.
    pub activation: Option<Activation>,
    /// The device; the last that was bound.
    pub wallet: Option<Wallet>,
    /// Operations that wait for a signature, and how the last ones ended; oldest first.
    pub signatures: Vec<Signature>,
    /// The account.
    pub account: Account,
    /// What came in, oldest first.
    pub transfers: Vec<Transfer>,
    /// What identification data was changed, oldest first.
    pub corrections: Vec<Correction>,
    /// Whether a person serves it although it is politically exposed; nobody has said, if none.
    pub exposed_served: Option<bool>,
    /// Whether it may do nothing with its account.
    pub frozen: bool,
    /// Why it is not forgotten, if somebody forbade it.
    pub hold: Option<Hold>,
}

/// What of an admission moved; the event names the thing by its id, and its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Moved {
    /// Where the customer stands as a whole.
    Standing,
    /// The verification of its identity, or one of its diligences.
    Demand,
    /// The code that binds a device.
    Activation,
    /// The page that takes documents.
    Page,
    /// An operation that is to be signed.
    Signature,
    /// The tax form or its papers.
    Tax,
    /// The account.
    Account,
    /// A transfer that came in.
    Transfer,
    /// What the lists say.
    Filtering,
    /// Whether it may do anything with its account.
    Freeze,
}

words!(Moved {
    Standing = "admission.standing",
    Demand = "admission.demand",
    Activation = "admission.activation",
    Page = "admission.page",
    Signature = "admission.signature",
    Tax = "admission.tax",
    Account = "admission.account",
    Transfer = "admission.transfer",
    Filtering = "admission.filtering",
    Freeze = "admission.freeze",
});
