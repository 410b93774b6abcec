//! Documents: looked at as far as a machine can, kept sealed, and put to a person.

use jiff::tz::TimeZone;
use onboarding::case::ask_also;
use onboarding::customer::{Draft, Ids};
use onboarding::evaluation::begin::Request;
use onboarding::evaluation::document::{DocumentKind, DocumentReport, DocumentSide};
use onboarding::evaluation::operation::{EvaluationKind, Trigger};
use onboarding::evaluation::scenario::Scenario;
use onboarding::evaluation::{papers, person};
use onboarding::signals::document::{Submitted, examine};
use onboarding::signals::file::{self, Sniffed, sniff};
use onboarding::{Changes, Customer, CustomerId, FileId, Pii, Work};
use store::CommitError;

use super::{Asked, Preliminary, TRIES_MAX, rules};
use crate::files::Upload;
use crate::refused::Refused;
use crate::{Caller, Service};

/// What files of documents are kept for.
const PURPOSE: &str = "identity-document";

/// A document that is handed in.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// Which document.
    pub kind: DocumentKind,
    /// Which side.
    pub side: DocumentSide,
    /// Who issued it, ISO 3166-1 alpha-3 in upper case.
    pub country: String,
    /// Its machine-readable zone, where the caller has read it.
    pub mrz: Option<Pii<String>>,
    /// The file.
    pub content: Pii<Vec<u8>>,
    /// What the file turned out to be.
    sniffed: Sniffed,
}

impl NewDocument {
    /// A document, if its file is one that a person can look at and nothing else.
    ///
    /// # Errors
    /// Why the file is refused.
    pub fn new(
        kind: DocumentKind,
        side: DocumentSide,
        country: String,
        mrz: Option<Pii<String>>,
        content: Vec<u8>,
    ) -> Result<Self, file::Refused> {
        let sniffed = sniff(&content)?;
        Ok(Self { kind, side, country, mrz, content: Pii(content), sniffed })
    }
}

impl Service {
    /// Keeps a document, and begins its evaluation: what the file and its machine-readable zone say is found at once,
    /// what they cannot say is put to a person.
    ///
    /// # Errors
    /// [`Refused::NotFound`], also for a customer that was let in without an evaluation.
    pub async fn submit_document(
        &self,
        caller: &Caller,
        id: CustomerId,
        document: &NewDocument,
    ) -> Result<Asked, Refused> {
        let request_id = self.request_id();
        for _ in 0..TRIES_MAX {
            let customer = self.store().customer(&caller.ctx, id).await?.ok_or(Refused::NotFound)?;
            if customer.evaluation.is_none() {
                return Err(Refused::NotFound);
            }
            let open_case = self.store().open_case(&caller.ctx, id).await?;
            let now = self.now();
            let file = FileId(self.ids(now).next());
            let scenario = Scenario::of(&customer, caller.tenant.sandbox);
            let changes = self.looked_at(caller, customer, document, (file, &request_id, scenario), now);
            let evaluation = changes.customer.evaluation.as_ref();
            let verifier = caller.settings.documents.verifier_url.is_some();
            let question = evaluation.filter(|_| !verifier).and_then(|known| person::about_document(known, file));
            let changes = match question {
                Some(question) => ask_also(changes, open_case, vec![question], &mut self.ids(now), now),
                None => changes,
            };
            let upload = Upload {
                purpose: PURPOSE,
                content_type: document.sniffed.format.media_type().to_owned(),
                name: None,
                content: document.content.clone(),
            };
            let mut write = self.store().write(&caller.ctx, now);
            write.apply(&changes)?;
            write.keep_file(&upload.file(file, id))?;
            match self.commit(write).await {
                Ok(()) => {
                    let preliminary = Preliminary::Late;
                    return Ok(Asked { customer: changes.customer, request_id, preliminary });
                }
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }

    fn looked_at(
        &self,
        caller: &Caller,
        customer: Customer,
        document: &NewDocument,
        (file, request_id, scenario): (FileId, &str, Option<Scenario>),
        now: jiff::Timestamp,
    ) -> Changes {
        let submitted = Submitted {
            kind: document.kind,
            issuing_country: &document.country,
            file: document.sniffed,
            mrz: document.mrz.as_ref().map(|mrz| mrz.as_str()),
        };
        let today = now.to_zoned(TimeZone::UTC).date();
        let findings = examine(&submitted, &customer, today, caller.policy.age_min_years);
        let report = DocumentReport {
            file,
            kind: document.kind,
            side: document.side,
            country: document.country.clone(),
            issued_on: None,
            findings,
        };
        let request = Request {
            request_id: Some(request_id.to_owned()),
            trigger: Trigger::Evaluation,
            kind: EvaluationKind::Document,
            then_fraud: false,
        };
        let mut ids = self.ids(now);
        let mut draft = Draft::new(customer, &mut ids, now);
        let complete = report.is_complete() || scenario.is_some();
        papers::submitted(&mut draft, request, report, scenario, &rules(caller));
        if !complete && caller.settings.documents.verifier_url.is_some() {
            draft.due(Work::VerifyDocument);
        }
        draft.finish()
    }
}
