//! Callbacks about the user as a whole: 34, 15, 32, the filtering, and the record itself.

use onboarding::admission::Standing;
use onboarding::risk::Level;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{EXPOSED, Scene, USER, raw};
use crate::xpollens::users::{filtering, view};
use crate::xpollens::words;

#[derive(Serialize)]
struct Standing34<'a> {
    r#type: &'static str,
    #[serde(rename = "appUserid")]
    app_userid: &'a str,
    #[serde(rename = "appUserId", skip_serializing_if = "Option::is_none")]
    app_user_id: Option<&'a str>,
    #[serde(rename = "publicUserCode")]
    public_user_code: &'a str,
    #[serde(rename = "userRecordStatus")]
    user_record_status: &'static str,
    #[serde(rename = "identificationLevel", skip_serializing_if = "Option::is_none")]
    identification_level: Option<&'static str>,
}

/// 34: where the onboarding stands. The newer form spells the id both ways, and has the level.
pub fn standing(scene: &Scene<'_>) -> Option<Box<RawValue>> {
    let standing = Standing::parse(scene.to())?;
    Some(raw(&Standing34 {
        r#type: "34",
        app_userid: scene.app_user_id(),
        app_user_id: scene.is_newer().then(|| scene.app_user_id()),
        public_user_code: scene.admission.public_code.as_str(),
        user_record_status: words::standing(standing),
        identification_level: scene.is_newer().then(|| words::identification_level(standing)),
    }))
}

/// The states of the vendor's callback 15.
const SERVED: &str = "1";
const FROZEN: &str = "2";

#[derive(Serialize)]
struct Freeze15<'a> {
    r#type: &'static str,
    userstatus: &'static str,
    userid: &'a str,
}

/// 15: a user is frozen, or no longer. It goes out as a query.
pub fn freeze(scene: &Scene<'_>) -> Option<Box<RawValue>> {
    let userstatus = if scene.admission.frozen { FROZEN } else { SERVED };
    Some(raw(&Freeze15 { r#type: "15", userstatus, userid: scene.app_user_id() }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Risk32<'a> {
    event_date: String,
    app_user_id: &'a str,
    risk_level: &'static str,
    r#type: &'static str,
}

/// 32: a level of risk. The vendor knows three: who is not to be served is at high risk.
pub fn risk(scene: &Scene<'_>) -> Option<Box<RawValue>> {
    let risk_level = match Level::parse(scene.to())? {
        Level::Low => "low",
        Level::Medium => "medium",
        Level::High | Level::Prohibited => "high",
    };
    let event_date = words::time(scene.delivery.at);
    Some(raw(&Risk32 { event_date, app_user_id: scene.app_user_id(), risk_level, r#type: "32" }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Exposed<'a> {
    app_user_id: &'a str,
    r#type: &'static str,
    is_politically_exposed_person: Option<bool>,
    final_decision_pep: Option<bool>,
    risk_analysis_status: &'static str,
}

/// What the filtering says of a politically exposed person. Of sanctions nothing is ever told.
pub fn exposed(scene: &Scene<'_>) -> Option<Box<RawValue>> {
    let filtering = filtering::of(scene.customer);
    Some(raw(&Exposed {
        app_user_id: scene.app_user_id(),
        r#type: EXPOSED,
        is_politically_exposed_person: filtering.exposed,
        final_decision_pep: filtering.last_word(),
        risk_analysis_status: filtering.status(),
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    r#type: &'static str,
    app_user_id: &'a str,
    record_status: &'static str,
    identification_level: &'static str,
    onboarding_date: String,
    profile: Value,
    data_correction_logs: Vec<Value>,
}

/// The record was made or changed.
pub fn record(scene: &Scene<'_>) -> Option<Box<RawValue>> {
    let corrections = scene.admission.corrections.iter().map(|correction| {
        json!({
            "propertyName": view::member(correction.field),
            "originalValue": correction.before.as_str(),
            "newValue": correction.after.as_str(),
            "reason": view::cause(correction.cause),
        })
    });
    Some(raw(&Record {
        r#type: USER,
        app_user_id: scene.app_user_id(),
        record_status: words::standing(scene.standing),
        identification_level: words::identification_level(scene.standing),
        onboarding_date: words::time(scene.customer.created_at),
        profile: view::profile(scene.customer, scene.admission),
        data_correction_logs: corrections.collect(),
    }))
}
