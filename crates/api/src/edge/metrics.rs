//! `GET /metrics`: numbers for Prometheus, in its text format 0.0.4. `docs/OPERATIONS.md` says what each is.
//!
//! They tell nothing of anybody, and still not everybody is told: without a token, only who asks from this machine and not
//! through a proxy.

use std::fmt::Write;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{AUTHORIZATION, CONTENT_TYPE, FORWARDED};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use onboarding::Pii;
use service::Service;
use service::gauges::Gauges;
use sha2::{Digest, Sha256};
use tracing::error;

use super::origin::Peer;

#[derive(Clone)]
struct Desk {
    service: Service,
    token: Option<Pii<String>>,
}

/// `/metrics`, for who shows this token; without one, for callers on this machine.
pub fn metrics(service: Service, token: Option<Pii<String>>) -> Router {
    Router::new().route("/metrics", get(show)).with_state(Desk { service, token })
}

async fn show(State(desk): State<Desk>, request: Request) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    if !is_allowed(desk.token.as_ref(), peer, request.headers()) {
        return (StatusCode::FORBIDDEN, "Metrics are for this machine, or for who shows metrics.token.\n")
            .into_response();
    }
    match desk.service.gauges().await {
        Ok(gauges) => {
            let text = text(&gauges, desk.service.now());
            ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
        }
        Err(refused) => {
            error!(error = &refused as &dyn std::error::Error, "The metrics could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, "The store does not answer.\n").into_response()
        }
    }
}

fn is_allowed(token: Option<&Pii<String>>, peer: Option<Peer>, headers: &HeaderMap) -> bool {
    match token {
        Some(token) => {
            let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
            let shown = shown.and_then(|value| value.strip_prefix("Bearer "));
            // Hashes are compared, so that how long it takes says nothing of the token.
            shown.is_some_and(|shown| Sha256::digest(shown.trim()) == Sha256::digest(&token.0))
        }
        None => {
            let proxied = headers.contains_key(FORWARDED) || headers.contains_key("x-forwarded-for");
            !proxied && peer.is_some_and(|peer| peer.0.to_canonical().is_loopback())
        }
    }
}

/// The numbers in Prometheus' text format.
fn text(gauges: &Gauges, now: Timestamp) -> String {
    let mut page = Page(String::new());
    page.family("vestibule_build_info", "gauge", "The version that runs.");
    page.sample("vestibule_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    page.family("vestibule_lists_generation", "gauge", "Which composition of lists this server searches.");
    page.sample("vestibule_lists_generation", &[], gauges.generation);

    page.family("vestibule_list_age_seconds", "gauge", "Since the list was added, fetched, or found unchanged.");
    for list in &gauges.lists {
        if let Some(age) = list.age(now) {
            page.sample("vestibule_list_age_seconds", &[("list", &list.list)], age.as_secs());
        }
    }
    let versions = || gauges.lists.iter().filter_map(|list| list.version.as_ref());
    page.family("vestibule_list_added_timestamp_seconds", "gauge", "When the version in force came.");
    for version in versions() {
        let at = version.added_at.as_second();
        page.sample("vestibule_list_added_timestamp_seconds", &[("list", &version.list)], at);
    }
    page.family("vestibule_list_entities", "gauge", "Parties in the version in force.");
    for version in versions() {
        page.sample("vestibule_list_entities", &[("list", &version.list)], version.entities);
    }
    let feeds = || gauges.lists.iter().filter_map(|list| list.feed.as_ref());
    page.family("vestibule_list_fetch_failures_total", "counter", "How often fetching the list failed.");
    for (feed, state) in feeds() {
        page.sample("vestibule_list_fetch_failures_total", &[("list", &feed.list)], state.failed_total);
    }
    page.family("vestibule_list_fetch_failing", "gauge", "How often fetching the list failed since it last did not.");
    for (feed, state) in feeds() {
        page.sample("vestibule_list_fetch_failing", &[("list", &feed.list)], state.failures);
    }
    page.family("vestibule_list_fetched_timestamp_seconds", "gauge", "When the list was last fetched with success.");
    for (feed, state) in feeds() {
        if let Some(at) = state.fetched_at {
            page.sample("vestibule_list_fetched_timestamp_seconds", &[("list", &feed.list)], at.as_second());
        }
    }

    page.family("vestibule_jobs", "gauge", "Work about customers, by kind.");
    for work in &gauges.work {
        let kind = work.kind_word();
        page.sample("vestibule_jobs", &[("kind", kind), ("state", "leased")], work.leased);
        page.sample(
            "vestibule_jobs",
            &[("kind", kind), ("state", "waiting")],
            work.known - work.leased.min(work.known),
        );
    }
    page.family("vestibule_jobs_overdue_seconds", "gauge", "Since when the oldest work has been due.");
    for work in &gauges.work {
        let overdue = work.oldest_due_at.map_or(0, |at| now.duration_since(at).as_secs().max(0));
        page.sample("vestibule_jobs_overdue_seconds", &[("kind", work.kind_word())], overdue);
    }
    page.family("vestibule_deliveries_due", "gauge", "Webhook deliveries that are due, counted up to 100000.");
    for (dialect, due) in &gauges.deliveries_due {
        page.sample("vestibule_deliveries_due", &[("dialect", dialect)], *due);
    }
    page.family("vestibule_customers_behind", "gauge", "Customers to be screened against newer lists, up to 100000.");
    page.sample("vestibule_customers_behind", &[], gauges.customers_behind);
    page.0
}

/// The text as it grows.
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing into a text cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| ((*name).parse().expect("a name"), value.parse().expect("a value"))).collect()
    }

    #[test]
    fn only_this_machine_or_who_has_the_token() {
        let peer = |text: &str| Some(Peer(text.parse().expect("an address")));
        let token = Pii("0123456789abcdef".to_owned());
        for (token, peer, headers, allowed) in [
            (None, peer("127.0.0.1"), headers(&[]), true),
            (None, peer("::ffff:127.0.0.1"), headers(&[]), true),
            (None, peer("10.0.0.1"), headers(&[]), false),
            (None, None, headers(&[]), false),
            (None, peer("127.0.0.1"), headers(&[("x-forwarded-for", "8.8.8.8")]), false),
            (None, peer("127.0.0.1"), headers(&[("forwarded", "for=8.8.8.8")]), false),
            (Some(&token), peer("127.0.0.1"), headers(&[]), false),
            (Some(&token), peer("10.0.0.1"), headers(&[("authorization", "Bearer 0123456789abcdef")]), true),
            (Some(&token), peer("10.0.0.1"), headers(&[("authorization", "Bearer 0123456789abcdeg")]), false),
            (Some(&token), peer("10.0.0.1"), headers(&[("authorization", "0123456789abcdef")]), false),
        ] {
            assert_eq!(is_allowed(token, peer, &headers), allowed, "{peer:?} {headers:?}");
        }
    }

    #[test]
    fn what_stands_in_a_label_stays_in_it() {
        let mut page = Page(String::new());
        page.family("a", "gauge", "What it is.");
        page.sample("a", &[("list", "x\"\\\ny"), ("b", "c")], 7);
        assert_eq!(page.0, "# HELP a What it is.\n# TYPE a gauge\na{list=\"x\\\"\\\\\\ny\",b=\"c\"} 7\n");
    }
}
