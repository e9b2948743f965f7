//! Order numbers that people read aloud.

use crate::credential::{crockford, crockford_bytes};

/// Eight symbols of Crockford's base32 in two groups, from 40 random bits: `7K3M-9QXT`.
pub fn order_number(random: [u8; 5]) -> String {
    let symbols = crockford(&random);
    format!("{}-{}", &symbols[..4], &symbols[4..])
}

/// The number that somebody means: case, hyphens, blanks and the usual misreadings do not matter. None
/// for what is no number.
pub fn read_order_number(text: &str) -> Option<String> {
    let symbols: String = text.chars().filter(|symbol| *symbol != '-' && !symbol.is_whitespace()).collect();
    let bytes: [u8; 5] = crockford_bytes(&symbols)?.try_into().ok()?;
    Some(order_number(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_understood_as_people_write_it() {
        for text in ["01ZV-AK3M", "01zvak3m", " 01zv ak3m ", "OIZV-AK3M", "olzv-ak3m"] {
            assert_eq!(read_order_number(text).as_deref(), Some("01ZV-AK3M"), "{text}");
        }
        for text in ["", "01ZV-AK3", "01ZV-AK3M0", "01ZV-AKUM", "01ZV_AK3M", "\u{131}1ZV-AK3M"] {
            assert_eq!(read_order_number(text), None, "{text}");
        }
    }

    #[test]
    fn has_two_groups_of_four() {
        assert_eq!(order_number([0xff; 5]), "ZZZZ-ZZZZ");
        assert_eq!(order_number([0, 0, 0, 0, 1]), "0000-0001");
    }
}
