//! The tax form: what is believed, what papers it takes, and where it stands by them.

use onboarding::admission::AdmissionRefusal;
use onboarding::admission::signature::Operation;
use onboarding::admission::tax::{
    PaperState, TaxDeclaration, TaxForm, TaxMistake, TaxPaperKind, TaxResidence, TaxStatus, assess, show_paper,
};
use onboarding::case::Outcome;
use onboarding::customer::Ids;
use onboarding::{FileId, Refusal};

use crate::prospect::{Prospect, pays_in, pii};

use TaxPaperKind::{Other, W8Ben, W9};

/// Born, lives, pays taxes in, likely, papers.
type Example<'a> = (&'a str, &'a str, &'a [&'a str], bool, &'a [TaxPaperKind]);

#[test]
fn the_vendors_examples() {
    let table: [Example; 8] = [
        ("fr", "pt", &["pt"], true, &[]),
        ("us", "fr", &["us", "fr"], true, &[W9]),
        ("us", "fr", &["pt", "fr", "it"], false, &[W8Ben]),
        ("fr", "us", &["us", "fr"], true, &[W9]),
        ("us", "fr", &["us"], false, &[W9, Other]),
        ("fr", "fr", &["pt", "it"], false, &[Other]),
        ("fr", "fr", &["fr"], true, &[]),
        ("fr", "us", &["fr"], false, &[W8Ben, Other]),
    ];
    for (born, lives, pays, likely, papers) in table {
        let mut prospect = Prospect::new();
        prospect.says_who_it_is(born, lives).expect("said");
        let assessed = assess(&prospect.customer, &pays_in(pays));
        assert_eq!((assessed.likely, assessed.papers.as_slice()), (likely, papers), "{born} {lives} {pays:?}");
        prospect.binds(1).expect("bound");
        prospect.signs(Operation::Tax(pays_in(pays))).expect("signed");
        let form = prospect.admission().tax.clone().expect("a form");
        let status = if papers.is_empty() { TaxStatus::Ok } else { TaxStatus::Nok };
        assert_eq!((form.likely, form.status()), (likely, status), "{born} {lives} {pays:?}");
    }
}

#[test]
fn it_does_not_matter_whether_the_form_or_the_address_comes_first() {
    let (mut first, mut last) = (Prospect::new(), Prospect::new());
    for prospect in [&mut first, &mut last] {
        prospect.binds(1).expect("bound");
    }
    first.says_who_it_is("us", "fr").expect("said");
    first.signs(Operation::Tax(pays_in(&["us"]))).expect("signed");
    last.signs(Operation::Tax(pays_in(&["us"]))).expect("signed");
    last.says_who_it_is("us", "fr").expect("said");
    let papers = |prospect: &Prospect| {
        let form = prospect.admission().tax.clone().expect("a form");
        (form.likely, form.papers.iter().map(|paper| paper.kind).collect::<Vec<_>>())
    };
    assert_eq!(papers(&first), (false, vec![W9, Other]));
    assert_eq!(papers(&first), papers(&last));
}

#[test]
fn the_status_follows_from_the_papers() {
    use PaperState::{Missing, Received, Refused, Validated};
    let refused = Refused(onboarding::admission::diligence::Reason::IllegibleDocument);
    let mut prospect = Prospect::new();
    prospect.says_who_it_is("us", "fr").expect("said");
    prospect.binds(1).expect("bound");
    prospect.signs(Operation::Tax(pays_in(&["us"]))).expect("signed");
    let form = prospect.admission().tax.clone().expect("a form");
    let table: [(&[PaperState], TaxStatus); 13] = [
        (&[], TaxStatus::Ok),
        (&[Missing], TaxStatus::Nok),
        (&[Received], TaxStatus::Pending),
        (&[refused], TaxStatus::Nok),
        (&[Validated], TaxStatus::Ok),
        (&[Missing, Missing], TaxStatus::Nok),
        (&[Missing, Received], TaxStatus::Pending),
        (&[Missing, Validated], TaxStatus::Pending),
        (&[Received, Validated], TaxStatus::Pending),
        (&[refused, Validated], TaxStatus::Nok),
        (&[refused, Received], TaxStatus::Nok),
        (&[Validated, Validated], TaxStatus::Ok),
        (&[Validated, Validated, Missing], TaxStatus::Pending),
    ];
    for (states, status) in table {
        let mut form = form.clone();
        let paper = form.papers[0].clone();
        form.papers = states
            .iter()
            .map(|state| onboarding::admission::tax::TaxPaper { state: *state, ..paper.clone() })
            .collect();
        assert_eq!(form.status(), status, "{states:?}");
    }
}

