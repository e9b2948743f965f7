//! Amounts as Stripe takes them.
//!
//! Source: Stripe's documentation "Supported currencies", sections "Zero-decimal currencies",
//! "Three-decimal currencies" and "Special cases".

use crate::money::Currency;
use crate::{Error, ErrorCode, Result};

/// Stripe takes these in hundredths although they have none.
const WITHOUT_HUNDREDTHS: &str = "ISK";
/// Stripe takes it in hundredths, which are no minor unit here.
const OTHER_UNIT: &str = "UGX";

/// An amount in minor units as Stripe takes it.
///
/// # Errors
/// `invalid_amount` when Stripe does not take the amount, `currency_mismatch` when it does not take
/// the currency or only in another unit.
pub fn amount(amount_cents: i64, currency: Currency) -> Result<i64> {
    let code = currency.as_str();
    if currency.exponent() > 3 || code == OTHER_UNIT {
        let detail = format!("Stripe cannot be paid in {code}: use another currency or provider");
        return Err(Error::new(ErrorCode::CurrencyMismatch, detail));
    }
    let step = match currency.exponent() {
        3 => 10,
        _ if code == WITHOUT_HUNDREDTHS => 100,
        _ => 1,
    };
    if amount_cents % step != 0 {
        let detail = format!("Stripe takes {code} in steps of {step} minor units: change the prices");
        return Err(Error::new(ErrorCode::InvalidAmount, detail));
    }
    Ok(amount_cents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_minor_units_or_are_refused() {
        let taken = |cents, code: &str| code.parse().and_then(|currency| amount(cents, currency)).ok();
        assert_eq!(taken(2599, "USD"), Some(2599));
        assert_eq!(taken(500, "JPY"), Some(500));
        assert_eq!((taken(1230, "KWD"), taken(1234, "KWD")), (Some(1230), None));
        assert_eq!((taken(1200, "ISK"), taken(1201, "ISK")), (Some(1200), None));
        assert_eq!((taken(500, "UGX"), taken(1_000_000, "USDT")), (None, None));
    }
}
