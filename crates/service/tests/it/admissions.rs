//! Admissions in a whole house: one of two is let in, one of many answers counts, handles lead where they should, and what
//! a person and the lists say opens the account.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use jiff::civil::date;
use onboarding::admission::Admission;
use onboarding::admission::account::AccountState;
use onboarding::admission::correct::{ContactChange, ProfileChange};
use onboarding::admission::create::Admit;
use onboarding::admission::declare::{Band, Declarative, EconomicActivity};
use onboarding::admission::demand::{DemandState, Workflow};
use onboarding::admission::diligence::DiligenceKind;
use onboarding::admission::person::{AppUserId, Birth};
use onboarding::admission::signature::{Answered, End, Outcome, signed_text};
use onboarding::admission::standing::{Standing, standing};
use onboarding::admission::tax::{TaxDeclaration, TaxResidence};
use onboarding::admission::wallet::{PublicKey, WalletState};
use onboarding::case::{About, Outcome as Said};
use onboarding::onboard::Onboard;
use onboarding::records::{Address, Email};
use onboarding::{AdmissionRefusal, Customer, Party, Person, PersonName, Pii, Refusal};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use service::admissions::{DeviceAnswer, NewFile};
use service::cases::{CaseCommand, Reviewer};
use service::tenants::TenantKind;
use service::{Caller, Refused, Service};
use uuid::Uuid;

use crate::house::House;

/// A tenant whose prospects nobody is.
const SANDBOX: TenantKind = TenantKind { sandbox: true, power: false };

const USER: &str = "z32er24f4";

/// How long anything may take that goes on behind.
const PATIENCE: Duration = Duration::from_secs(20);

fn pii(text: &str) -> Pii<String> {
    Pii(text.to_owned())
}

fn user(text: &str) -> AppUserId {
    AppUserId::parse(text).expect("an id")
}

fn prospect(id: &str, email: &str, workflow: Option<Workflow>) -> Admit {
    let name = PersonName { first: pii("Camille"), last: pii("Durand"), ..PersonName::default() };
    let birth_date = Some(Pii(date(1990, 3, 14)));
    let person = Person { name, birth_date, citizenship: Some(pii("fr")), tax_id: None, declared_pep: false };
    let address = Address {
        kind: "Home".to_owned(),
        classification: None,
        street: vec![pii("1 rue de la Paix")],
        city: Some(pii("Paris")),
        state: None,
        postal_code: Some(pii("75002")),
        country: "fr".to_owned(),
    };
    let onboard = Onboard {
        party: Party::Person(person),
        cif_number: String::new(),
        client_identifier: None,
        addresses: vec![address],
        phones: Vec::new(),
        emails: vec![Email { kind: "Personal".to_owned(), address: pii(email) }],
        identifications: Vec::new(),
        related: Vec::new(),
        checks: BTreeSet::new(),
        attributes: serde_json::Map::new(),
    };
    let birth = Birth { country: Some(pii("fr")), ..Birth::default() };
    Admit { onboard, app_user_id: Pii(user(id)), civility: None, birth, workflow }
}

/// A key that is made on a device.
struct Device {
    pair: EcdsaKeyPair,
    wallet: Uuid,
}

fn key_pair() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).expect("a key")
}

fn public(pair: &EcdsaKeyPair) -> PublicKey {
    PublicKey(pair.public_key().as_ref()[1..].try_into().expect("two coordinates"))
}

impl Device {
    async fn bound(service: &Service, customer: &Customer) -> Self {
        let code = admission(customer).activation.clone().expect("a code").code;
        let pair = key_pair();
        let wallet = service.bind_device(&code, public(&pair)).await.expect("bound");
        Self { pair, wallet: wallet.id.0 }
    }

    /// An answer to an open challenge, signed.
    async fn answer(&self, service: &Service, id: Uuid, outcome: Outcome) -> DeviceAnswer {
        let seen = service.challenges(&self.wallet.to_string()).await.expect("the device is known");
        let open = seen.open.iter().find(|open| open.id == id).expect("it is open");
        let text = signed_text(id, &open.digest, outcome, 1_800_000_000);
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes()).expect("signed");
        let signature = Some(signature.as_ref().to_vec());
        DeviceAnswer { id, wallet: self.wallet, outcome, signed_at: 1_800_000_000, signature }
    }
}

fn admission(customer: &Customer) -> &Admission {
    customer.admission.as_ref().expect("admitted")
}

/// A picture that a person could look at.
fn picture() -> NewFile {
    let chunk = |kind: &[u8], body: &[u8]| {
        let length = u32::try_from(body.len()).expect("small").to_be_bytes();
        [&length[..], kind, body, &[0; 4]].concat()
    };
    let size = 1_200_u32.to_be_bytes();
    let header = [&size[..], &size, &[8, 2, 0, 0, 0]].concat();
    let png = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", b"drawn"), chunk(b"IEND", b"")];
    NewFile::new(Some(pii("front.png")), png.concat()).expect("a picture")
}

