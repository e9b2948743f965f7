//! Requests to payment providers: taken from the database, sent, reported back. What an answer
//! means, and when something is sent again, is the database's business.

mod client;
mod exchange;

use std::sync::Arc;
use std::time::{Duration, Instant};

use admit_core::payment::Provider;
use admit_core::payment::outgoing::{EffectKind, EffectState};
use serde_json::{Map, Value};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
use tokio_postgres::Row;
use tokio_postgres::types::Json;
use uuid::Uuid;

use crate::app::App;
use crate::database::Statement;
use crate::problem::Problem;
pub use client::Client;
use exchange::{Exchange, send};

const TAKE: &str = "SELECT tenant_id, effect_id::text, attempt, kind, provider, host, method, path, headers, body \
                    FROM admit.effect_take($1::text::uuid, $2::integer)";
const REPORT: &str =
    "SELECT admit.effect_report($1::integer, $2::text::uuid, $3::integer, $4::integer, $5::jsonb, $6::bytea)";

/// Requests under way at once.
const IN_FLIGHT_MAX: usize = 32;
/// A request that could not be sent this soon after it was taken is left to whoever takes it next:
/// by its end another worker must not have begun with it.
const SEND_WITHIN: Duration = Duration::from_secs(20);
/// How long an answer is kept for a database that is away.
const REPORT_WITHIN: Duration = Duration::from_secs(120);
/// How long to wait before it is reported again.
const REPORT_PAUSE: Duration = Duration::from_secs(1);
/// Commands that may have made something due, for which somebody waits.
const WAKING: [&str; 7] = [
    "order.create",
    "order.pay",
    "payment.fund",
    "payment_method.add",
    "payment_method.remove",
    "reconciliation.start",
    "effect.retry",
];

/// Tells the worker of this shim that something may be due.
#[derive(Debug, Default)]
pub struct Bell(Notify);

impl Bell {
    /// After a command was carried out.
    pub fn carried_out(&self, command: &str) {
        if WAKING.contains(&command) {
            self.0.notify_one();
        }
    }
}

/// A request that this worker has taken.
struct Taken {
    tenant_id: i32,
    effect_id: String,
    attempt: i32,
    kind: String,
    provider: Provider,
    exchange: Exchange,
}

/// What came of sending it: no status means that no answer came, and why is in the body.
#[derive(Debug)]
struct Told {
    status: Option<i32>,
    headers: Map<String, Value>,
    body: Vec<u8>,
}

/// Starts the worker, unless it is switched off; at shutdown it takes nothing more, and what is
/// under way is finished.
pub fn start(app: &Arc<App>) {
    if let Some(period) = app.config.effect_poll {
        app.tasks.spawn(work(app.clone(), period));
    }
}

async fn work(app: Arc<App>, period: Duration) {
    let worker_id = Uuid::now_v7().to_string();
    let slots = Arc::new(Semaphore::new(IN_FLIGHT_MAX));
    let mut failing = false;
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = sleep(period) => {}
            () = app.bell.0.notified() => {}
        }
        match take_all(&app, &worker_id, &slots).await {
            Ok(()) => failing = false,
            // Said once: a database that is away is asked twice a second.
            Err(problem) if !failing => {
                failing = true;
                tracing::warn!(inside = problem.inside, detail = %problem.detail, "admit.effect_take() failed");
            }
            Err(_) => {}
        }
    }
}

