//! Every command: its name, route, permission and shapes. Routes, OpenAPI, the typed SQL
//! functions and the tests that enumerate all follow from this table.

mod roles;

pub use roles::{DEFAULT_ROLES, grants};

/// HTTP methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates or acts.
    Post,
    /// Replaces or configures.
    Put,
    /// Changes parts.
    Patch,
    /// Ends something.
    Delete,
}

impl Method {
    /// The method's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// How a repeated request is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It only reads.
    Read,
    /// By the Idempotency-Key, which is required.
    Key,
    /// By its nonce, or the Idempotency-Key in its place.
    Nonce,
    /// Doing it again changes nothing more, or its credential is spent; a key is not needed.
    Natural,
}

/// Who may call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a credential.
    Public,
    /// A credential whose role has the command.
    Role,
}

/// One command.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// `<domain>.<verb>`; also the name of its permission.
    pub name: &'static str,
    /// HTTP method.
    pub method: Method,
    /// HTTP path; `{…}` names fields of the request.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// How a repeated request is recognised.
    pub repeat: Repeat,
    /// HTTP status of success.
    pub status: u16,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// JSON schema of the request.
    #[cfg(feature = "schema")]
    pub request: fn() -> schemars::Schema,
    /// JSON schema of the answer.
    #[cfg(feature = "schema")]
    pub answer: fn() -> schemars::Schema,
    /// Names of the types, for documentation.
    pub types: (&'static str, &'static str),
}

macro_rules! commands {
    ($($name:literal $method:ident $path:literal $access:ident $repeat:ident $status:literal $request:path => $answer:path, $summary:literal;)*) => {
        /// All commands, by domain.
        pub const COMMANDS: &[Command] = &[$(Command {
            name: $name,
            method: Method::$method,
            path: $path,
            access: Access::$access,
            repeat: Repeat::$repeat,
            status: $status,
            summary: $summary,
            #[cfg(feature = "schema")]
            request: || schemars::schema_for!($request),
            #[cfg(feature = "schema")]
            answer: || schemars::schema_for!($answer),
            types: (stringify!($request), stringify!($answer)),
        },)*];
    };
}

#[cfg(feature = "schema")]
use crate::{
    approval, branding, device, event, fee, inventory, invoice, ledger, offline, order, payment,
    payment::reconciliation, payout, policy, qr, receipt, report, scan, staff, tenant, ticket, venue, venue_code,
    wallet,
};

