//! The readers of the further formats, on small lists of invented people.

use proptest::prelude::*;

use watchlists::formats::{self, DefectKind, FormatError, InputFile, Limits, Place, Report, Source};
use watchlists::{CountryRole, Entity, Gender, IdentifierKind, NameKind, Schema, Topic, Topics};

const TARGETS: &[u8] = include_bytes!("fixtures/targets.simple.csv");
const CUSTOM_CSV: &[u8] = include_bytes!("fixtures/custom.csv");
const CUSTOM_JSON: &[u8] = include_bytes!("fixtures/custom.jsonl");
const EU_XML: &[u8] = include_bytes!("fixtures/eu.xml");
const EU_CSV: &[u8] = include_bytes!("fixtures/eu.csv");
const UK_2018: &[u8] = include_bytes!("fixtures/uk_2018.csv");
const UK_2022: &[u8] = include_bytes!("fixtures/uk_2022.csv");
const UK_LIST_XML: &[u8] = include_bytes!("fixtures/uk_sanctions_list.xml");
const UK_LIST_CSV: &[u8] = include_bytes!("fixtures/uk_sanctions_list.csv");
const CSL: &[u8] = include_bytes!("fixtures/csl.csv");
const CA: &[u8] = include_bytes!("fixtures/ca.xml");

const ALL: [(Source, &[u8]); 11] = [
    (Source::Targets, TARGETS),
    (Source::Custom, CUSTOM_CSV),
    (Source::Custom, CUSTOM_JSON),
    (Source::Eu, EU_XML),
    (Source::Eu, EU_CSV),
    (Source::Uk, UK_2018),
    (Source::Uk, UK_2022),
    (Source::Uk, UK_LIST_XML),
    (Source::Uk, UK_LIST_CSV),
    (Source::UsCsl, CSL),
    (Source::Ca, CA),
];

fn read(source: Source, bytes: &[u8]) -> Result<(Report, Vec<Entity>), FormatError> {
    let mut entities = Vec::new();
    let file = InputFile { name: "list", bytes };
    let report = formats::read(source, &[file], &Limits::default(), &mut |entity| entities.push(entity))?;
    Ok((report, entities))
}

fn by_id<'e>(entities: &'e [Entity], id: &str) -> &'e Entity {
    let ids: Vec<&str> = entities.iter().map(|entity| entity.id.0.as_str()).collect();
    entities.iter().find(|entity| entity.id.0 == id).unwrap_or_else(|| panic!("{id} is not in {ids:?}"))
}

fn names(entity: &Entity) -> Vec<(&str, NameKind)> {
    entity.names.iter().map(|name| (name.text.as_str(), name.kind)).collect()
}

fn births(entity: &Entity) -> Vec<String> {
    entity.birth_dates.iter().map(ToString::to_string).collect()
}

fn countries(entity: &Entity) -> Vec<(&str, CountryRole)> {
    entity.countries.iter().map(|country| (country.code.as_str(), country.role)).collect()
}

fn ids(entity: &Entity) -> Vec<(IdentifierKind, &str)> {
    entity.identifiers.iter().map(|id| (id.kind, id.value.as_str())).collect()
}

fn kinds(report: &Report) -> Vec<(Place, DefectKind)> {
    report.defects.iter().map(|defect| (defect.place, defect.kind)).collect()
}

