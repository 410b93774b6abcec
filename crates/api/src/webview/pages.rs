//! The files of `sdk/`, as they are in the repository, with the headers that a browser holds each page to.
//!
//! They are part of the binary: no page asks anybody but the house for anything, and no version of one meets another's.

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, REFERRER_POLICY,
    X_FRAME_OPTIONS,
};
use http::{HeaderValue, StatusCode};

/// Where the authenticator is. The last `/` counts: what it loads is beside it.
pub const AUTHENTICATOR: &str = "/authenticator/";

/// Where the identification page is: the vendor's path below a name of ours.
pub const IDENTIFICATION: &str = "/webview/static/dist/index.html";

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const PAGE: &str = "text/html; charset=utf-8";

/// A file, where it is asked for.
struct File {
    path: &'static str,
    media_type: &'static str,
    text: &'static str,
}

macro_rules! files {
    ($($path:literal $media_type:ident $file:literal;)*) => {
        &[$(File {
            path: $path,
            media_type: $media_type,
            text: include_str!(concat!("../../../../sdk/", $file)),
        }),*]
    };
}

/// What pages of any origin may load: the SDK.
const SDK: &[File] = files! {
    "/sdk/activation.js" SCRIPT "activation.js";
    "/sdk/bytes.js" SCRIPT "bytes.js";
    "/sdk/challenges.js" SCRIPT "challenges.js";
    "/sdk/code-prompt.js" SCRIPT "code-prompt.js";
    "/sdk/errors.js" SCRIPT "errors.js";
    "/sdk/house.js" SCRIPT "house.js";
    "/sdk/identification-frame.js" SCRIPT "identification-frame.js";
    "/sdk/index.js" SCRIPT "index.js";
    "/sdk/keys.js" SCRIPT "keys.js";
    "/sdk/language.js" SCRIPT "language.js";
    "/sdk/pages.css" STYLE "pages.css";
    "/sdk/signing.js" SCRIPT "signing.js";
    "/sdk/storage.js" SCRIPT "storage.js";
    "/sdk/wallet-manager.js" SCRIPT "wallet-manager.js";
    "/sdk/wallet-provisioning.js" SCRIPT "wallet-provisioning.js";
    "/sdk/wallet.js" SCRIPT "wallet.js";
};

/// What our own pages load.
const OWN: &[File] = files! {
    "/authenticator/authenticator.css" STYLE "authenticator/authenticator.css";
    "/authenticator/authenticator.js" SCRIPT "authenticator/authenticator.js";
    "/authenticator/scan.js" SCRIPT "authenticator/scan.js";
    "/authenticator/words.js" SCRIPT "authenticator/words.js";
    "/webview/static/dist/capture.js" SCRIPT "identification/capture.js";
    "/webview/static/dist/house.js" SCRIPT "identification/house.js";
    "/webview/static/dist/identification.css" STYLE "identification/identification.css";
    "/webview/static/dist/identification.js" SCRIPT "identification/identification.js";
    "/webview/static/dist/language.js" SCRIPT "language.js";
    "/webview/static/dist/pages.css" STYLE "pages.css";
    "/webview/static/dist/picture.js" SCRIPT "identification/picture.js";
    "/webview/static/dist/words.js" SCRIPT "identification/words.js";
};

const AUTHENTICATOR_PAGE: &str = include_str!("../../../../sdk/authenticator/index.html");
const IDENTIFICATION_PAGE: &str = include_str!("../../../../sdk/identification/index.html");

/// The files that are the same for everybody, and the authenticator; `public_url` is where it may frame the
/// identification page from.
pub fn routes(public_url: &str) -> Router {
    let shared = SDK.iter().map(|file| (file, true));
    let own = OWN.iter().map(|file| (file, false));
    let files = shared
        .chain(own)
        .fold(Router::new(), |routes, (file, shared)| routes.route(file.path, get(async move || answer(file, shared))));
    let origin = origin(public_url);
    files.route(AUTHENTICATOR, get(async move || authenticator(&origin))).route(
        AUTHENTICATOR.trim_end_matches('/'),
        get(async || (StatusCode::PERMANENT_REDIRECT, [(LOCATION, AUTHENTICATOR)])),
    )
}

