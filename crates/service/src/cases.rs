//! Cases: listed, shown, and everything a person does to one.

use std::sync::Arc;

use onboarding::admission::case::answered;
use onboarding::case::{
    self, About, Act, Case, Close, Confirm, Decide, NewQuestion, Outcome, Reject, assign, attach, comment, take,
};
use onboarding::customer::Ids;
use onboarding::screening::ListSeen;
use onboarding::{CaseId, Changes, Customer, CustomerId, FileId, Pii, Policy, Refusal, Timestamp};
use store::{Actor, CommitError, Ctx, FileInfo};
pub use store::{CaseFilter, CaseSummary};
use zeroize::Zeroizing;

use crate::files::Upload;
use crate::refused::Refused;
use crate::{Caller, Service, admissions, reviews};

/// How often a command starts again when another writer was faster.
const TRIES_MAX: u32 = 8;

/// Earlier cases that are shown with a case.
const EARLIER_MAX: u32 = 20;

/// A person at work on cases: for which institution, under which policy, and by which name.
#[derive(Debug, Clone)]
pub struct Reviewer {
    /// The tenant and the person, for the store and the journal.
    ctx: Ctx,
    policy: Arc<Policy>,
    name: String,
}

/// Everything that a person needs to decide a case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseFile {
    /// The case.
    pub case: Case,
    /// The customer.
    pub customer: Customer,
    /// The customer's earlier cases, the newest first.
    pub earlier: Vec<Case>,
    /// The lists as the checks that ask found them, each once.
    pub lists: Vec<ListSeen>,
    /// The files that are attached to it.
    pub files: Vec<FileInfo>,
}

/// What a command on a case left behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The case.
    pub case: Case,
    /// The customer.
    pub customer: Customer,
}

/// What a person does to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseCommand {
    /// Take it.
    Take,
    /// Give it to somebody, or to nobody.
    Assign(Option<String>),
    /// Note something.
    Comment(Pii<String>),
    /// Attach a file.
    Attach(Upload),
    /// Answer hits and questions.
    Decide {
        /// What about.
        about: About,
        /// The answer.
        outcome: Outcome,
        /// Why.
        reason: Pii<String>,
    },
    /// Agree with what another person proposed, in the version that was seen.
    Confirm {
        /// What about.
        about: About,
        /// The version.
        seen: u64,
    },
    /// Send back what was proposed.
    Reject {
        /// What about.
        about: About,
        /// Why.
        reason: Pii<String>,
    },
    /// Drop the questions that are left, if no check waits for them.
    Close {
        /// Why.
        reason: Pii<String>,
    },
}

impl Reviewer {
    /// A person of the calling institution. Who that is, the institution's system says.
    #[must_use]
    pub fn of(caller: &Caller, name: impl Into<String>) -> Self {
        let name = name.into();
        let ctx = Ctx { tenant: caller.ctx.tenant, actor: Actor::Operator(name.trim().to_owned()) };
        Self { ctx, policy: Arc::clone(&caller.policy), name }
    }
}

