//! A tenant's categories of customers.

use onboarding::Hierarchy;
use onboarding::categorization::HierarchyError;
use serde_json::Value;
use store::{Actor, Ctx};

use crate::refused::Refused;
use crate::{Caller, Service};

/// Why a hierarchy was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is none, for all these reasons.
    #[error(transparent)]
    Hierarchy(#[from] HierarchyError),
    /// The tenant is unknown, or the store failed.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl Service {
    /// The categories of the caller's tenant: its own, or the default ones.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn hierarchy(&self, caller: &Caller) -> Result<Hierarchy, Refused> {
        Ok(self.store().hierarchy(&caller.ctx).await?.unwrap_or_default())
    }

    /// Puts other categories in the place of the tenant's. Customers keep what they were given.
    ///
    /// # Errors
    /// [`ImportError::Hierarchy`] with everything that is wrong.
    pub async fn set_hierarchy(&self, caller: &Caller, json: &Value) -> Result<Hierarchy, ImportError> {
        let hierarchy = Hierarchy::parse(json)?;
        self.store().put_hierarchy(&caller.ctx, &hierarchy, self.now()).await.map_err(Refused::from)?;
        Ok(hierarchy)
    }

    /// The categories of a tenant, for its operator.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn export_hierarchy(&self, id_or_key: &str) -> Result<Hierarchy, Refused> {
        let tenant = self.tenant(id_or_key).await?;
        Ok(self.store().hierarchy(&Ctx::system(tenant.id)).await?.unwrap_or_default())
    }

    /// Puts other categories in the place of a tenant's, for its operator.
    ///
    /// # Errors
    /// As [`Service::set_hierarchy`].
    pub async fn import_hierarchy(
        &self,
        operator: &str,
        id_or_key: &str,
        json: &Value,
    ) -> Result<Hierarchy, ImportError> {
        let hierarchy = Hierarchy::parse(json)?;
        let tenant = self.tenant(id_or_key).await?;
        let ctx = Ctx { tenant: tenant.id, actor: Actor::Operator(operator.to_owned()) };
        self.store().put_hierarchy(&ctx, &hierarchy, self.now()).await.map_err(Refused::from)?;
        Ok(hierarchy)
    }
}
