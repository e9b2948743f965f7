-- A new order that is not paid yet, unless another one has its number (then nothing is written): the hold
-- that it takes over, the payment that is to come if there is one ($20), and its journal entry.
WITH placed AS (
    INSERT INTO admit."order" (
        tenant_id, order_id, wallet_id, event_id, hold_id, payment_id, state, order_number, currency, subtotal_cents,
        fees_cents, tax_cents, total_cents, request_digest, expires_at, created_at, items
    ) VALUES ($1, $18, $10, $8, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $6, $30)
    ON CONFLICT (tenant_id, order_number) DO NOTHING
    RETURNING 1
), hold AS (
    UPDATE admit.hold AS h SET state = $31, order_id = $18, expires_at = $29
    FROM placed
    WHERE h.tenant_id = $1 AND h.hold_id = $19 AND h.state <> $31
), payment AS (
    INSERT INTO admit.payment (
        tenant_id, payment_id, wallet_id, provider, amount_cents, currency, application_fee_cents, connected_account,
        state, created_at, order_id, payment_method_id, live
    )
    SELECT $1, $20, $10, $32, $27, $23, $33, $34, $35, $6, $18, $36, $37 FROM placed WHERE $20 IS NOT NULL
)
INSERT INTO admit.journal (
    tenant_id, ord, lineage, xid, entry_id, recorded_at, actor_id, event_id, gate_id, wallet_id,
    action, actor_kind, currency, leg_account, leg_amount, body, hash
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::json, $17 FROM placed
