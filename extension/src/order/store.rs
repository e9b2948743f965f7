//! Order rows: written, locked and read.

use admit_core::inventory::HoldState;
use admit_core::order::{OrderState, Totals};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::Order;
use crate::call::{Call, random};
use crate::database::{Argument, Database, Rows, arguments};
use crate::inventory::hold::Hold;
use crate::journal;
use crate::payment::Announced;

/// Tries to find an unused order number at most.
const NUMBER_TRIES: usize = 8;

/// Stores a new order that is not paid yet, under a number that no other has: in one statement with its
/// entry in the journal, the payment that is to come, and the hold that it takes over.
pub fn place(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &mut Order,
    announced: Option<&Announced>,
) -> Result<()> {
    for _ in 0..NUMBER_TRIES {
        order.order_number = admit_core::order::order_number(random()?);
        let body = json!({
            "items": super::settle::recorded_items(order), "order_id": order.order_id,
            "order_number": order.order_number, "payment_id": order.payment_id, "total_cents": order.totals.total_cents,
        });
        let (_, mut arguments) = journal::prepare(call, order.fact("order.created", body))?;
        arguments.extend([
            order.order_id.datum(),
            order.hold_id.datum(),
            order.payment_id.datum(),
            order.state.as_str().datum(),
            order.order_number.as_str().datum(),
            order.currency.as_str().datum(),
            order.totals.subtotal_cents.datum(),
            order.totals.fees_cents.datum(),
            order.totals.tax_cents.datum(),
            order.totals.total_cents.datum(),
            order.digest.datum(),
            order.expires_at.datum(),
            json!(order.items).datum(),
            HoldState::Ordered.as_str().datum(),
        ]);
        arguments.extend(Announced::arguments(announced));
        if database.point(include_str!("../../../sql/statements/order_place.sql"), &arguments)?.len() == 1 {
            return Ok(());
        }
    }
    Err(no_number())
}

fn no_number() -> Error {
    Error::new(ErrorCode::LimitExceeded, "no unused order number was found: try again")
}

/// Stores a new order that is about to be settled, under a number that no other has.
pub fn insert(database: &mut Database<'_, '_>, tenant_id: i32, order: &mut Order) -> Result<()> {
    for _ in 0..NUMBER_TRIES {
        order.order_number = admit_core::order::order_number(random()?);
        let stored = database.point(
            include_str!("../../../sql/statements/order_create.sql"),
            arguments![
                tenant_id,
                order.order_id,
                order.wallet_id,
                order.event_id,
                order.hold_id,
                order.payment_id,
                order.state.as_str(),
                order.order_number.as_str(),
                order.currency.as_str(),
                order.totals.subtotal_cents,
                order.totals.fees_cents,
                order.totals.tax_cents,
                order.totals.total_cents,
                order.digest,
                order.expires_at,
                order.created_at,
                json!(order.items),
            ],
        )?;
        if stored.len() == 1 {
            return Ok(());
        }
    }
    Err(no_number())
}

/// Writes what changes in the life of a locked order.
pub fn update(database: &mut Database<'_, '_>, tenant_id: i32, order: &Order) -> Result<()> {
    database.point(
        include_str!("../../../sql/statements/order_update.sql"),
        arguments![
            tenant_id,
            order.order_id,
            order.state.as_str(),
            order.paid_with.clone(),
            order.payment_id,
            order.receipt_entry_id,
            order.refunded_cents,
            order.paid_at,
        ],
    )?;
    Ok(())
}

/// Locks an order.
pub fn lock(database: &mut Database<'_, '_>, call: &Call, order_id: Uuid) -> Result<Order> {
    let mut rows =
        database.point(include_str!("../../../sql/statements/order_lock.sql"), arguments![call.tenant_id, order_id])?;
    rows.only("order")?;
    order_of(&rows)
}

/// Locks an order, then its hold, for the sale; gives the revision of the tenant's configuration, too.
pub fn lock_for_sale(database: &mut Database<'_, '_>, call: &Call, order_id: Uuid) -> Result<(Order, Hold, Uuid)> {
    let mut rows = database
        .point(include_str!("../../../sql/statements/order_lock_sale.sql"), arguments![call.tenant_id, order_id])?;
    rows.only("order")?;
    let order = order_of(&rows)?;
    let hold = Hold::of(&rows, order.hold_id, ORDER_COLUMNS)?;
    Ok((order, hold, rows.get(ORDER_COLUMNS + 15)?))
}

/// How many columns an order has in the statements that read one.
const ORDER_COLUMNS: usize = 20;

/// The order of a row with an order's columns.
pub fn order_of(row: &Rows<'_>) -> Result<Order> {
    let unreadable = |what: &str| Error::new(ErrorCode::Internal, format!("a stored order's {what} cannot be read"));
    Ok(Order {
        order_id: row.get(1)?,
        wallet_id: row.get(2)?,
        event_id: row.get(3)?,
        hold_id: row.get(4)?,
        payment_id: row.optional(5)?,
        receipt_entry_id: row.optional(6)?,
        state: OrderState::from_word(&row.get::<String>(7)?).ok_or_else(|| unreadable("state"))?,
        paid_with: row.optional(8)?,
        order_number: row.get(9)?,
        currency: row.get::<String>(10)?.parse()?,
        totals: Totals {
            subtotal_cents: row.get(11)?,
            fees_cents: row.get(12)?,
            tax_cents: row.get(13)?,
            total_cents: row.get(14)?,
        },
        refunded_cents: row.get(15)?,
        digest: row.get(16)?,
        expires_at: row.get(17)?,
        created_at: row.get(18)?,
        paid_at: row.optional(19)?,
        items: serde_json::from_value(row.get(20)?).map_err(|_| unreadable("items"))?,
    })
}
