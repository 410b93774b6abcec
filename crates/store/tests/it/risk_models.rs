//! Risk models: versions that count up, activations that are kept, each tenant apart; ratings that come back.

use onboarding::CustomerId;
use onboarding::risk::{Facts, Level, Model, rate, rerate};
use store::RiskActivation;
use testkit::engines;
use uuid::Uuid;

use crate::house::{Counter, House, at};

fn activation(version: u32, from: i64, decided: i64) -> RiskActivation {
    let by = "anna".to_owned();
    RiskActivation { version, effective_from: at(from), activated_by: by, activated_at: at(decided) }
}

engines! {
    async fn versions_count_up_a_tenant(house: House) {
        for (ctx, expected) in [(&house.ctx, 1), (&house.ctx, 2), (&house.other, 1)] {
            let text = format!("text {expected}");
            let put = house.store.put_risk_model(ctx, "Standard", &text, "anna", at(5)).await.expect("room");
            assert_eq!((put.version, put.created_at), (expected, at(5)));
            assert_eq!(house.store.risk_model(ctx, expected).await, Ok(Some(text)));
        }
        let versions: Vec<_> = house.store.risk_models(&house.ctx).await.expect("readable");
        assert_eq!(versions.iter().map(|model| model.version).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(house.store.risk_model(&house.other, 2).await, Ok(None), "another tenant's");
    }

    async fn activations_are_kept_and_the_last_to_come_is_first(house: House) {
        for _ in 0..2 {
            house.store.put_risk_model(&house.ctx, "Standard", "text", "anna", at(1)).await.expect("room");
        }
        for (made, there) in [(activation(1, 100, 2), true), (activation(2, 50, 3), true), (activation(2, 100, 4), true),
            (activation(3, 100, 5), false)] {
            assert_eq!(house.store.activate_risk_model(&house.ctx, &made).await, Ok(there), "{made:?}");
        }
        let all = house.store.risk_activations(&house.ctx).await.expect("readable");
        assert_eq!(all, [activation(2, 100, 4), activation(1, 100, 2), activation(2, 50, 3)]);
        assert_eq!(house.store.activate_risk_model(&house.other, &activation(1, 1, 1)).await, Ok(false));
    }

    async fn a_rating_comes_back_and_is_counted(house: House) {
        let (one, two) = (house.let_in("Erna").await, house.let_in("Ilse").await);
        let facts = Facts { stated_level: Some(Level::Medium), ..Facts::default() };
        let rating = rate(Model::shipped(), &facts);
        assert!(!rating.factors.is_empty());
        let level = rating.level;
        let changes = rerate(one, rating.clone(), &mut Counter, at(1)).expect("a first rating");
        assert_eq!(changes.events[0].to, Some(level.as_str()));
        house.apply(&changes).await;
        let read = house.store.customer(&house.ctx, changes.customer.id).await.expect("readable").expect("there");
        assert_eq!(read, changes.customer);
        assert_eq!(read.rating.as_ref(), Some(&rating));
        assert!(rerate(read, rating, &mut Counter, at(2)).is_none(), "the same rating changes nothing");
        let mut counts = house.store.risk_levels(&house.ctx).await.expect("readable");
        counts.sort();
        assert_eq!(counts, [(None, 1), (Some(level), 1)]);
        let page = house.store.customers_after(&house.ctx, CustomerId(Uuid::nil()), 1).await.expect("readable");
        let page: Vec<_> = page.read().collect();
        let next = house.store.customers_after(&house.ctx, page[0].0, 9).await.expect("readable");
        let next: Vec<_> = next.read().collect();
        assert_eq!((page.len(), next.len()), (1, 1));
        assert!(page[0].0 < next[0].0 && [page[0].0, next[0].0].contains(&two.id));
    }
}
