//! One path for each of the many that callers write.
//!
//! The vendor's documents name the same operation with `/core` before it and without, and in several cases
//! (`/Core/v1/…`). Before the router sees a request of this dialect, its path is put in lower case, without `/core`
//! and without slashes at the end. Nothing in a path of this dialect depends on its case: ids are GUIDs.

use axum::extract::Request;
use http::Uri;

/// First segments of the paths that are this dialect's.
const OURS: [&str; 3] = ["/v1/cm/", "/webhooks/v1/", "/connect/token/"];

/// Puts the request's path in its one form; another dialect's path stays as it is.
#[must_use]
pub fn normalise(mut request: Request) -> Request {
    if let Some(path) = normal(request.uri().path()) {
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut parts = request.uri().clone().into_parts();
        // What was a path stays one: only ASCII letters changed their case, and slashes went.
        parts.path_and_query = format!("{path}{query}").parse().ok().or(parts.path_and_query);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

fn normal(path: &str) -> Option<String> {
    let lower = path.trim_end_matches('/').to_ascii_lowercase();
    let bare = lower.strip_prefix("/core").filter(|rest| rest.starts_with('/')).unwrap_or(&lower);
    let whole = format!("{bare}/");
    OURS.iter().any(|first| whole.starts_with(first)).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn normalised(uri: &str) -> String {
        normalise(Request::get(uri).body(Body::empty()).expect("a request")).uri().to_string()
    }

    #[test]
    fn one_form_for_each() {
        for (written, form) in [
            ("/core/v1/cm/customers", "/v1/cm/customers"),
            ("/Core/V1/CM/Customers/", "/v1/cm/customers"),
            ("/v1/cm/customers//", "/v1/cm/customers"),
            ("/v1/cm/customers/9052B6A5-3F09/addresses", "/v1/cm/customers/9052b6a5-3f09/addresses"),
            ("/core/v1/cm/customers?pageNumber=2&ofac=Clear", "/v1/cm/customers?pageNumber=2&ofac=Clear"),
            ("/webhooks/v1/registrations/", "/webhooks/v1/registrations"),
            ("/core/webhooks/v1/registrations", "/webhooks/v1/registrations"),
            ("/Connect/Token", "/connect/token"),
        ] {
            assert_eq!(normalised(written), form, "{written}");
        }
    }

    #[test]
    fn what_is_not_ours_stays_as_it_is() {
        for written in
            ["/", "/healthz/", "/API/v1/Customers", "/core", "/corev1/cm/customers", "/core/core/v1/cm/x", "/v1/CM2/x"]
        {
            assert_eq!(normalised(written), written, "{written}");
        }
    }
}
