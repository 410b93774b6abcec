//! Every listed name, written in the ways that people write names, finds its entity: a table by kind of change.
//!
//! Always on a small list of invented parties; on the UN's and OFAC's lists where `VESTIBULE_LISTS` names a folder.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod support;

use std::collections::BTreeMap;

use watchlists::{
    Country, CountryRole, DateRange, Day, Entity, Index, ListedName, NameKind, Options, Query, Schema, Topic, Topics,
};

/// What is done to a name, and what share of the names so changed must find their entity, in percent: in the invented
/// list, and in the published ones.
const KINDS: [(Change, f64, f64); 13] = [
    (Change::Exact, 100.0, 100.0),
    (Change::Case, 100.0, 99.9),
    (Change::Punctuation, 100.0, 99.9),
    (Change::Diacritics, 100.0, 99.9),
    (Change::LegalForm, 100.0, 99.0),
    (Change::SwappedBirthDate, 100.0, 100.0),
    (Change::OneEdit, 99.0, 99.0),
    (Change::OneEditOfBody, 99.0, 88.0),
    (Change::Order, 95.0, 95.0),
    (Change::Spacing, 95.0, 86.0),
    (Change::MissingMiddle, 85.0, 85.0),
    (Change::Respelled, 95.0, 95.0),
    (Change::WeakExact, 100.0, 99.9),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// As listed, primary names and aliases.
    Exact,
    Case,
    Punctuation,
    Diacritics,
    LegalForm,
    /// Day and month of the birth date, the name as listed.
    SwappedBirthDate,
    /// A letter of a person's name put in, left out, replaced, or swapped with its neighbour.
    OneEdit,
    /// The same in the name of an organisation, ship or aircraft.
    OneEditOfBody,
    /// The last word first.
    Order,
    /// Two words written as one.
    Spacing,
    MissingMiddle,
    /// Another romanisation.
    Respelled,
    /// A weak alias as listed: marked down, and found.
    WeakExact,
}

impl Change {
    /// The changed query, or `None` where the change does not apply to such a name.
    fn query(self, entity: &Entity, name: &ListedName, salt: usize) -> Option<Query> {
        let text = name.text.as_str();
        let words: Vec<&str> = text.split_whitespace().collect();
        let person = entity.schema == Schema::Person;
        let is_weak = is_weak(entity, name);
        if is_weak != (self == Self::WeakExact) {
            return None;
        }
        let latin = text.chars().all(|char| char.is_ascii_alphabetic() || " -'.,".contains(char));
        let changed = match self {
            Self::Exact | Self::WeakExact => text.to_owned(),
            Self::Case => {
                if text.chars().any(char::is_lowercase) {
                    text.to_uppercase()
                } else {
                    text.to_lowercase()
                }
            }
            Self::Punctuation => format!("  {}. ", text.replace(' ', "  ")).replace(['’', '\''], "`"),
            Self::Diacritics => text.replace('a', "á").replace('O', "Ö").replace('e', "è").replace('U', "Ū"),
            Self::LegalForm if !person => with_other_form(text)?,
            Self::SwappedBirthDate if person => {
                let born = entity.birth_dates.first().filter(|date| date.is_day())?.first;
                let swapped = Day::new(born.year, born.day, born.month)?;
                let query = Query::named(entity.schema, text);
                return Some(Query { birth_date: Some(DateRange::day(swapped)), ..query });
            }
            Self::OneEdit if latin && person => edited(text, salt)?,
            Self::OneEditOfBody if latin && !person => edited(text, salt)?,
            Self::Order if person && words.len() >= 2 => {
                let (last, others) = words.split_last()?;
                format!("{last}, {}", others.join(" "))
            }
            Self::Spacing if latin && words.len() >= 3 => format!("{}{} {}", words[0], words[1], words[2..].join(" ")),
            Self::MissingMiddle if person && words.len() == 3 => format!("{} {}", words[0], words[2]),
            Self::Respelled if person && latin => respelled(text)?,
            _ => return None,
        };
        Some(Query::named(entity.schema, changed))
    }
}

