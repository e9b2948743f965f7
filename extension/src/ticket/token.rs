//! What a ticket's holder shows at the gate, in every form.

use admit_core::policy::Policy;
use admit_core::tenant::KeyPurpose;
use admit_core::ticket::token::{KeyedTicket, TicketClaims, rotating_suffix};
use admit_core::ticket::{Rotation, TicketForm, TicketToken, TicketTokenView};
use admit_core::totp::PERIOD_SECONDS;
use admit_core::{Error, ErrorCode, Result};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::key::{self, KeyMaterial, TicketSigningKey};
use crate::order::ticket_key;
use crate::payment::own_wallet;
use crate::scan::config::current_revision;

/// A ticket ends as long after its event as it expires there.
const HOURS_AFTER_END: i64 = 24;

/// What a token is made of.
struct Facts {
    ticket_id: Uuid,
    event_id: Uuid,
    generation: i16,
    code_key: i32,
    class: i32,
    issued_at: Timestamp,
    ends_at: Timestamp,
    policy: Policy,
}

/// `ticket.token`
pub fn token(database: &mut Database<'_, '_>, call: &Call, request: TicketToken) -> Result<TicketTokenView> {
    let facts = holders(database, call, request.ticket_id)?;
    let rotates = facts.policy.requires_rotating_codes();
    let form = request.form.unwrap_or(if rotates { TicketForm::Rotating } else { TicketForm::Signed });
    if rotates && form != TicketForm::Rotating {
        return Err(Error::new(ErrorCode::Conflict, "the event admits rotating codes only: ask for the form rotating"));
    }
    match form {
        TicketForm::Code | TicketForm::Short => by_key(database, call, &facts, form),
        TicketForm::Signed | TicketForm::Rotating => signed(database, call, &facts, form),
    }
}

/// The caller's own ticket. What opens the door is its holder's, and nobody else's.
fn holders(database: &mut Database<'_, '_>, call: &Call, ticket_id: Uuid) -> Result<Facts> {
    let own = own_wallet(call).ok_or_else(|| {
        Error::new(ErrorCode::PermissionDenied, "only its holder sees a ticket's token: use the wallet's session")
    })?;
    let mut rows = database.point_read(
        include_str!("../../../sql/statements/ticket_token.sql"),
        arguments![call.tenant_id, ticket_id, own],
    )?;
    rows.only("ticket")?;
    if rows.get::<String>(1)? != "active" {
        return Err(Error::new(ErrorCode::Conflict, "the ticket is not active: there is nothing to show for it"));
    }
    facts(&rows, ticket_id)
}

fn facts(row: &Rows<'_>, ticket_id: Uuid) -> Result<Facts> {
    let ends_at: Timestamp = row.get(7)?;
    Ok(Facts {
        ticket_id,
        event_id: row.get(2)?,
        generation: row.get(3)?,
        code_key: row.get(4)?,
        class: row.get(5)?,
        issued_at: row.get(6)?,
        ends_at: ends_at.checked_add(SignedDuration::from_hours(HOURS_AFTER_END)).unwrap_or(ends_at),
        policy: crate::policy::parse(row.get(8)?)?,
    })
}

fn view(facts: &Facts, form: TicketForm, token: String) -> TicketTokenView {
    TicketTokenView {
        ticket_id: facts.ticket_id,
        form: form.as_str().to_owned(),
        token,
        jws: None,
        kid: None,
        generation: i32::from(facts.generation),
        issued_at: facts.issued_at,
        expires_at: None,
        rotation: None,
    }
}

/// A code, which follows from the key that it was issued with, or a short ticket of the current key.
fn by_key(database: &mut Database<'_, '_>, call: &Call, facts: &Facts, form: TicketForm) -> Result<TicketTokenView> {
    if form == TicketForm::Code {
        let revision = current_revision(database, call.tenant_id)?;
        if key::is_revoked(database, call.tenant_id, revision, facts.code_key)? {
            let detail =
                "the key of the ticket's code was revoked: show the ticket in another form, or ask for a reissue";
            return Err(Error::new(ErrorCode::Conflict, detail));
        }
        let key = ticket_key(database, call.tenant_id, facts.code_key)?;
        let code = key.code(call.tenant_id, facts.ticket_id, facts.generation);
        return Ok(view(facts, form, code.encode()));
    }
    let key_id = key::current(database, call.tenant_id, KeyPurpose::Ticket)?;
    let key = ticket_key(database, call.tenant_id, key_id)?;
    let ticket = KeyedTicket {
        tenant_id: call.tenant_id,
        key_id: number(key_id)?,
        ticket_id: facts.ticket_id,
        generation: number(facts.generation)?,
    };
    Ok(view(facts, form, ticket.encode(&key)))
}

/// A signed ticket, with its rotating code if that was asked for.
fn signed(database: &mut Database<'_, '_>, call: &Call, facts: &Facts, form: TicketForm) -> Result<TicketTokenView> {
    let key_id = key::current(database, call.tenant_id, KeyPurpose::TicketSigning)?;
    let opened = key::open(database, call.tenant_id, key_id)?;
    let Some(KeyMaterial::TicketSigning(key)) = opened.as_deref() else {
        return Err(Error::new(ErrorCode::Internal, "the key that signs tickets is missing"));
    };
    let claims = TicketClaims {
        key_id: number(key_id)?,
        ticket_id: facts.ticket_id,
        event_tail: TicketClaims::event_tail(facts.event_id),
        issued_at_seconds: seconds(facts.issued_at),
        expires_at_seconds: seconds(facts.ends_at),
        generation: number(facts.generation)?,
        class: number(facts.class)?,
        rotating: form == TicketForm::Rotating,
    };
    let ticket = key.sign(claims);
    let mut answer = view(facts, form, ticket.encode());
    answer.kid = Some(key::kid(key_id));
    answer.expires_at = Timestamp::from_second(i64::from(claims.expires_at_seconds)).ok();
    if form == TicketForm::Signed {
        answer.jws = Some(ticket.jws());
    } else {
        rotate(call, key, &claims, &mut answer);
    }
    Ok(answer)
}

/// Appends the code of this moment and tells the holder's phone how to make the next ones.
fn rotate(call: &Call, key: &TicketSigningKey, claims: &TicketClaims, answer: &mut TicketTokenView) {
    let key = key.rotation_key(claims);
    let now_seconds = u64::try_from(call.now.as_second()).unwrap_or_default();
    let fixed = answer.token.clone();
    answer.token.push_str(&rotating_suffix(&key, now_seconds));
    answer.rotation = Some(Rotation {
        fixed,
        key: data_encoding::BASE32_NOPAD.encode(&key.0),
        algorithm: "SHA1".to_owned(),
        digits: 8,
        period_seconds: i32::try_from(PERIOD_SECONDS).unwrap_or(i32::MAX),
    });
}

fn number<T: TryInto<u16>>(value: T) -> Result<u16> {
    value.try_into().map_err(|_| Error::new(ErrorCode::Internal, "a number of the ticket is out of bounds"))
}

/// Unix seconds of a token: 32 bits, which end in 2106.
fn seconds(at: Timestamp) -> u32 {
    u32::try_from(at.as_second().max(0)).unwrap_or(u32::MAX)
}
