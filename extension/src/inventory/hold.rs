//! Holds: places kept for a buyer until a time.

mod command;

pub use command::{Buyer, buyer, create, digest, extend, get, list, release, request_id};

use admit_core::inventory::bucket::Allocation;
use admit_core::inventory::{HeldLine, HoldState, HoldView};
use admit_core::journal::ActorKind;
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use uuid::Uuid;

use super::seat;
use crate::call::Call;
use crate::database::{Argument, Database, Rows, arguments};
use crate::payment::own_wallet;

/// A hold as it is stored.
pub struct Hold {
    /// Its id.
    pub hold_id: Uuid,
    /// Its event.
    pub event_id: Uuid,
    /// The buyer's wallet.
    pub wallet_id: Uuid,
    /// The order that took it over.
    pub order_id: Option<Uuid>,
    /// Where it is.
    pub state: HoldState,
    /// Whether its wallet's quotas count it.
    pub limited: bool,
    /// Until when.
    pub expires_at: Timestamp,
    /// Since when.
    pub created_at: Timestamp,
    /// Fingerprint of the request.
    pub digest: i64,
    /// Ticket types and quantities.
    pub lines: Vec<(Uuid, i32)>,
    /// Where its places were taken, by pool and number.
    pub allocations: Vec<Allocation>,
    /// The seat of each ticket in the order of the lines; empty if none has any.
    pub unit_seats: Vec<Option<i32>>,
}

/// The state of a hold that an order may have taken over at once.
pub fn state_of(order_id: Option<Uuid>) -> HoldState {
    if order_id.is_some() { HoldState::Ordered } else { HoldState::Open }
}

impl Hold {
    /// Its seats, in the order of the lines.
    pub fn seats(&self) -> Vec<i32> {
        self.unit_seats.iter().flatten().copied().collect()
    }

    /// The hold as it is shown; one whose time is over counts as expired at once.
    pub fn view(&self, database: &mut Database<'_, '_>, call: &Call) -> Result<HoldView> {
        // What has ended has no seats any more, and the event may have another layout.
        let ended = matches!(self.state, HoldState::Released | HoldState::Expired);
        let seats = if ended { Vec::new() } else { self.seats() };
        let mut names = seat::names(database, call, self.event_id, &seats)?.into_iter();
        let mut units = self.unit_seats.iter();
        let now = call.now;
        let live = matches!(self.state, HoldState::Open | HoldState::Ordered);
        let state = if live && self.expires_at <= now { HoldState::Expired } else { self.state };
        let line = |(ticket_type_id, quantity): &(Uuid, i32)| {
            let count = usize::try_from(*quantity).unwrap_or_default();
            let seated = units.by_ref().take(count).flatten().count();
            HeldLine {
                ticket_type_id: *ticket_type_id,
                quantity: *quantity,
                seats: names.by_ref().take(seated).collect(),
            }
        };
        Ok(HoldView {
            hold_id: self.hold_id,
            event_id: self.event_id,
            wallet_id: self.wallet_id,
            state: state.as_str().to_owned(),
            lines: self.lines.iter().map(line).collect(),
            expires_at: self.expires_at,
            created_at: self.created_at,
        })
    }

    /// A hold of a list, with its id in the last column.
    pub fn of_listed(row: &Rows<'_>) -> Result<Self> {
        Self::of(row, row.get(15)?, 0)
    }

    /// The hold of a row with a hold's columns behind `others`.
    pub fn of(row: &Rows<'_>, hold_id: Uuid, others: usize) -> Result<Self> {
        let state = HoldState::from_word(&row.get::<String>(others + 4)?)
            .ok_or_else(|| Error::new(ErrorCode::Internal, "unknown state of a hold"))?;
        Ok(Self {
            hold_id,
            event_id: row.get(others + 1)?,
            wallet_id: row.get(others + 2)?,
            order_id: row.optional(others + 3)?,
            state,
            limited: row.get(others + 5)?,
            expires_at: row.get(others + 6)?,
            created_at: row.get(others + 7)?,
            digest: row.get(others + 8)?,
            lines: row.get::<Vec<Uuid>>(others + 9)?.into_iter().zip(row.get::<Vec<i32>>(others + 10)?).collect(),
            allocations: allocations_of(row, others + 11)?,
            unit_seats: row.get(others + 14)?,
        })
    }

