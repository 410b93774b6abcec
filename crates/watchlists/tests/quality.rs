//! How good the screening is on labelled data: tables for the reader, floors for the build.
//!
//! `VESTIBULE_LISTS` names a folder of published lists, `VESTIBULE_BENCH` one of labelled customers. Without them the
//! tests say that they are skipped.

#![expect(clippy::print_stdout, reason = "the tables are what they are for")]

#[path = "support/customers.rs"]
mod customers;
mod support;

use std::path::PathBuf;

use customers::{customer, table};
use support::folder;
use watchlists::{Index, Match, Options, Query, Score};

fn folders() -> Option<(PathBuf, PathBuf)> {
    Some((folder("VESTIBULE_LISTS")?, folder("VESTIBULE_BENCH")?))
}

/// How many of some customers were found.
#[derive(Default)]
struct Found {
    all: u32,
    first: u32,
    alerted: u32,
    missed: Vec<String>,
}

impl Found {
    fn add(&mut self, index: &Index, query: &Query, expected: &str) {
        let matches = index.screen(query, &Options::default());
        // Without an expected id the customer is on no list, and whoever is found is found wrongly.
        let is_expected = |found: &Match| {
            expected.is_empty()
                || expected.split(';').any(|id| found.id.0 == id || found.id.0.ends_with(&format!("-{id}")))
        };
        self.all += 1;
        self.first += u32::from(matches.first().is_some_and(is_expected));
        if matches.iter().any(is_expected) {
            self.alerted += 1;
        } else if !expected.is_empty() {
            self.missed.push(format!("{expected}: {}", query.names[0]));
        }
    }

    fn share(&self, count: u32) -> f64 {
        100.0 * f64::from(count) / f64::from(self.all.max(1))
    }

    fn print(&self, what: &str) {
        println!(
            "{what:<44} {:>6} customers   alerted {:>6.2} %   at rank one {:>6.2} %",
            self.all,
            self.share(self.alerted),
            self.share(self.first)
        );
        for missed in self.missed.iter().take(12) {
            println!("      missed {missed}");
        }
    }
}

#[test]
fn people_on_the_un_list_are_found() {
    let Some((lists, bench)) = folders() else { return };
    let mut builder = Index::builder();
    support::un(&lists, &mut builder);
    let index = builder.build();
    let [mut untreated, mut treated, mut names, mut dates, mut alone] =
        [const { None }; 5].map(|_: Option<()>| Found::default());
    for row in table(&bench.join("screening_positives_un_dev.csv")) {
        if row.get("on_2025_04_19") != "true" {
            continue;
        }
        let (query, expected) = (customer(&row), row.get("expected_ids"));
        let set = if row.get("variant") == "untreated" { &mut untreated } else { &mut treated };
        set.add(&index, &query, expected);
        if row.get("name_changed") == "true" {
            names.add(&index, &query, expected);
            alone.add(
                &index,
                &Query { schema: query.schema, names: query.names.clone(), ..Query::default() },
                expected,
            );
        }
        if row.get("dob_changed") == "true" {
            dates.add(&index, &query, expected);
        }
    }
    for (what, found) in [
        ("UN, as listed", &untreated),
        ("UN, damaged", &treated),
        ("UN, damaged name", &names),
        ("UN, damaged name, nothing else told", &alone),
        ("UN, damaged birth date", &dates),
    ] {
        found.print(what);
    }
    assert!(untreated.share(untreated.first) >= 99.5 && untreated.share(untreated.alerted) >= 99.5);
    // Of 95, one is another listed person's name put on this one's row, and one has a letter moved to the next word.
    assert!(names.share(names.alerted) >= 97.5);
    assert!(dates.share(dates.alerted) >= 97.0);
}

#[test]
fn members_of_congress_are_found() {
    let Some((lists, bench)) = folders() else { return };
    let mut builder = Index::builder();
    customers::congress(&lists, &mut builder);
    let index = builder.build();
    let [mut dated, mut alone] = [Found::default(), Found::default()];
    for row in table(&bench.join("screening_positives_us_congress_dev.csv")) {
        let expected = row.get("expected_ids");
        if expected.is_empty() {
            continue;
        }
        let query = customer(&row);
        dated.add(&index, &query, expected);
        alone.add(&index, &Query { schema: query.schema, names: query.names.clone(), ..Query::default() }, expected);
    }
    dated.print("US Congress, name and birth year");
    alone.print("US Congress, name alone");
    assert!(dated.share(dated.alerted) >= 99.0 && dated.share(dated.first) >= 99.0);
}

#[test]
fn people_on_no_list_are_not_alerted() {
    let Some((lists, bench)) = folders() else { return };
    let mut builder = Index::builder();
    support::un(&lists, &mut builder);
    support::sdn(&lists, &mut builder);
    let index = builder.build();
    let mut rates = Vec::new();
    // Alerts by name alone that the build bears with; the aim is 2 in both.
    for (file, alone_max) in [("screening_negatives_global_dev.csv", 15.0), ("screening_negatives_us_dev.csv", 7.0)] {
        let [mut full, mut alone, mut all] = [0_u32; 3];
        let mut shown = 0;
        for row in table(&bench.join(file)) {
            let mut query = customer(&row);
            // The sets give invented places of birth too; the promise is about birth date and nationality.
            query.birth_places.clear();
            query.gender = None;
            let bare = Query { schema: query.schema, names: query.names.clone(), ..Query::default() };
            all += 1;
            let matches = index.screen(&bare, &Options::default());
            alone += u32::from(!matches.is_empty());
            if let Some(found) = matches.first().filter(|_| shown < 25) {
                shown += 1;
                println!(
                    "      {} ~ {} ({}, {:?})",
                    found.query_name, found.listed_name, found.name_score, found.name_kind
                );
            }
            let matches = index.screen(&query, &Options::default());
            full += u32::from(!matches.is_empty());
            if let Some(found) = matches.first() {
                println!("   with all: {} ~ {} {found:?}", found.query_name, found.listed_name);
            }
        }
        let rate = |count: u32| 1000.0 * f64::from(count) / f64::from(all);
        println!(
            "{file}: {all} customers; alerts in 1,000: {:.2} by name alone, {:.2} with birth date and nationality",
            rate(alone),
            rate(full)
        );
        rates.push((file, rate(alone) <= alone_max && rate(full) < 0.5));
    }
    assert!(rates.iter().all(|(_, bearable)| *bearable), "{rates:?}");
}

#[test]
fn perturbed_names_are_found_by_class() {
    let Some((lists, bench)) = folders() else { return };
    let mut builder = Index::builder();
    support::sdn(&lists, &mut builder);
    let index = builder.build();
    let mut classes: std::collections::BTreeMap<(String, String), Found> = std::collections::BTreeMap::new();
    for row in table(&bench.join("perturb_dev.csv")) {
        let class = (row.get("family").to_owned(), row.get("perturbation").to_owned());
        let query = Query::named(watchlists::Schema::Person, row.get("query"));
        classes.entry(class).or_default().add(&index, &query, row.get("expected_id"));
    }
    let exact = Score::ONE;
    println!("a score of {exact} is the same name; alerts at {}", Score::ALERT);
    for ((family, class), found) in &mut classes {
        found.missed.truncate(5);
        found.print(&format!("{family}, {class}"));
    }
    for class in ["name_order", "title_affix", "homoglyph", "invisible_char", "punctuation"] {
        let found = classes.iter().find(|((_, known), _)| known == class).map(|(_, found)| found.share(found.alerted));
        assert!(found.is_some_and(|share| share >= 97.0), "{class} {found:?}");
    }
}
