//! Scans that a device made without a network, taken in afterwards: what its clock meant, and whether its
//! decisions stand.

mod clock;
mod judge;
mod message;
mod past;

pub use clock::{AGE_HOURS_MAX, CLOCK_OFFSET_MS_MAX, ScanTime, scan_time};
pub use judge::{Judgement, denied_offline, judge, over_capacity};
pub use message::{
    ConflictList, ConflictPage, ConflictResolve, ConflictView, OfflineRecord, OfflineScan, SCANS_MAX, ScanUpload,
    ScanUploaded, UploadedScan, Verdict,
};
pub use past::{Admission, Past};

#[cfg(test)]
mod tests;
