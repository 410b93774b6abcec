//! The device and what is signed on it, as kept.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use onboarding::Pii;
use onboarding::admission::correct::ContactChange;
use onboarding::admission::signature::{End, Ended, Operation, OwnOperation, Signature};
use onboarding::admission::wallet::{Activation, ActivationState, PageLink, PublicKey, Wallet, WalletState};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::steps::TaxDeclarationV1;
use super::{opt_moment, word};
use crate::documents::record::AddressV1;
use crate::documents::{Unreadable, at, moment, reveal};

#[derive(Serialize, Deserialize)]
pub(super) struct ActivationV1 {
    id: Uuid,
    code: String,
    state: String,
    made_at: i64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct WalletV1 {
    id: Uuid,
    key: String,
    state: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    failures: u8,
    bound_at: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u8) -> bool {
    *number == 0
}

#[derive(Serialize, Deserialize)]
pub(super) struct PageV1 {
    id: Uuid,
    technical_id: String,
    token: String,
    made_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SignatureV1 {
    id: Uuid,
    #[serde(flatten)]
    operation: OperationV1,
    digest: String,
    asked_at: i64,
    expires_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<(String, i64)>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case")]
enum OperationV1 {
    Tax {
        declared: TaxDeclarationV1,
    },
    Terms,
    Contact {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<AddressV1>,
    },
    Own {
        context: String,
        lines: Vec<(String, String)>,
    },
}

/// The bytes of a text in base64, exactly so many.
fn bytes<const N: usize>(text: &str, field: &'static str) -> Result<[u8; N], Unreadable> {
    let bytes = BASE64.decode(text).map_err(|_| Unreadable::Field(field))?;
    bytes.try_into().map_err(|_| Unreadable::Field(field))
}

impl From<&Activation> for ActivationV1 {
    fn from(activation: &Activation) -> Self {
        Self {
            id: activation.id,
            code: activation.code.0.clone(),
            state: activation.state.as_str().to_owned(),
            made_at: at(activation.made_at),
        }
    }
}

impl TryFrom<ActivationV1> for Activation {
    type Error = Unreadable;

    fn try_from(kept: ActivationV1) -> Result<Self, Unreadable> {
        Ok(Self {
            id: kept.id,
            code: Pii(kept.code),
            state: word(&kept.state, ActivationState::parse, "activation")?,
            made_at: moment(kept.made_at, "activation")?,
        })
    }
}

impl From<&Wallet> for WalletV1 {
    fn from(wallet: &Wallet) -> Self {
        Self {
            id: wallet.id.0,
            key: BASE64.encode(wallet.key.0),
            state: wallet.state.as_str().to_owned(),
            failures: wallet.failures,
            bound_at: at(wallet.bound_at),
        }
    }
}

impl TryFrom<WalletV1> for Wallet {
    type Error = Unreadable;

    fn try_from(kept: WalletV1) -> Result<Self, Unreadable> {
        Ok(Self {
            id: Pii(kept.id),
            key: PublicKey(bytes(&kept.key, "key")?),
            state: word(&kept.state, WalletState::parse, "wallet")?,
            failures: kept.failures,
            bound_at: moment(kept.bound_at, "wallet")?,
        })
    }
}

impl From<&PageLink> for PageV1 {
    fn from(page: &PageLink) -> Self {
        Self {
            id: page.id,
            technical_id: page.technical_id.0.clone(),
            token: page.token.0.clone(),
            made_at: at(page.made_at),
            ended_at: page.ended_at.map(at),
        }
    }
}

impl TryFrom<PageV1> for PageLink {
    type Error = Unreadable;

    fn try_from(kept: PageV1) -> Result<Self, Unreadable> {
        Ok(Self {
            id: kept.id,
            technical_id: Pii(kept.technical_id),
            token: Pii(kept.token),
            made_at: moment(kept.made_at, "page")?,
            ended_at: opt_moment(kept.ended_at, "page")?,
        })
    }
}

impl From<&Signature> for SignatureV1 {
    fn from(signature: &Signature) -> Self {
        let operation = match &signature.operation {
            Operation::Tax(declared) => OperationV1::Tax { declared: declared.into() },
            Operation::Terms => OperationV1::Terms,
            Operation::Contact(change) => OperationV1::Contact {
                phone: reveal(change.phone.as_ref()),
                email: reveal(change.email.as_ref()),
                address: change.address.as_ref().map(Into::into),
            },
            Operation::Own(own) => OperationV1::Own {
                context: own.context.0.clone(),
                lines: own.lines.iter().map(|(label, said)| (label.0.clone(), said.0.clone())).collect(),
            },
        };
        Self {
            id: signature.id,
            operation,
            digest: BASE64.encode(signature.digest),
            asked_at: at(signature.asked_at),
            expires_at: at(signature.expires_at),
            ended: signature.ended.map(|ended| (ended.how.as_str().to_owned(), at(ended.at))),
        }
    }
}

impl TryFrom<SignatureV1> for Signature {
    type Error = Unreadable;

    fn try_from(kept: SignatureV1) -> Result<Self, Unreadable> {
        let operation = match kept.operation {
            OperationV1::Tax { declared } => Operation::Tax(declared.into()),
            OperationV1::Terms => Operation::Terms,
            OperationV1::Contact { phone, email, address } => Operation::Contact(ContactChange {
                phone: phone.map(Pii),
                email: email.map(Pii),
                address: address.map(TryInto::try_into).transpose()?,
            }),
            OperationV1::Own { context, lines } => Operation::Own(OwnOperation {
                context: Pii(context),
                lines: lines.into_iter().map(|(label, said)| (Pii(label), Pii(said))).collect(),
            }),
        };
        let ended = kept.ended.map(|(how, when)| {
            Ok(Ended { how: word(&how, End::parse, "signatures")?, at: moment(when, "signatures")? })
        });
        Ok(Self {
            id: kept.id,
            operation,
            digest: bytes(&kept.digest, "digest")?,
            asked_at: moment(kept.asked_at, "signatures")?,
            expires_at: moment(kept.expires_at, "signatures")?,
            ended: ended.transpose()?,
        })
    }
}
