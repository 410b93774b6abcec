//! A prospect, and everybody who does something to it.

use std::collections::BTreeSet;

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use onboarding::admission::case;
use onboarding::admission::correct::{self, ContactChange, ProfileChange};
use onboarding::admission::create::{Admit, Fresh, admit};
use onboarding::admission::declare::{Band, Declarative, EconomicActivity, declare};
use onboarding::admission::demand::Workflow;
use onboarding::admission::diligence::{self, DiligenceFile, DiligenceKind, LookedAtBy, Shown, Verdict};
use onboarding::admission::person::{AppUserId, Birth, PublicCode};
use onboarding::admission::signature::{self, Answer, Answered, Operation, Outcome};
use onboarding::admission::standing::{self, Standing, settled};
use onboarding::admission::tax::{TaxDeclaration, TaxResidence};
use onboarding::admission::wallet::{self, Bind, PublicKey};
use onboarding::admission::{Admission, AdmissionRefusal, Moved};
use onboarding::case::{About, Act, Case, Decide, Outcome as Said, ask_also, decide};
use onboarding::check::CheckKind;
use onboarding::customer::{Draft, Ids};
use onboarding::onboard::Onboard;
use onboarding::records::{Address, Email};
use onboarding::{
    Changes, CheckState, Customer, Event, EventKind, FileId, Party, Person, PersonName, Pii, Policy, Refusal, TenantId,
    Work,
};
use uuid::Uuid;

/// Ids in order.
#[derive(Debug, Default)]
pub struct Counter(u128);

impl Ids for Counter {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

pub fn pii(text: &str) -> Pii<String> {
    Pii(text.to_owned())
}

/// A prospect, and what has become of it.
#[derive(Debug)]
pub struct Prospect {
    pub customer: Customer,
    pub case: Option<Case>,
    pub policy: Policy,
    pub ids: Counter,
    pub now: Timestamp,
    pub told: Vec<Event>,
    /// Whether the lists are there, so that every screening that is due ends at once.
    pub lists: bool,
    drawn: u32,
}

/// The id of a device that was bound by the so many-th code.
pub fn device(n: u128) -> Pii<Uuid> {
    Pii(Uuid::from_u128(0xd000 + n))
}

impl Prospect {
    /// Let in with the three data that must be there, and the verification of its identity begun.
    pub fn new() -> Self {
        Self::with(Some(Workflow::ElectronicSign))
    }

    pub fn with(workflow: Option<Workflow>) -> Self {
        let name = PersonName { first: pii("Camille"), last: pii("Durand"), ..PersonName::default() };
        let born = Some(Pii(date(1990, 3, 14)));
        let person = Person { name, birth_date: born, citizenship: None, tax_id: None, declared_pep: false };
        let email = Email { kind: "Personal".to_owned(), address: pii("camille@example.com") };
        let onboard = Onboard {
            party: Party::Person(person),
            cif_number: "1".to_owned(),
            client_identifier: None,
            addresses: Vec::new(),
            phones: Vec::new(),
            emails: vec![email],
            identifications: Vec::new(),
            related: Vec::new(),
            checks: BTreeSet::new(),
            attributes: serde_json::Map::new(),
        };
        let app_user_id = Pii(AppUserId::parse("z32er24f4").expect("an id"));
        let command = Admit { onboard, app_user_id, civility: None, birth: Birth::default(), workflow };
        let (policy, now) = (Policy::default(), Timestamp::from_second(1_800_000_000).expect("a time"));
        let (mut ids, tenant) = (Counter::default(), TenantId(Uuid::from_u128(7)));
        let changes = admit(tenant, command, &fresh(0), &policy, &mut ids, now).expect("let in");
        assert_eq!((changes.customer.version, changes.customer.event_count), (1, changes.events.len() as u64));
        let (customer, told) = (changes.customer, changes.events);
        Self { customer, case: None, policy, ids, now, told, lists: false, drawn: 0 }
    }

    pub fn admission(&self) -> &Admission {
        self.customer.admission.as_ref().expect("admitted")
    }

    pub fn standing(&self) -> Standing {
        standing::standing(&self.customer, &self.policy.admission).expect("admitted")
    }

    /// What was told since it was asked last: what moved, and to where.
    pub fn news(&mut self) -> Vec<(Moved, &'static str)> {
        let told = self.told.drain(..);
        told.filter_map(|event| match event.kind {
            EventKind::Admission(moved) => Some((moved, event.to.unwrap_or_default())),
            _ => None,
        })
        .collect()
    }

