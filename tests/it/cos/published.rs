//! The same against published lists, where they are to be had (`VESTIBULE_LISTS` names their folder).

use std::path::{Path, PathBuf};

use crate::house::House;

/// The folder of published lists, or nothing and a word about it.
fn published() -> Option<PathBuf> {
    let folder = std::env::vars().find(|(name, _)| name == "VESTIBULE_LISTS").map(|(_, value)| PathBuf::from(value));
    if folder.is_none() {
        eprintln!("SKIPPED: VESTIBULE_LISTS does not name a folder of published lists");
    }
    folder
}

fn files(folder: &Path, names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|name| folder.join(name)).collect()
}

#[tokio::test]
async fn listed_people_are_found_however_they_are_written_and_namesakes_are_not() {
    let Some(folder) = published() else { return };
    let house = House::open();
    house.list("ofac-sdn", &files(&folder, &["us_ofac/2024-05-03/sdn.csv"])).await;
    house.list("un", &files(&folder, &["un/consolidated_2026-02-27.xml"])).await;
    house.sample_list().await;
    let client = house.client().await;
    let table = [
        ("as listed", "Viktor Anatolijevitch", "Bout", "1967-01-13", "Failed"),
        ("a typo", "Viktor Anatolijevitch", "Buot", "1967-01-13", "Failed"),
        ("the other way round", "Bout", "Viktor Anatolijevitch", "1967-01-13", "Failed"),
        ("without the middle name", "Viktor", "Bout", "1967-01-13", "Failed"),
        ("a namesake", "Viktor", "Bout", "1991-08-30", "Clear"),
        ("another alphabet", "Виктор", "Бут", "1967-01-13", "Failed"),
        ("nobody", "Bob", "Smith", "1953-09-22", "Clear"),
    ];
    for (what, first, last, born, ofac) in table {
        let id = client.onboard(&client.person(first, last, born)).await;
        let customer = client.scans(&id, ofac, "Clear").await;
        assert_eq!(customer["ofac"], ofac, "{what}");
    }
    let status = house.run_well(&["lists", "status"]);
    assert!(status.contains("14965") && status.contains("ofac-sdn"), "{status}");
}
