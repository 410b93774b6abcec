//! An entity in the making: what a reader pours a record into.
//!
//! Every value passes here once: blanks are collapsed, nulls are dropped, repeated values are kept once, countries
//! and dates are recognised, and what cannot be is kept as a note and remembered as a problem.

use std::collections::HashSet;
use std::hash::Hash;

use super::report::DefectKind;
use super::{Limits, dates};
use crate::country;
use crate::date::DateRange;
use crate::entity::{
    Country, CountryRole, Entity, Gender, Identifier, IdentifierKind, ListedName, NameKind, NameParts, Schema, Topic,
};

/// An entity in the making.
pub(super) struct Draft {
    pub entity: Entity,
    pub problems: Vec<(DefectKind, String)>,
    pub unknown_countries: Vec<String>,
    /// Whether a primary name is there; asked once a row, so it is not searched for.
    pub has_primary: bool,
}

impl Draft {
    /// Nothing known but the key and the kind.
    pub fn new(id: String, schema: Schema) -> Self {
        let mut entity = Entity::new(id, schema, "");
        entity.names.clear();
        Self { entity, problems: Vec::new(), unknown_countries: Vec::new(), has_primary: false }
    }

    /// The same, under sanctions.
    pub fn sanctioned(id: String, schema: Schema) -> Self {
        let mut draft = Self::new(id, schema);
        draft.topic(Topic::Sanction);
        draft
    }

    /// The same, of the kind that a word says: FollowTheMoney's schemas and what people write for them.
    pub fn of_schema_word(id: String, word: &str) -> Self {
        let known = match word.trim().to_ascii_lowercase().as_str() {
            "person" | "individual" | "natural person" | "human" => Some(Schema::Person),
            "" | "legalentity" | "legal entity" | "entity" => Some(Schema::LegalEntity),
            "organization" | "organisation" | "publicbody" | "group" => Some(Schema::Organization),
            "company" | "business" | "enterprise" => Some(Schema::Company),
            "vessel" | "ship" => Some(Schema::Vessel),
            "airplane" | "aircraft" => Some(Schema::Airplane),
            "cryptowallet" | "wallet" => Some(Schema::CryptoWallet),
            "address" => Some(Schema::Address),
            "thing" | "asset" | "security" | "vehicle" => Some(Schema::Thing),
            _ => None,
        };
        let mut draft = Self::new(id, known.unwrap_or(Schema::LegalEntity));
        if known.is_none() {
            draft.problems.push((DefectKind::UnknownKind, format!("{}: unknown kind of party", draft.entity.id)));
        }
        draft
    }

    /// Whether the entity is a human being.
    pub fn is_person(&self) -> bool {
        self.entity.schema == Schema::Person
    }

    pub fn topic(&mut self, topic: Topic) {
        self.entity.topics = self.entity.topics.with(topic);
    }

    /// A name in its natural order.
    pub fn name(&mut self, text: &str, kind: NameKind) {
        self.name_in(text, kind, None);
    }

    /// A name in its natural order and a language.
    pub fn name_in(&mut self, text: &str, kind: NameKind, language: Option<String>) {
        if let Some(text) = value(text) {
            self.has_primary |= kind == NameKind::Primary;
            self.entity.names.push(ListedName { text, kind, language });
        }
    }

    /// A name as `SURNAME, Given Middle` for a person, as it is for anyone else. The primary one gives its parts.
    pub fn inverted_name(&mut self, text: &str, kind: NameKind) {
        match text.split_once(',').filter(|(_, given)| self.is_person() && !given.trim().is_empty()) {
            Some((family, given)) => self.name_of_parts(given, family, kind),
            None => self.name(text.trim_end().trim_end_matches(','), kind),
        }
    }

