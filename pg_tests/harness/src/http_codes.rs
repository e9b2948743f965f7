//! QR codes over HTTP: pictures and sheets as themselves, tickets' codes, visits by clients and browsers.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::hall::{Hall, text_of};
use crate::place::Place;
use crate::web::Answer;

/// What a browser sends when it opens a link.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Runs the tests.
pub fn run(checks: &mut Checks, hall: &Hall, other: &Place) -> Result<(), Failure> {
    let code = make(hall, "entry", "Main door")?;
    pictures(checks, hall, &code)?;
    tickets(checks, hall)?;
    strangers(checks, hall, other, &code)?;
    visits(checks, hall, other, &code)?;
    redirects(checks, hall, &code)?;
    ended(checks, hall, &code)
}

fn make(hall: &Hall, kind: &str, label: &str) -> Result<Value, Failure> {
    let body = json!({"kind": kind, "label": label, "event_id": hall.event});
    hall.web.must("POST", &format!("/v1/venues/{}/codes", hall.venue), &hall.owner, &body)
}

fn get(hall: &Hall, path: &str, credential: &str, accept: &str) -> Result<Answer, Failure> {
    let bearer = format!("Bearer {credential}");
    let mut headers = vec![("Accept", accept)];
    if !credential.is_empty() {
        headers.push(("Authorization", bearer.as_str()));
    }
    hall.web.send("GET", path, &headers, b"")
}

/// A picture comes as itself only where Accept names it.
fn pictures(checks: &mut Checks, hall: &Hall, code: &Value) -> Result<(), Failure> {
    let path = format!("/v1/venue-codes/{}/qr", text_of(code, "venue_code_id"));
    for (accept, query, media_type) in [
        ("image/svg+xml", "", "image/svg+xml"),
        ("image/png", "", "image/png"),
        ("image/png", "?format=png&size_pixels=300", "image/png"),
        ("image/*", "?format=png", "image/png"),
        ("image/webp,image/svg+xml,image/*,*/*;q=0.8", "", "image/svg+xml"),
        ("*/*", "", "application/json"),
        ("image/webp", "", "application/json"),
        ("image/png", "?format=svg", "application/json"),
        ("application/pdf", "", "application/json"),
        ("application/json, image/svg+xml;q=0.5", "", "application/json"),
    ] {
        let answer = get(hall, &format!("{path}{query}"), &hall.owner, accept)?;
        let seen = (answer.status, answer.header("content-type").to_owned());
        checks.equal(&format!("Accept: {accept}{query} gives {media_type}"), seen, (200, media_type.to_owned()));
        checks.equal("and is kept nowhere", answer.header("cache-control"), "private, no-store");
        let good = match media_type {
            "image/png" => answer.bytes.starts_with(PNG) && answer.bytes.ends_with(b"IEND\xaeB`\x82"),
            "image/svg+xml" => answer.text.starts_with("<svg ") && answer.text.ends_with("</svg>"),
            _ => answer.json["content"].is_string() && answer.json["media_type"].is_string(),
        };
        checks.that("with that in it", good);
    }
    let wrong = get(hall, &format!("{path}?format=gif"), &hall.owner, "image/gif")?;
    checks.equal("there is no GIF", (wrong.status, text_of(&wrong.json, "code")), (400, "invalid_request".to_owned()));
    let sheet = format!("/v1/venues/{}/codes/sheet?copies=7&columns=2&rows=3", hall.venue);
    let pdf = get(hall, &sheet, &hall.owner, "application/pdf")?;
    checks.equal("a sheet is a PDF", (pdf.status, pdf.header("content-type")), (200, "application/pdf"));
    checks.that("of some size", pdf.bytes.starts_with(b"%PDF-") && pdf.bytes.len() > 1_000);
    checks.equal("with a name", pdf.header("content-disposition"), "inline; filename=\"codes.pdf\"");
    let again = get(hall, &sheet, &hall.owner, "application/pdf")?;
    checks.that("and the same bytes again", again.bytes == pdf.bytes);
    let inside = get(hall, &sheet, &hall.owner, "application/json")?;
    checks.equal("or base64 in JSON", text_of(&inside.json, "encoding"), "base64".to_owned());
    Ok(())
}

