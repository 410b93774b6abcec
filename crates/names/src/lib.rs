//! Comparing names: scripts, tokens, nicknames, legal forms and phonetics, to a score that can be explained.
//!
//! A raw name becomes a [`Name`]: a short list of [`Token`]s in Latin letters, each with a class (word, initial,
//! particle, legal form ...), a weight and precomputed codes. Two names become a [`Score`] by aligning their tokens.
//!
//! ```
//! use names::{Kind, Name, similarity};
//! let asked = Name::parse(Kind::Person, "Mohamed el-Hamidawi");
//! let listed = Name::parse(Kind::Person, "HAMIDAWI, Muhammad");
//! assert!(similarity(&asked, &listed).as_f64() > 0.9);
//! ```
//!
//! # What an index may rely on
//!
//! Candidate generation must lose nothing that [`similarity`] puts at or above [`Score::ALERT`]. These hold, and
//! `tests/properties.rs` checks them on random names:
//!
//! 1. **Nothing but tokens.** A score is a function of the two kinds and the two token lists. Tokens compare equal when
//!    they behave equally, so an index may keep each distinct [`Token`] once, names as lists of ids, and score through
//!    [`NameView`] without parsing again.
//! 2. **Two tokens meet only by a relation.** [`token_similarity`] is `None` unless one of these holds
//!    ([`Token::relations`] gives the keys): the same text; a shared one of [`Relations::keys`] (spelling or nickname
//!    cluster, sound, bare consonants, look, first letters of a name cut short, and for words of two scripts the outline
//!    of consonant groups); an edit distance (insertion, deletion, substitution, swap of neighbours) of at most
//!    [`edits_allowed`] for the shorter of the two, where words of up to two letters may be one edit apart; or an
//!    initial against a word with that first letter.
//! 3. **Joined words.** Two or three neighbouring words of one name may meet one word of the other. Their texts put
//!    together then differ by at most one edit (so one of the parts is found exactly, or the whole is).
//! 4. **Anchors.** A score reaches [`Score::ALERT`] only if at least one *anchor* pair is aligned: tokens for which
//!    [`Token::is_anchor`] holds (no particle, honorific, legal form, initial), met by a relation for which
//!    [`Relation::is_anchor`] holds. Between two persons of two or more anchors each, at least two anchors of one side
//!    and one of the other are aligned (a joined word counts for all its parts).
//! 5. **Contradictions.** A score stays below [`Score::ALERT`] if each of the two names has words ([`TokenClass::Word`],
//!    [`TokenClass::Patronymic`]) that no token of the other is related to, as in 2 or 3, of [`CONTRADICTING_WEIGHT`] or
//!    more in sum. An initial is related to every word of its letter; a word that its own name says twice, as whatever
//!    class, is not counted.
//! 6. **Single words.** Between two persons of whom one has one anchor and the other more, a score reaches
//!    [`Score::ALERT`] only by joined words, or if one of the two has an initial.
//! 7. **Words that bodies lack.** Between two organisations or objects a score stays below [`Score::ALERT`] if words of
//!    one name that no token of the other is related to, as in 5, weigh more than a third of everything else in both.

mod align;
mod arabic_names;
mod compare;
mod distance;
mod explain;
mod hearing;
mod kind;
mod latin;
mod legal;
mod lexicon;
mod name;
mod numbers;
mod parse;
mod phonetic;
mod points;
mod score;
mod syllables;
mod token;

pub use align::{similarity, similarity_at_least, similarity_at_least_of, similarity_of};
pub use compare::{Relation, edits_allowed, token_similarity};
pub use explain::{Alignment, Explanation, explain, explain_of};
pub use hearing::Hearing;
pub use kind::Kind;
pub use latin::latin;
pub use name::{Name, NameView};
pub use score::Score;
pub use token::{Relations, Token, TokenClass};

/// Weight of words in thousandths of a rare one that, met by nothing on both sides, make two names different (promise 5).
pub const CONTRADICTING_WEIGHT: u32 = points::CONTRADICTING;