#[test]
fn targets_are_read_with_their_nested_quotes() {
    let (report, all) = read(Source::Targets, TARGETS).expect("it is sound");
    assert_eq!((kinds(&report), all.len(), report.without_topic), (vec![], 3, 1));
    let otto = by_id(&all, "EX-1");
    assert_eq!(
        names(otto),
        [
            ("Otto Mustermann", NameKind::Primary),
            ("Отто Мустерманн", NameKind::Alias),
            ("Otto \"Onkel\"; Muster", NameKind::Alias),
        ]
    );
    assert_eq!(
        (births(otto), otto.topics),
        (vec!["1966-09-08".to_owned(), "1965".to_owned()], Topics::of(Topic::Wanted))
    );
    let ship = by_id(&all, "EX-2");
    assert_eq!((ship.schema, ids(ship)), (Schema::Vessel, vec![(IdentifierKind::Imo, "9074729")]));
    assert_eq!(ship.topics, Topics::of(Topic::Sanction));
    // The layout of 2025 has no column for programmes.
    let older =
        String::from_utf8_lossy(TARGETS).replace("\"program_ids\",", "").replace("\"\",\"Examples\"", "\"Examples\"");
    let older = older.replace("\"EX-MARE\",", "");
    assert_eq!(read(Source::Targets, older.as_bytes()).expect("it is sound").1.len(), 3);
}

#[test]
fn an_institutions_own_list_is_read_by_its_header() {
    let (report, all) = read(Source::Custom, CUSTOM_CSV).expect("it is sound");
    assert_eq!(kinds(&report), [(Place::Line(1), DefectKind::Shape)], "the column `Branch`");
    assert_eq!(
        names(&all[0]),
        [("Otto Mustermann", NameKind::Primary), ("Otto M.", NameKind::Alias), ("Der Onkel", NameKind::Alias)]
    );
    assert_eq!(
        (births(&all[0]), countries(&all[0])),
        (vec!["1966-09-08".to_owned()], vec![("de", CountryRole::Nationality)])
    );
    assert_eq!((all[0].topics, all[1].topics), (Topics::of(Topic::Blocked), Topics::of(Topic::Crime)));
    assert_eq!((all[0].schema, all[1].schema), (Schema::Person, Schema::Company));
    assert_eq!(all[0].notes, ["Unpaid examples", "branch: Nord"]);
    // A row without an id has the same one whatever stands around it.
    let swapped: Vec<&str> = std::str::from_utf8(CUSTOM_CSV).expect("it is UTF-8").lines().collect();
    let swapped = [swapped[0], swapped[2], swapped[1]].join("\n");
    let (_, other) = read(Source::Custom, swapped.as_bytes()).expect("it is sound");
    assert_eq!((&other[1].id, &other[0].id), (&all[0].id, &all[1].id));

    // A name in two halves is a name.
    let halves = b"last_name,first_name,birthday\nMustermann,Ida,1970-02-01\n";
    let (report, all) = read(Source::Custom, halves).expect("it is sound");
    assert_eq!((kinds(&report), names(&all[0])), (vec![], vec![("Ida Mustermann", NameKind::Primary)]));
    assert_eq!((all[0].schema, births(&all[0])), (Schema::Person, vec!["1970-02-01".to_owned()]));

    let (report, all) = read(Source::Custom, CUSTOM_JSON).expect("it is sound");
    assert_eq!(all[0].id.0, "custom-7");
    assert_eq!((all[0].topics, all[1].caption()), (Topics::of(Topic::Pep), "Ida Mustermann"));
    assert_eq!(all[1].schema, Schema::Person);
    assert!(
        kinds(&report).iter().all(|(_, kind)| *kind == DefectKind::Shape),
        "values that are no lists are no defects"
    );
    for other in [&b"who;what\nA;B\n"[..], b"[]", b"<a/>", b"id,type\n1,person\n"] {
        assert!(matches!(read(Source::Custom, other), Err(FormatError::NotThisFormat { .. })));
    }
}

