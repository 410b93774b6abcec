//! Booked account numbers, and money that comes in for them.

use onboarding::admission::diligence::DiligenceState;
use onboarding::admission::transfer::{Transfer, TransferOutcome};
use onboarding::case::{About, Outcome};
use onboarding::iban::Iban;
use onboarding::{Customer, Pii};
use service::cases::CaseCommand;
use service::tenants::TenantKind;
use service::transfers::TransferError;
use service::{Caller, Refused};

use crate::house::House;
use crate::prospect::{admitted, incoming, shows_a_card, tell, tell_at, user};

const SANDBOX: TenantKind = TenantKind { sandbox: true, power: false };
const ID: &str = "appuser-planted-1";
const EMAIL: &str = "plantedine+LC_ACCEPTED@planted.example";

/// A prospect whose card is in order, and the number that is booked for it.
async fn booked(house: &House) -> (Caller, Iban) {
    let caller = house.caller().await;
    admitted(house, &caller, ID, EMAIL).await;
    let customer = shows_a_card(house, &caller, ID).await;
    let account = customer.admission.expect("admitted").account.id;
    let iban = house.service.account(&caller, account).await.expect("its own").iban.expect("booked").0;
    (caller, iban)
}

async fn now(house: &House, caller: &Caller) -> (Customer, Vec<Transfer>, Vec<DiligenceState>) {
    let customer = house.service.admitted(caller, &user(ID)).await.expect("there");
    let admission = customer.admission.clone().expect("admitted");
    let states = admission.demand.expect("a demand").diligences.iter().map(|one| one.state).collect();
    (customer, admission.transfers, states)
}

#[tokio::test]
async fn a_number_is_booked_once_the_document_is_in_order() {
    let house = House::open(SANDBOX, false).await;
    house.set("xpollens.bankCode", "30006").await.expect("a bank code");
    house.set("xpollens.bic", "AGRIFRPP").await.expect("a BIC");
    let caller = house.caller().await;
    let account = admitted(&house, &caller, ID, EMAIL).await.admission.expect("admitted").account.id;
    let before = house.service.account(&caller, account).await.expect("its own");
    assert_eq!((before.iban, before.bic.as_deref()), (None, Some("AGRIFRPP")));
    shows_a_card(&house, &caller, ID).await;
    // However many look at once, one number is booked.
    let (service, one, two) = (&house.service, caller.clone(), caller.clone());
    let (first, second) = tokio::join!(service.account(&one, account), service.account(&two, account));
    let (first, second) = (first.expect("seen").iban.expect("booked"), second.expect("seen").iban.expect("booked"));
    assert_eq!(first, second);
    assert!(first.as_str().starts_with("FR") && first.as_str()[4..].starts_with("3000600001"));
    assert_eq!(Iban::parse(first.as_str()), Ok(first.0.clone()));
    let unknown = house.service.account(&caller, uuid::Uuid::nil()).await;
    assert!(matches!(unknown, Err(Refused::NotFound)));
}

#[tokio::test]
async fn a_transfer_of_the_customers_own_proves_its_identity_once() {
    let house = House::open(SANDBOX, false).await;
    let (caller, iban) = booked(&house).await;
    let secret = house.made.transfer_secret.clone();
    let told = || incoming("t-1", 5_000, "FORGETTABLE PLANTEDINE");
    let (one, two) = tokio::join!(tell(&house, &secret, &iban, told()), tell(&house, &secret, &iban, told()));
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    tell(&house, &secret, &iban, told()).await.expect("the same again");
    let (_, transfers, states) = now(&house, &caller).await;
    assert_eq!(transfers.len(), 1);
    let transfer = &transfers[0];
    assert_eq!((transfer.outcome, transfer.refunded), (TransferOutcome::Validated, false));
    assert_eq!(transfer.likeness, Some((100, 100)));
    assert_eq!(states, [DiligenceState::Validated, DiligenceState::Validated]);
    for other in [incoming("t-1", 5_001, "FORGETTABLE PLANTEDINE"), incoming("t-1", 5_000, "SOMEBODY ELSE")] {
        assert!(matches!(tell(&house, &secret, &iban, other).await, Err(TransferError::Differs)));
    }
    assert_eq!(now(&house, &caller).await.1.len(), 1);
}

