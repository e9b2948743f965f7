//! Alerts for staff about what needs a person.

use admit_core::Result;
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};

/// What an alert is about.
pub struct Alert<'a> {
    /// Its kind, such as `refund_failed`.
    pub kind: &'static str,
    /// What makes it one: there is one alert a kind and subject.
    pub subject: &'a str,
    /// The wallet concerned.
    pub wallet_id: Uuid,
    /// The order concerned; its event is the alert's, else the wallet's is.
    pub order_id: Option<Uuid>,
    /// What happened and what to do, for people.
    pub message: String,
}

/// Raises an alert, unless it is raised already.
pub fn raise(database: &mut Database<'_, '_>, call: &Call, alert: Alert<'_>) -> Result<()> {
    database.point(
        include_str!("../../sql/statements/alert_raise.sql"),
        arguments![
            call.tenant_id,
            alert.kind,
            alert.subject,
            alert.wallet_id,
            alert.order_id,
            alert.message,
            call.now,
        ],
    )?;
    Ok(())
}
