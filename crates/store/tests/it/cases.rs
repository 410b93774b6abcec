//! Cases and evidence.

use onboarding::case::{Decide, Outcome, decide, take};
use onboarding::{CaseId, Changes};
use store::{CaseFilter, CommitError};
use testkit::engines;
use watchlists::Topic;

use crate::house::{Counter, House, at, hit, pii, screened, uuid};

/// A customer that is met on two lists, one question each.
async fn met(house: &House) -> Changes {
    let customer = house.let_in("Erna").await;
    let changes = screened(customer, None, vec![hit("1", Topic::Sanction), hit("2", Topic::Pep)], at(5));
    house.apply(&changes).await;
    changes
}

engines! {
    async fn a_case_reads_back_through_its_life(house: House) {
        let changes = met(&house).await;
        let case = changes.case.expect("a case was opened");
        assert_eq!((case.version, case.questions.len()), (1, 2));
        assert_eq!(house.store.case(&house.ctx, case.id).await, Ok(Some(case.clone())));
        assert_eq!(house.store.open_case(&house.ctx, case.customer).await, Ok(Some(case.clone())));
        assert_eq!(house.store.tenant_of_case(case.id).await, Ok(Some(house.ctx.tenant)));
        assert_eq!(house.store.tenant_of_case(CaseId(uuid())).await, Ok(None));
        let taken = take(changes.customer, case, "ana", &mut Counter, at(6)).expect("open");
        house.apply(&taken).await;
        let case = taken.case.expect("moved");
        assert_eq!(house.store.open_case(&house.ctx, case.customer).await, Ok(Some(case.clone())));
        // A further screening puts two questions more to the same case: one change.
        let again = vec![hit("3", Topic::Sanction), hit("4", Topic::Pep)];
        let more = screened(taken.customer, Some(case), again, at(7));
        house.apply(&more).await;
        let case = more.case.expect("touched");
        let decision =
            Decide { check: None, outcome: Outcome::FalsePositive, by: "ana".to_owned(), reason: pii("planted reason") };
        let decided = decide(more.customer, case, &decision, &mut Counter, at(8)).expect("open");
        house.apply(&decided).await;
        let case = decided.case.expect("closed");
        assert_eq!(house.store.case(&house.ctx, case.id).await, Ok(Some(case.clone())));
        assert_eq!(house.store.open_case(&house.ctx, case.customer).await, Ok(None));
    }

    async fn a_stale_case_conflicts(house: House) {
        let changes = met(&house).await;
        let case = changes.case.expect("opened");
        let taken = take(changes.customer, case.clone(), "ana", &mut Counter, at(6)).expect("open");
        house.apply(&taken).await;
        // Decides on the newest customer, but on the case as it was before.
        let stale = take(taken.customer, case, "bob", &mut Counter, at(7)).expect("it looks open");
        let mut write = house.store.write(&house.ctx, at(7));
        write.apply(&stale).expect("its tenant");
        assert_eq!(write.commit().await, Err(CommitError::Conflict));
    }

    async fn cases_are_listed_by_what_is_clear(house: House) {
        let (first, second) = (met(&house).await.case.expect("opened"), met(&house).await);
        let taken =
            take(second.customer, second.case.expect("opened"), "ana", &mut Counter, at(6)).expect("open");
        house.apply(&taken).await;
        let taken = taken.case.expect("moved");
        let listed = async |filter: CaseFilter| {
            let cases = house.store.cases(&filter, 10).await.expect("readable");
            cases.iter().map(|case| case.id).collect::<Vec<_>>()
        };
        assert_eq!(listed(CaseFilter::default()).await, [first.id, taken.id]);
        assert_eq!(listed(CaseFilter { state: Some("in_review"), ..CaseFilter::default() }).await, [taken.id]);
        assert_eq!(listed(CaseFilter { tenant: Some(house.other.tenant), ..CaseFilter::default() }).await, []);
        let (tenant, customer) = (Some(house.ctx.tenant), Some(first.customer));
        assert_eq!(listed(CaseFilter { tenant, customer, state: Some("open"), unclosed: true }).await, [first.id]);
        let unclosed = CaseFilter { unclosed: true, ..CaseFilter::default() };
        assert_eq!(listed(unclosed.clone()).await, [first.id, taken.id]);
        let decision =
            Decide { check: None, outcome: Outcome::TrueMatch, by: "ana".to_owned(), reason: pii("planted reason") };
        let customer = house.store.customer(&house.ctx, taken.customer).await.expect("readable").expect("there");
        let closed = decide(customer, taken.clone(), &decision, &mut Counter, at(8)).expect("open");
        house.apply(&closed).await;
        assert_eq!(listed(unclosed).await, [first.id]);
        let summaries = house.store.cases(&CaseFilter::default(), 1).await.expect("readable");
        assert_eq!((summaries[0].questions, summaries[0].hits, summaries[0].state.as_str()), (2, 2, "open"));
        assert_eq!(house.store.case(&house.other, first.id).await, Ok(None));
        assert_eq!(house.store.open_case(&house.other, first.customer).await, Ok(None));
    }

    async fn evidence_reads_back_to_the_bit(house: House) {
        let evidence = met(&house).await.evidence.expect("it was screened");
        assert_eq!(house.store.evidence(&house.ctx, evidence.id).await, Ok(Some(evidence.clone())));
        assert_eq!(house.store.evidence(&house.other, evidence.id).await, Ok(None));
    }
}
