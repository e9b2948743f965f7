//! What the commands' JSON schemas say: the kinds of fields, and definitions for OpenAPI.

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::problem::Problem;
use crate::request::Fields;

/// What a field's value is, as far as text in a path or query must know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// A string: ids, times and words, too.
    Text,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
}

impl FieldKind {
    /// The JSON of a value that came as text.
    ///
    /// # Errors
    /// `invalid_request` when the text is no such value.
    pub fn json(self, field: &str, text: &str) -> Result<Box<RawValue>, Problem> {
        let literal = |fits: bool| fits.then(|| RawValue::from_string(text.to_owned()).ok()).flatten();
        let (value, expected) = match self {
            Self::Text => (to_raw_value(text).ok(), "text"),
            Self::Integer => (literal(text.parse::<i64>().is_ok()), "a whole number"),
            Self::Number => {
                (literal(text.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])), "a number")
            }
            Self::Boolean => (literal(matches!(text, "true" | "false")), "true or false"),
        };
        value.ok_or_else(|| Problem::invalid(format!("{field} must be {expected}")))
    }
}

/// The kinds of a request's fields.
pub fn fields(schema: &Value) -> Fields {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    properties.map(|(name, property)| (name.clone(), kind(property, schema))).collect()
}

fn kind(property: &Value, root: &Value) -> FieldKind {
    if let Some(definition) = property.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#')) {
        return root.pointer(definition).map_or(FieldKind::Text, |definition| kind(definition, root));
    }
    let alternatives = property.get("anyOf").and_then(Value::as_array);
    if let Some(alternative) =
        alternatives.and_then(|all| all.iter().find(|one| one.get("type") != Some(&"null".into())))
    {
        return kind(alternative, root);
    }
    let named = match property.get("type") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        Some(Value::String(name)) => Some(name.as_str()),
        _ => None,
    };
    match named {
        Some("integer") => FieldKind::Integer,
        Some("number") => FieldKind::Number,
        Some("boolean") => FieldKind::Boolean,
        _ => FieldKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use admit_core::registry::command;

    fn kind_of(name: &str, field: &str) -> Option<FieldKind> {
        let schema = (command(name)?.request)();
        fields(schema.as_value()).get(field).copied()
    }

    #[test]
    fn kinds_follow_the_schemas() {
        assert_eq!(kind_of("scan.list", "limit"), Some(FieldKind::Integer));
        assert_eq!(kind_of("scan.list", "event_id"), Some(FieldKind::Text));
        assert_eq!(kind_of("scan.list", "outcome"), Some(FieldKind::Text));
        assert_eq!(kind_of("journal.consistency", "old_size"), Some(FieldKind::Integer));
        assert_eq!(kind_of("provider.configure", "live"), Some(FieldKind::Boolean));
        assert_eq!(kind_of("scan.list", "unknown"), None);
    }
}
