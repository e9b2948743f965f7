//! `scan.upload`: scans that a device made without a network are taken in, in the order of their times.

mod book;
mod known;
mod pasts;
mod room;
mod subject;
mod take;
mod weigh;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use admit_core::device::DevicePlacement;
use admit_core::event::EventStatus;
use admit_core::scan::{
    OfflineScan, Outcome, Reason, SCANS_MAX, ScanConfig, ScanInput, ScanKind, ScanTime, ScanUpload, ScanUploaded,
    UploadedScan, Verdict, scan_time,
};
use admit_core::venue::Status;
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use self::known::Known;
use self::room::Room;
use self::subject::Subjects;
use self::take::Intake;
use super::config::{self, GateConfig};
use super::scope;
use super::token::{Proved, prove};
use crate::call::Call;
use crate::database::{Database, arguments};

/// A scan of an upload, before anything is decided.
pub struct Arrived<'a> {
    /// Its place in the upload.
    index: usize,
    /// What the device sent.
    sent: &'a OfflineScan,
    /// When the device read the token.
    time: ScanTime,
    /// What was asked, checked; an amount that makes no sense is left out of it.
    input: ScanInput,
    /// What is wrong with the request.
    malformed: Option<String>,
    /// Fingerprint of what was asked.
    digest: i64,
    /// The event, if it is known.
    event_id: Option<Uuid>,
    /// The gate that the device names.
    gate_id: Uuid,
    /// The gate, if there is such a one.
    known_gate_id: Option<Uuid>,
    /// Whether a person sends it whose credential is for other places: then it is not booked.
    elsewhere: bool,
    /// What the token proves.
    proved: Proved,
}

impl Arrived<'_> {
    /// Whether the device let somebody in or out.
    fn passed(&self) -> bool {
        !self.sent.kind.is_sale() && self.sent.outcome == Outcome::Admitted
    }

    /// Whether the device let somebody out.
    fn left(&self) -> bool {
        self.sent.kind == ScanKind::Exit && self.sent.outcome == Outcome::Admitted
    }
}

/// A gate at an event, as it was when scans were made there: that it was closed or archived since does not undo them.
pub struct Door {
    /// What the decision looks at.
    scan: ScanConfig,
    /// Number of the key that signs receipts.
    receipt_key: i32,
}

/// Doors by event and gate.
type Doors = HashMap<(Uuid, Uuid), Rc<Door>>;

impl Door {
    fn new(config: Rc<GateConfig>) -> Self {
        let mut scan = config.scan.clone();
        scan.gate_status = Status::Active;
        scan.venue_status = Status::Active;
        if scan.event_status != EventStatus::Cancelled {
            scan.event_status = EventStatus::Active;
        }
        Self { scan, receipt_key: config.receipt_key }
    }
}

/// `scan.upload`
pub fn upload(database: &mut Database<'_, '_>, call: &Call, request: ScanUpload) -> Result<ScanUploaded> {
    let device_id = crate::device::acting(call, request.device_id)?;
    if request.scans.is_empty() || request.scans.len() > SCANS_MAX {
        let detail = format!("an upload has 1 to {SCANS_MAX} scans, not {}: send them in parts", request.scans.len());
        return Err(Error::new(ErrorCode::LimitExceeded, detail));
    }
    one_at_a_time(database, call, device_id)?;
    let revision = config::current_revision(database, call.tenant_id)?;
    let kept = config::kept_device(call.tenant_id, device_id);
    let device = config::device(database, call, revision, device_id, kept)?;
    scope::require_device(call, device.as_deref())?;
    let device = device.ok_or_else(|| Error::not_found("device"))?;
    let known = Known::load(database, call, device_id, &request.scans)?;
    let mut arrived = arrive(database, call, &request, &device, &known)?;
    let mut configs = configs(database, call, revision, &mut arrived)?;
    let mut verdicts: Vec<Option<UploadedScan>> = vec![None; request.scans.len()];
    arrived.retain(|scan| {
        if let (true, Some(place)) = (scan.elsewhere, verdicts.get_mut(scan.index)) {
            *place = Some(known::unbooked(scan.sent.nonce, ELSEWHERE));
        }
        !scan.elsewhere
    });
    let own: HashSet<(Uuid, Uuid)> = arrived.iter().filter_map(|scan| Some((scan.event_id?, scan.gate_id))).collect();
    configs.retain(|place, _| own.contains(place));
    let subjects = Subjects::load(database, call, revision, &arrived)?;
    let entries = i64::try_from(arrived.len()).unwrap_or(i64::MAX);
    let room = Room::load(database, call, configs.values().map(|door| &door.scan), entries)?;
    arrived.sort_by_key(|scan| (scan.time.at, scan.index));
    let mut intake = Intake::new(device_id, &device, revision, configs, subjects, room, &arrived);
    for scan in &arrived {
        let verdict = intake.take(database, call, scan)?;
        if let Some(place) = verdicts.get_mut(scan.index) {
            *place = Some(verdict);
        }
    }
    known.answer(&request.scans, &mut verdicts)?;
    intake.store(database, call)?;
    known.lock(database, call, device_id)?;
    answer(call, &request, verdicts)
}

