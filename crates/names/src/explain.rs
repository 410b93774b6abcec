//! A score told to a person.

use std::fmt;

use crate::align::outcome;
use crate::compare::Relation;
use crate::name::{Name, NameView};
use crate::score::Score;

/// How a score came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The same score that [`crate::similarity`] gives.
    pub score: Score,
    /// What met what, in the order of the first name, and then what met nothing.
    pub alignments: Vec<Alignment>,
}

/// Words of the first name and what they met in the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// Words of the first name; empty when the second has words that met nothing.
    pub first: String,
    /// Words of the second name; empty when the first has words that met nothing.
    pub second: String,
    /// How they met; `None` when one side is empty.
    pub relation: Option<Relation>,
    /// How alike the two are, in thousandths.
    pub similarity: u16,
    /// How much they count, in thousandths of a rare word.
    pub weight: u16,
}

/// Compares two names and says how the score came about.
pub fn explain(one: &Name, two: &Name) -> Explanation {
    explain_of(&one.view(), &two.view())
}

/// Compares two names over borrowed tokens and says how the score came about.
pub fn explain_of(one: &NameView<'_>, two: &NameView<'_>) -> Explanation {
    let outcome = outcome(one, two);
    let text = |name: &NameView<'_>, span: (u8, u8)| {
        name.tokens[usize::from(span.0)..usize::from(span.0 + span.1)]
            .iter()
            .map(|token| token.text())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let weight = |name: &NameView<'_>, span: (u8, u8)| {
        name.tokens[usize::from(span.0)..usize::from(span.0 + span.1)].iter().map(|token| token.weight()).sum::<u16>()
    };
    let mut alignments: Vec<Alignment> = outcome
        .met
        .iter()
        .map(|met| Alignment {
            first: text(one, met.one),
            second: text(two, met.two),
            relation: Some(met.relation),
            similarity: met.similarity,
            weight: weight(one, met.one).max(weight(two, met.two)),
        })
        .collect();
    let covered = |spans: &[(u8, u8)], at: usize| {
        spans.iter().any(|span| (usize::from(span.0)..usize::from(span.0 + span.1)).contains(&at))
    };
    let (ones, twos): (Vec<_>, Vec<_>) = outcome.met.iter().map(|met| (met.one, met.two)).unzip();
    for (_, token) in one.tokens.iter().enumerate().filter(|(at, _)| !covered(&ones, *at)) {
        alignments.push(Alignment {
            first: token.text().to_owned(),
            second: String::new(),
            relation: None,
            similarity: 0,
            weight: token.weight(),
        });
    }
    for (_, token) in two.tokens.iter().enumerate().filter(|(at, _)| !covered(&twos, *at)) {
        alignments.push(Alignment {
            first: String::new(),
            second: token.text().to_owned(),
            relation: None,
            similarity: 0,
            weight: token.weight(),
        });
    }
    Explanation { score: outcome.score, alignments }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "the same word",
            Self::Spelling => "another spelling of the same name",
            Self::Nickname => "another form of the same name",
            Self::Skeleton => "the same consonants, written without vowels",
            Self::Heard => "the same name as the other script hears it",
            Self::Phonetic => "sounds alike",
            Self::Edit => "a slip of a few letters",
            Self::Faint => "short words a letter apart",
            Self::Initial => "an initial of the word",
            Self::Truncated => "the word cut short",
            Self::Joined => "the same letters, joined or split differently",
        })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "score {}", self.score)?;
        for alignment in &self.alignments {
            writeln!(f, "  {alignment}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Alignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.relation {
            Some(relation) => write!(
                f,
                "\"{}\" met \"{}\": {relation} ({}.{} %)",
                self.first,
                self.second,
                self.similarity / 10,
                self.similarity % 10
            ),
            None if self.second.is_empty() => write!(f, "\"{}\" is in the first name only", self.first),
            None => write!(f, "\"{}\" is in the second name only", self.second),
        }
    }
}
