//! Waiting rooms: buyers join, places are given out, so many a minute are let in. Whoever asks moves
//! the queue on; it needs no background work.

use admit_core::inventory::waiting::{
    QueuePlaceView, QueueState, WaitingRoomConfigure, WaitingRoomGet, WaitingRoomJoin, WaitingRoomView, admitted_after,
    check_room, wait_seconds,
};
use admit_core::{Error, ErrorCode, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use crate::call::{Call, random};
use crate::database::{Database, arguments};
use crate::journal::append;
use crate::tenant::change_configuration;
use crate::venue::{fact, require_event, without_nulls};

/// The queue moves on at most so often.
const STEP_MS: i64 = 500;

/// `waiting_room.configure`
pub fn configure(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: WaitingRoomConfigure,
) -> Result<WaitingRoomView> {
    require_event(database, call, request.event_id)?;
    let pass_seconds = check_room(request.admit_per_minute, request.pass_seconds)?;
    change_configuration(database, call)?;
    let opens_at = request.opens_at.unwrap_or(call.now);
    match request.admit_per_minute {
        Some(rate) => {
            database.write(
                "INSERT INTO admit.waiting_room AS r (tenant_id, event_id, admit_per_minute, opens_at, pass_seconds, advanced_at) \
                 VALUES ($1, $2, $3, $4, $5, greatest($4, $6)) ON CONFLICT (tenant_id, event_id) DO UPDATE \
                 SET admit_per_minute = excluded.admit_per_minute, opens_at = excluded.opens_at, \
                     pass_seconds = excluded.pass_seconds, advanced_at = greatest(r.advanced_at, excluded.opens_at)",
                arguments![call.tenant_id, request.event_id, rate, opens_at, pass_seconds, call.now],
            )?;
        }
        None => {
            for text in [
                "DELETE FROM admit.waiting_room WHERE tenant_id = $1 AND event_id = $2",
                "DELETE FROM admit.queue_place WHERE tenant_id = $1 AND event_id = $2",
            ] {
                database.write(text, arguments![call.tenant_id, request.event_id])?;
            }
        }
    }
    let body = serde_json::to_value(&request).unwrap_or_else(|_| json!({}));
    append(database, call, fact("waiting_room.configured", Some(request.event_id), None, without_nulls(body)))?;
    Ok(WaitingRoomView {
        event_id: request.event_id,
        admit_per_minute: request.admit_per_minute,
        opens_at: request.admit_per_minute.map(|_| opens_at),
        pass_seconds,
    })
}

/// `waiting_room.join`
pub fn join(database: &mut Database<'_, '_>, call: &Call, request: WaitingRoomJoin) -> Result<QueuePlaceView> {
    let wallet_id = call.wallet_id()?;
    require_event(database, call, request.event_id)?;
    let Some(room) = read(database, call, request.event_id, wallet_id)? else { return Ok(off(request.event_id)) };
    let expired = room.expires_at().is_some_and(|expires_at| expires_at <= call.now);
    if !room.joined || expired {
        let lot = if call.now < room.opens_at {
            i64::from_be_bytes(random()?) & (i64::MAX >> 1)
        } else {
            (i64::MAX >> 1) + 1 + call.now.as_microsecond()
        };
        database.write(
            "INSERT INTO admit.queue_place AS q (tenant_id, event_id, wallet_id, lot, joined_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (tenant_id, event_id, wallet_id) DO UPDATE \
             SET lot = excluded.lot, place = NULL, admitted_at = NULL, joined_at = excluded.joined_at \
             WHERE q.admitted_at <= $6",
            arguments![
                call.tenant_id,
                request.event_id,
                wallet_id,
                lot,
                call.now,
                call.now - SignedDuration::from_secs(i64::from(room.pass_seconds)),
            ],
        )?;
    }
    place(database, call, request.event_id, wallet_id)
}

/// `waiting_room.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: WaitingRoomGet) -> Result<QueuePlaceView> {
    let wallet_id = call.wallet_id()?;
    require_event(database, call, request.event_id)?;
    place(database, call, request.event_id, wallet_id)
}

/// A room and a wallet's place in it.
struct Seen {
    admit_per_minute: i32,
    opens_at: Timestamp,
    pass_seconds: i32,
    front_place: i64,
    place: Option<i64>,
    admitted_at: Option<Timestamp>,
    joined: bool,
    advanced_at: Timestamp,
}

impl Seen {
    fn expires_at(&self) -> Option<Timestamp> {
        self.admitted_at.map(|admitted_at| admitted_at + SignedDuration::from_secs(i64::from(self.pass_seconds)))
    }
}

