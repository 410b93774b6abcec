//! Generations of lists, and the ledger of who was screened against which.

use onboarding::changes::Work;
use onboarding::screening::Questions;
use onboarding::{CustomerId, TenantId};
use store::{Coverage, ListVersion, PassState};
use testkit::engines;
use uuid::Uuid;
use watchlists::{Topic, Topics};

use crate::house::{House, LEASE, at, erna, screened};

fn version(hash: u8) -> ListVersion {
    ListVersion {
        list: "un".to_owned(),
        hash: [hash; 32],
        format: "ftm".to_owned(),
        tenant: None,
        title: "A list".to_owned(),
        published_on: None,
        entities: 3,
        names: 4,
        topics: Topics::of(Topic::Sanction),
        defects: 0,
        bytes: 1,
        files: vec!["a.xml".to_owned()],
        added_at: at(i64::from(hash)),
        confirmed_at: at(i64::from(hash)),
    }
}

async fn publish(house: &House, hash: u8) {
    let files = [("a.xml".to_owned(), b"x".as_slice())];
    house.store.put_list(&version(hash), &files, "engine-1").await.expect("kept");
}

/// A customer screened against this generation, with nothing left to do.
async fn covered(house: &House, name: &str, generation: u64) -> CustomerId {
    let onboarded = erna(&house.ctx, name, at(0));
    house.apply(&onboarded).await;
    let job = house.store.claim_jobs(at(100_000), LEASE, 10).await.expect("claimed").remove(0);
    let mut seen = screened(onboarded.customer, None, vec![], at(1));
    seen.evidence.as_mut().expect("it saw").screened.generation = generation;
    let mut write = house.store.write(&house.ctx, at(1));
    write.apply(&seen).expect("ours");
    write.job_done(&job);
    write.commit().await.expect("written");
    seen.customer.id
}

const NOBODY: CustomerId = CustomerId(Uuid::nil());

async fn uncovered(house: &House, generation: u64) -> Vec<CustomerId> {
    let found = house.store.uncovered(&house.ctx, generation, NOBODY, 10).await.expect("readable");
    let counted = house.store.coverage(&house.ctx, generation).await.expect("readable");
    assert_eq!(counted.uncovered, found.len() as u64);
    found.into_iter().map(|behind| behind.customer).collect()
}

