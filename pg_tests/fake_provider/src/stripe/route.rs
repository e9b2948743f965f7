//! Which path does what.

use serde_json::Value;

use super::desk::Desk;
use super::parameters::Parameters;
use super::problem::Problem;
use super::store::Kind;
use super::{
    account, charge, customer, dispute, event, intent, line_item, money, payment_method, payout, refund, session,
    setup_intent, transfer,
};
use crate::request::Request;

/// Carries a request out.
pub(crate) fn route(desk: &mut Desk<'_>, request: &Request, parameters: &Parameters) -> Result<Value, Problem> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().skip(1).map(String::as_str).collect();
    let found = match request.method.as_str() {
        "GET" => get(desk, &segments, parameters),
        "POST" => post(desk, &segments, parameters),
        "DELETE" => delete(desk, &segments),
        _ => None,
    };
    found.unwrap_or_else(|| Err(Problem::no_such_path(&request.method, &request.path)))
}

fn get(desk: &Desk<'_>, segments: &[&str], parameters: &Parameters) -> Option<Result<Value, Problem>> {
    Some(match segments {
        ["account"] => Ok(account::own(desk)),
        ["accounts"] => account::list_all(desk, parameters),
        ["accounts", id] => account::retrieve(desk, id),
        ["balance"] => Ok(money::balance(desk)),
        ["balance_transactions"] => money::list(desk, parameters),
        ["balance_transactions", id] => retrieve(desk, Kind::BalanceTransaction, id),
        ["charges"] => charge::list_all(desk, parameters),
        ["charges", id] => retrieve(desk, Kind::Charge, id),
        ["checkout", "sessions"] => session::list_all(desk, parameters),
        ["checkout", "sessions", id] => retrieve(desk, Kind::Session, id),
        ["checkout", "sessions", id, "line_items"] => line_item::list(desk, id, parameters),
        ["customers"] => customer::list_all(desk, parameters),
        ["customers", id] => customer::retrieve(desk, id),
        ["customers", id, "payment_methods"] => customer::payment_methods(desk, id, parameters),
        ["disputes"] => dispute::list_all(desk, parameters),
        ["disputes", id] => retrieve(desk, Kind::Dispute, id),
        ["events"] => event::list_all(desk, parameters),
        ["events", id] => retrieve(desk, Kind::Event, id),
        ["payment_intents"] => intent::list_all(desk, parameters),
        ["payment_intents", id] => retrieve(desk, Kind::PaymentIntent, id),
        ["payment_methods"] => payment_method::list_all(desk, parameters),
        ["payment_methods", id] => retrieve(desk, Kind::PaymentMethod, id),
        ["payouts"] => payout::list_all(desk, parameters),
        ["payouts", id] => retrieve(desk, Kind::Payout, id),
        ["refunds"] => refund::list_all(desk, parameters),
        ["refunds", id] => retrieve(desk, Kind::Refund, id),
        ["setup_intents"] => setup_intent::list_all(desk, parameters),
        ["setup_intents", id] => retrieve(desk, Kind::SetupIntent, id),
        ["transfers"] => transfer::list_all(desk, parameters),
        ["transfers", id] => retrieve(desk, Kind::Transfer, id),
        _ => return None,
    })
}

fn retrieve(desk: &Desk<'_>, kind: Kind, id: &str) -> Result<Value, Problem> {
    desk.find(kind, id).map(|object| object.value())
}

fn delete(desk: &mut Desk<'_>, segments: &[&str]) -> Option<Result<Value, Problem>> {
    match segments {
        ["customers", id] => Some(customer::delete(desk, id)),
        _ => None,
    }
}

fn post(desk: &mut Desk<'_>, segments: &[&str], parameters: &Parameters) -> Option<Result<Value, Problem>> {
    Some(match segments {
        ["account_links"] => account::create_link(desk, parameters),
        ["accounts"] => account::create(desk, parameters),
        ["checkout", "sessions"] => session::create(desk, parameters),
        ["checkout", "sessions", id, "expire"] => session::expire(desk, id),
        ["customers"] => customer::create(desk, parameters),
        ["customers", id] => customer::update(desk, id, parameters),
        ["disputes", id, "close"] => dispute::accept(desk, id),
        ["payment_intents"] => intent::create(desk, parameters),
        ["payment_intents", id, "confirm"] => intent::confirm(desk, id, parameters),
        ["payment_intents", id, "cancel"] => intent::cancel(desk, id, parameters),
        ["payment_methods", id, "attach"] => payment_method::attach(desk, id, parameters),
        ["payment_methods", id, "detach"] => payment_method::detach(desk, id),
        ["payouts"] => payout::create(desk, parameters),
        ["payouts", id, "cancel"] => payout::cancel(desk, id),
        ["refunds"] => refund::create(desk, parameters),
        ["setup_intents"] => setup_intent::create(desk, parameters),
        ["setup_intents", id, "confirm"] => setup_intent::confirm(desk, id, parameters),
        ["transfers"] => transfer::create(desk, parameters),
        ["transfers", id, "reversals"] => transfer::create_reversal(desk, id, parameters),
        _ => return None,
    })
}
