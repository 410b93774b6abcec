//! Reading users, in both versions, and what the lists say of one.

use axum::extract::{Path, State};
use axum::response::Response;
use http::Uri;
use onboarding::admission::person::AppUserId;
use onboarding::{Customer, Pii};
use serde_json::{Value, json};
use service::{Caller, CustomerFilter, Lookup};

use super::{filtering, view};
use crate::fields::Object;
use crate::xpollens::body::json as rendered;
use crate::xpollens::caller::Authorized;
use crate::xpollens::error::Problem;
use crate::xpollens::query::Query;
use crate::xpollens::{Counter, path, words};

/// Users of a page where nothing else is asked for, and most that can be asked for.
const PAGE: u32 = 20;
const PAGE_MAX: u32 = 100;
/// Furthest page.
const PAGE_INDEX_MAX: u32 = 1_000_000;
/// Longest word to look for.
const SOUGHT_CHARS_MAX: usize = 255;

/// `GET /api/v1.1/users/{appUserId}`.
///
/// # Errors
/// 404.
pub async fn older(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
) -> Result<Response, Problem> {
    let customer = counter.service.admitted(&caller, &path::user(&user)?).await?;
    Ok(rendered(&view::older(&customer, view::admission(&customer)?, view::standing_of(&caller, &customer)?)))
}

/// `GET /api/v2.0/users/{appUserId}`.
///
/// # Errors
/// 404.
pub async fn newer(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
) -> Result<Response, Problem> {
    let customer = counter.service.admitted(&caller, &path::user(&user)?).await?;
    Ok(rendered(&view::of(&caller, &customer)?))
}

/// What is looked for.
#[derive(Debug, Default)]
struct Sought {
    /// The one user with this id; nobody, if it cannot be one.
    user: Option<Option<AppUserId>>,
    lookups: Vec<Lookup>,
    page: u32,
    per_page: u32,
    newest_first: bool,
}

/// `GET /api/v2.0/users?AppUserId=`.
///
/// # Errors
/// A parameter that is not as it must be.
pub async fn newer_list(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    uri: Uri,
) -> Result<Response, Problem> {
    let names = ["AppUserId", "email", "phoneNumber", "pageSize", "pageIndex"];
    let sought = Query::of(&uri, &names)?.read(|query| sought(query, "", "pageSize", "pageIndex"))?;
    let (found, more) = find(&counter, &caller, &sought).await?;
    let values: Result<Vec<Value>, Problem> = found.iter().map(|customer| view::of(&caller, customer)).collect();
    Ok(rendered(&json!({
        "pageSize": sought.per_page,
        "nextPageIndex": more.then_some(sought.page + 1),
        "previousPageIndex": sought.page.checked_sub(1),
        "values": values?,
    })))
}

/// `GET /api/v1.1/users`, narrowed by `criteria.…`.
///
/// # Errors
/// A parameter that is not as it must be.
pub async fn older_list(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    uri: Uri,
) -> Result<Response, Problem> {
    const NAMES: [&str; 7] = [
        "criteria.appUserId",
        "criteria.email",
        "criteria.phoneNumber",
        "criteria.page",
        "criteria.pageIndex",
        "criteria.perPage",
        "criteria.direction",
    ];
    let sought =
        Query::of(&uri, &NAMES)?.read(|query| sought(query, "criteria.", "criteria.perPage", "criteria.pageIndex"))?;
    let (found, more) = find(&counter, &caller, &sought).await?;
    let value: Result<Vec<Value>, Problem> =
        found.iter().map(|one| Ok(view::older(one, view::admission(one)?, view::standing_of(&caller, one)?))).collect();
    let link = |rel: &str, page: u32| {
        let per_page = sought.per_page;
        json!({ "rel": rel, "href": format!("/api/v1.1/users?criteria.pageIndex={page}&criteria.perPage={per_page}") })
    };
    let previous = sought.page.checked_sub(1).map(|page| link("previous", page));
    let links: Vec<Value> = previous.into_iter().chain(more.then(|| link("next", sought.page + 1))).collect();
    Ok(rendered(&json!({ "value": value?, "links": links })))
}

fn sought(query: &Object<'_>, prefix: &str, per_page: &str, page: &str) -> Option<Sought> {
    let text = |name: &str| query.field(&format!("{prefix}{name}")).text(SOUGHT_CHARS_MAX);
    let user = text(if prefix.is_empty() { "AppUserId" } else { "appUserId" });
    let email = text("email").map(|email| Lookup::Email(Pii(email)));
    let phone = text("phoneNumber").map(|phone| Lookup::Phone(Pii(phone)));
    let number = |name: &str, bounds, or| {
        let field = query.field(name);
        if field.is_there() { field.digits(bounds) } else { Some(or) }
    };
    let per_page = number(per_page, 1..=PAGE_MAX, PAGE);
    let page = number(page, 0..=PAGE_INDEX_MAX, 0);
    let direction = query.field(&format!("{prefix}direction")).word(&["Ascending", "Descending"]);
    Some(Sought {
        user: user.map(|text| AppUserId::parse(&text)),
        lookups: email.into_iter().chain(phone).collect(),
        page: page?,
        per_page: per_page?,
        newest_first: direction == Some("Descending"),
    })
}

/// The users that are sought, and whether there are more.
async fn find(counter: &Counter, caller: &Caller, sought: &Sought) -> Result<(Vec<Customer>, bool), Problem> {
    if let Some(user) = &sought.user {
        let Some(user) = user else { return Ok((Vec::new(), false)) };
        return match counter.service.admitted(caller, user).await {
            Ok(customer) => Ok((vec![customer], false)),
            Err(service::Refused::NotFound) => Ok((Vec::new(), false)),
            Err(error) => Err(error.into()),
        };
    }
    let filter = CustomerFilter {
        lookups: sought.lookups.clone(),
        newest_first: sought.newest_first,
        ..CustomerFilter::default()
    };
    let offset = u64::from(sought.page) * u64::from(sought.per_page);
    let page = counter.service.customers(caller, &filter, offset, sought.per_page).await?;
    // Customers of other dialects of the same institution are no users of this one.
    Ok((page.items.into_iter().filter(|customer| customer.admission.is_some()).collect(), page.more))
}

/// `GET /api/v3.0/users/{appUserId}/anti-money-laundering`.
///
/// # Errors
/// 404.
pub async fn filtering(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(user): Path<String>,
) -> Result<Response, Problem> {
    let customer = counter.service.admitted(&caller, &path::user(&user)?).await?;
    let filtering = filtering::of(&customer);
    Ok(rendered(&json!({
        "isPoliticallyExposedPerson": filtering.exposed,
        "isPoliticallyExposedPersonTrueAuthorized": filtering.served,
        "riskAnalysisStatus": filtering.status(),
    })))
}

/// `GET /api/v2.0/accounts/{accountId}`.
///
/// # Errors
/// 404.
pub async fn account(
    State(counter): State<Counter>,
    Authorized(caller): Authorized,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let id = path::id(&account, "Account")?;
    let account = counter.service.account(&caller, id).await.map_err(|error| match error {
        service::Refused::NotFound => Problem::not_found("Account"),
        other => other.into(),
    })?;
    Ok(rendered(&json!({
        "accountId": account.id.to_string(),
        "iban": account.iban.as_ref().map(|iban| iban.as_str()),
        "bic": account.bic,
        "status": words::account(account.state),
    })))
}
