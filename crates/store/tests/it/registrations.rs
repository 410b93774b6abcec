//! Registrations.

use onboarding::{CustomerId, EventKind};
use serde_json::Map;
use store::{
    CommitError, Ctx, Registration, RegistrationFilter, RegistrationId, RegistrationMode, RegistrationState, Retries,
};
use testkit::engines;

use crate::house::{House, at, pii, uuid};

pub fn registration(ctx: &Ctx, event: EventKind, mode: RegistrationMode) -> Registration {
    Registration {
        id: RegistrationId(uuid()),
        tenant: ctx.tenant,
        dialect: "cos".to_owned(),
        name: event.as_str().to_owned(),
        events: [event].into(),
        customer: None,
        mode,
        callback_url: (mode == RegistrationMode::Push).then(|| "https://bank.example/events".to_owned()),
        format: "Basic".to_owned(),
        retries: Some(Retries { times: 3, back_off_seconds: 30 }),
        auth: Some(("planted-user".to_owned(), pii("planted-password"))),
        secret: Some(pii("planted-secret")),
        attributes: Map::from_iter([("note".to_owned(), "planted note".into())]),
        state: RegistrationState::Active,
        created_at: at(0),
        changed_at: at(0),
        version: 1,
    }
}

pub async fn register(house: &House, registration: &Registration) -> Result<(), CommitError> {
    let mut write = house.store.write(&house.ctx, registration.changed_at);
    write.registration_created(registration).expect("its tenant");
    write.commit().await.map(drop)
}

pub async fn delete(house: &House, registration: &Registration) -> Result<(), CommitError> {
    let mut write = house.store.write(&house.ctx, at(50));
    write.registration_deleted(registration).expect("its tenant");
    write.commit().await.map(drop)
}

pub async fn put(house: &House, registration: &Registration) {
    let mut write = house.store.write(&house.ctx, registration.changed_at);
    write.registration_put(registration).expect("its tenant");
    write.commit().await.expect("put");
}

/// A registration about one customer.
pub fn about(house: &House, customer: CustomerId, name: &str) -> Registration {
    Registration {
        customer: Some(customer),
        name: name.to_owned(),
        ..registration(&house.ctx, EventKind::CustomerOnboarded, RegistrationMode::Push)
    }
}

