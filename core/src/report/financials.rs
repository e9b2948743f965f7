//! What an event's tickets brought in, and the transactions behind it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};

words! {
    /// What a transaction is.
    pub enum TransactionType {
        /// Tickets were paid.
        TicketSale => "ticket_sale",
        /// Tickets were paid back.
        TicketRefund => "ticket_refund",
        /// A charge for entry, re-entry or exit.
        Admission => "admission",
        /// A sale at a concession.
        Concession => "concession",
        /// A wallet was funded.
        Funding => "funding",
        /// A wallet's funding went back.
        FundingRefund => "funding_refund",
        /// A payer disputed a payment, or the dispute ended.
        Dispute => "dispute",
        /// An account was debited for a payout.
        Payout => "payout",
        /// A payout failed; the account has its money back.
        PayoutFailed => "payout_failed",
        /// Anything else that moved money.
        Other => "other",
    }
}

/// Which journal entries a type of transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransactionEntries {
    /// The type.
    pub transaction_type: TransactionType,
    /// Their actions.
    pub actions: &'static [&'static str],
    /// What was paid for, of scans; any when empty.
    pub scan_actions: &'static [&'static str],
}

/// All types but `other`, which is the rest.
pub const TRANSACTIONS: &[TransactionEntries] = &[
    entries(TransactionType::TicketSale, &["order.paid"], &[]),
    entries(TransactionType::TicketRefund, &["order.refunded"], &[]),
    entries(TransactionType::Admission, &["scan.admitted", "scan.annulled"], &["entry", "reentry", "exit"]),
    entries(
        TransactionType::Concession,
        &["scan.admitted", "scan.annulled"],
        &["concession", "merchandise", "general"],
    ),
    entries(TransactionType::Funding, &["payment.funded"], &[]),
    entries(TransactionType::FundingRefund, &["payment.refunded"], &[]),
    entries(TransactionType::Dispute, &["dispute.opened", "dispute.lost", "dispute.won"], &[]),
    entries(TransactionType::Payout, &["payout.created"], &[]),
    entries(TransactionType::PayoutFailed, &["payout.failed"], &[]),
];

const fn entries(
    transaction_type: TransactionType,
    actions: &'static [&'static str],
    scan_actions: &'static [&'static str],
) -> TransactionEntries {
    TransactionEntries { transaction_type, actions, scan_actions }
}

/// The type of an entry; `scan_action` is what was paid for, of a scan.
pub fn transaction_type(action: &str, scan_action: Option<&str>) -> TransactionType {
    let is = |known: &&TransactionEntries| {
        known.actions.contains(&action)
            && (known.scan_actions.is_empty() || scan_action.is_some_and(|scan| known.scan_actions.contains(&scan)))
    };
    TRANSACTIONS.iter().find(is).map_or(TransactionType::Other, |known| known.transaction_type)
}

