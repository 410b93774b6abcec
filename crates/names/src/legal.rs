//! Legal forms: every spelling of GmbH, OOO or d.o.o. becomes the group it belongs to.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::distance::counted;
use crate::lexicon::lines;

/// Longest spelled-out form, in words.
pub(crate) const WORDS_MAX: usize = 6;

/// `group: spelling, spelling` where a spelling is one or more folded words.
static FORMS: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    lines(include_str!("../data/legal_forms.txt"))
        .filter_map(|line| line.split_once(':'))
        .flat_map(|(group, spellings)| spellings.split(',').map(move |spelling| (spelling.trim(), group.trim())))
        .collect()
});

/// The group of a spelled-out form: folded words with one space between.
pub(crate) fn group(spelling: &str) -> Option<&'static str> {
    FORMS.get(spelling).copied()
}

/// A name with its form written fast to it ("BeispielAG"), apart.
pub(crate) fn joined(text: &str) -> Option<(&str, &'static str)> {
    ["gmbh", "llc", "ltd", "inc", "ag", "sa"].iter().find_map(|form| {
        let stem = text.strip_suffix(form).filter(|stem| stem.len() >= 4)?;
        Some((stem, group(form)?))
    })
}

/// A long form with a letter or two wrong ("Incorporatd"). Short ones are too near to other words.
pub(crate) fn misspelled(text: &str) -> Option<&'static str> {
    const LONG: [&str; 9] = [
        "aktiengesellschaft",
        "incorporated",
        "corporation",
        "kommanditgesellschaft",
        "aktiebolag",
        "osakeyhtio",
        "aktieselskab",
        "limited",
        "limitada",
    ];
    let found = LONG.iter().find(|long| counted(text.as_bytes(), long.as_bytes(), long.len() / 6).is_some())?;
    group(found)
}
