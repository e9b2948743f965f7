//! Errors: what a caller did wrong or must do next. The catalogue is `core/errors.csv`.

include!(concat!(env!("OUT_DIR"), "/error_code.rs"));

impl ErrorCode {
    /// The code with this SQLSTATE, if it is one of admit's.
    pub fn from_sqlstate(sqlstate: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.sqlstate() == sqlstate)
    }
}

/// An error with the sentence that tells this caller what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Error {
    /// Which row of the catalogue.
    pub code: ErrorCode,
    /// What went wrong here and what to do; safe to show to the caller.
    pub detail: String,
}

impl Error {
    /// An error of this code with its sentence.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    /// `invalid_request` with its sentence.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, detail)
    }

    /// `not_found`: the same words whether the object is unknown, another tenant's or out of
    /// the credential's scope, so that an answer tells nothing about what exists.
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("no such {what}; check the id and the credential's scope"))
    }
}

/// What every decision in `core` returns.
pub type Result<T> = std::result::Result<T, Error>;