/// A weak alias, or one that is a single word: found when it is exact, and with more evidence.
fn is_weak(entity: &Entity, name: &ListedName) -> bool {
    let single = entity.schema == Schema::Person && name.text.split_whitespace().count() < 2;
    name.kind == NameKind::Weak || (single && name.kind != NameKind::Primary)
}

fn with_other_form(text: &str) -> Option<String> {
    let plain = |word: &str| word.trim_end_matches(['.', ',']).to_lowercase();
    let (last, others) = text.rsplit_once(' ').map(|(others, last)| (plain(last), others.trim_end_matches(',')))?;
    Some(match last.as_str() {
        "ltd" => format!("{others} Limited"),
        "limited" => format!("{others} Ltd."),
        "llc" => format!("{others}, Limited Liability Company"),
        _ => return None,
    })
}

/// One slip in the longest word, if it is long enough to be known again, but not in its first letter.
fn edited(text: &str, salt: usize) -> Option<String> {
    let word = text.split([' ', '-']).max_by_key(|word| word.len()).filter(|word| word.len() >= 5)?;
    let at = 1 + salt % (word.len() - 2);
    let letter = char::from(b'a' + (salt % 26) as u8);
    let (before, after) = word.split_at(at);
    let changed = match salt % 4 {
        0 => format!("{before}{letter}{after}"),
        1 => format!("{before}{}", &after[1..]),
        2 => format!("{before}{letter}{}", &after[1..]),
        _ => format!("{before}{}{}{}", &after[1..2], &after[..1], &after[2..]),
    };
    Some(text.replacen(word, &changed, 1))
}

/// The first way of respelling that changes the name.
fn respelled(text: &str) -> Option<String> {
    const WAYS: [(&str, &str); 14] = [
        ("mohammad", "muhamed"),
        ("muhammad", "mohammed"),
        ("mohamed", "muhammad"),
        ("ahmad", "ahmed"),
        ("hussein", "husayn"),
        ("iy", "y"),
        ("yev", "ev"),
        ("ou", "u"),
        ("ee", "i"),
        ("q", "k"),
        ("w", "v"),
        ("kh", "h"),
        ("dj", "j"),
        ("y", "i"),
    ];
    let lower = text.to_lowercase();
    WAYS.iter().map(|(from, to)| lower.replace(from, to)).find(|changed| *changed != lower)
}

#[derive(Default)]
struct Row {
    all: u32,
    found: u32,
    first: u32,
    missed: Vec<String>,
}

impl Row {
    fn share(&self) -> f64 {
        100.0 * f64::from(self.found) / f64::from(self.all.max(1))
    }
}

/// Changes every name in every way and screens for it.
fn measured(index: &Index, entities: &[Entity]) -> BTreeMap<Change, Row> {
    let mut table: BTreeMap<Change, Row> = BTreeMap::new();
    let options = Options { limit: 500, ..Options::default() };
    let names = entities.iter().flat_map(|entity| entity.names.iter().map(move |name| (entity, name)));
    for (number, (entity, name)) in names.enumerate() {
        for (change, ..) in KINDS {
            let Some(query) = change.query(entity, name, number * 31 + number / 7) else { continue };
            let matches = index.screen(&query, &options);
            let row = table.entry(change).or_default();
            row.all += 1;
            row.first += u32::from(matches.first().is_some_and(|found| found.id == entity.id));
            if matches.iter().any(|found| found.id == entity.id) {
                row.found += 1;
            } else {
                row.missed.push(format!("{} ~ {}", query.names[0], name.text));
            }
        }
    }
    table
}

fn check(title: &str, table: &BTreeMap<Change, Row>, floor: impl Fn(usize) -> f64) {
    println!("{title}");
    let mut below = Vec::new();
    for (at, (change, ..)) in KINDS.iter().enumerate() {
        let Some(row) = table.get(change) else { continue };
        println!(
            "  {:<17} {:>6} names   found {:>6.2} %   at rank one {:>6.2} %   floor {:>5.1} %",
            format!("{change:?}"),
            row.all,
            row.share(),
            100.0 * f64::from(row.first) / f64::from(row.all),
            floor(at)
        );
        for missed in row.missed.iter().take(8) {
            println!("      missed {missed}");
        }
        if row.share() < floor(at) {
            below.push(change);
        }
    }
    assert!(below.is_empty(), "below their floor: {below:?}");
}

