//! Outcomes that a sandbox promises to those who ask for them by the id they give their customer.
//!
//! Only a sandbox tenant's customers are ever looked at here; everybody else's ids mean nothing.

use super::{FraudScore, Kyc};
use crate::customer::Customer;

/// What a sandbox customer's id asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    /// The KYC outcome.
    pub kyc: Kyc,
    /// The fraud score, when one is asked for.
    pub score: FraudScore,
    /// Whether the answer to an express request is ready in time.
    pub express_in_time: bool,
    /// Whether an uploaded document passes.
    pub document_passes: bool,
}

const SAFE: u16 = 9_000;
const DOUBTFUL: u16 = 6_000;
const UNSAFE: u16 = 1_000;

impl Scenario {
    /// The scenario of this id, if it names one.
    #[must_use]
    pub fn named(id: &str) -> Option<Self> {
        let (family, outcome) = id.split_once('-')?;
        let fitting: &[&str] = match family {
            "kyc" => &["pass", "review"],
            "fraud" | "fraudCheck" => &["pass", "review", "reject"],
            "expressKYC" => &["pass", "review", "delay"],
            "expressKYCFraud" => &["pass", "review", "reject", "delay"],
            "documentUpload" => &["pass", "warn"],
            _ => &[],
        };
        if !fitting.contains(&outcome) {
            return None;
        }
        let about_fraud = matches!(family, "fraud" | "fraudCheck" | "expressKYCFraud");
        let kyc = if outcome == "review" && !about_fraud { Kyc::Review } else { Kyc::Passed };
        let score = match outcome {
            "review" if about_fraud => DOUBTFUL,
            "reject" => UNSAFE,
            _ => SAFE,
        };
        Some(Self {
            kyc,
            score: FraudScore::from_ten_thousandths(score),
            express_in_time: outcome != "delay",
            document_passes: outcome != "warn",
        })
    }

    /// The scenario that this customer's id asks for.
    #[must_use]
    pub fn of(customer: &Customer, sandbox: bool) -> Option<Self> {
        if !sandbox {
            return None;
        }
        Self::named(customer.client_identifier.as_ref()?.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_id_names_an_outcome_and_no_other_does() {
        let known = [
            ("kyc-pass", Kyc::Passed, SAFE, true, true),
            ("kyc-review", Kyc::Review, SAFE, true, true),
            ("fraud-pass", Kyc::Passed, SAFE, true, true),
            ("fraud-review", Kyc::Passed, DOUBTFUL, true, true),
            ("fraud-reject", Kyc::Passed, UNSAFE, true, true),
            ("expressKYC-pass", Kyc::Passed, SAFE, true, true),
            ("expressKYC-review", Kyc::Review, SAFE, true, true),
            ("expressKYC-delay", Kyc::Passed, SAFE, false, true),
            ("expressKYCFraud-pass", Kyc::Passed, SAFE, true, true),
            ("expressKYCFraud-review", Kyc::Passed, DOUBTFUL, true, true),
            ("expressKYCFraud-reject", Kyc::Passed, UNSAFE, true, true),
            ("expressKYCFraud-delay", Kyc::Passed, SAFE, false, true),
            ("fraudCheck-pass", Kyc::Passed, SAFE, true, true),
            ("fraudCheck-review", Kyc::Passed, DOUBTFUL, true, true),
            ("fraudCheck-reject", Kyc::Passed, UNSAFE, true, true),
            ("documentUpload-pass", Kyc::Passed, SAFE, true, true),
            ("documentUpload-warn", Kyc::Passed, SAFE, true, false),
        ];
        for (id, kyc, score, express_in_time, document_passes) in known {
            let score = FraudScore::from_ten_thousandths(score);
            assert_eq!(Scenario::named(id), Some(Scenario { kyc, score, express_in_time, document_passes }), "{id}");
        }
        for id in ["", "kyc", "kyc-reject", "KYC-pass", "fraud-delay", "kyc-pass ", "documentUpload-review"] {
            assert_eq!(Scenario::named(id), None, "{id}");
        }
    }
}
