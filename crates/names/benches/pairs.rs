//! Pairs of names per second on one core, without explanation, beside Jaro-Winkler on the same pairs.
//!
//! `cargo bench -p names`: the throughput column is the number of pairs.

use divan::{Bencher, black_box, counter::ItemsCount};
use names::{Kind, Name, NameView, Score, explain_of, similarity_at_least_of, similarity_of};

fn main() {
    divan::main();
}

const PERSONS: [&str; 32] = [
    "Olaf Scholz",
    "Angela Dorothea Merkel",
    "Ivan Petrovich Sidorov",
    "SIDOROV, Ivan",
    "Mohammed al-Hamidi",
    "Muhammad Hamidi",
    "Abd al-Rahman Yusuf Hassan",
    "Abdurrahman Youssef",
    "Kim Chol-su",
    "Park Young Hee",
    "Wang Xiaoming",
    "Chen Wei",
    "Maria del Carmen Ruiz Lopez",
    "Carmen Ruiz",
    "J. R. Henderson",
    "James Robert Henderson",
    "William Tanner",
    "Bill Taner",
    "Oluwaseun Adeyemi",
    "Nguyen Van Tuan",
    "Ahmet Yilmaz",
    "Sergei Ivanov",
    "Serhii Ivanenko",
    "Haji Gul Khan",
    "Noor Ahmad Khan",
    "Fatima Zahra Benali",
    "Jean-Pierre Dubois",
    "Giovanni Rossi",
    "Johann Sebastian Maier",
    "Thabo Mokoena",
    "Aung Win Htut",
    "Somchai Jaidee",
];

const BODIES: [&str; 16] = [
    "Northern Star Shipping Company Ltd",
    "OOO Severnaya Zvezda",
    "Severnaya Zvezda LLC",
    "First Commercial Bank of Freedonia",
    "1st Commercial Bank",
    "Alpha Trading FZE",
    "Alfa Trade and General Services",
    "Deutsche Beispiel Aktiengesellschaft",
    "Deutsche Beispiel AG",
    "Banco Ejemplo S.A.",
    "Ejemplo Bank",
    "United Engineering Works Joint Stock Company",
    "Golden Crescent Exchange",
    "Crescent Gold Exchange Co.",
    "Pacific Fund II L.P.",
    "Pacific Fund III L.P.",
];

const SCRIPTS: [&str; 12] = [
    "Владимир Петров",
    "Vladimir Petrov",
    "محمد علي حسن",
    "Mohamed Ali Hassan",
    "ロバート・ブラウン",
    "Robert Brown",
    "김영수",
    "Kim Young-soo",
    "王小明",
    "Wang Xiaoming",
    "Γιώργος Παπαδόπουλος",
    "Giorgos Papadopoulos",
];

fn parsed(kind: Kind, raws: &[&str]) -> Vec<Name> {
    raws.iter().map(|raw| Name::parse(kind, raw)).collect()
}

fn each_pair(
    bencher: Bencher<'_, '_>,
    kind: Kind,
    raws: &[&str],
    compare: impl Fn(&NameView<'_>, &NameView<'_>) -> Score + Sync,
) {
    let names = parsed(kind, raws);
    let views: Vec<NameView<'_>> = names.iter().map(Name::view).collect();
    bencher.counter(ItemsCount::new(views.len() * views.len())).bench(|| {
        for one in &views {
            for two in &views {
                black_box(compare(black_box(one), black_box(two)));
            }
        }
    });
}

#[divan::bench]
fn persons(bencher: Bencher<'_, '_>) {
    each_pair(bencher, Kind::Person, &PERSONS, similarity_of);
}

#[divan::bench]
fn persons_at_least(bencher: Bencher<'_, '_>) {
    each_pair(bencher, Kind::Person, &PERSONS, |one, two| {
        similarity_at_least_of(one, two, Score::ALERT).unwrap_or_default()
    });
}

#[divan::bench]
fn persons_explained(bencher: Bencher<'_, '_>) {
    each_pair(bencher, Kind::Person, &PERSONS, |one, two| explain_of(one, two).score);
}

#[divan::bench]
fn organisations(bencher: Bencher<'_, '_>) {
    each_pair(bencher, Kind::Organisation, &BODIES, similarity_of);
}

#[divan::bench]
fn scripts(bencher: Bencher<'_, '_>) {
    each_pair(bencher, Kind::Person, &SCRIPTS, similarity_of);
}

/// Names that are alike, each with its neighbour in the list: what a good index leaves to be scored.
#[divan::bench]
fn persons_alike(bencher: Bencher<'_, '_>) {
    let names = parsed(Kind::Person, &PERSONS);
    let views: Vec<NameView<'_>> = names.iter().map(Name::view).collect();
    bencher.counter(ItemsCount::new(views.len() / 2)).bench(|| {
        for pair in views.chunks_exact(2) {
            black_box(similarity_of(black_box(&pair[0]), black_box(&pair[1])));
        }
    });
}

#[divan::bench]
fn jaro_winkler(bencher: Bencher<'_, '_>) {
    let names: Vec<String> = PERSONS.iter().map(|raw| names::latin(raw)).collect();
    bencher.counter(ItemsCount::new(names.len() * names.len())).bench(|| {
        for one in &names {
            for two in &names {
                black_box(rapidfuzz::distance::jaro_winkler::similarity(
                    black_box(one.chars()),
                    black_box(two.chars()),
                ));
            }
        }
    });
}

#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(PERSONS.len())).bench(|| {
        for raw in PERSONS {
            black_box(Name::parse(Kind::Person, black_box(raw)));
        }
    });
}
