//! Computing a charge from the rules in force.

mod tax_of_fees;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

use super::{Action, Component, FeeRule, FeeSchedule, Payee, Rounding, split_amount};
use crate::money::AMOUNT_MAX;
use crate::{Error, ErrorCode, Result};

/// The rules in force at one gate of one event, after scopes are resolved.
#[derive(Debug, Clone, Default)]
pub struct EffectiveFees {
    rules: Vec<EffectiveRule>,
}

#[derive(Debug, Clone)]
struct EffectiveRule {
    rule: FeeRule,
    rounding: Rounding,
    fee_version: i64,
    percentages: Vec<Decimal>,
}

/// A charge, computed but not booked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Charge {
    /// The parts that are not zero, in the order of [`Component::ALL`].
    pub lines: Vec<ChargeLine>,
}

/// One component of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeLine {
    /// Which component.
    pub component: Component,
    /// Its amount in minor units.
    pub amount_cents: i64,
    /// The fee version that set it; none for a sale that no rule divides.
    pub fee_version: Option<i64>,
    /// Who gets how much; sums to `amount_cents`.
    pub shares: Vec<(Payee, i64)>,
}

/// The ledger accounts that stand behind the payees at one gate of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayeeAccounts {
    /// The tenant's platform account.
    pub platform: Uuid,
    /// The tenant's pool.
    pub pool: Uuid,
    /// The venue's account.
    pub venue: Uuid,
    /// The gate's vendor, or the venue's account.
    pub vendor: Uuid,
    /// The event's promoter, or the venue's account.
    pub promoter: Uuid,
    /// The event's organizer, or the venue's account.
    pub organizer: Uuid,
}

impl PayeeAccounts {
    /// The account of a payee.
    pub fn account(&self, payee: Payee) -> Uuid {
        match payee {
            Payee::Platform => self.platform,
            Payee::Pool => self.pool,
            Payee::Venue => self.venue,
            Payee::Vendor => self.vendor,
            Payee::Promoter => self.promoter,
            Payee::Organizer => self.organizer,
            Payee::Account(account) => account,
        }
    }
}

/// Money legs of one journal entry: (account, amount in minor units), each account once.
pub type Legs = Vec<(Uuid, i64)>;

impl EffectiveFees {
    /// Resolves schedules given from the narrowest scope to the widest.
    pub fn resolve(schedules: impl IntoIterator<Item = FeeSchedule>) -> Self {
        let mut rules: Vec<EffectiveRule> = Vec::new();
        for schedule in schedules {
            for rule in schedule.rules {
                let taken =
                    |known: &EffectiveRule| known.rule.action == rule.action && known.rule.component == rule.component;
                if rules.iter().any(taken) {
                    continue;
                }
                let percentages = rule.shares.iter().map(|share| share.percentage).collect();
                rules.push(EffectiveRule {
                    rule,
                    rounding: schedule.rounding,
                    fee_version: schedule.fee_version,
                    percentages,
                });
            }
        }
        Self { rules }
    }

    /// The accounts that rules name by their ids.
    pub fn named_accounts(&self) -> Vec<Uuid> {
        let payees = self.rules.iter().flat_map(|known| &known.rule.shares).map(|share| share.payee);
        payees.filter_map(|payee| if let Payee::Account(account) = payee { Some(account) } else { None }).collect()
    }

    /// What `action` costs with a sale of `amount_cents` (0 where there is no sale).
    ///
    /// # Errors
    /// `invalid_amount` when the sum is above what a charge may be.
    pub fn charge(&self, action: Action, amount_cents: i64) -> Result<Charge> {
        let mut charge = Charge::default();
        let mut percentage_base = amount_cents;
        for component in Component::ALL {
            let effective =
                self.rules.iter().find(|known| known.rule.action == action && known.rule.component == component);
            let amount = match (component, effective) {
                (Component::Sale, _) => amount_cents,
                (Component::Tax, Some(effective)) => effective.amount(charge.total_cents()?)?,
                (_, Some(effective)) => effective.amount(percentage_base)?,
                (_, None) => 0,
            };
            if component == Component::VenueFee && !action.is_sale() {
                percentage_base = amount;
            }
            if amount > 0 {
                charge.lines.push(line(action, component, amount, effective));
            }
        }
        charge.total_cents()?;
        Ok(charge)
    }
}

