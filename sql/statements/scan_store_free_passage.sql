-- A later entry or an exit without a charge: presence, journal entry and scan.
WITH presence AS (
    UPDATE admit.presence SET entries = $21, inside = $22, admitted_at = $23, gate_id = $24, last_day = $25, day_entries = $26
    WHERE tenant_id = $1 AND wallet_id = $10 AND event_id = $8
), entry AS (
    INSERT INTO admit.journal (
        tenant_id, ord, lineage, xid, entry_id, recorded_at, actor_id, event_id, gate_id, wallet_id,
        action, actor_kind, currency, leg_account, leg_amount, body, hash
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::json, $17)
)
INSERT INTO admit.scan (tenant_id, device_id, nonce, lineage, xid, ord, request_digest)
VALUES ($1, $18, $19, $3, $4, $2, $20)
