//! What all requests share.

use std::fmt;
use std::io;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::database::Database;
use crate::effect::{Bell, Client};
use crate::health::Health;
use crate::limits::Limits;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::request_log::RequestLog;

/// The shim's state.
pub struct App {
    /// The configuration.
    pub config: Config,
    /// The pool.
    pub database: Database,
    /// The figures.
    pub metrics: Arc<Metrics>,
    /// The rate limits.
    pub limits: Limits,
    /// The live streams.
    pub live: Hub,
    /// What health checks found a moment ago.
    pub health: Health,
    /// Connects to payment providers.
    pub client: Client,
    /// Wakes the worker that sends to them.
    pub bell: Bell,
    /// The log of requests.
    pub log: RequestLog,
    /// Work that goes on without its request.
    pub tasks: TaskTracker,
    /// Cancelled when the shim is to end.
    pub shutdown: CancellationToken,
}

impl fmt::Debug for App {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("App").field("config", &self.config).finish_non_exhaustive()
    }
}

impl App {
    /// The state of a shim with this configuration. Connects to nothing yet.
    ///
    /// # Errors
    /// When TLS is required and no certificate authority can be read.
    pub fn new(config: Config) -> io::Result<Self> {
        let metrics = Arc::new(Metrics::new());
        Ok(Self {
            database: Database::new(&config, metrics.clone())?,
            limits: Limits::new(&config),
            live: Hub::new(config.streams_max),
            health: Health::default(),
            client: Client::default(),
            bell: Bell::default(),
            log: RequestLog::new(config.access_log),
            metrics,
            tasks: TaskTracker::new(),
            shutdown: CancellationToken::new(),
            config,
        })
    }
}
