//! A name, prepared once for any number of comparisons.

use smallvec::SmallVec;

use crate::kind::Kind;
use crate::token::Token;

/// Longest name that is read, in characters; the rest is cut.
pub(crate) const CHARS_MAX: usize = 512;
/// Most tokens a name has; the rest is cut.
pub(crate) const TOKENS_MAX: usize = 32;

/// A name prepared for comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    kind: Kind,
    tokens: Box<[Token]>,
}

impl Name {
    /// Reads a name as it was written, in any script.
    ///
    /// Never fails: what is not a name gives no tokens. Input beyond 512 characters or 32 tokens is cut.
    pub fn parse(kind: Kind, raw: &str) -> Self {
        Self { kind, tokens: crate::parse::tokens(kind, raw).into_boxed_slice() }
    }

    /// Reads a person's name whose parts are known.
    ///
    /// The parts are put in the order given, then family, and words of one part are still told apart.
    pub fn person(given: &[&str], family: &[&str]) -> Self {
        let raw = given.iter().chain(family).copied().collect::<Vec<_>>().join(" ");
        Self::parse(Kind::Person, &raw)
    }

    /// What the name belongs to.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The tokens in the order they were written; legal forms stand where they stood.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The name as borrowed tokens.
    pub fn view(&self) -> NameView<'_> {
        NameView { kind: self.kind, tokens: self.tokens.iter().collect() }
    }
}

/// A name as borrowed tokens, for an index that keeps each distinct token once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameView<'a> {
    /// What the name belongs to.
    pub kind: Kind,
    /// The tokens in the order of the name, at most 32; more are not looked at.
    pub tokens: SmallVec<[&'a Token; 8]>,
}
