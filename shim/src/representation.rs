//! How an answer is sent: as JSON; as the picture or sheet that it holds, where Accept names its media
//! type; or as a redirect, for a browser that visits a code.

use admit_core::qr::QrFile;
use admit_core::registry::Command;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::Deserialize;

/// The command that browsers carry out with GET.
pub const VISIT: &str = "venue_code.visit";

const SVG: &str = "image/svg+xml";
const PNG: &str = "image/png";
const PDF: &str = "application/pdf";

/// Media types besides JSON that a command's answer can be sent as.
pub fn media_types(command: &Command) -> &'static [&'static str] {
    match command.types.1.rsplit("::").next() {
        Some("QrFile") if command.name.ends_with(".sheet") => &[PDF],
        Some("QrFile") => &[SVG, PNG],
        _ => &[],
    }
}

/// What a client would like to get.
#[derive(Debug, Default, Clone)]
pub struct Accept(Vec<(String, f32)>);

impl Accept {
    /// Reads the Accept header (RFC 9110, section 12.5.1). What is malformed is not wished.
    pub fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        Self(values.flat_map(|value| value.split(',')).filter_map(range).collect())
    }

    /// How much this media type is wished, 0 to 1: by its name or as one of all images, never as anything at all,
    /// so that a client without a wish gets JSON.
    fn quality(&self, media_type: &str) -> f32 {
        let named = |name: &str| self.0.iter().find(|(range, _)| range == name).map(|(_, quality)| *quality);
        let kind = media_type.split_once('/').map(|(kind, _)| format!("{kind}/*"));
        named(media_type).or_else(|| named(&kind?)).unwrap_or(0.0)
    }

    /// Whether the client is a browser that shows a page.
    fn wants_page(&self) -> bool {
        let html = self.quality("text/html");
        html > 0.0 && html >= self.quality("application/json")
    }

    /// Whether an answer of this media type is to be sent as itself.
    fn wants(&self, media_type: &str) -> bool {
        let quality = self.quality(media_type);
        quality > 0.0 && quality >= self.quality("application/json")
    }

    /// The format that the client names, where it leaves it out of the query.
    pub fn format(&self, command: &Command) -> Option<&'static str> {
        let pictures = media_types(command).contains(&PNG);
        (pictures && self.wants(PNG) && self.quality(PNG) > self.quality(SVG)).then_some("png")
    }
}

/// A media range with its quality.
fn range(text: &str) -> Option<(String, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| name.contains('/'))?.to_ascii_lowercase();
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let quality = match quality {
        Some(text) => text.parse::<f32>().ok().filter(|quality| (0.0..=1.0).contains(quality))?,
        None => 1.0,
    };
    Some((name, quality))
}

/// The answer as the client wishes it.
pub fn respond(command: &Command, status: StatusCode, accept: &Accept, answer: Bytes) -> Response {
    let shaped = if command.name == VISIT {
        accept.wants_page().then(|| redirect(&answer)).flatten()
    } else if media_types(command).is_empty() {
        None
    } else {
        file(accept, &answer)
    };
    let varies = command.name == VISIT || !media_types(command).is_empty();
    let mut response = shaped.unwrap_or_else(|| {
        (status, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], answer).into_response()
    });
    if varies {
        response.headers_mut().append(VARY, HeaderValue::from_static("accept"));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    response
}

/// The file in an answer as itself; none where JSON is wished.
fn file(accept: &Accept, answer: &[u8]) -> Option<Response> {
    let file: QrFile = serde_json::from_slice(answer).ok()?;
    if !accept.wants(&file.media_type) {
        return None;
    }
    let media_type = HeaderValue::from_str(&file.media_type).ok()?;
    let name = HeaderValue::from_str(&format!("inline; filename=\"{}\"", file.file_name)).ok()?;
    let body = Bytes::from(file.into_bytes()?);
    Some((StatusCode::OK, [(CONTENT_TYPE, media_type), (CONTENT_DISPOSITION, name)], body).into_response())
}

