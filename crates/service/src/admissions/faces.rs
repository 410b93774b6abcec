//! A comparer of faces outside the house: asked over HTTP whether a selfie is like a document. What it does not answer, and
//! everything where there is none, a person looks at.
//!
//! It is sent the front of the document and some frames of the selfie, and nothing that names anybody. It may be asked twice
//! about one selfie: the header `Idempotency-Key` is the diligence's id. Each request is signed as those to the verifier
//! of documents are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use onboarding::admission::Admission;
use onboarding::admission::diligence::{Diligence, DiligenceState, Proof, Reason, Verdict};
use onboarding::signals::file::BYTES_MAX;
use onboarding::{Customer, FileId};
use serde_json::{Value, json};
use store::Job;

use crate::evaluations::verifier::signature;
use crate::outbound::{HeaderName, HeaderValue, OutboundError, OutboundRequest};
use crate::refused::Refused;
use crate::{Caller, Service};

/// How often a comparer is asked about a selfie before a person is.
const TRIES_MAX: u32 = 6;

/// First and longest wait after a comparer failed.
const WAIT: (SignedDuration, SignedDuration) = (SignedDuration::from_secs(3), SignedDuration::from_mins(5));

/// Most frames that are sent: the beginning, the middle and the end of a film.
const FRAMES_MAX: usize = 3;

/// The largest request: a document and a film as large as they may be, in base64, and room for what is said of them.
const REQUEST_BYTES_MAX: usize = 3 * (BYTES_MAX / 3 * 4) + 64 * 1024;

/// Why a selfie may be refused by a comparer.
const REASONS: [Reason; 4] =
    [Reason::NonMatchingSelfie, Reason::TooDarkSelfie, Reason::TooBrightSelfie, Reason::InvalidSelfie];

/// The selfie that waits for a comparer, if one does.
pub(super) fn waiting(admission: &Admission) -> Option<&Diligence> {
    let shown = admission.demand.iter().flat_map(|demand| &demand.diligences);
    shown.into_iter().find(|shown| shown.kind.proof() == Proof::Selfie && shown.state == DiligenceState::Received)
}

impl Service {
    /// Asks the tenant's comparer about the selfie that waits.
    pub(crate) async fn have_faces_compared(&self, job: &Job) {
        let Err(error) = Box::pin(self.compare_faces(job)).await else { return };
        if !matches!(error, Refused::Conflict) {
            tracing::warn!(customer.id = %job.customer, job.attempts = job.attempts, error = %error, "Faces were not compared");
        }
        let put_off = WAIT.0.saturating_mul(1 << job.attempts.min(16)).min(WAIT.1);
        let now = self.now();
        let mut write = self.store().write(&store::Ctx::system(job.tenant), now);
        write.job_later(job, now.saturating_add(put_off).unwrap_or(Timestamp::MAX));
        if let Err(error) = self.commit(write).await {
            tracing::warn!(customer.id = %job.customer, error = %error, "Faces could not be put off; their lease will run out");
        }
    }