fn line(action: Action, component: Component, amount_cents: i64, effective: Option<&EffectiveRule>) -> ChargeLine {
    let shares = match effective {
        Some(effective) => {
            let parts = split_amount(amount_cents, &effective.percentages);
            effective.rule.shares.iter().map(|share| share.payee).zip(parts).collect()
        }
        None if action == Action::TicketPurchase => vec![(Payee::Organizer, amount_cents)],
        None => vec![(Payee::Vendor, amount_cents)],
    };
    ChargeLine { component, amount_cents, fee_version: effective.map(|known| known.fee_version), shares }
}

impl EffectiveRule {
    fn amount(&self, base_cents: i64) -> Result<i64> {
        let strategy = match self.rounding {
            Rounding::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Rounding::HalfEven => RoundingStrategy::MidpointNearestEven,
            Rounding::Up => RoundingStrategy::AwayFromZero,
            Rounding::Down => RoundingStrategy::ToZero,
        };
        let share = (Decimal::from(base_cents) * self.rule.percentage / Decimal::ONE_HUNDRED)
            .round_dp_with_strategy(0, strategy);
        let amount = share.to_i64().and_then(|share| share.checked_add(self.rule.fixed_cents)).ok_or_else(too_large)?;
        let amount = amount.max(self.rule.minimum_cents.unwrap_or(0));
        Ok(self.rule.maximum_cents.map_or(amount, |maximum| amount.min(maximum)))
    }
}

impl Charge {
    /// What the guest pays in all, in minor units.
    ///
    /// # Errors
    /// `invalid_amount` when the sum is above [`AMOUNT_MAX`].
    pub fn total_cents(&self) -> Result<i64> {
        self.lines
            .iter()
            .try_fold(0_i64, |sum, line| sum.checked_add(line.amount_cents))
            .filter(|sum| *sum <= AMOUNT_MAX)
            .ok_or_else(too_large)
    }

    /// The journal legs that move the charge from `payer` to the payees: they sum to zero and
    /// name each account once.
    pub fn legs(&self, payer: Uuid, accounts: &PayeeAccounts) -> Legs {
        let mut legs: Legs = vec![(payer, 0)];
        for (payee, amount) in self.lines.iter().flat_map(|line| &line.shares) {
            if *amount == 0 {
                continue;
            }
            legs[0].1 -= amount;
            let account = accounts.account(*payee);
            match legs.iter_mut().skip(1).find(|(known, _)| *known == account) {
                Some(leg) => leg.1 += amount,
                None => legs.push((account, *amount)),
            }
        }
        if legs.len() == 1 {
            legs.clear();
        }
        legs
    }
}

fn too_large() -> Error {
    Error::new(ErrorCode::InvalidAmount, format!("the charge exceeds {AMOUNT_MAX} minor units"))
}

#[cfg(test)]
mod tests {
    use super::super::Share;
    use super::*;
    use proptest::prelude::*;

    fn rule(
        action: Action,
        component: Component,
        fixed_cents: i64,
        percentage: &str,
        shares: &[(Payee, &str)],
    ) -> FeeRule {
        let decimal = |text: &str| text.parse().unwrap_or_default();
        FeeRule {
            action,
            component,
            fixed_cents,
            percentage: decimal(percentage),
            minimum_cents: None,
            maximum_cents: None,
            shares: shares.iter().map(|(payee, part)| Share { payee: *payee, percentage: decimal(part) }).collect(),
        }
    }

    fn schedule(fee_version: i64, rules: Vec<FeeRule>) -> FeeSchedule {
        FeeSchedule { fee_version, rules, rounding: Rounding::HalfUp }
    }

    fn accounts() -> PayeeAccounts {
        let id = Uuid::from_u128;
        PayeeAccounts { platform: id(1), pool: id(2), venue: id(3), vendor: id(4), promoter: id(5), organizer: id(6) }
    }

    #[test]
    fn narrowest_scope_wins_for_each_component() {
        let venue_only = [(Payee::Venue, "100")];
        let platform_only = [(Payee::Platform, "100")];
        let fees = EffectiveFees::resolve([
            schedule(2, vec![rule(Action::Entry, Component::VenueFee, 2000, "0", &venue_only)]),
            schedule(
                1,
                vec![
                    rule(Action::Entry, Component::VenueFee, 500, "0", &venue_only),
                    rule(Action::Entry, Component::PlatformFee, 50, "2.5", &platform_only),
                ],
            ),
        ]);
        let charge = fees.charge(Action::Entry, 0).unwrap_or_default();
        let lines: Vec<_> =
            charge.lines.iter().map(|line| (line.component, line.amount_cents, line.fee_version)).collect();
        assert_eq!(lines, [(Component::VenueFee, 2000, Some(2)), (Component::PlatformFee, 100, Some(1))]);
        assert_eq!(charge.total_cents(), Ok(2100));
    }

