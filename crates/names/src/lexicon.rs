//! What is known about words: which names are one name, how common a word is, which are particles and titles.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::token::CLUSTERS_MAX;

/// The number of a set of names that are one name; spellings come before nicknames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Cluster(pub(crate) u16);

/// First number of a nickname cluster.
const NICKNAMES_FROM: u16 = 0x4000;

impl Cluster {
    /// No cluster; sorts last.
    pub(crate) const NONE: Self = Self(u16::MAX);

    /// Whether its members are spellings of one name, not familiar forms of it.
    pub(crate) fn is_spelling(self) -> bool {
        self.0 < NICKNAMES_FROM
    }
}

type Clusters = FxHashMap<&'static str, [Cluster; CLUSTERS_MAX]>;

static CLUSTERS: LazyLock<Clusters> = LazyLock::new(|| {
    let mut clusters = Clusters::default();
    let files = [(include_str!("../data/spellings.txt"), 0), (include_str!("../data/nicknames.txt"), NICKNAMES_FROM)];
    for (file, first) in files {
        for (line, number) in lines(file).zip(first..) {
            for word in line.split_whitespace() {
                let slots = clusters.entry(word).or_insert([Cluster::NONE; CLUSTERS_MAX]);
                if let Some(free) = slots.iter_mut().find(|slot| **slot == Cluster::NONE) {
                    *free = Cluster(number);
                }
            }
        }
    }
    clusters
});

/// The clusters a word is in.
pub(crate) fn clusters(word: &str) -> [Cluster; CLUSTERS_MAX] {
    CLUSTERS.get(word).copied().unwrap_or([Cluster::NONE; CLUSTERS_MAX])
}

/// Names in the table of Arabic names, and the spellings of each.
static TABLED: LazyLock<(FxHashSet<&'static str>, FxHashSet<Cluster>)> = LazyLock::new(|| {
    let names: FxHashSet<&str> = lines(ARABIC_NAMES).filter_map(|line| line.split_whitespace().next()).collect();
    let clusters = names.iter().flat_map(|name| clusters(name)).filter(|cluster| cluster.is_spelling()).collect();
    (names, clusters)
});

/// Well-known names in Arabic letters with their Latin spelling.
pub(crate) const ARABIC_NAMES: &str = include_str!("../data/arabic_names.txt");

/// Whether a word is one of the names of the table of Arabic names, in any spelling.
pub(crate) fn is_tabled(word: &str, clusters: &[Cluster]) -> bool {
    let (names, spellings) = &*TABLED;
    names.contains(word) || clusters.iter().any(|cluster| spellings.contains(cluster))
}

/// The lines of a data file that are neither empty nor comments.
pub(crate) fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Words by a label before a colon: `label: word word word`.
fn labelled(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(file)
        .filter_map(|line| line.split_once(':'))
        .flat_map(|(label, words)| words.split_whitespace().map(move |word| (label.trim(), word)))
}

/// What a word is in the name of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Particle,
    Honorific,
}

static PERSON_ROLES: LazyLock<FxHashMap<&'static str, Role>> =
    LazyLock::new(|| roles(include_str!("../data/person_roles.txt")));
static BODY_ROLES: LazyLock<FxHashMap<&'static str, Role>> =
    LazyLock::new(|| roles(include_str!("../data/body_roles.txt")));
static COMMON: LazyLock<FxHashMap<&'static str, u16>> =
    LazyLock::new(|| common(include_str!("../data/common_names.txt")));
static TRADE: LazyLock<FxHashMap<&'static str, u16>> =
    LazyLock::new(|| common(include_str!("../data/common_trade.txt")));

fn roles(file: &'static str) -> FxHashMap<&'static str, Role> {
    labelled(file)
        .filter_map(|(label, word)| match label {
            "particle" => Some((word, Role::Particle)),
            "honorific" => Some((word, Role::Honorific)),
            _ => None,
        })
        .collect()
}

fn common(file: &'static str) -> FxHashMap<&'static str, u16> {
    labelled(file).filter_map(|(label, word)| Some((word, label.parse().ok()?))).collect()
}

/// What a word is in the name of a person, if it is no name.
pub(crate) fn person_role(word: &str) -> Option<Role> {
    PERSON_ROLES.get(word).copied()
}

/// What a word is in the name of an organisation or object, if it is no name.
pub(crate) fn body_role(word: &str) -> Option<Role> {
    BODY_ROLES.get(word).copied()
}

/// How much a person's name counts, in thousandths of a rare one.
pub(crate) fn name_weight(word: &str) -> u16 {
    COMMON.get(word).copied().unwrap_or(1_000)
}

/// How much a common word of organisations counts, in thousandths of a rare one; `None` for a word that names.
pub(crate) fn trade_weight(word: &str) -> Option<u16> {
    TRADE.get(word).copied()
}

/// Ways to write a word of an organisation, and the word.
static PHRASES: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    lines(include_str!("../data/phrases.txt"))
        .filter_map(|line| line.split_once(':'))
        .flat_map(|(word, ways)| ways.split(',').map(move |way| (way.trim(), word.trim())))
        .collect()
});

/// The one word that a phrase is read as.
pub(crate) fn phrase(words: &str) -> Option<&'static str> {
    PHRASES.get(words).copied()
}

/// Whether a word is a name that many bear, or a spelling of one.
pub(crate) fn is_common_name(word: &str) -> bool {
    COMMON.contains_key(word) || CLUSTERS.contains_key(word)
}

/// Particles that are a name of their own at the start of a person's name: Le Duc, Ben, Do.
pub(crate) fn is_name_at_start(word: &str) -> bool {
    matches!(word, "le" | "do" | "du" | "ben" | "mac" | "ter" | "wa" | "ma" | "la")
}

/// Titles that are a name of their own when they do not come first: Martin Luther King, Rahim Sayyed.
pub(crate) fn is_name_later(word: &str) -> bool {
    matches!(
        word,
        "king"
            | "prince"
            | "princess"
            | "queen"
            | "sultan"
            | "pope"
            | "judge"
            | "major"
            | "marshal"
            | "don"
            | "dame"
            | "sardar"
            | "imam"
            | "emir"
            | "minister"
            | "general"
            | "bishop"
            | "abbot"
            | "hon"
            | "ing"
            | "ir"
            | "sayyed"
            | "fr"
            | "justice"
            | "lord"
            | "father"
            | "president"
            | "governor"
            | "senator"
            | "he"
            | "ma"
            | "master"
            | "haji"
            | "mullah"
            | "qari"
            | "sheikh"
            | "shaikh"
            | "maulana"
            | "gen"
            | "tuan"
            | "puan"
            | "dona"
            | "maj"
    )
}
