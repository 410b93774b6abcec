//! Alerts of names alone: every name of one file against every name of another, one name a line.
//!
//! `cargo run --release -p names --example screening -- LISTED ASKED [--show]`

#![expect(clippy::print_stdout, reason = "a command line tool prints")]

use std::time::Instant;

use names::{Kind, Name, NameView, Score, similarity_at_least_of};

fn read(path: &str) -> Vec<Name> {
    let text = std::fs::read_to_string(path).expect("the file is readable");
    text.lines().filter(|line| !line.is_empty()).map(|line| Name::parse(Kind::Person, line)).collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [listed, asked, ..] = arguments.as_slice() else {
        println!("usage: screening LISTED ASKED [--show]");
        return;
    };
    let show = arguments.iter().any(|argument| argument == "--show");
    let (listed, asked) = (read(listed), read(asked));
    let views: Vec<NameView<'_>> = listed.iter().map(Name::view).collect();
    let start = Instant::now();
    let mut alerts = 0;
    for name in &asked {
        let one = name.view();
        let best = views
            .iter()
            .zip(&listed)
            .filter_map(|(two, listed)| Some((similarity_at_least_of(&one, two, Score::ALERT)?, listed)))
            .max_by_key(|(score, _)| *score);
        if let Some((score, listed)) = best {
            alerts += 1;
            if show {
                println!("{score} {:?} | {:?}", name.tokens(), listed.tokens());
            }
        }
    }
    let pairs = asked.len() * listed.len();
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{alerts} of {} names alert: {:.2} in 1,000",
        asked.len(),
        1_000.0 * f64::from(alerts) / asked.len() as f64
    );
    println!("{:.0} pairs a second", pairs as f64 / seconds);
}
