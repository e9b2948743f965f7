//! What callers ask of orders and what they are told.

use jiff::Timestamp;
use uuid::Uuid;

use crate::inventory::HoldLine;
use crate::message::{answers, requests, words};
use crate::payment::outgoing::Checkout;

words! {
    /// Where an order is.
    pub enum OrderState {
        /// Placed; no payment has begun.
        Created => "created",
        /// A payment has begun.
        PendingPayment => "pending_payment",
        /// Paid; its tickets are issued.
        Paid => "paid",
        /// Some of its tickets were paid back.
        PartiallyRefunded => "partially_refunded",
        /// All of it was paid back.
        Refunded => "refunded",
        /// Given up before it was paid.
        Cancelled => "cancelled",
        /// Not paid in time.
        Expired => "expired",
    }

    /// What an order is paid with.
    pub enum PayWith {
        /// The buyer's wallet, at once.
        Wallet => "wallet",
        /// Nothing: a free order.
        Nothing => "nothing",
        /// Stripe.
        Stripe => "stripe",
        /// Midtrans.
        Midtrans => "midtrans",
        /// Xendit.
        Xendit => "xendit",
    }
}

requests! {
    /// Places an order for a hold, or holds and orders in one call; with `pay_with` it is paid in
    /// the same call. The same order_id gives the same order.
    pub struct OrderCreate {
        /// A new UUID that makes it safe to try again; the Idempotency-Key header when absent.
        pub order_id: Option<Uuid>,
        /// The hold that it takes over; or give the lines.
        pub hold_id: Option<Uuid>,
        /// What is bought, all of one event; or give the hold.
        pub lines: Option<Vec<HoldLine>>,
        /// The buyer's wallet; only for callers that are no wallet themselves.
        pub wallet_id: Option<Uuid>,
        /// How it is paid: wallet and nothing at once, a provider when its webhook reports the
        /// money; later by order.pay when absent.
        pub pay_with: Option<PayWith>,
        /// Where the payer pays; intent when absent. hosted needs a provider with an api_key.
        pub checkout: Option<Checkout>,
        /// Where the payer goes after paying on the provider's page.
        pub success_url: Option<String>,
        /// Where the payer goes after giving up on the provider's page.
        pub cancel_url: Option<String>,
        /// The buyer's own saved method that it is paid with; Stripe only, with an api_key. success_url
        /// is where the payer comes back to where the method needs a page of its own.
        pub payment_method_id: Option<Uuid>,
    }

    /// Pays an order from the wallet, or begins a payment through a provider.
    pub struct OrderPay {
        /// The order.
        pub order_id: Uuid,
        /// How.
        pub pay_with: PayWith,
        /// Where the payer pays; intent when absent. hosted needs a provider with an api_key.
        pub checkout: Option<Checkout>,
        /// Where the payer goes after paying on the provider's page.
        pub success_url: Option<String>,
        /// Where the payer goes after giving up on the provider's page.
        pub cancel_url: Option<String>,
        /// The buyer's own saved method that it is paid with; Stripe only, with an api_key. success_url
        /// is where the payer comes back to where the method needs a page of its own.
        pub payment_method_id: Option<Uuid>,
    }

    /// Gives up an order that is not paid; its places are free at once.
    pub struct OrderCancel {
        /// The order.
        pub order_id: Uuid,
        /// Why; recorded. At most 500 characters.
        pub reason: Option<String>,
    }

    /// Pays tickets back and takes them out of use.
    pub struct OrderRefund {
        /// The order.
        pub order_id: Uuid,
        /// These tickets; all that are left when absent.
        pub ticket_ids: Option<Vec<Uuid>>,
        /// Why; recorded. 1 to 500 characters.
        pub reason: String,
    }

    /// Reads an order with its tickets.
    pub struct OrderGet {
        /// The order.
        pub order_id: Uuid,
    }

    /// Lists orders, newest first: a wallet's own, or for staff those of a wallet or event.
    #[derive(Default)]
    pub struct OrderList {
        /// Only this wallet's; a wallet always sees its own.
        pub wallet_id: Option<Uuid>,
        /// Only for this event.
        pub event_id: Option<Uuid>,
        /// Only these.
        pub state: Option<OrderState>,
        /// Only the one with this number.
        pub order_number: Option<String>,
        /// Orders a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Lists what happened to an order, oldest first.
    pub struct OrderTimeline {
        /// The order.
        pub order_id: Uuid,
    }
}

answers! {
    /// One type of ticket in an order.
    pub struct OrderItemView {
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
    }

    /// A ticket of an order.
    pub struct OrderTicket {
        /// The ticket.
        pub ticket_id: Uuid,
        /// Its place among the order's tickets, from 1.
        pub unit: i32,
        /// Its type.
        pub ticket_type_id: Uuid,
        /// Where it is.
        pub state: String,
    }

    /// An order.
    pub struct OrderView {
        /// Its id.
        pub order_id: Uuid,
        /// Its number for people.
        pub order_number: String,
        /// Its event.
        pub event_id: Uuid,
        /// The buyer's wallet.
        pub wallet_id: Uuid,
        /// The hold that it took over.
        pub hold_id: Uuid,
        /// Where it is.
        pub state: String,
        /// What was ordered.
        pub items: Vec<OrderItemView>,
        /// The event's currency.
        pub currency: String,
        /// Prices alone, in minor units.
        pub subtotal_cents: i64,
        /// Fees, in minor units.
        pub fees_cents: i64,
        /// Taxes, in minor units.
        pub tax_cents: i64,
        /// What the buyer pays, in minor units.
        pub total_cents: i64,
        /// What was paid back, in minor units.
        pub refunded_cents: i64,
        /// What it was paid with.
        pub paid_with: Option<String>,
        /// The payment through a provider.
        pub payment_id: Option<Uuid>,
        /// The journal entry of the sale: receipt.get issues its receipt.
        pub receipt_entry_id: Option<Uuid>,
        /// Until when it must be paid.
        pub expires_at: Timestamp,
        /// When it was placed.
        pub created_at: Timestamp,
        /// When it was paid.
        pub paid_at: Option<Timestamp>,
        /// Its tickets; `null` in lists.
        pub tickets: Option<Vec<OrderTicket>>,
    }

    /// A page of orders.
    pub struct OrderPage {
        /// Newest first.
        pub items: Vec<OrderView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }

    /// A carried out refund of tickets.
    pub struct OrderRefunded {
        /// The refund.
        pub refund_id: Uuid,
        /// The order.
        pub order_id: Uuid,
        /// The order's state afterwards.
        pub state: String,
        /// The tickets that were paid back.
        pub ticket_ids: Vec<Uuid>,
        /// How much goes back to the buyer, in minor units.
        pub amount_cents: i64,
        /// The order's currency.
        pub currency: String,
    }

    /// Something that happened to an order.
    pub struct OrderEvent {
        /// The journal entry.
        pub entry_id: Uuid,
        /// What happened, e.g. `order.paid`.
        pub action: String,
        /// When.
        pub recorded_at: Timestamp,
        /// Who: api_key, wallet, provider, sql or system.
        pub actor_kind: String,
        /// Details.
        pub detail: serde_json::Value,
    }

    /// An order's history.
    pub struct OrderHistory {
        /// Oldest first.
        pub items: Vec<OrderEvent>,
    }
}