#[test]
fn the_eu_list_says_the_same_in_xml_and_csv() {
    let (report, all) = read(Source::Eu, EU_XML).expect("it is sound");
    assert_eq!(kinds(&report), []);
    assert_eq!(report.published_on.map(|day| day.to_string()).as_deref(), Some("2018-12-21"));
    let otto = by_id(&all, "eu-1");
    assert_eq!(
        names(otto),
        [
            ("Otto Emil Mustermann", NameKind::Primary),
            ("Отто Мустерманн", NameKind::Alias),
            ("Der Onkel", NameKind::Weak),
        ]
    );
    assert_eq!(otto.names[1].language.as_deref(), Some("ru"));
    assert_eq!(
        (&otto.parts.given[..], &otto.parts.family[..]),
        (&["Otto Emil".to_owned()][..], &["Mustermann".to_owned()][..])
    );
    assert_eq!(births(otto), ["1966-09-08", "1963-01-01/1967-12-31", "1960-01-01/1963-12-31", "1970-05"]);
    assert_eq!(
        countries(otto),
        [("de", CountryRole::Birth), ("kp", CountryRole::Nationality), ("de", CountryRole::Residence)]
    );
    assert_eq!((otto.gender, ids(otto)), (Some(Gender::Male), vec![(IdentifierKind::Passport, "C01X00T47")]));
    assert_eq!(otto.programmes, ["EXA", "EU.1.1", "EXi.001"]);
    assert_eq!(otto.source_url.as_deref(), Some("https://example.org/?a=1&b=2"));

    let (report, all) = read(Source::Eu, EU_CSV).expect("it is sound");
    assert_eq!((kinds(&report), all.len()), (vec![], 2));
    let otto = by_id(&all, "eu-1");
    assert_eq!(names(otto), [("Otto Mustermann", NameKind::Primary), ("Ötto Mustermann", NameKind::Alias)]);
    assert_eq!(countries(otto), [("de", CountryRole::Birth), ("kp", CountryRole::Nationality)]);
    assert_eq!(
        (births(otto), ids(otto)),
        (vec!["1966-09-08".to_owned()], vec![(IdentifierKind::Passport, "C01X00T47")])
    );

    // The same as a spreadsheet saves it.
    let wrapped: String =
        String::from_utf8_lossy(EU_CSV).lines().map(|line| format!("\"{line}\t\t\t\"\t\t\r\n")).collect();
    let wrapped: Vec<u8> = wrapped.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect();
    let (report, same) = read(Source::Eu, &wrapped).expect("it is sound inside");
    assert_eq!(same, all);
    let kinds: Vec<_> = report.defects.iter().map(|defect| defect.kind).collect();
    assert_eq!(kinds, [DefectKind::Encoding, DefectKind::Shape]);
}

#[test]
fn the_uk_list_is_grouped_in_both_layouts() {
    let (report, all) = read(Source::Uk, UK_2018).expect("it is sound");
    assert_eq!(report.defects.iter().map(|defect| defect.kind).collect::<Vec<_>>(), [DefectKind::Encoding]);
    assert_eq!(report.published_on.map(|day| day.to_string()).as_deref(), Some("2018-04-13"));
    let otto = by_id(&all, "uk-77");
    assert_eq!(names(otto), [("Otto Emil MUSTERMANN", NameKind::Primary), ("Oto MUSTERMANN", NameKind::Alias)]);
    assert_eq!(births(otto), ["1966", "1966-09-08"]);
    let nationality = CountryRole::Nationality;
    assert_eq!(countries(otto), [("de", nationality), ("qa", nationality), ("de", CountryRole::Birth)]);
    assert_eq!(
        (ids(otto), otto.identifiers[0].country.as_deref()),
        (vec![(IdentifierKind::Passport, "C01X00T47")], Some("de"))
    );
    assert_eq!(otto.changed_on.map(|day| day.to_string()).as_deref(), Some("2016-04-03"));
    let ship = by_id(&all, "uk-78");
    assert_eq!(names(ship), [("MS BEISPIEL", NameKind::Primary), ("CAFÉ BEISPIEL", NameKind::Former)]);
    assert_eq!(ids(ship), [(IdentifierKind::Imo, "9074729")]);

    let (report, all) = read(Source::Uk, UK_2022).expect("it is sound");
    assert_eq!(kinds(&report), []);
    let otto = by_id(&all, "uk-77");
    assert_eq!(
        names(otto),
        [("Otto MUSTERMANN", NameKind::Primary), ("Отто Мустерманн", NameKind::Alias), ("Der ONKEL", NameKind::Weak)]
    );
    let id = IdentifierKind::NationalId;
    assert_eq!(ids(otto), [(IdentifierKind::Passport, "C01X00T47"), (id, "22-09"), (id, "23-10")]);
    assert_eq!(by_id(&all, "uk-79").schema, Schema::Vessel);
}

