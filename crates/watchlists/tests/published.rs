//! The published lists themselves, where `VESTIBULE_LISTS` names a folder of them: every entry is found.
#![expect(clippy::disallowed_methods, reason = "a test that needs data from outside is told where by the environment")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use watchlists::formats::{self, DefectKind, FormatError, InputFile, Limits, Report, Source};
use watchlists::{Entity, NameKind, Schema, Topic};

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
    let report = formats::read(source, &files, &Limits::default(), &mut |entity| entities.push(entity))?;
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

fn names_of_kind(entities: &[Entity], kind: NameKind) -> usize {
    entities.iter().flat_map(|entity| &entity.names).filter(|name| name.kind == kind).count()
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
