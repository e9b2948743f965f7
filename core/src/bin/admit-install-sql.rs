//! Writes the extension's install script: the hand-written parts and one typed SQL function for
//! every command, made from the registry. A test compares it with the committed file.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::ExitCode;

use admit_core::registry::{COMMANDS, Command, Repeat};
use serde_json::Value;

const PARTS: [&str; 3] = [
    include_str!("../../../sql/install/1_roles.sql"),
    include_str!("../../../sql/install/2_functions.sql"),
    include_str!("../../../sql/install/4_grants.sql"),
];

fn main() -> ExitCode {
    match script() {
        Ok(script) => {
            print!("{script}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("admit-install-sql: {error}");
            ExitCode::FAILURE
        }
    }
}

fn script() -> Result<String, std::fmt::Error> {
    let mut generated = String::from("-- One type an answer and one function a command, made from the registry.\n");
    let mut made = BTreeSet::new();
    // `scan.record` has a hand-written typed form, admit.scan.
    for command in COMMANDS.iter().filter(|command| command.name != "scan.record") {
        let answer = answer_type(command);
        if made.insert(answer.clone()) {
            write_type(&mut generated, &answer, command)?;
        }
        write_function(&mut generated, &answer, command)?;
    }
    Ok([PARTS[0], PARTS[1], &generated, PARTS[2]].join("\n"))
}

/// `venue::VenueView` becomes `venue_view`.
fn answer_type(command: &Command) -> String {
    let name = command.types.1.rsplit("::").next().unwrap_or_default();
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

struct Field {
    name: String,
    sql_type: &'static str,
    required: bool,
    description: String,
}

fn fields(schema: &Value) -> Vec<Field> {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    properties
        .iter()
        .map(|(name, property)| Field {
            name: name.clone(),
            sql_type: sql_type(schema, property),
            required: required.contains(&name.as_str()),
            description: property["description"].as_str().unwrap_or_default().replace('\n', " "),
        })
        .collect()
}

/// The SQL type of a property; what is nested travels as jsonb.
fn sql_type(schema: &Value, property: &Value) -> &'static str {
    if let Some(reference) = property["$ref"].as_str() {
        let target = schema.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
        return sql_type(schema, target);
    }
    if let Some(options) = property["anyOf"].as_array() {
        let option = options.iter().find(|option| option["type"] != "null");
        return option.map_or("jsonb", |option| sql_type(schema, option));
    }
    if property["enum"].is_array() || property["oneOf"].is_array() || property["const"].is_string() {
        return "text";
    }
    let kinds: Vec<&str> = match &property["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect(),
        _ => Vec::new(),
    };
    match (&kinds[..], property["format"].as_str()) {
        (["string"], Some("uuid")) => "uuid",
        (["string"], Some("date-time")) => "timestamptz",
        (["integer"], Some("int32")) => "integer",
        (["integer"], _) => "bigint",
        (["boolean"], _) => "boolean",
        (["string"], _) => "text",
        (["string", "number"] | ["number", "string"], _) => "text",
        _ => "jsonb",
    }
}

fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

/// A name as SQL takes it; the reserved words among the fields are quoted.
fn identifier(name: &str) -> String {
    if ["limit", "from", "current"].contains(&name) { format!("\"{name}\"") } else { name.to_owned() }
}

fn write_type(out: &mut String, name: &str, command: &Command) -> std::fmt::Result {
    let schema = (command.answer)().to_value();
    let columns: Vec<String> =
        fields(&schema).iter().map(|field| format!("    {} {}", identifier(&field.name), field.sql_type)).collect();
    writeln!(out, "\nCREATE TYPE admit.{name} AS (\n{}\n);", columns.join(",\n"))?;
    let description = schema["description"].as_str().unwrap_or_default().replace('\n', " ");
    writeln!(out, "COMMENT ON TYPE admit.{name} IS '{}';", quoted(&description))
}

/// Commands on the caller's own wallet take its session token.
fn acts_on_own_wallet(command: &Command) -> bool {
    const OWN: [&str; 17] = [
        "staff.logout",
        "waiting_room.join",
        "waiting_room.get",
        "wallet.recovery",
        "wallet.refresh",
        "wallet.logout",
        "wallet.get",
        "wallet.history",
        "wallet.link",
        "refund_request.withdraw",
        "ticket.reissue_request",
        "reissue_request.withdraw",
        "payment.fund",
        "payment_method.add",
        "payment_method.setup",
        "payment_method.set_default",
        "payment_method.remove",
    ];
    OWN.contains(&command.name)
}

/// Commands that a backend carries out for a buyer when it sends the buyer's session token.
fn acts_for_buyer(command: &Command) -> bool {
    const BUYERS: [&str; 24] = [
        "ticket_type.get",
        "ticket_type.list",
        "seat.map",
        "payment_method.list",
        "hold.create",
        "hold.get",
        "hold.extend",
        "hold.release",
        "order.create",
        "order.get",
        "order.list",
        "order.pay",
        "order.cancel",
        "order.timeline",
        "order.receipt",
        "order.invoice",
        "order.refund_request",
        "refund_request.list",
        "invoice.list",
        "ticket.get",
        "ticket.list",
        "ticket.token",
        "ticket.qr",
        "reissue_request.list",
    ];
    BUYERS.contains(&command.name)
}

fn write_function(out: &mut String, answer: &str, command: &Command) -> std::fmt::Result {
    let schema = (command.request)().to_value();
    let mut fields = fields(&schema);
    fields.sort_by_key(|field| !field.required);
    let name = command.name.replace('.', "_");
    let mut parameters = vec!["tenant_id integer".to_owned()];
    let mut types = vec!["integer"];
    let mut pairs = Vec::new();
    let mut described = Vec::new();
    if acts_on_own_wallet(command) {
        parameters.push("session_token text".to_owned());
        types.push("text");
        pairs.push("'session_token', $2".to_owned());
    }
    for field in &fields {
        let default = if field.required { "" } else { " DEFAULT NULL" };
        parameters.push(format!("{} {}{default}", identifier(&field.name), field.sql_type));
        types.push(field.sql_type);
        pairs.push(format!("'{}', ${}", field.name, parameters.len()));
        described.push(format!("{}: {}", field.name, field.description));
    }
    if acts_for_buyer(command) {
        parameters.push("session_token text DEFAULT NULL".to_owned());
        types.push("text");
        pairs.push(format!("'session_token', ${}", parameters.len()));
        described.push("session_token: The buyer's session; without it the caller acts as staff.".to_owned());
    }
    let mut key = "NULL".to_owned();
    if command.repeat != Repeat::Read {
        parameters.push("idempotency_key text DEFAULT NULL".to_owned());
        types.push("text");
        key = format!("${}", parameters.len());
    }
    writeln!(out, "\nCREATE FUNCTION admit.{name}({})\nRETURNS admit.{answer}", parameters.join(", "))?;
    // PL/pgSQL keeps the plan of its expression; a function in SQL would be parsed and planned in every call.
    writeln!(out, "LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp\nAS $$BEGIN")?;
    writeln!(out, "RETURN pg_catalog.jsonb_populate_record(NULL::admit.{answer}, admit.call($1, '{}',", command.name)?;
    writeln!(out, "    pg_catalog.jsonb_build_object({}), {key}));\nEND$$;", pairs.join(", "))?;
    let described = if described.is_empty() { String::new() } else { format!(" {}", described.join(" ")) };
    let comment = format!("{}{described} Errors: see admit.error_code.", command.summary);
    writeln!(out, "COMMENT ON FUNCTION admit.{name}({}) IS\n'{}';", types.join(", "), quoted(&comment))
}
