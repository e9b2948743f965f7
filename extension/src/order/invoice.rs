//! Invoices and credit notes: issued when they are first asked for, numbered without gaps.

use admit_core::invoice::{
    InvoiceKind, InvoiceList, InvoicePage, InvoiceView, OrderInvoice, OrderInvoiceIssue, SellerConfigure, SellerGet,
    SellerView, prefixes, printed_number,
};
use admit_core::order::document::{DocumentBuyer, SeatedItem};
use admit_core::venue::{optional_text, required_text};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::receipt::{Frame, Returned, bought, document, frame, require_paid, returned};
use super::{Order, require_own, store};
use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::append;
use crate::page::Page;
use crate::payment::own_wallet;

/// `seller.configure`
pub fn configure(database: &mut Database<'_, '_>, call: &Call, request: SellerConfigure) -> Result<SellerView> {
    call.require_whole_tenant("tenant")?;
    let name = required_text("name", &request.name, 200)?;
    let address = required_text("address", &request.address, 500)?;
    let tax_id = optional_text("tax_id", request.tax_id.as_deref(), 60)?;
    let (invoice_prefix, credit_note_prefix) = prefixes(&request)?;
    database.write(
        include_str!("../../../sql/statements/seller_configure.sql"),
        arguments![call.tenant_id, name, address, tax_id, invoice_prefix, credit_note_prefix, call.now],
    )?;
    let body = serde_json::to_value(&request).unwrap_or_default();
    append(database, call, crate::venue::fact("seller.configured", None, None, crate::venue::without_nulls(body)))?;
    seller(database, call, SellerGet {})
}

/// `seller.get`
pub fn seller(database: &mut Database<'_, '_>, call: &Call, _: SellerGet) -> Result<SellerView> {
    let mut rows = database.write(
        "SELECT name, address, tax_id, invoice_prefix, credit_note_prefix, updated_at FROM admit.seller WHERE tenant_id = $1",
        arguments![call.tenant_id],
    )?;
    rows.only("seller")?;
    Ok(SellerView {
        name: rows.get(1)?,
        address: rows.get(2)?,
        tax_id: rows.optional(3)?,
        invoice_prefix: rows.get(4)?,
        credit_note_prefix: rows.get(5)?,
        updated_at: rows.get(6)?,
    })
}

/// `order.invoice`
pub fn issue(database: &mut Database<'_, '_>, call: &Call, request: OrderInvoiceIssue) -> Result<OrderInvoice> {
    let buyer = |wallet_id| -> Result<DocumentBuyer> {
        Ok(DocumentBuyer {
            wallet_id,
            name: optional_text("buyer_name", request.buyer_name.as_deref(), 200)?,
            address: optional_text("buyer_address", request.buyer_address.as_deref(), 500)?,
            tax_id: optional_text("buyer_tax_id", request.buyer_tax_id.as_deref(), 60)?,
        })
    };
    // The order's lock lets one caller at a time look for what is missing.
    let order = store::lock(database, call, request.order_id)?;
    require_own(database, call, &order)?;
    require_paid(&order)?;
    let buyer = buyer(order.wallet_id)?;
    let mut issued = issued(database, call, order.order_id)?;
    let frame = frame(database, call, &order)?;
    let invoice = match issued.iter().position(|known| known.refund_id.is_none()) {
        Some(position) => known_for(issued.swap_remove(position), &buyer)?,
        None => issue_invoice(database, call, &order, &frame, buyer)?,
    };
    let mut credit_notes = Vec::new();
    for returned in returned(database, call, &order)? {
        let same = |known: &InvoiceView| known.refund_id == Some(returned.refund.refund_id);
        credit_notes.push(match issued.iter().position(same) {
            Some(position) => issued.swap_remove(position),
            None => issue_credit_note(database, call, &order, &frame, &invoice, returned)?,
        });
    }
    Ok(OrderInvoice { invoice, credit_notes })
}

/// The invoice that was issued before; a buyer that differs is refused, not ignored.
fn known_for(invoice: InvoiceView, buyer: &DocumentBuyer) -> Result<InvoiceView> {
    let changes = |asked: &Option<String>, known: &Option<String>| asked.is_some() && asked != known;
    if changes(&buyer.name, &invoice.buyer.name)
        || changes(&buyer.address, &invoice.buyer.address)
        || changes(&buyer.tax_id, &invoice.buyer.tax_id)
    {
        return Err(Error::new(
            ErrorCode::Conflict,
            "the invoice is issued for another buyer_name, buyer_address or buyer_tax_id and never changes: leave them out to read it",
        ));
    }
    Ok(invoice)
}

fn issue_invoice(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &Order,
    frame: &Frame,
    buyer: DocumentBuyer,
) -> Result<InvoiceView> {
    let supplied_at_local = frame.paid_at_local.clone();
    let items = bought(database, call, order)?;
    let blank = blank(database, call, order, frame, InvoiceKind::Invoice, &items)?;
    number_and_store(database, call, order, InvoiceView { buyer, supplied_at_local, ..blank })
}

