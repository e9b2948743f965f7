//! The way in: from a command's name and JSON to its function and back.

use admit_core::registry::{Access, Command, Repeat, command};
use admit_core::{Error, ErrorCode, Result, journal::ActorKind};
use pgrx::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::{Actor, Call, now};
use crate::database::{Database, connect};
use crate::raise::settle;
use crate::{
    approval, branding, device, event, fee, inventory, key, ledger, offline, order, payment, payout, policy, proof,
    receipt, report, scan, staff, tenant, ticket, venue, verify, wallet,
};

/// Carries out a command for a credential. The one call of the HTTP shim.
#[pg_extern(sql = false, security_definer)]
fn dispatch(
    tenant_id: i32,
    command_name: &str,
    credential: Option<&str>,
    body: &str,
    idempotency_key: Option<&str>,
    context: Option<&str>,
) -> String {
    settle(connect(|database| {
        let command = known(command_name)?;
        prepare(database, tenant_id)?;
        let now = now();
        let actor = match (command.access, credential) {
            (Access::Public, _) => Actor::new(ActorKind::Public, None),
            (Access::Role, Some(credential)) => {
                crate::credential::authenticate(database, tenant_id, credential, command.name, body, now)?
            }
            (Access::Role, None) => {
                return Err(Error::new(
                    ErrorCode::Unauthenticated,
                    "send a valid credential as Authorization: Bearer <credential>",
                ));
            }
        };
        let (request, client) = context.map(request_of).transpose()?.unwrap_or_default();
        let idempotency_key = idempotency_key.map(str::to_owned);
        let call = Call { tenant_id, actor, now, request, client, idempotency_key, approved: false };
        if command.repeat == Repeat::Key && call.idempotency_key.is_none() {
            return Err(Error::new(ErrorCode::IdempotencyKeyMissing, "send an Idempotency-Key with this request"));
        }
        run(database, &call, command, body)
    }))
}

/// Carries out a command for an SQL session that may execute this function; the typed functions
/// `admit.<domain>_<verb>` are made of it.
#[pg_extern(sql = false, security_definer)]
fn call(tenant_id: i32, command_name: &str, body: pgrx::JsonB, idempotency_key: Option<&str>) -> pgrx::JsonB {
    settle(connect(|database| {
        let command = known(command_name)?;
        prepare(database, tenant_id)?;
        let mut call = Call::from_sql(tenant_id);
        call.idempotency_key = idempotency_key.map(str::to_owned);
        let mut body = crate::venue::without_nulls(body.0);
        act_for_wallet(database, &mut call, command, &mut body)?;
        let answer = run(database, &call, command, &body.to_string())?;
        serde_json::from_str(&answer)
            .map(pgrx::JsonB)
            .map_err(|_| Error::new(ErrorCode::Internal, "the answer is not JSON"))
    }))
}

/// A backend acts for a wallet by its session token: `session_token` in the request.
fn act_for_wallet(
    database: &mut Database<'_, '_>,
    call: &mut Call,
    command: &Command,
    body: &mut serde_json::Value,
) -> Result<()> {
    let token = body.as_object_mut().and_then(|fields| fields.remove("session_token"));
    if let Some(token) = token {
        let token = token.as_str().unwrap_or_default();
        let body = body.to_string();
        call.actor = crate::credential::authenticate(database, call.tenant_id, token, command.name, &body, call.now)?;
    }
    Ok(())
}

fn known(name: &str) -> Result<&'static Command> {
    command(name).ok_or_else(|| Error::not_found("command"))
}

/// Checks the schema's version and makes the tenant's rows visible.
pub fn prepare(database: &mut Database<'_, '_>, tenant_id: i32) -> Result<()> {
    crate::migrate::require_current(database)?;
    crate::settings::show_tenant(tenant_id);
    Ok(())
}

