//! The three providers and which requests are theirs.

use serde::{Deserialize, Serialize};

/// A payment provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Provider {
    /// Stripe.
    Stripe,
    /// Midtrans.
    Midtrans,
    /// Xendit.
    Xendit,
}

impl Provider {
    /// Every provider.
    pub(crate) const ALL: [Self; 3] = [Self::Stripe, Self::Midtrans, Self::Xendit];

    /// The provider that serves this path. Their paths do not overlap, so one port is enough.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
        if starts(&["/v1/"]) {
            Some(Self::Stripe)
        } else if starts(&["/v2/", "/snap/v1/"]) {
            Some(Self::Midtrans)
        } else if starts(&["/v3/", "/refunds", "/sessions"]) {
            Some(Self::Xendit)
        } else {
            None
        }
    }

    /// The word in control requests.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::Midtrans => "midtrans",
            Self::Xendit => "xendit",
        }
    }

    /// The provider of a word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == word)
    }
}
