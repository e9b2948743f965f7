//! The page `/docs`, made of the OpenAPI document: one section for each operation, type and error.

use std::fmt::Write as _;

use admit_core::ErrorCode;
use serde_json::Value;

/// The page's HTML.
pub fn render(document: &Value) -> String {
    let mut page = Page(String::new());
    let info = &document["info"];
    page.add(&format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>admit API</title><link rel=\"stylesheet\" href=\"/docs/style.css\"></head><body>\n\
         <header><h1>admit API <small>{}</small></h1>\
         <p>{} The same as <a href=\"/openapi.json\">OpenAPI 3.1</a>.</p></header>\n<main>",
        escaped(text(&info["version"])),
        escaped(text(&info["summary"])),
    ));
    for paragraph in text(&info["description"]).split("\n\n") {
        page.add(&format!("<p>{}</p>\n", marked(paragraph.trim())));
    }
    page.add("<p>On this page, fields in bold are required in requests and never <code>null</code> in answers.</p>\n");
    let tags: Vec<&str> = document["tags"].as_array().into_iter().flatten().map(|tag| text(&tag["name"])).collect();
    page.contents(document, &tags);
    for tag in tags {
        page.add(&format!("<h2 id=\"{tag}\">{tag}</h2>\n"));
        for (method, path, operation) in operations(document, tag) {
            page.operation(&method, path, operation, document);
        }
    }
    page.types(document);
    page.errors();
    page.add("</main></body></html>\n");
    page.0
}

/// The operations of one tag, as the document has them.
fn operations<'a>(document: &'a Value, tag: &str) -> Vec<(String, &'a str, &'a Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (method.to_ascii_uppercase(), path.as_str(), operation))
    });
    all.filter(|(_, _, operation)| operation["tags"][0] == tag).collect()
}

struct Page(String);

impl Page {
    fn add(&mut self, html: &str) {
        self.0.push_str(html);
    }

    fn contents(&mut self, document: &Value, tags: &[&str]) {
        self.add("<nav><table>\n");
        for tag in tags {
            for (method, path, operation) in operations(document, tag) {
                let (id, summary) = (escaped(text(&operation["operationId"])), marked(text(&operation["summary"])));
                let path = escaped(path);
                self.add(&format!("<tr><td>{method}<td><a href=\"#{id}\">{path}</a><td>{summary}\n"));
            }
        }
        self.add("</table><p><a href=\"#types\">Types</a> · <a href=\"#errors\">Errors</a></p></nav>\n");
    }

