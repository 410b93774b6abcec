//! What a screening finds, clears and ranks.

use super::*;
use crate::date::DateRange;
use crate::entity::{
    Country, CountryRole, Gender, Identifier, IdentifierKind, ListedName, NameKind, Schema, Topic, Topics,
};
use crate::evidence::{Feature, Finding};

fn person(id: &str, name: &str) -> Entity {
    let mut entity = Entity::new(id, Schema::Person, name);
    entity.topics = Topics::of(Topic::Sanction);
    entity
}

fn alias(entity: &mut Entity, text: &str, kind: NameKind) {
    entity.names.push(ListedName { text: text.to_owned(), kind, language: None });
}

fn nationality(code: &str) -> Country {
    Country { code: code.to_owned(), role: CountryRole::Nationality }
}

fn passport(value: &str, country: &str) -> Identifier {
    Identifier {
        kind: IdentifierKind::Passport,
        value: value.to_owned(),
        country: Some(country.to_owned()),
        label: None,
    }
}

/// A small list of invented people, companies and ships.
fn fixture() -> Index {
    let mut builder = Index::builder();
    let sanctions = builder.list("sanctions", "1");
    let peps = builder.list("peps", "1");

    let mut kasimov = person("s-1", "Timur Kasimov");
    alias(&mut kasimov, "Tamerlan Kasimow", NameKind::Alias);
    alias(&mut kasimov, "The Jeweller", NameKind::Weak);
    kasimov.birth_dates = vec![DateRange::parse_iso("1962-05-08").expect("a date")];
    kasimov.countries = vec![nationality("kz")];
    kasimov.gender = Some(Gender::Male);
    kasimov.identifiers = vec![passport("N 1234567", "kz")];
    builder.add(sanctions, &kasimov);

    let mut rahman = person("s-2", "Abdul Rahman Yusufzai");
    rahman.birth_dates = vec![DateRange::parse_iso("1971").expect("a year")];
    builder.add(sanctions, &rahman);

    let mut company = Entity::new("s-3", Schema::Company, "Northern Lights Shipping GmbH");
    company.topics = Topics::of(Topic::Sanction);
    builder.add(sanctions, &company);

    let mut vessel = Entity::new("s-4", Schema::Vessel, "Northern Lights");
    vessel.topics = Topics::of(Topic::Sanction);
    vessel.identifiers =
        vec![Identifier { kind: IdentifierKind::Imo, value: "9187629".to_owned(), country: None, label: None }];
    builder.add(sanctions, &vessel);

    let mut pep = Entity::new("p-1", Schema::Person, "Timur Kasimov");
    pep.topics = Topics::of(Topic::Pep);
    pep.birth_dates = vec![DateRange::parse_iso("1948-11-23").expect("a date")];
    builder.add(peps, &pep);
    builder.build()
}

fn born(name: &str, date: &str) -> Query {
    Query { birth_date: DateRange::parse_iso(date), ..Query::named(Schema::Person, name) }
}

fn ids(index: &Index, query: &Query) -> Vec<String> {
    index.screen(query, &Options::default()).into_iter().map(|found| found.id.0).collect()
}

#[test]
fn a_name_alone_finds_every_bearer_and_a_birth_date_tells_them_apart() {
    let index = fixture();
    assert_eq!(ids(&index, &Query::named(Schema::Person, "KASIMOV, Timur")), ["p-1", "s-1"]);
    assert_eq!(ids(&index, &born("Timur Kasimov", "1962-05-08")), ["s-1"]);
    assert_eq!(ids(&index, &born("Timur Kasimov", "1948-11-23")), ["p-1"]);
    assert_eq!(ids(&index, &born("Timur Kasimov", "1999-02-13")), [""; 0]);
    assert_eq!(ids(&index, &Query::named(Schema::Person, "Greta Lindqvist")), [""; 0]);
}

#[test]
fn a_slip_in_the_birth_date_does_not_clear() {
    let index = fixture();
    for slip in ["1962-08-05", "1962-05-09", "1963-05-08", "1992-05-08", "1962"] {
        assert!(ids(&index, &born("Timur Kasimov", slip)).contains(&"s-1".to_owned()), "{slip}");
    }
}

