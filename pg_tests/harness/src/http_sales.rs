//! Sales over HTTP: ticket types, holds, orders, tickets, refunds and what buyers do wrong.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::hall::text_of;
use crate::http_seats;
use crate::place::Place;
use crate::web::{Answer, Web};

/// A sale under test.
pub struct Sale<'a> {
    /// The shim.
    pub web: &'a Web,
    /// The owner's key.
    pub owner: &'a str,
    /// The event.
    pub event: String,
    /// The venue.
    pub venue: String,
    device: &'a str,
}

/// Runs the tests.
pub fn run(checks: &mut Checks, web: &Web, place: &Place, other: &Place, device: &str) -> Result<(), Failure> {
    let sale = Sale {
        web,
        owner: &place.api_key,
        event: place.event_id.to_string(),
        venue: place.venue_id.to_string(),
        device,
    };
    let standing = sale.types(checks, other)?;
    let (guest, stranger) = (sale.wallet()?, sale.wallet()?);
    sale.holds(checks, &standing, &guest, &stranger)?;
    sale.orders(checks, &standing, &guest, &stranger)?;
    sale.second_person(checks, &standing, &guest)?;
    sale.queue(checks, &standing, &guest)?;
    http_seats::run(checks, &sale, &guest, &stranger)
}

/// A status with the problem's code, if it is one.
pub fn said(answer: &Answer) -> (u16, String) {
    (answer.status, text_of(&answer.json, "code"))
}

