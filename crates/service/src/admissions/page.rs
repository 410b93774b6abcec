//! What the identification page asks, which is known by its token alone.

use onboarding::Customer;
use onboarding::admission::demand::Workflow;
use onboarding::admission::diligence::{DiligenceKind, DiligenceState, LookedAtBy, Proof};
use store::HandleKind;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSeen {
    /// By which way the identity is verified.
    pub workflow: Workflow,
    /// What is still to be shown.
    pub wanted: Wanted,
}

impl Service {
    /// What is asked for on a page.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for an unknown page; [`onboarding::AdmissionRefusal::Ended`] for one that is over.
    pub async fn page(&self, token: &str) -> Result<PageSeen, Refused> {
        let (_, customer) = self.led_by(HandleKind::Page, token).await?;
        seen(&customer)
    }

    /// The origins whose pages may frame a page, beside our own.
    ///
    /// # Errors
    /// As for [`Service::page`].
    pub async fn page_ancestors(&self, token: &str) -> Result<Vec<String>, Refused> {
        let (house, _) = self.led_by(HandleKind::Page, token).await?;
        Ok(house.settings.xpollens.frame_ancestors.clone())
    }

    /// Whether faces may be compared. Who refuses goes over to the transfer; who agrees goes on.
    ///
    /// # Errors
    /// As for [`Service::page`]; what the domain refuses.
    pub async fn consent_to_biometrics(&self, token: &str, consent: bool) -> Result<(), Refused> {
        let (house, customer) = self.led_by(HandleKind::Page, token).await?;
        if !consent {
            self.to_transfer(&house, customer.id).await?;
        }
        Ok(())
    }

    /// Takes what is shown on a page.
    ///
    /// # Errors
    /// As for [`Service::page`]; what the domain refuses.
    pub async fn show_on_page(&self, token: &str, kind: DiligenceKind, files: Vec<NewFile>) -> Result<(), Refused> {
        let (house, customer) = self.led_by(HandleKind::Page, token).await?;
        self.show_of(&house, customer.id, kind, files, LookedAtBy::Person).await.map(drop)
    }
}

pub(super) fn seen(customer: &Customer) -> Result<PageSeen, Refused> {
    let demand = admission(customer)?.demand.as_ref().ok_or(Refused::NotFound)?;
    let settled = |proof| {
        let mut shown = demand.diligences.iter().filter(|shown| shown.kind.proof() == proof);
        shown.any(|shown| !matches!(shown.state, DiligenceState::Refused(_)))
    };
    let open = demand.is_open();
    let selfie = demand.workflow == Workflow::ElectronicSign && !settled(Proof::Selfie);
    let wanted = Wanted { document: open && !settled(Proof::Document), selfie: open && selfie };
    Ok(PageSeen { workflow: demand.workflow, wanted })
}
