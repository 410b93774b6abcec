//! Mutated lists, names and queries: seeded, so that a failure is there again the next time. `fuzz/` goes on where this ends.

mod fuzz;

use watchlists::formats::Source;

/// Mutations of each fixture; `VESTIBULE_FUZZ` asks for more.
const ROUNDS: usize = 400;

const LISTS: [(Source, &[u8]); 17] = [
    (Source::OfacSdn, include_bytes!("fixtures/ofac/sdn.csv")),
    (Source::OfacSdn, include_bytes!("fixtures/ofac/alt.csv")),
    (Source::OfacSdn, include_bytes!("fixtures/ofac/add.csv")),
    (Source::OfacSdn, include_bytes!("fixtures/ofac/sdn.xml")),
    (Source::OfacConsolidated, include_bytes!("fixtures/ofac/sdn_advanced.xml")),
    (Source::Un, include_bytes!("fixtures/un.xml")),
    (Source::Ftm, include_bytes!("fixtures/entities.ftm.json")),
    (Source::Targets, include_bytes!("fixtures/targets.simple.csv")),
    (Source::Custom, include_bytes!("fixtures/custom.csv")),
    (Source::Custom, include_bytes!("fixtures/custom.jsonl")),
    (Source::Eu, include_bytes!("fixtures/eu.xml")),
    (Source::Eu, include_bytes!("fixtures/eu.csv")),
    (Source::Uk, include_bytes!("fixtures/uk_2022.csv")),
    (Source::Uk, include_bytes!("fixtures/uk_sanctions_list.xml")),
    (Source::Uk, include_bytes!("fixtures/uk_sanctions_list.csv")),
    (Source::UsCsl, include_bytes!("fixtures/csl.csv")),
    (Source::Ca, include_bytes!("fixtures/ca.xml")),
];

/// Names in many scripts, with titles, initials, legal forms and signs.
const NAMES: &[u8] = "Erna Musterfrau\nVan der Berg, Sheikh Dr. J. M.\nبن علي محمد\n王小明 (Wang Xiaoming)\nИванов Иван Иванович\n\
    김정은\nDe la Cruz-O'Neill y Pérez\nMV Northern Lights 2\nOOO «Пример» Ltd. GmbH & Co. KG\nЭ. Т. А\n\u{202e}abc\u{0301}\u{200d}\n\
    1961-03-14\nV i k t o r Sampleov\nAbdul Rahman bin Abdulrahman"
    .as_bytes();

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

    /// The bytes with a few bits flipped, parts cut out, doubled, moved, exchanged with another's, or words put in that mean
    /// something to a parser.
    fn mutated(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        const WORDS: [&[u8]; 14] = [
            b"\"",
            b",",
            b"\r\n",
            b"<",
            b"</",
            b"&#x110000;",
            b"<![CDATA[",
            b"]]>",
            b"{\"",
            b"\\ud800",
            b"\xff\xfe",
            b"\0",
            b"9999-99-99",
            b"'; ",
        ];
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(6) {
            let at = self.below(bytes.len() + 1);
            let end = (at + 1 + self.below(64)).min(bytes.len());
            match self.below(8) {
                0 | 1 => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << self.below(8);
                    }
                }
                2 => bytes.truncate(at),
                3 => drop(bytes.drain(at..end)),
                4 => {
                    let part = bytes[at..end].repeat(1 + self.below(40));
                    bytes.splice(at..at, part);
                }
                5 => {
                    let part: Vec<u8> = bytes.drain(at..end).collect();
                    let to = self.below(bytes.len() + 1);
                    bytes.splice(to..to, part);
                }
                6 => {
                    let from = self.below(other.len() + 1);
                    let part = &other[from..(from + self.below(200)).min(other.len())];
                    bytes.splice(at..end, part.iter().copied());
                }
                _ => {
                    let word = WORDS[self.below(WORDS.len())];
                    bytes.splice(at..at, word.iter().copied());
                }
            }
        }
        bytes
    }
}

fn rounds() -> usize {
    #[expect(clippy::disallowed_methods, reason = "how long to look is told by the environment")]
    let asked = std::env::var("VESTIBULE_FUZZ").ok();
    asked.and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS)
}

#[test]
fn no_mutation_of_a_list_breaks_its_reader() {
    let mut dice = Dice(1);
    let mut taken = 0;
    for (source, bytes) in LISTS {
        for round in 0..rounds() {
            let other = LISTS[dice.below(LISTS.len())].1;
            let mutated = dice.mutated(bytes, other);
            taken += usize::from(fuzz::list(source, &mutated).is_ok());
            if round % 16 == 0 {
                fuzz::every_list(&mutated);
            }
        }
    }
    // Mutations that break every file would prove little of what is done with a list that is taken.
    assert!(taken > LISTS.len() * rounds() / 20, "{taken}");
}

#[test]
fn no_mutation_breaks_a_delta() {
    let mut dice = Dice(2);
    let text = b"1,Erna Musterfrau,1969-12-11,de,Erni\n2,Bob Smith,,us,\n1,Erna Mustermann,1969-12-11,de,\n3,Ann Lee,1980,gb,Annie";
    for _ in 0..rounds() * 4 {
        let mutated = dice.mutated(&text.repeat(2), LISTS[8].1);
        fuzz::delta(&mutated);
    }
}

#[test]
fn no_mutation_of_names_breaks_a_search_or_a_comparison() {
    let mut dice = Dice(3);
    for _ in 0..rounds() {
        let mutated = dice.mutated(NAMES, LISTS[4].1);
        fuzz::search(&mutated);
        fuzz::compare(&mutated);
        let at = dice.below(mutated.len() + 1);
        fuzz::compare(&mutated[at..]);
    }
}