    fn operation(&mut self, method: &str, path: &str, operation: &Value, document: &Value) {
        let id = escaped(text(&operation["operationId"]));
        self.add(&format!("<section id=\"{id}\"><h3><b>{method}</b> <code>{}</code></h3>\n", escaped(path)));
        self.add(&format!("<p>{}</p>\n", marked(text(&operation["summary"]))));
        if let Some(description) = operation["description"].as_str() {
            self.add(&format!("<p>{}</p>\n", marked(description)));
        }
        match operation["x-permission"].as_str() {
            Some(permission) => self.add(&format!("<p>Permission: <code>{}</code></p>\n", escaped(permission))),
            None => self.add("<p>Public.</p>\n"),
        }
        let mut rows = String::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            rows += &row(text(&parameter["name"]), text(&parameter["in"]), parameter["required"] == true, parameter);
        }
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        rows += &fields(resolved(body, document), "body");
        self.table("<th>Request<th>Type<th>", &rows);
        for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
            // An answer has one media type; a problem's is described once, among the types.
            let Some(content) = answer["content"].as_object().and_then(|content| content.values().next()) else {
                continue;
            };
            let schema = &content["schema"];
            self.add(&format!("<p>Answer {}: {}</p>\n", escaped(status), marked(text(&answer["description"]))));
            self.table("<th>Answer<th>Type<th>", &fields(resolved(schema, document), ""));
        }
        self.add("</section>\n");
    }

    fn table(&mut self, head: &str, rows: &str) {
        if !rows.is_empty() {
            self.add(&format!("<table><tr>{head}\n{rows}</table>\n"));
        }
    }

    /// Types that others name: fields of objects, words of enumerations.
    fn types(&mut self, document: &Value) {
        self.add("<h2 id=\"types\">Types</h2>\n");
        for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
            if name == "ErrorCode" {
                continue;
            }
            self.add(&format!(
                "<section id=\"type-{0}\"><h3>{0}</h3>\n<p>{1}</p>\n",
                escaped(name),
                marked(text(&schema["description"]))
            ));
            let mut words = String::new();
            for word in schema["oneOf"].as_array().into_iter().flatten() {
                // Writing to a String cannot fail.
                let _ = writeln!(
                    words,
                    "<tr><td><code>{}</code><td>{}",
                    escaped(text(&word["const"])),
                    marked(text(&word["description"]))
                );
            }
            self.table("<th>Word<th>", &words);
            self.table("<th>Field<th>Type<th>", &fields(schema, ""));
            self.add("</section>\n");
        }
    }

    fn errors(&mut self) {
        self.add(
            "<h2 id=\"errors\">Errors</h2>\n<table id=\"type-ErrorCode\"><tr><th>Code<th>Status<th>SQLSTATE<th>\n",
        );
        for code in ErrorCode::ALL {
            let (name, status, sqlstate, title) = (code.name(), code.status(), code.sqlstate(), code.title());
            self.add(&format!("<tr><td><a href=\"/errors/{name}\">{name}</a><td>{status}<td>{sqlstate}<td>{title}\n"));
        }
        self.add("</table>\n");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn resolved<'a>(schema: &'a Value, document: &'a Value) -> &'a Value {
    let target = schema["$ref"].as_str().and_then(|reference| document.pointer(reference.strip_prefix('#')?));
    target.unwrap_or(schema)
}

fn fields(schema: &Value, place: &str) -> String {
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|known| known == name));
    let fields = schema["properties"].as_object().into_iter().flatten();
    fields.map(|(name, field)| row(name, place, is_required(name), field)).collect()
}

fn row(name: &str, place: &str, required: bool, field: &Value) -> String {
    let kind = kind(if field["schema"].is_object() { &field["schema"] } else { field });
    let name = if required { format!("<b>{}</b>", escaped(name)) } else { escaped(name) };
    let place = if place.is_empty() { String::new() } else { format!(" <small>{place}</small>") };
    format!("<tr><td>{name}{place}<td>{kind}<td>{}\n", marked(text(&field["description"])))
}

/// A type in words, with a link where it has a section of its own.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return format!("<a href=\"#type-{0}\">{0}</a>", escaped(name));
    }
    if let Some(alternatives) = schema["anyOf"].as_array() {
        return alternatives.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name.as_str()],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => vec!["any"],
    };
    let named = names.iter().map(|name| match *name {
        "array" => format!("list of {}", kind(&schema["items"])),
        "string" => escaped(schema["format"].as_str().unwrap_or("string")),
        name => escaped(name),
    });
    named.collect::<Vec<_>>().join(" or ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Escaped, with `code` and **bold** as in Markdown.
fn marked(text: &str) -> String {
    let paired = |text: &str, mark: &str, tag: &str| {
        let mut html = String::with_capacity(text.len());
        for (index, part) in text.split(mark).enumerate() {
            match index % 2 {
                1 => html += &format!("<{tag}>{part}</{tag}>"),
                _ => html += part,
            }
        }
        html
    };
    paired(&paired(&escaped(text), "`", "code"), "**", "b")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_marked() {
        assert_eq!(marked("**Send** `a<b>` & \"c\""), "<b>Send</b> <code>a&lt;b&gt;</code> &amp; &quot;c&quot;");
    }

    #[test]
    fn types_are_named() {
        let kind = |json: &str| kind(&serde_json::from_str(json).unwrap_or_default());
        assert_eq!(kind(r##"{"$ref":"#/components/schemas/Item"}"##), "<a href=\"#type-Item\">Item</a>");
        assert_eq!(
            kind(r#"{"type":["array","null"],"items":{"type":"string","format":"uuid"}}"#),
            "list of uuid or null"
        );
        assert_eq!(kind(r#"{"type":"integer"}"#), "integer");
    }
}
