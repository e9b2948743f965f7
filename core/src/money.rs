//! Amounts: `i64` minor units with an ISO 4217 currency.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use crate::{Error, ErrorCode, Result};

/// The largest amount of one operation, in minor units. A sum of a million of them fits `i64`.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// A decimal number that is longer is no amount.
const DECIMAL_LENGTH_MAX: usize = 20;

/// A currency: an active code of ISO 4217, or a stablecoin that providers pay out (`USD`, `IDR`, `USDT`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 5]);

/// Currencies whose minor unit is not a hundredth: ISO 4217, Stripe's zero-decimal list, and
/// the stablecoins' six on-chain decimals.
const EXPONENTS: &[(&str, u8)] = &[
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("MGA", 0),
    ("PYG", 0),
    ("RWF", 0),
    ("UGX", 0),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
    ("BHD", 3),
    ("IQD", 3),
    ("JOD", 3),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("TND", 3),
    ("USDC", 6),
    ("USDT", 6),
];

/// The known codes in order: ISO 4217's active list without funds, metals and test codes
/// (<https://www.six-group.com/en/products-services/financial-information/data-standards.html>).
#[rustfmt::skip]
const CODES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP",
    "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP",
    "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD",
    "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK",
    "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP",
    "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP",
    "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD",
    "TWD", "TZS", "UAH", "UGX", "USD", "USDC", "USDT", "UYU", "UZS", "VED", "VES", "VND", "VUV", "WST", "XAF",
    "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

impl Currency {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        std::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }

    /// How many decimals the minor unit has (USD 2, JPY 0, USDT 6).
    pub fn exponent(&self) -> u8 {
        EXPONENTS.iter().find(|(code, _)| *code == self.as_str()).map_or(2, |(_, exponent)| *exponent)
    }

    /// The minor units of a decimal number of whole units such as `150000`, `150000.00` or
    /// `1.5e5`, exactly. Not negative.
    ///
    /// # Errors
    /// `invalid_amount` when the text is no such number, too large, or finer than the minor unit.
    pub fn minor_units(&self, text: &str) -> Result<i64> {
        let invalid = || {
            let detail =
                format!("an amount in {self} must be a decimal number with at most {} decimals", self.exponent());
            Error::new(ErrorCode::InvalidAmount, detail)
        };
        // So many digits times a million fit the 28 digits of a Decimal: nothing is ever rounded.
        let decimal = text.len() <= DECIMAL_LENGTH_MAX
            && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'))
            && text.starts_with(|first: char| first.is_ascii_digit());
        if !decimal {
            return Err(invalid());
        }
        let units =
            if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { Decimal::from_str_exact(text) };
        let factor = Decimal::from(10_u64.pow(u32::from(self.exponent())));
        let minor = units.ok().and_then(|units| units.checked_mul(factor)).filter(Decimal::is_integer);
        minor.and_then(|minor| minor.to_i64()).ok_or_else(invalid)
    }

    /// The amount for people, e.g. `1234` USD is `12.34`.
    pub fn format(&self, amount: i64) -> String {
        let exponent = u32::from(self.exponent());
        if exponent == 0 {
            return amount.to_string();
        }
        let unit = 10_u64.pow(exponent);
        let sign = if amount < 0 { "-" } else { "" };
        let magnitude = amount.unsigned_abs();
        format!("{sign}{}.{:0width$}", magnitude / unit, magnitude % unit, width = exponent as usize)
    }
}

impl FromStr for Currency {
    type Err = Error;

    fn from_str(code: &str) -> Result<Self> {
        if CODES.binary_search(&code).is_err() {
            return Err(Error::invalid("currency must be a code of ISO 4217 in capital letters such as USD"));
        }
        let mut bytes = [0; 5];
        bytes[..code.len()].copy_from_slice(code.as_bytes());
        Ok(Self(bytes))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Currency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^[A-Z]{3,5}$", "description": "Currency code", "examples": ["USD"]})
    }

    fn inline_schema() -> bool {
        true
    }
}

