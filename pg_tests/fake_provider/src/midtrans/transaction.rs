//! A transaction: its state, how it reads, and the notification that tells of it.

use serde_json::{Value, json};

use super::{Midtrans, Refusal};
use crate::clock::western_indonesian;
use crate::provider::Provider;
use crate::webhook::{Message, Outbox, midtrans_signature};

/// A refund of a transaction.
#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub(crate) number: u64,
    pub(crate) key: String,
    /// In hundredths, as everything here.
    pub(crate) amount_cents: i64,
    pub(crate) reason: Option<String>,
    pub(crate) at_seconds: i64,
}

/// A transaction.
#[derive(Debug, Clone)]
pub(crate) struct Transaction {
    pub(crate) transaction_id: String,
    pub(crate) order_id: String,
    /// The key it was made with; its notifications are signed with it.
    pub(crate) server_key: String,
    pub(crate) gross_cents: i64,
    pub(crate) payment_type: String,
    /// Such as `pending`.
    pub(crate) status: &'static str,
    pub(crate) fraud_status: &'static str,
    pub(crate) at_seconds: i64,
    pub(crate) settled_at_seconds: Option<i64>,
    pub(crate) refunds: Vec<Refund>,
    /// Fields of the payment type, such as `va_numbers`, and the merchant's `custom_field1` to 3.
    pub(crate) further: Value,
}

/// An amount as Midtrans has it: `150000.00`.
pub(crate) fn amount_text(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// A `gross_amount` or `amount`: a number or its text, with at most two decimals; in hundredths.
pub(crate) fn amount_cents(value: &Value) -> Option<i64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || decimals.len() > 2 || !digits(whole) || !digits(decimals) {
        return None;
    }
    format!("{whole}{decimals:0<2}").parse().ok()
}

impl Transaction {
    /// How much was refunded.
    pub(crate) fn refunded_cents(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount_cents).sum()
    }

    /// The code of the transaction's state: 200 done, 201 pending, 202 denied, 407 expired.
    pub(crate) fn status_code(&self) -> &'static str {
        match self.status {
            "pending" => "201",
            "capture" if self.fraud_status == "challenge" => "201",
            "deny" => "202",
            "expire" => "407",
            _ => "200",
        }
    }

    /// The transaction as answers and notifications have it.
    pub(crate) fn view(&self, status_code: &str, status_message: &str) -> Value {
        let mut view = self.further.clone();
        let own = json!({
            "currency": "IDR",
            "fraud_status": self.fraud_status,
            "gross_amount": amount_text(self.gross_cents),
            "merchant_id": "G000000001",
            "order_id": self.order_id,
            "payment_type": self.payment_type,
            "status_code": status_code,
            "status_message": status_message,
            "transaction_id": self.transaction_id,
            "transaction_status": self.status,
            "transaction_time": western_indonesian(self.at_seconds),
        });
        let mut fields = own.as_object().cloned().unwrap_or_default();
        if let Some(at_seconds) = self.settled_at_seconds {
            fields.insert("settlement_time".to_owned(), json!(western_indonesian(at_seconds)));
        }
        if !self.refunds.is_empty() {
            fields.insert("refund_amount".to_owned(), json!(amount_text(self.refunded_cents())));
            let refunds: Vec<Value> = self.refunds.iter().map(Refund::view).collect();
            fields.insert("refunds".to_owned(), json!(refunds));
        }
        if let Value::Object(view) = &mut view {
            view.extend(fields);
        }
        view
    }

    /// The transaction with `signature_key`, as `status` answers and notifications have it.
    pub(crate) fn signed(&self, status_message: &str) -> Value {
        let code = self.status_code();
        let mut view = self.view(code, status_message);
        let gross = amount_text(self.gross_cents);
        view["signature_key"] = json!(midtrans_signature(&self.order_id, code, &gross, &self.server_key));
        view
    }

    /// Sends a notification of the transaction as it is now.
    pub(crate) fn notify(&self, outbox: &mut Outbox) {
        outbox.push(&Message {
            provider: Provider::Midtrans,
            event: self.transaction_id.clone(),
            kind: self.status.to_owned(),
            body: self.signed("midtrans payment notification").to_string(),
        });
    }
}

impl Refund {
    fn view(&self) -> Value {
        json!({
            "refund_chargeback_id": self.number,
            "refund_chargeback_uuid": format!("00000000-0000-4000-9000-{:012}", self.number),
            "refund_amount": amount_text(self.amount_cents),
            "refund_key": self.key,
            "reason": self.reason,
            "refund_method": "midtrans",
            "created_at": western_indonesian(self.at_seconds),
        })
    }
}

impl Midtrans {
    /// The transaction of an order id or transaction id.
    pub(crate) fn find(&mut self, id: &str) -> Result<&mut Transaction, Refusal> {
        let order = self.orders.get(id).cloned().unwrap_or_else(|| id.to_owned());
        self.transactions.get_mut(&order).ok_or_else(|| Refusal::new("404", "Transaction doesn't exist."))
    }

    /// Adds a transaction; gives its order id.
    pub(crate) fn add(&mut self, mut transaction: Transaction) -> String {
        let number = self.transactions.len() + 1;
        transaction.transaction_id = format!("00000000-0000-4000-8000-{number:012}");
        let order_id = transaction.order_id.clone();
        self.orders.insert(transaction.transaction_id.clone(), order_id.clone());
        self.transactions.insert(order_id.clone(), transaction);
        order_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_with_two_decimals() {
        for (value, cents) in [
            (json!(150_000), Some(15_000_000)),
            (json!("150000.00"), Some(15_000_000)),
            (json!(1.5), Some(150)),
            (json!("1.005"), None),
            (json!("-1"), None),
            (json!(""), None),
            (json!(null), None),
        ] {
            assert_eq!(amount_cents(&value), cents, "{value}");
        }
        assert_eq!(amount_text(15_000_000), "150000.00");
        assert_eq!(amount_text(105), "1.05");
    }
}