/// What the journal keeps of a request, and the client's network, which it does not keep.
fn request_of(context: &str) -> Result<(Option<serde_json::Value>, Option<String>)> {
    let mut request: serde_json::Value =
        serde_json::from_str(context).map_err(|_| Error::invalid("the request's context is not JSON"))?;
    let client = request.as_object_mut().and_then(|fields| fields.remove("client"));
    Ok((Some(request), client.and_then(|client| client.as_str().map(str::to_owned))))
}

fn run(database: &mut Database<'_, '_>, call: &Call, command: &Command, body: &str) -> Result<String> {
    let most = command.body_bytes_max();
    if body.len() > most {
        return Err(Error::new(ErrorCode::PayloadTooLarge, format!("a request has at most {most} bytes")));
    }
    if command.repeat != Repeat::Read {
        crate::settings::require_durable_commit()?;
    }
    match command.repeat {
        Repeat::Read | Repeat::Nonce => execute(database, call, command.name, body),
        // Callers without an identity have no key space of their own: a key that somebody else
        // sent must not give them that answer.
        _ if call.actor.kind == ActorKind::Public => execute(database, call, command.name, body),
        Repeat::Key | Repeat::Natural if call.actor.replays_only => {
            crate::idempotency::replay(database, call, command.name, body)
        }
        Repeat::Key | Repeat::Natural => crate::idempotency::once(database, call, command.name, body, |database| {
            execute(database, call, command.name, body)
        }),
    }
}

/// Reads the request, runs the function, writes the answer.
fn answer<Q: DeserializeOwned, A: Serialize>(
    database: &mut Database<'_, '_>,
    call: &Call,
    body: &str,
    function: impl FnOnce(&mut Database<'_, '_>, &Call, Q) -> Result<A>,
) -> Result<String> {
    let request = serde_json::from_str(body).map_err(|error| Error::invalid(readable::<Q>(body, &error)))?;
    let answer = function(database, call, request)?;
    serde_json::to_string(&answer).map_err(|_| Error::new(ErrorCode::Internal, "the answer cannot be written as JSON"))
}

/// serde's message after the path of the field that it is about, with control characters and length
/// bounded: both may quote the caller's input. The position is left out: it is one in the merged
/// request, which the caller never sent.
fn readable<Q: DeserializeOwned>(body: &str, error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    let found = serde_path_to_error::deserialize::<_, Q>(&mut serde_json::Deserializer::from_str(body));
    let says_where = |path: &String| path != "." && !text.starts_with(path) && !text.starts_with("unknown field");
    let text = match found.err().map(|error| error.path().to_string()).filter(says_where) {
        Some(path) if error.is_data() => format!("{path}: {text}"),
        _ => text.to_owned(),
    };
    text.chars().filter(|character| !character.is_control()).take(300).collect()
}

macro_rules! table {
    ($database:ident, $call:ident, $body:ident, $name:ident; $($command:literal => $function:path,)*) => {
        match $name {
            $($command => answer($database, $call, $body, $function),)*
            _ => Err(Error::not_found("command")),
        }
    };
}

