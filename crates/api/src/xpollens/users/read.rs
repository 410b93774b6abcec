//! Reading users, in both versions, and what the lists say of one.

use axum::extract::{Path, State};
use axum::response::Response;
use http::Uri;
use onboarding::admission::person::AppUserId;
use onboarding::{Customer, Pii};
use serde_json::{Value, json};
use service::{Caller, CustomerFilter, Lookup};

use super::criteria::{self, Criteria};
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
/// Users that are looked through at once.
const LOOKED_AT: u32 = 200;
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
    criteria: Criteria,
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
    let sought = Query::of(&uri, &[NAMES.as_slice(), &criteria::NAMES].concat())?.read(|query| {
        let criteria = Criteria::read(query);
        Some(Sought { criteria, ..sought(query, "criteria.", "criteria.perPage", "criteria.pageIndex")? })
    })?;
    let (found, more) = find(&counter, &caller, &sought).await?;
    let value: Result<Vec<Value>, Problem> =
        found.iter().map(|one| Ok(view::older(one, view::admission(one)?, view::standing_of(&caller, one)?))).collect();
    let link = |rel: &str, page: u32| json!({ "rel": rel, "href": with_page(&uri, page, sought.per_page) });
    let previous = sought.page.checked_sub(1).map(|page| link("previous", page));
    let links: Vec<Value> = previous.into_iter().chain(more.then(|| link("next", sought.page + 1))).collect();
    Ok(rendered(&json!({ "value": value?, "links": links })))
}

/// The same list at another page: whatever narrows it stays.
fn with_page(uri: &Uri, page: u32, per_page: u32) -> String {
    let is_paging = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        ["criteria.pageIndex", "criteria.perPage"].iter().any(|paging| name.eq_ignore_ascii_case(paging))
    };
    let asked = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !is_paging(pair));
    let kept: String = asked.map(|pair| format!("&{pair}")).collect();
    format!("/api/v1.1/users?criteria.pageIndex={page}&criteria.perPage={per_page}{kept}")
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
        criteria: Criteria::default(),
    })
}

/// The users that are sought, and whether there are more.
async fn find(counter: &Counter, caller: &Caller, sought: &Sought) -> Result<(Vec<Customer>, bool), Problem> {
    if let Some(user) = &sought.user {
        let Some(user) = user else { return Ok((Vec::new(), false)) };
        return match counter.service.admitted(caller, user).await {
            Ok(customer) if !sought.criteria.meets(caller, &customer)? => Ok((Vec::new(), false)),
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
    if !sought.criteria.is_empty() {
        return look_through(counter, caller, sought, &filter).await;
    }
    let offset = u64::from(sought.page) * u64::from(sought.per_page);
    let page = counter.service.customers(caller, &filter, offset, sought.per_page).await?;
    // Customers of other dialects of the same institution are no users of this one.
    Ok((page.items.into_iter().filter(|customer| customer.admission.is_some()).collect(), page.more))
}

/// The users of a page that meet what no index knows, and whether there are more.
async fn look_through(
    counter: &Counter,
    caller: &Caller,
    sought: &Sought,
    filter: &CustomerFilter,
) -> Result<(Vec<Customer>, bool), Problem> {
    let mut passed_over = u64::from(sought.page) * u64::from(sought.per_page);
    let (mut found, mut looked_at, mut more) = (Vec::new(), 0, true);
    while more {
        if looked_at >= criteria::LOOKED_AT_MAX {
            let why = "More than 5000 users would be looked through: narrow it by criteria.email, criteria.phoneNumber or \
                       criteria.appUserId.";
            return Err(Problem::invalid(why));
        }
        let page = counter.service.customers(caller, filter, u64::from(looked_at), LOOKED_AT).await?;
        (looked_at, more) = (looked_at + LOOKED_AT, page.more);
        for customer in page.items {
            if customer.admission.is_none() || !sought.criteria.meets(caller, &customer)? {
                continue;
            }
            if passed_over > 0 {
                passed_over -= 1;
            } else if found.len() < sought.per_page as usize {
                found.push(customer);
            } else {
                return Ok((found, true));
            }
        }
    }
    Ok((found, false))
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
