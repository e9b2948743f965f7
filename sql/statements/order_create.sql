INSERT INTO admit."order" (
    tenant_id, order_id, wallet_id, event_id, hold_id, payment_id, state, order_number, currency, subtotal_cents,
    fees_cents, tax_cents, total_cents, request_digest, expires_at, created_at, items
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (tenant_id, order_number) DO NOTHING
