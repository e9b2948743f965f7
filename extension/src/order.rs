//! Orders: a hold taken over, totals computed, paid by wallet or provider, tickets issued.
//!
//! Lock order: order, wallet, tickets, hold, buckets, quotas.

mod close;
mod create;
pub mod invoice;
mod list;
mod pay;
mod receipt;
mod refund;
pub mod refund_request;
mod reported;
mod settle;
mod store;
mod void;

pub use close::{cancel, end_cancelled, end_expired, expire};
pub use create::create;
pub use list::{get, list, timeline};
pub use pay::{Sale, paid_by_provider, pay};
pub use receipt::receipt;
pub use refund::{refund, refund_cancelled};
pub use reported::money_moved;
pub use settle::ticket_key;
pub use void::return_places;

use admit_core::journal::ActorKind;
use admit_core::money::Currency;
use admit_core::order::{OrderState, StoredItem, Totals};
use admit_core::payment::Provider;
use admit_core::{Error, Result};
use jiff::Timestamp;
use uuid::Uuid;

use crate::call::Call;
use crate::database::Database;
use crate::journal::Fact;
use crate::payment::own_wallet;

/// An order as it is stored.
pub struct Order {
    /// Its id.
    pub order_id: Uuid,
    /// The buyer's wallet.
    pub wallet_id: Uuid,
    /// Its event.
    pub event_id: Uuid,
    /// The hold that it took over.
    pub hold_id: Uuid,
    /// The payment through a provider.
    pub payment_id: Option<Uuid>,
    /// The journal entry of the sale.
    pub receipt_entry_id: Option<Uuid>,
    /// Where it is.
    pub state: OrderState,
    /// What it was paid with.
    pub paid_with: Option<String>,
    /// Its number for people.
    pub order_number: String,
    /// The event's currency.
    pub currency: Currency,
    /// Its sums.
    pub totals: Totals,
    /// What was paid back, in minor units.
    pub refunded_cents: i64,
    /// Fingerprint of the request.
    pub digest: i64,
    /// Until when it must be paid.
    pub expires_at: Timestamp,
    /// When it was placed.
    pub created_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// What was ordered.
    pub items: Vec<StoredItem>,
}

impl Order {
    /// Where it is at `now`: one that was not paid in time counts as expired at once.
    pub fn state_at(&self, now: Timestamp) -> OrderState {
        match self.state {
            OrderState::Created | OrderState::PendingPayment if self.expires_at <= now => OrderState::Expired,
            state => state,
        }
    }

    /// Whether a provider's payment has paid it.
    pub fn by_provider(&self) -> bool {
        self.paid_with.as_deref().and_then(Provider::from_word).is_some()
    }

    /// A fact about the order.
    fn fact(&self, action: &'static str, body: serde_json::Value) -> Fact<serde_json::Value> {
        Fact {
            action,
            event_id: Some(self.event_id),
            gate_id: None,
            wallet_id: Some(self.wallet_id),
            money: None,
            body: crate::venue::without_nulls(body),
        }
    }
}

/// Refuses another wallet's order, and one out of the credential's scope, like an unknown one.
fn require_own(database: &mut Database<'_, '_>, call: &Call, order: &Order) -> Result<()> {
    if own_wallet(call).is_some_and(|own| own != order.wallet_id) {
        return Err(Error::not_found("order"));
    }
    if call.actor.kind == ActorKind::Wallet || call.require_whole_tenant("order").is_ok() {
        return Ok(());
    }
    crate::venue::require_event(database, call, order.event_id).map(|_| ()).map_err(|_| Error::not_found("order"))
}