fn read(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid, wallet_id: Uuid) -> Result<Option<Seen>> {
    let mut rows = database.point(
        include_str!("../../../sql/statements/queue_read.sql"),
        arguments![call.tenant_id, event_id, wallet_id],
    )?;
    if !rows.next() {
        return Ok(None);
    }
    Ok(Some(Seen {
        admit_per_minute: rows.get(1)?,
        opens_at: rows.get(2)?,
        pass_seconds: rows.get(3)?,
        front_place: rows.get(4)?,
        place: rows.optional(5)?,
        admitted_at: rows.optional(6)?,
        joined: rows.get(7)?,
        advanced_at: rows.get(8)?,
    }))
}

fn off(event_id: Uuid) -> QueuePlaceView {
    QueuePlaceView {
        event_id,
        state: QueueState::Off.as_str().to_owned(),
        ahead: None,
        wait_seconds: None,
        opens_at: None,
        expires_at: None,
    }
}

fn place(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid, wallet_id: Uuid) -> Result<QueuePlaceView> {
    let Some(mut room) = read(database, call, event_id, wallet_id)? else { return Ok(off(event_id)) };
    let due = call.now >= room.opens_at
        && (call.now - room.advanced_at).total(jiff::Unit::Millisecond).is_ok_and(|ms| ms >= STEP_MS as f64);
    if due || (room.joined && room.place.is_none() && call.now >= room.opens_at) {
        advance(database, call, event_id)?;
        match read(database, call, event_id, wallet_id)? {
            Some(moved) => room = moved,
            None => return Ok(off(event_id)),
        }
    }
    if !room.joined {
        return Err(Error::new(
            ErrorCode::NotFound,
            "the wallet is not in the waiting room: join with waiting_room.join",
        ));
    }
    let expires_at = room.expires_at();
    let state = match expires_at {
        Some(expires_at) if expires_at <= call.now => QueueState::Expired,
        Some(_) => QueueState::Admitted,
        None => QueueState::Waiting,
    };
    let ahead = room.place.filter(|_| state == QueueState::Waiting).map(|place| (place - room.front_place - 1).max(0));
    Ok(QueuePlaceView {
        event_id,
        state: state.as_str().to_owned(),
        ahead,
        wait_seconds: ahead.map(|ahead| wait_seconds(room.admit_per_minute, ahead)),
        opens_at: Some(room.opens_at),
        expires_at,
    })
}

/// Gives places to newcomers and lets the next ones in; somebody else who does it already is enough.
fn advance(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<()> {
    let mut rows = database.point(
        "SELECT admit_per_minute, last_place, front_place, left_over, advanced_at FROM admit.waiting_room \
         WHERE tenant_id = $1 AND event_id = $2 FOR NO KEY UPDATE SKIP LOCKED",
        arguments![call.tenant_id, event_id],
    )?;
    if !rows.next() {
        return Ok(());
    }
    let (rate, last, front): (i32, i64, i64) = (rows.get(1)?, rows.get(2)?, rows.get(3)?);
    let (left_over, advanced_at): (i64, Timestamp) = (rows.get(4)?, rows.get(5)?);
    let mut numbered = database
        .point(include_str!("../../../sql/statements/queue_number.sql"), arguments![call.tenant_id, event_id, last])?;
    numbered.only("answer")?;
    let last = last + numbered.get::<i64>(1)?;
    // A clock that went back lets nobody in.
    let elapsed_ms = (call.now.as_millisecond() - advanced_at.as_millisecond()).max(0);
    let (admitted, left_over) = admitted_after(rate, elapsed_ms, left_over, last - front);
    if admitted > 0 {
        database.point(
            include_str!("../../../sql/statements/queue_admit.sql"),
            arguments![call.tenant_id, event_id, front, front + admitted, call.now],
        )?;
    }
    database.point(
        "UPDATE admit.waiting_room SET last_place = $3, front_place = $4, left_over = $5, advanced_at = greatest(advanced_at, $6) \
         WHERE tenant_id = $1 AND event_id = $2",
        arguments![call.tenant_id, event_id, last, front + admitted, left_over, call.now],
    )?;
    Ok(())
}

/// Refuses a buyer whom the waiting room has not let in.
///
/// # Errors
/// `waiting`
pub fn require_admitted(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid, wallet_id: Uuid) -> Result<()> {
    let Some(room) = read(database, call, event_id, wallet_id)? else { return Ok(()) };
    if room.expires_at().is_some_and(|expires_at| expires_at > call.now) {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::Waiting,
        "the event has a waiting room: join it with waiting_room.join and buy when it lets you in",
    ))
}
