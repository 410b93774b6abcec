//! A prospect of a sandbox tenant, whose documents are decided by the alias of its e-mail address.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use onboarding::admission::create::Admit;
use onboarding::admission::demand::Workflow;
use onboarding::admission::diligence::DiligenceKind;
use onboarding::admission::person::{AppUserId, Birth};
use onboarding::admission::transfer::{Incoming, TransferScheme};
use onboarding::iban::Iban;
use onboarding::onboard::Onboard;
use onboarding::records::{Address, Email, Phone};
use onboarding::{Customer, Party, Person, PersonName, Pii};
use service::Caller;
use service::admissions::NewFile;
use service::transfers::{Signed, TransferError};

use crate::house::House;

pub fn pii(text: &str) -> Pii<String> {
    Pii(text.to_owned())
}

pub fn user(id: &str) -> AppUserId {
    AppUserId::parse(id).expect("an id")
}

/// Everything personal of the prospect, as it was sent.
pub const PLANTED: [&str; 9] = [
    "Plantedine",
    "Forgettable",
    "Bornothername",
    "plantedine+LC_ACCEPTED@planted.example",
    "33612345678",
    "7 rue du Souvenir",
    "Plantedville",
    "appuser-planted-1",
    "planted-scan-of-a-card",
];

/// Lets Plantedine Forgettable in, whose identity is to be proved by a transfer.
pub async fn admitted(house: &House, caller: &Caller, id: &str, email: &str) -> Customer {
    let name = PersonName { first: pii("Plantedine"), last: pii("Forgettable"), ..PersonName::default() };
    let person = Person {
        name,
        birth_date: Some(Pii(onboarding::Date::constant(1990, 4, 1))),
        citizenship: Some(pii("fr")),
        tax_id: None,
        declared_pep: false,
    };
    let address = Address {
        kind: "Home".to_owned(),
        classification: None,
        street: vec![pii("7 rue du Souvenir")],
        city: Some(pii("Plantedville")),
        state: None,
        postal_code: Some(pii("75001")),
        country: "fr".to_owned(),
    };
    let onboard = Onboard {
        party: Party::Person(person),
        cif_number: String::new(),
        client_identifier: None,
        addresses: vec![address],
        phones: vec![Phone { kind: "Mobile".to_owned(), number: pii("33612345678"), extension: None }],
        emails: vec![Email { kind: "Personal".to_owned(), address: pii(email) }],
        identifications: Vec::new(),
        related: Vec::new(),
        checks: BTreeSet::new(),
        attributes: serde_json::Map::new(),
    };
    let birth = Birth { name: Some(pii("Bornothername")), country: Some(pii("fr")), ..Birth::default() };
    let workflow = Some(Workflow::Identity);
    let admit = Admit { onboard, app_user_id: Pii(user(id)), civility: None, birth, workflow };
    house.service.admit(caller, admit).await.expect("let in")
}

/// Shows an identity card, which the sandbox accepts.
pub async fn shows_a_card(house: &House, caller: &Caller, id: &str) -> Customer {
    let scan =
        b"%PDF-1.4\n% planted-scan-of-a-card\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n".to_vec();
    let file = NewFile::new(Some(pii("planted-card.pdf")), scan).expect("a document");
    house.service.show(caller, &user(id), DiligenceKind::IdCard, vec![file]).await.expect("shown")
}

/// What a bank says: an instant transfer of so much from this name.
pub fn incoming(id: &str, cents: u64, name: &str) -> Incoming {
    Incoming {
        sender_id: pii(id),
        scheme: TransferScheme::SctInst,
        amount_cents: cents,
        debtor_name: pii(name),
        debtor_iban: Pii(Iban::parse("DE89370400440532013000").expect("an IBAN")),
    }
}

/// Tells of money as a bank does, signed with this secret at this second.
pub async fn tell_at(
    house: &House,
    secret: &str,
    iban: &Iban,
    incoming: Incoming,
    second: i64,
) -> Result<(), TransferError> {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret")).expect("base64");
    let body = format!("{{\"debtorName\": \"{}\"}}", incoming.debtor_name.as_str());
    let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(&key).expect("any length");
    mac.update(format!("msg_1.{second}.{body}").as_bytes());
    let signature = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
    let timestamp = second.to_string();
    let signed = Signed { id: "msg_1", timestamp: &timestamp, signatures: &signature, body: body.as_bytes() };
    let sender = house.service.transfer_sender(Some(iban), &signed).await?;
    house.service.receive_transfer(&sender, iban, incoming, body.as_bytes()).await
}

pub async fn tell(house: &House, secret: &str, iban: &Iban, incoming: Incoming) -> Result<(), TransferError> {
    tell_at(house, secret, iban, incoming, house.service.now().as_second()).await
}

/// Waits until something holds.
pub async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < Duration::from_secs(60), "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
