//! Invoices and credit notes as data: numbered without gaps, never changed.

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};
use crate::order::document::{DocumentBuyer, DocumentEvent, DocumentLine, DocumentSeller, DocumentTax};
use crate::{Error, Result};

words! {
    /// Which of the two.
    pub enum InvoiceKind {
        /// For a paid order.
        Invoice => "invoice",
        /// For a refund of it.
        CreditNote => "credit_note",
    }
}

requests! {
    /// Sets what invoices say of the seller. Those that are issued stay as they are.
    pub struct SellerConfigure {
        /// The seller's name. 1 to 200 characters.
        pub name: String,
        /// The seller's address. 1 to 500 characters.
        pub address: String,
        /// The seller's tax number. At most 60 characters.
        pub tax_id: Option<String>,
        /// What stands before an invoice's number; `INV-` when absent.
        pub invoice_prefix: Option<String>,
        /// What stands before a credit note's number; `CN-` when absent.
        pub credit_note_prefix: Option<String>,
    }

    /// Reads what invoices say of the seller.
    pub struct SellerGet {}

    /// Issues the invoice of a paid order, and a credit note for each of its refunds, where they are
    /// missing, and reads them. Asking again changes nothing.
    pub struct OrderInvoiceIssue {
        /// The order.
        pub order_id: Uuid,
        /// The buyer's name. At most 200 characters.
        pub buyer_name: Option<String>,
        /// The buyer's address. At most 500 characters.
        pub buyer_address: Option<String>,
        /// The buyer's tax number. At most 60 characters.
        pub buyer_tax_id: Option<String>,
    }

    /// Lists invoices and credit notes, newest first: a wallet's own, or for staff all.
    pub struct InvoiceList {
        /// Only these.
        pub kind: Option<InvoiceKind>,
        /// Only for this order.
        pub order_id: Option<Uuid>,
        /// Only for this event.
        pub event_id: Option<Uuid>,
        /// Documents a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// What invoices say of the seller.
    pub struct SellerView {
        /// The seller's name.
        pub name: String,
        /// The seller's address.
        pub address: String,
        /// The seller's tax number.
        pub tax_id: Option<String>,
        /// What stands before an invoice's number.
        pub invoice_prefix: String,
        /// What stands before a credit note's number.
        pub credit_note_prefix: String,
        /// When it was set.
        pub updated_at: Timestamp,
    }

    /// An invoice or a credit note. It never changes.
    pub struct InvoiceView {
        /// Its id.
        pub invoice_id: Uuid,
        /// invoice or credit_note.
        pub kind: String,
        /// Its place in the tenant's series of its kind, from 1 without gaps.
        pub number: i64,
        /// The number as it is printed.
        pub invoice_number: String,
        /// The printed number of the invoice that a credit note corrects.
        pub corrects: Option<String>,
        /// The order.
        pub order_id: Uuid,
        /// Its number for people.
        pub order_number: String,
        /// The refund of a credit note.
        pub refund_id: Option<Uuid>,
        /// Why, of a credit note.
        pub reason: Option<String>,
        /// Who sells.
        pub seller: DocumentSeller,
        /// Who buys.
        pub buyer: DocumentBuyer,
        /// The event.
        pub event: DocumentEvent,
        /// What was bought, or paid back.
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
        /// All of it, in minor units.
        pub total_cents: i64,
        /// When it was paid, or paid back, on the event's clock.
        pub supplied_at_local: String,
        /// When it was issued.
        pub issued_at: Timestamp,
        /// The same on the event's clock.
        pub issued_at_local: String,
    }

    /// The invoice of an order and its credit notes.
    pub struct OrderInvoice {
        /// The invoice.
        pub invoice: InvoiceView,
        /// A credit note for each refund, oldest first.
        pub credit_notes: Vec<InvoiceView>,
    }

    /// A page of invoices and credit notes.
    pub struct InvoicePage {
        /// Newest first.
        pub items: Vec<InvoiceView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}

/// The prefixes of both series.
///
/// # Errors
/// `invalid_request` when they are the same, too long, or have other characters than are printed.
pub fn prefixes(request: &SellerConfigure) -> Result<(String, String)> {
    let checked = |field: &str, given: &Option<String>, default: &str| {
        let prefix = given.clone().unwrap_or_else(|| default.to_owned());
        let printed = |character: char| character.is_ascii_alphanumeric() || "-/.".contains(character);
        if prefix.len() > 20 || !prefix.chars().all(printed) {
            return Err(Error::invalid(format!(
                "{field} must have at most 20 letters, digits, dashes, slashes and dots"
            )));
        }
        Ok(prefix)
    };
    let invoice = checked("invoice_prefix", &request.invoice_prefix, "INV-")?;
    let credit_note = checked("credit_note_prefix", &request.credit_note_prefix, "CN-")?;
    if invoice == credit_note {
        return Err(Error::invalid("credit_note_prefix must differ from invoice_prefix"));
    }
    Ok((invoice, credit_note))
}

/// The number as it is printed: at least six digits.
pub fn printed_number(prefix: &str, number: i64) -> String {
    format!("{prefix}{number:06}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_can_be_told_apart() {
        let ask = |invoice: Option<&str>, credit_note: Option<&str>| {
            prefixes(&SellerConfigure {
                name: String::new(),
                address: String::new(),
                tax_id: None,
                invoice_prefix: invoice.map(str::to_owned),
                credit_note_prefix: credit_note.map(str::to_owned),
            })
        };
        assert_eq!(ask(None, None), Ok(("INV-".to_owned(), "CN-".to_owned())));
        assert!(ask(Some("CN-"), None).is_err());
        assert!(ask(Some("R 1"), None).is_err());
        assert!(ask(Some(&"R".repeat(21)), None).is_err());
        assert_eq!(printed_number("INV-", 42), "INV-000042");
        assert_eq!(printed_number("", 1_234_567), "1234567");
    }
}
