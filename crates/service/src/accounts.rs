//! Account numbers, each given once; and the accounts that they are booked for.

use onboarding::Pii;
use onboarding::admission::account::AccountState;
use onboarding::admission::standing::{Standing, standing};
use onboarding::admission::transfer::is_document_validated;
use onboarding::customer::Draft;
use onboarding::iban::{Iban, Issuer};
use store::CommitError;
use uuid::Uuid;

use crate::refused::Refused;
use crate::{Caller, Service};

/// How often a number is drawn again when the customer was changed meanwhile.
const TRIES_MAX: u32 = 8;

/// An account, as its institution is told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountSeen {
    /// Its id.
    pub id: Uuid,
    /// Where it stands.
    pub state: AccountState,
    /// Its number; none before the identity document is in order.
    pub iban: Option<Pii<Iban>>,
    /// The code of the bank, where the tenant has set one.
    pub bic: Option<String>,
}

impl Service {
    /// An account. The first look once the identity document is in order books its number.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`Refused::State`] when every number of the tenant's bank is in use.
    pub async fn account(&self, caller: &Caller, id: Uuid) -> Result<AccountSeen, Refused> {
        for _ in 0..TRIES_MAX {
            let customer = self.holder_of(caller, id).await?;
            let refused = standing(&customer, &caller.policy.admission) == Some(Standing::Refused);
            let admission = customer.admission.as_ref().ok_or(Refused::NotFound)?;
            let (account, bic) = (&admission.account, caller.settings.xpollens.bic.clone());
            let shown = is_document_validated(admission) || account.state != AccountState::Initialized;
            let seen = AccountSeen { id, state: account.state, iban: account.iban.clone().filter(|_| shown), bic };
            if seen.iban.is_some() || !shown || refused {
                return Ok(seen);
            }
            let iban = Pii(self.draw_iban(&caller.settings.xpollens.issuer).await?);
            let now = self.now();
            let changes = {
                let mut ids = self.ids(now);
                let mut draft = Draft::new(customer, &mut ids, now);
                draft.customer.admission.as_mut().ok_or(Refused::NotFound)?.account.iban = Some(iban.clone());
                draft.finish()
            };
            let mut write = self.store().write(&caller.ctx, now);
            write.apply(&changes)?;
            match self.commit(write).await {
                Ok(()) => return Ok(AccountSeen { iban: Some(iban), ..seen }),
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }

    /// An account number of this issuer's that nobody has. One that is drawn and not used is lost, and there are many.
    ///
    /// # Errors
    /// [`Refused::State`] when every number is in use.
    pub(crate) async fn draw_iban(&self, issuer: &Issuer) -> Result<Iban, Refused> {
        let number = self.store().next_account_number(&format!("{}{}", issuer.country(), issuer.bank())).await?;
        issuer.account(number).map_err(|_| Refused::State("the tenant has no account numbers left"))
    }
}
