//! Uploads in every order: a ticket ends the same, whichever of its scans arrives first.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::concurrency::clean;
use crate::concurrency_tokens::{TENANT, ticket, token};
use crate::place::{Place, connect};

/// Rules of an event: what they are called, how many days its passes are good for, and its policy.
type Rules = (&'static str, Option<i32>, Value);

/// Scans of one ticket: days ago and seconds of the day (UTC).
type Scans = [(i64, i64); 4];

const HOUR: i64 = 3_600;
/// Scans that collide in one way or another; none with one that collides itself, because a verdict stays what it was.
const NIGHTS: [Scans; 5] = [
    [(3, 10 * HOUR), (3, 10 * HOUR + 2), (2, 10 * HOUR), (1, 10 * HOUR)],
    [(2, 10 * HOUR), (2, 14 * HOUR), (1, 10 * HOUR), (1, 10 * HOUR + 2)],
    [(4, 10 * HOUR), (3, 10 * HOUR), (2, 10 * HOUR), (1, 10 * HOUR)],
    [(1, 9 * HOUR), (1, 10 * HOUR), (1, 14 * HOUR), (1, 20 * HOUR)],
    [(1, 9 * HOUR), (1, 9 * HOUR + 2), (1, 9 * HOUR + 600), (1, 9 * HOUR + 602)],
];

fn rules() -> [Rules; 6] {
    let policy = |reentry: Value| json!({"exit_scans": false, "duplicate_window_ms": 3_000, "reentry": reentry});
    let mut daily = policy(json!({"allowed": true}));
    daily["entries_per_day_max"] = json!(2);
    [
        ("once", None, policy(json!({"allowed": false}))),
        ("two days", Some(2), policy(json!({"allowed": false}))),
        ("three days", Some(3), policy(json!({"allowed": false}))),
        ("come and go", None, policy(json!({"allowed": true}))),
        ("twice in all", None, policy(json!({"allowed": true, "entries_max": 2}))),
        ("twice a day", None, daily),
    ]
}

/// Uploads the same scans in all orders, and compares with the order of their times.
pub fn run(checks: &mut Checks, place: &Place) -> Result<(), Failure> {
    let mut sql = connect(&place.url)?;
    let mut orders = Vec::new();
    permutations(&mut [0, 1, 2, 3], 0, &mut orders);
    for (name, pass_days, policy) in rules() {
        let door = Door::open(&mut sql, place, pass_days, &policy)?;
        let mut differing = Vec::new();
        for night in NIGHTS {
            let in_order = door.end(&mut sql, place, &night, &[0, 1, 2, 3])?;
            for order in &orders {
                let end = door.end(&mut sql, place, &night, order)?;
                if end != in_order {
                    differing.push(format!("{night:?} {order:?}: {end} is not {in_order}"));
                }
            }
        }
        checks.equal(&format!("a ticket ends the same in every order: {name}"), differing, Vec::new());
    }
    clean(checks, place, "uploads in every order")
}

/// Two devices at the door of an event of several days.
struct Door {
    /// When the day begins from which days ago are counted.
    midnight: Timestamp,
    devices: [Uuid; 2],
    ticket_type: Uuid,
}

impl Door {
    fn open(sql: &mut Client, place: &Place, pass_days: Option<i32>, policy: &Value) -> Result<Self, Failure> {
        let text = "SELECT event_id FROM admit.event_create($1, venue_id => $2, name => 'Days', time_zone => 'UTC', \
                    starts_at => now() - interval '7 days', ends_at => now() + interval '1 day')";
        let event: Uuid = sql.query_one(text, &[&TENANT, &place.venue_id])?.get(0);
        sql.execute("SELECT admit.policy_set($1, event_id => $2, policy => $3)", &[&TENANT, &event, policy])?;
        let text = "SELECT device_id FROM admit.device_register($1, name => 'Gate', gate_id => $2, event_id => $3)";
        let mut device = || Ok::<_, Failure>(sql.query_one(text, &[&TENANT, &place.doors[0], &event])?.get(0));
        let devices = [device()?, device()?];
        let text = "SELECT ticket_type_id FROM admit.ticket_type_create($1, event_id => $2, name => 'Pass', \
                    price_cents => 0, pass_days => $3)";
        let midnight = Timestamp::now().to_zoned(TimeZone::UTC).start_of_day()?.timestamp();
        Ok(Self { midnight, devices, ticket_type: sql.query_one(text, &[&TENANT, &event, &pass_days])?.get(0) })
    }

    /// What becomes of a new ticket whose scans are uploaded one by one in an order.
    fn end(&self, sql: &mut Client, place: &Place, night: &Scans, order: &[usize]) -> Result<String, Failure> {
        let (session, ticket_id) = ticket(sql, place, self.ticket_type)?;
        let shown = token(sql, &session, ticket_id)?;
        for index in order {
            let (days_ago, seconds) = night[*index];
            let at = self.midnight.checked_add(SignedDuration::from_secs(seconds - 86_400 * days_ago))?;
            let nonce = Uuid::now_v7();
            let scans =
                json!([{"nonce": nonce, "token": shown, "kind": "entry", "outcome": "admitted", "scanned_at": at}]);
            let text = "SELECT admit.scan_upload($1, device_id => $2, sent_at => now(), scans => $3) IS NOT NULL";
            sql.query_one(text, &[&TENANT, &self.devices[index % 2], &scans])?;
        }
        let text = "SELECT concat_ws(' ', state, days_used, entries - annulled, day_entries, last_day, admitted_at) \
                    FROM admit.ticket WHERE tenant_id = $1 AND ticket_id = $2";
        Ok(sql.query_one(text, &[&TENANT, &ticket_id])?.get(0))
    }
}

fn permutations(items: &mut [usize; 4], from: usize, all: &mut Vec<[usize; 4]>) {
    if from == items.len() {
        all.push(*items);
        return;
    }
    for index in from..items.len() {
        items.swap(from, index);
        permutations(items, from + 1, all);
        items.swap(from, index);
    }
}
