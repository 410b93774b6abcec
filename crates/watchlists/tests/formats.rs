//! The readers on small lists of invented people: everything a format says is found, every defect is survived and
//! reported, and what is not the list is refused.

use proptest::prelude::*;

use watchlists::formats::{self, DefectKind, FormatError, InputFile, Limits, Place, Report, Source};
use watchlists::{CountryRole, Entity, Gender, IdentifierKind, NameKind, Schema, Topic, Topics};

const SDN: &[u8] = include_bytes!("fixtures/ofac/sdn.csv");
const ALT: &[u8] = include_bytes!("fixtures/ofac/alt.csv");
const ADD: &[u8] = include_bytes!("fixtures/ofac/add.csv");
const COMMENTS: &[u8] = include_bytes!("fixtures/ofac/sdn_comments.csv");
const SDN_XML: &[u8] = include_bytes!("fixtures/ofac/sdn.xml");
const ADVANCED_XML: &[u8] = include_bytes!("fixtures/ofac/sdn_advanced.xml");
const UN_XML: &[u8] = include_bytes!("fixtures/un.xml");
const FTM_JSON: &[u8] = include_bytes!("fixtures/entities.ftm.json");

type Outcome = Result<(Report, Vec<Entity>), FormatError>;

fn read_within(source: Source, files: &[(&str, &[u8])], limits: &Limits) -> Outcome {
    let files: Vec<InputFile<'_>> = files.iter().map(|&(name, bytes)| InputFile { name, bytes }).collect();
    let mut entities = Vec::new();
    let report = formats::read(source, &files, limits, &mut |entity| entities.push(entity))?;
    assert_eq!(report.entities, entities.len() as u64);
    for entity in &entities {
        assert_eq!(entity.names.first().map(|name| name.kind), Some(NameKind::Primary), "{}", entity.id);
        assert!(entity.names.iter().all(|name| !name.text.trim().is_empty()), "{}", entity.id);
    }
    Ok((report, entities))
}

fn read(source: Source, files: &[(&str, &[u8])]) -> Outcome {
    read_within(source, files, &Limits::default())
}

fn ofac(files: &[(&str, &[u8])]) -> Outcome {
    read(Source::OfacSdn, files)
}

fn ofac_set() -> [(&'static str, &'static [u8]); 4] {
    [("sdn.csv", SDN), ("alt.csv", ALT), ("add.csv", ADD), ("sdn_comments.csv", COMMENTS)]
}

fn by_id<'e>(entities: &'e [Entity], id: &str) -> &'e Entity {
    entities.iter().find(|entity| entity.id.0 == id).expect("the entry is there")
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

fn sdn_row(uid: &str, name: &str) -> String {
    format!("{uid},\"{name}\",-0- ,\"TEST\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n")
}

