//! What a stream tells of an event.

use admit_core::registry::{Command, command};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::feed::Snapshot;
use crate::problem::Problem;

/// What a stream tells of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Its figures: totals.
    Figures,
    /// What became of its tickets, for gates: each event tells the last seconds whole, so that a client that is
    /// too slow for one misses nothing.
    Tickets,
}

impl Topic {
    /// The command that is asked, again and again.
    ///
    /// # Errors
    /// `internal` when the registry does not have it.
    pub fn command(self) -> Result<&'static Command, Problem> {
        let name = match self {
            Self::Figures => "report.live",
            Self::Tickets => "manifest.changes",
        };
        command(name).ok_or_else(|| Problem::internal(format!("{name} is not in the registry")))
    }

    /// The name of its events.
    pub fn name(self) -> &'static str {
        match self {
            Self::Figures => "live",
            Self::Tickets => "tickets",
        }
    }

    /// What is asked.
    pub fn request(self, event_id: Uuid, since: Option<&str>) -> String {
        match since.filter(|_| self == Self::Tickets) {
            Some(since) => serde_json::json!({"event_id": event_id, "since": since}).to_string(),
            None => format!("{{\"event_id\":\"{event_id}\"}}"),
        }
    }

    /// What an answer says.
    ///
    /// # Errors
    /// `internal` when it is no answer of the topic's command.
    pub fn read(self, answer: &[u8]) -> Result<Snapshot, Problem> {
        let unreadable = |error: &dyn std::fmt::Display| {
            Problem::internal(format!("an answer for a stream of {} cannot be read: {error}", self.name()))
        };
        let json = std::str::from_utf8(answer).map_err(|error| unreadable(&error))?.to_owned();
        match self {
            Self::Figures => {
                #[derive(Deserialize)]
                struct Numbered {
                    seq: i64,
                }
                let Numbered { seq } = serde_json::from_slice(answer).map_err(|error| unreadable(&error))?;
                Ok(Snapshot { seq, content: json.clone(), json, position: None, starts_anew: false })
            }
            Self::Tickets => {
                #[derive(Deserialize)]
                struct Changes {
                    manifest: String,
                    position: String,
                    made_at: jiff::Timestamp,
                }
                let read: Changes = serde_json::from_slice(answer).map_err(|error| unreadable(&error))?;
                let (content, since) = tickets_of(&read.manifest).ok_or_else(|| unreadable(&"no manifest"))?;
                let starts_anew = since == read.position;
                let (seq, position) = (read.made_at.as_microsecond(), Some(read.position));
                Ok(Snapshot { seq, content, json, position, starts_anew })
            }
        }
    }
}

/// What a signed delta says of tickets, the rest of it being new each time, and since when.
fn tickets_of(manifest: &str) -> Option<(String, String)> {
    #[derive(Deserialize)]
    struct Delta<'a> {
        #[serde(borrow)]
        lists: &'a RawValue,
        since: String,
    }
    let payload = BASE64URL_NOPAD.decode(manifest.split('.').nth(1)?.as_bytes()).ok()?;
    serde_json::from_slice::<Delta<'_>>(&payload).ok().map(|delta| (delta.lists.get().to_owned(), delta.since))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_carry_their_number() {
        let read = Topic::Figures.read(br#"{"event_id":"x","seq":7,"entries":1}"#).map(|snapshot| snapshot.seq);
        assert_eq!(read.ok(), Some(7));
        assert!(Topic::Figures.read(b"{}").is_err());
    }

    #[test]
    fn only_what_is_said_of_tickets_is_news() {
        let answer = |made_at: &str, lists: &str| {
            let payload = format!(r#"{{"made_at":"{made_at}","since":"o","lists":{lists}}}"#);
            let manifest = format!("e30.{}.c2ln", BASE64URL_NOPAD.encode(payload.as_bytes()));
            let answer = serde_json::json!({"manifest": manifest, "position": "p", "made_at": made_at});
            Topic::Tickets.read(answer.to_string().as_bytes()).ok()
        };
        let first = answer("2026-07-01T12:00:00Z", r#"{"used":""}"#).unwrap();
        let later = answer("2026-07-01T12:00:01Z", r#"{"used":""}"#).unwrap();
        let other = answer("2026-07-01T12:00:02Z", r#"{"used":"AA"}"#).unwrap();
        assert_eq!(first.content, later.content);
        assert_ne!(first.content, other.content);
        assert!(first.seq < later.seq);
        assert!(Topic::Tickets.read(br#"{"manifest":"x","position":"p","made_at":"2026-07-01T12:00:00Z"}"#).is_err());
    }
}
