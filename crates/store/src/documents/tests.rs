//! Documents of every version stay readable: `fixtures/` holds one file a kind and version, and what it says is here.
//! A fixture of a version that was released is never edited.

use jiff::SignedDuration;
use jiff::civil::date as day;
use onboarding::case::{
    Answer, AskedHit, Asks, Assignment, Attachment, Case, CaseState, Comment, Outcome, Priority, Question, Severity,
    Standing as CaseStanding, Verdict,
};
use onboarding::check::{Dismissed, Unavailability};
use onboarding::evaluation::document::{DocumentFinding, DocumentKind, DocumentReport, DocumentSide};
use onboarding::evaluation::model::FraudModel;
use onboarding::evaluation::operation::{EvaluationKind, Operation, Phase, Trigger};
use onboarding::evaluation::{
    Approval, DocumentTag, Evaluation, Finding, Flag, FraudRecord, FraudScore, Kyc, KycBasis, KycRecord, Origin,
    Standing, Tag,
};
use onboarding::id::{EvidenceId, FileId};
use onboarding::party::PartyKind;
use onboarding::records::{Address, Email, Identification, Owner, Phone, Record, Records};
use onboarding::risk::{Factor, Level, Rating};
use onboarding::screening::{
    Earlier, Evidence, Hit, ListSeen, Listing, Number, PartyScreened, Questions, Screened, Subject,
};
use onboarding::signals::{Signal, SignalName};
use onboarding::submission::{Progress, Submission};
use onboarding::tax_id::{TaxId, TaxIdKind};
use onboarding::{
    Business, CaseId, Check, CheckKind, CheckState, Customer, CustomerId, CustomerStatus, Party, Person, PersonName,
    RecordId, Related, RelatedRole, TenantId,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;
use watchlists::{Topic, Topics};

use super::*;

const PERSON_V1: &str = include_str!("fixtures/person.v1.json");
const BUSINESS_V1: &str = include_str!("fixtures/business.v1.json");
const CASE_V1: &str = include_str!("fixtures/case.v1.json");
const EVIDENCE_V1: &str = include_str!("fixtures/evidence.v1.json");

fn pii(text: &str) -> Pii<String> {
    Pii(text.to_owned())
}

fn words(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).expect("within the calendar")
}

fn records<T>(first: u128, values: Vec<T>) -> Records<T> {
    let record = |(at, value)| Record {
        id: RecordId(uuid(first + at as u128)),
        primary: at == 0,
        created_at: second(1),
        changed_at: second(2),
        value,
    };
    Records::restore(values.into_iter().enumerate().map(record).collect()).expect("one is primary")
}

fn customer(party: Party) -> Customer {
    Customer {
        id: CustomerId(uuid(1)),
        tenant: TenantId(uuid(2)),
        version: 3,
        event_count: 4,
        status: CustomerStatus::Active,
        party,
        cif_number: "32653745014".to_owned(),
        client_identifier: None,
        addresses: Records::default(),
        phones: Records::default(),
        emails: Records::default(),
        identifications: Records::default(),
        owners: Records::default(),
        related: Vec::new(),
        checks: [(CheckKind::Sanctions, Check::due(second(0)))].into(),
        rating: None,
        evaluation: None,
        enrolment: None,
        admission: None,
        submission: None,
        attributes: Pii(serde_json::Map::new()),
        created_at: second(0),
        changed_at: second(5),
    }
}

fn rating() -> Rating {
    Rating {
        level: Level::High,
        own: Level::Medium,
        stated: Some(Level::High),
        score: 40,
        factors: vec![Factor {
            rule: "residence".to_owned(),
            name: "Country of residence".to_owned(),
            points: 40,
            reason: "A country of higher risk".to_owned(),
        }],
        model: "default".to_owned(),
        model_version: 2,
        asked: Some(Level::High),
    }
}

