//! A customer as it is kept: what was sent, byte for byte, and what was found.

use onboarding::case::{Asks, Case};
use onboarding::party::{Party, PartyKind};
use onboarding::risk::Rating;
use onboarding::screening::Hit;
use onboarding::submission::{Standing, standing};
use onboarding::ubo::{Graph, Ownership};
use onboarding::{CheckKind, Customer};
use serde::Serialize;
use serde_json::value::RawValue;

use super::evaluation::EvaluationView;
use crate::hawk::request::KEPT;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CustomerView {
    customer_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    kind: &'static str,
    name: String,
    version: u64,
    created_at: String,
    changed_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<&'static str>,
    checks: Vec<CheckView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<RatingView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluation: Option<EvaluationView>,
    related: Vec<RelatedView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ownership: Option<OwnershipView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    open_case: Option<CaseView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<ReviewView>,
    /// The last request, as it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Box<RawValue>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CheckView {
    check: &'static str,
    state: &'static str,
    required: bool,
    changed_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RatingView {
    level: &'static str,
    own_level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated_level: Option<&'static str>,
    score: u32,
    factors: Vec<FactorView>,
    model: String,
    model_version: u32,
}

#[derive(Serialize)]
struct FactorView {
    rule: String,
    factor: String,
    points: u32,
    reason: String,
}

#[derive(Serialize)]
struct RelatedView {
    key: String,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    under: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<f64>,
    kind: &'static str,
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnershipView {
    threshold: f64,
    owners: Vec<OwnerView>,
    undisclosed: f64,
    circular: bool,
    layers: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnerView {
    name: String,
    share: f64,
    is_beneficial: bool,
    controls: Vec<String>,
    paths: Vec<PathView>,
}

#[derive(Serialize)]
struct PathView {
    names: Vec<String>,
    share: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CaseView {
    case_id: String,
    state: &'static str,
    priority: &'static str,
    due_at: String,
    questions: Vec<QuestionView>,
}

#[derive(Serialize)]
struct QuestionView {
    number: u32,
    asks: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<&'static str>,
    answered: bool,
    hits: Vec<HitView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HitView {
    number: u32,
    list: String,
    entity: String,
    caption: String,
    score: f64,
    /// The key of the related party it looks like; nothing, if it is the customer itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    party: Option<String>,
    /// The names on the way from the customer to that party, with the share that each owns of the one before.
    path: Vec<StepView>,
}

#[derive(Serialize)]
struct StepView {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReviewView {
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_for: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_review_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed_on: Option<String>,
}

impl CustomerView {
    pub(super) fn of(customer: &Customer, case: Option<&Case>, threshold: f64) -> Self {
        let kept = customer.attributes.get(KEPT.0).and_then(|kept| kept.get(KEPT.1)).and_then(|text| text.as_str());
        let checks = customer.checks.iter().map(|(kind, check)| CheckView {
            check: kind.as_str(),
            state: check.state.as_str(),
            required: check.required,
            changed_at: check.changed_at.to_string(),
        });
        let related = customer.related.iter().map(|related| RelatedView {
            key: related.key.clone(),
            role: related.role.as_str(),
            title: related.title.clone(),
            under: related.under.clone(),
            share: related.share_millionths.map(part),
            kind: kind(&related.party),
            name: related.party.full_name().0,
        });
        let graph = Graph::of(customer).filter(Graph::is_told);
        Self {
            customer_id: customer.id.to_string(),
            external_id: customer.client_identifier.as_ref().map(|id| id.0.clone()),
            kind: kind(&customer.party),
            name: customer.party.full_name().0,
            version: customer.version,
            created_at: customer.created_at.to_string(),
            changed_at: customer.changed_at.to_string(),
            standing: customer.submission.map(|_| match standing(customer) {
                Standing::Unscreened => "unscreened",
                Standing::Asked => "asked",
                Standing::Decided => "decided",
            }),
            checks: checks.collect(),
            rating: customer.rating.as_ref().map(rating),
            evaluation: customer.evaluation.as_ref().map(EvaluationView::of),
            related: related.collect(),
            ownership: graph.map(|graph| ownership(graph.resolve(threshold), threshold)),
            open_case: case.map(|case| shown(case, customer)),
            review: customer.submission.map(|submission| ReviewView {
                asked_for: submission.review_on.map(|day| day.to_string()),
                next_review_on: submission.next_review_on.map(|day| day.to_string()),
                reviewed_on: submission.reviewed_on.map(|day| day.to_string()),
            }),
            // What was kept was JSON when it was sent.
            request: kept.and_then(|text| RawValue::from_string(text.trim().to_owned()).ok()),
        }
    }
}

fn kind(party: &Party) -> &'static str {
    match party.kind() {
        PartyKind::Person => "person",
        PartyKind::Business => "business",
    }
}

fn part(millionths: u32) -> f64 {
    f64::from(millionths) / 1e6
}

fn rating(rating: &Rating) -> RatingView {
    let factors = rating.factors.iter().map(|factor| FactorView {
        rule: factor.rule.clone(),
        factor: factor.name.clone(),
        points: factor.points,
        reason: factor.reason.clone(),
    });
    RatingView {
        level: rating.level.as_str(),
        own_level: rating.own.as_str(),
        stated_level: rating.stated.map(onboarding::risk::Level::as_str),
        score: rating.score,
        factors: factors.collect(),
        model: rating.model.clone(),
        model_version: rating.model_version,
    }
}

fn ownership(found: Ownership, threshold: f64) -> OwnershipView {
    let owners = found.owners.into_iter().map(|owner| OwnerView {
        name: owner.name.0,
        share: owner.share,
        is_beneficial: owner.is_beneficial,
        controls: owner.controls,
        paths: owner
            .paths
            .into_iter()
            .map(|path| PathView { names: path.names.into_iter().map(|name| name.0).collect(), share: path.share })
            .collect(),
    });
    OwnershipView {
        threshold,
        owners: owners.collect(),
        undisclosed: found.undisclosed,
        circular: found.circular,
        layers: found.layers,
    }
}

fn shown(case: &Case, customer: &Customer) -> CaseView {
    let questions = case.questions.iter().map(|question| QuestionView {
        number: question.number,
        asks: match question.asks {
            Asks::Hits { .. } => "hits",
            Asks::Rule { .. } => "rule",
            Asks::Review { .. } => "review",
            Asks::Document { .. } => "document",
            Asks::Approval { .. } => "approval",
        },
        check: question.check().map(CheckKind::as_str),
        answered: question.is_answered(),
        hits: question.hits.iter().map(|asked| hit(asked.number, &asked.hit, customer)).collect(),
    });
    CaseView {
        case_id: case.id.to_string(),
        state: case.state.as_str(),
        priority: case.priority.as_str(),
        due_at: case.due_at.to_string(),
        questions: questions.collect(),
    }
}

fn hit(number: u32, hit: &Hit, customer: &Customer) -> HitView {
    HitView {
        number,
        list: hit.list.clone(),
        entity: hit.entity.clone(),
        caption: hit.caption.clone(),
        score: hit.score,
        party: Some(hit.party.clone()).filter(|party| !party.is_empty()),
        path: path(customer, &hit.party),
    }
}

/// From the customer to the party, over everybody between.
fn path(customer: &Customer, key: &str) -> Vec<StepView> {
    let mut steps = Vec::new();
    let mut at = customer.related.iter().find(|related| related.key == key);
    // Nobody stands under itself; the bound keeps a stored circle from turning for ever.
    while let Some(related) = at.filter(|_| steps.len() <= customer.related.len()) {
        steps.push(StepView {
            name: related.party.full_name().0,
            role: Some(related.role.as_str()),
            share: related.share_millionths.map(part),
        });
        at = related.under.as_ref().and_then(|under| customer.related.iter().find(|above| above.key == *under));
    }
    steps.push(StepView { name: customer.party.full_name().0, role: None, share: None });
    steps.reverse();
    steps
}
