//! Account numbers, each given once.

use onboarding::iban::{Iban, Issuer};

use crate::Service;
use crate::refused::Refused;

impl Service {
    /// An account number of this issuer's that nobody has. One that is drawn and not used is lost, and there are many.
    ///
    /// # Errors
    /// [`Refused::State`] when every number is in use.
    pub(crate) async fn draw_iban(&self, issuer: &Issuer) -> Result<Iban, Refused> {
        let number = self.store().next_account_number(&format!("{}{}", issuer.country(), issuer.bank())).await?;
        issuer.account(number).map_err(|_| Refused::State("the tenant has no account numbers left"))
    }
}