engines! {
    async fn a_registration_lives_and_ends(house: House) {
        let first = registration(&house.ctx, EventKind::CustomerOnboarded, RegistrationMode::Push);
        assert_eq!(register(&house, &first).await, Ok(()));
        assert_eq!(house.store.registration(&house.ctx, first.id).await, Ok(Some(first.clone())));
        assert_eq!(house.store.registration(&house.other, first.id).await, Ok(None));
        let twin = Registration { id: RegistrationId(uuid()), ..first.clone() };
        assert_eq!(register(&house, &twin).await, Err(CommitError::RegistrationTaken));
        assert!(register(&house, &Registration { dialect: "hawk".to_owned(), ..twin.clone() }).await.is_ok());
        let changed = Registration {
            callback_url: Some("https://bank.example/other".to_owned()),
            auth: None,
            changed_at: at(3),
            version: 2,
            ..first.clone()
        };
        let change = async |changed: &Registration| {
            let mut write = house.store.write(&house.ctx, at(3));
            write.registration_changed(changed).expect("its tenant");
            write.commit().await.map(drop)
        };
        assert_eq!(change(&changed).await, Ok(()));
        assert_eq!(change(&changed).await, Err(CommitError::Conflict));
        assert_eq!(house.store.registration(&house.ctx, first.id).await, Ok(Some(changed.clone())));
        assert_eq!(delete(&house, &first).await, Err(CommitError::Conflict));
        assert_eq!(delete(&house, &changed).await, Ok(()));
        assert_eq!(house.store.registration(&house.ctx, first.id).await, Ok(None));
        assert_eq!(delete(&house, &changed).await, Err(CommitError::Conflict));
        // The name is free again.
        let again = Registration { id: RegistrationId(uuid()), ..first };
        assert_eq!(register(&house, &again).await, Ok(()));
    }

    async fn registrations_are_listed_and_filtered(house: House) {
        let push = registration(&house.ctx, EventKind::CustomerOnboarded, RegistrationMode::Push);
        let poll = Registration { created_at: at(1), ..registration(&house.ctx, EventKind::CaseOpened, RegistrationMode::Poll) };
        for one in [&poll, &push] {
            register(&house, one).await.expect("free");
        }
        let listed = async |filter: RegistrationFilter, offset, limit| {
            let found = house.store.registrations(&house.ctx, &filter, offset, limit).await.expect("readable");
            found.iter().map(|found| found.id).collect::<Vec<_>>()
        };
        let all = RegistrationFilter::default;
        assert_eq!(listed(all(), 0, 10).await, [push.id, poll.id]);
        assert_eq!(listed(all(), 1, 1).await, [poll.id]);
        assert_eq!(listed(RegistrationFilter { mode: Some(RegistrationMode::Poll), ..all() }, 0, 10).await, [poll.id]);
        let exact = RegistrationFilter {
            dialect: Some("cos".to_owned()),
            name: Some(push.name.clone()),
            customer: None,
            callback_url: push.callback_url.clone(),
            mode: Some(RegistrationMode::Push),
            state: Some(RegistrationState::Active),
        };
        assert_eq!(listed(exact, 0, 10).await, [push.id]);
        assert_eq!(listed(RegistrationFilter { name: Some("\0".to_owned()), ..all() }, 0, 10).await, []);
        assert_eq!(house.store.registrations(&house.other, &all(), 0, 10).await, Ok(vec![]));
        let interests = house.store.interests(&house.ctx).await.expect("readable");
        assert_eq!(interests.iter().map(|interest| interest.events.clone()).collect::<Vec<_>>(), [push.events, poll.events]);
    }

    async fn a_put_makes_or_replaces_by_name(house: House) {
        let first = registration(&house.ctx, EventKind::CustomerOnboarded, RegistrationMode::Push);
        put(&house, &first).await;
        assert_eq!(house.store.registration_named(&house.ctx, "cos", &first.name).await, Ok(Some(first.clone())));
        assert_eq!(house.store.registration_named(&house.ctx, "hawk", &first.name).await, Ok(None));
        assert_eq!(house.store.registration_named(&house.ctx, "cos", "\0").await, Ok(None));
        let second = Registration {
            id: RegistrationId(uuid()),
            events: [EventKind::CaseOpened, EventKind::CaseDecided].into(),
            callback_url: Some("https://bank.example/moved".to_owned()),
            secret: Some(pii("another")),
            retries: None,
            created_at: at(9),
            changed_at: at(9),
            ..first.clone()
        };
        put(&house, &second).await;
        // Its id and when it was made stay; and what was sealed for another id opens.
        let expected = Registration { id: first.id, created_at: at(0), version: 2, ..second.clone() };
        assert_eq!(house.store.registration(&house.ctx, first.id).await, Ok(Some(expected.clone())));
        assert_eq!(house.store.registrations(&house.ctx, &RegistrationFilter::default(), 0, 9).await, Ok(vec![expected.clone()]));
        let mut write = house.store.write(&house.ctx, at(10));
        write.registration_deleted_by_name("cos", &first.name);
        write.registration_deleted_by_name("cos", "nobody's");
        write.commit().await.expect("deleted");
        assert_eq!(house.store.registration(&house.ctx, first.id).await, Ok(None));
        put(&house, &second).await;
        assert_eq!(house.store.registration(&house.ctx, second.id).await, Ok(Some(second)));
    }

    async fn what_is_about_one_customer_is_found_by_it(house: House) {
        let (erna, max) = (house.let_in("Erna").await, house.let_in("Max").await);
        let one = about(&house, erna.id, "1");
        let other = about(&house, max.id, "2");
        for one in [&one, &other] {
            put(&house, one).await;
        }
        let filter = RegistrationFilter { customer: Some(max.id), ..RegistrationFilter::default() };
        assert_eq!(house.store.registrations(&house.ctx, &filter, 0, 9).await, Ok(vec![other]));
        assert_eq!(house.store.interests(&house.ctx).await, Ok(vec![]), "the sealer reads none of them for nothing");
    }
}
