//! `POST /connect/token`: OAuth 2.0 client credentials (RFC 6749, section 4.4).
//!
//! The vendor's clients send a form. HTTP Basic and a JSON body are taken as well. A token is good for one partner and
//! this server alone, whatever `audience` and `scope` say; a client of Xpollens, which asks for the scope `partner` and
//! names no audience, gets one that lives as long as that vendor's. Errors have OAuth's shape.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::{Map, Value};
use service::auth::TOKEN_LIFETIME;
use service::{AuthError, Service};
use tracing::error;

use super::BODY_BYTES_MAX;
use super::body::json;
use super::error::Errors;
use crate::edge::body as edge_body;
use crate::xpollens;

const FORM: &str = "application/x-www-form-urlencoded";
/// Longer client ids and secrets are none of ours.
const CREDENTIAL_CHARS_MAX: usize = 512;

#[derive(Serialize)]
struct TokenView {
    access_token: String,
    expires_in: i64,
    token_type: &'static str,
}

/// RFC 6749, section 5.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OauthError {
    InvalidRequest(&'static str),
    InvalidClient,
    UnsupportedGrantType,
    Internal,
}

#[derive(Serialize)]
struct ErrorView {
    error: &'static str,
    error_description: &'static str,
}

/// What a client shows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Credentials {
    id: String,
    secret: String,
}

/// Gives a token.
pub async fn issue(State(service): State<Service>, request: Request) -> Response {
    match issued(&service, request).await {
        Ok(token) => json(&token),
        Err(error) => error.into_response(),
    }
}

async fn issued(service: &Service, request: Request) -> Result<TokenView, Response> {
    let (parts, body) = request.into_parts();
    let body = edge_body::read(body, BODY_BYTES_MAX).await.map_err(|fault| Errors::from(fault).into_response())?;
    let sent = parameters(&parts.headers, &body).map_err(IntoResponse::into_response)?;
    let credentials = credentials(&parts.headers, &sent).map_err(IntoResponse::into_response)?;
    let issued = service.issue_token_for(&credentials.id, &credentials.secret, lifetime(&sent));
    let token = issued.await.map_err(|error| match error {
        AuthError::Unknown | AuthError::Revoked => OauthError::InvalidClient.into_response(),
        AuthError::Internal(source) => {
            error!(error = &source as &dyn std::error::Error, "A token could not be given");
            OauthError::Internal.into_response()
        }
    })?;
    Ok(TokenView { access_token: token.token, expires_in: token.lifetime.as_secs(), token_type: "Bearer" })
}

/// How long a token lives that is asked for so.
fn lifetime(sent: &Map<String, Value>) -> SignedDuration {
    let text = |name: &str| sent.get(name).and_then(Value::as_str).unwrap_or_default();
    let is_partner = text("scope").split_whitespace().any(|scope| scope == xpollens::SCOPE);
    if is_partner && text("audience").is_empty() { xpollens::TOKEN_LIFETIME } else { TOKEN_LIFETIME }
}

fn credentials(headers: &HeaderMap, sent: &Map<String, Value>) -> Result<Credentials, OauthError> {
    let parameter = |name: &str| sent.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    match parameter("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return Err(OauthError::UnsupportedGrantType),
        None => return Err(OauthError::InvalidRequest("grant_type is required")),
    }
    let credentials = match headers.get(AUTHORIZATION) {
        Some(value) => basic(value).ok_or(OauthError::InvalidClient)?,
        None => {
            let required =
                |name, missing| parameter(name).map(str::to_owned).ok_or(OauthError::InvalidRequest(missing));
            let id = required("client_id", "client_id is required")?;
            Credentials { id, secret: required("client_secret", "client_secret is required")? }
        }
    };
    let too_long = |text: &str| text.chars().count() > CREDENTIAL_CHARS_MAX;
    if too_long(&credentials.id) || too_long(&credentials.secret) {
        return Err(OauthError::InvalidClient);
    }
    Ok(credentials)
}

/// The body's parameters: a form, or a JSON object. A parameter given twice is refused (RFC 6749, section 3.2).
fn parameters(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, OauthError> {
    let malformed = || OauthError::InvalidRequest("the body must be a form or a JSON object, with each parameter once");
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or(FORM);
    let is_form = content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM);
    if !is_form {
        let json = edge_body::may_be_json(headers).then(|| crate::json::parse(body).ok()).flatten();
        let Some(Value::Object(parameters)) = json else { return Err(malformed()) };
        return Ok(parameters);
    }
    let pairs: Vec<(String, String)> = form(body).ok_or_else(malformed)?;
    let mut parameters = Map::new();
    for (name, value) in pairs {
        if parameters.insert(name, Value::String(value)).is_some() {
            return Err(malformed());
        }
    }
    Ok(parameters)
}