/// Everything a person can have.
fn person() -> Customer {
    let name = PersonName {
        prefix: Some(pii("Dr")),
        first: pii("Erna"),
        middle: Some(pii("Maria")),
        last: pii("Musterfrau"),
        suffix: Some(pii("III")),
        preferred: Some(pii("Erni")),
    };
    let tax_id = TaxId::parse(TaxIdKind::Ssn, "119988776").expect("nine digits");
    let person = Person {
        name,
        birth_date: Some(Pii(day(1969, 12, 11))),
        citizenship: Some(pii("us")),
        tax_id: Some(tax_id),
        declared_pep: true,
    };
    let home = Address {
        kind: "Home".to_owned(),
        classification: words("Residential"),
        street: vec![pii("1 Main Street"), pii("Apt 2")],
        city: Some(pii("Teaneck")),
        state: words("NJ"),
        postal_code: Some(pii("07666")),
        country: "us".to_owned(),
    };
    let bare = Address {
        kind: "Work".to_owned(),
        classification: None,
        street: Vec::new(),
        city: None,
        state: None,
        postal_code: None,
        country: "ca".to_owned(),
    };
    let phone = Phone { kind: "Mobile".to_owned(), number: pii("15550102030"), extension: Some(pii("7")) };
    let email = Email { kind: "Personal".to_owned(), address: pii("erna@example.com") };
    let passport = Identification {
        kind: "Passport".to_owned(),
        number: pii("C01X00T47"),
        issued_on: Some(day(2020, 1, 2)),
        expires_on: Some(day(2030, 1, 1)),
        verified_on: Some(day(2021, 11, 22)),
        authority: words("Department of State"),
        state: words("NJ"),
        country: words("us"),
    };
    let sanctions = Check {
        state: CheckState::Hit(CaseId(uuid(50))),
        changed_at: second(3),
        evidence: Some(EvidenceId(uuid(51))),
        required: true,
        dismissed: [Dismissed {
            list: "ofac-sdn".to_owned(),
            entity: "1234".to_owned(),
            whom: pii("erna musterfrau|1969-12-11|us"),
            listed: fingerprint(),
            identified: true,
            at: second(7),
            by: "ana".to_owned(),
            case: Some(CaseId(uuid(50))),
        }]
        .into(),
    };
    let unavailable = CheckState::Unavailable(Unavailability::StaleList);
    let pep = Check { state: unavailable, required: false, ..Check::due(second(4)) };
    let Value::Object(attributes) = json!({"riskRating": "Low", "n": [1, null, {"a": "b"}]}) else { unreachable!() };
    Customer {
        client_identifier: Some(pii("client-77")),
        addresses: records(10, vec![home, bare]),
        phones: records(20, vec![phone]),
        emails: records(30, vec![email]),
        identifications: records(40, vec![passport]),
        checks: [(CheckKind::Sanctions, sanctions), (CheckKind::Pep, pep)].into(),
        rating: Some(rating()),
        submission: Some(Submission {
            progress: Progress::Deferred,
            review_on: Some(day(2027, 12, 1)),
            next_review_on: None,
            reviewed_on: Some(day(2026, 1, 2)),
        }),
        attributes: Pii(attributes),
        ..customer(Party::Person(person))
    }
}

fn business() -> Customer {
    let business = Business {
        name: pii("Blue Star Diamond"),
        formed_on: Some(day(2001, 2, 3)),
        jurisdiction: words("us"),
        tax_id: Some(TaxId::parse(TaxIdKind::Foreign, "RU 7707-083893").expect("it fits")),
    };
    let owner = Owner { customer: CustomerId(uuid(90)), title: words("CEO"), share_basis_points: 2500 };
    let holding = Related {
        key: "companyDetails.shareholders[0]".to_owned(),
        role: RelatedRole::Shareholder,
        under: words("companyDetails"),
        share_millionths: Some(510_000),
        title: words("OWNER"),
        party: Party::Business(Business { name: pii("Holding"), formed_on: None, jurisdiction: None, tax_id: None }),
        residences: vec!["cy".to_owned()],
        numbers: vec![Number { kind: "LEI".to_owned(), value: pii("5299"), country: None }],
    };
    Customer { owners: records(60, vec![owner]), related: vec![holding], ..customer(Party::Business(business)) }
}

fn fingerprint() -> Option<watchlists::Fingerprint> {
    "1 k:0000000000000001 n:0000000000000002,0000000000000003 t:+0000000000000004".parse().ok()
}

