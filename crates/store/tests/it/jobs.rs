//! Jobs: leased, ended, never lost, never piled up.

use jiff::SignedDuration;
use onboarding::Changes;
use onboarding::changes::Work;
use store::{CommitError, Committed, HAND_OVER_LEASE, Job};
use testkit::engines;

use crate::house::{House, LEASE, at, erna, rows, screened};

async fn onboarded(house: &House) -> (Changes, Job) {
    let changes = erna(&house.ctx, "Erna", at(0));
    let mut committed = house.apply(&changes).await;
    assert_eq!((committed.jobs.len(), committed.events), (1, 1));
    (changes, committed.jobs.remove(0))
}

/// A further decision that asks for the same work.
async fn asked_again(house: &House, changes: &Changes) -> (Changes, Committed) {
    let mut again = screened(changes.customer.clone(), None, vec![], at(1));
    again.work = vec![Work::Screen];
    let committed = house.apply(&again).await;
    (again, committed)
}

async fn done(house: &House, job: &Job, now: i64) -> Result<Committed, CommitError> {
    let mut write = house.store.write(&house.ctx, at(now));
    write.job_done(job);
    write.commit().await
}

engines! {
    async fn new_work_is_handed_over_leased(house: House) {
        let (changes, job) = onboarded(&house).await;
        assert_eq!((job.customer, job.kind, job.attempts), (changes.customer.id, Work::Screen, 1));
        assert_eq!(job.leased_until, at(0) + HAND_OVER_LEASE);
        assert_eq!(house.store.claim_jobs(at(59), LEASE, 10).await, Ok(vec![]));
        let waiting = house.store.waiting().await.expect("readable");
        assert_eq!((waiting[0].known, waiting[0].leased), (1, 1));
        assert_eq!(done(&house, &job, 1).await, Ok(Committed::default()));
        assert_eq!(house.store.waiting().await, Ok(vec![]));
        assert_eq!(done(&house, &job, 1).await, Err(CommitError::LeaseLost));
    }

    async fn an_expired_lease_is_somebody_elses(house: House) {
        let (_, job) = onboarded(&house).await;
        let claimed = house.store.claim_jobs(at(60), LEASE, 10).await.expect("claimed");
        assert_eq!((claimed.len(), claimed[0].attempts, claimed[0].leased_until), (1, 2, at(60) + LEASE));
        assert_eq!(done(&house, &job, 61).await, Err(CommitError::LeaseLost));
        // What was decided under the lost lease is not written either.
        let mut write = house.store.write(&house.ctx, at(61));
        let customer = house.store.customer(&house.ctx, job.customer).await.expect("readable").expect("there");
        write.apply(&screened(customer.clone(), None, vec![], at(61))).expect("its tenant");
        write.job_later(&job, at(70));
        assert_eq!(write.commit().await, Err(CommitError::LeaseLost));
        assert_eq!(house.store.customer(&house.ctx, job.customer).await, Ok(Some(customer)));
        assert!(done(&house, &claimed[0], 61).await.is_ok());
    }

    async fn work_asked_for_while_it_runs_is_done_once_more(house: House) {
        let (changes, job) = onboarded(&house).await;
        let (changes, committed) = asked_again(&house, &changes).await;
        assert_eq!(committed.jobs, []);
        asked_again(&house, &changes).await;
        let raw = house.raw().await;
        assert_eq!(rows(&raw, "SELECT kind FROM jobs", vec![]).await.len(), 1);
        let committed = done(&house, &job, 2).await.expect("its lease");
        assert_eq!((committed.jobs.len(), committed.jobs[0].attempts), (1, 1));
        assert_ne!(committed.jobs[0].attempt_id, job.attempt_id);
        assert_eq!(done(&house, &committed.jobs[0], 3).await, Ok(Committed::default()));
        assert_eq!(house.store.waiting().await, Ok(vec![]));
    }

    async fn work_put_off_waits_until_something_changes(house: House) {
        let (changes, job) = onboarded(&house).await;
        let mut write = house.store.write(&house.ctx, at(1));
        write.job_later(&job, at(1000));
        write.commit().await.expect("its lease");
        assert_eq!(house.store.claim_jobs(at(999), LEASE, 10).await, Ok(vec![]));
        assert_eq!(house.store.make_due(Work::Screen, at(2)).await, Ok(1));
        let claimed = house.store.claim_jobs(at(2), LEASE, 10).await.expect("claimed");
        assert_eq!((claimed.len(), claimed[0].attempts), (1, 2));
        // A change of the customer takes work that was put off over at once.
        let mut write = house.store.write(&house.ctx, at(3));
        write.job_later(&claimed[0], at(1000));
        write.commit().await.expect("its lease");
        let (changes, committed) = asked_again(&house, &changes).await;
        assert_eq!(committed.jobs.len(), 1);
        // Asked for while it runs, and put off by that run: due at once all the same.
        asked_again(&house, &changes).await;
        let mut write = house.store.write(&house.ctx, at(5));
        write.job_later(&committed.jobs[0], at(1000));
        write.commit().await.expect("its lease");
        assert_eq!(house.store.claim_jobs(at(5), LEASE, 10).await.map(|jobs| jobs.len()), Ok(1));
    }

    async fn rules_that_change_while_work_runs_are_asked_once_more(house: House) {
        let (_, job) = onboarded(&house).await;
        // It runs by the old rules, and is put off by them after the new ones came.
        house.store.make_due_of(&house.ctx, Work::Screen, at(1)).await.expect("written");
        let mut write = house.store.write(&house.ctx, at(2));
        write.job_later(&job, at(1000));
        write.commit().await.expect("its lease");
        let claimed = house.store.claim_jobs(at(2), LEASE, 10).await.expect("claimed");
        assert_eq!(claimed.len(), 1);
        // What waits is due at once.
        let mut write = house.store.write(&house.ctx, at(3));
        write.job_later(&claimed[0], at(1000));
        write.commit().await.expect("its lease");
        house.store.make_due_of(&house.ctx, Work::Screen, at(4)).await.expect("written");
        assert_eq!(house.store.claim_jobs(at(4), LEASE, 10).await.map(|jobs| jobs.len()), Ok(1));
    }

    async fn work_can_be_left_for_others(house: House) {
        let changes = erna(&house.ctx, "Erna", at(0));
        let mut write = house.store.write(&house.ctx, at(0));
        write.leave_work();
        write.apply(&changes).expect("its tenant");
        assert_eq!(write.commit().await.expect("written").jobs, []);
        assert_eq!(house.store.claim_jobs(at(0), LEASE, 10).await.map(|jobs| jobs.len()), Ok(1));
    }

    async fn a_restarted_node_takes_up_what_it_had_begun(house: House) {
        let (changes, job) = onboarded(&house).await;
        asked_again(&house, &changes).await;
        assert_eq!(house.store.release_leases(at(2)).await, Ok(1));
        let claimed = house.store.claim_jobs(at(2), LEASE, 10).await.expect("claimed");
        assert_eq!(claimed.len(), 1);
        assert_eq!(done(&house, &job, 3).await, Err(CommitError::LeaseLost));
        // The run that begins now sees what was asked for before: once is enough.
        assert_eq!(done(&house, &claimed[0], 3).await, Ok(Committed::default()));
    }

    async fn claims_at_once_never_share_a_job(house: House) {
        for n in 0..40 {
            let changes = erna(&house.ctx, &format!("Erna{n}"), at(0));
            let mut write = house.store.write(&house.ctx, at(0));
            write.leave_work();
            write.apply(&changes).expect("its tenant");
            write.commit().await.expect("written");
        }
        let mut claims = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let store = house.store.clone();
            claims.spawn(async move { store.claim_jobs(at(1), SignedDuration::from_mins(5), 10).await });
        }
        let mut claimed: Vec<_> = claims.join_all().await.into_iter().flat_map(|jobs| jobs.expect("claimed")).collect();
        claimed.extend(house.store.claim_jobs(at(1), LEASE, 100).await.expect("claimed"));
        let mut customers: Vec<_> = claimed.iter().map(|job| job.customer).collect();
        customers.sort();
        customers.dedup();
        assert_eq!((claimed.len(), customers.len()), (40, 40));
    }
}
