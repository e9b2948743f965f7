//! The database's own gauges in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Writes `admit.metrics()` as gauges: name, labels as a JSON object, value. A row that is not well
/// formed is left out, so that it cannot spoil the page.
pub fn database_gauges(rows: &[(String, String, f64)]) -> String {
    // The format wants all lines of a name together.
    let mut by_name: BTreeMap<&str, String> = BTreeMap::new();
    for (name, labels, value) in rows {
        let Some(labels) = is_name(name).then(|| label_list(labels)).flatten() else {
            continue;
        };
        let lines = by_name.entry(name).or_insert_with(|| format!("# TYPE {name} gauge\n"));
        // Writing to a String cannot fail.
        let _ = writeln!(lines, "{name}{labels} {value}");
    }
    by_name.into_values().collect()
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    name.starts_with("admit_") && name.bytes().all(plain)
}

fn label_list(json: &str) -> Option<String> {
    let labels: BTreeMap<String, serde_json::Value> = serde_json::from_str(json).ok()?;
    let mut list = String::new();
    for (name, value) in &labels {
        let value = match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return None;
        }
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let comma = if list.is_empty() { "" } else { "," };
        let _ = write!(list, "{comma}{name}=\"{value}\"");
    }
    Some(if list.is_empty() { list } else { format!("{{{list}}}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_lines() {
        let row = |name: &str, labels: &str, value| (name.to_owned(), labels.to_owned(), value);
        let page = database_gauges(&[
            row("admit_tick_lag_seconds", "{}", 0.25),
            row("admit_balance_cents", r#"{"tenant":"1"}"#, 1200.0),
            row("admit_balance_cents", r#"{"tenant":2,"note":"a\"b\n"}"#, -3.0),
            row("admit bad", "{}", 1.0),
            row("admit_bad_labels", "[1]", 1.0),
        ]);
        assert_eq!(
            page,
            "# TYPE admit_balance_cents gauge\nadmit_balance_cents{tenant=\"1\"} 1200\n\
             admit_balance_cents{note=\"a\\\"b\\n\",tenant=\"2\"} -3\n\
             # TYPE admit_tick_lag_seconds gauge\nadmit_tick_lag_seconds 0.25\n"
        );
    }
}
