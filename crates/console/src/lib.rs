//! How people ask: pages, rendered on the server, without a script and without a request to anybody else.
//!
//! What stands here needs no sign-in, because it tells nothing of any customer: which lists are in force, how old they
//! are, and whether the house is ready. Cases are read and decided at the command line (`vestibule case`).

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use service::Service;
use service::screening::topic_words;

/// The pages.
pub fn router(service: Service) -> Router {
    Router::new().route("/console", get(lists)).with_state(service)
}

/// Nothing but our own style in the page itself; no script, no frame, no form.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

#[derive(Template)]
#[template(path = "lists.html")]
struct ListsPage {
    rows: Vec<ListRow>,
}

struct ListRow {
    list: String,
    title: String,
    entries: u64,
    names: u64,
    topics: String,
    published: String,
    age_hours: i64,
    defects: u64,
}

async fn lists(State(service): State<Service>) -> Response {
    let now = service.now();
    let Ok(lists) = service.lists().await else {
        tracing::error!("The lists could not be read for the console");
        return (StatusCode::SERVICE_UNAVAILABLE, "The store does not answer. Try again in a moment.").into_response();
    };
    let rows = lists.into_iter().map(|list| ListRow {
        age_hours: now.duration_since(list.confirmed_at).as_hours(),
        list: list.list,
        title: list.title,
        entries: list.entities,
        names: list.names,
        topics: topic_words(list.topics).join(", "),
        published: list.published_on.unwrap_or_else(|| "not said".to_owned()),
        defects: list.defects,
    });
    match (ListsPage { rows: rows.collect() }).render() {
        Ok(page) => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::CACHE_CONTROL, "no-store"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, page).into_response()
        }
        Err(error) => {
            tracing::error!(error = %error, "A console page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_list_says_is_text_not_markup() {
        let row = ListRow {
            list: "ftm".to_owned(),
            title: "<script>alert(1)</script>".to_owned(),
            entries: 1,
            names: 2,
            topics: "sanction".to_owned(),
            published: "2026".to_owned(),
            age_hours: 3,
            defects: 0,
        };
        let page = ListsPage { rows: vec![row] }.render().expect("rendered");
        assert!(!page.contains("<script>") && page.contains("&#60;script&#62;"), "{page}");
    }
}
