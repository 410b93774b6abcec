//! Deliveries: whatever is owed arrives, or is shown as not arrived.

use onboarding::EventKind;
use store::{
    Arrived, Backlog, CommitError, Delivery, DeliveryState, Registration, RegistrationMode, RegistrationState,
};
use testkit::engines;

use crate::house::{Counter, House, LEASE, at, erna};
use crate::registrations::{about, delete, put, register, registration};

const ONBOARDED: EventKind = EventKind::CustomerOnboarded;

async fn registered(house: &House, mode: RegistrationMode) -> Registration {
    let registration = registration(&house.ctx, ONBOARDED, mode);
    register(house, &registration).await.expect("free");
    registration
}

/// Lets somebody in and seals it, at this second: what can be sent at once.
async fn happens(house: &House, second: i64) -> Vec<Delivery> {
    house.let_in("Erna").await;
    let sealed = house.store.seal_next(100, &mut Counter, at(second), LEASE).await;
    sealed.expect("nobody is in the way").0
}

async fn state(house: &House, delivery: &Delivery) -> DeliveryState {
    let read = house.store.delivery(&house.ctx, delivery.id).await.expect("readable");
    read.expect("it is never forgotten").state
}

async fn claimed(house: &House, second: i64) -> Vec<Delivery> {
    let due = house.store.registrations_due(at(second), 100).await.expect("readable");
    house.store.claim_deliveries(at(second), LEASE, &due, 100).await.expect("claimed")
}

