//! Webhooks of payment providers: raw bytes in, exactly as they were signed; 200 only after commit.

use std::sync::Arc;

use admit_core::ErrorCode;
use admit_core::payment::{DeliveryState, Provider};
use admit_core::registry::Repeat;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use tokio_postgres::types::Json;

use crate::app::App;
use crate::call::in_time;
use crate::database::Statement;
use crate::metrics::Endpoint;
use crate::problem::Problem;
use crate::request;
use crate::routes::{context, path};

const WEBHOOK: &str = "SELECT delivery_id::text, state FROM admit.webhook($1::integer, $2::text, $3::bytea, $4::jsonb)";

/// The largest delivery that is taken.
const BODY_BYTES_MAX: usize = 512 * 1024;

/// A delivery that was stored.
struct Receipt {
    delivery_id: String,
    state: String,
}

/// `POST /webhooks/{provider}/{tenant_id}`
pub async fn receive(app: Arc<App>, request: Request) -> Response {
    let mut provider = None;
    let result = deliver(&app, request, &mut provider).await;
    let outcome = match &result {
        Ok(receipt) => DeliveryState::from_word(&receipt.state).map_or("unknown", DeliveryState::as_str),
        Err(problem) => problem.code.name(),
    };
    app.metrics.webhook(provider.map_or("unknown", Provider::as_str), outcome);
    let mut response = match result {
        Ok(Receipt { delivery_id, state }) => {
            let answer = json!({"delivery_id": delivery_id, "state": state}).to_string();
            ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], answer).into_response()
        }
        Err(problem) => problem.into_response(),
    };
    response.extensions_mut().insert(Endpoint::WEBHOOK);
    response
}

async fn deliver(app: &Arc<App>, request: Request, provider: &mut Option<Provider>) -> Result<Receipt, Problem> {
    let (mut parts, body) = request.into_parts();
    let deadline = context(&parts)?.deadline;
    let in_path = path(&mut parts).await?;
    let field = |wanted: &str| in_path.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned());
    *provider = field("provider").and_then(|word| Provider::from_word(&word));
    let tenant_id = field("tenant_id").and_then(|text| text.parse::<i32>().ok()).filter(|tenant_id| *tenant_id > 0);
    let (Some(provider), Some(tenant_id)) = (*provider, tenant_id) else {
        return Err(Problem::new(ErrorCode::NotFound, "no such webhook: POST /webhooks/{provider}/{tenant_id}"));
    };
    let body = request::read(body, BODY_BYTES_MAX, deadline).await?;
    let headers = Json(lower_case(&parts.headers));
    in_time(app, deadline, Repeat::Natural, |app, sent| async move {
        // A delivery that comes twice has the effect of one: that is what the inbox is for.
        let statement = Statement { sql: WEBHOOK, repeatable: true, sent: Some(&sent) };
        let body: &[u8] = &body;
        let rows = app.database.query(statement, &[&tenant_id, &provider.as_str(), &body, &headers]).await?;
        let row = rows.first().ok_or_else(|| Problem::internal("admit.webhook gave no row"))?;
        let read = || Ok::<_, tokio_postgres::Error>(Receipt { delivery_id: row.try_get(0)?, state: row.try_get(1)? });
        read().map_err(|error| Problem::internal(format!("admit.webhook: {error}")))
    })
    .await
}

/// The headers as a JSON object. A header that came several times is joined as RFC 9110 has it.
fn lower_case(headers: &HeaderMap) -> Map<String, Value> {
    let mut object = Map::new();
    // Credentials for somebody else, such as a proxy's, are not the database's business.
    let passed = headers.keys().filter(|name| !matches!(**name, AUTHORIZATION | COOKIE));
    for name in passed {
        let values: Vec<_> =
            headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        object.insert(name.as_str().to_owned(), Value::String(values.join(",")));
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    #[test]
    fn headers_are_joined_and_credentials_left_out() {
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("stripe-signature", "t=1"), ("stripe-signature", "v1=a"), ("cookie", "c"), ("authorization", "b")]
        {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let object = lower_case(&headers);
        assert_eq!(Value::Object(object), json!({"stripe-signature": "t=1,v1=a"}));
    }
}