/// One row a command: the registry's name and the function that carries it out.
pub fn execute(database: &mut Database<'_, '_>, call: &Call, name: &str, body: &str) -> Result<String> {
    table! { database, call, body, name;
        "api_key.create" => tenant::api_key_create,
        "api_key.list" => tenant::api_key_list,
        "api_key.revoke" => tenant::api_key_revoke,
        "role.list" => tenant::role_list,
        "role.set" => tenant::role_set,
        "key.list" => key::list,
        "key.rotate" => key::rotate,
        "key.revoke" => key::revoke,
        "key.schedule" => key::schedule,
        "key.jwks" => key::jwks,
        "venue.create" => venue::create,
        "venue.get" => venue::get,
        "venue.list" => venue::list,
        "venue.update" => venue::update,
        "gate.create" => venue::gate::create,
        "gate.list" => venue::gate::list,
        "gate.update" => venue::gate::update,
        "venue_code.configure" => venue::code::configure,
        "venue_code.create" => venue::code::create,
        "venue_code.list" => venue::code::list,
        "venue_code.get" => venue::code::get,
        "venue_code.revoke" => venue::code::revoke,
        "venue_code.qr" => venue::code::qr,
        "venue_code.sheet" => venue::code::print,
        "venue_code.visit" => venue::code::visit,
        "event.create" => event::create,
        "event.get" => event::get,
        "event.list" => event::list,
        "event.update" => event::update,
        "event.cancel" => event::cancel,
        "event.cancellation" => event::cancellation,
        "event.refund_batch" => event::refund_batch,
        "device.register" => device::register,
        "device.renew" => device::renew,
        "device.assign" => device::assign,
        "device.revoke" => device::revoke,
        "device.list" => device::list,
        "device.get" => device::get,
        "device.update" => device::update,
        "device.heartbeat" => device::heartbeat,
        "device.invite" => device::invite,
        "device.pair" => device::pair,
        "device_profile.set" => device::profile::set,
        "device_profile.list" => device::profile::list,
        "staff.create" => staff::create,
        "staff.get" => staff::get,
        "staff.list" => staff::list,
        "staff.update" => staff::update,
        "staff.deactivate" => staff::deactivate,
        "staff.code" => staff::code,
        "staff.configure" => staff::configure,
        "staff.totp_invite" => staff::totp_invite,
        "staff.totp_begin" => staff::totp_begin,
        "staff.totp_confirm" => staff::totp_confirm,
        "staff.totp_reset" => staff::totp_reset,
        "staff.login" => staff::login,
        "staff.logout" => staff::logout,
        "staff.sessions" => staff::sessions,
        "staff.activity" => staff::activity,
        "fee.set" => fee::set,
        "fee.get" => fee::get,
        "fee.versions" => fee::versions,
        "fee.preview" => fee::preview,
        "account.create" => ledger::create,
        "account.get" => ledger::get,
        "account.list" => ledger::list,
        "wallet.open" => wallet::open,
        "wallet.recover" => wallet::recover,
        "wallet.recovery" => wallet::recovery,
        "wallet.refresh" => wallet::refresh,
        "wallet.logout" => wallet::logout,
        "wallet.get" => wallet::get,
        "wallet.history" => wallet::history,
        "wallet.link" => wallet::link,
        "wallet.lookup" => wallet::lookup,
        "wallet.freeze" => wallet::freeze,
        "wallet.unfreeze" => wallet::unfreeze,
        "policy.set" => policy::set,
        "policy.get" => policy::get,
        "policy_template.list" => policy::templates,
        "manifest.changes" => offline::changes,
        "manifest.get" => offline::get,
        "scan.record" => scan::record,
        "scan.override" => scan::override_denial,
        "scan.check" => scan::check,
        "scan.upload" => scan::upload,
        "scan_conflict.list" => scan::conflicts,
        "scan_conflict.resolve" => scan::resolve_conflict,
        "scan.annul" => scan::annul,
        "scan.list" => scan::list,
        "ticket_type.create" => inventory::ticket_type::create,
        "ticket_type.get" => inventory::ticket_type::get,
        "ticket_type.list" => inventory::ticket_type::list,
        "ticket_type.update" => inventory::ticket_type::update,
        "pool.create" => inventory::pool::create,
        "pool.list" => inventory::pool::list,
        "pool.update" => inventory::pool::update,
        "seat_layout.create" => inventory::seat::create,
        "seat_layout.get" => inventory::seat::get,
        "seat_layout.list" => inventory::seat::list,
        "seating.set" => inventory::seat::set,
        "seat.map" => inventory::seat::map,
        "seat.block" => inventory::seat::block,
        "seat.unblock" => inventory::seat::unblock,
        "hold.create" => inventory::hold::create,
        "hold.get" => inventory::hold::get,
        "hold.list" => inventory::hold::list,
        "hold.extend" => inventory::hold::extend,
        "hold.release" => inventory::hold::release,
        "waiting_room.configure" => inventory::waiting::configure,
        "waiting_room.join" => inventory::waiting::join,
        "waiting_room.get" => inventory::waiting::get,
        "order.create" => order::create,
        "order.get" => order::get,
        "order.list" => order::list,
        "order.pay" => order::pay,
        "order.cancel" => order::cancel,
        "order.refund" => order::refund,
        "order.timeline" => order::timeline,
        "order.receipt" => order::receipt,
        "order.invoice" => order::invoice::issue,
        "order.refund_request" => order::refund_request::request,
        "refund_request.list" => order::refund_request::list,
        "refund_request.grant" => order::refund_request::grant,
        "refund_request.reject" => order::refund_request::reject,
        "refund_request.withdraw" => order::refund_request::withdraw,
        "invoice.list" => order::invoice::list,
        "seller.configure" => order::invoice::configure,
        "seller.get" => order::invoice::seller,
        "branding.set" => branding::set,
        "branding.get" => branding::get,
        "ticket.get" => ticket::get,
        "ticket.list" => ticket::list,
        "ticket.token" => ticket::token,
        "ticket.qr" => ticket::qr::draw,
        "ticket.cancel" => ticket::cancel,
        "ticket.reissue" => ticket::reissue::reissue,
        "ticket.history" => ticket::reissue::history,
        "ticket.reissue_request" => ticket::reissue_request::request,
        "reissue_request.list" => ticket::reissue_request::list,
        "reissue_request.grant" => ticket::reissue_request::grant,
        "reissue_request.reject" => ticket::reissue_request::reject,
        "reissue_request.withdraw" => ticket::reissue_request::withdraw,
        "payment.fund" => payment::fund,
        "payment.attach" => payment::attach,
        "payment.get" => payment::get,
        "payment.list" => payment::list,
        "payment.refund" => payment::refund::refund,
        "payment_method.add" => payment::method::add,
        "payment_method.setup" => payment::method::read,
        "payment_method.list" => payment::method::list,
        "payment_method.set_default" => payment::method::set_default,
        "payment_method.remove" => payment::method::remove,
        "refund.get" => payment::refund::get,
        "refund.list" => payment::refund::list,
        "refund.retry" => payment::refund::retry,
        "refund.fail" => payment::refund::fail,
        "dispute.get" => payment::dispute::get,
        "dispute.list" => payment::dispute::list,
        "provider.configure" => payment::configure,
        "provider.get" => payment::account::get,
        "provider.onboard" => payment::onboarding::onboard,
        "provider.onboarding" => payment::onboarding::read,
        "webhook.list" => payment::webhook::list,
        "effect.list" => payment::list_effects,
        "effect.retry" => payment::retry_effect,
        "reconciliation.start" => payment::reconciliation::start,
        "reconciliation.get" => payment::reconciliation::get,
        "reconciliation.list" => payment::reconciliation::list,
        "reconciliation.findings" => payment::reconciliation::findings,
        "payout.create" => payout::create,
        "payout.get" => payout::get,
        "payout.list" => payout::list,
        "payout.summary" => payout::summary,
        "approval.configure" => approval::configure,
        "approval.request" => approval::request,
        "approval.grant" => approval::grant,
        "approval.reject" => approval::reject,
        "approval.list" => approval::list,
        "receipt.get" => receipt::get,
        "journal.list" => report::journal,
        "journal.inclusion" => proof::inclusion,
        "journal.consistency" => proof::consistency,
        "journal.checkpoint" => proof::checkpoint,
        "journal.verify" => verify::run,
        "report.live" => report::live,
        "event.financials" => report::event_financials,
        "transaction.list" => report::transactions,
        "alert.list" => report::alerts,
    }
}