    fn lines_apart(&self) -> (Vec<Uuid>, Vec<i32>) {
        self.lines.iter().copied().unzip()
    }
}

fn allocations_of(row: &Rows<'_>, first: usize) -> Result<Vec<Allocation>> {
    let (numbers, quantities): (Vec<i16>, Vec<i64>) = (row.get(first + 1)?, row.get(first + 2)?);
    let places = numbers.into_iter().zip(quantities);
    let allocation = |(pool_id, (number, quantity))| Allocation { pool_id, number, quantity };
    Ok(row.get::<Vec<Uuid>>(first)?.into_iter().zip(places).map(allocation).collect())
}

/// The first ten arguments of the statements that store a hold.
fn head(tenant_id: i32, hold: &Hold) -> Vec<pgrx::datum::DatumWithOid<'static>> {
    let (types, quantities) = hold.lines_apart();
    vec![
        tenant_id.datum(),
        hold.hold_id.datum(),
        hold.wallet_id.datum(),
        hold.event_id.datum(),
        hold.limited.datum(),
        hold.expires_at.datum(),
        hold.created_at.datum(),
        hold.digest.datum(),
        types.datum(),
        quantities.datum(),
    ]
}

/// Stores a new hold.
pub fn store(database: &mut Database<'_, '_>, tenant_id: i32, hold: &Hold) -> Result<()> {
    let mut arguments = head(tenant_id, hold);
    arguments.push(hold.allocations.iter().map(|part| part.pool_id).collect::<Vec<Uuid>>().datum());
    arguments.push(hold.allocations.iter().map(|part| part.number).collect::<Vec<i16>>().datum());
    arguments.push(hold.allocations.iter().map(|part| part.quantity).collect::<Vec<i64>>().datum());
    arguments.push(hold.order_id.datum());
    arguments.push(hold.state.as_str().datum());
    arguments.push(hold.unit_seats.clone().datum());
    database.point(include_str!("../../../sql/statements/hold_store.sql"), &arguments)?;
    Ok(())
}

/// Takes a hold's places from its only bucket and stores it, as of the configuration's `revision`;
/// false when something is not as it was planned with.
pub fn store_taking(
    database: &mut Database<'_, '_>,
    tenant_id: i32,
    hold: &Hold,
    generation: i32,
    revision: Uuid,
) -> Result<bool> {
    let [Allocation { pool_id, number, quantity }] = hold.allocations[..] else { return Ok(false) };
    let mut arguments = head(tenant_id, hold);
    arguments.extend([pool_id.datum(), number.datum(), quantity.datum(), generation.datum(), revision.datum()]);
    arguments.push(admit_core::inventory::bucket::plenty(quantity).datum());
    Ok(database.point(include_str!("../../../sql/statements/hold_take.sql"), &arguments)?.len() == 1)
}

/// Locks a hold.
pub fn lock(database: &mut Database<'_, '_>, call: &Call, hold_id: Uuid) -> Result<Hold> {
    let mut rows =
        database.point(include_str!("../../../sql/statements/hold_lock.sql"), arguments![call.tenant_id, hold_id])?;
    rows.only("hold")?;
    Hold::of(&rows, hold_id, 0)
}

/// A locked hold that an order is going to take over.
pub struct Offered {
    /// The hold, which the caller may act on.
    pub hold: Hold,
    /// The revision of the tenant's configuration.
    pub revision: Uuid,
    /// Fingerprint of the request that has placed an order with this id already.
    pub earlier_digest: Option<i64>,
}

/// Locks a hold that an order is going to take over.
pub fn lock_offered(database: &mut Database<'_, '_>, call: &Call, hold_id: Uuid, order_id: Uuid) -> Result<Offered> {
    let mut rows = database.point(
        include_str!("../../../sql/statements/hold_offered.sql"),
        arguments![call.tenant_id, hold_id, order_id],
    )?;
    rows.only("hold")?;
    let hold = Hold::of(&rows, hold_id, 0)?;
    let (revision, earlier_digest) = (rows.get(15)?, rows.optional(16)?);
    if earlier_digest.is_none() {
        require_own(database, call, &hold)?;
    }
    Ok(Offered { hold, revision, earlier_digest })
}

