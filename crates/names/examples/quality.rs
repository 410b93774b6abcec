//! Precision and recall on the labelled sets in the folder `VESTIBULE_BENCH`.
//!
//! `cargo run --release -p names --example quality -- [names|entities|xscript|perturb] [--misses] [--curve] [--group WORD]`

#![expect(clippy::print_stdout, reason = "a command line tool prints")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use names::{Kind, Name, Score, similarity};

/// One labelled pair.
struct Case {
    group: String,
    kind: Kind,
    one: Vec<String>,
    two: Vec<String>,
    is_match: bool,
    quality: String,
}

#[derive(Default, Clone, Copy)]
struct Tally {
    hit: u32,
    missed: u32,
    false_alarm: u32,
    quiet: u32,
}

impl Tally {
    fn add(&mut self, alert: bool, is_match: bool) {
        match (alert, is_match) {
            (true, true) => self.hit += 1,
            (false, true) => self.missed += 1,
            (true, false) => self.false_alarm += 1,
            (false, false) => self.quiet += 1,
        }
    }

    fn line(&self) -> String {
        let share = |part: u32, whole: u32| if whole == 0 { f64::NAN } else { f64::from(part) / f64::from(whole) };
        let precision = share(self.hit, self.hit + self.false_alarm);
        let recall = share(self.hit, self.hit + self.missed);
        let f1 = share(2 * self.hit, 2 * self.hit + self.missed + self.false_alarm);
        format!(
            "P {precision:.3}  R {recall:.3}  F1 {f1:.3}   (hit {} missed {} false {} quiet {})",
            self.hit, self.missed, self.false_alarm, self.quiet
        )
    }
}

fn kind_of(schema: &str) -> Kind {
    match schema {
        "Person" => Kind::Person,
        "Company" | "Organization" | "PublicBody" => Kind::Organisation,
        "Vessel" | "Airplane" => Kind::Object,
        _ => Kind::Any,
    }
}

fn rows(folder: &Path, file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.join(file)).expect("the labelled file is readable");
    reader.deserialize().map(|row| row.expect("a well-formed row")).collect()
}

fn names_cases(folder: &Path) -> Vec<Case> {
    let case = |row: BTreeMap<String, String>| Case {
        group: row["case_group"].clone(),
        kind: kind_of(&row["schema"]),
        one: vec![row["name1"].clone()],
        two: vec![row["name2"].clone()],
        is_match: row["is_match"] == "true",
        quality: row["quality"].clone(),
    };
    rows(folder, "names_dev.csv").into_iter().map(case).collect()
}

fn xscript_cases(folder: &Path) -> Vec<Case> {
    let case = |row: BTreeMap<String, String>| Case {
        group: if row["script1"] == "LATIN" { row["script2"].clone() } else { row["script1"].clone() },
        kind: kind_of(&row["schema"]),
        one: vec![row["name1"].clone()],
        two: vec![row["name2"].clone()],
        is_match: row["is_match"] == "true",
        quality: row["group"].clone(),
    };
    rows(folder, "xscript_dev.csv").into_iter().map(case).collect()
}

fn perturb_cases(folder: &Path) -> Vec<Case> {
    let case = |row: BTreeMap<String, String>| Case {
        group: format!("{} {}", row["family"], row["perturbation"]),
        kind: Kind::Person,
        one: vec![row["query"].clone()],
        two: vec![row["source_name"].clone()],
        is_match: row["is_match"] == "true",
        quality: row["family"].clone(),
    };
    rows(folder, "perturb_dev.csv").into_iter().map(case).collect()
}

