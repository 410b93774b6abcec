//! How fast the index answers, how large it is, and how long it takes to build.
//!
//! `VESTIBULE_LISTS` names a folder of published lists: OFAC and UN are screened against. `VESTIBULE_SYNTH` names a
//! folder with `watchlist.jsonl` (FollowTheMoney entities) and `customers.csv` (type, full_name, gender, date_of_birth,
//! nationality, id_number among its columns). Without either, invented names are used, and the output says so.
//!
//! The reference, in the same run, is Jaro-Winkler against every listed name.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rapidfuzz::distance::jaro_winkler;
use watchlists::formats::{self, InputFile, Limits, Source};
use watchlists::{
    Country, CountryRole, DateRange, Entity, Gender, Identifier, IdentifierKind, Index, IndexBuilder, Options, Query,
    Schema, Topic, Topics,
};

fn main() {
    let folder = |variable| std::env::var_os(variable).map(PathBuf::from);
    let mut measured = false;
    if let Some(lists) = folder("VESTIBULE_LISTS") {
        let mut builder = Index::builder();
        let names = published(&lists, &mut builder);
        let queries = recombined(&names, 4_000);
        report("OFAC and UN, recombined names", builder, &names, &queries);
        measured = true;
    }
    if let Some(synth) = folder("VESTIBULE_SYNTH") {
        let mut builder = Index::builder();
        let names = read(Source::Ftm, &synth, &["watchlist.jsonl"], &mut builder);
        let queries = customers(&synth.join("customers.csv"));
        report("synthetic watchlist, its customers", builder, &names, &queries);
        measured = true;
    }
    if !measured {
        println!("neither VESTIBULE_LISTS nor VESTIBULE_SYNTH is set: invented names are used");
        let mut builder = Index::builder();
        let names = invented(50_000, &mut builder);
        let queries = recombined(&names, 4_000);
        report("invented names", builder, &names, &queries);
    }
}

fn report(title: &str, builder: IndexBuilder, names: &[(Schema, String)], queries: &[Query]) {
    let before = resident();
    let start = Instant::now();
    let index = builder.build();
    let built = start.elapsed();
    let held = resident().zip(before).map(|(after, before)| after.saturating_sub(before));
    println!("\n{title}");
    println!("  entities {:>9}   names {:>9}   built in {:.2} s", index.len(), index.names(), built.as_secs_f64());
    let per_name = |bytes: usize| bytes / index.names().max(1);
    println!(
        "  {:>4} bytes a name counted, {} resident beyond the packed texts",
        per_name(index.bytes()),
        held.map_or_else(|| "?".to_owned(), |bytes| per_name(bytes).to_string())
    );

    kept(&index);

    for (what, stripped) in [("as given", false), ("name alone", true)] {
        let queries: Vec<Query> = queries
            .iter()
            .map(|query| {
                if stripped {
                    Query { schema: query.schema, names: query.names.clone(), ..Query::default() }
                } else {
                    query.clone()
                }
            })
            .collect();
        measure(what, &index, &queries);
    }
    reference(names, queries);
}

/// What it takes to keep the index, and to read it back and check it as a server does that starts.
fn kept(index: &Index) {
    let file = std::env::temp_dir().join(format!("vestibule-bench-{}.index", std::process::id()));
    let start = Instant::now();
    let bytes = index.to_snapshot(&[0; 32]);
    let made = start.elapsed();
    let size = bytes.len();
    fs::write(&file, bytes).expect("room for it");
    let times: Vec<f64> = (0..3)
        .map(|_| {
            let start = Instant::now();
            let bytes = fs::read(&file).expect("it is there");
            let read = Index::from_snapshot(&[0; 32], &bytes).expect("it is whole");
            let took = start.elapsed();
            assert_eq!(read.len(), index.len());
            took.as_secs_f64()
        })
        .collect();
    drop(fs::remove_file(&file));
    println!(
        "  kept in {:.2} s, {:.0} MB; read back and checked in {times:.2?} s",
        made.as_secs_f64(),
        size as f64 / 1e6
    );
}

fn measure(what: &str, index: &Index, queries: &[Query]) {
    let options = Options::default();
    // One round to warm the caches, as a running service has them.
    let mut alerts = 0;
    for query in queries.iter().take(500) {
        alerts += index.screen(query, &options).len();
    }
    std::hint::black_box(alerts);
    let mut times = Vec::with_capacity(queries.len());
    let mut hits = 0;
    let start = Instant::now();
    for query in queries {
        let one = Instant::now();
        let found = index.screen(query, &options);
        times.push(one.elapsed());
        hits += usize::from(!found.is_empty());
    }
    let all = start.elapsed();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "  {what:<11} {} screenings, {hits} with hits: p50 {:>8.1} us   p90 {:>8.1}   p99 {:>8.1}   max {:>9.1}   {:>8.0}/s a core",
        queries.len(),
        micros(at(0.5)),
        micros(at(0.9)),
        micros(at(0.99)),
        micros(at(1.0)),
        queries.len() as f64 / all.as_secs_f64()
    );
    std::hint::black_box(at(0.5));
}

