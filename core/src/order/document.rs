//! What receipts and invoices have in common: lines with their seats, taxes by rate, times on the event's clock.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::Offset;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::StoredItem;
use crate::fee::Component;
use crate::inventory::seat::SeatName;
use crate::message::answers;

answers! {
    /// Who sells.
    pub struct DocumentSeller {
        /// The seller's name.
        pub name: String,
        /// The seller's address.
        pub address: Option<String>,
        /// The seller's tax number.
        pub tax_id: Option<String>,
    }

    /// Who buys.
    pub struct DocumentBuyer {
        /// The buyer's wallet.
        pub wallet_id: Uuid,
        /// The name that the invoice was asked for with.
        pub name: Option<String>,
        /// The address that it was asked for with.
        pub address: Option<String>,
        /// The tax number that it was asked for with.
        pub tax_id: Option<String>,
    }

    /// What was bought: times are on the event's clock, with its offset.
    pub struct DocumentEvent {
        /// The event.
        pub event_id: Uuid,
        /// Its name.
        pub name: String,
        /// Where it is.
        pub venue_name: String,
        /// The venue's address.
        pub venue_address: Option<String>,
        /// Its time zone.
        pub time_zone: String,
        /// When it starts, e.g. `2026-07-01T20:00:00+02:00`.
        pub starts_at_local: String,
    }

    /// So many tickets of one type.
    pub struct DocumentLine {
        /// The ticket type.
        pub ticket_type_id: Uuid,
        /// Its name when it was ordered.
        pub name: String,
        /// How many.
        pub quantity: i32,
        /// Price of one, in minor units.
        pub unit_price_cents: i64,
        /// Fees of one, in minor units.
        pub unit_fees_cents: i64,
        /// Taxes of one, in minor units.
        pub unit_tax_cents: i64,
        /// All of them with fees and taxes, in minor units.
        pub total_cents: i64,
        /// Their seats, in the order of the tickets; empty for a type without seats.
        #[serde(default)]
        pub seats: Vec<SeatName>,
    }

    /// The taxes of one rate.
    pub struct DocumentTax {
        /// Percent of the taxable amount; `null` for a fixed amount a ticket.
        pub percentage: Option<String>,
        /// What is taxed: prices with fees, in minor units.
        pub taxable_cents: i64,
        /// The tax, in minor units.
        pub amount_cents: i64,
    }
}

/// An item with the seats of its tickets, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct SeatedItem {
    /// The item.
    pub item: StoredItem,
    /// None for a type without seats.
    pub seats: Vec<SeatName>,
}

impl SeatedItem {
    fn line(&self) -> DocumentLine {
        let view = self.item.view();
        DocumentLine {
            ticket_type_id: view.ticket_type_id,
            name: view.name,
            quantity: view.quantity,
            unit_price_cents: view.unit_price_cents,
            unit_fees_cents: view.unit_fees_cents,
            unit_tax_cents: view.unit_tax_cents,
            total_cents: view.total_cents,
            seats: self.seats.clone(),
        }
    }
}

/// Lines with their sums.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// One line an item.
    pub lines: Vec<DocumentLine>,
    /// Taxes by rate, a fixed one first.
    pub taxes: Vec<DocumentTax>,
    /// Prices alone, in minor units.
    pub subtotal_cents: i64,
    /// Fees, in minor units.
    pub fees_cents: i64,
    /// Taxes, in minor units.
    pub tax_cents: i64,
    /// All of it, in minor units.
    pub total_cents: i64,
}

impl Document {
    /// The document of some items; `percentages` are the tax rates by fee version.
    pub fn of(items: &[SeatedItem], percentages: &BTreeMap<i64, Decimal>) -> Self {
        let lines: Vec<DocumentLine> = items.iter().map(SeatedItem::line).collect();
        let sum = |unit: fn(&DocumentLine) -> i64| lines.iter().map(|line| unit(line) * i64::from(line.quantity)).sum();
        let (subtotal_cents, fees_cents, tax_cents): (i64, i64, i64) =
            (sum(|line| line.unit_price_cents), sum(|line| line.unit_fees_cents), sum(|line| line.unit_tax_cents));
        Self {
            taxes: taxes(items, percentages),
            subtotal_cents,
            fees_cents,
            tax_cents,
            total_cents: subtotal_cents + fees_cents + tax_cents,
            lines,
        }
    }
}

