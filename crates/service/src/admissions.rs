//! Admissions: prospects who take their steps in any order, until an account opens.
//!
//! What may be done when is `onboarding::admission`'s to say. Each step is one write, and with it go the handles that lead to
//! the customer, the questions for a person, and the work that ends what nobody answers.
//!
//! - [`create`], [`profile`], [`steps`]: what an institution asks, by its own id of the customer;
//! - [`signatures`], [`device`], [`page`]: who comes without a credential, and what is signed;
//! - [`documents`], [`faces`]: what is shown, and who looks at it.

mod create;
mod device;
mod documents;
mod faces;
mod page;
mod profile;
mod signatures;
mod steps;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use onboarding::admission::create::Fresh;
use onboarding::admission::person::{AppUserId, PublicCode};
use onboarding::admission::wallet::{ActivationState, WalletState};
use onboarding::admission::{Admission, AdmissionRefusal, case, signature};
use onboarding::case::{Attachment, Case, ask_also};
use onboarding::customer::Ids;
use onboarding::{Changes, Customer, CustomerId, Pii, Policy, Refusal, Work};
use store::{CommitError, Ctx, Handle, HandleHash, HandleKind, NewFile as KeptFile, Write};

pub use device::{Challenges, DeviceAnswer, Identification};
pub use documents::NewFile;
pub use page::{PageSeen, Wanted};

use crate::refused::Refused;
use crate::screening::hex;
use crate::{Caller, Service};

/// How often a step starts again when another writer was faster. Each time somebody else succeeded.
const TRIES_MAX: u32 = 8;

impl Service {
    /// A customer of the caller by the institution's own id.
    ///
    /// # Errors
    /// [`Refused::NotFound`], also for one that was let in another way.
    pub async fn admitted(&self, caller: &Caller, user: &AppUserId) -> Result<Customer, Refused> {
        let found = self.customer_of_sender(caller, &Pii(user.as_str().to_owned())).await?;
        found.filter(|customer| customer.admission.is_some()).ok_or(Refused::NotFound)
    }

