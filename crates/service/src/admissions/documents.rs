//! Documents, selfies and tax papers: kept sealed, and put to a person, or decided by a sandbox.

use onboarding::admission::diligence::{self, DiligenceFile, DiligenceKind, LookedAtBy, Shown, Verdict};
use onboarding::admission::person::AppUserId;
use onboarding::admission::tax::{TaxPaperKind, show_paper};
use onboarding::admission::{AdmissionRefusal, page, sandbox, standing};
use onboarding::customer::Ids;
use onboarding::signals::file::{self, Format, Sniffed, sniff};
use onboarding::{Customer, CustomerId, FileId, Pii};
use store::NewFile as KeptFile;
use uuid::Uuid;

use super::refused;
use crate::files::Upload;
use crate::refused::Refused;
use crate::{Caller, Service};

/// What files are kept for.
const IDENTITY: &str = "identity-document";
const TAX: &str = "tax-document";

/// Who shows something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShownBy {
    /// The institution, which may add to what it has shown.
    Institution,
    /// The customer itself, on a page that asks for no credential: only what is wanted, and once.
    Customer,
}

/// A file that somebody shows: one that a person can look at, and nothing else.
#[derive(Debug, Clone)]
pub struct NewFile {
    name: Option<Pii<String>>,
    content: Pii<Vec<u8>>,
    sniffed: Sniffed,
}

impl NewFile {
    /// The file, if it is a picture or a document.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn new(name: Option<Pii<String>>, content: Vec<u8>) -> Result<Self, file::Refused> {
        let sniffed = sniff(&content)?;
        Ok(Self { name, content: Pii(content), sniffed })
    }

    /// What it is.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.sniffed.format
    }

    fn kept(self, purpose: &'static str, id: FileId, customer: CustomerId) -> KeptFile {
        let content_type = self.sniffed.format.media_type().to_owned();
        Upload { purpose, content_type, name: self.name, content: self.content }.file(id, customer)
    }
}

impl Service {
    /// Takes what an institution shows for its customer.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; what the domain refuses.
    pub async fn show(
        &self,
        caller: &Caller,
        user: &AppUserId,
        kind: DiligenceKind,
        files: Vec<NewFile>,
    ) -> Result<Customer, Refused> {
        let id = self.admitted(caller, user).await?.id;
        self.show_of(caller, id, kind, files, ShownBy::Institution).await.map(|(_, customer)| customer)
    }

    /// The same, of whomever it is. Which diligence it is, and the customer.
    pub(crate) async fn show_of(
        &self,
        house: &Caller,
        id: CustomerId,
        kind: DiligenceKind,
        files: Vec<NewFile>,
        shown_by: ShownBy,
    ) -> Result<(Uuid, Customer), Refused> {
        if files.is_empty() {
            return Err(refused(AdmissionRefusal::NotAwaited));
        }
        if files.len() > diligence::FILES_MAX {
            return Err(refused(AdmissionRefusal::TooMany("files")));
        }
        let kept = self.kept(IDENTITY, id, files);
        let shown: Vec<DiligenceFile> =
            kept.iter().map(|file| DiligenceFile { id: file.id, name: file.name.clone() }).collect();
        let (policy, in_sandbox) = (&house.policy, house.tenant.sandbox);
        self.step(house, id, &kept, |customer, fresh, ids, now| {
            if shown_by == ShownBy::Customer {
                page::may_show(&customer, kind.proof())?;
            }
            let verdict = sandbox::verdict(&customer, kind.proof()).filter(|_| in_sandbox);
            // What a sandbox decides at once, nobody is asked about.
            let compared = kind == DiligenceKind::Selfie && house.settings.faces.comparer_url.is_some();
            let by = if verdict.is_some() || compared { LookedAtBy::Machine } else { LookedAtBy::Person };
            let mut change = standing::Change::begin(customer, policy, ids, now)?;
            change.unless_refused()?;
            let diligence = diligence::receive(&mut change, Shown { kind, files: shown.clone(), by })?;
            if let Some(verdict) = verdict {
                diligence::conclude(&mut change, diligence, verdict, fresh)?;
            }
            Ok((diligence, change.finish()))
        })
        .await
    }

    /// Takes in what a machine concludes of something that was shown; a person looks at it where it cannot say.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`AdmissionRefusal::NotAwaited`].
    pub async fn conclude_diligence(
        &self,
        house: &Caller,
        id: CustomerId,
        diligence: Uuid,
        verdict: Option<Verdict>,
    ) -> Result<Customer, Refused> {
        let policy = &house.policy;
        let (_, customer) = self
            .step(house, id, &[], |customer, fresh, ids, now| {
                let changes = match verdict {
                    Some(verdict) => diligence::decide(customer, diligence, verdict, fresh, policy, ids, now)?,
                    None => diligence::put_to_person(customer, diligence, policy, ids, now)?,
                };
                Ok(((), changes))
            })
            .await?;
        Ok(customer)
    }

    /// Takes a tax paper of a customer's; the first that is missing, where the sender does not say which.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; what the domain refuses.
    pub async fn show_tax_paper(
        &self,
        caller: &Caller,
        user: &AppUserId,
        kind: Option<TaxPaperKind>,
        file: NewFile,
    ) -> Result<Customer, Refused> {
        let id = self.admitted(caller, user).await?.id;
        let kept = self.kept(TAX, id, vec![file]);
        let policy = &caller.policy;
        let (_, customer) = self
            .step(caller, id, &kept, |customer, _, ids, now| {
                let file = kept.first().map(|file| file.id).ok_or(AdmissionRefusal::NotAwaited)?;
                Ok(((), show_paper(customer, kind, file, policy, ids, now)?))
            })
            .await?;
        Ok(customer)
    }

    fn kept(&self, purpose: &'static str, customer: CustomerId, files: Vec<NewFile>) -> Vec<KeptFile> {
        let now = self.now();
        let mut ids = self.ids(now);
        files.into_iter().map(|file| file.kept(purpose, FileId(ids.next()), customer)).collect()
    }
}
