//! One atomic write: everything that a use case changes, with the journal's entries and the answer it gives.

use db::{Batch, Expect, Sql, Value, WriteError};
use jiff::Timestamp;
use onboarding::changes::Work;
use onboarding::{Changes, CustomerId};

use crate::accounts::{self, ReceivedTransfer};
use crate::answers::{self, Answer};
use crate::context::Ctx;
use crate::erasure::{self, Forgotten};
use crate::error::{CommitError, StoreError};
use crate::files::{self, NewFile};
use crate::handles::{self, Handle, HandleHash};
use crate::jobs::{self, AttemptId, HAND_OVER_LEASE, HandOver, Job};
use crate::open::Store;
use crate::paces::{self, Pace};
use crate::registrations::{self, Registration};
use crate::tenants::Tenant;
use crate::vault::seal::SealKey;
use crate::{cases, customers, evidence, journal, people, tenants};

/// A write being put together. Nothing happens before [`Write::commit`].
#[must_use = "nothing is written before it is committed"]
#[derive(Debug)]
pub struct Write {
    store: Store,
    ctx: Ctx,
    now: Timestamp,
    leaves_work: bool,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Answer(Answer),
    Changes(Box<Changes>),
    Forget(Box<Forgotten>),
    File(Box<NewFile>),
    Registration(Box<Registration>, registrations::write::Step),
    RegistrationGone(String, String),
    Pace(Pace),
    Transfer(ReceivedTransfer),
    Handle(Handle),
    HandleEnded(HandleHash),
    At(CustomerId, Work, Timestamp),
    Settings(Box<Tenant>),
    People(people::write::Step),
    Due(CustomerId, Work),
    Done(Job),
    Later(Job, Timestamp),
}

/// What a commit did that others in the process should know of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Committed {
    /// Work that is due now and leased to this process: begin it, without asking the database again.
    pub jobs: Vec<Job>,
    /// How many events wait for the sealer because of this write.
    pub events: usize,
}

/// The statements of a write, each with what it means when it does not do what it should.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    batch: Batch,
    meanings: Vec<Meaning>,
}

/// What a statement is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Meaning {
    Customer,
    Case,
    Evidence,
    File,
    Event,
    Answer,
    Registration,
    Pace,
    Transfer,
    Account,
    Handle,
    Settings,
    Lease,
    User,
    Session,
    EmailToken,
    /// Work that is leased to this process if the statement returns it so.
    Job(HandOver),
}

impl Statements {
    pub fn add(&mut self, sql: &Sql, values: Vec<Value>, expect: Expect, meaning: Meaning) {
        self.batch.add(sql, values, expect);
        self.meanings.push(meaning);
    }

    /// What the failure of one of them means to the caller.
    fn failure(&self, error: WriteError) -> CommitError {
        let (WriteError::Expectation { statement, .. } | WriteError::Unique { statement, .. }) = &error else {
            return error.into();
        };
        match self.meanings.get(*statement) {
            Some(Meaning::Customer) if error.is_unique_on_columns("customers", &["tenant_id", "cif_number"]) => {
                CommitError::CifNumberTaken
            }
            Some(Meaning::Registration) if matches!(error, WriteError::Unique { .. }) => CommitError::RegistrationTaken,
            Some(Meaning::Transfer) if matches!(error, WriteError::Unique { .. }) => CommitError::TransferTaken,
            Some(Meaning::Account) => CommitError::Conflict,
            Some(Meaning::Customer | Meaning::Case | Meaning::Registration | Meaning::Settings) => {
                CommitError::Conflict
            }
            Some(Meaning::User) if matches!(error, WriteError::Unique { .. }) => CommitError::EmailTaken,
            Some(Meaning::EmailToken) => CommitError::TokenGone,
            Some(Meaning::User | Meaning::Session) => CommitError::Conflict,
            Some(Meaning::Pace) => CommitError::TooSoon,
            Some(Meaning::Answer) => CommitError::AnswerTaken,
            Some(Meaning::Lease | Meaning::Job(_)) => CommitError::LeaseLost,
            Some(Meaning::Transfer | Meaning::Evidence | Meaning::File | Meaning::Event | Meaning::Handle) | None => {
                error.into()
            }
        }
    }
}

