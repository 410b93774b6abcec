//! The verification of an identity: what is shown, what a person says, and what follows when it fails.

use jiff::SignedDuration;
use onboarding::admission::demand::{DemandState, Workflow, demand, to_transfer};
use onboarding::admission::diligence::Proof;
use onboarding::admission::diligence::{DiligenceKind, DiligenceState, Reason, Verdict};
use onboarding::admission::filtering::{FilteringStage, filtering};
use onboarding::admission::page;
use onboarding::admission::signature::{End, Operation, expire};
use onboarding::admission::standing::Standing;
use onboarding::admission::wallet::{ActivationState, WalletState};
use onboarding::admission::{AdmissionRefusal, Moved, sandbox};
use onboarding::case::Outcome;
use onboarding::check::{CheckKind, CheckState};
use onboarding::{CaseId, Refusal};
use uuid::Uuid;

use crate::prospect::{Prospect, pii};

fn state(prospect: &Prospect) -> DemandState {
    prospect.admission().demand.as_ref().expect("a demand").state
}

#[test]
fn a_demand_goes_from_pending_over_incomplete_to_complete() {
    let mut prospect = Prospect::new();
    assert_eq!(state(&prospect), DemandState::Pending);
    prospect.shows(DiligenceKind::Passport).expect("shown");
    assert_eq!(state(&prospect), DemandState::Pending, "a person looks");
    prospect.a_person_says(Outcome::Accepted, "in order").expect("said");
    assert_eq!(state(&prospect), DemandState::Incomplete);
    assert_eq!(prospect.shows(DiligenceKind::IdCard), Err(AdmissionRefusal::NotAwaited), "one document is enough");
    prospect.shows(DiligenceKind::Selfie).expect("shown");
    prospect.a_person_says(Outcome::Accepted, "it is her").expect("said");
    assert_eq!(state(&prospect), DemandState::Complete);
    assert_eq!(prospect.shows(DiligenceKind::Selfie), Err(AdmissionRefusal::NotAwaited));
    let demands: Vec<_> = prospect.news().into_iter().filter(|(moved, _)| *moved == Moved::Demand).collect();
    let words = ["pending", "pending", "incomplete", "incomplete", "complete"];
    assert_eq!(demands, words.map(|word| (Moved::Demand, word)));
}

#[test]
fn both_sides_of_a_card_are_one_diligence() {
    let mut prospect = Prospect::new();
    let front = prospect.shows(DiligenceKind::IdCard).expect("shown");
    let back = prospect.shows(DiligenceKind::IdCard).expect("shown");
    assert_eq!(front, back);
    let shown = &prospect.admission().demand.as_ref().expect("a demand").diligences;
    assert_eq!((shown.len(), shown[0].files.len()), (1, 2));
    for _ in 0..4 {
        prospect.shows(DiligenceKind::IdCard).expect("shown");
    }
    assert_eq!(prospect.shows(DiligenceKind::IdCard), Err(AdmissionRefusal::TooMany("files")));
}

#[test]
fn a_failed_identification_kills_the_device_and_makes_another_code() {
    for reason in Reason::ALL {
        let mut prospect = Prospect::new();
        prospect.binds(1).expect("bound");
        let waits = prospect.is_asked(Operation::Terms).expect("asked");
        prospect.shows(DiligenceKind::Passport).expect("shown");
        prospect.news();
        prospect.a_person_says(Outcome::Refused, &reason.as_str().to_uppercase()).expect("said");
        let admission = prospect.admission();
        assert_eq!(admission.wallet.as_ref().map(|wallet| wallet.state), Some(WalletState::Killed));
        assert_eq!(admission.activation.as_ref().map(|code| code.state), Some(ActivationState::Open));
        assert_eq!(admission.signatures[0].ended.map(|ended| ended.how), Some(End::Failed));
        let shown = &admission.demand.as_ref().expect("a demand").diligences[0];
        assert_eq!((shown.state, state(&prospect)), (DiligenceState::Refused(reason), DemandState::Incomplete));
        assert_eq!(prospect.standing(), Standing::InProgress);
        let news = prospect.news();
        assert_eq!(
            news,
            [(Moved::Signature, "failed"), (Moved::Demand, "incomplete"), (Moved::Activation, "open")],
            "{waits}"
        );
        // Another is shown on the same page, and the new device signs.
        prospect.proves(DiligenceKind::IdCard).expect("proved");
        prospect.binds(1).expect("bound again");
        prospect.signs(Operation::Terms).expect("signed");
    }
}