    async fn compare_faces(&self, job: &Job) -> Result<(), Refused> {
        let house = self.on_behalf_of(job.tenant).await?;
        let customer = self.store().customer(&house.ctx, job.customer).await?;
        let selfie = customer.as_ref().and_then(|customer| waiting(customer.admission.as_ref()?).cloned());
        if let (Some(customer), Some(selfie)) = (customer, selfie) {
            let verdict = match self.faces_compared(&house, &customer, &selfie).await {
                Ok(verdict) => verdict,
                Err(why) if job.attempts < TRIES_MAX => return Err(Refused::State(why)),
                Err(_) => None,
            };
            match self.conclude_diligence(&house, customer.id, selfie.id, verdict).await {
                // Whatever became of it meanwhile, nobody waits for a comparer any more.
                Ok(_) | Err(Refused::Domain(_) | Refused::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        let mut write = self.store().write(&house.ctx, self.now());
        write.job_done(job);
        Ok(self.commit(write).await?)
    }

    /// What the comparer says, nothing where a person is to look; or in a word why it could not be asked.
    async fn faces_compared(
        &self,
        house: &Caller,
        customer: &Customer,
        selfie: &Diligence,
    ) -> Result<Option<Verdict>, &'static str> {
        let settings = &house.settings.faces;
        let (Some(url), Some(document)) = (settings.comparer_url.clone(), document(customer)) else { return Ok(None) };
        let Some(front) = document.files.first() else { return Ok(None) };
        let mut frames = Vec::new();
        for frame in some(&selfie.files.iter().map(|file| file.id).collect::<Vec<_>>()) {
            frames.push(self.picture(house, frame).await?);
        }
        let body = json!({
            "customerId": customer.id.0,
            "diligenceId": selfie.id,
            "documentType": document.kind.as_str(),
            "document": self.picture(house, front.id).await?,
            "selfie": frames,
        });
        let body = body.to_string();
        let header = |name: &'static str, value: &str| {
            let value = HeaderValue::from_str(value).expect("ids, numbers and hexadecimal are visible ASCII");
            (HeaderName::from_static(name), value)
        };
        let mut headers =
            vec![header("content-type", "application/json"), header("idempotency-key", &selfie.id.to_string())];
        if let Some(secret) = &settings.comparer_secret {
            let timestamp = self.now().as_second().to_string();
            headers.push(header("x-vestibule-signature", &signature(secret, &timestamp, body.as_bytes())));
            headers.push(header("x-vestibule-timestamp", &timestamp));
        }
        let request = OutboundRequest { url, headers, body: body.into() };
        let (response, body) = self.outbound().ask(request, REQUEST_BYTES_MAX).await.map_err(OutboundError::as_str)?;
        if !response.is_success() {
            return Err("the comparer answered with another status than 2xx");
        }
        let said = serde_json::from_slice(&body).ok().and_then(|body: Value| said(&body));
        said.ok_or("the comparer's answer cannot be read")
    }

    async fn picture(&self, house: &Caller, file: FileId) -> Result<Value, &'static str> {
        let (info, content) = self.file(&house.ctx, file).await.map_err(|_| "the file cannot be read")?;
        Ok(json!({ "fileId": file.0, "contentType": info.content_type, "content": STANDARD.encode(&*content) }))
    }
}

/// The document that a selfie is to be like: the last that was not refused.
fn document(customer: &Customer) -> Option<&Diligence> {
    let shown = &customer.admission.as_ref()?.demand.as_ref()?.diligences;
    let refused = |shown: &Diligence| matches!(shown.state, DiligenceState::Refused(_));
    shown.iter().rev().find(|shown| shown.kind.proof() == Proof::Document && !refused(shown))
}

/// The first, the middle and the last.
fn some(frames: &[FileId]) -> Vec<FileId> {
    if frames.len() <= FRAMES_MAX {
        return frames.to_vec();
    }
    [0, frames.len() / 2, frames.len() - 1].into_iter().filter_map(|at| frames.get(at).copied()).collect()
}

/// What an answer says: `{"result": "match"}`, `{"result": "no_match", "reason": "Too dark selfie"}` with or without the
/// reason, `{"result": "unsure"}`. Members that are not known are not looked at; nothing, if it is no answer at all.
fn said(body: &Value) -> Option<Option<Verdict>> {
    match body.get("result")?.as_str()? {
        "match" => Some(Some(Verdict::Validated)),
        "unsure" => Some(None),
        "no_match" => {
            let reason = match body.get("reason").filter(|reason| !reason.is_null()) {
                Some(reason) => Reason::read(reason.as_str()?).filter(|reason| REASONS.contains(reason))?,
                None => Reason::NonMatchingSelfie,
            };
            Some(Some(Verdict::Refused(reason)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_whole_or_not_at_all() {
        let refused = |reason| Some(Some(Verdict::Refused(reason)));
        for (body, read) in [
            (json!({"result": "match", "similarity": 0.98}), Some(Some(Verdict::Validated))),
            (json!({"result": "unsure", "reason": 7}), Some(None)),
            (json!({"result": "no_match"}), refused(Reason::NonMatchingSelfie)),
            (json!({"result": "no_match", "reason": null}), refused(Reason::NonMatchingSelfie)),
            (json!({"result": "no_match", "reason": "too dark selfie"}), refused(Reason::TooDarkSelfie)),
            // No comparer of faces says of a document that it is false.
            (json!({"result": "no_match", "reason": "Identity fraud"}), None),
            (json!({"result": "no_match", "reason": 7}), None),
            (json!({"result": "MATCH"}), None),
            (json!({"result": true}), None),
            (json!({}), None),
            (json!([]), None),
        ] {
            assert_eq!(said(&body), read, "{body}");
        }
    }

    #[test]
    fn of_a_film_three_frames_are_sent() {
        let frames: Vec<FileId> = (0..6).map(|number| FileId(uuid::Uuid::from_u128(number))).collect();
        assert_eq!(some(&frames[..2]), frames[..2]);
        assert_eq!(some(&frames), [frames[0], frames[3], frames[5]]);
    }
}
