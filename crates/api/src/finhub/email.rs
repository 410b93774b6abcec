//! Whether an e-mail address is the customer's own: the token that was mailed comes back.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::json;
use service::people::VerifyEmailError;

use super::caller::Signed;
use super::envelope::{Payload, answer};
use super::error::Failure;
use super::{Counter, paths};

/// Longest text that is looked at as a token, in characters.
const TOKEN_CHARS_MAX: usize = 200;

/// `POST …/{customerId}/email-verification`.
///
/// # Errors
/// 400 for a token that proves nothing, 403 for another customer.
pub async fn verify(
    State(counter): State<Counter>,
    signed: Signed,
    Path(customer): Path<String>,
    payload: Payload,
) -> Result<Response, Failure> {
    let customer = paths::customer(&customer)?;
    let caller = signed.for_customer(customer)?;
    let token = payload.read(|body| body.field("token").required().text(TOKEN_CHARS_MAX))?;
    counter.service.verify_email(&caller, customer, &token).await?;
    let data = json!({ "customerId": customer.to_string(), "emailVerified": true });
    Ok(answer("Email verified successfully", &data))
}

/// `POST …/{customerId}/email-verification/resend`.
///
/// # Errors
/// 403 for another customer, 409 where the address is verified.
pub async fn resend(
    State(counter): State<Counter>,
    signed: Signed,
    Path(customer): Path<String>,
) -> Result<Response, Failure> {
    let customer = paths::customer(&customer)?;
    let caller = signed.for_customer(customer)?;
    counter.service.resend_email(&caller, customer).await?;
    let data = json!({ "customerId": customer.to_string(), "emailVerified": false });
    Ok(answer("Verification email is being sent", &data))
}

impl From<VerifyEmailError> for Failure {
    fn from(error: VerifyEmailError) -> Self {
        match error {
            // Which of them it is, nobody learns.
            VerifyEmailError::Unknown => {
                let details = "the token is unknown, used, expired, or not the last one that was sent";
                Self::new(StatusCode::BAD_REQUEST, "Email verification failed", "Invalid token", details)
                    .with("errorCode", "CODE_EXPIRED")
            }
            VerifyEmailError::Refused(refused) => refused.into(),
        }
    }
}
