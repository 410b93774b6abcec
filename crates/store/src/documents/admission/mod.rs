//! An admission, as kept in its customer's document.

mod device;
mod steps;

use onboarding::admission::Admission;
use onboarding::admission::account::{Account, AccountState};
use onboarding::admission::correct::{Cause, Correction, Field};
use onboarding::admission::person::{AppUserId, Birth, Civility, PublicCode};
use onboarding::admission::retention::{Hold, Released};
use onboarding::iban::Iban;
use onboarding::{Pii, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::device::{ActivationV1, PageV1, SignatureV1, WalletV1};
use self::steps::{ConsentV1, DeclarativeV1, DemandV1, TaxFormV1, TransferV1};
use super::{Unreadable, at, moment, reveal};

#[derive(Serialize, Deserialize)]
pub(super) struct AdmissionV1 {
    app_user_id: String,
    public_code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    civility: Option<String>,
    #[serde(default, skip_serializing_if = "BirthV1::is_unknown")]
    birth: BirthV1,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    declarative: Option<DeclarativeV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tax: Option<TaxFormV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    terms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    demand: Option<DemandV1>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    consents: Vec<ConsentV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<PageV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    activation: Option<ActivationV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wallet: Option<WalletV1>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    signatures: Vec<SignatureV1>,
    account: AccountV1,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    transfers: Vec<TransferV1>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    corrections: Vec<CorrectionV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exposed_served: Option<bool>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    frozen: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold: Option<HoldV1>,
}

#[derive(Serialize, Deserialize, Default)]
struct BirthV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    country: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct AccountV1 {
    id: Uuid,
    state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iban: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct CorrectionV1 {
    field: String,
    before: String,
    after: String,
    cause: String,
    text: String,
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct HoldV1 {
    reason: String,
    by: String,
    since: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    released: Option<ReleasedV1>,
}

#[derive(Serialize, Deserialize)]
struct ReleasedV1 {
    reason: String,
    by: String,
    at: i64,
}

/// The word of something, read back by its own `parse`.
fn word<T>(text: &str, parse: impl FnOnce(&str) -> Option<T>, field: &'static str) -> Result<T, Unreadable> {
    parse(text).ok_or(Unreadable::Field(field))
}

fn opt_moment(at: Option<i64>, field: &'static str) -> Result<Option<Timestamp>, Unreadable> {
    at.map(|at| moment(at, field)).transpose()
}

fn all<T, W>(kept: Vec<W>) -> Result<Vec<T>, Unreadable>
where
    T: TryFrom<W, Error = Unreadable>,
{
    kept.into_iter().map(TryInto::try_into).collect()
}

impl From<&Admission> for AdmissionV1 {
    fn from(admission: &Admission) -> Self {
        Self {
            app_user_id: admission.app_user_id.as_str().to_owned(),
            public_code: admission.public_code.as_str().to_owned(),
            civility: admission.civility.map(|civility| civility.as_str().to_owned()),
            birth: (&admission.birth).into(),
            declarative: admission.declarative.map(Into::into),
            tax: admission.tax.as_ref().map(Into::into),
            terms: admission.terms.map(at),
            demand: admission.demand.as_ref().map(Into::into),
            consents: admission.consents.iter().map(Into::into).collect(),
            page: admission.page.as_ref().map(Into::into),
            activation: admission.activation.as_ref().map(Into::into),
            wallet: admission.wallet.as_ref().map(Into::into),
            signatures: admission.signatures.iter().map(Into::into).collect(),
            account: (&admission.account).into(),
            transfers: admission.transfers.iter().map(Into::into).collect(),
            corrections: admission.corrections.iter().map(Into::into).collect(),
            exposed_served: admission.exposed_served,
            frozen: admission.frozen,
            hold: admission.hold.as_ref().map(Into::into),
        }
    }
}

impl TryFrom<AdmissionV1> for Admission {
    type Error = Unreadable;

    fn try_from(document: AdmissionV1) -> Result<Self, Unreadable> {
        let civility = document.civility.map(|text| word(&text, Civility::parse, "civility")).transpose()?;
        Ok(Self {
            app_user_id: Pii(word(&document.app_user_id, AppUserId::parse, "app_user_id")?),
            public_code: word(&document.public_code, PublicCode::parse, "public_code")?,
            civility,
            birth: document.birth.into(),
            declarative: document.declarative.map(TryInto::try_into).transpose()?,
            tax: document.tax.map(TryInto::try_into).transpose()?,
            terms: opt_moment(document.terms, "terms")?,
            demand: document.demand.map(TryInto::try_into).transpose()?,
            consents: all(document.consents)?,
            page: document.page.map(TryInto::try_into).transpose()?,
            activation: document.activation.map(TryInto::try_into).transpose()?,
            wallet: document.wallet.map(TryInto::try_into).transpose()?,
            signatures: all(document.signatures)?,
            account: document.account.try_into()?,
            transfers: all(document.transfers)?,
            corrections: all(document.corrections)?,
            exposed_served: document.exposed_served,
            frozen: document.frozen,
            hold: document.hold.map(TryInto::try_into).transpose()?,
        })
    }
}

impl BirthV1 {
    fn is_unknown(&self) -> bool {
        self.name.is_none() && self.city.is_none() && self.postal_code.is_none() && self.country.is_none()
    }
}

impl From<&Birth> for BirthV1 {
    fn from(birth: &Birth) -> Self {
        Self {
            name: reveal(birth.name.as_ref()),
            city: reveal(birth.city.as_ref()),
            postal_code: reveal(birth.postal_code.as_ref()),
            country: reveal(birth.country.as_ref()),
        }
    }
}

impl From<BirthV1> for Birth {
    fn from(kept: BirthV1) -> Self {
        Self {
            name: kept.name.map(Pii),
            city: kept.city.map(Pii),
            postal_code: kept.postal_code.map(Pii),
            country: kept.country.map(Pii),
        }
    }
}

impl From<&Account> for AccountV1 {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id,
            state: account.state.as_str().to_owned(),
            iban: account.iban.as_ref().map(|iban| iban.as_str().to_owned()),
        }
    }
}

impl TryFrom<AccountV1> for Account {
    type Error = Unreadable;

    fn try_from(kept: AccountV1) -> Result<Self, Unreadable> {
        let iban = kept.iban.map(|iban| Iban::parse(&iban).map(Pii).map_err(|_| Unreadable::Field("iban")));
        Ok(Self { id: kept.id, state: word(&kept.state, AccountState::parse, "account")?, iban: iban.transpose()? })
    }
}

impl From<&Correction> for CorrectionV1 {
    fn from(correction: &Correction) -> Self {
        Self {
            field: correction.field.as_str().to_owned(),
            before: correction.before.0.clone(),
            after: correction.after.0.clone(),
            cause: correction.cause.as_str().to_owned(),
            text: correction.text.0.clone(),
            at: at(correction.at),
        }
    }
}

impl TryFrom<CorrectionV1> for Correction {
    type Error = Unreadable;

    fn try_from(kept: CorrectionV1) -> Result<Self, Unreadable> {
        Ok(Self {
            field: word(&kept.field, Field::parse, "corrections")?,
            before: Pii(kept.before),
            after: Pii(kept.after),
            cause: word(&kept.cause, Cause::parse, "cause")?,
            text: Pii(kept.text),
            at: moment(kept.at, "corrections")?,
        })
    }
}

impl From<&Hold> for HoldV1 {
    fn from(hold: &Hold) -> Self {
        let released = hold.released.as_ref().map(|end| ReleasedV1 {
            reason: end.reason.0.clone(),
            by: end.by.clone(),
            at: at(end.at),
        });
        Self { reason: hold.reason.0.clone(), by: hold.by.clone(), since: at(hold.since), released }
    }
}

impl TryFrom<HoldV1> for Hold {
    type Error = Unreadable;

    fn try_from(kept: HoldV1) -> Result<Self, Unreadable> {
        let released =
            |end: ReleasedV1| Ok(Released { reason: Pii(end.reason), by: end.by, at: moment(end.at, "hold")? });
        let released = kept.released.map(released).transpose()?;
        Ok(Self { reason: Pii(kept.reason), by: kept.by, since: moment(kept.since, "hold")?, released })
    }
}

#[cfg(test)]
mod tests;
