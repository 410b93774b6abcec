//! The evaluation of a customer, explained: why each tag stands as it does, and what made the score.

use onboarding::evaluation::Evaluation;
use onboarding::evaluation::model::Weighed;
use onboarding::evaluation::operation::Operation;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EvaluationView {
    status: &'static str,
    kyc: &'static str,
    flagged: bool,
    /// What a person decided by hand, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided: Option<&'static str>,
    tags: Vec<TagView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fraud: Option<FraudView>,
    /// The runs that are kept, oldest first.
    runs: Vec<RunView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunView {
    /// What the caller knows it by, where one asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    kind: &'static str,
    phase: &'static str,
    begun_at: String,
}

#[derive(Serialize)]
struct TagView {
    tag: &'static str,
    passed: bool,
    reasons: Vec<String>,
}

/// The score is 1 / (1 + e^-logOdds), and the log-odds are the base and the weights added up.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FraudView {
    score: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_odds: Option<f64>,
    signals: Vec<SignalView>,
}

#[derive(Serialize)]
struct SignalView {
    signal: &'static str,
    /// By how much it moved the log-odds: above zero it speaks for the customer.
    weight: f64,
    reason: &'static str,
}

impl EvaluationView {
    pub(super) fn of(evaluation: &Evaluation) -> Self {
        let tags = evaluation.tags.iter().map(|(tag, finding)| TagView {
            tag: tag.as_str(),
            passed: finding.passed,
            reasons: finding.reasons.clone(),
        });
        let weighed = evaluation.weighed.as_ref();
        let signals = weighed.into_iter().flat_map(Weighed::contributions).map(|one| SignalView {
            signal: one.name.as_str(),
            weight: one.log_odds,
            reason: one.name.reason(),
        });
        Self {
            status: evaluation.approval.as_str(),
            kyc: evaluation.kyc.as_str(),
            flagged: evaluation.flag.is_some(),
            decided: evaluation.decided.map(onboarding::evaluation::Approval::as_str),
            tags: tags.collect(),
            runs: evaluation.operations.iter().map(run).collect(),
            fraud: evaluation.score.map(|score| FraudView {
                score: score.as_f64(),
                base: weighed.map(onboarding::evaluation::model::Weighed::base),
                log_odds: weighed.map(onboarding::evaluation::model::Weighed::log_odds),
                signals: signals.collect(),
            }),
        }
    }
}

fn run(run: &Operation) -> RunView {
    RunView {
        request_id: run.request_id.clone(),
        kind: run.kind.as_str(),
        phase: run.phase.as_str(),
        begun_at: run.begun_at.to_string(),
    }
}