/// Jaro-Winkler of each query with every name, which is what an index saves.
fn reference(names: &[(Schema, String)], queries: &[Query]) {
    let folded: Vec<Vec<char>> = names.iter().map(|(_, name)| name.to_lowercase().chars().collect()).collect();
    let mut times: Vec<Duration> = queries
        .iter()
        .filter_map(|query| query.names.first())
        .take((2_000_000 / names.len().max(1)).clamp(5, 100))
        .map(|name| {
            let scorer = jaro_winkler::BatchComparator::new(name.to_lowercase().chars());
            let start = Instant::now();
            let near = folded.iter().filter(|listed| scorer.similarity(listed.iter().copied()) >= 0.9).count();
            std::hint::black_box(near);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!("  exhaustive Jaro-Winkler: p50 {:>8.1} us", micros(times[times.len() / 2]));
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Bytes of memory this process holds, where the system tells.
fn resident() -> Option<usize> {
    let pages = fs::read_to_string("/proc/self/statm").ok()?;
    pages.split_whitespace().nth(1)?.parse::<usize>().ok().map(|pages| pages * 4096)
}

fn published(lists: &Path, builder: &mut IndexBuilder) -> Vec<(Schema, String)> {
    let mut names = read(
        Source::OfacSdn,
        &lists.join("us_ofac"),
        &["2024-05-03/sdn.csv", "2025-02-27/alt.csv", "2025-02-27/add.csv"],
        builder,
    );
    names.extend(read(Source::Un, &lists.join("un"), &["consolidated_2025-04-19.xml"], builder));
    names
}

/// Reads one list into the builder; gives the names for the queries and the reference.
fn read(source: Source, folder: &Path, files: &[&str], builder: &mut IndexBuilder) -> Vec<(Schema, String)> {
    let start = Instant::now();
    let contents: Vec<Vec<u8>> =
        files.iter().map(|file| fs::read(folder.join(file)).expect("the list's file")).collect();
    let files: Vec<InputFile<'_>> =
        files.iter().zip(&contents).map(|(name, bytes)| InputFile { name, bytes }).collect();
    let list = builder.list(source.as_str(), "bench");
    let mut names = Vec::new();
    formats::read(source, &files, &Limits::default(), &mut |entity| {
        names.extend(entity.names.iter().map(|name| (entity.schema, name.text.clone())));
        builder.add(list, &entity);
    })
    .expect("a readable list");
    println!("read {} in {:.2} s", source.as_str(), start.elapsed().as_secs_f64());
    names
}

/// A repeatable source of numbers; splitmix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end.max(1) as u64).unwrap_or(0)
    }
}

/// Customers whose names are put together from words of listed names; one in ten bears a listed name.
fn recombined(names: &[(Schema, String)], count: usize) -> Vec<Query> {
    let mut dice = Dice(7);
    (0..count)
        .map(|_| {
            let (schema, first) = &names[dice.below(names.len())];
            let mut name = first.clone();
            if dice.below(10) > 0 {
                let (_, second) = &names[dice.below(names.len())];
                let words: Vec<&str> = first.split_whitespace().collect();
                let others: Vec<&str> = second.split_whitespace().collect();
                let keep = words.len().div_ceil(2);
                name = words[..keep]
                    .iter()
                    .chain(others.iter().skip(others.len() / 2))
                    .copied()
                    .collect::<Vec<_>>()
                    .join(" ");
            }
            let mut query = Query::named(*schema, name);
            let year = 1940 + i16::try_from(dice.below(65)).unwrap_or(0);
            query.birth_date = DateRange::year(year).map(|date| DateRange::day(date.first));
            query.countries = vec![Country { code: "de".to_owned(), role: CountryRole::Nationality }];
            query
        })
        .collect()
}

fn customers(path: &Path) -> Vec<Query> {
    let mut reader = csv::Reader::from_path(path).expect("the customers");
    let header = reader.headers().expect("a header").clone();
    let column = |name: &str| header.iter().position(|known| known == name).expect("a known column");
    let [kind, name, gender, born, nationality, number] =
        ["type", "full_name", "gender", "date_of_birth", "nationality", "id_number"].map(column);
    reader
        .records()
        .take(50_000)
        .map(|row| {
            let row = row.expect("a readable row");
            let schema = if &row[kind] == "Person" { Schema::Person } else { Schema::Company };
            let mut query = Query::named(schema, &row[name]);
            query.birth_date = DateRange::parse_iso(&row[born]);
            query.gender = match &row[gender] {
                "male" => Some(Gender::Male),
                "female" => Some(Gender::Female),
                _ => None,
            };
            if !row[nationality].is_empty() {
                query.countries = vec![Country { code: row[nationality].to_owned(), role: CountryRole::Nationality }];
            }
            if !row[number].is_empty() {
                query.identifiers = vec![Identifier {
                    kind: IdentifierKind::Passport,
                    value: row[number].to_owned(),
                    country: None,
                    label: None,
                }];
            }
            query
        })
        .collect()
}

/// People whose names are syllables put together: common ones often, rare ones seldom.
fn invented(count: usize, builder: &mut IndexBuilder) -> Vec<(Schema, String)> {
    const STARTS: [&str; 16] =
        ["ka", "mo", "ra", "el", "to", "vi", "sha", "ber", "li", "no", "ash", "du", "ge", "yu", "fa", "zi"];
    const ENDS: [&str; 12] = ["ran", "mir", "da", "vik", "lo", "sen", "tov", "ri", "mann", "shah", "nez", "ko"];
    let mut dice = Dice(11);
    let list = builder.list("invented", "bench");
    let word = |dice: &mut Dice| {
        // The lower of two throws, so that some words are common.
        let middle = dice.below(16).min(dice.below(16));
        format!("{}{}{}", STARTS[dice.below(16).min(dice.below(16))], STARTS[middle], ENDS[dice.below(12)])
    };
    (0..count)
        .map(|number| {
            let words: Vec<String> = (0..2 + dice.below(2)).map(|_| word(&mut dice)).collect();
            let name = words.join(" ");
            let mut entity = Entity::new(format!("i-{number}"), Schema::Person, name.clone());
            entity.topics = Topics::of(Topic::Sanction);
            entity.birth_dates =
                DateRange::year(1940 + i16::try_from(dice.below(60)).unwrap_or(0)).into_iter().collect();
            builder.add(list, &entity);
            (Schema::Person, name)
        })
        .collect()
}