#[tokio::test]
async fn money_is_believed_when_it_is_signed_for_the_accounts_institution_and_in_time() {
    let house = House::open(SANDBOX, false).await;
    let (caller, iban) = booked(&house).await;
    let other = house.service.create_tenant("Other Bank", SANDBOX).await.expect("a tenant");
    let (secret, told) = (house.made.transfer_secret.clone(), || incoming("t-1", 5_000, "FORGETTABLE PLANTEDINE"));
    let second = house.service.now().as_second();
    let unsigned = |result: Result<(), TransferError>| assert!(matches!(result, Err(TransferError::Unsigned)));
    unsigned(tell(&house, &other.transfer_secret, &iban, told()).await);
    unsigned(tell(&house, "whsec_AAAAAAAAAAAAAAAAAAAAAAAA", &iban, told()).await);
    unsigned(tell_at(&house, &secret, &iban, told(), second - 301).await);
    unsigned(tell_at(&house, &secret, &iban, told(), second + 302).await);
    // An account that is nobody's: known to who is known, and to nobody else.
    let nobodys = Iban::parse("FR7630006000011234567890189").expect("an IBAN");
    let unknown = tell(&house, &secret, &nobodys, told()).await;
    assert!(matches!(unknown, Err(TransferError::Refused(Refused::NotFound))), "{unknown:?}");
    unsigned(tell(&house, "whsec_AAAAAAAAAAAAAAAAAAAAAAAA", &nobodys, told()).await);
    assert_eq!(now(&house, &caller).await.1, []);

    let rotated = house.service.rotate_transfer_secret("ana", &house.made.tenant.key).await.expect("a tenant");
    // What a node believes of a tenant it believes for a second.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    unsigned(tell(&house, &secret, &iban, told()).await);
    tell(&house, &rotated, &iban, told()).await.expect("the new one");
    assert_eq!(now(&house, &caller).await.1.len(), 1);
}

#[tokio::test]
async fn out_of_bounds_it_goes_back_and_proves_nothing() {
    let house = House::open(SANDBOX, false).await;
    let (caller, iban) = booked(&house).await;
    let secret = house.made.transfer_secret.clone();
    for (id, cents) in [("t-1", 99), ("t-2", 100_001)] {
        tell(&house, &secret, &iban, incoming(id, cents, "FORGETTABLE PLANTEDINE")).await.expect("taken in");
    }
    let (_, transfers, states) = now(&house, &caller).await;
    for transfer in &transfers {
        let seen = (transfer.outcome, transfer.refunded, transfer.likeness);
        assert_eq!(seen, (TransferOutcome::OverLimit, true, None));
    }
    assert_eq!((transfers.len(), states), (2, vec![DiligenceState::Validated]));
}

#[tokio::test]
async fn what_cannot_be_said_is_said_by_a_person() {
    for (outcome, reason, expected, refunded) in [
        (Outcome::Accepted, "the spouse's account", TransferOutcome::Validated, false),
        (Outcome::Refused, "Document and data mismatch", TransferOutcome::OtherName, true),
    ] {
        let house = House::open(SANDBOX, false).await;
        let (caller, iban) = booked(&house).await;
        let told = incoming("t-1", 5_000, "FORGETTABLE SYLVIE");
        tell(&house, &house.made.transfer_secret, &iban, told).await.expect("taken in");
        let (customer, transfers, states) = now(&house, &caller).await;
        assert_eq!((transfers[0].outcome, states[1]), (TransferOutcome::ToReview, DiligenceState::ToReview));
        let case = house.service.open_case_of(&caller, customer.id).await.expect("readable").expect("opened");
        let reviewer = service::cases::Reviewer::of(&caller, "ann".to_owned());
        // The reviewer sees what the bank said.
        let file = case.attachments[0].file;
        let (_, content) = house.service.case_attachment(&reviewer, case.id, file).await.expect("kept");
        assert!(String::from_utf8_lossy(&content).contains("FORGETTABLE SYLVIE"));
        let command = CaseCommand::Decide { about: About::Everything, outcome, reason: Pii(reason.to_owned()) };
        house.service.act_on_case(&reviewer, case.id, None, &command).await.expect("decided");
        let (_, transfers, _) = now(&house, &caller).await;
        assert_eq!((transfers[0].outcome, transfers[0].refunded), (expected, refunded), "{reason}");
    }
}

#[tokio::test]
async fn limits_go_together() {
    let house = House::open(SANDBOX, false).await;
    let (min, max) = ("xpollens.transfer.minCents", "xpollens.transfer.maxCents");
    assert!(house.set(max, "50").await.is_err(), "below the least");
    assert!(house.set(min, "10").await.is_ok() && house.set(max, "50").await.is_ok());
}
