//! Where the money of a payment that succeeded is, and which journal legs bring it from one
//! position to the next.
//!
//! A payment's money came from the provider's account to a wallet or to those who share an order.
//! Three figures say what became of it since: what the provider gave back to the payer, what was
//! taken back here from those who had it, and what the provider keeps back for disputes. Where the
//! first two differ, the payer is owed something, or somebody owes us.

use crate::ledger::AccountKind;

/// What became of a payment's money, in minor units; none is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// What the provider gave back, or was asked to give back.
    pub refunded_cents: i64,
    /// What was taken back from the wallet or from those who share the order.
    pub taken_back_cents: i64,
    /// What the provider keeps back for disputes.
    pub disputed_cents: i64,
}

impl Position {
    /// What went back and could not be taken from anybody.
    pub fn receivable_cents(&self) -> i64 {
        self.refunded_cents.saturating_sub(self.taken_back_cents).max(0)
    }

    /// What was taken back for the payer and has not reached him.
    pub fn refund_due_cents(&self) -> i64 {
        self.taken_back_cents.saturating_sub(self.refunded_cents).max(0)
    }

    /// How much of an amount that is taken back for the payer the provider must be asked for:
    /// all but what went back before without being taken from anybody.
    pub fn to_ask_cents(&self, amount_cents: i64) -> i64 {
        amount_cents.saturating_sub(self.receivable_cents()).max(0)
    }

    /// What the provider still has of a payment of this amount.
    pub fn left_cents(&self, amount_cents: i64) -> i64 {
        amount_cents.saturating_sub(self.refunded_cents).saturating_sub(self.disputed_cents).max(0)
    }

    /// By how much the balance of the payment's wallet changes when the refunded amount becomes
    /// `refunded_cents`: at most by that change, and never below zero. What the wallet has not got
    /// becomes receivable, and what comes back covers that first.
    pub fn wallet_change_cents(&self, refunded_cents: i64, balance_cents: i64) -> i64 {
        let change = refunded_cents.saturating_sub(self.refunded_cents);
        let open = refunded_cents.saturating_sub(self.taken_back_cents);
        if change > 0 { -change.min(open).min(balance_cents).max(0) } else { (-change).min(-open).max(0) }
    }

    /// The legs that bring the money from this position to another. Their sum is what is taken
    /// back in between: the caller adds the legs of whom it is taken from. No leg is zero.
    pub fn legs_to(&self, after: &Self) -> Vec<(AccountKind, i64)> {
        let provider = |position: &Self| position.refunded_cents.saturating_add(position.disputed_cents);
        let mut legs = vec![
            (AccountKind::Provider, provider(after) - provider(self)),
            (AccountKind::Receivable, self.receivable_cents() - after.receivable_cents()),
            (AccountKind::RefundDue, after.refund_due_cents() - self.refund_due_cents()),
            (AccountKind::Disputed, self.disputed_cents - after.disputed_cents),
        ];
        legs.retain(|leg| leg.1 != 0);
        legs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn position(refunded_cents: i64, taken_back_cents: i64, disputed_cents: i64) -> Position {
        Position { refunded_cents, taken_back_cents, disputed_cents }
    }

    #[test]
    fn each_story_has_its_legs() {
        use AccountKind::{Disputed, Provider, Receivable, RefundDue};
        let stories = [
            ("asked for here", position(0, 0, 0), position(5, 5, 0), vec![(Provider, 5)]),
            ("made at the provider", position(0, 0, 0), position(5, 0, 0), vec![(Provider, 5), (Receivable, -5)]),
            ("then taken back here", position(5, 0, 0), position(5, 5, 0), vec![(Receivable, 5)]),
            ("failed", position(5, 5, 0), position(0, 5, 0), vec![(Provider, -5), (RefundDue, 5)]),
            ("asked for again", position(0, 5, 0), position(5, 5, 0), vec![(Provider, 5), (RefundDue, -5)]),
            ("disputed", position(0, 0, 0), position(0, 0, 7), vec![(Provider, 7), (Disputed, -7)]),
            ("won", position(0, 0, 7), position(0, 0, 0), vec![(Provider, -7), (Disputed, 7)]),
        ];
        for (story, before, after, legs) in stories {
            assert_eq!(before.legs_to(&after), legs, "{story}");
        }
    }

    #[test]
    fn a_wallet_gives_what_it_has_and_gets_what_it_gave() {
        assert_eq!(position(0, 0, 0).wallet_change_cents(600, 1000), -600);
        assert_eq!(position(0, 0, 0).wallet_change_cents(600, 200), -200);
        // 400 are receivable: a failure of 500 gives the wallet the rest.
        assert_eq!(position(600, 200, 0).wallet_change_cents(100, 0), 100);
        assert_eq!(position(600, 200, 0).wallet_change_cents(300, 0), 0);
        // What was receivable before is not taken from money that came later.
        assert_eq!(position(600, 200, 0).wallet_change_cents(700, 1000), -100);
        assert_eq!(position(5, 5, 0).wallet_change_cents(5, 9), 0);
    }

    #[test]
    fn what_went_back_already_is_not_asked_for_again() {
        assert_eq!(position(1000, 0, 0).to_ask_cents(2500), 1500);
        assert_eq!(position(3000, 0, 0).to_ask_cents(2500), 0);
        assert_eq!(position(0, 3000, 0).to_ask_cents(2500), 2500);
        assert_eq!(position(1000, 0, 500).left_cents(2500), 1000);
    }

    fn any_position() -> impl Strategy<Value = Position> {
        [0..1000_i64, 0..1000, 0..1000].prop_map(|[refunded, taken, disputed]| position(refunded, taken, disputed))
    }

    proptest! {
        #[test]
        fn legs_sum_to_what_is_taken_back(before in any_position(), after in any_position()) {
            let sum: i64 = before.legs_to(&after).iter().map(|leg| leg.1).sum();
            prop_assert_eq!(sum, after.taken_back_cents - before.taken_back_cents);
            prop_assert!(before.legs_to(&after).iter().all(|leg| leg.1 != 0));
        }

        /// There is no other way: the same position is the same balance of each account.
        #[test]
        fn a_detour_comes_to_the_same(one in any_position(), two in any_position(), three in any_position()) {
            let sum = |legs: Vec<(AccountKind, i64)>, kind| -> i64 {
                legs.into_iter().filter(|leg| leg.0 == kind).map(|leg| leg.1).sum()
            };
            for kind in AccountKind::ALL {
                let detour = sum(one.legs_to(&two), *kind) + sum(two.legs_to(&three), *kind);
                prop_assert_eq!(detour, sum(one.legs_to(&three), *kind));
            }
        }

        #[test]
        fn a_wallet_is_never_overdrawn(before in any_position(), refunded in 0..1000_i64, balance in 0..1000_i64) {
            let change = before.wallet_change_cents(refunded, balance);
            prop_assert!(balance + change >= 0);
            prop_assert!(change.abs() <= (refunded - before.refunded_cents).abs());
            prop_assert!(before.taken_back_cents - change >= 0);
        }
    }
}