fn form(body: &[u8]) -> Option<Vec<(String, String)>> {
    // A form is written like a query, so it is read by what reads queries.
    let text = std::str::from_utf8(body).ok()?.trim_end();
    let uri: Uri = format!("/?{text}").parse().ok()?;
    axum::extract::Query::try_from_uri(&uri).ok().map(|axum::extract::Query(pairs)| pairs)
}

fn basic(value: &HeaderValue) -> Option<Credentials> {
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some(Credentials { id: id.to_owned(), secret: secret.to_owned() })
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let (status, error, error_description) = match self {
            Self::InvalidRequest(why) => (StatusCode::BAD_REQUEST, "invalid_request", why),
            Self::InvalidClient => (StatusCode::UNAUTHORIZED, "invalid_client", "unknown client or wrong secret"),
            Self::UnsupportedGrantType => {
                (StatusCode::BAD_REQUEST, "unsupported_grant_type", "grant_type must be client_credentials")
            }
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "internal error"),
        };
        let mut response = json(&ErrorView { error, error_description });
        *response.status_mut() = status;
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(http::HeaderName, &str)], body: &str) -> Result<Credentials, OauthError> {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().expect("a header"))).collect();
        credentials(&headers, &parameters(&headers, body.as_bytes())?)
    }

    fn known() -> Result<Credentials, OauthError> {
        Ok(Credentials { id: "me".to_owned(), secret: "s3cret+/=".to_owned() })
    }

    #[test]
    fn a_client_may_show_itself_in_three_ways() {
        let form = "grant_type=client_credentials&client_id=me&client_secret=s3cret%2B%2F%3D&audience=https%3A%2F%2Fapi.example.com%2F";
        assert_eq!(read(&[(CONTENT_TYPE, FORM)], form), known());
        assert_eq!(read(&[(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")], form), known());
        assert_eq!(read(&[], form), known());
        let json = r#"{"grant_type":"client_credentials","client_id":"me","client_secret":"s3cret+/="}"#;
        assert_eq!(read(&[(CONTENT_TYPE, "application/json")], json), known());
        let basic = format!("Basic {}", BASE64_STANDARD.encode("me:s3cret+/="));
        assert_eq!(read(&[(AUTHORIZATION, &basic)], "grant_type=client_credentials"), known());
    }

    #[test]
    fn a_token_lives_as_long_as_its_vendors_do() {
        for (form, hours) in [
            ("grant_type=client_credentials", 24),
            ("scope=partner", 1),
            ("scope=openid+partner", 1),
            ("scope=partners", 24),
            ("scope=partner&audience=https%3A%2F%2Fapi.crbcos.com%2F", 24),
        ] {
            let sent = parameters(&HeaderMap::new(), form.as_bytes()).expect("a form");
            assert_eq!(lifetime(&sent), SignedDuration::from_hours(hours), "{form}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_oauths_words() {
        let invalid = |result: Result<Credentials, OauthError>| matches!(result, Err(OauthError::InvalidRequest(_)));
        assert!(invalid(read(&[], "")));
        assert!(invalid(read(&[], "grant_type=client_credentials&client_secret=x")));
        assert!(invalid(read(&[], "grant_type=client_credentials&client_id=x")));
        assert!(invalid(read(&[], "grant_type=client_credentials&client_id=x&client_id=y&client_secret=z")));
        assert!(invalid(read(&[(CONTENT_TYPE, "application/json")], "[]")));
        assert!(invalid(read(&[(CONTENT_TYPE, "text/plain")], "grant_type=client_credentials")));
        assert_eq!(read(&[], "grant_type=password&client_id=x"), Err(OauthError::UnsupportedGrantType));
        assert_eq!(
            read(&[(AUTHORIZATION, "Basic !")], "grant_type=client_credentials"),
            Err(OauthError::InvalidClient)
        );
        let long = format!("grant_type=client_credentials&client_id={}&client_secret=x", "x".repeat(513));
        assert_eq!(read(&[], &long), Err(OauthError::InvalidClient));
        assert_eq!(OauthError::InvalidClient.into_response().status(), StatusCode::UNAUTHORIZED);
        assert_eq!(OauthError::UnsupportedGrantType.into_response().status(), StatusCode::BAD_REQUEST);
    }
}
