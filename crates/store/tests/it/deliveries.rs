//! Deliveries: whatever is owed arrives, or is shown as not arrived.

use onboarding::EventKind;
use store::{CommitError, Delivery, DeliveryState, Registration, RegistrationMode, RegistrationState};
use testkit::engines;

use crate::house::{Counter, House, LEASE, at};
use crate::registrations::{delete, register, registration};

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
        assert_eq!(house.store.delivered(&delivery, 204, at(2)).await, Ok(()));
        let read = house.store.delivery(&house.ctx, delivery.id).await.expect("readable").expect("there");
        assert_eq!((read.state, read.last_status, read.last_attempted_at), (DeliveryState::Delivered, Some(204), Some(at(2))));
        assert_eq!(house.store.delivered(&delivery, 204, at(3)).await, Err(CommitError::LeaseLost));
        assert_eq!(claimed(&house, 1000).await, []);
        assert_eq!(house.store.delivery(&house.other, delivery.id).await, Ok(None));
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
        assert_eq!(house.store.delivered(&delivery, 200, at(32)).await, Ok(()));
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

    async fn what_a_deleted_registration_was_owed_can_be_read(house: House) {
        let registration = registered(&house, RegistrationMode::Push).await;
        let arrived = happens(&house, 1).await.remove(0);
        let owed = happens(&house, 1).await.remove(0);
        house.store.delivered(&arrived, 200, at(2)).await.expect("its lease");
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
}
