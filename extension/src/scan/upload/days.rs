//! What is stored of the days before a holder's last one: read only for scans of such a day.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use admit_core::Result;
use admit_core::policy::Calendar;
use admit_core::scan::DayPast;
use jiff::Timestamp;
use uuid::Uuid;

use super::subject::Subject;
use crate::call::Call;
use crate::database::{Database, arguments};

/// An admission that counts.
pub struct Admission {
    /// Its journal entry.
    pub scan_id: Uuid,
    /// When it happened.
    pub admitted_at: Timestamp,
    /// Where.
    pub gate_id: Option<Uuid>,
}

/// A day of a ticket or wallet.
pub struct Day {
    /// Counted from 2000-01-01.
    pub number: i32,
    /// What it was.
    pub past: DayPast,
    /// Its last admission.
    pub scan_id: Uuid,
}

/// The admissions of those tickets and wallets that were asked for, by ticket or wallet and event.
#[derive(Default)]
pub struct Days(HashMap<(Uuid, Uuid), Vec<Admission>>);

impl Days {
    /// What a day was so far, this upload included; none when nobody was admitted on it.
    pub fn day(
        &mut self,
        database: &mut Database<'_, '_>,
        call: &Call,
        subject: &Subject,
        event_id: Uuid,
        calendar: &Calendar,
        day: i32,
    ) -> Result<Option<Day>> {
        let Some(holder_id) = subject.holder_id() else { return Ok(None) };
        let admissions = match self.0.entry((holder_id, event_id)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(load(database, call, subject, event_id)?),
        };
        Ok(last_of(admissions.iter().filter(|admission| calendar.day(admission.admitted_at) == day), calendar))
    }

    /// The last day that is left when an admission is taken away; none when the holder's were not asked for.
    pub fn without(&self, subject: &Subject, event_id: Uuid, scan_id: Uuid, calendar: &Calendar) -> Option<Day> {
        let admissions = self.0.get(&(subject.holder_id()?, event_id))?;
        last_of(admissions.iter().filter(|admission| admission.scan_id != scan_id), calendar)
    }

    /// Remembers an admission of this upload, and that it takes the place of another one.
    pub fn add(&mut self, subject: &Subject, event_id: Uuid, admission: Admission, displaced: Option<Uuid>) {
        let known = subject.holder_id().and_then(|holder_id| self.0.get_mut(&(holder_id, event_id)));
        let Some(admissions) = known else { return };
        admissions.retain(|known| Some(known.scan_id) != displaced);
        admissions.push(admission);
    }
}

/// The day of the last of some admissions.
fn last_of<'a>(admissions: impl Iterator<Item = &'a Admission> + Clone, calendar: &Calendar) -> Option<Day> {
    let last = admissions.clone().max_by_key(|admission| admission.admitted_at)?;
    let number = calendar.day(last.admitted_at);
    let entries = admissions.filter(|admission| calendar.day(admission.admitted_at) == number).count();
    Some(Day {
        number,
        past: DayPast {
            admitted_at: last.admitted_at,
            entries: i32::try_from(entries).unwrap_or(i32::MAX),
            gate_id: last.gate_id,
        },
        scan_id: last.scan_id,
    })
}

fn load(database: &mut Database<'_, '_>, call: &Call, subject: &Subject, event_id: Uuid) -> Result<Vec<Admission>> {
    let rows = match &subject.ticket {
        Some(ticket) => database.point_read(
            include_str!("../../../../sql/statements/upload_admissions_ticket.sql"),
            arguments![call.tenant_id, ticket.ticket_id],
        )?,
        None => database.point_read(
            include_str!("../../../../sql/statements/upload_admissions_wallet.sql"),
            arguments![call.tenant_id, subject.wallet_id, event_id],
        )?,
    };
    rows.collect(|row| Ok(Admission { scan_id: row.get(1)?, gate_id: row.optional(2)?, admitted_at: row.get(3)? }))
}
