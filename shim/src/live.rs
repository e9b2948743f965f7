//! Live figures, and what became of tickets, as server-sent events. One task for each watched event asks the
//! database and tells all its streams, so that a thousand screens or gates cost as much as one.

mod feed;
mod topic;

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use admit_core::ErrorCode;
use admit_core::registry::Access;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::{Stream, stream::unfold};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::App;
use crate::call::{Call, Text};
use crate::metrics::Endpoint;
use crate::problem::Problem;
use crate::routes;
use crate::trace::RequestContext;
use feed::{Feed, Snapshot, Watcher, own_request};
pub use topic::Topic;

/// Proxies and browsers give up silent connections after a minute at the earliest.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Whose event, and what of it.
type Watched = (i32, Uuid, Topic);

/// All live streams of one shim.
pub struct Hub {
    feeds: Mutex<HashMap<Watched, Arc<Feed>>>,
    slots: Arc<Semaphore>,
}

impl fmt::Debug for Hub {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Hub").field("free", &self.slots.available_permits()).finish_non_exhaustive()
    }
}

impl Hub {
    /// Room for so many streams.
    pub fn new(streams_max: usize) -> Self {
        let slots = Arc::new(Semaphore::new(streams_max.min(Semaphore::MAX_PERMITS)));
        Self { feeds: Mutex::default(), slots }
    }

    fn slot(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let full = || {
            Problem::new(
                ErrorCode::Unavailable,
                "too many live streams: try again later, or read the figures without a stream",
            )
        };
        self.slots.clone().try_acquire_owned().map_err(|_| full())
    }

    /// The event's feed with one more watcher; a new feed gets its task.
    fn join(&self, app: &Arc<App>, watched: Watched, credential: &str) -> (Arc<Feed>, Watcher) {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        let feed = feeds.entry(watched).or_insert_with(|| {
            let feed = Arc::new(Feed::default());
            app.tasks.spawn(poll(app.clone(), watched, feed.clone()));
            feed
        });
        (feed.clone(), Watcher::new(feed, credential))
    }

    /// Where the changes of a watched event start that are told now.
    fn since(&self, watched: Watched) -> Option<String> {
        let feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.get(&watched).and_then(|feed| feed.since())
    }

    /// Forgets a feed that nobody watches. Under the lock under which others join.
    fn retire(&self, watched: Watched, feed: &Feed) -> bool {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        let deserted = feed.is_deserted();
        if deserted {
            feeds.remove(&watched);
        }
        deserted
    }
}

/// Keeps a feed current until nobody watches.
async fn poll(app: Arc<App>, watched: Watched, feed: Arc<Feed>) {
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(app.config.live_poll) => {}
        }
        if app.live.retire(watched, &feed) {
            return;
        }
        // Whoever was checked longest ago lends the credential; then all whose check is due.
        while let Some(credential) = feed.next_to_ask() {
            let context = own_request(app.config.request_timeout);
            let answer = ask(&app, watched, &credential, context, feed.since()).await;
            if !feed.take(&credential, answer) || !feed.is_check_due() {
                break;
            }
        }
    }
}

async fn ask(
    app: &Arc<App>,
    (tenant_id, event_id, topic): Watched,
    credential: &str,
    context: RequestContext,
    since: Option<String>,
) -> Result<Snapshot, Problem> {
    let body = Text::from(topic.request(event_id, since.as_deref()));
    let (command, credential) = (topic.command()?, Some(credential.to_owned()));
    let answer = Call { tenant_id, command, credential, body, key: None, context }.run(app).await?;
    topic.read(&answer)
}

/// `GET /v1/events/{event_id}/live/stream` and `GET /v1/events/{event_id}/manifest/stream`
pub async fn stream(app: Arc<App>, topic: Topic, request: Request) -> Response {
    let mut response = match open(&app, topic, request).await {
        Ok(streaming) => streaming,
        Err(problem) => problem.into_response(),
    };
    response.extensions_mut().insert(Endpoint::STREAM);
    response
}

async fn open(app: &Arc<App>, topic: Topic, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let context = routes::context(&parts)?;
    let (tenant_id, credential) = routes::caller(app, Access::Role, &parts)?;
    let in_path = routes::path(&mut parts).await?;
    let event_id = in_path.iter().next().and_then(|(_, value)| Uuid::try_parse(value).ok());
    let event_id = event_id.ok_or_else(|| Problem::invalid("event_id must be a UUID"))?;
    let slot = app.live.slot()?;
    let (watched, credential) = ((tenant_id, event_id, topic), credential.unwrap_or_default());
    let snapshot = ask(app, watched, &credential, context, app.live.since(watched)).await?;
    let last_seen = parts.headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse::<i64>().ok());
    let (feed, watcher) = app.live.join(app, watched, &credential);
    let seen = last_seen == Some(snapshot.seq);
    let mut snapshots = feed.publish(snapshot);
    if !seen {
        snapshots.mark_changed();
    }
    app.metrics.streams.increment(1);
    let open = Open { topic, snapshots, watcher, shutdown: app.shutdown.clone(), app: app.clone(), _slot: slot };
    let mut response = Sse::new(events(open)).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    // nginx would collect the events otherwise.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// An open stream; ends its watch and gives back its slot when it is dropped.
struct Open {
    topic: Topic,
    snapshots: watch::Receiver<Option<Arc<Snapshot>>>,
    watcher: Watcher,
    shutdown: CancellationToken,
    app: Arc<App>,
    _slot: OwnedSemaphorePermit,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.app.metrics.streams.decrement(1);
    }
}

/// Every change as an event, until shutdown or until the credential is refused. A slow client skips
/// what it was too slow for: the figures are totals.
fn events(open: Open) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(open, |mut open| async move {
        tokio::select! {
            biased;
            () = open.shutdown.cancelled() => return None,
            () = open.watcher.refused() => return None,
            changed = open.snapshots.changed() => changed.ok()?,
        }
        let snapshot = open.snapshots.borrow_and_update().clone()?;
        let event = Event::default().event(open.topic.name()).id(snapshot.seq.to_string()).data(&snapshot.json);
        Some((Ok(event), open))
    })
}
