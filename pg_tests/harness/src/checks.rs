//! Counting what held.

use std::fmt::Debug;

/// Any failure to carry out a test.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Checks made so far.
#[derive(Default)]
pub struct Checks {
    passed: u32,
    failed: u32,
}

impl Checks {
    /// Counts one check and says it.
    pub fn that(&mut self, name: &str, holds: bool) {
        if holds {
            self.passed += 1;
            println!("ok    {name}");
        } else {
            self.failed += 1;
            println!("FAIL  {name}");
        }
    }

    /// Counts whether two values are the same, and shows them when not.
    pub fn equal<T: PartialEq + Debug>(&mut self, name: &str, found: T, expected: T) {
        if found != expected {
            println!("      found {found:?}, expected {expected:?}");
        }
        self.that(name, found == expected);
    }

    /// The closing line; whether everything held.
    pub fn close(self) -> bool {
        println!("{} passed, {} failed", self.passed, self.failed);
        self.failed == 0 && self.passed > 0
    }
}
