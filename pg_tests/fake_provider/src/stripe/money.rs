//! Balance transactions: what each movement does to an account's balance.
//!
//! Source: Stripe's API reference "The Balance Transaction object".

use serde_json::{Value, json};

use super::desk::Desk;
use super::parameters::Parameters;
use super::problem::Problem;
use super::store::Kind;

/// Stripe's fee here: 2.9 % and 30 minor units, as on its price list for cards in the US.
const FEE_PER_MILLE: i64 = 29;
const FEE_FIXED_CENTS: i64 = 30;

/// A movement of money.
#[derive(Debug)]
pub(crate) struct Movement<'a> {
    /// Such as `charge`, `refund` or `payout`.
    pub(crate) kind: &'a str,
    /// The group in reports, mostly the same word.
    pub(crate) reporting_category: &'a str,
    /// Signed, in the currency's minor unit.
    pub(crate) amount_cents: i64,
    /// Fees on top, by type.
    pub(crate) fees_cents: Vec<(&'a str, i64)>,
    pub(crate) currency: &'a str,
    /// The object that moved it.
    pub(crate) source: &'a str,
}

/// Stripe's own fee for a charge.
pub(crate) fn processing_fee_cents(amount_cents: i64) -> i64 {
    amount_cents.saturating_mul(FEE_PER_MILLE) / 1000 + FEE_FIXED_CENTS
}

/// Books a movement in the desk's account; gives the balance transaction's id.
pub(crate) fn book(desk: &mut Desk<'_>, movement: &Movement<'_>) -> String {
    let account = desk.account.clone();
    book_for(desk, account, movement)
}

/// Books a movement in another account.
pub(crate) fn book_for(desk: &mut Desk<'_>, account: Option<String>, movement: &Movement<'_>) -> String {
    let fee_cents: i64 = movement.fees_cents.iter().map(|(_, cents)| cents).sum();
    let fee_details: Vec<Value> = movement
        .fees_cents
        .iter()
        .map(|(kind, cents)| {
            json!({"amount": cents, "application": null, "currency": movement.currency, "description": null,
                "type": kind})
        })
        .collect();
    let fields = json!({
        "amount": movement.amount_cents,
        "available_on": desk.now_seconds,
        "balance_type": "payments",
        "created": desk.now_seconds,
        "currency": movement.currency,
        "description": null,
        "exchange_rate": null,
        "fee": fee_cents,
        "fee_details": fee_details,
        "net": movement.amount_cents - fee_cents,
        "reporting_category": movement.reporting_category,
        "source": movement.source,
        "status": "available",
        "type": movement.kind,
    });
    desk.make_for(Kind::BalanceTransaction, account, fields)
}

/// `GET /v1/balance_transactions`
pub(crate) fn list(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    super::list::list(desk, Kind::BalanceTransaction, parameters, &["currency", "source", "type"])
}

/// `GET /v1/balance`: the sum of the balance transactions.
pub(crate) fn balance(desk: &Desk<'_>) -> Value {
    let mut sums = std::collections::BTreeMap::<String, i64>::new();
    for transaction in desk.stripe.store.newest_first(Kind::BalanceTransaction, desk.account.as_deref()) {
        *sums.entry(transaction.text("currency").to_owned()).or_default() += transaction.integer("net");
    }
    let available: Vec<Value> = sums
        .iter()
        .map(|(currency, net)| json!({"amount": net, "currency": currency, "source_types": {"card": net}}))
        .collect();
    json!({"object": "balance", "available": available, "livemode": false, "pending": []})
}
