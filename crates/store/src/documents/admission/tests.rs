//! Everything an admission can have is written as the fixture says, and reads back.

use onboarding::FileId;
use onboarding::admission::correct::ContactChange;
use onboarding::admission::declare::{Band, Declarative, EconomicActivity};
use onboarding::admission::demand::{Demand, DemandDecision, DemandState, Workflow};
use onboarding::admission::diligence::{Diligence, DiligenceFile, DiligenceKind, DiligenceState, Reason};
use onboarding::admission::page::Consent;
use onboarding::admission::signature::{End, Ended, Operation, OwnOperation, Signature};
use onboarding::admission::tax::{PaperState, TaxDeclaration, TaxForm, TaxPaper, TaxPaperKind, TaxResidence};
use onboarding::admission::transfer::{Transfer, TransferOutcome, TransferScheme};
use onboarding::admission::wallet::{Activation, ActivationState, PageLink, PublicKey, Wallet, WalletState};
use onboarding::records::Address;

use super::*;

const ADMISSION_V1: &str = include_str!("../fixtures/admission.v1.json");

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).expect("within the calendar")
}

fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn pii(text: &str) -> Pii<String> {
    Pii(text.to_owned())
}

fn bare() -> Admission {
    Admission {
        app_user_id: Pii(AppUserId::parse("z32er24f4").expect("an id")),
        public_code: PublicCode::parse("1234der14ft2").expect("a code"),
        civility: None,
        birth: Birth::default(),
        declarative: None,
        tax: None,
        terms: None,
        demand: None,
        consents: Vec::new(),
        page: None,
        activation: None,
        wallet: None,
        signatures: Vec::new(),
        account: Account { id: uuid(1), state: AccountState::Initialized, iban: None },
        transfers: Vec::new(),
        corrections: Vec::new(),
        exposed_served: None,
        frozen: false,
        hold: None,
    }
}

fn declared() -> TaxDeclaration {
    let residence = |country: &str, number| TaxResidence { country: country.to_owned(), number };
    TaxDeclaration { us_person: true, residences: vec![residence("us", Some(pii("219099999"))), residence("fr", None)] }
}

fn full() -> Admission {
    let file = DiligenceFile { id: FileId(uuid(20)), name: Some(pii("passport.jpg")) };
    let diligence = |n, kind, state, files| Diligence {
        id: uuid(n),
        kind,
        state,
        files,
        created_at: second(4),
        changed_at: second(5),
    };
    let paper = |n, kind, state| TaxPaper { id: uuid(n), kind, files: vec![FileId(uuid(n + 100))], state };
    let address = Address {
        kind: "Home".to_owned(),
        classification: None,
        street: vec![pii("1 rue de la Paix")],
        city: Some(pii("Paris")),
        state: None,
        postal_code: Some(pii("75002")),
        country: "fr".to_owned(),
    };
    let contact = ContactChange {
        phone: Some(pii("+33612345678")),
        email: Some(pii("erna@example.com")),
        address: Some(address),
    };
    let own = OwnOperation { context: pii("Virement"), lines: vec![(pii("Montant"), pii("12,50 €"))] };
    let signature = |n, operation, ended| Signature {
        id: uuid(n),
        operation,
        digest: [7; 32],
        asked_at: second(6),
        expires_at: second(306),
        ended,
    };
    Admission {
        civility: Some(Civility::Mrs),
        birth: Birth {
            name: Some(pii("Muster")),
            city: Some(pii("Lyon")),
            postal_code: Some(pii("69001")),
            country: Some(pii("fr")),
        },
        declarative: Some(Declarative {
            activity: EconomicActivity::of(37).expect("a code"),
            asset: Band::of(3).expect("a band"),
            income: Band::of(5).expect("a band"),
        }),
        tax: Some(TaxForm {
            id: uuid(2),
            declared: declared(),
            likely: true,
            papers: vec![
                paper(3, TaxPaperKind::W9, PaperState::Refused(Reason::IllegibleDocument)),
                paper(4, TaxPaperKind::Other, PaperState::Received),
            ],
            signed_at: second(1),
        }),
        terms: Some(second(2)),
        demand: Some(Demand {
            id: uuid(5),
            workflow: Workflow::ElectronicSign,
            state: DemandState::Rejected,
            decision: Some(DemandDecision::Expired),
            diligences: vec![
                diligence(6, DiligenceKind::Passport, DiligenceState::Validated, vec![file]),
                diligence(7, DiligenceKind::Selfie, DiligenceState::Refused(Reason::NonMatchingSelfie), vec![]),
            ],
            created_at: second(3),
            changed_at: second(5),
        }),
        consents: vec![
            Consent { demand: uuid(5), given: true, at: second(3) },
            Consent { demand: uuid(5), given: false, at: second(4) },
        ],
        page: Some(PageLink {
            id: uuid(8),
            technical_id: pii("dc0a"),
            token: pii("J5Ti9Y9p"),
            made_at: second(3),
            ended_at: Some(second(9)),
        }),
        activation: Some(Activation {
            id: uuid(9),
            code: pii("f825f1646665490aa7ef7942c6f2f159"),
            state: ActivationState::Used,
            made_at: second(3),
        }),
        wallet: Some(Wallet {
            id: Pii(uuid(10)),
            key: PublicKey([9; 64]),
            state: WalletState::Bound,
            failures: 2,
            bound_at: second(4),
        }),
        signatures: vec![
            signature(11, Operation::Tax(declared()), Some(Ended { how: End::Approved, at: second(7) })),
            signature(12, Operation::Terms, None),
            signature(15, Operation::Own(own), None),
            signature(13, Operation::Contact(contact), Some(Ended { how: End::Expired, at: second(306) })),
        ],
        account: Account {
            id: uuid(1),
            state: AccountState::Activated,
            iban: Some(Pii(Iban::parse("DE89370400440532013000").expect("the registry's example"))),
        },
        transfers: vec![Transfer {
            id: uuid(14),
            sender_id: pii("tx-1"),
            scheme: TransferScheme::SctInst,
            amount_cents: 100,
            debtor_name: pii("Erna Musterfrau"),
            debtor_iban: pii("FR7630006000011234567890189"),
            likeness: Some((100, 95)),
            outcome: TransferOutcome::Validated,
            refunded: true,
            received_at: second(8),
        }],
        corrections: vec![Correction {
            field: Field::LastName,
            before: pii("Musterfrau"),
            after: pii("Mustermann"),
            cause: Cause::Correction,
            text: pii("a slip of the pen"),
            at: second(9),
        }],
        exposed_served: Some(true),
        frozen: true,
        hold: Some(Hold {
            reason: pii("a court asked"),
            by: "ann".to_owned(),
            since: second(10),
            released: Some(Released { reason: pii("it is settled"), by: "bob".to_owned(), at: second(11) }),
        }),
        ..bare()
    }
}

#[test]
fn what_is_written_is_the_fixture_and_reads_back() {
    let written = serde_json::to_value(AdmissionV1::from(&full())).expect("JSON");
    let fixture: serde_json::Value = serde_json::from_str(ADMISSION_V1).expect("JSON");
    assert_eq!(written, fixture, "{written:#}");
    let read: AdmissionV1 = serde_json::from_str(ADMISSION_V1).expect("a document");
    assert_eq!(Admission::try_from(read), Ok(full()));
    let json = serde_json::to_string(&AdmissionV1::from(&bare())).expect("JSON");
    assert_eq!(json.matches(':').count(), 5, "what is not there is not written: {json}");
    let read: AdmissionV1 = serde_json::from_str(&json).expect("a document");
    assert_eq!(Admission::try_from(read), Ok(bare()));
}
