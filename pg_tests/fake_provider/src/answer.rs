//! Answers of the fake, ready for the socket.

use serde_json::Value;

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Headers besides the content's type and length.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body, JSON.
    pub(crate) body: String,
}

impl Answer {
    /// An answer with a JSON body.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self { status, headers: Vec::new(), body: body.to_string() }
    }

    /// The same answer with another header; an empty value leaves it out.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        if !value.is_empty() {
            self.headers.push((name, value.to_owned()));
        }
        self
    }
}

/// What carrying out a request came to.
#[derive(Debug)]
pub(crate) struct Done {
    /// The answer.
    pub(crate) answer: Answer,
    /// What really happened: the kind, such as `refund.create`, and the object's id.
    pub(crate) effects: Vec<(&'static str, String)>,
    /// Whether the answer is the one that the request's idempotency key gives from now on.
    pub(crate) saved: bool,
}