commands! {
    "api_key.create" Post "/v1/api-keys" Role Key 201 tenant::ApiKeyCreate => tenant::ApiKeyCreated, "Issues an API key with a role.";
    "api_key.list" Get "/v1/api-keys" Role Read 200 tenant::ApiKeyList => tenant::ApiKeyPage, "Lists API keys without their secrets.";
    "api_key.revoke" Delete "/v1/api-keys/{api_key_id}" Role Natural 200 tenant::ApiKeyRevoke => tenant::Revoked, "Revokes an API key at once.";
    "role.list" Get "/v1/roles" Role Read 200 tenant::RoleList => tenant::RolePage, "Lists roles and what they may do.";
    "role.set" Put "/v1/roles/{role}" Role Natural 200 tenant::RoleSet => tenant::RoleView, "Creates a role or replaces its commands.";
    "key.list" Get "/v1/keys" Role Read 200 tenant::KeyList => tenant::KeyPage, "Lists signing keys without their secrets.";
    "key.rotate" Post "/v1/keys/rotate" Role Key 201 tenant::KeyRotate => tenant::KeyView, "Makes a new signing key the current one.";
    "key.revoke" Post "/v1/keys/{key_id}/revoke" Role Natural 200 tenant::KeyRevoke => tenant::KeyRevoked, "Revokes a signing key at once.";
    "key.schedule" Put "/v1/keys/schedules/{purpose}" Role Natural 200 tenant::KeySchedule => tenant::KeyScheduleView, "Rotates the keys of a purpose by schedule.";
    "key.jwks" Get "/.well-known/jwks.json" Public Read 200 tenant::KeyJwks => tenant::KeySet, "Publishes the public signing keys.";

    "venue.create" Post "/v1/venues" Role Key 201 venue::VenueCreate => venue::VenueView, "Creates a venue with its ledger account.";
    "venue.get" Get "/v1/venues/{venue_id}" Role Read 200 venue::VenueGet => venue::VenueView, "Reads a venue.";
    "venue.list" Get "/v1/venues" Role Read 200 venue::VenueList => venue::VenuePage, "Lists venues.";
    "venue.update" Patch "/v1/venues/{venue_id}" Role Natural 200 venue::VenueUpdate => venue::VenueView, "Changes or archives a venue.";
    "gate.create" Post "/v1/venues/{venue_id}/gates" Role Key 201 venue::GateCreate => venue::GateView, "Creates a gate.";
    "gate.list" Get "/v1/venues/{venue_id}/gates" Role Read 200 venue::GateList => venue::GatePage, "Lists a venue's gates.";
    "gate.update" Patch "/v1/gates/{gate_id}" Role Natural 200 venue::GateUpdate => venue::GateView, "Changes or archives a gate.";
    "venue_code.configure" Put "/v1/venue-codes/link" Role Natural 200 venue_code::VenueCodeConfigure => venue_code::VenueCodeLink, "Sets where the codes of venues lead to.";
    "venue_code.create" Post "/v1/venues/{venue_id}/codes" Role Key 201 venue_code::VenueCodeCreate => venue_code::VenueCodeView, "Makes a code that a venue puts up.";
    "venue_code.list" Get "/v1/venues/{venue_id}/codes" Role Read 200 venue_code::VenueCodeList => venue_code::VenueCodePage, "Lists a venue's codes with their scans.";
    "venue_code.get" Get "/v1/venue-codes/{venue_code_id}" Role Read 200 venue_code::VenueCodeGet => venue_code::VenueCodeView, "Reads a venue's code with its scans.";
    "venue_code.revoke" Delete "/v1/venue-codes/{venue_code_id}" Role Natural 200 venue_code::VenueCodeRevoke => venue_code::VenueCodeView, "Ends a venue's code.";
    "venue_code.qr" Get "/v1/venue-codes/{venue_code_id}/qr" Role Read 200 venue_code::VenueCodeQr => qr::QrFile, "Draws the QR code of a venue's code.";
    "venue_code.sheet" Get "/v1/venues/{venue_id}/codes/sheet" Role Read 200 venue_code::VenueCodeSheet => qr::QrFile, "Makes a printable sheet of a venue's codes.";
    "venue_code.visit" Post "/v1/visits/{code}" Public Natural 200 venue_code::VenueCodeVisit => venue_code::VenueCodeVisited, "Takes a venue's code that was visited and counts it.";
    "event.create" Post "/v1/events" Role Key 201 event::EventCreate => event::EventView, "Creates an event.";
    "event.get" Get "/v1/events/{event_id}" Role Read 200 event::EventGet => event::EventView, "Reads an event.";
    "event.list" Get "/v1/events" Role Read 200 event::EventList => event::EventPage, "Lists events.";
    "event.update" Patch "/v1/events/{event_id}" Role Natural 200 event::EventUpdate => event::EventView, "Changes or archives an event.";
    "event.cancel" Post "/v1/events/{event_id}/cancel" Role Key 200 event::EventCancel => event::CancellationView, "Calls an event off for good and pays its orders back.";
    "event.cancellation" Get "/v1/events/{event_id}/cancellation" Role Read 200 event::EventCancellation => event::CancellationView, "Reads how far a cancelled event is paid back.";
    "event.refund_batch" Post "/v1/events/{event_id}/refund-batches" Role Natural 200 event::EventRefundBatch => event::CancellationView, "Pays the next orders of a cancelled event back.";

    "device.register" Post "/v1/devices" Role Key 201 device::DeviceRegister => device::DeviceToken, "Registers a device and issues its token.";
    "device.invite" Post "/v1/devices/invitations" Role Key 201 device::DeviceInvite => device::DeviceInvitation, "Makes a pairing code for a device.";
    "device.pair" Post "/v1/devices/pair" Public Natural 200 device::DevicePair => device::DevicePairing, "Exchanges a pairing code for a device token.";
    "device.renew" Post "/v1/devices/renew" Role Key 200 device::DeviceRenew => device::DeviceToken, "Issues a new token for a device.";
    "device.assign" Put "/v1/devices/{device_id}/gate" Role Natural 200 device::DeviceAssign => device::DeviceView, "Moves a device to another gate or event.";
    "device.revoke" Delete "/v1/devices/{device_id}" Role Natural 200 device::DeviceRevoke => tenant::Revoked, "Revokes a device at once.";
    "device.list" Get "/v1/devices" Role Read 200 device::DeviceList => device::DevicePage, "Lists devices.";
    "device.get" Get "/v1/devices/{device_id}" Role Read 200 device::DeviceGet => device::DeviceView, "Reads a device.";
    "device.update" Patch "/v1/devices/{device_id}" Role Natural 200 device::DeviceUpdate => device::DeviceView, "Changes a device's name, profile or zones.";
    "device.heartbeat" Post "/v1/devices/heartbeat" Role Natural 200 device::DeviceHeartbeat => device::DeviceView, "Says that a device is alive and reads what it is set to.";
    "device_profile.set" Put "/v1/device-profiles/{profile}" Role Natural 200 device::DeviceProfileSet => device::DeviceProfileView, "Creates or replaces a profile of devices.";
    "device_profile.list" Get "/v1/device-profiles" Role Read 200 device::DeviceProfileList => device::DeviceProfilePage, "Lists profiles of devices.";

    "staff.create" Post "/v1/staff" Role Key 201 staff::StaffCreate => staff::StaffCodeIssued, "Adds a person who works at doors.";
    "staff.get" Get "/v1/staff/{staff_id}" Role Read 200 staff::StaffGet => staff::StaffView, "Reads a person who works at doors.";
    "staff.list" Get "/v1/staff" Role Read 200 staff::StaffList => staff::StaffPage, "Lists people who work at doors.";
    "staff.update" Patch "/v1/staff/{staff_id}" Role Natural 200 staff::StaffUpdate => staff::StaffView, "Changes a person's name, role or places.";
    "staff.deactivate" Delete "/v1/staff/{staff_id}" Role Natural 200 staff::StaffDeactivate => staff::StaffView, "Ends a person's work at once and for good.";
    "staff.code" Post "/v1/staff/{staff_id}/code" Role Key 201 staff::StaffCode => staff::StaffCodeIssued, "Issues a new staff code.";
    "staff.configure" Put "/v1/staff-settings" Role Natural 200 staff::StaffConfigure => staff::StaffSettings, "Says whose log-ins need a second factor.";
    "staff.totp_invite" Post "/v1/staff/{staff_id}/enrolment" Role Key 201 staff::StaffTotpInvite => staff::TotpInvitation, "Makes a code with which a person enrols a second factor.";
    "staff.totp_begin" Post "/v1/staff/totp" Role Key 201 staff::StaffTotpBegin => staff::TotpEnrolment, "Begins to enrol a second factor.";
    "staff.totp_confirm" Put "/v1/staff/totp" Role Key 200 staff::StaffTotpConfirm => staff::TotpConfirmed, "Confirms a second factor with its first code.";
    "staff.totp_reset" Delete "/v1/staff/{staff_id}/totp" Role Natural 200 staff::StaffTotpReset => staff::StaffView, "Removes a person's second factor.";
    "staff.login" Post "/v1/staff/session" Role Natural 200 staff::StaffLogin => staff::StaffLoginAnswer, "Logs a person in on a device.";
    "staff.logout" Delete "/v1/staff/session" Role Natural 200 staff::StaffLogout => staff::StaffLoggedOut, "Ends the caller's session.";
    "staff.sessions" Get "/v1/staff-sessions" Role Read 200 staff::StaffSessions => staff::StaffSessionPage, "Lists people's sessions on devices.";
    "staff.activity" Get "/v1/staff/{staff_id}/activity" Role Read 200 staff::StaffActivity => report::JournalPage, "Lists what a person did.";

    "fee.set" Put "/v1/fees" Role Key 200 fee::FeeSet => fee::FeeVersionView, "Sets the fees of a scope as a new version.";
    "fee.get" Get "/v1/fees" Role Read 200 fee::FeeGet => fee::FeeVersionView, "Reads a scope's current fees.";
    "fee.versions" Get "/v1/fees/versions" Role Read 200 fee::FeeVersions => fee::FeeVersionPage, "Lists the versions of a scope's fees.";
    "fee.preview" Post "/v1/fees/preview" Role Read 200 fee::FeePreview => fee::FeePreviewed, "Computes a charge without booking it.";

    "account.create" Post "/v1/accounts" Role Key 201 ledger::AccountCreate => ledger::AccountView, "Creates a vendor's, promoter's, organizer's or tax account.";
    "account.get" Get "/v1/accounts/{account_id}" Role Read 200 ledger::AccountGet => ledger::AccountView, "Reads an account with its exact balance.";
    "account.list" Get "/v1/accounts" Role Read 200 ledger::AccountList => ledger::AccountPage, "Lists accounts with their exact balances.";

    "wallet.open" Post "/wallet/{event_id}/{venue_id}" Public Natural 201 wallet::WalletOpen => wallet::WalletOpened, "Opens or restores a wallet without any login.";
    "wallet.recover" Post "/v1/wallet/recover" Public Natural 200 wallet::WalletRecover => wallet::WalletOpened, "Takes a wallet over to a second device.";
    "wallet.recovery" Post "/v1/wallet/recovery" Role Natural 201 wallet::WalletRecovery => wallet::RecoveryCode, "Makes a recovery code for a second device.";
    "wallet.refresh" Post "/v1/wallet/session" Role Natural 200 wallet::WalletRefresh => wallet::WalletSessionToken, "Replaces the session token by a fresh one.";
    "wallet.logout" Delete "/v1/wallet/session" Role Natural 200 wallet::WalletLogout => wallet::WalletLoggedOut, "Ends the session.";
    "wallet.get" Get "/v1/wallet" Role Read 200 wallet::WalletGet => wallet::WalletView, "Reads the caller's wallet.";
    "wallet.history" Get "/v1/wallet/history" Role Read 200 wallet::WalletHistory => wallet::HistoryPage, "Lists the caller's journal entries.";
    "wallet.link" Put "/v1/wallet/links/{kind}" Role Natural 200 wallet::WalletLink => wallet::WalletLinked, "Links the caller's wallet to a contact.";
    "wallet.lookup" Get "/v1/wallets/{wallet_id}" Role Read 200 wallet::WalletLookup => wallet::WalletView, "Reads any wallet.";
    "wallet.freeze" Post "/v1/wallets/{wallet_id}/freeze" Role Key 200 wallet::WalletFreeze => wallet::WalletView, "Freezes a wallet.";
    "wallet.unfreeze" Post "/v1/wallets/{wallet_id}/unfreeze" Role Key 200 wallet::WalletUnfreeze => wallet::WalletView, "Lifts a freeze.";

    "policy.set" Put "/v1/events/{event_id}/policy" Role Natural 200 policy::PolicySet => policy::PolicyView, "Replaces the rules of an event's doors.";
    "policy.get" Get "/v1/events/{event_id}/policy" Role Read 200 policy::PolicyGet => policy::PolicyView, "Reads the rules of an event's doors.";
    "policy_template.list" Get "/v1/policy-templates" Role Read 200 policy::PolicyTemplateList => policy::PolicyTemplatePage, "Lists ready-made policies.";
    "scan_conflict.list" Get "/v1/scan-conflicts" Role Read 200 scan::ConflictList => scan::ConflictPage, "Lists conflicts that scans without a network left.";
    "scan_conflict.resolve" Post "/v1/scan-conflicts/{scan_id}/resolve" Role Key 200 scan::ConflictResolve => scan::ConflictView, "Says what staff found out about a conflict.";
    "manifest.changes" Get "/v1/events/{event_id}/manifest/changes" Role Read 200 offline::ManifestChanges => offline::ManifestView, "Reads what happened to an event's tickets, for all its gates alike.";
    "manifest.get" Get "/v1/events/{event_id}/manifest" Role Read 200 offline::ManifestGet => offline::ManifestView, "Reads what a gate needs to decide without a network.";
    "scan.record" Post "/v1/scans" Role Nonce 200 scan::ScanRecord => scan::ScanAnswer, "Scans a wallet at a gate.";
    "scan.override" Post "/v1/scans/override" Role Nonce 200 scan::ScanOverride => scan::ScanAnswer, "Lets a wallet in in spite of a denial.";
    "scan.check" Post "/v1/scans/check" Role Read 200 scan::ScanCheck => scan::ScanPreview, "Says what a scan would come to, and stores nothing.";
    "scan.annul" Post "/v1/scans/{scan_id}/annul" Role Key 200 scan::ScanAnnul => scan::ScanAnnulled, "Takes a mistaken scan back.";
    "scan.upload" Post "/v1/scans/upload" Role Natural 200 scan::ScanUpload => scan::ScanUploaded, "Books scans that a device made without a network.";
    "scan.list" Get "/v1/scans" Role Read 200 scan::ScanList => scan::ScanPage, "Lists scans.";

    "ticket_type.create" Post "/v1/events/{event_id}/ticket-types" Role Key 201 inventory::TicketTypeCreate => inventory::TicketTypeView, "Creates a ticket type.";
    "ticket_type.get" Get "/v1/ticket-types/{ticket_type_id}" Role Read 200 inventory::TicketTypeGet => inventory::TicketTypeView, "Reads a ticket type with its availability.";
    "ticket_type.list" Get "/v1/events/{event_id}/ticket-types" Role Read 200 inventory::TicketTypeList => inventory::TicketTypePage, "Lists an event's ticket types with their availability.";
    "ticket_type.update" Patch "/v1/ticket-types/{ticket_type_id}" Role Natural 200 inventory::TicketTypeUpdate => inventory::TicketTypeView, "Changes or archives a ticket type.";
    "pool.create" Post "/v1/events/{event_id}/pools" Role Key 201 inventory::PoolCreate => inventory::PoolView, "Creates a pool of places that ticket types share.";
    "pool.list" Get "/v1/events/{event_id}/pools" Role Read 200 inventory::PoolList => inventory::PoolPage, "Lists an event's pools with what is free, held and sold.";
    "pool.update" Patch "/v1/pools/{pool_id}" Role Natural 200 inventory::PoolUpdate => inventory::PoolView, "Changes a shared pool.";
    "seat_layout.create" Post "/v1/venues/{venue_id}/seat-layouts" Role Key 201 inventory::seat::SeatLayoutCreate => inventory::seat::SeatLayoutView, "Describes a venue's seats.";
    "seat_layout.get" Get "/v1/seat-layouts/{layout_id}" Role Read 200 inventory::seat::SeatLayoutGet => inventory::seat::SeatLayoutView, "Reads a layout of seats.";
    "seat_layout.list" Get "/v1/venues/{venue_id}/seat-layouts" Role Read 200 inventory::seat::SeatLayoutList => inventory::seat::SeatLayoutPage, "Lists a venue's layouts of seats.";
    "seating.set" Put "/v1/events/{event_id}/seating" Role Natural 200 inventory::seat::SeatingSet => inventory::seat::SeatingView, "Seats an event by a layout.";
    "seat.map" Get "/v1/events/{event_id}/seats" Role Read 200 inventory::seat::SeatMapGet => inventory::seat::EventSeatMap, "Reads an event's seats with their states.";
    "seat.block" Post "/v1/events/{event_id}/seats/block" Role Natural 200 inventory::seat::SeatBlock => inventory::seat::SeatsChanged, "Takes free seats out of the sale.";
    "seat.unblock" Post "/v1/events/{event_id}/seats/unblock" Role Natural 200 inventory::seat::SeatUnblock => inventory::seat::SeatsChanged, "Puts blocked seats back on sale.";
    "hold.create" Post "/v1/holds" Role Nonce 201 inventory::HoldCreate => inventory::HoldView, "Holds places for a buyer.";
    "hold.get" Get "/v1/holds/{hold_id}" Role Read 200 inventory::HoldGet => inventory::HoldView, "Reads a hold.";
    "hold.list" Get "/v1/events/{event_id}/holds" Role Read 200 inventory::HoldList => inventory::HoldPage, "Lists an event's holds.";
    "hold.extend" Post "/v1/holds/{hold_id}/extend" Role Natural 200 inventory::HoldExtend => inventory::HoldView, "Keeps a hold for another while.";
    "hold.release" Delete "/v1/holds/{hold_id}" Role Natural 200 inventory::HoldRelease => inventory::HoldView, "Gives a hold's places back.";

    "waiting_room.configure" Put "/v1/events/{event_id}/waiting-room" Role Natural 200 inventory::waiting::WaitingRoomConfigure => inventory::waiting::WaitingRoomView, "Opens, changes or closes an event's waiting room.";
    "waiting_room.join" Post "/v1/events/{event_id}/waiting-room" Role Natural 200 inventory::waiting::WaitingRoomJoin => inventory::waiting::QueuePlaceView, "Joins an event's waiting room.";
    "waiting_room.get" Get "/v1/events/{event_id}/waiting-room" Role Read 200 inventory::waiting::WaitingRoomGet => inventory::waiting::QueuePlaceView, "Reads the caller's place in the waiting room.";

    "order.create" Post "/v1/orders" Role Nonce 201 order::OrderCreate => order::OrderView, "Places an order, and pays it where asked to.";
    "order.get" Get "/v1/orders/{order_id}" Role Read 200 order::OrderGet => order::OrderView, "Reads an order with its tickets.";
    "order.list" Get "/v1/orders" Role Read 200 order::OrderList => order::OrderPage, "Lists orders.";
    "order.pay" Post "/v1/orders/{order_id}/pay" Role Natural 200 order::OrderPay => order::OrderView, "Pays an order or begins its payment.";
    "order.cancel" Post "/v1/orders/{order_id}/cancel" Role Natural 200 order::OrderCancel => order::OrderView, "Gives up an order that is not paid.";
    "order.refund" Post "/v1/orders/{order_id}/refunds" Role Key 201 order::OrderRefund => order::OrderRefunded, "Pays tickets back and takes them out of use.";
    "order.timeline" Get "/v1/orders/{order_id}/timeline" Role Read 200 order::OrderTimeline => order::OrderHistory, "Lists what happened to an order.";
    "order.receipt" Get "/v1/orders/{order_id}/receipt" Role Read 200 order::OrderReceiptGet => order::OrderReceipt, "Reads the receipt of a paid order.";
    "order.invoice" Post "/v1/orders/{order_id}/invoice" Role Natural 200 invoice::OrderInvoiceIssue => invoice::OrderInvoice, "Issues or reads the invoice of a paid order and its credit notes.";
    "order.refund_request" Post "/v1/orders/{order_id}/refund-requests" Role Key 201 order::OrderRefundRequest => order::RefundRequestView, "Asks for a refund of a paid order.";
    "refund_request.list" Get "/v1/refund-requests" Role Read 200 order::RefundRequestList => order::RefundRequestPage, "Lists requests for refunds.";
    "refund_request.grant" Post "/v1/refund-requests/{refund_request_id}/grant" Role Key 200 order::RefundRequestGrant => order::RefundRequestView, "Pays back what a buyer asked for.";
    "refund_request.reject" Post "/v1/refund-requests/{refund_request_id}/reject" Role Key 200 order::RefundRequestReject => order::RefundRequestView, "Turns a request for a refund down.";
    "refund_request.withdraw" Post "/v1/refund-requests/{refund_request_id}/withdraw" Role Natural 200 order::RefundRequestWithdraw => order::RefundRequestView, "Takes back the caller's request for a refund.";
    "invoice.list" Get "/v1/invoices" Role Read 200 invoice::InvoiceList => invoice::InvoicePage, "Lists invoices and credit notes.";
    "seller.configure" Put "/v1/seller" Role Natural 200 invoice::SellerConfigure => invoice::SellerView, "Sets what invoices say of the seller.";
    "seller.get" Get "/v1/seller" Role Read 200 invoice::SellerGet => invoice::SellerView, "Reads what invoices say of the seller.";
    "branding.set" Put "/v1/branding" Role Natural 200 branding::BrandingSet => branding::BrandingView, "Sets how an organizer shows itself to buyers.";
    "branding.get" Get "/v1/branding" Role Read 200 branding::BrandingGet => branding::BrandingView, "Reads how an organizer shows itself to buyers.";

    "ticket.get" Get "/v1/tickets/{ticket_id}" Role Read 200 ticket::TicketGet => ticket::TicketView, "Reads a ticket with its code.";
    "ticket.list" Get "/v1/tickets" Role Read 200 ticket::TicketList => ticket::TicketPage, "Lists tickets.";
    "ticket.token" Get "/v1/tickets/{ticket_id}/token" Role Read 200 ticket::TicketToken => ticket::TicketTokenView, "Gives what a ticket's holder shows at the gate.";
    "ticket.qr" Get "/v1/tickets/{ticket_id}/qr" Role Read 200 ticket::TicketQr => qr::QrFile, "Draws the QR code of the caller's ticket.";
    "ticket.cancel" Post "/v1/tickets/{ticket_id}/cancel" Role Key 200 ticket::TicketCancel => ticket::TicketView, "Takes a ticket out of use without a refund.";
    "ticket.reissue" Post "/v1/tickets/{ticket_id}/reissue" Role Key 200 ticket::reissue::TicketReissue => ticket::TicketView, "Gives a ticket new codes and makes the old ones invalid.";
    "ticket.history" Get "/v1/tickets/{ticket_id}/history" Role Read 200 ticket::reissue::TicketHistoryGet => ticket::reissue::TicketHistory, "Reads a ticket's reissues and the requests for them.";
    "ticket.reissue_request" Post "/v1/tickets/{ticket_id}/reissue-requests" Role Key 201 ticket::reissue::TicketReissueRequest => ticket::reissue::ReissueRequestView, "Asks for new codes of the caller's ticket.";
    "reissue_request.list" Get "/v1/reissue-requests" Role Read 200 ticket::reissue::ReissueRequestList => ticket::reissue::ReissueRequestPage, "Lists requests for new codes.";
    "reissue_request.grant" Post "/v1/reissue-requests/{reissue_request_id}/grant" Role Key 200 ticket::reissue::ReissueRequestGrant => ticket::reissue::ReissueRequestView, "Gives a ticket the new codes that its holder asked for.";
    "reissue_request.reject" Post "/v1/reissue-requests/{reissue_request_id}/reject" Role Key 200 ticket::reissue::ReissueRequestReject => ticket::reissue::ReissueRequestView, "Turns a request for new codes down.";
    "reissue_request.withdraw" Post "/v1/reissue-requests/{reissue_request_id}/withdraw" Role Natural 200 ticket::reissue::ReissueRequestWithdraw => ticket::reissue::ReissueRequestView, "Takes back the caller's request for new codes.";

    "payment.fund" Post "/v1/wallet/fundings" Role Key 201 payment::PaymentFund => payment::PaymentView, "Announces a funding of the caller's wallet.";
    "payment.attach" Put "/v1/payments/{payment_id}/provider-reference" Role Natural 200 payment::PaymentAttach => payment::PaymentView, "Attaches the provider's payment object.";
    "payment.get" Get "/v1/payments/{payment_id}" Role Read 200 payment::PaymentGet => payment::PaymentView, "Reads a payment.";
    "payment.list" Get "/v1/payments" Role Read 200 payment::PaymentList => payment::PaymentPage, "Lists payments.";
    "payment.refund" Post "/v1/payments/{payment_id}/refunds" Role Key 201 payment::PaymentRefund => payment::RefundRequested, "Refunds a funding.";
    "payment_method.add" Post "/v1/wallet/payment-methods" Role Natural 200 payment::method::PaymentMethodAdd => payment::method::PaymentMethodSetupView, "Begins to add a payment method to the caller's wallet.";
    "payment_method.setup" Get "/v1/wallet/payment-method-setups/{setup_id}" Role Read 200 payment::method::PaymentMethodSetupGet => payment::method::PaymentMethodSetupView, "Reads the adding of a payment method.";
    "payment_method.list" Get "/v1/payment-methods" Role Read 200 payment::method::PaymentMethodList => payment::method::PaymentMethodPage, "Lists a wallet's payment methods.";
    "payment_method.set_default" Put "/v1/payment-methods/{payment_method_id}/default" Role Natural 200 payment::method::PaymentMethodSetDefault => payment::method::PaymentMethodView, "Makes one of the caller's payment methods the default.";
    "payment_method.remove" Delete "/v1/payment-methods/{payment_method_id}" Role Natural 200 payment::method::PaymentMethodRemove => payment::method::PaymentMethodRemoved, "Removes one of the caller's payment methods.";
    "refund.get" Get "/v1/refunds/{refund_id}" Role Read 200 payment::RefundGet => payment::RefundView, "Reads a refund.";
    "refund.list" Get "/v1/refunds" Role Read 200 payment::RefundList => payment::RefundPage, "Lists refunds.";
    "refund.retry" Post "/v1/refunds/{refund_id}/retry" Role Key 201 payment::RefundRetry => payment::RefundView, "Asks the provider again for a refund that failed.";
    "refund.fail" Post "/v1/refunds/{refund_id}/fail" Role Natural 200 payment::RefundFail => payment::RefundView, "Notes that the provider refused a refund.";
    "dispute.get" Get "/v1/disputes/{dispute_id}" Role Read 200 payment::DisputeGet => payment::DisputeView, "Reads a dispute.";
    "dispute.list" Get "/v1/disputes" Role Read 200 payment::DisputeList => payment::DisputePage, "Lists disputes.";
    "provider.configure" Put "/v1/providers/{provider}" Role Natural 200 payment::ProviderConfigure => payment::ProviderConfigured, "Configures a payment provider.";
    "provider.get" Get "/v1/providers/{provider}" Role Read 200 payment::onboarding::ProviderGet => payment::onboarding::ProviderView, "Reads a payment provider's configuration and account.";
    "provider.onboard" Post "/v1/providers/{provider}/onboardings" Role Key 201 payment::onboarding::ProviderOnboard => payment::onboarding::ProviderOnboardingView, "Asks for a link to the onboarding of the connected account, which is made once.";
    "provider.onboarding" Get "/v1/provider-onboardings/{onboarding_id}" Role Read 200 payment::onboarding::ProviderOnboardingGet => payment::onboarding::ProviderOnboardingView, "Reads a link to the onboarding of the connected account.";
    "webhook.list" Get "/v1/webhooks" Role Read 200 payment::WebhookList => payment::DeliveryPage, "Lists webhook deliveries.";

    "effect.list" Get "/v1/effects" Role Read 200 payment::outgoing::EffectList => payment::outgoing::EffectPage, "Lists what was asked of payment providers.";
    "effect.retry" Post "/v1/effects/{effect_id}/retry" Role Natural 200 payment::outgoing::EffectRetry => payment::outgoing::EffectView, "Sends a request to a payment provider again.";

    "reconciliation.start" Post "/v1/reconciliations" Role Key 201 reconciliation::ReconciliationStart => reconciliation::ReconciliationView, "Compares payments with the provider's list.";
    "reconciliation.get" Get "/v1/reconciliations/{reconciliation_id}" Role Read 200 reconciliation::ReconciliationGet => reconciliation::ReconciliationView, "Reads a reconciliation.";
    "reconciliation.list" Get "/v1/reconciliations" Role Read 200 reconciliation::ReconciliationList => reconciliation::ReconciliationPage, "Lists reconciliations.";
    "reconciliation.findings" Get "/v1/reconciliations/{reconciliation_id}/findings" Role Read 200 reconciliation::ReconciliationFindings => reconciliation::FindingPage, "Lists what a reconciliation found.";

    "payout.create" Post "/v1/payouts" Role Key 201 payout::PayoutCreate => payout::PayoutView, "Debits an account for a payout.";
    "payout.get" Get "/v1/payouts/{payout_id}" Role Read 200 payout::PayoutGet => payout::PayoutView, "Reads a payout.";
    "payout.list" Get "/v1/payouts" Role Read 200 payout::PayoutList => payout::PayoutPage, "Lists payouts.";
    "payout.summary" Get "/v1/payouts/summary" Role Read 200 payout::PayoutSummaryGet => payout::PayoutSummary, "Sums payouts up.";

    "approval.configure" Put "/v1/approvals/limit" Role Natural 200 approval::ApprovalConfigure => approval::ApprovalLimit, "Sets above which amount a second person is needed.";
    "approval.request" Post "/v1/approvals" Role Key 201 approval::ApprovalRequest => approval::ApprovalView, "Asks a second person to carry a command out.";
    "approval.grant" Post "/v1/approvals/{approval_id}/grant" Role Key 200 approval::ApprovalGrant => approval::ApprovalView, "Carries out what somebody else asked for.";
    "approval.reject" Post "/v1/approvals/{approval_id}/reject" Role Key 200 approval::ApprovalReject => approval::ApprovalView, "Turns down what was asked for.";
    "approval.list" Get "/v1/approvals" Role Read 200 approval::ApprovalList => approval::ApprovalPage, "Lists approvals.";

    "receipt.get" Get "/v1/receipts/{entry_id}" Role Read 200 receipt::ReceiptGet => receipt::ReceiptView, "Issues the receipt of a journal entry again.";
    "journal.list" Get "/v1/journal" Role Read 200 report::JournalList => report::JournalPage, "Lists the audit journal with filters.";
    "journal.inclusion" Get "/v1/journal/{entry_id}/proof" Role Read 200 report::InclusionProofGet => report::ProofView, "Proves that an entry is in the sealed journal.";
    "journal.consistency" Get "/v1/journal/consistency" Role Read 200 report::ConsistencyProofGet => report::ProofView, "Proves that the journal only grew.";
    "journal.checkpoint" Get "/v1/journal/checkpoint" Role Read 200 report::CheckpointGet => report::CheckpointView, "Reads the newest signed checkpoint.";
    "journal.verify" Get "/v1/journal/verify" Role Read 200 report::VerifyRun => report::VerifyResult, "Checks every invariant of the tenant.";
    "report.live" Get "/v1/events/{event_id}/live" Role Read 200 report::LiveGet => report::LiveView, "Reads an event's live figures.";
    "event.financials" Get "/v1/events/{event_id}/financials" Role Read 200 report::EventFinancialsGet => report::FinancialsView, "Reads what an event's tickets brought in.";
    "transaction.list" Get "/v1/transactions" Role Read 200 report::TransactionList => report::TransactionPage, "Lists what moved money.";
    "alert.list" Get "/v1/alerts" Role Read 200 report::AlertList => report::AlertPage, "Lists alerts.";
}

