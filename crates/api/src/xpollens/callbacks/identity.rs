//! Callbacks about who the user is: 4, 35, 48, and 44 about the tax papers.

use onboarding::admission::demand::{Demand, DemandState, Workflow};
use onboarding::admission::diligence::{Diligence, DiligenceKind, Proof, Reason};
use onboarding::admission::tax::PaperState;
use onboarding::admission::wallet::ActivationState;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Scene, raw};
use crate::webview::pages::page_url;
use crate::xpollens::words;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Demand4<'a> {
    r#type: &'static str,
    status: &'static str,
    app_user_id: &'a str,
    diligences: Vec<Diligence4>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'static str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    newer: Option<Newer4>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Diligence4 {
    reason: &'static str,
    diligence_type: &'static str,
    status: &'static str,
}

/// What the second version of callback 4 adds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Newer4 {
    kyc_level: &'static str,
    workflow_code: &'static str,
    expected_diligences: Vec<Value>,
    received_diligences: Vec<Value>,
}

/// 4: where the verification of the identity stands, with each diligence.
pub fn demand(scene: &Scene<'_>) -> Option<Box<RawValue>> {
    let demand = scene.admission.demand.as_ref()?;
    let state = DemandState::parse(scene.to()).unwrap_or(demand.state);
    Some(raw(&Demand4 {
        r#type: "4",
        status: words::demand(state),
        app_user_id: scene.app_user_id(),
        diligences: demand.diligences.iter().map(told).collect(),
        decision: demand.decision.map(words::decision),
        newer: scene.is_newer().then(|| newer(demand)),
    }))
}

fn told(diligence: &Diligence) -> Diligence4 {
    Diligence4 {
        reason: diligence.state.reason().map_or("", Reason::as_str),
        diligence_type: diligence.kind.as_str(),
        status: words::diligence(diligence.state),
    }
}

fn newer(demand: &Demand) -> Newer4 {
    let (kyc_level, complementary) = match demand.workflow {
        Workflow::ElectronicSign => ("High", "SELFIE"),
        Workflow::Identity => ("Medium", "SCTIN"),
    };
    let documents = DiligenceKind::ALL.into_iter();
    let documents: Vec<&str> =
        documents.filter(|kind| kind.proof() == Proof::Document).map(DiligenceKind::as_str).collect();
    let received = demand.diligences.iter().map(|diligence| {
        json!({
            "diligenceType": diligence.kind.as_str(),
            "status": words::diligence(diligence.state),
            "reason": diligence.state.reason().map_or("", Reason::as_str),
            "attachments": diligence.files.iter().map(|file| json!({
                "fileName": file.name.as_ref().map(|name| name.as_str()), "attachmentKey": file.id.0.to_string(),
            })).collect::<Vec<_>>(),
        })
    });
    Newer4 {
        kyc_level,
        workflow_code: words::workflow(demand.workflow),
        expected_diligences: vec![
            json!({ "type": "Identity", "expectedCount": 1, "possibleDiligenceSubTypes": documents }),
            json!({ "type": "Complementary", "expectedCount": 1, "possibleDiligenceSubTypes": [complementary] }),
        ],
        received_diligences: received.collect(),
    }
}

#[derive(Serialize)]
struct Activation35<'a> {
    r#type: &'static str,
    #[serde(rename = "AppUserId")]
    app_user_id: &'a str,
    #[serde(rename = "ActivationCode")]
    activation_code: &'a str,
    #[serde(rename = "ErrorMessage")]
    error_message: Option<&'static str>,
}

/// 35: the code that binds a device. Only as long as it binds one: a code that was used or ended is nobody's business.
pub fn activation(scene: &Scene<'_>) -> Option<Box<RawValue>> {
    let activation = scene.admission.activation.as_ref()?;
    let is_meant = scene.delivery.about == Some(activation.id) && scene.to() == ActivationState::Open.as_str();
    if !is_meant || activation.state != ActivationState::Open {
        return None;
    }
    Some(raw(&Activation35 {
        r#type: "35",
        app_user_id: scene.app_user_id(),
        activation_code: activation.code.as_str(),
        error_message: None,
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page48<'a> {
    r#type: &'static str,
    app_user_id: &'a str,
    url: String,
    token: &'a str,
    webview_url: String,
}

/// 48: the page that takes the document and the selfie, as long as it is open.
pub fn page(scene: &Scene<'_>) -> Option<Box<RawValue>> {
    let page = scene.admission.page.as_ref()?;
    if scene.delivery.about != Some(page.id) || page.ended_at.is_some() {
        return None;
    }
    let webview_url = page_url(scene.public_url, &page.technical_id, &page.token);
    let url = webview_url.split_once("&token=").map_or_else(String::new, |(url, _)| url.to_owned());
    let (app_user_id, token) = (scene.app_user_id(), page.token.as_str());
    Some(raw(&Page48 { r#type: "48", app_user_id, url, token, webview_url }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tax44<'a> {
    r#type: &'static str,
    app_user_id: &'a str,
    fatca_eai_status: &'static str,
    diligences: Vec<Paper44>,
    date: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Paper44 {
    files: Vec<String>,
    status: &'static str,
    reason: &'static str,
    document_type: &'static str,
}

/// 44: whether the tax form and its papers are in order.
pub fn tax(scene: &Scene<'_>) -> Option<Box<RawValue>> {
    let form = scene.admission.tax.as_ref()?;
    let papers = form.papers.iter().map(|paper| Paper44 {
        files: paper.files.iter().map(|file| file.0.to_string()).collect(),
        status: words::paper_state(paper.state),
        reason: match paper.state {
            PaperState::Refused(reason) => reason.as_str(),
            _ => "",
        },
        document_type: words::paper(paper.kind),
    });
    Some(raw(&Tax44 {
        r#type: "44",
        app_user_id: scene.app_user_id(),
        fatca_eai_status: words::tax_in_callback(form.status()),
        diligences: papers.collect(),
        date: words::time(scene.delivery.at),
    }))
}
