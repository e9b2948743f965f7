//! What every request passes, whatever its route: its id, its limits, the form of its failure, the
//! headers of its answer, its line in the log.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use hyper::body::Incoming;
use tokio::time::Instant;
use tower::ServiceExt as _;
use tower_http::cors::CorsLayer;

use crate::app::App;
use crate::limits::{Class, client};
use crate::metrics::Endpoint;
use crate::problem::{self, Problem};
use crate::request::IDEMPOTENCY_KEY;
use crate::trace::{RequestContext, X_REQUEST_ID};

/// How long a browser may remember which origins are allowed.
const CORS_MAX_AGE_SECONDS: u64 = 600;

/// The router behind the limits and, where origins are allowed, CORS, which must also let a browser
/// read that it is over a limit.
pub fn guard(app: &Arc<App>, router: Router) -> Router {
    let limited = app.clone();
    let router = router.layer(from_fn(move |request, next| limit(limited.clone(), request, next)));
    if app.config.cors_origins.is_empty() {
        return router;
    }
    let shown = ["ratelimit", "ratelimit-policy", "retry-after", "www-authenticate"].map(HeaderName::from_static);
    let sent =
        ["authorization", "content-type", "last-event-id", "traceparent", IDEMPOTENCY_KEY].map(HeaderName::from_static);
    let cors = CorsLayer::new()
        .allow_origin(app.config.cors_origins.clone())
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(sent.into_iter().chain([X_REQUEST_ID]).collect::<Vec<_>>())
        .expose_headers(shown.into_iter().chain([X_REQUEST_ID]).collect::<Vec<_>>())
        .max_age(std::time::Duration::from_secs(CORS_MAX_AGE_SECONDS));
    router.layer(cors)
}

async fn limit(app: Arc<App>, request: Request, next: Next) -> Response {
    let class = Class::of(request.uri().path());
    let credential = request.headers().get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let Some(client) = request.extensions().get().map(|context: &RequestContext| context.client) else {
        return Problem::internal("a request without its context").into_response();
    };
    match app.limits.take(class, client, credential) {
        Ok(headers) => {
            let mut response = next.run(request).await;
            response.headers_mut().extend(headers);
            response
        }
        Err(exceeded) => {
            app.metrics.rate_limited(exceeded.policy);
            let mut response = exceeded.problem.into_response();
            response.headers_mut().extend(exceeded.headers);
            response
        }
    }
}

/// Answers one request.
pub async fn answer(app: Arc<App>, router: Router, peer: IpAddr, request: hyper::Request<Incoming>) -> Response {
    let began = Instant::now();
    let client = client(request.headers(), peer, app.config.trusted_proxies);
    let context = RequestContext::new(request.headers(), client, began + app.config.request_timeout);
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(context.clone());
    let routed = AssertUnwindSafe(router.oneshot(request)).catch_unwind().await;
    let mut response = match routed {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(panic) => Problem::internal(format!("panic: {}", message(&*panic))).into_response(),
    };
    let problem = problem::render(&mut response, context.request_id());
    let endpoint = response.extensions().get().copied().unwrap_or(Endpoint::OTHER);
    let status = response.status().as_u16();
    let duration = began.elapsed();
    app.metrics.request(endpoint, status, duration);
    app.log.write(&context, endpoint, status, duration.as_secs_f64(), problem.and_then(|problem| problem.inside));
    finish(&app, response.headers_mut(), context.request_id);
    response
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

/// Headers that say what a browser must not do. A page of ours has its own policy already.
fn finish(app: &App, headers: &mut HeaderMap, request_id: HeaderValue) {
    headers.insert(X_REQUEST_ID, request_id);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(nothing);
    if app.config.hsts {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_say_what_they_say() {
        assert_eq!(message(&"text"), "text");
        assert_eq!(message(&"owned".to_owned()), "owned");
        assert_eq!(message(&7), "without a message");
    }
}
