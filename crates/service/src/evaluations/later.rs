//! What is asked of a customer that was evaluated: a fraud check, a flag, a decision.

use std::collections::BTreeSet;

use onboarding::customer::Draft;
use onboarding::evaluation::begin::{self, Request};
use onboarding::evaluation::operation::{EvaluationKind, Trigger};
use onboarding::evaluation::{Approval, flag};
use onboarding::{Customer, CustomerId, Pii, Work};
use store::CommitError;

use super::{Asked, Preliminary, TRIES_MAX, rules};
use crate::refused::Refused;
use crate::{Caller, Service};

/// What becomes of those who share something with a customer that is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    /// Nothing: the change says nothing about them.
    Rest,
    /// They are looked at again.
    LookAgain,
}

impl Service {
    /// Asks for a fraud evaluation of a customer; the answer comes later.
    ///
    /// # Errors
    /// [`Refused::NotFound`], also for a customer that was let in without an evaluation.
    pub async fn check_fraud(&self, caller: &Caller, id: CustomerId) -> Result<Asked, Refused> {
        let request_id = self.request_id();
        let request = Request {
            request_id: Some(request_id.clone()),
            trigger: Trigger::Evaluation,
            kind: EvaluationKind::Fraud,
            then_fraud: false,
        };
        let begin = |draft: &mut Draft<'_>| {
            begin::begin(draft, request.clone());
            draft.due(Work::Evaluate);
            Ok(())
        };
        let customer = self.change_evaluated(caller, id, Around::Rest, begin).await?;
        Ok(Asked { customer, request_id, preliminary: Preliminary::Late })
    }

    /// Flags a customer as a fraud: it is rejected, and what it shares with others speaks against them.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn flag_customer(
        &self,
        caller: &Caller,
        id: CustomerId,
        note: Option<Pii<String>>,
    ) -> Result<Customer, Refused> {
        self.change_evaluated(caller, id, Around::LookAgain, |draft| {
            flag::flag(draft, note.clone());
            Ok(())
        })
        .await
    }

    /// Takes a flag back.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn unflag_customer(&self, caller: &Caller, id: CustomerId) -> Result<Customer, Refused> {
        self.change_evaluated(caller, id, Around::LookAgain, |draft| {
            flag::unflag(draft);
            Ok(())
        })
        .await
    }

    /// A person approves or rejects a customer by hand.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`Refused::State`] for approving one that is flagged, or about whom a list has a question.
    pub async fn decide_evaluation(
        &self,
        caller: &Caller,
        id: CustomerId,
        approval: Approval,
    ) -> Result<Customer, Refused> {
        let rules = rules(caller);
        self.change_evaluated(caller, id, Around::Rest, |draft| {
            if flag::decide(draft, approval, &rules) {
                return Ok(());
            }
            Err(Refused::State("a customer that is flagged, or about whom a case is open, is not approved by hand"))
        })
        .await
    }

    async fn change_evaluated(
        &self,
        caller: &Caller,
        id: CustomerId,
        around: Around,
        change: impl Fn(&mut Draft<'_>) -> Result<(), Refused> + Send + Sync,
    ) -> Result<Customer, Refused> {
        for _ in 0..TRIES_MAX {
            let customer = self.store().customer(&caller.ctx, id).await?.ok_or(Refused::NotFound)?;
            if customer.evaluation.is_none() {
                return Err(Refused::NotFound);
            }
            let others = match around {
                Around::Rest => BTreeSet::new(),
                Around::LookAgain => self.store().network_facts(&caller.ctx, &customer).await?.others,
            };
            let now = self.now();
            let changes = {
                let mut ids = self.ids(now);
                let mut draft = Draft::new(customer, &mut ids, now);
                change(&mut draft)?;
                draft.finish()
            };
            let mut write = self.store().write(&caller.ctx, now);
            write.apply(&changes)?;
            for other in others {
                write.work_due(other, Work::Evaluate);
            }
            match self.commit(write).await {
                Ok(()) => return Ok(changes.customer),
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }
}