fn hit() -> Hit {
    Hit {
        party: "companyDetails.staff[0]".to_owned(),
        whom: pii("erna musterfrau|1969-12-11|us"),
        entity: "1234".to_owned(),
        list: "ofac-sdn".to_owned(),
        topics: Topics::of(Topic::Sanction).with(Topic::Wanted),
        caption: "MUSTERFRAU, Erna".to_owned(),
        matched_name: "Erna Musterfrau".to_owned(),
        score: 0.1 + 0.2,
        name_score: 0.987_654_321_012_345_6,
        reasons: vec![onboarding::reason::Reason {
            feature: "birth_date".to_owned(),
            finding: onboarding::reason::Agreement::Agrees,
            why: "same day".to_owned(),
            customer: pii("1969-12-11"),
            listed: "1969".to_owned(),
        }],
        details: vec![("born".to_owned(), "1969".to_owned())],
        listed: fingerprint(),
        others: vec![Listing {
            entity: "77".to_owned(),
            list: "un".to_owned(),
            topics: Topics::of(Topic::Sanction),
            caption: "Erna".to_owned(),
            matched_name: "Erna".to_owned(),
            score: 0.75,
            why: "the same passport: A1234567".to_owned(),
            details: vec![("born".to_owned(), "1969".to_owned())],
            listed: fingerprint(),
        }],
        earlier: Some(Earlier {
            case: Some(CaseId(uuid(50))),
            by: "ana".to_owned(),
            at: second(8),
            because: vec!["the list has changed: new name: Erni".to_owned()],
        }),
    }
}

fn said(outcome: Outcome, standing: CaseStanding) -> Answer {
    Answer { outcome, by: "ana".to_owned(), reason: pii("another birth date"), at: second(8), standing }
}

/// Every kind of question, every standing of an answer, everything that may hang on a case.
fn case() -> Case {
    let asked =
        |number, last: Answer, past| AskedHit { number, hit: hit(), verdict: Verdict { last: Some(last), past } };
    let bob = || ("bob".to_owned(), second(9));
    let confirmed = CaseStanding::Confirmed { by: bob().0, at: bob().1 };
    let rejected = CaseStanding::Rejected { by: bob().0, at: bob().1, reason: pii("look again") };
    let past = vec![said(Outcome::TrueMatch, rejected), said(Outcome::FalsePositive, CaseStanding::Void)];
    let hits = vec![
        asked(1, said(Outcome::FalsePositive, confirmed.clone()), past),
        asked(2, said(Outcome::TrueMatch, CaseStanding::Proposed), Vec::new()),
        asked(3, said(Outcome::NeedsMore, CaseStanding::Given), Vec::new()),
        AskedHit { number: 4, hit: hit(), verdict: Verdict::default() },
    ];
    let rule = Asks::Rule { rule: "geography".to_owned(), severity: Severity::Prohibited, why: pii("lives there") };
    let other = |(number, asks)| Question { number, asks, hits: Vec::new(), verdict: Verdict::default() };
    let mut questions = vec![Question {
        number: 1,
        asks: Asks::Hits { check: CheckKind::Sanctions },
        hits,
        verdict: Verdict::default(),
    }];
    let others = [
        (2, rule),
        (3, Asks::Review { due: day(2026, 11, 22) }),
        (4, Asks::Document { file: FileId(uuid(70)), what: "passport".to_owned() }),
        (5, Asks::Approval { what: "compliance".to_owned() }),
    ];
    questions.extend(others.map(other));
    questions[1].verdict = Verdict { last: Some(said(Outcome::Accepted, confirmed)), past: Vec::new() };
    Case {
        id: CaseId(uuid(50)),
        tenant: TenantId(uuid(2)),
        customer: CustomerId(uuid(1)),
        version: 3,
        state: CaseState::InReview { by: "ana".to_owned(), since: second(7) },
        questions,
        opened_at: second(6),
        assignment: Some(Assignment { to: "ana".to_owned(), by: "bob".to_owned(), at: second(7) }),
        priority: Priority::Urgent,
        due_at: second(100),
        comments: vec![Comment { by: "ana".to_owned(), at: second(8), text: pii("called the branch") }],
        attachments: vec![Attachment { file: FileId(uuid(71)), by: "ana".to_owned(), at: second(8) }],
    }
}

