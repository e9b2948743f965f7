//! One watched event: the newest that is told of it, and who watches.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use admit_core::ErrorCode;
use axum::http::HeaderMap;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::problem::Problem;
use crate::trace::RequestContext;

/// Every watcher's credential is asked about at least this often; checks begin a little earlier.
const CHECK_EVERY: Duration = Duration::from_secs(30);
const CHECK_AHEAD: Duration = Duration::from_secs(5);

/// What is told at one moment.
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Orders it: the number of the last journal entry that is counted, or when it was made.
    pub seq: i64,
    /// The answer, as it is sent.
    pub json: String,
    /// What makes it news.
    pub content: String,
    /// Where the changes after it start, where it tells changes.
    pub position: Option<String>,
    /// Whether it tells nothing of what came before.
    pub starts_anew: bool,
}

/// How far back what is told of changes reaches.
const REACHES_BACK: Duration = Duration::from_secs(15);

/// The streams of one credential.
#[derive(Debug)]
struct Watch {
    streams: usize,
    checked: Instant,
    refused: CancellationToken,
}

/// A watched event.
#[derive(Debug)]
pub struct Feed {
    newest: watch::Sender<Option<Arc<Snapshot>>>,
    watches: Mutex<HashMap<String, Watch>>,
    /// Positions of the last seconds, with when they were read.
    positions: Mutex<VecDeque<(Instant, String)>>,
    /// When it was said last where a feed of changes stands.
    told: Mutex<Option<Instant>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            newest: watch::Sender::new(None),
            watches: Mutex::default(),
            positions: Mutex::default(),
            told: Mutex::default(),
        }
    }
}

impl Feed {
    fn watches(&self) -> MutexGuard<'_, HashMap<String, Watch>> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody watches.
    pub fn is_deserted(&self) -> bool {
        self.watches().is_empty()
    }

    /// Where the changes start that are asked for next.
    pub fn since(&self) -> Option<String> {
        let mut positions = self.positions.lock().unwrap_or_else(PoisonError::into_inner);
        while positions.get(1).is_some_and(|(read, _)| read.elapsed() >= REACHES_BACK) {
            positions.pop_front();
        }
        positions.front().map(|(_, position)| position.clone())
    }

    fn remember(&self, snapshot: &Snapshot) {
        if let Some(position) = &snapshot.position {
            let mut positions = self.positions.lock().unwrap_or_else(PoisonError::into_inner);
            if snapshot.starts_anew {
                positions.clear();
            }
            positions.push_back((Instant::now(), position.clone()));
        }
    }

    /// Whether it is time to say where a quiet feed stands, so that its listeners keep up.
    fn is_overdue(&self) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let overdue = told.is_none_or(|told| told.elapsed() >= REACHES_BACK / 3);
        if overdue {
            *told = Some(Instant::now());
        }
        overdue
    }

    /// Tells all streams, unless nothing changed or somebody was faster.
    pub fn publish(&self, snapshot: Snapshot) -> watch::Receiver<Option<Arc<Snapshot>>> {
        self.remember(&snapshot);
        let overdue = snapshot.position.is_some() && self.is_overdue();
        self.newest.send_if_modified(|newest| {
            // Figures of a later entry are news even where they look alike.
            let later = |newest: &Snapshot| snapshot.position.is_none() && snapshot.seq != newest.seq;
            let is_news = |newest: &Arc<Snapshot>| {
                snapshot.seq >= newest.seq && (snapshot.content != newest.content || later(newest))
            };
            let news = newest.as_ref().is_none_or(is_news) || overdue || snapshot.starts_anew;
            if news {
                *newest = Some(Arc::new(snapshot));
            }
            news
        });
        self.newest.subscribe()
    }

    /// The credential that was checked longest ago.
    pub fn next_to_ask(&self) -> Option<String> {
        let watches = self.watches();
        watches.iter().min_by_key(|(_, watch)| watch.checked).map(|(credential, _)| credential.clone())
    }

    /// Whether some credential must be checked now.
    pub fn is_check_due(&self) -> bool {
        self.watches().values().any(|watch| watch.checked.elapsed() >= CHECK_EVERY - CHECK_AHEAD)
    }

    /// Takes an answer in: new figures for all, or the end for those whose credential is refused.
    /// False when the database could not answer, so that asking further is of no use now.
    pub fn take(&self, credential: &str, answer: Result<Snapshot, Problem>) -> bool {
        match answer {
            Ok(snapshot) => {
                if let Some(watch) = self.watches().get_mut(credential) {
                    watch.checked = Instant::now();
                }
                self.publish(snapshot);
                true
            }
            Err(problem) if is_refusal(problem.code) => {
                if let Some(watch) = self.watches().remove(credential) {
                    watch.refused.cancel();
                }
                true
            }
            Err(_) => false,
        }
    }
}

