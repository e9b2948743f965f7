//! The receipt of an order as data, for people and printers.

use jiff::Timestamp;
use uuid::Uuid;

use super::document::{DocumentEvent, DocumentLine, DocumentSeller, DocumentTax};
use crate::message::{answers, requests};

requests! {
    /// Reads the receipt of a paid order.
    pub struct OrderReceiptGet {
        /// The order.
        pub order_id: Uuid,
    }
}

answers! {
    /// How an order was paid.
    pub struct ReceiptPayment {
        /// wallet, nothing or the provider.
        pub paid_with: String,
        /// The payment through a provider.
        pub payment_id: Option<Uuid>,
        /// The provider's own number of it.
        pub provider_reference: Option<String>,
        /// How much, in minor units.
        pub amount_cents: i64,
        /// When.
        pub paid_at: Timestamp,
        /// The same on the event's clock.
        pub paid_at_local: String,
    }

    /// What went back.
    pub struct ReceiptRefund {
        /// The refund.
        pub refund_id: Uuid,
        /// How much, in minor units.
        pub amount_cents: i64,
        /// Why.
        pub reason: String,
        /// The tickets that were paid back.
        pub ticket_ids: Vec<Uuid>,
        /// Whether fees were kept.
        pub fees_kept: bool,
        /// When.
        pub refunded_at: Timestamp,
        /// The same on the event's clock.
        pub refunded_at_local: String,
    }

    /// The receipt of an order.
    pub struct OrderReceipt {
        /// The order.
        pub order_id: Uuid,
        /// Its number for people.
        pub order_number: String,
        /// Where it is.
        pub state: String,
        /// Who sells.
        pub seller: DocumentSeller,
        /// The buyer's wallet.
        pub wallet_id: Uuid,
        /// The event.
        pub event: DocumentEvent,
        /// What was bought.
        pub lines: Vec<DocumentLine>,
        /// Taxes by rate.
        pub taxes: Vec<DocumentTax>,
        /// Its currency.
        pub currency: String,
        /// Prices alone, in minor units.
        pub subtotal_cents: i64,
        /// Fees, in minor units.
        pub fees_cents: i64,
        /// Taxes, in minor units.
        pub tax_cents: i64,
        /// What was paid, in minor units.
        pub total_cents: i64,
        /// What went back, in minor units.
        pub refunded_cents: i64,
        /// What is left of it, in minor units.
        pub balance_cents: i64,
        /// How it was paid.
        pub payments: Vec<ReceiptPayment>,
        /// What went back, oldest first.
        pub refunds: Vec<ReceiptRefund>,
        /// When it was placed, on the event's clock.
        pub ordered_at_local: String,
        /// The journal entry of the sale: receipt.get gives it signed.
        pub receipt_entry_id: Option<Uuid>,
    }
}