    /// A person's name from its given and family half; an organisation's stands in the latter alone.
    pub fn name_of_parts(&mut self, given: &str, family: &str, kind: NameKind) {
        if given.trim().is_empty() && family.contains(',') {
            return self.inverted_name(family, kind);
        }
        let (given, family) = (value(given), value(family));
        let text = [given.as_deref(), family.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        if kind == NameKind::Primary && self.is_person() && given.is_some() {
            let parts = &mut self.entity.parts;
            *parts = NameParts {
                given: given.into_iter().collect(),
                family: family.into_iter().collect(),
                father: std::mem::take(&mut parts.father),
            };
        }
        self.name(&text, kind);
    }

    /// A date of birth, or several with `or` between.
    pub fn birth_date(&mut self, text: &str) {
        let Some(text) = known(text) else { return };
        if let Some(date) = dates::parse(&text) {
            return self.entity.birth_dates.push(date);
        }
        let lower = text.to_lowercase();
        let dates: Option<Vec<DateRange>> = lower.split(" or ").take(16).map(dates::parse).collect();
        match dates {
            Some(dates) => self.entity.birth_dates.extend(dates),
            None => self.unread_date("date of birth", &text),
        }
    }

    pub fn death_date(&mut self, text: &str) {
        match (known(text), dates::parse(text)) {
            (_, Some(date)) => self.entity.death_dates.push(date),
            (Some(text), None) => self.unread_date("date of death", &text),
            (None, None) => {}
        }
    }

    /// A date that has one place only; `None` and a problem if it cannot be read.
    pub fn date(&mut self, what: &str, text: &str) -> Option<DateRange> {
        let date = dates::parse(text);
        if let (Some(text), None) = (known(text), date) {
            self.unread_date(what, &text);
        }
        date
    }

    fn unread_date(&mut self, what: &str, text: &str) {
        self.note(&format!("{what}: {text}"));
        self.problems.push((DefectKind::Date, format!("{}: the {what} cannot be read", self.entity.id)));
    }

    /// A place of birth; its country is recognised if it ends with one.
    pub fn birth_place(&mut self, text: &str) {
        let Some(place) = value(text) else { return };
        if let Some(code) = country_at_the_end(&place) {
            self.country_code(code, CountryRole::Birth);
        }
        self.entity.birth_places.push(place);
    }

    /// A country by any name, or the countries in a phrase: `Sudan/South Sudan`, `Bahrain (revoked in 2015)`.
    pub fn country(&mut self, text: &str, role: CountryRole) {
        let Some(text) = known(text) else { return };
        if let Some(code) = country::code(&text) {
            return self.country_code(code, role);
        }
        let mut found = false;
        for part in text.split(['/', '(', ')', '.', ';']).flat_map(|part| part.split(" or ")).take(16) {
            let part = without_doubt(part);
            if let Some(code) = country::code(part).or_else(|| country_at_the_end(part)) {
                found = true;
                self.country_code(code, role);
            }
        }
        if !found {
            self.unknown_countries.push(text);
        }
    }

    /// The code of a country by any name; one that is not in our table is remembered.
    pub fn country_of(&mut self, text: &str) -> Option<&'static str> {
        let name = known(text)?;
        let code = country::code(&name);
        if code.is_none() {
            self.unknown_countries.push(name);
        }
        code
    }

    pub fn country_code(&mut self, code: &str, role: CountryRole) {
        self.entity.countries.push(Country { code: code.to_owned(), role });
    }

    pub fn gender(&mut self, text: &str) {
        let gender = match text.trim().trim_end_matches('.').to_ascii_lowercase().as_str() {
            "" | "unknown" | "u" | "x" => return,
            "male" | "m" | "man" => Gender::Male,
            "female" | "f" | "woman" => Gender::Female,
            _ => Gender::Other,
        };
        self.entity.gender.get_or_insert(gender);
    }

    /// A document or number; the country by any name.
    pub fn identifier(&mut self, kind: IdentifierKind, number: &str, issued_by: &str, label: &str) {
        let Some(number) = known(number) else { return };
        let country = self.country_of(issued_by).map(str::to_owned);
        self.entity.identifiers.push(Identifier { kind, value: number, country, label: value(label) });
    }

    /// An address from its lines; the country by any name.
    pub fn address(&mut self, lines: &[&str], country: &str) {
        let country_line = known(country);
        let lines: Vec<String> = lines.iter().filter_map(|line| value(line)).chain(country_line).collect();
        if !lines.is_empty() {
            self.entity.addresses.push(lines.join(", "));
        }
        self.country(country, CountryRole::Residence);
    }

    pub fn position(&mut self, text: &str) {
        self.entity.positions.extend(value(text));
    }

    pub fn programme(&mut self, text: &str) {
        self.entity.programmes.extend(value(text));
    }

    pub fn note(&mut self, text: &str) {
        self.entity.notes.extend(value(text));
    }

    /// A note that says what it is: nothing if there is no value.
    pub fn labelled_note(&mut self, label: &str, text: &str) {
        if let Some(text) = value(text) {
            self.entity.notes.push(format!("{label}: {text}"));
        }
    }

    pub fn link(&mut self, relation: &str, to: &str) {
        if let Some(to) = value(to) {
            self.entity.links.push((relation.to_owned(), to));
        }
    }

    pub fn source_url(&mut self, text: &str) {
        let url = value(text).filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        if self.entity.source_url.is_none() {
            self.entity.source_url = url;
        }
    }

