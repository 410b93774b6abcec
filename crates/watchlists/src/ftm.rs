//! Entities and queries in FollowTheMoney's words: what the field's programs send and expect.
//!
//! [`queries`] reads a party by the same rules as a published list, [`properties`] writes an entity so that reading it
//! again gives the same entity, as far as FollowTheMoney has a word for it.

use std::collections::BTreeMap;

use crate::country;
use crate::date::DateRange;
use crate::entity::{CountryRole, Entity, Gender, IdentifierKind, NameKind, Schema, Topic, Topics};
use crate::formats::ftm::example;
use crate::same::REFERENT;
use crate::screening::{Query, QueryParts};

/// Values by the name of their property.
pub type Properties = BTreeMap<String, Vec<String>>;

/// A span of more years is written by its first and last year alone.
const YEARS_MAX: i16 = 12;

/// Spellings of one part of a name that are combined with those of the other.
const SPELLINGS_MAX: usize = 4;

/// What a schema is to a screening; `None` for one that ties parties together (`Ownership`), or that nobody knows.
#[must_use]
pub fn schema(word: &str) -> Option<Schema> {
    example::schema(word)
}

/// The name of a schema.
#[must_use]
pub const fn schema_word(schema: Schema) -> &'static str {
    match schema {
        Schema::Person => "Person",
        Schema::LegalEntity => "LegalEntity",
        Schema::Organization => "Organization",
        Schema::Company => "Company",
        Schema::Vessel => "Vessel",
        Schema::Airplane => "Airplane",
        Schema::CryptoWallet => "CryptoWallet",
        Schema::Address => "Address",
        Schema::Thing => "Thing",
    }
}

/// The schemas that are kinds of this one, itself among them; `None` for one that nobody knows.
#[must_use]
pub fn kinds_of(word: &str) -> Option<&'static [Schema]> {
    use Schema::{Address, Airplane, Company, CryptoWallet, LegalEntity, Organization, Person, Thing, Vessel};
    Some(match word {
        "Thing" => {
            &[Person, LegalEntity, Organization, Company, Vessel, Airplane, CryptoWallet, Address, Thing] as &[_]
        }
        "LegalEntity" => &[Person, LegalEntity, Organization, Company],
        "Organization" => &[Organization, Company],
        "Asset" => &[Company, Vessel, Airplane],
        "Vehicle" => &[Vessel, Airplane],
        _ => match schema(word)? {
            Person => &[Person],
            LegalEntity => &[LegalEntity],
            Organization => &[Organization],
            Company => &[Company],
            Vessel => &[Vessel],
            Airplane => &[Airplane],
            CryptoWallet => &[CryptoWallet],
            Address => &[Address],
            Thing => &[Thing],
        },
    })
}

/// What a topic is to a screening; `None` for one that describes without any risk (`gov.soe`), or that nobody knows.
#[must_use]
pub fn topic(word: &str) -> Option<Topic> {
    match word {
        BLOCKED => Some(Topic::Blocked),
        ADVERSE_MEDIA => Some(Topic::AdverseMedia),
        _ => example::topic(word),
    }
}

/// Our own word for an institution's own list; FollowTheMoney has none.
const BLOCKED: &str = "blocked";

/// Our own word for what the media say; FollowTheMoney has none.
const ADVERSE_MEDIA: &str = "adverse.media";

/// Every topic and its word.
pub const TOPICS: [(Topic, &str); 12] = [
    (Topic::Sanction, "sanction"),
    (Topic::SanctionLinked, "sanction.linked"),
    (Topic::Pep, "role.pep"),
    (Topic::Rca, "role.rca"),
    (Topic::Wanted, "wanted"),
    (Topic::Debarred, "debarment"),
    (Topic::Crime, "crime"),
    (Topic::Interest, "poi"),
    (Topic::Blocked, BLOCKED),
    (Topic::ExportControl, "export.control"),
    (Topic::Regulatory, "reg.action"),
    (Topic::AdverseMedia, ADVERSE_MEDIA),
];

/// The words of a set of topics.
#[must_use]
pub fn topic_words(topics: Topics) -> Vec<&'static str> {
    TOPICS.iter().filter(|(topic, _)| topics.has(*topic)).map(|(_, word)| *word).collect()
}

