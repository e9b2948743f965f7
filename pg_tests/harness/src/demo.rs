//! A demo evening against the running shim, told as a short story with real figures.

use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::Failure;
use crate::demo_gate;
use crate::demo_provider::{Provider, until};
use crate::demo_sale;
use crate::hall::text_of;
use crate::place::{WEBHOOK_SECRET, connect};
use crate::web::Web;

/// The venue of this evening.
struct Evening {
    web: Web,
    provider: Provider,
    owner: String,
    event: String,
    venue: String,
    doors: Vec<String>,
    bars: Vec<String>,
    /// When its events begin and end.
    times: (String, String),
    held: bool,
}

/// Plays the evening; whether everything held.
pub fn run(url: &str, database: &str, provider: &str) -> Result<bool, Failure> {
    let mut sql = connect(database)?;
    let mut evening = prepare(url, Provider::at(provider, url)?, &mut sql)?;
    println!("\nAn evening at Club 54: 2 doors, 4 concessions, pay per scan\n");
    let guests = evening.guests()?;
    evening.entries(&guests)?;
    let receipt = evening.bar_and_back(&guests)?;
    evening.on_sale(&mut sql)?;
    evening.outage()?;
    sql.execute("SELECT admit.tick()", &[])?;
    evening.figures()?;
    evening.proofs(&receipt)?;
    evening.examples(url, database, provider, &guests[1])?;
    Ok(evening.held)
}

fn money(cents: &Value) -> String {
    let cents = cents.as_i64().unwrap_or_default();
    format!("${}.{:02}", cents / 100, cents % 100)
}

fn prepare(url: &str, provider: Provider, sql: &mut Client) -> Result<Evening, Failure> {
    let known: i64 = {
        sql.batch_execute("SET admit.tenant_id = 1")?;
        sql.query_one("SELECT count(*) FROM admit.tenant WHERE tenant_id = 1", &[])?.get(0)
    };
    let owner: String = if known == 0 {
        sql.query_one("SELECT api_key FROM admit.tenant_create(1, 'Demo')", &[])?.get(0)
    } else {
        sql.query_one("SELECT api_key FROM admit.api_key_create(1, name => 'demo', role => 'owner')", &[])?.get(0)
    };
    let web = Web::new(url);
    let at = |method: &str, path: &str, body: Value| web.must(method, path, &owner, &body);
    let stripe = json!({"live": false, "webhook_secrets": [WEBHOOK_SECRET], "api_key": "sk_test_of_the_demo"});
    at("PUT", "/v1/providers/stripe", stripe)?;
    let venue = text_of(&at("POST", "/v1/venues", json!({"name": "Club 54", "venue_type": "club"}))?, "venue_id");
    let unique = Uuid::now_v7().simple().to_string();
    let account = |kind: &str| {
        at(
            "POST",
            "/v1/accounts",
            json!({"kind": kind, "name": format!("{kind} {}", &unique[20..]), "currency": "USD"}),
        )
    };
    let (bar_keeper, promoter) =
        (text_of(&account("vendor")?, "account_id"), text_of(&account("promoter")?, "account_id"));
    let now = crate::web::unix_seconds();
    let times: (String, String) = {
        let text = "SELECT to_char(to_timestamp($1) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), \
                    to_char(to_timestamp($2) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
        let row = sql.query_one(text, &[&((now - 3600) as f64), &((now + 36_000) as f64)])?;
        (row.get(0), row.get(1))
    };
    let event = at(
        "POST",
        "/v1/events",
        json!({"venue_id": venue, "name": "Friday", "starts_at": times.0, "ends_at": times.1,
        "capacity": 200, "reentry_allowed": true, "entries_max": 2, "duplicate_window_ms": 0, "promoter_account_id": promoter}),
    )?;
    let event = text_of(&event, "event_id");
    let split = json!([{"payee": "venue", "percentage": "60"}, {"payee": "promoter", "percentage": "30"}, {"payee": "pool", "percentage": "10"}]);
    let platform = json!([{"payee": "platform", "percentage": "100"}]);
    let rules = json!([
        {"action": "entry", "component": "venue_fee", "fixed_cents": 1500, "shares": split},
        {"action": "entry", "component": "platform_fee", "fixed_cents": 100, "shares": platform},
        {"action": "reentry", "component": "venue_fee", "fixed_cents": 500, "shares": split},
        {"action": "reentry", "component": "platform_fee", "fixed_cents": 50, "shares": platform},
        {"action": "concession", "component": "platform_fee", "percentage": "2.5", "shares": platform},
        {"action": "ticket_purchase", "component": "platform_fee", "percentage": "5", "shares": platform}]);
    at("PUT", "/v1/fees", json!({"scope": "event", "scope_id": event, "rules": rules}))?;
    let mut devices = Vec::new();
    for (name, kind) in [
        ("Door 1", "door"),
        ("Door 2", "door"),
        ("Bar 1", "concession"),
        ("Bar 2", "concession"),
        ("Grill", "concession"),
        ("Coffee", "concession"),
    ] {
        let vendor = (kind == "concession").then_some(&bar_keeper);
        let gate = at(
            "POST",
            &format!("/v1/venues/{venue}/gates"),
            json!({"name": name, "gate_type": kind, "vendor_account_id": vendor}),
        )?;
        let device = at("POST", "/v1/devices", json!({"name": name, "gate_id": gate["gate_id"], "event_id": event}))?;
        devices.push(text_of(&device, "device_token"));
    }
    let bars = devices.split_off(2);
    Ok(Evening { web, provider, owner, event, venue, doors: devices, bars, times, held: true })
}

