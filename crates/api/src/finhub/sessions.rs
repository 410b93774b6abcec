//! Sessions: a customer signs in with a password and gets a token; and the keys that tokens can be checked with.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use onboarding::{Pii, Timestamp};
use serde_json::{Value, json};
use service::Refused;
use service::enrolments::{Program, SessionError};
use service::people::{ATTEMPTS_MAX, SignIn, SignInError};

use super::caller::Signed;
use super::envelope::{Payload, answer};
use super::error::Failure;
use super::headers::{Client, named_tenant};
use super::{Counter, paths};
use crate::fields::Object;

/// Longest name, key, secret or id of a session, in characters.
const CREDENTIAL_CHARS_MAX: usize = 512;
/// Longest text that is tried as a password.
const PASSWORD_CHARS_MAX: usize = 1_024;

/// What one signs in with.
struct Credentials {
    email: Pii<String>,
    password: Pii<String>,
    tenant_key: String,
    tenant_secret: String,
}

/// `POST …/{customerId}/users/{userId}/sessions`. Who asks is proved by the tenant's key and secret in the body.
///
/// # Errors
/// 401 for a wrong login and a locked account, 403 for an unknown tenant, 404 for an unknown user.
pub async fn create(
    State(counter): State<Counter>,
    client: Client,
    headers: HeaderMap,
    Path((customer, user)): Path<(String, String)>,
    payload: Payload,
) -> Result<Response, Failure> {
    let customer = paths::customer(&customer).map_err(|_| no_such_user())?;
    let user = paths::prefixed(&user, "", "user").map_err(|_| no_such_user())?;
    let Credentials { email, password, tenant_key, tenant_secret } = payload.read(read)?;
    let named = headers.contains_key("x-tenant-id").then(|| named_tenant(&headers)).transpose()?;
    let program = Program { tenant_key: &tenant_key, tenant_secret: &tenant_secret, also_named: named };
    let asked = SignIn { customer, user, email, password };
    let opened = counter.service.sign_in_at(program, &asked).await;
    let (tenant, session) = opened.map_err(|error| refused(error, &program))?;
    let data = json!({
        "success": true,
        "sessionId": session.id,
        "token": session.token,
        "tokenType": "Bearer",
        "expiresIn": session.lifetime.as_secs(),
        "expiresAt": session.expires_at.to_string(),
        "userId": user.to_string(),
        "customerId": customer.to_string(),
        "roles": session.roles,
        "tenantId": tenant.to_string(),
        "sessionMetadata": metadata(&client, session.created_at),
    });
    Ok(answer("Session created successfully", &data))
}

/// `DELETE …/{customerId}/users/{userId}/sessions/{sessionId}`: the session is over, on every node.
///
/// # Errors
/// 403 for another customer's, 404 for one that is not in force.
pub async fn end(
    State(counter): State<Counter>,
    signed: Signed,
    Path((customer, user, session)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let customer = paths::customer(&customer)?;
    let caller = signed.for_customer(customer)?;
    let user = paths::prefixed(&user, "", "user")?;
    let known = counter.service.enrolled(&caller, customer).await?;
    if known.enrolment.user != user || session.chars().count() > CREDENTIAL_CHARS_MAX {
        return Err(Failure::not_found("session"));
    }
    counter.service.sign_out(&caller, user, &session).await.map_err(|refused| match refused {
        Refused::NotFound => Failure::not_found("session"),
        refused => refused.into(),
    })?;
    Ok(answer("Session terminated successfully", &json!({ "success": true, "sessionId": session })))
}

/// `GET /.well-known/jwks.json`: the public keys of those tenants whose tokens others can check (RFC 7517).
///
/// # Errors
/// What the house cannot do.
pub async fn keys(State(counter): State<Counter>) -> Result<Response, Failure> {
    let keys = counter.service.published_keys().await?;
    Ok(([(CONTENT_TYPE, "application/jwk-set+json")], keys.to_string()).into_response())
}

fn read(body: &Object<'_>) -> Option<Credentials> {
    let email = body.field("username").required().text(CREDENTIAL_CHARS_MAX);
    let password = body.field("password").required().secret(PASSWORD_CHARS_MAX);
    let tenant_key = body.field("tenantKey").required().text(CREDENTIAL_CHARS_MAX);
    let tenant_secret = body.field("tenantSecret").required().secret(CREDENTIAL_CHARS_MAX);
    Some(Credentials {
        email: Pii(email?),
        password: Pii(password?),
        tenant_key: tenant_key?,
        tenant_secret: tenant_secret?,
    })
}

fn refused(error: SessionError, program: &Program<'_>) -> Failure {
    match error {
        SessionError::NoSuchTenant => Failure::other_tenant(program.tenant_key),
        SessionError::OtherTenant => Failure::other_tenant(program.also_named.unwrap_or_default()),
        SessionError::WrongSecret => authentication("Authentication failed", "Invalid tenant credentials"),
        SessionError::SignIn(SignInError::NoSuchUser) => no_such_user(),
        SessionError::SignIn(SignInError::Wrong { failed, locked_until: None }) => {
            let failure = authentication("Authentication failed", "Invalid username or password");
            failure.with("attempts", failed).with("maxAttempts", ATTEMPTS_MAX).with("lockoutTime", Value::Null)
        }
        SessionError::SignIn(SignInError::Wrong { failed, locked_until: Some(until) }) => {
            locked(until).with("attempts", failed)
        }
        SessionError::SignIn(SignInError::Locked { until }) => locked(until),
        // Hashing a password is the most expensive thing that anybody can ask for.
        SessionError::SignIn(SignInError::Refused(Refused::Overloaded)) => Failure::too_many(),
        SessionError::SignIn(SignInError::Refused(refused)) => refused.into(),
    }
}

fn no_such_user() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "User not found", "User not found", "there is no such user")
        .with("success", false)
        .with("errorType", "NOT_FOUND")
}

fn authentication(message: &'static str, told: &str) -> Failure {
    Failure::new(StatusCode::UNAUTHORIZED, message, message, told)
        .with("success", false)
        .with("errorType", "AUTHENTICATION")
        .with("message", told)
}

fn locked(until: Timestamp) -> Failure {
    authentication("Account locked", "Too many failed attempts; try again later")
        .with("maxAttempts", ATTEMPTS_MAX)
        .with("lockoutTime", until.to_string())
        .with("lockoutDuration", "30 minutes")
}

fn metadata(client: &Client, created_at: Timestamp) -> Value {
    json!({
        "clientIp": client.address(),
        "clientPlatform": client.platform,
        "userAgent": client.user_agent,
        "createdAt": created_at.to_string(),
    })
}
