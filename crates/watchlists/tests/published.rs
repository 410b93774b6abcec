//! The published lists themselves, where `VESTIBULE_LISTS` names a folder of them: every entry is found.
#![expect(clippy::print_stdout, reason = "what was measured is what the test is for")]
#![expect(clippy::disallowed_methods, reason = "a test that needs data from outside is told where by the environment")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use watchlists::formats::{self, DefectKind, FormatError, InputFile, Limits, Report, Source};
use watchlists::{Entity, Schema, Topic};

/// The folder of published lists, or `None` and a word about it.
fn lists() -> Option<PathBuf> {
    let folder = std::env::var("VESTIBULE_LISTS").ok().map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: VESTIBULE_LISTS names no folder of published lists");
    }
    folder
}

fn read(source: Source, folder: &Path, names: &[&str]) -> Result<(Report, Vec<Entity>), FormatError> {
    let contents: Vec<Vec<u8>> =
        names.iter().map(|name| std::fs::read(folder.join(name)).expect("the list is in the folder")).collect();
    let files: Vec<InputFile<'_>> =
        names.iter().zip(&contents).map(|(name, bytes)| InputFile { name, bytes }).collect();
    let mut entities = Vec::new();
    let start = Instant::now();
    let report = formats::read(source, &files, &Limits::default(), &mut |entity| entities.push(entity))?;
    println!("{} ms for {} bytes", start.elapsed().as_millis(), contents.iter().map(Vec::len).sum::<usize>());
    assert_eq!(report.entities, entities.len() as u64);
    assert_eq!(report.names, entities.iter().map(|entity| entity.names.len() as u64).sum::<u64>());
    println!("{names:?}: {} entities, {} names, {} defects", report.entities, report.names, report.defects_total);
    let mut kinds: HashMap<DefectKind, u64> = HashMap::new();
    for defect in &report.defects {
        *kinds.entry(defect.kind).or_default() += 1;
    }
    println!("  {kinds:?}; unknown countries {:?}", report.unknown_countries);
    for defect in report.defects.iter().filter(|defect| !matches!(defect.kind, DefectKind::Orphan)).take(12) {
        println!("  {defect}");
    }
    Ok((report, entities))
}

fn count(entities: &[Entity], schema: Schema) -> usize {
    entities.iter().filter(|entity| entity.schema == schema).count()
}

fn defects(report: &Report, kind: DefectKind) -> usize {
    report.defects.iter().filter(|defect| defect.kind == kind).count()
}

#[test]
fn ofac_csv_sets() {
    let Some(folder) = lists() else { return };
    let ofac = folder.join("us_ofac");
    for (day, files, people, rest, vessels, aircraft) in [
        ("2019-01-15", &["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"][..], 3845, 2994, 323, 217),
        ("2021-07-07", &["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"], 4620, 3673, 406, 277),
        ("2022-01-31", &["sdn.csv", "alt.csv", "add.csv"], 0, 0, 0, 0),
        ("2024-05-03", &["sdn.csv"], 6854, 6884, 851, 376),
    ] {
        let (report, entities) = read(Source::OfacSdn, &ofac.join(day), files).expect("it is OFAC's list");
        if people > 0 {
            assert_eq!(count(&entities, Schema::Person), people, "{day}");
            assert_eq!(count(&entities, Schema::Organization), rest, "{day}");
            assert_eq!(count(&entities, Schema::Vessel), vessels, "{day}");
            assert_eq!(count(&entities, Schema::Airplane), aircraft, "{day}");
        } else {
            assert_eq!(entities.len(), 9044);
        }
        assert!(entities.iter().all(|entity| entity.topics.has(Topic::Sanction)));
        assert_eq!(report.lost, 0, "{day}");
    }
}