engines! {
    async fn a_generation_is_made_by_other_content_and_not_by_the_same_again(house: House) {
        assert_eq!(house.store.newest_generation().await, Ok(None));
        publish(&house, 1).await;
        publish(&house, 1).await;
        let first = house.store.newest_generation().await.expect("readable").expect("there is one");
        assert_eq!((first.number, first.lists), (1, vec![("un".to_owned(), [1; 32])]));
        publish(&house, 2).await;
        let (together, versions) = house.store.lists_together().await.expect("readable");
        assert_eq!((together, versions[0].hash), (2, [2; 32]));
        assert_eq!(house.store.first_generation_with("un", [1; 32]).await, Ok(1));
        assert_eq!(house.store.first_generation_with("un", [9; 32]).await, Ok(0));
        house.store.add_generation("engine-2", at(9)).await.expect("made");
        let third = house.store.newest_generation().await.expect("readable").expect("there is one");
        assert_eq!((third.number, third.engine.as_str(), third.lists[0].1), (3, "engine-2", [2; 32]));
    }

    async fn the_ledger_knows_who_is_not_covered_yet(house: House) {
        publish(&house, 1).await;
        let one = covered(&house, "One", 1).await;
        let two = covered(&house, "Two", 1).await;
        assert_eq!(uncovered(&house, 1).await, []);
        publish(&house, 2).await;
        assert_eq!(uncovered(&house, 2).await, [one, two], "nobody has looked");
        house.store.begin_pass(2, 1, at(5)).await.expect("begun");
        let (pass, attempt) = house.store.claim_pass(at(5), LEASE).await.expect("claimed").expect("there is one");
        assert_eq!(house.store.claim_pass(at(5), LEASE).await, Ok(None), "somebody holds it");
        let page = house.store.customers_before(&house.ctx, 2, NOBODY, 10).await.expect("readable");
        assert_eq!(page.customers().collect::<Vec<_>>(), [one, two]);
        for (id, questions) in page.questions(0..page.customers().len()) {
            let known = house.store.customer(&house.ctx, id).await.expect("readable").expect("known");
            assert_eq!(questions, Ok(Questions::of(&known)));
        }
        // What changed may concern the first; the pass is at the first.
        let tenant = house.ctx.tenant;
        assert_eq!(house.store.go_on(&pass, attempt, (tenant, one), 1, &[one], at(6), LEASE).await, Ok(true));
        assert_eq!(uncovered(&house, 2).await, [one, two]);
        assert_eq!(house.store.go_on(&pass, attempt, (tenant, two), 1, &[], at(6), LEASE).await, Ok(true));
        assert_eq!(uncovered(&house, 2).await, [one], "the second has nothing to do with it");
        assert_eq!(house.store.end_pass(&pass, attempt, at(7)).await, Ok(true));
        let done = house.store.passes(1).await.expect("readable").remove(0);
        assert_eq!((done.state, done.looked_at, done.made_due), (PassState::Done, 2, 1));
        let job = house.store.claim_jobs(at(8), LEASE, 10).await.expect("claimed").remove(0);
        assert_eq!((job.customer, job.kind), (one, Work::Screen));
        // A node with the older lists screens it: it is behind, and found.
        let known = house.store.customer(&house.ctx, one).await.expect("readable").expect("known");
        let mut stale = screened(known, None, vec![], at(9));
        stale.evidence.as_mut().expect("it saw").screened.generation = 1;
        let mut write = house.store.write(&house.ctx, at(9));
        write.apply(&stale).expect("ours");
        write.job_done(&job);
        write.commit().await.expect("written");
        assert_eq!(uncovered(&house, 2).await, [one]);
        assert_eq!(house.store.pick_up_stranded(&house.ctx, at(10), 10).await, Ok(1));
        assert_eq!(house.store.pick_up_stranded(&house.ctx, at(10), 10).await, Ok(0), "work waits for it");
        let job = house.store.claim_jobs(at(11), LEASE, 10).await.expect("claimed").remove(0);
        let mut fresh = screened(stale.customer, None, vec![], at(11));
        fresh.evidence.as_mut().expect("it saw").screened.generation = 2;
        let mut write = house.store.write(&house.ctx, at(11));
        write.apply(&fresh).expect("ours");
        write.job_done(&job);
        write.commit().await.expect("written");
        assert_eq!(uncovered(&house, 2).await, []);
        assert_eq!(house.store.coverage(&house.ctx, 2).await, Ok(Coverage { customers: 2, uncovered: 0 }));
    }

    async fn a_pass_that_lost_its_lease_or_was_superseded_writes_nothing(house: House) {
        publish(&house, 1).await;
        let one = covered(&house, "One", 1).await;
        publish(&house, 2).await;
        house.store.begin_pass(2, 1, at(5)).await.expect("begun");
        let (pass, lost) = house.store.claim_pass(at(5), LEASE).await.expect("claimed").expect("there is one");
        let later = at(100_000);
        let (again, held) = house.store.claim_pass(later, LEASE).await.expect("claimed").expect("the lease is over");
        assert_eq!(again.generation, 2);
        let last = (house.ctx.tenant, one);
        assert_eq!(house.store.go_on(&pass, lost, last, 1, &[one], later, LEASE).await, Ok(false));
        assert_eq!(house.store.waiting().await, Ok(vec![]));
        publish(&house, 3).await;
        house.store.begin_pass(3, 1, later).await.expect("begun");
        assert_eq!(house.store.go_on(&again, held, last, 1, &[one], later, LEASE).await, Ok(false));
        assert_eq!(house.store.end_pass(&again, held, later).await, Ok(false));
        let other = TenantId(Uuid::max());
        let foreign = store::Ctx::system(other);
        assert!(house.store.coverage(&foreign, 3).await.is_ok_and(|coverage| coverage.customers == 0));
    }

    async fn when_everybody_was_screened_whole_is_known_however_many_passes_came_since(house: House) {
        assert_eq!(house.store.screened_whole_at().await, Ok(None));
        for generation in 1..=80_u8 {
            publish(&house, generation).await;
            let (since, now) = (u64::from(generation.min(3) - 1), at(i64::from(generation)));
            house.store.begin_pass(u64::from(generation), since, now).await.expect("begun");
            let (pass, attempt) = house.store.claim_pass(now, LEASE).await.expect("claimed").expect("there is one");
            assert_eq!(house.store.end_pass(&pass, attempt, now).await, Ok(true));
        }
        assert_eq!(house.store.screened_whole_at().await, Ok(Some(at(1))));
        // One that is under way counts when it is done.
        publish(&house, 81).await;
        house.store.begin_pass(81, 0, at(81)).await.expect("begun");
        assert_eq!(house.store.screened_whole_at().await, Ok(Some(at(1))));
    }

    async fn who_is_let_in_or_renamed_after_a_pass_is_due_for_the_lists_of_now(house: House) {
        publish(&house, 1).await;
        publish(&house, 2).await;
        // Let in when generation 2 is in force, and screened by a node that still has generation 1.
        let late = covered(&house, "Late", 1).await;
        assert_eq!(uncovered(&house, 2).await, [late]);
        assert_eq!(house.store.pick_up_stranded(&house.ctx, at(3), 10).await, Ok(1));
    }
}
