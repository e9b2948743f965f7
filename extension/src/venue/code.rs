//! Codes that venues put up: made, revoked, drawn, printed, visited and counted.

use admit_core::qr::{CELLS_MAX, Paper, PictureFormat, QrFile, QrUse, SheetCell, SheetLayout, picture, sheet};
use admit_core::venue::required_text;
use admit_core::venue_code::{
    VenueCodeConfigure, VenueCodeCreate, VenueCodeGet, VenueCodeLink, VenueCodeList, VenueCodePage, VenueCodeQr,
    VenueCodeRevoke, VenueCodeSheet, VenueCodeState, VenueCodeView, VenueCodeVisit, VenueCodeVisited, code, copies,
    grouped, link, link_base, normalized, state,
};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::{fact, refuse_archived, require_event, require_venue, without_nulls};
use crate::call::{Call, new_id, random};
use crate::database::{Database, Rows, arguments};
use crate::journal::append;
use crate::page::Page;
use crate::scan::own_bucket;
use crate::tenant::change_configuration;

/// Codes of one venue, ended ones included.
const CODES_MAX: i64 = 10_000;
/// Columns of a sheet when none are asked for.
const COLUMNS_DEFAULT: i32 = 2;
/// Rows of a sheet when none are asked for.
const ROWS_DEFAULT: i32 = 3;

/// `venue_code.configure`
pub fn configure(database: &mut Database<'_, '_>, call: &Call, request: VenueCodeConfigure) -> Result<VenueCodeLink> {
    call.require_whole_tenant("tenant")?;
    let link_base_url = request.link_base_url.as_deref().map(link_base).transpose()?;
    change_configuration(database, call)?;
    database.write(
        "UPDATE admit.tenant SET link_base_url = $2 WHERE tenant_id = $1",
        arguments![call.tenant_id, link_base_url.clone()],
    )?;
    let body = json!({"link_base_url": link_base_url});
    append(database, call, fact("venue_code.configured", None, None, without_nulls(body)))?;
    Ok(VenueCodeLink { link_base_url })
}

/// `venue_code.create`
pub fn create(database: &mut Database<'_, '_>, call: &Call, request: VenueCodeCreate) -> Result<VenueCodeView> {
    let label = required_text("label", &request.label, 100)?;
    if request.expires_at.is_some_and(|expires_at| expires_at <= call.now) {
        return Err(Error::invalid("expires_at must be in the future"));
    }
    change_configuration(database, call)?;
    require_place(database, call, &request)?;
    let mut rows = database.read(
        "SELECT v.status, (SELECT count(*) FROM admit.venue_code AS c WHERE c.tenant_id = $1 AND c.venue_id = $2) \
         FROM admit.venue AS v WHERE v.tenant_id = $1 AND v.venue_id = $2",
        arguments![call.tenant_id, request.venue_id],
    )?;
    rows.only("venue")?;
    refuse_archived("venue", &rows.get::<String>(1)?)?;
    if rows.get::<i64>(2)? >= CODES_MAX {
        return Err(Error::new(ErrorCode::LimitExceeded, format!("a venue has at most {CODES_MAX} codes")));
    }
    let venue_code_id = new_id(call.now)?;
    database.write(
        include_str!("../../../sql/statements/venue_code_create.sql"),
        arguments![
            call.tenant_id,
            venue_code_id,
            request.venue_id,
            request.event_id,
            request.gate_id,
            request.kind.as_str(),
            label.as_str(),
            code(&random()?),
            request.expires_at,
            call.now,
        ],
    )?;
    let body = json!({
        "expires_at": request.expires_at, "kind": request.kind, "label": label, "venue_code_id": venue_code_id,
        "venue_id": request.venue_id,
    });
    append(database, call, fact("venue_code.created", request.event_id, request.gate_id, without_nulls(body)))?;
    Ok(one(database, call, venue_code_id)?.view)
}

