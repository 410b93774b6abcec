//! How questions come to a case.

use super::{AskedHit, Asks, Case, CaseState, Priority, Question, Verdict};
use crate::changes::Changes;
use crate::customer::{Customer, Draft, Ids};
use crate::event::EventKind;
use crate::id::CaseId;
use crate::screening::Hit;

use jiff::Timestamp;

/// A question to be put.
#[derive(Debug, Clone, PartialEq)]
pub struct NewQuestion {
    /// What is asked.
    pub asks: Asks,
    /// For [`Asks::Hits`]: whom it is about.
    pub hits: Vec<Hit>,
    /// Whether it is asked from the beginning, so that what was said before counts no more.
    pub anew: bool,
}

impl NewQuestion {
    /// A question that is not about hits.
    #[must_use]
    pub const fn of(asks: Asks) -> Self {
        Self { asks, hits: Vec::new(), anew: false }
    }
}

/// Puts questions about a customer: to its open case, if there is one, else to a new one.
///
/// What the case asks already, with the same particulars, is not asked again; `None` if nothing new is asked. Closed
/// cases are not looked at: who asks decides whether something answered there is to be asked once more.
pub fn ask(
    customer: Customer,
    open_case: Option<Case>,
    questions: Vec<NewQuestion>,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Option<Changes> {
    let mut draft = Draft::new(customer, ids, now);
    put_all(&mut draft, open_case, questions).then(|| draft.finish())
}

/// The same as a part of a change that a decision has ended. The case that the change moves goes before `open_case`, which
/// is the one before it.
#[must_use]
pub fn ask_also(
    changes: Changes,
    open_case: Option<Case>,
    questions: Vec<NewQuestion>,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Changes {
    let mut draft = Draft::resume(changes, ids, now);
    put_all(&mut draft, open_case, questions);
    draft.finish()
}

/// Puts the questions to the case of the draft, or the open one, or a new one; whether anything new is asked. However many
/// they are, the case's version rises once in a change: the store expects the one before it.
fn put_all(draft: &mut Draft<'_>, open_case: Option<Case>, questions: Vec<NewQuestion>) -> bool {
    let moved = draft.case().take();
    let mut case = moved.clone().or(open_case.filter(Case::is_open));
    let before = case.as_ref().map_or(0, |case| case.version - u64::from(moved.is_some()));
    let mut touched = false;
    for question in questions {
        touched |= put(&mut case, draft, question).1;
    }
    *draft.case() = if touched { case.map(|case| Case { version: before + 1, ..case }) } else { moved };
    touched
}

/// Puts one question to the case, or opens one for it. Which case, and whether anything new is asked; its version is left
/// to whoever ends the change.
pub(crate) fn put(case: &mut Option<Case>, draft: &mut Draft<'_>, question: NewQuestion) -> (CaseId, bool) {
    let now = draft.now();
    match case {
        Some(open) => {
            let touched = open.put(question, now);
            if touched {
                // What the same change has closed is open again.
                if !open.is_open() {
                    open.state = CaseState::Open;
                }
                draft.happened(EventKind::CaseAsked, Some(open.id.into()), None);
            }
            (open.id, touched)
        }
        None => {
            let id = CaseId(draft.next_id());
            let mut opened = Case {
                id,
                tenant: draft.customer.tenant,
                customer: draft.customer.id,
                version: 0,
                state: CaseState::Open,
                questions: Vec::new(),
                opened_at: now,
                assignment: None,
                priority: Priority::Low,
                due_at: Priority::Low.due_at(now),
                comments: Vec::new(),
                attachments: Vec::new(),
            };
            opened.put(question, now);
            *case = Some(opened);
            draft.happened(EventKind::CaseOpened, Some(id.into()), None);
            (id, true)
        }
    }
}

impl Case {
    /// Asks a question more, or the same with other particulars. What was said to a hit counts for what was seen then: when
    /// the hit is another one now, it is asked again. Whether anything new is asked.
    fn put(&mut self, question: NewQuestion, now: Timestamp) -> bool {
        let NewQuestion { asks, mut hits, anew } = question;
        // Two parties around the customer may be one person; what is said of one is said of both.
        let mut at = 0;
        while at < hits.len() {
            let twice = hits[..at].iter().any(|hit| hit.is_of_the_same(&hits[at]));
            if twice { drop(hits.remove(at)) } else { at += 1 }
        }
        let mut next_hit = 1 + self.hits().map(|asked| asked.number).max().unwrap_or(0);
        let known = self.questions.iter().position(|known| known.asks.is_same(&asks));
        let mut touched = known.is_none();
        let at = known.unwrap_or_else(|| {
            let number = self.questions.len() as u32 + 1;
            let verdict = Verdict::default();
            self.questions.push(Question { number, asks: asks.clone(), hits: Vec::new(), verdict });
            self.questions.len() - 1
        });
        let question = &mut self.questions[at];
        if question.asks != asks || (anew && hits.is_empty()) {
            touched |= question.verdict.void() || question.asks != asks;
            question.asks = asks;
        }
        for hit in hits {
            match question.hits.iter_mut().find(|asked| asked.hit.is_of_the_same(&hit)) {
                // What was said counts as long as no more is asked than was.
                Some(asked) if !anew && asked.verdict.last.is_some() && hit.asks_no_more_than(&asked.hit) => {}
                Some(asked) => {
                    if anew || asked.hit != hit {
                        touched |= asked.verdict.void() || asked.hit != hit;
                        asked.hit = hit;
                    }
                }
                None => {
                    question.hits.push(AskedHit { number: next_hit, hit, verdict: Verdict::default() });
                    next_hit += 1;
                    touched = true;
                }
            }
        }
        let unsettled = question.hits.iter().any(|asked| asked.verdict.settled().is_none());
        if unsettled && question.is_answered() {
            question.verdict.void();
            touched = true;
        }
        if touched {
            let priority = Priority::of(question);
            self.priority = self.priority.max(priority);
            self.due_at = self.due_at.min(priority.due_at(now));
        }
        touched
    }
}
