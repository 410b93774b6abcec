//! Who is covered by which lists: the ledger, asked.

use onboarding::{CustomerId, TenantId};
use store::{Behind, Coverage, Ctx, Pass, PassState};

use crate::Service;
use crate::refused::Refused;

/// Passes looked back at.
const PASSES_MAX: u32 = 64;

/// What a generation covers of a tenant's customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// How many.
    pub counts: Coverage,
    /// The first that it does not yet, in the order of their ids.
    pub uncovered: Vec<Behind>,
    /// Whether a pass has looked at every customer of the house.
    pub everybody_looked_at: bool,
}

impl Service {
    /// The generation that has to cover everybody: the first in which the version of the list was in force, or where no list is
    /// named the newest. A version is named by its first digits; without, it is the one in force.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for no such list or version, or another tenant's; [`Refused::Taken`] where more than one version
    /// begins so.
    pub async fn generation_with(
        &self,
        tenant: TenantId,
        list: Option<&str>,
        version: Option<&str>,
    ) -> Result<u64, Refused> {
        let Some(list) = list else {
            return Ok(self.store().newest_generation().await?.ok_or(Refused::NotFound)?.number);
        };
        let mut found = self.list_versions_named(list, version).await?;
        found.retain(|version| version.is_seen_by(tenant));
        match found.as_slice() {
            [version] => match self.store().first_generation_with(list, version.hash).await? {
                0 => Err(Refused::NotFound),
                generation => Ok(generation),
            },
            [] => Err(Refused::NotFound),
            _ => Err(Refused::Taken),
        }
    }

    /// What a generation covers, and so many of those after this customer that it does not.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn coverage(
        &self,
        ctx: &Ctx,
        generation: u64,
        after: CustomerId,
        limit: u32,
    ) -> Result<Covered, Refused> {
        let counts = self.store().coverage(ctx, generation).await?;
        let uncovered = self.store().uncovered(ctx, generation, after, limit).await?;
        let passes = self.store().passes(PASSES_MAX).await?;
        let done = |pass: &Pass| pass.state == PassState::Done && pass.generation >= generation;
        Ok(Covered { counts, uncovered, everybody_looked_at: passes.iter().any(done) })
    }

    /// The passes to generations before this one, the newest first.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn passes_before(&self, generation: Option<u64>, limit: u32) -> Result<Vec<Pass>, Refused> {
        Ok(self.store().passes_before(generation.unwrap_or(i64::MAX.unsigned_abs()), limit).await?)
    }
}
