//! Judging one scan of an upload, by what is stored and by what those before it left.

use admit_core::Result;
use admit_core::device::DevicePlacement;
use admit_core::scan::{
    Judgement, Outcome, Reason, ScanConfig, ScanKind, Situation, Verdict, denied_offline, judge, over_capacity,
};
use admit_core::ticket::TicketState;
use uuid::Uuid;

use super::Arrived;
use super::subject::Subject;
use super::take::Intake;
use crate::call::Call;
use crate::database::Database;
use crate::scan::prior;

impl Intake<'_> {
    /// Judges a scan, and names the one that it collides with.
    pub(super) fn weigh(
        &mut self,
        database: &mut Database<'_, '_>,
        call: &Call,
        scan: &Arrived<'_>,
        config: &ScanConfig,
        subject: &Subject,
    ) -> Result<Judgement> {
        let late = self.is_late(database, call, scan, config, subject)?;
        let mut judgement = self.judged(scan, config, subject, late)?;
        if judgement.verdict == Verdict::Duplicate && judgement.other_scan_id.is_none() {
            judgement.other_scan_id = self.last_scan(database, call, subject, config.event_id)?;
        }
        Ok(judgement)
    }

    /// Whether a passage happened before the last one that is stored. What is stored of the holder is read then.
    fn is_late(
        &mut self,
        database: &mut Database<'_, '_>,
        call: &Call,
        scan: &Arrived<'_>,
        config: &ScanConfig,
        subject: &Subject,
    ) -> Result<bool> {
        let presence = self.subjects.presence(subject, config.event_id);
        let Some(last_at) = presence.admitted_at.filter(|_| scan.passed()) else { return Ok(false) };
        let entered_before = scan.time.at < last_at;
        let by_this_upload = self.subjects.last_scan_id(subject, config.event_id).is_some();
        // Who has left since may have done so after this scan, too.
        let left = config.exit_scans && !presence.inside && !by_this_upload && scan.input.kind == ScanKind::Entry;
        if !entered_before && !left {
            return Ok(false);
        }
        let exits = subject.holder_id().and_then(|holder_id| self.exits.get(&(holder_id, config.event_id)));
        self.pasts.load(database, call, subject, config, exits.map(Vec::as_slice).unwrap_or_default())?;
        let left_at = self.pasts.left_at(subject, config.event_id);
        Ok(entered_before || left_at.is_some_and(|left_at| scan.time.at < left_at))
    }

    fn judged(&mut self, scan: &Arrived<'_>, config: &ScanConfig, subject: &Subject, late: bool) -> Result<Judgement> {
        let mut ticket = subject.ticket.clone();
        // A ticket that expired since was good when it was read.
        if let Some(ticket) = ticket.as_mut().filter(|ticket| ticket.state == TicketState::Expired) {
            ticket.state = TicketState::Active;
        }
        // A device is believed which gate of its venue it stood at: it may have been moved since.
        let here = config.gate_venue_id == self.device.venue_id;
        let device =
            DevicePlacement { gate_id: if here { config.gate_id } else { self.device.gate_id }, ..self.device.clone() };
        let situation = Situation {
            now: scan.time.at,
            today: config.calendar.day(scan.time.at),
            input: &scan.input,
            config,
            device: Some(&device),
            wallet: subject.wallet.as_ref().map(Option::as_ref).map_err(|reason| *reason),
            ticket: ticket.as_ref(),
            presence: self.subjects.presence(subject, config.event_id),
        };
        if scan.sent.outcome == Outcome::Denied {
            return Ok(denied_offline(&situation, scan.sent.reason.unwrap_or(Reason::OfflineUnavailable)));
        }
        let past = self.pasts.of(subject, config.event_id).filter(|_| late);
        let judgement = judge(&situation, scan.time, past)?;
        if self.room.move_by(config, judgement.decision.occupancy) {
            return Ok(judgement);
        }
        Ok(over_capacity(judgement))
    }

    /// The admission that stands in a scan's way: of this upload, or the one that is stored.
    fn last_scan(
        &self,
        database: &mut Database<'_, '_>,
        call: &Call,
        subject: &Subject,
        event_id: Uuid,
    ) -> Result<Option<Uuid>> {
        if let Some(here) = self.subjects.last_scan_id(subject, event_id) {
            return Ok(Some(here));
        }
        let Some(admitted_at) = self.subjects.presence(subject, event_id).admitted_at else { return Ok(None) };
        let ticket_id = subject.ticket.as_ref().map(|ticket| ticket.ticket_id);
        let by = prior::admitted_by(database, call, ticket_id, subject.wallet_id, event_id, admitted_at)?;
        Ok(by.map(|by| by.scan_id))
    }
}
