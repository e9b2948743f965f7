//! The OpenAPI 3.1 document, made of the registry and the schemas of its types.

mod extra;

use admit_core::ErrorCode;
use admit_core::registry::{Access, COMMANDS, Command, Method, Repeat};
use serde_json::{Map, Value, json};

use crate::caching;
use crate::config::Config;
use crate::manifest::MANIFEST;
use crate::problem::PROBLEM_JSON;
use crate::representation;

/// The whole document.
pub fn document(config: &Config) -> Value {
    let mut schemas = Map::from_iter([("Problem".to_owned(), problem()), ("ErrorCode".to_owned(), error_code())]);
    let mut paths = Map::new();
    for command in COMMANDS {
        let operation = operation(command, &mut schemas);
        add(&mut paths, command.path, command.method, operation);
    }
    for (method, path, operation) in extra::operations() {
        add(&mut paths, path, method, operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "admit",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Admission, wallets, fees and their ledger.",
            "description": include_str!("openapi/description.md"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": tags(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"credential": {"type": "http", "scheme": "bearer",
                "description": "API key, device token or wallet session token."}},
            "responses": {"Problem": {"description": "What went wrong and what to do.", "headers": headers(config),
                "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}}},
        },
    })
}

fn add(paths: &mut Map<String, Value>, path: &str, method: Method, operation: Value) {
    let item = paths.entry(path).or_insert_with(|| json!({}));
    item[method.as_str().to_ascii_lowercase()] = operation;
}

/// The domain of a command: what its name begins with.
fn domain(command: &Command) -> &'static str {
    command.name.split('.').next().unwrap_or_default()
}

fn tags() -> Vec<Value> {
    let mut names: Vec<&str> = COMMANDS.iter().map(domain).collect();
    names.dedup();
    names.into_iter().chain([extra::TAG]).map(|name| json!({"name": name})).collect()
}

fn operation(command: &Command, schemas: &mut Map<String, Value>) -> Value {
    let mut request = define((command.request)().to_value(), schemas);
    let answer = define((command.answer)().to_value(), schemas);
    let description = request.remove("description");
    let mut parameters = parameters(command, &mut request);
    parameters.extend(key_parameter(command));
    let mut success = json!({"description": answer.get("description"),
        "content": {"application/json": {"schema": component(answer, schemas)}}});
    for media_type in representation::media_types(command) {
        success["content"][*media_type] = json!({"schema": {"type": "string", "format": "binary"}});
    }
    let mut operation = json!({
        "operationId": command.name.replace('.', "_"),
        "tags": [domain(command)],
        "summary": command.summary,
        "description": description,
        "parameters": parameters,
        "responses": responses(&command.status.to_string(), success),
        "security": match command.access { Access::Public => json!([]), Access::Role => json!([{"credential": []}]) },
    });
    if command.name == caching::PUBLISHED {
        operation["responses"]["304"] = json!({"description": "If-None-Match names the keys that are published."});
    }
    if command.name == MANIFEST {
        operation["responses"]["304"] = json!({"description": "Nothing has changed since the state in If-None-Match."});
    }
    if command.access == Access::Role {
        operation["x-permission"] = command.name.into();
    }
    let has_body = request.get("properties").and_then(Value::as_object).is_some_and(|fields| !fields.is_empty());
    if command.method != Method::Get && has_body {
        let required = request.contains_key("required");
        let schema = component(request, schemas);
        operation["requestBody"] = json!({"required": required, "content": {"application/json": {"schema": schema}}});
    }
    operation
}

fn responses(success: &str, answer: Value) -> Value {
    let problem = json!({"$ref": "#/components/responses/Problem"});
    json!({success: answer, "4XX": problem, "5XX": problem})
}

/// Takes the fields of path and query out of a request's schema.
fn parameters(command: &Command, request: &mut Map<String, Value>) -> Vec<Value> {
    let is_required = |request: &Map<String, Value>, name: &str| {
        request.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|known| known == name))
    };
    let in_path = |name: &str| command.path.contains(&format!("{{{name}}}"));
    let fields = request.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut parameters = Vec::new();
    for (name, mut schema) in fields {
        let place = match command.method {
            _ if in_path(&name) => "path",
            Method::Get => "query",
            _ => continue,
        };
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        let required = place == "path" || is_required(request, &name);
        parameters.push(
            json!({"name": name, "in": place, "required": required, "description": description, "schema": schema}),
        );
        remove(request, &name);
    }
    parameters
}