/// The questions that an example asks: one a date of birth, for a query has one. Never empty.
///
/// Values beyond what a query holds are left out; a value that cannot be read says nothing.
#[must_use]
pub fn queries<'a>(schema: Schema, values: impl IntoIterator<Item = (&'a str, &'a str)> + Clone) -> Vec<Query> {
    let parts = Parts::of(values.clone());
    let party = example::read(schema, values);
    let mut names: Vec<String> = party.names.into_iter().map(|name| name.text).collect();
    names.extend(parts.full_names());
    let query = Query {
        schema: Some(schema),
        names,
        parts: parts.first(),
        birth_date: None,
        countries: party.countries,
        gender: party.gender,
        birth_places: party.birth_places,
        addresses: party.addresses,
        identifiers: party.identifiers,
    };
    let mut dates: Vec<DateRange> = Vec::new();
    for date in party.birth_dates {
        if !dates.contains(&date) && dates.len() < SPELLINGS_MAX {
            dates.push(date);
        }
    }
    if dates.is_empty() {
        return vec![query];
    }
    dates.into_iter().map(|date| Query { birth_date: Some(date), ..query.clone() }).collect()
}

/// A name's parts, of which each value is another spelling.
#[derive(Default)]
struct Parts<'a> {
    first: Vec<&'a str>,
    middle: Vec<&'a str>,
    last: Vec<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut parts = Self::default();
        for (property, value) in values {
            let part = match property {
                "firstName" => &mut parts.first,
                "secondName" | "middleName" | "fatherName" => &mut parts.middle,
                "lastName" => &mut parts.last,
                _ => continue,
            };
            if part.len() < SPELLINGS_MAX && !value.trim().is_empty() {
                part.push(value.trim());
            }
        }
        parts
    }

    /// The first spelling of each.
    fn first(&self) -> Option<QueryParts> {
        let text = |part: &[&str]| part.first().map_or_else(String::new, |text| (*text).to_owned());
        let known = !(self.first.is_empty() && self.last.is_empty());
        known.then(|| QueryParts { given: text(&self.first), middle: self.middle.join(" "), family: text(&self.last) })
    }

    /// Every further first name with every last name.
    fn full_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for first in &self.first {
            for last in &self.last {
                names.push([*first].iter().chain(&self.middle).chain([last]).copied().collect::<Vec<_>>().join(" "));
            }
        }
        names
    }
}

/// What the list says of an entity, in FollowTheMoney's properties. No property is empty.
#[must_use]
pub fn properties(entity: &Entity) -> Properties {
    let mut all = Properties::new();
    let mut tell = |property: &str, value: String| {
        let values = all.entry(property.to_owned()).or_default();
        if !values.contains(&value) {
            values.push(value);
        }
    };
    let person = entity.schema == Schema::Person;
    for name in &entity.names {
        let property = match name.kind {
            NameKind::Primary => "name",
            NameKind::Alias => "alias",
            NameKind::Former => "previousName",
            NameKind::Weak => "weakAlias",
        };
        tell(property, name.text.clone());
    }
    for (property, parts) in [
        ("firstName", &entity.parts.given),
        ("fatherName", &entity.parts.father),
        ("lastName", &entity.parts.family),
        ("birthPlace", &entity.birth_places),
        ("address", &entity.addresses),
        ("position", &entity.positions),
        ("program", &entity.programmes),
        ("notes", &entity.notes),
    ] {
        parts.iter().for_each(|part| tell(property, part.clone()));
    }
    let (begun, ended) = match entity.schema {
        Schema::Person => ("birthDate", "deathDate"),
        Schema::Vessel | Schema::Airplane => ("buildDate", "dissolutionDate"),
        _ => ("incorporationDate", "dissolutionDate"),
    };
    entity.birth_dates.iter().flat_map(dates).for_each(|date| tell(begun, date));
    entity.death_dates.iter().flat_map(dates).for_each(|date| tell(ended, date));
    for country in &entity.countries {
        let property = match country.role {
            CountryRole::Nationality if person => "nationality",
            CountryRole::Birth => "birthCountry",
            CountryRole::Jurisdiction if entity.schema == Schema::Vessel => "flag",
            CountryRole::Jurisdiction if !person => "jurisdiction",
            _ => "country",
        };
        tell(property, country.code.clone());
    }
    if let Some(gender) = entity.gender {
        let word = match gender {
            Gender::Female => "female",
            Gender::Male => "male",
            Gender::Other => "other",
        };
        tell("gender", word.to_owned());
    }
    for identifier in &entity.identifiers {
        let own = identifier.label.as_deref().filter(|label| example::is_identifier(label));
        tell(own.unwrap_or_else(|| identifier_property(identifier.kind)), identifier.value.clone());
    }
    topic_words(entity.topics).into_iter().for_each(|word| tell("topics", word.to_owned()));
    let notes = entity.links.iter().filter(|(relation, _)| relation != REFERENT);
    notes.for_each(|(relation, to)| tell("notes", format!("{relation}: {to}")));
    entity.source_url.iter().for_each(|url| tell("sourceUrl", url.clone()));
    entity.listed_on.iter().flat_map(dates).for_each(|date| tell("createdAt", date));
    entity.changed_on.iter().flat_map(dates).for_each(|date| tell("modifiedAt", date));
    all
}

