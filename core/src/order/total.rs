//! What an order costs: computed by the server from the price and the fee rules in force, one
//! ticket at a time, so that each ticket can be paid back exactly.

use uuid::Uuid;

use crate::fee::{Action, Charge, ChargeLine, Component, EffectiveFees, Legs, PayeeAccounts};
use crate::money::AMOUNT_MAX;
use crate::scan::RecordedCharge;
use crate::{Error, ErrorCode, Result};

/// What one ticket of an item costs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemCharge {
    /// How many tickets.
    pub quantity: i32,
    /// The charge for one of them.
    pub unit: Charge,
    /// The part of its tax that its fees bear.
    pub tax_of_fees: Option<ChargeLine>,
}

/// An order's sums in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Prices alone.
    pub subtotal_cents: i64,
    /// Fees of venue and platform.
    pub fees_cents: i64,
    /// Taxes.
    pub tax_cents: i64,
    /// What the buyer pays.
    pub total_cents: i64,
}

impl ItemCharge {
    /// The sum of one ticket's parts of one kind, in minor units.
    pub fn unit_part(&self, component: Component) -> i64 {
        let own = self.unit.lines.iter().filter(|line| line.component == component);
        own.map(|line| line.amount_cents).sum()
    }

    /// What one ticket costs with everything, in minor units.
    pub fn unit_total(&self) -> i64 {
        self.unit.lines.iter().map(|line| line.amount_cents).sum()
    }

    /// Who gets how much of one ticket's fees and of the tax that they bear: each account once.
    pub fn fee_shares(&self, accounts: &PayeeAccounts) -> Vec<(Uuid, i64)> {
        let fees = self
            .unit
            .lines
            .iter()
            .filter(|line| matches!(line.component, Component::VenueFee | Component::PlatformFee));
        unit_shares(&Charge { lines: fees.chain(&self.tax_of_fees).cloned().collect() }, accounts)
    }

    /// The parts as they are recorded.
    pub fn recorded(&self) -> Vec<RecordedCharge> {
        let recorded = self.unit.lines.iter();
        recorded.map(|line| RecordedCharge(line.component, line.amount_cents, line.fee_version)).collect()
    }
}

/// The charge of `quantity` tickets at a price. A free ticket costs no fees either.
///
/// # Errors
/// `invalid_amount` when a ticket costs more than a charge may.
pub fn item_charge(fees: &EffectiveFees, price_cents: i64, quantity: i32) -> Result<ItemCharge> {
    if price_cents == 0 {
        return Ok(ItemCharge { quantity, ..ItemCharge::default() });
    }
    let unit = fees.charge(Action::TicketPurchase, price_cents)?;
    let tax_of_fees = fees.tax_of_fees(Action::TicketPurchase, &unit)?;
    Ok(ItemCharge { quantity, unit, tax_of_fees })
}

/// The sums over an order's items.
///
/// # Errors
/// `invalid_amount` when the order costs more than a charge may.
pub fn totals(items: &[ItemCharge]) -> Result<Totals> {
    let too_large = || {
        Error::new(ErrorCode::InvalidAmount, format!("the order exceeds {AMOUNT_MAX} minor units: buy less at once"))
    };
    let sum = |component: &[Component]| {
        items.iter().try_fold(0_i64, |sum, item| {
            let unit: i64 = component.iter().map(|component| item.unit_part(*component)).sum();
            unit.checked_mul(i64::from(item.quantity)).and_then(|part| sum.checked_add(part))
        })
    };
    let subtotal_cents = sum(&[Component::Sale]).ok_or_else(too_large)?;
    let fees_cents = sum(&[Component::VenueFee, Component::PlatformFee]).ok_or_else(too_large)?;
    let tax_cents = sum(&[Component::Tax]).ok_or_else(too_large)?;
    let total_cents = subtotal_cents
        .checked_add(fees_cents)
        .and_then(|sum| sum.checked_add(tax_cents))
        .filter(|total| *total <= AMOUNT_MAX)
        .ok_or_else(too_large)?;
    Ok(Totals { subtotal_cents, fees_cents, tax_cents, total_cents })
}

