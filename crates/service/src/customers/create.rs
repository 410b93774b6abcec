//! Lets a customer in.

use onboarding::Customer;
use onboarding::onboard::{Onboard, onboard};

use super::TRIES_MAX;
use crate::answer::{Answer, Reply};
use crate::refused::Refused;
use crate::{Caller, Service};

/// Digits of a customer information file number.
const CIF_DIGITS: u32 = 11;

impl Service {
    /// Lets a customer in: the record is durable, its event written and its screening due before this answers.
    ///
    /// The command's `cif_number` is given by the house; whatever stands there is replaced.
    ///
    /// # Errors
    /// [`Refused::InFlight`] while the same request runs; what the domain refuses; what the store cannot take.
    pub async fn onboard(
        &self,
        caller: &Caller,
        command: Onboard,
        reply: Reply<'_, Customer>,
    ) -> Result<Answer, Refused> {
        let ctx = &caller.ctx;
        let _running = match self.first_or_again(ctx, reply.once).await? {
            Ok(running) => running,
            Err(answer) => return Ok(answer),
        };
        for _ in 0..TRIES_MAX {
            let now = self.now();
            let command = Onboard { cif_number: self.cif_number(), ..command.clone() };
            let changes = onboard(ctx.tenant, command, &caller.policy, &mut self.ids(now), now)?;
            let rendered = (reply.render)(&changes.customer);
            let mut write = self.store().write(ctx, now);
            write.apply(&changes)?;
            if let Some(answer) = self.answer(ctx, write, reply.once, reply.request_id, rendered).await? {
                return Ok(answer);
            }
        }
        Err(Refused::Conflict)
    }

    /// A number nobody can guess or count customers by; the store says if it is taken.
    pub(crate) fn cif_number(&self) -> String {
        let first = 10_u64.pow(CIF_DIGITS - 1);
        let number = first + self.random_u64() % (9 * first);
        number.to_string()
    }
}