/// Refuses venues, events and gates that are unknown, outside the scope or elsewhere.
fn require_place(database: &mut Database<'_, '_>, call: &Call, request: &VenueCodeCreate) -> Result<()> {
    require_venue(database, call, request.venue_id)?;
    // A credential of one event makes codes of that event alone.
    if call.actor.event_id.is_some() && request.event_id != call.actor.event_id {
        return Err(Error::not_found("event"));
    }
    if let Some(event_id) = request.event_id
        && require_event(database, call, event_id)? != request.venue_id
    {
        return Err(Error::not_found("event"));
    }
    if let Some(gate_id) = request.gate_id {
        let mut rows = database.read(
            "SELECT 1 FROM admit.gate WHERE tenant_id = $1 AND gate_id = $2 AND venue_id = $3",
            arguments![call.tenant_id, gate_id, request.venue_id],
        )?;
        rows.only("gate")?;
    }
    Ok(())
}

/// A code with what its pictures need.
struct Found {
    view: VenueCodeView,
    venue_name: String,
}

impl Found {
    fn of(row: &Rows<'_>, call: &Call) -> Result<Self> {
        let (venue_id, event_id): (Uuid, Option<Uuid>) = (row.get(2)?, row.optional(3)?);
        let (expires_at, revoked_at) = (row.optional(8)?, row.optional(9)?);
        let (code, base): (String, Option<String>) = (row.get(7)?, row.optional(14)?);
        let view = VenueCodeView {
            venue_code_id: row.get(1)?,
            venue_id,
            event_id,
            gate_id: row.optional(4)?,
            kind: row.get(5)?,
            label: row.get(6)?,
            state: state(call.now, expires_at, revoked_at).as_str().to_owned(),
            link: base.map(|base| link(&base, event_id, venue_id, &code)),
            code,
            scans: row.get(11)?,
            first_scan_at: row.optional(12)?,
            last_scan_at: row.optional(13)?,
            expires_at,
            revoked_at,
            created_at: row.get(10)?,
        };
        Ok(Self { view, venue_name: row.get(15)? })
    }

    /// What the QR code holds.
    fn text(&self) -> &str {
        self.view.link.as_deref().unwrap_or(&self.view.code)
    }
}

/// Which codes are read.
#[derive(Default)]
struct Wanted {
    venue_code_id: Option<Uuid>,
    venue_id: Option<Uuid>,
    event_id: Option<Uuid>,
    kind: Option<String>,
    state: Option<VenueCodeState>,
}

fn select(
    database: &mut Database<'_, '_>,
    call: &Call,
    wanted: Wanted,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Found>> {
    let rows = database.write(
        include_str!("../../../sql/statements/venue_code_list.sql"),
        arguments![
            call.tenant_id,
            wanted.venue_code_id,
            wanted.venue_id,
            wanted.event_id,
            wanted.kind,
            wanted.state.map(|state| state.as_str().to_owned()),
            call.now,
            after,
            limit,
            call.actor.venue_id,
            call.actor.event_id,
        ],
    )?;
    rows.collect(|row| Found::of(row, call))
}

fn one(database: &mut Database<'_, '_>, call: &Call, venue_code_id: Uuid) -> Result<Found> {
    let wanted = Wanted { venue_code_id: Some(venue_code_id), ..Wanted::default() };
    select(database, call, wanted, None, 1)?.pop().ok_or_else(|| Error::not_found("venue code"))
}

/// `venue_code.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: VenueCodeList) -> Result<VenueCodePage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    require_venue(database, call, request.venue_id)?;
    let wanted = Wanted {
        venue_code_id: None,
        venue_id: Some(request.venue_id),
        event_id: request.event_id,
        kind: request.kind.map(|kind| kind.as_str().to_owned()),
        state: request.state,
    };
    let found = select(database, call, wanted, page.after, page.fetch())?;
    let items = found.into_iter().map(|found| found.view).collect();
    let (items, next_cursor) = page.cut(items, |item: &VenueCodeView| item.venue_code_id);
    Ok(VenueCodePage { items, next_cursor })
}

/// `venue_code.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: VenueCodeGet) -> Result<VenueCodeView> {
    Ok(one(database, call, request.venue_code_id)?.view)
}

