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
    /// The same consonants where one side has no vowels.
    Skeleton,
    /// Spelled differently, sounding alike.
    Phonetic,
    /// A slip of a few letters.
    Edit,
    /// A name cut short.
    Truncated,
    /// One letter that stands for the word. Never an anchor.
    Initial,
    /// Short words a letter apart: too little to go by, unless the rest of the name agrees. Never an anchor.
    Faint,
    /// Several words of one name written as one in the other.
    Joined,
}

impl Relation {
    /// Whether a pair related so can carry a match (promise 4 of the crate).
    pub fn is_anchor(self) -> bool {
        !matches!(self, Self::Initial | Self::Faint)
    }
}

/// The highest similarity, in thousandths.
pub(crate) const FULL: u16 = 1_000;
/// Below this two words are held to be different words.
const WORDS_MIN: u16 = 640;

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
    stands_for.then_some((550, Relation::Initial))
}

fn words(one: &Token, two: &Token) -> Option<(u16, Relation)> {
    if let Some(cluster) = one.shared_cluster(two) {
        return Some(if cluster.is_spelling() { (970, Relation::Spelling) } else { (880, Relation::Nickname) });
    }
    let same_sound = one.phonetic() != 0 && one.phonetic() == two.phonetic();
    let same_skeleton = one.skeleton() != 0 && one.skeleton() == two.skeleton();
    if same_skeleton && one.is_abjad() != two.is_abjad() {
        return Some((900, Relation::Skeleton));
    }
    let shorter = one.len().min(two.len());
    let edits =
        edits_allowed(shorter).max(usize::from(one.len() == 2 && two.len() <= 3 || one.len() == 3 && two.len() == 2));
    let near = one.len().abs_diff(two.len()) <= edits
        && (one.letters() ^ two.letters()).count_ones() as usize <= 2 * edits
        && counted(one.bytes(), two.bytes(), edits).is_some();
    if !same_sound && !same_skeleton && !near {
        return truncated(one, two);
    }
    if same_skeleton && one.len() != two.len() && same_consonants(one.bytes(), two.bytes()) {
        return Some((870, Relation::Skeleton));
    }
    let cost = weighed(one.bytes(), two.bytes());
    if one.is_known() && two.is_known() && cost > 4 {
        return None;
    }
    let length = (one.len() + two.len()) as u32;
    // 2 * cost / (WHOLE * length) is the share of the letters that changed.
    let lost = 2 * cost * 1_000 / (WHOLE * length);
    let short = if shorter <= 4 { 60 } else { 0 };
    let similarity = 1_000_u32.saturating_sub(lost + short) as u16;
    if shorter <= 3 && cost > 4 {
        return Some((similarity.min(600), Relation::Faint));
    }
    if similarity < WORDS_MIN {
        return None;
    }
    Some((similarity, if same_sound { Relation::Phonetic } else { Relation::Edit }))
}

/// A word that starts another, of at least four letters and half of it.
fn truncated(one: &Token, two: &Token) -> Option<(u16, Relation)> {
    let (short, long) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    let starts =
        short.len() >= TRUNCATED_MIN && 2 * short.len() >= long.len() && long.bytes().starts_with(short.bytes());
    (starts && !short.is_known()).then(|| (600 + (300 * short.len() / long.len()) as u16, Relation::Truncated))
}

/// Fewest letters that a name cut short keeps to be known again.
pub(crate) const TRUNCATED_MIN: usize = 4;

/// Whether one text is the other without the vowels inside it.
fn same_consonants(one: &[u8], two: &[u8]) -> bool {
    let is_vowel = |byte: &u8| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let bare = |text: &[u8]| text.len() >= 2 && !text[1..text.len() - 1].iter().any(is_vowel);
    let consonants = |text: &[u8]| text.iter().filter(|byte| !is_vowel(byte)).count();
    (bare(one) || bare(two))
        && one[0] == two[0]
        && consonants(one) >= 2
        && one.iter().filter(|byte| !is_vowel(byte)).eq(two.iter().filter(|byte| !is_vowel(byte)))
}
