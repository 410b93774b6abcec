//! Idempotency: one id, one effect.

use std::sync::Arc;

use store::{Answer, CommitError, StoreError};
use testkit::engines;

use crate::house::{House, at, erna};

fn answer(id: [u8; 32], second: i64) -> Answer {
    Answer {
        id,
        fingerprint: [2; 32],
        status: 201,
        body: b"{\"name\":\"planted body\"}".to_vec(),
        request_id: "req-1".to_owned(),
        created_at: at(second),
        kept_until: at(second + 100),
    }
}

engines! {
    async fn sixty_four_at_once_have_one_effect(house: House) {
        let house = Arc::new(house);
        let mut requests = tokio::task::JoinSet::new();
        for n in 0..64 {
            let house = Arc::clone(&house);
            requests.spawn(async move {
                let changes = erna(&house.ctx, &format!("Erna{n}"), at(0));
                let mut write = house.store.write(&house.ctx, at(0));
                write.apply(&changes).expect("its tenant");
                write.remember(&answer([1; 32], 0)).expect("small");
                write.commit().await
            });
        }
        let results = requests.join_all().await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        let taken = results.iter().filter(|result| matches!(result, Err(CommitError::AnswerTaken))).count();
        assert_eq!(taken, 63);
        let customers = house.store.customers(&house.ctx, &store::CustomerFilter::default(), 0, 100).await;
        assert_eq!(customers.map(|customers| customers.len()), Ok(1));
        assert_eq!(house.store.answer(&house.ctx, [1; 32], at(0)).await, Ok(Some(answer([1; 32], 0))));
        // The same id of another tenant is another id.
        assert_eq!(house.store.answer(&house.other, [1; 32], at(0)).await, Ok(None));
    }

    async fn an_answer_is_kept_for_its_time(house: House) {
        let remember = async |answer: Answer| {
            let mut write = house.store.write(&house.ctx, answer.created_at);
            write.remember(&answer).expect("small");
            write.commit().await
        };
        assert!(remember(answer([1; 32], 0)).await.is_ok());
        assert_eq!(remember(answer([1; 32], 99)).await, Err(CommitError::AnswerTaken));
        assert_eq!(house.store.answer(&house.ctx, [1; 32], at(1)).await, Ok(None));
        assert!(remember(answer([1; 32], 100)).await.is_ok());
        assert_eq!(house.store.answer(&house.ctx, [1; 32], at(1)).await, Ok(Some(answer([1; 32], 100))));
        assert!(remember(answer([2; 32], 0)).await.is_ok());
        assert_eq!(house.store.purge_answers(at(150), 10).await, Ok(1));
        assert_eq!(house.store.answer(&house.ctx, [2; 32], at(0)).await, Ok(None));
        assert!(house.store.answer(&house.ctx, [1; 32], at(0)).await.expect("readable").is_some());
    }

    async fn an_answer_has_a_bound(house: House) {
        let mut large = answer([1; 32], 0);
        large.body = vec![0; Answer::BODY_BYTES_MAX + 1];
        let refused = house.store.write(&house.ctx, at(0)).remember(&large);
        assert_eq!(refused, Err(StoreError::TooLarge { what: "the answer" }));
    }

    async fn a_digest_is_one_tenants_own(house: House) {
        let digest = async |ctx, domain, parts: &[&[u8]]| {
            house.store.keyed_digest(ctx, domain, parts).await.expect("a tenant")
        };
        let mine = digest(&house.ctx, "d", &[b"ab", b"c"]).await;
        assert_eq!(mine, digest(&house.ctx, "d", &[b"ab", b"c"]).await);
        assert_ne!(mine, digest(&house.ctx, "d", &[b"a", b"bc"]).await);
        assert_ne!(mine, digest(&house.ctx, "e", &[b"ab", b"c"]).await);
        assert_ne!(mine, digest(&house.other, "d", &[b"ab", b"c"]).await);
        let nobody = store::Ctx::system(onboarding::TenantId(crate::house::uuid()));
        assert_eq!(house.store.keyed_digest(&nobody, "d", &[]).await, Err(StoreError::NoSuchTenant));
    }
}
