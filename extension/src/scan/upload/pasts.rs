//! What those did whose scans arrive after later ones of the same ticket or wallet: read only for them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use admit_core::Result;
use admit_core::scan::{Admission, Past, ScanConfig};
use jiff::Timestamp;
use uuid::Uuid;

use super::subject::Subject;
use crate::call::Call;
use crate::database::{Database, arguments};

/// A holder's passages at an event.
#[derive(Default)]
struct Passages {
    /// Admissions that count, in the order of their times.
    admissions: Vec<Admission>,
    exits: Vec<Timestamp>,
}

/// Passages by ticket or wallet and event.
#[derive(Default)]
pub struct Pasts(HashMap<(Uuid, Uuid), Passages>);

impl Pasts {
    /// Reads what a holder did, and adds when it `left` by this upload. Whoever is read here is read before the first
    /// of its scans is taken in: scans come in the order of their times, so the first one is late when any is.
    pub fn load(
        &mut self,
        database: &mut Database<'_, '_>,
        call: &Call,
        subject: &Subject,
        config: &ScanConfig,
        left: &[Timestamp],
    ) -> Result<()> {
        let Some(holder_id) = subject.holder_id() else { return Ok(()) };
        if let Entry::Vacant(place) = self.0.entry((holder_id, config.event_id)) {
            let passages = place.insert(read(database, call, subject, config)?);
            passages.exits.extend_from_slice(left);
        }
        Ok(())
    }

    /// What was read, and what this upload added to it.
    pub fn of(&self, subject: &Subject, event_id: Uuid) -> Option<Past<'_>> {
        let passages = self.0.get(&(subject.holder_id()?, event_id))?;
        Some(Past { admissions: &passages.admissions, exits: &passages.exits })
    }

    /// Remembers an admission of this upload, and that it takes the place of another one.
    pub fn add(&mut self, subject: &Subject, event_id: Uuid, admission: Admission, displaced: Option<Uuid>) {
        let known = subject.holder_id().and_then(|holder_id| self.0.get_mut(&(holder_id, event_id)));
        let Some(Passages { admissions, .. }) = known else { return };
        admissions.retain(|known| Some(known.scan_id) != displaced);
        admissions.insert(admissions.partition_point(|known| known.admitted_at <= admission.admitted_at), admission);
    }
}

fn read(database: &mut Database<'_, '_>, call: &Call, subject: &Subject, config: &ScanConfig) -> Result<Passages> {
    let mut rows = match &subject.ticket {
        Some(ticket) => database.point_read(
            include_str!("../../../../sql/statements/upload_past_ticket.sql"),
            arguments![call.tenant_id, ticket.ticket_id, subject.wallet_id, config.event_id, config.exit_scans],
        )?,
        None => database.point_read(
            include_str!("../../../../sql/statements/upload_past_wallet.sql"),
            arguments![call.tenant_id, subject.wallet_id, config.event_id],
        )?,
    };
    let mut passages = Passages::default();
    while rows.next() {
        let at: Timestamp = rows.get(3)?;
        if rows.get(4)? {
            passages.exits.push(at);
            continue;
        }
        let admission = Admission {
            scan_id: rows.get(1)?,
            admitted_at: at,
            day: config.calendar.day(at),
            gate_id: rows.optional(2)?,
        };
        passages.admissions.push(admission);
    }
    passages.admissions.sort_by_key(|admission| admission.admitted_at);
    Ok(passages)
}
