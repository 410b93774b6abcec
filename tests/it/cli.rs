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

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A data folder without a server, and the commands on it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("text").to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).expect("written");
        self.path(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        vestibule(&[arguments, &["--data", &self.path("data")]].concat())
    }

    fn run_well(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", errors(&output));
        output
    }

    /// An institution's own list of so many people, each with one more name if asked for.
    fn own_list(&self, people: u32, with_alias: bool) -> String {
        let row = |number: u32| {
            let alias = if with_alias { format!("Alias Invented {number}") } else { String::new() };
            format!("{number},Person Invented {number},{alias}\n")
        };
        self.write("own.csv", &format!("id,name,aliases\n{}", (0..people).map(row).collect::<String>()))
    }
}

#[test]
fn a_list_does_not_shrink_without_a_word() {
    let folder = Folder::new();
    let entries = || {
        let status = out(&folder.run_well(&["lists", "status", "--json"]));
        let list: Value = serde_json::from_str(&status).expect("one list");
        (list["entries"].as_u64(), list["names"].as_u64())
    };
    folder.run_well(&["lists", "add", "custom", &folder.own_list(40, true)]);
    for (people, with_alias) in [(1, true), (35, true), (40, false)] {
        let refused = folder.run(&["lists", "add", "custom", &folder.own_list(people, with_alias)]);
        let told = errors(&refused);
        assert!(!refused.status.success() && told.contains("--force"), "{told}");
        assert!(told.contains("40 entries and 80 names"), "{told}");
        assert_eq!(entries(), (Some(40), Some(80)));
    }
    folder.run_well(&["lists", "add", "custom", &folder.own_list(36, true)]);
    let forced = folder.run_well(&["lists", "add", "custom", &folder.own_list(1, true), "--force"]);
    assert!(errors(&forced).contains("WARN"), "{}", errors(&forced));
    assert_eq!(entries(), (Some(1), Some(2)));
}

#[test]
fn a_refusal_is_told_once() {
    let folder = Folder::new();
    let refused = folder.run(&["lists", "add", "custom", &folder.write("e.csv", "")]);
    let told = errors(&refused);
    assert!(!refused.status.success());
    assert_eq!(told.matches("the file is empty").count(), 1, "{told}");
}

#[test]
fn a_lost_master_key_is_not_made_up_anew() {
    let folder = Folder::new();
    let key = folder.path("data/master.key");
    let first = folder.run_well(&["tenant", "list"]);
    assert!(errors(&first).contains("Made a master key"), "{}", errors(&first));
    let kept = std::fs::read(&key).expect("a key");
    std::fs::remove_file(&key).expect("removed");
    let refused = folder.run(&["tenant", "list"]);
    assert!(!refused.status.success());
    assert!(errors(&refused).contains(&format!("the master key is missing: {key}")), "{}", errors(&refused));
    assert!(!std::path::Path::new(&key).exists(), "nothing was made");
    std::fs::write(&key, kept).expect("brought back");
    folder.run_well(&["tenant", "list"]);
}

#[tokio::test]
async fn a_lost_master_key_of_a_database_is_not_made_up_anew() {
    let Some(url) = testkit::postgres::fresh_database().await else { return };
    let (one, other) = (Folder::new(), Folder::new());
    one.run_well(&["tenant", "list", "--database", &url]);
    let refused = other.run(&["tenant", "list", "--database", &url]);
    let key = other.path("data/master.key");
    assert!(errors(&refused).contains(&format!("the master key is missing: {key}")), "{}", errors(&refused));
    assert!(!std::path::Path::new(&key).exists(), "what was made is gone");
    one.run_well(&["tenant", "list", "--database", &url]);
}

#[cfg(unix)]
#[test]
fn the_data_folder_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.run_well(&["tenant", "list"]);
    for (name, mode) in [("data", 0o700), ("data/master.key", 0o600)] {
        let metadata = std::fs::metadata(folder.path(name)).expect("there");
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{name}");
    }
}

#[test]
fn commands_do_not_talk_about_the_database() {
    let folder = Folder::new();
    folder.run_well(&["tenant", "list"]);
    assert_eq!(errors(&folder.run_well(&["tenant", "list"])), "");
}

