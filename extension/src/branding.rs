//! Branding: how organizers show themselves to buyers. One row an organizer and one for the tenant.

use admit_core::branding::{BrandingGet, BrandingSet, BrandingView};
use admit_core::{Error, Result};
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::append;
use crate::ledger::require_account;
use crate::venue::{fact, require_event, without_nulls};

/// `branding.set`
pub fn set(database: &mut Database<'_, '_>, call: &Call, request: BrandingSet) -> Result<BrandingView> {
    call.require_whole_tenant("branding")?;
    let branding = request.checked()?;
    if let Some(account_id) = branding.organizer_account_id {
        require_account(database, call, account_id, None)?;
    }
    database.write(
        include_str!("../../sql/statements/branding_set.sql"),
        arguments![
            call.tenant_id,
            branding.organizer_account_id,
            branding.display_name.as_str(),
            branding.description.clone(),
            branding.logo_url.clone(),
            branding.logo_dark_url.clone(),
            branding.banner_url.clone(),
            branding.accent_color.clone(),
            branding.accent_text_color.clone(),
            branding.support_email.clone(),
            branding.support_url.clone(),
            call.now,
        ],
    )?;
    let body = serde_json::to_value(&branding).unwrap_or_default();
    append(database, call, fact("branding.set", None, None, without_nulls(body)))?;
    read(database, call, branding.organizer_account_id, None)
}

/// `branding.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: BrandingGet) -> Result<BrandingView> {
    match (request.organizer_account_id, request.event_id) {
        (Some(_), Some(_)) => {
            return Err(Error::invalid("organizer_account_id and event_id are two ways to ask: send one of them"));
        }
        // Whoever is bound to an event or a venue learns of the organizers there, and of no other.
        (Some(_), None) => call.require_whole_tenant("branding")?,
        (None, Some(event_id)) => require_event(database, call, event_id).map(|_| ())?,
        (None, None) => {}
    }
    read(database, call, request.organizer_account_id, request.event_id)
}

fn read(
    database: &mut Database<'_, '_>,
    call: &Call,
    organizer_account_id: Option<Uuid>,
    event_id: Option<Uuid>,
) -> Result<BrandingView> {
    let mut rows = database.write(
        include_str!("../../sql/statements/branding_get.sql"),
        arguments![call.tenant_id, organizer_account_id, event_id],
    )?;
    rows.only("branding")?;
    Ok(BrandingView {
        organizer_account_id: rows.optional(1)?,
        display_name: rows.get(2)?,
        description: rows.optional(3)?,
        logo_url: rows.optional(4)?,
        logo_dark_url: rows.optional(5)?,
        banner_url: rows.optional(6)?,
        accent_color: rows.optional(7)?,
        accent_text_color: rows.optional(8)?,
        support_email: rows.optional(9)?,
        support_url: rows.optional(10)?,
        updated_at: rows.get(11)?,
    })
}
