//! Dividing an amount so that the parts always sum to the whole.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Divides `amount` (minor units, not negative) by `percentages`, which add up to 100, with the
/// largest remainder method: each part is rounded down, then the units left over go to the
/// largest remainders, ties by order.
pub fn split_amount(amount: i64, percentages: &[Decimal]) -> Vec<i64> {
    let whole = Decimal::from(amount);
    let exact: Vec<Decimal> = percentages.iter().map(|percentage| whole * percentage / Decimal::ONE_HUNDRED).collect();
    let mut parts: Vec<i64> = exact.iter().map(|part| part.floor().to_i64().unwrap_or(0)).collect();
    let mut left = amount - parts.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| exact[*b].fract().cmp(&exact[*a].fract()).then(a.cmp(b)));
    for index in order {
        if left <= 0 {
            break;
        }
        parts[index] += 1;
        left -= 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn percentages(texts: &[&str]) -> Vec<Decimal> {
        texts.iter().filter_map(|text| text.parse().ok()).collect()
    }

    #[test]
    fn gives_the_rest_to_the_largest_remainders() {
        assert_eq!(split_amount(100, &percentages(&["33.3333", "33.3333", "33.3334"])), [33, 33, 34]);
        assert_eq!(split_amount(1, &percentages(&["50", "50"])), [1, 0]);
        assert_eq!(split_amount(5, &percentages(&["50", "30", "20"])), [3, 1, 1]);
        assert_eq!(split_amount(0, &percentages(&["50", "50"])), [0, 0]);
        assert_eq!(split_amount(7, &percentages(&["100"])), [7]);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(amount in 0..=crate::money::AMOUNT_MAX, weights in proptest::collection::vec(0u32..=10_000, 1..16)) {
            let mut left = 1_000_000_u32;
            let mut parts = Vec::new();
            for weight in &weights {
                let part = (*weight * 100).min(left);
                left -= part;
                parts.push(Decimal::new(i64::from(part), 4));
            }
            parts.push(Decimal::new(i64::from(left), 4));
            let split = split_amount(amount, &parts);
            prop_assert_eq!(split.iter().sum::<i64>(), amount);
            for (part, percentage) in split.iter().zip(&parts) {
                let exact = Decimal::from(amount) * percentage / Decimal::ONE_HUNDRED;
                prop_assert!((Decimal::from(*part) - exact).abs() < Decimal::ONE);
            }
        }
    }
}