#[test]
fn screening_does_not_destroy_its_input_or_leave_half_an_output() {
    let folder = Folder::new();
    folder.run_well(&["lists", "add", "custom", &folder.own_list(3, false)]);
    let text = "id,name\n1,Person Invented 1\n";
    let people = folder.write("people.csv", text);
    let refused = folder.run(&["screen", "--in", &people, "--out", &people]);
    assert!(!refused.status.success() && errors(&refused).contains("input"), "{}", errors(&refused));
    assert_eq!(std::fs::read_to_string(&people).expect("there"), text);

    let matches = folder.write("matches.csv", "what was there\n");
    let broken = folder.write("broken.csv", "id,name\n1,Person Invented 1\n2,too,many,cells\n");
    assert!(!folder.run(&["screen", "--in", &broken, "--out", &matches]).status.success());
    assert_eq!(std::fs::read_to_string(&matches).expect("there"), "what was there\n");
    folder.run_well(&["screen", "--in", &people, "--out", &matches]);
    assert!(std::fs::read_to_string(&matches).expect("there").starts_with("id,entity_id,"));
    let left = std::fs::read_dir(folder.0.path()).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().contains("partial")), "nothing is left over");
}

#[test]
fn what_a_row_says_and_cannot_be_asked_is_told_by_line() {
    let folder = Folder::new();
    folder.run_well(&["lists", "add", "custom", &folder.own_list(3, false)]);
    let people = folder.write(
        "people.csv",
        "name,schema,date_of_birth,country\nPerson Invented 1,person,1966-09-08,France\n,,1966-09-08,\n\
         Person Invented 2,Pudding,banana,Atlantis\nPerson Invented 2,,07/10/1952,\nPerson Invented 2,,08 Sep 1966,\n",
    );
    let screened = folder.run_well(&["screen", "--in", &people, "--out", &folder.path("matches.csv")]);
    let told = errors(&screened);
    for sentence in ["4 screened", "1 row not screened", "(line 3)", "(lines 4, 5)", "(line 4)"] {
        assert!(told.contains(sentence), "{sentence}: {told}");
    }
    assert_eq!(told.lines().count(), 5, "{told}");
    for value in ["banana", "Pudding", "Atlantis", "1952"] {
        assert!(!told.contains(value), "{told}");
    }
    let nobody = folder.write("nobody.csv", "name\n-\n\"\"\n");
    let refused = folder.run(&["screen", "--in", &nobody, "--out", &folder.path("matches.csv")]);
    assert!(!refused.status.success() && errors(&refused).contains("nothing was screened"), "{}", errors(&refused));
}

#[test]
fn pairs_are_read_in_any_case_up_to_a_row_that_cannot_be() {
    let folder = Folder::new();
    let pairs = folder.write("pairs.csv", "Schema,NAME1, Name2\nperson,Ann Lee,Ann Lee\nPudding,A,B\nperson,C,D\n");
    let output = vestibule(&["compare", "--pairs", &pairs]);
    assert!(!output.status.success() && errors(&output).contains("line 3"), "{}", errors(&output));
    let text = out(&output);
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.ends_with('\n') && text.contains("Ann Lee,Ann Lee,1"), "{text}");
}

#[tokio::test]
async fn a_tenant_keeps_the_key_that_its_clients_know_it_by() {
    let house = House::open();
    let create = ["tenant", "create", "--name", "Finsei Ltd", "--json", "--key"];
    let made = house.run_well(&[&create[..], &["fh_api_finsei_ltd_7f957f77"]].concat());
    let made: serde_json::Value = serde_json::from_str(&made).expect("one JSON object");
    assert_eq!(made["tenantKey"], "fh_api_finsei_ltd_7f957f77");
    for taken_or_bad in ["fh_api_finsei_ltd_7f957f77", "a key", "97e7ff29-15f3-49ef-9681-3bbfcce4f6cd"] {
        let refused = house.run(&[&create[..], &[taken_or_bad]].concat());
        assert!(!refused.status.success(), "{taken_or_bad}");
    }
}
