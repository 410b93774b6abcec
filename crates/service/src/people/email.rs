//! Whether an e-mail address is somebody's own: a token is mailed to it, and has to come back.

use jiff::{SignedDuration, Timestamp};
use onboarding::changes::Work;
use onboarding::enrolment::steps;
use onboarding::{Customer, CustomerId, Pii};
use store::{CommitError, Ctx, Job};
use uuid::Uuid;

use crate::auth::digest;
use crate::mail::Mail;
use crate::refused::Refused;
use crate::{Caller, Service};

/// How long a token can be used.
pub const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Characters of a token: 32 random bytes in hexadecimal.
pub const TOKEN_CHARS: usize = 64;

/// How often a mail is tried. With the waits between, that is a week.
const TRIES_MAX: u32 = 60;

/// First and longest wait after a mail was not taken.
const WAIT: (SignedDuration, SignedDuration) = (SignedDuration::from_secs(5), SignedDuration::from_hours(3));

/// Why an address was not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyEmailError {
    /// The token is unknown, was used, has expired, or another was sent since. Which of them is nobody's business.
    #[error("the token is unknown or expired")]
    Unknown,
    /// Anything else.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl Service {
    /// The customer shows the token that was mailed.
    ///
    /// # Errors
    /// [`VerifyEmailError`].
    pub async fn verify_email(
        &self,
        caller: &Caller,
        id: CustomerId,
        token: &str,
    ) -> Result<Customer, VerifyEmailError> {
        let is_token = token.len() == TOKEN_CHARS && token.bytes().all(|c| c.is_ascii_hexdigit());
        if !is_token {
            return Err(VerifyEmailError::Unknown);
        }
        let hash = digest(&token.to_ascii_lowercase());
        for _ in 0..8 {
            let found = self.store().customer(&caller.ctx, id).await.map_err(Refused::from)?;
            let customer = found.ok_or(Refused::NotFound)?;
            let user = customer.enrolment.as_ref().map(|enrolment| enrolment.user).ok_or(Refused::NotFound)?;
            let now = self.now();
            let changes = steps::verify_email(customer.clone(), &mut self.ids(now), now).map_err(Refused::from)?;
            let mut write = self.store().write(&caller.ctx, now);
            write.email_token_used(user, hash);
            let after = match changes {
                Some(changes) => {
                    write.apply(&changes).map_err(Refused::from)?;
                    changes.customer
                }
                None => customer,
            };
            match self.commit(write).await {
                Ok(()) => return Ok(after),
                Err(CommitError::TokenGone) => return Err(VerifyEmailError::Unknown),
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(Refused::from(error).into()),
            }
        }
        Err(Refused::Conflict.into())
    }

    /// Has another token mailed; the one before is void from now on.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`Refused::State`] when the address is verified already.
    pub async fn resend_email(&self, caller: &Caller, id: CustomerId) -> Result<(), Refused> {
        let customer = self.store().customer(&caller.ctx, id).await?.ok_or(Refused::NotFound)?;
        let enrolment = customer.enrolment.ok_or(Refused::NotFound)?;
        if enrolment.email_verified_at.is_some() {
            return Err(Refused::State("the e-mail address is verified already"));
        }
        let mut write = self.store().write(&caller.ctx, self.now());
        write.email_token_void(enrolment.user);
        write.work_due(id, Work::VerifyEmail);
        Ok(self.commit(write).await?)
    }

    /// A worker's turn: makes a token, keeps its hash, mails it. What is not mailed is tried again with another token.
    pub(crate) async fn mail_token(&self, job: &Job) {
        let ctx = Ctx::system(job.tenant);
        let now = self.now();
        let outcome = self.try_to_mail(&ctx, job.customer, now).await;
        let mut write = self.store().write(&ctx, now);
        match outcome {
            Ok(()) => write.job_done(job),
            Err(why) if job.attempts >= TRIES_MAX => {
                tracing::error!(customer.id = %job.customer, error = %why, "A mail was given up");
                write.job_done(job);
            }
            Err(why) => {
                tracing::warn!(customer.id = %job.customer, job.attempts = job.attempts, error = %why, "A mail was not sent; it is tried again");
                let wait = WAIT.0.saturating_mul(1 << job.attempts.min(16)).min(WAIT.1);
                write.job_later(job, now.saturating_add(wait).unwrap_or(Timestamp::MAX));
            }
        }
        if let Err(error) = self.commit(write).await {
            tracing::warn!(customer.id = %job.customer, error = %error, "A mail's end was not noted; it is sent again");
        }
    }

    async fn try_to_mail(&self, ctx: &Ctx, id: CustomerId, now: Timestamp) -> Result<(), String> {
        let failed = |error: store::StoreError| error.to_string();
        let Some(customer) = self.store().customer(ctx, id).await.map_err(failed)? else { return Ok(()) };
        let unverified = customer.enrolment.as_ref().filter(|enrolment| enrolment.email_verified_at.is_none());
        let Some((user, to)) = unverified.map(|enrolment| enrolment.user).zip(address(&customer)) else {
            return Ok(());
        };
        let tenant = self.store().tenant(ctx.tenant).await.map_err(failed)?;
        let institution = tenant.map(|tenant| tenant.name).unwrap_or_default();
        let token = hex::encode(self.random_bytes());
        let expires_at = now.saturating_add(TOKEN_LIFETIME).unwrap_or(Timestamp::MAX);
        self.store().put_email_token(ctx, user, digest(&token), expires_at).await.map_err(failed)?;
        let mail = token_mail(to, &institution, &token, id);
        let mail_id: Uuid = self.new_id();
        self.mailer().send(&mail, now, mail_id).await.map_err(|error| error.to_string())
    }
}

fn address(customer: &Customer) -> Option<Pii<String>> {
    let primary = customer.emails.iter().find(|record| record.primary);
    primary.map(|record| record.value.address.clone())
}

fn token_mail(to: Pii<String>, institution: &str, token: &str, customer: CustomerId) -> Mail {
    let body = format!(
        "Somebody registered with {institution} and gave this e-mail address.\r\n\r\n\
         If it was you, confirm it within 24 hours with this code:\r\n\r\n\
         {token}\r\n\r\n\
         Customer: {customer}\r\n\r\n\
         If it was not you, do nothing.\r\n"
    );
    Mail { to, subject: format!("{institution}: confirm your e-mail address"), body: Pii(body) }
}