#[test]
fn ofac_key_collisions_and_files_of_different_days() {
    let Some(folder) = lists() else { return };
    let ofac = folder.join("us_ofac");
    let (report, entities) =
        read(Source::OfacSdn, &ofac.join("2022-01-31"), &["sdn.csv", "alt.csv", "add.csv"]).expect("it is OFAC's list");
    assert_eq!(defects(&report, DefectKind::DuplicateKey), 1);
    let both: Vec<&str> = entities
        .iter()
        .filter(|entity| entity.id.0.starts_with("ofac-2677"))
        .map(|entity| entity.id.0.as_str())
        .collect();
    assert_eq!(both, ["ofac-2677", "ofac-2677-2"]);

    let files = ["2024-05-03/sdn.csv", "2025-02-27/alt.csv", "2025-02-27/add.csv", "2025-02-27/sdn_comments.csv"];
    let (report, entities) = read(Source::OfacSdn, &ofac, &files).expect("most of it belongs together");
    assert_eq!(entities.len(), 14_965);
    // 19,486 - 18,018 alternates and 22,641 - 20,167 addresses belong to parties that were listed later.
    let orphans = 19_486 - 18_018 + 22_641 - 20_167;
    assert!((orphans..orphans + 21).contains(&report.defects_total), "{}", report.defects_total);
    assert_eq!(report.defects.len(), Limits::default().defects_kept_max);
}

#[test]
fn ofac_consolidated_in_both_formats() {
    let Some(folder) = lists() else { return };
    let cons = folder.join("us_ofac/cons");
    let files = ["cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv"];
    let (report, csv) = read(Source::OfacConsolidated, &cons, &files).expect("it is OFAC's list");
    assert_eq!((csv.len(), report.lost), (442, 0));
    for (name, all, people, published) in
        [("consolidated_2025-03-28.xml", 443, 80, "2025-03-28"), ("consolidated_2026-01-08.xml", 442, 79, "2026-01-08")]
    {
        let (report, xml) = read(Source::OfacConsolidated, &cons, &[name]).expect("it is OFAC's list");
        assert_eq!((xml.len(), report.defects_total), (all, 0));
        assert_eq!(count(&xml, Schema::Person), people);
        assert_eq!(report.published_on.map(|day| day.to_string()).as_deref(), Some(published));
        // What both formats say of a party is the same.
        let by_id: HashMap<_, _> = csv.iter().map(|entity| (&entity.id, entity)).collect();
        let names = |entity: &Entity| {
            let mut names: Vec<String> = entity.names.iter().map(|name| name.text.clone()).collect();
            names.sort();
            names
        };
        let (mut common, mut same_names, mut same_births) = (0, 0, 0);
        for entity in &xml {
            let Some(other) = by_id.get(&entity.id) else { continue };
            common += 1;
            same_names += u32::from(names(entity) == names(other));
            same_births += u32::from(entity.birth_dates == other.birth_dates);
            if names(entity) != names(other) && same_names + 5 > common {
                println!("  {:?} {:?}", names(entity), names(other));
            }
        }
        println!("  of {common} in both formats, {same_names} have the same names, {same_births} the same birth dates");
        assert!(common > 430 && same_names * 100 > common * 97 && same_births * 100 > common * 99);
    }
}

#[test]
fn un_lists() {
    let Some(folder) = lists() else { return };
    for (day, people, rest, aliases, others, scripts) in [
        ("2018-08-24", 701, 397, 2081, 582, 407),
        ("2025-04-19", 684, 193, 2126, 578, 380),
        ("2026-02-27", 730, 273, 2139, 613, 378),
    ] {
        let (report, entities) =
            read(Source::Un, &folder.join("un"), &[&format!("consolidated_{day}.xml")]).expect("it is the UN's list");
        assert_eq!((count(&entities, Schema::Person), count(&entities, Schema::Organization)), (people, rest));
        assert_eq!(report.lost, 0);
        assert_eq!(report.published_on.map(|day| day.to_string()).as_deref(), Some(day));
        // A name that stands twice in an entry is kept once.
        let most = (people + rest + aliases + others + scripts) as u64;
        println!("  {} names of {most} published", report.names);
        assert!(report.names <= most && report.names * 100 > most * 97);
    }
}

