//! One word of a name, with everything a comparison needs of it.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use smallvec::SmallVec;

use crate::compare::TRUNCATED_MIN;
use crate::hearing::{self, Hearing};
use crate::lexicon::{self, Cluster};
use crate::phonetic;

/// Longest text of a token in bytes; what is longer is cut. Real words of names end well before.
pub(crate) const TEXT_BYTES_MAX: usize = 31;
/// Clusters a token may be in; a word that means more names than this is too vague to count as a nickname.
pub(crate) const CLUSTERS_MAX: usize = 4;

/// The part a token plays in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenClass {
    /// A word that carries the name.
    Word,
    /// A father's name in a form that says so (Ivanovich, Ivanovna).
    Patronymic,
    /// One letter that stands for a word.
    Initial,
    /// A small word that comes and goes: al, bin, von, de la; "the" and "of" in an organisation.
    Particle,
    /// A title or rank: Dr, Sheikh, Colonel; "MV" before a vessel.
    Honorific,
    /// GmbH, OOO, Limited: the text is the form's group, not its spelling.
    LegalForm,
    /// A word that says what kind of organisation it is: trading, bank, holding.
    Generic,
    /// A number; the text is its decimal digits however it was written.
    Number,
}

impl TokenClass {
    /// Every class, in an order of their own: a number for each.
    pub const ALL: [Self; 8] = [
        Self::Word,
        Self::Patronymic,
        Self::Initial,
        Self::Particle,
        Self::Honorific,
        Self::LegalForm,
        Self::Generic,
        Self::Number,
    ];
}

/// One word of a name, in Latin letters, with everything that comparing it needs.
///
/// Tokens are equal when they behave equally, so an index may keep each distinct token once.
#[derive(Clone)]
pub struct Token {
    text: [u8; TEXT_BYTES_MAX],
    len: u8,
    class: TokenClass,
    hearing: Hearing,
    /// Consonant groups, for words of other scripts.
    outlines: [u32; 2],
    /// A name in its own right, so that a neighbour by a letter that is one too is another name.
    known: bool,
    /// A name that is read by the table of Arabic names.
    tabled: bool,
    weight: u16,
    letters: u32,
    phonetic: u32,
    skeleton: u32,
    look: u32,
    clusters: [Cluster; CLUSTERS_MAX],
}

/// The keys under which another token can be deemed alike, for an inverted index over tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relations {
    /// Nickname and spelling clusters.
    pub clusters: SmallVec<[u16; CLUSTERS_MAX]>,
    /// How the token sounds; zero for classes that are compared exactly.
    pub phonetic: u32,
    /// The consonants alone; zero when there are too few to say anything.
    pub skeleton: u32,
    /// The word as it looks, without parts that are often left out; zero for a short word.
    pub look: u32,
    /// The first letters, for names cut short; zero for a shorter word.
    pub prefix: u32,
    /// All of the above but edits, and how words of other scripts hear it, in one list: two tokens that meet by anything
    /// but their text, an edit or an initial share one of these.
    pub keys: SmallVec<[u32; 16]>,
    /// Edits within which another text is alike.
    pub edits: usize,
}

impl Token {
    pub(crate) fn new(text: &str, class: TokenClass, hearing: Hearing, weight: u16) -> Self {
        let mut bytes = [0; TEXT_BYTES_MAX];
        let kept = text.len().min(TEXT_BYTES_MAX);
        bytes[..kept].copy_from_slice(&text.as_bytes()[..kept]);
        let text = &bytes[..kept];
        let fuzzy = matches!(class, TokenClass::Word | TokenClass::Patronymic | TokenClass::Generic);
        let (phonetic, skeleton, look, clusters) = if fuzzy {
            let text = std::str::from_utf8(text).unwrap_or_default();
            (phonetic::key(text), phonetic::skeleton(text), phonetic::look(text), lexicon::clusters(text))
        } else {
            (0, 0, 0, [Cluster::NONE; CLUSTERS_MAX])
        };
        let outlines = if fuzzy { [false, true].map(|second| hearing::outline(text, second)) } else { [0; 2] };
        let tabled = fuzzy && lexicon::is_tabled(std::str::from_utf8(text).unwrap_or_default(), &clusters);
        let known = class == TokenClass::Word && (weight < 1_000 || clusters[0] != Cluster::NONE);
        Self {
            len: kept as u8,
            class,
            hearing,
            outlines,
            known,
            tabled,
            weight,
            letters: letters_of(text),
            phonetic,
            skeleton,
            look,
            clusters,
            text: bytes,
        }
    }

    /// A token that was taken apart into text, class, hearing and weight, from which everything else follows.
    pub fn restored(text: &str, class: TokenClass, hearing: Hearing, weight: u16) -> Self {
        Self::new(text, class, hearing, weight)
    }

    /// The folded text: ASCII lower-case letters and digits.
    pub fn text(&self) -> &str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// The part this token plays in its name.
    pub fn class(&self) -> TokenClass {
        self.class
    }

    /// How much the token counts, in thousandths of a rare word: a common name or trade word counts less.
    pub fn weight(&self) -> u16 {
        self.weight
    }

