//! `POST /v1/inbound-transfers`: a bank tells of money that came in for an account. `docs/XPOLLENS.md` describes it.
//!
//! Money names no tenant and shows no key: the message is a Standard Webhook (standardwebhooks.com), signed with the
//! transfer secret of the institution whose account it names.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use onboarding::Pii;
use onboarding::admission::transfer::{Incoming, TransferScheme};
use onboarding::iban::Iban;
use serde_json::Value;
use service::transfers::{Signed, TransferError};

use super::Counter;
use super::problem::{Code, Problem};
use crate::edge::{RequestId, body as edge_body};
use crate::fields::{Fault, Field, Mistake, Mistakes};
use crate::json;

/// Largest body, in bytes: a notification has a few hundred.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// Longest id of a sender's, in characters.
const ID_CHARS_MAX: usize = 100;

/// Longest name of a debtor, in characters: what ISO 20022 has.
const NAME_CHARS_MAX: usize = 140;

/// Longest IBAN as it may be written, with blanks.
const IBAN_CHARS_MAX: usize = 42;

/// The most that is believed to come in at once, in cents.
const CENTS_MAX: u64 = 100_000_000_000_000;

/// Takes money in.
pub async fn create(State(counter): State<Counter>, request: Request) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let (parts, body) = request.into_parts();
    let taken = async {
        let read = edge_body::read(body, BODY_BYTES_MAX).await;
        let bytes = read.map_err(|fault| Problem::of_body(fault, BODY_BYTES_MAX))?;
        take(&counter, &parts, &bytes).await
    };
    match taken.await {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(problem) => problem.of(id.as_ref()).into_response(),
    }
}

async fn take(counter: &Counter, parts: &Parts, bytes: &[u8]) -> Result<(), Problem> {
    let parsed = json::parse(bytes);
    // Whose account it names says whose secret it must be signed with; nothing else of it is believed before.
    let named = parsed.as_ref().ok().and_then(|body| Iban::parse(body.get("iban")?.as_str()?).ok());
    let signed = signed(&parts.headers, bytes).ok_or_else(unsigned)?;
    let sender = counter.service.transfer_sender(named.as_ref(), &signed).await.map_err(problem)?;
    let (iban, incoming) = read(&parsed?).map_err(Problem::of_transfer)?;
    counter.service.receive_transfer(&sender, &iban, incoming, bytes).await.map_err(problem)
}

fn signed<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> Option<Signed<'a>> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let (id, timestamp) = (text("webhook-id")?, text("webhook-timestamp")?);
    Some(Signed { id, timestamp, signatures: text("webhook-signature")?, body })
}

fn unsigned() -> Problem {
    let detail =
        "Sign it as a Standard Webhook, within five minutes, with the transfer secret of the account's institution.";
    Problem::new(Code::Unsigned, detail)
}

fn problem(error: TransferError) -> Problem {
    match error {
        TransferError::Unsigned => unsigned(),
        TransferError::Differs => Problem::new(Code::Conflict, "Something else came in under this id."),
        TransferError::Refused(refused) => refused.into(),
    }
}

fn read(body: &Value) -> Result<(Iban, Incoming), Vec<Mistake>> {
    let mistakes = Mistakes::default();
    let body = mistakes.object(body);
    let sender_id = body.field("id").required().text(ID_CHARS_MAX);
    let iban = iban(&body.field("iban").required());
    let amount_cents = cents(&body.field("amountCents").required());
    let debtor_name = body.field("debtorName").required().text(NAME_CHARS_MAX);
    let debtor_iban = self::iban(&body.field("debtorIban").required());
    let scheme = body.field("scheme").required().parsed(16, |text| match text {
        "SCT" => Ok(TransferScheme::Sct),
        "SCT_INST" => Ok(TransferScheme::SctInst),
        _ => Err(Fault::Unknown(vec!["SCT", "SCT_INST"])),
    });
    let read = || {
        let incoming = Incoming {
            sender_id: Pii(sender_id?),
            scheme: scheme?,
            amount_cents: amount_cents?,
            debtor_name: Pii(debtor_name?),
            debtor_iban: Pii(debtor_iban?),
        };
        Some((iban?, incoming))
    };
    let read = read();
    mistakes.settle(read)
}

fn iban(field: &Field<'_, '_>) -> Option<Iban> {
    field.parsed(IBAN_CHARS_MAX, |text| Iban::parse(text).map_err(|_| Fault::Format("an IBAN whose check digits hold")))
}

fn cents(field: &Field<'_, '_>) -> Option<u64> {
    let value = field.value()?;
    let cents = value.as_u64().filter(|cents| (1..=CENTS_MAX).contains(cents));
    if cents.is_none() {
        field.refuse(Fault::Range(format!("a whole number of cents between 1 and {CENTS_MAX}")));
    }
    cents
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body() -> Value {
        json!({"id": "t-1", "iban": "FR7630006000011234567890189", "amountCents": 5000, "debtorName": "DURAND CAMILLE",
            "debtorIban": "DE89 3704 0044 0532 0130 00", "scheme": "SCT_INST"})
    }

    #[test]
    fn a_notification_is_read_whole() {
        let (iban, incoming) = read(&body()).expect("nothing is wrong");
        assert_eq!(iban.as_str(), "FR7630006000011234567890189");
        assert_eq!((incoming.amount_cents, incoming.scheme), (5000, TransferScheme::SctInst));
        assert_eq!(incoming.debtor_iban.as_str(), "DE89370400440532013000");
    }

    #[test]
    fn every_mistake_is_named() {
        for (field, value) in [
            ("id", json!(null)),
            ("id", json!(7)),
            ("iban", json!("FR7630006000011234567890188")),
            ("amountCents", json!(0)),
            ("amountCents", json!(-5)),
            ("amountCents", json!(1.5)),
            ("amountCents", json!("5000")),
            ("debtorName", json!(" ")),
            ("debtorName", json!("x".repeat(141))),
            ("debtorIban", json!("nowhere")),
            ("scheme", json!("SWIFT")),
        ] {
            let mut wrong = body();
            wrong[field] = value;
            let mistakes = read(&wrong).expect_err(field);
            assert_eq!(mistakes.iter().map(|mistake| mistake.path.as_str()).collect::<Vec<_>>(), [field], "{wrong}");
        }
        assert_eq!(read(&json!({})).expect_err("nothing is there").len(), 6);
        assert_eq!(read(&json!([])).expect_err("no object").len(), 7);
    }
}
