//! A payment that is locked until the end of the transaction, with all that is known of it.

use admit_core::fee::Legs;
use admit_core::ledger::AccountKind;
use admit_core::payment::PaymentState;
use admit_core::payment::notice::Dispute;
use admit_core::payment::position::Position;
use admit_core::payment::transition::{DisputeFact, DisputeState, PaymentFacts, RefundFact, RefundState};
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use super::own_wallet;
use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::journal::Fact;
use crate::ledger::ONLY;
use crate::venue::without_nulls;

/// A locked payment.
pub struct Payment {
    /// Its id.
    pub payment_id: Uuid,
    /// The funded wallet, or the buyer's.
    pub wallet_id: Uuid,
    /// The order that it pays.
    pub order_id: Option<Uuid>,
    /// The provider's name.
    pub provider: String,
    /// What is known of it.
    pub facts: PaymentFacts,
    /// Where its money is booked to be.
    pub position: Position,
}

/// The key by which the provider carries a refund out once.
pub fn provider_idempotency_key(refund_id: Uuid) -> String {
    format!("admit-refund-{refund_id}")
}

fn unreadable(what: &str) -> Error {
    Error::new(ErrorCode::Internal, format!("a stored {what} cannot be read"))
}

impl Payment {
    /// The payment of a row with a payment's columns, without its refunds and disputes.
    pub fn of_row(row: &Rows<'_>) -> Result<Self> {
        let facts = PaymentFacts {
            provider_reference: row.optional(5)?,
            charge_reference: row.optional(6)?,
            amount_cents: row.get(7)?,
            currency: row.get::<String>(8)?.parse()?,
            state: PaymentState::from_word(&row.get::<String>(9)?).ok_or_else(|| unreadable("payment's state"))?,
            refunds: Vec::new(),
            refunded_in_all_cents: row.get(11)?,
            disputes: Vec::new(),
        };
        let position =
            Position { refunded_cents: row.get(10)?, taken_back_cents: row.get(12)?, disputed_cents: row.get(13)? };
        Ok(Self {
            payment_id: row.get(1)?,
            wallet_id: row.get(2)?,
            order_id: row.optional(3)?,
            provider: row.get(4)?,
            facts,
            position,
        })
    }

    /// Reads its refunds and disputes. They change under the payment's lock only, and a payment
    /// that did not succeed has none.
    pub fn load(&mut self, database: &mut Database<'_, '_>, call: &Call) -> Result<()> {
        if self.facts.state != PaymentState::Succeeded {
            return Ok(());
        }
        let refunds = database.point(
            include_str!("../../../sql/statements/refund_of_payment.sql"),
            arguments![call.tenant_id, self.payment_id],
        )?;
        self.facts.refunds = refunds.collect(refund_of)?;
        let disputes = database.point(
            include_str!("../../../sql/statements/dispute_of_payment.sql"),
            arguments![call.tenant_id, self.payment_id],
        )?;
        self.facts.disputes = disputes.collect(dispute_of)?;
        Ok(())
    }

    /// Asks the provider for a refund, through the effect where admit calls it itself; the caller moves the money. `retry_of` is the
    /// failed refund that it takes the place of.
    pub fn ask(
        &mut self,
        database: &mut Database<'_, '_>,
        call: &Call,
        refund_id: Uuid,
        amount_cents: i64,
        reason: &str,
        retry_of: Option<Uuid>,
    ) -> Result<()> {
        database.point(
            include_str!("../../../sql/statements/refund_ask.sql"),
            arguments![
                call.tenant_id,
                refund_id,
                self.payment_id,
                retry_of,
                amount_cents,
                RefundState::Pending.as_str(),
                reason,
                provider_idempotency_key(refund_id),
                call.now,
            ],
        )?;
        self.facts.ask(refund_id, amount_cents);
        super::outgoing::create_refund(database, call, self.payment_id, refund_id, amount_cents)
    }

