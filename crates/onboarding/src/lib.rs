//! The domain: customers, checks, policies and cases as pure decisions.
//!
//! A decision takes the state, a command, the policy and the time, and returns [`Changes`] or a [`Refusal`]. Nothing in
//! this crate does I/O, waits, reads a clock or draws a random number: ids and times are arguments. So a decision is
//! tested by a table, replayed in a simulation, and committed in a group.
//!
//! Read in this order:
//! - [`customer`]: the aggregate, and [`records`]: its addresses, phones, e-mails, documents and owners;
//!   [`related`]: the parties around it;
//! - [`onboard`], [`resubmit`], [`profile`], [`contact`], [`ownership`]: what a dialect may ask of it;
//! - [`check`], [`screening`], [`case`]: diligence, what a screening concludes, what a person decides;
//! - [`signals`]: what speaks for and against a customer being who it says;
//! - [`evaluation`]: KYC and fraud, concluded from checks and signals;
//! - [`categorization`]: a tenant's categories and what they ask; [`enrolment`]: from a registration to an active wallet;
//! - [`iban`]: the numbers of accounts;
//! - [`admission`]: steps in any order, signed on a device, until an account opens;
//! - [`ubo`]: who owns a business in the end; [`risk`]: how risky it is, by rules that an institution writes;
//! - [`submission`]: what is owed to a sender that asks for an answer each time;
//! - [`policy`]: what a tenant demands; [`event`], [`changes`]: what a decision says happened.

pub mod admission;
pub mod case;
pub mod categorization;
pub mod changes;
pub mod check;
pub mod contact;
pub mod customer;
pub mod enrolment;
pub mod evaluation;
pub mod event;
pub mod iban;
pub mod id;
pub mod onboard;
pub mod ownership;
pub mod party;
pub mod pii;
pub mod policy;
pub mod profile;
pub mod reason;
pub mod records;
pub mod related;
pub mod resubmit;
pub mod risk;
pub mod screening;
pub mod signals;
pub mod submission;
pub mod tax_id;
pub mod ubo;

pub use admission::{Admission, AdmissionRefusal};
pub use case::{Case, CaseRefusal};
pub use categorization::{Categorization, Hierarchy};
pub use changes::{Changes, Refusal, Work};
pub use check::{Check, CheckKind, CheckState};
pub use customer::{Customer, CustomerStatus};
pub use enrolment::{Enrolment, EnrolmentRefusal};
pub use evaluation::Evaluation;
pub use event::{Event, EventKind};
pub use id::{CaseId, CustomerId, FileId, RecordId, TenantId};
pub use jiff::{Timestamp, civil::Date};
pub use party::{Business, Party, Person, PersonName};
pub use pii::Pii;
pub use policy::Policy;
pub use related::{Related, RelatedRole};
/// The countries that codes and lists may name.
pub use watchlists::country;
