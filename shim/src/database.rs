//! The way to Postgres: a pool of connections, and one statement at a time with its retries.

mod fault;
mod tls;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use admit_core::ErrorCode;
use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, Status, TimeoutType, Timeouts,
};
use tokio_postgres::types::ToSql;
use tokio_postgres::{NoTls, Row, config::SslMode};

use crate::config::Config;
use crate::metrics::Metrics;
use crate::problem::Problem;
use fault::{Fault, Verdict};

/// How often a statement is sent again, whatever the reason.
const RETRIES_MAX: usize = 3;
/// How long a new connection may take; the address itself has its own, shorter limit.
const CREATE_TIMEOUT: Duration = Duration::from_secs(5);

/// Parameters of a statement.
pub type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A statement and what is known about sending it twice.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'a> {
    /// Its text. Prepared once a connection, so it must be one of few.
    pub sql: &'static str,
    /// Whether a second time does no more than the first: only then it is sent again after a
    /// connection was lost under it.
    pub repeatable: bool,
    /// Set as soon as it may have reached Postgres.
    pub sent: Option<&'a AtomicBool>,
}

impl Statement<'_> {
    /// A statement that only reads.
    pub fn reading(sql: &'static str) -> Self {
        Self { sql, repeatable: true, sent: None }
    }
}

/// The pool.
#[derive(Debug)]
pub struct Database {
    pool: Pool,
    metrics: Arc<Metrics>,
}

impl Database {
    /// A pool that connects when it is first used.
    ///
    /// # Errors
    /// When the system's certificate authorities cannot be read and TLS is required.
    pub fn new(config: &Config, metrics: Arc<Metrics>) -> io::Result<Self> {
        // A dead connection is noticed by its task, so asking the server each time would only
        // cost a round trip; what slips through is retried.
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let target = config.database.clone();
        let manager = match target.get_ssl_mode() {
            SslMode::Require => Manager::from_config(target, tls::connector(&config.database_authorities)?, recycling),
            // `prefer`, the default, cannot verify whom it speaks to, so plain text is as good;
            // and it would fail on the self-made certificates that Postgres packages install.
            _ => Manager::from_config(target, NoTls, recycling),
        };
        let timeouts =
            Timeouts { wait: Some(config.pool_wait), create: Some(CREATE_TIMEOUT), recycle: Some(CREATE_TIMEOUT) };
        let pool =
            Pool::builder(manager).max_size(config.pool_size).runtime(Runtime::Tokio1).timeouts(timeouts).build();
        Ok(Self { pool: pool.map_err(io::Error::other)?, metrics })
    }

    /// How full the pool is.
    pub fn status(&self) -> Status {
        self.pool.status()
    }

    /// Ends all connections that are not in use.
    pub fn close(&self) {
        self.pool.close();
    }

    /// Carries out a statement: at once again where Postgres undid it, or where its connection was
    /// lost and it is repeatable; always with the same parameters.
    ///
    /// # Errors
    /// admit's own errors as they are; everything else as `unavailable` or `internal`.
    pub async fn query(&self, statement: Statement<'_>, parameters: Parameters<'_>) -> Result<Vec<Row>, Problem> {
        let mut retries = 0;
        loop {
            let fault = match self.attempt(statement, parameters).await {
                Ok(rows) => return Ok(rows),
                Err(fault) => fault,
            };
            match fault.retry(statement.repeatable) {
                Some(cause) if retries < RETRIES_MAX => {
                    retries += 1;
                    self.metrics.retry(cause);
                }
                _ => return Err(fault.problem),
            }
        }
    }

    async fn attempt(&self, statement: Statement<'_>, parameters: Parameters<'_>) -> Result<Vec<Row>, Fault> {
        let client = self.connection().await?;
        let prepared = match client.prepare_cached(statement.sql).await {
            Ok(prepared) => prepared,
            Err(error) => return Err(settle(client, Fault::of(&error, false))),
        };
        if let Some(sent) = statement.sent {
            sent.store(true, Ordering::Relaxed);
        }
        match client.query(&prepared, parameters).await {
            Ok(rows) => Ok(rows),
            Err(error) => Err(settle(client, Fault::of(&error, true))),
        }
    }

    async fn connection(&self) -> Result<Object, Fault> {
        let began = Instant::now();
        let connection = self.pool.get().await;
        self.metrics.pool_wait(began.elapsed());
        connection.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => {
                let mut problem = Problem::new(
                    ErrorCode::Unavailable,
                    "too many requests at the moment: nothing was carried out; repeat the request",
                );
                problem.inside = Some("no connection of the pool became free".to_owned());
                Fault::unsent(problem)
            }
            PoolError::Backend(error) => Fault::unsent(Problem::unavailable(fault::describe(&error))),
            error => Fault::unsent(Problem::unavailable(format!("no connection: {error}"))),
        })
    }
}

/// Returns the connection to the pool, or ends it where it is of no more use.
fn settle(client: Object, fault: Fault) -> Fault {
    match fault.verdict {
        Verdict::Lost | Verdict::ReadOnly => drop(Object::take(client)),
        Verdict::Stale => client.statement_cache.clear(),
        _ => {}
    }
    fault
}
