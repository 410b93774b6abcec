//! Signatures: only a valid one of the bound device, in time, has an effect, and only once.

use onboarding::admission::correct::ContactChange;
use onboarding::admission::signature::{
    Answered, End, Operation, Outcome, answer_in_sandbox, expire, next_end, signed_text,
};
use onboarding::admission::wallet::{self, ActivationState, WalletState};
use onboarding::admission::{AdmissionRefusal, Moved};
use uuid::Uuid;

use crate::prospect::{Prospect, pays_in, pii};

fn bound() -> Prospect {
    let mut prospect = Prospect::new();
    prospect.binds(1).expect("bound");
    prospect.news();
    prospect
}

fn expires(prospect: &mut Prospect) {
    let ended = expire(prospect.customer.clone(), &prospect.policy, &mut prospect.ids, prospect.now).expect("admitted");
    if let Some(changes) = ended {
        prospect.step(|_, _, _, _, _| Ok(changes)).expect("written");
    }
}

fn end_of(prospect: &Prospect, id: Uuid) -> Option<End> {
    let known = prospect.admission().signatures.iter().find(|known| known.id == id).expect("kept");
    known.ended.map(|ended| ended.how)
}

#[test]
fn nothing_happens_before_the_answer_and_nothing_twice() {
    let mut prospect = bound();
    let id = prospect.is_asked(Operation::Terms).expect("asked");
    assert_eq!(prospect.news(), [(Moved::Signature, "open")]);
    assert_eq!(prospect.admission().terms, None);
    let first = prospect.answers(id, 1, Outcome::Approved, true);
    assert_eq!(first, Ok(Answered::Ended(End::Approved)));
    let signed_at = prospect.admission().terms;
    assert_eq!(signed_at, Some(prospect.now));
    assert_eq!(prospect.news(), [(Moved::Signature, "approved")]);
    prospect.passes(1);
    for outcome in [Outcome::Approved, Outcome::Denied, Outcome::Failed] {
        let replayed = prospect.answers(id, 1, outcome, true);
        assert_eq!(replayed, Err(AdmissionRefusal::AlreadyAnswered));
    }
    assert_eq!(prospect.admission().terms, signed_at);
}

#[test]
fn only_the_bound_device_answers() {
    let mut prospect = bound();
    let id = prospect.is_asked(Operation::Terms).expect("asked");
    assert_eq!(prospect.answers(id, 2, Outcome::Approved, true), Err(AdmissionRefusal::WrongDevice));
    let unknown = Uuid::from_u128(1);
    assert_eq!(prospect.answers(unknown, 1, Outcome::Approved, true), Err(AdmissionRefusal::NoSuchSignature));
    assert_eq!(end_of(&prospect, id), None);
    let mut unbound = Prospect::new();
    let id = unbound.is_asked(Operation::Terms).expect("it waits for the binding");
    assert_eq!(unbound.answers(id, 1, Outcome::Approved, true), Err(AdmissionRefusal::WrongDevice));
    unbound.binds(1).expect("bound");
    assert_eq!(unbound.answers(id, 1, Outcome::Approved, true), Ok(Answered::Ended(End::Approved)));
}

#[test]
fn five_minutes_are_five_minutes() {
    let mut prospect = bound();
    let id = prospect.is_asked(Operation::Tax(pays_in(&["fr"]))).expect("asked");
    let asked_at = prospect.now;
    let end = next_end(prospect.admission(), &prospect.policy.admission).expect("it ends");
    assert_eq!(end.duration_since(asked_at).as_secs(), 300);
    prospect.passes(299);
    expires(&mut prospect);
    assert_eq!(end_of(&prospect, id), None);
    prospect.passes(1);
    assert_eq!(prospect.answers(id, 1, Outcome::Approved, true), Err(AdmissionRefusal::SignatureExpired));
    expires(&mut prospect);
    assert_eq!((end_of(&prospect, id), prospect.admission().tax.is_none()), (Some(End::Expired), true));
    assert_eq!(prospect.answers(id, 1, Outcome::Approved, true), Err(AdmissionRefusal::SignatureExpired));
    prospect.signs_tax().expect("a new one starts anew");
    assert!(prospect.admission().tax.is_some());
}

#[test]
fn five_failures_in_a_row_lock_the_device_and_end_what_waits() {
    for wrong_code in [true, false] {
        let mut prospect = bound();
        let (terms, tax) = (
            prospect.is_asked(Operation::Terms).expect("asked"),
            prospect.is_asked(Operation::Tax(pays_in(&["fr"]))).expect("asked"),
        );
        let fail = |prospect: &mut Prospect| {
            if wrong_code {
                prospect.answers(terms, 1, Outcome::Failed, false)
            } else {
                prospect.answers(terms, 1, Outcome::Approved, false)
            }
        };
        let said = |left| if wrong_code { Answered::WrongCode { left } } else { Answered::BadSignature { left } };
        for left in (1..=4).rev() {
            assert_eq!(fail(&mut prospect), Ok(said(left)));
            assert_eq!(end_of(&prospect, terms), None, "a try is no answer");
        }
        assert_eq!(fail(&mut prospect), Ok(said(0)));
        assert_eq!(prospect.admission().wallet.as_ref().map(|wallet| wallet.state), Some(WalletState::Locked));
        assert_eq!((end_of(&prospect, terms), end_of(&prospect, tax)), (Some(End::Failed), Some(End::Failed)));
        assert_eq!((prospect.admission().terms, prospect.admission().tax.is_none()), (None, true));
        let later = prospect.is_asked(Operation::Terms).expect("asked");
        assert_eq!(prospect.answers(later, 1, Outcome::Approved, true), Err(AdmissionRefusal::DeviceLocked));
        prospect
            .step(|customer, fresh, policy, ids, now| wallet::renew(customer, fresh, policy, ids, now))
            .expect("renewed");
        prospect.binds(2).expect("another device");
        assert_eq!(prospect.answers(later, 1, Outcome::Approved, true), Err(AdmissionRefusal::WrongDevice));
        assert_eq!(end_of(&prospect, later), Some(End::Failed), "it waited for the device that is gone");
    }
}

