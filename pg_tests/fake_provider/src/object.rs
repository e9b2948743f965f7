//! The providers' objects, kept as they go over the wire.

use serde_json::Value;

/// A JSON object. What is absent reads as empty: the objects are made here, with all their fields.
#[derive(Debug, Clone)]
pub(crate) struct Object(Value);

impl Object {
    /// Wraps what `json!({…})` made.
    pub(crate) fn new(value: Value) -> Self {
        Self(value)
    }

    /// The text of a field; empty when it is null.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.optional(name).unwrap_or_default()
    }

    /// The text of a field, unless it is null.
    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// The text further down, by JSON pointer (RFC 6901).
    pub(crate) fn text_at(&self, pointer: &str) -> Option<&str> {
        self.0.pointer(pointer).and_then(Value::as_str)
    }

    /// The number of a field; 0 when it is null.
    pub(crate) fn integer(&self, name: &str) -> i64 {
        self.0.get(name).and_then(Value::as_i64).unwrap_or_default()
    }

    /// Whether a field is `true`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// A field, as it is.
    pub(crate) fn field(&self, name: &str) -> Value {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// Replaces the fields that `changes`, a JSON object, names.
    pub(crate) fn change(&mut self, changes: Value) {
        if let (Value::Object(fields), Value::Object(changes)) = (&mut self.0, changes) {
            fields.extend(changes);
        }
    }

    /// The whole object.
    pub(crate) fn value(&self) -> Value {
        self.0.clone()
    }
}
