-- The sale of a locked order: its hold becomes sold, with it the places of the only bucket ($21; without it
-- they are already), one ticket for each paid unit is issued, the journal entry appended, the order paid.
WITH hold AS (
    UPDATE admit.hold SET state = $20, order_id = $18, expires_at = $33 WHERE tenant_id = $1 AND hold_id = $19
), bucket AS (
    UPDATE admit.bucket SET held = held - $23, sold = sold + $23 WHERE tenant_id = $1 AND pool_id = $21 AND bucket = $22
), ticket AS (
    INSERT INTO admit.ticket (
        tenant_id, ticket_id, order_id, event_id, ticket_type_id, wallet_id, code_hash, unit, code_key, item, created_at, seat
    )
    SELECT $1, issued.ticket_id, $18, $8, issued.ticket_type_id, $10, issued.code_hash, issued.unit, $24, issued.item, $6,
           issued.seat
    -- An order without seats gives none of them: unnest fills up with nulls.
    FROM unnest($25::uuid[], $26::uuid[], $27::uuid[], $28::smallint[], $29::integer[]) WITH ORDINALITY
         AS issued (ticket_id, ticket_type_id, code_hash, item, seat, unit)
), entry AS (
    INSERT INTO admit.journal (
        tenant_id, ord, lineage, xid, entry_id, recorded_at, actor_id, event_id, gate_id, wallet_id,
        action, actor_kind, currency, leg_account, leg_amount, body, hash
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::json, $17)
)
UPDATE admit."order" SET state = $30, paid_with = $31, payment_id = $32, receipt_entry_id = $5, paid_at = $6
WHERE tenant_id = $1 AND order_id = $18