#[test]
fn a_success_ends_the_count() {
    let mut prospect = bound();
    let first = prospect.is_asked(Operation::Terms).expect("asked");
    for _ in 0..4 {
        prospect.answers(first, 1, Outcome::Failed, false).expect("counted");
    }
    assert_eq!(prospect.answers(first, 1, Outcome::Denied, true), Ok(Answered::Ended(End::Denied)));
    assert_eq!(prospect.admission().terms, None);
    let second = prospect.is_asked(Operation::Terms).expect("asked");
    assert_eq!(prospect.answers(second, 1, Outcome::Failed, false), Ok(Answered::WrongCode { left: 4 }));
}

#[test]
fn two_wait_at_once_and_each_has_its_own_effect() {
    let mut prospect = bound();
    let one = prospect.is_asked(Operation::Tax(pays_in(&["fr"]))).expect("asked");
    let other = prospect.is_asked(Operation::Tax(pays_in(&["pt"]))).expect("asked");
    assert_ne!(prospect.admission().signatures[0].digest, prospect.admission().signatures[1].digest);
    prospect.answers(other, 1, Outcome::Approved, true).expect("answered");
    prospect.answers(one, 1, Outcome::Denied, true).expect("answered");
    let form = prospect.admission().tax.clone().expect("signed");
    assert_eq!(form.declared, pays_in(&["pt"]));
    let mut many = bound();
    for _ in 0..10 {
        many.is_asked(Operation::Terms).expect("asked");
    }
    assert_eq!(many.is_asked(Operation::Terms), Err(AdmissionRefusal::TooMany("signatures")));
    for _ in 0..100 {
        many.passes(301);
        expires(&mut many);
        many.is_asked(Operation::Terms).expect("there is room again");
        assert!(many.admission().signatures.len() <= 30);
    }
}

#[test]
fn one_device_is_bound_by_a_code_once() {
    let mut prospect = Prospect::new();
    let code = prospect.admission().activation.clone().expect("a code").code;
    prospect.binds(1).expect("bound");
    assert_eq!(prospect.admission().activation.as_ref().map(|code| code.state), Some(ActivationState::Used));
    assert_eq!(prospect.binds(2), Err(AdmissionRefusal::Ended));
    prospect
        .step(|customer, fresh, policy, ids, now| wallet::renew(customer, fresh, policy, ids, now))
        .expect("renewed");
    let renewed = prospect.admission().activation.clone().expect("a code");
    assert_ne!(renewed.code, code);
    assert_eq!(prospect.admission().wallet.as_ref().map(|wallet| wallet.state), Some(WalletState::Killed));
    prospect.binds(2).expect("bound");
    assert_eq!(prospect.admission().wallet.as_ref().map(|wallet| wallet.state), Some(WalletState::Bound));
}

#[test]
fn a_sandbox_answers_for_a_phone_that_nobody_has() {
    for (outcome, end) in [
        (Some(Outcome::Approved), End::Approved),
        (Some(Outcome::Denied), End::Denied),
        (Some(Outcome::Failed), End::Failed),
        (None, End::Expired),
    ] {
        let mut prospect = Prospect::new();
        let id = prospect.is_asked(Operation::Terms).expect("asked");
        let answer = |prospect: &mut Prospect| {
            prospect.step(|customer, _, policy, ids, now| answer_in_sandbox(customer, id, outcome, policy, ids, now))
        };
        answer(&mut prospect).expect("answered");
        assert_eq!(end_of(&prospect, id), Some(end));
        assert_eq!(prospect.admission().terms.is_some(), end == End::Approved);
        assert!(answer(&mut prospect).is_err());
    }
}

#[test]
fn what_is_signed_says_everything_in_one_form() {
    let contact = ContactChange { phone: Some(pii("+33612345678")), ..ContactChange::default() };
    for (operation, json) in [
        (Operation::Terms, r#"{"operation":"terms"}"#),
        (
            Operation::Tax(pays_in(&["fr", "us"])),
            r#"{"operation":"tax","residences":[{"country":"fr"},{"country":"us","number":"219099999"}],"usPerson":true}"#,
        ),
        (Operation::Contact(contact), r#"{"operation":"contact","phone":"+33612345678"}"#),
    ] {
        assert_eq!(operation.canonical_json(), json);
    }
    let id = Uuid::from_u128(0xabc);
    let text = signed_text(id, &[0xab; 32], Outcome::Approved, 1_800_000_000);
    let digest = "ab".repeat(32);
    assert_eq!(text, format!("00000000-0000-0000-0000-000000000abc.{digest}.approved.1800000000"));
}