/// A ticket's picture is its holder's.
fn tickets(checks: &mut Checks, hall: &Hall) -> Result<(), Failure> {
    let path = format!("/v1/events/{}/ticket-types", hall.event);
    let sale = hall.web.must("POST", &path, &hall.owner, &json!({"name": "Pictured", "price_cents": 0}))?;
    let (_, guest) = hall.open()?;
    let (_, stranger) = hall.open()?;
    let lines = json!([{"ticket_type_id": text_of(&sale, "ticket_type_id"), "quantity": 1}]);
    let body = json!({"pay_with": "nothing", "lines": lines});
    let order = hall.web.must("POST", "/v1/orders", &guest, &body)?;
    let ticket = text_of(&order["tickets"][0], "ticket_id");
    let path = format!("/v1/tickets/{ticket}/qr");
    let shown = get(hall, &path, &guest, "image/png")?;
    checks.equal("a holder sees the ticket's code", (shown.status, shown.bytes.starts_with(PNG)), (200, true));
    checks.equal("which nobody keeps", shown.header("cache-control"), "private, no-store");
    for (who, credential, status) in
        [("a stranger", &stranger, 404), ("the owner", &hall.owner, 403), ("nobody", &String::new(), 401)]
    {
        let answer = get(hall, &path, credential, "image/png")?;
        let seen = (answer.status, answer.header("content-type"));
        checks.equal(&format!("{who} does not"), seen, (status, "application/problem+json"));
    }
    hall.web.must("POST", &format!("/v1/tickets/{ticket}/cancel"), &hall.owner, &json!({"reason": "lost"}))?;
    checks.equal("a cancelled ticket has none", get(hall, &path, &guest, "image/png")?.status, 409);
    Ok(())
}

/// Another tenant's codes look unknown.
fn strangers(checks: &mut Checks, hall: &Hall, other: &Place, code: &Value) -> Result<(), Failure> {
    let own = text_of(code, "venue_code_id");
    for (method, path) in
        [("GET", "/v1/venue-codes/{}"), ("GET", "/v1/venue-codes/{}/qr"), ("DELETE", "/v1/venue-codes/{}")]
    {
        let ask = |id: &str| -> Result<(u16, Vec<Value>), Failure> {
            let answer = hall.web.call(method, &path.replace("{}", id), &other.api_key, &Value::Null)?;
            Ok((answer.status, ["code", "detail"].map(|field| answer.json[field].clone()).to_vec()))
        };
        let (theirs, unknown) = (ask(&own)?, ask(&Uuid::now_v7().to_string())?);
        checks.equal(&format!("{method} {path} of another tenant looks unknown"), &theirs, &unknown);
        checks.equal("and is not found", theirs.0, 404);
    }
    let sheet = format!("/v1/venues/{}/codes/sheet", hall.venue);
    checks.equal("nor is its sheet", get(hall, &sheet, &other.api_key, "application/pdf")?.status, 404);
    Ok(())
}

fn visit(hall: &Hall, code: &str, accept: &str) -> Result<Answer, Failure> {
    get(hall, &format!("/v1/visits/{code}"), "", accept)
}

/// Clients learn what they need; each visit counts.
fn visits(checks: &mut Checks, hall: &Hall, other: &Place, code: &Value) -> Result<(), Failure> {
    let symbols = text_of(code, "code");
    let browser = visit(hall, &symbols, BROWSER)?;
    checks.equal("without an address a browser gets JSON", (browser.status, browser.header("location")), (200, ""));
    let posted = hall.web.must("POST", &format!("/v1/visits/{symbols}"), "", &Value::Null)?;
    let expected = json!({"kind": "entry", "event_id": hall.event, "venue_id": hall.venue});
    let told = json!({"kind": posted["kind"], "event_id": posted["event_id"], "venue_id": posted["venue_id"]});
    checks.equal("a client learns event, venue and kind", told, expected);
    let opened = format!("/wallet/{}/{}", text_of(&posted, "event_id"), text_of(&posted, "venue_id"));
    checks.that("which open a wallet", hall.web.must("POST", &opened, "", &Value::Null)?["session_token"].is_string());
    let foreign = json!({"kind": "entry", "label": "Theirs"});
    let theirs = hall.web.must("POST", &format!("/v1/venues/{}/codes", other.venue_id), &other.api_key, &foreign)?;
    let unknown = visit(hall, "00000000000000000000000000", "application/json")?;
    let told = |answer: &Answer| (answer.status, text_of(&answer.json, "code"), text_of(&answer.json, "detail"));
    for (what, code) in
        [("another tenant's", text_of(&theirs, "code").as_str()), ("a short", "ABC"), ("a long", &"0".repeat(300))]
    {
        checks.equal(&format!("{what} code looks unknown"), told(&visit(hall, code, BROWSER)?), told(&unknown));
    }
    checks.equal("which is not found", unknown.status, 404);
    let path = format!("/v1/venue-codes/{}", text_of(code, "venue_code_id"));
    let read = hall.web.must("GET", &path, &hall.owner, &Value::Null)?;
    checks.equal("every visit of a good code is counted", read["scans"].clone(), json!(2));
    at_once(checks, hall, &symbols, &path)
}