    /// The caller's customer who holds this account.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn holder_of(&self, caller: &Caller, account: uuid::Uuid) -> Result<Customer, Refused> {
        let (house, customer) = self.led_by(HandleKind::Account, &account.to_string()).await?;
        if house.tenant_id() == caller.tenant_id() { Ok(customer) } else { Err(Refused::NotFound) }
    }

    /// What nobody may guess, for a decision that may need it.
    pub(crate) fn fresh(&self) -> Fresh {
        let (code, token) = (self.random_bytes(), self.random_bytes());
        let technical_id = [self.random_bytes(), self.random_bytes()].concat();
        let mut public = [0; PublicCode::CHARS];
        public.copy_from_slice(&self.random_bytes()[..PublicCode::CHARS]);
        Fresh {
            account: self.random_uuid(),
            public_code: PublicCode::of(public),
            activation_code: Pii(hex(&code[..16])),
            technical_id: Pii(hex(&technical_id)),
            token: Pii(hex(&token[..16])),
        }
    }

    /// An id of 128 random bits.
    fn random_handle(&self) -> uuid::Uuid {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.random_bytes()[..16]);
        uuid::Uuid::from_bytes(bytes)
    }

    /// Takes a step of an admission: reads, decides, writes with whatever follows; starts again when another writer was
    /// faster. `files` are kept with it.
    pub(crate) async fn step<T>(
        &self,
        house: &Caller,
        id: CustomerId,
        files: &[KeptFile],
        decide: impl Fn(Customer, &Fresh, &mut dyn Ids, Timestamp) -> Result<(T, Changes), Refusal>,
    ) -> Result<(T, Customer), Refused> {
        for _ in 0..TRIES_MAX {
            let customer = self.store().customer(&house.ctx, id).await?.ok_or(Refused::NotFound)?;
            let (fresh, now, before) = (self.fresh(), self.now(), customer.clone());
            let (result, changes) = decide(customer, &fresh, &mut self.ids(now), now)?;
            let changes = self.asked_of_people(&house.ctx, changes, Some(&before), now).await?;
            let mut write = self.store().write(&house.ctx, now);
            write.apply(&changes)?;
            for file in files {
                write.keep_file(file)?;
            }
            keep(&mut write, Some(&before), &changes.customer, &house.policy)?;
            match self.commit(write).await {
                Ok(()) => return Ok((result, changes.customer)),
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }

    /// Puts what an admission asks of a person since this change into the customer's case, with the files to look at.
    pub(crate) async fn asked_of_people(
        &self,
        ctx: &Ctx,
        changes: Changes,
        before: Option<&Customer>,
        now: Timestamp,
    ) -> Result<Changes, Refused> {
        let asked = case::questions(before, &changes.customer);
        if asked.is_empty() {
            return Ok(changes);
        }
        let open = match before {
            Some(before) => self.store().open_case(ctx, before.id).await?,
            None => None,
        };
        let (questions, files): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        let mut changes = ask_also(changes, open, questions, &mut self.ids(now), now);
        if let Some(case) = &mut changes.case {
            for file in files.into_iter().flatten() {
                let known = case.attachments.iter().any(|attachment| attachment.file == file);
                if !known && case.attachments.len() < Case::ATTACHMENTS_MAX {
                    case.attachments.push(Attachment { file, by: SHOWN_BY.to_owned(), at: now });
                }
            }
        }
        Ok(changes)
    }

    /// Whose customer a handle leads to, and which.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for an unknown one; [`AdmissionRefusal::Ended`].
    pub(crate) async fn led_by(&self, kind: HandleKind, handle: &str) -> Result<(Caller, Customer), Refused> {
        let found = self.handle_of(kind, handle).await?;
        if found.ended_at.is_some() {
            return Err(refused(AdmissionRefusal::Ended));
        }
        self.led_to(&found).await
    }

    /// What is known of a handle, ended or not.
    async fn handle_of(&self, kind: HandleKind, handle: &str) -> Result<Handle, Refused> {
        let found = self.store().handle(kind.hash(handle)).await?.filter(|found| found.kind == kind);
        found.ok_or(Refused::NotFound)
    }

    async fn led_to(&self, found: &Handle) -> Result<(Caller, Customer), Refused> {
        let house = self.on_behalf_of(found.tenant).await?;
        let customer = self.store().customer(&house.ctx, found.customer).await?.ok_or(Refused::NotFound)?;
        Ok((house, customer))
    }
}

/// Who attached a file to a case that the customer showed.
const SHOWN_BY: &str = "the customer";

/// A refusal of the admission.
pub(crate) fn refused(refusal: AdmissionRefusal) -> Refused {
    Refused::Domain(Refusal::Admission(refusal))
}

/// The admission of a customer that was let in this way.
///
/// # Errors
/// [`AdmissionRefusal::NotAdmitted`].
pub(crate) fn admission(customer: &Customer) -> Result<&Admission, Refused> {
    customer.admission.as_ref().ok_or_else(|| refused(AdmissionRefusal::NotAdmitted))
}

/// Puts the handles and the work of an admission where a change has moved them.
pub(crate) fn keep(
    write: &mut Write,
    before: Option<&Customer>,
    after: &Customer,
    policy: &Policy,
) -> Result<(), Refused> {
    let Some(admission) = &after.admission else { return Ok(()) };
    let known = before.and_then(|before| before.admission.as_ref());
    let (old, new) = (before.map(handles).unwrap_or_default(), handles(after));
    for (hash, (kind, made_at)) in new.iter().filter(|(hash, _)| !old.contains_key(hash)) {
        let (tenant, customer) = (after.tenant, after.id);
        write.handle_made(&Handle { hash: *hash, tenant, customer, kind: *kind, made_at: *made_at, ended_at: None })?;
    }
    for hash in old.keys().filter(|hash| !new.contains_key(hash)) {
        write.handle_ended(*hash);
    }
    let rules = &policy.admission;
    let end = signature::next_end(admission, rules);
    if let Some(end) = end.filter(|_| known.and_then(|known| signature::next_end(known, rules)) != end) {
        write.job_at(after.id, Work::ExpireSignatures, end);
    }
    let compared = |admission| faces::waiting(admission).map(|selfie| (selfie.id, selfie.files.len()));
    if compared(admission).is_some() && known.and_then(compared) != compared(admission) {
        write.work_due(after.id, Work::CompareFaces);
    }
    if known.is_none() {
        let term = SignedDuration::from_hours(24 * i64::from(rules.prospect_days));
        let due = after.created_at.saturating_add(term).unwrap_or(Timestamp::MAX);
        write.job_at(after.id, Work::Forget, due);
    }
    Ok(())
}

/// Everything that leads to a customer now.
fn handles(customer: &Customer) -> BTreeMap<HandleHash, (HandleKind, Timestamp)> {
    let Some(admission) = &customer.admission else { return BTreeMap::new() };
    let (made_at, mut handles) = (customer.created_at, BTreeMap::new());
    let mut put = |kind: HandleKind, text: &str, at| {
        handles.insert(kind.hash(text), (kind, at));
    };
    if let Some(code) = admission.activation.as_ref().filter(|known| known.state == ActivationState::Open) {
        put(HandleKind::Activation, &code.code, code.made_at);
    }
    if let Some(wallet) = admission.wallet.as_ref().filter(|known| known.state != WalletState::Killed) {
        put(HandleKind::Wallet, &wallet.id.to_string(), wallet.bound_at);
    }
    if let Some(page) = admission.page.as_ref().filter(|known| known.ended_at.is_none()) {
        put(HandleKind::Page, &page.token, page.made_at);
    }
    put(HandleKind::Account, &admission.account.id.to_string(), made_at);
    for signature in &admission.signatures {
        put(HandleKind::Signature, &signature.id.to_string(), signature.asked_at);
    }
    handles
}
