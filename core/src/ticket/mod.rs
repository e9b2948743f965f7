//! Tickets: one for each paid unit, consumed by scans.

mod code;
pub mod reissue;
mod state;
pub mod token;

pub use code::{TicketCode, TicketKey};
pub use state::{TRANSITIONS, TicketState, TicketStep, Transition, diagram, next_state};

use jiff::Timestamp;
use uuid::Uuid;

use crate::inventory::seat::SeatName;
use crate::message::{answers, requests, words};
use crate::qr::{PictureFormat, QrUse};

words! {
    /// A form in which a ticket is shown.
    pub enum TicketForm {
        /// 26 symbols that can be typed: good for print and for reading aloud.
        Code => "code",
        /// `AH1`, 67 characters under a key of the server: good for wristbands.
        Short => "short",
        /// `AT1`, 170 characters that a gate verifies without a network; also as a JWS.
        Signed => "signed",
        /// `AT1` with eight digits that change every half minute: a screenshot of it is worthless.
        Rotating => "rotating",
    }
}

requests! {
    /// Gives what a ticket's holder shows at the gate.
    pub struct TicketToken {
        /// The ticket.
        pub ticket_id: Uuid,
        /// In which form: code, short, signed or rotating; what the event's policy wants when absent.
        pub form: Option<TicketForm>,
    }

    /// Reads one ticket with its code. Wallets read their own.
    pub struct TicketGet {
        /// The ticket.
        pub ticket_id: Uuid,
    }

    /// Draws the QR code of the caller's own active ticket.
    pub struct TicketQr {
        /// The ticket.
        pub ticket_id: Uuid,
        /// What it holds: code, short, signed or rotating; what the event's policy wants when absent. A rotating one
        /// is good for this moment.
        pub form: Option<TicketForm>,
        /// svg or png; svg when absent.
        pub format: Option<PictureFormat>,
        /// The picture's side in pixels, 128 to 2,048; 512 when absent.
        pub size_pixels: Option<i32>,
        /// screen (error correction M) or print (Q); screen when absent. Rotating codes are not printed.
        pub purpose: Option<QrUse>,
    }

    /// Takes a ticket out of use without a refund; its place is free again.
    pub struct TicketCancel {
        /// The ticket.
        pub ticket_id: Uuid,
        /// Why; recorded. 1 to 500 characters.
        pub reason: String,
    }

    /// Lists tickets, newest first: a wallet's own, or for staff those of a wallet, event or order.
    #[derive(Default)]
    pub struct TicketList {
        /// Only this wallet's; a wallet always sees its own.
        pub wallet_id: Option<Uuid>,
        /// Only for this event.
        pub event_id: Option<Uuid>,
        /// Only of this order.
        pub order_id: Option<Uuid>,
        /// Only these.
        pub state: Option<TicketState>,
        /// Only for events that are over (`false`: that are not).
        pub past: Option<bool>,
        /// Tickets a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// A ticket. The same shape in lists and alone.
    pub struct TicketView {
        /// Its id.
        pub ticket_id: Uuid,
        /// The order that paid for it.
        pub order_id: Uuid,
        /// The order's number for people.
        pub order_number: String,
        /// Its place among the order's tickets, from 1.
        pub unit: i32,
        /// Its event.
        pub event_id: Uuid,
        /// The event's name.
        pub event_name: String,
        /// When the event opens.
        pub starts_at: Timestamp,
        /// When the event closes.
        pub ends_at: Timestamp,
        /// The event's time zone.
        pub time_zone: String,
        /// Its type.
        pub ticket_type_id: Uuid,
        /// The type's name.
        pub ticket_type_name: String,
        /// Its seat, if it has one.
        pub seat: Option<SeatName>,
        /// Zones that it opens.
        pub zones: Vec<String>,
        /// The holder's wallet.
        pub wallet_id: Uuid,
        /// active, used, refunded, cancelled or expired.
        pub state: String,
        /// The 26 symbols that a gate reads; only for the holder, while it is active and the code's key is not revoked.
        pub code: Option<String>,
        /// What was paid for it with fees and taxes, in minor units.
        pub price_cents: i64,
        /// The event's currency.
        pub currency: String,
        /// From when it admits.
        pub valid_from: Option<Timestamp>,
        /// Until when it admits.
        pub valid_until: Option<Timestamp>,
        /// On how many days it admits, for a pass.
        pub pass_days: Option<i32>,
        /// On how many days it has admitted.
        pub days_used: i32,
        /// Admitted entries.
        pub entries: i32,
        /// Whether its holder is inside.
        pub inside: bool,
        /// Its last admission.
        pub admitted_at: Option<Timestamp>,
        /// When it was issued.
        pub created_at: Timestamp,
    }

    /// How a phone makes the rotating codes of a ticket by itself (RFC 6238).
    pub struct Rotation {
        /// What stays: the phone shows this, `.`, the Unix time in seconds, `.` and the code of that time.
        pub fixed: String,
        /// The ticket's key in base32 (RFC 4648). Whoever has it can show the ticket.
        pub key: String,
        /// The hash: SHA1.
        pub algorithm: String,
        /// Digits of a code.
        pub digits: i32,
        /// Seconds that a code is good for.
        pub period_seconds: i32,
    }

    /// What a ticket's holder shows at the gate.
    pub struct TicketTokenView {
        /// The ticket.
        pub ticket_id: Uuid,
        /// code, short, signed or rotating.
        pub form: String,
        /// The text of the QR code; a rotating one is good for this moment.
        pub token: String,
        /// A signed ticket as an EdDSA JWS (RFC 8037) that any JOSE library checks with the published keys.
        pub jws: Option<String>,
        /// The key that signed it, as in the published keys.
        pub kid: Option<String>,
        /// Which of the ticket's tokens it is; a reissue makes the older ones invalid.
        pub generation: i32,
        /// When the ticket was issued.
        pub issued_at: Timestamp,
        /// When a signed ticket ends: a day after its validity or the event.
        pub expires_at: Option<Timestamp>,
        /// How the phone makes the next codes of a rotating one.
        pub rotation: Option<Rotation>,
    }

    /// A page of tickets.
    pub struct TicketPage {
        /// Newest first.
        pub items: Vec<TicketView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}
