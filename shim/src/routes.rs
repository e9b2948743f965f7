//! From the registry to the router: one handler carries every command.

use std::sync::Arc;

use admit_core::ErrorCode;
use admit_core::credential::Credential;
use admit_core::registry::{Access, COMMANDS, Command, Method};
use axum::RequestPartsExt as _;
use axum::Router;
use axum::extract::{RawPathParams, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, get, on, post};
use bytes::Bytes;

use crate::app::App;
use crate::caching::{self, Known, PUBLISHED};
use crate::call::Call;
use crate::manifest::{MANIFEST, Wishes};
use crate::metrics::Endpoint;
use crate::problem::Problem;
use crate::representation::{self, Accept, VISIT};
use crate::request::{self, Fields};
use crate::trace::RequestContext;
use crate::{documents, health, live, schema, webhook};

/// A command with what its requests need to be read.
struct Route {
    command: &'static Command,
    endpoint: Endpoint,
    fields: Fields,
    in_path: bool,
    status: StatusCode,
}

impl Route {
    fn new(index: usize, command: &'static Command) -> Self {
        Self {
            command,
            endpoint: Endpoint::command(index),
            fields: schema::fields((command.request)().as_value()),
            in_path: command.path.contains('{'),
            status: StatusCode::from_u16(command.status).unwrap_or(StatusCode::OK),
        }
    }
}

/// Every route of the shim.
pub fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for (index, command) in COMMANDS.iter().enumerate() {
        let (app, route) = (app.clone(), Arc::new(Route::new(index, command)));
        let handler = move |request: Request| carry(app, route, request);
        let method = filter(command.method);
        // Browsers follow a printed link with GET.
        let method = if command.name == VISIT { method.or(MethodFilter::GET) } else { method };
        router = router.route(command.path, on(method, handler));
    }
    let with = |app: &Arc<App>| app.clone();
    let (stream, hook, ready, metrics) = (with(app), with(app), with(app), with(app));
    router
        .route("/v1/events/{event_id}/live/stream", get(move |request| live::stream(stream, request)))
        .route("/webhooks/{provider}/{tenant_id}", post(move |request| webhook::receive(hook, request)))
        .route("/livez", get(health::live))
        .route("/readyz", get(move || health::ready(ready)))
        .route("/metrics", get(move || health::metrics(metrics)))
        .merge(documents::router(&app.config))
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

/// Carries a request to its command and the answer back.
async fn carry(app: Arc<App>, route: Arc<Route>, request: Request) -> Response {
    let accept = Accept::of(request.headers());
    let published = (route.command.name == PUBLISHED).then(|| Known::of(request.headers()));
    let wishes = (route.command.name == MANIFEST).then(|| Wishes::of(request.headers()));
    let mut response = match command(&app, &route, &accept, request).await {
        Ok(answer) => {
            if ["scan.record", "scan.override"].contains(&route.command.name) {
                app.metrics.scan(&answer);
            }
            match (published, wishes) {
                (Some(known), _) => caching::respond(&known, route.status, answer),
                (_, Some(wishes)) => wishes.respond(answer).await,
                _ => representation::respond(route.command, route.status, &accept, answer),
            }
        }
        Err(problem) => problem.into_response(),
    };
    response.extensions_mut().insert(route.endpoint);
    response
}

async fn command(app: &Arc<App>, route: &Route, accept: &Accept, request: Request) -> Result<Bytes, Problem> {
    let (mut parts, body) = request.into_parts();
    let context = context(&parts)?;
    let (tenant_id, credential) = caller(app, route.command.access, &parts)?;
    let key = request::idempotency_key(&parts.headers)?;
    let path = if route.in_path { Some(path(&mut parts).await?) } else { None };
    let most = route.command.own_body_bytes_max().unwrap_or(app.config.body_bytes_max);
    let body = request::read(body, most, context.deadline).await?;
    request::require_json(&parts.headers, &body)?;
    let mut in_path: Vec<(&str, &str)> = path.iter().flat_map(RawPathParams::iter).collect();
    let asked = parts.uri.query().unwrap_or_default().split('&').any(|pair| pair.starts_with("format="));
    in_path.extend(accept.format(route.command).filter(|_| !asked).map(|format| ("format", format)));
    let body = request::object(&route.fields, &in_path, parts.uri.query(), body)?;
    let key = request::repetition(route.command.repeat, key, &body)?;
    Call { tenant_id, command: route.command, credential, body, key, context }.run(app).await
}

/// What the front noted about the request.
pub fn context(parts: &Parts) -> Result<RequestContext, Problem> {
    parts.extensions.get().cloned().ok_or_else(|| Problem::internal("a request without its context"))
}

/// The fields in a request's path, decoded.
pub async fn path(parts: &mut Parts) -> Result<RawPathParams, Problem> {
    parts.extract().await.map_err(|_| Problem::invalid("the path is not UTF-8"))
}

/// Who asks, as far as it must be known to find the tenant. The database verifies it.
pub fn caller(app: &App, access: Access, parts: &Parts) -> Result<(i32, Option<String>), Problem> {
    if access == Access::Public {
        let tenant_id = app.config.public_tenants.of_host(request::host(&parts.uri, &parts.headers));
        let unknown = || Problem::new(ErrorCode::NotFound, "no tenant is served under this host name");
        return tenant_id.map(|tenant_id| (tenant_id, None)).ok_or_else(unknown);
    }
    let credential = request::bearer(&parts.headers);
    match credential.and_then(|text| Some((Credential::parse(text)?.tenant_id(), Some(text.to_owned())))) {
        Some(caller) => Ok(caller),
        None => Err(Problem::new(
            ErrorCode::Unauthenticated,
            "send a valid credential as Authorization: Bearer <credential>",
        )),
    }
}
