//! The words of a scan: what it is for, what came of it, and why not.

use crate::message::words;

words! {
    /// What a scan is for, as the device says. Whether an entry is a re-entry is worked out.
    pub enum ScanKind {
        /// Coming in.
        Entry => "entry",
        /// Going out.
        Exit => "exit",
        /// A sale at a bar or stand.
        Concession => "concession",
        /// A sale of merchandise.
        Merchandise => "merchandise",
        /// Any other sale.
        General => "general",
    }

    /// Whether the guest passes or the sale is made.
    pub enum Outcome {
        /// Yes.
        Admitted => "admitted",
        /// No, for the reason given.
        Denied => "denied",
    }

    /// Why a scan was denied.
    pub enum Reason {
        /// The token is none of admit's.
        TokenMalformed => "token_malformed",
        /// The token's signature does not verify, or its key is unknown.
        TokenForged => "token_forged",
        /// The token was made with a key that was revoked since: the holder opens the wallet again, or the ticket is
        /// reissued.
        KeyRevoked => "key_revoked",
        /// The token belongs to another tenant.
        TokenForeign => "token_foreign",
        /// The token's time is over: the guest opens the wallet again.
        TokenExpired => "token_expired",
        /// The session was ended by log-out, refresh or recovery.
        SessionEnded => "session_ended",
        /// The device was revoked or its token has ended.
        DeviceRevoked => "device_revoked",
        /// The device does not stand at this gate, or the gate is not for this kind of scan.
        WrongGate => "wrong_gate",
        /// The event is at another venue, or the device scans for another event.
        WrongEvent => "wrong_event",
        /// The gate or the venue is not in use.
        GateClosed => "gate_closed",
        /// The event is not active.
        EventInactive => "event_inactive",
        /// The event was called off. People who are inside may leave.
        EventCancelled => "event_cancelled",
        /// Entry is not open yet.
        EventNotStarted => "event_not_started",
        /// Nobody comes in for the first time any more.
        CheckInClosed => "check_in_closed",
        /// The event is over.
        EventEnded => "event_ended",
        /// It is not one of the ticket's hours of entry.
        OutsideHours => "outside_hours",
        /// The ticket does not open the zones that the device guards.
        ZoneDenied => "zone_denied",
        /// No ticket has this code.
        TicketUnknown => "ticket_unknown",
        /// The ticket has a newer code: this one was reissued, transferred or resold.
        TicketSuperseded => "ticket_superseded",
        /// The event admits rotating codes only: the holder opens the ticket on a phone.
        RotatingCodeRequired => "rotating_code_required",
        /// The rotating code is too old, as on a screenshot.
        CodeExpired => "code_expired",
        /// The rotating code is ahead of the clock: the phone's clock is wrong.
        CodeEarly => "code_early",
        /// The rotating code was used before: the holder waits for the next one.
        CodeReplayed => "code_replayed",
        /// The ticket was paid back or taken out of use.
        TicketVoid => "ticket_void",
        /// The ticket's validity is over.
        TicketExpired => "ticket_expired",
        /// The ticket is not valid yet.
        TicketNotYetValid => "ticket_not_yet_valid",
        /// The ticket's uses are consumed: see the prior use.
        TicketUsed => "ticket_used",
        /// The pass has admitted on all its days.
        PassDaysUsed => "pass_days_used",
        /// A ticket opens doors and pays nothing: scan the wallet.
        TicketCannotPay => "ticket_cannot_pay",
        /// The event needs a pass.
        PassRequired => "pass_required",
        /// Staff froze the wallet.
        WalletFrozen => "wallet_frozen",
        /// The wallet has another currency than the event.
        CurrencyMismatch => "currency_mismatch",
        /// The wallet was admitted a moment ago: see the prior use.
        Duplicate => "duplicate",
        /// The wallet is inside and has not been scanned out: see the prior use.
        AlreadyInside => "already_inside",
        /// The wallet is not inside, so it cannot leave.
        NotInside => "not_inside",
        /// The event lets nobody back in.
        ReentryDenied => "reentry_denied",
        /// The last admission was too short a time ago.
        ReentryTooSoon => "reentry_too_soon",
        /// The wallet or ticket has used its entries of the day.
        DayLimitReached => "day_limit_reached",
        /// The wallet has used all its entries.
        EntriesExhausted => "entries_exhausted",
        /// The event or the venue is full.
        CapacityReached => "capacity_reached",
        /// The balance does not cover the charge.
        InsufficientFunds => "insufficient_funds",
        /// The gate has no network and cannot know: show a signed ticket, or ask again with a network.
        OfflineUnavailable => "offline_unavailable",
        /// An uploaded scan contradicts itself, or names no event.
        ScanMalformed => "scan_malformed",
        /// A scan without a network was sent too long after it was made.
        ScanTooLate => "scan_too_late",
    }
}

impl Reason {
    /// Whether another admission of the same ticket or wallet is what denies.
    pub fn is_repetition(self) -> bool {
        matches!(
            self,
            Self::Duplicate
                | Self::AlreadyInside
                | Self::TicketUsed
                | Self::EntriesExhausted
                | Self::ReentryDenied
                | Self::ReentryTooSoon
                | Self::DayLimitReached
                | Self::PassDaysUsed
                | Self::CodeReplayed
        )
    }
}
