//! Scans that are in the journal already, and those that come twice in one upload.

use std::collections::HashMap;

use admit_core::Result;
use admit_core::journal::Entry;
use admit_core::scan::{OfflineScan, Outcome, ScanInput, UploadedScan, Verdict, answer};
use jiff::Timestamp;
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::entry_of;
use crate::scan::store::body_of;

/// What an upload repeats.
pub struct Known {
    /// Booked scans by nonce, each with the fingerprint of what was asked.
    stored: HashMap<Uuid, (i64, Entry)>,
    /// Where each nonce comes first in the upload.
    first: HashMap<Uuid, usize>,
    /// Of each scan, whether it is booked now.
    fresh: Vec<bool>,
}

impl Known {
    /// Looks for the scans of an upload.
    pub fn load(database: &mut Database<'_, '_>, call: &Call, device_id: Uuid, scans: &[OfflineScan]) -> Result<Self> {
        let nonces: Vec<Uuid> = scans.iter().map(|scan| scan.nonce).collect();
        let rows = database.point(
            include_str!("../../../../sql/statements/upload_known.sql"),
            arguments![call.tenant_id, device_id, nonces],
        )?;
        let rows = rows.collect(|row| Ok((row.get::<Uuid>(14)?, (row.get::<i64>(15)?, entry_of(row)?))))?;
        let stored: HashMap<Uuid, (i64, Entry)> = rows.into_iter().collect();
        let mut first = HashMap::new();
        let mut fresh = Vec::with_capacity(scans.len());
        for (index, scan) in scans.iter().enumerate() {
            let again = first.contains_key(&scan.nonce);
            first.entry(scan.nonce).or_insert(index);
            fresh.push(!again && !stored.contains_key(&scan.nonce));
        }
        Ok(Self { stored, first, fresh })
    }

    /// Locks what was booked before, so that its verdict is as durable as the first one. Last of all locks.
    pub fn lock(&self, database: &mut Database<'_, '_>, call: &Call, device_id: Uuid) -> Result<()> {
        if self.stored.is_empty() {
            return Ok(());
        }
        let mut nonces: Vec<Uuid> = self.stored.keys().copied().collect();
        nonces.sort_unstable();
        database.point(
            "SELECT 1 FROM admit.scan WHERE tenant_id = $1 AND device_id = $2 AND nonce = ANY ($3) \
             ORDER BY nonce FOR UPDATE",
            arguments![call.tenant_id, device_id, nonces],
        )?;
        Ok(())
    }

    /// Whether a scan of the upload is booked now.
    pub fn is_new(&self, index: usize) -> bool {
        self.fresh.get(index).copied().unwrap_or(false)
    }

    /// Gives each repeated scan the verdict of the first time.
    pub fn answer(&self, scans: &[OfflineScan], verdicts: &mut [Option<UploadedScan>]) -> Result<()> {
        for (index, scan) in scans.iter().enumerate().filter(|(index, _)| !self.is_new(*index)) {
            let asked = digest(scan, &input(scan, scan.scanned_at).0);
            let verdict = match self.stored.get(&scan.nonce) {
                Some((digest, entry)) if *digest == asked => stored_verdict(scan, entry)?,
                Some(_) => reused(scan.nonce),
                None => {
                    let first = self.first.get(&scan.nonce).copied().unwrap_or(index);
                    let same =
                        scans.get(first).is_some_and(|first| digest(first, &input(first, first.scanned_at).0) == asked);
                    let earlier = verdicts.get(first).cloned().flatten().filter(|_| same);
                    earlier.map_or_else(|| reused(scan.nonce), |earlier| UploadedScan { repeated: true, ..earlier })
                }
            };
            if let Some(place) = verdicts.get_mut(index) {
                *place = Some(verdict);
            }
        }
        Ok(())
    }
}

/// What was asked, checked; an amount that makes no sense is left out, and told.
pub fn input(scan: &OfflineScan, at: Timestamp) -> (ScanInput, Option<String>) {
    match ScanInput::check(scan.kind, scan.amount_cents, scan.items.clone(), None, at) {
        Ok(input) => (ScanInput { scanned_at: at, ..input }, None),
        Err(error) => {
            let empty = ScanInput {
                kind: scan.kind,
                amount_cents: 0,
                items: Vec::new(),
                scanned_at: at,
                override_reason: None,
            };
            (empty, Some(error.detail))
        }
    }
}

/// Fingerprint of what was asked, the same as that of the scan had it been sent at once.
pub fn digest(scan: &OfflineScan, input: &ScanInput) -> i64 {
    input.digest(&scan.token, scan.event_id, scan.gate_id)
}

fn stored_verdict(scan: &OfflineScan, entry: &Entry) -> Result<UploadedScan> {
    let body = body_of(entry)?;
    let answered = answer(entry, &body)?;
    let verdict = match &body.offline {
        Some(offline) => offline.verdict,
        // It had reached the server, and only the answer was lost.
        None if answered.outcome == Outcome::Denied && scan.outcome == Outcome::Admitted => Verdict::Conflict,
        None => Verdict::Success,
    };
    Ok(UploadedScan {
        nonce: scan.nonce,
        verdict,
        repeated: true,
        scan_id: Some(entry.entry_id),
        reason: answered.reason,
        rule: answered.rule,
        other_scan_id: body.offline.and_then(|offline| offline.other_scan_id),
        prior: answered.prior,
        entry_number: answered.entry_number,
        charged_cents: answered.charged_cents,
        scanned_at: Some(answered.scanned_at),
        error: None,
    })
}

fn reused(nonce: Uuid) -> UploadedScan {
    let error = "the nonce belongs to another scan: send this one again with a new nonce";
    UploadedScan { repeated: true, ..unbooked(nonce, error) }
}

/// The verdict of a scan that is not booked.
pub fn unbooked(nonce: Uuid, error: &str) -> UploadedScan {
    UploadedScan {
        nonce,
        verdict: Verdict::Error,
        repeated: false,
        scan_id: None,
        reason: None,
        rule: None,
        other_scan_id: None,
        prior: None,
        entry_number: None,
        charged_cents: 0,
        scanned_at: None,
        error: Some(error.to_owned()),
    }
}