/// Who gets how much of one ticket's charge: each account once.
pub fn unit_shares(unit: &Charge, accounts: &PayeeAccounts) -> Vec<(Uuid, i64)> {
    // The payer's leg comes first and is left out.
    unit.legs(Uuid::nil(), accounts).into_iter().skip(1).collect()
}

/// The journal legs that move the money of `quantity` tickets each from `payer` to those who share
/// it: they sum to zero and name each account once. Empty for free tickets.
pub fn order_legs<'a>(payer: Uuid, items: impl IntoIterator<Item = (&'a [(Uuid, i64)], i64)>) -> Legs {
    let mut legs: Legs = vec![(payer, 0)];
    for (shares, quantity) in items {
        for (account, amount) in shares {
            legs[0].1 -= amount * quantity;
            match legs.iter_mut().skip(1).find(|(known, _)| known == account) {
                Some(leg) => leg.1 += amount * quantity,
                None => legs.push((*account, amount * quantity)),
            }
        }
    }
    legs.retain(|leg| leg.1 != 0);
    legs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fee::{FeeRule, FeeSchedule, Payee, Rounding, Share};
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    fn fees(fixed_cents: i64, ten_thousandths: i64) -> EffectiveFees {
        let rule = |component, fixed_cents, payee| FeeRule {
            action: Action::TicketPurchase,
            component,
            fixed_cents,
            percentage: Decimal::new(ten_thousandths, 4),
            minimum_cents: None,
            maximum_cents: None,
            shares: vec![Share { payee, percentage: Decimal::ONE_HUNDRED }],
        };
        EffectiveFees::resolve([FeeSchedule {
            fee_version: 1,
            rounding: Rounding::HalfUp,
            rules: vec![
                rule(Component::PlatformFee, fixed_cents, Payee::Platform),
                rule(Component::Tax, 0, Payee::Venue),
            ],
        }])
    }

    fn accounts() -> PayeeAccounts {
        let id = Uuid::from_u128;
        PayeeAccounts { platform: id(1), pool: id(2), venue: id(3), vendor: id(3), promoter: id(3), organizer: id(6) }
    }

    #[test]
    fn a_free_ticket_has_no_fees() {
        let free = item_charge(&fees(100, 100_000), 0, 3).unwrap_or_default();
        assert_eq!(totals(std::slice::from_ref(&free)), Ok(Totals::default()));
        assert!(order_legs(Uuid::nil(), [(&unit_shares(&free.unit, &accounts())[..], 3)]).is_empty());
    }

    #[test]
    fn a_huge_order_is_refused() {
        let item = item_charge(&fees(0, 0), AMOUNT_MAX, 2).unwrap_or_default();
        assert_eq!(totals(&[item]).map_err(|error| error.code), Err(ErrorCode::InvalidAmount));
    }

    proptest! {
        #[test]
        fn money_is_conserved_and_adds_up(
            prices in proptest::collection::vec((0..100_000_i64, 1..=100_i32), 1..5), fixed in 0..500_i64, rate in 0..300_000_i64,
        ) {
            let fees = fees(fixed, rate);
            let items: Vec<ItemCharge> =
                prices.iter().filter_map(|(price, quantity)| item_charge(&fees, *price, *quantity).ok()).collect();
            let totals = totals(&items).map_err(|error| TestCaseError::fail(error.detail))?;
            let payer = Uuid::from_u128(9);
            let shares: Vec<_> = items.iter().map(|item| unit_shares(&item.unit, &accounts())).collect();
            let quantities = items.iter().map(|item| i64::from(item.quantity));
            let legs = order_legs(payer, shares.iter().map(Vec::as_slice).zip(quantities));
            prop_assert_eq!(legs.iter().map(|leg| leg.1).sum::<i64>(), 0);
            let paid: i64 = legs.iter().filter(|leg| leg.0 == payer).map(|leg| -leg.1).sum();
            prop_assert_eq!(paid, totals.total_cents);
            prop_assert_eq!(totals.total_cents, totals.subtotal_cents + totals.fees_cents + totals.tax_cents);
        }
    }
}