/// A redirect to the answer's link, which the database makes of the tenant's own address; nothing of the request
/// but a known code is in it.
fn redirect(answer: &[u8]) -> Option<Response> {
    #[derive(Deserialize)]
    struct Visited {
        link: Option<String>,
    }
    let visited: Visited = serde_json::from_slice(answer).ok()?;
    let link = visited.link.filter(|link| link.starts_with("https://"))?;
    Some((StatusCode::FOUND, [(LOCATION, HeaderValue::from_str(&link).ok()?)]).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use admit_core::registry::command;

    fn accept(value: &'static str) -> Accept {
        Accept::of(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(value))]))
    }

    fn sent(name: &str, value: &'static str, answer: &'static str) -> Option<(u16, String, String)> {
        let response = respond(command(name)?, StatusCode::OK, &accept(value), Bytes::from_static(answer.as_bytes()));
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
        Some((response.status().as_u16(), header(CONTENT_TYPE), header(LOCATION)))
    }

    #[test]
    fn pictures_are_sent_where_they_are_named() {
        let svg = r#"{"media_type":"image/svg+xml","encoding":"text","content":"<svg/>","file_name":"a.svg"}"#;
        let shown = |value| sent("ticket.qr", value, svg).map(|sent| sent.1);
        for wish in
            ["image/svg+xml", "image/*", "IMAGE/SVG+XML;q=0.5, text/plain", "image/webp,image/svg+xml,*/*;q=0.8"]
        {
            assert_eq!(shown(wish).as_deref(), Some(SVG), "{wish}");
        }
        for wish in [
            "",
            "*/*",
            "application/json",
            "image/webp",
            "image/png",
            "image/svg+xml;q=0",
            "image/svg+xml;q=x",
            "application/json, image/svg+xml;q=0.9",
            "svg",
        ] {
            assert_eq!(shown(wish).as_deref(), Some("application/json"), "{wish}");
        }
        let broken = r#"{"media_type":"image/png","encoding":"base64","content":"%","file_name":"a.png"}"#;
        assert_eq!(sent("ticket.qr", "image/png", broken).map(|sent| sent.1).as_deref(), Some("application/json"));
    }

    #[test]
    fn the_format_follows_accept() {
        let format = |name: &str, value| command(name).and_then(|command| accept(value).format(command));
        assert_eq!(format("ticket.qr", "image/png"), Some("png"));
        assert_eq!(format("venue_code.qr", "image/svg+xml;q=0.5, image/png"), Some("png"));
        for wish in ["image/svg+xml", "image/*", "image/png;q=0.5, image/svg+xml", "application/json, image/png;q=0.1"]
        {
            assert_eq!(format("ticket.qr", wish), None, "{wish}");
        }
        assert_eq!((format("venue_code.sheet", "image/png"), format("ticket.get", "image/png")), (None, None));
    }

    #[test]
    fn only_browsers_are_sent_on_and_only_to_https() {
        let good = r#"{"link":"https://club.example/wallet/v?code=C"}"#;
        let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
        let link = "https://club.example/wallet/v?code=C".to_owned();
        assert_eq!(sent(VISIT, browser, good), Some((302, String::new(), link)));
        let json = Some((200, "application/json".to_owned(), String::new()));
        assert_eq!(sent(VISIT, "application/json", good), json);
        assert_eq!(sent(VISIT, "*/*", good), json);
        for wrong in [
            r#"{"link":null}"#,
            r#"{"link":"http://a.example"}"#,
            r#"{"link":"//a.example"}"#,
            r#"{"link":"https://a.example/\r\nSet-Cookie: a=b"}"#,
            r#"{"link":"javascript:alert(1)"}"#,
        ] {
            assert_eq!(sent(VISIT, browser, wrong), json, "{wrong}");
        }
        assert_eq!(sent("ticket.get", browser, good), json);
    }
}
