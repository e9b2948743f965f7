//! The QR code of a ticket, for its holder.

use admit_core::qr::{PictureFormat, QrFile, QrUse, picture};
use admit_core::ticket::{TicketForm, TicketGet, TicketQr, TicketToken};
use admit_core::{Error, Result};

use crate::call::Call;
use crate::database::Database;

/// `ticket.qr`: what `ticket.token` gives, as a picture.
pub fn draw(database: &mut Database<'_, '_>, call: &Call, request: TicketQr) -> Result<QrFile> {
    let ticket_id = request.ticket_id;
    let shown = super::token(database, call, TicketToken { ticket_id, form: request.form })?;
    let purpose = request.purpose.unwrap_or(QrUse::Screen);
    if purpose == QrUse::Print && shown.form == TicketForm::Rotating.as_str() {
        return Err(Error::invalid("a rotating code changes every half minute and cannot be printed: use a screen"));
    }
    let ticket = super::get(database, call, TicketGet { ticket_id })?;
    let format = request.format.unwrap_or(PictureFormat::Svg);
    let title = format!("{}, {}", ticket.ticket_type_name, ticket.event_name);
    let drawn = picture(&shown.token, &title, purpose, format, request.size_pixels)?;
    Ok(QrFile::of_picture(drawn, format, &format!("ticket-{}-{}", ticket.order_number, ticket.unit)))
}
