//! Signing in and out, and whose token it is.

use jiff::{SignedDuration, Timestamp};
use onboarding::enrolment::steps;
use onboarding::{CustomerId, Pii, TenantId};
use serde_json::{Map, Value, json};
use store::{Actor, Attempt, CommitError, CredentialKind, Ctx, Scopes, Session, User};
use uuid::Uuid;

use super::{ATTEMPTS_MAX, LOCKED_FOR, ROLES, SESSION_LIFETIME, jwt};
use crate::auth::{digest, fresh_secret};
use crate::refused::Refused;
use crate::{AuthError, Caller, Service};

/// Who the vendor's tokens say they are from and for.
const ISSUER: &str = "muse-proxy-bff";
const AUDIENCE: &str = "finhub-services";

/// How often a sign-in starts again when the customer was changed meanwhile.
const TRIES_MAX: u32 = 8;

/// Somebody who wants in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Which customer.
    pub customer: CustomerId,
    /// Which user of it.
    pub user: Uuid,
    /// The e-mail address, in whatever case.
    pub email: Pii<String>,
    /// The password.
    pub password: Pii<String>,
}

/// A session just begun. Its token cannot be read back later.
pub struct NewSession {
    /// The session's id (`sess-…`).
    pub id: String,
    /// The token: a signed JWT.
    pub token: String,
    /// How long both live.
    pub lifetime: SignedDuration,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What the token's owner is.
    pub roles: &'static [&'static str],
}

/// Somebody who is in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The institution, for its use cases; the customer acts.
    pub caller: Caller,
    /// Which customer.
    pub customer: CustomerId,
    /// Which user.
    pub user: Uuid,
    /// The session's hash.
    pub session: [u8; 32],
}

