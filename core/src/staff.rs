//! Staff: people who work at doors, their codes, second factors and sessions on devices.

mod login;
mod second_factor;

pub use login::{FAILURES_MAX, locked_until, session_event};
pub use second_factor::{
    RECOVERY_CODES, SECOND_FACTOR_SECRET_BYTES, accepted_step, enrolment_code_hash, is_enrolment_code, is_totp_code,
    otpauth_uri, recovery_code, recovery_code_hash, secret_text,
};

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};

/// A staff session never lives longer than this.
pub const SESSION_HOURS_MAX: i32 = 12;

/// Roles of a new tenant whose people need a second factor; changed with `staff.configure`.
pub const DEFAULT_TOTP_ROLES: [&str; 1] = ["admin"];

words! {
    /// What came of a log-in.
    pub enum LoginOutcome {
        /// There is a session.
        LoggedIn => "logged_in",
        /// There is none.
        Refused => "refused",
    }

    /// Why a log-in was refused. A refusal is an answer, so that it is counted.
    pub enum LoginRefusal {
        /// The staff code is unknown or no longer good.
        CodeRefused => "code_refused",
        /// A code of the second factor is needed: send `totp_code` or `recovery_code`.
        TotpRequired => "totp_required",
        /// The code of the second factor is wrong or was used: wait for the next one.
        TotpRefused => "totp_refused",
        /// The role needs a second factor and the person has none: somebody else begins with `staff.totp_begin`.
        TotpNotEnrolled => "totp_not_enrolled",
        /// Too many wrong codes: wait until `retry_at`.
        Locked => "locked",
        /// The person works at other venues or events than the device.
        OutOfScope => "out_of_scope",
        /// The person works at several of the device's events: name one as `event_id`.
        EventNeeded => "event_needed",
    }
}

