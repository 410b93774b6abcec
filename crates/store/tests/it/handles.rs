//! Handles: whoever shows one is led to its customer, until it ends.

use onboarding::CustomerId;
use store::{Handle, HandleKind, StoreError};
use testkit::engines;

use crate::house::{House, at, rows, uuid};

const CODE: &str = "f825f1646665490aa7ef7942c6f2f159";

engines! {
    async fn a_handle_leads_to_its_customer_until_it_ends(house: House) {
        let (hash, customer) = (HandleKind::Activation.hash(CODE), CustomerId(uuid()));
        let made = Handle {
            hash,
            tenant: house.ctx.tenant,
            customer,
            kind: HandleKind::Activation,
            made_at: at(0),
            ended_at: None,
        };
        assert_eq!(house.store.handle(hash).await, Ok(None));
        let mut write = house.store.write(&house.other, at(0));
        assert_eq!(write.handle_made(&made), Err(StoreError::NoSuchTenant));
        let mut write = house.store.write(&house.ctx, at(0));
        write.handle_made(&made).expect("its own tenant's");
        write.commit().await.expect("a new handle");
        assert_eq!(house.store.handle(hash).await, Ok(Some(made)));
        assert_eq!(house.store.handle(HandleKind::Page.hash(CODE)).await, Ok(None), "it is for something else");

        let mut write = house.store.write(&house.other, at(1));
        write.handle_ended(hash);
        write.commit().await.expect("nothing to end");
        assert_eq!(house.store.handle(hash).await, Ok(Some(made)), "another tenant ends nothing");
        for second in [2, 3] {
            let mut write = house.store.write(&house.ctx, at(second));
            write.handle_ended(hash);
            write.commit().await.expect("ended");
        }
        assert_eq!(house.store.handle(hash).await, Ok(Some(Handle { ended_at: Some(at(2)), ..made })));
        let kept = rows(&house.raw().await, "SELECT hash, kind FROM handles", vec![]).await;
        assert_eq!(kept.len(), 1);
        assert!(!kept[0].bytes("hash").expect("bytes").windows(8).any(|part| CODE.as_bytes().starts_with(part)));
    }
}