/// Every country of an entity, however it belongs.
pub fn countries(entity: &Entity) -> impl Iterator<Item = &str> {
    entity.countries.iter().map(|country| country.code.as_str())
}

/// What a country is called; its code, where there is no name for it.
#[must_use]
pub fn country_name(code: &str) -> &str {
    country::name(code).unwrap_or(code)
}

fn identifier_property(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::Passport => "passportNumber",
        IdentifierKind::NationalId | IdentifierKind::Other => "idNumber",
        IdentifierKind::TaxId => "taxNumber",
        IdentifierKind::Registration => "registrationNumber",
        IdentifierKind::Lei => "leiCode",
        IdentifierKind::Bic => "swiftBic",
        IdentifierKind::Imo => "imoNumber",
        IdentifierKind::Mmsi => "mmsi",
        IdentifierKind::CallSign => "callSign",
        IdentifierKind::Wallet => "publicKey",
    }
}

/// A date as FollowTheMoney writes it, which has days, months and years, and no spans.
fn dates(range: &DateRange) -> Vec<String> {
    let text = range.to_string();
    if !text.contains('/') {
        return vec![text];
    }
    let (first, last) = (range.first.year, range.last.year);
    let years: Vec<i16> = if last - first < YEARS_MAX { (first..=last).collect() } else { vec![first, last] };
    years.into_iter().map(|year| format!("{year:04}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::{Country, Identifier, ListedName};

    fn asked(schema: Schema, values: &[(&str, &str)]) -> Vec<Query> {
        queries(schema, values.iter().copied())
    }

    #[test]
    fn an_example_is_read_as_a_list_is() {
        let queries = asked(
            Schema::Person,
            &[
                ("name", "Timur Kasimov"),
                ("alias", "Tamerlan Kasimow"),
                ("birthDate", "1962-05-08"),
                ("nationality", "KZ"),
                ("country", "Kazakhstan"),
                ("gender", "m"),
                ("passportNumber", "N 1234567"),
                ("innCode", "7707083893"),
                ("birthPlace", "Almaty"),
                ("address", "1 Abay Ave, Almaty"),
                ("unheardOf", "x"),
                ("birthDate", ""),
            ],
        );
        let [query] = queries.as_slice() else { panic!("one date, one query") };
        assert_eq!(query.schema, Some(Schema::Person));
        assert_eq!(query.names, ["Timur Kasimov", "Tamerlan Kasimow"]);
        assert_eq!(query.birth_date.map(|date| date.to_string()).as_deref(), Some("1962-05-08"));
        assert_eq!(query.gender, Some(Gender::Male));
        let countries: Vec<_> = query.countries.iter().map(|country| (country.code.as_str(), country.role)).collect();
        assert_eq!(countries, [("kz", CountryRole::Nationality), ("kz", CountryRole::Other)]);
        let identifiers: Vec<_> = query.identifiers.iter().map(|one| (one.kind, one.value.as_str())).collect();
        let expected = [(IdentifierKind::Passport, "N 1234567"), (IdentifierKind::TaxId, "7707083893")];
        assert_eq!(identifiers, expected);
        assert_eq!((query.birth_places.as_slice(), query.addresses.len()), (&["Almaty".to_owned()][..], 1));
    }

    #[test]
    fn parts_become_names_and_dates_become_questions() {
        let queries = asked(
            Schema::Person,
            &[
                ("firstName", "Aleksandr"),
                ("firstName", "Alexander"),
                ("fatherName", "Ivanovich"),
                ("lastName", "Zacharov"),
                ("birthDate", "1965"),
                ("birthDate", "1966-02"),
                ("birthDate", "1965"),
            ],
        );
        let dates: Vec<_> = queries.iter().filter_map(|query| query.birth_date).map(|date| date.to_string()).collect();
        assert_eq!(dates, ["1965", "1966-02"]);
        let query = &queries[0];
        assert_eq!(query.names, ["Aleksandr Ivanovich Zacharov", "Alexander Ivanovich Zacharov"]);
        let parts = query.parts.as_ref().expect("parts");
        assert_eq!(
            (parts.given.as_str(), parts.middle.as_str(), parts.family.as_str()),
            ("Aleksandr", "Ivanovich", "Zacharov")
        );
        assert!(asked(Schema::Person, &[])[0].names.is_empty());
        let last = asked(Schema::Person, &[("lastName", "Zacharov")]);
        assert_eq!(last[0].parts.as_ref().map(|parts| parts.family.as_str()), Some("Zacharov"));
    }

    #[test]
    fn an_entity_in_properties_reads_back_as_itself() {
        let mut entity = Entity::new("x-1", Schema::Person, "Timur Kasimov");
        let name = |text: &str, kind| ListedName { text: text.to_owned(), kind, language: None };
        entity.names.push(name("Tamerlan Kasimow", NameKind::Alias));
        entity.names.push(name("T. Old", NameKind::Former));
        entity.names.push(name("The Jeweller", NameKind::Weak));
        entity.parts.family.push("Kasimov".to_owned());
        entity.birth_dates = vec![DateRange::parse_iso("1962-05-08").expect("a date")];
        let country = |code: &str, role| Country { code: code.to_owned(), role };
        entity.countries = vec![country("kz", CountryRole::Nationality), country("uz", CountryRole::Birth)];
        entity.gender = Some(Gender::Male);
        let identifier = |kind, label: &str| Identifier {
            kind,
            value: format!("N{label}"),
            country: None,
            label: Some(label.to_owned()),
        };
        entity.identifiers =
            vec![identifier(IdentifierKind::TaxId, "innCode"), identifier(IdentifierKind::Passport, "passportNumber")];
        entity.addresses = vec!["1 Abay Ave, Almaty".to_owned()];
        entity.positions = vec!["Jeweller".to_owned()];
        entity.topics = Topics::of(Topic::Sanction).with(Topic::Pep);
        entity.programmes = vec!["KAZ-1".to_owned()];
        entity.source_url = Some("https://list.example/x-1".to_owned());
        entity.listed_on = DateRange::parse_iso("2020-01-02");
        entity.changed_on = DateRange::parse_iso("2021-01-02");

        let properties = properties(&entity);
        assert_eq!(properties["topics"], ["sanction", "role.pep"]);
        assert_eq!(properties["innCode"], ["NinnCode"]);
        // A name leads; FollowTheMoney keeps no order between properties.
        let ordered = ["name", "alias", "previousName", "weakAlias"];
        let values =
            ordered.iter().copied().chain(properties.keys().map(String::as_str).filter(|one| !ordered.contains(one)));
        let pairs: Vec<(&str, &str)> =
            values.flat_map(|name| properties[name].iter().map(move |value| (name, value.as_str()))).collect();
        let mut again = example::read(Schema::Person, pairs);
        again.id = entity.id.clone();
        for both in [&mut entity, &mut again] {
            both.countries.sort();
            both.identifiers.sort_by_key(|one| one.kind);
        }
        assert_eq!(again, entity);
    }

    #[test]
    fn spans_are_told_in_years() {
        let told = |range: Option<DateRange>| range.map(|range| dates(&range).join(" "));
        assert_eq!(told(DateRange::parse_iso("1962-05")).as_deref(), Some("1962-05"));
        assert_eq!(told(DateRange::year(1965).map(|year| year.about(1))).as_deref(), Some("1964 1965 1966"));
        assert_eq!(told(DateRange::years(1950, 1980)).as_deref(), Some("1950 1980"));
    }

    #[test]
    fn words_are_known_both_ways() {
        for (topic, word) in TOPICS {
            assert_eq!(super::topic(word), Some(topic), "{word}");
        }
        for schema in kinds_of("Thing").expect("everything") {
            assert_eq!(super::schema(schema_word(*schema)), Some(*schema));
            assert!(kinds_of(schema_word(*schema)).is_some_and(|kinds| kinds.contains(schema)));
        }
        assert_eq!((super::schema("Ownership"), super::schema("person"), kinds_of("Nobody")), (None, None, None));
        assert_eq!(kinds_of("Organization"), Some(&[Schema::Organization, Schema::Company][..]));
        assert_eq!(super::topic("gov.soe"), None);
    }
}
