//! One command: the statement, its arguments, and the promise that a write is never cut off.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use admit_core::ErrorCode;
use admit_core::registry::{Access, Command, Repeat};
use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::Row;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::database::Statement;
use crate::problem::Problem;
use crate::trace::RequestContext;

const DISPATCH: &str = "SELECT admit.dispatch($1::integer, $2::text, $3::text, $4::text, $5::text, $6::text)";

/// Text that goes from the socket to Postgres without a copy. Its `Debug` does not show it.
#[derive(Clone)]
pub struct Text(Bytes);

impl Text {
    /// The bytes as text.
    ///
    /// # Errors
    /// `invalid_request` when they are not UTF-8.
    pub fn new(bytes: Bytes) -> Result<Self, Problem> {
        match std::str::from_utf8(&bytes) {
            Ok(_) => Ok(Self(bytes)),
            Err(_) => Err(Problem::invalid("the request body is not UTF-8")),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        // Checked when it was made; the check again costs a few nanoseconds and no unsafe code.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} bytes", self.0.len())
    }
}

impl ToSql for Text {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::TEXT
    }

    to_sql_checked!();
}

/// One call of `admit.dispatch`.
pub struct Call {
    /// Whose data.
    pub tenant_id: i32,
    /// What to do.
    pub command: &'static Command,
    /// By whose authority; the database verifies it.
    pub credential: Option<String>,
    /// The request: a JSON object.
    pub body: Text,
    /// The idempotency key.
    pub key: Option<String>,
    /// The HTTP request.
    pub context: RequestContext,
}

impl Call {
    /// Whether carrying it out twice does no more than once.
    fn is_repeatable(&self) -> bool {
        match self.command.repeat {
            // Without a key or nonce the database refuses these two, so there is nothing to double.
            Repeat::Read | Repeat::Key | Repeat::Nonce => true,
            // Public callers' keys are not kept: anybody could fetch somebody else's answer.
            Repeat::Natural => self.key.is_some() && self.command.access == Access::Role,
        }
    }

    /// Carries it out and gives the answer's JSON.
    ///
    /// # Errors
    /// What the database refused; `unavailable` when the answer is late, while the statement is
    /// left to finish.
    pub async fn run(self, app: &Arc<App>) -> Result<Bytes, Problem> {
        let (deadline, repeat) = (self.context.deadline, self.command.repeat);
        in_time(app, deadline, repeat, |app, sent| async move {
            let statement = Statement { sql: DISPATCH, repeatable: self.is_repeatable(), sent: Some(&sent) };
            let context = self.context.to_json();
            let (tenant_id, command) = (self.tenant_id, self.command.name);
            let rows = app
                .database
                .query(statement, &[&tenant_id, &command, &self.credential, &self.body, &self.key, &context])
                .await?;
            app.bell.carried_out(command);
            answer(&rows)
        })
        .await
    }
}

fn answer(rows: &[Row]) -> Result<Bytes, Problem> {
    let answer = rows.first().map(|row| row.try_get::<_, &str>(0));
    match answer {
        Some(Ok(text)) => Ok(Bytes::copy_from_slice(text.as_bytes())),
        Some(Err(error)) => Err(Problem::internal(format!("the answer of admit.dispatch: {error}"))),
        None => Err(Problem::internal("admit.dispatch gave no row")),
    }
}

/// Runs work that sends a statement and notes it in the flag it is given. After the deadline the
/// work goes on without its client.
///
/// # Errors
/// The work's own; `unavailable` after the deadline.
pub async fn in_time<T, F>(
    app: &Arc<App>,
    deadline: Instant,
    repeat: Repeat,
    work: impl FnOnce(Arc<App>, Arc<AtomicBool>) -> F,
) -> Result<T, Problem>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let sent = Arc::new(AtomicBool::new(false));
    let work = work(app.clone(), sent.clone());
    match timeout_at(deadline, Unabandoned::new(work, sent.clone(), &app.tasks)).await {
        Ok(result) => result,
        Err(_) if sent.load(Ordering::Relaxed) => {
            app.metrics.in_doubt();
            Err(late(repeat))
        }
        Err(_) => {
            let detail = "too many requests at the moment: nothing was carried out; repeat the request";
            let mut problem = Problem::new(ErrorCode::Unavailable, detail);
            problem.inside = Some("no connection before the request's deadline".to_owned());
            Err(problem)
        }
    }
}

/// What to tell a client whose answer did not come in time.
fn late(repeat: Repeat) -> Problem {
    let detail = match repeat {
        Repeat::Read => "the database did not answer in time: repeat the request",
        Repeat::Key => "in doubt: the request may still be carried out; repeat it with the same Idempotency-Key",
        Repeat::Nonce => "in doubt: the request may still be carried out; repeat it with the same nonce",
        Repeat::Natural => "in doubt: the request may still be carried out; repeat it",
    };
    let mut problem = Problem::new(ErrorCode::Unavailable, detail);
    problem.inside = Some("no answer before the request's deadline".to_owned());
    problem
}

/// A future that runs to its end once its statement is sent, even when nobody waits for it any
/// more: a client that hangs up, or a deadline, must not cut off a write or its retry. Before that
/// it ends with its caller, so that an overload does not carry out what nobody waits for.
struct Unabandoned<F: Future + Send + 'static>
where
    F::Output: Send,
{
    work: Option<Pin<Box<F>>>,
    sent: Arc<AtomicBool>,
    tasks: TaskTracker,
}

impl<F: Future + Send + 'static> Unabandoned<F>
where
    F::Output: Send,
{
    /// `sent` tells when there is no way back; `tasks` keeps what goes on without its caller.
    fn new(work: F, sent: Arc<AtomicBool>, tasks: &TaskTracker) -> Self {
        Self { work: Some(Box::pin(work)), sent, tasks: tasks.clone() }
    }
}

impl<F: Future + Send + 'static> Future for Unabandoned<F>
where
    F::Output: Send,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Some(work) = self.work.as_mut() else {
            return Poll::Pending;
        };
        let result = work.as_mut().poll(context);
        if result.is_ready() {
            self.work = None;
        }
        result
    }
}

impl<F: Future + Send + 'static> Drop for Unabandoned<F>
where
    F::Output: Send,
{
    fn drop(&mut self) {
        let unfinished = self.work.take().filter(|_| self.sent.load(Ordering::Relaxed));
        // Outside a runtime there is nothing left that could carry it on.
        if let (Some(work), Ok(runtime)) = (unfinished, tokio::runtime::Handle::try_current()) {
            self.tasks.spawn_on(work, &runtime);
        }
    }
}

#[cfg(test)]
mod tests;
