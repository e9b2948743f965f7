//! What those did whose scans arrive after later ones of the same ticket or wallet: read only for them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use admit_core::Result;
use admit_core::scan::{Admission, Past, ScanConfig};
use jiff::Timestamp;
use uuid::Uuid;

use super::subject::Subject;
use crate::call::Call;
use crate::database::Database;
use crate::scan::past::{self, Passages};

/// A holder's passages, and the last exit that was stored before this upload.
type Known = (Passages, Option<Timestamp>);

/// Passages by ticket or wallet and event.
#[derive(Default)]
pub struct Pasts(HashMap<(Uuid, Uuid), Known>);

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
            let ticket_id = subject.ticket.as_ref().map(|ticket| ticket.ticket_id);
            let (wallet_id, event_id) = (subject.wallet_id, config.event_id);
            let mut passages = past::read(database, call, ticket_id, wallet_id, event_id, &config.calendar)?;
            let left_at = passages.exits.iter().max().copied();
            passages.exits.extend_from_slice(left);
            place.insert((passages, left_at));
        }
        Ok(())
    }

    /// What was read, and what this upload added to it.
    pub fn of(&self, subject: &Subject, event_id: Uuid) -> Option<Past<'_>> {
        let (passages, _) = self.0.get(&(subject.holder_id()?, event_id))?;
        Some(Past { admissions: &passages.admissions, exits: &passages.exits })
    }

    /// When the holder left last, before this upload.
    pub fn left_at(&self, subject: &Subject, event_id: Uuid) -> Option<Timestamp> {
        self.0.get(&(subject.holder_id()?, event_id))?.1
    }

    /// Remembers an admission of this upload, and that it takes the place of another one.
    pub fn add(&mut self, subject: &Subject, event_id: Uuid, admission: Admission, displaced: Option<Uuid>) {
        let known = subject.holder_id().and_then(|holder_id| self.0.get_mut(&(holder_id, event_id)));
        let Some((Passages { admissions, .. }, _)) = known else { return };
        admissions.retain(|known| Some(known.scan_id) != displaced);
        admissions.insert(admissions.partition_point(|known| known.admitted_at <= admission.admitted_at), admission);
    }
}
