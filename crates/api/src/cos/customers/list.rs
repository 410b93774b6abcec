//! `GET /v1/cm/customers`: the partner's customers, page by page.

use axum::extract::State;
use axum::response::Response;
use http::Uri;
use jiff::{Timestamp, ToSpan};
use onboarding::check::CheckKind;
use onboarding::{CustomerId, Pii};
use service::{Caller, CustomerFilter, Lookup, Service};

use super::body::{CLASSIFICATIONS, kind_of};
use super::view::{self, SCAN_STATUSES};
use crate::cos::body::json;
use crate::cos::caller::Authorized;
use crate::cos::error::Errors;
use crate::cos::page::{Paged, Paging};
use crate::cos::query::Query;
use crate::cos::{partner, time};
use crate::fields::{Fault, Field, Mistakes, Object};

const NAMES: [&str; 14] = [
    "pageNumber",
    "pageSize",
    "id",
    "partnerId",
    "cifNumber",
    "taxId",
    "clientIdentifier",
    "classification",
    "ofac",
    "pepScan",
    "createdFrom",
    "createdTo",
    "dateFrom",
    "dateTo",
];
const NUMBER_CHARS_MAX: usize = 50;

pub async fn list(
    State(service): State<Service>,
    Authorized(caller): Authorized,
    uri: Uri,
) -> Result<Response, Errors> {
    let (filter, paging) = read(&uri, &caller)?;
    let page = service.customers(&caller, &filter, paging.offset(), paging.limit()).await?;
    Ok(json(&Paged::new(paging, page.items.iter().map(view::read), page.more)))
}

fn read(uri: &Uri, caller: &Caller) -> Result<(CustomerFilter, Paging), Errors> {
    let query = Query::of(uri, &NAMES)?;
    let mistakes = Mistakes::default();
    let object = query.object(&mistakes);
    partner::check(&object, caller)?;
    let (filter, paging) = (filter(&object), Paging::read(&object));
    mistakes.settle(paging.map(|paging| (filter, paging))).map_err(Errors::from)
}

fn filter(query: &Object<'_>) -> CustomerFilter {
    let mut lookups = Vec::new();
    lookups.extend(query.field("taxId").text(NUMBER_CHARS_MAX).map(|id| Lookup::TaxId(Pii(id))));
    let identifier = query.field("clientIdentifier").text(NUMBER_CHARS_MAX);
    lookups.extend(identifier.map(|id| Lookup::ClientIdentifier(Pii(id))));
    let mut checks = Vec::new();
    for (name, kind) in [("ofac", CheckKind::Sanctions), ("pepScan", CheckKind::Pep)] {
        checks.extend(query.field(name).word(&SCAN_STATUSES).map(|status| (kind, states(status))));
    }
    let first_of = |names: [&'static str; 2], edge| {
        let [first, second] = names.map(|name| bound(&query.field(name), edge));
        first.or(second)
    };
    CustomerFilter {
        id: query.field("id").guid().map(CustomerId),
        cif_number: query.field("cifNumber").text(NUMBER_CHARS_MAX),
        lookups,
        kind: query.field("classification").word(&CLASSIFICATIONS).map(kind_of),
        checks,
        created_from: first_of(["createdFrom", "dateFrom"], Edge::First),
        created_before: first_of(["createdTo", "dateTo"], Edge::Last),
        ..CustomerFilter::default()
    }
}

/// The states that a scan status stands for, in the words of the store.
fn states(status: &str) -> Vec<&'static str> {
    match status {
        "Clear" => vec!["clear"],
        "Failed" => vec!["hit"],
        "Reviewing" => vec!["reviewing"],
        "Positive" => vec!["confirmed"],
        _ => vec!["pending", "unavailable"],
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    First,
    Last,
}

/// A day (in the bank's time zone) or a moment; the last one is part of what is asked for.
fn bound(field: &Field<'_, '_>, edge: Edge) -> Option<Timestamp> {
    field.parsed(NUMBER_CHARS_MAX, |text| {
        let bad = || Fault::Format("a date written YYYY-MM-DD, or a time with its offset (RFC 3339)");
        if text.len() == 10 {
            let day = text.parse().map_err(|_| bad())?;
            return match edge {
                Edge::First => time::beginning(day),
                Edge::Last => day.tomorrow().ok().and_then(time::beginning),
            }
            .ok_or_else(bad);
        }
        let at: Timestamp = text.parse().map_err(|_| bad())?;
        match edge {
            Edge::First => Ok(at),
            // The store keeps microseconds.
            Edge::Last => at.checked_add(1.microsecond()).map_err(|_| bad()),
        }
    })
}

#[cfg(test)]
mod tests {
    use onboarding::CheckState;
    use onboarding::check::Unavailability;
    use onboarding::party::PartyKind;

    use super::*;

    fn parsed(query: &str) -> Result<CustomerFilter, Vec<String>> {
        let uri = format!("/x?{query}").parse().expect("a URI");
        let query = Query::of(&uri, &NAMES).expect("a query");
        let mistakes = Mistakes::default();
        let filter = filter(&query.object(&mistakes));
        mistakes.settle(Some(filter)).map_err(|found| found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_filter_is_read() {
        let id = "9052b6a5-3f09-41d1-b526-ade80104eb79";
        let all = format!(
            "id={id}&cifNumber=32653745014&taxId=119-98-8776&clientIdentifier=a%20b&classification=business\
             &ofac=Pending&pepScan=clear&createdFrom=2021-11-22&dateTo=2021-11-22"
        );
        let filter = parsed(&all).expect("a filter");
        assert_eq!(filter.id, CustomerId::parse(id));
        assert_eq!(filter.cif_number.as_deref(), Some("32653745014"));
        assert_eq!(filter.kind, Some(PartyKind::Business));
        assert_eq!(filter.lookups.len(), 2);
        assert_eq!(
            filter.checks,
            [(CheckKind::Sanctions, vec!["pending", "unavailable"]), (CheckKind::Pep, vec!["clear"]),]
        );
        assert_eq!(filter.created_from, "2021-11-22T05:00:00Z".parse().ok());
        assert_eq!(filter.created_before, "2021-11-23T05:00:00Z".parse().ok());
        assert_eq!(parsed(""), Ok(CustomerFilter::default()));
    }

    #[test]
    fn a_moment_may_have_an_offset() {
        let filter = parsed("createdTo=2021-11-22T10:49:58.843-05:00").expect("a filter");
        assert_eq!(filter.created_before, "2021-11-22T15:49:58.843001Z".parse().ok());
    }

    #[test]
    fn every_filter_is_checked() {
        let found = parsed("id=7&classification=Alien&ofac=Maybe&createdFrom=yesterday&dateTo=2021-02-30&taxId=%00");
        let found = found.expect_err("six mistakes");
        assert_eq!(found.len(), 6, "{found:?}");
        assert!(
            found.iter().any(|mistake| mistake == "ofac must be one of Pending, Clear, Failed, Reviewing, Positive")
        );
    }

    #[test]
    fn the_words_are_those_of_the_store() {
        let case = onboarding::CaseId(uuid::Uuid::nil());
        let known = [
            CheckState::Pending,
            CheckState::Unavailable(Unavailability::NoList),
            CheckState::Clear,
            CheckState::Hit(case),
            CheckState::Reviewing(case),
            CheckState::Confirmed(case),
        ];
        let said: Vec<&str> = SCAN_STATUSES.into_iter().flat_map(states).collect();
        assert_eq!(said, known.map(|state| state.as_str()));
    }
}