/// Why nobody was let in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The customer has no such user.
    #[error("there is no such user")]
    NoSuchUser,
    /// The address or the password is wrong.
    #[error("the user name or the password is wrong")]
    Wrong {
        /// How many tries have failed in a row, of [`ATTEMPTS_MAX`].
        failed: u32,
        /// Until when nobody may try now, if this was the last.
        locked_until: Option<Timestamp>,
    },
    /// Too many tries have failed.
    #[error("the user is locked")]
    Locked {
        /// Until when.
        until: Timestamp,
    },
    /// Anything else.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl Service {
    /// Signs somebody in. The first time is a step of the customer's enrolment.
    ///
    /// A try is counted before the password is looked at, so that tries at the same time are counted too; on one node
    /// they take turns, so that right ones are not taken for guesses. Whoever the user is, exactly one hash is computed,
    /// unless the user is locked.
    ///
    /// # Errors
    /// [`SignInError`]; [`Refused::Overloaded`] when too many wait, which is not counted.
    pub async fn sign_in(&self, caller: &Caller, asked: &SignIn) -> Result<NewSession, SignInError> {
        let ctx = &caller.ctx;
        let (_turn, slot) = self.hashing().turn(asked.user).await?;
        let user = self.store().user(ctx, asked.user, &asked.email).await.map_err(Refused::from)?;
        let user = user.filter(|user| user.customer == asked.customer);
        let now = self.now();
        let attempt = match &user {
            Some(user) => {
                let until = now.saturating_add(LOCKED_FOR).unwrap_or(Timestamp::MAX);
                self.store().attempt(ctx, user.id, ATTEMPTS_MAX, until, now).await.map_err(Refused::from)?
            }
            None => None,
        };
        if let Some(Attempt::Locked { until }) = attempt {
            return Err(SignInError::Locked { until });
        }
        let hash = user.as_ref().map(|user| user.password.clone());
        let right = self.is_password(slot, &asked.password, hash).await?;
        let (Some(user), Some(Attempt::Counted { failed, locked_until })) = (user, attempt) else {
            return Err(SignInError::NoSuchUser);
        };
        if !right || !user.has_email {
            return Err(SignInError::Wrong { failed, locked_until });
        }
        Ok(self.open_session(caller, &user, &asked.email).await?)
    }

    /// Ends a session of the user, named by its id. Ended is ended: the next use of its token is refused.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for one that is not in force.
    pub async fn sign_out(&self, caller: &Caller, user: Uuid, session: &str) -> Result<(), Refused> {
        let ended = self.store().end_session(&caller.ctx, user, digest(session), self.now()).await?;
        if ended { Ok(()) } else { Err(Refused::NotFound) }
    }

    /// Ends every session of a user, and says how many.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn end_sessions(&self, caller: &Caller, user: Uuid) -> Result<u64, Refused> {
        Ok(self.store().end_sessions(&caller.ctx, user, self.now()).await?)
    }

    /// Who sends this token. The session is asked for on every use.
    ///
    /// # Errors
    /// [`AuthError::Unknown`] for a token that was not signed here, has expired, or whose session was ended.
    pub async fn signed_in(&self, token: &str) -> Result<SignedIn, AuthError> {
        let unverified = jwt::Unverified::parse(token).ok_or(AuthError::Unknown)?;
        let (tenant, key) = self.accepted_key(&unverified.key_id).await?.ok_or(AuthError::Unknown)?;
        let claims = key.verify(&unverified).ok_or(AuthError::Unknown)?;
        let now = self.now();
        let named = Named::read(&claims).filter(|named| named.tenant == tenant && jwt::in_force(&claims, now));
        let named = named.ok_or(AuthError::Unknown)?;
        let mut caller = self.house_of(tenant).await?;
        let session = self.store().session(&caller.ctx, digest(&named.session)).await?;
        let session = session.filter(|session| {
            (session.user, session.customer) == (named.user, named.customer) && now < session.expires_at
        });
        let session = session.ok_or(AuthError::Unknown)?;
        caller.ctx.actor = Actor::Credential(session.user);
        Ok(SignedIn { caller, customer: session.customer, user: session.user, session: session.hash })
    }

    /// Whether this is a secret of the tenant's programs.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn knows_secret(&self, tenant: TenantId, secret: &str) -> Result<bool, Refused> {
        let known = self.store().credential_by_secret_hash(CredentialKind::Client, digest(secret)).await?;
        Ok(known.is_some_and(|known| known.tenant == tenant && known.revoked_at.is_none()))
    }

    /// The institution, believed for a second; what the store cannot do is told apart from an unknown token.
    async fn house_of(&self, tenant: TenantId) -> Result<Caller, AuthError> {
        if let Some(caller) = self.houses().get(&tenant) {
            return Ok(caller);
        }
        let found = self.store().tenant(tenant).await?.ok_or(AuthError::Unknown)?;
        let caller = Caller::of(found, Actor::System, Scopes::default());
        self.houses().insert(tenant, caller.clone());
        Ok(caller)
    }

    async fn open_session(&self, caller: &Caller, user: &User, email: &Pii<String>) -> Result<NewSession, Refused> {
        let ctx = &caller.ctx;
        let (key_id, key) = self.signing_key(ctx, &caller.tenant).await?;
        let id = fresh_secret(self, "sess-");
        let hash = digest(&id);
        for _ in 0..TRIES_MAX {
            let now = self.now();
            let expires_at = now.saturating_add(SESSION_LIFETIME).unwrap_or(Timestamp::MAX);
            let customer = self.store().customer(ctx, user.customer).await?.ok_or(Refused::NotFound)?;
            let mut write = self.store().write(&acting(ctx, user.id), now);
            if let Some(changes) = steps::open_session(customer, &mut self.ids(now), now)? {
                write.apply(&changes)?;
            }
            write.signed_in(&Session { hash, user: user.id, customer: user.customer, expires_at });
            match self.commit(write).await {
                Ok(()) => {}
                Err(CommitError::Conflict) => continue,
                Err(error) => return Err(error.into()),
            }
            let claims = json!({
                "sub": user.id.to_string(),
                "customerId": user.customer.to_string(),
                "tenantId": ctx.tenant.to_string(),
                "roles": ROLES,
                "email": email.0,
                "sessionId": id,
                "iat": now.as_second(),
                "exp": expires_at.as_second(),
                "iss": ISSUER,
                "aud": AUDIENCE,
            });
            let token = key.sign(&key_id, &claims);
            let (lifetime, roles) = (SESSION_LIFETIME, ROLES);
            return Ok(NewSession { id, token, lifetime, created_at: now, expires_at, roles });
        }
        Err(Refused::Conflict)
    }
}

/// The user's own doing, as the journal keeps it.
fn acting(ctx: &Ctx, user: Uuid) -> Ctx {
    Ctx { tenant: ctx.tenant, actor: Actor::Credential(user) }
}

/// Whom a token names.
struct Named {
    tenant: TenantId,
    customer: CustomerId,
    user: Uuid,
    session: String,
}

impl Named {
    fn read(claims: &Map<String, Value>) -> Option<Self> {
        let word = |name: &str| claims.get(name).and_then(Value::as_str);
        if word("iss") != Some(ISSUER) || word("aud") != Some(AUDIENCE) {
            return None;
        }
        Some(Self {
            tenant: TenantId::parse(word("tenantId")?)?,
            customer: CustomerId::parse(word("customerId")?)?,
            user: Uuid::try_parse(word("sub")?).ok()?,
            session: word("sessionId")?.to_owned(),
        })
    }
}