impl Evening {
    fn say(&mut self, line: &str, holds: bool) {
        self.held &= holds;
        println!("  {} {line}", if holds { "✓" } else { "✗" });
    }

    /// Eight wallets without login; all but one funded through the provider.
    fn guests(&mut self) -> Result<Vec<String>, Failure> {
        let mut guests = Vec::new();
        let mut funded = 0;
        for guest in 0..8 {
            let opened = self.web.must("POST", &format!("/wallet/{}/{}", self.event, self.venue), "", &Value::Null)?;
            let token = text_of(&opened, "session_token");
            if guest < 7 {
                let payment = self.web.must("POST", "/v1/wallet/fundings", &token, &json!({"amount_cents": 5000}))?;
                self.provider.pay(&self.web, &token, &text_of(&payment, "payment_id"))?;
                funded += until("the funding", || {
                    let wallet = self.web.must("GET", "/v1/wallet", &token, &Value::Null)?;
                    Ok(wallet["balance_cents"].as_i64().filter(|balance| *balance > 0))
                })?;
            }
            guests.push(token);
        }
        self.say(
            &format!("8 wallets open without login; {} are paid in through the provider", money(&json!(funded))),
            funded == 35_000,
        );
        Ok(guests)
    }

    fn scan(&self, device: &str, token: &str, kind: &str, amount_cents: Option<i64>) -> Result<Value, Failure> {
        let mut body = json!({"token": token, "kind": kind});
        if let Some(amount_cents) = amount_cents {
            body["amount_cents"] = json!(amount_cents);
        }
        self.web.must("POST", "/v1/scans", device, &body)
    }

    fn entries(&mut self, guests: &[String]) -> Result<(), Failure> {
        let mut admitted = 0;
        for (guest, token) in guests.iter().enumerate().take(7) {
            admitted += i32::from(self.scan(&self.doors[guest % 2], token, "entry", None)?["outcome"] == "admitted");
        }
        self.say(&format!("{admitted} enter at two doors, $16.00 each (venue $15.00, platform $1.00)"), admitted == 7);
        let denied = self.scan(&self.doors[0], &guests[7], "entry", None)?;
        self.say(&format!("1 is denied: {}", text_of(&denied, "reason")), denied["reason"] == "insufficient_funds");
        let (nonce, body) = (Uuid::now_v7().to_string(), json!({"token": guests[0], "kind": "exit"}));
        let first = self.web.call_once("POST", "/v1/scans", &self.doors[0], &nonce, &body)?;
        let again = self.web.call_once("POST", "/v1/scans", &self.doors[0], &nonce, &body)?;
        let same = first.json["outcome"] == "admitted" && again.text == first.text;
        self.say("1 leaves; the scan is sent twice and gets the same answer", same);
        Ok(())
    }

    /// Drinks, leaving, coming back; gives the journal entry and receipt of the re-entry.
    fn bar_and_back(&mut self, guests: &[String]) -> Result<(String, String), Failure> {
        let mut sold = 0;
        for (bar, token) in self.bars.clone().iter().zip(&guests[1..]) {
            sold += self.scan(bar, token, "concession", Some(800))?["charged_cents"].as_i64().unwrap_or_default();
        }
        self.say(&format!("4 buy at the concessions: {} with fees", money(&json!(sold))), sold == 3280);
        let back = self.scan(&self.doors[1], &guests[0], "entry", None)?;
        self.say(
            &format!(
                "1 comes back, entry {} for {} (both re-entry fees)",
                back["entry_number"],
                money(&back["charged_cents"])
            ),
            back["charged_cents"] == 550,
        );
        self.scan(&self.doors[1], &guests[0], "exit", None)?;
        let refused = self.scan(&self.doors[1], &guests[0], "entry", None)?;
        self.say(
            &format!("1 is refused re-entry: {}", text_of(&refused, "reason")),
            refused["reason"] == "entries_exhausted",
        );
        Ok((text_of(&back, "scan_id"), text_of(&back, "receipt")))
    }

