//! How alike two tokens are, and why.

use crate::distance::{WHOLE, counted, weighed};
use crate::hearing::{Hearing, heard};
use crate::phonetic::is_vowel;
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
    /// The same name as another script hears it.
    Heard,
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
const WORDS_MIN: u16 = 560;
/// Below this two words of different scripts are held to be different words, by their number of consonant groups: the
/// fewer there are, the more the vowels must say.
const HEARD_MIN: [u16; 4] = [1_000, 780, 730, 650];

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
    let hearing = one.hearing().max(two.hearing());
    // Syllables and characters are written whole, so two that differ by a letter of ours differ.
    if one.hearing() == two.hearing()
        && matches!(hearing, Hearing::Pinyin | Hearing::Syllabary | Hearing::Korean | Hearing::Han)
    {
        return one.shared_cluster(two).filter(|cluster| cluster.is_spelling()).map(|_| (970, Relation::Spelling));
    }
    let by_letter = in_letters(one, two);
    if hearing == Hearing::Pinyin {
        // What is read from characters has no slips, but for the sounds that romanisations write differently.
        let is_near = || weighed(one.bytes(), two.bytes(), PINYIN_COST_MAX).is_some();
        return by_letter.filter(|(_, relation)| *relation < Relation::Heard || is_near());
    }
    if one.hearing() == two.hearing() || by_letter.is_some_and(|(similarity, _)| similarity >= 900) {
        return by_letter;
    }
    // A name of the table of Arabic names would have been read by it, so a word that was not is another name.
    let is_other = |abjad: &Token, latin: &Token| abjad.hearing() == Hearing::Abjad && latin.is_tabled();
    let least = if is_other(one, two) || is_other(two, one) { TABLED_MIN } else { 0 };
    let least = if hearing == Hearing::Korean { KOREAN_MIN } else { least };
    let by_ear = one
        .outlines_meet(two)
        .then(|| heard(one.bytes(), two.bytes(), hearing))
        .filter(|similarity| *similarity >= HEARD_MIN[one.outline_len().max(two.outline_len()).min(3)].max(least))
        .map(|similarity| (similarity, Relation::Heard));
    by_letter.into_iter().chain(by_ear).max_by_key(|(similarity, relation)| (*similarity, relation.is_anchor()))
}

/// Compares two words of one script.
fn in_letters(one: &Token, two: &Token) -> Option<(u16, Relation)> {
    if let Some(cluster) = one.shared_cluster(two) {
        return Some(if cluster.is_spelling() { (970, Relation::Spelling) } else { (880, Relation::Nickname) });
    }
    let shared = |one: u32, two: u32| one != 0 && one == two;
    if shared(one.look(), two.look()) {
        return Some(look_alike(one, two));
    }
    if shared(one.skeleton(), two.skeleton()) && one.len() != two.len() && is_bare(one, two) {
        return Some((870, Relation::Skeleton));
    }
    let same_sound = shared(one.phonetic(), two.phonetic());
    let shorter = one.len().min(two.len());
    let edits = edits_allowed(shorter).max(usize::from(shorter == 2 && one.len().max(two.len()) <= 3));
    let near = one.len().abs_diff(two.len()) <= edits
        && (one.letters() ^ two.letters()).count_ones() as usize <= 2 * edits
        && counted(one.bytes(), two.bytes(), edits).is_some();
    if !same_sound && !near {
        return truncated(one, two);
    }
    let both_known = one.is_known() && two.is_known();
    let length = (one.len() + two.len()) as u32;
    let cost_max = match (both_known, shorter) {
        (true, 0..=3) => 8,
        (true, _) => 4,
        // What costs more is below WORDS_MIN, by the share of letters changed below; short words are asked at 6.
        (false, _) => (WHOLE * length * (1_001 - u32::from(WORDS_MIN)) / 2_800).max(6),
    };
    let Some(cost) = weighed(one.bytes(), two.bytes(), cost_max) else {
        return (!both_known && shorter <= 3 && near).then_some((600, Relation::Faint));
    };
    if shorter <= 3 && (both_known || shorter <= 2 || cost > 6) {
        return near.then_some((600, Relation::Faint));
    }
    // 2 * cost / (WHOLE * length) is the share of the letters that changed; a word is another well before all have.
    let lost = 2 * cost * 1_400 / (WHOLE * length);
    let short = match shorter {
        0..=3 => 80,
        4 => 40,
        _ => 0,
    };
    let similarity = 1_000_u32.saturating_sub(lost + short) as u16;
    (similarity >= WORDS_MIN).then_some((similarity, if same_sound { Relation::Phonetic } else { Relation::Edit }))
}

/// Two words of one core: one is the other to the eye, or without a part that is often left out (Abdul Aziz, Aziz).
fn look_alike(one: &Token, two: &Token) -> (u16, Relation) {
    if one.len().abs_diff(two.len()) > 3 { (850, Relation::Nickname) } else { (900, Relation::Edit) }
}

/// A word that starts another, of at least four letters and two thirds of it.
fn truncated(one: &Token, two: &Token) -> Option<(u16, Relation)> {
    let (short, long) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    let starts =
        short.len() >= TRUNCATED_MIN && 3 * short.len() >= 2 * long.len() && long.bytes().starts_with(short.bytes());
    (starts && !short.is_known()).then(|| (600 + (300 * short.len() / long.len()) as u16, Relation::Truncated))
}

/// Below this a word is another name than a Korean one in Hangul.
const KOREAN_MIN: u16 = 860;

/// How far a word in another romanisation may be from Pinyin, in tenths of an edit.
const PINYIN_COST_MAX: u32 = 6;

/// Below this a word in Arabic letters is another name than one it would have been read as.
const TABLED_MIN: u16 = 880;

/// Fewest letters that a name cut short keeps to be known again.
pub(crate) const TRUNCATED_MIN: usize = 4;

/// Whether one of two words of the same consonants has lost the vowels inside it.
fn is_bare(one: &Token, two: &Token) -> bool {
    let bare = |text: &[u8]| !text[1..text.len() - 1].iter().any(|byte| is_vowel(*byte));
    bare(one.bytes()) || bare(two.bytes())
}