/// What means that the credential may not watch (any more).
fn is_refusal(code: ErrorCode) -> bool {
    use ErrorCode::{NotFound, PermissionDenied, SessionExpired, Unauthenticated};
    matches!(code, Unauthenticated | SessionExpired | PermissionDenied | NotFound)
}

/// One stream's part in a feed; leaves it when dropped.
#[derive(Debug)]
pub struct Watcher {
    feed: Arc<Feed>,
    credential: String,
    refused: CancellationToken,
}

impl Watcher {
    /// Joins. The credential has just been accepted.
    pub fn new(feed: &Arc<Feed>, credential: &str) -> Self {
        let mut watches = feed.watches();
        let watch = watches.entry(credential.to_owned()).or_insert_with(|| Watch {
            streams: 0,
            checked: Instant::now(),
            refused: CancellationToken::new(),
        });
        watch.streams += 1;
        watch.checked = Instant::now();
        Self { feed: feed.clone(), credential: credential.to_owned(), refused: watch.refused.clone() }
    }

    /// Waits until the credential is refused.
    pub async fn refused(&self) {
        self.refused.cancelled().await;
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let mut watches = self.feed.watches();
        let Some(watch) = watches.get_mut(&self.credential) else {
            return;
        };
        // A refused watch is gone; one of the same name may have come after it.
        if self.refused.is_cancelled() {
            return;
        }
        watch.streams -= 1;
        if watch.streams == 0 {
            watches.remove(&self.credential);
        }
    }
}

/// A request of the shim's own, for logs and the database.
pub fn own_request(timeout: Duration) -> RequestContext {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    RequestContext::new(&HeaderMap::new(), here, tokio::time::Instant::now() + timeout)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(seq: i64, json: &str) -> Snapshot {
        Snapshot { seq, json: json.to_owned(), content: json.to_owned(), position: None, starts_anew: false }
    }

    #[test]
    fn only_news_is_told() {
        let feed = Feed::default();
        let mut told = feed.publish(snapshot(1, "a"));
        let mut told_by = |seq, json: &str| {
            told.mark_unchanged();
            feed.publish(snapshot(seq, json));
            told.has_changed().is_ok_and(|changed| changed)
        };
        assert!(!told_by(1, "a"));
        assert!(told_by(1, "b"));
        assert!(told_by(2, "b"));
        assert!(!told_by(1, "old"));
    }

    #[test]
    fn changes_are_told_from_some_seconds_ago() {
        let feed = Feed::default();
        assert_eq!(feed.since(), None);
        for position in ["a", "b"] {
            feed.publish(Snapshot { position: Some(position.to_owned()), ..snapshot(1, position) });
        }
        assert_eq!(feed.since().as_deref(), Some("a"));
    }

    #[tokio::test]
    async fn a_refused_credential_ends_its_streams_only() {
        let feed = Arc::new(Feed::default());
        let (first, second, other) = (Watcher::new(&feed, "A"), Watcher::new(&feed, "A"), Watcher::new(&feed, "B"));
        assert!(feed.take("A", Err(Problem::new(ErrorCode::Unauthenticated, ""))));
        first.refused().await;
        second.refused().await;
        assert!(!other.refused.is_cancelled());
        let again = Watcher::new(&feed, "A");
        drop((first, second));
        assert!(!again.refused.is_cancelled() && feed.watches().len() == 2);
        drop((again, other));
        assert!(feed.is_deserted());
    }

    #[test]
    fn the_longest_unchecked_is_asked_next() {
        let feed = Arc::new(Feed::default());
        let _watchers = (Watcher::new(&feed, "A"), Watcher::new(&feed, "B"));
        assert_eq!(feed.next_to_ask().as_deref(), Some("A"));
        assert!(feed.take("A", Ok(snapshot(1, "{}"))));
        assert_eq!(feed.next_to_ask().as_deref(), Some("B"));
        assert!(!feed.take("B", Err(Problem::unavailable("away"))));
        assert_eq!(feed.next_to_ask().as_deref(), Some("B"));
        assert!(!feed.is_check_due());
    }
}