/// Visitors of one poster at once: none is lost.
fn at_once(checks: &mut Checks, hall: &Hall, symbols: &str, path: &str) -> Result<(), Failure> {
    const CLIENTS: usize = 8;
    const EACH: usize = 25;
    let good: usize = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(|| {
                    (0..EACH).filter(|_| visit(hall, symbols, "*/*").is_ok_and(|answer| answer.status == 200)).count()
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap_or(0)).sum()
    });
    checks.equal("200 visits at once are answered", good, CLIENTS * EACH);
    let read = hall.web.must("GET", path, &hall.owner, &Value::Null)?;
    checks.equal("and counted", read["scans"].clone(), json!(2 + CLIENTS * EACH));
    Ok(())
}

/// Browsers are sent to the tenant's address, whatever the request says.
fn redirects(checks: &mut Checks, hall: &Hall, code: &Value) -> Result<(), Failure> {
    let configure =
        |url: &str| hall.web.call("PUT", "/v1/venue-codes/link", &hall.owner, &json!({"link_base_url": url}));
    for wrong in ["http://evil.example", "//evil.example", "javascript:alert(1)", "https://evil.example/?to="] {
        checks.equal(&format!("{wrong} is no address for codes"), configure(wrong)?.status, 400);
    }
    checks.equal("an https address is", configure("https://club.example/app/")?.status, 200);
    let symbols = text_of(code, "code");
    let target = format!("https://club.example/app/wallet/{}/{}?code={symbols}", hall.event, hall.venue);
    let sent = |answer: &Answer| (answer.status, answer.header("location").to_owned());
    checks.equal("a browser is sent on", sent(&visit(hall, &symbols, BROWSER)?), (302, target.clone()));
    checks.equal("a client is told", text_of(&visit(hall, &symbols, "application/json")?.json, "link"), target.clone());
    let path = format!("/v1/visits/{symbols}");
    let headers = [
        ("Accept", BROWSER),
        ("X-Forwarded-Host", "evil.example"),
        ("Referer", "https://evil.example"),
        ("Origin", "null"),
    ];
    let forged = hall.web.send("GET", &path, &headers, b"")?;
    checks.equal("what a request claims of hosts changes nothing", sent(&forged), (302, target));
    for query in ["?link=https://evil.example", "?redirect=//evil.example", "?link_base_url=https://evil.example"] {
        let answer = visit(hall, &format!("{symbols}{query}"), BROWSER)?;
        checks.equal(&format!("{query} is refused"), sent(&answer), (400, String::new()));
    }
    for hostile in ["..%2F..%2Fevil", "%0d%0aLocation:%20https:%2F%2Fevil.example", "https:%2F%2Fevil.example"] {
        checks.equal(&format!("{hostile} is no code"), sent(&visit(hall, hostile, BROWSER)?), (404, String::new()));
    }
    Ok(())
}

/// A revoked code is as unknown as none.
fn ended(checks: &mut Checks, hall: &Hall, code: &Value) -> Result<(), Failure> {
    let path = format!("/v1/venue-codes/{}", text_of(code, "venue_code_id"));
    hall.web.must("DELETE", &path, &hall.owner, &Value::Null)?;
    let told = |answer: Answer| (answer.status, text_of(&answer.json, "code"), text_of(&answer.json, "detail"));
    let revoked = told(visit(hall, &text_of(code, "code"), BROWSER)?);
    checks.equal("a revoked code looks unknown", revoked, told(visit(hall, "00000000000000000000000000", BROWSER)?));
    checks.equal("and has no picture", get(hall, &format!("{path}/qr"), &hall.owner, "image/png")?.status, 409);
    Ok(())
}
