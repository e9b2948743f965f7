//! Disputes as they are read.

use admit_core::Result;
use admit_core::payment::{DisputeGet, DisputeList, DisputePage, DisputeView};
use uuid::Uuid;

use super::{own_wallet, require_own};
use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::page::Page;

/// `dispute.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: DisputeGet) -> Result<DisputeView> {
    let own = DisputeList { wallet_id: own_wallet(call), ..DisputeList::default() };
    let mut rows = select(database, call, Some(request.dispute_id), &Page::of(Some(1), None)?, &own)?;
    rows.only("dispute")?;
    view(&rows)
}

/// `dispute.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: DisputeList) -> Result<DisputePage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let request = DisputeList { wallet_id: require_own(call, request.wallet_id)?, ..request };
    let items = select(database, call, None, &page, &request)?.collect(view)?;
    let (items, next_cursor) = page.cut(items, |item| item.dispute_id);
    Ok(DisputePage { items, next_cursor })
}

fn select<'conn>(
    database: &mut Database<'_, 'conn>,
    call: &Call,
    dispute_id: Option<Uuid>,
    page: &Page,
    request: &DisputeList,
) -> Result<Rows<'conn>> {
    database.read(
        include_str!("../../../sql/statements/dispute_list.sql"),
        arguments![
            call.tenant_id,
            dispute_id,
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

fn view(row: &Rows<'_>) -> Result<DisputeView> {
    Ok(DisputeView {
        dispute_id: row.get(1)?,
        payment_id: row.get(2)?,
        order_id: row.optional(3)?,
        wallet_id: row.get(4)?,
        provider: row.get(5)?,
        provider_reference: row.get(6)?,
        amount_cents: row.get(7)?,
        currency: row.optional(8)?,
        reason: row.optional(9)?,
        inquiry: row.get(10)?,
        state: row.get(11)?,
        created_at: row.get(12)?,
        updated_at: row.get(13)?,
    })
}
