//! Why a command ended.

use std::fmt;
use std::process::ExitCode;

/// Why a command could not be carried out, with what to do about it.
#[derive(Debug)]
pub enum Failure {
    /// A file cannot be read or written.
    Storage(String),
    /// The command was given wrongly.
    Usage(String),
    /// Not paired, or the server refused.
    Refused(String),
    /// The server cannot be reached.
    Unreachable(String),
}

impl Failure {
    /// The code that scripts see.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Storage(_) => 1,
            Self::Usage(_) => 2,
            Self::Refused(_) => 3,
            Self::Unreachable(_) => 4,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Storage(text) | Self::Usage(text) | Self::Refused(text) | Self::Unreachable(text)) = self;
        formatter.write_str(text)
    }
}