    /// How the script it was written in hears a name.
    pub fn hearing(&self) -> Hearing {
        self.hearing
    }

    /// How many consonant groups agree with another word's, in tenths; less where one group is off.
    pub(crate) fn outline_agreement(&self, other: &Self) -> u32 {
        let shorter = self.outline_len().min(other.outline_len()) as u32;
        let same = self.outlines.iter().any(|one| other.outlines.contains(one));
        (10 * shorter).saturating_sub(if same { 5 } else { 25 })
    }

    /// Number of consonant groups.
    pub(crate) fn outline_len(&self) -> usize {
        (self.outlines[0] & 15) as usize
    }

    /// Whether another word's consonants are these, in one of the ways that the letters are read.
    pub(crate) fn outlines_meet(&self, other: &Self) -> bool {
        let [one, one_second] = self.outlines;
        let [two, two_second] = other.outlines;
        hearing::outlines_meet(one, two)
            || (one != one_second && hearing::outlines_meet(one_second, two))
            || (two != two_second && hearing::outlines_meet(one, two_second))
    }

    /// Whether an alignment of this token can carry a match (promise 4 of the crate).
    pub fn is_anchor(&self) -> bool {
        matches!(self.class, TokenClass::Word | TokenClass::Patronymic | TokenClass::Generic | TokenClass::Number)
    }

    /// The keys under which another token can be deemed alike (promise 2 of the crate).
    pub fn relations(&self) -> Relations {
        Relations {
            keys: self.keys(),
            clusters: self
                .clusters
                .iter()
                .filter(|cluster| **cluster != Cluster::NONE)
                .map(|cluster| cluster.0)
                .collect(),
            phonetic: self.phonetic,
            skeleton: self.skeleton,
            look: self.look,
            prefix: self.prefix(),
            edits: if self.is_fuzzy() { crate::edits_allowed(self.len()) } else { 0 },
        }
    }

    fn keys(&self) -> SmallVec<[u32; 16]> {
        let tagged = |tag: u8, key: u32| {
            phonetic::hash(&[tag, key as u8, (key >> 8) as u8, (key >> 16) as u8, (key >> 24) as u8])
        };
        let clusters = self
            .clusters
            .iter()
            .filter(|cluster| **cluster != Cluster::NONE)
            .map(|cluster| tagged(0, u32::from(cluster.0)));
        let single = [(1, self.phonetic), (2, self.skeleton), (3, self.look), (4, self.prefix())];
        let single = single.into_iter().filter(|(_, key)| *key != 0).map(|(tag, key)| tagged(tag, key));
        let [first, second] = self.outlines;
        let mut heard = hearing::outline_keys(first);
        if second != first {
            heard.extend(hearing::outline_keys(second));
        }
        let heard = heard.into_iter().map(|key| tagged(5, key));
        clusters.chain(single).chain(heard).collect()
    }

    fn prefix(&self) -> u32 {
        let long_enough = self.is_fuzzy() && self.len() >= TRUNCATED_MIN;
        if long_enough { phonetic::hash(&self.bytes()[..TRUNCATED_MIN]) } else { 0 }
    }

    pub(crate) fn is_fuzzy(&self) -> bool {
        matches!(self.class, TokenClass::Word | TokenClass::Patronymic | TokenClass::Generic)
    }

    /// The folded text as bytes, for what compares letters.
    pub fn bytes(&self) -> &[u8] {
        &self.text[..self.len()]
    }

    pub(crate) fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// A bit for each letter that occurs: a cheap lower bound of the edit distance.
    pub(crate) fn letters(&self) -> u32 {
        self.letters
    }

    pub(crate) fn is_known(&self) -> bool {
        self.known
    }

    pub(crate) fn is_tabled(&self) -> bool {
        self.tabled
    }

    pub(crate) fn phonetic(&self) -> u32 {
        self.phonetic
    }

    pub(crate) fn look(&self) -> u32 {
        self.look
    }

    pub(crate) fn skeleton(&self) -> u32 {
        self.skeleton
    }

    pub(crate) fn shared_cluster(&self, other: &Self) -> Option<Cluster> {
        self.clusters
            .iter()
            .take_while(|cluster| **cluster != Cluster::NONE)
            .filter(|cluster| other.clusters.contains(cluster))
            .min()
            .copied()
    }
}

fn letters_of(text: &[u8]) -> u32 {
    text.iter().fold(0, |mask, byte| {
        mask | match byte {
            b'a'..=b'z' => 1 << (byte - b'a'),
            _ => 1 << 26,
        }
    })
}

/// Everything else is derived from these four.
type Identity<'a> = (&'a [u8], TokenClass, Hearing, u16);

impl Token {
    fn identity(&self) -> Identity<'_> {
        (self.bytes(), self.class, self.hearing, self.weight)
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Token {}

impl Hash for Token {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl PartialOrd for Token {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Token {
    fn cmp(&self, other: &Self) -> Ordering {
        self.identity().cmp(&other.identity())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:?}", self.text(), self.class)?;
        if self.hearing == Hearing::Latin { Ok(()) } else { write!(f, ":{:?}", self.hearing) }
    }
}
