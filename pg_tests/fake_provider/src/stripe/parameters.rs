//! Reading parameters, with the errors that Stripe gives for wrong ones.

use serde_json::{Map, Value, json};

use super::form::{Tree, parse};
use super::problem::Problem;

/// Stripe's amounts have at most twelve digits.
const POSITIVE_MAX: i64 = 999_999_999_999;
/// Limits of metadata. Source: Stripe's API reference "Metadata".
const METADATA_KEYS_MAX: usize = 50;
const METADATA_KEY_CHARACTERS_MAX: usize = 40;
const METADATA_VALUE_CHARACTERS_MAX: usize = 500;

/// Parameters of a request, or those inside one parameter.
#[derive(Debug, Clone)]
pub(crate) struct Parameters {
    entries: Vec<(String, Tree)>,
    /// The name of the parameter that these are inside of.
    within: String,
}

impl Parameters {
    /// Parses a body or a query.
    pub(crate) fn new(text: &[u8]) -> Self {
        Self::inside(parse(text), String::new())
    }

    fn inside(tree: Tree, within: String) -> Self {
        match tree {
            Tree::Branch(entries) => Self { entries, within },
            Tree::Text(_) => Self { entries: Vec::new(), within },
        }
    }

    /// The full name, as errors have it: `transfer_data[destination]`.
    pub(crate) fn name(&self, name: &str) -> String {
        if self.within.is_empty() { name.to_owned() } else { format!("{}[{name}]", self.within) }
    }

    /// The parameters besides these.
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        let entries = self.entries.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect();
        Self { entries, within: self.within.clone() }
    }

    /// Refuses parameters besides these; `expand` is always allowed.
    pub(crate) fn only(&self, allowed: &[&str]) -> Result<(), Problem> {
        let unknown = self.entries.iter().find(|(name, _)| name != "expand" && !allowed.contains(&name.as_str()));
        unknown.map_or(Ok(()), |(name, _)| Err(Problem::unknown(&self.name(name))))
    }

    fn get(&self, name: &str) -> Option<&Tree> {
        self.entries.iter().find(|(other, _)| other == name).map(|(_, tree)| tree)
    }

    /// Whether the parameter was sent.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A text; an empty one counts as absent.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(Tree::Text(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            Some(Tree::Branch(_)) => {
                Err(Problem::parameter(&self.name(name), "parameter_invalid_string", "Invalid string"))
            }
        }
    }

    /// A text that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Problem> {
        self.text(name)?.ok_or_else(|| Problem::missing(&self.name(name)))
    }

    /// One of these words.
    pub(crate) fn word(&self, name: &str, words: &[&str]) -> Result<Option<&str>, Problem> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        if words.contains(&text) {
            return Ok(Some(text));
        }
        Err(Problem::value(
            &self.name(name),
            format!("Invalid {}: must be one of {}", self.name(name), words.join(", ")),
        ))
    }

    /// A whole number.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Problem> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let invalid =
            || Problem::parameter(&self.name(name), "parameter_invalid_integer", format!("Invalid integer: {text}"));
        text.parse().map(Some).map_err(|_| invalid())
    }

    /// A whole number from 1 to twelve digits.
    pub(crate) fn positive(&self, name: &str) -> Result<Option<i64>, Problem> {
        let number = self.integer(name)?;
        let bound = match number {
            Some(number) if number < 1 => "greater than or equal to 1",
            Some(number) if number > POSITIVE_MAX => "less than or equal to 999999999999",
            _ => return Ok(number),
        };
        let message = format!("This value must be {bound}.");
        Err(Problem::parameter(&self.name(name), "parameter_invalid_integer", message))
    }

    /// A truth value.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        match self.text(name)? {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(Problem::value(&self.name(name), format!("Invalid boolean: {other}"))),
        }
    }

    /// A currency code; Stripe's are lower-case.
    pub(crate) fn currency(&self, name: &str) -> Result<String, Problem> {
        let currency = self.required(name)?.to_ascii_lowercase();
        if currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Ok(currency);
        }
        Err(Problem::value(&self.name(name), format!("Invalid currency: {currency}.")))
    }

    /// The parameters inside a parameter.
    pub(crate) fn child(&self, name: &str) -> Option<Self> {
        Some(Self::inside(self.get(name)?.clone(), self.name(name)))
    }

    /// The items of a list of parameters, by position.
    pub(crate) fn items(&self, name: &str) -> Vec<Self> {
        let Some(list) = self.child(name) else { return Vec::new() };
        let within = list.within;
        let mut items = list.entries;
        items.sort_by_key(|(position, _)| position.parse::<u64>().unwrap_or(u64::MAX));
        items.into_iter().map(|(position, tree)| Self::inside(tree, format!("{within}[{position}]"))).collect()
    }

    /// The texts of a list.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let Some(Tree::Branch(entries)) = self.get(name) else { return Vec::new() };
        let texts = entries.iter().filter_map(|(_, tree)| match tree {
            Tree::Text(text) => Some(text.clone()),
            Tree::Branch(_) => None,
        });
        texts.collect()
    }

    /// `metadata` on top of what was there; an empty value takes a key away.
    pub(crate) fn metadata(&self, before: &Value) -> Result<Value, Problem> {
        let mut metadata = before.as_object().cloned().unwrap_or_else(Map::new);
        for (key, tree) in self.child("metadata").map_or_else(Vec::new, |child| child.entries) {
            let name = format!("{}[{key}]", self.name("metadata"));
            let Tree::Text(value) = tree else { return Err(Problem::value(&name, "Metadata values must be strings.")) };
            if key.chars().count() > METADATA_KEY_CHARACTERS_MAX {
                return Err(Problem::value(&name, "Metadata keys can have up to 40 characters."));
            }
            if value.chars().count() > METADATA_VALUE_CHARACTERS_MAX {
                return Err(Problem::value(&name, "Metadata values can have up to 500 characters."));
            }
            if value.is_empty() {
                metadata.remove(&key);
            } else {
                metadata.insert(key, json!(value));
            }
        }
        if metadata.len() > METADATA_KEYS_MAX {
            return Err(Problem::value(&self.name("metadata"), "Metadata can have up to 50 keys."));
        }
        Ok(Value::Object(metadata))
    }
}
