//! From a registration to an active wallet: every step in its place, and none out of it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use onboarding::check::{Check, CheckKind, CheckState};
use onboarding::customer::Ids;
use onboarding::enrolment::consent::{ConsentKind, GrantConsent};
use onboarding::enrolment::steps::{
    Activate, Approve, StartVerification, SubmitDocument, activate, approve_verification, grant_consent, open_session,
    start_verification, submit_document, verify_email,
};
use onboarding::enrolment::verification::{ApprovalLevel, Document, Verification, VerificationKind};
use onboarding::enrolment::{NewEnrolment, NextStep, Stage, Wallet, begin, next_step, readiness, stage};
use onboarding::iban::Issuer;
use onboarding::onboard::{Onboard, onboard};
use onboarding::{
    CaseId, Categorization, Changes, Customer, EnrolmentRefusal, Hierarchy, Party, Person, PersonName, Policy, Refusal,
    TenantId,
};
use proptest::prelude::*;
use uuid::Uuid;

#[derive(Debug, Default)]
struct Counter(u128);

impl Ids for Counter {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Risk {
    Standard,
    High,
}

fn categorization(risk: Risk) -> Categorization {
    let name = match risk {
        Risk::Standard => "STANDARD_INDIVIDUAL",
        Risk::High => "HIGH_RISK_INDIVIDUAL",
    };
    let category = &Hierarchy::default().categories[name];
    let (approval, risk) = (category.approval, category.risk);
    Categorization { category: category.id, name: name.to_owned(), active: true, approval, risk, features: Vec::new() }
}

fn registered(risk: Risk, ids: &mut Counter) -> Customer {
    let name = PersonName { first: "John".to_owned().into(), last: "Doe".to_owned().into(), ..PersonName::default() };
    let person = Person { name, birth_date: None, citizenship: None, tax_id: None, declared_pep: false };
    let command = Onboard {
        party: Party::Person(person),
        cif_number: "1".to_owned(),
        client_identifier: None,
        addresses: Vec::new(),
        phones: Vec::new(),
        emails: Vec::new(),
        identifications: Vec::new(),
        related: Vec::new(),
        checks: std::collections::BTreeSet::new(),
        attributes: serde_json::Map::new(),
    };
    let tenant = TenantId(Uuid::from_u128(7));
    let changes = onboard(tenant, command, &Policy::default(), ids, now()).expect("let in");
    let wallet = Wallet { id: ids.next(), currency: "EUR".to_owned() };
    let enrolment = NewEnrolment { user: ids.next(), wallet, categorization: Some(categorization(risk)) };
    let mut customer = begin(changes, enrolment).customer;
    customer.checks = checks(&CheckState::Clear);
    customer
}

fn checks(state: &CheckState) -> BTreeMap<CheckKind, Check> {
    let required = Policy::default().person_checks;
    required.into_iter().map(|kind| (kind, Check { state: state.clone(), ..Check::due(now()) })).collect()
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

/// Everything that can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Try {
    Session,
    Start,
    Submit(Document),
    Approve { as_power_tenant: bool },
    Consent(ConsentKind),
    Activate,
}

fn attempt(customer: &Customer, what: Try, ids: &mut Counter, now: Timestamp) -> Result<Customer, Refusal> {
    let policy = Policy::default();
    let customer = customer.clone();
    let changed = |changes: Changes| changes.customer;
    match what {
        Try::Session => {
            let unchanged = customer.clone();
            open_session(customer, ids, now).map(|changes| changes.map_or(unchanged, changed))
        }
        Try::Start => start_verification(customer, StartVerification::default(), &policy, ids, now).map(changed),
        Try::Submit(document) => {
            let given = SubmitDocument { document, word: "PASSPORT".to_owned(), number: None, file: None };
            submit_document(customer, given, &policy, ids, now).map(changed)
        }
        Try::Approve { as_power_tenant } => {
            let yes = Approve { by: "ann".to_owned(), as_power_tenant, reason: None };
            approve_verification(customer, yes, &policy, ids, now).map(changed)
        }
        Try::Consent(kind) => {
            let version = "1.0".to_owned();
            let given = GrantConsent { kind, version, accepted_at: None, ip_address: None, user_agent: None };
            grant_consent(customer, given, &policy, ids, now).map(changed)
        }
        Try::Activate => {
            let iban = Issuer::new("DE", "99999999").and_then(|issuer| issuer.account(1)).expect("an account");
            activate(customer, Activate { iban, by: "ann".to_owned(), reason: None }, &policy, ids, now).map(changed)
        }
    }
}

fn stage_of(customer: &Customer) -> Stage {
    stage(customer, &Policy::default(), now()).expect("enrolled")
}

fn next_of(customer: &Customer) -> Option<NextStep> {
    next_step(customer, &Policy::default(), now())
}

#[test]
fn the_whole_way_of_a_standard_customer() {
    let mut ids = Counter::default();
    let mut customer = registered(Risk::Standard, &mut ids);
    let way = [
        (Stage::Registered, Some(NextStep::CreateSession), Try::Session),
        (Stage::SessionCreated, Some(NextStep::InitiateVerification), Try::Start),
        (Stage::VerificationInProgress, Some(NextStep::SubmitDocuments), Try::Submit(Document::GovernmentId)),
        (Stage::VerificationInProgress, Some(NextStep::SubmitDocuments), Try::Submit(Document::ProofOfAddress)),
        (Stage::VerificationInProgress, Some(NextStep::ApproveVerification), Try::Approve { as_power_tenant: false }),
        (Stage::Verified, Some(NextStep::GrantConsents), Try::Consent(ConsentKind::Terms)),
        (Stage::Verified, Some(NextStep::GrantConsents), Try::Consent(ConsentKind::Privacy)),
        (Stage::Verified, Some(NextStep::GrantConsents), Try::Consent(ConsentKind::DataProcessing)),
        (Stage::ConsentsGranted, Some(NextStep::Activate), Try::Activate),
    ];
    for (stage, next, what) in way {
        assert_eq!((stage_of(&customer), next_of(&customer)), (stage, next));
        assert_eq!(readiness(&customer, &Policy::default(), now()).expect("enrolled").allowed, what == Try::Activate);
        customer = attempt(&customer, what, &mut ids, now()).unwrap_or_else(|refusal| panic!("{what:?}: {refusal}"));
    }
    assert_eq!((stage_of(&customer), next_of(&customer)), (Stage::Active, None));
    let again = attempt(&customer, Try::Activate, &mut ids, now());
    let refusal = EnrolmentRefusal::OutOfOrder { state: Stage::Active, next: None };
    assert_eq!(again.expect_err("refused"), Refusal::Enrolment(refusal));
    let sessions = attempt(&customer, Try::Session, &mut ids, now()).expect("one may always sign in");
    assert_eq!(sessions, customer);
}

/// A customer of this risk after everything up to the consents, its documents approved by its own institution.
fn consented(risk: Risk, ids: &mut Counter) -> Customer {
    let mut customer = registered(risk, ids);
    let documents = Document::ALL.map(Try::Submit);
    let consents = ConsentKind::ALL.map(Try::Consent);
    let approve = Try::Approve { as_power_tenant: false };
    for what in [&[Try::Session, Try::Start][..], &documents, &[approve], &consents].concat() {
        customer = attempt(&customer, what, ids, now()).unwrap_or_else(|refusal| panic!("{what:?}: {refusal}"));
    }
    customer
}

#[test]
fn a_high_risk_needs_the_power_tenant() {
    let mut ids = Counter::default();
    let customer = consented(Risk::High, &mut ids);
    let verification = customer.enrolment.as_ref().and_then(|enrolment| enrolment.verification.as_ref());
    let asked = verification.map(|verification| (verification.kind, verification.level));
    assert_eq!(asked, Some((VerificationKind::Enhanced, ApprovalLevel::PowerTenant)));
    let before = readiness(&customer, &Policy::default(), now()).expect("enrolled");
    assert!(before.verification_ok && before.consents_ok && before.high_risk);
    assert!(before.power_tenant_required && !before.power_tenant_ok && !before.allowed);
    assert_eq!(next_of(&customer), Some(NextStep::PowerTenantApproval));
    let refused = attempt(&customer, Try::Activate, &mut ids, now()).expect_err("refused");
    assert_eq!(refused, Refusal::Enrolment(EnrolmentRefusal::PowerTenantApprovalMissing));
    // The same institution cannot say yes twice.
    assert!(attempt(&customer, Try::Approve { as_power_tenant: false }, &mut ids, now()).is_err());
    let approved = attempt(&customer, Try::Approve { as_power_tenant: true }, &mut ids, now()).expect("approved");
    assert!(attempt(&approved, Try::Activate, &mut ids, now()).is_ok());
}

#[test]
fn checks_hold_a_customer_up() {
    let mut ids = Counter::default();
    let ready = consented(Risk::Standard, &mut ids);
    let case = CaseId(Uuid::from_u128(9));
    for (kind, state, may) in [
        (CheckKind::Sanctions, CheckState::Clear, true),
        (CheckKind::Sanctions, CheckState::Pending, false),
        (CheckKind::Sanctions, CheckState::Hit(case), false),
        (CheckKind::Sanctions, CheckState::Reviewing(case), false),
        (CheckKind::Sanctions, CheckState::Confirmed(case), false),
        (CheckKind::Pep, CheckState::Hit(case), false),
        // Exposed, as a person found: the power tenant has to know.
        (CheckKind::Pep, CheckState::Confirmed(case), false),
    ] {
        let mut customer = ready.clone();
        customer.checks.get_mut(&kind).expect("required").state = state.clone();
        let outcome = attempt(&customer, Try::Activate, &mut ids, now());
        assert_eq!(outcome.is_ok(), may, "{kind:?} {state:?}");
        // Nobody goes back for it, and nobody new gets as far.
        assert_eq!(stage_of(&customer), Stage::ConsentsGranted);
    }
    let mut exposed = ready;
    exposed.checks.get_mut(&CheckKind::Pep).expect("required").state = CheckState::Confirmed(case);
    let refused = attempt(&exposed, Try::Activate, &mut ids, now()).expect_err("refused");
    assert_eq!(refused, Refusal::Enrolment(EnrolmentRefusal::PowerTenantApprovalMissing));
    let approved = attempt(&exposed, Try::Approve { as_power_tenant: true }, &mut ids, now()).expect("approved");
    assert!(attempt(&approved, Try::Activate, &mut ids, now()).is_ok());
}

#[test]
fn what_stands_against_an_activation_is_told_in_order() {
    let mut ids = Counter::default();
    let mut customer = registered(Risk::Standard, &mut ids);
    let refused = |customer: &Customer, ids: &mut Counter| {
        attempt(customer, Try::Activate, ids, now()).expect_err("refused").to_string()
    };
    assert_eq!(refused(&customer, &mut ids), "the customer is not verified; next comes create_session");
    let approve = Try::Approve { as_power_tenant: false };
    for what in [Try::Session, Try::Start] {
        customer = attempt(&customer, what, &mut ids, now()).expect("in order");
    }
    let missing = attempt(&customer, approve, &mut ids, now()).expect_err("refused");
    let documents = vec![Document::GovernmentId, Document::ProofOfAddress];
    assert_eq!(missing, Refusal::Enrolment(EnrolmentRefusal::DocumentsMissing(documents)));
    for what in [Try::Submit(Document::GovernmentId), Try::Submit(Document::ProofOfAddress)] {
        customer = attempt(&customer, what, &mut ids, now()).expect("in order");
    }
    assert_eq!(refused(&customer, &mut ids), "the customer is not verified; next comes approve_verification");
    customer = attempt(&customer, approve, &mut ids, now()).expect("in order");
    customer = attempt(&customer, Try::Consent(ConsentKind::Privacy), &mut ids, now()).expect("in order");
    let consents = vec![ConsentKind::Terms, ConsentKind::DataProcessing];
    let missing = attempt(&customer, Try::Activate, &mut ids, now()).expect_err("refused");
    assert_eq!(missing, Refusal::Enrolment(EnrolmentRefusal::MissingConsents(consents)));
}

#[test]
fn a_consent_runs_out_after_a_year_and_can_be_renewed() {
    let mut ids = Counter::default();
    let customer = consented(Risk::Standard, &mut ids);
    assert!(attempt(&customer, Try::Consent(ConsentKind::Terms), &mut ids, now()).is_err(), "it counts already");
    let in_a_year = now() + SignedDuration::from_hours(24 * 365);
    let late = attempt(&customer, Try::Activate, &mut ids, in_a_year).expect_err("refused");
    assert_eq!(late, Refusal::Enrolment(EnrolmentRefusal::MissingConsents(ConsentKind::ALL.to_vec())));
    assert!(attempt(&customer, Try::Consent(ConsentKind::Terms), &mut ids, in_a_year).is_ok());
    assert!(attempt(&customer, Try::Activate, &mut ids, in_a_year - SignedDuration::from_secs(1)).is_ok());
}

#[test]
fn an_email_address_is_verified_once_at_any_time() {
    let mut ids = Counter::default();
    let customer = registered(Risk::Standard, &mut ids);
    let changes = verify_email(customer, &mut ids, now()).expect("enrolled").expect("the first time");
    assert_eq!(changes.events.len(), 1);
    assert_eq!(verify_email(changes.customer, &mut ids, now()), Ok(None));
}

#[test]
fn who_is_not_enrolled_takes_no_step() {
    let mut ids = Counter::default();
    let mut customer = registered(Risk::Standard, &mut ids);
    customer.enrolment = None;
    for what in [Try::Session, Try::Start, Try::Approve { as_power_tenant: true }, Try::Activate] {
        let refused = attempt(&customer, what, &mut ids, now()).expect_err("refused");
        assert_eq!(refused, Refusal::Enrolment(EnrolmentRefusal::NotEnrolled), "{what:?}");
    }
}

fn any_try() -> impl Strategy<Value = Try> {
    prop_oneof![
        Just(Try::Session),
        Just(Try::Start),
        proptest::sample::select(&Document::ALL[..]).prop_map(Try::Submit),
        any::<bool>().prop_map(|as_power_tenant| Try::Approve { as_power_tenant }),
        proptest::sample::select(&ConsentKind::ALL[..]).prop_map(Try::Consent),
        Just(Try::Activate),
    ]
}

/// The stages in which a step may succeed, written down a second time.
fn fits(what: Try, stage: Stage) -> bool {
    match what {
        Try::Session => true,
        Try::Start => stage == Stage::SessionCreated,
        Try::Submit(_) => stage == Stage::VerificationInProgress,
        Try::Approve { .. } => {
            matches!(stage, Stage::VerificationInProgress | Stage::Verified | Stage::ConsentsGranted)
        }
        Try::Consent(_) => stage == Stage::Verified,
        Try::Activate => stage == Stage::ConsentsGranted,
    }
}

proptest! {
    #[test]
    fn no_step_out_of_order_ever_succeeds_and_nobody_goes_back(
        high in any::<bool>(),
        tries in proptest::collection::vec(any_try(), 0..120),
    ) {
        let mut ids = Counter::default();
        let mut customer = registered(if high { Risk::High } else { Risk::Standard }, &mut ids);
        for what in tries {
            let before = stage_of(&customer);
            match attempt(&customer, what, &mut ids, now()) {
                Ok(after) => {
                    prop_assert!(fits(what, before), "{:?} succeeded in {:?}", what, before);
                    prop_assert!(stage_of(&after) >= before);
                    customer = after;
                }
                Err(Refusal::Enrolment(_)) => {}
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
        if stage_of(&customer) == Stage::Active && high {
            let enrolment = customer.enrolment.expect("enrolled");
            prop_assert!(enrolment.verification.and_then(|known| known.approved()) >= Some(ApprovalLevel::PowerTenant));
        }
    }

    #[test]
    fn following_the_next_step_always_leads_to_an_active_wallet(high in any::<bool>()) {
        let mut ids = Counter::default();
        let mut customer = registered(if high { Risk::High } else { Risk::Standard }, &mut ids);
        let mut taken = 0;
        while let Some(next) = next_of(&customer) {
            let enrolment = customer.enrolment.clone().expect("enrolled");
            let documents = enrolment.verification.as_ref().map(Verification::missing_documents).unwrap_or_default();
            let what = match next {
                NextStep::CreateSession => Try::Session,
                NextStep::InitiateVerification => Try::Start,
                NextStep::SubmitDocuments => Try::Submit(documents[0]),
                NextStep::ApproveVerification => Try::Approve { as_power_tenant: false },
                NextStep::GrantConsents => Try::Consent(enrolment.missing_consents(now())[0]),
                NextStep::PowerTenantApproval => Try::Approve { as_power_tenant: true },
                NextStep::Activate => Try::Activate,
                NextStep::AwaitChecks => unreachable!("the checks are clear"),
            };
            customer = attempt(&customer, what, &mut ids, now()).expect("the next step succeeds");
            taken += 1;
            prop_assert!(taken < 20);
        }
        prop_assert_eq!(stage_of(&customer), Stage::Active);
    }
}