    /// Takes a step, if it may be taken: then what follows is done too, as the house does it.
    pub fn step(
        &mut self,
        decide: impl FnOnce(Customer, &Fresh, &Policy, &mut Counter, Timestamp) -> Result<Changes, Refusal>,
    ) -> Result<(), AdmissionRefusal> {
        self.drawn += 1;
        let fresh = fresh(self.drawn);
        match decide(self.customer.clone(), &fresh, &self.policy, &mut self.ids, self.now) {
            Ok(changes) => {
                self.written(changes);
                Ok(())
            }
            Err(Refusal::Admission(refusal)) => Err(refusal),
            Err(other) => panic!("{other}"),
        }
    }

    fn written(&mut self, changes: Changes) {
        let before = self.customer.clone();
        let (questions, files): (Vec<_>, Vec<_>) =
            case::questions(Some(&before), &changes.customer).into_iter().unzip();
        assert!(files.iter().zip(&questions).all(|(files, asked)| {
            files.is_empty() == matches!(asked.asks, onboarding::case::Asks::Approval { .. })
        }));
        let changes = ask_also(changes, self.case.clone(), questions, &mut self.ids, self.now);
        assert_eq!(changes.customer.version, before.version + 1, "one change is one version");
        self.case = changes.case.or_else(|| self.case.take()).filter(Case::is_open);
        self.customer = changes.customer;
        self.told.extend(changes.events);
        if self.lists && changes.work.contains(&Work::Screen) {
            self.screen(&CheckState::Clear);
        }
    }

    /// A screening ends with every check in this state.
    pub fn screen(&mut self, state: &CheckState) {
        let before = self.customer.clone();
        let mut draft = Draft::new(before.clone(), &mut self.ids, self.now);
        for kind in [CheckKind::Sanctions, CheckKind::Pep] {
            draft.move_check(kind, state.clone());
        }
        let changes = draft.finish();
        let changes = settled(changes, &before, &self.policy, &mut self.ids, self.now);
        self.written(changes);
    }

    /// One check is moved by a person.
    pub fn found(&mut self, kind: CheckKind, state: CheckState) {
        let before = self.customer.clone();
        let mut draft = Draft::new(before.clone(), &mut self.ids, self.now);
        draft.move_check(kind, state);
        let changes = draft.finish();
        let changes = settled(changes, &before, &self.policy, &mut self.ids, self.now);
        self.written(changes);
    }

    pub fn lists_come(&mut self) {
        self.lists = true;
        self.screen(&CheckState::Clear);
    }

    pub fn passes(&mut self, seconds: i64) {
        self.now = self.now.saturating_add(SignedDuration::from_secs(seconds)).expect("a time");
    }

    pub fn declares(&mut self) -> Result<(), AdmissionRefusal> {
        let declared = Declarative {
            activity: EconomicActivity::of(37).expect("a code"),
            asset: Band::of(3).expect("a band"),
            income: Band::of(4).expect("a band"),
        };
        self.step(|customer, _, policy, ids, now| declare(customer, declared, policy, ids, now))
    }

    /// Nationality, birth and address become known.
    pub fn says_who_it_is(&mut self, born: &str, lives: &str) -> Result<(), AdmissionRefusal> {
        let address = Address {
            kind: "Home".to_owned(),
            classification: None,
            street: vec![pii("1 rue de la Paix")],
            city: Some(pii("Paris")),
            state: None,
            postal_code: Some(pii("75002")),
            country: lives.to_owned(),
        };
        let wanted = ProfileChange {
            birth_country: Some(pii(born)),
            nationality: Some(pii("fr")),
            contact: ContactChange { address: Some(address), ..ContactChange::default() },
            ..ProfileChange::default()
        };
        self.step(|customer, _, policy, ids, now| correct::update(customer, &wanted, None, policy, ids, now))
    }

    pub fn binds(&mut self, n: u128) -> Result<(), AdmissionRefusal> {
        let code = self.admission().activation.as_ref().expect("a code").code.clone();
        // Every device has a key of its own.
        let key = PublicKey([u8::try_from(n).expect("a small number"); 64]);
        let bind = Bind { id: device(n), key };
        self.step(|customer, _, policy, ids, now| wallet::bind(customer, &code, bind, policy, ids, now))
    }

