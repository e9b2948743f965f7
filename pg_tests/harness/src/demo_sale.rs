//! The demo's on-sale: more buyers than places, all at once, each paying through the provider.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::checks::Failure;
use crate::demo_provider::{Provider, until};
use crate::hall::text_of;
use crate::web::Web;

/// Places on sale.
pub const PLACES: usize = 60;
/// Buyers, each of whom wants one.
pub const BUYERS: usize = 90;
/// Buyers at the same moment.
const AT_ONCE: usize = 9;

/// What came of the on-sale.
pub struct Sold {
    /// Buyers with a ticket.
    pub bought: usize,
    /// Buyers who heard that it is sold out.
    pub too_late: usize,
    /// A buyer's wallet and ticket code.
    pub ticket: Option<(String, String)>,
    /// The event's live figures of its only type.
    pub figures: Value,
}

/// Puts tickets on sale at an event and lets everybody buy.
pub fn run(web: &Web, provider: &Provider, owner: &str, event: &str, venue: &str) -> Result<Sold, Failure> {
    let sale = json!({"name": "Standing", "price_cents": 2000, "total": PLACES});
    let sale = web.must("POST", &format!("/v1/events/{event}/ticket-types"), owner, &sale)?;
    let counters = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let mut threads = Vec::new();
    for _ in 0..AT_ONCE {
        let (web, provider, counters) = (web.clone(), provider.clone(), Arc::clone(&counters));
        let (event, venue, sale) = (event.to_owned(), venue.to_owned(), sale["ticket_type_id"].clone());
        threads.push(thread::spawn(move || -> Result<Option<String>, Failure> {
            let mut holder = None;
            for _ in 0..BUYERS / AT_ONCE {
                let bought = buy(&web, &provider, &event, &venue, &sale)?;
                counters[usize::from(bought.is_none())].fetch_add(1, Ordering::Relaxed);
                holder = holder.or(bought);
            }
            Ok(holder)
        }));
    }
    let mut holder = None;
    for thread in threads {
        holder = holder.or(thread.join().map_err(|_| "a buyer panicked")??);
    }
    let ticket = match holder {
        Some(wallet) => {
            let tickets = web.must("GET", "/v1/tickets", &wallet, &Value::Null)?;
            tickets["items"][0]["code"].as_str().map(|code| (wallet, code.to_owned()))
        }
        None => None,
    };
    let live = web.must("GET", &format!("/v1/events/{event}/live"), owner, &Value::Null)?;
    Ok(Sold {
        bought: counters[0].load(Ordering::Relaxed),
        too_late: counters[1].load(Ordering::Relaxed),
        ticket,
        figures: live["ticket_types"][0].clone(),
    })
}

/// One buyer: an order, a card at the provider, whose webhook brings the ticket; none when it is sold out.
fn buy(web: &Web, provider: &Provider, event: &str, venue: &str, sale: &Value) -> Result<Option<String>, Failure> {
    let opened = web.must("POST", &format!("/wallet/{event}/{venue}"), "", &Value::Null)?;
    let wallet = opened["session_token"].as_str().unwrap_or_default().to_owned();
    let order = json!({"lines": [{"ticket_type_id": sale, "quantity": 1}], "pay_with": "stripe"});
    let order = web.call("POST", "/v1/orders", &wallet, &order)?;
    if order.json["code"] == "sold_out" {
        return Ok(None);
    }
    provider.pay(web, &wallet, &text_of(&order.json, "payment_id"))?;
    let path = format!("/v1/orders/{}", text_of(&order.json, "order_id"));
    let paid = until("the paid order", || {
        let order = web.must("GET", &path, &wallet, &Value::Null)?;
        Ok((order["state"] == "paid").then_some(order))
    })?;
    match paid["tickets"].as_array().map_or(0, Vec::len) {
        1 => Ok(Some(wallet)),
        tickets => Err(format!("a paid order has {tickets} tickets").into()),
    }
}