fn evidence() -> Evidence {
    let seen = ListSeen {
        list: "ofac-sdn".to_owned(),
        version: "ab".repeat(32),
        topics: Topics::of(Topic::Sanction),
        age: SignedDuration::from_millis(86_400_123),
    };
    let subject = Subject {
        kind: PartyKind::Person,
        name: pii("Erna Musterfrau"),
        given: vec![pii("Erna")],
        family: vec![pii("Musterfrau")],
        born: Some(Pii(day(1969, 12, 11))),
        nationality: Some(pii("us")),
        residences: vec!["ca".to_owned(), "us".to_owned()],
        numbers: vec![Number { kind: "TaxId".to_owned(), value: pii("119988776"), country: words("us") }],
    };
    Evidence {
        id: EvidenceId(uuid(51)),
        customer: CustomerId(uuid(1)),
        at: second(3),
        policy_version: 9,
        threshold: 0.7,
        screened: Screened {
            parties: vec![PartyScreened { party: String::new(), subject, comparable: true, hits: vec![hit()] }],
            lists: vec![seen],
            engine: "vestibule-1".to_owned(),
            generation: 4,
            delisted: vec![("un".to_owned(), "6908555".to_owned())],
        },
    }
}

fn customer_clear(of: &Customer) -> customer::Clear {
    customer::Clear {
        id: of.id,
        tenant: of.tenant,
        version: of.version,
        event_count: of.event_count,
        status: of.status,
        cif_number: of.cif_number.clone(),
        created_at: of.created_at,
        changed_at: of.changed_at,
    }
}

fn case_clear(of: &Case) -> case::Clear {
    case::Clear {
        id: of.id,
        tenant: of.tenant,
        customer: of.customer,
        version: of.version,
        opened_at: of.opened_at,
        priority: of.priority,
        due_at: of.due_at,
    }
}

fn evidence_clear(of: &Evidence) -> evidence::Clear {
    evidence::Clear { id: of.id, customer: of.customer, at: of.at }
}

fn json_of(text: &[u8]) -> Value {
    serde_json::from_slice(text).expect("JSON")
}

#[test]
fn what_is_written_is_the_newest_fixture() {
    assert_eq!(json_of(&customer::encode(&person())), json_of(PERSON_V1.as_bytes()));
    assert_eq!(json_of(&customer::encode(&business())), json_of(BUSINESS_V1.as_bytes()));
    assert_eq!(json_of(&case::encode(&case())), json_of(CASE_V1.as_bytes()));
    assert_eq!(json_of(&evidence::encode(&evidence())), json_of(EVIDENCE_V1.as_bytes()));
}

#[test]
fn version_1_reads() {
    for (known, text) in [(person(), PERSON_V1), (business(), BUSINESS_V1)] {
        assert_eq!(questions::decode(text.as_bytes()), Ok(Questions::of(&known)));
        assert_eq!(customer::decode(customer_clear(&known), text.as_bytes()), Ok(known));
    }
    assert_eq!(case::decode(case_clear(&case()), CASE_V1.as_bytes()), Ok(case()));
    assert_eq!(evidence::decode(evidence_clear(&evidence()), EVIDENCE_V1.as_bytes()), Ok(evidence()));
}

#[test]
fn every_state_of_a_check_and_a_case_reads_back() {
    let case_id = CaseId(uuid(50));
    let states = [
        CheckState::Pending,
        CheckState::Unavailable(Unavailability::NoList),
        CheckState::Clear,
        CheckState::Hit(case_id),
        CheckState::Reviewing(case_id),
        CheckState::Confirmed(case_id),
    ];
    for state in states {
        let mut known = business();
        known.checks = [(CheckKind::Pep, Check { state, ..Check::due(second(1)) })].into();
        assert_eq!(questions::decode(&customer::encode(&known)), Ok(Questions::of(&known)));
        assert_eq!(customer::decode(customer_clear(&known), &customer::encode(&known)), Ok(known));
    }
    for state in [CaseState::Open, CaseState::Closed { at: second(9) }] {
        let known = Case { state, ..case() };
        assert_eq!(case::decode(case_clear(&known), &case::encode(&known)), Ok(known));
    }
}

proptest! {
    #[test]
    fn scores_read_back_to_the_bit(score in any::<u64>().prop_map(f64::from_bits).prop_filter("a score", |score| score.is_finite())) {
        let mut known = evidence();
        known.threshold = score;
        known.screened.parties[0].hits[0].score = score;
        let read = evidence::decode(evidence_clear(&known), &evidence::encode(&known)).expect("a document");
        prop_assert_eq!(read.threshold.to_bits(), score.to_bits());
        prop_assert_eq!(read.screened.parties[0].hits[0].score.to_bits(), score.to_bits());
    }
}

