//! A verifier of documents outside the house: asked over HTTP, and what it does not answer is put to a person.
//!
//! One document is sent at a time, with what the customer says of itself. A verifier that fails is asked again, with
//! longer waits; in the end a person is asked instead, so that no document waits for ever. It may be asked twice about one
//! file: the header `Idempotency-Key` is the file's id. Each request is signed anew, with the time of its sending.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use onboarding::case::{Asks, ask_also};
use onboarding::customer::Draft;
use onboarding::evaluation::DocumentTag;
use onboarding::evaluation::document::DocumentReport;
use onboarding::evaluation::operation::Operation;
use onboarding::evaluation::papers::{self, Verdict, Verified};
use onboarding::evaluation::person::about_document;
use onboarding::signals::document::{Submitted, examine};
use onboarding::signals::file::{BYTES_MAX, sniff};
use onboarding::{Case, Customer, Party, Pii};
use serde_json::{Value, json};
use sha2::Sha256;
use store::{CommitError, Job};

use super::rules;
use crate::outbound::{HeaderName, HeaderValue, OutboundError, OutboundRequest};
use crate::refused::Refused;
use crate::{Caller, Service};

/// How often a verifier is asked about a document before a person is.
const TRIES_MAX: u32 = 6;

/// First and longest wait after a verifier failed.
const WAIT: (SignedDuration, SignedDuration) = (SignedDuration::from_secs(3), SignedDuration::from_mins(5));

/// The largest request: the largest file in base64, and room for what is said of it.
const REQUEST_BYTES_MAX: usize = BYTES_MAX / 3 * 4 + 64 * 1024;

/// Checks of an answer that are looked at.
const CHECKS_MAX: usize = 100;

/// Longest machine-readable zone that is looked at.
const MRZ_BYTES_MAX: usize = 400;

/// What came of asking.
enum Answer {
    /// What it found.
    Verdict(Verdict),
    /// There is nothing in the file that could be looked at.
    Unreadable,
}

impl Service {
    /// Asks the tenant's verifier about the oldest document that is open and no person's yet; what comes after it is due
    /// at once.
    pub(crate) async fn have_document_verified(&self, job: &Job) {
        let Err(error) = self.verify(job).await else { return };
        if !matches!(error, Refused::Conflict) {
            tracing::warn!(customer.id = %job.customer, job.attempts = job.attempts, error = %error, "A document was not verified");
        }
        let put_off = WAIT.0.saturating_mul(1 << job.attempts.min(16)).min(WAIT.1);
        let now = self.now();
        let mut write = self.store().write(&store::Ctx::system(job.tenant), now);
        write.job_later(job, now.saturating_add(put_off).unwrap_or(Timestamp::MAX));
        if let Err(error) = self.commit(write).await {
            tracing::warn!(customer.id = %job.customer, error = %error, "A document could not be put off; its lease will run out");
        }
    }

    async fn verify(&self, job: &Job) -> Result<(), Refused> {
        let house = self.on_behalf_of(job.tenant).await?;
        let ctx = &house.ctx;
        let customer = self.store().customer(ctx, job.customer).await?;
        let open_case = self.store().open_case(ctx, job.customer).await?;
        let waiting = customer.as_ref().map(|customer| waiting(customer, open_case.as_ref())).unwrap_or_default();
        let (Some(customer), Some((run, report))) = (&customer, waiting.first()) else {
            let mut write = self.store().write(ctx, self.now());
            write.job_done(job);
            return Ok(self.commit(write).await?);
        };
        let answer = match self.asked_outside(&house, customer, run, report).await {
            Ok(answer) => answer,
            Err(why) if job.attempts < TRIES_MAX => return Err(Refused::State(why)),
            // A person can look all the same.
            Err(_) => Answer::Verdict(Verdict::default()),
        };
        // What was asked took its time: the customer is read anew, and what was found is put in whatever it has become.
        let customer = self.store().customer(ctx, job.customer).await?.ok_or(Refused::NotFound)?;
        let open_case = self.store().open_case(ctx, job.customer).await?;
        let now = self.now();
        let changes = {
            let mut ids = self.ids(now);
            let mut draft = Draft::new(customer, &mut ids, now);
            match answer {
                Answer::Verdict(verdict) => papers::verified(&mut draft, report.file, verdict, &rules(&house)),
                Answer::Unreadable => papers::failed(&mut draft, report.file),
            }
            draft.finish()
        };
        let question = changes.customer.evaluation.as_ref().and_then(|known| about_document(known, report.file));
        let changes = match question {
            Some(question) => ask_also(changes, open_case, vec![question], &mut self.ids(now), now),
            None => changes,
        };
        let mut write = self.store().write(ctx, now);
        write.apply(&changes)?;
        if waiting.len() > 1 {
            write.work_due(job.customer, job.kind);
        }
        write.job_done(job);
        self.commit(write).await.map_err(|error| match error {
            CommitError::LeaseLost => Refused::Conflict,
            error => error.into(),
        })
    }