#[test]
fn the_ofac_csv_set_is_joined_and_its_remarks_are_read() {
    let (report, all) = ofac(&ofac_set()).expect("it is sound");
    assert_eq!(kinds(&report), []);
    assert_eq!(report.unknown_countries, ["Atlantis"]);
    assert_eq!(report.topics, Topics::of(Topic::Sanction));
    let schemas: Vec<_> = all.iter().map(|entity| entity.schema).collect();
    use Schema::{Airplane, Organization, Person, Vessel};
    assert_eq!(schemas, [Organization, Person, Vessel, Airplane, Person, Person]);

    let otto = by_id(&all, "ofac-102");
    assert_eq!(
        names(otto),
        [
            ("Otto Emil MUSTERMANN", NameKind::Primary),
            ("Oto MUSTERMAN", NameKind::Alias),
            ("DER ONKEL", NameKind::Weak),
            ("Otto ONKEL", NameKind::Weak),
        ]
    );
    assert_eq!(
        (&otto.parts.given[..], &otto.parts.family[..]),
        (&["Otto Emil".to_owned()][..], &["MUSTERMANN".to_owned()][..])
    );
    assert_eq!(births(otto), ["1966-09-08", "1963-01-01/1967-12-31"]);
    assert_eq!(otto.programmes, ["TEST", "PROBE"]);
    assert_eq!(otto.positions, ["Minister of Examples"]);
    assert_eq!(
        countries(otto),
        [
            ("kp", CountryRole::Birth),
            ("kp", CountryRole::Nationality),
            ("mm", CountryRole::Nationality),
            ("ps", CountryRole::Residence),
        ]
    );
    assert_eq!(
        ids(otto),
        [
            (IdentifierKind::Passport, "C01X00T47"),
            (IdentifierKind::NationalId, "22-09-66"),
            (IdentifierKind::Wallet, "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
        ]
    );
    assert_eq!(otto.identifiers[0].country.as_deref(), Some("de"));
    assert_eq!(otto.links, [("linked to".to_owned(), "BEISPIEL HANDEL AG".to_owned())]);

    let ship = by_id(&all, "ofac-103");
    assert_eq!(
        ids(ship),
        [(IdentifierKind::CallSign, "TEST1"), (IdentifierKind::Imo, "9074729"), (IdentifierKind::Mmsi, "572469210")]
    );
    assert_eq!(countries(ship), [("pa", CountryRole::Jurisdiction)]);
    assert_eq!(births(ship), ["1999"]);
    let company = by_id(&all, "ofac-101");
    assert_eq!(company.addresses, ["Hauptstr. 1, Musterstadt 12345, Germany"]);
    assert_eq!(names(company)[1], ("ALTES BEISPIEL", NameKind::Former));

    // The comment goes on in the middle of a word.
    let long = by_id(&all, "ofac-105");
    assert_eq!(long.links.len(), 40);
    assert!(long.links.iter().enumerate().all(|(at, (_, to))| *to == format!("MUSTER HANDEL NUMMER {at:03}")));
    assert_eq!(names(long), [("Ida LANG", NameKind::Primary), ("THE LAST ONE", NameKind::Weak)]);
    assert_eq!(births(by_id(&all, "ofac-106")), ["1960-01-01/1965-12-31", "1970-09", "1980-01-01/1981-12-31"]);
}

#[test]
fn files_of_a_set_are_told_apart_by_content_and_must_not_be_named_for_another() {
    let nameless = [("1", COMMENTS), ("2", ADD), ("3", ALT), ("4.txt", SDN)];
    let (_, all) = ofac(&nameless).expect("the columns tell");
    assert_eq!(all, ofac(&ofac_set()).expect("it is sound").1);
    assert!(matches!(ofac(&[("sdn.csv", SDN), ("alt.csv", ADD)]), Err(FormatError::NotThisFormat { .. })));
    assert!(matches!(ofac(&[("sdn.csv", ALT)]), Err(FormatError::NotThisFormat { .. })));
    assert!(matches!(ofac(&[("a", SDN), ("b", SDN)]), Err(FormatError::NotOneList { .. })));
    assert!(matches!(ofac(&[("alt.csv", ALT)]), Err(FormatError::NotOneList { .. })));
    assert!(matches!(ofac(&[]), Err(FormatError::NotOneList { .. })));
    assert!(matches!(ofac(&[("sdn.xml", SDN_XML), ("alt.csv", ALT)]), Err(FormatError::NotOneList { .. })));
    // An empty comments file is nothing special; an empty list is.
    assert!(ofac(&[("sdn.csv", SDN), ("sdn_comments.csv", b"\x1a")]).is_ok());
    for empty in [&b""[..], b" \r\n", b"\x1a"] {
        assert!(matches!(ofac(&[("sdn.csv", empty)]), Err(FormatError::Empty { .. })));
        assert!(matches!(ofac(&[("sdn.csv", SDN), ("alt.csv", empty)]), Err(FormatError::Empty { .. })));
    }
    for other in
        [&b"<html><body>Service unavailable</body></html>"[..], b"{\"error\": 1}", b"a,b,c\n", b"words", UN_XML]
    {
        assert!(matches!(ofac(&[("sdn.csv", other)]), Err(FormatError::NotThisFormat { .. })));
    }
}

#[test]
fn a_missing_side_file_is_reported() {
    let (report, all) = ofac(&[("sdn.csv", SDN)]).expect("it can stand alone");
    assert_eq!(all.len(), 6);
    let cut = (Place::Line(5), DefectKind::Cut);
    assert_eq!(kinds(&report), [(Place::File, DefectKind::MissingFile), (Place::File, DefectKind::MissingFile), cut]);
}

#[test]
fn a_listed_party_is_not_lost_for_a_defect_of_its_row() {
    let mut text: String = (1000..1200).map(|uid| sdn_row(&uid.to_string(), "SOUND AG")).collect();
    text += "1200,\"TOO FEW COLUMNS\",-0- ,\"TEST\"\r\n";
    text += "1201,\"UNCLOSED QUOTE,-0- ,\"TEST\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";
    text += "1202,\"BANK \"NORD\" AG\",-0- ,\"TEST\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";
    text += &sdn_row("1000", "ANOTHER ONE WITH A KEY THAT IS TAKEN");
    text += &sdn_row("1000", "SOUND AG");
    text += &sdn_row("1203", "LAST AG").replace("-0- ,\"TEST\"", "\"submarine\",\"TEST\"");
    text.push('\u{1a}');
    let side = |name| {
        (
            name,
            if name == "alt.csv" {
                &b"1000,1,\"aka\",\"AKA\",-0- \r\n"[..]
            } else {
                b"1000,1,-0- ,-0- ,\"Cuba\",-0- \r\n"
            },
        )
    };
    let (report, all) =
        ofac(&[("sdn.csv", text.as_bytes()), side("alt.csv"), side("add.csv")]).expect("most of it is sound");
    assert_eq!(
        kinds(&report),
        [
            (Place::Line(201), DefectKind::Shape),
            (Place::Line(202), DefectKind::Shape),
            (Place::Line(203), DefectKind::Shape),
            (Place::Line(204), DefectKind::DuplicateKey),
            (Place::Line(205), DefectKind::Repeated),
            (Place::Line(206), DefectKind::UnknownKind),
        ]
    );
    assert_eq!((all.len(), report.lost), (205, 0));
    let last: Vec<_> = all[200..].iter().map(|entity| (entity.id.0.as_str(), entity.caption())).collect();
    assert_eq!(last[0], ("ofac-1200", "TOO FEW COLUMNS"));
    assert_eq!(last[2], ("ofac-1202", "BANK \"NORD\" AG"));
    assert_eq!(last[3], ("ofac-1000-2", "ANOTHER ONE WITH A KEY THAT IS TAKEN"));
    assert_eq!(all[204].schema, Schema::LegalEntity);
    // Its aliases stay with the entry that had the key first.
    assert_eq!(names(&all[0]).len(), 2);
}

#[test]
fn rows_of_side_files_that_find_no_entry_are_orphans() {
    let alt = b"102,12,\"aka\",\"A\",-0- \r\n102,13,\"aka\",\"B\",-0- \r\n999,14,\"aka\",\"NOBODY\",-0- \r\n";
    let comments = b"999,\"mid word\"\r\n102,\"goes on from nothing\"\r\n";
    let files = [("sdn.csv", SDN), ("alt.csv", &alt[..]), ("add.csv", ADD), ("sdn_comments.csv", comments)];
    let (report, _) = ofac(&files).expect("most of it belongs together");
    let orphan = |line| (Place::Line(line), DefectKind::Orphan);
    assert_eq!(kinds(&report), [orphan(2), (Place::Line(5), DefectKind::Cut), orphan(3), orphan(1)]);
    // A file of another list altogether is no list with defects.
    let foreign = b"7,12,\"aka\",\"A\",-0- \r\n8,13,\"aka\",\"B\",-0- \r\n102,14,\"aka\",\"C\",-0- \r\n";
    let refused = ofac(&[("sdn.csv", SDN), ("alt.csv", foreign)]);
    assert!(matches!(refused, Err(FormatError::NotOneList { .. })));
}

#[test]
fn a_csv_file_that_is_cut_inside_a_row_is_refused() {
    let text = std::str::from_utf8(SDN).expect("the fixture is ASCII").trim_end_matches('\u{1a}').trim_end();
    for cut in [250, 400, text.len() - 1, text.len() - 20] {
        let refused = ofac(&[("sdn.csv", &text.as_bytes()[..cut])]);
        assert!(matches!(refused, Err(FormatError::Truncated { .. })), "{cut}: {refused:?}");
    }
    assert!(ofac(&[("sdn.csv", text.as_bytes())]).is_ok(), "the end mark may be missing");
    let row = sdn_row("1", "A");
    for cut in 1..row.trim_end().len() {
        let refused = ofac(&[("sdn.csv", format!("{}{}", sdn_row("2", "B"), &row[..cut]).as_bytes())]);
        // Only the last null may be cut: nothing is lost with half of it.
        assert!(refused.is_err() || cut + 2 >= row.trim_end().len(), "{}", &row[..cut]);
    }
}

#[test]
fn a_file_with_too_many_broken_rows_is_refused() {
    let text: String = (0..100)
        .map(|uid| if uid % 10 == 0 { "?,?\r\n".to_owned() } else { sdn_row(&uid.to_string(), "AG") })
        .collect();
    let refused = ofac(&[("sdn.csv", text.as_bytes())]);
    assert!(matches!(refused, Err(FormatError::TooManyDefects { bad: 10, rows: 100, .. })), "{refused:?}");
}

#[test]
fn text_that_is_not_utf_8_is_read_as_windows_1252() {
    let text = sdn_row("1", "M?LLER AG").into_bytes();
    let text: Vec<u8> = text.into_iter().map(|byte| if byte == b'?' { 0xdc } else { byte }).collect();
    let (report, all) = ofac(&[("sdn.csv", &text)]).expect("it is sound otherwise");
    assert_eq!(all[0].caption(), "MÜLLER AG");
    assert_eq!(kinds(&report)[0], (Place::Byte(4), DefectKind::Encoding));
}

#[test]
fn the_sdn_list_xml_says_the_same_under_either_namespace() {
    let (report, all) = ofac(&[("sdn.xml", SDN_XML)]).expect("it is sound");
    assert_eq!(kinds(&report), []);
    assert_eq!(report.published_on.map(|day| day.to_string()).as_deref(), Some("2025-03-28"));
    let otto = by_id(&all, "ofac-102");
    assert_eq!(
        names(otto),
        [
            ("Otto Emil MUSTERMANN", NameKind::Primary),
            ("Oto MUSTERMAN", NameKind::Alias),
            ("Otto ALT", NameKind::Former),
            ("DER ONKEL", NameKind::Weak),
        ]
    );
    let (_, csv) = ofac(&ofac_set()).expect("it is sound");
    let from_csv = by_id(&csv, "ofac-102");
    assert_eq!((births(otto), &otto.parts), (births(from_csv), &from_csv.parts));
    assert_eq!((otto.gender, &otto.programmes), (Some(Gender::Male), &from_csv.programmes));
    assert_eq!(ids(otto)[0], (IdentifierKind::Passport, "C01X00T47"));
    assert_eq!(ids(by_id(&all, "ofac-101")), [(IdentifierKind::Lei, "5299000000000000EX42")]);
    assert_eq!(ids(by_id(&all, "ofac-103"))[0], (IdentifierKind::Imo, "9074729"));

    let moved = String::from_utf8_lossy(SDN_XML).replace(
        "http://tempuri.org/sdnList.xsd",
        "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML",
    );
    assert_eq!(ofac(&[("consolidated.xml", moved.as_bytes())]).expect("it is sound").1, all);
    let short = moved.replace("<Record_Count>3<", "<Record_Count>4<");
    let refused = ofac(&[("sdn.xml", short.as_bytes())]);
    assert!(matches!(refused, Err(FormatError::CountMismatch { declared: 4, found: 3, .. })));
}

#[test]
fn the_advanced_xml_is_resolved_by_its_tables() {
    let (report, all) = ofac(&[("sdn_advanced.xml", ADVANCED_XML)]).expect("it is sound");
    assert_eq!((kinds(&report), all.len()), (vec![], 2));
    assert_eq!(report.published_on.map(|day| day.to_string()).as_deref(), Some("2025-03-28"));
    let otto = by_id(&all, "ofac-102");
    assert_eq!(
        names(otto),
        [
            ("Otto Emil MUSTERMANN", NameKind::Primary),
            ("Отто Мустерманн", NameKind::Alias),
            ("Otto ALT", NameKind::Former),
            ("DER ONKEL", NameKind::Weak),
        ]
    );
    assert_eq!(births(otto), ["1966-09-08", "1963-01-01/1967-12-31"]);
    assert_eq!(
        countries(otto),
        [("kp", CountryRole::Nationality), ("de", CountryRole::Birth), ("de", CountryRole::Residence)]
    );
    assert_eq!(
        ids(otto),
        [(IdentifierKind::Passport, "C01X00T47"), (IdentifierKind::Wallet, "1BoatSLRHtKNngkdXEeobR76b53LETtpyT")]
    );
    assert_eq!((otto.gender, &otto.programmes[..]), (Some(Gender::Male), &["TEST".to_owned()][..]));
    assert_eq!(
        (&otto.positions[..], &otto.addresses[..]),
        (&["Minister of Examples".to_owned()][..], &["Musterstadt, Germany".to_owned()][..])
    );
    assert_eq!(otto.links, [("associate of".to_owned(), "ofac-101".to_owned())]);
    assert_eq!(otto.listed_on.map(|day| day.to_string()).as_deref(), Some("2012-12-31"));
    assert_eq!(by_id(&all, "ofac-101").schema, Schema::Organization);
}

#[test]
fn the_un_list_is_read_with_its_empty_elements() {
    let (report, all) = read(Source::Un, &[("consolidated.xml", UN_XML)]).expect("it is sound");
    assert_eq!(kinds(&report), []);
    assert_eq!(report.published_on.map(|day| day.to_string()).as_deref(), Some("2025-04-19"));
    let otto = by_id(&all, "un-900001");
    assert_eq!(
        names(otto),
        [
            ("OTTO EMIL MUSTERMANN", NameKind::Primary),
            ("Отто Мустерманн", NameKind::Alias),
            ("Oto Musterman", NameKind::Alias),
            ("Otto Alt", NameKind::Former),
            ("Der Onkel", NameKind::Weak),
        ]
    );
    assert_eq!(births(otto), ["1970-01-25", "1966-09-08", "1963-01-01/1967-12-31", "1960-01-01/1963-12-31", "1973-11"]);
    assert_eq!(
        countries(otto),
        [
            ("ml", CountryRole::Birth),
            ("sd", CountryRole::Nationality),
            ("ss", CountryRole::Nationality),
            ("kp", CountryRole::Birth),
            ("de", CountryRole::Residence),
        ]
    );
    assert_eq!(otto.positions, ["Dr.", "Director of examples"]);
    assert_eq!(otto.programmes, ["Example", "EXi.001"]);
    assert_eq!(otto.listed_on.map(|day| day.to_string()).as_deref(), Some("2012-12-31"));
    assert_eq!(otto.changed_on.map(|day| day.to_string()).as_deref(), Some("2020-02-29"));
    assert_eq!((otto.gender, ids(otto)), (Some(Gender::Male), vec![(IdentifierKind::Passport, "C01X00T47")]));
    assert!(otto.notes.contains(&"Lives in an example & nowhere else.".to_owned()));
    let company = by_id(&all, "un-900002");
    assert_eq!(company.schema, Schema::Organization);
    assert_eq!(names(company)[1..], [("Beispiel Trading", NameKind::Alias), ("Altes Beispiel", NameKind::Former)]);
}

#[test]
fn follow_the_money_is_joined() {
    let (report, all) = read(Source::Ftm, &[("entities.ftm.json", FTM_JSON)]).expect("it is sound");
    assert_eq!((report.entities, report.skipped, report.without_topic), (4, 6, 0));
    assert_eq!(kinds(&report), [(Place::Line(2), DefectKind::Shape)]);
    let otto = by_id(&all, "ex-otto");
    assert_eq!(
        names(otto),
        [
            ("Otto Mustermann", NameKind::Primary),
            ("Отто Мустерманн", NameKind::Alias),
            ("Otto M.", NameKind::Alias),
            ("Otto Alt", NameKind::Former),
            ("Der Onkel", NameKind::Weak),
        ]
    );
    assert_eq!(otto.topics, Topics::of(Topic::Pep).with(Topic::Rca).with(Topic::Sanction));
    assert_eq!(otto.addresses, ["Hauptstr. 1, Musterstadt"]);
    assert_eq!(otto.programmes, ["EX-TEST"]);
    assert_eq!(otto.listed_on.map(|day| day.to_string()).as_deref(), Some("2023-02-24"));
    assert_eq!(
        otto.links,
        [("family: sister".to_owned(), "ex-ida".to_owned()), ("owns".to_owned(), "ex-ag".to_owned())]
    );
    let ida = by_id(&all, "ex-ida");
    assert_eq!((ida.caption(), ida.topics), ("Ida Mustermann", Topics::of(Topic::Pep)));
    assert_eq!(ida.positions, ["Mayor of Musterstadt (2010–)"]);
    let company = by_id(&all, "ex-ag");
    assert_eq!(company.topics, Topics::of(Topic::Debarred).with(Topic::Crime).with(Topic::ExportControl));
    let wallet = by_id(&all, "ex-wallet");
    assert_eq!((wallet.schema, wallet.caption()), (Schema::CryptoWallet, "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"));
}

#[test]
fn a_line_that_is_no_entity_is_a_defect_and_a_file_of_them_no_list() {
    let mut text = FTM_JSON.repeat(20);
    let place = text.len();
    text.extend(b"{\"id\": \n");
    text.extend(b"{\"id\":\"x\",\"schema\":\"Spaceship\",\"properties\":{\"name\":[\"MS Example\"]}}\n");
    let (report, all) = read(Source::Ftm, &[("entities.ftm.json", &text)]).expect("most of it is sound");
    assert_eq!((report.lost, all.len()), (1, 81));
    assert_eq!((all[80].schema, all[80].caption()), (Schema::Thing, "MS Example"));
    assert!(kinds(&report).contains(&(Place::Line(202), DefectKind::UnknownKind)));
    assert!(all.iter().any(|entity| entity.id.0 == "ex-otto-2"), "a key that stands twice is screened twice");
    let cut = read(Source::Ftm, &[("entities.ftm.json", &text[..place - 40])]);
    assert!(matches!(cut, Err(FormatError::Truncated { .. })), "{cut:?}");
    for other in [&b"[{\"id\":\"x\"}]"[..], b"words\nwords\n", SDN, UN_XML, b"{}\n"] {
        assert!(matches!(read(Source::Ftm, &[("x", other)]), Err(FormatError::NotThisFormat { .. })));
    }
}

#[test]
fn limits_hold() {
    let tight = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        limits
    };
    let set = ofac_set();
    for (source, files, limits) in [
        (Source::OfacSdn, &set[..], tight(|limits| limits.bytes_max = 100)),
        (Source::OfacSdn, &set[..], tight(|limits| limits.entities_max = 3)),
        (Source::Un, &[("un.xml", UN_XML)], tight(|limits| limits.depth_max = 2)),
        (Source::Un, &[("un.xml", UN_XML)], tight(|limits| limits.record_elements_max = 10)),
        (Source::Un, &[("un.xml", UN_XML)], tight(|limits| limits.record_bytes_max = 100)),
    ] {
        let refused = read_within(source, files, &limits);
        assert!(matches!(refused, Err(FormatError::TooLarge { .. })), "{refused:?}");
    }
    let limits = tight(|limits| (limits.values_max, limits.name_bytes_max, limits.defects_kept_max) = (2, 4, 1));
    let (report, all) = read_within(Source::Un, &[("un.xml", UN_XML)], &limits).expect("values are cut, not refused");
    assert_eq!((report.defects.len(), report.defects_total), (1, 2));
    assert!(all.iter().all(|entity| entity.names.len() <= 2 && entity.names.iter().all(|name| name.text.len() <= 4)));
}

