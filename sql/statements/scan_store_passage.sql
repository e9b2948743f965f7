-- A later entry or an exit with a charge: debit, presence, journal entry and scan.
WITH wallet AS (
    UPDATE admit.wallet SET balance_cents = balance_cents - $21 WHERE tenant_id = $1 AND wallet_id = $10
), presence AS (
    UPDATE admit.presence SET entries = $22, inside = $23, admitted_at = $24, gate_id = $25, last_day = $26, day_entries = $27
    WHERE tenant_id = $1 AND wallet_id = $10 AND event_id = $8
), entry AS (
    INSERT INTO admit.journal (
        tenant_id, ord, lineage, xid, entry_id, recorded_at, actor_id, event_id, gate_id, wallet_id,
        action, actor_kind, currency, leg_account, leg_amount, body, hash
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::json, $17)
)
INSERT INTO admit.scan (tenant_id, device_id, nonce, lineage, xid, ord, request_digest)
VALUES ($1, $18, $19, $3, $4, $2, $20)