requests! {
    /// Adds a person who works at doors. The staff code is in the answer and nowhere else.
    pub struct StaffCreate {
        /// 1 to 200 characters.
        pub name: String,
        /// One of the tenant's roles, such as staff, manager or admin.
        pub role: String,
        /// The venues where the person works, at most 50; all when neither these nor events are given.
        pub venue_ids: Option<Vec<Uuid>>,
        /// The events where the person works, at most 50; all of the venues when absent.
        pub event_ids: Option<Vec<Uuid>>,
    }

    /// Reads a person.
    pub struct StaffGet {
        /// The person.
        pub staff_id: Uuid,
    }

    /// Lists people.
    #[derive(Default)]
    pub struct StaffList {
        /// Only those who may log in, or only those who may not.
        pub active: Option<bool>,
        /// Only those of this role.
        pub role: Option<String>,
        /// Only those who may work at this venue.
        pub venue_id: Option<Uuid>,
        /// People a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Changes a person; absent fields stay. Sessions end when the role or the places change.
    pub struct StaffUpdate {
        /// The person.
        pub staff_id: Uuid,
        /// 1 to 200 characters.
        pub name: Option<String>,
        /// One of the tenant's roles.
        pub role: Option<String>,
        /// All venues where the person works; with `event_ids`, an empty list of both for everywhere.
        pub venue_ids: Option<Vec<Uuid>>,
        /// All events where the person works; an empty list for all of the venues.
        pub event_ids: Option<Vec<Uuid>>,
    }

    /// Ends a person's work for good: sessions end at once and the staff code is void.
    pub struct StaffDeactivate {
        /// The person.
        pub staff_id: Uuid,
    }

    /// Issues a new staff code; the old one is void and sessions end at once.
    pub struct StaffCode {
        /// The person.
        pub staff_id: Uuid,
    }

    /// Says whose log-ins need a second factor. Sessions of these people that began without one end at once.
    pub struct StaffConfigure {
        /// Roles whose people need one, in place of the ones before.
        pub totp_roles: Vec<String>,
    }

    /// Makes a code with which somebody who has no second factor enrols one. It is handed to the person, apart
    /// from the badge, and replaces the one before; nobody makes one for themselves.
    pub struct StaffTotpInvite {
        /// The person.
        pub staff_id: Uuid,
        /// Minutes until the code ends, 1 to 60; 15 when absent.
        pub code_minutes: Option<i32>,
    }

    /// Begins to enrol a second factor for somebody who has none. The secret is in the answer and nowhere else.
    pub struct StaffTotpBegin {
        /// The person; absent for the caller. Others are enrolled by whoever may call `staff.totp_reset`.
        pub staff_id: Option<Uuid>,
        /// The code of `staff.totp_invite`, for the caller: a badge alone enrols nothing.
        pub enrolment_code: Option<String>,
    }

    /// Confirms a second factor with a code of the authenticator app. The person's other sessions end.
    pub struct StaffTotpConfirm {
        /// The person; absent for the caller. Others are enrolled by whoever may call `staff.totp_reset`.
        pub staff_id: Option<Uuid>,
        /// Six digits that the app shows now.
        pub totp_code: String,
        /// The code of `staff.totp_invite` once more, for the caller; it is used up.
        pub enrolment_code: Option<String>,
    }

    /// Removes a person's second factor, recovery codes, enrolment code and lock; sessions end at once.
    pub struct StaffTotpReset {
        /// The person.
        pub staff_id: Uuid,
    }

    /// Logs a person in on the calling device; the session ends with the device's token, unless that is renewed in
    /// time. A refusal is answered, not raised, so that it is counted: ten wrong staff codes without a log-in between
    /// them, or fifty with, lock the device's log-in until a quarter of an hour has passed since the first; wrong codes
    /// of a second factor lock a person's for 1 minute to 1 hour.
    pub struct StaffLogin {
        /// The device; absent when the device itself calls.
        pub device_id: Option<Uuid>,
        /// The person's code, as read from a badge or wristband.
        pub staff_code: String,
        /// Six digits of the person's authenticator app.
        pub totp_code: Option<String>,
        /// One of the person's recovery codes, in place of `totp_code`.
        pub recovery_code: Option<String>,
        /// The event to work at, where the device is bound to several.
        pub event_id: Option<Uuid>,
        /// Hours until the session ends, 1 to 12; 12 when absent.
        pub session_hours: Option<i32>,
    }

    /// Ends the caller's session.
    pub struct StaffLogout {}

    /// Lists sessions.
    pub struct StaffSessions {
        /// Only this person's.
        pub staff_id: Option<Uuid>,
        /// Only those on this device.
        pub device_id: Option<Uuid>,
        /// Only those that are good now, or only those that are over, as when their device's token is.
        pub live: Option<bool>,
        /// Sessions a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Lists what a person did: journal entries, newest first.
    pub struct StaffActivity {
        /// The person.
        pub staff_id: Uuid,
        /// Only this action, or with a dot at its end, such as `scan.`, all of a domain.
        pub action: Option<String>,
        /// Only this event's.
        pub event_id: Option<Uuid>,
        /// Only this gate's.
        pub gate_id: Option<Uuid>,
        /// Only on this device.
        pub device_id: Option<Uuid>,
        /// Only from this time on.
        pub from: Option<Timestamp>,
        /// Only before this time.
        pub until: Option<Timestamp>,
        /// Entries a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// An issued staff code.
    pub struct StaffCodeIssued {
        /// The person.
        pub staff_id: Uuid,
        /// The code for a badge or wristband, shown only now.
        pub staff_code: String,
    }

    /// A person who works at doors, without codes.
    pub struct StaffView {
        /// Its id.
        pub staff_id: Uuid,
        /// For people.
        pub name: String,
        /// Its role.
        pub role: String,
        /// Where it works; empty for everywhere.
        pub venue_ids: Vec<Uuid>,
        /// The events where it works; empty for all of its venues.
        pub event_ids: Vec<Uuid>,
        /// Whether a second factor is enrolled.
        pub totp_enrolled: bool,
        /// Whether the role needs one.
        pub totp_required: bool,
        /// Recovery codes that are left.
        pub recovery_codes_left: i64,
        /// Until when wrong codes keep it from logging in.
        pub locked_until: Option<Timestamp>,
        /// When it was added.
        pub created_at: Timestamp,
        /// When its work ended.
        pub deactivated_at: Option<Timestamp>,
    }

    /// A page of people.
    pub struct StaffPage {
        /// Newest first.
        pub items: Vec<StaffView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }

    /// Whose log-ins need a second factor.
    pub struct StaffSettings {
        /// Roles, by name.
        pub totp_roles: Vec<String>,
    }

    /// A code with which a person enrols a second factor.
    pub struct TotpInvitation {
        /// The person.
        pub staff_id: Uuid,
        /// Four groups of four symbols, shown only now.
        pub enrolment_code: String,
        /// When the code ends.
        pub expires_at: Timestamp,
    }

    /// A second factor that waits for its first code.
    pub struct TotpEnrolment {
        /// The person.
        pub staff_id: Uuid,
        /// The secret in base32, to be typed, shown only now.
        pub totp_secret: String,
        /// The same as a link that authenticator apps read from a QR code, shown only now.
        pub otpauth_uri: String,
    }

    /// A second factor that is in use.
    pub struct TotpConfirmed {
        /// The person.
        pub staff_id: Uuid,
        /// Ten codes that each log in once without the app, shown only now.
        pub recovery_codes: Vec<String>,
    }

    /// What came of a log-in.
    pub struct StaffLoginAnswer {
        /// logged_in or refused.
        pub outcome: LoginOutcome,
        /// Why it was refused.
        pub reason: Option<LoginRefusal>,
        /// When to try again, where it is locked.
        pub retry_at: Option<Timestamp>,
        /// The person.
        pub staff_id: Option<Uuid>,
        /// Its name.
        pub name: Option<String>,
        /// Its role.
        pub role: Option<String>,
        /// The session's credential, shown only now.
        pub session_token: Option<String>,
        /// When it ends.
        pub expires_at: Option<Timestamp>,
        /// The venue that it is for.
        pub venue_id: Option<Uuid>,
        /// The event that it is for; `null` for all of the venue.
        pub event_id: Option<Uuid>,
    }

    /// An acknowledged end of a session.
    pub struct StaffLoggedOut {
        /// When it ended.
        pub ended_at: Timestamp,
    }

    /// A person's session on a device.
    pub struct StaffSessionView {
        /// Its id.
        pub session_id: Uuid,
        /// The person.
        pub staff_id: Uuid,
        /// The device.
        pub device_id: Uuid,
        /// The venue that it is for.
        pub venue_id: Uuid,
        /// The event that it is for; `null` for all of the venue.
        pub event_id: Option<Uuid>,
        /// Whether a second factor was shown.
        pub second_factor: bool,
        /// When it began.
        pub created_at: Timestamp,
        /// When it ends at the latest.
        pub expires_at: Timestamp,
        /// When it was ended.
        pub ended_at: Option<Timestamp>,
    }

    /// A page of sessions.
    pub struct StaffSessionPage {
        /// Newest first.
        pub items: Vec<StaffSessionView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}
