//! What was asked of providers, as staff reads it: never what was sent, which may name its payer.

use admit_core::Result;
use admit_core::payment::outgoing::{EffectList, EffectPage, EffectView};
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::page::Page;

/// `effect.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: EffectList) -> Result<EffectPage> {
    call.require_whole_tenant("effect")?;
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = select(database, call, None, &page, &request)?;
    let (items, next_cursor) = page.cut(rows.collect(view)?, |item| item.effect_id);
    Ok(EffectPage { items, next_cursor })
}

/// One effect.
pub fn read_one(database: &mut Database<'_, '_>, call: &Call, effect_id: Uuid) -> Result<EffectView> {
    let (all, page) = (EffectList::default(), Page::of(Some(1), None)?);
    let mut rows = select(database, call, Some(effect_id), &page, &all)?;
    rows.only("effect")?;
    view(&rows)
}

fn select<'conn>(
    database: &mut Database<'_, 'conn>,
    call: &Call,
    effect_id: Option<Uuid>,
    page: &Page,
    request: &EffectList,
) -> Result<Rows<'conn>> {
    database.write(
        include_str!("../../../../sql/statements/effect_list.sql"),
        arguments![
            call.tenant_id,
            effect_id,
            page.after,
            request.state.map(|state| state.as_str().to_owned()),
            request.provider.map(|provider| provider.as_str().to_owned()),
            request.kind.map(|kind| kind.as_str().to_owned()),
            request.object_id,
            page.fetch(),
        ],
    )
}

fn view(row: &Rows<'_>) -> Result<EffectView> {
    Ok(EffectView {
        effect_id: row.get(1)?,
        kind: row.get(2)?,
        provider: row.get(3)?,
        live: row.get(4)?,
        state: row.get(5)?,
        payment_id: row.optional(6)?,
        refund_id: row.optional(7)?,
        delivery_id: row.optional(8)?,
        setup_id: row.optional(9)?,
        payment_method_id: row.optional(10)?,
        reconciliation_id: row.optional(11)?,
        onboarding_id: row.optional(12)?,
        attempts: row.get(13)?,
        due_at: row.optional(14)?,
        last_error: row.optional(15)?,
        object_reference: row.optional(16)?,
        created_at: row.get(17)?,
        done_at: row.optional(18)?,
    })
}
