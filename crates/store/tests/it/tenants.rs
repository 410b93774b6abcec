//! Tenants.

use std::collections::BTreeMap;

use store::{CommitError, StoreError, Tenant};
use testkit::engines;

use crate::house::{House, at, master, open, pii, run, tenant, uuid};

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
        let tenant = house.store.tenant(house.ctx.tenant).await.expect("readable").expect("there");
        assert_eq!(tenant.secrets["hawk.callbackSecret"], pii("planted-callback-secret"));
        let changed = Tenant {
            settings: [("a".to_owned(), "b".to_owned())].into(),
            secrets: [("c".to_owned(), pii("planted-other"))].into(),
            version: 2,
            ..tenant.clone()
        };
        let change = async |changed: &Tenant| {
            let mut write = house.store.write(&house.ctx, at(1));
            write.settings_changed(changed).expect("its tenant");
            write.commit().await.map(drop)
        };
        assert_eq!(change(&changed).await, Ok(()));
        assert_eq!(change(&changed).await, Err(CommitError::Conflict));
        assert_eq!(house.store.tenant(tenant.id).await, Ok(Some(changed.clone())));
        let other = house.store.tenant(house.other.tenant).await.expect("readable").expect("there");
        assert_eq!((other.version, other.power), (1, false));
        assert!(house.store.write(&house.ctx, at(1)).settings_changed(&other).is_err());
        // Secrets of an older version do not open in a newer row.
        let raw = house.raw().await;
        run(&raw, "UPDATE tenants SET version=3 WHERE version=2", vec![]).await;
        assert!(matches!(house.store.tenant(tenant.id).await, Err(StoreError::Inconsistent(_))));
        let none = Tenant { secrets: BTreeMap::new(), version: 4, ..changed };
        assert_eq!(change(&none).await, Ok(()));
        assert_eq!(house.store.tenant(tenant.id).await, Ok(Some(none)));
    }
}