/// Takes what is due, as long as there is some and it can be sent at once.
async fn take_all(app: &Arc<App>, worker_id: &str, slots: &Arc<Semaphore>) -> Result<(), Problem> {
    while !app.shutdown.is_cancelled() {
        let free = slots.available_permits();
        if free == 0 {
            return Ok(());
        }
        let most = i32::try_from(free).unwrap_or(i32::MAX);
        // Not sent again when its connection is lost: that would take others, too.
        let statement = Statement { sql: TAKE, repeatable: false, sent: None };
        let began = Instant::now();
        let rows = app.database.query(statement, &[&worker_id, &most]).await?;
        for row in &rows {
            match (taken(row), slots.clone().try_acquire_owned()) {
                (Ok(taken), Ok(slot)) => drop(app.tasks.spawn(carry(app.clone(), taken, began, slot))),
                (Err(error), _) => tracing::error!(%error, "a row of admit.effect_take() cannot be read"),
                // Whoever takes it in a minute has a slot for it.
                (Ok(_), Err(_)) => {}
            }
        }
        if rows.len() < free {
            return Ok(());
        }
    }
    Ok(())
}

fn taken(row: &Row) -> Result<Taken, String> {
    let text = |index: usize| row.try_get::<_, String>(index).map_err(|error| error.to_string());
    let number = |index: usize| row.try_get::<_, i32>(index).map_err(|error| error.to_string());
    let headers: Json<Vec<(String, String)>> = row.try_get(8).map_err(|error| error.to_string())?;
    Ok(Taken {
        tenant_id: number(0)?,
        effect_id: text(1)?,
        attempt: number(2)?,
        kind: text(3)?,
        provider: Provider::from_word(&text(4)?).ok_or("the provider is not known")?,
        exchange: Exchange {
            host: text(5)?,
            method: text(6)?,
            path: text(7)?,
            headers: headers.0,
            body: text(9)?.into(),
        },
    })
}

/// Sends a request and reports what came of it.
async fn carry(app: Arc<App>, taken: Taken, began: Instant, slot: OwnedSemaphorePermit) {
    let Taken { tenant_id, effect_id, attempt, kind, provider, exchange } = taken;
    if began.elapsed() > SEND_WITHIN {
        return;
    }
    let base = app.config.provider_urls.of(provider);
    let told = match send(&app.client, base, exchange).await {
        Ok(answer) => {
            Told { status: Some(i32::from(answer.status)), headers: answer.headers, body: answer.body.to_vec() }
        }
        Err(why) => Told { status: None, headers: Map::new(), body: why.into_bytes() },
    };
    let state = report(&app, (tenant_id, &effect_id, attempt), told, began).await;
    let outcome = match state.as_deref() {
        Some(state) => EffectState::from_word(state).map_or("unknown", EffectState::as_str),
        None => "unreported",
    };
    let kind = EffectKind::from_word(&kind).map_or("unknown", EffectKind::as_str);
    app.metrics.effect(provider.as_str(), kind, outcome);
    tracing::debug!(tenant_id, effect_id, attempt, kind, outcome, "an answer of {}", provider.as_str());
    drop(slot);
}

/// Reports until the database has it or the time is up: a lost report costs one more request, with
/// the same idempotency key. Gives the effect's state.
async fn report(
    app: &App,
    (tenant_id, effect_id, attempt): (i32, &str, i32),
    told: Told,
    began: Instant,
) -> Option<String> {
    let headers = Json(told.headers);
    let body = told.body.as_slice();
    loop {
        let statement = Statement { sql: REPORT, repeatable: true, sent: None };
        let reported = app
            .database
            .query(statement, &[&tenant_id, &effect_id, &attempt, &told.status, &headers, &body])
            .await
            .and_then(|rows| state(&rows));
        match reported {
            Ok(state) => return Some(state),
            Err(problem) => {
                let (inside, detail) = (problem.inside, problem.detail);
                tracing::warn!(tenant_id, effect_id, inside, %detail, "admit.effect_report() failed");
                if began.elapsed() > REPORT_WITHIN {
                    return None;
                }
            }
        }
        sleep(REPORT_PAUSE).await;
    }
}

fn state(rows: &[Row]) -> Result<String, Problem> {
    let row = rows.first().ok_or_else(|| Problem::internal("admit.effect_report gave no row"))?;
    row.try_get(0).map_err(|error| Problem::internal(format!("admit.effect_report: {error}")))
}
