//! Cases: listed, shown, taken, decided.

use onboarding::case::{self, Case, Decide};
use onboarding::{CaseId, Changes, Customer, Refusal};
use store::{Actor, CaseFilter, CaseSummary, CommitError, Ctx};

use crate::Service;
use crate::refused::Refused;

/// How often a decision starts again when another writer was faster.
const TRIES_MAX: u32 = 8;

/// What a decision on a case left behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The case.
    pub case: Case,
    /// The customer.
    pub customer: Customer,
}

impl Service {
    /// Cases that fit the filter, oldest first.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn cases(&self, filter: &CaseFilter, limit: u32) -> Result<Vec<CaseSummary>, Refused> {
        Ok(self.store().cases(filter, limit).await?)
    }

    /// One case with its customer, for an operator of the house.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn case(&self, operator: &str, id: CaseId) -> Result<(Case, Customer), Refused> {
        let ctx = self.case_ctx(operator, id).await?;
        self.case_and_customer(&ctx, id).await
    }

    /// Somebody takes a case: its checks are under review from now on.
    ///
    /// # Errors
    /// [`Refused::NotFound`], what the domain refuses.
    pub async fn take_case(&self, operator: &str, id: CaseId) -> Result<Decided, Refused> {
        let decide = |customer, case| {
            let now = self.now();
            case::take(customer, case, operator, &mut self.ids(now), now)
        };
        self.move_case(operator, id, decide).await
    }

    /// Somebody answers a case's question, or all of them.
    ///
    /// # Errors
    /// [`Refused::NotFound`], what the domain refuses.
    pub async fn decide_case(&self, id: CaseId, command: &Decide) -> Result<Decided, Refused> {
        let decide = |customer, case| {
            let now = self.now();
            case::decide(customer, case, command, &mut self.ids(now), now)
        };
        self.move_case(&command.by, id, decide).await
    }

    async fn move_case(
        &self,
        operator: &str,
        id: CaseId,
        decide: impl Fn(Customer, Case) -> Result<Changes, Refusal>,
    ) -> Result<Decided, Refused> {
        let ctx = self.case_ctx(operator, id).await?;
        for _ in 0..TRIES_MAX {
            let (case, customer) = self.case_and_customer(&ctx, id).await?;
            let changes = decide(customer, case)?;
            let mut write = self.store().write(&ctx, self.now());
            write.apply(&changes)?;
            match self.commit(write).await {
                Ok(()) => {
                    let case = changes.case.ok_or(Refused::NotFound)?;
                    return Ok(Decided { case, customer: changes.customer });
                }
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }

    async fn case_ctx(&self, operator: &str, id: CaseId) -> Result<Ctx, Refused> {
        let tenant = self.store().tenant_of_case(id).await?.ok_or(Refused::NotFound)?;
        Ok(Ctx { tenant, actor: Actor::Operator(operator.to_owned()) })
    }

    async fn case_and_customer(&self, ctx: &Ctx, id: CaseId) -> Result<(Case, Customer), Refused> {
        let case = self.store().case(ctx, id).await?.ok_or(Refused::NotFound)?;
        let customer = self.store().customer(ctx, case.customer).await?.ok_or(Refused::NotFound)?;
        Ok((case, customer))
    }
}
