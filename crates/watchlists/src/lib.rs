//! Who is listed: the entity model, the published formats, the searchable index.
//!
//! - [`entity`]: one listed party, as its list publishes it;
//! - [`date`]: dates of any precision;
//! - [`delta`]: what changed from one version of a list to the next;
//! - [`material`]: what of a party a decision about it rests on;
//! - [`same`]: entries of several lists that are one party;
//! - [`country`]: countries by whatever name a list uses;
//! - [`formats`]: published files to entities, with a report of their defects;
//! - [`ftm`]: entities and queries in FollowTheMoney's words;
//! - [`screening`]: what is asked of an index, and what it answers;
//! - [`index`]: an immutable, searchable set of entities;
//! - [`evidence`]: what a birth date, a country or a document says for or against a party.

pub mod country;
pub mod date;
pub mod delta;
pub mod entity;
pub mod evidence;
pub mod formats;
pub mod ftm;
pub mod index;
pub mod material;
pub mod same;
pub mod screening;

pub use date::{DateRange, Day};
pub use delta::{Delta, Inventory};
pub use entity::{
    Country, CountryRole, Entity, EntityId, Gender, Identifier, IdentifierKind, ListedName, NameKind, NameParts,
    Schema, Topic, Topics,
};
pub use evidence::{Degree, Evidence, Feature, Finding};
pub use index::{Index, IndexBuilder, Screener, Unfit};
pub use material::{Aspect, Change, Fingerprint, Material};
pub use names::Score;
pub use screening::{EntityNumber, Explanation, ListNumber, ListVersion, Match, Options, Query, QueryParts};
