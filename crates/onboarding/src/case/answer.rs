//! What may be said to a question, and whether it counts yet.

use jiff::Timestamp;

use crate::pii::Pii;

/// What a person says. Which questions take which: [`super::Asks::takes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The listed party is not the customer.
    FalsePositive,
    /// The listed party is the customer.
    TrueMatch,
    /// It cannot be said yet: the question stays open.
    NeedsMore,
    /// The risk, review, document or consent is in order.
    Accepted,
    /// It is not.
    Refused,
    /// The document is not the customer's own: somebody pretends to be another.
    Fraud,
    /// The question no longer matters.
    Withdrawn,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 7] = [
        Self::FalsePositive,
        Self::TrueMatch,
        Self::NeedsMore,
        Self::Accepted,
        Self::Refused,
        Self::Fraud,
        Self::Withdrawn,
    ];

    /// The word kept in the store and the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FalsePositive => "false_positive",
            Self::TrueMatch => "true_match",
            Self::NeedsMore => "needs_more",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Fraud => "fraud",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// What a person said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it is.
    pub outcome: Outcome,
    /// Who said it.
    pub by: String,
    /// Why.
    pub reason: Pii<String>,
    /// When.
    pub at: Timestamp,
    /// Whether it counts.
    pub standing: Standing,
}

/// Whether an answer counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It does, since one person is enough for it.
    Given,
    /// It waits for a second person.
    Proposed,
    /// It does, since a second person agreed.
    Confirmed {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// It does not: a second person sent it back.
    Rejected {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
        /// Why.
        reason: Pii<String>,
    },
    /// It no longer does: what it was said about has changed.
    Void,
}

/// What was said to one question or hit, and what was said before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// What was said last.
    pub last: Option<Answer>,
    /// What was said before it, oldest first.
    pub past: Vec<Answer>,
}

impl Verdict {
    /// How many earlier answers are kept: the oldest make room.
    const PAST_MAX: usize = 50;

    /// The answer, if it counts and leaves nothing open.
    #[must_use]
    pub fn settled(&self) -> Option<&Answer> {
        self.last.as_ref().filter(|answer| {
            answer.outcome != Outcome::NeedsMore
                && matches!(answer.standing, Standing::Given | Standing::Confirmed { .. })
        })
    }

    /// The answer, if it waits for a second person.
    #[must_use]
    pub fn proposed(&self) -> Option<&Answer> {
        self.last.as_ref().filter(|answer| answer.standing == Standing::Proposed)
    }

    pub(super) fn give(&mut self, answer: Answer) {
        self.retire();
        self.last = Some(answer);
    }

    /// What it was said about has changed; whether anything had been said.
    pub(super) fn void(&mut self) -> bool {
        let Some(answer) = &mut self.last else { return false };
        answer.standing = Standing::Void;
        self.retire();
        true
    }

    pub(super) fn proposed_mut(&mut self) -> Option<&mut Answer> {
        self.last.as_mut().filter(|answer| answer.standing == Standing::Proposed)
    }

    fn retire(&mut self) {
        if self.past.len() >= Self::PAST_MAX {
            self.past.remove(0);
        }
        self.past.extend(self.last.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
        }
        assert_eq!(Outcome::parse("perhaps"), None);
    }

    #[test]
    fn only_what_counts_settles() {
        let said = |outcome, standing| {
            let (by, reason, at) = ("ana".to_owned(), Pii("she knows".to_owned()), Timestamp::UNIX_EPOCH);
            Verdict { last: Some(Answer { outcome, by, reason, at, standing }), past: Vec::new() }
        };
        let (by, at) = ("bob".to_owned(), Timestamp::UNIX_EPOCH);
        let confirmed = Standing::Confirmed { by: by.clone(), at };
        let rejected = Standing::Rejected { by, at, reason: Pii("look again".to_owned()) };
        for (verdict, settled) in [
            (Verdict::default(), false),
            (said(Outcome::FalsePositive, Standing::Given), true),
            (said(Outcome::FalsePositive, Standing::Proposed), false),
            (said(Outcome::FalsePositive, confirmed), true),
            (said(Outcome::FalsePositive, rejected), false),
            (said(Outcome::FalsePositive, Standing::Void), false),
            (said(Outcome::NeedsMore, Standing::Given), false),
        ] {
            assert_eq!(verdict.settled().is_some(), settled, "{verdict:?}");
        }
    }
}
