//! The vendor's words for what the house knows, and back.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use onboarding::admission::Standing;
use onboarding::admission::account::AccountState;
use onboarding::admission::demand::{DemandDecision, DemandState, Workflow};
use onboarding::admission::diligence::DiligenceState;
use onboarding::admission::person::Civility;
use onboarding::admission::signature::End;
use onboarding::admission::tax::{PaperState, TaxPaperKind, TaxStatus};

/// `userRecordStatus`.
#[must_use]
pub const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Initialized => "Initialized",
        Standing::InProgress => "InProgress",
        Standing::Validated => "Validated",
        Standing::Refused => "Refused",
    }
}

/// `identificationLevel`: how far somebody's identity is known.
#[must_use]
pub const fn identification_level(standing: Standing) -> &'static str {
    match standing {
        Standing::Validated => "Intermediate",
        Standing::Initialized | Standing::InProgress | Standing::Refused => "None",
    }
}

/// Where the verification of an identity stands.
#[must_use]
pub const fn demand(state: DemandState) -> &'static str {
    match state {
        DemandState::Pending => "Pending",
        DemandState::Incomplete => "Incomplete",
        DemandState::Complete => "Complete",
        DemandState::FraudSuspicion => "FraudSuspicion",
        DemandState::Rejected => "Rejected",
    }
}

/// Why a demand was rejected. The vendor writes the one large and the other small.
#[must_use]
pub const fn decision(decision: DemandDecision) -> &'static str {
    match decision {
        DemandDecision::Expired => "expired",
        DemandDecision::Abandoned => "Abandoned",
    }
}

/// `workflowCode`.
#[must_use]
pub const fn workflow(workflow: Workflow) -> &'static str {
    match workflow {
        Workflow::ElectronicSign => "Electronic_Sign",
        Workflow::Identity => "Identity",
    }
}

/// Every `workflowCode`.
pub const WORKFLOWS: [(&str, Workflow); 2] =
    [("Electronic_Sign", Workflow::ElectronicSign), ("Identity", Workflow::Identity)];

/// Where a diligence stands.
#[must_use]
pub const fn diligence(state: DiligenceState) -> &'static str {
    match state {
        DiligenceState::Received => "Received",
        DiligenceState::ToReview => "To_Review_Manually",
        DiligenceState::Validated => "Validated",
        DiligenceState::Refused(_) => "Refused",
    }
}

/// `accountStatus`.
#[must_use]
pub const fn account(state: AccountState) -> &'static str {
    match state {
        AccountState::Initialized => "Initialized",
        AccountState::Activated => "Activated",
        AccountState::Frozen => "Frozen",
    }
}

/// How somebody is addressed.
#[must_use]
pub const fn civility(civility: Civility) -> &'static str {
    match civility {
        Civility::Mr => "Mr",
        Civility::Mrs => "Mrs",
        Civility::Miss => "Miss",
    }
}

/// Every way to address somebody, in the order of the numbers that the older version has for them.
pub const CIVILITIES: [Civility; 3] = [Civility::Mr, Civility::Mrs, Civility::Miss];

/// Whether papers for the tax authorities are in order, in the two words of the callback.
#[must_use]
pub const fn tax_in_callback(status: TaxStatus) -> &'static str {
    match status {
        TaxStatus::Ok => "OK",
        TaxStatus::Nok | TaxStatus::Pending => "NOK",
    }
}

/// The same in the three words of an answer.
#[must_use]
pub const fn tax(status: TaxStatus) -> &'static str {
    match status {
        TaxStatus::Ok => "OK",
        TaxStatus::Pending => "Pending",
        TaxStatus::Nok => "NOK",
    }
}

/// A paper that is asked for.
#[must_use]
pub const fn paper(kind: TaxPaperKind) -> &'static str {
    match kind {
        TaxPaperKind::W9 => "W9",
        TaxPaperKind::W8Ben => "W8-Ben",
        TaxPaperKind::Other => "Other",
    }
}

/// Where a paper stands. The vendor has no word for one that was not sent.
#[must_use]
pub const fn paper_state(state: PaperState) -> &'static str {
    match state {
        PaperState::Missing => "Expected",
        PaperState::Received => "Received",
        PaperState::Validated => "Validated",
        PaperState::Refused(_) => "Refused",
    }
}

/// Why a signature did not come about; nothing, if it did.
#[must_use]
pub const fn signature_reason(end: End) -> Option<&'static str> {
    match end {
        End::Approved => None,
        End::Denied => Some("CANCELED"),
        End::Expired => Some("TIMEOUT"),
        End::Failed => Some("FAILED"),
        End::Impossible => Some("UnprocessableEntity"),
    }
}

/// Where a signature under something of the institution's own stands: open, or ended so.
#[must_use]
pub const fn own_signature(end: Option<End>) -> &'static str {
    match end {
        None => "Approved",
        Some(End::Approved) => "Completed",
        Some(End::Denied | End::Expired | End::Failed | End::Impossible) => "Rejected",
    }
}

/// A time as the vendor's headers have it: `12/12/2023 17:51:40 +00:00`. Day and month are in the order of the United
/// States; the one example that is published reads the same either way.
#[must_use]
pub fn header_time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%m/%d/%Y %H:%M:%S +00:00").to_string()
}

/// A time in an answer, in seconds.
#[must_use]
pub fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_the_vendors_time() {
        let at: Timestamp = "2023-12-12T17:51:40Z".parse().expect("a time");
        assert_eq!(header_time(at), "12/12/2023 17:51:40 +00:00");
        assert_eq!(time(at), "2023-12-12T17:51:40Z");
    }

    #[test]
    fn every_workflow_reads_back() {
        for (word, known) in WORKFLOWS {
            assert_eq!(workflow(known), word);
        }
    }
}
