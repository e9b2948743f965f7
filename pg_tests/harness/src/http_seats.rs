//! Reserved seating over HTTP: layouts, maps, picked and best seats, blocks, and what goes wrong.

use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::hall::text_of;
use crate::http_sales::{Sale, problem, said};

/// Runs the tests.
pub fn run(checks: &mut Checks, sale: &Sale<'_>, guest: &str, stranger: &str) -> Result<(), Failure> {
    let seated = seat(checks, sale, guest)?;
    buy(checks, sale, &seated, guest, stranger)
}

fn seat(checks: &mut Checks, sale: &Sale<'_>, guest: &str) -> Result<String, Failure> {
    let path = format!("/v1/venues/{}/seat-layouts", sale.venue);
    let rows = json!([{"name": "A", "numbered": {"count": 6}, "accessible": ["1"]}]);
    let layout = json!({"name": "Hall", "layout": {"sections": [{"name": "Stalls", "area": "stalls", "rows": rows}]}});
    let made = sale.call("POST", &path, sale.owner, layout.clone())?;
    checks.that("a layout of seats is created", made.status == 201 && made.json["seat_count"] == 6);
    let foreign = sale.call("POST", &path, guest, layout)?;
    checks.equal("but not by a guest", said(&foreign), problem(403, "permission_denied"));
    let wrong = json!({"name": "Hall", "layout": {"sections": [{"name": "Stalls", "area": "stalls", "rows": []}]}});
    let wrong = sale.call("POST", &path, sale.owner, wrong)?;
    checks.that(
        "a section without rows is named",
        said(&wrong) == problem(400, "invalid_request") && text_of(&wrong.json, "detail").contains("sections[0].rows"),
    );
    let path = format!("/v1/events/{}/seating", sale.event);
    let body = json!({"layout_id": made.json["layout_id"], "single_seats": false});
    let set = sale.call("PUT", &path, sale.owner, body.clone())?;
    let again = sale.call("PUT", &path, sale.owner, body)?;
    checks.that("an event is seated, and again", set.status == 200 && again.json == set.json);
    let path = format!("/v1/events/{}/ticket-types", sale.event);
    let body = json!({"name": "Stalls", "price_cents": 0, "seat_areas": ["stalls"]});
    let made = sale.call("POST", &path, sale.owner, body)?;
    checks.that("a ticket type sells the seats of an area", made.status == 201 && made.json["available"] == 6);
    Ok(text_of(&made.json, "ticket_type_id"))
}

/// The letters of row A's seats.
fn states(sale: &Sale<'_>, who: &str) -> Result<String, Failure> {
    let map = sale.web.must("GET", &format!("/v1/events/{}/seats", sale.event), who, &Value::Null)?;
    Ok(text_of(&map["sections"][0]["rows"][0], "states"))
}

fn picked(seated: &str, labels: &[&str]) -> Value {
    let seats: Vec<Value> =
        labels.iter().map(|label| json!({"section": "Stalls", "row": "A", "label": label})).collect();
    json!({"lines": [{"ticket_type_id": seated, "quantity": labels.len(), "seats": seats}]})
}

fn buy(checks: &mut Checks, sale: &Sale<'_>, seated: &str, guest: &str, stranger: &str) -> Result<(), Failure> {
    let held = sale.call("POST", "/v1/holds", guest, picked(seated, &["1", "2"]))?;
    checks.that("two seats are picked and held", held.status == 201 && states(sale, stranger)? == "hhaaaa");
    let taken = sale.call("POST", "/v1/holds", stranger, picked(seated, &["2"]))?;
    checks.that(
        "who wants one of them hears which is taken",
        said(&taken) == problem(409, "seat_taken") && text_of(&taken.json, "detail").contains("Stalls / A / 2"),
    );
    let single = sale.call("POST", "/v1/holds", stranger, picked(seated, &["4"]))?;
    checks.equal("nobody leaves a single seat where it can be helped", said(&single), problem(400, "invalid_request"));
    let best = json!({"lines": [{"ticket_type_id": seated, "quantity": 2, "seat_wish": {"together": true}}]});
    let best = sale.call("POST", "/v1/holds", stranger, best)?;
    checks.equal(
        "the best two side by side are held",
        (best.status, states(sale, guest)?.matches('h').count()),
        (201, 4),
    );
    let order = json!({"hold_id": held.json["hold_id"], "pay_with": "nothing"});
    let order = sale.call("POST", "/v1/orders", guest, order)?;
    let tickets = format!("/v1/tickets?order_id={}", text_of(&order.json, "order_id"));
    let tickets = sale.web.must("GET", &tickets, guest, &Value::Null)?;
    let mut labels: Vec<String> =
        tickets["items"].as_array().into_iter().flatten().map(|item| text_of(&item["seat"], "label")).collect();
    labels.sort();
    checks.equal("the tickets name their seats", labels, vec!["1".to_owned(), "2".to_owned()]);
    let path = format!("/v1/events/{}/seats/block", sale.event);
    let block = sale.call("POST", &path, sale.owner, json!({"section": "Stalls"}))?;
    checks.equal("a section with guests in it is not blocked", said(&block), problem(409, "seat_taken"));
    let block = sale.call("POST", &path, guest, json!({"section": "Stalls"}))?;
    checks.equal("and a guest blocks nothing", said(&block), problem(403, "permission_denied"));
    checks.that("the map shows two sold seats", states(sale, sale.owner)?.starts_with("ss"));
    Ok(())
}