#[test]
fn what_is_no_document_is_refused_without_repeating_it() {
    let read =
        |text: &str| customer::decode(customer_clear(&person()), text.as_bytes()).expect_err("no document").to_string();
    assert_eq!(read(r#"{"v":2}"#), "its document is of version 2, which this release does not know");
    let other = PERSON_V1.replace("\"v\": 1", "\"v\": 2");
    for text in [r#"{"v":2}"#, &other] {
        assert_eq!(questions::decode(text.as_bytes()), Err(Unreadable::Version(2)));
    }
    let secret = PERSON_V1.replace("\"119988776\"", "\"secret-tax-id\"");
    assert_eq!(read(&secret), "tax_id of its document cannot be");
    let secret = PERSON_V1.replace("\"declared_pep\"", "\"secret-field\"");
    assert!(read(&secret).starts_with("its document does not read at line"), "{}", read(&secret));
    let no_primary = PERSON_V1.replace("\"primary\": true", "\"primary\": false");
    assert_eq!(read(&no_primary), "addresses of its document cannot be");
    for text in [secret, no_primary] {
        assert!(!read(&text).contains("secret") && !read(&text).contains("Erna"));
    }
}

/// Everything an evaluation can have.
fn evaluated() -> Evaluation {
    let standing = Standing {
        approval: Approval::Review,
        kyc: Kyc::Pending,
        score: None,
        flagged: false,
        failed: Some([Tag::Ssn, Tag::Email].into()),
        signals: [SignalName::SsnNeverIssued, SignalName::EmailInvalid].into(),
    };
    let finding = DocumentFinding { passed: Some(false), details: [("expired".to_owned(), false)].into() };
    let report = DocumentReport {
        file: FileId(uuid(9)),
        kind: DocumentKind::Passport,
        side: DocumentSide::Front,
        country: "UTO".to_owned(),
        issued_on: Some(day(2020, 1, 2)),
        findings: [(DocumentTag::Validation, finding), (DocumentTag::Authenticity, DocumentFinding::default())].into(),
    };
    let operation = Operation {
        id: uuid(7),
        request_id: words("ayclpQyi6p"),
        trigger: Trigger::Onboard,
        kind: EvaluationKind::Document,
        phase: Phase::InProgress,
        then_fraud: true,
        before: Standing { failed: None, ..standing.clone() },
        after: Some(standing),
        document: Some(report.clone()),
        begun_at: second(3),
    };
    let by = KycBasis::Document { kind: DocumentKind::DrivingLicence, issued_on: Some(day(2020, 1, 2)) };
    Evaluation {
        approval: Approval::Rejected,
        kyc: Kyc::Review,
        score: Some(FraudScore::from_ten_thousandths(9_000)),
        weighed: Some(
            FraudModel::default()
                .weigh(&[Signal::new(SignalName::AddressAgrees), Signal::at(SignalName::NetworkPhone, 70)]),
        ),
        flag: Some(Flag { note: Some(pii("a ring")), at: second(1) }),
        decided: Some(Approval::Rejected),
        tags: [(Tag::Ssn, Finding::failed("It cannot be.")), (Tag::Phone, Finding::passed())].into(),
        signals: [SignalName::SsnNeverIssued, SignalName::AddressAgrees].into(),
        document: Some(report),
        origin: Origin {
            ip: Some(Pii("2001:db8::1".parse().expect("an address"))),
            ip_country: words("us"),
            device: Some(pii("device-1")),
        },
        operations: vec![operation],
        kyc_history: vec![
            KycRecord { at: second(1), outcome: Kyc::Passed, by: KycBasis::Kyc },
            KycRecord { at: second(2), outcome: Kyc::Review, by },
        ],
        fraud_history: vec![FraudRecord { at: second(4), score: FraudScore::from_ten_thousandths(1) }],
    }
}

#[test]
fn an_evaluation_comes_back_as_it_was_kept() {
    let customer = Customer { evaluation: Some(evaluated()), ..person() };
    let json = super::customer::encode(&customer);
    let clear = super::customer::Clear {
        id: customer.id,
        tenant: customer.tenant,
        version: customer.version,
        event_count: customer.event_count,
        status: customer.status,
        cif_number: customer.cif_number.clone(),
        created_at: customer.created_at,
        changed_at: customer.changed_at,
    };
    assert_eq!(super::customer::decode(clear, &json).expect("it reads"), customer);
}
