//! Time-based one-time passwords (RFC 6238 over RFC 4226) with HMAC-SHA-1 and periods of 30 seconds,
//! which authenticator apps and wallet passes understand.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Seconds that a password is shown.
pub const PERIOD_SECONDS: u64 = 30;

/// A key of 160 bits, as long as the hash (RFC 4226 §4).
#[derive(Clone, PartialEq, Eq)]
pub struct TotpKey(pub [u8; 20]);

/// The number of a period since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(pub u64);

impl Step {
    /// The period that a moment belongs to.
    pub fn at(unix_seconds: u64) -> Self {
        Self(unix_seconds / PERIOD_SECONDS)
    }

    /// When the period begins, Unix seconds.
    pub fn begins_at_seconds(self) -> u64 {
        self.0.saturating_mul(PERIOD_SECONDS)
    }

    /// The first second after the period, Unix seconds.
    pub fn ends_at_seconds(self) -> u64 {
        self.0.saturating_add(1).saturating_mul(PERIOD_SECONDS)
    }
}

impl TotpKey {
    /// Eight digits.
    pub fn eight_digits(&self, step: Step) -> u32 {
        self.truncated(step) % 100_000_000
    }

    /// Six digits.
    pub fn six_digits(&self, step: Step) -> u32 {
        self.truncated(step) % 1_000_000
    }

    /// Dynamic truncation of RFC 4226 §5.3: 31 bits.
    fn truncated(&self, step: Step) -> u32 {
        // HMAC pads a short key with zeros to the hash's block; the fixed size cannot fail.
        let mut block = [0; 64];
        block[..20].copy_from_slice(&self.0);
        let mac: [u8; 20] =
            Hmac::<Sha1>::new(&block.into()).chain_update(step.0.to_be_bytes()).finalize().into_bytes().into();
        let at = usize::from(mac[19] & 15);
        u32::from_be_bytes([mac[at], mac[at + 1], mac[at + 2], mac[at + 3]]) & 0x7fff_ffff
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the rows of SHA-1.
    const RFC_6238: [(u64, u32); 6] = [
        (59, 94_287_082),
        (1_111_111_109, 7_081_804),
        (1_111_111_111, 14_050_471),
        (1_234_567_890, 89_005_924),
        (2_000_000_000, 69_279_037),
        (20_000_000_000, 65_353_130),
    ];

    #[test]
    fn rfc_6238_vectors() {
        let key = TotpKey(*b"12345678901234567890");
        for (unix_seconds, code) in RFC_6238 {
            assert_eq!(key.eight_digits(Step::at(unix_seconds)), code, "{unix_seconds}");
            assert_eq!(key.six_digits(Step::at(unix_seconds)), code % 1_000_000, "{unix_seconds}");
        }
    }

    #[test]
    fn a_step_is_thirty_seconds() {
        assert_eq!(Step::at(59), Step(1));
        assert_eq!(Step::at(60), Step(2));
        assert_eq!((Step(2).begins_at_seconds(), Step(2).ends_at_seconds()), (60, 90));
        assert_eq!(Step(u64::MAX).ends_at_seconds(), u64::MAX);
    }
}
