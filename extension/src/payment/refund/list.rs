//! Refunds as they are read.

use admit_core::Result;
use admit_core::payment::{RefundGet, RefundList, RefundPage, RefundView};
use uuid::Uuid;

use super::super::{own_wallet, require_own};
use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::page::Page;

/// `refund.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: RefundGet) -> Result<RefundView> {
    let own = RefundList { wallet_id: own_wallet(call), ..RefundList::default() };
    let mut rows = select(database, call, Some(request.refund_id), &Page::of(Some(1), None)?, &own)?;
    rows.only("refund")?;
    view(&rows)
}

/// `refund.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: RefundList) -> Result<RefundPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let request = RefundList { wallet_id: require_own(call, request.wallet_id)?, ..request };
    let items = select(database, call, None, &page, &request)?.collect(view)?;
    let (items, next_cursor) = page.cut(items, |item| item.refund_id);
    Ok(RefundPage { items, next_cursor })
}

fn select<'conn>(
    database: &mut Database<'_, 'conn>,
    call: &Call,
    refund_id: Option<Uuid>,
    page: &Page,
    request: &RefundList,
) -> Result<Rows<'conn>> {
    database.read(
        include_str!("../../../../sql/statements/refund_list.sql"),
        arguments![
            call.tenant_id,
            refund_id,
            page.after,
            request.payment_id,
            request.order_id,
            request.wallet_id,
            request.state.map(|state| state.as_str().to_owned()),
            call.actor.venue_id,
            call.actor.event_id,
            page.fetch(),
        ],
    )
}

fn view(row: &Rows<'_>) -> Result<RefundView> {
    Ok(RefundView {
        refund_id: row.get(1)?,
        payment_id: row.get(2)?,
        order_id: row.optional(3)?,
        wallet_id: row.get(4)?,
        provider: row.get(5)?,
        provider_reference: row.optional(6)?,
        amount_cents: row.get(7)?,
        currency: row.get(8)?,
        state: row.get(9)?,
        reason: row.optional(10)?,
        provider_idempotency_key: row.optional(11)?,
        retry_of: row.optional(12)?,
        created_at: row.get(13)?,
        updated_at: row.get(14)?,
    })
}
