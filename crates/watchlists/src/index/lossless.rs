//! The promise of the candidates: nothing is lost that comparing with every name would find.

use std::path::PathBuf;

use names::{Kind, Name, Score};
use proptest::prelude::*;

use super::Index;
use crate::entity::{Entity, ListedName, NameKind, Schema};
use crate::formats::{self, InputFile, Limits, Source};
use crate::screening::{comparable, kind_of};

/// The names of the index that an exhaustive comparison puts at an alert or above.
fn exhaustive(index: &Index, schema: Schema, asked: &Name) -> Vec<u32> {
    let view = asked.view();
    (0..index.names.len() as u32)
        .filter(|name| {
            let listed = index.entities[index.names.row(*name).entity as usize].schema;
            comparable(Some(schema), listed)
                && names::similarity_at_least_of(&view, &index.view(*name), Score::ALERT).is_some()
        })
        .collect()
}

/// The names that the candidates lose, as (query, listed name).
fn lost(index: &Index, schema: Schema, text: &str) -> Vec<(String, String)> {
    let asked = Name::parse(kind_of(schema), text);
    let mut candidates: Vec<u32> =
        index.candidates(Some(schema), &asked, None).into_iter().map(|candidate| candidate.name).collect();
    let given = candidates.len();
    candidates.sort_unstable();
    candidates.dedup();
    assert_eq!(given, candidates.len(), "a name was told twice");
    let missing = exhaustive(index, schema, &asked).into_iter().filter(|name| candidates.binary_search(name).is_err());
    missing
        .map(|name| {
            let words = index.names.tokens(name).iter().map(|token| index.dictionary.token(*token).text());
            (text.to_owned(), words.collect::<Vec<_>>().join(" "))
        })
        .collect()
}

fn index_of(names: &[(Schema, String)]) -> Index {
    let mut builder = Index::builder();
    let list = builder.list("test", "1");
    for (number, (schema, name)) in names.iter().enumerate() {
        builder.add(list, &Entity::new(number.to_string(), *schema, name.clone()));
    }
    builder.build()
}

/// Words that meet in every way: spellings, nicknames, sounds, one letter apart, joined, cut short, initials, particles,
/// titles, legal forms, trade words, numbers, other scripts.
const WORDS: [&str; 67] = [
    "Mohammed",
    "Muhammad",
    "Mohamed",
    "Ahmad",
    "Ahmed",
    "Ali",
    "Aly",
    "Hassan",
    "Hasan",
    "Abdul",
    "Rahman",
    "Abdulrahman",
    "Abd",
    "al",
    "el",
    "bin",
    "ibn",
    "van",
    "der",
    "de",
    "la",
    "Dr",
    "Sheikh",
    "Colonel",
    "William",
    "Bill",
    "Robert",
    "Bob",
    "Ivanov",
    "Ivanovich",
    "Ivanovna",
    "Petrov",
    "Yuri",
    "Yuriy",
    "Iurii",
    "Li",
    "Lee",
    "Xi",
    "Kim",
    "Jong",
    "Un",
    "J.",
    "M",
    "A.",
    "Khalid",
    "Khaled",
    "Qaddafi",
    "Gadafi",
    "Schulz",
    "Shulz",
    "Trading",
    "Bank",
    "Northern",
    "Lights",
    "GmbH",
    "JSC",
    "Sp. z o.o.",
    "Joint Stock Company",
    "LLC",
    "Ltd",
    "3",
    "17",
    "محمد",
    "احمد",
    "Иванов",
    "Юрий",
    "金",
];

fn invented() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        8 => prop::sample::select(&WORDS[..]).prop_map(ToOwned::to_owned),
        1 => "[a-e]{1,9}",
    ];
    prop::collection::vec((word, any::<bool>(), any::<u8>(), "[a-z]"), 1..5).prop_map(|words| {
        let mut name = String::new();
        for (word, joined, edit, letter) in words {
            if !joined || name.is_empty() {
                name.push(' ');
            }
            name.push_str(&edited(&word, edit, &letter));
        }
        name
    })
}

/// Half of the words as they are; the others with a letter left out, put in or put in place of one.
fn edited(word: &str, edit: u8, letter: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let at = usize::from(edit / 8) % letters.len().max(1);
    let (before, after): (String, String) = (letters[..at].iter().collect(), letters[at..].iter().collect());
    let rest = || letters[at..].iter().skip(1).collect::<String>();
    match edit % 8 {
        0 => before + letter + &after,
        1 => before + &rest(),
        2 => before + letter + &rest(),
        _ => word.to_owned(),
    }
}

