//! `POST …/{customerId}/consents/terms`, `/privacy`, `/data-processing`.

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use onboarding::Pii;
use onboarding::enrolment::consent::{Consent, ConsentKind, GrantConsent};
use serde_json::{Value, json};
use service::enrolments::Progress;

use super::caller::Signed;
use super::envelope::{Payload, answer};
use super::error::Failure;
use super::headers::Client;
use super::view::next_step;
use super::{Counter, paths};
use crate::fields::{Fault, Object};

/// Longest version of a text, in characters.
const VERSION_CHARS_MAX: usize = 50;
/// Longest written time, in characters.
const TIME_CHARS_MAX: usize = 64;
/// How far a customer's clock may be ahead of ours.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);

/// The customer agrees to something.
///
/// # Errors
/// What is not as it must be; 403 for another customer; 409 where another step comes first.
pub async fn grant(
    State(counter): State<Counter>,
    signed: Signed,
    client: Client,
    Path((customer, kind)): Path<(String, String)>,
    payload: Payload,
) -> Result<Response, Failure> {
    let customer = paths::customer(&customer)?;
    let caller = signed.for_customer(customer)?;
    let kind = kind_of(&kind).ok_or_else(|| Failure::not_found("consent"))?;
    let now = counter.service.now();
    let (version, accepted_at) = payload.read(|body| read(body, now))?;
    let given = GrantConsent {
        kind,
        version,
        accepted_at,
        ip_address: client.address().or(client.origin.claimed).map(Pii),
        user_agent: client.user_agent.map(Pii),
    };
    let progress = counter.service.grant_consent(&caller, customer, given).await?;
    Ok(answer("Consent recorded successfully", &view(&progress, kind)))
}

fn kind_of(segment: &str) -> Option<ConsentKind> {
    match segment {
        "terms" => Some(ConsentKind::Terms),
        "privacy" => Some(ConsentKind::Privacy),
        "data-processing" => Some(ConsentKind::DataProcessing),
        _ => None,
    }
}

/// The vendor's word for what is agreed to.
#[must_use]
pub const fn word(kind: ConsentKind) -> &'static str {
    match kind {
        ConsentKind::Terms => "TERMS_AND_CONDITIONS",
        ConsentKind::Privacy => "PRIVACY_POLICY",
        ConsentKind::DataProcessing => "DATA_PROCESSING",
    }
}

fn read(body: &Object<'_>, now: Timestamp) -> Option<(String, Option<Timestamp>)> {
    let accepted = body.field("accepted").required();
    if accepted.flag() == Some(false) {
        accepted.refuse(Fault::Format("true"));
    }
    let version = body.field("version").required().text(VERSION_CHARS_MAX);
    let at = body.field("acceptanceTimestamp").parsed(TIME_CHARS_MAX, |text| {
        let at: Timestamp = text.parse().map_err(|_| Fault::Format("a time such as 2026-01-31T10:15:30Z"))?;
        let latest = now.saturating_add(CLOCKS_APART).unwrap_or(Timestamp::MAX);
        if at > latest { Err(Fault::Range("a time in the past".to_owned())) } else { Ok(at) }
    });
    Some((version?, at))
}

fn view(progress: &Progress, kind: ConsentKind) -> Value {
    let Some(consent) = progress.enrolment.consents.get(&kind) else { return Value::Null };
    let Consent { id, version, granted_at, expires_at, ip_address, user_agent, .. } = consent;
    json!({
        "id": format!("consent-{id}"),
        "customerId": progress.customer.id.to_string(),
        "tenantId": progress.customer.tenant.to_string(),
        "consentType": word(kind),
        "status": "ACCEPTED",
        "version": version,
        "grantedAt": granted_at.to_string(),
        "expiresAt": expires_at.to_string(),
        "ipAddress": ip_address.as_ref().map(|address| address.as_str()),
        "userAgent": user_agent.as_ref().map(|agent| agent.as_str()),
        "nextStep": next_step(progress.next),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Mistakes;

    fn parsed(body: &Value) -> Result<(String, Option<Timestamp>), Vec<String>> {
        let now = "2026-01-31T10:15:30Z".parse().expect("a time");
        let mistakes = Mistakes::default();
        let read = read(&mistakes.object(body), now);
        mistakes.settle(read).map_err(|found| found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn an_agreement_says_yes_to_a_version() {
        let good = json!({"accepted": true, "version": "1.0", "acceptanceTimestamp": "2026-01-31T10:17:00Z"});
        assert!(parsed(&good).is_ok_and(|(version, at)| version == "1.0" && at.is_some()));
        for (field, value) in [
            ("accepted", json!(false)),
            ("accepted", json!("true")),
            ("accepted", json!(null)),
            ("version", json!(null)),
            ("version", json!(1.0)),
            ("version", json!("1".repeat(51))),
            ("acceptanceTimestamp", json!("yesterday")),
            ("acceptanceTimestamp", json!("2026-01-31T10:21:00Z")),
        ] {
            let mut body = good.clone();
            body[field] = value.clone();
            let found = parsed(&body).expect_err("refused");
            assert!(found.len() == 1 && found[0].starts_with(field), "{field} {value}: {found:?}");
        }
    }
}
