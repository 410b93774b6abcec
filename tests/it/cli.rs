//! The command line that scripts rely on.

use std::process::{Command, Output};

use serde_json::Value;

use crate::house::{BINARY, House};

fn vestibule(arguments: &[&str]) -> Output {
    Command::new(BINARY).args(arguments).output().expect("runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn two_names_are_compared_and_explained() {
    let same = vestibule(&["compare", "Viktor Sampleov", "SAMPLEOV, Viktor"]);
    let score: f64 = out(&same).lines().next().expect("a score").parse().expect("a number");
    assert!(score > 0.9, "{score}");
    let explained = out(&vestibule(&["compare", "Viktor Sampleov", "Victor Samplov", "--explain"]));
    assert!(explained.to_lowercase().contains("viktor") && explained.to_lowercase().contains("victor"), "{explained}");
    assert!(!vestibule(&["compare", "A", "B", "--schema", "Pudding"]).status.success());
}

#[test]
fn pairs_are_printed_again_with_a_score() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pairs.csv");
    std::fs::write(&file, "id,schema,name1,name2\n1,Person,\"Lee, Ann\",Ann Lee\n2,Company,Acme GmbH,Zebra Ltd\n")
        .expect("written");
    let output = vestibule(&["compare", "--pairs", file.to_str().expect("text")]);
    let text = out(&output);
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(rows.headers().expect("a header"), vec!["id", "schema", "name1", "name2", "score"]);
    let scores: Vec<f64> = rows.records().map(|row| row.expect("a row")[4].parse().expect("a score")).collect();
    assert!(scores[0] > 0.9 && scores[1] < 0.5, "{scores:?}");
    std::fs::write(&file, "schema,name1\nPerson,A\n").expect("written");
    let refused = vestibule(&["compare", "--pairs", file.to_str().expect("text")]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("name2"));
}

#[tokio::test]
async fn a_file_of_people_is_screened() {
    let house = House::open();
    house.sample_list().await;
    let (people, matches) = (house.data().join("people.csv"), house.data().join("matches.csv"));
    let text = "id,first_name,last_name,date_of_birth,nationality\n7,Viktor,Sampleov,1961-03-14,Russia\n8,Bob,Smith,1953-09-22,\n9,Viktor,Sampleov,1993-01-01,\n";
    std::fs::write(&people, text).expect("written");
    house.run_well(&["screen", "--in", people.to_str().expect("text"), "--out", matches.to_str().expect("text")]);
    let mut rows = csv::Reader::from_path(&matches).expect("written");
    let header: Vec<String> = rows.headers().expect("a header").iter().map(str::to_owned).collect();
    assert_eq!(header[..6], ["id", "entity_id", "list", "name", "score", "birth_date"]);
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((&rows[0][0], &rows[0][1], &rows[0][2], &rows[0][5]), ("7", "s-1", "ftm", "agrees"));
}

#[tokio::test]
async fn settings_of_a_tenant_are_set_shown_and_refused_by_name() {
    let house = House::open();
    let tenant = house.tenant(&[]).id;
    let set = house.run_well(&["tenant", "set", &tenant, "screening.threshold=0.8", "lists.maxAge=P3D"]);
    let settings: Value = serde_json::from_str(&set).expect("JSON");
    assert_eq!((&settings["screening.threshold"], &settings["lists.maxAge"]), (&"0.8".into(), &"P3D".into()));
    let refused = house.run(&["tenant", "set", &tenant, "screening.treshold=0.8"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("screening.threshold"));
}

#[tokio::test]
async fn a_list_that_does_not_parse_is_refused_and_the_old_one_stays() {
    let house = House::open();
    house.sample_list().await;
    let before = house.run_well(&["lists", "status", "--json"]);
    let file = house.data().join("broken.ftm.json");
    std::fs::write(&file, "{\"id\":\"x\",\"schema\":\"Person\",\"properties\":{\"name\":[\"Half a li")
        .expect("written");
    for (source, file) in [("ftm", file.to_str().expect("text")), ("un", file.to_str().expect("text"))] {
        let refused = house.run(&["lists", "add", source, file]);
        assert!(!refused.status.success(), "{source}");
    }
    let unknown = house.run(&["lists", "add", "moon", file.to_str().expect("text")]);
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("ofac-sdn"));
    let version = |status: &str| {
        serde_json::from_str::<Value>(status.lines().next().expect("a list")).expect("JSON")["version"].clone()
    };
    assert_eq!(version(&before), version(&house.run_well(&["lists", "status", "--json"])));
}

#[test]
fn the_configuration_is_checked_and_printed() {
    let printed = out(&vestibule(&["config", "print"]));
    assert!(printed.contains("[server]") && printed.contains("listen"), "{printed}");
    assert!(vestibule(&["config", "check"]).status.success());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bad.toml");
    std::fs::write(&file, "[server]\nlisen = \"127.0.0.1:1\"\n").expect("written");
    let refused = vestibule(&["config", "check", "--config", file.to_str().expect("text")]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("lisen"));
}

#[test]
fn help_names_every_command() {
    let help = out(&vestibule(&["--help"]));
    for command in ["serve", "demo", "tenant", "lists", "screen", "compare", "case", "audit", "config"] {
        assert!(help.contains(command), "{command}");
    }
}
