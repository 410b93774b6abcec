//! What goes out: a run that moved, or a flag, as a `POST` to the address in the tenant's settings.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use jiff::Timestamp;
use onboarding::EventKind;
use onboarding::evaluation::operation::{EvaluationKind, Phase};
use serde::Serialize;
use service::dialect::{Followed, Needs, PATIENT, Told};
use service::outbound::OutboundRequest;
use service::{Caller, Delivery, Dialect, NewRegistration, Registration};
use uuid::Uuid;

use super::{NAME, view};

/// The one registration of a tenant, which follows its settings.
const REGISTRATION: &str = "webhook";

/// How Waldo tells of evaluations.
#[derive(Debug, Clone)]
pub struct Waldo {
    /// Where the house can be reached from outside.
    pub public_url: Arc<str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Flagged<'a> {
    event: &'static str,
    flag: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    customer_id: Uuid,
    uri: String,
}

#[derive(Serialize)]
struct Ping {
    event: &'static str,
}

/// Every event that is told.
fn events() -> impl Iterator<Item = EventKind> {
    let runs =
        EvaluationKind::ALL.into_iter().flat_map(|kind| Phase::ALL.map(|phase| EventKind::Evaluation(kind, phase)));
    runs.chain([EventKind::CustomerFlagged])
}

impl Dialect for Waldo {
    fn name(&self) -> &'static str {
        NAME
    }

    fn needs(&self, _: &Delivery, _: &Registration) -> Needs {
        Needs { customer: true, case: false }
    }

    fn render(&self, told: &Told<'_>) -> Option<OutboundRequest> {
        let customer = told.customer?;
        let body = match told.delivery.kind {
            EventKind::Evaluation(_, phase) => {
                let evaluation = customer.evaluation.as_ref()?;
                // A run so old that it is no longer kept has been told of for days: there is nothing left to say.
                let run = evaluation.operation(told.delivery.about?)?;
                body(&view::told(customer, run, phase, &self.public_url))
            }
            EventKind::CustomerFlagged => body(&Flagged {
                event: "flag",
                flag: told.delivery.to.as_deref() == Some("flagged"),
                external_id: view::external_id(customer),
                customer_id: customer.id.0,
                uri: view::uri(&self.public_url, customer.id),
            }),
            _ => return None,
        };
        Some(request(told.registration, body))
    }

    fn ping(&self, registration: &Registration, _: Uuid, _: Timestamp) -> Option<OutboundRequest> {
        Some(request(registration, body(&Ping { event: "test" })))
    }

    fn retries(&self, _: &Registration) -> Vec<Duration> {
        PATIENT.to_vec()
    }

    fn followed(&self, house: &Caller) -> Vec<Followed> {
        let (real, sandbox) = (&house.settings.waldo.webhook_url, &house.settings.waldo.sandbox_webhook_url);
        let url = if house.tenant.sandbox { sandbox.as_ref().or(real.as_ref()) } else { real.as_ref() };
        let registration = url.map(|url| NewRegistration::push(NAME, REGISTRATION, events(), url.as_str()));
        vec![Followed { name: REGISTRATION, registration }]
    }
}

fn body<T: Serialize>(view: &T) -> Bytes {
    serde_json::to_vec(view).expect("a view holds texts, numbers, lists and maps with text keys").into()
}

fn request(registration: &Registration, body: Bytes) -> OutboundRequest {
    let headers = vec![(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    OutboundRequest { url: registration.callback_url.clone().unwrap_or_default(), headers, body }
}