#[test]
fn the_uk_sanctions_list_is_the_same_in_xml_and_csv() {
    let (report, all) = read(Source::Uk, UK_LIST_XML).expect("it is sound");
    assert_eq!((kinds(&report), all.len()), (vec![], 3));
    assert_eq!(report.published_on.map(|day| day.to_string()).as_deref(), Some("2026-08-04"));
    let otto = by_id(&all, "uk-EXA0077");
    assert_eq!(
        names(otto),
        [
            ("Otto Emil MUSTERMANN", NameKind::Primary),
            ("Oto Mustermann", NameKind::Alias),
            ("Отто Мустерманн", NameKind::Alias),
            ("Der Onkel", NameKind::Weak)
        ]
    );
    assert_eq!((births(otto), otto.gender), (vec!["1965".to_owned(), "1966-09-08".to_owned()], Some(Gender::Male)));
    assert_eq!(
        countries(otto),
        [("de", CountryRole::Residence), ("de", CountryRole::Nationality), ("de", CountryRole::Birth)]
    );
    assert_eq!(ids(otto), [(IdentifierKind::Passport, "C01X00T47"), (IdentifierKind::NationalId, "22-09")]);
    assert_eq!(otto.identifiers[0].country.as_deref(), Some("de"));
    assert_eq!((otto.schema, otto.topics), (Schema::Person, Topics::of(Topic::Sanction)));
    assert_eq!(otto.listed_on.map(|day| day.to_string()).as_deref(), Some("2016-04-01"));
    let firm = by_id(&all, "uk-EXA0078");
    assert_eq!((firm.schema, ids(firm)), (Schema::Organization, vec![(IdentifierKind::Registration, "HRB 9877")]));
    let ship = by_id(&all, "uk-EXA0079");
    assert_eq!((ship.schema, ids(ship)), (Schema::Vessel, vec![(IdentifierKind::Imo, "9074729")]));
    assert_eq!(countries(ship), [("km", CountryRole::Jurisdiction)]);

    let (report, rows) = read(Source::Uk, UK_LIST_CSV).expect("it is sound");
    assert_eq!((kinds(&report), rows.len()), (vec![], 3));
    assert_eq!(report.published_on.map(|day| day.to_string()).as_deref(), Some("2026-08-04"));
    for (one, other) in all.iter().zip(&rows) {
        let sorted = |entity: &Entity| {
            let mut entity = entity.clone();
            entity.names.sort_by(|left, right| left.text.cmp(&right.text));
            entity.countries.sort();
            entity
        };
        assert_eq!(sorted(one), sorted(other), "what both say of a party is the same");
    }
}

#[test]
fn the_consolidated_screening_list_has_its_header_twice() {
    let (report, all) = read(Source::UsCsl, CSL).expect("it is sound");
    assert_eq!((kinds(&report), all.len()), (vec![], 3));
    let otto = by_id(&all, "csl-sdn-102");
    assert_eq!(names(otto), [("Otto Emil MUSTERMANN", NameKind::Primary), ("Oto MUSTERMAN", NameKind::Alias)]);
    assert_eq!(births(otto), ["1966-09-08", "1963-01-01/1967-12-31"]);
    assert_eq!(
        countries(otto),
        [
            ("de", CountryRole::Residence),
            ("ps", CountryRole::Residence),
            ("kp", CountryRole::Nationality),
            ("de", CountryRole::Birth),
        ]
    );
    assert_eq!((otto.gender, ids(otto)), (Some(Gender::Male), vec![(IdentifierKind::Passport, "C01X00T47")]));
    assert_eq!(otto.links, [("same as".to_owned(), "ofac-102".to_owned())]);
    assert_eq!(by_id(&all, "csl-el-abc").topics, Topics::of(Topic::ExportControl));
    assert_eq!(by_id(&all, "csl-dpl-abd").topics, Topics::of(Topic::ExportControl).with(Topic::Debarred));
}

