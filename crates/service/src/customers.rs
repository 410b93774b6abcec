//! Customers: let in, read, changed.

mod checks;
mod create;
mod owners;
mod read;
mod records;
mod revise;

use onboarding::{Changes, Customer, CustomerId, Refusal};
use store::{CommitError, Ctx};

use crate::answer::{Answer, Reply};
use crate::refused::Refused;
use crate::{Caller, Service};

pub use checks::{APART, CheckedCustomer, CustomerCheck, NotChecked};
pub use read::Page;

/// How often a use case starts again when another writer was faster. Each time somebody else succeeded.
const TRIES_MAX: u32 = 8;

impl Service {
    /// Reads a customer, decides, writes; starts again when another writer was faster.
    pub(crate) async fn change<T>(
        &self,
        ctx: &Ctx,
        id: CustomerId,
        decide: impl Fn(Customer) -> Result<(T, Changes), Refusal>,
    ) -> Result<(T, Customer), Refused> {
        for _ in 0..TRIES_MAX {
            let customer = self.store().customer(ctx, id).await?.ok_or(Refused::NotFound)?;
            let (result, changes) = decide(customer)?;
            let mut write = self.store().write(ctx, self.now());
            write.apply(&changes)?;
            match self.commit(write).await {
                Ok(()) => return Ok((result, changes.customer)),
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }

    /// The same for a request that may be repeated: the answer is written with the change.
    async fn change_once<T>(
        &self,
        caller: &Caller,
        id: CustomerId,
        reply: &Reply<'_, (Customer, T)>,
        decide: impl Fn(Customer) -> Result<(T, Changes), Refusal>,
    ) -> Result<Answer, Refused> {
        let ctx = &caller.ctx;
        let _running = match self.first_or_again(ctx, reply.once).await? {
            Ok(running) => running,
            Err(answer) => return Ok(answer),
        };
        for _ in 0..TRIES_MAX {
            let customer = self.store().customer(ctx, id).await?.ok_or(Refused::NotFound)?;
            let (result, changes) = decide(customer)?;
            let mut write = self.store().write(ctx, self.now());
            write.apply(&changes)?;
            let rendered = (reply.render)(&(changes.customer, result));
            if let Some(answer) = self.answer(ctx, write, reply.once, reply.request_id, rendered).await? {
                return Ok(answer);
            }
        }
        Err(Refused::Conflict)
    }
}
