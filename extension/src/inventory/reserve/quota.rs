//! What a wallet may have of limited ticket types.

use admit_core::Result;

use super::Ask;
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::inventory::config::SaleConfig;
use crate::inventory::hold::Hold;

/// Whether every limited type stays within the wallet's limit, as far as can be seen without a lock.
pub fn within_quotas(database: &mut Database<'_, '_>, call: &Call, config: &SaleConfig, ask: &Ask<'_>) -> Result<bool> {
    for line in ask.lines {
        let ticket_type = config.ticket_type(line.ticket_type_id)?;
        if ticket_type.wallet_max.is_none() {
            continue;
        }
        let mut rows = database.point_read(
            "SELECT taken FROM admit.wallet_quota WHERE tenant_id = $1 AND ticket_type_id = $2 AND wallet_id = $3",
            arguments![call.tenant_id, line.ticket_type_id, ask.wallet_id],
        )?;
        let taken: i32 = if rows.next() { rows.get(1)? } else { 0 };
        if ticket_type.require_within_wallet_max(taken.saturating_add(line.quantity)).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Counts a hold's limited tickets for its wallet; its row decides between requests at the same time.
pub fn count_quotas(database: &mut Database<'_, '_>, call: &Call, config: &SaleConfig, hold: &Hold) -> Result<()> {
    for (ticket_type_id, quantity) in hold.lines.iter().filter(|_| hold.limited) {
        let ticket_type = config.ticket_type(*ticket_type_id)?;
        let Some(most) = ticket_type.wallet_max else { continue };
        ticket_type.require_within_wallet_max(*quantity)?;
        let rows = database.point(
            include_str!("../../../../sql/statements/wallet_quota_take.sql"),
            arguments![call.tenant_id, *ticket_type_id, hold.wallet_id, *quantity, most],
        )?;
        if rows.is_empty() {
            return ticket_type.require_within_wallet_max(i32::MAX);
        }
    }
    Ok(())
}