    #[test]
    fn a_sale_without_a_rule_goes_to_the_vendor() {
        let charge = EffectiveFees::default().charge(Action::Concession, 700).unwrap_or_default();
        assert_eq!(
            charge.legs(Uuid::from_u128(9), &accounts()),
            [(Uuid::from_u128(9), -700), (Uuid::from_u128(4), 700)]
        );
    }

    #[test]
    fn a_ticket_without_a_rule_is_the_organizers_and_taxed_with_its_fees() {
        let tax = [(Payee::Account(Uuid::from_u128(7)), "100")];
        let fees = EffectiveFees::resolve([schedule(
            1,
            vec![
                rule(Action::TicketPurchase, Component::PlatformFee, 50, "2.5", &[(Payee::Platform, "100")]),
                rule(Action::TicketPurchase, Component::Tax, 0, "10", &tax),
            ],
        )]);
        let charge = fees.charge(Action::TicketPurchase, 2000).unwrap_or_default();
        assert_eq!(
            charge.legs(Uuid::from_u128(9), &accounts()),
            [9, 6, 1, 7].map(Uuid::from_u128).into_iter().zip([-2310, 2000, 100, 210]).collect::<Legs>()
        );
    }

    #[test]
    fn a_free_action_has_no_legs() {
        let charge = EffectiveFees::default().charge(Action::Exit, 0).unwrap_or_default();
        assert!(charge.legs(Uuid::from_u128(9), &accounts()).is_empty());
    }

    #[test]
    fn invalid_schedules_are_refused() {
        let venue = [(Payee::Venue, "100")];
        let bad = [
            vec![rule(Action::Entry, Component::VenueFee, -1, "0", &venue)],
            vec![rule(Action::Entry, Component::VenueFee, AMOUNT_MAX + 1, "0", &venue)],
            vec![rule(Action::Entry, Component::VenueFee, 1, "1", &venue)],
            vec![rule(Action::Entry, Component::Sale, 0, "0", &venue)],
            vec![rule(Action::Concession, Component::Sale, 1, "0", &venue)],
            vec![rule(Action::Concession, Component::PlatformFee, 0, "100.1", &venue)],
            vec![rule(Action::Concession, Component::PlatformFee, 0, "1.00001", &venue)],
            vec![rule(Action::Entry, Component::VenueFee, 1, "0", &[])],
            vec![rule(Action::Entry, Component::VenueFee, 1, "0", &[(Payee::Venue, "99")])],
            vec![rule(Action::Entry, Component::VenueFee, 1, "0", &[(Payee::Venue, "50"), (Payee::Venue, "50")])],
            vec![
                rule(Action::Entry, Component::VenueFee, 1, "0", &venue),
                rule(Action::Entry, Component::VenueFee, 2, "0", &venue),
            ],
        ];
        for rules in bad {
            assert_eq!(
                schedule(1, rules.clone()).validate().map_err(|error| error.code),
                Err(ErrorCode::InvalidFee),
                "{rules:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn legs_conserve_money(amount in 1..1_000_000_000_i64, fixed in 0..100_000_i64, percentage in 0..1_000_000_i64, part in 0..1_000_000_i64, rounding in 0..4) {
            let rounding = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down][rounding as usize];
            let percent = Decimal::new(percentage, 4).to_string();
            let (one, two) = (Decimal::new(part, 4).to_string(), Decimal::new(1_000_000 - part, 4).to_string());
            let shares = [(Payee::Platform, one.as_str()), (Payee::Promoter, two.as_str())];
            let fees = EffectiveFees::resolve([FeeSchedule { fee_version: 1, rounding, rules: vec![
                rule(Action::General, Component::Sale, 0, "0", &shares),
                rule(Action::General, Component::VenueFee, fixed, &percent, &shares),
                rule(Action::General, Component::PlatformFee, fixed, &percent, &shares),
            ]}]);
            let charge = fees.charge(Action::General, amount).map_err(|error| TestCaseError::fail(error.detail))?;
            let legs = charge.legs(Uuid::from_u128(9), &accounts());
            prop_assert_eq!(legs.iter().map(|leg| leg.1).sum::<i64>(), 0);
            prop_assert_eq!(Ok(-legs[0].1), charge.total_cents());
        }
    }
}