#[test]
fn a_refused_transfer_kills_no_device() {
    let mut prospect = Prospect::with(Some(Workflow::Identity));
    prospect.binds(1).expect("bound");
    let shown = prospect.shows(DiligenceKind::TransferIn).expect("shown");
    prospect.is_concluded(shown, Verdict::Refused(Reason::DataMismatch)).expect("concluded");
    assert_eq!(prospect.admission().wallet.as_ref().map(|wallet| wallet.state), Some(WalletState::Bound));
    assert_eq!(prospect.is_concluded(shown, Verdict::Validated), Err(AdmissionRefusal::NotAwaited), "it is decided");
}

#[test]
fn what_is_said_of_a_face_is_kept_with_its_moment_and_holds() {
    let says = |prospect: &mut Prospect, given| {
        prospect.step(|customer, _, policy, ids, now| page::consent(customer, given, policy, ids, now))
    };
    let may = |prospect: &Prospect, proof| page::may_show(&prospect.customer, proof);
    let mut prospect = Prospect::new();
    assert_eq!(may(&prospect, Proof::Selfie), Err(AdmissionRefusal::NoConsent));
    assert_eq!(may(&prospect, Proof::Document), Ok(()));
    says(&mut prospect, true).expect("said");
    says(&mut prospect, true).expect("and again");
    assert_eq!(may(&prospect, Proof::Selfie), Ok(()));
    prospect.shows(DiligenceKind::Selfie).expect("shown");
    assert_eq!(may(&prospect, Proof::Selfie), Err(AdmissionRefusal::NotAwaited), "somebody looks at it");
    let agreed_at = prospect.now;
    prospect.now += SignedDuration::from_mins(1);
    says(&mut prospect, false).expect("taken back");
    says(&mut prospect, false).expect("and again");
    let said: Vec<_> = prospect.admission().consents.iter().map(|said| (said.given, said.at)).collect();
    assert_eq!(said, [(true, agreed_at), (false, prospect.now)]);
    let known = prospect.admission().demand.clone().expect("a demand");
    assert_eq!((known.workflow, known.diligences.len()), (Workflow::Identity, 0));
    assert_eq!(says(&mut prospect, true), Err(AdmissionRefusal::NotAwaited), "there is no way back");
    assert_eq!(may(&prospect, Proof::Selfie), Err(AdmissionRefusal::NotAwaited));
    prospect.shows(DiligenceKind::IdCard).expect("shown");
    assert_eq!(may(&prospect, Proof::Document), Err(AdmissionRefusal::NotAwaited));
    prospect.a_person_says(Outcome::Refused, Reason::BlurredDocument.as_str()).expect("said");
    assert_eq!(may(&prospect, Proof::Document), Ok(()), "another may be shown");
    for proof in [Proof::Transfer, Proof::Other] {
        assert_eq!(may(&prospect, proof), Err(AdmissionRefusal::NotAwaited));
    }
}

#[test]
fn who_refuses_the_facial_scan_sends_money_instead() {
    let refuse = |prospect: &mut Prospect| {
        prospect.step(|customer, _, policy, ids, now| to_transfer(customer, policy, ids, now))
    };
    let mut prospect = Prospect::new();
    prospect.shows(DiligenceKind::Selfie).expect("shown");
    refuse(&mut prospect).expect("refused");
    refuse(&mut prospect).expect("and again");
    let known = prospect.admission().demand.clone().expect("a demand");
    assert_eq!((known.workflow, known.diligences.len()), (Workflow::Identity, 0));
    assert_eq!(prospect.shows(DiligenceKind::Selfie), Err(AdmissionRefusal::NotAwaited));
    prospect.proves(DiligenceKind::IdCard).expect("proved");
    prospect.proves(DiligenceKind::TransferIn).expect("proved");
    assert_eq!(state(&prospect), DemandState::Complete);
    assert_eq!(refuse(&mut prospect), Err(AdmissionRefusal::WorkflowFinal));
    assert_eq!(refuse(&mut Prospect::with(None)), Err(AdmissionRefusal::NoDemand));
}

#[test]
fn a_second_demand_follows_a_rejected_one_only() {
    let again = |prospect: &mut Prospect| {
        prospect.step(|customer, fresh, policy, ids, now| demand(customer, Workflow::Identity, fresh, policy, ids, now))
    };
    let mut prospect = Prospect::new();
    assert_eq!(again(&mut prospect), Err(AdmissionRefusal::DemandStands));
    let page = prospect.admission().page.clone().expect("a page");
    prospect.passes(90 * 86_400 - 1);
    let over = |prospect: &mut Prospect| {
        expire(prospect.customer.clone(), &prospect.policy, &mut prospect.ids, prospect.now).expect("admitted")
    };
    assert_eq!(over(&mut prospect), None);
    prospect.passes(1);
    let standing = prospect.standing();
    let changes = over(&mut prospect).expect("it is over");
    prospect.step(|_, _, _, _, _| Ok(changes)).expect("written");
    assert_eq!((state(&prospect), prospect.standing()), (DemandState::Rejected, standing));
    assert_eq!(prospect.shows(DiligenceKind::Passport), Err(AdmissionRefusal::NotAwaited));
    again(&mut prospect).expect("another");
    assert_eq!(state(&prospect), DemandState::Pending);
    let renewed = prospect.admission().page.clone().expect("a page");
    assert!(renewed.token != page.token && renewed.ended_at.is_none());
}

