//! Items as orders keep them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::OrderItemView;
use crate::fee::Component;
use crate::scan::RecordedCharge;

/// An item as the order keeps it: never changed once it is placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredItem {
    /// The ticket type.
    pub ticket_type_id: Uuid,
    /// Its name.
    pub name: String,
    /// How many.
    pub quantity: i32,
    /// The parts of one ticket's charge.
    pub charges: Vec<RecordedCharge>,
    /// Who gets how much of one ticket's charge, in minor units.
    pub shares: Vec<(Uuid, i64)>,
    /// Of these, who gets how much of the fees of venue and platform and of the tax that they bear: it
    /// stays with them when an event is called off with its fees kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fee_shares: Vec<(Uuid, i64)>,
}

impl StoredItem {
    /// The sum of one ticket's parts of these kinds, in minor units.
    pub fn unit_part(&self, components: &[Component]) -> i64 {
        self.charges.iter().filter(|charge| components.contains(&charge.0)).map(|charge| charge.1).sum()
    }

    /// What goes back for one ticket: the parts of its charge, and from whom.
    pub fn returned(&self, keep_fees: bool) -> (Vec<RecordedCharge>, Vec<(Uuid, i64)>) {
        if !keep_fees {
            return (self.charges.clone(), self.shares.clone());
        }
        let fees = [Component::VenueFee, Component::PlatformFee];
        // A fee that is kept was supplied: its tax is owed, and kept with it.
        let mut kept_tax = (self.fee_shares.iter().map(|share| share.1).sum::<i64>() - self.unit_part(&fees)).max(0);
        let charges = self.charges.iter().filter(|charge| !fees.contains(&charge.0)).filter_map(|charge| {
            let kept = if charge.0 == Component::Tax { kept_tax.min(charge.1) } else { 0 };
            kept_tax -= kept;
            (charge.1 > kept).then_some(RecordedCharge(charge.0, charge.1 - kept, charge.2))
        });
        let charges = charges.collect();
        let kept =
            |account: Uuid| self.fee_shares.iter().filter(|share| share.0 == account).map(|share| share.1).sum::<i64>();
        let shares = self.shares.iter().map(|(account, amount)| (*account, amount - kept(*account)));
        (charges, shares.filter(|share| share.1 != 0).collect())
    }

    /// What one ticket costs with everything, in minor units.
    pub fn unit_total(&self) -> i64 {
        self.charges.iter().map(|charge| charge.1).sum()
    }

    /// The item as it is shown.
    pub fn view(&self) -> OrderItemView {
        OrderItemView {
            ticket_type_id: self.ticket_type_id,
            name: self.name.clone(),
            quantity: self.quantity,
            unit_price_cents: self.unit_part(&[Component::Sale]),
            unit_fees_cents: self.unit_part(&[Component::VenueFee, Component::PlatformFee]),
            unit_tax_cents: self.unit_part(&[Component::Tax]),
            total_cents: self.unit_total().saturating_mul(i64::from(self.quantity)),
        }
    }
}