    /// Moves the payment to where its facts say its money is; gives the legs without those of whom
    /// it is taken back from: their sum is by how much `taken_back_cents` rises.
    pub fn move_money(&mut self, database: &mut Database<'_, '_>, call: &Call, taken_back_cents: i64) -> Result<Legs> {
        let after = Position {
            refunded_cents: self.facts.refunded_cents(),
            taken_back_cents,
            disputed_cents: self.facts.disputed_cents(),
        };
        let mut legs = Legs::new();
        for (kind, amount_cents) in self.position.legs_to(&after) {
            legs.push((self.account(database, call, kind)?, amount_cents));
        }
        database.point(
            include_str!("../../../sql/statements/payment_position.sql"),
            arguments![
                call.tenant_id,
                self.payment_id,
                after.refunded_cents,
                self.facts.refunded_in_all_cents,
                after.taken_back_cents,
                after.disputed_cents,
            ],
        )?;
        self.position = after;
        Ok(legs)
    }

    /// The tenant's account of a kind in the payment's currency, made where it is missing.
    fn account(&self, database: &mut Database<'_, '_>, call: &Call, kind: AccountKind) -> Result<Uuid> {
        crate::ledger::ensure(database, call, kind, ONLY, self.facts.currency)
    }

    /// What the provider still has of it, in minor units: what can be refunded.
    pub fn left_cents(&self) -> i64 {
        self.position.left_cents(self.facts.amount_cents)
    }

    /// A fact about the payment; `body` holds no nulls afterwards, and names payment and order.
    pub fn fact(&self, action: &'static str, mut body: serde_json::Value) -> Fact<serde_json::Value> {
        if let Some(fields) = body.as_object_mut() {
            fields.insert("order_id".to_owned(), serde_json::json!(self.order_id));
            fields.insert("payment_id".to_owned(), serde_json::json!(self.payment_id));
        }
        super::fact(action, self.wallet_id, without_nulls(body))
    }
}

fn refund_of(row: &Rows<'_>) -> Result<RefundFact> {
    Ok(RefundFact {
        own_id: Some(row.get(1)?),
        reference: row.optional(2)?,
        amount_cents: row.get(3)?,
        state: RefundState::from_word(&row.get::<String>(4)?).ok_or_else(|| unreadable("refund's state"))?,
    })
}

fn dispute_of(row: &Rows<'_>) -> Result<DisputeFact> {
    let dispute =
        Dispute { reference: row.get(1)?, amount_cents: row.get(2)?, reason: row.optional(4)?, inquiry: row.get(5)? };
    let currency: Option<String> = row.optional(3)?;
    Ok(DisputeFact {
        dispute,
        currency: currency.map(|code| code.parse()).transpose()?,
        state: DisputeState::from_word(&row.get::<String>(6)?).ok_or_else(|| unreadable("dispute's state"))?,
    })
}

/// Locks a payment; `not_found` for one of somebody else's wallet or out of the credential's scope.
pub fn lock(database: &mut Database<'_, '_>, call: &Call, payment_id: Uuid) -> Result<Payment> {
    let mut rows = database
        .point(include_str!("../../../sql/statements/payment_lock.sql"), arguments![call.tenant_id, payment_id])?;
    rows.only("payment")?;
    let mut payment = Payment::of_row(&rows)?;
    if own_wallet(call).is_some_and(|own| own != payment.wallet_id) {
        return Err(Error::not_found("payment"));
    }
    call.require_scope("payment", Some(rows.get(14)?), Some(rows.get(15)?))?;
    payment.load(database, call)?;
    Ok(payment)
}

/// Locks the payment of an order that the caller may touch.
pub fn lock_of_order(database: &mut Database<'_, '_>, call: &Call, payment_id: Uuid) -> Result<Payment> {
    let mut rows = database
        .point(include_str!("../../../sql/statements/payment_lock.sql"), arguments![call.tenant_id, payment_id])?;
    rows.only("payment")?;
    let mut payment = Payment::of_row(&rows)?;
    payment.load(database, call)?;
    Ok(payment)
}
