//! Signing in: how guesses are counted, whose token it is, and when it ends.

use onboarding::enrolment::{NewEnrolment, Wallet, begin};
use onboarding::onboard::{Onboard, onboard};
use onboarding::records::Email;
use onboarding::{CustomerId, Party, Person, PersonName, Pii};
use service::Caller;
use service::people::{SignIn, SignInError, VerifyEmailError};
use service::ports::{FreshIds, SystemEntropy};
use service::tenants::TenantKind;
use sha2::{Digest, Sha256};
use store::NewUser;
use uuid::Uuid;

use crate::house::House;

const PASSWORD: &str = "SecurePass123!@#";

fn pii(text: &str) -> Pii<String> {
    Pii(text.to_owned())
}

/// Somebody with a user, as a registration leaves it.
async fn john(house: &House, caller: &Caller) -> SignIn {
    let name = PersonName { first: pii("John"), last: pii("Doe"), ..PersonName::default() };
    let party = Party::Person(Person { name, birth_date: None, citizenship: None, tax_id: None, declared_pep: false });
    let command = Onboard {
        party,
        cif_number: "10000000001".to_owned(),
        client_identifier: None,
        addresses: Vec::new(),
        phones: Vec::new(),
        emails: vec![Email { kind: "Personal".to_owned(), address: pii("john.doe@example.com") }],
        identifications: Vec::new(),
        related: Vec::new(),
        checks: std::collections::BTreeSet::new(),
        attributes: serde_json::Map::new(),
    };
    let now = house.service.now();
    let mut ids = FreshIds::new(&SystemEntropy, now);
    let changes = onboard(caller.tenant_id(), command, &caller.policy, &mut ids, now).expect("let in");
    let user = Uuid::from_u128(77);
    let wallet = Wallet { id: Uuid::from_u128(78), currency: "EUR".to_owned() };
    let changes = begin(changes, NewEnrolment { user, wallet, categorization: None });
    let customer: CustomerId = changes.customer.id;
    let password = house.service.hash_password(&pii(PASSWORD)).await.expect("hashed");
    let mut write = house.service.store().write(&caller.ctx, now);
    write.apply(&changes).expect("its own");
    write.user_created(&NewUser { id: user, customer, email: pii("john.doe@example.com"), password });
    write.commit().await.expect("written");
    SignIn { customer, user, email: pii("John.Doe@Example.com"), password: pii(PASSWORD) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_at_once_and_its_token_with_it() {
    let house = House::open(TenantKind::default(), false).await;
    let caller = house.caller().await;
    let john = john(&house, &caller).await;
    let session = house.service.sign_in(&caller, &john).await.expect("signed in");
    let signed = house.service.signed_in(&session.token).await.expect("in force");
    assert_eq!((signed.customer, signed.user), (john.customer, john.user));
    // Another key signs from now on; the token is accepted as long as it lives.
    house.service.rotate_signing_key("ann", &caller.tenant.key).await.expect("rotated");
    assert!(house.service.signed_in(&session.token).await.is_ok());
    house.service.sign_out(&caller, john.user, &session.id).await.expect("ended");
    assert!(house.service.signed_in(&session.token).await.is_err());
    assert!(house.service.sign_out(&caller, john.user, &session.id).await.is_err());
    let expires = house.service.sign_in(&caller, &john).await.expect("signed in again");
    assert!(house.service.signed_in(&expires.token).await.is_ok());
    house.clock.advance(expires.lifetime);
    assert!(house.service.signed_in(&expires.token).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_guesses_at_once_are_five_and_lock() {
    let house = House::open(TenantKind::default(), false).await;
    let caller = house.caller().await;
    let john = john(&house, &caller).await;
    let wrong = SignIn { password: pii("WrongPass123!@#"), ..john.clone() };
    let nobody = SignIn { user: Uuid::from_u128(1), ..john.clone() };
    assert!(matches!(house.service.sign_in(&caller, &nobody).await, Err(SignInError::NoSuchUser)));
    let guesses: Vec<_> = (0..100)
        .map(|_| {
            let (service, caller, wrong) = (house.service.clone(), caller.clone(), wrong.clone());
            tokio::spawn(async move { service.sign_in(&caller, &wrong).await.err() })
        })
        .collect();
    let (mut failed, mut locked) = (Vec::new(), 0);
    for guess in guesses {
        match guess.await.expect("no panic").expect("refused") {
            SignInError::Wrong { failed: count, .. } => failed.push(count),
            SignInError::Locked { .. } => locked += 1,
            other => panic!("{other}"),
        }
    }
    failed.sort_unstable();
    assert_eq!((failed, locked), (vec![1, 2, 3, 4, 5], 95));
    assert!(
        matches!(house.service.sign_in(&caller, &john).await, Err(SignInError::Locked { .. })),
        "also the right one"
    );
    house.clock.advance(service::people::LOCKED_FOR);
    assert!(house.service.sign_in(&caller, &john).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_another_token_takes_its_worth_from_the_one_before() {
    let house = House::open(TenantKind::default(), false).await;
    let caller = house.caller().await;
    let john = john(&house, &caller).await;
    let token = "ab".repeat(32);
    let hash = <[u8; 32]>::from(Sha256::digest(token.as_bytes()));
    let expires_at = house.service.now() + service::people::email::TOKEN_LIFETIME;
    house.service.store().put_email_token(&caller.ctx, john.user, hash, expires_at).await.expect("kept");
    house.service.resend_email(&caller, john.customer).await.expect("asked for");
    let late = house.service.verify_email(&caller, john.customer, &token).await;
    assert!(matches!(late, Err(VerifyEmailError::Unknown)), "{late:?}");
}
