//! Words of different scripts: how a name sounds in one, as far as the other can write it.
//!
//! A script writes a foreign name by ear: Kana has no l and adds vowels, Arabic leaves short vowels out, Tamil has one
//! letter for k and g. So words of different scripts are compared sound by sound, with vowels and neighbouring
//! consonants cheap, and what keeps it honest is that a whole name must agree.

use smallvec::SmallVec;

use crate::phonetic::hash;
use crate::token::TEXT_BYTES_MAX;

/// How a script hears a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hearing {
    /// Written in Latin letters.
    #[default]
    Latin,
    /// A Chinese name in its characters, read in Pinyin. Its characters are not near each other as its letters are.
    Pinyin,
    /// A full alphabet: Cyrillic, Greek, Armenian, Georgian.
    Alphabet,
    /// No short vowels: Arabic, Hebrew.
    Abjad,
    /// A vowel in every consonant: the scripts of India, Ethiopia and South East Asia.
    Abugida,
    /// Syllables: Kana, and foreign names in Hangul.
    Syllabary,
    /// A Korean name in Hangul: its syllables are few, so much of it is like others by chance.
    Korean,
    /// Characters with a reading.
    Han,
}

impl Hearing {
    /// Every one, in an order of their own: a number for each.
    pub const ALL: [Self; 8] = [
        Self::Latin,
        Self::Pinyin,
        Self::Alphabet,
        Self::Abjad,
        Self::Abugida,
        Self::Syllabary,
        Self::Korean,
        Self::Han,
    ];
}

/// Sounds of a word, one byte each, without length.
pub(crate) struct Sounds {
    bytes: [u8; TEXT_BYTES_MAX],
    len: usize,
}

impl Sounds {
    /// The sounds of a folded text: digraphs become one sound, doubled letters one.
    ///
    /// Latin letters that languages read in two ways are read in the other way for the `second` reading: j as in Jens,
    /// w as in Walter, g as in George, ch as in Christian.
    pub(crate) fn of(text: &[u8], second: bool) -> Self {
        let mut sounds = Self { bytes: [0; TEXT_BYTES_MAX], len: 0 };
        let mut at = 0;
        while at < text.len() && sounds.len < TEXT_BYTES_MAX {
            let (sound, width) = sound_at(&text[at..], second);
            if sound == b'x' && width == 1 {
                // One letter for two sounds, but for the start of a word, where nobody can say both.
                if at > 0 {
                    sounds.push(b'k');
                }
                sounds.push(b's');
            } else {
                sounds.push(sound);
            }
            at += width;
        }
        sounds
    }

    fn push(&mut self, sound: u8) {
        if self.len < TEXT_BYTES_MAX && (self.len == 0 || self.bytes[self.len - 1] != sound) {
            self.bytes[self.len] = sound;
            self.len += 1;
        }
    }

    fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The sound at the start of `rest`, and how many letters write it. Capitals are sounds that Latin has no letter for.
fn sound_at(rest: &[u8], second: bool) -> (u8, usize) {
    let next = rest.get(1).copied().unwrap_or(0);
    let third = rest.get(2).copied().unwrap_or(0);
    match (rest[0], next, third) {
        (b's', b'c', b'h') | (b's', b'k', b'j') => (b'S', 3),
        (b't', b'c' | b's', b'h') | (b'd', b'z', b'h') => (b'C', 3),
        (b't', b'z', b'h') => (b'C', 3),
        (b's', b'h', _) => (b'S', 2),
        (b'c', b'h', _) => (if second { b'k' } else { b'C' }, 2),
        (b'c', b'z', _) => (b'C', 2),
        (b'z' | b'j', b'h', _) => (b'j', 2),
        (b'd', b'j' | b'z', _) => (b'j', 2),
        (b't', b's' | b'z', _) => (b'c', 2),
        (b'k', b'h', _) => (if second { b'k' } else { b'x' }, 2),
        (b'g', b'h', _) => (b'g', 2),
        (b'n', b'g', next) if !is_vowel(next) && next != b'h' => (b'N', 2),
        (b'p', b'h', _) => (b'f', 2),
        (b't', b'h', _) => (if second { b's' } else { b't' }, 2),
        (b'g', b'e' | b'i' | b'y', _) if second => (b'j', 1),
        (b'j', _, _) if second => (b'y', 1),
        (b'w', _, _) if second => (b'v', 1),
        (b'b' | b'd' | b'r', b'h', _) => (rest[0], 2),
        (b'c', b'k' | b'q', _) => (b'k', 2),
        (b'c', b'e' | b'i' | b'y', _) => (b's', 1),
        (b'c' | b'q', _, _) => (b'k', 1),
        (b'o', b'u' | b'o', _) => (b'u', 2),
        (b'e', b'e', _) => (b'i', 2),
        (b'h', _, _) if second => (b'g', 1),
        (other, _, _) => (other, 1),
    }
}

const fn is_vowel(sound: u8) -> bool {
    matches!(sound, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// The group a consonant is in: sounds that one script may write for another.
const fn group(sound: u8) -> u8 {
    match sound {
        b'p' | b'b' | b'f' | b'v' => b'p',
        b't' | b'd' => b't',
        b'k' | b'g' => b'k',
        b's' | b'z' | b'S' | b'C' | b'j' | b'c' => b's',
        b'l' | b'r' => b'l',
        b'n' | b'm' | b'N' => b'n',
        other => other,
    }
}

/// The cost of a sound that only one word has, in units of [`PART`] to a sound.
fn extra(sounds: &[u8], at: usize, vowel: u32) -> u32 {
    let sound = sounds[at];
    match sound {
        b'h' | b'y' | b'w' => 1,
        _ if is_vowel(sound) => {
            if at > 0 && is_vowel(sounds[at - 1]) {
                1
            } else {
                vowel
            }
        }
        // Final consonants that French and others do not say.
        b't' | b'd' | b's' if at > 0 && at + 1 == sounds.len() => 4,
        b'r' | b'x' => 4,
        b'n' | b'N' | b'l' => 5,
        _ if at == 0 => 8,
        _ => 7,
    }
}

/// The cost of one sound in place of another.
const fn changed(a: u8, b: u8, vowel_cost: u32) -> u32 {
    if a == b {
        return 0;
    }
    let (a, b) = if a < b { (a, b) } else { (b, a) };
    match (a, b) {
        _ if is_open(a) && is_open(b) => vowel_cost,
        (b'v', b'w') => 2,
        (b'u', b'v') => 3,
        (b'j', b'y') | (b'i', b'j') => 3,
        (b'h', b'x') | (b'k', b'x') | (b'g', b'x') => 2,
        (b'g', b'h') | (b'h', b'k') | (b'f', b'h') | (b'j', b'x') => 4,
        (b'N', b'm' | b'n') => 3,
        _ if group(a) == group(b) => 2,
        (b'b' | b'f' | b'p', b'w') => 5,
        (b'g', b'j') | (b'C', b'k') | (b'C', b'x') => 4,
        _ => match (group(a), group(b)) {
            (b's', b't') | (b't', b's') => 5,
            (b's', b'k') | (b'k', b's') => 6,
            _ => 9,
        },
    }
}

/// A vowel, or the w that scripts write for one.
const fn is_open(sound: u8) -> bool {
    is_vowel(sound) || sound == b'w'
}

/// The cost of each sound in place of each other, as [`changed`] has it, where a vowel in place of another costs `VOWEL`.
struct Changed<const VOWEL: u32>;

impl<const VOWEL: u32> Changed<VOWEL> {
    const TABLE: &'static [[u8; 128]; 128] = &{
        let mut table = [[0; 128]; 128];
        let mut a = 0_u8;
        while a < 128 {
            let mut b = 0_u8;
            while b < 128 {
                table[a as usize][b as usize] = changed(a, b, VOWEL) as u8;
                b += 1;
            }
            a += 1;
        }
        table
    };
}

/// What a whole sound counts.
const PART: u32 = 7;

/// What a vowel costs that only one word has, or that is another.
#[derive(Clone, Copy)]
struct Vowels {
    extra: u32,
    changed: &'static [[u8; 128]; 128],
}

/// How alike two words sound, in thousandths, given the script that hears less.
pub(crate) fn heard(one: &[u8], two: &[u8], hearing: Hearing) -> u16 {
    let [others_one, others_two] = [one, two].map(|text| reads_twice(text).then(|| Sounds::of(text, true)));
    let [one, two] = [one, two].map(|text| Sounds::of(text, false));
    let vowel = match hearing {
        Hearing::Latin | Hearing::Pinyin | Hearing::Alphabet => Vowels { extra: 2, changed: Changed::<2>::TABLE },
        Hearing::Abjad | Hearing::Abugida | Hearing::Syllabary | Hearing::Korean => {
            Vowels { extra: 1, changed: Changed::<2>::TABLE }
        }
        Hearing::Han => Vowels { extra: 1, changed: Changed::<1>::TABLE },
    };
    let mut best = heard_so(one.as_slice(), two.as_slice(), vowel);
    // Korean romanisations have no second way to read a letter.
    if hearing == Hearing::Korean {
        return best;
    }
    if let Some(other) = others_one.filter(|other| other.as_slice() != one.as_slice()) {
        best = best.max(heard_so(other.as_slice(), two.as_slice(), vowel));
    }
    if let Some(other) = others_two.filter(|other| other.as_slice() != two.as_slice()) {
        best = best.max(heard_so(one.as_slice(), other.as_slice(), vowel));
    }
    best
}

/// Whether a text has a letter that is read in two ways: j, w, g, and the h of ch and th.
fn reads_twice(text: &[u8]) -> bool {
    text.iter().any(|byte| matches!(byte, b'j' | b'w' | b'g' | b'h'))
}

/// Zero for words that are far from alike: below [`HEARD_LEAST`] nobody asks how far.
fn heard_so(one: &[u8], two: &[u8], vowel: Vowels) -> u16 {
    let length = (one.len() + two.len()).max(1) as u32;
    let lost = |cost: u32| 2_500 * cost / (PART * length);
    let mut last = [0_u32; TEXT_BYTES_MAX + 1];
    let mut row = [0_u32; TEXT_BYTES_MAX + 1];
    let mut extras = [0_u32; TEXT_BYTES_MAX];
    for (j, cost) in extras[..two.len()].iter_mut().enumerate() {
        *cost = extra(two, j, vowel.extra);
        last[j + 1] = last[j] + *cost;
    }
    for i in 1..=one.len() {
        let dropped = extra(one, i - 1, vowel.extra);
        let costs = &vowel.changed[usize::from(one[i - 1] & 127)];
        row[0] = last[0] + dropped;
        let mut least = row[0];
        for j in 1..=two.len() {
            row[j] = (last[j - 1] + u32::from(costs[usize::from(two[j - 1] & 127)]))
                .min(last[j] + dropped)
                .min(row[j - 1] + extras[j - 1]);
            least = least.min(row[j]);
        }
        if lost(least) > 1_000 - u32::from(HEARD_LEAST) {
            return 0;
        }
        std::mem::swap(&mut last, &mut row);
    }
    1_000_u32.saturating_sub(lost(last[two.len()])) as u16
}

/// Words less alike than this by ear are not alike, whatever their length.
const HEARD_LEAST: u16 = 600;

/// Consonant groups of a word, the letters that scripts drop left out: at most seven, packed with their number.
///
/// Packed so that two words can be compared without a buffer; the lowest four bits are the number of groups.
pub(crate) fn outline(text: &[u8], second: bool) -> u32 {
    let sounds = Sounds::of(text, second);
    let mut packed = 0_u32;
    let mut len = 0;
    let mut last = 0;
    for sound in sounds.as_slice() {
        let number = match group(*sound) {
            b'p' => 1,
            b't' => 2,
            b'k' => 3,
            b's' => 4,
            b'l' => 5,
            b'n' => 6,
            _ => {
                last = 0;
                continue;
            }
        };
        if number == last || len == OUTLINE_MAX {
            continue;
        }
        last = number;
        packed |= number << (4 + 4 * len);
        len += 1;
    }
    packed | len
}

/// Most groups of an outline; what follows is not compared.
const OUTLINE_MAX: u32 = 7;

/// Whether two outlines are one group apart at most, and long enough to mean something.
pub(crate) fn outlines_meet(one: u32, two: u32) -> bool {
    let (len_one, len_two) = (one & 15, two & 15);
    if one == two {
        return len_one >= 1;
    }
    if len_one.max(len_two) < 3 || len_one.abs_diff(len_two) > 1 {
        return false;
    }
    let (short, long, len) = if len_one <= len_two { (one, two, len_two) } else { (two, one, len_one) };
    (0..len).any(|at| {
        let shorter = without(long, at);
        if len_one == len_two { (0..len).any(|other| without(short, other) == shorter) } else { shorter == short }
    })
}

/// An outline without one of its groups.
fn without(outline: u32, at: u32) -> u32 {
    let groups = outline >> 4;
    let below = groups & ((1 << (4 * at)) - 1);
    let above = (u64::from(groups) >> (4 * (at + 1))) as u32;
    (below | above << (4 * at)) << 4 | ((outline & 15) - 1)
}

/// The keys two outlines share when they meet: the outline itself, and without each of its groups.
pub(crate) fn outline_keys(outline: u32) -> SmallVec<[u32; 8]> {
    let len = outline & 15;
    let mut keys = SmallVec::new();
    if len >= 1 {
        keys.push(hash(&outline.to_le_bytes()));
        for at in 0..if len >= 2 { len } else { 0 } {
            let key = hash(&without(outline, at).to_le_bytes());
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_hear_less_still_hear_the_name() {
        for (latin, foreign) in [
            ("robert", "robato"),
            ("putin", "pwtyn"),
            ("wilson", "uiruson"),
            ("merkel", "marukeru"),
            ("young", "yeong"),
        ] {
            assert!(heard(latin.as_bytes(), foreign.as_bytes(), Hearing::Syllabary) >= 700, "{latin} {foreign}");
        }
        for (one, two) in [("robert", "william"), ("putin", "marukeru"), ("hasan", "ahmad")] {
            assert!(heard(one.as_bytes(), two.as_bytes(), Hearing::Syllabary) < 600, "{one} {two}");
        }
    }

    #[test]
    fn outlines_that_meet_share_a_key() {
        for (one, two) in
            [("robert", "robato"), ("hastert", "hasutaato"), ("clinton", "kurinton"), ("holness", "huonisi")]
        {
            let (a, b) = (outline(one.as_bytes(), false), outline(two.as_bytes(), false));
            assert!(outlines_meet(a, b), "{one} {two}");
            assert!(outline_keys(a).iter().any(|key| outline_keys(b).contains(key)), "{one} {two}");
        }
        assert!(!outlines_meet(outline(b"robert", false), outline(b"william", false)));
    }
}
