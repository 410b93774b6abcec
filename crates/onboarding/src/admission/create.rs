//! A prospect is let in.

use jiff::Timestamp;
use uuid::Uuid;

use super::Admission;
use super::account::{Account, AccountState};
use super::demand::{self, Workflow};
use super::person::{AppUserId, Birth, Civility, PublicCode};
use super::standing::Change;
use crate::changes::{Changes, Refusal};
use crate::customer::{Draft, Ids};
use crate::id::TenantId;
use crate::onboard::{Onboard, onboard};
use crate::party::PartyKind;
use crate::pii::Pii;
use crate::policy::Policy;

/// A prospect to be let in.
#[derive(Debug, Clone, PartialEq)]
pub struct Admit {
    /// Who it is. The caller's id for it is the id below, whatever stands there.
    pub onboard: Onboard,
    /// The institution's id.
    pub app_user_id: Pii<AppUserId>,
    /// How it is addressed.
    pub civility: Option<Civility>,
    /// What is known of its birth beside the day.
    pub birth: Birth,
    /// By which way its identity is verified, where that begins at once.
    pub workflow: Option<Workflow>,
}

/// What nobody may guess, drawn before a decision that may need it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fresh {
    /// The id of the account.
    pub account: Uuid,
    /// What the customer is called where its own id must not stand.
    pub public_code: PublicCode,
    /// The code that binds a device: 32 hexadecimal digits.
    pub activation_code: Pii<String>,
    /// The `technicalId` of the page: 128 hexadecimal digits.
    pub technical_id: Pii<String>,
    /// The token of the page: 128 random bits or more.
    pub token: Pii<String>,
}

/// Lets a prospect in, and begins the verification of its identity where that was asked for.
///
/// # Errors
/// [`Refusal::KindChanged`] for a business; [`Refusal::TooManyRecords`].
pub fn admit(
    tenant: TenantId,
    command: Admit,
    fresh: &Fresh,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    if command.onboard.party.kind() != PartyKind::Person {
        return Err(Refusal::KindChanged);
    }
    let client_identifier = Some(Pii(command.app_user_id.as_str().to_owned()));
    let new = onboard(tenant, Onboard { client_identifier, ..command.onboard }, policy, ids, now)?;
    let mut draft = Draft::resume(new, ids, now);
    draft.customer.admission = Some(Admission {
        app_user_id: command.app_user_id,
        public_code: fresh.public_code.clone(),
        civility: command.civility,
        birth: command.birth,
        declarative: None,
        tax: None,
        terms: None,
        demand: None,
        consents: Vec::new(),
        page: None,
        activation: None,
        wallet: None,
        signatures: Vec::new(),
        account: Account { id: fresh.account, state: AccountState::Initialized, iban: None },
        transfers: Vec::new(),
        corrections: Vec::new(),
        exposed_served: None,
        frozen: false,
        hold: None,
    });
    let mut change = Change::first(draft, policy);
    if let Some(workflow) = command.workflow {
        // A prospect is told of first, and then what begins with it.
        change.settle();
        demand::begin(&mut change, workflow, fresh);
    }
    Ok(change.finish())
}
