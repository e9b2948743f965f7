//! Why what is due cannot be sent.

use crate::payment::Provider;

/// What keeps a provider's effects from being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// The provider has no API key.
    NoApiKey,
    /// The API key cannot be opened.
    NoMasterKey,
    /// The API key is of the other mode.
    OtherMode {
        /// Whether what waits is of live mode.
        live: bool,
    },
}

impl Hindrance {
    /// The mode of what waits; none where all does.
    pub fn live(self) -> Option<bool> {
        match self {
            Self::NoApiKey | Self::NoMasterKey => None,
            Self::OtherMode { live } => Some(live),
        }
    }

    /// What people read, and what they can do. The alert of what is held goes by its first word.
    pub fn reason(self, provider: Provider) -> String {
        let name = provider.as_str();
        match self {
            Self::NoApiKey => format!("held: {name} has no api_key; it is sent once provider.configure gives one"),
            Self::NoMasterKey => "held: the master key cannot be read; see admit.master_key_file".to_owned(),
            Self::OtherMode { live } => {
                let (own, other) = if live { ("live", "test") } else { ("test", "live") };
                format!(
                    "held: it is of {own} mode and {name} is configured for {other} mode; it is sent once \
                     provider.configure gives an api_key of {own} mode again"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_says_which_key_it_waits_for() {
        let held = Hindrance::OtherMode { live: false };
        assert_eq!(held.live(), Some(false));
        assert!(held.reason(Provider::Stripe).contains("of test mode and stripe is configured for live mode"));
        for hindrance in [Hindrance::NoApiKey, Hindrance::NoMasterKey, held] {
            assert!(hindrance.reason(Provider::Xendit).starts_with("held: "));
        }
    }
}