#[test]
fn what_the_lists_say_is_told_once_the_identity_is_verified_and_no_more_than_that() {
    let case = CaseId(Uuid::from_u128(5));
    let mut prospect = Prospect::new();
    prospect.screen(&CheckState::Clear);
    prospect.proves(DiligenceKind::Passport).expect("proved");
    assert_eq!(filtering(&prospect.customer), None);
    prospect.proves(DiligenceKind::Selfie).expect("proved");
    let told =
        |prospect: &Prospect| filtering(&prospect.customer).map(|known| (known.stage, known.exposed, known.served));
    assert_eq!(told(&prospect), Some((FilteringStage::Done, Some(false), None)));
    for (kind, state, stage, exposed) in [
        (CheckKind::Pep, CheckState::Pending, FilteringStage::InProgress, None),
        (CheckKind::Pep, CheckState::Hit(case), FilteringStage::InProgress, None),
        (CheckKind::Pep, CheckState::Confirmed(case), FilteringStage::InProgress, Some(true)),
        (CheckKind::Pep, CheckState::Clear, FilteringStage::Done, Some(false)),
        (CheckKind::Sanctions, CheckState::Hit(case), FilteringStage::InProgress, Some(false)),
        (CheckKind::Sanctions, CheckState::Confirmed(case), FilteringStage::Done, Some(false)),
    ] {
        prospect.found(kind, state.clone());
        assert_eq!(told(&prospect), Some((stage, exposed, None)), "{kind:?} {state:?}");
    }
}

#[test]
fn a_fraud_is_said_of_a_prospects_document_and_of_nothing_else() {
    let mut prospect = Prospect::new();
    for step in [DiligenceKind::Passport, DiligenceKind::Selfie] {
        prospect.proves(step).expect("proved");
    }
    prospect.found(CheckKind::Pep, CheckState::Confirmed(CaseId(Uuid::from_u128(5))));
    let refused = prospect.a_person_says(Outcome::Fraud, "no document is asked about");
    assert!(matches!(refused, Err(Refusal::Case(_))), "{refused:?}");
}

#[test]
fn aliases_decide_what_the_vendor_promises() {
    let table = [
        ("camille@example.com", Proof::Document, None),
        ("camille+LC_ACCEPTED@example.com", Proof::Document, Some(Verdict::Validated)),
        ("camille+LC_FRAUD@example.com", Proof::Document, Some(Verdict::Fraud)),
        ("camille+LC_DOC_EXPIRED@example.com", Proof::Document, Some(Verdict::Refused(Reason::ExpiredDocument))),
        ("camille+LC_DOC_EXPIRED@example.com", Proof::Selfie, Some(Verdict::Validated)),
        ("camille+LC_BIO_QUALITY@example.com", Proof::Selfie, Some(Verdict::Refused(Reason::TooDarkSelfie))),
        ("camille+LC_BIO_QUALITY@example.com", Proof::Document, Some(Verdict::Validated)),
        ("camille+LC_DOC_RECEIPT@example.com", Proof::Document, Some(Verdict::Refused(Reason::NoIdentityDocument))),
        ("camille+LC_EXPIRED@example.com", Proof::Document, Some(Verdict::Refused(Reason::DataMismatch))),
        ("camille+LC_ACCEPTED+other@example.com", Proof::Document, Some(Verdict::Validated)),
        ("camille+other+LC_FRAUD@example.com", Proof::Document, Some(Verdict::Fraud)),
        ("LC_FRAUD@example.com", Proof::Document, None),
        ("camille+LC_UNKNOWN@example.com", Proof::Document, None),
        ("camille@LC_ACCEPTED.example.com", Proof::Document, None),
    ];
    for (address, proof, verdict) in table {
        let mut prospect = Prospect::new();
        let contact = onboarding::admission::correct::ContactChange { email: Some(pii(address)), ..Default::default() };
        let wanted = onboarding::admission::correct::ProfileChange { contact, ..Default::default() };
        prospect
            .step(|customer, _, policy, ids, now| {
                onboarding::admission::correct::update(customer, &wanted, None, policy, ids, now)
            })
            .expect("changed");
        assert_eq!(sandbox::verdict(&prospect.customer, proof), verdict, "{address} {proof:?}");
    }
}
