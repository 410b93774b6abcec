//! Every file in a folder of published lists, where `VESTIBULE_LISTS` names one: each is a list with as many entries as
//! its publisher counts, or is refused for a reason. A file that nobody has thought of fails the test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use watchlists::formats::{self, FormatError, InputFile, Limits, Source};

/// Files that are a list alone, whose format they are read as, and the entries.
const LISTS: &[(&str, Source, u64)] = &[
    ("us_ofac/2019-01-15/sdn.csv", Source::OfacSdn, 7_379),
    ("us_ofac/2021-07-07/sdn.csv", Source::OfacSdn, 8_976),
    ("us_ofac/2022-01-31/sdn.csv", Source::OfacSdn, 9_044),
    ("us_ofac/2024-05-03/sdn.csv", Source::OfacSdn, 14_965),
    // The last of its 443 lines is the end mark.
    ("us_ofac/cons/cons_prim.csv", Source::OfacConsolidated, 442),
    ("us_ofac/cons/consolidated_2025-03-28.xml", Source::OfacConsolidated, 443),
    ("us_ofac/cons/consolidated_2026-01-08.xml", Source::OfacConsolidated, 442),
    ("un/consolidated_2018-08-24.xml", Source::Un, 701 + 397),
    ("un/consolidated_2025-04-19.xml", Source::Un, 684 + 193),
    ("un/consolidated_2026-02-27.xml", Source::Un, 730 + 273),
    ("eu/EUSanctionsShort.csv", Source::Eu, 93),
    ("eu/xmlFullSanctionsList_excerpt_2018-12-21.xml", Source::Eu, 2),
    ("uk/sanctionsconlist.csv", Source::Uk, 2_106),
    ("ca/sema-lmes.xml", Source::Ca, 4_759),
    // Of FollowTheMoney's entities, those that can be listed: memberships, payments and the like are none.
    ("opensanctions/sa_wiki_peps_v2.entities.ftm.json", Source::Ftm, 607),
    ("opensanctions/yente_fixture_t1.entities.ftm.json", Source::Ftm, 6),
    ("opensanctions/yente_fixture_parteispenden.entities.ftm.json", Source::Ftm, 96),
    ("opensanctions/yente_fixture_zala.entities.ftm.json", Source::Ftm, 17),
    ("opensanctions/ua_war_sanctions.targets.simple.csv", Source::Targets, 5_600),
    ("opensanctions/interpol_red_notices.targets.simple.csv", Source::Targets, 6_561),
    // What others made of lists is no published format, but a table with names is an institution's own list.
    ("uk/uk_uk_parsed_2025-05.csv", Source::Custom, 2_523),
    ("au/aus_Australia_parsed_2025-05.csv", Source::Custom, 9_983),
    ("us_csl/dpl.txt", Source::Custom, 581),
    ("opensanctions/rigour_sample_names.csv", Source::Custom, 482),
    ("pep/congress_legislators/legislators-current.csv", Source::Custom, 537),
    ("pep/congress_legislators/legislators-historical.csv", Source::Custom, 12_230),
];

/// Files of one list together.
const SETS: &[(&[&str], Source, u64)] = &[
    (
        &[
            "us_ofac/2021-07-07/sdn.csv",
            "us_ofac/2021-07-07/alt.csv",
            "us_ofac/2021-07-07/add.csv",
            "us_ofac/2021-07-07/sdn_comments.csv",
        ],
        Source::OfacSdn,
        8_976,
    ),
    (
        &["us_ofac/2022-01-31/sdn.csv", "us_ofac/2022-01-31/alt.csv", "us_ofac/2022-01-31/add.csv"],
        Source::OfacSdn,
        9_044,
    ),
    (
        &[
            "us_ofac/2024-05-03/sdn.csv",
            "us_ofac/2025-02-27/alt.csv",
            "us_ofac/2025-02-27/add.csv",
            "us_ofac/2025-02-27/sdn_comments.csv",
        ],
        Source::OfacSdn,
        14_965,
    ),
    (
        &[
            "us_ofac/2019-01-15/sdn.csv",
            "us_ofac/2019-01-15/alt.csv",
            "us_ofac/2019-01-15/add.csv",
            "us_ofac/2019-01-15/sdn_comments.csv",
        ],
        Source::OfacSdn,
        7_379,
    ),
    (
        &[
            "us_ofac/cons/cons_prim.csv",
            "us_ofac/cons/cons_alt.csv",
            "us_ofac/cons/cons_add.csv",
            "us_ofac/cons/cons_comments.csv",
        ],
        Source::OfacConsolidated,
        442,
    ),
];

