//! Who calls: a token in every request, and a fresh one in every answer.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use service::{AuthError, Refused};

use super::authenticate::TOKEN_LIFETIME;
use super::error::Problem;
use super::{Counter, NAME};

/// Longer headers are no token of ours; this bounds what is looked at.
const TOKEN_BYTES_MAX: usize = 1_024;

/// Lets in who has a token that is good, and gives a token that lasts an hour from now with every answer that succeeds.
pub async fn known(State(counter): State<Counter>, mut request: Request, next: Next) -> Response {
    let service = &counter.service;
    let caller = match bearer(request.headers()) {
        Some(token) => service.authenticate(token).await,
        None => Err(AuthError::Unknown),
    };
    let caller = match caller {
        Ok(caller) if caller.may_speak(NAME) => caller,
        Ok(_) => return Problem::not_authorized().into_response(),
        Err(error) => return refused(error).into_response(),
    };
    request.extensions_mut().insert(caller.clone());
    let mut response = next.run(request).await;
    if response.status().is_success()
        && let Ok(token) = service.fresh_token(&caller, TOKEN_LIFETIME).await
        && let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {token}"))
    {
        value.set_sensitive(true);
        response.headers_mut().insert(AUTHORIZATION, value);
    }
    response
}

/// Why nobody was let in with a token.
fn refused(error: AuthError) -> Problem {
    match error {
        AuthError::Unknown => Problem::bad_token(),
        AuthError::Revoked => Problem::revoked(),
        AuthError::Internal(error) => Refused::from(error).into(),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    let fits = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= TOKEN_BYTES_MAX;
    fits.then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_from_the_header() {
        let long = format!("Bearer {}", "x".repeat(1_025));
        for (value, expected) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc", Some("abc")),
            ("Basic abc", None),
            ("Bearer ", None),
            ("abc", None),
            (long.as_str(), None),
        ] {
            let mut headers = HeaderMap::new();
            assert_eq!(bearer(&headers), None);
            headers.insert(AUTHORIZATION, value.parse().expect("a header"));
            assert_eq!(bearer(&headers), expected, "{value}");
        }
    }
}