#[test]
fn names_of_an_invented_list_are_found_however_they_are_written() {
    let entities = invented();
    let mut builder = Index::builder();
    let list = builder.list("invented", "1");
    for entity in &entities {
        builder.add(list, entity);
    }
    let table = measured(&builder.build(), &entities);
    assert_eq!(table.len(), KINDS.len(), "every kind of change is tried");
    check("invented parties", &table, |at| KINDS[at].1);
}

#[test]
fn names_of_the_published_lists_are_found_however_they_are_written() {
    let Some(lists) = support::folder("VESTIBULE_LISTS") else { return };
    let mut builder = Index::builder();
    let mut entities = support::un(&lists, &mut builder);
    entities.extend(support::sdn(&lists, &mut builder));
    let table = measured(&builder.build(), &entities);
    check("UN and OFAC", &table, |at| KINDS[at].2);
}

/// Invented parties with the names lists have: compounds, patronymics, particles, several scripts, legal forms.
fn invented() -> Vec<Entity> {
    const PEOPLE: [(&str, &str, &str); 16] = [
        ("Mohammad Qasem Rahmanzai", "Muhammad Qasim Rahmanzay", "1962-05-08"),
        ("Khalid Yusuf al-Tamimi", "Khaled Yousef Tamimi", "1971-03-11"),
        ("Igor Sergeyevich Voronov", "Ihor Voronov", "1980-02-07"),
        ("Yekaterina Pavlovna Malysheva", "Katerina Malysheva", "1975-09-04"),
        ("Li Jianhong", "Li Jian Hong", "1966-12-01"),
        ("Pak Chol-su", "Park Chul Soo", "1958-01-06"),
        ("José Antonio Quintero Salazar", "Jose Quintero Salazar", "1969-08-10"),
        ("Nguyen Van Thanh", "Nguyễn Văn Thành", "1983-04-02"),
        ("Abdul Wahid Noorzai", "Abdulwahid Nurzai", "1949-07-12"),
        ("Dmytro Kovalchuk", "Dmitry Kovalchuk", "1990-10-05"),
        ("Wolfgang von Hardenbrook", "Wolf von Hardenbrook", "1955-11-09"),
        ("Aung Myint Kyawswar", "U Aung Myint Kyawswar", "1961-06-03"),
        ("Jean-Baptiste Mukendi Kalala", "Jean Mukendi Kalala", "1973-02-08"),
        ("Hussein Dawood Barakzai", "Husayn Daud Barakzai", "1978-05-12"),
        ("Ricardo Esteban Villafuerte", "Ricky Villafuerte", "1964-09-07"),
        ("Tomasz Grzegorz Wielopolski", "Tomek Wielopolski", "1959-03-10"),
    ];
    let person = |(number, (name, alias, born)): (usize, &(&str, &str, &str))| {
        let mut entity = Entity::new(format!("p-{number}"), Schema::Person, *name);
        entity.names.push(ListedName { text: (*alias).to_owned(), kind: NameKind::Alias, language: None });
        if number % 4 == 0 {
            entity.names.push(ListedName { text: format!("The Fox of {born}"), kind: NameKind::Weak, language: None });
        }
        entity.topics = Topics::of(Topic::Sanction);
        entity.birth_dates = DateRange::parse_iso(born).into_iter().collect();
        entity.countries = vec![Country { code: "zz".to_owned(), role: CountryRole::Nationality }];
        entity
    };
    let companies =
        ["Aurora Maritime Logistics Ltd", "Zenit Polymer Works LLC", "Golden Harvest Grain Trading Limited"];
    let company = |(number, name): (usize, &&str)| Entity::new(format!("c-{number}"), Schema::Company, *name);
    PEOPLE.iter().enumerate().map(person).chain(companies.iter().enumerate().map(company)).collect()
}
