//! Registration: customer, user, wallet, category and verification mail in one write.

use onboarding::categorization::{Categorization, Given};
use onboarding::customer::Ids;
use onboarding::enrolment::{NewEnrolment, Wallet, begin};
use onboarding::onboard::{Onboard, onboard};
use onboarding::{CustomerId, Pii};
use store::{CommitError, Ctx, NewUser};
use uuid::Uuid;

use super::Progress;
use crate::ports::FreshIds;
use crate::refused::Refused;
use crate::{Caller, Service};

/// How often a registration starts again when the number of the bank that was drawn is taken.
const TRIES_MAX: u32 = 8;

/// The currency of a wallet (ISO 4217).
const CURRENCY: &str = "EUR";

/// Somebody who registers.
#[derive(Debug, Clone)]
pub struct Register {
    /// Who it is. The house gives the number of the bank.
    pub onboard: Onboard,
    /// The e-mail address one signs in with, as it was written.
    pub email: Pii<String>,
    /// The password; that it keeps the rules was looked at.
    pub password: Pii<String>,
    /// The category, validated.
    pub categorization: Option<Categorization>,
}

/// Why nobody was registered.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// A user of the tenant has this e-mail address.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// Anything else.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// Ids of which the first is random through and through (UUID version 4): the customer's, which the outside sees and which
/// is not to say when it was made.
#[derive(Debug)]
struct RandomFirst<'a> {
    first: Option<Uuid>,
    then: FreshIds<'a>,
}

impl Ids for RandomFirst<'_> {
    fn next(&mut self) -> Uuid {
        self.first.take().unwrap_or_else(|| self.then.next())
    }
}

impl Service {
    /// Registers somebody: the record, the user and the inactive wallet are durable, the event written, the screening
    /// and the verification mail due before this answers.
    ///
    /// # Errors
    /// [`EnrolError::EmailTaken`]; [`Refused::Overloaded`] when too many passwords wait to be hashed.
    pub async fn register_individual(&self, caller: &Caller, new: Register) -> Result<Progress, EnrolError> {
        let password = self.hash_password(&new.password).await?;
        let (id, user, wallet) = (CustomerId(self.random_id()), self.random_id(), self.random_id());
        for _ in 0..TRIES_MAX {
            let now = self.now();
            let command = Onboard { cif_number: self.cif_number(), ..new.onboard.clone() };
            let mut ids = RandomFirst { first: Some(id.0), then: self.ids(now) };
            let changes = onboard(caller.ctx.tenant, command, &caller.policy, &mut ids, now).map_err(Refused::from)?;
            let changes = begin(
                changes,
                NewEnrolment {
                    user,
                    wallet: Wallet { id: wallet, currency: CURRENCY.to_owned() },
                    categorization: new.categorization.clone(),
                },
            );
            let mut write = self.store().write(&caller.ctx, now);
            write.apply(&changes).map_err(Refused::from)?;
            let (email, password) = (new.email.clone(), password.clone());
            write.user_created(&NewUser { id: user, customer: id, email, password });
            match self.commit(write).await {
                Ok(()) => return Ok(self.progress(caller, changes.customer)?),
                Err(CommitError::EmailTaken) => return Err(EnrolError::EmailTaken),
                Err(CommitError::CifNumberTaken | CommitError::Conflict) => {}
                Err(error) => return Err(Refused::from(error).into()),
            }
        }
        Err(Refused::Conflict.into())
    }

    /// Whether what was asked for, and the caller's tenant does not have, is another tenant's: a category or a feature, by
    /// its id. Names mean nothing beyond a tenant.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn is_of_another_tenant(&self, caller: &Caller, asked: &Given) -> Result<bool, Refused> {
        let own = self.hierarchy(caller).await?;
        let features: Vec<Uuid> = asked.features.iter().filter_map(|feature| feature.id).collect();
        let category = asked.id.filter(|id| own.category_by_id(*id).is_none());
        let features: Vec<Uuid> = features.into_iter().filter(|id| own.feature_by_id(*id).is_none()).collect();
        if category.is_none() && features.is_empty() {
            return Ok(false);
        }
        for tenant in self.store().tenants().await?.iter().filter(|tenant| tenant.id != caller.tenant.id) {
            let Some(other) = self.store().hierarchy(&Ctx::system(tenant.id)).await? else { continue };
            let has_category = category.is_some_and(|id| other.category_by_id(id).is_some());
            if has_category || features.iter().any(|id| other.feature_by_id(*id).is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A random id (UUID version 4).
    fn random_id(&self) -> Uuid {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.random_bytes()[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}
