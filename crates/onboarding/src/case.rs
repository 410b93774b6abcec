//! A question for a person: hits to judge. Opened by a check, closed by decisions, which move the check.

use jiff::Timestamp;

use crate::changes::{Changes, Refusal};
use crate::check::{CheckKind, CheckState};
use crate::customer::{Customer, Draft, Ids};
use crate::event::EventKind;
use crate::id::{CaseId, CustomerId, TenantId};
use crate::pii::Pii;
use crate::screening::Hit;

/// Everything a person is asked about one customer at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Id.
    pub id: CaseId,
    /// Whose.
    pub tenant: TenantId,
    /// About whom.
    pub customer: CustomerId,
    /// Raised by every change.
    pub version: u64,
    /// Where it stands.
    pub state: CaseState,
    /// What is asked, one question a check.
    pub questions: Vec<Question>,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseState {
    /// Waits for somebody to look.
    Open,
    /// Somebody is looking.
    InReview {
        /// Who.
        by: String,
        /// Since when.
        since: Timestamp,
    },
    /// Every question is answered.
    Closed {
        /// When.
        at: Timestamp,
    },
}

impl CaseState {
    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InReview { .. } => "in_review",
            Self::Closed { .. } => "closed",
        }
    }
}

/// One check's question: are these the customer?
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Which check asks.
    pub check: CheckKind,
    /// Whom it is about, best match first.
    pub hits: Vec<Hit>,
    /// What a person said.
    pub answer: Option<Answer>,
}

/// What a person said to a question.
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
}

/// The two answers to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// None of them is the customer.
    FalsePositive,
    /// One of them is.
    TrueMatch,
}

impl Outcome {
    /// The word kept in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FalsePositive => "false_positive",
            Self::TrueMatch => "true_match",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::FalsePositive, Self::TrueMatch].into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// A person's decision on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decide {
    /// The question it answers; all open ones if none is named.
    pub check: Option<CheckKind>,
    /// The answer.
    pub outcome: Outcome,
    /// Who decides.
    pub by: String,
    /// Why.
    pub reason: Pii<String>,
}

impl Question {
    /// A question nobody has answered.
    #[must_use]
    pub const fn new(check: CheckKind, hits: Vec<Hit>) -> Self {
        Self { check, hits, answer: None }
    }
}

impl Case {
    /// A case with one question.
    #[must_use]
    pub fn open(id: CaseId, tenant: TenantId, customer: CustomerId, question: Question, now: Timestamp) -> Self {
        Self { id, tenant, customer, version: 1, state: CaseState::Open, questions: vec![question], opened_at: now }
    }

    /// Whether something is still asked.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.state, CaseState::Closed { .. })
    }

    /// Asks a question more, or the same with other hits; an answer that was given to fewer hits is void.
    pub(crate) fn put(&mut self, question: Question) {
        self.version += 1;
        match self.questions.iter_mut().find(|known| known.check == question.check) {
            Some(known) => {
                for hit in question.hits {
                    match known.hits.iter_mut().find(|old| old.is_of_the_same(&hit)) {
                        Some(old) => *old = hit,
                        None => {
                            known.hits.push(hit);
                            known.answer = None;
                        }
                    }
                }
            }
            None => self.questions.push(question),
        }
    }
}

/// A person takes the case: its checks are under review from now on.
///
/// # Errors
/// [`Refusal::CaseClosed`], [`Refusal::OtherCustomersCase`].
pub fn take(
    customer: Customer,
    mut case: Case,
    by: &str,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    addressed(&customer, &case)?;
    let mut draft = Draft::new(customer, ids, now);
    review(&mut draft, &mut case, by);
    case.version += 1;
    let mut changes = draft.finish();
    changes.case = Some(case);
    Ok(changes)
}

/// A person answers one question, or all. A case that nobody took is taken by who decides, so that every check goes
/// through its review; it closes when no question is left.
///
/// # Errors
/// [`Refusal::CaseClosed`], [`Refusal::OtherCustomersCase`], [`Refusal::NoOpenQuestion`].
pub fn decide(
    customer: Customer,
    mut case: Case,
    command: &Decide,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    addressed(&customer, &case)?;
    let open = case.questions.iter().filter(|question| question.answer.is_none()).map(|question| question.check);
    let answered: Vec<CheckKind> = open.filter(|&check| command.check.is_none_or(|asked| asked == check)).collect();
    if let Some(asked) = command.check
        && answered.is_empty()
    {
        return Err(Refusal::NoOpenQuestion(asked));
    }
    let mut draft = Draft::new(customer, ids, now);
    review(&mut draft, &mut case, &command.by);
    for check_kind in answered {
        for question in case.questions.iter_mut().filter(|question| question.check == check_kind) {
            let (outcome, by, reason) = (command.outcome, command.by.clone(), command.reason.clone());
            question.answer = Some(Answer { outcome, by, reason, at: now });
        }
        if command.outcome == Outcome::FalsePositive
            && let Some(check) = draft.customer.checks.get_mut(&check_kind)
        {
            let hits = case
                .questions
                .iter()
                .filter(|question| question.check == check_kind)
                .flat_map(|question| &question.hits);
            check.dismissed.extend(hits.map(Hit::dismissal));
        }
        draft.happened(EventKind::CaseDecided, Some(case.id.into()), Some(command.outcome.as_str()));
        let state = match command.outcome {
            Outcome::FalsePositive => CheckState::Clear,
            Outcome::TrueMatch => CheckState::Confirmed(case.id),
        };
        draft.move_check(check_kind, state);
    }
    if case.questions.iter().all(|question| question.answer.is_some()) {
        case.state = CaseState::Closed { at: now };
    }
    case.version += 1;
    let mut changes = draft.finish();
    changes.case = Some(case);
    Ok(changes)
}

fn addressed(customer: &Customer, case: &Case) -> Result<(), Refusal> {
    if (case.tenant, case.customer) != (customer.tenant, customer.id) {
        return Err(Refusal::OtherCustomersCase);
    }
    if case.is_open() { Ok(()) } else { Err(Refusal::CaseClosed) }
}

/// Puts the case under review by `by`, and with it every check that waits for it.
fn review(draft: &mut Draft<'_>, case: &mut Case, by: &str) {
    let taken = matches!(&case.state, CaseState::InReview { by: reviewer, .. } if reviewer == by);
    if !taken {
        case.state = CaseState::InReview { by: by.to_owned(), since: draft.now() };
        draft.happened(EventKind::CaseTaken, Some(case.id.into()), None);
    }
    for question in case.questions.iter().filter(|question| question.answer.is_none()) {
        let waits = draft.customer.checks.get(&question.check).map(|check| &check.state);
        if waits == Some(&CheckState::Hit(case.id)) {
            draft.move_check(question.check, CheckState::Reviewing(case.id));
        }
    }
}