/// Two uploads of one device would book the same scans twice, were it not for the key of `scan`; so they wait.
fn one_at_a_time(database: &mut Database<'_, '_>, call: &Call, device_id: Uuid) -> Result<()> {
    database.write(
        "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('admit upload ' || $2::text, $1))",
        arguments![i64::from(call.tenant_id), device_id],
    )?;
    Ok(())
}

/// The scans that are new, with what can be said of each by itself.
fn arrive<'a>(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: &'a ScanUpload,
    device: &DevicePlacement,
    known: &Known,
) -> Result<Vec<Arrived<'a>>> {
    let mut arrived = Vec::with_capacity(request.scans.len());
    for (index, sent) in request.scans.iter().enumerate() {
        if !known.is_new(index) {
            continue;
        }
        let time = scan_time(call.now, request.sent_at, sent.scanned_at, sent.elapsed_ms);
        let (input, malformed) = known::input(sent, time.at);
        arrived.push(Arrived {
            index,
            sent,
            time,
            digest: known::digest(sent, &input),
            input,
            malformed,
            event_id: sent.event_id.or(device.only_event()),
            gate_id: sent.gate_id.unwrap_or(device.gate_id),
            known_gate_id: None,
            elsewhere: false,
            proved: prove(database, call.tenant_id, &sent.token, time.at)?,
        });
    }
    Ok(arrived)
}

/// Event, gate and fees of each scan. An event or gate that does not exist is none.
fn configs(database: &mut Database<'_, '_>, call: &Call, revision: Uuid, arrived: &mut [Arrived<'_>]) -> Result<Doors> {
    let event_ids: Vec<Uuid> = arrived.iter().filter_map(|scan| scan.event_id).collect();
    let gate_ids: Vec<Uuid> = arrived.iter().map(|scan| scan.gate_id).collect();
    let existing: HashSet<Uuid> = database
        .point_read(
            include_str!("../../../../sql/statements/upload_places.sql"),
            arguments![call.tenant_id, event_ids, gate_ids],
        )?
        .collect(|row| row.get::<Uuid>(1))?
        .into_iter()
        .collect();
    let mut configs = HashMap::new();
    for scan in arrived {
        scan.known_gate_id = Some(scan.gate_id).filter(|gate_id| existing.contains(gate_id));
        let exists = scan.event_id.filter(|event_id| existing.contains(event_id) && existing.contains(&scan.gate_id));
        if scan.malformed.is_none() && exists.is_none() {
            scan.malformed = Some(match scan.event_id {
                Some(_) => "no such event or gate; check the ids".to_owned(),
                None => "event_id is needed: the device is not bound to one event".to_owned(),
            });
        }
        scan.elsewhere = scan.event_id.is_some() && exists.is_none() && !scope::is_everywhere(call);
        scan.event_id = exists;
        let Some(event_id) = exists else { continue };
        let door = match configs.entry((event_id, scan.gate_id)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let config = config::load(database, call, revision, event_id, scan.gate_id)?;
                place.insert(Rc::new(Door::new(config)))
            }
        };
        scan.elsewhere = scope::require_place(call, &door.scan).is_err();
    }
    Ok(configs)
}

fn answer(call: &Call, request: &ScanUpload, verdicts: Vec<Option<UploadedScan>>) -> Result<ScanUploaded> {
    let verdicts: Option<Vec<UploadedScan>> = verdicts.into_iter().collect();
    let verdicts = verdicts.ok_or_else(|| Error::new(ErrorCode::Internal, "a scan of the upload has no verdict"))?;
    let count = |verdict: Verdict| {
        i32::try_from(verdicts.iter().filter(|scan| scan.verdict == verdict).count()).unwrap_or(i32::MAX)
    };
    Ok(ScanUploaded {
        received_at: call.now,
        clock_offset_ms: scan_time(call.now, request.sent_at, request.sent_at, None).clock_offset_ms,
        success_count: count(Verdict::Success),
        duplicate_count: count(Verdict::Duplicate),
        conflict_count: count(Verdict::Conflict),
        error_count: count(Verdict::Error),
        verdicts,
    })
}

/// What a person hears of a scan at a place that is none of the credential's.
const ELSEWHERE: &str = "no such event or gate: the scan was not booked; let its device send it";

/// The reason of a scan that contradicts itself.
const MALFORMED: Reason = Reason::ScanMalformed;
