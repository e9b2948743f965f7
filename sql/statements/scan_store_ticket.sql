-- A ticket's entry or exit: ticket, journal entry and scan.
WITH ticket AS (
    UPDATE admit.ticket SET entries = $23, inside = $24, admitted_at = $25, gate_id = $26, last_day = $27, day_entries = $28,
        state = $29, days_used = $30, last_step = $31
    WHERE tenant_id = $1 AND ticket_id = $22
), entry AS (
    INSERT INTO admit.journal (
        tenant_id, ord, lineage, xid, entry_id, recorded_at, actor_id, event_id, gate_id, wallet_id,
        action, actor_kind, currency, leg_account, leg_amount, body, hash
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::json, $17)
)
INSERT INTO admit.scan (tenant_id, device_id, nonce, lineage, xid, ord, request_digest, ticket_id, use_number)
VALUES ($1, $18, $19, $3, $4, $2, $20, $22, $21::integer)
