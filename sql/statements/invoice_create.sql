INSERT INTO admit.invoice (
    tenant_id, invoice_id, kind, number, order_id, refund_id, event_id, wallet_id, total_cents, content, issued_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
