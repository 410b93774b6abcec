//! Users, sessions, mailed tokens, signing keys, categories and account numbers.

use std::collections::BTreeSet;

use onboarding::Hierarchy;
use onboarding::changes::Work;
use store::{Attempt, CommitError, NewUser, PasswordHash, Session, SigningKey, StoreError};
use testkit::engines;
use uuid::Uuid;

use crate::house::{House, at, pii, rows, uuid};

const HASH: &str = "$argon2id$planted-hash";

impl House {
    async fn user(&self, first: &str) -> NewUser {
        let customer = self.let_in(first).await;
        let email = pii(&format!("{first}@planted.example"));
        let user = NewUser { id: uuid(), customer: customer.id, email, password: PasswordHash(HASH.to_owned()) };
        let mut write = self.store.write(&self.ctx, at(0));
        write.user_created(&user);
        write.commit().await.expect("a new user");
        user
    }

    async fn try_once(&self, user: Uuid, second: i64) -> Option<Attempt> {
        self.store.attempt(&self.ctx, user, 5, at(second + 1_800), at(second)).await.expect("counted")
    }
}

engines! {
    async fn an_address_is_unique_in_its_tenant_in_whatever_case(house: House) {
        let erna = house.user("erna").await;
        let twin = NewUser { id: uuid(), email: pii("ERNA@Planted.Example"), ..erna.clone() };
        let mut write = house.store.write(&house.ctx, at(1));
        write.user_created(&twin);
        assert_eq!(write.commit().await, Err(CommitError::EmailTaken));
        let mut write = house.store.write(&house.other, at(1));
        write.user_created(&twin);
        assert!(write.commit().await.is_ok(), "another tenant's customers are others");

        let found = house.store.user(&house.ctx, erna.id, &pii("Erna@planted.example")).await.expect("readable");
        let found = found.expect("there");
        assert_eq!((found.customer, found.has_email, found.password.0.as_str()), (erna.customer, true, HASH));
        let found = house.store.user(&house.ctx, erna.id, &pii("max@planted.example")).await.expect("readable");
        assert!(!found.expect("there").has_email);
        assert_eq!(house.store.user(&house.other, erna.id, &erna.email).await, Ok(None));
        let planted = rows(&house.raw().await, "SELECT sealed, email_token FROM users", vec![]).await;
        for row in planted {
            let bytes = [row.bytes("sealed").expect("bytes"), row.bytes("email_token").expect("bytes")].concat();
            assert!(!bytes.windows(7).any(|part| part == b"planted"));
        }
    }

    async fn a_hundred_tries_at_once_are_five(house: House) {
        let erna = house.user("erna").await;
        let tries: Vec<_> = (0..100)
            .map(|_| {
                let (store, ctx, user) = (house.store.clone(), house.ctx.clone(), erna.id);
                tokio::spawn(async move { store.attempt(&ctx, user, 5, at(1_800), at(0)).await })
            })
            .collect();
        let mut counted = Vec::new();
        let mut locked = 0;
        for attempt in tries {
            match attempt.await.expect("no panic").expect("counted").expect("the user is there") {
                Attempt::Counted { failed, locked_until } => counted.push((failed, locked_until)),
                Attempt::Locked { until } => {
                    assert_eq!(until, at(1_800));
                    locked += 1;
                }
            }
        }
        counted.sort();
        assert_eq!(counted, [(1, None), (2, None), (3, None), (4, None), (5, Some(at(1_800)))]);
        assert_eq!(locked, 95);
    }

    async fn a_lock_ends_and_a_success_ends_the_count(house: House) {
        let erna = house.user("erna").await;
        for failed in 1..=4 {
            assert_eq!(house.try_once(erna.id, 0).await, Some(Attempt::Counted { failed, locked_until: None }));
        }
        let session = Session { hash: [1; 32], user: erna.id, customer: erna.customer, expires_at: at(3_600) };
        let mut write = house.store.write(&house.ctx, at(0));
        write.signed_in(&session);
        write.commit().await.expect("signed in");
        for failed in 1..=5 {
            let locked_until = (failed == 5).then(|| at(1_800));
            assert_eq!(house.try_once(erna.id, 0).await, Some(Attempt::Counted { failed, locked_until }));
        }
        assert_eq!(house.try_once(erna.id, 1_799).await, Some(Attempt::Locked { until: at(1_800) }));
        let first = Some(Attempt::Counted { failed: 1, locked_until: None });
        assert_eq!(house.try_once(erna.id, 1_800).await, first);
        assert_eq!(house.try_once(uuid(), 0).await, None);
        assert_eq!(house.store.attempt(&house.other, erna.id, 5, at(9), at(0)).await, Ok(None));
    }

    async fn a_session_is_in_force_until_it_is_ended(house: House) {
        let erna = house.user("erna").await;
        for n in 1..=3 {
            let expires_at = at(3_600 * i64::from(n));
            let mut write = house.store.write(&house.ctx, at(0));
            write.signed_in(&Session { hash: [n; 32], user: erna.id, customer: erna.customer, expires_at });
            write.commit().await.expect("signed in");
        }
        let there = async |n: u8| house.store.session(&house.ctx, [n; 32]).await.expect("readable").is_some();
        assert!(there(1).await && there(2).await && !there(9).await);
        assert_eq!(house.store.session(&house.other, [1; 32]).await, Ok(None));
        assert_eq!(house.store.end_session(&house.other, erna.id, [1; 32], at(1)).await, Ok(false));
        assert_eq!(house.store.end_session(&house.ctx, uuid(), [1; 32], at(1)).await, Ok(false));
        assert_eq!(house.store.end_session(&house.ctx, erna.id, [1; 32], at(1)).await, Ok(true));
        assert_eq!(house.store.end_session(&house.ctx, erna.id, [1; 32], at(1)).await, Ok(false));
        assert!(!there(1).await && there(2).await);
        assert_eq!(house.store.end_sessions(&house.ctx, erna.id, at(2)).await, Ok(2));
        assert!(!there(2).await && !there(3).await);
        assert_eq!(house.store.purge_sessions(at(7_200), 10).await, Ok(2));
    }

    async fn a_mailed_token_is_used_once_and_the_newest_counts(house: House) {
        let erna = house.user("erna").await;
        let use_it = async |hash: [u8; 32], second: i64| {
            let mut write = house.store.write(&house.ctx, at(second));
            write.email_token_used(erna.id, hash);
            write.commit().await.map(drop)
        };
        house.store.put_email_token(&house.ctx, erna.id, [1; 32], at(100)).await.expect("kept");
        house.store.put_email_token(&house.ctx, erna.id, [2; 32], at(200)).await.expect("kept");
        assert_eq!(use_it([1; 32], 1).await, Err(CommitError::TokenGone), "another was sent since");
        assert_eq!(use_it([2; 32], 200).await, Err(CommitError::TokenGone), "expired");
        assert_eq!(use_it([2; 32], 199).await, Ok(()));
        assert_eq!(use_it([2; 32], 199).await, Err(CommitError::TokenGone), "used");
        house.store.put_email_token(&house.ctx, erna.id, [3; 32], at(300)).await.expect("kept");
        assert_eq!(house.store.purge_email_tokens(at(300), 10).await, Ok(1));
        let mut write = house.store.write(&house.ctx, at(0));
        write.work_due(erna.customer, Work::VerifyEmail);
        let jobs = write.commit().await.expect("due").jobs;
        assert_eq!(jobs.iter().map(|job| job.kind).collect::<Vec<_>>(), [Work::VerifyEmail]);
    }

    async fn signing_keys_are_sealed_and_retired(house: House) {
        let key = |id: &str, algorithm: &str, second: i64| SigningKey {
            key_id: id.to_owned(),
            tenant: house.ctx.tenant,
            algorithm: algorithm.to_owned(),
            created_at: at(second),
            retired_at: None,
            secret: b"planted-secret".to_vec().into(),
        };
        for (one, retires) in [(key("k1", "HS256", 1), false), (key("k2", "HS256", 2), true), (key("k3", "EdDSA", 3), false)] {
            house.store.put_signing_key(&house.ctx, &one, retires).await.expect("kept");
        }
        let foreign = house.store.put_signing_key(&house.other, &key("k4", "HS256", 4), false).await;
        assert_eq!(foreign, Err(StoreError::NoSuchTenant));
        let newest = async |algorithm: &str| {
            house.store.newest_signing_key(&house.ctx, algorithm).await.expect("readable").map(|key| key.key_id)
        };
        assert_eq!(newest("HS256").await.as_deref(), Some("k2"));
        assert_eq!(newest("EdDSA").await.as_deref(), Some("k3"));
        let retired = house.store.signing_key("k1").await.expect("readable").expect("kept");
        assert_eq!((retired.retired_at, &retired.secret[..]), (Some(at(2)), &b"planted-secret"[..]));
        let accepted = async |second: i64| {
            let keys = house.store.accepted_signing_keys("HS256", at(second), 9).await.expect("readable");
            keys.into_iter().map(|key| key.key_id).collect::<Vec<_>>()
        };
        assert_eq!(accepted(1).await, ["k1", "k2"]);
        assert_eq!(accepted(2).await, ["k2"]);
        let raw = rows(&house.raw().await, "SELECT sealed FROM signing_keys", vec![]).await;
        assert!(raw.iter().all(|row| !row.bytes("sealed").expect("bytes").windows(7).any(|part| part == b"planted")));
        assert_eq!(house.store.purge_signing_keys(&house.ctx, at(2)).await, Ok(1));
        assert!(house.store.signing_key("k1").await.expect("readable").is_none());
    }

    async fn account_numbers_are_given_once(house: House) {
        let draws: Vec<_> = (0..50)
            .map(|_| {
                let store = house.store.clone();
                tokio::spawn(async move { store.next_account_number("DE99999999").await })
            })
            .collect();
        let mut numbers = BTreeSet::new();
        for draw in draws {
            numbers.insert(draw.await.expect("no panic").expect("a number"));
        }
        assert_eq!(numbers, (0..50).collect());
        assert_eq!(house.store.next_account_number("GBVEST999999").await, Ok(0));
    }

    async fn categories_are_the_tenants_own(house: House) {
        assert_eq!(house.store.hierarchy(&house.ctx).await, Ok(None));
        let mut hierarchy = Hierarchy::default();
        for level in ["BASIC", "STRICT"] {
            hierarchy.compliance_level = level.to_owned();
            house.store.put_hierarchy(&house.ctx, &hierarchy, at(1)).await.expect("kept");
        }
        assert_eq!(house.store.hierarchy(&house.ctx).await, Ok(Some(hierarchy)));
        assert_eq!(house.store.hierarchy(&house.other).await, Ok(None));
    }
}
