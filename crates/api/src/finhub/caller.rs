//! Who calls: an institution with a token for its programs, or a customer with the token of its session.
//!
//! Both name the tenant in a header, and it must be the token's own.

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use onboarding::CustomerId;
use service::people::SignedIn;
use service::{AuthError, Caller, Refused};

use super::error::Failure;
use super::headers::own_tenant;
use super::{Counter, NAME};

/// Longer headers hold no token of ours; this bounds what is hashed and parsed.
const TOKEN_BYTES_MAX: usize = 4_096;

/// Somebody whose token is in force.
#[derive(Debug)]
pub enum Signed {
    /// A program of the institution: it may do everything, also on behalf of a customer.
    Admin(Caller),
    /// A customer, who may do its own steps.
    Customer(SignedIn),
}

/// A program of the institution.
#[derive(Debug)]
pub struct Admin(pub Caller);

impl Signed {
    /// The institution's caller, for something that concerns this customer.
    ///
    /// # Errors
    /// 403 for a customer who is another one.
    pub fn for_customer(self, customer: CustomerId) -> Result<Caller, Failure> {
        match self {
            Self::Admin(caller) => Ok(caller),
            Self::Customer(signed) if signed.customer == customer => Ok(signed.caller),
            Self::Customer(_) => Err(Failure::forbidden("the session belongs to another customer")),
        }
    }

    /// On whose behalf the house is asked.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        match self {
            Self::Admin(caller) => caller,
            Self::Customer(signed) => &signed.caller,
        }
    }
}

impl FromRequestParts<Counter> for Signed {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, counter: &Counter) -> Result<Self, Failure> {
        let token = bearer(&parts.headers).ok_or_else(Failure::unauthenticated)?;
        // A session's token has three parts; an opaque one has no dots.
        let signed = if token.contains('.') {
            counter.service.signed_in(token).await.map(Self::Customer)
        } else {
            counter.service.authenticate(token).await.map(Self::Admin)
        };
        let signed = signed.map_err(|error| match error {
            AuthError::Unknown | AuthError::Revoked => Failure::unauthenticated(),
            AuthError::Internal(error) => Refused::from(error).into(),
        })?;
        if !signed.caller().may_speak(NAME) {
            return Err(Failure::forbidden("the credentials are not meant for this API"));
        }
        own_tenant(&parts.headers, signed.caller())?;
        Ok(signed)
    }
}

impl FromRequestParts<Counter> for Admin {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, counter: &Counter) -> Result<Self, Failure> {
        match Signed::from_request_parts(parts, counter).await? {
            Signed::Admin(caller) => Ok(Self(caller)),
            Signed::Customer(_) => Err(Failure::forbidden("the role ADMIN_USER or COMPLIANCE_OFFICER is required")),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= TOKEN_BYTES_MAX).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_from_the_header() {
        let long = format!("Bearer {}", "x".repeat(TOKEN_BYTES_MAX + 1));
        for (value, expected) in [
            ("Bearer abc", Some("abc")),
            ("bearer  a.b.c", Some("a.b.c")),
            ("Basic abc", None),
            ("Bearer", None),
            ("Bearer ", None),
            (long.as_str(), None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, value.parse().expect("a header"));
            assert_eq!(bearer(&headers), expected);
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
