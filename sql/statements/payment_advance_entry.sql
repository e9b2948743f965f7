-- What is known of a locked payment now, with the journal entry that tells of it.
WITH entry AS (
    INSERT INTO admit.journal (
        tenant_id, ord, lineage, xid, entry_id, recorded_at, actor_id, event_id, gate_id, wallet_id,
        action, actor_kind, currency, leg_account, leg_amount, body, hash
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::json, $17)
)
UPDATE admit.payment
SET state = $19, succeeded_at = coalesce(succeeded_at, $20), provider_reference = coalesce(provider_reference, $21),
    charge_reference = coalesce(charge_reference, $22)
WHERE tenant_id = $1 AND payment_id = $18
