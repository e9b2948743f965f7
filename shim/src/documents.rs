//! What describes the API: `/openapi.json`, `/docs`, `/errors`. Made once at start; needs no
//! database, no script and no other host.

mod page;

use std::fmt::Write as _;

use admit_core::ErrorCode;
use axum::Router;
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;

use crate::config::Config;
use crate::openapi;
use crate::problem::{self, Problem};

/// The page loads its own style sheet and nothing else.
const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const STYLE: &str = include_str!("documents/style.css");

/// Their routes.
pub fn router(config: &Config) -> Router {
    let document = openapi::document(config);
    let page = Bytes::from(page::render(&document));
    let document = Bytes::from(document.to_string());
    Router::new()
        .route("/openapi.json", get(move || async move { text("application/json", document) }))
        .route("/docs", get(move || async move { text("text/html; charset=utf-8", page) }))
        .route(
            "/docs/style.css",
            get(|| async { text("text/css; charset=utf-8", Bytes::from_static(STYLE.as_bytes())) }),
        )
        .route("/errors", get(errors))
        .route("/errors/{name}", get(error))
}

fn text(media_type: &'static str, body: Bytes) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    response
}

/// `GET /errors`
async fn errors() -> String {
    let mut list = String::new();
    for code in ErrorCode::ALL {
        // Writing to a String cannot fail.
        let _ = writeln!(list, "{:<26} {}  {}  {}", code.name(), code.status(), code.sqlstate(), code.title());
    }
    list
}

/// `GET /errors/{name}`
async fn error(Path(name): Path<String>) -> Response {
    match ErrorCode::ALL.iter().find(|code| code.name() == name) {
        Some(code) => problem::page(*code).into_response(),
        None => Problem::new(ErrorCode::NotFound, "no such error; GET /errors lists all of them").into_response(),
    }
}
