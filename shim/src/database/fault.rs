//! What an error of Postgres means: for the client, and for trying again.

use std::error::Error as _;
use std::fmt::Write as _;

use admit_core::{Error, ErrorCode};
use tokio_postgres::error::DbError;

use crate::problem::Problem;

/// What became of a statement that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// admit said no, and nothing happened.
    Refused(ErrorCode),
    /// Two transactions were in each other's way; this one was undone.
    Aborted,
    /// The prepared plan is of an older version of the extension; nothing happened.
    Stale,
    /// The connection ended; whether anything happened is not known.
    Lost,
    /// The server has become a standby; nothing happened.
    ReadOnly,
    /// Postgres cannot do it now; nothing happened.
    Unavailable,
    /// A text has a character that Postgres cannot store; nothing happened.
    Unstorable,
    /// A fault of admit's own.
    Internal,
}

/// Constraints that decide between identical requests at the same time.
const RETRIED: [&str; 3] = ["scan_pkey", "hold_pkey", "order_pkey"];

impl Verdict {
    /// The meaning of a SQLSTATE.
    pub fn of_state(state: &str, constraint: Option<&str>) -> Self {
        if let Some(code) = ErrorCode::from_sqlstate(state) {
            return Self::Refused(code);
        }
        match state {
            "40001" | "40P01" => Self::Aborted,
            // Two identical scans, holds or orders in flight: the second one finds the first one's answer.
            "23505" if constraint.is_some_and(|name| RETRIED.contains(&name)) => Self::Aborted,
            // "cached plan must not change result type", "prepared statement does not exist"
            "0A000" | "26000" => Self::Stale,
            "25006" => Self::ReadOnly,
            "57P01" | "57P02" | "57P03" | "57P05" => Self::Lost,
            "22021" | "22P05" => Self::Unstorable,
            "55P03" => Self::Unavailable,
            _ => match state.get(..2) {
                Some("08") => Self::Lost,
                Some("53" | "57") => Self::Unavailable,
                _ => Self::Internal,
            },
        }
    }
}

/// A failed attempt.
#[derive(Debug)]
pub struct Fault {
    /// What became of it.
    pub verdict: Verdict,
    /// What the client is told.
    pub problem: Problem,
    /// Whether the statement may have reached Postgres.
    sent: bool,
}

impl Fault {
    /// The meaning of an error; `sent` tells whether the statement was on its way.
    pub fn of(error: &tokio_postgres::Error, sent: bool) -> Self {
        let database = error.as_db_error();
        // An error that Postgres did not send is one of the connection.
        let verdict =
            database.map_or(Verdict::Lost, |error| Verdict::of_state(error.code().code(), error.constraint()));
        let problem = match verdict {
            Verdict::Refused(code) => Error::new(code, database.map(DbError::message).unwrap_or_default()).into(),
            Verdict::Unstorable => Problem::invalid("a text contains a character that cannot be stored"),
            Verdict::Internal | Verdict::Stale => Problem::internal(describe(error)),
            Verdict::Aborted | Verdict::Lost | Verdict::ReadOnly | Verdict::Unavailable => {
                Problem::unavailable(describe(error))
            }
        };
        Self { verdict, problem, sent }
    }

    /// A fault before there was a connection.
    pub fn unsent(problem: Problem) -> Self {
        Self { verdict: Verdict::Unavailable, problem, sent: false }
    }

    /// Whether to try again at once, and the cause as a metric's label.
    pub fn retry(&self, repeatable: bool) -> Option<&'static str> {
        match self.verdict {
            Verdict::Aborted => Some("aborted"),
            Verdict::Stale => Some("stale_plan"),
            Verdict::Lost if repeatable || !self.sent => Some("connection_lost"),
            _ => None,
        }
    }
}

/// An error in one line for the log. Postgres' DETAIL and CONTEXT are left out: they can quote rows
/// and parameters, and these may be personal or credentials.
pub fn describe(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    let Some(database) = error.as_db_error() else {
        let mut source = error.source();
        while let Some(cause) = source {
            // Writing to a String cannot fail.
            let _ = write!(text, ": {cause}");
            source = cause.source();
        }
        return text;
    };
    text.clear();
    let _ = write!(text, "{} {}: {}", database.severity(), database.code().code(), database.message());
    for (what, value) in [
        ("constraint", database.constraint()),
        ("table", database.table()),
        ("hint", database.hint()),
        ("routine", database.routine()),
    ] {
        if let Some(value) = value {
            let _ = write!(text, "; {what} {}", value.replace('\n', " "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(state: &str, sent: bool) -> Fault {
        Fault { verdict: Verdict::of_state(state, None), problem: Problem::internal(""), sent }
    }

    #[test]
    fn every_code_of_the_catalogue_is_refused() {
        for code in ErrorCode::ALL {
            assert_eq!(Verdict::of_state(code.sqlstate(), None), Verdict::Refused(*code));
        }
    }

    #[test]
    fn states_have_meanings() {
        for (state, verdict) in [
            ("40001", Verdict::Aborted),
            ("40P01", Verdict::Aborted),
            ("0A000", Verdict::Stale),
            ("57P01", Verdict::Lost),
            ("08006", Verdict::Lost),
            ("25006", Verdict::ReadOnly),
            ("53300", Verdict::Unavailable),
            ("53100", Verdict::Unavailable),
            ("57014", Verdict::Unavailable),
            ("55P03", Verdict::Unavailable),
            ("22021", Verdict::Unstorable),
            ("22P02", Verdict::Internal),
            ("23505", Verdict::Internal),
            ("42883", Verdict::Internal),
            ("XX000", Verdict::Internal),
            ("", Verdict::Internal),
        ] {
            assert_eq!(Verdict::of_state(state, None), verdict, "{state}");
        }
        for constraint in RETRIED {
            assert_eq!(Verdict::of_state("23505", Some(constraint)), Verdict::Aborted);
        }
        assert_eq!(Verdict::of_state("23505", Some("venue_pkey")), Verdict::Internal);
    }

    #[test]
    fn what_may_have_happened_is_not_repeated_blindly() {
        assert_eq!(fault("57P01", true).retry(false), None);
        assert_eq!(fault("57P01", true).retry(true), Some("connection_lost"));
        assert_eq!(fault("57P01", false).retry(false), Some("connection_lost"));
        assert_eq!(fault("40001", true).retry(false), Some("aborted"));
        assert_eq!(fault("57014", true).retry(true), None);
        assert_eq!(fault("XX000", true).retry(true), None);
    }
}