/// Locks a hold that the caller may act on.
pub fn lock_own(database: &mut Database<'_, '_>, call: &Call, hold_id: Uuid) -> Result<Hold> {
    let hold = lock(database, call, hold_id)?;
    require_own(database, call, &hold)?;
    Ok(hold)
}

/// Refuses another wallet's hold, and one out of the credential's scope, like an unknown one.
fn require_own(database: &mut Database<'_, '_>, call: &Call, hold: &Hold) -> Result<()> {
    if own_wallet(call).is_some_and(|own| own != hold.wallet_id) {
        return Err(Error::not_found("hold"));
    }
    if call.actor.kind == ActorKind::Wallet || call.require_whole_tenant("hold").is_ok() {
        return Ok(());
    }
    crate::venue::require_event(database, call, hold.event_id).map(|_| ()).map_err(|_| Error::not_found("hold"))
}

/// Refuses a hold that is not open any more.
///
/// # Errors
/// `hold_expired` when its time is over, `conflict` when something else became of it.
pub fn require_open(hold: &Hold, now: Timestamp) -> Result<()> {
    match hold.state {
        HoldState::Open if hold.expires_at > now => Ok(()),
        HoldState::Open | HoldState::Expired => {
            Err(Error::new(ErrorCode::HoldExpired, "the hold's time is over: hold the places again"))
        }
        HoldState::Ordered | HoldState::Sold => {
            Err(Error::new(ErrorCode::Conflict, "an order has taken the hold over: act on the order"))
        }
        HoldState::Released => Err(Error::new(ErrorCode::Conflict, "the hold was released: hold the places again")),
    }
}

/// Writes a locked hold's state.
pub fn set_state(database: &mut Database<'_, '_>, tenant_id: i32, hold_id: Uuid, state: HoldState) -> Result<()> {
    database.point(
        "UPDATE admit.hold SET state = $3 WHERE tenant_id = $1 AND hold_id = $2",
        arguments![tenant_id, hold_id, state.as_str()],
    )?;
    Ok(())
}

/// Gives the seats of ended holds back, then what counts for their wallets' quotas.
pub fn give_seats_and_quotas(database: &mut Database<'_, '_>, tenant_id: i32, holds: &[Hold]) -> Result<()> {
    seat::free(database, tenant_id, holds)?;
    give_quotas(database, tenant_id, holds)
}

/// Gives the limited tickets of holds back to their wallets' quotas, in one order for all.
pub fn give_quotas(database: &mut Database<'_, '_>, tenant_id: i32, holds: &[Hold]) -> Result<()> {
    let mut parts: Vec<(Uuid, Uuid, i32)> = Vec::new();
    for hold in holds.iter().filter(|hold| hold.limited) {
        parts.extend(hold.lines.iter().map(|(ticket_type_id, quantity)| (*ticket_type_id, hold.wallet_id, *quantity)));
    }
    parts.sort_unstable();
    for (ticket_type_id, wallet_id, quantity) in parts {
        database.point(
            include_str!("../../../sql/statements/wallet_quota_give.sql"),
            arguments![tenant_id, ticket_type_id, wallet_id, quantity],
        )?;
    }
    Ok(())
}

/// Writes the places that a locked hold has taken again.
pub fn store_again(database: &mut Database<'_, '_>, tenant_id: i32, hold: &Hold) -> Result<()> {
    database.point(
        "UPDATE admit.hold SET state = $3, bucket_pool = $4, bucket_number = $5, bucket_quantity = $6 \
         WHERE tenant_id = $1 AND hold_id = $2",
        arguments![
            tenant_id,
            hold.hold_id,
            hold.state.as_str(),
            hold.allocations.iter().map(|part| part.pool_id).collect::<Vec<Uuid>>(),
            hold.allocations.iter().map(|part| part.number).collect::<Vec<i16>>(),
            hold.allocations.iter().map(|part| part.quantity).collect::<Vec<i64>>(),
        ],
    )?;
    Ok(())
}
