//! Health and metrics.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use tokio::sync::Mutex;

use crate::app::App;
use crate::database::{Database, Statement};
use crate::metrics::database_gauges;
use crate::problem::Problem;

const READINESS: &str = "SELECT ready, detail FROM admit.readiness()";
const METRICS: &str = "SELECT name, labels, value FROM admit.metrics()";

/// For so long an answer of the database is shown again: these pages need no credential, and must
/// not become a way to load the database.
const FRESH: Duration = Duration::from_millis(500);

/// The last answers of the database.
#[derive(Debug, Default)]
pub struct Health {
    ready: Mutex<Option<(Instant, Result<String, Problem>)>>,
    gauges: Mutex<Option<(Instant, Result<String, Problem>)>>,
}

/// A fresh enough answer, or a new one; whoever comes meanwhile waits for the same.
async fn fresh<F>(
    kept: &Mutex<Option<(Instant, Result<String, Problem>)>>,
    ask: impl FnOnce() -> F,
) -> Result<String, Problem>
where
    F: Future<Output = Result<String, Problem>>,
{
    let mut kept = kept.lock().await;
    if let Some((at, answer)) = kept.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
        tracing::trace!(age_ms = at.elapsed().as_millis(), "a kept answer");
        return answer.clone();
    }
    let answer = ask().await;
    *kept = Some((Instant::now(), answer.clone()));
    answer
}

/// `GET /livez`: the process answers.
pub async fn live() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: the database can carry requests.
pub async fn ready(app: Arc<App>) -> Response {
    match fresh(&app.health.ready, || readiness(&app.database)).await {
        Ok(detail) => format!("ready: {detail}\n").into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn readiness(database: &Database) -> Result<String, Problem> {
    let rows = database.query(Statement::reading(READINESS), &[]).await.map_err(|problem| {
        // Whatever stops the check stops requests, too: the extension missing, or not migrated.
        let inside = problem.inside.unwrap_or_else(|| problem.detail.into_owned());
        Problem::unavailable(inside)
    })?;
    let row = rows.first().ok_or_else(|| Problem::unavailable("admit.readiness gave no row"))?;
    let read = || Ok::<_, tokio_postgres::Error>((row.try_get::<_, bool>(0)?, row.try_get::<_, String>(1)?));
    match read() {
        Ok((true, detail)) => Ok(detail),
        Ok((false, detail)) => {
            let mut problem = Problem::unavailable(detail.clone());
            problem.detail = detail.into();
            Err(problem)
        }
        Err(error) => Err(Problem::unavailable(format!("admit.readiness: {error}"))),
    }
}

/// `GET /metrics`: the shim's figures and the database's gauges, in Prometheus' text format.
pub async fn metrics(app: Arc<App>) -> Response {
    let gauges = fresh(&app.health.gauges, || gauges(&app.database)).await;
    let mut page = app.metrics.render(&app.database.status());
    let up = u8::from(gauges.is_ok());
    page.push_str(&format!(
        "# HELP admit_db_up Whether the database answered.\n# TYPE admit_db_up gauge\nadmit_db_up {up}\n"
    ));
    page.push_str(&gauges.unwrap_or_default());
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], page).into_response()
}

async fn gauges(database: &Database) -> Result<String, Problem> {
    let rows = database.query(Statement::reading(METRICS), &[]).await?;
    let rows: Result<Vec<(String, String, f64)>, tokio_postgres::Error> =
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect();
    rows.map(|rows| database_gauges(&rows)).map_err(|error| Problem::internal(format!("admit.metrics: {error}")))
}
