-- A wallet's first entry at the event without a charge: presence, journal entry and scan.
WITH presence AS (
    INSERT INTO admit.presence (tenant_id, event_id, wallet_id, entries, inside, admitted_at, gate_id, last_day, day_entries)
    VALUES ($1, $8, $10, $21, $22, $23, $24, $25, $26)
), entry AS (
    INSERT INTO admit.journal (
        tenant_id, ord, lineage, xid, entry_id, recorded_at, actor_id, event_id, gate_id, wallet_id,
        action, actor_kind, currency, leg_account, leg_amount, body, hash
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::json, $17)
)
INSERT INTO admit.scan (tenant_id, device_id, nonce, lineage, xid, ord, request_digest)
VALUES ($1, $18, $19, $3, $4, $2, $20)
