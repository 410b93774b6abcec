//! What a write may say of people.

use jiff::Timestamp;
use onboarding::CustomerId;
use onboarding::changes::Work;
use uuid::Uuid;

use super::{NewUser, Session, email, sessions, users};
use crate::context::Ctx;
use crate::error::StoreError;
use crate::vault::keyring::TenantKeys;
use crate::write::{Statements, Write};

/// One of them.
#[derive(Debug)]
pub(crate) enum Step {
    User(NewUser),
    SignedIn(Session),
    EmailToken(Uuid, [u8; 32]),
    EmailTokenVoid(Uuid),
}

impl Write {
    /// Adds a user for a customer. The write ends in [`crate::CommitError::EmailTaken`] when the tenant has one with
    /// the same address, in whatever case.
    pub fn user_created(&mut self, user: &NewUser) {
        self.people(Step::User(user.clone()));
    }

    /// Adds a session, and ends the count of the user's failures.
    pub fn signed_in(&mut self, session: &Session) {
        self.people(Step::SignedIn(session.clone()));
    }

    /// Uses a token up. The write ends in [`crate::CommitError::TokenGone`] when it is unknown, used, or expired.
    pub fn email_token_used(&mut self, user: Uuid, hash: [u8; 32]) {
        self.people(Step::EmailToken(user, hash));
    }

    /// Takes its worth from whatever token was sent to the user before.
    pub fn email_token_void(&mut self, user: Uuid) {
        self.people(Step::EmailTokenVoid(user));
    }

    /// Makes work due that no decision asked for.
    pub fn work_due(&mut self, customer: CustomerId, work: Work) {
        self.due(customer, work);
    }
}

pub(crate) fn put(
    ctx: &Ctx,
    keys: &TenantKeys,
    step: &Step,
    now: Timestamp,
    statements: &mut Statements,
) -> Result<(), StoreError> {
    match step {
        Step::User(user) => users::insert(ctx, keys, user, now, statements)?,
        Step::SignedIn(session) => {
            users::signed_in(ctx, session.user, statements);
            sessions::insert(ctx, session, now, statements);
        }
        Step::EmailToken(user, hash) => email::take(ctx, *user, *hash, now, statements),
        Step::EmailTokenVoid(user) => email::void(ctx, *user, statements),
    }
    Ok(())
}