#[test]
fn canadas_records_have_a_key_of_three_parts() {
    let (report, all) = read(Source::Ca, CA).expect("it is sound");
    assert_eq!(kinds(&report), []);
    let otto = by_id(&all, "ca-belarus-1-part-1-1");
    assert_eq!(
        names(otto),
        [
            ("Otto Emil Mustermann", NameKind::Primary),
            ("Otto M.", NameKind::Alias),
            ("Отто Мустерманн", NameKind::Alias)
        ]
    );
    assert_eq!(
        (births(otto), countries(otto)),
        (vec!["1966-09-08".to_owned(), "1965".to_owned()], vec![("by", CountryRole::Other)])
    );
    let ship = by_id(&all, "ca-russia-1-1-2");
    assert_eq!(
        (ship.schema, ids(ship), births(ship)),
        (Schema::Vessel, vec![(IdentifierKind::Imo, "9074729")], vec!["1989".to_owned()])
    );
    assert_eq!(by_id(&all, "ca-hamas-terrorist-attacks-3").schema, Schema::Organization);
}

#[test]
fn a_list_that_is_cut_inside_a_record_is_refused() {
    for (source, bytes) in ALL {
        let text = bytes.trim_ascii_end();
        for cut in [text.len() - 1, text.len() - 12] {
            // Where the last cell has no quotes, a cut inside it cannot be seen.
            if source != Source::Custom && ![UK_2018, UK_2022, UK_LIST_CSV, EU_CSV].contains(&bytes) {
                assert!(read(source, &text[..cut]).is_err(), "{source} {cut}");
            }
        }
        assert!(read(source, &text[..text.len() - 40]).is_err() || source == Source::Custom, "{source}");
        assert!(read(source, text).is_ok(), "{source}: the last line end may be missing");
    }
}

#[test]
fn no_list_is_taken_for_another() {
    for (source, bytes) in ALL {
        for other in Source::all() {
            let alike = *other == source || *other == Source::Custom;
            let outcome = read(*other, bytes);
            assert!(
                alike || matches!(outcome, Err(FormatError::NotThisFormat { .. })),
                "{source} as {other}: {outcome:?}"
            );
        }
    }
}

fn mutated() -> impl Strategy<Value = (usize, Vec<u8>)> {
    let edits = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8, 1..60usize), 1..6);
    (0..ALL.len(), edits).prop_map(|(which, edits)| {
        let mut bytes = ALL[which].1.to_vec();
        for (at, byte, how, length) in edits {
            let at = at.index(bytes.len().max(1)).min(bytes.len());
            let end = (at + length).min(bytes.len());
            match how {
                0 => bytes.splice(at..end.min(at + 1), [byte]).for_each(drop),
                1 => bytes.splice(at..end, []).for_each(drop),
                2 => bytes.truncate(at),
                _ => {
                    let part = bytes[at..end].to_vec();
                    bytes.splice(at..at, part).for_each(drop);
                }
            }
        }
        (which, bytes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_mutation_panics_and_none_is_an_empty_list((which, bytes) in mutated()) {
        if let Ok((report, all)) = read(ALL[which].0, &bytes) {
            prop_assert!(!all.is_empty() && report.entities == all.len() as u64);
            for entity in &all {
                prop_assert_eq!(entity.names.first().map(|name| name.kind), Some(NameKind::Primary));
            }
        }
    }
}
