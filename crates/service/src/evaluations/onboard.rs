//! Lets a customer in and begins its evaluation.

use jiff::tz::TimeZone;
use onboarding::customer::{Draft, Ids};
use onboarding::evaluation::begin::{self, Request};
use onboarding::evaluation::judge::judge;
use onboarding::evaluation::operation::{EvaluationKind, Trigger};
use onboarding::evaluation::scenario::Scenario;
use onboarding::evaluation::{Kyc, Origin};
use onboarding::onboard::{Onboard, onboard};
use onboarding::records::{Address, Email, Phone};
use onboarding::resubmit::resubmit;
use onboarding::{Changes, CheckKind, Customer, CustomerId, Party, Pii};
use serde_json::{Map, Value};
use store::{CommitError, Ctx};
use uuid::Uuid;

use super::{Asked, Preliminary, TRIES_MAX};
use crate::ports::FreshIds;
use crate::refused::Refused;
use crate::{Caller, Service};

/// A customer to be let in and evaluated.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCustomer {
    /// Who it is.
    pub party: Party,
    /// The caller's id for it: who is sent again under it is the same customer.
    pub external_id: Option<Pii<String>>,
    /// Where it lives.
    pub address: Address,
    /// Its telephone.
    pub phone: Phone,
    /// Its e-mail.
    pub email: Email,
    /// From where it came.
    pub origin: Origin,
    /// Whether its fraud signals are evaluated as well.
    pub fraud_check: bool,
    /// What the dialect keeps for itself.
    pub attributes: Map<String, Value>,
}

/// Ids of which the first is known beforehand.
#[derive(Debug)]
struct Beginning<'a> {
    first: Option<Uuid>,
    then: FreshIds<'a>,
}

impl Ids for Beginning<'_> {
    fn next(&mut self) -> Uuid {
        self.first.take().unwrap_or_else(|| self.then.next())
    }
}

impl Service {
    /// Lets a customer in, or puts what was sent in the place of what is known under the same id of the caller's, and
    /// begins an evaluation. The record is durable, its event written and its screening due before this answers.
    ///
    /// # Errors
    /// What the domain refuses; what the store cannot take.
    pub async fn onboard_and_evaluate(&self, caller: &Caller, wanted: &NewCustomer) -> Result<Asked, Refused> {
        let ctx = &caller.ctx;
        let request_id = self.request_id();
        let id = match &wanted.external_id {
            Some(external) => Some(self.id_under(ctx, external).await?),
            None => None,
        };
        for _ in 0..TRIES_MAX {
            let now = self.now();
            let known = match id {
                Some(id) => self.store().customer(ctx, id).await?,
                None => None,
            };
            let command = self.command(wanted);
            let mut ids = Beginning { first: None, then: self.ids(now) };
            let changes = match known {
                Some(customer) => resubmit(customer, command, &caller.policy, &mut ids, now)?,
                None => {
                    ids.first = id.map(|id| id.0);
                    onboard(ctx.tenant, command, &caller.policy, &mut ids, now)?
                }
            };
            let changes = begun(changes, wanted, &request_id, &mut ids, now);
            let mut write = self.store().write(ctx, now);
            write.apply(&changes)?;
            match self.commit(write).await {
                Ok(()) => {
                    let preliminary = self.preliminary(caller, &changes.customer);
                    return Ok(Asked { customer: changes.customer, request_id, preliminary });
                }
                // Another request with the same id of the caller's was faster: its customer is there now.
                Err(CommitError::Conflict | CommitError::CifNumberTaken) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }

    fn command(&self, wanted: &NewCustomer) -> Onboard {
        Onboard {
            party: wanted.party.clone(),
            cif_number: self.cif_number(),
            client_identifier: wanted.external_id.clone(),
            addresses: vec![wanted.address.clone()],
            phones: vec![wanted.phone.clone()],
            emails: vec![wanted.email.clone()],
            identifications: Vec::new(),
            related: Vec::new(),
            checks: CheckKind::ALL.into(),
            attributes: wanted.attributes.clone(),
        }
    }

    /// The customer's id, made from the caller's: two requests at the same moment, on whatever nodes, mean one customer,
    /// and the store takes one of them first. Keyed, so that nobody outside can make it.
    async fn id_under(&self, ctx: &Ctx, external: &Pii<String>) -> Result<CustomerId, Refused> {
        let digest = self.store().keyed_digest(ctx, "customer-by-external-id", &[external.as_bytes()]).await?;
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        // RFC 9562, section 5.8: a UUID whose bits are its maker's own business.
        Ok(CustomerId(uuid::Builder::from_custom_bytes(bytes).into_uuid()))
    }

    /// What the identity says, which no list has to be asked for.
    fn preliminary(&self, caller: &Caller, customer: &Customer) -> Preliminary {
        if let Some(scenario) = Scenario::of(customer, caller.tenant.sandbox) {
            return if scenario.express_in_time { Preliminary::Identity(scenario.kyc) } else { Preliminary::Late };
        }
        let today = self.now().to_zoned(TimeZone::UTC).date();
        let seen = judge(customer, None, &caller.policy, today);
        let doubtful = seen.findings.iter().any(|(tag, finding)| tag.asks_for_a_person() && !finding.passed);
        Preliminary::Identity(if doubtful { Kyc::Review } else { Kyc::Passed })
    }
}

fn begun(changes: Changes, wanted: &NewCustomer, request_id: &str, ids: &mut dyn Ids, now: jiff::Timestamp) -> Changes {
    let mut draft = Draft::resume(changes, ids, now);
    let request = Request {
        request_id: Some(request_id.to_owned()),
        trigger: Trigger::Onboard,
        kind: EvaluationKind::Kyc,
        then_fraud: wanted.fraud_check,
    };
    begin::anew(&mut draft, wanted.origin.clone(), request);
    draft.due(onboarding::Work::Screen);
    draft.finish()
}