    /// What the verifier says, or in a word why it said nothing.
    async fn asked_outside(
        &self,
        house: &Caller,
        customer: &Customer,
        run: &Operation,
        report: &DocumentReport,
    ) -> Result<Answer, &'static str> {
        let settings = &house.settings.documents;
        let Some(url) = settings.verifier_url.clone() else { return Ok(Answer::Verdict(Verdict::default())) };
        let (info, content) = self.file(&house.ctx, report.file).await.map_err(|_| "the file cannot be read")?;
        let Party::Person(person) = &customer.party else { return Ok(Answer::Unreadable) };
        let body = json!({
            "requestId": run.request_id,
            "customerId": customer.id.0,
            "fileId": report.file.0,
            "documentType": report.kind.as_str(),
            "side": report.side.as_str(),
            "issuingCountry": report.country,
            "contentType": info.content_type,
            "content": STANDARD.encode(&*content),
            "declared": {
                "firstName": person.name.first.as_str(),
                "lastName": person.name.last.as_str(),
                "dob": person.birth_date.map(|born| born.to_string()),
            },
        });
        let body = body.to_string();
        let header = |name: &'static str, value: &str| {
            let value = HeaderValue::from_str(value).expect("ids, numbers and hexadecimal are visible ASCII");
            (HeaderName::from_static(name), value)
        };
        let mut headers =
            vec![header("content-type", "application/json"), header("idempotency-key", &report.file.0.to_string())];
        if let Some(secret) = &settings.verifier_secret {
            let timestamp = self.now().as_second().to_string();
            headers.push(header("x-vestibule-signature", &signature(secret, &timestamp, body.as_bytes())));
            headers.push(header("x-vestibule-timestamp", &timestamp));
        }
        let request = OutboundRequest { url, headers, body: body.into() };
        let asked = self.outbound().ask(request, REQUEST_BYTES_MAX).await;
        let (response, body) = asked.map_err(OutboundError::as_str)?;
        match response.status {
            200..=299 => {}
            422 => return Ok(Answer::Unreadable),
            _ => return Err("the verifier answered with another status than 2xx or 422"),
        }
        let said = serde_json::from_slice(&body).ok().and_then(|body: Value| Said::read(&body));
        let Said { result, checks, mrz, issued_on } = said.ok_or("the verifier's answer cannot be read")?;
        let today = self.now().to_zoned(TimeZone::UTC).date();
        let read = mrz.and_then(|mrz| {
            let file = sniff(&content).ok()?;
            let submitted =
                Submitted { kind: report.kind, issuing_country: &report.country, file, mrz: Some(mrz.as_str()) };
            Some(examine(&submitted, customer, today, house.policy.age_min_years))
        });
        Ok(Answer::Verdict(Verdict { result, checks, read: read.unwrap_or_default(), issued_on }))
    }
}

/// The documents that nobody has answered and no person was asked about, the oldest first.
fn waiting(customer: &Customer, open_case: Option<&Case>) -> Vec<(Operation, DocumentReport)> {
    let asked = |report: &DocumentReport| {
        let mut questions = open_case.into_iter().flat_map(|case| &case.questions);
        questions.any(|question| matches!(&question.asks, Asks::Document { file, .. } if *file == report.file))
    };
    let open = customer.evaluation.iter().flat_map(papers::open);
    open.filter(|(_, report)| !asked(report)).map(|(run, report)| (run.clone(), report.clone())).collect()
}