fn pays_in_france() -> TaxDeclaration {
    TaxDeclaration { us_person: false, residences: vec![TaxResidence { country: "fr".to_owned(), number: None }] }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Refused>) -> Option<AdmissionRefusal> {
    match result {
        Err(Refused::Domain(Refusal::Admission(refusal))) => Some(refusal),
        _ => None,
    }
}

async fn until(service: &Service, caller: &Caller, what: &str, holds: impl Fn(&Customer) -> bool) -> Customer {
    let since = Instant::now();
    loop {
        let customer = service.admitted(caller, &user(USER)).await.expect("there");
        if holds(&customer) {
            return customer;
        }
        assert!(since.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn of_many_with_one_id_one_is_let_in() {
    let house = House::open(SANDBOX, false).await;
    let caller = house.caller().await;
    let tries: Vec<_> = (0..16)
        .map(|n| {
            let (service, caller) = (house.service.clone(), caller.clone());
            let email = format!("camille{n}@example.com");
            tokio::spawn(async move { service.admit(&caller, prospect(USER, &email, None)).await })
        })
        .collect();
    let mut let_in = 0;
    for one in tries {
        match one.await.expect("ended") {
            Ok(_) => let_in += 1,
            Err(Refused::Taken) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(let_in, 1);
    let known = house.service.admitted(&caller, &user(USER)).await.expect("there");
    let email = known.emails.iter().next().expect("one").value.address.clone();
    let same = house.service.admit(&caller, prospect("another-one", &email, None)).await;
    assert!(matches!(same, Err(Refused::State(_))), "{same:?}");
    assert!(matches!(house.service.admitted(&caller, &user("nobody-here")).await, Err(Refused::NotFound)));
}

#[tokio::test]
async fn a_prospect_gets_an_account_when_a_person_and_the_lists_say_so() {
    let house = House::open(SANDBOX, true).await;
    let (service, caller) = (&house.service, house.caller().await);
    let customer = service
        .admit(&caller, prospect(USER, "camille@example.com", Some(Workflow::ElectronicSign)))
        .await
        .expect("let in");
    let device = Device::bound(service, &customer).await;
    let token = admission(&customer).page.clone().expect("a page").token;
    assert!(service.page(&token).await.expect("open").wanted.document);
    service.show_on_page(&token, DiligenceKind::Passport, vec![picture(), picture()]).await.expect("shown");
    service.show_on_page(&token, DiligenceKind::Selfie, vec![picture()]).await.expect("shown");
    let seen = service.page(&token).await.expect("open");
    assert!(!seen.wanted.document && !seen.wanted.selfie);
    let again = service.show_on_page(&token, DiligenceKind::Selfie, vec![picture(); 6]).await;
    assert_eq!(refusal(again), Some(AdmissionRefusal::TooMany("files")));

    let tax = service.ask_tax(&caller, &user(USER), pays_in_france()).await.expect("asked");
    let terms = service.ask_terms(&caller, &user(USER)).await.expect("asked");
    for id in [terms, tax] {
        let answer = device.answer(service, id, Outcome::Approved).await;
        assert_eq!(service.answer_challenge(&answer).await.expect("answered"), Answered::Ended(End::Approved));
    }
    let declared = Declarative {
        activity: EconomicActivity::of(37).expect("a code"),
        asset: Band::of(1).expect("a band"),
        income: Band::of(1).expect("a band"),
    };
    service.declare(&caller, &user(USER), declared).await.expect("declared");

    let reviewer = Reviewer::of(&caller, "ana");
    let customer = service.admitted(&caller, &user(USER)).await.expect("there");
    let case = service.open_case_of(&caller, customer.id).await.expect("readable").expect("a case is open");
    let file = service.case(&reviewer, case.id).await.expect("shown");
    assert_eq!((case.questions.len(), file.files.len()), (2, 3), "a person sees every file");
    for wrong in [
        CaseCommand::Decide { about: About::Question(1), outcome: Said::Refused, reason: pii("I do not like it") },
        CaseCommand::Decide { about: About::Question(1), outcome: Said::TrueMatch, reason: pii("?") },
    ] {
        assert!(service.act_on_case(&reviewer, case.id, None, &wrong).await.is_err());
    }
    let accept = CaseCommand::Decide { about: About::Everything, outcome: Said::Accepted, reason: pii("validated") };
    service.act_on_case(&reviewer, case.id, None, &accept).await.expect("decided");

    let rules = &caller.policy.admission;
    let validated = |customer: &Customer| standing(customer, rules) == Some(Standing::Validated);
    let customer = until(service, &caller, "the lists are clear", validated).await;
    assert_eq!(admission(&customer).account.state, AccountState::Activated);
    assert_eq!(refusal(service.page(&token).await), Some(AdmissionRefusal::Ended));

    // From now on, contact data takes a signature.
    let contact = ContactChange { phone: Some(pii("+33612345678")), ..ContactChange::default() };
    let wanted = ProfileChange { contact: contact.clone(), ..ProfileChange::default() };
    let unsigned = service.update_admitted(&caller, &user(USER), &wanted, None).await;
    assert!(matches!(refusal(unsigned), Some(AdmissionRefusal::NeedsSignature(_))));
    let id = service.ask_contact(&caller, &user(USER), contact).await.expect("asked");
    let answer = device.answer(service, id, Outcome::Approved).await;
    service.answer_challenge(&answer).await.expect("answered");
    let customer = service.admitted(&caller, &user(USER)).await.expect("there");
    assert_eq!(customer.phones.iter().next().map(|record| record.value.number.0.as_str()), Some("+33612345678"));
    house.workers.expect("working").stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn of_many_answers_at_once_one_counts() {
    let house = House::open(SANDBOX, false).await;
    let (service, caller) = (&house.service, house.caller().await);
    let workflow = Some(Workflow::Identity);
    let customer = service.admit(&caller, prospect(USER, "camille@example.com", workflow)).await.expect("let in");
    let device = Device::bound(service, &customer).await;
    for round in 0..3 {
        let id = service.ask_terms(&caller, &user(USER)).await.expect("asked");
        let (yes, no) =
            (device.answer(service, id, Outcome::Approved).await, device.answer(service, id, Outcome::Denied).await);
        let tries: Vec<_> = (0..6)
            .map(|n| {
                let (service, answer) = (service.clone(), if n % 2 == 0 { yes.clone() } else { no.clone() });
                tokio::spawn(async move { service.answer_challenge(&answer).await })
            })
            .collect();
        let mut ended = Vec::new();
        for one in tries {
            match one.await.expect("ended") {
                Ok(Answered::Ended(end)) => ended.push(end),
                other => assert_eq!(refusal(other), Some(AdmissionRefusal::AlreadyAnswered)),
            }
        }
        assert_eq!(ended.len(), 1, "round {round}");
        let customer = service.admitted(&caller, &user(USER)).await.expect("there");
        let kept = admission(&customer).signatures.iter().find(|known| known.id == id).and_then(|known| known.ended);
        assert_eq!(kept.map(|kept| kept.how), ended.first().copied());
        let accepted_now = admission(&customer).terms.is_some_and(|at| Some(at) == kept.map(|kept| kept.at));
        assert_eq!(accepted_now, ended == [End::Approved]);
    }
}

#[tokio::test]
async fn a_signature_is_by_the_device_and_of_what_it_says() {
    let house = House::open(SANDBOX, false).await;
    let (service, caller) = (&house.service, house.caller().await);
    let workflow = Some(Workflow::Identity);
    let customer = service.admit(&caller, prospect(USER, "camille@example.com", workflow)).await.expect("let in");
    let device = Device::bound(service, &customer).await;
    let other = Device { pair: key_pair(), wallet: device.wallet };
    let terms = service.ask_terms(&caller, &user(USER)).await.expect("asked");
    let tax = service.ask_tax(&caller, &user(USER), pays_in_france()).await.expect("asked");
    let good = device.answer(service, terms, Outcome::Approved).await;
    let of_tax = device.answer(service, tax, Outcome::Approved).await;
    for (left, wrong) in [
        (4, other.answer(service, terms, Outcome::Approved).await),
        (3, DeviceAnswer { signature: of_tax.signature.clone(), ..good.clone() }),
        (2, DeviceAnswer { outcome: Outcome::Denied, ..good.clone() }),
        (1, DeviceAnswer { signature: None, ..good.clone() }),
    ] {
        let answered = service.answer_challenge(&wrong).await.expect("counted");
        assert_eq!(answered, Answered::BadSignature { left });
    }
    let elsewhere = DeviceAnswer { wallet: Uuid::from_u128(1), ..good.clone() };
    assert_eq!(refusal(service.answer_challenge(&elsewhere).await), Some(AdmissionRefusal::WrongDevice));
    let customer = service.admitted(&caller, &user(USER)).await.expect("there");
    assert!(
        admission(&customer).terms.is_none() && admission(&customer).tax.is_none(),
        "no effect without a signature"
    );
    assert_eq!(service.answer_challenge(&good).await.expect("answered"), Answered::Ended(End::Approved));
    let locked = DeviceAnswer { outcome: Outcome::Failed, signature: None, ..of_tax.clone() };
    for left in (0..5).rev() {
        assert_eq!(service.answer_challenge(&locked).await.expect("counted"), Answered::WrongCode { left });
    }
    assert_eq!(refusal(service.answer_challenge(&of_tax).await), Some(AdmissionRefusal::DeviceLocked));
    let seen = service.challenges(&device.wallet.to_string()).await.expect("known");
    assert_eq!((seen.state, seen.open.len()), (WalletState::Locked, 0));
}

#[tokio::test]
async fn what_nobody_signs_ends_by_itself() {
    let house = House::open(SANDBOX, true).await;
    let (service, caller) = (&house.service, house.caller().await);
    let workflow = Some(Workflow::Identity);
    let customer = service.admit(&caller, prospect(USER, "camille@example.com", workflow)).await.expect("let in");
    let device = Device::bound(service, &customer).await;
    let id = service.ask_terms(&caller, &user(USER)).await.expect("asked");
    let answer = device.answer(service, id, Outcome::Approved).await;
    house.clock.advance(SignedDuration::from_secs(301));
    let ended = |customer: &Customer| {
        let known = admission(customer).signatures.iter().find(|known| known.id == id);
        known.and_then(|known| known.ended).is_some_and(|ended| ended.how == End::Expired)
    };
    let customer = until(service, &caller, "its time is over", ended).await;
    assert_eq!(admission(&customer).terms, None);
    assert_eq!(refusal(service.answer_challenge(&answer).await), Some(AdmissionRefusal::SignatureExpired));
    house.workers.expect("working").stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_handle_leads_to_its_customer_and_an_old_one_says_so() {
    let house = House::open(SANDBOX, false).await;
    let (service, caller) = (&house.service, house.caller().await);
    let workflow = Some(Workflow::ElectronicSign);
    let fraud = "camille+LC_DOC_EXPIRED@example.com";
    let customer = service.admit(&caller, prospect(USER, fraud, workflow)).await.expect("let in");
    let (code, token) = {
        let admission = admission(&customer);
        (admission.activation.clone().expect("a code").code, admission.page.clone().expect("a page").token)
    };
    let unknown = "0".repeat(32);
    assert!(matches!(service.bind_device(&unknown, public(&key_pair())).await, Err(Refused::NotFound)));
    assert!(
        matches!(service.bind_device(&token, public(&key_pair())).await, Err(Refused::NotFound)),
        "of another kind"
    );
    assert!(matches!(service.page(&code).await, Err(Refused::NotFound)));
    let no_point = service.bind_device(&code, PublicKey([1; 64])).await;
    assert_eq!(refusal(no_point), Some(AdmissionRefusal::NoKey));
    let device = Device::bound(service, &customer).await;
    assert_eq!(refusal(service.bind_device(&code, public(&key_pair())).await), Some(AdmissionRefusal::Ended));
    assert!(matches!(service.challenges("nonsense").await, Err(Refused::NotFound)));
    assert!(service.identification_of(&device.wallet.to_string()).await.expect("a page").is_wanted);

    // In a sandbox the alias decides: the document is refused, the device dies, and another code is there.
    service.show_on_page(&token, DiligenceKind::Passport, vec![picture()]).await.expect("shown");
    assert_eq!(refusal(service.challenges(&device.wallet.to_string()).await), Some(AdmissionRefusal::Ended));
    let customer = service.admitted(&caller, &user(USER)).await.expect("there");
    let demand = admission(&customer).demand.clone().expect("a demand");
    assert_eq!((demand.state, demand.diligences.len()), (DemandState::Incomplete, 1));
    assert!(service.page(&token).await.expect("the page is the same").wanted.document);
    Device::bound(service, &customer).await;
    service.consent_to_biometrics(&token, false).await.expect("refused");
    assert_eq!(service.page(&token).await.expect("open").workflow, Workflow::Identity);
}

#[tokio::test]
async fn a_sandbox_answers_and_no_other_tenant() {
    for (kind, answers) in [(SANDBOX, true), (TenantKind::default(), false)] {
        let house = House::open(kind, false).await;
        let (service, caller) = (&house.service, house.caller().await);
        service.admit(&caller, prospect(USER, "camille@example.com", None)).await.expect("let in");
        let id = service.ask_terms(&caller, &user(USER)).await.expect("asked");
        let answered = service.answer_in_sandbox(id, Some(Outcome::Approved)).await;
        assert_eq!(answered.is_ok(), answers, "{answered:?}");
        let customer = service.admitted(&caller, &user(USER)).await.expect("there");
        assert_eq!(admission(&customer).terms.is_some(), answers);
    }
}