fn issue_credit_note(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &Order,
    frame: &Frame,
    invoice: &InvoiceView,
    returned: Returned,
) -> Result<InvoiceView> {
    let blank = blank(database, call, order, frame, InvoiceKind::CreditNote, &returned.items)?;
    let credit_note = InvoiceView {
        buyer: invoice.buyer.clone(),
        seller: invoice.seller.clone(),
        corrects: Some(invoice.invoice_number.clone()),
        refund_id: Some(returned.refund.refund_id),
        reason: Some(returned.refund.reason),
        supplied_at_local: returned.refund.refunded_at_local,
        ..blank
    };
    number_and_store(database, call, order, credit_note)
}

/// A document without what only one of the kinds has, and without its number: `invoice_number` is the
/// prefix so far.
fn blank(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &Order,
    frame: &Frame,
    kind: InvoiceKind,
    items: &[SeatedItem],
) -> Result<InvoiceView> {
    let Some((invoice_prefix, credit_note_prefix)) = frame.prefixes.clone() else {
        return Err(Error::new(
            ErrorCode::Conflict,
            "an invoice names its seller: an owner sets name and address with seller.configure first",
        ));
    };
    let document = document(database, call, items)?;
    Ok(InvoiceView {
        invoice_id: new_id(call.now)?,
        kind: kind.as_str().to_owned(),
        number: 0,
        invoice_number: if kind == InvoiceKind::Invoice { invoice_prefix } else { credit_note_prefix },
        corrects: None,
        order_id: order.order_id,
        order_number: order.order_number.clone(),
        refund_id: None,
        reason: None,
        seller: frame.seller.clone(),
        buyer: DocumentBuyer { wallet_id: order.wallet_id, name: None, address: None, tax_id: None },
        event: frame.event.clone(),
        lines: document.lines,
        taxes: document.taxes,
        currency: order.currency.to_string(),
        subtotal_cents: document.subtotal_cents,
        fees_cents: document.fees_cents,
        tax_cents: document.tax_cents,
        total_cents: document.total_cents,
        supplied_at_local: String::new(),
        issued_at: call.now,
        issued_at_local: frame.now_local.clone(),
    })
}

fn number_and_store(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &Order,
    mut invoice: InvoiceView,
) -> Result<InvoiceView> {
    let mut rows = database.point(
        include_str!("../../../sql/statements/invoice_number.sql"),
        arguments![call.tenant_id, invoice.kind.as_str()],
    )?;
    rows.only("number")?;
    invoice.number = rows.get(1)?;
    invoice.invoice_number = printed_number(&invoice.invoice_number, invoice.number);
    let content = serde_json::to_value(&invoice)
        .map_err(|_| Error::new(ErrorCode::Internal, "the invoice cannot be written as JSON"))?;
    database.point(
        include_str!("../../../sql/statements/invoice_create.sql"),
        arguments![
            call.tenant_id,
            invoice.invoice_id,
            invoice.kind.as_str(),
            invoice.number,
            order.order_id,
            invoice.refund_id,
            order.event_id,
            order.wallet_id,
            invoice.total_cents,
            content,
            call.now,
        ],
    )?;
    let body = json!({
        "invoice_id": invoice.invoice_id, "invoice_number": invoice.invoice_number, "kind": invoice.kind,
        "order_id": order.order_id, "refund_id": invoice.refund_id,
    });
    append(database, call, order.fact("invoice.issued", body))?;
    Ok(invoice)
}

/// What is issued for an order so far.
fn issued(database: &mut Database<'_, '_>, call: &Call, order_id: Uuid) -> Result<Vec<InvoiceView>> {
    let rows = database.point(
        "SELECT content FROM admit.invoice WHERE tenant_id = $1 AND order_id = $2",
        arguments![call.tenant_id, order_id],
    )?;
    rows.collect(view)
}

/// `invoice.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: InvoiceList) -> Result<InvoicePage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = database.read(
        include_str!("../../../sql/statements/invoice_list.sql"),
        arguments![
            call.tenant_id,
            page.after,
            request.kind.map(|kind| kind.as_str().to_owned()),
            request.order_id,
            request.event_id,
            own_wallet(call),
            call.actor.venue_id,
            call.actor.event_id,
            page.fetch(),
        ],
    )?;
    let (items, next_cursor) = page.cut(rows.collect(view)?, |item| item.invoice_id);
    Ok(InvoicePage { items, next_cursor })
}

fn view(row: &Rows<'_>) -> Result<InvoiceView> {
    serde_json::from_value(row.get(1)?).map_err(|_| Error::new(ErrorCode::Internal, "a stored invoice cannot be read"))
}