/// `sha256=` and the hexadecimal HMAC-SHA-256 of `timestamp.body` under the secret.
pub(crate) fn signature(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    for part in [timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// What a verifier's answer says.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    result: Verified,
    checks: BTreeMap<DocumentTag, bool>,
    mrz: Option<Pii<String>>,
    issued_on: Option<Date>,
}

impl Said {
    /// `{"result": "pass", "checks": [{"tag": "visual_authenticity", "passed": true, "detail": "…"}], "mrz": "P<…",
    /// "issuingDate": "2020-01-31"}`, all but the result left out or `null` where nothing is known. Tags and members that are
    /// not known are not looked at; a member of another type makes it no answer at all: half of a misunderstanding is one.
    /// A detail may name anybody, and is not kept.
    fn read(body: &Value) -> Option<Self> {
        let body = body.as_object()?;
        let known = |name: &str| body.get(name).filter(|value| !value.is_null());
        let result = match body.get("result")?.as_str()? {
            "pass" => Verified::Pass,
            "review" => Verified::Review,
            "fail" => Verified::Fail,
            _ => return None,
        };
        let mut checks = BTreeMap::new();
        if let Some(said) = known("checks") {
            for check in said.as_array().filter(|said| said.len() <= CHECKS_MAX)? {
                let (word, passed) = (check.get("tag")?.as_str()?, check.get("passed")?.as_bool()?);
                if check.get("detail").is_some_and(|detail| !detail.is_null() && !detail.is_string()) {
                    return None;
                }
                if let Some(tag) = DocumentTag::parse(word) {
                    let all = checks.entry(tag).or_insert(true);
                    *all = *all && passed;
                }
            }
        }
        let mrz = match known("mrz") {
            Some(mrz) => Some(Pii(mrz.as_str().filter(|mrz| mrz.len() <= MRZ_BYTES_MAX)?.to_owned())),
            None => None,
        };
        let issued_on = match known("issuingDate") {
            Some(date) => Some(date.as_str()?.parse().ok()?),
            None => None,
        };
        Some(Self { result, checks, mrz, issued_on })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_whole_or_not_at_all() {
        let read = |body: Value| Said::read(&body);
        let whole = read(json!({"result": "fail", "checks": [
            {"tag": "visual_authenticity", "passed": true},
            {"tag": "age_validation", "passed": true, "detail": "Jane Doe is 17."},
            {"tag": "age_validation", "passed": false, "detail": null},
            {"tag": "charm", "passed": false},
        ], "mrz": "P<UTO", "issuingDate": "2020-01-31", "more": 7}));
        let checks = [(DocumentTag::Age, false), (DocumentTag::Authenticity, true)].into();
        let (mrz, issued_on) = (Some(Pii("P<UTO".to_owned())), Some(jiff::civil::date(2020, 1, 31)));
        assert_eq!(whole, Some(Said { result: Verified::Fail, checks, mrz, issued_on }));
        for (word, result) in [("pass", Verified::Pass), ("review", Verified::Review), ("fail", Verified::Fail)] {
            let said = Said { result, checks: BTreeMap::new(), mrz: None, issued_on: None };
            assert_eq!(read(json!({"result": word, "checks": null})), Some(said));
        }
        let pass = |name: &str, value: Value| {
            let mut body = json!({"result": "pass"});
            body[name] = value;
            body
        };
        for bad in [
            json!([]),
            json!({}),
            json!({"result": "PASS"}),
            json!({"result": true}),
            pass("checks", json!({"age_validation": true})),
            pass("checks", json!(["age_validation"])),
            pass("checks", json!([{"tag": "age_validation"}])),
            pass("checks", json!([{"tag": "charm", "passed": "yes"}])),
            pass("checks", json!([{"tag": "age_validation", "passed": true, "detail": 7}])),
            pass("checks", json!(vec![json!({"tag": "charm", "passed": true}); CHECKS_MAX + 1])),
            pass("mrz", json!(7)),
            pass("mrz", json!("<".repeat(MRZ_BYTES_MAX + 1))),
            pass("issuingDate", json!("31/01/2020")),
        ] {
            assert_eq!(read(bad.clone()), None, "{bad}");
        }
    }

    #[test]
    fn the_signature_is_made_of_time_and_body() {
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac Jefe
        let expected = "sha256=d3793e2b4103edfbd98cc19591832f5fad701d413db9fcae0ae7dab8184ed207";
        assert_eq!(signature("Jefe", "1700000000", b"{}"), expected);
    }
}
