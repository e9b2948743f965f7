//! What happens by the clock.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;
use crate::database::Statement;

const TICK: &str = "SELECT admit.tick()";
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts the timers; they end at shutdown.
pub fn start(app: &Arc<App>) {
    every(app, UPKEEP, |app| async move {
        app.metrics.upkeep();
        app.limits.tidy();
    });
    if let Some(period) = app.config.tick {
        every(app, period, tick);
    }
}

fn every<F>(app: &Arc<App>, period: Duration, act: impl Fn(Arc<App>) -> F + Send + 'static)
where
    F: Future<Output = ()> + Send,
{
    let timed = app.clone();
    app.tasks.spawn(async move {
        let mut clock = interval(period);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = timed.shutdown.cancelled() => return,
                _ = clock.tick() => act(timed.clone()).await,
            }
        }
    });
}

/// The database's background work, for servers where its own worker does not run.
async fn tick(app: Arc<App>) {
    if let Err(problem) = app.database.query(Statement::reading(TICK), &[]).await {
        tracing::warn!(inside = problem.inside, detail = %problem.detail, "admit.tick() failed");
    }
}
