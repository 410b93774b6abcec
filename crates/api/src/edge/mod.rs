//! What every request passes before a dialect sees it, and every answer after: an id, a bound on how long its body may
//! take to arrive, a bound on how many run at once, a bound on how long one runs, a net under panics, one log line, and
//! headers.
//!
//! A body is waited for before the request counts as one that runs: nobody may keep others out by sending slowly.
//!
//! What the edge itself refuses is said in the dialect's shape: each dialect stands behind a guard of its own.

pub mod body;
mod health;
mod metrics;
pub mod origin;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONNECTION, HeaderName, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};
use tokio::sync::Semaphore;
use tracing::{Instrument, error, error_span, info};
use uuid::Uuid;

pub use health::health;
pub use metrics::metrics;

/// The header that names a request in every answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// What requests may take together and each.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests that run at the same time; one more is told to come back.
    pub requests_max: usize,
    /// How long a caller may take to send a body, from its headers to its end.
    pub read_within: Duration,
    /// The same for pictures that are sent from a telephone, whose connection may be slow.
    pub upload_within: Duration,
    /// Bytes of all bodies together that have not arrived to their end; beyond it, a request is told to come back.
    pub arriving_bytes_max: usize,
    /// How long one may run before it is told so. What it began is still finished.
    pub answer_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests_max: 4_096,
            read_within: Duration::from_secs(10),
            upload_within: Duration::from_secs(120),
            arriving_bytes_max: 512 * 1024 * 1024,
            answer_within: Duration::from_secs(30),
        }
    }
}

/// What the edge refuses, for a dialect to put into its own shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The body did not arrive in time; 408, and the connection is closed.
    Slow,
    /// Too many requests run, or too much is arriving; 503.
    Overloaded,
    /// The answer took too long; 503.
    Late,
    /// A bug stopped the request; 500.
    Broken,
}

impl Fault {
    /// The status that says so.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Overloaded | Self::Late => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The id of a request: in the answer, in the log, and with an answer that is kept to be repeated.
#[derive(Debug, Clone)]
pub struct RequestId(pub Arc<str>);

/// The house's front: one for all dialects, so that its bounds hold for all of them together.
#[derive(Clone)]
pub struct Edge {
    new_id: Arc<dyn Fn() -> Uuid + Send + Sync>,
    gate: Arc<Semaphore>,
    room: Arc<Semaphore>,
    limits: Limits,
}

#[derive(Clone)]
struct Guard {
    edge: Edge,
    body_bytes_max: usize,
    shape: fn(Fault) -> Response,
}

impl Edge {
    /// A front within these limits.
    pub fn new(limits: Limits, new_id: impl Fn() -> Uuid + Send + Sync + 'static) -> Self {
        let gate = Arc::new(Semaphore::new(limits.requests_max));
        let room = Arc::new(Semaphore::new(limits.arriving_bytes_max));
        Self { new_id: Arc::new(new_id), gate, room, limits }
    }

    /// Puts the edge before a dialect's routes, of which none reads a larger body; `shape` says its refusals in the
    /// dialect's words.
    pub fn guard(&self, dialect: Router, body_bytes_max: usize, shape: fn(Fault) -> Response) -> Router {
        let guard = Guard { edge: self.clone(), body_bytes_max, shape };
        dialect.layer(middleware::from_fn_with_state(guard, pass))
    }

    /// The same for routes to which telephones send pictures.
    pub fn guard_uploads(&self, dialect: Router, body_bytes_max: usize, shape: fn(Fault) -> Response) -> Router {
        let limits = Limits { read_within: self.limits.upload_within, ..self.limits };
        Self { limits, ..self.clone() }.guard(dialect, body_bytes_max, shape)
    }

