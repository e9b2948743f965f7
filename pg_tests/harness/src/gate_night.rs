//! A night with two doors and a bar for the tests of gates.

use serde_json::{Value, json};

use crate::checks::Failure;
use crate::gate_program::Gate;
use crate::gate_wire::Wire;
use crate::hall::{Hall, text_of};
use crate::shim::Shim;

/// Tickets of one order.
const ORDER: usize = 5;

/// A ticket and its holder.
#[derive(Clone)]
pub struct Ticket {
    /// The ticket.
    pub ticket_id: String,
    /// The holder's wallet.
    pub guest: String,
    /// Its signed token.
    pub token: String,
}

/// The night.
pub struct Night {
    /// The database.
    pub url: String,
    /// The server; none while it is dead.
    pub shim: Option<Shim>,
    /// The network of the gates.
    pub wire: Wire,
    /// The venue with the bars. Everything here goes over the gates' network.
    pub hall: Hall,
    /// The event with tickets.
    pub event: String,
    venue: String,
    doors: Vec<String>,
    kind: String,
}

impl Night {
    /// Sells tickets for a night with two doors.
    pub fn open(url: &str, shim: Shim, wire: Wire, hall: Hall) -> Result<Self, Failure> {
        let at = |path: &str, body: Value| hall.web.must("POST", path, &hall.owner, &body);
        let venue = text_of(&at("/v1/venues", json!({"name": "Cellar"}))?, "venue_id");
        let mut doors = Vec::new();
        for name in ["Front", "Back"] {
            let gate = at(&format!("/v1/venues/{venue}/gates"), json!({"name": name, "gate_type": "door"}))?;
            doors.push(text_of(&gate, "gate_id"));
        }
        let now = jiff::Timestamp::now().as_second();
        let time = |offset: i64| jiff::Timestamp::from_second(now + offset).map(|time| time.to_string());
        let event = json!({"venue_id": venue, "name": "Gates", "starts_at": time(-3600)?, "ends_at": time(36_000)?,
            "requires_pass": true, "reentry_allowed": false, "exit_scans": true, "duplicate_window_ms": 0});
        let event = text_of(&at("/v1/events", event)?, "event_id");
        let kind = json!({"name": "GA", "price_cents": 0});
        let kind = text_of(&at(&format!("/v1/events/{event}/ticket-types"), kind)?, "ticket_type_id");
        Ok(Self { url: url.to_owned(), shim: Some(shim), wire, hall, event, venue, doors, kind })
    }

    /// Hands out so many tickets.
    pub fn tickets(&self, count: usize) -> Result<Vec<Ticket>, Failure> {
        let web = &self.hall.web;
        let mut tickets = Vec::new();
        while tickets.len() < count {
            let path = format!("/wallet/{}/{}", self.event, self.venue);
            let guest = text_of(&web.must("POST", &path, "", &Value::Null)?, "session_token");
            let lines = json!([{"ticket_type_id": self.kind, "quantity": ORDER.min(count - tickets.len())}]);
            let order = web.must("POST", "/v1/orders", &guest, &json!({"lines": lines, "pay_with": "nothing"}))?;
            for ticket in order["tickets"].as_array().into_iter().flatten() {
                let ticket_id = text_of(ticket, "ticket_id");
                let token = self.token(&ticket_id, &guest, "signed")?;
                tickets.push(Ticket { ticket_id, guest: guest.clone(), token });
            }
        }
        Ok(tickets)
    }

    /// What a ticket's holder shows.
    pub fn token(&self, ticket_id: &str, guest: &str, form: &str) -> Result<String, Failure> {
        let path = format!("/v1/tickets/{ticket_id}/token?form={form}");
        Ok(text_of(&self.hall.web.must("GET", &path, guest, &Value::Null)?, "token"))
    }

    /// A pairing code for a new device at a gate of an event; the code and the device.
    pub fn invite(&self, name: &str, gate: &str, event: &str) -> Result<(String, String), Failure> {
        let asked = json!({"name": name, "gate_id": gate, "event_id": event});
        let invited = self.hall.web.must("POST", "/v1/devices/invitations", &self.hall.owner, &asked)?;
        Ok((text_of(&invited, "pairing_code"), text_of(&invited, "device_id")))
    }

    /// A paired gate with its manifest, at a door of the night.
    pub fn door(&self, name: &str, door: usize, options: &[&str]) -> Result<(Gate, String), Failure> {
        self.paired(name, &self.doors[door], &self.event, options)
    }

    /// The same at one of the bars.
    pub fn bar(&self, name: &str, bar: usize) -> Result<Gate, Failure> {
        Ok(self.paired(name, &self.hall.gates[2 + bar], &self.hall.event, &[])?.0)
    }

    fn paired(&self, name: &str, gate: &str, event: &str, options: &[&str]) -> Result<(Gate, String), Failure> {
        let (code, device) = self.invite(name, gate, event)?;
        let gate = Gate::new(name, options)?;
        gate.must(&["pair", "--server", &self.server(), "--tenant", "1", "--code", &code])?;
        gate.must(&["sync"])?;
        Ok((gate, device))
    }

    /// The gates' address of the server.
    pub fn server(&self) -> String {
        format!("http://{}", self.wire.address)
    }

    /// Kills the server.
    pub fn kill_server(&mut self) {
        self.shim = None;
    }

    /// Starts it again.
    pub fn start_server(&mut self) -> Result<(), Failure> {
        let shim = Shim::start(&self.url, "gate", &[])?;
        self.wire.lead_to(&shim.web.address);
        self.shim = Some(shim);
        Ok(())
    }

    /// Admissions of a ticket that count, and those that collided.
    pub fn admissions(&self, ticket: &Ticket) -> Result<i64, Failure> {
        let mut sql = crate::place::connect(&self.url)?;
        let text = "SELECT entries - annulled FROM admit.ticket WHERE tenant_id = 1 AND ticket_id = $1::text::uuid";
        sql.batch_execute("SET admit.tenant_id = 1")?;
        Ok(i64::from(sql.query_one(text, &[&ticket.ticket_id])?.get::<_, i32>(0)))
    }
}
