//! The few endpoints that are no commands.

use admit_core::payment::{DeliveryState, Provider};
use admit_core::registry::Method;
use serde_json::{Value, json};

use super::responses;

/// Their tag.
pub const TAG: &str = "operations";

/// Method, path and operation of each.
pub fn operations() -> Vec<(Method, &'static str, Value)> {
    let text = |description: &str| json!({"description": description, "content": {"text/plain": {"schema": {"type": "string"}}}});
    vec![
        (Method::Get, "/v1/events/{event_id}/live/stream", live_stream()),
        (Method::Get, "/v1/events/{event_id}/manifest/stream", tickets_stream()),
        (Method::Post, "/webhooks/{provider}/{tenant_id}", webhook()),
        (Method::Get, "/v1/visits/{code}", visit()),
        (Method::Get, "/livez", plain("livez", "Whether the process answers.", text("It does."))),
        (Method::Get, "/readyz", plain("readyz", "Whether requests can be carried out.", text("They can."))),
        (Method::Get, "/metrics", plain("metrics", "Figures for Prometheus.", text("Prometheus' text format."))),
        (Method::Get, "/errors", plain("errors", "Lists all error codes.", text("One a line."))),
        (Method::Get, "/errors/{name}", error_page(text("What it means."))),
    ]
}

fn plain(id: &str, summary: &str, answer: Value) -> Value {
    json!({"operationId": id, "tags": [TAG], "summary": summary, "parameters": [], "security": [], "responses": responses("200", answer)})
}

fn error_page(answer: Value) -> Value {
    let mut operation = plain("error", "Describes an error code: the target of a problem's type.", answer);
    operation["parameters"] = json!([path("name", "The error's code.", json!({"type": "string"}))]);
    operation
}

fn path(name: &str, description: &str, schema: Value) -> Value {
    json!({"name": name, "in": "path", "required": true, "description": description, "schema": schema})
}

fn live_stream() -> Value {
    let last_seen = json!({"name": "Last-Event-ID", "in": "header", "required": false,
        "description": "The id of the last event seen: the first event then waits for a change.", "schema": {"type": "string"}});
    let answer = json!({"description": "Events named live: data is a LiveView, id its seq. A comment every 15 s keeps the connection open.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}}});
    json!({
        "operationId": "report_live_stream",
        "tags": ["report"],
        "summary": "Streams an event's live figures.",
        "description": "Server-sent events (WHATWG HTML): the figures now and after every change. The stream ends when the credential does.",
        "parameters": [path("event_id", "The event.", json!({"type": "string", "format": "uuid"})), last_seen],
        "responses": responses("200", answer),
        "security": [{"credential": []}],
        "x-permission": "report.live",
    })
}

fn tickets_stream() -> Value {
    let answer = json!({"description": "Events named tickets: data is a ManifestView, a delta without anything that is one device's. A comment every 15 s keeps the connection open.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}}});
    json!({
        "operationId": "manifest_changes_stream",
        "tags": ["manifest"],
        "summary": "Streams what becomes of an event's tickets, for its gates.",
        "description": "Server-sent events (WHATWG HTML): open the stream, then download the manifest, then hear every event: each tells the tickets that were touched in the last seconds as they are now, and one comes at least every five seconds. An event whose since is its position, or that does not reach back to what was heard before, asks to download again. The stream ends when the credential does.",
        "parameters": [path("event_id", "The event.", json!({"type": "string", "format": "uuid"}))],
        "responses": responses("200", answer),
        "security": [{"credential": []}],
        "x-permission": "manifest.changes",
    })
}

fn visit() -> Value {
    let answer = json!({"description": "What a client needs to open a wallet.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/VenueCodeVisited"}}}});
    let mut responses = responses("200", answer);
    responses["302"] = json!({"description": "For a browser (Accept: text/html): the code's link.",
        "headers": {"Location": {"description": "The link.", "schema": {"type": "string", "format": "uri"}}}});
    json!({
        "operationId": "venue_code_visit_browser",
        "tags": ["venue_code"],
        "summary": "Takes a venue's code that a browser visited and counts it.",
        "description": "As POST; a browser is sent on to the code's link, where the tenant has set an address for it.",
        "parameters": [path("code", "Its 26 symbols; case and hyphens do not matter.", json!({"type": "string"}))],
        "responses": responses,
        "security": [],
    })
}

fn webhook() -> Value {
    let words = |all: Vec<&str>| json!({"type": "string", "enum": all});
    let providers = words(Provider::ALL.iter().map(|provider| provider.as_str()).collect());
    let states = words(DeliveryState::ALL.iter().map(|state| state.as_str()).collect());
    let answer = json!({"description": "The delivery is stored and its effect, if any, is booked.", "content": {"application/json": {
        "schema": {"type": "object", "required": ["delivery_id", "state"],
            "properties": {"delivery_id": {"type": "string", "format": "uuid", "description": "The stored delivery."}, "state": states}}}}});
    json!({
        "operationId": "webhook",
        "tags": ["webhook"],
        "summary": "Takes a payment provider's webhook.",
        "description": "The provider's signature over the raw body is verified; at most 512 KiB. Any order and any number of repetitions end the same.",
        "parameters": [
            path("provider", "The provider.", providers),
            path("tenant_id", "The tenant.", json!({"type": "integer", "format": "int32", "minimum": 1})),
        ],
        "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "description": "As the provider sends it."}}}},
        "responses": responses("200", answer),
        "security": [],
    })
}