/// A request's JSON is at most this long.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// An upload of scans is at most this long: 5,000 scans with signed tickets are half of it.
const UPLOAD_BYTES_MAX: usize = 4 * 1024 * 1024;

impl Command {
    /// How long its JSON may be, where that is a limit of its own.
    pub fn own_body_bytes_max(&self) -> Option<usize> {
        (self.name == "scan.upload").then_some(UPLOAD_BYTES_MAX)
    }

    /// How long its JSON may be.
    pub fn body_bytes_max(&self) -> usize {
        self.own_body_bytes_max().unwrap_or(BODY_BYTES_MAX)
    }
}

/// SQL functions without a route of their own, and why.
pub const SQL_ONLY: &[(&str, &str)] = &[
    ("migrate", "the DBA makes and upgrades the tables"),
    ("tenant_create", "the operator of the server creates tenants"),
    ("webhook", "the shim calls it with the raw body of POST /webhooks/{provider}/{tenant_id}"),
    ("effect_take", "the shim takes requests to payment providers"),
    ("effect_report", "the shim tells what the providers answered"),
    ("dispatch", "the way in of every route"),
    ("scan", "typed form of scan.record"),
    ("reserve", "typed form of hold.create for one ticket type"),
    ("release", "typed form of hold.release"),
    ("tick", "background work, called by the worker or a scheduler"),
    ("verify", "typed form of journal.verify"),
];

/// The command of this name.
pub fn command(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_and_routes_are_unique() {
        let names: HashSet<_> = COMMANDS.iter().map(|command| command.name).collect();
        let routes: HashSet<_> = COMMANDS.iter().map(|command| (command.method.as_str(), command.path)).collect();
        assert_eq!((names.len(), routes.len()), (COMMANDS.len(), COMMANDS.len()));
    }

    #[test]
    fn reads_are_gets_and_writes_are_not() {
        // These only read, and what they ask does not belong into an address.
        let asks_in_the_body = |command: &&Command| ["fee.preview", "scan.check"].contains(&command.name);
        for command in COMMANDS.iter().filter(|command| !asks_in_the_body(command)) {
            assert_eq!(command.repeat == Repeat::Read, command.method == Method::Get, "{}", command.name);
        }
    }

    #[test]
    fn only_the_listed_commands_are_public() {
        let public: Vec<_> =
            COMMANDS.iter().filter(|command| command.access == Access::Public).map(|command| command.name).collect();
        assert_eq!(public, ["key.jwks", "venue_code.visit", "device.pair", "wallet.open", "wallet.recover"]);
    }
}
