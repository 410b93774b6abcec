//! What-ifs, from the asking to the report, or to their being given up.

use store::{Ctx, WhatIfState};
use testkit::engines;
use uuid::Uuid;

use crate::house::{House, LEASE, at};

async fn state(house: &House, id: Uuid) -> WhatIfState {
    house.store.what_if(&house.ctx, id).await.expect("readable").expect("it is kept").state
}

engines! {
    async fn one_that_is_given_up_while_it_runs_stays_given_up(house: House) {
        let [one, other] = [1, 2].map(Uuid::from_u128);
        for id in [one, other] {
            assert_eq!(house.store.add_what_if(&house.ctx, id, b"{}", 2, at(1)).await, Ok(true));
        }
        assert_eq!(house.store.add_what_if(&house.ctx, Uuid::from_u128(3), b"{}", 2, at(1)).await, Ok(false));
        let (row, tenant, attempt) = house.store.claim_what_if(at(2), LEASE).await.expect("claimed").expect("it waits");
        assert_eq!((row.id, tenant), (one, house.ctx.tenant));
        let goes_on = house.store.go_on_with_what_if(&house.ctx, one, attempt, (5, 10), at(3), LEASE).await;
        assert_eq!(goes_on, Ok(true));
        let stranger = Ctx::system(onboarding::TenantId(Uuid::max()));
        assert_eq!(house.store.cancel_what_if(&stranger, one, at(4)).await, Ok(false));
        assert_eq!(house.store.cancel_what_if(&house.ctx, one, at(4)).await, Ok(true));
        let goes_on = house.store.go_on_with_what_if(&house.ctx, one, attempt, (10, 10), at(5), LEASE).await;
        assert_eq!(goes_on, Ok(false), "whoever works on it learns of it with the next page");
        house.store.end_what_if(&house.ctx, one, attempt, WhatIfState::Done, Some(b"{}"), at(6)).await.expect("nothing");
        assert_eq!(state(&house, one).await, WhatIfState::Cancelled);
        assert_eq!(house.store.cancel_what_if(&house.ctx, one, at(7)).await, Ok(false), "it has ended");

        // Whoever is given the next one and dies leaves it to another, who begins anew.
        let (row, _, lost) = house.store.claim_what_if(at(8), LEASE).await.expect("claimed").expect("it waits");
        assert_eq!(row.id, other);
        assert_eq!(house.store.claim_what_if(at(8), LEASE).await, Ok(None));
        let later = at(100_000);
        let (again, _, held) = house.store.claim_what_if(later, LEASE).await.expect("claimed").expect("nobody holds it");
        assert_eq!((again.id, again.passed), (other, 0));
        house.store.end_what_if(&house.ctx, other, lost, WhatIfState::Failed, None, later).await.expect("nothing");
        assert_eq!(state(&house, other).await, WhatIfState::Running);
        house.store.end_what_if(&house.ctx, other, held, WhatIfState::Done, Some(b"r"), later).await.expect("ended");
        let done = house.store.what_if(&house.ctx, other).await.expect("readable").expect("it is kept");
        assert_eq!((done.state, done.report.as_deref()), (WhatIfState::Done, Some(&b"r"[..])));
    }
}
