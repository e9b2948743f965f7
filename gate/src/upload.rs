//! `admit-gate upload`: scans that were made without a network go to the server, and its verdicts are kept.

use std::collections::HashMap;

use admit_core::scan::{OfflineScan, SCANS_MAX, ScanUpload, ScanUploaded, UploadedScan, Verdict};
use serde::Serialize;
use uuid::Uuid;

use crate::cli::Cli;
use crate::device::{Device, LONG};
use crate::failure::Failure;
use crate::output;
use crate::queue::StoredVerdict;

/// A request stays below the server's limit of 4 MiB.
const PART_BYTES_MAX: usize = 3_500_000;
/// What a scan takes beside its token.
const SCAN_BYTES: usize = 450;

/// What became of an upload.
#[derive(Debug, Default, Serialize)]
pub struct Uploaded {
    /// Scans that were sent.
    pub scans: usize,
    /// Of these, booked as the gate decided.
    pub success: usize,
    /// Scans that the server had before.
    pub repeated: usize,
    /// Verdicts that are not success.
    pub others: Vec<UploadedScan>,
}

/// `admit-gate upload`
pub fn run(cli: &Cli) -> Result<(), Failure> {
    let mut device = Device::open(cli)?;
    device.renew_if_due()?;
    let uploaded = everything(&mut device)?;
    output::verdicts(&uploaded);
    output::say(&format!("{} scans uploaded, {} as the gate decided", uploaded.scans, uploaded.success));
    output::line(&uploaded)
}

/// Uploads all that waits, in parts. Each part's verdicts are on the disk before anything of it is cut.
pub fn everything(device: &mut Device) -> Result<Uploaded, Failure> {
    let mut uploaded = Uploaded::default();
    loop {
        let (numbers, scans) = part(device);
        if scans.is_empty() {
            break;
        }
        let body = ScanUpload { device_id: None, sent_at: device.clock.read().wall, scans };
        let answer = device.server.post(&device.request("/v1/scans/upload", LONG), &body);
        let answer: ScanUploaded = answer.map_err(|reason| device.failed(reason))?;
        let mut verdicts: HashMap<Uuid, UploadedScan> =
            answer.verdicts.into_iter().map(|verdict| (verdict.nonce, verdict)).collect();
        let mut judged = Vec::with_capacity(numbers.len());
        for (number, scan) in numbers.into_iter().zip(&body.scans) {
            let verdict = verdicts.remove(&scan.nonce);
            let verdict = verdict
                .ok_or_else(|| Failure::Unreachable("the server's answer leaves scans out: upload again".to_owned()))?;
            judged.push(StoredVerdict { number, verdict });
        }
        device.queue.judged(&judged)?;
        uploaded.add(judged);
    }
    if uploaded.scans > 0 {
        device.store_snapshot()?;
    }
    Ok(uploaded)
}

/// The oldest scans that wait, as many as one request takes.
fn part(device: &Device) -> (Vec<u64>, Vec<OfflineScan>) {
    let now = device.clock.read();
    let mut bytes = 0;
    let fits = |line: &&crate::queue::Line| {
        bytes += SCAN_BYTES + line.token.len();
        bytes <= PART_BYTES_MAX
    };
    let waiting = device.queue.pending().take(SCANS_MAX).take_while(fits);
    waiting.map(|line| (line.number, line.upload(&now))).unzip()
}

impl Uploaded {
    fn add(&mut self, judged: Vec<StoredVerdict>) {
        for StoredVerdict { verdict, .. } in judged {
            self.scans += 1;
            self.repeated += usize::from(verdict.repeated);
            if verdict.verdict == Verdict::Success {
                self.success += 1;
            } else {
                self.others.push(verdict);
            }
        }
    }
}