fn entity_cases(folder: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(folder.join("entities_dev.jsonl")).expect("the labelled file is readable");
    let strings = |value: &serde_json::Value| -> Vec<String> {
        let properties = ["name", "alias", "previousName", "weakAlias"];
        let mut all: Vec<String> = properties
            .iter()
            .filter_map(|property| value[*property].as_array())
            .flatten()
            .filter_map(|one| one.as_str().map(str::to_owned))
            .collect();
        if all.is_empty() {
            let parts: Vec<String> = ["firstName", "middleName", "fatherName", "lastName"]
                .iter()
                .filter_map(|property| value[*property].as_array())
                .flatten()
                .filter_map(|one| one.as_str().map(str::to_owned))
                .collect();
            all.push(parts.join(" "));
        }
        all
    };
    text.lines()
        .map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).expect("a JSON object a line");
            Case {
                group: value["source"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned(),
                kind: kind_of(value["schema"].as_str().unwrap_or_default()),
                one: strings(&value["query"]),
                two: strings(&value["candidate"]),
                is_match: value["is_match"] == true,
                quality: value["schema"].as_str().unwrap_or_default().to_owned(),
            }
        })
        .collect()
}

fn score(case: &Case) -> Score {
    let parse = |raw: &String| Name::parse(case.kind, raw);
    let twos: Vec<Name> = case.two.iter().map(parse).collect();
    case.one
        .iter()
        .map(parse)
        .flat_map(|one| twos.iter().map(|two| similarity(&one, two)).collect::<Vec<_>>())
        .max()
        .unwrap_or_default()
}

/// Recall and precision over thresholds.
fn curve(cases: &[Case]) {
    let scores: Vec<(Score, bool)> = cases.iter().map(|case| (score(case), case.is_match)).collect();
    for threshold in (66..=92).step_by(2).map(|hundredths| Score::from_ten_thousandths(100 * hundredths)) {
        let mut tally = Tally::default();
        for (score, is_match) in &scores {
            tally.add(*score >= threshold, *is_match);
        }
        println!("{threshold} {}", tally.line());
    }
}

fn report(title: &str, cases: &[Case], misses: bool, only: Option<&str>) {
    println!("== {title}");
    let mut whole = Tally::default();
    let mut by_group: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut by_quality: BTreeMap<&str, Tally> = BTreeMap::new();
    for case in cases.iter().filter(|case| only.is_none_or(|only| case.group.contains(only))) {
        let score = score(case);
        let alert = score >= Score::ALERT;
        whole.add(alert, case.is_match);
        by_group.entry(&case.group).or_default().add(alert, case.is_match);
        by_quality.entry(&case.quality).or_default().add(alert, case.is_match);
        if misses && alert != case.is_match {
            let what = if alert { "FALSE" } else { "missed" };
            println!("{what:6} {score} [{}|{}] {:?} | {:?}", case.group, case.quality, case.one, case.two);
        }
    }
    for (group, tally) in by_group.iter().chain(&by_quality) {
        println!("{group:32} {}", tally.line());
    }
    println!("{:32} {}", "whole", whole.line());
}

#[expect(clippy::disallowed_methods, reason = "the folder of labelled data is told by the environment")]
fn main() {
    let Ok(folder) = std::env::var("VESTIBULE_BENCH").map(PathBuf::from) else {
        println!("skipped: VESTIBULE_BENCH is not set");
        return;
    };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let misses = arguments.iter().any(|argument| argument == "--misses");
    let only = arguments.iter().position(|argument| argument == "--group").and_then(|at| arguments.get(at + 1));
    let sets = ["names", "entities", "xscript", "perturb"];
    let asked: Vec<&str> = sets.into_iter().filter(|set| arguments.iter().any(|argument| argument == set)).collect();
    for set in if asked.is_empty() { sets.to_vec() } else { asked } {
        let cases = match set {
            "names" => names_cases(&folder),
            "entities" => entity_cases(&folder),
            "xscript" => xscript_cases(&folder),
            _ => perturb_cases(&folder),
        };
        if arguments.iter().any(|argument| argument == "--curve") {
            curve(&cases);
        }
        report(set, &cases, misses, only.map(String::as_str));
        if set == "names" {
            let made_by_hand: Vec<Case> = cases.into_iter().filter(|case| !case.group.starts_with("synth")).collect();
            report("names, made by hand", &made_by_hand, false, only.map(String::as_str));
        }
    }
}
