//! Scanning devices: how they are paired, where they stand, what they may do.

mod pairing;
mod place;

pub use pairing::{
    CODE_MINUTES_DEFAULT, CODE_MINUTES_MAX, PAIRING_CODE_BYTES, formatted_code, is_plain_code, pairing_code_hash,
    pairing_retry_hash,
};
pub use place::{DevicePlacement, EVENTS_MAX, chosen_events, profile_name};

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};
use crate::scan::ScanKind;

/// A device token never lives longer than this.
pub const TOKEN_HOURS_MAX: i32 = 24;

/// What a device may do unless another profile is named.
pub const DEFAULT_PROFILE: &str = "full";

/// A profile that new tenants have: name, commands (none: all that the role `device` allows), kinds of
/// scans, and whether it may decide without a network.
pub type DefaultProfile = (&'static str, Option<&'static [&'static str]>, &'static [ScanKind], bool);

/// What every profile's devices need to stay in touch.
const IN_TOUCH: [&str; 8] = [
    "device.renew",
    "device.heartbeat",
    "device.get",
    "staff.login",
    "scan.record",
    "scan.check",
    "event.get",
    "policy.get",
];

/// What those that only scan need besides, to decide without a network.
const SCAN_ONLY: [&str; IN_TOUCH.len() + 2] = {
    let mut commands = ["manifest.get"; IN_TOUCH.len() + 2];
    commands[IN_TOUCH.len()] = "scan.upload";
    let mut place = 0;
    while place < IN_TOUCH.len() {
        commands[place] = IN_TOUCH[place];
        place += 1;
    }
    commands
};

/// The profiles of a new tenant; the tenant changes them with `device_profile.set`.
pub const DEFAULT_PROFILES: [DefaultProfile; 5] = [
    (DEFAULT_PROFILE, None, ScanKind::ALL, true),
    ("scan_only", Some(&SCAN_ONLY), &[ScanKind::Entry, ScanKind::Exit], true),
    ("online_only", None, ScanKind::ALL, false),
    ("kiosk", Some(&IN_TOUCH), &[ScanKind::Entry], false),
    ("sale", Some(&IN_TOUCH), &[ScanKind::Concession, ScanKind::Merchandise, ScanKind::General], false),
];

words! {
    /// What came of sending a pairing code.
    pub enum PairingOutcome {
        /// The device has its token.
        Paired => "paired",
        /// It has none.
        Refused => "refused",
    }

    /// Why a code was refused. A refusal is an answer, so that it is counted.
    pub enum CodeRefusal {
        /// The code is unknown, was used or has ended.
        CodeRefused => "code_refused",
        /// Too many wrong codes came from there: wait until `retry_at`.
        Locked => "locked",
    }
}

requests! {
    /// Registers a device at a gate and issues its token. The token is in the answer and
    /// nowhere else.
    pub struct DeviceRegister {
        /// For people, 1 to 200 characters.
        pub name: String,
        /// Where it stands.
        pub gate_id: Uuid,
        /// The only event it scans for; any event of the gate's venue when absent.
        pub event_id: Option<Uuid>,
        /// The events it scans for, 1 to 50, in place of `event_id`.
        pub event_ids: Option<Vec<Uuid>>,
        /// What it may do, a profile of the tenant; `full` when absent.
        pub profile: Option<String>,
        /// Zones that it guards, at most 32 names such as GA, VIP, BACKSTAGE; none when absent.
        pub zones: Option<Vec<String>>,
        /// Hours until the token ends, 1 to 24; 24 when absent.
        pub token_hours: Option<i32>,
    }

    /// Makes a pairing code, which a device exchanges for its token once. Either for a new device, or, with
    /// `device_id`, for one that exists: its token ends when the code is used.
    pub struct DeviceInvite {
        /// The device that is paired again; then where it stands is as it was.
        pub device_id: Option<Uuid>,
        /// For people, 1 to 200 characters; of a new device.
        pub name: Option<String>,
        /// Where a new device stands.
        pub gate_id: Option<Uuid>,
        /// The only event a new device scans for; any event of the gate's venue when absent.
        pub event_id: Option<Uuid>,
        /// The events a new device scans for, 1 to 50, in place of `event_id`.
        pub event_ids: Option<Vec<Uuid>>,
        /// What a new device may do, a profile of the tenant; `full` when absent.
        pub profile: Option<String>,
        /// Zones that a new device guards, at most 32 names such as GA, VIP, BACKSTAGE.
        pub zones: Option<Vec<String>>,
        /// Minutes until the code ends, 1 to 60; 15 when absent.
        pub code_minutes: Option<i32>,
    }

    /// Exchanges a pairing code for a device token. A wrong code is answered, not raised, so that it is
    /// counted: after ten within a quarter of an hour the address has to wait. Whoever lost the answer sends the same
    /// code and `pairing_nonce` again within two minutes and gets a new token; the first one ends.
    pub struct DevicePair {
        /// The code; hyphens, spaces and case do not matter.
        pub pairing_code: String,
        /// The maker of the device, at most 100 characters.
        pub brand: Option<String>,
        /// Its model, at most 100 characters.
        pub model: Option<String>,
        /// The version of its software, at most 100 characters.
        pub software_version: Option<String>,
        /// Hours until the token ends, 1 to 24; 24 when absent.
        pub token_hours: Option<i32>,
        /// A random id of the device's own, kept until the answer has arrived; without it a used code is over.
        pub pairing_nonce: Option<Uuid>,
    }

    /// Issues a new token for a device; the old one ends at once. Whoever lost the answer sends the same
    /// request with the same `Idempotency-Key` and the old token again.
    pub struct DeviceRenew {
        /// The device; absent when the device renews itself.
        pub device_id: Option<Uuid>,
        /// Hours until the token ends, 1 to 24; 24 when absent.
        pub token_hours: Option<i32>,
    }

    /// Moves a device to another gate or event. The session on it ends when its venue or events change.
    pub struct DeviceAssign {
        /// The device.
        pub device_id: Uuid,
        /// Where it stands.
        pub gate_id: Uuid,
        /// The only event it scans for; any event of the gate's venue when absent.
        pub event_id: Option<Uuid>,
        /// The events it scans for, 1 to 50, in place of `event_id`.
        pub event_ids: Option<Vec<Uuid>>,
    }

    /// Changes a device; absent fields stay.
    pub struct DeviceUpdate {
        /// The device.
        pub device_id: Uuid,
        /// For people, 1 to 200 characters.
        pub name: Option<String>,
        /// What it may do, a profile of the tenant.
        pub profile: Option<String>,
        /// All zones that it guards, at most 32 names; an empty list for none.
        pub zones: Option<Vec<String>>,
    }

    /// Reads a device.
    pub struct DeviceGet {
        /// The device.
        pub device_id: Uuid,
    }

    /// Says that a device is alive and reads what it is set to. To be sent about once a minute.
    pub struct DeviceHeartbeat {
        /// The device; absent when the device itself calls.
        pub device_id: Option<Uuid>,
        /// The version of its software, at most 100 characters, where it has changed.
        pub software_version: Option<String>,
    }

    /// Creates a profile, or replaces it for all devices that have it.
    pub struct DeviceProfileSet {
        /// 1 to 40 lower-case letters, digits and underscores.
        pub profile: String,
        /// Commands that its devices may call, of those that the role `device` allows; all of them when absent.
        pub commands: Option<Vec<String>>,
        /// Kinds of scans that its devices may make.
        pub scan_kinds: Vec<ScanKind>,
        /// Whether its devices may decide without a network.
        pub offline_allowed: bool,
    }

    /// Lists profiles of devices.
    pub struct DeviceProfileList {}

    /// Revokes a device at once.
    pub struct DeviceRevoke {
        /// The device.
        pub device_id: Uuid,
    }

    /// Lists devices.
    pub struct DeviceList {
        /// Only this venue's.
        pub venue_id: Option<Uuid>,
        /// Devices a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// An issued device token.
    pub struct DeviceToken {
        /// The device.
        pub device_id: Uuid,
        /// The token, shown only now.
        pub device_token: String,
        /// When it ends.
        pub expires_at: Timestamp,
    }

    /// A pairing code for a device.
    pub struct DeviceInvitation {
        /// The device.
        pub device_id: Uuid,
        /// Three groups of four symbols, shown only now.
        pub pairing_code: String,
        /// When the code ends.
        pub expires_at: Timestamp,
    }

    /// What came of a pairing code.
    pub struct DevicePairing {
        /// paired or refused.
        pub outcome: PairingOutcome,
        /// Why it was refused: `code_refused` (unknown, used or ended) or `locked`.
        pub reason: Option<CodeRefusal>,
        /// When a code may be tried again, where it is locked.
        pub retry_at: Option<Timestamp>,
        /// The device.
        pub device_id: Option<Uuid>,
        /// Its token, shown only now.
        pub device_token: Option<String>,
        /// When the token ends.
        pub expires_at: Option<Timestamp>,
    }

    /// What devices of a profile may do.
    pub struct DeviceProfileView {
        /// Its name.
        pub profile: String,
        /// Commands; `null` for all that the role `device` allows.
        pub commands: Option<Vec<String>>,
        /// Kinds of scans.
        pub scan_kinds: Vec<String>,
        /// Whether its devices may decide without a network.
        pub offline_allowed: bool,
    }

    /// All profiles.
    pub struct DeviceProfilePage {
        /// By name.
        pub items: Vec<DeviceProfileView>,
    }

    /// A device without its token.
    pub struct DeviceView {
        /// Its id.
        pub device_id: Uuid,
        /// For people.
        pub name: String,
        /// Where it stands.
        pub gate_id: Uuid,
        /// The only event it scans for; `null` for any or several.
        pub event_id: Option<Uuid>,
        /// The events it scans for; empty for any event of its gate's venue.
        pub event_ids: Vec<Uuid>,
        /// What it may do.
        pub profile: String,
        /// Zones that it guards.
        pub zones: Vec<String>,
        /// Its maker, as it said when it was paired.
        pub brand: Option<String>,
        /// Its model.
        pub model: Option<String>,
        /// The version of its software, as it said last.
        pub software_version: Option<String>,
        /// When it was paired last; `null` where its token was issued by `device.register`.
        pub paired_at: Option<Timestamp>,
        /// When its pairing code ends; `null` when it has none.
        pub code_expires_at: Option<Timestamp>,
        /// When it was heard of last, by pairing, renewal, heartbeat or a log-in, to the minute. Scans do not count.
        pub last_seen_at: Option<Timestamp>,
        /// When its token ends; `null` before it is paired.
        pub token_expires_at: Option<Timestamp>,
        /// When it was revoked.
        pub revoked_at: Option<Timestamp>,
        /// When it was registered.
        pub created_at: Timestamp,
    }

    /// A page of devices.
    pub struct DevicePage {
        /// Newest first.
        pub items: Vec<DeviceView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}