#[test]
fn papers_are_shown_and_a_person_says_whether_they_are_in_order() {
    let mut prospect = Prospect::new();
    prospect.says_who_it_is("us", "fr").expect("said");
    prospect.binds(1).expect("bound");
    prospect.signs(Operation::Tax(pays_in(&["us", "fr"]))).expect("signed");
    let show = |prospect: &mut Prospect, kind| {
        let file = FileId(prospect.ids.next());
        prospect.step(|customer, _, policy, ids, now| show_paper(customer, kind, file, policy, ids, now))
    };
    let status = |prospect: &Prospect| prospect.admission().tax.as_ref().map(TaxForm::status);
    assert_eq!(show(&mut prospect, Some(W8Ben)), Err(AdmissionRefusal::NotAwaited));
    show(&mut prospect, None).expect("shown");
    assert_eq!(status(&prospect), Some(TaxStatus::Pending));
    let unlisted = prospect.a_person_says(Outcome::Refused, "I do not like it");
    assert!(matches!(unlisted, Err(Refusal::Case(onboarding::CaseRefusal::NotAListedReason))), "{unlisted:?}");
    prospect.a_person_says(Outcome::Refused, "illegible document").expect("said");
    assert_eq!(status(&prospect), Some(TaxStatus::Nok));
    show(&mut prospect, Some(W9)).expect("shown again");
    prospect.a_person_says(Outcome::Accepted, "in order").expect("said");
    assert_eq!(status(&prospect), Some(TaxStatus::Ok));
    assert_eq!(show(&mut prospect, Some(W9)), Err(AdmissionRefusal::NotAwaited));
}

#[test]
fn what_is_wrong_is_told_all_at_once_and_never_signed() {
    let residence =
        |country: &str, number: Option<&str>| TaxResidence { country: country.to_owned(), number: number.map(pii) };
    let table = [
        (vec![], vec![TaxMistake::NoCountry]),
        (vec![residence("fr", None)], vec![]),
        (vec![residence("ma", None)], vec![]),
        (vec![residence("qa", Some("anything 1"))], vec![]),
        (vec![residence("us", None)], vec![TaxMistake::NumberMissing { at: 0 }]),
        (vec![residence("fr", None), residence("us", Some("12"))], vec![TaxMistake::NumberShape { at: 1 }]),
        (vec![residence("fr", Some("1"))], vec![TaxMistake::NumberShape { at: 0 }]),
        (vec![residence("fr", None), residence("fr", None)], vec![TaxMistake::CountryTwice { at: 1 }]),
        (
            vec![residence("xx", None), residence("pt", None), residence("suhh", None)],
            vec![
                TaxMistake::UnknownCountry { at: 0 },
                TaxMistake::NumberMissing { at: 1 },
                TaxMistake::UnknownCountry { at: 2 },
            ],
        ),
        (
            vec![residence("fr", None), residence("ma", None), residence("qa", None), residence("cl", None)],
            vec![TaxMistake::TooManyCountries],
        ),
    ];
    for (residences, mistakes) in table {
        let declared = TaxDeclaration { us_person: false, residences };
        assert_eq!(declared.mistakes(), mistakes);
        let asked = Prospect::new().is_asked(Operation::Tax(declared)).map(drop);
        assert_eq!(asked, if mistakes.is_empty() { Ok(()) } else { Err(AdmissionRefusal::TaxMistakes(mistakes)) });
    }
}
