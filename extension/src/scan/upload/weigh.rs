//! Judging one scan of an upload, by what is stored and by what those before it left.

use admit_core::Result;
use admit_core::device::DevicePlacement;
use admit_core::scan::{
    DayPast, Judgement, Neighbours, Outcome, Reason, ScanConfig, Situation, TicketFacts, Verdict, denied_offline,
    judge, over_capacity,
};
use admit_core::ticket::TicketState;
use jiff::Timestamp;
use uuid::Uuid;

use super::Arrived;
use super::days::Day;
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
    ) -> Result<(Judgement, Option<Uuid>)> {
        let that_day = self.that_day(database, call, scan, config, subject)?;
        let mut judgement = self.judged(scan, config, subject, that_day.as_ref().map(|day| day.past))?;
        let collides = judgement.displaces || judgement.verdict == Verdict::Duplicate;
        let on_that_day = that_day.is_some();
        let other_scan_id = match that_day.filter(|_| collides) {
            Some(day) => Some(day.scan_id),
            None if collides => self.last_scan(database, call, subject, config.event_id)?,
            None => None,
        };
        // A scan of an earlier day takes the place of the last one; days in between are the last then.
        if let (true, false, Some(displaced)) = (judgement.displaces, on_that_day, other_scan_id)
            && let Some(last) = self.days.without(subject, config.event_id, displaced, &config.calendar)
            && last.past.admitted_at > scan.time.at
        {
            let presence = &mut judgement.decision.presence;
            presence.admitted_at = Some(last.past.admitted_at);
            presence.gate_id = last.past.gate_id;
            presence.last_day = Some(last.number);
            presence.day_entries = last.past.entries;
        }
        Ok((judgement, other_scan_id))
    }

    /// What is stored of the scan's day, where the holder was admitted on a later one and may be on several.
    fn that_day(
        &mut self,
        database: &mut Database<'_, '_>,
        call: &Call,
        scan: &Arrived<'_>,
        config: &ScanConfig,
        subject: &Subject,
    ) -> Result<Option<Day>> {
        let day = config.calendar.day(scan.time.at);
        let often = config.reentry_allowed || subject.ticket.as_ref().is_some_and(TicketFacts::is_pass);
        let last_day = self.subjects.presence(subject, config.event_id).last_day;
        if !scan.entered() || !often || last_day.is_none_or(|last_day| last_day <= day) {
            return Ok(None);
        }
        self.days.day(database, call, subject, config.event_id, &config.calendar, day)
    }

    fn judged(
        &mut self,
        scan: &Arrived<'_>,
        config: &ScanConfig,
        subject: &Subject,
        that_day: Option<DayPast>,
    ) -> Result<Judgement> {
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
        let judgement = judge(&situation, scan.time, self.neighbours(scan, subject, &situation, that_day))?;
        if self.room.move_by(config, judgement.decision.occupancy) {
            return Ok(judgement);
        }
        Ok(over_capacity(judgement))
    }

    /// What this upload knows of the holder's other scans.
    fn neighbours(
        &self,
        scan: &Arrived<'_>,
        subject: &Subject,
        situation: &Situation<'_>,
        that_day: Option<DayPast>,
    ) -> Neighbours {
        let stored = that_day.map(|day| day.admitted_at).or(situation.presence.admitted_at);
        let (first, last) = (stored.min(Some(scan.time.at)), stored.max(Some(scan.time.at)));
        let between = |left: &&Timestamp| first < Some(**left) && Some(**left) < last;
        let exits = self.subjects.holder_id(scan).and_then(|holder_id| self.exits.get(&holder_id));
        Neighbours {
            admitted_before: self.subjects.judged_at(subject, situation.config.event_id),
            left_since: exits.into_iter().flatten().any(|left| between(&left)),
            that_day,
        }
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
