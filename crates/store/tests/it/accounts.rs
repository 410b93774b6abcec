//! Money comes in once, for whose the account number is.

use onboarding::admission::Admission;
use onboarding::admission::account::{Account, AccountState};
use onboarding::admission::person::{AppUserId, Birth, PublicCode};
use onboarding::customer::Draft;
use onboarding::iban::{Iban, Issuer};
use onboarding::{Customer, Pii};
use store::{CommitError, ReceivedTransfer};
use testkit::engines;

use crate::house::{Counter, House, at, uuid};

fn iban(number: u64) -> Iban {
    Issuer::new("FR", "9999900001").expect("an issuer").account(number).expect("a number")
}

/// The customer with this number booked.
fn booked(customer: Customer, iban: &Iban) -> onboarding::Changes {
    let mut ids = Counter;
    let mut draft = Draft::new(customer, &mut ids, at(3));
    draft.customer.admission = Some(Admission {
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
        account: Account { id: uuid(), state: AccountState::Initialized, iban: Some(Pii(iban.clone())) },
        transfers: Vec::new(),
        corrections: Vec::new(),
        exposed_served: None,
        frozen: false,
        hold: None,
    });
    draft.finish()
}

engines! {
    async fn a_booked_number_leads_to_its_holder_and_has_one(house: House) {
        let (mine, other) = (house.let_in("Ernestine").await, house.let_in("Max").await);
        let (one, two) = (iban(1), iban(2));
        assert_eq!(house.store.account_holder(&one).await, Ok(None));
        let changes = booked(mine.clone(), &one);
        house.apply(&changes).await;
        assert_eq!(house.store.account_holder(&one).await, Ok(Some((house.ctx.tenant, mine.id))));
        // A later change of the holder leaves it, and nobody else gets it.
        let mut ids = Counter;
        house.apply(&Draft::new(changes.customer, &mut ids, at(4)).finish()).await;
        let mut write = house.store.write(&house.ctx, at(5));
        write.apply(&booked(other.clone(), &one)).expect("its own tenant's");
        assert_eq!(write.commit().await.map(drop), Err(CommitError::Conflict));
        house.apply(&booked(other.clone(), &two)).await;
        assert_eq!(house.store.account_holder(&two).await, Ok(Some((house.ctx.tenant, other.id))));
        assert_eq!(house.store.account_holder(&one).await, Ok(Some((house.ctx.tenant, mine.id))));
    }

    async fn money_comes_in_once(house: House) {
        let customer = house.let_in("Ernestine").await;
        let transfer = ReceivedTransfer { id: [1; 32], fingerprint: [2; 32], customer: customer.id };
        let take = async |ctx: &store::Ctx, transfer: &ReceivedTransfer| {
            let mut write = house.store.write(ctx, at(6));
            write.transfer_received(transfer);
            write.commit().await.map(drop)
        };
        assert_eq!(house.store.transfer(&house.ctx, [1; 32]).await, Ok(None));
        assert_eq!(take(&house.ctx, &transfer).await, Ok(()));
        assert_eq!(house.store.transfer(&house.ctx, [1; 32]).await, Ok(Some(transfer.clone())));
        assert_eq!(take(&house.ctx, &transfer).await, Err(CommitError::TransferTaken));
        let changed = ReceivedTransfer { fingerprint: [3; 32], ..transfer.clone() };
        assert_eq!(take(&house.ctx, &changed).await, Err(CommitError::TransferTaken));
        // Another tenant's sender may use the same id.
        assert_eq!(house.store.transfer(&house.other, [1; 32]).await, Ok(None));
        assert_eq!(take(&house.other, &transfer).await, Ok(()));
    }
}