#[test]
fn small_files_that_mean_much_work_do_not_get_it() {
    // Each of these is far below the limits, and would run for hours if any step went over it once a byte.
    let many = 200_000;
    let remarks =
        |text: &str| format!("1,\"A\",-0- ,\"T\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"{text}\"\r\n").into_bytes();
    for text in ["(", "Passport (", "Passport 1 (x) ", "a.k.a. 'A', ", "No. 1 ", "POB ,", "; DOB ", "'", "citizen A/"] {
        for bytes in [remarks(&text.repeat(many)), remarks(&format!("Passport {}", text.repeat(many)))] {
            ofac(&[("sdn.csv", &bytes)]).expect("it is a row like another");
        }
    }
    for text in ["\"", ",", "\"\"", "\",\"", "\n", "1,\n", "1,\"\n"] {
        let _ = ofac(&[("sdn.csv", text.repeat(many).as_bytes())]);
        let _ = read(Source::Custom, &[("x", format!("name,id\n{}", text.repeat(many)).as_bytes())]);
    }
    for text in ["<a>", "<r a=''/>", "<a b='", "&amp;", "<!--", "<![CDATA["] {
        let text = format!("<CONSOLIDATED_LIST><INDIVIDUAL>{}", text.repeat(many));
        assert!(read(Source::Un, &[("x", text.as_bytes())]).is_err());
    }
    // A tie of many with many says more than it has bytes.
    let all: Vec<String> = (0..20_000).map(|number| format!("\"p{number}\"")).collect();
    let all = all.join(",");
    let family =
        "{\"id\":\"f\",\"schema\":\"Family\",\"properties\":{\"person\":[P],\"relative\":[P]}}\n".replace('P', &all);
    let text = family.into_bytes().into_iter().chain(FTM_JSON.iter().copied()).collect::<Vec<u8>>();
    let (report, _) = read(Source::Ftm, &[("x", &text)]).expect("the rest is sound");
    assert!(kinds(&report).contains(&(Place::Line(1), DefectKind::Cut)));
}

