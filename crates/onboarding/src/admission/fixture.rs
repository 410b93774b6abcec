//! A prospect for tests.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::Admission;
use super::account::{Account, AccountState};
use super::demand::{Demand, DemandState, Workflow};
use super::diligence::{Diligence, DiligenceKind, DiligenceState};
use super::person::{AppUserId, Birth, PublicCode};
use crate::customer::{Customer, Ids};
use crate::id::TenantId;
use crate::onboard::{Onboard, onboard};
use crate::party::{Party, Person, PersonName};
use crate::pii::Pii;
use crate::policy::Policy;

/// Ids in order.
#[derive(Debug, Default)]
pub(super) struct Counter(u128);

impl Ids for Counter {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

/// So many days after the prospect came.
pub(super) fn at_day(day: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000)
        .expect("a time")
        .saturating_add(SignedDuration::from_hours(24 * day))
        .expect("a time")
}

/// Camille Durand, born Petit, who came on day 0 and did nothing since.
pub(super) fn admitted() -> Customer {
    let pii = |text: &str| Pii(text.to_owned());
    let name = PersonName { first: pii("Camille"), last: pii("Durand"), ..PersonName::default() };
    let person = Person { name, birth_date: None, citizenship: None, tax_id: None, declared_pep: false };
    let command = Onboard {
        party: Party::Person(person),
        cif_number: "1".to_owned(),
        client_identifier: Some(pii("z32er24f4")),
        addresses: Vec::new(),
        phones: Vec::new(),
        emails: Vec::new(),
        identifications: Vec::new(),
        related: Vec::new(),
        checks: BTreeSet::new(),
        attributes: serde_json::Map::new(),
    };
    let tenant = TenantId(Uuid::from_u128(7));
    let onboarded = onboard(tenant, command, &Policy::default(), &mut Counter(1_000), at_day(0));
    let mut customer = onboarded.expect("nobody is refused").customer;
    customer.admission = Some(Admission {
        app_user_id: Pii(AppUserId::parse("z32er24f4").expect("an id")),
        public_code: PublicCode::parse("1234der14ft2").expect("a code"),
        civility: None,
        birth: Birth { name: Some(pii("Petit")), ..Birth::default() },
        declarative: None,
        tax: None,
        terms: None,
        demand: None,
        consents: Vec::new(),
        page: None,
        activation: None,
        wallet: None,
        signatures: Vec::new(),
        account: Account { id: Uuid::from_u128(2), state: AccountState::Initialized, iban: None },
        transfers: Vec::new(),
        corrections: Vec::new(),
        exposed_served: None,
        frozen: false,
        hold: None,
    });
    customer
}

/// A demand with these diligences.
pub(super) fn demand(workflow: Workflow, shown: &[(DiligenceKind, DiligenceState)]) -> Demand {
    let diligence = |(n, &(kind, state)): (usize, &(DiligenceKind, DiligenceState))| Diligence {
        id: Uuid::from_u128(100 + n as u128),
        kind,
        state,
        files: Vec::new(),
        created_at: at_day(1),
        changed_at: at_day(1),
    };
    let diligences = shown.iter().enumerate().map(diligence).collect();
    let (id, state) = (Uuid::from_u128(3), DemandState::Incomplete);
    Demand { id, workflow, state, decision: None, diligences, created_at: at_day(1), changed_at: at_day(1) }
}
