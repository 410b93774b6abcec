//! Tenants.

use std::collections::BTreeMap;

use store::{CommitError, Tenant};
use testkit::engines;

use crate::house::{House, at, master, open, tenant, uuid};

engines! {
    async fn a_tenant_is_found_by_id_and_key(house: House) {
        let made = tenant("three");
        house.store.create_tenant(&made, &[]).await.expect("new");
        assert_eq!(house.store.tenant(made.id).await, Ok(Some(made.clone())));
        assert_eq!(house.store.tenant_by_key("three").await, Ok(Some(made.clone())));
        assert_eq!(house.store.tenant_by_key("four\0").await, Ok(None));
        assert_eq!(house.store.tenants().await.map(|tenants| tenants.len()), Ok(3));
        let twin = Tenant { id: onboarding::TenantId(uuid()), ..made.clone() };
        assert_eq!(house.store.create_tenant(&twin, &[]).await, Err(CommitError::TenantTaken));
        assert!(house.store.tenant(twin.id).await == Ok(None));
        // Another opening of the same store has its keys as well.
        let again = open(&house.files, master()).await.expect("the same key");
        let ctx = store::Ctx::system(made.id);
        assert_eq!(again.keyed_digest(&ctx, "d", &[]).await, house.store.keyed_digest(&ctx, "d", &[]).await);
    }

    async fn settings_change_one_version_at_a_time(house: House) {
        let settings: BTreeMap<String, String> = [("a".to_owned(), "b".to_owned())].into();
        assert_eq!(house.store.set_settings(&house.ctx, &settings, 1, at(1)).await, Ok(()));
        assert_eq!(house.store.set_settings(&house.ctx, &settings, 1, at(2)).await, Err(CommitError::Conflict));
        let read = house.store.tenant(house.ctx.tenant).await.expect("readable").expect("there");
        assert_eq!((read.settings, read.version), (settings, 2));
        assert_eq!(house.store.tenant(house.other.tenant).await.map(|other| other.map(|other| other.version)), Ok(Some(1)));
    }
}
