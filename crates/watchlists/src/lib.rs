//! Who is listed: the entity model, the published formats, the searchable index.
//!
//! - [`entity`]: one listed party, as its list publishes it;
//! - [`date`]: dates of any precision;
//! - `formats`: published files to entities, with a report of their defects;
//! - `index`: an immutable, searchable set of entities, and what it answers.

pub mod date;
pub mod entity;

pub use date::{DateRange, Day};
pub use entity::{
    Country, CountryRole, Entity, EntityId, Gender, Identifier, IdentifierKind, ListedName, NameKind, NameParts,
    Schema, Topic, Topics,
};
