//! The demo's outage: a door whose network goes away and comes back.

use serde_json::{Value, json};

use crate::checks::Failure;
use crate::gate_program::Gate;
use crate::gate_wire::{Weather, Wire};
use crate::hall::text_of;
use crate::web::Web;

/// What came of the outage.
pub struct Outage {
    /// Guests that entered while the server answered.
    pub before: usize,
    /// Guests that entered without it.
    pub without: usize,
    /// Why a copy of a used ticket was denied without it.
    pub copy: String,
    /// Whether the server took both scans as the gate had decided them.
    pub agreed: bool,
    /// Who is inside, by the server's count.
    pub inside: i64,
}

/// Three guests with tickets and a copy of one come to the door of a concert.
pub fn run(web: &Web, owner: &str, venue: &str, times: (&str, &str)) -> Result<Outage, Failure> {
    let at = |path: &str, who: &str, body: Value| web.must("POST", path, who, &body);
    let concert = json!({"venue_id": venue, "name": "Concert", "starts_at": times.0, "ends_at": times.1,
        "requires_pass": true, "exit_scans": true, "duplicate_window_ms": 0});
    let event = text_of(&at("/v1/events", owner, concert)?, "event_id");
    let kind = json!({"name": "Standing", "price_cents": 0});
    let kind = at(&format!("/v1/events/{event}/ticket-types"), owner, kind)?;
    let guest = text_of(&at(&format!("/wallet/{event}/{venue}"), "", Value::Null)?, "session_token");
    let lines = json!([{"ticket_type_id": kind["ticket_type_id"], "quantity": 3}]);
    let order = at("/v1/orders", &guest, json!({"lines": lines, "pay_with": "nothing"}))?;
    let mut tokens = Vec::new();
    for ticket in order["tickets"].as_array().into_iter().flatten() {
        let path = format!("/v1/tickets/{}/token?form=signed", text_of(ticket, "ticket_id"));
        tokens.push(text_of(&web.must("GET", &path, &guest, &Value::Null)?, "token"));
    }
    let door = json!({"name": "Stage door", "gate_type": "door"});
    let door = text_of(&at(&format!("/v1/venues/{venue}/gates"), owner, door)?, "gate_id");
    let invited = json!({"name": "Stage door", "gate_id": door, "event_id": event});
    let code = text_of(&at("/v1/devices/invitations", owner, invited)?, "pairing_code");
    let wire = Wire::to(&web.address)?;
    let gate = Gate::new("stage-door", &[])?;
    gate.must(&["pair", "--server", &format!("http://{}", wire.address), "--tenant", "1", "--code", &code])?;
    let mut scanning = gate.start(&["scan", "--sync-seconds", "1"])?;
    let decided = |answer: &Value, mode: &str| usize::from(answer["outcome"] == "admitted" && answer["mode"] == mode);
    let mut before = 0;
    for token in &tokens[..2] {
        before += decided(&scanning.scan(token)?, "online");
    }
    wire.set(Weather::Cut);
    let without = decided(&scanning.scan(&tokens[2])?, "offline");
    let copy = text_of(&scanning.scan(&tokens[0])?, "reason");
    wire.set(Weather::Fair);
    let agreed = scanning.wait_until_said("2 scans uploaded, 2 as the gate decided").is_ok();
    scanning.close()?;
    let live = web.must("GET", &format!("/v1/events/{event}/live"), owner, &Value::Null)?;
    Ok(Outage { before, without, copy, agreed, inside: live["inside"].as_i64().unwrap_or_default() })
}
