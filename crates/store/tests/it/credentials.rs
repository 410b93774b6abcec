//! Credentials and tokens.

use store::{CommitError, CredentialKind, NewCredential, Scopes, Token};
use testkit::engines;

use crate::house::{House, at, uuid};

fn credential(public_id: &str, secret: u8, kind: CredentialKind) -> NewCredential {
    NewCredential {
        id: uuid(),
        kind,
        public_id: public_id.to_owned(),
        secret_hash: [secret; 32],
        scopes: Scopes::default(),
    }
}

engines! {
    async fn a_credential_is_found_by_what_is_sent(house: House) {
        let client = credential("client-1", 1, CredentialKind::Client);
        let key = credential("key-1", 2, CredentialKind::ApiKey);
        for one in [&client, &key] {
            house.store.create_credential(&house.ctx, one, at(0)).await.expect("new");
        }
        let found = house.store.credential_by_public_id("client-1").await.expect("readable").expect("there");
        assert_eq!((found.id, found.tenant, found.secret_hash), (client.id, house.ctx.tenant, [1; 32]));
        assert_eq!(house.store.credential_by_public_id("client-2\0").await, Ok(None));
        let by_secret = async |kind, secret: u8| {
            house.store.credential_by_secret_hash(kind, [secret; 32]).await.expect("readable").map(|found| found.id)
        };
        assert_eq!(by_secret(CredentialKind::ApiKey, 2).await, Some(key.id));
        assert_eq!(by_secret(CredentialKind::ApiKey, 1).await, None);
        assert_eq!(by_secret(CredentialKind::TransferSecret, 2).await, None);
        let twin = credential("client-1", 9, CredentialKind::Client);
        let refused = house.store.create_credential(&house.other, &twin, at(0)).await;
        assert_eq!(refused, Err(CommitError::TenantTaken));
        assert_eq!(house.store.credentials(&house.ctx).await.map(|all| all.len()), Ok(2));
        assert_eq!(house.store.credentials(&house.other).await, Ok(vec![]));
    }

    async fn a_credential_is_good_for_what_it_names(house: House) {
        let scopes = Scopes::of(["hawk".to_owned(), "cos".to_owned()]);
        let narrow = NewCredential { scopes: scopes.clone(), ..credential("pair-1", 3, CredentialKind::Pair) };
        house.store.create_credential(&house.ctx, &narrow, at(0)).await.expect("new");
        let found = house.store.credential_by_id(narrow.id).await.expect("readable").expect("there");
        assert_eq!((found.tenant, found.kind, &found.scopes), (house.ctx.tenant, CredentialKind::Pair, &scopes));
        assert_eq!(house.store.credential_by_id(uuid()).await, Ok(None));
        assert_eq!((found.scopes.cover("hawk"), found.scopes.cover("waldo"), Scopes::default().cover("waldo")), (true, false, true));
        house.store.issue_token([6; 32], narrow.id, house.ctx.tenant, at(1), at(61)).await.expect("issued");
        assert_eq!(house.store.token([6; 32]).await.map(|token| token.map(|token| token.scopes)), Ok(Some(scopes)));
    }

    async fn a_revoked_credential_takes_its_tokens_with_it(house: House) {
        let client = credential("client-1", 1, CredentialKind::Client);
        house.store.create_credential(&house.ctx, &client, at(0)).await.expect("new");
        let tenant = house.ctx.tenant;
        house.store.issue_token([7; 32], client.id, tenant, at(1), at(61)).await.expect("issued");
        house.store.issue_token([8; 32], client.id, tenant, at(1), at(31)).await.expect("issued");
        let token = Token { tenant, credential: client.id, scopes: Scopes::default(), expires_at: at(61) };
        assert_eq!(house.store.token([7; 32]).await, Ok(Some(token)));
        assert_eq!(house.store.token([9; 32]).await, Ok(None));
        assert_eq!(house.store.purge_tokens(at(31), 10).await, Ok(1));
        assert_eq!(house.store.token([8; 32]).await, Ok(None));
        assert_eq!(house.store.revoke_credential(&house.other, client.id, at(2)).await, Ok(false));
        assert_eq!(house.store.revoke_credential(&house.ctx, client.id, at(2)).await, Ok(true));
        assert_eq!(house.store.revoke_credential(&house.ctx, client.id, at(3)).await, Ok(false));
        assert_eq!(house.store.token([7; 32]).await, Ok(None));
        let found = house.store.credential_by_public_id("client-1").await.expect("readable").expect("kept");
        assert_eq!(found.revoked_at, Some(at(2)));
    }
}
