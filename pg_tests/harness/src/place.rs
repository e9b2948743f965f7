//! A database of its own with a tenant, a venue, a door, a bar and an event, made with the typed
//! SQL functions.

use postgres::{Client, NoTls};
use uuid::Uuid;

use crate::checks::Failure;

/// Everything that the tests need to know of the place.
#[derive(Clone)]
pub struct Place {
    /// How to connect to its database.
    pub url: String,
    /// The tenant.
    pub tenant_id: i32,
    /// Its owner's key.
    pub api_key: String,
    /// The venue.
    pub venue_id: Uuid,
    /// The event.
    pub event_id: Uuid,
    /// Two doors.
    pub doors: [Uuid; 2],
    /// A device at each door.
    pub devices: [Uuid; 2],
    /// A device at the bar.
    pub bar_device: Uuid,
}

/// The webhook secret of the place's provider.
pub const WEBHOOK_SECRET: &str = "whsec_of_the_tests_only";

/// A new connection.
pub fn connect(url: &str) -> Result<Client, Failure> {
    Ok(Client::connect(url, NoTls)?)
}

/// The URL of another database of the same cluster.
pub fn database_url(name: &str) -> Result<String, Failure> {
    let url = std::env::var("ADMIT_DATABASE_URL").map_err(|_| "ADMIT_DATABASE_URL is not set")?;
    let (base, _) = url.rsplit_once('/').ok_or("ADMIT_DATABASE_URL names no database")?;
    Ok(format!("{base}/{name}"))
}

/// Makes a fresh database with the extension in it.
pub fn fresh_database(name: &str) -> Result<String, Failure> {
    let mut admin = connect(&std::env::var("ADMIT_DATABASE_URL")?)?;
    admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
    admin.batch_execute(&format!("CREATE DATABASE {name}"))?;
    let url = database_url(name)?;
    connect(&url)?.batch_execute("CREATE EXTENSION admit; SELECT admit.migrate()")?;
    Ok(url)
}

impl Place {
    /// Makes the place for a tenant. `capacity` limits the event.
    pub fn create(url: &str, tenant_id: i32, capacity: Option<i32>) -> Result<Self, Failure> {
        let mut sql = connect(url)?;
        let t = tenant_id;
        let api_key: String = sql.query_one("SELECT api_key FROM admit.tenant_create($1, 'Tests')", &[&t])?.get(0);
        let venue_id: Uuid =
            sql.query_one("SELECT venue_id FROM admit.venue_create($1, name => 'Hall')", &[&t])?.get(0);
        let mut gate = |name: &str, kind: &str| -> Result<Uuid, Failure> {
            let text = "SELECT gate_id FROM admit.gate_create($1, venue_id => $2, name => $3, gate_type => $4)";
            Ok(sql.query_one(text, &[&t, &venue_id, &name, &kind])?.get(0))
        };
        let doors = [gate("Door 1", "door")?, gate("Door 2", "door")?];
        let bar = gate("Bar", "concession")?;
        let event_id: Uuid = sql
            .query_one(
                "SELECT event_id FROM admit.event_create($1, venue_id => $2, name => 'Night', starts_at => now() - interval '1 hour', \
                 ends_at => now() + interval '1 day', capacity => $3, reentry_allowed => true, duplicate_window_ms => 0, \
                 entry_fee_cents => 1000, venue_reentry_fee_cents => 300, platform_entry_fee_cents => 100, platform_reentry_fee_cents => 50)",
                &[&t, &venue_id, &capacity],
            )?
            .get(0);
        let mut device = |gate_id: Uuid| -> Result<Uuid, Failure> {
            let text = "SELECT device_id FROM admit.device_register($1, name => 'D', gate_id => $2, event_id => $3)";
            Ok(sql.query_one(text, &[&t, &gate_id, &event_id])?.get(0))
        };
        let devices = [device(doors[0])?, device(doors[1])?];
        let bar_device = device(bar)?;
        sql.execute(
            "SELECT admit.provider_configure($1, provider => 'stripe', live => false, webhook_secrets => jsonb_build_array($2::text))",
            &[&t, &WEBHOOK_SECRET],
        )?;
        Ok(Self { url: url.to_owned(), tenant_id, api_key, venue_id, event_id, doors, devices, bar_device })
    }

    /// Opens a wallet and funds it by a signed webhook; gives its token.
    pub fn funded_wallet(&self, sql: &mut Client, amount_cents: i64) -> Result<String, Failure> {
        let text = "SELECT session_token FROM admit.wallet_open($1, event_id => $2, venue_id => $3)";
        let token: String = sql.query_one(text, &[&self.tenant_id, &self.event_id, &self.venue_id])?.get(0);
        if amount_cents > 0 {
            let state = self.fund(sql, &token, amount_cents)?;
            if state != "applied" {
                return Err(format!("the funding was {state}").into());
            }
        }
        Ok(token)
    }

    /// Announces a funding and delivers its webhook; gives the delivery's state.
    pub fn fund(&self, sql: &mut Client, token: &str, amount_cents: i64) -> Result<String, Failure> {
        let text = "SELECT payment_id FROM admit.payment_fund($1, session_token => $2, amount_cents => $3, idempotency_key => $4)";
        let key = Uuid::now_v7().to_string();
        let payment_id: Uuid = sql.query_one(text, &[&self.tenant_id, &token, &amount_cents, &key])?.get(0);
        let body = crate::web::succeeded_event(&format!("evt_{payment_id}"), payment_id, amount_cents);
        let headers = serde_json::json!({"stripe-signature": crate::web::signature(&body, WEBHOOK_SECRET, 0)});
        let text = "SELECT state FROM admit.webhook($1, 'stripe', $2, $3)";
        Ok(sql.query_one(text, &[&self.tenant_id, &body.as_bytes(), &headers])?.get(0))
    }

    /// Violations that `admit.verify` finds.
    pub fn violations(&self, sql: &mut Client) -> Result<Vec<String>, Failure> {
        sql.execute("SELECT admit.tick()", &[])?;
        let rows = sql.query("SELECT invariant FROM admit.verify($1) WHERE violations <> 0", &[&self.tenant_id])?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}

/// Scans; gives outcome, reason and the whole answer as text.
pub fn scan(
    sql: &mut Client,
    tenant_id: i32,
    token: &str,
    device: Uuid,
    kind: &str,
    nonce: Uuid,
    amount: Option<i64>,
) -> Result<(String, String), postgres::Error> {
    let row = sql.query_one(
        "SELECT s.outcome || coalesce(' ' || s.reason, ''), s::text FROM admit.scan($1, $2, $3, $4, $5, amount_cents => $6) AS s",
        &[&tenant_id, &token, &device, &kind, &nonce, &amount],
    )?;
    Ok((row.get(0), row.get(1)))
}
