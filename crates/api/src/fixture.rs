//! Two small lists of invented parties, for the tests of what screens.

use std::sync::Arc;

use jiff::Timestamp;
use service::ListVersion;
use service::screening::{Lists, Viewer};
use watchlists::entity::{Country, CountryRole, Identifier, IdentifierKind, ListedName, NameKind};
use watchlists::{DateRange, Entity, Gender, Index, Schema, Topic, Topics};

/// When both lists were last confirmed: 2023-11-14T22:13:20Z.
pub fn confirmed_at() -> Timestamp {
    Timestamp::from_second(1_700_000_000).expect("a second")
}

fn version(list: &str, topics: Topics) -> ListVersion {
    let at = confirmed_at();
    ListVersion {
        list: list.to_owned(),
        hash: [list.len() as u8; 32],
        format: list.to_owned(),
        tenant: None,
        title: format!("The {list} list"),
        published_on: Some("2023-11-14".to_owned()),
        entities: 2,
        names: 3,
        topics,
        defects: 0,
        bytes: 1,
        files: vec!["file".to_owned()],
        added_at: at,
        confirmed_at: at,
    }
}

/// Timur Kasimov (sanctioned, `un-1`), Northern Lights (a ship, `un-2`), Aigul Kasimova (a PEP, `pep-1`), Kasimov
/// Trading LLC (sanctioned, `ftm-1`).
pub fn lists() -> Lists {
    let mut builder = Index::builder();
    let (un, ftm) = (builder.list("un", "1"), builder.list("ftm", "1"));
    let mut kasimov = Entity::new("un-1", Schema::Person, "Timur Kasimov");
    let alias = "Tamerlan Kasimow".to_owned();
    kasimov.names.push(ListedName { text: alias, kind: NameKind::Alias, language: None });
    kasimov.topics = Topics::of(Topic::Sanction);
    kasimov.birth_dates = vec![DateRange::parse_iso("1962-05-08").expect("a date")];
    kasimov.countries = vec![Country { code: "kz".to_owned(), role: CountryRole::Nationality }];
    kasimov.gender = Some(Gender::Male);
    kasimov.addresses = vec!["1 Abay Ave, Almaty".to_owned()];
    kasimov.programmes = vec!["KZi.001".to_owned()];
    kasimov.identifiers = vec![Identifier {
        kind: IdentifierKind::Passport,
        value: "N 1234567".to_owned(),
        country: Some("kz".to_owned()),
        label: None,
    }];
    kasimov.listed_on = DateRange::parse_iso("2020-01-02");
    kasimov.changed_on = DateRange::parse_iso("2023-03-04");
    builder.add(un, &kasimov);
    let mut ship = Entity::new("un-2", Schema::Vessel, "Northern Lights");
    ship.topics = Topics::of(Topic::Sanction);
    builder.add(un, &ship);
    let mut pep = Entity::new("pep-1", Schema::Person, "Aigul Kasimova");
    pep.topics = Topics::of(Topic::Pep);
    pep.countries = vec![Country { code: "kz".to_owned(), role: CountryRole::Nationality }];
    pep.changed_on = DateRange::parse_iso("2021-01-01");
    builder.add(ftm, &pep);
    let mut company = Entity::new("ftm-1", Schema::Company, "Kasimov Trading LLC");
    company.topics = Topics::of(Topic::Sanction);
    company.countries = vec![Country { code: "cy".to_owned(), role: CountryRole::Jurisdiction }];
    builder.add(ftm, &company);
    let both = Topics::of(Topic::Pep).with(Topic::Sanction);
    let versions = vec![version("un", Topics::of(Topic::Sanction)), version("ftm", both)];
    Lists { index: Arc::new(builder.build()), versions, generation: 1, viewer: Viewer::House }
}
