//! Order numbers that people read aloud.

use crate::credential::crockford;

/// Eight symbols of Crockford's base32 in two groups, from 40 random bits: `7K3M-9QXT`.
pub fn order_number(random: [u8; 5]) -> String {
    let symbols = crockford(&random);
    format!("{}-{}", &symbols[..4], &symbols[4..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_two_groups_of_four() {
        assert_eq!(order_number([0xff; 5]), "ZZZZ-ZZZZ");
        assert_eq!(order_number([0, 0, 0, 0, 1]), "0000-0001");
    }
}