/// Files that no source takes, and how whoever takes them for this one's list is refused.
const NO_LISTS: &[(&str, Source, &str)] = &[
    // A copy that is cut inside its last row.
    ("us_csl/csl.csv", Source::UsCsl, "Truncated"),
    // Half of OFAC's set: nobody is named by it.
    ("us_ofac/2025-02-27/alt.csv", Source::OfacSdn, "NotOneList"),
    ("us_ofac/2025-02-27/add.csv", Source::OfacSdn, "NotOneList"),
    ("us_ofac/2025-02-27/sdn_comments.csv", Source::OfacSdn, "NotOneList"),
    // Schemas, and what says where the files are from.
    ("us_ofac/sdn_xml.xsd", Source::OfacSdn, "NotThisFormat"),
    ("us_ofac/sdn_advanced.xsd", Source::OfacSdn, "NotThisFormat"),
    ("un/UN_consolidated.xsd", Source::Un, "NotThisFormat"),
    ("eu/20171012-FULL-schema-1_1.xsd", Source::Eu, "NotThisFormat"),
    ("README.md", Source::Custom, "NotThisFormat"),
    ("MANIFEST.csv", Source::Custom, "NotThisFormat"),
    // One object around all entries, arrays and Senzing's records: a format that is not read.
    ("eu/all_eu_un_ofaccons_2026-01-28.json", Source::Custom, "TooManyDefects"),
    ("opensanctions/peps_senzing.json", Source::Custom, "NotThisFormat"),
    ("opensanctions/us_congress_senzing.json", Source::Ftm, "NotThisFormat"),
    ("pep/world_leaders/world-leaders-2026-07-19.json", Source::Custom, "Truncated"),
    // Tables of offices, whose holders stand in columns that are called otherwise.
    ("pep/world_leaders/world-leaders-2021-wikidata.csv", Source::Custom, "NotThisFormat"),
    ("pep/world_leaders/world-leaders-2021-wikipedia.csv", Source::Custom, "NotThisFormat"),
    // Archives.
    ("pep/everypolitician/everypolitician_latest_terms_2015-11-30.tar.gz", Source::Custom, "NotThisFormat"),
    ("pep/everypolitician/everypolitician_names_2015-11-30.tar.gz", Source::Custom, "NotThisFormat"),
];

/// Tables of the regulations of the European Union, which are read as an institution's own lists; and their records.
const JOURNAL: (&str, u64) = ("eu/journal_sanctions/", 8_017);

#[test]
fn every_file_is_a_list_with_its_entries_or_is_refused() {
    let Some(folder) = std::env::var_os("VESTIBULE_LISTS").map(PathBuf::from) else {
        return println!("skipped: VESTIBULE_LISTS names no folder of published lists");
    };
    let mut left = BTreeSet::new();
    walk(&folder, &folder, &mut left);
    for (path, source, entries) in LISTS {
        assert_eq!(read(&folder, &[path], *source), Ok(*entries), "{path}");
        left.remove(*path);
        let alike = |other: Source| match other {
            // OFAC's two lists have one form; so has, nearly, any table with a column of names.
            Source::OfacSdn | Source::OfacConsolidated => matches!(source, Source::OfacSdn | Source::OfacConsolidated),
            Source::Custom => matches!(source, Source::Custom | Source::Targets),
            other => other == *source,
        };
        for other in Source::all().iter().filter(|other| !alike(**other)) {
            assert!(read(&folder, &[path], *other).is_err(), "{path} is taken as {other}");
        }
    }
    for (paths, source, entries) in SETS {
        assert_eq!(read(&folder, paths, *source), Ok(*entries), "{paths:?}");
        for path in *paths {
            left.remove(*path);
        }
    }
    for (path, source, why) in NO_LISTS {
        left.remove(*path);
        assert_eq!(read(&folder, &[path], *source), Err((*why).to_owned()), "{path}");
        for other in Source::all() {
            assert!(read(&folder, &[path], *other).is_err(), "{path} is taken as {other}");
        }
    }
    let mut records = 0;
    for path in left.iter().filter(|path| path.starts_with(JOURNAL.0)) {
        match read(&folder, &[path], Source::Custom) {
            Ok(entries) => records += entries,
            Err(why) => assert_eq!(why, "Empty", "{path}: some regulations list nobody"),
        }
    }
    assert_eq!(records, JOURNAL.1);
    left.retain(|path| !path.starts_with(JOURNAL.0));
    assert_eq!(left, BTreeSet::new(), "files that nobody has thought of");
}

/// How many entries the files have as this source's list, or the kind of the refusal.
fn read(folder: &Path, paths: &[&str], source: Source) -> Result<u64, String> {
    let contents: Vec<_> = paths.iter().map(|path| fs::read(folder.join(path)).expect("it is in the folder")).collect();
    let files: Vec<_> = paths.iter().zip(&contents).map(|(path, bytes)| InputFile { name: path, bytes }).collect();
    let mut given = 0;
    let report =
        formats::read(source, &files, &Limits::default(), &mut |_| given += 1).map_err(|error| kind(&error))?;
    assert_eq!(report.entities, given, "{paths:?}");
    Ok(given)
}

/// The kind of a refusal: the name of its variant.
fn kind(error: &FormatError) -> String {
    assert!(!error.to_string().is_empty(), "a refusal says why");
    format!("{error:?}").split([' ', '{']).next().unwrap_or_default().to_owned()
}

fn walk(root: &Path, folder: &Path, files: &mut BTreeSet<String>) {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    for path in entries.collect::<Vec<PathBuf>>() {
        if path.is_dir() {
            walk(root, &path, files);
        } else {
            files.insert(path.strip_prefix(root).expect("inside").display().to_string());
        }
    }
}
