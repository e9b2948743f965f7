//! The members of the merged object: each at most once, their values untouched.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Fields;
use crate::call::Text;
use crate::problem::Problem;
use crate::schema::FieldKind;

const TWICE: &str = "a field is given twice: in path, query and body each field comes once";

/// Names in order, so that the same request always makes the same text; values as they came, so that
/// no number is rounded on its way.
#[derive(Debug, Default)]
pub struct Members(BTreeMap<String, Box<RawValue>>);

impl Members {
    /// Adds a value that came as text, as its field's kind. A field that the command does not have
    /// goes on as text: the database names it in its refusal.
    pub fn add(&mut self, fields: &Fields, name: String, value: &str) -> Result<(), Problem> {
        let value = fields.get(&name).copied().unwrap_or(FieldKind::Text).json(&name, value)?;
        match self.0.insert(name, value) {
            None => Ok(()),
            Some(_) => Err(Problem::invalid(TWICE)),
        }
    }

    /// The object's JSON.
    pub fn into_text(self) -> Result<Text, Problem> {
        // Strings and well-formed values always serialize.
        serde_json::to_string(&self.0).map(Text::from).map_err(|error| Problem::internal(error.to_string()))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Members::default();
                while let Some((name, value)) = map.next_entry()? {
                    if members.0.insert(name, value).is_some() {
                        return Err(A::Error::custom(TWICE));
                    }
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(Collect)
    }
}
