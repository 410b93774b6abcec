//! What is asked of a tax form, and what follows from it.

use uuid::Uuid;

use super::countries::{Number, number};
use super::{PaperState, TaxDeclaration, TaxForm, TaxPaper, TaxPaperKind, tin};
use crate::admission::diligence::{Reason, Verdict};
use crate::admission::refusal::AdmissionRefusal;
use crate::admission::standing::Change;
use crate::changes::{Changes, Refusal};
use crate::customer::{Customer, Draft, Ids};
use crate::id::FileId;
use crate::party::Party;
use crate::policy::Policy;
use jiff::Timestamp;

/// The United States, alpha-2 in lower case.
const US: &str = "us";

/// Most files of a paper.
const FILES_MAX: usize = 10;

/// What is wrong with a declaration; `at` is the residence's place, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxMistake {
    /// No country, where everybody pays taxes somewhere.
    NoCountry,
    /// More countries than [`TaxDeclaration::RESIDENCES_MAX`].
    TooManyCountries,
    /// There is no such country.
    UnknownCountry {
        /// Which residence.
        at: usize,
    },
    /// The country stands there twice.
    CountryTwice {
        /// Which residence.
        at: usize,
    },
    /// The number must be given there.
    NumberMissing {
        /// Which residence.
        at: usize,
    },
    /// The number is none of that country.
    NumberShape {
        /// Which residence.
        at: usize,
    },
}

impl TaxDeclaration {
    /// Everything that is wrong with it; nothing, if it may be signed.
    #[must_use]
    pub fn mistakes(&self) -> Vec<TaxMistake> {
        let mut mistakes = Vec::new();
        if self.residences.is_empty() {
            mistakes.push(TaxMistake::NoCountry);
        }
        if self.residences.len() > Self::RESIDENCES_MAX {
            mistakes.push(TaxMistake::TooManyCountries);
            return mistakes;
        }
        for (at, residence) in self.residences.iter().enumerate() {
            let country = residence.country.as_str();
            if country.len() != 2 || watchlists::country::code(country) != Some(country) {
                mistakes.push(TaxMistake::UnknownCountry { at });
                continue;
            }
            if self.residences[..at].iter().any(|other| other.country == country) {
                mistakes.push(TaxMistake::CountryTwice { at });
            }
            match &residence.number {
                None if number(country) == Number::Required => mistakes.push(TaxMistake::NumberMissing { at }),
                Some(number) if !tin::fits(country, number) => mistakes.push(TaxMistake::NumberShape { at }),
                _ => {}
            }
        }
        mistakes
    }

    fn pays_in(&self, country: &str) -> bool {
        self.residences.iter().any(|residence| residence.country == country)
    }
}

/// What follows from a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// Whether it fits what else is known of the customer.
    pub likely: bool,
    /// The papers that it takes.
    pub papers: Vec<TaxPaperKind>,
}

/// What follows from a declaration of this customer.
///
/// Who declares to be American, or to pay taxes there, sends a W-9; who does not although the country of birth, the
/// nationality or the address says so, a W-8BEN. Who pays no taxes where it lives shows why. A declaration is likely
/// unless one of the last two is asked for.
#[must_use]
pub fn assess(customer: &Customer, declared: &TaxDeclaration) -> Assessment {
    let born = customer.admission.as_ref().and_then(|admission| admission.birth.country.as_ref());
    let nationality = match &customer.party {
        Party::Person(person) => person.citizenship.as_ref(),
        Party::Business(_) => None,
    };
    let lives = customer.addresses.primary().map(|record| record.value.country.as_str());
    let american = [born.map(|code| code.as_str()), nationality.map(|code| code.as_str()), lives];
    let american = american.into_iter().flatten().any(|country| country == US);
    let declares = declared.us_person || declared.pays_in(US);
    let mut papers = Vec::new();
    if declares {
        papers.push(TaxPaperKind::W9);
    } else if american {
        papers.push(TaxPaperKind::W8Ben);
    }
    if lives.is_some_and(|country| !declared.pays_in(country)) {
        papers.push(TaxPaperKind::Other);
    }
    Assessment { likely: papers.iter().all(|paper| *paper == TaxPaperKind::W9), papers }
}

/// A declaration was signed: it takes the place of the one before; papers that are still asked for stay as they are.
pub(in crate::admission) fn signed(draft: &mut Draft<'_>, declared: TaxDeclaration) {
    let (id, signed_at) = (draft.next_id(), draft.now());
    let Some(admission) = &mut draft.customer.admission else { return };
    let papers = admission.tax.take().map(|before| before.papers).unwrap_or_default();
    admission.tax = Some(TaxForm { id, declared, likely: true, papers, signed_at });
    reassess(draft);
}

/// What else is known of the customer may have changed since it signed.
pub(in crate::admission) fn reassess(draft: &mut Draft<'_>) {
    let Some(form) = draft.customer.admission.as_ref().and_then(|admission| admission.tax.as_ref()) else { return };
    let assessed = assess(&draft.customer, &form.declared);
    let mut papers = Vec::new();
    for kind in assessed.papers {
        let known = draft.customer.admission.as_mut().and_then(|admission| admission.tax.as_mut());
        let known = known.and_then(|form| {
            let at = form.papers.iter().position(|paper| paper.kind == kind)?;
            Some(form.papers.swap_remove(at))
        });
        let missing = |id| TaxPaper { id, kind, files: Vec::new(), state: PaperState::Missing };
        papers.push(known.unwrap_or_else(|| missing(draft.next_id())));
    }
    if let Some(form) = draft.customer.admission.as_mut().and_then(|admission| admission.tax.as_mut()) {
        form.likely = assessed.likely;
        form.papers = papers;
    }
}

/// A paper is shown: it waits for a person. Which paper it is, if the sender does not say: the first that is not in order.
///
/// # Errors
/// [`AdmissionRefusal::NotAwaited`] where no such paper is asked for, or it is in order; [`AdmissionRefusal::TooMany`].
pub fn show_paper(
    customer: Customer,
    kind: Option<TaxPaperKind>,
    file: FileId,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    change.unless_refused()?;
    let form = change.admission().tax.as_mut().ok_or(AdmissionRefusal::NotAwaited)?;
    let awaited =
        |paper: &&mut TaxPaper| kind.is_none_or(|kind| paper.kind == kind) && paper.state != PaperState::Validated;
    let paper = form.papers.iter_mut().find(awaited).ok_or(AdmissionRefusal::NotAwaited)?;
    if paper.files.len() >= FILES_MAX {
        return Err(AdmissionRefusal::TooMany("files").into());
    }
    paper.files.push(file);
    paper.state = PaperState::Received;
    Ok(change.finish())
}

/// A person has looked at a paper. Whether there is such a paper that waits.
pub fn decide_paper(draft: &mut Draft<'_>, file: FileId, verdict: Verdict) -> Option<Uuid> {
    let form = draft.customer.admission.as_mut()?.tax.as_mut()?;
    let paper = form.papers.iter_mut().find(|paper| paper.files.contains(&file))?;
    if paper.state != PaperState::Received {
        return None;
    }
    paper.state = match verdict {
        Verdict::Validated => PaperState::Validated,
        Verdict::Refused(reason) => PaperState::Refused(reason),
        Verdict::Fraud => PaperState::Refused(Reason::IdentityFraud),
    };
    Some(paper.id)
}
