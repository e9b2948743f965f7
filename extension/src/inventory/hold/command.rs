//! Commands of holds.

use admit_core::inventory::{
    HoldCreate, HoldExtend, HoldGet, HoldLine, HoldList, HoldPage, HoldRelease, HoldState, HoldView, check_lines,
    request_digest,
};
use admit_core::journal::ActorKind;
use admit_core::{Error, ErrorCode, Result};
use jiff::SignedDuration;
use uuid::Uuid;

use super::{Hold, give_seats_and_quotas, lock_own, require_open, require_own, set_state};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::inventory::bucket::{self, Target};
use crate::inventory::config;
use crate::inventory::reserve::{Ask, Reserved, reserve};
use crate::page::TimedPage;
use crate::payment::own_wallet;

/// For whom a caller holds and buys.
#[derive(Debug, Clone, Copy)]
pub struct Buyer {
    /// The wallet.
    pub wallet_id: Uuid,
    /// Whether somebody else than the wallet's holder acts.
    pub staff: bool,
}

/// The buyer that a request names: a wallet itself, or the wallet that staff names.
///
/// # Errors
/// `not_found` for another wallet than the caller's, `invalid_request` when none is named.
pub fn buyer(call: &Call, named: Option<Uuid>) -> Result<Buyer> {
    match (own_wallet(call), named) {
        (Some(own), None) => Ok(Buyer { wallet_id: own, staff: false }),
        (Some(own), Some(named)) if own == named => Ok(Buyer { wallet_id: own, staff: false }),
        (Some(_), Some(_)) => Err(Error::not_found("wallet")),
        (None, Some(wallet_id)) => Ok(Buyer { wallet_id, staff: true }),
        (None, None) => Err(Error::invalid("wallet_id is needed: name the buyer's wallet")),
    }
}

/// The id that makes a request safe to try again.
///
/// # Errors
/// `idempotency_key_missing` when there is neither one nor a key that is a UUID.
pub fn request_id(call: &Call, name: &str, given: Option<Uuid>) -> Result<Uuid> {
    let key = call.idempotency_key.as_deref().and_then(|key| Uuid::try_parse(key).ok());
    given.or(key).ok_or_else(|| {
        Error::new(ErrorCode::IdempotencyKeyMissing, format!("give {name}, or an Idempotency-Key that is a UUID"))
    })
}

/// `hold.create`
pub fn create(database: &mut Database<'_, '_>, call: &Call, request: HoldCreate) -> Result<HoldView> {
    let buyer = buyer(call, request.wallet_id)?;
    let hold_id = request_id(call, "hold_id", request.hold_id)?;
    let lines = check_lines(request.lines)?;
    let partial = request.partial.unwrap_or(false);
    let ask = Ask {
        hold_id,
        order_id: None,
        wallet_id: buyer.wallet_id,
        staff: buyer.staff,
        lines: &lines,
        partial,
        digest: digest(&lines, buyer.wallet_id, &[u8::from(partial)]),
    };
    let hold = match reserve(database, call, &ask)? {
        Reserved::New(hold, _) | Reserved::Earlier(hold) => hold,
    };
    hold.view(database, call)
}

/// Fingerprint of what a buyer asks for.
pub fn digest(lines: &[HoldLine], wallet_id: Uuid, more: &[u8]) -> i64 {
    let mut bytes = Vec::with_capacity(lines.len() * 20);
    for line in lines {
        bytes.extend_from_slice(line.ticket_type_id.as_bytes());
        bytes.extend_from_slice(&line.quantity.to_be_bytes());
        bytes.extend_from_slice(&line.seat_bytes());
    }
    request_digest(&[&bytes, wallet_id.as_bytes(), more])
}

/// `hold.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: HoldGet) -> Result<HoldView> {
    let mut rows = database.point_read(
        include_str!("../../../../sql/statements/hold_read.sql"),
        arguments![call.tenant_id, request.hold_id],
    )?;
    rows.only("hold")?;
    let hold = Hold::of(&rows, request.hold_id, 0)?;
    require_own(database, call, &hold)?;
    hold.view(database, call)
}

/// `hold.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: HoldList) -> Result<HoldPage> {
    crate::venue::require_event(database, call, request.event_id)?;
    let page = TimedPage::of(request.limit, request.cursor.as_deref())?;
    let rows = database.read(
        include_str!("../../../../sql/statements/hold_list.sql"),
        arguments![
            call.tenant_id,
            request.event_id,
            page.after.map(|after| after.1),
            request.state.map(|state| state.as_str().to_owned()),
            page.fetch(),
            call.now,
            own_wallet(call),
            page.after.map(|after| after.0),
        ],
    )?;
    let holds = rows.collect(Hold::of_listed)?;
    let items = holds.iter().map(|hold| hold.view(database, call)).collect::<Result<Vec<_>>>()?;
    let (items, next_cursor) = page.cut(items, |item| (item.created_at, item.hold_id));
    Ok(HoldPage { items, next_cursor })
}

/// `hold.extend`
pub fn extend(database: &mut Database<'_, '_>, call: &Call, request: HoldExtend) -> Result<HoldView> {
    let mut hold = lock_own(database, call, request.hold_id)?;
    require_open(&hold, call.now)?;
    let config = config::now(database, call, hold.event_id)?;
    config.event.require_selling(call.now)?;
    let last = hold.created_at + SignedDuration::from_secs(config.hold_seconds_max);
    let expires_at = (call.now + SignedDuration::from_secs(config.hold_seconds)).min(last);
    if expires_at <= hold.expires_at {
        return Err(Error::new(
            ErrorCode::LimitExceeded,
            format!("the hold cannot live longer than until {}: place the order", hold.expires_at),
        ));
    }
    database.point(
        "UPDATE admit.hold SET expires_at = $3 WHERE tenant_id = $1 AND hold_id = $2",
        arguments![call.tenant_id, hold.hold_id, expires_at],
    )?;
    hold.expires_at = expires_at;
    hold.view(database, call)
}

/// `hold.release`
pub fn release(database: &mut Database<'_, '_>, call: &Call, request: HoldRelease) -> Result<HoldView> {
    let unrestricted = call.actor.kind == ActorKind::Wallet || call.require_whole_tenant("hold").is_ok();
    if unrestricted {
        let mut rows = database.point(
            include_str!("../../../../sql/statements/hold_release.sql"),
            arguments![call.tenant_id, request.hold_id, own_wallet(call), HoldState::Open.as_str()],
        )?;
        if rows.next() {
            let hold = Hold::of(&rows, request.hold_id, 0)?;
            if hold.allocations.len() > 1 {
                bucket::move_held(database, call.tenant_id, &hold.allocations, Target::Available)?;
            }
            give_seats_and_quotas(database, call.tenant_id, std::slice::from_ref(&hold))?;
            return hold.view(database, call);
        }
    }
    let mut hold = lock_own(database, call, request.hold_id)?;
    match hold.state {
        // Released twice, or by time in between: the buyer has what was wanted.
        HoldState::Released | HoldState::Expired => hold.view(database, call),
        HoldState::Ordered | HoldState::Sold => {
            Err(Error::new(ErrorCode::Conflict, "an order has taken the hold over: cancel the order"))
        }
        HoldState::Open => {
            set_state(database, call.tenant_id, hold.hold_id, HoldState::Released)?;
            hold.state = HoldState::Released;
            bucket::move_held(database, call.tenant_id, &hold.allocations, Target::Available)?;
            give_seats_and_quotas(database, call.tenant_id, std::slice::from_ref(&hold))?;
            hold.view(database, call)
        }
    }
}
