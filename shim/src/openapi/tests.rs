use super::*;
use std::collections::HashSet;

fn built() -> Value {
    let config = Config::read(|name| (name == "ADMIT_DATABASE_URL").then(|| "host=db".to_owned()));
    config.map(|config| document(&config)).unwrap_or_default()
}

fn operations(document: &Value) -> Vec<&Value> {
    let paths = document["paths"].as_object().into_iter().flat_map(Map::values);
    paths.filter_map(Value::as_object).flat_map(Map::values).collect()
}

#[test]
fn every_command_is_there() {
    let document = built();
    for command in COMMANDS {
        let operation = &document["paths"][command.path][command.method.as_str().to_ascii_lowercase()];
        assert_eq!(operation["summary"], command.summary);
        assert!(operation["responses"][command.status.to_string()].is_object(), "{}", command.name);
        let in_path = command.path.matches('{').count();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        assert_eq!(parameters.filter(|parameter| parameter["in"] == "path").count(), in_path, "{}", command.name);
    }
}

#[test]
fn every_error_code_is_there() {
    let document = built();
    let codes = document["components"]["schemas"]["ErrorCode"]["oneOf"].as_array().map(Vec::len);
    assert_eq!(codes, Some(ErrorCode::ALL.len()));
}

#[test]
fn operation_ids_are_unique_and_described() {
    let document = built();
    let all = operations(&document);
    let ids: HashSet<_> = all.iter().filter_map(|operation| operation["operationId"].as_str()).collect();
    assert_eq!(ids.len(), all.len());
    assert!(all.iter().all(|operation| operation["summary"].as_str().is_some_and(|summary| summary.ends_with('.'))));
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = built();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > COMMANDS.len());
    for reference in found {
        let target = reference.strip_prefix('#').and_then(|path| document.pointer(path));
        assert!(target.is_some(), "{reference}");
    }
}

/// Two types of one name would overwrite each other.
#[test]
fn names_of_types_are_unique() {
    let mut seen: std::collections::HashMap<String, Value> = std::collections::HashMap::new();
    for command in COMMANDS {
        for schema in [(command.request)().to_value(), (command.answer)().to_value()] {
            let mut definitions = Map::new();
            let schema = define(schema, &mut definitions);
            let mut own = schema.clone();
            own.remove("title");
            let title = schema.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
            definitions.insert(title, Value::Object(own));
            for (name, definition) in definitions {
                assert!(seen.get(&name).is_none_or(|known| *known == definition), "{name}");
                seen.insert(name, definition);
            }
        }
    }
}

#[test]
fn path_fields_are_no_body_fields() {
    let document = built();
    let update = &document["components"]["schemas"]["VenueUpdate"];
    assert!(update["properties"]["name"].is_object() && update["properties"]["venue_id"].is_null());
    assert!(document["paths"]["/v1/venues/{venue_id}"]["patch"]["requestBody"]["required"] == false);
    assert!(document["paths"]["/v1/venues/{venue_id}"]["get"]["requestBody"].is_null());
}