impl Store {
    /// Begins a write for the tenant, at this time.
    pub fn write(&self, ctx: &Ctx, now: Timestamp) -> Write {
        Write { store: self.clone(), ctx: ctx.clone(), now, leaves_work: false, steps: Vec::new() }
    }
}

impl Write {
    /// Leaves the work it makes due for whoever claims it, instead of handing it over to this process: for a process
    /// that does no such work, or has its hands full.
    pub fn leave_work(&mut self) {
        self.leaves_work = true;
    }

    /// Adds everything that a decision changes.
    ///
    /// # Errors
    /// [`StoreError::NoSuchTenant`] for another tenant's customer.
    pub fn apply(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let case = changes.case.as_ref();
        if changes.customer.tenant != self.ctx.tenant || case.is_some_and(|case| case.tenant != self.ctx.tenant) {
            return Err(StoreError::NoSuchTenant);
        }
        self.steps.push(Step::Changes(Box::new(changes.clone())));
        Ok(())
    }

    /// Forgets a customer: its key is destroyed and everything that is its own deleted, its work included, but for the
    /// journal, which gets the event. Work that is ended by the same write must be ended before.
    pub fn forget(&mut self, forgotten: &Forgotten) {
        self.steps.push(Step::Forget(Box::new(forgotten.clone())));
    }

    /// Keeps a file of a customer, who is there already or let in by this write.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] past [`NewFile::BYTES_MAX`].
    pub fn keep_file(&mut self, file: &NewFile) -> Result<(), StoreError> {
        if file.content.len() > NewFile::BYTES_MAX {
            return Err(StoreError::TooLarge { what: "the file" });
        }
        self.steps.push(Step::File(Box::new(file.clone())));
        Ok(())
    }

    /// Adds the answer that is being given, so that a repetition gets it again.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] past [`Answer::BODY_BYTES_MAX`].
    pub fn remember(&mut self, answer: &Answer) -> Result<(), StoreError> {
        if answer.body.len() > Answer::BODY_BYTES_MAX {
            return Err(StoreError::TooLarge { what: "the answer" });
        }
        self.steps.push(Step::Answer(answer.clone()));
        Ok(())
    }

    /// Adds a new registration.
    ///
    /// # Errors
    /// [`StoreError::NoSuchTenant`] for another tenant's.
    pub fn registration_created(&mut self, registration: &Registration) -> Result<(), StoreError> {
        self.registration(registration, registrations::write::Step::Create)
    }

    /// Puts a registration in the place of the one of its name in its dialect, or makes it where there is none; it is
    /// active from now on, also where it was suspended. What waited for a suspended one, or for one with another
    /// address, is due now, from its first try on. An id, a version and a time of making are only used where there is
    /// none. Nothing is read for it, so it goes with any other change.
    ///
    /// # Errors
    /// [`StoreError::NoSuchTenant`] for another tenant's.
    pub fn registration_put(&mut self, registration: &Registration) -> Result<(), StoreError> {
        self.registration(registration, registrations::write::Step::Put)
    }

    /// Puts a registration in place of the one before it: its version is one above the stored one.
    ///
    /// # Errors
    /// [`StoreError::NoSuchTenant`] for another tenant's.
    pub fn registration_changed(&mut self, registration: &Registration) -> Result<(), StoreError> {
        self.registration(registration, registrations::write::Step::Change)
    }

    /// Puts a suspended registration, which is active in what is given, to work again: what was held for it is due now.
    /// Its version is one above the stored one.
    ///
    /// # Errors
    /// [`StoreError::NoSuchTenant`] for another tenant's.
    pub fn registration_restarted(&mut self, registration: &Registration) -> Result<(), StoreError> {
        self.registration(registration, registrations::write::Step::Restart)
    }