    /// The entity, each value once, the primary name first; its problems stay behind.
    ///
    /// `None` if it has no name at all. An entity whose list gives no primary name leads with its best other one.
    pub fn finish(&mut self, limits: &Limits) -> Option<Entity> {
        let id = self.entity.id.clone();
        let mut entity = std::mem::replace(&mut self.entity, Entity::new("", Schema::Thing, ""));
        entity.names.sort_by_key(|name| name.kind);
        let mut seen = HashSet::new();
        entity.names.retain(|name| seen.insert(name.text.clone()));
        let (first, others) = entity.names.split_first_mut()?;
        for other in others.iter_mut().filter(|name| name.kind == NameKind::Primary) {
            other.kind = NameKind::Alias;
        }
        if first.kind != NameKind::Primary {
            first.kind = NameKind::Primary;
            self.problems.push((DefectKind::Nameless, format!("{id}: no primary name, an alias leads")));
        }
        let mut cut = false;
        for name in &mut entity.names {
            cut |= shorten(&mut name.text, limits.name_bytes_max);
        }
        cut |= unique(&mut entity.names, limits.values_max);
        cut |= unique(&mut entity.birth_dates, limits.values_max);
        cut |= unique(&mut entity.death_dates, limits.values_max);
        cut |= unique(&mut entity.birth_places, limits.values_max);
        cut |= unique(&mut entity.countries, limits.values_max);
        cut |= unique(&mut entity.identifiers, limits.values_max);
        cut |= unique(&mut entity.addresses, limits.values_max);
        cut |= unique(&mut entity.positions, limits.values_max);
        cut |= unique(&mut entity.programmes, limits.values_max);
        cut |= unique(&mut entity.notes, limits.values_max);
        cut |= unique(&mut entity.links, limits.values_max);
        if cut {
            self.problems.push((DefectKind::Cut, format!("{id}: more or longer values than are kept")));
        }
        Some(entity)
    }
}

/// A value with its blanks collapsed; `None` if nothing is left, or OFAC's null.
pub(super) fn value(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let mut value = String::with_capacity(text.len());
    value.push_str(words.next()?);
    for word in words {
        value.push(' ');
        value.push_str(word);
    }
    let null = matches!(value.as_str(), "-0-" | "-0" | "-" | "--" | "," | ".");
    (!null).then_some(value)
}

/// The same without the words that say that nothing is known. Not for names: people are called Na and Null.
fn known(text: &str) -> Option<String> {
    const NOTHING: [&str; 8] =
        ["na", "n/a", "null", "none", "none identified", "unknown", "undetermined", "not available"];
    value(text).filter(|value| !NOTHING.iter().any(|nothing| value.eq_ignore_ascii_case(nothing)))
}

/// A country without the words that lists put around it: `possibly Ethiopian`, `Iranian citizenship`.
fn without_doubt(text: &str) -> &str {
    let mut text = text.trim();
    for word in ["possibly", "probably", "formerly", "former", "previously", "now", "in", "also"] {
        let rest = text.get(word.len()..).filter(|rest| rest.starts_with(' '));
        if let Some(rest) = rest.filter(|_| text[..word.len()].eq_ignore_ascii_case(word)) {
            text = rest.trim_start();
        }
    }
    text.split(" citizen").next().unwrap_or(text)
}

/// The country that the end of a place names: `Pyongyang, Korea, North`.
fn country_at_the_end(place: &str) -> Option<&'static str> {
    let starts = place.match_indices(',').map(|(at, _)| at + 1);
    let tail = place.trim_end_matches('.');
    std::iter::once(0).chain(starts).take(16).find_map(|start| country::code(tail.get(start..)?))
}

/// At most so many bytes of a text: for what many entities share, so that a small file cannot make a large list.
pub(super) fn capped(text: &str, bytes_max: usize) -> &str {
    if text.len() <= bytes_max {
        return text;
    }
    let end = (0..=bytes_max).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    &text[..end]
}

/// Cuts a text to so many bytes, at a character; says whether it did.
fn shorten(text: &mut String, bytes_max: usize) -> bool {
    let end = capped(text, bytes_max).len();
    let long = end < text.len();
    text.truncate(end);
    long
}

/// Drops repeated values, then those over the limit; says whether any were.
fn unique<T: Clone + Eq + Hash>(values: &mut Vec<T>, max: usize) -> bool {
    if values.len() > 1 {
        let mut seen = HashSet::with_capacity(values.len());
        values.retain(|value| seen.insert(value.clone()));
    }
    let cut = values.len() > max;
    values.truncate(max);
    cut
}