fn remove(request: &mut Map<String, Value>, field: &str) {
    if let Some(fields) = request.get_mut("properties").and_then(Value::as_object_mut) {
        fields.remove(field);
    }
    let left = request.get_mut("required").and_then(Value::as_array_mut).map(|names| {
        names.retain(|name| name != field);
        names.len()
    });
    if left == Some(0) {
        request.remove("required");
    }
}

fn key_parameter(command: &Command) -> Option<Value> {
    let (required, description) = match (command.repeat, command.access) {
        (Repeat::Read, _) | (Repeat::Natural, Access::Public) => return None,
        (Repeat::Key, _) => (true, "A new one for each new request; the same one when it is repeated."),
        (Repeat::Nonce, _) => (false, "A UUID, in place of the field nonce."),
        (Repeat::Natural, Access::Role) => (false, "Makes a repeated request give the first one's answer."),
    };
    let schema = json!({"type": "string", "minLength": 1, "maxLength": 255});
    Some(
        json!({"name": "Idempotency-Key", "in": "header", "required": required, "description": description, "schema": schema}),
    )
}

/// Moves a schema's definitions to the components and gives what is left.
fn define(schema: Value, schemas: &mut Map<String, Value>) -> Map<String, Value> {
    let Value::Object(mut schema) = at_components(schema) else {
        return Map::new();
    };
    schema.remove("$schema");
    if let Some(Value::Object(definitions)) = schema.remove("$defs") {
        schemas.extend(definitions);
    }
    schema
}

/// Puts a schema among the components under its title and gives the reference to it.
fn component(mut schema: Map<String, Value>, schemas: &mut Map<String, Value>) -> Value {
    match schema.remove("title") {
        Some(Value::String(title)) => {
            let reference = json!({"$ref": format!("#/components/schemas/{title}")});
            schemas.insert(title, Value::Object(schema));
            reference
        }
        _ => Value::Object(schema),
    }
}

/// References to a schema's own definitions, made references to the document's components.
fn at_components(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let moved = members.into_iter().map(|(name, value)| match (name.as_str(), value) {
                ("$ref", Value::String(path)) => (name, path.replace("#/$defs/", "#/components/schemas/").into()),
                (_, value) => (name, at_components(value)),
            });
            Value::Object(moved.collect())
        }
        Value::Array(items) => items.into_iter().map(at_components).collect(),
        other => other,
    }
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "What went wrong and what to do (RFC 9457).",
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference", "description": "Where the error is described."},
            "title": {"type": "string", "description": "The error in one line; the same at every occurrence."},
            "status": {"type": "integer", "description": "The HTTP status."},
            "detail": {"type": "string", "description": "What happened here and what to do."},
            "code": {"$ref": "#/components/schemas/ErrorCode"},
            "request_id": {"type": "string", "description": "Names the request in the server's log."},
        },
    })
}

fn error_code() -> Value {
    let codes: Vec<Value> = ErrorCode::ALL
        .iter()
        .map(|code| json!({"const": code.name(), "description": format!("{}: {}.", code.status(), code.title())}))
        .collect();
    json!({"type": "string", "description": "The stable name of an error.", "oneOf": codes})
}

fn headers(config: &Config) -> Value {
    let text = |description: &str| json!({"description": description, "schema": {"type": "string"}});
    let mut headers = json!({
        "X-Request-Id": text("Names the request in the server's log."),
        "Retry-After": text("After how many seconds to try again."),
        "WWW-Authenticate": text("With 401."),
    });
    if config.rate_per_ip.is_some() || config.rate_per_credential.is_some() {
        headers["RateLimit-Policy"] = text("The limits that apply.");
        headers["RateLimit"] = text("What is left of them.");
    }
    headers
}

#[cfg(test)]
mod tests;