    /// Deletes a registration of this version. What it was still owed is abandoned, and can be read as such.
    ///
    /// # Errors
    /// [`StoreError::NoSuchTenant`] for another tenant's.
    pub fn registration_deleted(&mut self, registration: &Registration) -> Result<(), StoreError> {
        self.registration(registration, registrations::write::Step::Delete)
    }

    /// Deletes the registration of this name in this dialect, if there is one. It must be about everybody.
    pub fn registration_deleted_by_name(&mut self, dialect: &str, name: &str) {
        self.steps.push(Step::RegistrationGone(dialect.to_owned(), name.to_owned()));
    }

    /// Makes the write happen only if nothing was accepted about the same of the sender's customers too short a time ago.
    pub fn keep_pace(&mut self, pace: &Pace) {
        self.steps.push(Step::Pace(pace.clone()));
    }

    /// Adds that money came in. The write ends in [`CommitError::TransferTaken`] when it came in before.
    pub fn transfer_received(&mut self, transfer: &ReceivedTransfer) {
        self.steps.push(Step::Transfer(transfer.clone()));
    }

    /// Adds a handle that leads to a customer.
    ///
    /// # Errors
    /// [`StoreError::NoSuchTenant`] for another tenant's customer.
    pub fn handle_made(&mut self, handle: &Handle) -> Result<(), StoreError> {
        if handle.tenant != self.ctx.tenant {
            return Err(StoreError::NoSuchTenant);
        }
        self.steps.push(Step::Handle(*handle));
        Ok(())
    }

    /// Ends a handle of the tenant's: it is known, and leads nowhere any more.
    pub fn handle_ended(&mut self, hash: HandleHash) {
        self.steps.push(Step::HandleEnded(hash));
    }

    /// Adds work that is due at a time, in place of the same work that waits for another.
    pub fn job_at(&mut self, customer: CustomerId, kind: Work, due_at: Timestamp) {
        self.steps.push(Step::At(customer, kind, due_at));
    }

    /// Puts these settings and secrets of the tenant in the place of those of the version before its version; nothing
    /// else of it.
    ///
    /// # Errors
    /// [`StoreError::NoSuchTenant`] for another tenant's.
    pub fn settings_changed(&mut self, tenant: &Tenant) -> Result<(), StoreError> {
        if tenant.id != self.ctx.tenant {
            return Err(StoreError::NoSuchTenant);
        }
        self.steps.push(Step::Settings(Box::new(tenant.clone())));
        Ok(())
    }

    pub(crate) fn people(&mut self, step: people::write::Step) {
        self.steps.push(Step::People(step));
    }

    pub(crate) fn due(&mut self, customer: CustomerId, work: Work) {
        self.steps.push(Step::Due(customer, work));
    }

    /// Ends leased work. If more of it came meanwhile, it is due again.
    pub fn job_done(&mut self, job: &Job) {
        self.steps.push(Step::Done(job.clone()));
    }

    /// Puts leased work off.
    pub fn job_later(&mut self, job: &Job, due_at: Timestamp) {
        self.steps.push(Step::Later(job.clone(), due_at));
    }