    pub fn is_asked(&mut self, operation: Operation) -> Result<Uuid, AdmissionRefusal> {
        let id = Uuid::from_u128(0xa000 + u128::from(self.drawn));
        self.step(|customer, _, policy, ids, now| signature::ask(customer, operation, id, policy, ids, now))?;
        Ok(id)
    }

    pub fn answers(
        &mut self,
        id: Uuid,
        n: u128,
        outcome: Outcome,
        verified: bool,
    ) -> Result<Answered, AdmissionRefusal> {
        let mut answered = None;
        let given = Answer { id, wallet: device(n), outcome, verified };
        self.step(|customer, _, policy, ids, now| {
            let (said, changes) = signature::answer(customer, given, policy, ids, now)?;
            answered = Some(said);
            Ok(changes)
        })?;
        Ok(answered.expect("it was answered"))
    }

    /// Asked, and approved with a signature that holds.
    pub fn signs(&mut self, operation: Operation) -> Result<(), AdmissionRefusal> {
        let id = self.is_asked(operation)?;
        self.answers(id, 1, Outcome::Approved, true).map(drop)
    }

    pub fn signs_tax(&mut self) -> Result<(), AdmissionRefusal> {
        self.signs(Operation::Tax(pays_in(&["fr"])))
    }

    /// Shown to a person.
    pub fn shows(&mut self, kind: DiligenceKind) -> Result<Uuid, AdmissionRefusal> {
        self.shows_to(kind, LookedAtBy::Person)
    }

    fn shows_to(&mut self, kind: DiligenceKind, by: LookedAtBy) -> Result<Uuid, AdmissionRefusal> {
        let file = DiligenceFile { id: FileId(self.ids.next()), name: None };
        let mut id = None;
        self.step(|customer, _, policy, ids, now| {
            let shown = Shown { kind, files: vec![file], by };
            let (shown, changes) = diligence::show(customer, shown, policy, ids, now)?;
            id = Some(shown);
            Ok(changes)
        })?;
        Ok(id.expect("it was shown"))
    }

    /// Somebody without a case says what it is.
    pub fn is_concluded(&mut self, diligence: Uuid, verdict: Verdict) -> Result<(), AdmissionRefusal> {
        self.step(|customer, fresh, policy, ids, now| {
            diligence::decide(customer, diligence, verdict, fresh, policy, ids, now)
        })
    }

    /// Shown to a machine, and in order.
    pub fn proves(&mut self, kind: DiligenceKind) -> Result<(), AdmissionRefusal> {
        let shown = self.shows_to(kind, LookedAtBy::Machine)?;
        self.is_concluded(shown, Verdict::Validated)
    }

    /// A person says this to everything that the open case asks and that takes it.
    pub fn a_person_says(&mut self, outcome: Said, reason: &str) -> Result<(), Refusal> {
        self.drawn += 1;
        let case = self.case.clone().expect("a case is open");
        let decided = Decide { act: Act::by("ana"), about: About::Everything, outcome, reason: pii(reason) };
        let before = self.customer.clone();
        let changes = decide(before.clone(), case, &decided, &self.policy, &mut self.ids, self.now)?;
        let fresh = fresh(self.drawn);
        let changes = case::answered(changes, &before, &fresh, &self.policy, &mut self.ids, self.now);
        self.case = None;
        self.written(changes);
        Ok(())
    }
}

/// What nobody may guess, another each time.
fn fresh(n: u32) -> Fresh {
    Fresh {
        account: Uuid::from_u128(9),
        public_code: PublicCode::parse("1234der14ft2").expect("a code"),
        activation_code: Pii(format!("{n:032x}")),
        technical_id: Pii(format!("{n:0128x}")),
        token: Pii(format!("token{n}")),
    }
}

/// Who pays taxes in these countries, with a number where one is needed.
pub fn pays_in(countries: &[&str]) -> TaxDeclaration {
    let number = |country: &str| match country {
        "us" | "pt" => Some(pii("219099999")),
        "it" => Some(pii("DMLPRY77D15H501F")),
        _ => None,
    };
    let residences =
        countries.iter().map(|country| TaxResidence { country: (*country).to_owned(), number: number(country) });
    TaxDeclaration { us_person: countries.contains(&"us"), residences: residences.collect() }
}