#[test]
fn follow_the_money_files() {
    let Some(folder) = lists() else { return };
    let folder = folder.join("opensanctions");
    for (name, entities, skipped) in [
        ("sa_wiki_peps_v2.entities.ftm.json", 607, 958),
        ("yente_fixture_t1.entities.ftm.json", 6, 1),
        ("yente_fixture_parteispenden.entities.ftm.json", 96, 379),
        ("yente_fixture_zala.entities.ftm.json", 17, 74),
    ] {
        let (report, all) = read(Source::Ftm, &folder, &[name]).expect("it is FollowTheMoney");
        assert_eq!((report.entities, report.skipped, report.lost), (entities, skipped, 0), "{name}");
        if name.contains("zala") {
            assert!(report.topics.has(Topic::Sanction) && report.topics.has(Topic::Debarred));
            assert!(all.iter().any(|entity| !entity.links.is_empty()));
        }
        if name.contains("wiki") {
            assert!(all.iter().any(|entity| entity.topics.has(Topic::Pep)));
        }
    }
}

#[test]
fn the_other_lists() {
    let Some(folder) = lists() else { return };
    let by_schema = |source, file: &str, schemas: &[(Schema, usize)], all: usize| {
        let (report, entities) = read(source, &folder, &[file]).expect("it is this list");
        assert_eq!((entities.len(), report.lost), (all, 0), "{file}");
        for &(schema, expected) in schemas {
            assert_eq!(count(&entities, schema), expected, "{file}: {schema:?}");
        }
        (report, entities)
    };
    use Schema::{Company, LegalEntity, Person, Vessel};
    let schemas = [(Person, 1543), (Company, 1524), (Vessel, 1340), (LegalEntity, 1193)];
    by_schema(Source::Targets, "opensanctions/ua_war_sanctions.targets.simple.csv", &schemas, 5600);
    let (report, _) =
        by_schema(Source::Targets, "opensanctions/interpol_red_notices.targets.simple.csv", &[(Person, 6561)], 6561);
    assert!(report.topics.has(Topic::Wanted));
    by_schema(Source::Eu, "eu/EUSanctionsShort.csv", &[(Person, 61)], 93);
    by_schema(Source::Eu, "eu/xmlFullSanctionsList_excerpt_2018-12-21.xml", &[(Person, 1)], 2);
    let (report, _) = by_schema(Source::Uk, "uk/sanctionsconlist.csv", &[(Person, 1426)], 2106);
    assert_eq!(report.published_on.map(|day| day.to_string()).as_deref(), Some("2018-04-13"));
    // This copy is cut inside its last row, so it is not the list; all before that row is sound.
    let refused = read(Source::UsCsl, &folder, &["us_csl/csl.csv"]);
    assert!(matches!(refused, Err(FormatError::Truncated { .. })));
    let whole = std::fs::read_to_string(folder.join("us_csl/csl.csv")).expect("the list is in the folder");
    let (rows, _) = whole.trim_end().rsplit_once('\n').expect("it has rows");
    let mut entities = Vec::new();
    let file = InputFile { name: "csl.csv", bytes: rows.as_bytes() };
    let report = formats::read(Source::UsCsl, &[file], &Limits::default(), &mut |entity| entities.push(entity))
        .expect("the rest is sound");
    assert_eq!((entities.len(), report.lost, count(&entities, Vessel)), (4226, 0, 3));
    assert_eq!(report.defects_total, 0);
    assert!([Topic::Sanction, Topic::ExportControl, Topic::Debarred].iter().all(|topic| report.topics.has(*topic)));
    by_schema(Source::Ca, "ca/sema-lmes.xml", &[], 4759);
}