    /// Waits for the body, then runs the request.
    async fn answer(
        &self,
        body_bytes_max: usize,
        mut request: Request,
        next: Next,
        id: &str,
    ) -> Result<Response, Fault> {
        if !request.body().is_end_stream() {
            // Not in a task: a caller who hangs up here has begun nothing.
            let body = std::mem::take(request.body_mut());
            let arrived = body::arrived(body, body_bytes_max, &self.room);
            let arrived = tokio::time::timeout(self.limits.read_within, arrived).await;
            *request.body_mut() = arrived.map_err(|_| Fault::Slow)??;
        }
        let permit = self.gate.clone().try_acquire_owned().map_err(|_| Fault::Overloaded)?;
        // In a task of its own, so that a caller who hangs up does not stop a write half way through its use case,
        // and a panic ends this request alone.
        let run = async move {
            let response = next.run(request).await;
            drop(permit);
            response
        };
        let task = tokio::spawn(run.instrument(error_span!("request", request.id = %id)));
        match tokio::time::timeout(self.limits.answer_within, task).await {
            Ok(ended) => ended.map_err(|_| Fault::Broken),
            Err(_) => Err(Fault::Late),
        }
    }
}

async fn pass(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let Guard { edge, body_bytes_max, shape } = guard;
    let started = Instant::now();
    let id: Arc<str> = (edge.new_id)().to_string().into();
    let method = request.method().clone();
    // The route as it was declared, never the path: what a path holds is the caller's.
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    request.extensions_mut().insert(RequestId(id.clone()));

    let answered = edge.answer(body_bytes_max, request, next, &id).await;
    let mut response = answered.unwrap_or_else(|fault| {
        let mut response = shape(fault);
        *response.status_mut() = fault.status();
        match fault.status() {
            StatusCode::SERVICE_UNAVAILABLE => {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            StatusCode::REQUEST_TIMEOUT => {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    });

    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, HeaderValue::from_str(&id).expect("a GUID is visible ASCII"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));

    let status = response.status().as_u16();
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if status >= 500 {
        error!(request.id = %id, http.method = %method, http.route = route, http.status = status, duration_ms,
            "Answered {status} to {method} {route} in {duration_ms} ms");
    } else {
        info!(request.id = %id, http.method = %method, http.route = route, http.status = status, duration_ms,
            "Answered {status} to {method} {route} in {duration_ms} ms");
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::body::BodyFault;
    use super::*;

    fn shape(fault: Fault) -> Response {
        format!("{fault:?}").into_response()
    }

    fn front(requests_max: usize) -> Router {
        let soon = Duration::from_millis(50);
        let limits = Limits { requests_max, read_within: soon, answer_within: soon, ..Limits::default() };
        let edge = Edge::new(limits, || Uuid::from_u128(7));
        let routes = Router::new()
            .route(
                "/fine",
                get(|request: Request| async move { request.extensions().get::<RequestId>().is_some().to_string() }),
            )
            .route("/bug", get(async || -> &str { panic!("a bug") }))
            .route("/slow", get(std::future::pending::<&str>));
        edge.guard(routes, 9, shape)
    }

    async fn ask(front: &Router, path: &str) -> (StatusCode, http::HeaderMap, String) {
        let request = Request::get(path).body(axum::body::Body::empty()).expect("a request");
        let response = front.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1024).await.expect("a short body");
        (parts.status, parts.headers, String::from_utf8(body.to_vec()).expect("text"))
    }

    #[tokio::test]
    async fn every_answer_has_an_id_and_is_not_kept_by_caches() {
        let front = front(8);
        for (path, status, body) in
            [("/fine", 200, "true"), ("/bug", 500, "Broken"), ("/slow", 503, "Late"), ("/none", 404, "")]
        {
            let (got, headers, text) = ask(&front, path).await;
            assert_eq!((got.as_u16(), text.as_str()), (status, body), "{path}");
            assert_eq!(headers["request-id"], "00000000-0000-0000-0000-000000000007");
            assert_eq!(headers["cache-control"], "no-store");
            assert_eq!(headers["x-content-type-options"], "nosniff");
        }
    }

    #[tokio::test]
    async fn one_more_than_fits_is_told_to_come_back() {
        let front = front(1);
        // It is told that it is late; but what it began still runs, and holds its place.
        assert_eq!(ask(&front, "/slow").await.2, "Late");
        let (status, headers, body) = ask(&front, "/fine").await;
        assert_eq!((status.as_u16(), body.as_str()), (503, "Overloaded"));
        assert_eq!(headers["retry-after"], "1");
    }

    #[tokio::test]
    async fn who_does_not_send_takes_no_place_and_is_told() {
        let front = front(1);
        let stalled = axum::body::Body::from_stream(futures_util::stream::pending::<Result<bytes::Bytes, BodyFault>>());
        let request = Request::post("/fine").body(stalled).expect("a request");
        let waiting = tokio::spawn(front.clone().oneshot(request));
        tokio::task::yield_now().await;
        assert_eq!(ask(&front, "/fine").await.2, "true");
        let response = waiting.await.expect("it ends").expect("infallible");
        assert_eq!(
            (response.status().as_u16(), &response.headers()["connection"]),
            (408, &HeaderValue::from_static("close"))
        );
    }

    #[tokio::test]
    async fn a_telephone_may_take_its_time() {
        let soon = Duration::from_millis(50);
        let limits = Limits { read_within: soon, upload_within: 20 * soon, ..Limits::default() };
        let edge = Edge::new(limits, || Uuid::from_u128(7));
        let routes = || Router::new().route("/", axum::routing::post(async |body: bytes::Bytes| body));
        for (front, status) in [(edge.guard_uploads(routes(), 9, shape), 200), (edge.guard(routes(), 9, shape), 408)] {
            let slow = futures_util::stream::once(async move {
                tokio::time::sleep(3 * soon).await;
                Ok::<_, BodyFault>(bytes::Bytes::from_static(b"a picture"))
            });
            let request = Request::post("/").body(axum::body::Body::from_stream(slow)).expect("a request");
            assert_eq!(front.oneshot(request).await.expect("infallible").status().as_u16(), status);
        }
    }

    #[tokio::test]
    async fn a_bug_gives_its_place_back() {
        let front = front(1);
        for _ in 0..3 {
            assert_eq!(ask(&front, "/bug").await.2, "Broken");
        }
        assert_eq!(ask(&front, "/fine").await.2, "true");
    }
}
