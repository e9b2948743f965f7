//! Scanning devices and their tokens.

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests};

/// A device token never lives longer than this.
pub const TOKEN_HOURS_MAX: i32 = 24;

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
        /// Hours until the token ends, 1 to 24; 24 when absent.
        pub token_hours: Option<i32>,
    }

    /// Issues a new token for a device; the old one ends at once. Whoever lost the answer sends the same
    /// request with the same `Idempotency-Key` and the old token again.
    pub struct DeviceRenew {
        /// The device; absent when the device renews itself.
        pub device_id: Option<Uuid>,
        /// Hours until the token ends, 1 to 24; 24 when absent.
        pub token_hours: Option<i32>,
    }

    /// Moves a device to another gate or event.
    pub struct DeviceAssign {
        /// The device.
        pub device_id: Uuid,
        /// Where it stands.
        pub gate_id: Uuid,
        /// The only event it scans for; any event of the gate's venue when absent.
        pub event_id: Option<Uuid>,
    }

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

    /// A device without its token.
    pub struct DeviceView {
        /// Its id.
        pub device_id: Uuid,
        /// For people.
        pub name: String,
        /// Where it stands.
        pub gate_id: Uuid,
        /// The only event it scans for.
        pub event_id: Option<Uuid>,
        /// When its token ends.
        pub token_expires_at: Timestamp,
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