/// The address of somebody's identification page.
#[must_use]
pub fn page_url(public_url: &str, technical_id: &str, token: &str) -> String {
    let public_url = public_url.trim_end_matches('/');
    format!("{public_url}{IDENTIFICATION}?technicalId={technical_id}&token={token}")
}

/// The address that brings an activation code to the authenticator. What is behind `#` stays in the browser.
#[must_use]
pub fn authenticator_url(public_url: &str, activation_code: &str) -> String {
    format!("{}{AUTHENTICATOR}#{activation_code}", public_url.trim_end_matches('/'))
}

/// The identification page, which pages of these origins may frame beside our own.
pub(super) fn identification(origins: &[String]) -> Response {
    let mut response = page(IDENTIFICATION_PAGE);
    let mut ancestors = "'self'".to_owned();
    for origin in origins {
        ancestors.push(' ');
        ancestors.push_str(origin);
    }
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    );
    let headers = response.headers_mut();
    // An origin was validated when it was set; one that is no header value frames nothing.
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static("camera=(self), fullscreen=(self), microphone=()"));
    response
}

fn authenticator(origin: &str) -> Response {
    let mut response = page(AUTHENTICATOR_PAGE);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; \
         connect-src 'self'; frame-src 'self' {origin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let allowed = format!("camera=(self \"{origin}\"), fullscreen=(self \"{origin}\"), microphone=()");
    let headers = response.headers_mut();
    let strict = || HeaderValue::from_static("default-src 'none'");
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy).unwrap_or_else(|_| strict()));
    if let Ok(allowed) = HeaderValue::from_str(&allowed) {
        headers.insert(PERMISSIONS_POLICY, allowed);
    }
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}

fn page(text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PAGE));
    // Its address holds a token, which is nobody else's.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn answer(file: &'static File, shared: bool) -> Response {
    let mut response = Response::new(Body::from(file.text));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    if shared {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    }
    response
}

/// Scheme, host and port of an address, without its path.
fn origin(url: &str) -> String {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let end = url[after_scheme..].find('/').map_or(url.len(), |at| after_scheme + at);
    url[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_file_names_is_served() {
        let all = || SDK.iter().chain(OWN);
        let mut named = 0;
        for file in all().filter(|file| file.media_type == SCRIPT) {
            for line in file.text.lines().filter(|line| line.starts_with("import ") || line.starts_with("export {")) {
                let Some(from) = line.split(" from '").nth(1).and_then(|rest| rest.split('\'').next()) else {
                    continue;
                };
                let base = format!("http://house.example{}", file.path);
                let parent = base.rsplit_once('/').expect("a path").0;
                let path = match from.strip_prefix("../") {
                    Some(rest) => format!("{}/{rest}", parent.rsplit_once('/').expect("a folder").0),
                    None => format!("{parent}/{}", from.trim_start_matches("./")),
                };
                let path = path.trim_start_matches("http://house.example");
                assert!(all().any(|file| file.path == path), "{} names {from}", file.path);
                named += 1;
            }
        }
        assert!(named > 15, "{named}");
    }

    #[test]
    fn no_file_asks_anybody_else() {
        let pages = [AUTHENTICATOR_PAGE, IDENTIFICATION_PAGE];
        for text in SDK.iter().chain(OWN).map(|file| file.text).chain(pages) {
            assert!(!text.contains("http://") && !text.contains("https://"));
        }
    }

    #[test]
    fn addresses() {
        assert_eq!(origin("https://bank.example:8443/onboarding/"), "https://bank.example:8443");
        assert_eq!(origin("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
        let url = page_url("https://bank.example/", "AB12", "t0k3n");
        assert_eq!(url, "https://bank.example/webview/static/dist/index.html?technicalId=AB12&token=t0k3n");
        assert_eq!(authenticator_url("https://bank.example", "f8"), "https://bank.example/authenticator/#f8");
    }

    #[test]
    fn only_the_identification_page_is_framed() {
        let policy =
            |response: Response| response.headers()[CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned();
        let framed = policy(identification(&["https://app.bank.example".to_owned()]));
        assert!(framed.ends_with("frame-ancestors 'self' https://app.bank.example"), "{framed}");
        let authenticator = authenticator("https://bank.example");
        assert_eq!(authenticator.headers()[X_FRAME_OPTIONS], "DENY");
        let policy = policy(authenticator);
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    }
}