/// The amount when it is between one minor unit and [`AMOUNT_MAX`].
///
/// # Errors
/// `invalid_amount` names the argument and the bounds.
pub fn positive_amount(name: &str, amount: i64) -> Result<i64> {
    if (1..=AMOUNT_MAX).contains(&amount) {
        return Ok(amount);
    }
    Err(Error::new(ErrorCode::InvalidAmount, format!("{name} must be between 1 and {AMOUNT_MAX} minor units")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formats_by_exponent() {
        let format = |code: &str, amount| code.parse::<Currency>().map(|currency| currency.format(amount));
        assert_eq!(format("USD", 1234), Ok("12.34".to_owned()));
        assert_eq!(format("USD", -5), Ok("-0.05".to_owned()));
        assert_eq!(format("JPY", 1234), Ok("1234".to_owned()));
        assert_eq!(format("USDT", 1_500_000), Ok("1.500000".to_owned()));
        assert_eq!(format("USD", i64::MIN), Ok("-92233720368547758.08".to_owned()));
    }

    #[test]
    fn refuses_codes_that_are_not_currencies() {
        for code in ["", "us", "usd", "US1", "USB", "ZZZ", "DOLLAR", "ÄÖÜ"] {
            assert!(code.parse::<Currency>().is_err(), "{code}");
        }
    }

    #[test]
    fn every_code_is_found() {
        for code in CODES.iter().chain(EXPONENTS.iter().map(|(code, _)| code)) {
            assert_eq!(code.parse::<Currency>().map(|currency| currency.to_string()), Ok((*code).to_owned()));
        }
    }

    #[test]
    fn refuses_amounts_out_of_bounds() {
        for amount in [0, -1, AMOUNT_MAX + 1, i64::MIN, i64::MAX] {
            assert_eq!(
                positive_amount("amount_cents", amount).map_err(|error| error.code),
                Err(ErrorCode::InvalidAmount)
            );
        }
        assert_eq!(positive_amount("amount_cents", AMOUNT_MAX), Ok(AMOUNT_MAX));
    }

    fn minor_units(code: &str, text: &str) -> Option<i64> {
        code.parse::<Currency>().ok()?.minor_units(text).ok()
    }

    #[test]
    fn reads_decimal_amounts_exactly() {
        for (code, text, minor) in [
            ("IDR", "150000.00", 15_000_000),
            ("IDR", "10000", 1_000_000),
            ("IDR", "10000.01", 1_000_001),
            ("IDR", "10000.010", 1_000_001),
            ("IDR", "1.0E7", 1_000_000_000),
            ("IDR", "1e+2", 10_000),
            ("IDR", "0", 0),
            ("JPY", "12", 12),
            ("JPY", "12.0", 12),
            ("KWD", "0.001", 1),
            ("USDT", "0.000001", 1),
        ] {
            assert_eq!(minor_units(code, text), Some(minor), "{code} {text}");
        }
    }

    #[test]
    fn refuses_what_is_no_amount() {
        for text in [
            "",
            "-1",
            "+1",
            ".5",
            "1.001",
            "1e-3",
            "1,00",
            "1_000",
            "0x10",
            "NaN",
            "1 ",
            "1e30",
            "92233720368547758.08",
            "e",
            "1e",
            "1-1",
        ] {
            assert_eq!(minor_units("IDR", text), None, "{text}");
        }
        assert_eq!(minor_units("JPY", "1.5"), None);
        assert_eq!(minor_units("IDR", "92233720368547758.07"), Some(i64::MAX));
    }

    proptest! {
        #[test]
        fn minor_units_agree_with_integers(whole in 0..=90_000_000_000_000_i64, part in 0..100_i64) {
            prop_assert_eq!(minor_units("IDR", &format!("{whole}.{part:02}")), Some(whole * 100 + part));
            prop_assert_eq!(minor_units("IDR", &whole.to_string()), Some(whole * 100));
        }

        #[test]
        fn minor_units_are_the_inverse_of_format(amount in 0..=i64::MAX, code in proptest::sample::select(vec!["USD", "JPY", "KWD", "USDT"])) {
            let text = code.parse::<Currency>().map(|currency| currency.format(amount)).unwrap_or_default();
            prop_assert_eq!(minor_units(code, &text), Some(amount));
        }

        #[test]
        fn minor_units_never_panic(text in "[0-9.eE+-]{0,24}|.{0,30}") {
            let _ = minor_units("USDT", &text);
        }
    }
}
