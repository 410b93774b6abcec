//! `/api/v2.0/users/{appUserId}/declarative`: what a user does, owns and earns.

use axum::extract::{Path, State};
use axum::response::Response;
use onboarding::admission::Admission;
use onboarding::admission::declare::{Band, Declarative, EconomicActivity};
use serde_json::{Value, json};

use super::view::admission;
use crate::fields::{Fault, Field};
use crate::xpollens::body::{Payload, json as rendered};
use crate::xpollens::caller::Authorized;
use crate::xpollens::error::Problem;
use crate::xpollens::{Counter, path};

/// Keeps what is declared; what was declared before is gone.
///
/// # Errors
/// 400 with every mistake, 404.
pub async fn declare(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
    payload: Payload,
) -> Result<Response, Problem> {
    let user = path::user(&user)?;
    let declared = payload.read(|body| {
        let activity = activity(&body.field("economicActivity").required());
        let asset = band(&body.field("asset").required());
        let income = band(&body.field("income").required());
        Some(Declarative { activity: activity?, asset: asset?, income: income? })
    })?;
    let customer = counter.service.declare(&caller, &user, declared).await?;
    Ok(rendered(&view(admission(&customer)?)?))
}

/// What was declared.
///
/// # Errors
/// 404, also where nothing was declared.
pub async fn read(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
) -> Result<Response, Problem> {
    let customer = counter.service.admitted(&caller, &path::user(&user)?).await?;
    Ok(rendered(&view(admission(&customer)?)?))
}

fn view(admission: &Admission) -> Result<Value, Problem> {
    let declared = admission.declarative.ok_or_else(|| Problem::not_found("Declarative data"))?;
    Ok(json!({
        "economicActivity": format!("{:02}", declared.activity.code()),
        "asset": declared.asset.number(),
        "income": declared.income.number(),
    }))
}

/// Two digits, in a string or as a number.
fn activity(field: &Field<'_, '_>) -> Option<EconomicActivity> {
    let value = field.value()?;
    let code = match (value.as_u64(), value.as_str()) {
        (Some(number), _) => u8::try_from(number).ok().and_then(EconomicActivity::of),
        (_, Some(text)) => EconomicActivity::parse(text.trim()),
        _ => None,
    };
    if code.is_none() && field.is_there() {
        field.refuse(Fault::Format("a two-digit code of an economic activity"));
    }
    code
}

/// A number from 1 to 7, or a string with one.
fn band(field: &Field<'_, '_>) -> Option<Band> {
    let value = field.value()?;
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    let band = number.and_then(|number| u8::try_from(number).ok()).and_then(Band::of);
    if band.is_none() && field.is_there() {
        field.refuse(Fault::Format("a number from 1 to 7"));
    }
    band
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Mistakes;

    #[test]
    fn bands_and_activities_are_numbers_or_digits() {
        for (value, fits) in
            [(json!(1), true), (json!("7"), true), (json!(0), false), (json!(8), false), (json!("x"), false)]
        {
            let (mistakes, body) = (Mistakes::default(), json!({ "asset": value }));
            assert_eq!(band(&mistakes.object(&body).field("asset")).is_some(), fits, "{body}");
        }
        for (value, fits) in
            [(json!("31"), true), (json!(31), true), (json!("32"), false), (json!(300), false), (json!([]), false)]
        {
            let (mistakes, body) = (Mistakes::default(), json!({ "economicActivity": value }));
            assert_eq!(activity(&mistakes.object(&body).field("economicActivity")).is_some(), fits, "{body}");
        }
    }
}