engines! {
    async fn what_happens_is_handed_over_leased(house: House) {
        let registration = registered(&house, RegistrationMode::Push).await;
        let delivery = happens(&house, 1).await.remove(0);
        assert_eq!((delivery.registration, delivery.state), (registration.id, DeliveryState::Pending));
        assert_eq!((delivery.kind, delivery.number, delivery.seq, delivery.attempts), (ONBOARDED, 1, 1, 0));
        assert_eq!((delivery.dialect.as_str(), delivery.mode), ("cos", RegistrationMode::Push));
        assert_eq!((delivery.at, delivery.created_at, delivery.due_at), (at(0), at(1), at(1) + LEASE));
        // What was handed over is what is kept.
        assert_eq!(house.store.delivery(&house.ctx, delivery.id).await, Ok(Some(delivery.clone())));
        assert_eq!(claimed(&house, 2).await, []);
        assert_eq!(house.store.delivered(&[Arrived { delivery: &delivery, status: Some(204), at: at(2) }]).await, Ok(()));
        let read = house.store.delivery(&house.ctx, delivery.id).await.expect("readable").expect("there");
        assert_eq!((read.state, read.last_status, read.last_attempted_at), (DeliveryState::Delivered, Some(204), Some(at(2))));
        assert_eq!(house.store.delivered(&[Arrived { delivery: &delivery, status: Some(204), at: at(3) }]).await, Err(CommitError::LeaseLost));
        assert_eq!(claimed(&house, 1000).await, []);
        assert_eq!(house.store.delivery(&house.other, delivery.id).await, Ok(None));
    }

    async fn what_is_given_back_is_due_at_once_and_only_its_holder_can_give_it(house: House) {
        registered(&house, RegistrationMode::Push).await;
        let delivery = happens(&house, 1).await.remove(0);
        assert_eq!(house.store.let_go(std::slice::from_ref(&delivery), at(2)).await, Ok(()));
        let again = claimed(&house, 2).await;
        assert_eq!((again.len(), again[0].id, again[0].attempts), (1, delivery.id, 0));
        // It is somebody else's by now.
        assert_eq!(house.store.let_go(std::slice::from_ref(&delivery), at(3)).await, Ok(()));
        assert_eq!(claimed(&house, 3).await, []);
        assert_eq!(house.store.let_go(&[], at(3)).await, Ok(()));
    }

    async fn a_lost_lease_ends_nothing(house: House) {
        registered(&house, RegistrationMode::Push).await;
        let delivery = happens(&house, 1).await.remove(0);
        let again = claimed(&house, 31).await;
        // A lease that ran out is not a try.
        assert_eq!((again.len(), again[0].id, again[0].attempts), (1, delivery.id, 0));
        assert_eq!(house.store.failed(&delivery, None, at(32)).await, Err(CommitError::LeaseLost));
        assert_eq!(house.store.retry(&delivery, at(50), None, at(32)).await, Err(CommitError::LeaseLost));
        assert_eq!(house.store.retry(&again[0], at(50), Some(500), at(32)).await, Ok(()));
        assert_eq!(claimed(&house, 49).await, []);
        let third = claimed(&house, 50).await;
        assert_eq!((third.len(), third[0].attempts, third[0].last_status), (1, 1, Some(500)));
        house.store.release_leases(at(51)).await.expect("released");
        let fourth = claimed(&house, 51).await;
        assert_eq!((fourth.len(), fourth[0].attempts), (1, 1));
    }

    async fn what_arrives_late_has_arrived(house: House) {
        registered(&house, RegistrationMode::Push).await;
        let delivery = happens(&house, 1).await.remove(0);
        let again = claimed(&house, 31).await.remove(0);
        assert_eq!(house.store.delivered(&[Arrived { delivery: &delivery, status: Some(200), at: at(32) }]).await, Ok(()));
        let read = house.store.delivery(&house.ctx, delivery.id).await.expect("readable").expect("there");
        assert_eq!((read.state, read.attempts, read.attempt_id), (DeliveryState::Delivered, 1, None));
        assert_eq!(house.store.retry(&again, at(50), None, at(33)).await, Err(CommitError::LeaseLost));
        assert_eq!(house.store.renew_delivery(again, at(33), LEASE).await, Ok(None));
        assert_eq!(claimed(&house, 1000).await, []);
    }

    async fn a_lease_is_renewed_as_long_as_it_is_ours(house: House) {
        let registration = registered(&house, RegistrationMode::Push).await;
        let delivery = happens(&house, 1).await.remove(0);
        // Late, but nobody else has taken it.
        let renewed = house.store.renew_delivery(delivery.clone(), at(40), LEASE).await.expect("written");
        let renewed = renewed.expect("still ours");
        assert_eq!(renewed, Delivery { due_at: at(40) + LEASE, ..delivery.clone() });
        assert_eq!(house.store.delivery(&house.ctx, delivery.id).await, Ok(Some(renewed.clone())));
        assert_eq!(claimed(&house, 69).await, []);
        let theirs = claimed(&house, 70).await.remove(0);
        assert_eq!(house.store.renew_delivery(renewed, at(71), LEASE).await, Ok(None));
        // Nor is it sent to one that was deleted meanwhile.
        delete(&house, &registration).await.expect("deleted");
        assert_eq!(house.store.renew_delivery(theirs, at(72), LEASE).await, Ok(None));
    }

    async fn a_suspended_registration_holds_what_it_is_owed(house: House) {
        let registration = registered(&house, RegistrationMode::Push).await;
        let first = happens(&house, 1).await.remove(0);
        let second = happens(&house, 1).await.remove(0);
        house.store.retry(&second, at(500), None, at(2)).await.expect("its lease");
        assert_eq!(house.store.failed(&first, Some(500), at(3)).await, Ok(()));
        let suspended = house.store.registration(&house.ctx, registration.id).await.expect("readable").expect("there");
        assert_eq!((suspended.state, suspended.version), (RegistrationState::Suspended, 2));
        assert_eq!(suspended.auth, registration.auth);
        assert_eq!((state(&house, &first).await, state(&house, &second).await), (DeliveryState::Failed, DeliveryState::Held));
        // What happens meanwhile is held from the start, and nothing is given out.
        assert_eq!(happens(&house, 4).await, []);
        assert_eq!(claimed(&house, 1000).await, []);
        let listed = house.store.deliveries(&house.ctx, "cos", 0, 10).await.expect("readable");
        let states: Vec<_> = listed.iter().map(|delivery| delivery.state).collect();
        assert_eq!(states, [DeliveryState::Failed, DeliveryState::Held, DeliveryState::Held]);
        let restarted =
            Registration { state: RegistrationState::Active, changed_at: at(10), version: 3, ..suspended };
        let mut write = house.store.write(&house.ctx, at(10));
        write.registration_restarted(&restarted).expect("its tenant");
        write.commit().await.expect("restarted");
        let due = claimed(&house, 10).await;
        assert_eq!(due.iter().map(|delivery| delivery.id).collect::<Vec<_>>(), [second.id, listed[2].id]);
        assert_eq!(state(&house, &first).await, DeliveryState::Failed);
        assert_eq!(house.store.resend(&house.ctx, first.id, at(11)).await, Ok(true));
        let resent = claimed(&house, 11).await;
        assert_eq!((resent.len(), resent[0].id, resent[0].attempts), (1, first.id, 0));
        // Not while it is being tried.
        assert_eq!(house.store.resend(&house.ctx, first.id, at(12)).await, Ok(false));
    }

    async fn what_is_owed_is_counted_and_what_failed_made_due_again(house: House) {
        let registration = registered(&house, RegistrationMode::Push).await;
        let owed = async || house.store.backlog(&house.ctx, registration.id).await.expect("readable");
        assert_eq!(owed().await, Backlog::default());
        let mut made = Vec::new();
        for _ in 0..4 {
            made.push(happens(&house, 1).await.remove(0));
        }
        assert_eq!((owed().await, owed().await.is_failing()), (Backlog { waiting: 4, ..Backlog::default() }, false));
        house.store.delivered(&[Arrived { delivery: &made[0], status: Some(200), at: at(2) }]).await.expect("its lease");
        house.store.retry(&made[1], at(500), Some(503), at(3)).await.expect("its lease");
        house.store.failed(&made[2], Some(500), at(4)).await.expect("its lease");
        house.store.failed(&made[3], None, at(5)).await.expect("its lease");
        let stands = Backlog { waiting: 1, tried: 1, failed: 2, last_failed_at: Some(at(5)), last_failed_status: None };
        assert_eq!((owed().await, stands.is_failing()), (stands, true));
        assert_eq!(house.store.backlog(&house.other, registration.id).await, Ok(Backlog::default()));
        assert_eq!(house.store.resend_failed(&house.other, registration.id, at(6)).await, Ok(0));
        assert_eq!(house.store.resend_failed(&house.ctx, registration.id, at(6)).await, Ok(2));
        assert_eq!(house.store.resend_failed(&house.ctx, registration.id, at(6)).await, Ok(0));
        assert_eq!((owed().await.waiting, owed().await.failed), (3, 0));
        // From the first try on.
        let again = house.store.delivery(&house.ctx, made[3].id).await.expect("readable").expect("there");
        assert_eq!((again.attempts, again.due_at), (0, at(6)));
    }

    async fn what_a_deleted_registration_was_owed_can_be_read(house: House) {
        let registration = registered(&house, RegistrationMode::Push).await;
        let arrived = happens(&house, 1).await.remove(0);
        let owed = happens(&house, 1).await.remove(0);
        house.store.delivered(&[Arrived { delivery: &arrived, status: Some(200), at: at(2) }]).await.expect("its lease");
        delete(&house, &registration).await.expect("deleted");
        assert_eq!((state(&house, &arrived).await, state(&house, &owed).await), (DeliveryState::Delivered, DeliveryState::Abandoned));
        assert_eq!(claimed(&house, 1000).await, []);
        assert_eq!(house.store.resend(&house.ctx, owed.id, at(1000)).await, Ok(false));
        assert_eq!(happens(&house, 4).await, []);
    }

    async fn what_is_fetched_is_acknowledged(house: House) {
        registered(&house, RegistrationMode::Poll).await;
        assert_eq!(house.store.poll_next(&house.ctx, "cos").await, Ok(None));
        assert_eq!(happens(&house, 1).await, []);
        happens(&house, 2).await;
        assert_eq!(claimed(&house, 1000).await, []);
        let first = house.store.poll_next(&house.ctx, "cos").await.expect("readable").expect("waits");
        assert_eq!((first.seq, first.mode), (1, RegistrationMode::Poll));
        assert_eq!(house.store.poll_next(&house.ctx, "cos").await, Ok(Some(first.clone())));
        assert_eq!(house.store.poll_next(&house.ctx, "hawk").await, Ok(None));
        assert_eq!(house.store.poll_next(&house.other, "cos").await, Ok(None));
        assert_eq!(house.store.acknowledge(&house.other, first.id, at(3)).await, Ok(false));
        assert_eq!(house.store.acknowledge(&house.ctx, first.id, at(3)).await, Ok(true));
        assert_eq!(house.store.acknowledge(&house.ctx, first.id, at(3)).await, Ok(false));
        assert_eq!(state(&house, &first).await, DeliveryState::Delivered);
        let second = house.store.poll_next(&house.ctx, "cos").await.expect("readable").expect("waits");
        assert_eq!(second.seq, 2);
    }

    async fn one_long_backlog_keeps_nobody_waiting(house: House) {
        let one = registered(&house, RegistrationMode::Push).await;
        for _ in 0..6 {
            happens(&house, 1).await;
        }
        let other = Registration { dialect: "hawk".to_owned(), ..registration(&house.ctx, ONBOARDED, RegistrationMode::Push) };
        register(&house, &other).await.expect("free");
        happens(&house, 2).await;
        let due = house.store.registrations_due(at(100), 9).await.expect("readable");
        assert_eq!(due, [(house.ctx.tenant, one.id), (house.ctx.tenant, other.id)], "longest first");
        let claimed = house.store.claim_deliveries(at(100), LEASE, &due, 2).await.expect("claimed");
        assert_eq!(claimed.iter().map(|delivery| delivery.seq).collect::<Vec<_>>(), [1, 2, 7]);
        assert_eq!(claimed[2].registration, other.id);
        // What is leased is not due; and the bound of the whole holds as well.
        assert_eq!(house.store.registrations_due(at(100), 9).await, Ok(vec![due[0]]));
        assert_eq!(house.store.registrations_due(at(200), 1).await.map(|due| due.len()), Ok(1));
    }

    async fn claims_at_once_never_share_a_delivery(house: House) {
        let registration = registered(&house, RegistrationMode::Push).await;
        for _ in 0..20 {
            happens(&house, 1).await;
        }
        let mut claims = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (store, of) = (house.store.clone(), [(house.ctx.tenant, registration.id)]);
            claims.spawn(async move { store.claim_deliveries(at(100), LEASE, &of, 5).await });
        }
        let mut ids: Vec<_> =
            claims.join_all().await.into_iter().flat_map(|claimed| claimed.expect("claimed")).map(|one| one.id).collect();
        ids.extend(claimed(&house, 100).await.iter().map(|one| one.id));
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!((all, ids.len()), (20, 20));
    }

    async fn only_who_asked_about_this_customer_or_about_everybody_is_owed(house: House) {
        let everybody = registered(&house, RegistrationMode::Push).await;
        let changes = erna(&house.ctx, "Erna", at(0));
        let mine = about(&house, changes.customer.id, "mine");
        let mut write = house.store.write(&house.ctx, at(0));
        // In one write with what it is to be told of.
        write.apply(&changes).expect("its tenant");
        write.registration_put(&mine).expect("its tenant");
        write.commit().await.expect("written");
        let max = erna(&house.ctx, "Max", at(0));
        put(&house, &about(&house, max.customer.id, "max")).await;
        put(&house, &Registration { events: [EventKind::CaseOpened].into(), ..about(&house, changes.customer.id, "cases") }).await;
        let (sealed, _) = house.store.seal_next(100, &mut Counter, at(1), LEASE).await.expect("sealed");
        let mut owed: Vec<_> = sealed.iter().map(|delivery| delivery.registration).collect();
        owed.sort();
        let mut expected = vec![everybody.id, mine.id];
        expected.sort();
        assert_eq!(owed, expected);
        let of = async |registration| {
            let listed = house.store.deliveries_of(&house.ctx, registration, 0, 9).await.expect("readable");
            listed.iter().map(|delivery| (delivery.customer, delivery.name.clone())).collect::<Vec<_>>()
        };
        assert_eq!(of(mine.id).await, [(changes.customer.id, "mine".to_owned())]);
        assert_eq!(house.store.deliveries_of(&house.other, mine.id, 0, 9).await, Ok(vec![]));
        // Both kinds are found when they are due, the longest waiting first.
        let due = house.store.registrations_due(at(40), 9).await.expect("readable");
        assert_eq!(due.iter().map(|(_, id)| *id).collect::<std::collections::BTreeSet<_>>(), expected.into_iter().collect());
        assert_eq!(house.store.registrations_due(at(40), 1).await.map(|due| due.len()), Ok(1));
    }

    async fn what_is_owed_about_one_customer_is_put_aside_and_taken_up_again(house: House) {
        let (first, second) = (erna(&house.ctx, "Erna", at(0)), erna(&house.ctx, "Max", at(0)));
        let wish = about(&house, first.customer.id, "mine");
        put(&house, &wish).await;
        house.apply(&first).await;
        house.apply(&second).await;
        let delivery = house.store.seal_next(100, &mut Counter, at(1), LEASE).await.expect("sealed").0.remove(0);
        assert_eq!(house.store.failed(&delivery, Some(500), at(2)).await, Ok(()));
        assert_eq!(state(&house, &delivery).await, DeliveryState::Failed);
        // What happens while it is suspended waits, and nobody looks at it.
        let met = crate::house::screened(first.customer.clone(), None, vec![], at(3));
        let both = Registration {
            events: [ONBOARDED, EventKind::CheckChanged(onboarding::check::CheckKind::Pep)].into(),
            state: RegistrationState::Suspended,
            version: 3,
            ..wish.clone()
        };
        let mut write = house.store.write(&house.ctx, at(3));
        write.registration_changed(&both).expect("its tenant");
        write.commit().await.expect("changed");
        house.apply(&met).await;
        assert_eq!(house.store.seal_next(100, &mut Counter, at(4), LEASE).await.expect("sealed").0, []);
        let listed = house.store.deliveries_of(&house.ctx, wish.id, 0, 9).await.expect("readable");
        assert_eq!(listed.iter().map(|one| one.state).collect::<Vec<_>>(), [DeliveryState::Failed, DeliveryState::Held]);
        assert_eq!(listed[1].due_at, "8999-12-31T23:59:59Z".parse().expect("a time"));
        assert_eq!(claimed(&house, 100).await, []);
        // Put again: what failed goes out again too, for nobody else would ask for it.
        put(&house, &Registration { state: RegistrationState::Active, changed_at: at(200), ..both.clone() }).await;
        let mut again = claimed(&house, 200).await;
        assert_eq!(again.iter().map(|one| (one.seq, one.attempts)).collect::<Vec<_>>(), [(delivery.seq, 0), (listed[1].seq, 0)]);
        // A put that changes nothing shortens no wait; one that moves the address does.
        let waiting = again.remove(0);
        house.store.retry(&waiting, at(900), Some(500), at(201)).await.expect("its lease");
        put(&house, &Registration { changed_at: at(250), ..wish.clone() }).await;
        assert_eq!(claimed(&house, 260).await.iter().map(|one| one.id).collect::<Vec<_>>(), [again[0].id], "its lease has run out");
        let moved = Registration { callback_url: Some("https://bank.example/moved".to_owned()), changed_at: at(270), ..wish.clone() };
        put(&house, &moved).await;
        let moved_on = claimed(&house, 270).await;
        assert_eq!(moved_on.iter().map(|one| (one.id, one.attempts)).collect::<Vec<_>>(), [(waiting.id, 0)]);
        // Deleted: abandoned, and out of the way.
        let known = house.store.registration(&house.ctx, wish.id).await.expect("readable").expect("there");
        delete(&house, &known).await.expect("deleted");
        assert_eq!(state(&house, &waiting).await, DeliveryState::Abandoned);
        assert_eq!(house.store.registrations_due(at(9_000), 9).await, Ok(vec![]));
    }
}
