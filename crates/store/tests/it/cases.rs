//! Cases and evidence.

use onboarding::case::{self, About, Act, Asks, Decide, NewQuestion, Outcome, Priority, decide, take};
use onboarding::{CaseId, Changes, Policy};
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

fn said(outcome: Outcome) -> Decide {
    Decide { act: Act::by("ana"), about: About::Everything, outcome, reason: pii("planted reason") }
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
        let taken = take(changes.customer, case, &Act::by("ana"), &mut Counter, at(6)).expect("open");
        house.apply(&taken).await;
        let case = taken.case.expect("moved");
        assert_eq!(house.store.open_case(&house.ctx, case.customer).await, Ok(Some(case.clone())));
        // A further screening puts two questions more to the same case: one change.
        let again = vec![hit("3", Topic::Sanction), hit("4", Topic::Pep)];
        let more = screened(taken.customer, Some(case), again, at(7));
        house.apply(&more).await;
        let case = more.case.expect("touched");
        let decision =
            said(Outcome::FalsePositive);
        let decided = decide(more.customer, case, &decision, &Policy::default(), &mut Counter, at(8)).expect("open");
        house.apply(&decided).await;
        let case = decided.case.expect("closed");
        assert_eq!(house.store.case(&house.ctx, case.id).await, Ok(Some(case.clone())));
        assert_eq!(house.store.open_case(&house.ctx, case.customer).await, Ok(None));
    }

    async fn a_stale_case_conflicts(house: House) {
        let changes = met(&house).await;
        let case = changes.case.expect("opened");
        let taken = take(changes.customer, case.clone(), &Act::by("ana"), &mut Counter, at(6)).expect("open");
        house.apply(&taken).await;
        // Decides on the newest customer, but on the case as it was before.
        let stale = take(taken.customer, case, &Act::by("bob"), &mut Counter, at(7)).expect("it looks open");
        let mut write = house.store.write(&house.ctx, at(7));
        write.apply(&stale).expect("its tenant");
        assert_eq!(write.commit().await, Err(CommitError::Conflict));
    }

    async fn cases_are_listed_by_what_is_clear(house: House) {
        let (first, second) = (met(&house).await.case.expect("opened"), met(&house).await);
        let taken =
            take(second.customer, second.case.expect("opened"), &Act::by("ana"), &mut Counter, at(6)).expect("open");
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
        assert_eq!(listed(CaseFilter { tenant, customer, state: Some("open"), unclosed: true, ..CaseFilter::default() }).await, [first.id]);
        let unclosed = CaseFilter { unclosed: true, ..CaseFilter::default() };
        assert_eq!(listed(unclosed.clone()).await, [first.id, taken.id]);
        let decision =
            said(Outcome::TrueMatch);
        let customer = house.store.customer(&house.ctx, taken.customer).await.expect("readable").expect("there");
        let closed = decide(customer, taken.clone(), &decision, &Policy::default(), &mut Counter, at(8)).expect("open");
        house.apply(&closed).await;
        assert_eq!(listed(unclosed).await, [first.id]);
        let summaries = house.store.cases(&CaseFilter::default(), 1).await.expect("readable");
        assert_eq!((summaries[0].questions, summaries[0].hits, summaries[0].state.as_str()), (2, 2, "open"));
        assert_eq!(house.store.case(&house.other, first.id).await, Ok(None));
        assert_eq!(house.store.open_case(&house.other, first.customer).await, Ok(None));
    }

    async fn a_customer_has_one_open_case(house: House) {
        let customer = house.let_in("Erna").await;
        let opened = |customer, at_second| screened(customer, None, vec![hit("1", Topic::Sanction)], at(at_second));
        let (first, mut second) = (opened(customer.clone(), 5), opened(customer, 6));
        house.apply(&first).await;
        // Somebody who saw the newest customer, but not its case.
        second.customer.version += 1;
        let mut write = house.store.write(&house.ctx, at(6));
        write.apply(&second).expect("its tenant");
        assert_eq!(write.commit().await, Err(CommitError::Conflict));
    }

    async fn what_was_decided_before_can_be_read(house: House) {
        let changes = met(&house).await;
        let case = changes.case.expect("opened");
        let decision = said(Outcome::FalsePositive);
        let closed =
            decide(changes.customer, case, &decision, &Policy::default(), &mut Counter, at(6)).expect("open");
        house.apply(&closed).await;
        let review = NewQuestion::of(Asks::Approval { what: "compliance".to_owned() });
        let asked = case::ask(closed.customer, None, vec![review], &mut Counter, at(7)).expect("new");
        house.apply(&asked).await;
        let (closed, open) = (closed.case.expect("closed"), asked.case.expect("open"));
        let earlier = house.store.closed_cases(&house.ctx, open.customer, 10).await;
        assert_eq!(earlier, Ok(vec![closed]));
        assert_eq!(house.store.closed_cases(&house.other, open.customer, 10).await, Ok(vec![]));
        assert_eq!(house.store.open_case(&house.ctx, open.customer).await, Ok(Some(open)));
    }

    async fn cases_are_found_by_priority_time_and_person_page_by_page(house: House) {
        let (first, second) = (met(&house).await, met(&house).await);
        let given = case::assign(
            first.customer, first.case.expect("opened"), &Act::by("ana"), Some("bob"), &mut Counter, at(6),
        ).expect("open");
        house.apply(&given).await;
        let (first, second) = (given.case.expect("moved"), second.case.expect("opened"));
        let listed = async |filter: CaseFilter| {
            let cases = house.store.cases(&filter, 10).await.expect("readable");
            cases.iter().map(|case| case.id).collect::<Vec<_>>()
        };
        let any = CaseFilter::default;
        let both = [first.id, second.id];
        assert_eq!(listed(CaseFilter { priority: Some(first.priority), ..any() }).await, both);
        assert_eq!(listed(CaseFilter { priority: Some(Priority::Low), ..any() }).await, []);
        assert_eq!(listed(CaseFilter { due_before: Some(first.due_at), ..any() }).await, []);
        assert_eq!(listed(CaseFilter { due_before: Some(jiff::Timestamp::MAX), ..any() }).await, both);
        assert_eq!(listed(CaseFilter { assignee: Some("bob".to_owned()), ..any() }).await, [first.id]);
        assert_eq!(listed(CaseFilter { awaits_confirmation: Some(true), ..any() }).await, []);
        let page = house.store.cases(&any(), 1).await.expect("readable");
        assert_eq!((page[0].id, page[0].assignee.as_deref(), page[0].version), (first.id, Some("bob"), 2));
        let after = Some((page[0].opened_at, page[0].id));
        assert_eq!(listed(CaseFilter { after, ..any() }).await, [second.id]);
    }

    async fn evidence_reads_back_to_the_bit(house: House) {
        let evidence = met(&house).await.evidence.expect("it was screened");
        assert_eq!(house.store.evidence(&house.ctx, evidence.customer, evidence.id).await, Ok(Some(evidence.clone())));
        assert_eq!(house.store.evidence(&house.other, evidence.customer, evidence.id).await, Ok(None));
    }
}
