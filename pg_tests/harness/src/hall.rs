//! A venue that is configured through the HTTP API alone: two doors, four concessions, and an
//! entry fee that five payees share.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::Failure;
use crate::place::WEBHOOK_SECRET;
use crate::web::{Answer, Web, signature, succeeded_event};

/// What an entry costs, fees included.
pub const ENTRY_CENTS: i64 = 1_501 + 99;
/// What a re-entry costs, fees included.
pub const REENTRY_CENTS: i64 = 333 + 50;

/// Everything that the tests need to know of the venue.
#[derive(Clone)]
pub struct Hall {
    /// The shim.
    pub web: Web,
    /// The owner's API key.
    pub owner: String,
    /// The venue.
    pub venue: String,
    /// The venue's account.
    pub venue_account: String,
    /// The event.
    pub event: String,
    /// Gates, the doors first.
    pub gates: Vec<String>,
    /// Devices, in the order of the gates.
    pub devices: Vec<String>,
    /// Their tokens.
    pub tokens: Vec<String>,
    /// The concessions' account.
    pub vendor: String,
}

/// A field of an answer.
pub fn text_of(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

impl Hall {
    /// Configures the venue with the owner's key.
    pub fn build(web: &Web, owner: &str) -> Result<Self, Failure> {
        let at = |method: &str, path: &str, body: Value| web.must(method, path, owner, &body);
        let secrets = json!({"live": false, "webhook_secrets": ["whsec_of_the_next_year", WEBHOOK_SECRET]});
        at("PUT", "/v1/providers/stripe", secrets)?;
        let venue = at("POST", "/v1/venues", json!({"name": "Opera", "venue_type": "theatre", "capacity": 500}))?;
        let account = |kind: &str, name: &str| -> Result<String, Failure> {
            let body = json!({"kind": kind, "name": name, "currency": "USD"});
            Ok(text_of(&at("POST", "/v1/accounts", body)?, "account_id"))
        };
        let vendor = account("vendor", "Bars")?;
        let (promoter, artist) = (account("promoter", "Promoter")?, account("promoter", "Artist")?);
        let venue_id = text_of(&venue, "venue_id");
        let now = jiff::Timestamp::now().as_second();
        let time = |offset: i64| jiff::Timestamp::from_second(now + offset).map(|time| time.to_string());
        let event = at(
            "POST",
            "/v1/events",
            json!({"venue_id": venue_id, "name": "Premiere", "starts_at": time(-3600)?, "ends_at": time(36_000)?,
                "capacity": 100, "reentry_allowed": true, "entries_max": 3, "exit_scans": true,
                "duplicate_window_ms": 0, "promoter_account_id": promoter}),
        )?;
        let event = text_of(&event, "event_id");
        at("PUT", "/v1/fees", json!({"scope": "event", "scope_id": event, "rules": rules(&artist)}))?;
        let mut hall = Self {
            web: web.clone(),
            owner: owner.to_owned(),
            venue: venue_id,
            venue_account: text_of(&venue, "account_id"),
            event,
            gates: Vec::new(),
            devices: Vec::new(),
            tokens: Vec::new(),
            vendor,
        };
        for (name, kind) in [
            ("North", "door"),
            ("South", "door"),
            ("Bar", "concession"),
            ("Grill", "concession"),
            ("Coffee", "concession"),
            ("Sweets", "concession"),
        ] {
            hall.add_gate(name, kind)?;
        }
        Ok(hall)
    }

    fn add_gate(&mut self, name: &str, kind: &str) -> Result<(), Failure> {
        let vendor = (kind == "concession").then_some(&self.vendor);
        let gate = json!({"name": name, "gate_type": kind, "vendor_account_id": vendor});
        let path = format!("/v1/venues/{}/gates", self.venue);
        let gate = text_of(&self.web.must("POST", &path, &self.owner, &gate)?, "gate_id");
        let device = json!({"name": name, "gate_id": gate, "event_id": self.event});
        let device = self.web.must("POST", "/v1/devices", &self.owner, &device)?;
        self.gates.push(gate);
        self.devices.push(text_of(&device, "device_id"));
        self.tokens.push(text_of(&device, "device_token"));
        Ok(())
    }

    /// Opens a wallet; gives its id and its token.
    pub fn open(&self) -> Result<(String, String), Failure> {
        let opened = self.web.must("POST", &format!("/wallet/{}/{}", self.event, self.venue), "", &Value::Null)?;
        Ok((text_of(&opened, "wallet_id"), text_of(&opened, "session_token")))
    }

    /// Announces a funding; gives the payment.
    pub fn announce(&self, wallet: &str, amount_cents: i64) -> Result<Uuid, Failure> {
        let body = json!({"amount_cents": amount_cents});
        Ok(text_of(&self.web.must("POST", "/v1/wallet/fundings", wallet, &body)?, "payment_id").parse()?)
    }

    /// Delivers a correctly signed event; gives what became of it.
    pub fn deliver(&self, body: &str) -> Result<String, Failure> {
        Ok(text_of(&self.web.deliver(body, &signature(body, WEBHOOK_SECRET, 0))?.json, "state"))
    }

    /// Funds a wallet; gives the payment.
    pub fn fund(&self, wallet: &str, amount_cents: i64) -> Result<Uuid, Failure> {
        let payment = self.announce(wallet, amount_cents)?;
        match self.deliver(&succeeded_event(&format!("evt_{payment}"), payment, amount_cents))?.as_str() {
            "applied" => Ok(payment),
            other => Err(format!("the funding was {other}").into()),
        }
    }

    /// A balance: of a wallet, read with its own token.
    pub fn balance(&self, wallet: &str) -> Result<i64, Failure> {
        let view = self.web.must("GET", "/v1/wallet", wallet, &Value::Null)?;
        view["balance_cents"].as_i64().ok_or_else(|| "the wallet has no balance".into())
    }

    /// A balance: of an account.
    pub fn account(&self, account: &str) -> Result<i64, Failure> {
        let view = self.web.must("GET", &format!("/v1/accounts/{account}"), &self.owner, &Value::Null)?;
        view["balance_cents"].as_i64().ok_or_else(|| "the account has no balance".into())
    }

    /// Scans at a gate, with what the body adds.
    pub fn scan(&self, gate: usize, wallet: &str, kind: &str, more: Value) -> Result<Answer, Failure> {
        let mut body = json!({"token": wallet, "kind": kind});
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        self.web.call("POST", "/v1/scans", &self.tokens[gate], &body)
    }
}

fn rules(artist: &str) -> Value {
    let five = json!([
        {"payee": "venue", "percentage": "50"}, {"payee": "promoter", "percentage": "20"},
        {"payee": format!("account:{artist}"), "percentage": "15"},
        {"payee": "pool", "percentage": "10"}, {"payee": "platform", "percentage": "5"}]);
    let platform = json!([{"payee": "platform", "percentage": "100"}]);
    json!([
        {"action": "entry", "component": "venue_fee", "fixed_cents": 1501, "shares": five},
        {"action": "entry", "component": "platform_fee", "fixed_cents": 99, "shares": platform},
        {"action": "reentry", "component": "venue_fee", "fixed_cents": 333, "shares": five},
        {"action": "reentry", "component": "platform_fee", "fixed_cents": 50, "shares": platform},
        {"action": "concession", "component": "platform_fee", "percentage": "2.5", "shares": platform}])
}
