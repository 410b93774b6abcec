//! What is locked, from when on, and what is kept of a change.

use jiff::civil::date;
use onboarding::admission::correct::{Cause, ContactChange, Field, Justification, ProfileChange, update};
use onboarding::admission::diligence::{DiligenceKind, DiligenceState, Reason, Verdict};
use onboarding::admission::person::Civility;
use onboarding::admission::signature::Operation;
use onboarding::admission::{AdmissionRefusal, Moved};
use onboarding::check::CheckState;
use onboarding::{EventKind, Party, Pii};

use crate::prospect::{Prospect, pii};

fn change(prospect: &mut Prospect, wanted: &ProfileChange, justified: bool) -> Result<(), AdmissionRefusal> {
    let justification = Justification { cause: Cause::Correction, text: pii("a slip of the pen") };
    let justification = justified.then_some(&justification);
    prospect.step(|customer, _, policy, ids, now| update(customer, wanted, justification, policy, ids, now))
}

fn nothing() -> ProfileChange {
    ProfileChange::default()
}

/// One change of each datum that identifies.
fn identifying() -> Vec<(Field, ProfileChange)> {
    vec![
        (Field::Civility, ProfileChange { civility: Some(Civility::Mrs), ..nothing() }),
        (Field::FirstName, ProfileChange { first_name: Some(pii("Claude")), ..nothing() }),
        (Field::LastName, ProfileChange { last_name: Some(pii("Dupont")), ..nothing() }),
        (Field::BirthName, ProfileChange { birth_name: Some(pii("Petit")), ..nothing() }),
        (Field::BirthDate, ProfileChange { birth_date: Some(Pii(date(1991, 1, 1))), ..nothing() }),
        (Field::BirthCity, ProfileChange { birth_city: Some(pii("Lyon")), ..nothing() }),
        (Field::BirthCountry, ProfileChange { birth_country: Some(pii("pt")), ..nothing() }),
        (Field::Nationality, ProfileChange { nationality: Some(pii("pt")), ..nothing() }),
    ]
}

fn filled() -> Prospect {
    let mut prospect = Prospect::new();
    let all = ProfileChange {
        civility: Some(Civility::Mr),
        birth_name: Some(pii("Grand")),
        birth_city: Some(pii("Paris")),
        birth_postal_code: Some(pii("75001")),
        ..nothing()
    };
    change(&mut prospect, &all, false).expect("what is not there yet is entered freely");
    prospect.says_who_it_is("fr", "fr").expect("said");
    assert_eq!(prospect.admission().corrections.len(), 0);
    prospect
}

#[test]
fn what_identifies_is_locked_once_entered_and_changed_with_a_justification_that_is_kept() {
    for (field, wanted) in identifying() {
        let mut prospect = filled();
        let before = prospect.customer.clone();
        assert_eq!(change(&mut prospect, &wanted, false), Err(AdmissionRefusal::NeedsJustification(field)));
        assert_eq!(prospect.customer, before, "nothing is changed by what is refused");
        prospect.told.clear();
        change(&mut prospect, &wanted, true).expect("justified");
        let kept = &prospect.admission().corrections;
        assert_eq!(kept.len(), 1, "{field:?}");
        assert_eq!((kept[0].field, kept[0].text.as_str(), kept[0].at), (field, "a slip of the pen", prospect.now));
        assert!(!kept[0].before.is_empty() && kept[0].before != kept[0].after);
        let told =
            prospect.told.iter().any(|event| matches!(event.kind, EventKind::NameChanged | EventKind::ProfileChanged));
        assert!(told, "{field:?}");
        change(&mut prospect, &wanted, false).expect("the same again is no change");
        assert_eq!(prospect.admission().corrections.len(), 1);
    }
}

#[test]
fn contact_data_is_free_until_the_identity_is_validated_and_signed_from_then_on() {
    let contact = ContactChange { phone: Some(pii("+33612345678")), email: Some(pii("c@example.org")), address: None };
    let wanted = ProfileChange { contact: contact.clone(), ..nothing() };
    let mut prospect = filled();
    change(&mut prospect, &wanted, false).expect("free");
    let newer = ContactChange { phone: Some(pii("+33698765432")), ..contact };
    prospect.proves(DiligenceKind::Passport).expect("proved");
    prospect.proves(DiligenceKind::Selfie).expect("proved");
    for (field, wanted) in identifying() {
        assert_eq!(
            change(&mut prospect, &wanted, true),
            Err(AdmissionRefusal::Locked(field)),
            "whatever is said for it"
        );
    }
    let postal = ProfileChange { birth_postal_code: Some(pii("69001")), ..nothing() };
    assert_eq!(change(&mut prospect, &postal, true), Err(AdmissionRefusal::Locked(Field::BirthPostalCode)));
    change(&mut prospect, &wanted, false).expect("what is the same is no change");
    let wanted = ProfileChange { contact: newer.clone(), ..nothing() };
    assert_eq!(change(&mut prospect, &wanted, false), Err(AdmissionRefusal::NeedsSignature(Field::Phone)));
    prospect.binds(1).expect("bound");
    prospect.signs(Operation::Contact(newer)).expect("signed");
    let phones: Vec<_> = prospect.customer.phones.iter().map(|record| record.value.number.0.clone()).collect();
    assert_eq!(phones, ["+33698765432"], "the one record is changed, and no second one added");
}

#[test]
fn a_correction_has_the_document_looked_at_again_and_the_lists_asked_anew() {
    let state = |prospect: &Prospect| prospect.admission().demand.as_ref().expect("a demand").diligences[0].state;
    let name = ProfileChange { last_name: Some(pii("Dupont")), ..nothing() };
    for (verdict, again) in [
        (Verdict::Validated, true),
        (Verdict::Refused(Reason::DataMismatch), true),
        (Verdict::Refused(Reason::DataInversion), true),
        (Verdict::Refused(Reason::BlurredDocument), false),
    ] {
        let mut prospect = filled();
        let shown = prospect.shows(DiligenceKind::Passport).expect("shown");
        prospect.case = None;
        prospect.is_concluded(shown, verdict).expect("concluded");
        prospect.screen(&CheckState::Clear);
        prospect.news();
        change(&mut prospect, &name, true).expect("justified");
        assert_eq!(state(&prospect) == DiligenceState::ToReview, again, "{verdict:?}");
        assert_eq!(prospect.case.is_some(), again, "a person is asked");
        assert_eq!(prospect.news().iter().any(|(moved, _)| *moved == Moved::Demand), again);
        assert!(prospect.customer.checks.values().all(|check| check.state == CheckState::Pending));
        assert!(matches!(&prospect.customer.party, Party::Person(person) if person.name.last.as_str() == "Dupont"));
    }
}