#[test]
fn evidence_ranks_inside_the_band_of_exact_names() {
    let index = fixture();
    let score = |query: &Query| {
        index.screen(query, &Options::default()).into_iter().find(|found| found.id.0 == "s-1").map(|found| found.score)
    };
    let bare = Query::named(Schema::Person, "Timur Kasimov");
    let dated = born("Timur Kasimov", "1962-05-08");
    let full = Query { countries: vec![nationality("kz")], ..dated.clone() };
    let identified = Query { identifiers: vec![passport("N1234567", "kz")], ..full.clone() };
    let ranked = [score(&bare), score(&dated), score(&full), score(&identified)];
    assert!(ranked.windows(2).all(|pair| pair[0] < pair[1]), "{ranked:?}");
    assert!(ranked[0] > Some(Score::from_ten_thousandths(8_000)) && ranked[3] <= Some(Score::ONE));
}

#[test]
fn a_passport_finds_its_holder_under_another_name() {
    let index = fixture();
    let query =
        Query { identifiers: vec![passport("n-1234567", "kz")], ..Query::named(Schema::Person, "Greta Lindqvist") };
    let found = index.screen(&query, &Options::default());
    assert_eq!(found.len(), 1);
    assert!(found[0].identified && found[0].id.0 == "s-1");
    let elsewhere =
        Query { identifiers: vec![passport("n-1234567", "de")], ..Query::named(Schema::Person, "Greta Lindqvist") };
    assert!(index.screen(&elsewhere, &Options::default()).is_empty());
    let nameless = Query {
        identifiers: vec![Identifier {
            kind: IdentifierKind::Imo,
            value: "IMO 9187629".to_owned(),
            country: None,
            label: None,
        }],
        ..Query::default()
    };
    assert_eq!(ids(&index, &nameless), ["s-4"]);
}

#[test]
fn a_weak_alias_is_found_only_when_it_is_exact_or_more_agrees() {
    let index = fixture();
    let score = |query: &Query| index.screen(query, &Options::default()).first().map(|found| found.score);
    let exact = score(&Query::named(Schema::Person, "The Jeweller")).expect("an exact weak alias is found");
    let strong = score(&Query::named(Schema::Person, "Tamerlan Kasimow")).expect("an exact alias is found");
    assert!(exact < strong);
    assert_eq!(score(&Query::named(Schema::Person, "The Jeweler")), None);
}

#[test]
fn kinds_lists_and_topics_narrow_the_answer() {
    let index = fixture();
    assert_eq!(ids(&index, &Query::named(Schema::Company, "Northern Lights Shipping")), ["s-3"]);
    assert_eq!(ids(&index, &Query::named(Schema::Vessel, "MV Northern Lights")), ["s-4"]);
    assert_eq!(ids(&index, &Query::named(Schema::Person, "Northern Lights")), [""; 0]);
    let query = Query::named(Schema::Person, "Timur Kasimov");
    let peps = Options { topics: Some(Topics::of(Topic::Pep)), ..Options::default() };
    assert_eq!(index.screen(&query, &peps).len(), 1);
    let first = Options { lists: Some(vec![ListNumber(0)]), ..Options::default() };
    assert_eq!(index.screen(&query, &first)[0].id.0, "s-1");
    assert_eq!(index.screen(&query, &Options { limit: 1, ..Options::default() }).len(), 1);
}

#[test]
fn words_written_together_are_found_apart() {
    let index = fixture();
    for name in ["Abdulrahman Yusufzai", "Abdul Rahman Yusuf Zai", "Abdulrahmanyusufzai"] {
        assert_eq!(ids(&index, &Query::named(Schema::Person, name)), ["s-2"], "{name}");
    }
}

#[test]
fn an_explanation_has_the_score_of_the_match() {
    let index = fixture();
    let query = born("Timur Kasimow", "1962-08-05");
    for found in index.screen(&query, &Options::default()) {
        let why = index.explain(&query, found.entity).expect("the entity is in the index");
        assert_eq!(why.matched, found);
        assert!(why.names.is_some_and(|names| names.score == found.name_score));
        let dates = found.evidence.iter().find(|one| one.feature == Feature::BirthDate).expect("all features are told");
        assert!(matches!(dates.finding, Finding::Agrees(_)));
    }
    assert!(index.explain(&query, EntityNumber(99)).is_none());
}

#[test]
fn an_index_tells_what_it_holds() {
    let index = fixture();
    assert_eq!((index.len(), index.names(), index.lists().len()), (5, 7, 2));
    let number = index.find(ListNumber(1), &EntityId("p-1".to_owned())).expect("it was added");
    assert_eq!(index.entity(number).map(|entity| entity.caption().to_owned()).as_deref(), Some("Timur Kasimov"));
    assert_eq!(index.list_of(number).map(|list| list.name.as_str()), Some("peps"));
    assert!(Index::builder().build().screen(&Query::named(Schema::Person, "Anybody"), &Options::default()).is_empty());
}