/// `venue_code.revoke`
pub fn revoke(database: &mut Database<'_, '_>, call: &Call, request: VenueCodeRevoke) -> Result<VenueCodeView> {
    let found = one(database, call, request.venue_code_id)?.view;
    let changed = database.write(
        "UPDATE admit.venue_code SET revoked_at = $3 \
         WHERE tenant_id = $1 AND venue_code_id = $2 AND revoked_at IS NULL RETURNING 1",
        arguments![call.tenant_id, request.venue_code_id, call.now],
    )?;
    if !changed.is_empty() {
        let body = json!({"venue_code_id": request.venue_code_id, "venue_id": found.venue_id});
        append(database, call, fact("venue_code.revoked", found.event_id, found.gate_id, body))?;
    }
    Ok(one(database, call, request.venue_code_id)?.view)
}

/// `venue_code.qr`
pub fn qr(database: &mut Database<'_, '_>, call: &Call, request: VenueCodeQr) -> Result<QrFile> {
    let found = one(database, call, request.venue_code_id)?;
    if found.view.state != VenueCodeState::Active.as_str() {
        return Err(Error::new(ErrorCode::Conflict, format!("the code is {}: make a new one", found.view.state)));
    }
    let format = request.format.unwrap_or(PictureFormat::Svg);
    let purpose = request.purpose.unwrap_or(QrUse::Print);
    let title = format!("{}, {}", found.view.label, found.venue_name);
    let drawn = picture(found.text(), &title, purpose, format, request.size_pixels)?;
    Ok(QrFile::of_picture(drawn, format, &format!("{}-code", found.view.kind)))
}

/// `venue_code.sheet`
pub fn print(database: &mut Database<'_, '_>, call: &Call, request: VenueCodeSheet) -> Result<QrFile> {
    let copies = copies(request.copies)?;
    require_venue(database, call, request.venue_id)?;
    let wanted = Wanted {
        venue_code_id: request.venue_code_id,
        venue_id: Some(request.venue_id),
        event_id: request.event_id,
        kind: request.kind.map(|kind| kind.as_str().to_owned()),
        state: Some(VenueCodeState::Active),
    };
    let most = i64::try_from(CELLS_MAX).unwrap_or(i64::MAX);
    let mut found = select(database, call, wanted, None, most.saturating_add(1))?;
    if found.len() > CELLS_MAX {
        let detail = format!("a sheet has at most {CELLS_MAX} codes: name an event, a kind or one code");
        return Err(Error::new(ErrorCode::LimitExceeded, detail));
    }
    // As they were made.
    found.reverse();
    let title = found.first().map(|found| found.venue_name.clone()).ok_or_else(|| Error::not_found("venue code"))?;
    let cells: Vec<SheetCell> = found
        .iter()
        .map(|found| SheetCell {
            text: found.text().to_owned(),
            label: found.view.label.clone(),
            readable: grouped(&found.view.code),
            copies,
        })
        .collect();
    let layout = SheetLayout {
        paper: request.paper.unwrap_or(Paper::A4),
        columns: request.columns.unwrap_or(COLUMNS_DEFAULT),
        rows: request.rows.unwrap_or(ROWS_DEFAULT),
    };
    Ok(QrFile::of_sheet(&sheet(&title, layout, &cells)?, "codes"))
}

/// `venue_code.visit`: the same words for what is unknown, revoked or expired.
pub fn visit(database: &mut Database<'_, '_>, call: &Call, request: VenueCodeVisit) -> Result<VenueCodeVisited> {
    let unknown = || Error::new(ErrorCode::NotFound, "no such code: it may have ended; ask at the venue for a new one");
    let code = normalized(&request.code).ok_or_else(unknown)?;
    let mut rows = database.point(
        include_str!("../../../sql/statements/venue_code_visit.sql"),
        arguments![call.tenant_id, code, call.now, own_bucket()],
    )?;
    if !rows.next() {
        return Err(unknown());
    }
    let (venue_id, event_id): (Uuid, Option<Uuid>) = (rows.get(2)?, rows.optional(4)?);
    let (code, base): (String, Option<String>) = (rows.get(7)?, rows.optional(8)?);
    Ok(VenueCodeVisited {
        kind: rows.get(1)?,
        venue_id,
        venue_name: rows.get(3)?,
        event_id,
        event_name: rows.optional(5)?,
        gate_id: rows.optional(6)?,
        link: base.map(|base| link(&base, event_id, venue_id, &code)),
    })
}
