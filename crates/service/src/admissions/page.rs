//! What the identification page asks, which is known by its token alone.

use onboarding::Customer;
use onboarding::admission::demand::Workflow;
use onboarding::admission::diligence::{DiligenceKind, Proof};
use onboarding::admission::page::{self, Consent, last_consent};
use store::HandleKind;

use super::documents::ShownBy;
use super::{NewFile, admission};
use crate::Service;
use crate::refused::Refused;

/// What is still to be shown on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// A document.
    pub document: bool,
    /// A selfie.
    pub selfie: bool,
}

/// What the page sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSeen {
    /// Who asks for it all.
    pub institution: String,
    /// By which way the identity is verified.
    pub workflow: Workflow,
    /// Whether faces may be compared, once the customer has said so.
    pub consent: Option<Consent>,
    /// What is still to be shown.
    pub wanted: Wanted,
}

impl Service {
    /// What is asked for on a page.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for an unknown page; [`onboarding::AdmissionRefusal::Ended`] for one that is over.
    pub async fn page(&self, token: &str) -> Result<PageSeen, Refused> {
        let (house, customer) = self.led_by(HandleKind::Page, token).await?;
        let admission = admission(&customer)?;
        let demand = admission.demand.as_ref().ok_or(Refused::NotFound)?;
        Ok(PageSeen {
            institution: house.tenant.name.clone(),
            workflow: demand.workflow,
            consent: last_consent(admission),
            wanted: wanted(&customer)?,
        })
    }

    /// The origins whose pages may frame a page, beside our own.
    ///
    /// # Errors
    /// As for [`Service::page`].
    pub async fn page_ancestors(&self, token: &str) -> Result<Vec<String>, Refused> {
        let (house, _) = self.led_by(HandleKind::Page, token).await?;
        Ok(house.settings.xpollens.frame_ancestors.clone())
    }

    /// Keeps whether faces may be compared. Who refuses goes over to the transfer; who agrees goes on.
    ///
    /// # Errors
    /// As for [`Service::page`]; what the domain refuses.
    pub async fn consent_to_biometrics(&self, token: &str, given: bool) -> Result<(), Refused> {
        let (house, customer) = self.led_by(HandleKind::Page, token).await?;
        let policy = &house.policy;
        let kept = self.step(&house, customer.id, &[], |customer, _, ids, now| {
            Ok(((), page::consent(customer, given, policy, ids, now)?))
        });
        kept.await.map(drop)
    }

    /// Takes what is shown on a page.
    ///
    /// # Errors
    /// As for [`Service::page`]; what the domain refuses.
    pub async fn show_on_page(&self, token: &str, kind: DiligenceKind, files: Vec<NewFile>) -> Result<(), Refused> {
        let (house, customer) = self.led_by(HandleKind::Page, token).await?;
        self.show_of(&house, customer.id, kind, files, ShownBy::Customer).await.map(drop)
    }
}

pub(super) fn wanted(customer: &Customer) -> Result<Wanted, Refused> {
    let demand = admission(customer)?.demand.as_ref().ok_or(Refused::NotFound)?;
    Ok(Wanted { document: page::wants(demand, Proof::Document), selfie: page::wants(demand, Proof::Selfie) })
}
