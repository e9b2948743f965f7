use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::*;

#[test]
fn text_is_utf8_and_not_shown() {
    assert!(Text::new(Bytes::from_static(b"\xff")).is_err());
    let text = Text::from("secret".to_owned());
    assert_eq!((text.as_str(), format!("{text:?}").contains("secret")), ("secret", false));
}

/// Runs work that gives up its caller after 10 ms, and tells whether it still finished.
async fn finishes(sent: bool) -> bool {
    let tasks = TaskTracker::new();
    let (report, reported) = oneshot::channel();
    let work = async move {
        tokio::time::sleep(Duration::from_millis(30)).await;
        let _ = report.send(());
    };
    let waiting = Unabandoned::new(work, Arc::new(AtomicBool::new(sent)), &tasks);
    assert!(timeout_at(Instant::now() + Duration::from_millis(10), waiting).await.is_err());
    tasks.close();
    tasks.wait().await;
    matches!(timeout(Duration::from_secs(5), reported).await, Ok(Ok(())))
}

#[tokio::test]
async fn what_was_sent_is_finished_without_its_caller() {
    assert!(finishes(true).await);
}

#[tokio::test]
async fn what_was_not_sent_ends_with_its_caller() {
    assert!(!finishes(false).await);
}

#[tokio::test]
async fn the_result_of_work_in_time_is_passed_on() {
    let tasks = TaskTracker::new();
    assert_eq!(Unabandoned::new(async { 7 }, Arc::new(AtomicBool::new(true)), &tasks).await, 7);
    assert!(tasks.is_empty());
}