/// The problem that is expected.
pub fn problem(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

impl Sale<'_> {
    fn wallet(&self) -> Result<String, Failure> {
        let opened = self.web.must("POST", &format!("/wallet/{}/{}", self.event, self.venue), "", &Value::Null)?;
        Ok(text_of(&opened, "session_token"))
    }

    /// Sends a request.
    pub fn call(&self, method: &str, path: &str, who: &str, body: Value) -> Result<Answer, Failure> {
        self.web.call(method, path, who, &body)
    }

    fn lines(standing: &str, quantity: i64) -> Value {
        json!([{"ticket_type_id": standing, "quantity": quantity}])
    }

    fn types(&self, checks: &mut Checks, other: &Place) -> Result<String, Failure> {
        let path = format!("/v1/events/{}/ticket-types", self.event);
        let made = self.call("POST", &path, self.owner, json!({"name": "Standing", "price_cents": 0, "total": 3}))?;
        checks.equal("a ticket type is created", made.status, 201);
        let wrong = self.call("POST", &path, self.owner, json!({"name": "Standing", "price_cents": -1}))?;
        checks.equal("a negative price is refused", said(&wrong), problem(422, "invalid_amount"));
        let path = format!("/v1/events/{}/ticket-types", other.event_id);
        let theirs = self.call("POST", &path, self.owner, json!({"name": "Theirs", "price_cents": 1}))?;
        checks.equal("another tenant's event is unknown", said(&theirs), problem(404, "not_found"));
        Ok(text_of(&made.json, "ticket_type_id"))
    }

    fn holds(&self, checks: &mut Checks, standing: &str, guest: &str, stranger: &str) -> Result<(), Failure> {
        let key = Uuid::now_v7().to_string();
        let two = json!({"lines": Self::lines(standing, 2)});
        let first = self.web.call_once("POST", "/v1/holds", guest, &key, &two)?;
        let again = self.web.call_once("POST", "/v1/holds", guest, &key, &two)?;
        checks.that("a hold sent twice is one hold", first.status == 201 && first.json == again.json);
        let three = json!({"lines": Self::lines(standing, 3)});
        let reused = self.web.call_once("POST", "/v1/holds", guest, &key, &three)?;
        checks.equal("its key with another request is refused", said(&reused), problem(422, "nonce_reused"));
        let late = self.call("POST", "/v1/holds", stranger, two)?;
        checks.equal("who comes too late hears sold out", said(&late), problem(409, "sold_out"));
        let path = format!("/v1/holds/{}", text_of(&first.json, "hold_id"));
        let theirs = self.call("DELETE", &path, stranger, Value::Null)?;
        checks.equal("nobody releases another's hold", said(&theirs), problem(404, "not_found"));
        let released = self.call("DELETE", &path, guest, Value::Null)?;
        let twice = self.call("DELETE", &path, guest, Value::Null)?;
        checks.equal("a hold is released, and again", (released.status, twice.status), (200, 200));
        let without = self.call("POST", "/v1/holds", self.owner, json!({"lines": Self::lines(standing, 1)}))?;
        checks.equal("staff has to name the buyer", said(&without), problem(400, "invalid_request"));
        Ok(())
    }

    fn orders(&self, checks: &mut Checks, standing: &str, guest: &str, stranger: &str) -> Result<(), Failure> {
        let free = json!({"lines": Self::lines(standing, 1), "pay_with": "nothing"});
        let bought = self.call("POST", "/v1/orders", guest, free)?;
        checks.that("a free order is paid at once", bought.status == 201 && bought.json["state"] == "paid");
        let both = json!({"lines": Self::lines(standing, 1), "hold_id": Uuid::now_v7()});
        let both = self.call("POST", "/v1/orders", guest, both)?;
        checks.equal("hold and lines together make no sense", said(&both), problem(400, "invalid_request"));
        let mine = self.web.must("GET", "/v1/tickets", guest, &Value::Null)?;
        let (ticket, code) = (text_of(&mine["items"][0], "ticket_id"), text_of(&mine["items"][0], "code"));
        checks.that("its holder sees the ticket's code", code.len() == 26);
        let theirs = self.call("GET", &format!("/v1/tickets/{ticket}"), stranger, Value::Null)?;
        checks.equal("another guest does not find the ticket", said(&theirs), problem(404, "not_found"));
        let staff = self.web.must("GET", &format!("/v1/tickets/{ticket}"), self.owner, &Value::Null)?;
        checks.equal("staff sees the ticket without its code", staff["code"].clone(), Value::Null);
        let scan = json!({"token": code, "kind": "entry"});
        let first = self.web.must("POST", "/v1/scans", self.device, &scan)?;
        let second = self.web.must("POST", "/v1/scans", self.device, &scan)?;
        checks.that(
            "the ticket is admitted once, then named as inside",
            first["outcome"] == "admitted" && second["reason"] == "already_inside" && second["prior"].is_object(),
        );
        let path = format!("/v1/orders/{}/refunds", text_of(&bought.json, "order_id"));
        let own = self.call("POST", &path, guest, json!({"reason": "ill"}))?;
        checks.equal("a guest does not refund", said(&own), problem(403, "permission_denied"));
        let refunded = self.call("POST", &path, self.owner, json!({"reason": "ill"}))?;
        checks.that("staff does", refunded.status == 201 && refunded.json["state"] == "refunded");
        let void = self.web.must("POST", "/v1/scans", self.device, &scan)?;
        checks.equal("then the ticket is void", void["reason"].clone(), json!("ticket_void"));
        let page = self.web.must("GET", "/v1/orders?limit=1", guest, &Value::Null)?;
        checks.that("my orders come in pages", page["items"].as_array().is_some_and(|items| items.len() == 1));
        Ok(())
    }

    fn second_person(&self, checks: &mut Checks, standing: &str, guest: &str) -> Result<(), Failure> {
        let limit = |cents: Value| self.call("PUT", "/v1/approvals/limit", self.owner, json!({"limit_cents": cents}));
        let path = format!("/v1/ticket-types/{standing}");
        self.web.must("PATCH", &path, self.owner, &json!({"price_cents": 500}))?;
        let order = json!({"lines": Self::lines(standing, 1)});
        let order = self.web.must("POST", "/v1/orders", guest, &order)?;
        let path = format!("/v1/orders/{}/pay", text_of(&order, "order_id"));
        let poor = self.call("POST", &path, guest, json!({"pay_with": "wallet"}))?;
        checks.equal("an empty wallet does not pay", said(&poor), problem(409, "insufficient_funds"));
        let payment = self.web.must("POST", "/v1/wallet/fundings", guest, &json!({"amount_cents": 500}))?;
        let payment: Uuid = text_of(&payment, "payment_id").parse()?;
        let body = crate::web::succeeded_event(&format!("evt_{}", payment.simple()), payment, 500);
        self.web.deliver(&body, &crate::web::signature(&body, crate::place::WEBHOOK_SECRET, 0))?;
        let paid = self.call("POST", &path, guest, json!({"pay_with": "wallet"}))?;
        checks.that("a full one does", paid.status == 200 && paid.json["state"] == "paid");
        limit(json!(0))?;
        let refund = json!({"order_id": order["order_id"], "reason": "late"});
        let path = format!("/v1/orders/{}/refunds", text_of(&order, "order_id"));
        let alone = self.call("POST", &path, self.owner, json!({"reason": "late"}))?;
        checks.equal("a refund above the limit needs a second person", said(&alone), problem(409, "approval_required"));
        let asked = json!({"command": "order.refund", "request": refund});
        let asked = self.web.must("POST", "/v1/approvals", self.owner, &asked)?;
        let path = format!("/v1/approvals/{}/grant", text_of(&asked, "approval_id"));
        let same = self.call("POST", &path, self.owner, Value::Null)?;
        checks.equal("who is not the one who asks", said(&same), problem(403, "permission_denied"));
        let second =
            self.web.must("POST", "/v1/api-keys", self.owner, &json!({"name": "Second", "role": "manager"}))?;
        let granted = self.call("POST", &path, &text_of(&second, "api_key"), Value::Null)?;
        checks.that("another one grants it", granted.json["answer"]["state"] == "refunded");
        limit(Value::Null)?;
        Ok(())
    }

    fn queue(&self, checks: &mut Checks, standing: &str, guest: &str) -> Result<(), Failure> {
        let path = format!("/v1/events/{}/waiting-room", self.event);
        let room = json!({"admit_per_minute": 60, "opens_at": "2100-01-01T00:00:00Z"});
        self.web.must("PUT", &path, self.owner, &room)?;
        let early = self.call("POST", "/v1/holds", guest, json!({"lines": Self::lines(standing, 1)}))?;
        checks.equal("before a waiting room opens nobody buys", said(&early), problem(409, "waiting"));
        let joined = self.call("POST", &path, guest, Value::Null)?;
        let place = self.call("GET", &path, guest, Value::Null)?;
        checks.that(
            "who joins waits and can ask",
            joined.json["state"] == "waiting" && place.json == joined.json && place.status == 200,
        );
        self.web.must("PUT", &path, self.owner, &json!({}))?;
        let open = self.call("POST", "/v1/holds", guest, json!({"lines": Self::lines(standing, 1)}))?;
        checks.equal("when it is closed everybody buys", open.status, 201);
        Ok(())
    }
}
