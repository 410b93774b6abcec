//! How alike two tokens are, and why.

use crate::distance::{WHOLE, counted, weighed};
use crate::token::{Token, TokenClass};

/// Why two tokens are held to be alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// The same letters.
    Exact,
    /// Two spellings of one name (Mohammed, Muhammad), or two names of one legal form group.
    Spelling,
    /// A short or familiar form, or the same name in another language (Bill, William).
    Nickname,
    /// The same consonants where a script writes no vowels.
    Skeleton,
    /// Spelled differently, sounding alike.
    Phonetic,
    /// A slip of a few letters.
    Edit,
    /// One letter that stands for the word.
    Initial,
    /// The start of a longer word, cut short.
    Truncated,
    /// Several words of one name written as one in the other.
    Joined,
}

/// The highest similarity, in thousandths.
pub(crate) const FULL: u16 = 1_000;

/// How many edits two texts may be apart, by the length in bytes of the shorter.
///
/// A slip in a short word makes another word, so short words get none.
pub const fn edits_allowed(len: usize) -> usize {
    match len {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

/// How alike two tokens are, in thousandths, and why; `None` when they do not meet at all.
///
/// Symmetric. Looks at the tokens alone; what a pair counts for in a name is weighed elsewhere.
pub fn token_similarity(one: &Token, two: &Token) -> Option<(u16, Relation)> {
    use TokenClass::{Honorific, Initial, LegalForm, Number, Particle};
    if one.bytes() == two.bytes() {
        return same_text(one, two);
    }
    match (one.class(), two.class()) {
        (Initial, _) | (_, Initial) => initial(one, two),
        (Honorific | LegalForm | Number | Particle, _) | (_, Honorific | LegalForm | Number | Particle) => None,
        _ => words(one, two),
    }
}

fn same_text(one: &Token, two: &Token) -> Option<(u16, Relation)> {
    use TokenClass::{LegalForm, Number};
    let either = |class| (one.class() == class) != (two.class() == class);
    if either(LegalForm) || either(Number) { None } else { Some((FULL, Relation::Exact)) }
}

fn initial(one: &Token, two: &Token) -> Option<(u16, Relation)> {
    let (letter, word) = if one.class() == TokenClass::Initial { (one, two) } else { (two, one) };
    let stands_for = word.is_fuzzy() && word.bytes().first() == letter.bytes().first();
    stands_for.then_some((800, Relation::Initial))
}

fn words(one: &Token, two: &Token) -> Option<(u16, Relation)> {
    if let Some(cluster) = one.shared_cluster(two) {
        return Some(if cluster.is_spelling() { (960, Relation::Spelling) } else { (880, Relation::Nickname) });
    }
    let shorter = one.len().min(two.len());
    let same_sound = one.phonetic() != 0 && one.phonetic() == two.phonetic();
    let same_skeleton = one.skeleton() != 0 && one.skeleton() == two.skeleton();
    let edits = edits_allowed(shorter);
    let near = || {
        one.len().abs_diff(two.len()) <= edits
            && (one.letters() ^ two.letters()).count_ones() as usize <= 2 * edits
            && counted(one.bytes(), two.bytes(), edits).is_some()
    };
    if same_skeleton && (one.is_abjad() != two.is_abjad()) {
        return Some((900, Relation::Skeleton));
    }
    if !same_sound && !same_skeleton && !near() {
        return None;
    }
    let cost = weighed(one.bytes(), two.bytes());
    let length = (one.len() + two.len()) as u32;
    // 2 * cost / (WHOLE * length) is the share of the letters that changed.
    let lost = 2 * cost * 1_000 / (WHOLE * length);
    let similarity = 1_000_u32.saturating_sub(lost) as u16;
    let relation = if same_sound { Relation::Phonetic } else { Relation::Edit };
    (similarity >= 600).then_some((similarity, relation))
}
