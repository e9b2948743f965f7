//! Problem documents (RFC 9457): what every answer but a success is.

use std::borrow::Cow;

use admit_core::{Error, ErrorCode};
use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Media type of a problem document.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong, for the client; and, apart from it, for the log.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The row of the error catalogue.
    pub code: ErrorCode,
    /// What the client should know and do.
    pub detail: Cow<'static, str>,
    /// What only the log should say.
    pub inside: Option<String>,
    /// After how many seconds to try again.
    pub retry_after_seconds: Option<u64>,
}

impl Problem {
    /// A problem of this code with its sentence.
    pub fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        // Whatever is away or under way now may be there in a second.
        let passing = matches!(code, ErrorCode::Unavailable | ErrorCode::RequestInProgress);
        let retry_after_seconds = passing.then_some(1);
        Self { code, detail: detail.into(), inside: None, retry_after_seconds }
    }

    /// `invalid_request` with its sentence.
    pub fn invalid(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidRequest, detail)
    }

    /// `unavailable`; `inside` goes to the log.
    pub fn unavailable(inside: impl Into<String>) -> Self {
        let mut problem = Self::new(ErrorCode::Unavailable, "the database is not available: repeat the request");
        problem.inside = Some(inside.into());
        problem
    }

    /// `internal`; `inside` goes to the log.
    pub fn internal(inside: impl Into<String>) -> Self {
        let mut problem =
            Self::new(ErrorCode::Internal, "this is a fault of the server; it is in its log under the request id");
        problem.inside = Some(inside.into());
        problem
    }

    /// The nearest problem for a bare status that a library answered with.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::new(ErrorCode::NotFound, "no such route; GET /docs lists all of them"),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(ErrorCode::MethodNotAllowed, "see the Allow header"),
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(ErrorCode::PayloadTooLarge, "send less"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::new(ErrorCode::UnsupportedMediaType, "send application/json"),
            status if status.is_client_error() => Self::invalid("see GET /docs"),
            status => Self::internal(format!("a library answered {status}")),
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn document(&self, request_id: &str) -> String {
        let code = self.code.name();
        let kind = format!("/errors/{code}");
        let (title, status, detail) = (self.code.title(), self.code.status(), &*self.detail);
        // Strings and numbers always serialize.
        serde_json::to_string(&Document { kind, title, status, detail, code, request_id }).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    request_id: &'a str,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::new(error.code, error.detail)
    }
}

impl IntoResponse for Problem {
    /// A response without a body: `render` writes it where the request id is known.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives every unsuccessful answer its problem document, and returns the problem.
pub fn render(response: &mut Response, request_id: &str) -> Option<Problem> {
    let status = response.status();
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if status.is_client_error() || status.is_server_error() => Problem::of_status(status),
        None => return None,
    };
    *response.status_mut() = problem.status();
    *response.body_mut() = Body::from(problem.document(request_id));
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if let Some(seconds) = problem.retry_after_seconds {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.status() == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    Some(problem)
}

/// The page of an error: what `type` of its problem documents points to.
pub fn page(code: ErrorCode) -> String {
    let (name, title, status, sqlstate) = (code.name(), code.title(), code.status(), code.sqlstate());
    format!("{name}\n\n{title}.\n\nHTTP status  {status}\nSQLSTATE     {sqlstate}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rendered(mut response: Response) -> (StatusCode, Option<Problem>, Response) {
        let problem = render(&mut response, "r-1");
        (response.status(), problem, response)
    }

    #[test]
    fn a_document_has_all_members() -> Result<(), serde_json::Error> {
        let text = Problem::new(ErrorCode::InsufficientFunds, "\"quoted\"").document("r-1");
        let document: serde_json::Value = serde_json::from_str(&text)?;
        assert_eq!(
            document,
            json!({"type": "/errors/insufficient_funds", "title": "The balance does not cover the amount", "status": 409,
                "detail": "\"quoted\"", "code": "insufficient_funds", "request_id": "r-1"})
        );
        Ok(())
    }

    #[test]
    fn what_is_inside_stays_inside() {
        for problem in [Problem::internal("secret"), Problem::unavailable("secret")] {
            assert!(!problem.document("r-1").contains("secret"));
        }
    }

    #[test]
    fn bare_statuses_become_problems() {
        for (status, code) in [
            (StatusCode::NOT_FOUND, ErrorCode::NotFound),
            (StatusCode::METHOD_NOT_ALLOWED, ErrorCode::MethodNotAllowed),
            (StatusCode::REQUEST_TIMEOUT, ErrorCode::InvalidRequest),
            (StatusCode::BAD_GATEWAY, ErrorCode::Internal),
        ] {
            let (rendered_status, problem, _) = rendered(status.into_response());
            assert_eq!(problem.map(|problem| problem.code), Some(code));
            assert_eq!(rendered_status.as_u16(), code.status());
        }
        assert!(rendered(StatusCode::CREATED.into_response()).1.is_none());
    }

    #[test]
    fn headers_say_what_to_do() {
        let (_, _, unauthenticated) = rendered(Problem::new(ErrorCode::SessionExpired, "over").into_response());
        assert_eq!(unauthenticated.headers()[WWW_AUTHENTICATE], "Bearer");
        let (_, _, unavailable) = rendered(Problem::unavailable("x").into_response());
        assert_eq!(unavailable.headers()[RETRY_AFTER], "1");
    }
}