    /// Tickets for the same night: more buyers than places, then one of them at the door twice.
    fn on_sale(&mut self, sql: &mut Client) -> Result<(), Failure> {
        let paid_before = self.provider.payments()?;
        let sold = demo_sale::run(&self.web, &self.provider, &self.owner, &self.event, &self.venue)?;
        let paid = self.provider.payments()? - paid_before;
        let (places, buyers) = (demo_sale::PLACES, demo_sale::BUYERS);
        self.say(
            &format!(
                "{places} tickets for {buyers} buyers at once: {} pay {paid} times at the provider, {} hear sold out",
                sold.bought, sold.too_late
            ),
            (sold.bought, sold.too_late, paid) == (places, buyers - places, places as u64),
        );
        sql.execute("SELECT admit.tick()", &[])?;
        self.say(
            &format!(
                "{} sold, {} held, {} left",
                sold.figures["sold"], sold.figures["held"], sold.figures["available"]
            ),
            sold.figures["sold"] == places && sold.figures["held"] == 0,
        );
        let Some((_, code)) = sold.ticket else { return Ok(()) };
        let first = self.scan(&self.doors[0], &code, "entry", None)?;
        let second = self.scan(&self.doors[1], &code, "entry", None)?;
        self.say(
            &format!("ticket {}… enters once; at the other door: {}", &code[..8], text_of(&second, "reason")),
            first["outcome"] == "admitted" && second["reason"] == "already_inside",
        );
        Ok(())
    }

    /// The real gate at a door whose network goes away.
    fn outage(&mut self) -> Result<(), Failure> {
        let times = (self.times.0.as_str(), self.times.1.as_str());
        let outage = demo_gate::run(&self.web, &self.owner, &self.venue, times)?;
        self.say(
            &format!(
                "concert: {} enter; the network goes; {} more enters, a copy of a used ticket is denied: {}",
                outage.before, outage.without, outage.copy
            ),
            (outage.before, outage.without, outage.copy.as_str()) == (2, 1, "already_inside"),
        );
        self.say(
            &format!("the network is back: both scans are booked as the gate decided, {} inside", outage.inside),
            outage.agreed && outage.inside == 3,
        );
        Ok(())
    }

    fn figures(&mut self) -> Result<(), Failure> {
        let accounts = self.web.must("GET", "/v1/accounts", &self.owner, &Value::Null)?;
        println!("\n  account                              balance");
        for account in
            accounts["items"].as_array().into_iter().flatten().filter(|account| account["balance_cents"] != 0)
        {
            println!("  {:<28} {:>15}", text_of(account, "kind"), money(&account["balance_cents"]).replace("$-", "-$"));
        }
        let live = self.web.must("GET", &format!("/v1/events/{}/live", self.event), &self.owner, &Value::Null)?;
        println!();
        self.say(
            &format!("{} entries, {} exits, {} inside", live["entries"], live["exits"], live["inside"]),
            live["inside"] == 7,
        );
        let verify = self.web.must("GET", "/v1/journal/verify", &self.owner, &Value::Null)?;
        let checks = verify["invariants"].as_array().map_or(0, Vec::len);
        self.say(&format!("admit.verify(): {checks} invariants, clean"), verify["clean"] == true);
        Ok(())
    }

    fn proofs(&mut self, receipt: &(String, String)) -> Result<(), Failure> {
        let keys = self.web.must("GET", "/.well-known/jwks.json", "", &Value::Null)?;
        let jwks: admit_core::jws::Jwks = serde_json::from_value(keys)?;
        let content = admit_core::jws::verify_compact(&receipt.1, admit_core::jws::RECEIPT_TYP, |kid| jwks.find(kid));
        self.say(
            &format!("receipt {}… verifies with the published key", &receipt.1[..24.min(receipt.1.len())]),
            content.is_ok(),
        );
        let path = format!("/v1/journal/{}/proof", receipt.0);
        let proof = self.web.must("GET", &path, &self.owner, &Value::Null)?;
        let proof: admit_core::journal::InclusionProof = serde_json::from_value(proof["proof"].clone())?;
        let keys: Vec<_> = jwks.verifying_keys().map(|key| key.1).collect();
        let verified = proof.verify("admit/1/journal", &keys);
        self.say(
            &format!("Merkle inclusion proof verifies (entry {} of the sealed journal)", proof.seq()),
            verified.is_ok(),
        );
        Ok(())
    }

    fn examples(&self, url: &str, database: &str, provider: &str, guest: &str) -> Result<(), Failure> {
        println!(
            "\n  API documentation  {url}/docs\n  metrics            {url}/metrics\n  live counts        {url}/v1/events/{}/live/stream\n  payment provider   {provider}/_control (see pg_tests/fake_provider/README.md)",
            self.event
        );
        println!("\nTry:\n  psql '{database}' -c \"SELECT * FROM admit.verify(1)\"");
        println!(
            "  curl -X POST {url}/v1/scans -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' \\\n       -H \"Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)\" -d '{{\"token\": \"{guest}\", \"kind\": \"exit\"}}'",
            self.doors[0]
        );
        println!("  curl -N {url}/v1/events/{}/live/stream -H 'Authorization: Bearer {}'\n", self.event, self.owner);
        Ok(())
    }
}