fn taxes(items: &[SeatedItem], percentages: &BTreeMap<i64, Decimal>) -> Vec<DocumentTax> {
    let mut by_rate: BTreeMap<Option<Decimal>, (i64, i64)> = BTreeMap::new();
    for SeatedItem { item, .. } in items {
        let quantity = i64::from(item.quantity);
        let taxable = item.unit_total() - item.unit_part(&[Component::Tax]);
        for charge in item.charges.iter().filter(|charge| charge.0 == Component::Tax) {
            let rate = charge.2.and_then(|version| percentages.get(&version)).filter(|rate| !rate.is_zero());
            let sums = by_rate.entry(rate.map(Decimal::normalize)).or_default();
            sums.0 += taxable * quantity;
            sums.1 += charge.1 * quantity;
        }
    }
    let tax = |(rate, (taxable_cents, amount_cents)): (Option<Decimal>, (i64, i64))| DocumentTax {
        percentage: rate.map(|rate| rate.to_string()),
        taxable_cents,
        amount_cents,
    };
    by_rate.into_iter().map(tax).collect()
}

/// A time on a clock that is so many seconds ahead of UTC, e.g. `2026-07-01T20:00:00+02:00`.
pub fn local_time(at: Timestamp, offset_seconds: i32) -> String {
    let offset = Offset::from_seconds(offset_seconds).unwrap_or(Offset::UTC);
    let whole = Timestamp::from_second(at.as_second()).unwrap_or(at);
    whole.display_with_offset(offset).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::RecordedCharge;

    fn item(quantity: i32, charges: &[(Component, i64, Option<i64>)]) -> SeatedItem {
        let charges = charges.iter().map(|charge| RecordedCharge(charge.0, charge.1, charge.2)).collect();
        let item = StoredItem {
            ticket_type_id: Uuid::nil(),
            name: "Seat".to_owned(),
            quantity,
            charges,
            shares: Vec::new(),
            fee_shares: Vec::new(),
        };
        SeatedItem { item, seats: Vec::new() }
    }

    #[test]
    fn a_line_names_its_seats_and_one_stored_without_any_can_be_read() {
        let seat = |label: &str| SeatName { section: "Stalls".into(), row: "A".into(), label: label.into() };
        let seated = SeatedItem { seats: vec![seat("7"), seat("3")], ..item(2, &[(Component::Sale, 500, None)]) };
        let document = Document::of(&[seated, item(1, &[])], &BTreeMap::new());
        assert_eq!(document.lines.iter().map(|line| line.seats.len()).collect::<Vec<_>>(), [2, 0]);
        assert_eq!(document.lines[0].seats[0].label, "7");
        let mut stored = serde_json::to_value(&document.lines[1]).unwrap_or_default();
        stored.as_object_mut().map(|fields| fields.remove("seats"));
        assert_eq!(serde_json::from_value(stored).ok().as_ref(), document.lines.get(1));
    }

    #[test]
    fn taxes_are_summed_by_rate() {
        let items = [
            item(
                2,
                &[
                    (Component::Sale, 1_000, None),
                    (Component::PlatformFee, 100, Some(1)),
                    (Component::Tax, 209, Some(1)),
                ],
            ),
            item(1, &[(Component::Sale, 500, None), (Component::Tax, 95, Some(2))]),
            item(3, &[(Component::Sale, 100, None), (Component::Tax, 5, Some(3))]),
            item(4, &[]),
        ];
        let rates = [(1, "19.00"), (2, "19"), (3, "0")];
        let rates = rates.map(|(version, rate)| (version, rate.parse().unwrap_or_default())).into_iter().collect();
        let document = Document::of(&items, &rates);
        let tax = |percentage: Option<&str>, taxable_cents, amount_cents| DocumentTax {
            percentage: percentage.map(str::to_owned),
            taxable_cents,
            amount_cents,
        };
        assert_eq!(document.taxes, [tax(None, 300, 15), tax(Some("19"), 2_700, 513)]);
        assert_eq!(document.taxes.iter().map(|tax| tax.amount_cents).sum::<i64>(), document.tax_cents);
        let sums = (document.subtotal_cents, document.fees_cents, document.tax_cents, document.total_cents);
        assert_eq!(sums, (2_800, 200, 528, 3_528));
    }

    #[test]
    fn times_are_on_the_clock_of_the_event() {
        let at = Timestamp::from_millisecond(1_782_928_800_999).unwrap_or_default();
        assert_eq!(local_time(at, 7_200), "2026-07-01T20:00:00+02:00");
        assert_eq!(local_time(at, -12_600), "2026-07-01T14:30:00-03:30");
    }
}
