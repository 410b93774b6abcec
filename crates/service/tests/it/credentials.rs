//! Who may ask: pairs, scopes, tokens that slide, and what revoking does.

use jiff::SignedDuration;
use service::tenants::TenantKind;
use service::{AuthError, CredentialKind, Refused};

use crate::house::House;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

#[tokio::test]
async fn a_pair_is_known_wrong_or_revoked() {
    let house = House::open(TenantKind::default(), false).await;
    let (service, made) = (&house.service, &house.made);
    let (key, secret) = (&made.waldo_api_key, &made.waldo_client_secret);
    assert!(key.starts_with("wk.") && secret.starts_with("ws."), "{key}");
    let caller = service.authenticate_pair(key, secret).await.expect("right");
    assert_eq!(caller.tenant_id(), made.tenant.id);
    for (key, secret) in [(key.as_str(), "ws.x"), ("wk.x", secret), (&made.client_id, &made.client_secret)] {
        assert!(matches!(service.authenticate_pair(key, secret).await, Err(AuthError::Unknown)), "{key}");
    }
    // Nor does a pair pass for an OAuth client, or an API key for one.
    assert!(matches!(service.issue_token(key, secret).await, Err(AuthError::Unknown)));
    let token = service.token_for(&caller, HOUR).await.expect("issued");
    assert_eq!(token.lifetime, HOUR);
    assert_eq!(service.authenticate(&token.token).await.expect("fresh").tenant_id(), made.tenant.id);
    assert_eq!(service.revoke_credential(key).await.ok(), Some(true));
    assert_eq!(service.revoke_credential(key).await.ok(), Some(false));
    assert!(matches!(service.revoke_credential("wk.x").await, Err(Refused::NotFound)));
    assert!(matches!(service.authenticate_pair(key, secret).await, Err(AuthError::Revoked)));
    assert!(matches!(service.authenticate_pair(key, "ws.x").await, Err(AuthError::Unknown)), "no word to a stranger");
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert!(matches!(service.authenticate(&token.token).await, Err(AuthError::Unknown)));
}

#[tokio::test]
async fn a_sandbox_tenant_has_the_vendors_prefixes() {
    let house = House::open(TenantKind { sandbox: true, power: true }, false).await;
    let made = &house.made;
    assert!(made.waldo_api_key.starts_with("sandbox.wk.") && made.waldo_client_secret.starts_with("sandbox.ws."));
    let tenant = house.service.tenant(&made.tenant.key).await.expect("there");
    assert!(tenant.sandbox && tenant.power);
    assert!(house.service.authenticate_pair(&made.waldo_api_key, &made.waldo_client_secret).await.is_ok());
}

#[tokio::test]
async fn a_token_to_go_on_with_is_good_for_its_time_and_not_made_for_every_answer() {
    let house = House::open(TenantKind::default(), false).await;
    let caller = house.caller().await;
    let first = house.service.fresh_token(&caller, HOUR).await.expect("issued");
    assert_eq!(house.service.fresh_token(&caller, HOUR).await.expect("issued"), first);
    house.clock.advance(SignedDuration::from_mins(2));
    let second = house.service.fresh_token(&caller, HOUR).await.expect("issued");
    assert_ne!(first, second);
    house.clock.advance(SignedDuration::from_mins(59));
    assert!(matches!(house.service.authenticate(&first).await, Err(AuthError::Unknown)), "it has expired");
    assert!(house.service.authenticate(&second).await.is_ok());
}

#[tokio::test]
async fn a_credential_is_good_for_the_dialects_it_names() {
    let house = House::open(TenantKind::default(), false).await;
    let (service, tenant) = (&house.service, &house.made.tenant.key);
    assert!(house.caller().await.may_speak("hawk") && house.caller().await.may_speak("cos"));
    let narrow = service.create_credential(tenant, CredentialKind::ApiKey, &["cos".to_owned()]).await.expect("made");
    let caller = service.caller_of_api_key(&narrow.secret).await.expect("known");
    assert_eq!((caller.may_speak("cos"), caller.may_speak("hawk")), (true, false));
    let refused = service.create_credential(tenant, CredentialKind::ApiKey, &["pudding".to_owned()]).await;
    assert!(matches!(refused, Err(Refused::State(_))));
    let client = service.create_credential(tenant, CredentialKind::Client, &["hawk".to_owned()]).await.expect("made");
    let token = service.issue_token(&client.public_id, &client.secret).await.expect("right");
    assert!(!service.authenticate(&token.token).await.expect("fresh").may_speak("cos"));
    let kinds: Vec<_> = service.credentials(tenant).await.expect("there").iter().map(|one| one.kind).collect();
    assert_eq!(kinds.len(), 5);
}