    /// Writes all of it or nothing, and answers once it is durable.
    ///
    /// # Errors
    /// What somebody else did first; what the store cannot do.
    pub async fn commit(self) -> Result<Committed, CommitError> {
        let keys = self.store.keys(self.ctx.tenant).await?;
        let attempt = AttemptId::random();
        let hand_over = if self.leaves_work {
            HandOver::Left(self.now)
        } else {
            HandOver::Leased(attempt, self.now.saturating_add(HAND_OVER_LEASE).unwrap_or(Timestamp::MAX))
        };
        let mut statements = Statements::default();
        let mut events = 0;
        let mut made: Vec<(CustomerId, SealKey)> = Vec::new();
        // An answer that was given already, or a pace that is not kept, ends the write before anything else is tried.
        for step in &self.steps {
            if let Step::Answer(answer) = step {
                answers::put(&self.ctx, &keys, answer, &mut statements);
            }
            if let Step::Transfer(transfer) = step {
                accounts::received(&self.ctx, transfer, self.now, &mut statements);
            }
            if let Step::Pace(pace) = step {
                paces::keep(&self.ctx, &keys, pace, &mut statements);
            }
        }
        for step in &self.steps {
            match step {
                Step::Answer(_) | Step::Pace(_) | Step::Transfer(_) => {}
                Step::At(customer, kind, due_at) => {
                    jobs::put(&self.ctx, *customer, *kind, HandOver::Left(*due_at), &mut statements);
                }
                Step::Changes(changes) => {
                    let key = customers::write::put(&self.store, &self.ctx, &keys, changes, &mut statements).await?;
                    let key = key.ok_or(CommitError::Conflict)?;
                    journal::outbox(&self.ctx, &changes.events, &mut statements);
                    events += changes.events.len();
                    if let Some(case) = &changes.case {
                        cases::put(&self.ctx, &key, case, self.now, &mut statements);
                    }
                    if let Some(evidence) = &changes.evidence {
                        evidence::put(&self.ctx, &key, evidence, &mut statements);
                    }
                    for &work in &changes.work {
                        jobs::put(&self.ctx, changes.customer.id, work, hand_over, &mut statements);
                    }
                    made.push((changes.customer.id, key));
                }
                Step::Forget(forgotten) => {
                    erasure::put(&self.store, &self.ctx, forgotten, &mut statements).await?;
                    events += 1;
                }
                Step::File(file) => {
                    let of_this_write = made.iter().find(|(customer, _)| *customer == file.customer);
                    let key = match of_this_write {
                        Some((_, key)) => Some(key.clone()),
                        None => self.store.customer_key(&self.ctx, &keys, file.customer).await?,
                    };
                    let key = key.ok_or(CommitError::Conflict)?;
                    files::put(&self.ctx, &keys, &key, file, self.now, &mut statements);
                }
                Step::Registration(registration, step) => {
                    registrations::write::put(&self.ctx, &keys, registration, *step, &mut statements);
                }
                Step::RegistrationGone(dialect, name) => {
                    registrations::write::delete_named(&self.ctx, dialect, name, self.now, &mut statements);
                }
                Step::Handle(handle) => handles::put(handle, &mut statements),
                Step::HandleEnded(hash) => handles::end(&self.ctx, *hash, self.now, &mut statements),
                Step::Settings(tenant) => tenants::put_settings(&keys, tenant, self.now, &mut statements),
                Step::People(step) => people::write::put(&self.ctx, &keys, step, self.now, &mut statements)?,
                Step::Due(customer, work) => jobs::put(&self.ctx, *customer, *work, hand_over, &mut statements),
                Step::Done(job) => jobs::done(job, hand_over, &mut statements),
                Step::Later(job, due_at) => jobs::later(job, *due_at, self.now, &mut statements),
            }
        }
        let batch = std::mem::take(&mut statements.batch);
        let results = self.store.db().write(batch).await.map_err(|error| statements.failure(error))?;
        let mut committed = Committed { jobs: Vec::new(), events };
        for (meaning, result) in statements.meanings.iter().zip(&results) {
            if let Meaning::Job(hand_over) = meaning {
                for row in &result.rows {
                    committed.jobs.extend(hand_over.held(row)?);
                }
            }
        }
        Ok(committed)
    }

    fn registration(
        &mut self,
        registration: &Registration,
        step: registrations::write::Step,
    ) -> Result<(), StoreError> {
        if registration.tenant != self.ctx.tenant {
            return Err(StoreError::NoSuchTenant);
        }
        self.steps.push(Step::Registration(Box::new(registration.clone()), step));
        Ok(())
    }
}