#[test]
fn sources_go_by_one_word() {
    for &source in Source::all() {
        assert_eq!(source.to_string().parse(), Ok(source));
        assert!(!source.title().is_empty());
    }
    assert!("OFAC".parse::<Source>().is_err());
}

/// A fixture with some bytes replaced, removed or doubled.
fn mutated(original: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let edit = (0..original.len(), any::<u8>(), 0..4u8, 1..60usize);
    proptest::collection::vec(edit, 1..6).prop_map(move |edits| {
        let mut bytes = original.to_vec();
        for (at, byte, how, length) in edits {
            let at = at.min(bytes.len());
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
        bytes
    })
}

fn inputs() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        "(?s)[<>&;a-f\"',0-9\\r\\n{}\\[\\]:é\\-]{0,300}".prop_map(String::into_bytes),
        mutated(SDN),
        mutated(ALT),
        mutated(SDN_XML),
        mutated(ADVANCED_XML),
        mutated(UN_XML),
        mutated(FTM_JSON),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_input_panics_and_none_is_an_empty_list(bytes in inputs(), other in inputs()) {
        let limits = Limits { depth_max: 16, record_elements_max: 200, defects_kept_max: 5, ..Limits::default() };
        for &source in Source::all() {
            for files in [&[("a", &bytes[..])][..], &[("a", &bytes), ("b", &other)], &[("sdn.csv", SDN), ("alt.csv", &bytes)]] {
                if let Ok((report, all)) = read_within(source, files, &limits) {
                    prop_assert!(!all.is_empty());
                    prop_assert!(report.defects.len() <= 5 && report.defects.len() as u64 <= report.defects_total);
                }
            }
        }
    }
}

#[test]
fn the_family_of_who_holds_a_position_is_related_to_a_politician() {
    let lines = br#"{"id":"p","schema":"Person","properties":{"name":["Ada Minister"]}}
{"id":"k","schema":"Person","properties":{"name":["Ben Minister"]}}
{"id":"s","schema":"Person","properties":{"name":["Cleo Stranger"]}}
{"id":"o","schema":"Occupancy","properties":{"holder":["p"],"post":["x"]}}
{"id":"x","schema":"Position","properties":{"name":["Minister of Tests"]}}
{"id":"f","schema":"Family","properties":{"person":["p"],"relative":["k"],"relationship":["brother"]}}
"#;
    let (report, entities) = read_within(Source::Ftm, &[("e.json", lines)], &Limits::default()).expect("a list");
    let topics: Vec<Topics> = entities.iter().map(|entity| entity.topics).collect();
    assert_eq!(topics, [Topics::of(Topic::Pep), Topics::of(Topic::Rca), Topics::NONE]);
    assert_eq!(report.without_topic, 1);
}