fn schemas() -> impl Strategy<Value = Schema> {
    prop::sample::select(&[Schema::Person, Schema::Person, Schema::Company, Schema::LegalEntity, Schema::Vessel][..])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn nothing_is_lost_of_invented_names(
        listed in prop::collection::vec((schemas(), invented()), 1..80),
        asked in prop::collection::vec((schemas(), invented()), 20),
    ) {
        let index = index_of(&listed);
        for (schema, name) in asked {
            let lost = lost(&index, schema, &name);
            prop_assert!(lost.is_empty(), "{lost:?}");
        }
    }
}

#[test]
fn nothing_is_lost_of_the_published_lists() {
    let Some(lists) = std::env::var_os("VESTIBULE_LISTS").map(PathBuf::from) else {
        println!("skipped: VESTIBULE_LISTS names no folder");
        return;
    };
    let mut builder = Index::builder();
    let mut names: Vec<(Schema, String)> = Vec::new();
    for (source, folder, files) in [
        (Source::Un, "un", &["consolidated_2025-04-19.xml"][..]),
        (Source::OfacSdn, "us_ofac", &["2024-05-03/sdn.csv", "2025-02-27/alt.csv", "2025-02-27/add.csv"]),
    ] {
        let list = builder.list(source.as_str(), "test");
        let contents: Vec<Vec<u8>> =
            files.iter().map(|file| std::fs::read(lists.join(folder).join(file)).expect("the list's file")).collect();
        let files: Vec<InputFile<'_>> =
            files.iter().zip(&contents).map(|(name, bytes)| InputFile { name, bytes }).collect();
        formats::read(source, &files, &Limits::default(), &mut |entity| {
            names.extend(entity.names.iter().map(|name| (entity.schema, name.text.clone())));
            builder.add(list, &entity);
        })
        .expect("a readable list");
    }
    let index = builder.build();
    // A stride that is no divisor of the list, so that all of it is walked through.
    let queries = if cfg!(debug_assertions) { 600 } else { 4_000 };
    let (mut all, mut found) = (Vec::new(), 0);
    for number in 0..queries {
        let (schema, first) = &names[number * 7_919 % names.len()];
        let (_, second) = &names[(number * 104_729 + 1) % names.len()];
        let (one, two): (Vec<&str>, Vec<&str>) =
            (first.split_whitespace().collect(), second.split_whitespace().collect());
        let letter = char::from(b'a' + (number % 26) as u8).to_string();
        let query = match number % 6 {
            0 => edited(first, (number % 255) as u8 / 4 * 4, &letter),
            1 => one.iter().rev().copied().collect::<Vec<_>>().join(" "),
            2 => one.concat(),
            3 => one.iter().skip(usize::from(one.len() > 2)).copied().collect::<Vec<_>>().join(" "),
            4 => one.iter().take(1).chain(two.iter().rev().take(1)).copied().collect::<Vec<_>>().join(" "),
            _ => one.iter().map(|word| edited(word, (number % 251) as u8, &letter)).collect::<Vec<_>>().join(" "),
        };
        found += exhaustive(&index, *schema, &Name::parse(kind_of(*schema), &query)).len();
        all.extend(lost(&index, *schema, &query));
    }
    println!("{queries} queries, {found} alike names, {} lost", all.len());
    assert!(all.is_empty(), "{:?}", &all[..all.len().min(20)]);
    assert!(found > queries / 4, "the queries are too far from the list to prove anything");
}

#[test]
fn a_name_of_common_words_alone_is_found_by_all_of_them() {
    let mut people: Vec<(Schema, String)> = (0..200).map(|_| (Schema::Person, "Mohammed Ali".to_owned())).collect();
    people.push((Schema::Person, "Mohammed Ali Hassan".to_owned()));
    let index = index_of(&people);
    assert!(lost(&index, Schema::Person, "Muhammad Ali").is_empty());
    assert!(lost(&index, Schema::Person, "Ali Mohamed Hassan").is_empty());
    let listed = ListedName { text: "Ali".to_owned(), kind: NameKind::Primary, language: None };
    assert_eq!(Name::parse(Kind::Person, &listed.text).tokens().len(), 1);
}

#[test]
fn a_name_of_nothing_but_legal_forms_is_found() {
    let others = ["Northern Lights Ltd", "Aurora Trading JSC", "Limited Liability Company Sever"];
    let mut bodies: Vec<(Schema, String)> = others.iter().map(|name| (Schema::Company, (*name).to_owned())).collect();
    bodies.push((Schema::Company, "JSC LIMITED SP. Z O.O.".to_owned()));
    let index = index_of(&bodies);
    let asked = "JOINT STOCK COMPANY JSC SP. Z O.O.";
    assert!(!exhaustive(&index, Schema::Company, &Name::parse(Kind::Organisation, asked)).is_empty());
    assert!(lost(&index, Schema::Company, asked).is_empty());
}
