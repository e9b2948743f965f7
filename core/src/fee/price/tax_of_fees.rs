//! The tax that fees bear: who keeps fees owes it.

use super::{Charge, ChargeLine, EffectiveFees};
use crate::Result;
use crate::fee::{Action, Component, Payee};

impl EffectiveFees {
    /// The part of a charge's tax that its fees bear, shared like the tax: what the tax would be less on the
    /// sale alone. None where the fees bear none, as with a fixed tax.
    ///
    /// # Errors
    /// `invalid_amount` as for the charge.
    pub fn tax_of_fees(&self, action: Action, charge: &Charge) -> Result<Option<ChargeLine>> {
        let tax = |line: &&ChargeLine| line.component == Component::Tax;
        let rule =
            self.rules.iter().find(|known| known.rule.action == action && known.rule.component == Component::Tax);
        let (Some(tax), Some(rule)) = (charge.lines.iter().find(tax), rule) else { return Ok(None) };
        let sale = charge.lines.iter().filter(|line| line.component == Component::Sale);
        let of_sale = rule.amount(sale.map(|line| line.amount_cents).sum())?;
        let amount_cents = (tax.amount_cents - of_sale).max(0);
        let shares = part_of(&tax.shares, amount_cents, tax.amount_cents);
        Ok((amount_cents > 0).then(|| ChargeLine { amount_cents, shares, ..tax.clone() }))
    }
}

/// So much of a whole that is shared, shared in the same way: nobody gets more than of the whole.
fn part_of(shares: &[(Payee, i64)], part: i64, whole: i64) -> Vec<(Payee, i64)> {
    let proportion = |share: i64| (i128::from(share) * i128::from(part) / i128::from(whole.max(1))) as i64;
    let mut parts: Vec<(Payee, i64)> = shares.iter().map(|(payee, share)| (*payee, proportion(*share))).collect();
    let mut missing = part - parts.iter().map(|part| part.1).sum::<i64>();
    for (part, (_, share)) in parts.iter_mut().zip(shares) {
        let more = missing.min(share - part.1);
        part.1 += more;
        missing -= more;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fee::{FeeRule, FeeSchedule, Rounding, Share};
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    fn rule(component: Component, fixed_cents: i64, percentage: i64, payees: &[Payee]) -> FeeRule {
        let part = Decimal::ONE_HUNDRED / Decimal::from(payees.len());
        FeeRule {
            action: Action::TicketPurchase,
            component,
            fixed_cents,
            percentage: Decimal::from(percentage),
            minimum_cents: None,
            maximum_cents: None,
            shares: payees.iter().map(|payee| Share { payee: *payee, percentage: part }).collect(),
        }
    }

    /// The tax of a ticket for 1000 with a fee of 150, and what of it the fee bears.
    fn taxed(fixed_cents: i64, percentage: i64) -> (i64, Option<(i64, [i64; 2])>) {
        let rules = vec![
            rule(Component::PlatformFee, 150, 0, &[Payee::Platform]),
            rule(Component::Tax, fixed_cents, percentage, &[Payee::Promoter, Payee::Venue]),
        ];
        let fees = EffectiveFees::resolve([FeeSchedule { fee_version: 1, rules, rounding: Rounding::HalfUp }]);
        let charge = fees.charge(Action::TicketPurchase, 1_000).unwrap_or_default();
        let tax = charge.lines.iter().filter(|line| line.component == Component::Tax);
        let of_fees = fees.tax_of_fees(Action::TicketPurchase, &charge).unwrap_or_default();
        let of_fees = of_fees.map(|line| (line.amount_cents, [line.shares[0].1, line.shares[1].1]));
        (tax.map(|line| line.amount_cents).sum(), of_fees)
    }

    #[test]
    fn it_is_what_the_tax_would_be_less_on_the_sale_alone() {
        assert_eq!(taxed(0, 10), (115, Some((15, [8, 7]))));
        assert_eq!(taxed(30, 10), (145, Some((15, [8, 7]))));
        assert_eq!(taxed(30, 0), (30, None));
        assert_eq!(taxed(0, 0), (0, None));
    }

    proptest! {
        #[test]
        fn a_part_is_shared_whole_and_within_the_shares(
            shares in proptest::collection::vec(0..1_000_i64, 1..5), hundredths in 0..=100_i64,
        ) {
            let whole: i64 = shares.iter().sum();
            let part = whole * hundredths / 100;
            let shares: Vec<_> = shares.into_iter().map(|share| (Payee::Venue, share)).collect();
            let parts = part_of(&shares, part, whole);
            prop_assert_eq!(parts.iter().map(|part| part.1).sum::<i64>(), part);
            prop_assert!(parts.iter().zip(&shares).all(|(part, share)| (0..=share.1).contains(&part.1)));
        }
    }
}
