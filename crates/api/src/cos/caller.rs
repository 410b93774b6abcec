//! Who calls: a bearer token.

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use service::{AuthError, Caller, Service};

use super::NAME;
use super::code::Code;
use super::error::Errors;

/// Longer headers are no token of ours; this bounds what is hashed.
const TOKEN_BYTES_MAX: usize = 512;

/// A caller with a token that is known and not expired.
#[derive(Debug)]
pub struct Authorized(pub Caller);

impl FromRequestParts<Service> for Authorized {
    type Rejection = Errors;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Errors> {
        let token = bearer(&parts.headers)?;
        match service.authenticate(token).await {
            Ok(caller) if caller.may_speak(NAME) => Ok(Self(caller)),
            Ok(_) | Err(AuthError::Unknown | AuthError::Revoked) => Err(bad_token()),
            Err(AuthError::Internal(error)) => Err(service::Refused::from(error).into()),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Errors> {
    let no_token = || Errors::one(Code::NoToken, "the Authorization header must be: Bearer, a blank, the access token");
    let value = headers.get(AUTHORIZATION).ok_or_else(no_token)?;
    let (scheme, token) = value.to_str().map_err(|_| bad_token())?.split_once(' ').ok_or_else(no_token)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(no_token());
    }
    if token.len() > TOKEN_BYTES_MAX { Err(bad_token()) } else { Ok(token) }
}

fn bad_token() -> Errors {
    Errors::one(Code::BadToken, "the access token is unknown or expired; request a new one")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_from_the_header() {
        let token = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, value.parse().expect("a header"));
            bearer(&headers).map(str::to_owned).map_err(|errors| errors.codes().collect::<Vec<_>>())
        };
        assert_eq!(token("Bearer abc"), Ok("abc".to_owned()));
        assert_eq!(token("bearer  abc"), Ok("abc".to_owned()));
        for none in ["", "Bearer", "Bearer ", "Basic abc"] {
            assert_eq!(token(none), Err(vec![3000]), "{none}");
        }
        assert_eq!(token(&format!("Bearer {}", "x".repeat(513))), Err(vec![3001]));
        assert_eq!(bearer(&HeaderMap::new()).expect_err("no header").status().as_u16(), 401);
    }
}
