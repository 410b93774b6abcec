//! Callbacks about the account and what came in: 45 and 31.

use onboarding::admission::account::AccountState;
use onboarding::admission::transfer::{TransferOutcome, TransferScheme};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Scene, raw};
use crate::xpollens::words;

/// What is told of a transfer from somebody else: the vendor publishes reasons for documents only.
const OTHER_NAME: &str = "Transmitter name mismatch";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Account45<'a> {
    r#type: &'static str,
    app_user_id: &'a str,
    account_id: String,
    account_status: &'static str,
}

/// 45: where the account stands.
pub fn account(scene: &Scene<'_>) -> Option<Box<RawValue>> {
    let account = &scene.admission.account;
    Some(raw(&Account45 {
        r#type: "45",
        app_user_id: scene.app_user_id(),
        account_id: account.id.to_string(),
        account_status: words::account(AccountState::parse(scene.to()).unwrap_or(account.state)),
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transfer31<'a> {
    r#type: &'static str,
    status: &'static str,
    app_user_id: &'a str,
    diligence_type: &'static str,
    reason: &'static str,
    amount: u64,
    transfer_date: String,
    transmitter_full_name: &'a str,
    operation_type: &'static str,
    order_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<Score>,
}

/// How alike the names are, in hundredths.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Score {
    name: u8,
    first_name: u8,
}

/// 31: what a transfer says about who somebody is. One by which nobody was looked at says nothing.
pub fn transfer(scene: &Scene<'_>) -> Option<Box<RawValue>> {
    let about = scene.delivery.about?;
    let transfer = scene.admission.transfers.iter().find(|transfer| transfer.id == about)?;
    let (status, reason) = match transfer.outcome {
        TransferOutcome::Validated => ("Validated", ""),
        TransferOutcome::OtherName => ("Refused", OTHER_NAME),
        TransferOutcome::ToReview => ("To_Review_Manually", ""),
        TransferOutcome::OverLimit | TransferOutcome::NotAwaited => return None,
    };
    Some(raw(&Transfer31 {
        r#type: "31",
        status,
        app_user_id: scene.app_user_id(),
        diligence_type: "SCTIN",
        reason,
        amount: transfer.amount_cents,
        transfer_date: words::time(transfer.received_at),
        transmitter_full_name: transfer.debtor_name.as_str(),
        operation_type: match transfer.scheme {
            TransferScheme::Sct => "SCT_In",
            TransferScheme::SctInst => "InstantPayment_In",
        },
        order_id: transfer.sender_id.as_str(),
        score: transfer.likeness.map(|(name, first_name)| Score { name, first_name }),
    }))
}