requests! {
    /// Reads what an event's tickets brought in.
    pub struct EventFinancialsGet {
        /// The event.
        pub event_id: Uuid,
    }

    /// Lists what moved the money of venues, vendors, promoters, organizers, platform, pool and tax,
    /// newest first; with an account what moved its money.
    pub struct TransactionList {
        /// Only this account's. The journal is looked through from `until` back to `from`, without an index by
        /// account, which every charge would pay for: give both for an account that moves seldom.
        pub account_id: Option<Uuid>,
        /// Only this event's. Payouts are of accounts, not of events.
        pub event_id: Option<Uuid>,
        /// Only these.
        pub transaction_type: Option<TransactionType>,
        /// Only from this time on.
        pub from: Option<Timestamp>,
        /// Only before this time.
        pub until: Option<Timestamp>,
        /// Transactions a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// Sums over tickets, in minor units.
    #[derive(Default)]
    pub struct FinancialSums {
        /// Tickets that were paid, also those that were paid back later.
        pub tickets_sold: i64,
        /// Tickets that were paid back.
        pub tickets_refunded: i64,
        /// What buyers paid, with fees and taxes.
        pub gross_cents: i64,
        /// What went back to them for tickets.
        pub refunded_cents: i64,
        /// Fees of venue and platform, less what went back.
        pub fees_cents: i64,
        /// Taxes, less what went back.
        pub tax_cents: i64,
        /// What is left: gross less refunds, fees and taxes.
        pub net_cents: i64,
    }

    /// One ticket type's sums.
    pub struct TypeFinancials {
        /// The ticket type.
        pub ticket_type_id: Uuid,
        /// Its name.
        pub name: String,
        /// Its sums.
        pub sums: FinancialSums,
    }

    /// One day's sums: sales count on the day of the sale, refunds on the day of the refund.
    pub struct DayFinancials {
        /// The day in the event's time zone, e.g. `2026-07-01`.
        pub day: String,
        /// Its sums.
        pub sums: FinancialSums,
    }

    /// What an event's tickets brought in.
    pub struct FinancialsView {
        /// The event.
        pub event_id: Uuid,
        /// Its name.
        pub name: String,
        /// Its currency.
        pub currency: String,
        /// Its time zone.
        pub time_zone: String,
        /// All tickets.
        pub totals: FinancialSums,
        /// By ticket type.
        pub ticket_types: Vec<TypeFinancials>,
        /// By day, the first first; days without a sale or refund are left out.
        pub days: Vec<DayFinancials>,
        /// What scans at doors and concessions charged, as of the last sealed entry.
        pub scans_charged_cents: i64,
    }

    /// Something that moved money.
    pub struct TransactionView {
        /// The journal entry: receipt.get issues its receipt.
        pub transaction_id: Uuid,
        /// What it is.
        pub transaction_type: String,
        /// When.
        pub recorded_at: Timestamp,
        /// The event.
        pub event_id: Option<Uuid>,
        /// The gate.
        pub gate_id: Option<Uuid>,
        /// The order.
        pub order_id: Option<Uuid>,
        /// The payment through a provider.
        pub payment_id: Option<Uuid>,
        /// The payout.
        pub payout_id: Option<Uuid>,
        /// What the account got, negative for what it gave; without an account what venues, vendors,
        /// promoters, organizers, platform, pool and tax got together. In minor units.
        pub amount_cents: i64,
        /// Its currency.
        pub currency: String,
    }

    /// A page of transactions.
    pub struct TransactionPage {
        /// Newest first.
        pub items: Vec<TransactionView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}

/// What was sold or paid back of one ticket type on one day: unit prices times tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinancialRow {
    /// The day.
    pub day: String,
    /// The ticket type.
    pub ticket_type_id: Uuid,
    /// Its name.
    pub name: String,
    /// Whether it was paid back.
    pub refund: bool,
    /// How many tickets.
    pub tickets: i64,
    /// Their prices, in minor units.
    pub price_cents: i64,
    /// Their fees, in minor units; without those that were kept.
    pub fees_cents: i64,
    /// Their taxes, in minor units.
    pub tax_cents: i64,
}

impl FinancialSums {
    fn add(&mut self, row: &FinancialRow) {
        let all = row.price_cents + row.fees_cents + row.tax_cents;
        let sign = if row.refund {
            self.tickets_refunded += row.tickets;
            self.refunded_cents += all;
            -1
        } else {
            self.tickets_sold += row.tickets;
            self.gross_cents += all;
            1
        };
        self.fees_cents += sign * row.fees_cents;
        self.tax_cents += sign * row.tax_cents;
        self.net_cents += sign * row.price_cents;
    }
}

/// Totals, sums by ticket type and sums by day.
pub fn financials(rows: &[FinancialRow]) -> (FinancialSums, Vec<TypeFinancials>, Vec<DayFinancials>) {
    let mut totals = FinancialSums::default();
    let mut types: BTreeMap<Uuid, (String, FinancialSums)> = BTreeMap::new();
    let mut days: BTreeMap<String, FinancialSums> = BTreeMap::new();
    for row in rows {
        totals.add(row);
        types.entry(row.ticket_type_id).or_insert_with(|| (row.name.clone(), FinancialSums::default())).1.add(row);
        days.entry(row.day.clone()).or_default().add(row);
    }
    let types = types.into_iter();
    let types = types.map(|(ticket_type_id, (name, sums))| TypeFinancials { ticket_type_id, name, sums }).collect();
    let days = days.into_iter().map(|(day, sums)| DayFinancials { day, sums }).collect();
    (totals, types, days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn net_is_what_is_left_of_gross() {
        let row =
            |day: &str, kind: u128, refund, tickets, [price_cents, fees_cents, tax_cents]: [i64; 3]| FinancialRow {
                day: day.to_owned(),
                ticket_type_id: Uuid::from_u128(kind),
                name: format!("Type {kind}"),
                refund,
                tickets,
                price_cents,
                fees_cents,
                tax_cents,
            };
        let rows = [
            row("2026-07-01", 1, false, 3, [3_000, 300, 330]),
            row("2026-07-02", 2, false, 1, [500, 50, 55]),
            row("2026-07-02", 1, true, 1, [1_000, 0, 110]),
        ];
        let (totals, types, days) = financials(&rows);
        assert_eq!((totals.tickets_sold, totals.tickets_refunded), (4, 1));
        assert_eq!((totals.gross_cents, totals.refunded_cents), (4_235, 1_110));
        assert_eq!((totals.fees_cents, totals.tax_cents, totals.net_cents), (350, 275, 2_500));
        let left = totals.gross_cents - totals.refunded_cents - totals.fees_cents - totals.tax_cents;
        assert_eq!(totals.net_cents, left);
        assert_eq!(types.iter().map(|kind| kind.sums.net_cents).collect::<Vec<_>>(), [2_000, 500]);
        assert_eq!(
            days.iter().map(|day| (day.day.as_str(), day.sums.net_cents)).collect::<Vec<_>>(),
            [("2026-07-01", 3_000), ("2026-07-02", -500)]
        );
    }

    #[test]
    fn an_entry_has_one_type() {
        assert_eq!(transaction_type("scan.admitted", Some("exit")), TransactionType::Admission);
        assert_eq!(transaction_type("scan.admitted", Some("general")), TransactionType::Concession);
        assert_eq!(transaction_type("scan.admitted", None), TransactionType::Other);
        assert_eq!(transaction_type("refund.reported", None), TransactionType::Other);
        for known in TRANSACTIONS {
            assert_eq!(transaction_type(known.actions[0], known.scan_actions.first().copied()), known.transaction_type);
        }
    }
}