impl Service {
    /// Cases that fit the filter, oldest first.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn cases(&self, filter: &CaseFilter, limit: u32) -> Result<Vec<CaseSummary>, Refused> {
        Ok(self.store().cases(filter, limit).await?)
    }

    /// An operator of the house as a reviewer of this case, whose tenant it is found by.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn reviewer_of_the_house(&self, operator: &str, id: CaseId) -> Result<Reviewer, Refused> {
        let tenant = self.store().tenant_of_case(id).await?.ok_or(Refused::NotFound)?;
        let house = self.on_behalf_of(tenant).await?;
        Ok(Reviewer::of(&house, operator))
    }

    /// One case with its customer and what was decided before.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn case(&self, reviewer: &Reviewer, id: CaseId) -> Result<CaseFile, Refused> {
        let (case, customer) = self.case_and_customer(&reviewer.ctx, id).await?;
        let mut earlier = self.store().closed_cases(&reviewer.ctx, customer.id, EARLIER_MAX).await?;
        earlier.retain(|earlier| earlier.id != id);
        let mut files = self.files_of(&reviewer.ctx, customer.id).await?;
        files.retain(|file| case.attachments.iter().any(|attachment| attachment.file == file.id));
        let lists = self.lists_of(&reviewer.ctx, &case, &customer).await?;
        Ok(CaseFile { case, customer, earlier, lists, files })
    }

    /// The lists as the last screening of the case's checks found them.
    async fn lists_of(&self, ctx: &Ctx, case: &Case, customer: &Customer) -> Result<Vec<ListSeen>, Refused> {
        let kinds = case.questions.iter().filter_map(case::Question::check);
        let mut evidence: Vec<_> = kinds.filter_map(|kind| customer.checks.get(&kind)?.evidence).collect();
        evidence.sort();
        evidence.dedup();
        let mut lists: Vec<ListSeen> = Vec::new();
        for id in evidence {
            for seen in
                self.store().evidence(ctx, customer.id, id).await?.into_iter().flat_map(|found| found.screened.lists)
            {
                if !lists.iter().any(|known| (&known.list, &known.version) == (&seen.list, &seen.version)) {
                    lists.push(seen);
                }
            }
        }
        Ok(lists)
    }

    /// A file that is attached to a case.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn case_attachment(
        &self,
        reviewer: &Reviewer,
        id: CaseId,
        file: FileId,
    ) -> Result<(FileInfo, Zeroizing<Vec<u8>>), Refused> {
        let case = self.store().case(&reviewer.ctx, id).await?.ok_or(Refused::NotFound)?;
        let attached = case.attachments.iter().any(|attachment| attachment.file == file);
        if attached { self.file(&reviewer.ctx, file).await } else { Err(Refused::NotFound) }
    }

    /// A person does something to a case, in the version that was seen, if one is named.
    ///
    /// # Errors
    /// [`Refused::NotFound`], what the domain refuses.
    pub async fn act_on_case(
        &self,
        reviewer: &Reviewer,
        id: CaseId,
        seen: Option<u64>,
        command: &CaseCommand,
    ) -> Result<Decided, Refused> {
        let act = Act { by: reviewer.name.clone(), seen };
        if let CaseCommand::Attach(upload) = command
            && upload.content.len() > Upload::BYTES_MAX
        {
            return Err(Refused::State("the file is too large"));
        }
        for _ in 0..TRIES_MAX {
            let (case, customer) = self.case_and_customer(&reviewer.ctx, id).await?;
            let now = self.now();
            let before = customer.clone();
            let file = FileId(self.ids(now).next());
            let changes = decide(customer, case, &act, command, file, &reviewer.policy, &mut self.ids(now), now)?;
            // What a person finds of a hit, the rating is to know.
            let changes = self.rated(&reviewer.ctx, changes, None, now).await?;
            let house = self.on_behalf_of(reviewer.ctx.tenant).await?;
            let changes = self.decided(&house, changes, now);
            let changes = answered(changes, &before, &self.fresh(), &house.policy, &mut self.ids(now), now);
            let changes = self.asked_of_people(&reviewer.ctx, changes, Some(&before), now).await?;
            let mut write = self.store().write(&reviewer.ctx, now);
            write.apply(&changes)?;
            reviews::keep_due(&mut write, &before, &changes.customer, &house.policy, now);
            admissions::keep(&mut write, Some(&before), &changes.customer, &house.policy)?;
            if let CaseCommand::Attach(upload) = command {
                write.keep_file(&upload.clone().file(file, changes.customer.id))?;
            }
            match self.commit(write).await {
                Ok(()) => {
                    let case = changes.case.ok_or(Refused::NotFound)?;
                    return Ok(Decided { case, customer: changes.customer });
                }
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }

    /// Puts questions about a customer: to its open case, or to a new one. The case, if anything new is asked.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn ask(
        &self,
        ctx: &Ctx,
        customer: CustomerId,
        questions: &[NewQuestion],
    ) -> Result<Option<Case>, Refused> {
        for _ in 0..TRIES_MAX {
            let found = self.store().customer(ctx, customer).await?.ok_or(Refused::NotFound)?;
            let open = self.store().open_case(ctx, customer).await?;
            let now = self.now();
            let Some(changes) = case::ask(found, open, questions.to_vec(), &mut self.ids(now), now) else {
                return Ok(None);
            };
            let mut write = self.store().write(ctx, now);
            write.apply(&changes)?;
            match self.commit(write).await {
                Ok(()) => return Ok(changes.case),
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }

    async fn case_and_customer(&self, ctx: &Ctx, id: CaseId) -> Result<(Case, Customer), Refused> {
        let case = self.store().case(ctx, id).await?.ok_or(Refused::NotFound)?;
        let customer = self.store().customer(ctx, case.customer).await?.ok_or(Refused::NotFound)?;
        Ok((case, customer))
    }
}

#[expect(clippy::too_many_arguments, reason = "what every decision takes")]
fn decide(
    customer: Customer,
    case: Case,
    act: &Act,
    command: &CaseCommand,
    file: FileId,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let act = act.clone();
    match command {
        CaseCommand::Take => take(customer, case, &act, ids, now),
        CaseCommand::Assign(to) => assign(customer, case, &act, to.as_deref(), ids, now),
        CaseCommand::Comment(text) => comment(customer, case, &act, text, ids, now),
        CaseCommand::Attach(_) => attach(customer, case, &act, file, ids, now),
        CaseCommand::Decide { about, outcome, reason } => {
            let (about, outcome, reason) = (*about, *outcome, reason.clone());
            case::decide(customer, case, &Decide { act, about, outcome, reason }, policy, ids, now)
        }
        &CaseCommand::Confirm { about, seen } => {
            case::confirm(customer, case, &Confirm { by: act.by, about, seen }, ids, now)
        }
        CaseCommand::Reject { about, reason } => {
            let (about, reason) = (*about, reason.clone());
            case::reject(customer, case, &Reject { act, about, reason }, ids, now)
        }
        CaseCommand::Close { reason } => {
            let reason = reason.clone();
            case::close(customer, case, &Close { act, reason }, policy, ids, now)
        }
    }
}
